"""``ip addr``, where ``ip -j`` is not known: iproute2 before 4.14, as in Enterprise Linux 7, SLES 12, Debian 9."""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from check_ha.model.addresses import Interface, InterfaceAddress, Interfaces
from check_ha.parsers.addresses import canonical
from check_ha.parsers.errors import ParseError

_LINK = re.compile(r"[0-9]+: ([^\s:@]+)(?:@\S+)?: <([^>]*)>(.*)")
_ADDRESS = re.compile(r"\s+(inet6?) (\S+?)(?:/([0-9]{1,3}))?(?: peer \S+?/([0-9]{1,3}))?( .*)?")


def parse_ip_addr_text(data: bytes) -> Interfaces:
    """Return what ``parse_ip_addr`` does; iproute2 2.6.32 to 6.1::

        2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP qlen 1000
            link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
            altname enp0s3
            inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0
            inet6 fe80::ff:fe00:1/64 scope link tentative dadfailed
               valid_lft forever preferred_lft forever
        5: vlan7@eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN
        6: ppp0: <POINTOPOINT,UP,LOWER_UP> mtu 1500 qdisc noop state UNKNOWN
            inet 10.0.0.1 peer 10.0.0.2/32 scope global ppp0

    No interface at all, or no address, is a ParseError.
    """
    links: List[Interface] = []
    addresses: List[InterfaceAddress] = []
    text = data.decode("utf-8", "replace")
    if not text.endswith("\n"):
        raise ParseError("the output of ip addr is cut off")
    for line in text.splitlines():
        head = _LINK.fullmatch(line)
        if head:
            links.append(_interface(head[1], head[2], head[3]))
        elif not links or not line[:1].isspace():
            raise ParseError("unknown line of ip addr", line[:200])
        elif line.split()[:1] == ["altname"]:
            last = links[-1]
            links[-1] = last._replace(other_names=(*last.other_names, *line.split()[1:2]))
        elif line.split()[:1] in (["inet"], ["inet6"]):
            addresses.append(_address(links[-1].name, line))
    if not addresses:
        raise ParseError("ip addr lists no address", text[:200])
    return Interfaces(tuple(addresses), tuple(links))


def _interface(name: str, flags: str, rest: str) -> Interface:
    state = re.search(r" state (\S+)", rest)
    return Interface(name, tuple(flags.split(",")) if flags else (), state[1] if state else None)


def _address(interface: str, line: str) -> InterfaceAddress:
    """An address without a prefix of its own has that of the other end; without any it is the whole address."""
    found = _ADDRESS.fullmatch(line)
    address: Optional[str] = canonical(found[2]) if found else None
    if found is None or address is None or (":" in address) != (found[1] == "inet6"):
        raise ParseError(f"address of {interface[:20]} not understood", line.strip()[:200])
    prefix, whole = found[3] or found[4], 128 if ":" in address else 32
    number = int(prefix) if prefix else whole
    if number > whole:
        raise ParseError(f"address of {interface[:20]} not understood", line.strip()[:200])
    words: Tuple[str, ...] = tuple((found[5] or "").split())
    return InterfaceAddress(interface, address, number, found[1], "dadfailed" in words)
