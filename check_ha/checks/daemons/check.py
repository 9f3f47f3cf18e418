"""Do the cluster's daemons run on this node, and do they answer?

Looks at each daemon twice: in the process list (missing, stopped, ended and not noticed) and by asking it through the
tool that it answers: corosync by corosync-cmapctl, pacemakerd by crmadmin (2.1 and later), pacemaker-based by cibadmin,
pacemaker-controld by crm_node, pacemaker-fenced by crm_mon. So a frozen corosync is found while Pacemaker says that all
is well, and the other way round. pacemaker-execd, -attrd and -schedulerd are judged by the process list alone.

Expected are corosync, pacemakerd and its six children; corosync-qdevice where corosync.conf has a quorum device; sbd
where the cluster fences with it; on a Pacemaker Remote node pacemaker-remoted instead of all.

Also tells what still runs the version from before an upgrade, where that can be proved: an executable that is no longer
on the disk (as root, procps 3.3.17 and later), the feature set and on the DC the version of the Pacemaker that runs.
"""

from typing import Any, Dict, Iterator, List, Optional, Sequence, Set

from check_ha.checks.daemons.faults import CONDITIONS as FAULTS
from check_ha.checks.daemons.faults import children_missing, hanging, helpers_down, launcher_missing
from check_ha.checks.daemons.processes import (
    BASED,
    CONTROLD,
    COROSYNC,
    FENCED,
    LAUNCHER,
    QDEVICE,
    SBD,
    Census,
    Daemon,
    fences_with_sbd,
)
from check_ha.checks.daemons.versions import pacemaker_differs, replaced
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import NO_PERMISSION, NOT_RESPONDING, NOT_RUNNING, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import DAEMON, Finding, Row, Subject
from check_ha.core.options import Options
from check_ha.model.cib import CRM_CONFIG, RESOURCES
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_map
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crmadmin import parse_launcher
from check_ha.parsers.installed import parse_features
from check_ha.parsers.nodename import parse_node_name
from check_ha.parsers.processes import parse_executables, parse_processes
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, CRM_NODE, CRMADMIN, PACEMAKERD_FEATURES, PS, PS_EXE

PROCESSES = Reading(PS, parse_processes)
MAP = Reading(CMAPCTL, parse_map, silent=True)
CLUSTER = Reading(CRM_MON, parse_crm_mon, silent=True, parts=())
CIB = Reading(CIBADMIN, parse_cib, silent=True, parts=(CRM_CONFIG, RESOURCES))
LAUNCHER_STATE = Reading(CRMADMIN, parse_launcher, silent=True)
NODE_NAME = Reading(CRM_NODE, parse_node_name, silent=True)
EXECUTABLES = Reading(PS_EXE, parse_executables, silent=True)
INSTALLED = Reading(PACEMAKERD_FEATURES, parse_features, silent=True)

REMOTE_UNCONNECTED = Condition(
    "remote-unconnected", Severity.CRITICAL, "pacemaker-remoted runs, and no cluster node is connected to it."
)
STARTING = Condition("starting", Severity.WARNING, "Pacemaker is just starting on this node.")
STOPPING = Condition("stopping", Severity.WARNING, "Pacemaker is just shutting down on this node.")
OUTDATED = Condition("outdated", Severity.WARNING, "A daemon runs in another version than is installed.")

RUNNING = Metric("cluster.daemons.running.count", "daemons that run")
EXPECTED = Metric("cluster.daemons.expected.count", "daemons that should run")
ANSWERING = Metric("cluster.daemons.answering.count", "daemons that answer, of those that could be asked")
DAEMON_RUNNING = Metric("daemon.running.count", "1 when it runs, else 0 (a frozen one does not)", instance="DAEMON")
DAEMON_ANSWERS = Metric("daemon.answering.count", "1 when it answers, else 0", instance="DAEMON")

_ASKED: Dict[str, Reading[Any]] = {
    COROSYNC: MAP,
    LAUNCHER: LAUNCHER_STATE,
    BASED: CIB,
    CONTROLD: NODE_NAME,
    FENCED: CLUSTER,
}
_STARTS = frozenset({"init", "starting_daemons", "wait_for_ping"})
_STOPS = frozenset({"shutting_down", "shutdown_complete"})


