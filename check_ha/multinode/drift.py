"""Are the nodes of the cluster set up alike?

Run it on the monitoring server, now and then. It asks every node for its view as check_ha_split_brain does, with the
same --node and --via, and says which nodes differ: in corosync.conf (by section), in the authkey, in the software, in
what the nodes are called, in the clock. None of that is noticed until a node restarts and does not come back.

corosync.conf is compared as corosync understands it: comments, blanks and order may differ, and so may each node's own
bindnetaddr and nodeid, and the value of a key, which is hidden before the comparison. Authkeys are compared by a
fingerprint that does not give the key away. What one node does not report and others do is UNKNOWN, unless the daemon
that would tell it is stopped there; what no node reports is named in the OK line.

A clock is judged by when a node was asked and when it had answered, so that a slow answer is not taken for a wrong
clock. Views that were recorded (--from) are taken to be made within a minute.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import NOT_RESPONDING, NOT_RUNNING, REMOTE_NODE, Condition, Severity
from check_ha.core.finding import NODE, Finding, Row, Subject, nodes
from check_ha.core.options import Options, duration, option
from check_ha.core.wording import some
from check_ha.model.view import NO_FILE, STOPPED, View
from check_ha.multinode.agreement import (
    CLUSTER_NAME,
    CONF,
    CONFIG_VERSION,
    FEATURE_SET,
    IDS,
    ITEMS,
    KEY,
    NAMES,
    NODE_ID_ITEMS,
    NODE_IDS,
    VERSIONS,
    ComparedItem,
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
from check_ha.multinode.node_names import ClusterNodes, clusters_of, identify
from check_ha.multinode.unreachable_nodes import (
    ANSWERING,
    ASKED,
    ASKED_TWICE,
    NOT_ONE_CLUSTER,
    TOO_FEW,
    UNREADABLE,
    counted,
    no_views,
    not_one_cluster,
    wrongly_asked,
)
from check_ha.sources.tools import (
    CMAPCTL,
    COROSYNC,
    PACEMAKER,
    QUORUMTOOL,
)

CLOCK = Condition("clock-differs", Severity.WARNING, "The clocks of two nodes are further apart than --max-offset.")
NOT_ANSWERING = Condition("not-answering", Severity.UNKNOWN, "A node cannot be asked, and is not compared.")
NOT_TOLD = Condition(
    "not-told", Severity.UNKNOWN, "A node does not report what others report: it is not compared in that."
)

DIFFERENCES = Metric("cluster.differences.count", "ways in which nodes differ")
OFFSET = Metric(
    "node.clock.offset.seconds",
    "by how much its clock differs from that of the first node, at least",
    unit="s",
    instance="NODE",
)


class DriftOptions(Options):
    """Options of check_ha_drift."""

    max_offset: float = option(2.0, "how far two clocks may be apart (2s)", metavar="DURATION", parse=duration)


def judge(views: Views, options: DriftOptions) -> Judgement:
    """Compare each item over all nodes that tell it, then node ids, then clocks; of several clusters the largest."""
    clusters = [identify(answers) for answers in clusters_of(views.answers)]
    cluster = clusters[0]
    known = comparable(cluster)
    findings = differences(cluster, known, options)
    number = len(findings)
    findings += [*_not_told(known), *_unanswered(cluster), *not_one_cluster(clusters)]
    return Judgement(
        summary=_summary(known),
        findings=tuple(findings),
        measures=(*counted(clusters), DIFFERENCES.of(number), *_offsets(cluster)),
        rows=tuple(_rows(cluster, known)),
    )


def comparable(cluster: ClusterNodes) -> Dict[str, View]:
    """Return the views of the nodes that have what is compared."""
    return {node: view for node, view in cluster.views.items() if not _remote(view)}


def differences(cluster: ClusterNodes, known: Dict[str, View], options: DriftOptions) -> List[Finding]:
    """Return each thing in which nodes differ."""
    findings = [finding for item in ITEMS for finding in _differences(item, known)]
    return [*findings, *_node_ids(known), *_clocks(cluster, options)]


def _remote(view: View) -> bool:
    """Tell whether it is a Pacemaker Remote node, which has no corosync to compare."""
    failed = view.why(QUORUMTOOL.file, CMAPCTL.file)
    return failed is not None and failed.condition == REMOTE_NODE.name


def _differences(item: ComparedItem, known: Dict[str, View]) -> Iterator[Finding]:
    sides = sides_of({node: item.value(view) for node, view in known.items()})
    if len(sides) < 2:
        return
    if item.condition in (CONF, KEY):
        yield from _differing_files(item, sides, known)
        return
    sides.reverse()  # who differs from most comes first
    text = ", ".join(f"{value} on {some(names)}" for value, names in sides)
    yield Finding(item.condition, f"{item.name}: {text}", nodes(*(node for _, names in sides for node in names)))


def _differing_files(
    item: ComparedItem, sides: Sequence[Tuple[str, List[str]]], known: Dict[str, View]
) -> Iterator[Finding]:
    without = next((names for value, names in sides if value == NO_FILE), None)
    if without:
        text = f"{some(without)} {'has' if len(without) == 1 else 'have'} no {item.name}"
        yield Finding(item.condition, text, nodes(*without))
    (_, most), *others = [side for side in sides if side[0] != NO_FILE]
    for _, names in others:
        where = f" in {differing_sections(known[most[0]], known[names[0]])}" if item.condition is CONF else ""
        text = f"{item.name} of {some(names)} differs from that of {some(most)}{where}"
        yield Finding(item.condition, text, nodes(*names, *most))


def _node_ids(known: Dict[str, View]) -> Iterator[Finding]:
    """Compare corosync's nodelist, then Pacemaker's nodes, which has removed ones as well; each id is told once."""
    done = set()
    for names_of in (listed_names, pacemaker_names):
        maps = {node: names_of(view) for node, view in known.items()}
        for number in sorted({number for names in maps.values() for number in names}):
            sides = sides_of({node: names.get(number, "nobody") for node, names in maps.items() if names})
            if len(sides) > 1 and number not in done:
                done.add(number)
                text = ", ".join(f"{value} for {some(names)}" for value, names in sides)
                sayers = [node for _, names in reversed(sides) for node in names]
                yield Finding(NODE_IDS, f"node id {number} is {text}", nodes(*sayers))


def _clocks(cluster: ClusterNodes, options: DriftOptions) -> Iterator[Finding]:
    seconds, ahead, behind = furthest(cluster.answered)
    if seconds > options.max_offset:
        text = f"the clock of {ahead} is {span(seconds)} ahead of that of {behind}"
        yield Finding(CLOCK, text, nodes(ahead, behind))


def _not_told(known: Dict[str, View]) -> Iterator[Finding]:
    """Yield what some nodes tell and another does not, unless what would tell it is stopped there."""
    told = {node: _items_told(view) for node, view in known.items()}
    silent = [node for node, names in told.items() if not names]
    if silent:
        verb = "tells" if len(silent) == 1 else "tell"
        yield Finding(NOT_TOLD, f"{some(silent)} {verb} nothing that could be compared", nodes(*silent))
    elif len(known) > 1 and not any(sum(name in names for names in told.values()) > 1 for name in NAMES):
        text = f"nothing could be compared: {some(list(known))} report nothing in common"
        yield Finding(NOT_TOLD, text, nodes(*known))
    for item in (*ITEMS, *NODE_ID_ITEMS):
        missing = [node for node, view in known.items() if item.value(view) is None]
        for node in missing:
            reason = _reason(item, known[node])
            if len(missing) == len(known) and not (item.always and _hangs(item, known[node])):
                continue  # then it is said that nobody tells it
            if node not in silent and reason:
                yield Finding(NOT_TOLD, f"{node} does not report its {item.name}: {reason}", nodes(node))


def _hangs(item: ComparedItem, view: View) -> bool:
    failed = view.why(*(tool.file for tool in item.tools))
    return failed is not None and failed.condition == NOT_RESPONDING.name


def _reason(item: ComparedItem, view: View) -> str:
    """Return why a node does not tell it; empty where the daemon that would tell it is stopped."""
    stopped = {COROSYNC: view.daemons.corosync == STOPPED, PACEMAKER: view.daemons.pacemaker == STOPPED}
    failed = view.why(*(tool.file for tool in item.tools))
    if any(stopped.get(tool.family) for tool in item.tools) or (failed and failed.condition == NOT_RUNNING.name):
        return ""
    if failed is None and item in NODE_ID_ITEMS and view.cut:
        return "there was no room for all of them in its view"
    return failed.text if failed else "it does not say why"


def _unanswered(cluster: ClusterNodes) -> Iterator[Finding]:
    yield from wrongly_asked(cluster)
    yield from no_views(cluster)
    if cluster.answered:
        for answer in cluster.unreachable:
            if not answer.unreadable:
                name = answer.node or answer.asked
                yield Finding(NOT_ANSWERING, f"{name} cannot be asked ({answer.reason})", nodes(name))
    views = list(cluster.views.values())
    alone = len(cluster.nodes) == 1 and any(view.pacemaker or view.corosync for view in views)  # a cluster of one node
    if len(views) == 1 and (not alone or cluster.unreachable):
        only = cluster.answered[0].node
        yield Finding(TOO_FEW, f"there is only the view of {only}, and none to compare it with", nodes(only))


def _summary(known: Dict[str, View]) -> str:
    return agreement({node: _items_told(view) for node, view in known.items()}, NAMES)


def _items_told(view: View) -> List[str]:
    names = [item.name for item in ITEMS if item.value(view) is not None]
    return [*names, IDS] if listed_names(view) or pacemaker_names(view) else names


def _offsets(cluster: ClusterNodes) -> Iterator[Measure]:
    clocks = clocks_of(cluster.answered)
    for clock in clocks[1:]:
        offset = clock.ahead_of(clocks[0]) - clocks[0].ahead_of(clock)
        yield OFFSET.of(round(offset, 3), clock.node, minimum=None)


def _rows(cluster: ClusterNodes, known: Dict[str, View]) -> Iterator[Row]:
    for node, view in known.items():
        texts = [f"{item.name} {item.value(view) or 'not known'}" for item in ITEMS]
        yield Row(Subject(NODE, node), ", ".join(texts))
    for answer in cluster.unreachable:
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
