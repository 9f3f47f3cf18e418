"""Does everything survive the loss of any one node?

Asks Pacemaker's own scheduler (crm_simulate) what the cluster would look like if a node were dead, for each node that
is up, and compares that with what runs now: is each virtual IP still served, does everything run, is there a promoted
instance, is there quorum, and could what is left fence the node? Whatever keeps a resource from the other node is found
before the night in which it counts: a ban that was forgotten, a fail-count, a constraint, a peer in standby.

With -v there is a line for each node that reads as a plan. --if asks something else: before a maintenance
"--if node1=standby" answers "may I take node1 down now?". It may be given several times: then all of it at once.

crm_simulate changes nothing and asks no daemon; it takes 50 to 80 ms of CPU for a small cluster, and gives way to
everything else. A large cluster has nodes for which there is no time in one run: the fullest nodes come first, the
others in the next runs.

Fence devices are not counted as lost, as one that only a node may use goes with it. A guest node is lost with its
container, so the loss of its host is what is foretold.

What is meant for one node only, and is lost with it on purpose, is named by --pinned: it is told, and is no alarm.

With --from the crm_simulate of this machine answers; one that is older than the cluster may fail on its CIB.

What it cannot see: whether a resource starts where it should, and whether a fence device works. Where fencing is off,
it takes for granted that a node that is lost is dead.
"""

from __future__ import annotations

from typing import Collection, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from check_ha.checks.failover import findings as told
from check_ha.checks.failover.conditions import CONDITIONS, NOT_FORETOLD, NOT_YET, PINNED_UNMATCHED
from check_ha.checks.failover.ground import ground_missing
from check_ha.checks.failover.losses import Losses, losses_of
from check_ha.checks.failover.options import FailoverOptions
from check_ha.checks.failover.plan import plan
from check_ha.checks.failover.quorum_left import counted
from check_ha.checks.failover.remembered import Remembered, kept, recalled
from check_ha.checks.failover.situation import Changes, Situation
from check_ha.checks.failover.unable import not_understood, unable_to
from check_ha.checks.failover.wording import when
from check_ha.cluster.completed import completed
from check_ha.cluster.resource_states.instances import resources_of
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, Finding, nodes
from check_ha.core.options import unmatched
from check_ha.core.wording import count, joined, listed
from check_ha.model.foretold import Foretold
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crm_simulate import parse_crm_simulate
from check_ha.parsers.quorumtool import parse_quorumtool
from check_ha.record import NamedTuple
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, DEAD, QUORUMTOOL, Question

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib)
QUORUM = Reading(QUORUMTOOL, parse_quorumtool)
MAP = Reading(CMAPCTL, parse_cmapctl, required=False)

FATAL = Metric("cluster.failover.fatal.count", "nodes whose loss takes something down")
NODES = Metric("cluster.failover.nodes.count", "nodes of which the loss was foretold")
SAFE = Metric("cluster.failover.safe.count", "nodes of them that may be lost")
MOST = Metric("cluster.failover.lost.count", "resources that are lost with the node of which most are")
SECONDS = Metric("cluster.failover.seconds", "time that crm_simulate took", unit="s")


class _Asked(NamedTuple):
    """What was asked of the scheduler, and what came of it."""

    changes: Changes
    question: Question
    losses: Optional[Losses] = None
    failure: Optional[Finding] = None
    """Why there is no answer; with neither there was no time."""

    @property
    def name(self) -> str:
        """The node that it is about."""
        return self.changes[0][0]


def asks(evidence: Evidence, options: FailoverOptions) -> List[Question]:
    """Return what the scheduler is to be asked: what was asked longest ago first, then the fullest nodes."""
    situation = _situation(evidence, options)
    if situation is None or unable_to(situation, options):
        return []
    known = recalled(evidence.previous, evidence.now)
    subjects = _subjects(situation, options)

    def order(changes: Changes) -> Tuple[float, int]:
        name = changes[0][0]
        return (known[name].time if name in known else 0.0, -situation.nodes[name].resources_running)

    return [situation.question(changes) for changes in sorted(subjects, key=order)]


def judge(evidence: Evidence, options: FailoverOptions) -> Judgement:
    """Judge what the scheduler says of each node; quorum and fencing by what is known of them."""
    situation = _situation(evidence, options)
    if situation is None:
        return Judgement("nothing was foretold")
    unable = unable_to(situation, options)
    if unable:
        return Judgement("nothing was foretold", evidence.unless_starting([unable]))
    subjects = _subjects(situation, options)
    asked = [_asked(changes, situation, evidence) for changes in subjects]
    earlier = {} if options.if_ else recalled(evidence.previous, evidence.now)
    fencing = situation.fencing_of([node for changes in subjects for node, state in changes if state == DEAD])
    known = {**earlier, **_found(asked, situation, evidence.now)}
    now = {one.name for one in asked if one.losses}
    of_nodes = told.told([(one.changes, finding) for one in asked for finding in _of_one(one, known, now, evidence)])
    of_all = [*told.without_quorum(subjects, situation), *told.not_fenced(fencing)]
    fatal = {subject.name for one in of_all for subject in one.subjects if subject.kind == NODE}
    fatal.update(name for name, one in known.items() if one.findings)
    losses = [one.losses for one in asked if one.losses]
    of_views = list(ground_missing(losses, situation, evidence))
    fatal.update(name for changes, _ in of_views for name, _ in changes)
    findings = [*of_nodes, *told.told(of_views), *of_all]
    findings += [*told.fewer(losses), *told.as_meant(losses), *_pinned(situation, options)]
    findings += _not_foretold(asked, known)
    return Judgement(
        summary=_summary(asked, known, fatal, situation),
        findings=tuple(findings),
        measures=tuple(_measures(asked, known, fatal, evidence)),
        rows=tuple(plan(one.changes, one.losses, situation, fencing) for one in asked if one.losses),
        remember=None if options.if_ else kept(known, [one.name for one in asked]),
    )


