"""``corosync-cmapctl``: the configuration as loaded, the members, the knet statistics; of 1.4 ``corosync-objctl``.

Corosync 2 keeps everything in one map; since 3.0 the statistics are a map of their own
(``-m stats``). The order of the lines means nothing (10 stands before 2).
"""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Optional, Tuple

from check_ha.model.corosync import CorosyncMap, LinkStatistics, NodelistNode, SeenMember, Statistics
from check_ha.parsers.errors import ParseError
from check_ha.parsers.objctl import is_objctl, read_objctl
from check_ha.record import NamedTuple

# totem.transport (str) = udpu
# runtime.votequorum.two_node (u8) = 0
# runtime.members.1.ip (str) = r(0) ip(10.55.0.1) r(1) ip(10.55.1.1)    a blank follows
# resources.system.load_15min.current (dbl) = 0.000000
# some.key (bin)                                      the value only with -b
_LINE = r"(\S+) \((?:[iu](?:8|16|32|64)|flt|dbl|str|bin)\)(?: =(?: (.*))?)?"

_MEMBERS = ("runtime.members.", "runtime.totem.pg.mrp.srp.members.")  # corosync 3, corosync 2
_NODES = "nodelist.node."
_STATISTICS = "stats.knet.node"
_TOTEM_2, _TOTEM_3 = "runtime.totem.pg.mrp.", "stats."  # srp.mcast_retx follows; rrp.N.faulty in corosync 2 only

# What a check may want to know; the rest is counters and process ids.
_KEPT = (
    "quorum.",
    "totem.",
    "nodelist.",
    "runtime.votequorum.",
    "runtime.config.",
    "config.",
    "uidgid.",
    "service.",
)
_SECRET = "totem.key"  # noqa: S105  the cluster's key, where it is not in a file of its own

# The minimum before there is a sample, on a link that was never up and on the loopback.
_NO_LATENCY = 2**32 - 1


class _Entry(NamedTuple):
    value: str
    line: str


_Entries = Dict[str, _Entry]


def parse_cmapctl(data: bytes) -> CorosyncMap:
    """Read the output of ``corosync-cmapctl`` without arguments, corosync 2 and 3, or of ``corosync-objctl``, 1.4."""
    lines = _lines(data)
    old = is_objctl(lines[0])
    entries = {key: _Entry(value, line) for key, value, line in read_objctl(lines)} if old else _read_entries(lines)
    nodes = _nodes(entries)
    members = _members(entries)
    # A nodelist may be missing (udp multicast); the local node is a member from the start.
    if not nodes and not members:
        raise ParseError("corosync-cmapctl lists neither a nodelist nor a member")
    transport = entries.get("totem.transport")
    return CorosyncMap(
        nodes=tuple(nodes[position] for position in sorted(nodes)),
        members=members,
        local_node_id=_local_node_id(entries, nodes),
        transport=transport.value if transport else None,
        values={key: entry.value for key, entry in entries.items() if key.startswith(_KEPT) and key != _SECRET},
        totem=_totem(entries, _TOTEM_2),
    )


# runtime.totem.pg.mrp.srp.mcast_retx (u64) = 428
# runtime.totem.pg.mrp.rrp.1.faulty (u8) = 0
# stats.srp.mcast_retx (u64) = 16782
def _totem(entries: _Entries, prefix: str) -> Dict[str, int]:
    return {
        key[len(prefix) :]: _number(entry)
        for key, entry in entries.items()
        if key.startswith((f"{prefix}srp.", f"{prefix}rrp.")) and not key.startswith(_MEMBERS)
    }


def parse_cmapctl_stats(data: bytes) -> Statistics:
    """Read the output of ``corosync-cmapctl -m stats`` (3.0 and later)."""
    lines = _lines(data)
    for line in lines:
        # Thousands of lines are about client processes: two tests must do for them.
        if not line.startswith("stats.") or " (" not in line:
            raise ParseError("unknown line of corosync-cmapctl -m stats", line)
    entries = _read_entries(line for line in lines if line.startswith((_STATISTICS, "stats.srp.")))
    links: Dict[Tuple[int, int], Dict[str, int]] = {}
    for key, entry in entries.items():
        if not key.startswith(_STATISTICS):
            continue
        # stats.knet.node65001.link5.latency_ave (u32) = 344
        match = re.fullmatch(r"stats\.knet\.node([0-9]{1,10})\.link([0-9]{1,2})\.([a-z_]+)", key)
        if match is None:
            raise ParseError("unknown statistics of corosync-cmapctl", entry.line)
        links.setdefault((int(match[1]), int(match[2])), {})[match[3]] = _number(entry)
    ordered = tuple(_statistics(peer, link, links[peer, link]) for peer, link in sorted(links))
    return Statistics(ordered, _totem(entries, _TOTEM_3))


def _lines(data: bytes) -> List[str]:
    lines = [line for line in data.decode("utf-8", "backslashreplace").split("\n") if line]
    if not lines:
        raise ParseError("corosync-cmapctl printed nothing")
    return lines


