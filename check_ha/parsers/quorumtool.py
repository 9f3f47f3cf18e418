"""``corosync-quorumtool -s`` and ``-l``: the votes and the members of this partition, corosync 1.4, 2 and 3.

Whether the partition is quorate is read and never computed: a node that waits for all
others has enough votes and is not quorate. The exit code says nothing (up to 2.4.5 and in
3.0.0 and 3.0.1 it is 1 when quorate).
"""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Sequence, Set, Tuple

from check_ha.model.corosync import Member, QuorumStatus
from check_ha.parsers.errors import ParseError
from check_ha.record import NamedTuple

# Quorum information
# ------------------
# Date:             Mon Nov 23 03:49:46 2026
# Quorum provider:  corosync_votequorum
# Nodes:            2
# Node ID:          1                                 2.0: in the next block; -H: 0x00000001
# Ring ID:          1.9                               until 2.3: 13; 2.4, 3.0.0 to 3.0.2: 1/13
# Quorate:          Yes
#
# Votequorum information
# ----------------------
# Expected votes:   3
# Highest expected: 3
# Total votes:      2
# Quorum:           2                                 two blanks follow, or " Activity blocked"
# Flags:            Quorate Qdevice                   a blank follows; no words when not quorate
#
# 1.4 prints neither titles nor a table, "Quorum type:" for the provider. Without one it stops after "Quorate:":
#
# Version:          1.4.8
# Nodes:            0
# Ring ID:          0
# Quorum type:      (null)
# Quorate:          Yes                               which it always is
_TITLES = ("Quorum information", "Votequorum information", "Membership information")

# The table. Every column is padded to 10 and followed by a blank, the name is the rest of
# the line; -p always prints the column of the quorum device.
#
#     Nodeid      Votes Name
#      65001          1 alpha-long-hostname-01.example.net
#
#     Nodeid      Votes    Qdevice Name
#          1          1         NR node1 (local)
#          2          1   A,NV,NMW node2
#          0          0            Qdevice (votes 1)
_TABLES = {
    "    Nodeid      Votes Name": r"([ 0-9a-fx]{10}) ([ 0-9]{10})()(?: (.*))?",
    "    Nodeid      Votes    Qdevice Name": r"([ 0-9a-fx]{10}) ([ 0-9]{10}) (.{10}) (.*)",
}
# -l of 1.4, with and without a quorum provider:
#
# Nodeid     Votes  Name
# 23344070     1  node1
# Nodeid     Name
_OLD_TABLES = {
    "Nodeid     Votes  Name": r" *([0-9]{1,10}) +([0-9]{1,10})()  (.*)",
    "Nodeid     Name": r" *([0-9]{1,10})(?:   )()()(.*)",
}
_LOCAL = " (local)"  # 2.2 and later
_DEVICE = 0  # the node id of the quorum device's row

# A count that is shown as 4294967295: 2.0 prints -1 for votes that it could not ask.
_MOST_VOTES = 2**31 - 1


class _Field(NamedTuple):
    value: str
    line: str


_Fields = Dict[str, _Field]


def parse_quorumtool(data: bytes) -> QuorumStatus:
    """Read the output of ``corosync-quorumtool -s``, with or without ``-p``, ``-i``, ``-a`` and ``-H``.

    ``Unable to get node N info`` within the output is an error: the tool prints on with
    uninitialised memory in that node's row, and decides by it whether there is a quorum device.
    """
    head, table, rows = _split(data.decode("utf-8", "backslashreplace").split("\n"))
    fields = _read_fields(head)
    provider = fields.get("Quorum provider") or fields.get("Quorum type")
    if provider is not None and provider.value == "(null)":
        return _not_counted(fields)
    if provider is not None and "Expected votes" not in fields:
        raise ParseError("the quorum provider counts no votes", provider.line)
    quorum, activity_blocked = _quorum(fields)
    own_id = _node_id(fields["Node ID"].value, fields["Node ID"].line) if "Node ID" in fields else None
    members, device_votes = _read_rows(_TABLES[table], rows, own_id) if table else ((), None)
    _check_members(fields, table, members, device_votes or 0)
    return QuorumStatus(
        quorate=_quorate(fields),
        node_id=own_id,
        ring_id=_field(fields, "Ring ID").value,
        expected_votes=_count(fields, "Expected votes"),
        highest_expected=_count(fields, "Highest expected") if "Highest expected" in fields else None,
        total_votes=_count(fields, "Total votes"),
        quorum=quorum,
        flags=tuple(_field(fields, "Flags").value.split()),
        activity_blocked=activity_blocked,
        members=members,
        device_votes=device_votes,
        provider=provider.value if provider else "",
    )


def parse_quorumtool_nodes(data: bytes) -> Tuple[Member, ...]:
    """Read the output of ``corosync-quorumtool -l``: the members; none where 1.4 has no quorum provider."""
    lines = [line for line in data.decode("utf-8", "backslashreplace").split("\n") if line]
    old = lines[0] if lines and lines[0] in _OLD_TABLES else ""
    if old:
        return _read_rows(_OLD_TABLES[old], lines[1:], None)[0]
    head, table, rows = _split(lines)
    unknown = [line for line in head if line not in _TITLES and line.strip("-")]
    if unknown or not table:
        raise ParseError("corosync-quorumtool -l printed no list of nodes", "".join(unknown[:1]))
    members, _ = _read_rows(_TABLES[table], rows, None)
    if not members:
        raise ParseError("corosync-quorumtool -l lists no node", table)
    return members


