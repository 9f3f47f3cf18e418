"""Why a tool has nothing to say, and what that proves.

What the tools print when they fail, by version::

    Could not initialize corosync configuration API error 2     cfgtool: corosync is down (11: no permission)
    Failed to initialize the cmap API. Error CS_ERR_LIBRARY     cmapctl: down (CS_ERR_ACCESS: no permission)
    Cannot initialize CMAP service                              quorumtool: either of the two
    ... corosync configuration API error 6, objdb library. Error 6      1.4: down (100: no permission); since 2.0: busy
    Cannot connect to quorum service, is it loaded?             quorumtool 1.4, exit 0: either of the two
    crm_mon exit 4 (2.1.3 on), 13 (1.1)                         no permission
    crm_mon exit 102 (2.0 on), 107 (1.1), "Connection refused"  pacemaker is down
    the same, "Transport endpoint is not connected"             down, or (before 2.1.3; cibadmin always) no permission
    Can't get value of KEY. Error CS_ERR_LIBRARY                cmapctl exit 0: corosync ended meanwhile, and so does it
    crm_mon exit 0 (2.1.5), "Could not connect to the CIB"      pacemaker-based is down, whatever else still runs
    exit 0, and the document lacks a part that each CIB has     a Pacemaker ACL hides it (nothing is hidden from root)

What one tool leaves open another of the same family may settle, else the process list, else the user: root is
never refused.
"""

import re
from typing import Dict, List, Optional, Sequence, Tuple

from check_ha.core.condition import (
    NO_PERMISSION,
    NOT_FINISHED,
    NOT_RESPONDING,
    NOT_RUNNING,
    REMOTE_NODE,
    STALE,
    STARTING,
    TOOL_MISSING,
    UNREADABLE,
    Condition,
    Severity,
)
from check_ha.core.finding import DAEMON, TOOL, Finding, Subject
from check_ha.core.permission import confined, refusal, says_denied, shows_nothing
from check_ha.core.processes import REMOTE_DAEMONS, not_running, processes_of_root, stopped_together
from check_ha.core.starting import connecting
from check_ha.core.wording import joined
from check_ha.parsers.errors import REFUSED, UNRECOGNISED, ParseError
from check_ha.record import NamedTuple
from check_ha.sources.tools import COROSYNC, CRM_MON, CUT, FLOODED, HUNG, MISSING, OLD, PACEMAKER, SYSTEM, Output

# compiled when a tool has failed, not on every run
_DENIED = (
    r"API error 11\b|API error 100\b|objdb library\. Error 100\b|CS_ERR_ACCESS|Permission denied"
    r"|Insufficient privileges|a password is required|is not allowed to execute|not in the sudoers file"
    r"|you must have a tty|netlink error reply: Operation not permitted"
)
_DOWN = r"API error 2\b|CS_ERR_LIBRARY|Connection refused"
_DOWN_OR_DENIED = (
    r"Cannot initiali[sz]e \w+ service|Cannot connect to quorum service, is it loaded\?"
    r"|Transport endpoint is not connected|cluster is not available on this node|Not connected|CIB query failed"
)
_BUSY = "cannot connect, it says to try again"
_DOWN_OR_BUSY = r"API error 6\b|objdb library\. Error 6\b"
_MORE_TIME = "whoever runs the check must wait longer than that (command_timeout of nrpe.cfg, check_nrpe -t)"
# lrmd stands for those that the plugin of corosync 1 (ver: 0) starts, without pacemakerd
_DAEMONS = {COROSYNC: ("corosync",), PACEMAKER: ("pacemakerd", "lrmd", *REMOTE_DAEMONS)}


class ToolFailure(NamedTuple):
    """A tool that gave no answer to work with."""

    output: Output
    condition: Optional[Condition]
    """``None``: the daemon is down or the user is refused, and the tool does not say which."""
    text: str
    required: bool = True
    silent: bool = False
    hidden: Tuple[str, ...] = ()
    """The parts of the CIB that are missing from an answer which is good otherwise."""
    busy: bool = False
    """The daemon is down or busy (error 6), and not one that refuses the user."""

    def optional(self, silent: bool = False) -> "ToolFailure":
        """Return the same, of a tool the check can do without, or whose failure the check itself explains."""
        return self._replace(required=False, silent=silent)


def failure_of(output: Output, error: Optional[ParseError] = None) -> Optional[ToolFailure]:
    """Return what went wrong with this tool; ``None`` when its output can be believed so far.

    ``error`` is what the parser made of the output.
    """
    tool = output.tool
    if output.fault is not None:
        return _without_answer(output)
    if output.status is not None and output.status < 0:
        return ToolFailure(output, UNREADABLE, f"was killed by signal {-output.status}")
    if tool.for_root and output.status and not output.as_root:
        return ToolFailure(output, NO_PERMISSION, "permission denied")
    if tool.absence and not output.stdout and "No such file or directory" in output.stderr:
        return None
    if error is None and output.status in tool.good and not _refused(output):
        return None
    if error is not None and output.status == 0:
        return _not_understood(output, error)
    return _told(output, error)


def _without_answer(output: Output) -> ToolFailure:
    """Return why a tool has no answer that could be judged."""
    if output.fault == MISSING:
        return ToolFailure(output, TOOL_MISSING, output.stderr or "not installed")
    if output.at_work:
        why = "and not hung, as on a large cluster or a busy node"
        more = f"-t {3 * output.limit:g} gives it more time"
        return ToolFailure(output, NOT_FINISHED, f"still at work after {output.limit:g} s {why}; {more}")
    if output.fault == HUNG:
        return ToolFailure(output, NOT_RESPONDING, f"no answer within {output.limit:g} s")
    if output.fault == FLOODED:
        return ToolFailure(output, UNREADABLE, f"printed more than {output.tool.limit} MB")
    if output.fault == OLD:
        return ToolFailure(output, STALE, output.stderr)
    if output.fault == CUT:
        return ToolFailure(output, UNREADABLE, output.stderr)
    return ToolFailure(output, UNREADABLE, f"could not be started: {output.stderr}")


