"""Why a tool has nothing to say, and what that proves.

What the tools print when they fail, by version::

    Could not initialize corosync configuration API error 2     cfgtool: corosync is down (11: no permission)
    Failed to initialize the cmap API. Error CS_ERR_LIBRARY     cmapctl: down (CS_ERR_ACCESS: no permission)
    Cannot initialize CMAP service                              quorumtool: either of the two
    crm_mon exit 4 (2.1.3 on), 13 (1.1)                         no permission
    crm_mon exit 102 (2.0 on), 107 (1.1), "Connection refused"  pacemaker is down
    the same, "Transport endpoint is not connected"             down, or (before 2.1.3; cibadmin always) no permission
    crm_mon exit 0 (2.1.5), "Could not connect to the CIB"      pacemaker-based is down, whatever else still runs

What one tool leaves open another of the same family may settle, else the process list, else the user: root is
never refused.
"""

import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from check_ha.core.condition import (
    NO_PERMISSION,
    NOT_RESPONDING,
    NOT_RUNNING,
    REMOTE_NODE,
    TOOL_MISSING,
    UNREADABLE,
    Condition,
)
from check_ha.core.finding import Finding
from check_ha.core.permission import refusal, shows_nothing
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import BROKEN, COROSYNC, FLOODED, HUNG, MISSING, PACEMAKER, SYSTEM, Output

# compiled when a tool has failed, not on every run
_DENIED = (
    r"API error 11\b|CS_ERR_ACCESS|Permission denied|Insufficient privileges"
    r"|a password is required|is not allowed to execute|not in the sudoers file"
)
_DOWN = r"API error 2\b|CS_ERR_LIBRARY|Connection refused"
_DOWN_OR_DENIED = (
    r"Cannot initiali[sz]e \w+ service|Transport endpoint is not connected"
    r"|cluster is not available on this node|Not connected|CIB query failed"
)
_NO_CIB = "no cluster data: Could not connect to the CIB"  # as the parser of crm_mon tells it
_REMOTE = ("pacemaker-remoted", "pacemaker_remoted")  # 2.0 and later; 1.1
_DAEMONS = {COROSYNC: ("corosync",), PACEMAKER: ("pacemakerd", *_REMOTE)}


class Failure(NamedTuple):
    """A tool that gave no answer to work with."""

    output: Output
    condition: Optional[Condition]
    """``None``: the daemon is down or the user is refused, and the tool does not say which."""
    text: str
    required: bool = True
    silent: bool = False

    def optional(self, silent: bool = False) -> "Failure":
        """The same, of a tool the check can do without, or whose failure the check itself explains."""
        return self._replace(required=False, silent=silent)


def failure_of(output: Output, error: Optional[ParseError] = None) -> Optional[Failure]:
    """What went wrong with this tool; ``None`` when its output can be believed so far.

    ``error`` is what the parser made of the output.
    """
    tool = output.tool
    if output.fault == MISSING:
        return Failure(output, TOOL_MISSING, output.stderr or "not installed")
    if output.fault == HUNG:
        return Failure(output, NOT_RESPONDING, f"no answer within {output.limit:g} s")
    if output.fault == FLOODED:
        return Failure(output, UNREADABLE, "printed more than 64 MB")
    if output.fault == BROKEN:
        return Failure(output, UNREADABLE, f"could not be started: {output.stderr}")
    if output.status is not None and output.status < 0:
        return Failure(output, UNREADABLE, f"was killed by signal {-output.status}")
    if tool.absence and not output.stdout and "No such file or directory" in output.stderr:
        return None
    if error is None and output.status in tool.good and not _refused(output):
        return None
    if error is not None and output.status == 0:
        return _not_understood(output, str(error))
    return _told(output, error)


def _not_understood(output: Output, what: str) -> Failure:
    """A tool that exits 0. Of its words only those count that are its own, not what it quotes."""
    if not what.startswith(_NO_CIB):
        why = "" if output.stdout.strip() else _first_line(output.stderr)
        return Failure(output, UNREADABLE, why or what)
    if re.search(_DENIED, what):
        return Failure(output, NO_PERMISSION, "permission denied")
    _, but, state = what.partition("; pacemakerd is in state ")  # it is just starting, or shutting down
    return Failure(output, NOT_RUNNING, f"cannot connect to the CIB{but}{state}")


def _refused(output: Output) -> bool:
    """A corosync tool whose error text comes with an exit status that is also a good one, crm_mon without a role, or a
    tool whose exit status says that there is something to tell and that tells nothing."""
    if output.status and output.tool.explained not in output.answer:
        return True
    told_on_stderr = output.status == 1 and not output.stdout.strip() and bool(output.stderr.strip())
    return told_on_stderr or shows_nothing(output)


def _told(output: Output, error: Optional[ParseError]) -> Failure:
    """What the tool itself says about its failure, on stderr or (crm_mon, old corosync tools) on stdout."""
    if shows_nothing(output):
        return Failure(output, None, "no cluster data: the document has no summary")
    words = output.stderr + "\n" + output.stdout[:4096].decode("utf-8", "backslashreplace")
    status = output.status
    pacemaker = output.tool.family == PACEMAKER
    if re.search(_DENIED, words) or (pacemaker and status in (4, 13)):
        return Failure(output, NO_PERMISSION, "permission denied")
    if pacemaker and status in (62, 110, 124):
        return Failure(output, NOT_RESPONDING, "timed out")
    if re.search(_DOWN, words):
        return Failure(output, NOT_RUNNING, "cannot connect")
    if re.search(_DOWN_OR_DENIED, words) or (pacemaker and status in (102, 107)):
        return Failure(output, None, "cannot connect")
    said = _first_line(output.stderr) or (str(error) if error else "") or _first_line(words) or "no output"
    return Failure(output, UNREADABLE, said if status == 0 else f"exit {status}, {said}")


