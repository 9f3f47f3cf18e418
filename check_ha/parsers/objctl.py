"""``corosync-objctl``: what corosync 1.4 has in place of the map of corosync 2, under the keys that the map has.

Sections repeat without a number; they get one here: that of the ring, else by their order.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from check_ha.parsers.errors import ParseError

# totem.interface.ringnumber=0
# totem.interface.bindnetaddr=198.51.100.0            -> totem.interface.0.bindnetaddr
# totem.interface.member.memberaddr=198.51.100.1      -> totem.interface.0.member.0
# totem.interface.ringnumber=1                        the next section begins
# service.name=pacemaker                              -> service.0.name
# runtime.totem.pg.mrp.srp.members.40121286.ip=r(0) ip(198.51.100.2) r(1) ip(203.0.113.2)    a blank follows
# runtime.connections.pacemakerd:CFG:92:23.service_id=7
# quorum                                              a section without keys
# runtime.blackbox.dump_state=no                      the last line
# my own key=value                                    corosync 1.4 takes any, and so may the name of a client be
_LINE = r"([^\s=]+)|([^=]+)=(.*)"
_LAST = "runtime.blackbox."
_SKIPPED = ("runtime.services.", "runtime.connections.")  # counters and clients: nobody asks for them, and they repeat
_REPEATED = ("totem.interface", "logging.logger_subsys", "uidgid", "service")
_MEMBER = "totem.interface.member."

Line = Tuple[str, str, str]
"""Key, value, and the line as printed."""


def is_objctl(line: str) -> bool:
    """Return whether this is a line of corosync-objctl: corosync-cmapctl tells the type of each value."""
    return re.match(r"[^\s=]+=", line) is not None


def read_objctl(lines: List[str]) -> Iterator[Line]:
    """Yield the entries; of a key that is there twice in one section, corosync takes the first."""
    if not lines[-1].startswith(_LAST):
        raise ParseError("the list of objects ended early", lines[-1])
    seen: Dict[str, Line] = {}
    for name, (key, value, line) in _numbered(lines):
        seen.setdefault(name, (key, value, line))
    yield from ((name, value, line) for name, (_, value, line) in seen.items())


def _numbered(lines: List[str]) -> Iterator[Tuple[str, Line]]:
    """Yield each entry with its key in the map."""
    sections: Dict[str, List[Line]] = {}
    for line in lines:
        match = None if line.startswith(_SKIPPED) else re.fullmatch(_LINE, line)
        if match is None and not line.startswith(_SKIPPED):
            raise ParseError("unknown line of corosync-objctl", line)
        if match is None or match[2] is None:
            continue
        key, value = match[2], match[3]
        section = next((one for one in _REPEATED if key.startswith(f"{one}.")), None)
        if section is None:
            yield key, (key, value, line)
        else:
            sections.setdefault(section, []).append((key, value, line))
    for section, entries in sections.items():
        for position, group in enumerate(_apart(entries)):
            yield from _under_number(section, position, group)


def _apart(entries: List[Line]) -> List[List[Line]]:
    """Return the entries of each section of one name: a key that is there already begins the next one."""
    groups: List[List[Line]] = []
    for entry in entries:
        again = groups and entry[0] in (one[0] for one in groups[-1]) and not entry[0].startswith(_MEMBER)
        if not groups or again:
            groups.append([])
        groups[-1].append(entry)
    return groups


def _under_number(section: str, position: int, group: List[Line]) -> Iterator[Tuple[str, Line]]:
    values = {key: value for key, value, _ in reversed(group)}
    number = values.get(f"{section}.ringnumber") or values.get(f"{section}.subsys") or str(position)
    members = 0
    for key, value, line in group:
        name = f"{section}.{number}{key[len(section) :]}"
        if key == f"{section}.ringnumber":
            continue  # as in the map, where it is part of the keys
        if key.startswith(_MEMBER):
            name = f"{section}.{number}.member.{members}"
            members += 1
        yield name, (key, value, line)
