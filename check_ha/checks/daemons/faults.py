"""What is wrong with a daemon by the process list, and by the tools that wait for it."""

from typing import Iterable, Iterator, Mapping, Sequence

from check_ha.checks.daemons.processes import LAUNCHER, QDEVICE, Daemon
from check_ha.core.condition import NOT_RESPONDING, Condition, Severity
from check_ha.core.finding import Finding

FROZEN = Condition("frozen", Severity.CRITICAL, "A daemon is stopped in its tracks, by a signal or a debugger.")
DAEMON_MISSING = Condition(
    "daemon-missing", Severity.CRITICAL, "A daemon does not run, though others of the same software do."
)
SBD_DOWN = Condition("sbd-down", Severity.CRITICAL, "sbd does not run, or is frozen, and the cluster fences with it.")
QDEVICE_DOWN = Condition(
    "qdevice-down", Severity.WARNING, "corosync-qdevice does not run, or is frozen, and there is a quorum device."
)

CONDITIONS = (FROZEN, DAEMON_MISSING, SBD_DOWN, QDEVICE_DOWN)


def hanging(daemons: Iterable[Daemon], waits: Mapping[str, str]) -> Iterator[Finding]:
    """Daemons that are there and do nothing; ``waits`` says by name which tool waited for it, and how long."""
    for daemon in daemons:
        said = waits.get(daemon.modern, "") if daemon.answers is False else ""
        if daemon.frozen:
            silent = f" and does not answer ({said})" if said else ""
            advice = f"kill -CONT {daemon.pids}; or reboot the node, where the cluster has given it up"
            yield Finding(FROZEN, f"{daemon.label} is frozen ({daemon.frozen}){silent}", advice=advice)
        elif daemon.answers is False and not daemon.missing:
            why = ": it waits for a disk (state D)" if daemon.stuck else ""
            yield Finding(NOT_RESPONDING, f"{daemon.label} does not answer ({said}){why}")


def children_missing(launcher: Daemon, children: Iterable[Daemon]) -> Iterator[Finding]:
    """What pacemakerd should have started, and did not, or did and lost."""
    missing = [one for one in children if one.missing]
    if missing:
        names = ", ".join(f"{one.name}{' (ended, a zombie)' if one.zombie else ''}" for one in missing)
        yield Finding(
            DAEMON_MISSING,
            f"{names} {'is' if len(missing) == 1 else 'are'} not running, though {launcher.label} is",
            advice="pacemakerd restarts what ends, until it gives up: journalctl -u pacemaker",
        )


def launcher_missing(orphans: Sequence[str]) -> Iterator[Finding]:
    """pacemakerd is gone and has left its children behind."""
    if orphans:
        yield Finding(
            DAEMON_MISSING,
            f"{LAUNCHER} is not running, what it has started still is ({', '.join(orphans)}): nobody restarts that",
            advice="systemctl restart pacemaker",
        )


def helpers_down(daemons: Iterable[Daemon]) -> Iterator[Finding]:
    """The daemons beside corosync and Pacemaker."""
    for daemon in daemons:
        state = "is not running" if daemon.missing else f"is frozen ({daemon.frozen})" if daemon.frozen else ""
        if state and daemon.name == QDEVICE:
            text = f"{daemon.label} {state}: this node has no part in the vote of the quorum device"
            yield Finding(QDEVICE_DOWN, text, advice="systemctl restart corosync-qdevice")
        elif state:
            text = f"{daemon.label} {state}, and the cluster fences with it: this node cannot be fenced"
            yield Finding(SBD_DOWN, text, advice="sbd starts with corosync only: restart the cluster on this node")
