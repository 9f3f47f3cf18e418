"""Do the cluster's daemons run on this node, and do they answer?

Looks at each daemon twice: in the process list (missing, stopped, a zombie) and by asking it through the
tool that it answers: corosync by corosync-cmapctl (1.4 by corosync-objctl), pacemakerd by crmadmin (2.1 and later),
pacemaker-based by cibadmin, pacemaker-controld by crm_node, pacemaker-fenced by crm_mon. So a frozen corosync is found
while Pacemaker says that all is well, and the other way round. pacemaker-execd, -attrd and -schedulerd are judged by
the process list alone.

Expected are corosync, pacemakerd and its six children (with the plugin of corosync 1 in ver: 0 no pacemakerd: corosync
starts the six); corosync-qdevice where corosync.conf has a quorum device; sbd
where the cluster fences with it; on a Pacemaker Remote node pacemaker-remoted instead of all.

Also tells what still runs the version from before an upgrade, where that can be proved: an executable that is no longer
on the disk (as root, procps 3.3.17 and later), the feature set and on the DC the version of the Pacemaker that runs.
"""

from __future__ import annotations

from typing import Iterator, List, Sequence, Set

from check_ha.checks.daemons.answers import (
    ASKED,
    CIB,
    CLUSTER,
    EXECUTABLES,
    INSTALLED,
    MAP,
    NODE_NAME,
    PACEMAKERD_STATE,
    PROCESSES,
    QUORUM,
    answers_of,
    here,
    waits,
)
from check_ha.checks.daemons.faults import CONDITIONS as FAULTS
from check_ha.checks.daemons.faults import children_missing, daemons, hanging, helpers_down, pacemakerd_missing
from check_ha.checks.daemons.processes import (
    BASED,
    COROSYNC,
    FENCED,
    PACEMAKERD,
    QDEVICE,
    SBD,
    Daemon,
    DaemonProcesses,
)
from check_ha.checks.daemons.versions import OUTDATED, outdated
from check_ha.cluster.fencing.sbd import fences_with_sbd
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import NO_PERMISSION, NOT_RUNNING, STARTING, TOOL_MISSING, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import DAEMON, TOOL, Finding, Row, Subject
from check_ha.core.options import Options
from check_ha.core.processes import not_running, stopped_together
from check_ha.core.starting import not_ready
from check_ha.sources.tools import CRM_MON, CRMADMIN

REMOTE_UNCONNECTED = Condition(
    "remote-unconnected", Severity.CRITICAL, "pacemaker-remoted runs, and no cluster node is connected to it."
)
STOPPING = Condition("stopping", Severity.WARNING, "Pacemaker is shutting down on this node.")

RUNNING = Metric("cluster.daemons.running.count", "daemons that run")
EXPECTED = Metric("cluster.daemons.expected.count", "daemons that should run")
ANSWERING = Metric("cluster.daemons.answering.count", "daemons that answer, of those that could be asked")
DAEMON_RUNNING = Metric("daemon.running.count", "1 when it runs, else 0 (a frozen one does not)", instance="DAEMON")
DAEMON_ANSWERS = Metric("daemon.answering.count", "1 when it answers, else 0", instance="DAEMON")

_STARTS = frozenset({"init", "starting_daemons", "wait_for_ping"})
_STOPS = frozenset({"shutting_down", "shutdown_complete"})
_START = 10
"""Seconds in which pacemakerd starts its daemons, where it does not say itself that it is at it."""