def cut_short(output: Output) -> Optional[ToolFailure]:
    """Return what went wrong after a tool had printed a part, where it ends early with exit 0.

    CS_ERR_NOT_EXIST is none: the key of a client that has just left.
    """
    said = re.search(r"^.*\bCS_ERR_(?!NOT_EXIST).*$", output.stderr, re.MULTILINE) if output.stderr else None
    if said is None or output.tool.family != COROSYNC or output.status != 0:
        return None
    return ToolFailure(output, UNREADABLE, f"ended early: {said[0].strip()}")


def incomplete(output: Output, hidden: Tuple[str, ...]) -> Optional[ToolFailure]:
    """Return the failure of a tool that was not shown these parts of the CIB.

    Of crm_mon only signs tell so, which can mean nothing else but to a user from whom something can be hidden.
    """
    if output.as_root:
        return None if output.tool is CRM_MON else ToolFailure(output, UNREADABLE, f"the CIB lacks {joined(hidden)}")
    return ToolFailure(output, NO_PERMISSION, "", hidden=hidden)


def _not_understood(output: Output, error: ParseError) -> ToolFailure:
    """Return the failure of a tool that exits 0. Of its words only those count that are its own, not what it quotes."""
    if error.hidden and not output.as_root:
        return ToolFailure(output, NO_PERMISSION, "", hidden=(error.hidden,))
    if error.kind == UNRECOGNISED:
        why = "" if output.stdout.strip() else _first_line(output.stderr)
        if re.search(_DOWN_OR_DENIED, why):
            return ToolFailure(output, None, "cannot connect")
        return ToolFailure(output, UNREADABLE, why or str(error))
    if error.kind == REFUSED:
        return ToolFailure(output, NO_PERMISSION, "permission denied")
    moving = f"; pacemakerd is in state {error.state}" if error.state else ""  # it is just starting, or shutting down
    return ToolFailure(output, NOT_RUNNING, f"cannot connect to the CIB{moving}")


def _refused(output: Output) -> bool:
    """A corosync tool whose error text comes with an exit status that is also a good one, crm_mon without a role, or a
    tool whose exit status says that there is something to tell and that tells nothing."""
    if output.status and output.tool.explained not in output.answer:
        return True
    told_on_stderr = output.status == 1 and not output.stdout.strip() and bool(output.stderr.strip())
    told_on_stderr = told_on_stderr and not output.tool.explained  # which is what it says there
    return told_on_stderr or shows_nothing(output) or says_denied(output)


def _told(output: Output, error: Optional[ParseError]) -> ToolFailure:
    """Return what the tool itself says about its failure, on stderr or (crm_mon, old corosync tools) on stdout."""
    if shows_nothing(output):
        return ToolFailure(output, None, "no cluster data: the document has no summary")
    words = output.stderr + "\n" + output.stdout[:4096].decode("utf-8", "backslashreplace")
    status = output.status
    pacemaker = output.tool.family == PACEMAKER
    if re.search(_DENIED, words) or (pacemaker and status in (4, 13)):
        return ToolFailure(output, NO_PERMISSION, "permission denied")
    if pacemaker and status in (62, 110, 124):
        return ToolFailure(output, NOT_RESPONDING, "timed out")
    if re.search(_DOWN, words):
        return ToolFailure(output, NOT_RUNNING, "cannot connect")
    unconnected = re.search(_DOWN_OR_DENIED, words) or (pacemaker and status in (102, 107))
    if unconnected or re.search(_DOWN_OR_BUSY, words):
        return ToolFailure(output, None, "cannot connect" if unconnected else _BUSY, busy=not unconnected)
    said = _first_line(output.stderr) or (str(error) if error else "") or _first_line(words) or "no output"
    return ToolFailure(output, UNREADABLE, said if status == 0 else f"exit {status}, {said}")


def in_doubt(failures: Sequence[ToolFailure]) -> bool:
    """Return whether the process list is needed.

    It tells a daemon that is down from a user who may not ask it, and from a Pacemaker Remote node, where corosync
    never runs.
    """
    return any(failure.condition in (None, NOT_RUNNING) for failure in failures)


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


def _missing(tools: Sequence[Subject], reason: str, override: Optional[Severity]) -> Finding:
    names = dict.fromkeys(tool.name for tool in tools)
    subjects = tuple(dict.fromkeys(tools))
    return Finding(TOOL_MISSING, f"{', '.join(names)}: {reason}", subjects, override=override, reason=reason)


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
        return Finding(condition, f"{silent}{names}: {reason}", (*daemon, *tools), reason=reason)
    if condition is NOT_FINISHED:
        return Finding(condition, f"{names}: {reason}", tools, _MORE_TIME, reason=reason)
    if condition is TOOL_MISSING:
        return _missing(tools, reason, None)
    if condition is NO_PERMISSION:
        hidden = dict.fromkeys(part for failure in group for part in failure.hidden)
        finding = confined(names, user, tuple(hidden)) if hidden else refusal(names, first, refused)
        return finding._replace(subjects=tools, reason=reason)
    if group[0].condition is None and condition is UNREADABLE and not group[0].busy and not shows_nothing(first):
        reason = f"cannot connect: {family} is down, or user {user} may not ask it"
    return Finding(condition, f"{names}: {reason}", tools, reason=reason)


def _first_line(text: str) -> str:
    """Return the first line, of sudo's own only where the tool has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("sudo: ")), next(iter(lines), ""))