def judge(evidence: Evidence, options: Options) -> Judgement:
    """Judge each daemon by process and by answer, then what the tools leave open, then versions."""
    census, answers = Census(evidence.get(PROCESSES)), _answers(evidence)
    if census.remoted:
        return _remote(evidence, census.daemon(census.remoted, {census.remoted: answers[BASED]}))
    corosync, launcher = (census.daemon(name, answers) for name in (COROSYNC, LAUNCHER))
    children = [census.daemon(name, answers) for name in census.child_names()]
    helpers = [census.daemon(name, answers) for name in _helpers(evidence)]
    daemons = [corosync, launcher, *children, *helpers]
    pacemaker = [
        *hanging([launcher, *children], _waits(evidence)),
        *(_launcher_missing(evidence, census) if launcher.missing else ()),
        *(children_missing(launcher, children) if not launcher.missing and not _moving(evidence) else ()),
    ]
    findings = [
        *_corosync(evidence, corosync),
        *pacemaker,
        *helpers_down(helpers),
        *_motion(evidence),
        *([] if pacemaker or _moving(evidence) else _unknown(evidence, children)),
        *_outdated(evidence, daemons),
    ]
    return Judgement(
        summary=_summary(daemons, len(children)),
        findings=tuple(findings),
        measures=tuple(_measures(daemons)),
        rows=tuple(map(_row, daemons)),
    )


def _answers(evidence: Evidence) -> Dict[str, Optional[bool]]:
    """Who answers, and who keeps its tool waiting."""
    answers: Dict[str, Optional[bool]] = {}
    for name, reading in _ASKED.items():
        failure = evidence.failed.get(reading.tool)
        hangs = failure is not None and failure.condition is NOT_RESPONDING
        answers[name] = True if failure is None else False if hangs else None
    # crm_mon waits for pacemakerd and pacemaker-based as well: only where both answer it is the fencer it waits for
    if answers[FENCED] is False and (answers[LAUNCHER] is False or not answers[BASED]):
        answers[FENCED] = None
    return answers


def _helpers(evidence: Evidence) -> Iterator[str]:
    """The daemons that only some clusters need."""
    cmap, cib = evidence.get(MAP), evidence.get(CIB)
    if cmap and cmap.values.get("quorum.device.model"):
        yield QDEVICE
    if cib and fences_with_sbd(cib, evidence.get(NODE_NAME)):
        yield SBD


def _waits(evidence: Evidence) -> Dict[str, str]:
    """``corosync-cmapctl: no answer within 8 s``, by the daemon that was to answer."""
    failures = ((name, evidence.failed.get(reading.tool)) for name, reading in _ASKED.items())
    return {name: failure.text.rpartition("does not answer: ")[2] for name, failure in failures if failure}


def _corosync(evidence: Evidence, daemon: Daemon) -> Iterator[Finding]:
    failure = evidence.failed.get(MAP.tool)
    stands = list(hanging([daemon], _waits(evidence)))
    if stands or failure is None:
        yield from stands
    elif failure.condition is not NOT_RUNNING and daemon.missing:
        yield Finding(NOT_RUNNING, "corosync is not running on this node (no such process)")
    else:
        yield failure


def _launcher_missing(evidence: Evidence, census: Census) -> Iterator[Finding]:
    """pacemakerd is gone: stopped with all that it has started, or alone."""
    left = list(launcher_missing(census.orphans()))
    failures = (evidence.failed.get(reading.tool) for reading in (CIB, CLUSTER, NODE_NAME))
    told = next((one for one in failures if one is not None and one.condition is NOT_RUNNING), None)
    yield from left or [told or Finding(NOT_RUNNING, "pacemaker is not running on this node (no such process)")]


def _moving(evidence: Evidence) -> bool:
    """Whether pacemakerd starts or ends its children at the moment."""
    launcher = evidence.get(LAUNCHER_STATE)
    return launcher is not None and launcher.state in _STARTS | _STOPS


def _motion(evidence: Evidence) -> Iterator[Finding]:
    launcher = evidence.get(LAUNCHER_STATE)
    state = launcher.state if launcher else "running"
    if state in _STARTS:
        yield Finding(STARTING, f"pacemaker is starting on this node (pacemakerd: {state})")
    elif state in _STOPS:
        yield Finding(STOPPING, f"pacemaker is shutting down on this node (pacemakerd: {state})")
    elif state != "running":
        yield Finding(UNREADABLE, f"crmadmin: pacemakerd is in state {state}, which is not known")


def _unknown(evidence: Evidence, children: List[Daemon]) -> Iterator[Finding]:
    """What Pacemaker's tools could not say, where no daemon explains it; what holds for all of them once."""
    told: Set[Condition] = set()
    for daemon in children:
        reading = _ASKED.get(daemon.modern)
        failure = evidence.failed.get(reading.tool) if reading else None
        if reading is None or failure is None or failure.condition in told:
            continue
        if failure.condition in (NO_PERMISSION, NOT_RUNNING):
            told.add(failure.condition)
        if failure.condition is NOT_RUNNING and daemon.processes:
            failure = Finding(UNREADABLE, f"{reading.tool.label}: cannot connect, though {daemon.label} runs")
        yield failure
    cluster = evidence.get(CLUSTER)
    if cluster and cluster.fence_history and not cluster.fence_history.readable:
        yield Finding(UNREADABLE, "crm_mon: pacemaker-fenced did not give it the fence history")