def in_doubt(failures: Sequence[Failure]) -> bool:
    """Whether the process list is needed: it tells a daemon that is down from a user who may not ask it, and from a
    Pacemaker Remote node, where corosync never runs."""
    return any(failure.condition in (None, NOT_RUNNING) for failure in failures)


def findings_of(failures: Sequence[Failure], processes: Optional[Output]) -> Tuple[Finding, ...]:
    """The findings these failures amount to: one for each family and condition, naming the tools."""
    groups: Dict[Tuple[str, Condition], List[Failure]] = {}
    for failure in failures:
        condition = _condition(failure, failures, processes)
        if not failure.silent and (failure.required or condition is NOT_RESPONDING):
            family = failure.output.tool.family
            # what is wrong with one output has its own text; a daemon that is down is down for all its tools
            key = failure.output.tool.label if condition in (UNREADABLE, TOOL_MISSING) else family
            groups.setdefault((key, condition), []).append(failure)
    refused = _refused_outputs(failures, processes)
    return tuple(_finding(condition, group, refused) for (_, condition), group in groups.items())


def finding_of(failure: Failure, failures: Sequence[Failure], processes: Optional[Output]) -> Finding:
    """The finding this failure amounts to by itself; the others may settle what it leaves open."""
    return _finding(_condition(failure, failures, processes), [failure], _refused_outputs(failures, processes))


def _refused_outputs(failures: Sequence[Failure], processes: Optional[Output]) -> List[Output]:
    return [one.output for one in failures if _condition(one, failures, processes) is NO_PERMISSION]


def _condition(failure: Failure, failures: Sequence[Failure], processes: Optional[Output]) -> Condition:
    condition = failure.condition or _settled(failure, failures, processes)
    return REMOTE_NODE if condition is NOT_RUNNING and _remote(failure, processes) else condition


def _settled_by_sibling(failure: Failure, failures: Sequence[Failure]) -> Optional[Condition]:
    for other in failures:
        if other.output.tool.family == failure.output.tool.family and other.condition in (NO_PERMISSION, NOT_RUNNING):
            return other.condition
    return None


def _settled(failure: Failure, failures: Sequence[Failure], processes: Optional[Output]) -> Condition:
    sibling = _settled_by_sibling(failure, failures)
    if sibling is not None:
        return sibling
    running = _runs(_DAEMONS.get(failure.output.tool.family, ()), processes)
    if running and shows_nothing(failure.output) and not _runs((*_DAEMONS[COROSYNC], *_REMOTE), processes):
        return UNREADABLE  # for a moment, after corosync has ended
    if running is not None:
        return NO_PERMISSION if running and not failure.output.as_root else NOT_RUNNING
    return NOT_RUNNING if failure.output.as_root else UNREADABLE


def _remote(failure: Failure, processes: Optional[Output]) -> bool:
    """Whether this is a Pacemaker Remote node, asked for what only a cluster node has."""
    corosync = failure.output.tool.family == COROSYNC
    return corosync and bool(_runs(_REMOTE, processes)) and not _runs(_DAEMONS[COROSYNC], processes)


def _runs(daemons: Sequence[str], processes: Optional[Output]) -> Optional[bool]:
    """Whether the list shows one of these daemons; ``None`` where there is no list, or one that hides processes.

    They are root's: a process of somebody else that calls itself so proves nothing.
    """
    if processes is None or processes.status != 0 or not daemons:
        return None
    commands = [line.split(None, 4) for line in processes.stdout.decode("utf-8", "backslashreplace").splitlines()]
    if not any(words[0] == "1" for words in commands if words):
        return None  # /proc is mounted with hidepid
    found = {words[4].split()[0].rsplit("/", 1)[-1] for words in commands if len(words) == 5 and words[3] == "root"}
    return not found.isdisjoint(daemons)


def _finding(condition: Condition, group: Sequence[Failure], refused: Sequence[Output]) -> Finding:
    first = group[0].output
    family, user = first.tool.family, first.user
    tools = ", ".join(dict.fromkeys(failure.output.tool.label for failure in group))
    if condition is NOT_RUNNING:
        reason = group[0].text if len({failure.text for failure in group}) == 1 else "cannot connect"
        return Finding(condition, f"{family} is not running on this node ({tools}: {reason})")
    if condition is REMOTE_NODE:
        return Finding(
            condition, f"this is a Pacemaker Remote node, without {family}: run this check on a cluster node"
        )
    if condition is NOT_RESPONDING:
        subject = "" if family == SYSTEM else f"{family} does not answer: "
        return Finding(condition, f"{subject}{tools}: {group[0].text}")
    if condition is NO_PERMISSION:
        return refusal(tools, first, refused)
    if group[0].condition is None and condition is UNREADABLE and not shows_nothing(first):
        return Finding(condition, f"{tools}: cannot connect: {family} is down, or user {user} may not ask it")
    return Finding(condition, f"{tools}: {group[0].text}")


def _first_line(text: str) -> str:
    """Return the first line, of sudo's own only where the tool has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("sudo: ")), next(iter(lines), ""))