def judge(evidence: Evidence, options: Options) -> Judgement:
    """Judge each daemon by process and by answer, then what the tools leave open, then versions."""
    processes, answers = DaemonProcesses(evidence.get(PROCESSES)), answers_of(evidence)
    if processes.remoted and answers[COROSYNC] is None:
        return _remote(evidence, processes.daemon(processes.remoted, {processes.remoted: answers[BASED]}))
    launcher = processes.launcher(evidence.get(MAP))
    corosync, pacemakerd = (processes.daemon(name, answers) for name in (COROSYNC, launcher))
    children = [processes.daemon(name, answers) for name in processes.child_names(launcher, evidence.get(INSTALLED))]
    helpers = [processes.daemon(name, answers) for name in _helpers(evidence)]
    own = [corosync] if launcher == COROSYNC else [corosync, pacemakerd]
    found = [*own, *children, *helpers]
    moving = [*_moving(evidence, pacemakerd, children)]
    pacemaker = [
        *hanging([*own[1:], *children], waits(evidence)),
        *(_pacemakerd_missing(evidence, processes) if pacemakerd.missing else ()),
        *(children_missing(pacemakerd, children) if not pacemakerd.missing and not moving else ()),
    ]
    findings = [
        *_corosync(evidence, corosync),
        *pacemaker,
        *helpers_down(helpers),
        *moving,
        *_unknown_state(evidence),
        *([] if pacemaker or moving else _unknown(evidence, children)),
        *outdated(evidence, found),
    ]
    return Judgement(
        summary=_summary(found, len(children)),
        findings=stopped_together([*dict.fromkeys(findings)]),  # that it is starting may explain several
        measures=tuple(_measures(found)),
        rows=tuple(map(_row, found)),
    )


def _helpers(evidence: Evidence) -> Iterator[str]:
    """Yield the daemons that only some clusters need."""
    cmap, cib, quorum = evidence.get(MAP), evidence.get(CIB), evidence.get(QUORUM)
    if (cmap and cmap.values.get("quorum.device.model")) or (quorum and quorum.device_votes is not None):
        yield QDEVICE
    if cib and fences_with_sbd(cib, here(evidence)):
        yield SBD


def _corosync(evidence: Evidence, daemon: Daemon) -> Iterator[Finding]:
    failure = evidence.failed.get(MAP.tool)
    hangs = list(hanging([daemon], waits(evidence)))
    if hangs or failure is None:
        yield from hangs
    elif failure.condition not in (NOT_RUNNING, STARTING) and daemon.missing:
        yield not_running([COROSYNC], (), "no such process", None)
    elif failure.condition is not TOOL_MISSING or not daemon.answers:
        yield failure


def _pacemakerd_missing(evidence: Evidence, processes: DaemonProcesses) -> Iterator[Finding]:
    """Yield that pacemakerd is gone: stopped with all that it has started, or alone; or that it is not up yet."""
    left = list(pacemakerd_missing(processes.orphans()))
    failures = (evidence.failed.get(reading.tool) for reading in (CIB, CLUSTER, NODE_NAME))
    told = next((one for one in failures if one is not None and one.condition in (NOT_RUNNING, STARTING)), None)
    yield from left or [told or not_running(["pacemaker"], (), "no such process", None)]


def _moving(evidence: Evidence, pacemakerd: Daemon, children: Sequence[Daemon]) -> Iterator[Finding]:
    """Yield that pacemakerd starts or ends its children at the moment."""
    answer = evidence.get(PACEMAKERD_STATE)
    state = answer.state if answer else ""
    young = pacemakerd.seconds is not None and pacemakerd.seconds <= _START
    if state in _STARTS:
        text = f"pacemaker is starting on this node (pacemakerd: {state})"
        yield Finding(STARTING, text, daemons("pacemaker", PACEMAKERD))
    elif state in _STOPS:
        text = f"pacemaker is shutting down on this node (pacemakerd: {state})"
        yield Finding(STOPPING, text, daemons("pacemaker", PACEMAKERD))
    elif _incomplete(evidence, children) and evidence.starting:
        yield evidence.starting
    elif _incomplete(evidence, children) and young:
        yield Finding(STARTING, not_ready(pacemakerd.seconds), daemons("pacemaker", COROSYNC))


def _incomplete(evidence: Evidence, children: Sequence[Daemon]) -> bool:
    """Return whether a child of pacemakerd does not run, or does not answer who asks it."""
    cluster = evidence.get(CLUSTER)
    unreadable = cluster is not None and cluster.fence_history is not None and not cluster.fence_history.readable
    return unreadable or any(one.missing or (one.modern in ASKED and one.answers is None) for one in children)


def _unknown_state(evidence: Evidence) -> Iterator[Finding]:
    answer = evidence.get(PACEMAKERD_STATE)
    if answer and answer.state not in _STARTS | _STOPS | {"running"}:
        text = f"crmadmin: pacemakerd is in state {answer.state}, which is not known"
        yield Finding(UNREADABLE, text, (Subject(TOOL, CRMADMIN.label), *daemons(PACEMAKERD)))


