"""What the failures of tools amount to: one finding for each cause, whatever number of tools it has silenced.

What one tool leaves open another of the same family may settle, else the process list, else the user: root is
never refused.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

from check_ha.core.condition import (
    NO_PERMISSION,
    NOT_FINISHED,
    NOT_RESPONDING,
    NOT_RUNNING,
    REMOTE_NODE,
    STARTING,
    TOOL_MISSING,
    UNREADABLE,
    Condition,
)
from check_ha.core.finding import DAEMON, TOOL, Finding, Subject
from check_ha.core.permission import confined, refusal, shows_nothing
from check_ha.core.processes import REMOTE_DAEMONS, not_running, processes_of_root, stopped_together
from check_ha.core.starting import connecting
from check_ha.core.tool_failure import ToolFailure
from check_ha.sources.tools import COROSYNC, PACEMAKER, SYSTEM, Output

_MORE_TIME = "whoever runs the check must wait longer than that (command_timeout of nrpe.cfg, check_nrpe -t)"
# lrmd stands for those that the plugin of corosync 1 (ver: 0) starts, without pacemakerd
_DAEMONS = {COROSYNC: ("corosync",), PACEMAKER: ("pacemakerd", "lrmd", *REMOTE_DAEMONS)}


def findings_of(failures: Sequence[ToolFailure], processes: Optional[Output]) -> Tuple[Finding, ...]:
    """Return the findings these failures amount to: one for each family and condition, naming the tools."""
    groups: Dict[Tuple[str, Condition, bool], List[ToolFailure]] = {}
    for failure in failures:
        condition = _condition(failure, failures, processes)
        if not failure.silent and (failure.required or condition is NOT_RESPONDING):
            family = failure.output.tool.family
            # what is wrong with one output has its own text; a daemon that is down is down for all its tools
            key = failure.output.label if condition in (UNREADABLE, TOOL_MISSING) else family
            key = "" if condition is STARTING else key
            groups.setdefault((key, condition, bool(failure.hidden)), []).append(failure)
    refused = _refused_outputs(failures, processes)
    found = [_finding(condition, group, refused, processes) for (_, condition, _), group in groups.items()]
    return stopped_together(found)


def finding_of(failure: ToolFailure, failures: Sequence[ToolFailure], processes: Optional[Output]) -> Finding:
    """Return the finding this failure amounts to by itself; the others may settle what it leaves open."""
    refused = _refused_outputs(failures, processes)
    return _finding(_condition(failure, failures, processes), [failure], refused, processes)


def _refused_outputs(failures: Sequence[ToolFailure], processes: Optional[Output]) -> List[Output]:
    return [
        one.output for one in failures
        if not one.hidden and _condition(one, failures, processes) is NO_PERMISSION
    ]  # fmt: skip


def _condition(failure: ToolFailure, failures: Sequence[ToolFailure], processes: Optional[Output]) -> Condition:
    condition = failure.condition or _settled(failure, failures, processes)
    if condition is not NOT_RUNNING:
        return condition
    if _remote(failure, processes):
        return REMOTE_NODE
    return STARTING if connecting(processes, failure.output.tool.family) else NOT_RUNNING


def _settled_by_sibling(failure: ToolFailure, failures: Sequence[ToolFailure]) -> Optional[Condition]:
    for other in failures:
        if other.output.tool.family == failure.output.tool.family and other.condition in (NO_PERMISSION, NOT_RUNNING):
            return other.condition
    return None


def _settled(failure: ToolFailure, failures: Sequence[ToolFailure], processes: Optional[Output]) -> Condition:
    sibling = _settled_by_sibling(failure, failures)
    if sibling is not None:
        return sibling
    running = _runs(_DAEMONS.get(failure.output.tool.family, ()), processes)
    if failure.busy:
        return NOT_RUNNING if running is False else UNREADABLE
    if running and shows_nothing(failure.output) and not _runs((*_DAEMONS[COROSYNC], *REMOTE_DAEMONS), processes):
        return UNREADABLE  # for a moment, after corosync has ended
    if running is not None:
        return NO_PERMISSION if running and not failure.output.as_root else NOT_RUNNING
    return NOT_RUNNING if failure.output.as_root else UNREADABLE


def _remote(failure: ToolFailure, processes: Optional[Output]) -> bool:
    """Return whether this is a Pacemaker Remote node, asked for what only a cluster node has."""
    corosync = failure.output.tool.family == COROSYNC
    return corosync and bool(_runs(REMOTE_DAEMONS, processes)) and not _runs(_DAEMONS[COROSYNC], processes)


def _runs(daemons: Sequence[str], processes: Optional[Output]) -> Optional[bool]:
    """Return whether the list shows one of these daemons; ``None`` where there is none, or one that hides processes.

    They are root's: a process of somebody else that calls itself so proves nothing.
    """
    found = processes_of_root(processes) if daemons else None
    return None if found is None else not found.keys().isdisjoint(daemons)


def _finding(
    condition: Condition, group: Sequence[ToolFailure], refused: Sequence[Output], processes: Optional[Output]
) -> Finding:
    """Return the finding; its subjects are the daemon, where it is to blame, and the tools."""
    first = group[0].output
    start = connecting(processes, first.tool.family) if condition is STARTING else None
    if start:
        return start
    family, user, reason = first.tool.family, first.user, group[0].text
    tools = tuple(dict.fromkeys(Subject(TOOL, failure.output.label) for failure in group))
    names = ", ".join(tool.name for tool in tools)
    daemon = () if family == SYSTEM else (Subject(DAEMON, family),)
    if condition is NOT_RUNNING:
        reason = reason if len({failure.text for failure in group}) == 1 and not group[0].busy else "cannot connect"
        return not_running([family], tools, reason, processes)
    if condition is REMOTE_NODE:
        text = f"this is a Pacemaker Remote node, without {family}: run this check on a cluster node"
        return Finding(condition, text, (*daemon, *tools), reason=reason)
    if condition is NOT_RESPONDING:
        silent = f"{family} does not answer: " if daemon else ""
        advice, commands = ("see which daemon hangs", ("check_ha_daemons",)) if daemon else ("", ())
        return Finding(condition, f"{silent}{names}: {reason}", (*daemon, *tools), advice, commands, reason=reason)
    if condition is NOT_FINISHED:
        return Finding(condition, f"{names}: {reason}", tools, _MORE_TIME, reason=reason)
    if condition is NO_PERMISSION:
        hidden = dict.fromkeys(part for failure in group for part in failure.hidden)
        finding = confined(names, user, tuple(hidden)) if hidden else refusal(names, first, refused)
        return finding._replace(subjects=tools, reason=reason)
    if group[0].condition is None and condition is UNREADABLE and not group[0].busy and not shows_nothing(first):
        reason = f"cannot connect: {family} is down, or user {user} may not ask it"
    return Finding(condition, f"{names}: {reason}", tools, reason=reason)
