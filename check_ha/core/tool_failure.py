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
    Dump was interrupted and may be inconsistent.               ip exit 0: interfaces came or went meanwhile
    crm_mon exit 0 (2.1.5), "Could not connect to the CIB"      pacemaker-based is down, whatever else still runs
    exit 0, and the document lacks a part that each CIB has     a Pacemaker ACL hides it (nothing is hidden from root)

What that amounts to, together with what other tools say, is decided in ``check_ha.core.failed_tools``.
"""

from __future__ import annotations

import re
from typing import Optional, Sequence, Tuple

from check_ha.core.condition import (
    NO_PERMISSION,
    NOT_FINISHED,
    NOT_RESPONDING,
    NOT_RUNNING,
    STALE,
    TOOL_MISSING,
    UNREADABLE,
    Condition,
)
from check_ha.core.permission import says_denied, shows_nothing
from check_ha.core.wording import joined
from check_ha.parsers.errors import REFUSED, UNRECOGNISED, ParseError
from check_ha.record import NamedTuple
from check_ha.sources.tools import COROSYNC, CRM_MON, CUT, FLOODED, HUNG, MISSING, OLD, PACEMAKER, Output

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
_ENDED = {
    COROSYNC: r"^.*(?:\bCS_ERR_(?!NOT_EXIST)|the error is: ?[0-9]).*$",
    "ip": r"^Dump (?:was interrupted|terminated).*$",
}
_BUSY = "cannot connect, it says to try again"
_DOWN_OR_BUSY = r"API error 6\b|objdb library\. Error 6\b"


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

    def optional(self, silent: bool = False) -> ToolFailure:
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
    pattern = _ENDED.get(output.tool.family if output.tool.family == COROSYNC else output.tool.name)
    said = re.search(pattern, output.stderr, re.MULTILINE) if pattern and output.stderr else None
    if said is None or output.status != 0:
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


def _first_line(text: str) -> str:
    """Return the first line, of sudo's own only where the tool has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("sudo: ")), next(iter(lines), ""))