def _unknown(evidence: Evidence, children: List[Daemon]) -> Iterator[Finding]:
    """Yield what Pacemaker's tools could not say, where no daemon explains it; what holds for all of them once."""
    told: Set[Condition] = set()
    for daemon in children:
        reading = ASKED.get(daemon.modern)
        failure = evidence.failed.get(reading.tool) if reading else None
        if reading is None or failure is None or failure.condition in told:
            continue
        if failure.condition in (NO_PERMISSION, NOT_RUNNING):
            told.add(failure.condition)
        if failure.condition is NOT_RUNNING and daemon.processes:
            text = f"{reading.tool.label}: cannot connect, though {daemon.label} runs"
            failure = Finding(UNREADABLE, text, (Subject(TOOL, reading.tool.label), *daemons(daemon.name)))
        yield failure
    cluster = evidence.get(CLUSTER)
    if cluster and cluster.fence_history and not cluster.fence_history.readable:
        text = "crm_mon: pacemaker-fenced did not give it the fence history"
        yield Finding(UNREADABLE, text, (Subject(TOOL, CRM_MON.label), *daemons(FENCED)))


def _remote(evidence: Evidence, daemon: Daemon) -> Judgement:
    """Return the judgement on a Pacemaker Remote node: one daemon, and a cluster that is connected to it or not."""
    findings = list(hanging([daemon], {daemon.name: waits(evidence).get(BASED, "")}))
    failure = evidence.failed.get(CIB.tool)
    if failure is not None and failure.condition in (NOT_RUNNING, STARTING):
        text = f"{daemon.label} runs, and no cluster node is connected to it"
        advice = (
            "on a cluster node: see crm_mon for the resource that connects, and clean it up once the cause is fixed"
        )
        findings.append(Finding(REMOTE_UNCONNECTED, text, daemons(daemon.name), advice))
    elif failure is not None and not findings:
        findings.append(failure)
    return Judgement(
        summary=f"a Pacemaker Remote node: {daemon.label} runs, a cluster node is connected to it",
        findings=(*findings, *outdated(evidence, [daemon])),
        measures=tuple(_measures([daemon])),
        rows=(_row(daemon),),
    )


def _summary(found: Sequence[Daemon], children: int) -> str:
    """Return only what was seen: a site may have said that a tool which fails, or a daemon that is down, is OK."""
    asked = [daemon for daemon in found if daemon.answers is not None]
    answering = [daemon.name for daemon in asked if daemon.answers]
    part = f"all {len(asked)}" if len(answering) == len(asked) else f"{len(answering)} of {len(asked)}"
    answer = f"{part} that were asked answer" if asked else "none could be asked"
    if len(asked) == 1:
        answer = f"the one that was asked {'answers' if answering else 'does not answer'}"
    if all(daemon.processes is None for daemon in found):
        return f"no processes were read; {', '.join(answering) or 'no daemon'} answered"
    down = [daemon.name for daemon in found if not daemon.runs]
    if down:
        return f"{len(found) - len(down)} of {len(found)} daemons run (without {', '.join(down)}), {answer}"
    names = {daemon.name for daemon in found}
    own = ", ".join(name for name in (COROSYNC, QDEVICE, SBD, PACEMAKERD) if name in names)
    return f"{own} and the {children} daemons that it starts run, {answer}"


def _measures(found: Sequence[Daemon]) -> Iterator[Measure]:
    asked = [daemon for daemon in found if daemon.answers is not None]
    known = [daemon for daemon in found if daemon.processes is not None or daemon.answers]
    if known:
        yield RUNNING.of(sum(daemon.runs for daemon in known), maximum=len(found))
    yield EXPECTED.of(len(found))
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
    readings=(PROCESSES, MAP, QUORUM, CLUSTER, CIB, PACEMAKERD_STATE, NODE_NAME, EXECUTABLES, INSTALLED),
    conditions=(*FAULTS, REMOTE_UNCONNECTED, STOPPING, OUTDATED),
    metrics=(RUNNING, EXPECTED, ANSWERING, DAEMON_RUNNING, DAEMON_ANSWERS),
    judge=judge,
    number=RUNNING,
)  # fmt: skip