def _not_counted(fields: _Fields) -> QuorumStatus:
    """Return what 1.4 says without a quorum provider: nothing that could be counted on."""
    unknown = fields.keys() - {"Version", "Nodes", "Ring ID", "Quorum type", "Quorate"}
    if unknown or "Version" not in fields or not _quorate(fields):
        raise ParseError("the quorum provider counts no votes", fields["Quorum type"].line)
    return QuorumStatus(
        quorate=False,
        node_id=None,
        ring_id="",
        expected_votes=0,
        highest_expected=None,
        total_votes=0,
        quorum=0,
        flags=(),
        activity_blocked=False,
        members=(),
        counted=False,
    )


def _split(lines: List[str]) -> Tuple[List[str], str, List[str]]:
    for number, line in enumerate(lines):
        if line in _TABLES:
            return lines[:number], line, lines[number + 1 :]
    return lines, "", []


def _read_fields(lines: Sequence[str]) -> _Fields:
    fields: _Fields = {}
    for line in lines:
        if not line or line in _TITLES or not line.strip("-"):
            continue
        if line.startswith(("Unable to ", "Cannot ")):
            raise ParseError("corosync-quorumtool failed", line)
        label, colon, value = line.partition(":")
        if not colon:
            raise ParseError("unknown line of corosync-quorumtool", line)
        if label in fields:
            raise ParseError("a value is printed twice", line)
        fields[label] = _Field(value.strip(" "), line)
    if not fields:
        raise ParseError("corosync-quorumtool printed no status")
    return fields


def _field(fields: _Fields, label: str) -> _Field:
    if label not in fields:
        raise ParseError(f"corosync-quorumtool printed no line '{label}:'")
    return fields[label]


def _quorate(fields: _Fields) -> bool:
    value, line = _field(fields, "Quorate")
    if value not in ("Yes", "No"):
        raise ParseError("neither quorate nor not quorate", line)
    return value == "Yes"


def _quorum(fields: _Fields) -> Tuple[int, bool]:
    value, line = _field(fields, "Quorum")
    number, _, remark = value.partition(" ")
    if remark not in ("", "Activity blocked"):
        raise ParseError("unknown remark on the quorum", line)
    return _votes(number, line), remark == "Activity blocked"


def _count(fields: _Fields, label: str) -> int:
    return _votes(*_field(fields, label))


def _votes(text: str, line: str) -> int:
    if re.fullmatch("[0-9]{1,10}", text) is None or int(text) > _MOST_VOTES:
        raise ParseError("not a number of votes", line)
    return int(text)


def _node_id(text: str, line: str) -> int:
    if re.fullmatch("[0-9]{1,10}|0x[0-9a-f]{1,8}", text) is None:
        raise ParseError("not a node id", line)
    number = int(text, 16) if text.startswith("0x") else int(text)
    if number >= 2**32:
        raise ParseError("not a node id", line)
    return number


def _read_rows(pattern: str, lines: Sequence[str], own_id: Optional[int]) -> Tuple[Tuple[Member, ...], Optional[int]]:
    members: List[Member] = []
    device_votes: Optional[int] = None
    seen: Set[int] = set()
    for line in lines:
        if not line:
            continue
        row = re.fullmatch(pattern, line)
        if row is None:
            raise ParseError("unknown row of the membership table", line)
        number, votes = _node_id(row[1].strip(), line), _votes(row[2].strip() or "0", line)
        if number in seen:
            raise ParseError("a member is listed twice", line)
        seen.add(number)
        if number == _DEVICE:
            device_votes = votes
        else:
            members.append(_member(number, votes, row[3].strip(), row[4] or "", own_id, line))
    return tuple(members), device_votes


def _member(number: int, votes: int, device: str, name: str, own_id: Optional[int], line: str) -> Member:
    # Versions up to 2.4.3 cut "NA,NV,NMW" to "NA,NV,NM"; the words are kept as they are.
    if " " in device:
        raise ParseError("unknown row of the membership table", line)
    suffixed = name.endswith(_LOCAL)
    local = suffixed if own_id is None else number == own_id
    if local and suffixed:
        name = name[: -len(_LOCAL)]
    # -a prints "beta,  (local)", 2.0 and 2.4 an empty name where no name can be found.
    return Member(number, votes, name.strip(), local=local, qdevice=device or None)


def _check_members(fields: _Fields, table: str, members: Tuple[Member, ...], device_votes: int) -> None:
    """Refuse a table that was cut off, by its nodes and votes. Only 1.4, which prints its ``Version:``, has none."""
    value, line = _field(fields, "Nodes")
    if not table:
        if "Version" not in fields:
            raise ParseError("corosync-quorumtool printed no membership table")
    elif _votes(value, line) != len(members):
        raise ParseError(f"{len(members)} members in the table", line)
    elif sum(member.votes for member in members) + device_votes != _count(fields, "Total votes"):
        raise ParseError("not the votes of the members", _field(fields, "Total votes").line)