def _remote(evidence: Evidence, daemon: Daemon) -> Judgement:
    """A Pacemaker Remote node: one daemon, and a cluster that is connected to it or not."""
    findings = list(hanging([daemon], {daemon.name: _waits(evidence).get(BASED, "")}))
    failure = evidence.failed.get(CIB.tool)
    if failure is not None and failure.condition is NOT_RUNNING:
        text = f"{daemon.label} runs, and no cluster node is connected to it"
        advice = "on a cluster node: crm_mon, and crm_resource --cleanup of the resource that connects"
        findings.append(Finding(REMOTE_UNCONNECTED, text, advice=advice))
    elif failure is not None and not findings:
        findings.append(failure)
    return Judgement(
        summary=f"a Pacemaker Remote node: {daemon.label} runs, a cluster node is connected to it",
        findings=(*findings, *_outdated(evidence, [daemon])),
        measures=tuple(_measures([daemon])),
        rows=(_row(daemon),),
    )


def _outdated(evidence: Evidence, daemons: List[Daemon]) -> Iterator[Finding]:
    names = replaced(daemons, evidence.get(EXECUTABLES))
    differs = "".join(pacemaker_differs(evidence.get(CLUSTER), evidence.get(INSTALLED), evidence.get(NODE_NAME)))
    advice = "restart the cluster software on this node: it was upgraded, it seems, and not restarted"
    if names:
        what = "runs an executable that is" if len(names) == 1 else "run executables that are"
        text = f"{', '.join(names)} {what} no longer on the disk{f' ({differs})' if differs else ''}"
        yield Finding(OUTDATED, text, advice=advice)
    elif differs:
        yield Finding(OUTDATED, f"pacemaker is not the one installed: {differs}", advice=advice)


def _summary(daemons: Sequence[Daemon], children: int) -> str:
    """Only what was seen: a site may have said that a tool which fails, or a daemon that is down, is OK."""
    asked = [daemon for daemon in daemons if daemon.answers is not None]
    answering = [daemon.name for daemon in asked if daemon.answers]
    share = f"all {len(asked)}" if len(answering) == len(asked) else f"{len(answering)} of {len(asked)}"
    answer = f"{share} that were asked answer" if asked else "none could be asked"
    if all(daemon.processes is None for daemon in daemons):
        return f"no processes were read; {', '.join(answering) or 'no daemon'} answered"
    down = [daemon.name for daemon in daemons if not daemon.runs]
    if down:
        return f"{len(daemons) - len(down)} of {len(daemons)} daemons run (without {', '.join(down)}), {answer}"
    names = {daemon.name for daemon in daemons}
    own = ", ".join(name for name in (COROSYNC, QDEVICE, SBD, LAUNCHER) if name in names)
    return f"{own} and the {children} daemons that it starts run, {answer}"


def _measures(daemons: Sequence[Daemon]) -> Iterator[Measure]:
    asked = [daemon for daemon in daemons if daemon.answers is not None]
    known = [daemon for daemon in daemons if daemon.processes is not None or daemon.answers]
    if known:
        yield RUNNING.of(sum(daemon.runs for daemon in known), maximum=len(daemons))
    yield EXPECTED.of(len(daemons))
    yield ANSWERING.of(sum(bool(daemon.answers) for daemon in asked), maximum=len(asked))
    for daemon in known:
        yield DAEMON_RUNNING.of(int(daemon.runs), daemon.name, maximum=1)
    for daemon in asked:
        yield DAEMON_ANSWERS.of(int(bool(daemon.answers)), daemon.name, maximum=1)


def _row(daemon: Daemon) -> Row:
    answer = {True: ", answers", False: ", does NOT answer", None: ""}[daemon.answers]
    if daemon.processes is None:
        return Row(Subject(DAEMON, daemon.name), f"process not known{answer}")
    states = " ".join(f"pid {process.pid} in state {process.state}" for process in daemon.processes)
    return Row(Subject(DAEMON, daemon.name), f"{states or 'NOT running'}{answer}")


CHECK = Check(
    name="daemons",
    manual=__doc__,
    readings=(PROCESSES, MAP, CLUSTER, CIB, LAUNCHER_STATE, NODE_NAME, EXECUTABLES, INSTALLED),
    conditions=(*FAULTS, REMOTE_UNCONNECTED, STARTING, STOPPING, OUTDATED),
    metrics=(RUNNING, EXPECTED, ANSWERING, DAEMON_RUNNING, DAEMON_ANSWERS),
    judge=judge,
    number=RUNNING,
)  # fmt: skip