def _read_entries(lines: Iterable[str]) -> _Entries:
    entries: _Entries = {}
    for line in lines:
        match = re.fullmatch(_LINE, line)
        if match is None:
            raise ParseError("unknown line of corosync-cmapctl", line)
        if match[1] in entries:
            raise ParseError("a key is printed twice", line)
        entries[match[1]] = _Entry(match[2] or "", line)
    return entries


def _number(entry: _Entry) -> int:
    if re.fullmatch("[0-9]{1,20}", entry.value) is None:
        raise ParseError("not a number", entry.line)
    return int(entry.value)


def _grouped(entries: _Entries, prefix: str) -> Dict[int, _Entries]:
    """Return the entries ``PREFIX NUMBER.NAME`` by number and name."""
    groups: Dict[int, _Entries] = {}
    for key, entry in entries.items():
        if key.startswith(prefix):
            number, _, name = key[len(prefix) :].partition(".")
            if re.fullmatch("[0-9]{1,10}", number) is None or not name:
                raise ParseError("unknown key of corosync-cmapctl", entry.line)
            groups.setdefault(int(number), {})[name] = entry
    return groups


# runtime.members.2.config_version (u64) = 0
# runtime.members.2.ip (str) = r(0) ip(10.55.0.2) r(1) ip(10.55.1.2)
# runtime.members.2.join_count (u32) = 1
# runtime.members.2.status (str) = left
def _members(entries: _Entries) -> Tuple[SeenMember, ...]:
    groups = {number: group for prefix in _MEMBERS for number, group in _grouped(entries, prefix).items()}
    return tuple(_member(number, groups[number]) for number in sorted(groups))


def _member(number: int, group: _Entries) -> SeenMember:
    if "status" not in group:
        raise ParseError(f"member {number} has no status", next(iter(group.values())).line)
    status = group["status"]
    if status.value not in ("joined", "left"):
        raise ParseError("unknown status of a member", status.line)
    addresses = re.findall(r"ip\(([^()]*)\)", group["ip"].value) if "ip" in group else []
    version = _number(group["config_version"]) if "config_version" in group else None
    return SeenMember(number, status.value == "joined", tuple(addresses), version)


# nodelist.node.0.name (str) = node1
# nodelist.node.0.nodeid (u32) = 1
# nodelist.node.0.quorum_votes (u32) = 2
# nodelist.node.0.ring0_addr (str) = 10.55.0.1
# nodelist.node.0.ring5_addr (str) = fd55:1::1
def _nodes(entries: _Entries) -> Dict[int, NodelistNode]:
    high_bit = entries.get("totem.clear_node_high_bit")
    mask = 2**31 - 1 if high_bit and high_bit.value == "yes" else 2**32 - 1
    return {position: _node(position, group, mask) for position, group in _grouped(entries, _NODES).items()}


def _node(position: int, group: _Entries, mask: int) -> NodelistNode:
    addresses = []
    for name, entry in group.items():
        ring = re.fullmatch("ring([0-9]{1,2})_addr", name)
        if ring is not None:
            addresses.append((int(ring[1]), entry.value))
    addresses.sort()
    number = _number(group["nodeid"]) if "nodeid" in group else _generated_id(addresses, mask)
    if number is None:
        raise ParseError(f"node {position} of the nodelist has no nodeid", next(iter(group.values())).line)
    name = group["name"].value if "name" in group else ""
    votes = _number(group["quorum_votes"]) if "quorum_votes" in group else 1
    return NodelistNode(number, name, tuple(addresses), votes)


def _generated_id(addresses: List[Tuple[int, str]], mask: int) -> Optional[int]:
    """Return the id that corosync gives a node without ``nodeid`` (udp and udpu, IPv4): its first address.

    Corosync 2 and 3.0 do not write it back to the map; a host name would have to be resolved.
    """
    if not addresses or addresses[0][0] != 0:
        return None
    octets = addresses[0][1].split(".")
    if len(octets) != 4 or any(re.fullmatch("[0-9]{1,3}", octet) is None or int(octet) > 255 for octet in octets):
        return None
    return int.from_bytes(bytes(map(int, octets)), "big") & mask


def _local_node_id(entries: _Entries, nodes: Dict[int, NodelistNode]) -> Optional[int]:
    if "runtime.votequorum.this_node_id" in entries:
        return _number(entries["runtime.votequorum.this_node_id"])
    # Without votequorum. The position is missing where there is no nodelist.
    position = entries.get("nodelist.local_node_pos")
    own = nodes.get(_number(position)) if position else None
    return own.node_id if own else None


def _statistics(peer: int, link: int, values: Dict[str, int]) -> LinkStatistics:
    sampled = values.get("latency_samples", 0) > 0 and values.get("latency_min") != _NO_LATENCY
    return LinkStatistics(
        peer,
        link,
        connected=_flag(values, "connected"),
        enabled=_flag(values, "enabled"),
        down_count=values.get("down_count"),
        latency_ave=values.get("latency_ave") if sampled else None,
        mtu=values.get("mtu"),
    )


def _flag(values: Dict[str, int], name: str) -> Optional[bool]:
    return bool(values[name]) if name in values else None