def _situation(evidence: Evidence, options: FailoverOptions) -> Optional[Situation]:
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    if cluster is None or cib is None:
        return None
    quorum = counted(evidence.get(QUORUM), cluster)
    known = completed(cluster, cib, evidence.now)
    return Situation(known, cib, quorum, evidence.get(MAP), evidence.now, options.meant_to_be_lost)


def _subjects(situation: Situation, options: FailoverOptions) -> List[Changes]:
    """Return what is asked: one loss for each node that is selected, or all that --if says at once."""
    if options.if_:
        return [tuple(dict(options.if_).items())]
    return [((node.name, DEAD),) for node in situation.may_be_lost() if options.selects(node.name)]


def _asked(changes: Changes, situation: Situation, evidence: Evidence) -> _Asked:
    question = situation.question(changes)
    outcome: Optional[Foretold] = evidence.get(Reading(question.tool, parse_crm_simulate))
    if outcome is None:
        return _Asked(changes, question, failure=evidence.failed.get(question.tool))
    failure = not_understood(situation, question, outcome)
    return _Asked(changes, question, None if failure else losses_of(situation, question, outcome), failure)


def _found(asked: Sequence[_Asked], situation: Situation, now: float) -> Dict[str, Remembered]:
    """Return what this run has found of each node. Without quorum it is that which takes all down: told once."""
    found: Dict[str, Remembered] = {}
    for one in asked:
        if one.losses:
            quorum = situation.loses_quorum(one.changes)
            findings = () if quorum else tuple(told.foretold(one.losses, situation))
            found[one.name] = Remembered(now, findings, len(one.losses.lost))
    return found


def _of_one(
    one: _Asked, known: Mapping[str, Remembered], now: Collection[str], evidence: Evidence
) -> Tuple[Finding, ...]:
    if one.name not in known:
        return ()
    found = known[one.name]
    return found.findings if one.name in now else found.findings_now(evidence.now)


def _pinned(situation: Situation, options: FailoverOptions) -> Iterator[Finding]:
    """Yield what --pinned says of no resource of the cluster, running or not."""
    names = [name for one in resources_of(situation.cluster) for name in one.names] if options.pinned else []
    for pattern in unmatched(options.pinned, names):
        yield Finding(PINNED_UNMATCHED, f"--pinned {pattern} matches no resource")


def _not_foretold(asked: Sequence[_Asked], known: Mapping[str, Remembered]) -> Iterator[Finding]:
    """Yield the questions without an answer: those for the same reason together."""
    alike: Dict[str, List[str]] = {}
    for one in asked:
        if one.failure:
            alike.setdefault(one.failure.reason or one.failure.text, []).append(one.name)
    for why, names in alike.items():
        yield Finding(NOT_FORETOLD, f"the loss of {listed(names)} is not foretold: crm_simulate: {why}", nodes(*names))
    later = [one.name for one in asked if not one.failure and one.name not in known]
    if later:
        text = f"there was no time yet for {count(len(later), 'node')} ({listed(later)})"
        yield Finding(NOT_YET, text, nodes(*later), "a longer deadline (-t) looks at more nodes in one run")


def _summary(
    asked: Sequence[_Asked], known: Mapping[str, Remembered], fatal: Collection[str], situation: Situation
) -> str:
    names = [one.name for one in asked if one.name in known]
    if not names:
        return "nothing was foretold"
    total = sum(not situation.meant_to_be_lost(one) for one in situation.running)
    left = total - max(known[name].lost for name in names)
    run_on = f"{left} of {count(total, 'resource')} {'runs' if left == 1 else 'run'} on"
    run_on = run_on if total else "all that runs is --pinned"
    if any(state != DEAD for _, state in asked[0].changes) or len(asked[0].changes) > 1:
        return f"{when(asked[0].changes)} {run_on}"
    some = f"{len(names)} of {count(len(asked), 'node')}: " if len(names) < len(asked) else ""
    safe = [name for name in names if name not in fatal]
    if len(safe) < len(names):
        return f"{some}{len(safe)} of {count(len(names), 'node')} may be lost"
    whom = f"any one of {listed(names)}" if len(names) > 1 else joined(names)
    return f"{some}{whom} may be lost, {run_on}"


def _measures(
    asked: Sequence[_Asked], known: Mapping[str, Remembered], fatal: Collection[str], evidence: Evidence
) -> Iterator[Measure]:
    names = [one.name for one in asked if one.name in known]
    taking = [name for name in names if name in fatal]
    yield FATAL.of(len(taking), maximum=len(names))
    yield NODES.of(len(names), maximum=len(asked))
    yield SAFE.of(len(names) - len(taking), maximum=len(names))
    yield MOST.of(max((known[name].lost for name in names), default=0))
    yield SECONDS.of(round(sum(evidence.seconds.get(one.question.tool, 0.0) for one in asked), 3))


CHECK = Check(
    name="failover",
    manual=__doc__,
    readings=(CLUSTER, CIB, QUORUM, MAP),
    conditions=(*CONDITIONS, FILTERED_OUT),
    metrics=(FATAL, NODES, SAFE, MOST, SECONDS),
    judge=judge,
    scope=Scope.CLUSTER,
    number=FATAL,
    options=FailoverOptions,
    filters="node",
    remembers=True,
    asks=asks,
    shared=WITH_MEMORY,
)
