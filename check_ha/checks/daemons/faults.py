"""What is wrong with a daemon by the process list, and by the tools that wait for it."""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping, Sequence, Tuple

from check_ha.checks.daemons.processes import PACEMAKERD, QDEVICE, STOPPED, Daemon
from check_ha.core.condition import NOT_RESPONDING, Condition, Severity
from check_ha.core.finding import DAEMON, Finding, Subject

FROZEN = Condition("frozen", Severity.CRITICAL, "A daemon is frozen: a signal or a debugger has stopped it.")
DAEMON_MISSING = Condition(
    "daemon-missing", Severity.CRITICAL, "A daemon does not run, though others of the same software do."
)
SBD_DOWN = Condition("sbd-down", Severity.CRITICAL, "sbd does not run, or is frozen, and the cluster fences with it.")
QDEVICE_DOWN = Condition(
    "qdevice-down", Severity.WARNING, "corosync-qdevice does not run, or is frozen, and there is a quorum device."
)

CONDITIONS = (FROZEN, DAEMON_MISSING, SBD_DOWN, QDEVICE_DOWN)


def daemons(*names: str) -> Tuple[Subject, ...]:
    """Return these daemons as subjects."""
    return tuple(Subject(DAEMON, name) for name in names)


def hanging(found: Iterable[Daemon], waits: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the daemons that are there and do nothing; ``waits`` says by name which tool waited for it, and how long.

    A node that was given up by the others and goes on runs what they have taken over, until it notices.
    """
    for daemon in found:
        said = waits.get(daemon.modern, "") if daemon.answers is False else ""
        if daemon.frozen:
            silent = f" and does not answer ({said})" if said else ""
            finding = Finding(FROZEN, f"{daemon.label} is frozen ({daemon.frozen}){silent}", daemons(daemon.name))
            if daemon.frozen == STOPPED:
                advice = "look at crm_mon on another node: if its resources were taken over, reboot this node; else"
                yield finding._replace(advice=advice, commands=(f"kill -CONT {daemon.pids}",))
            else:
                yield finding._replace(advice="end the debugger that holds it")
        elif daemon.answers is False and not daemon.missing:
            why = ": it waits for a disk (state D)" if daemon.stuck else ""
            text = f"{daemon.label} does not answer ({said}){why}"
            advice = "look at crm_mon on another node: if its resources were taken over, reboot this node"
            yield Finding(NOT_RESPONDING, text, daemons(daemon.name), f"{advice}; else see what its log says")


def children_missing(launcher: Daemon, children: Iterable[Daemon]) -> Iterator[Finding]:
    """Yield what pacemakerd (ver: 0 of corosync 1: corosync) should have started, and did not, or did and lost."""
    missing = [one for one in children if one.missing]
    if missing:
        names = ", ".join(f"{one.name}{' (ended, a zombie)' if one.zombie else ''}" for one in missing)
        yield Finding(
            DAEMON_MISSING,
            f"{names} {'is' if len(missing) == 1 else 'are'} not running, though {launcher.label} is",
            daemons(*(one.name for one in missing), launcher.name),
            f"{launcher.name} restarts a daemon that ends, until it gives up",
            ("journalctl -u pacemaker",) if launcher.name == PACEMAKERD else (),
        )


def pacemakerd_missing(orphans: Sequence[str]) -> Iterator[Finding]:
    """Yield that pacemakerd is gone and has left its children behind."""
    if orphans:
        yield Finding(
            DAEMON_MISSING,
            f"{PACEMAKERD} is not running, its daemons still are ({', '.join(orphans)}): nobody restarts them",
            daemons(PACEMAKERD, *orphans),
            # those of 1.1 may run where there is no systemd; where there is, service asks it
            commands=("service pacemaker restart" if "cib" in orphans else "systemctl restart pacemaker",),
        )


def helpers_down(found: Iterable[Daemon]) -> Iterator[Finding]:
    """Yield what is wrong with the daemons beside corosync and Pacemaker."""
    for daemon in found:
        state = "is not running" if daemon.missing else f"is frozen ({daemon.frozen})" if daemon.frozen else ""
        if state and daemon.name == QDEVICE:
            text = f"{daemon.label} {state}: this node takes no part in the vote of the quorum device"
            restart = ("systemctl restart corosync-qdevice",)
            yield Finding(QDEVICE_DOWN, text, daemons(daemon.name), commands=restart)
        elif state:
            text = f"{daemon.label} {state}, and the cluster fences with it: this node cannot be fenced"
            advice = "sbd only starts with corosync; while all other nodes are online, restart the cluster on this node"
            yield Finding(SBD_DOWN, text, daemons(daemon.name), advice)
