"""Are the nodes of the cluster set up alike?

Run it on the monitoring server, now and then. It asks every node for its view as check_ha_split_brain does, with the
same --node and --via, and says who differs from whom: in corosync.conf (by section), in the authkey, in the software,
in what the nodes are called, in the clock. All of that is unnoticed until a node restarts and does not come back.

Of corosync.conf counts what corosync makes of it: comments, blanks and order may differ, and so may each node's own
bindnetaddr and nodeid, and the value of a key, which is hidden before it is looked at. Authkeys are compared by a
fingerprint, from which no key can be told; a node where it may not be read is left out and named in the OK line.

A clock is judged by when a node was asked and when it had answered, so that a slow answer is no wrong clock. Views
that were recorded (--from) are taken to be made within a minute.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import NOT_RUNNING, REMOTE_NODE, Condition, Severity
from check_ha.core.finding import NODE, Finding, Row, Subject
from check_ha.core.options import Options, duration, option
from check_ha.core.wording import joined
from check_ha.model.view import NO_FILE, View
from check_ha.multinode.agreement import (
    agreement,
    clocks_of,
    differing_sections,
    furthest,
    listed_names,
    pacemaker_names,
    sides_of,
    span,
)
from check_ha.multinode.answers import Views
from check_ha.multinode.node_names import Roster, roster_of, strangers
from check_ha.multinode.unreachable_nodes import (
    ANSWERING,
    ASKED,
    ASKED_TWICE,
    NOT_ONE_CLUSTER,
    TOO_FEW,
    UNREADABLE,
    counted,
    nobody_heard,
    wrongly_asked,
)
from check_ha.sources.tools import (
    AUTHKEY,
    CMAPCTL,
    COROSYNC_CONF,
    COROSYNC_VERSION,
    CRM_MON,
    PACEMAKERD_FEATURES,
    QUORUMTOOL,
    Tool,
)

CONF = Condition("conf-differs", Severity.WARNING, "corosync.conf is not the same on all nodes, or missing on one.")
CONFIG_VERSION = Condition(
    "config-version-differs", Severity.WARNING,
    "Corosync runs with another config_version than on the others: it has not reloaded the file.",
)  # fmt: skip
KEY = Condition(
    "authkey-differs", Severity.WARNING, "The authkey is another one, or missing: that node cannot join again."
)
VERSIONS = Condition("versions-differ", Severity.WARNING, "Another corosync or Pacemaker is installed.")
CLUSTER_NAME = Condition("cluster-name-differs", Severity.WARNING, "The cluster has another name.")
FEATURE_SET = Condition(
    "feature-set-differs", Severity.WARNING,
    "Pacemaker runs with another feature set: an upgrade is half done, and what has left cannot join again.",
)  # fmt: skip
NODE_IDS = Condition("node-ids-differ", Severity.WARNING, "A node id stands for another name, or for none.")
CLOCK = Condition("clock-differs", Severity.WARNING, "The clocks of two nodes are further apart than --max-offset.")
NOT_ANSWERING = Condition("not-answering", Severity.UNKNOWN, "A node cannot be asked, and is not compared.")
NOT_TOLD = Condition("not-told", Severity.UNKNOWN, "A node does not tell what others tell: it is not compared in that.")

DIFFERENCES = Metric("cluster.differences.count", "ways in which nodes differ")
OFFSET = Metric(
    "node.clock.offset.seconds", "how far its clock is from that of the first node, for sure", unit="s", instance="NODE"
)


class DriftOptions(Options):
    """Options of check_ha_drift."""

    max_offset: float = option(2.0, "how far two clocks may be apart (2s)", metavar="DURATION", parse=duration)


class Trait(NamedTuple):
    """One thing in which nodes must be alike."""

    condition: Condition
    name: str
    value: Callable[[View], Optional[str]]
    tools: Tuple[Tool, ...]
    """What tells it."""


def _conf(view: View) -> Optional[str]:
    return view.corosync_conf.hash if view.corosync_conf else None


def _config_version(view: View) -> Optional[str]:
    version = view.corosync.config_version if view.corosync else None
    return None if version is None else str(version)


TRAITS = (
    Trait(CONF, "corosync.conf", _conf, (COROSYNC_CONF,)),
    Trait(KEY, "authkey", lambda view: view.authkey, (AUTHKEY,)),
    Trait(VERSIONS, "corosync version", lambda view: view.versions.corosync, (COROSYNC_VERSION,)),
    Trait(VERSIONS, "pacemaker version", lambda view: view.versions.pacemaker, (PACEMAKERD_FEATURES,)),
    Trait(FEATURE_SET, "feature set", lambda view: view.versions.feature_set, (CRM_MON, PACEMAKERD_FEATURES)),
    Trait(CLUSTER_NAME, "cluster name", lambda view: view.cluster, (CMAPCTL, COROSYNC_CONF)),
    Trait(CONFIG_VERSION, "config_version", _config_version, (CMAPCTL,)),
)
_IDS = "node ids"


def judge(views: Views, options: DriftOptions) -> Judgement:
    """Compare each trait over all nodes that tell it, then names, then clocks."""
    roster = roster_of(views.answers)
    known = {node: view for node, view in roster.views.items() if not _remote(view)}
    findings: List[Finding] = []
    if not strangers(roster.heard):
        for trait in TRAITS:
            findings += _differences(trait, known)
        findings += _node_ids(known)
        findings += _clocks(roster, options)
    number = len(findings)
    if known and not any(trait.value(view) for trait in TRAITS for view in known.values()):
        findings.append(Finding(NOT_TOLD, f"{joined(list(known))} tell nothing that could be compared"))
    findings += [finding for trait in TRAITS for finding in _untold(trait, known)]
    findings += _unanswered(roster)
    return Judgement(
        summary=_summary(known),
        findings=tuple(findings),
        measures=(*counted(roster), DIFFERENCES.of(number), *_offsets(roster)),
        rows=tuple(_rows(roster, known)),
    )


def _remote(view: View) -> bool:
    """A Pacemaker Remote node has no corosync to compare."""
    trouble = view.why(QUORUMTOOL.file, CMAPCTL.file)
    return trouble is not None and trouble.condition == REMOTE_NODE.name


def _differences(trait: Trait, known: Dict[str, View]) -> Iterator[Finding]:
    sides = sides_of({node: trait.value(view) for node, view in known.items()})
    if len(sides) < 2:
        return
    if trait.condition in (CONF, KEY):
        without = next((nodes for value, nodes in sides if value == NO_FILE), None)
        if without:
            yield Finding(
                trait.condition, f"{joined(without)} {'has' if len(without) == 1 else 'have'} no {trait.name}"
            )
        sides = [side for side in sides if side[0] != NO_FILE]
        (_, most), *others = sides
        for _, nodes in others:
            where = f" in {differing_sections(known[most[0]], known[nodes[0]])}" if trait.condition is CONF else ""
            yield Finding(
                trait.condition, f"{trait.name} of {joined(nodes)} differs from that of {joined(most)}{where}"
            )
        return
    texts = [f"{value} on {joined(nodes)}" for value, nodes in reversed(sides)]
    yield Finding(trait.condition, f"{trait.name}: {', '.join(texts)}")


def _node_ids(known: Dict[str, View]) -> Iterator[Finding]:
    """By corosync's nodelist, and by Pacemaker's nodes, which also knows such as were removed; each id is told once."""
    told = set()
    for source in (listed_names, pacemaker_names):
        maps = {node: source(view) for node, view in known.items()}
        for number in sorted({number for names in maps.values() for number in names}):
            sides = sides_of({node: names.get(number, "nobody") for node, names in maps.items() if names})
            if len(sides) > 1 and number not in told:
                told.add(number)
                texts = [f"{value} for {joined(nodes)}" for value, nodes in sides]
                yield Finding(NODE_IDS, f"node id {number} is {', '.join(texts)}")


def _clocks(roster: Roster, options: DriftOptions) -> Iterator[Finding]:
    seconds, ahead, behind = furthest(roster.heard)
    if seconds > options.max_offset:
        yield Finding(CLOCK, f"the clock of {ahead} is {span(seconds)} ahead of that of {behind}")


def _untold(trait: Trait, known: Dict[str, View]) -> Iterator[Finding]:
    """What some nodes tell and another does not, unless what would tell it is stopped there."""
    silent = [(node, view) for node, view in known.items() if trait.value(view) is None]
    for node, view in silent if len(silent) < len(known) else ():
        trouble = view.why(*(tool.file for tool in trait.tools))
        if trouble and trouble.condition != NOT_RUNNING.name:
            yield Finding(NOT_TOLD, f"{node} does not tell its {trait.name}: {trouble.text}")


def _unanswered(roster: Roster) -> Iterator[Finding]:
    yield from wrongly_asked(roster)
    yield from nobody_heard(roster)
    if roster.heard:
        for answer in roster.unheard:
            if not answer.garbled:
                yield Finding(NOT_ANSWERING, f"{answer.node or answer.asked} cannot be asked ({answer.reason})")
    if len(roster.heard) == 1 and (len(roster.nodes) > 1 or roster.unheard):
        yield Finding(TOO_FEW, f"there is only the view of {roster.heard[0].node}, and none to compare it with")


def _summary(known: Dict[str, View]) -> str:
    return agreement({node: _told(view) for node, view in known.items()}, [*(trait.name for trait in TRAITS), _IDS])


def _told(view: View) -> List[str]:
    names = [trait.name for trait in TRAITS if trait.value(view) is not None]
    return [*names, _IDS] if listed_names(view) or pacemaker_names(view) else names


def _offsets(roster: Roster) -> Iterator[Measure]:
    clocks = clocks_of(roster.heard)
    for clock in clocks[1:]:
        offset = clock.ahead_of(clocks[0]) - clocks[0].ahead_of(clock)
        yield OFFSET.of(round(offset, 3), clock.node, minimum=None)


def _rows(roster: Roster, known: Dict[str, View]) -> Iterator[Row]:
    for node, view in known.items():
        texts = [f"{trait.name} {trait.value(view) or 'not known'}" for trait in TRAITS]
        yield Row(Subject(NODE, node), ", ".join(texts))
    for answer in roster.unheard:
        yield Row(Subject(NODE, answer.node or answer.asked), f"no view: {answer.reason}")


CHECK = Check(
    name="drift",
    manual=__doc__,
    readings=(),
    conditions=(
        CONF, CONFIG_VERSION, KEY, VERSIONS, CLUSTER_NAME, FEATURE_SET, NODE_IDS, CLOCK, NOT_ANSWERING, NOT_TOLD,
        TOO_FEW, UNREADABLE, ASKED_TWICE, NOT_ONE_CLUSTER,
    ),
    metrics=(ASKED, ANSWERING, DIFFERENCES, OFFSET),
    judge=judge,
    number=DIFFERENCES,
    options=DriftOptions,
    shared=(),
)  # fmt: skip
