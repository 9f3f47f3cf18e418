"""``ip -j addr``: the interfaces of this node, and the addresses on them."""

from __future__ import annotations

import json

# Not ipaddress and not socket, which take 2 to 3 ms to import, a tenth of a check's start.
# The C module behind socket takes 0.3 ms and is in every CPython that has a socket module.
from _socket import AF_INET, AF_INET6, inet_aton, inet_ntop, inet_pton
from typing import Any, Dict, Iterator, Optional, Tuple

from check_ha.model.addresses import Interface, InterfaceAddress, Interfaces
from check_ha.parsers.errors import ParseError

_FAMILIES = ("inet", "inet6")
_LONGEST_PREFIX = 128
_SNIPPET = 200


def canonical(text: str) -> Optional[str]:
    """Return an address, as somebody wrote it, in the one text form of its family; ``None`` if it is none.

    In the CIB it may carry a netmask (``192.0.2.10/24``, ``192.0.2.10/255.255.255.0``) and
    a scope (``fe80::1%eth0``), both of which say where it goes, not which it is.
    """
    address = text.strip().partition("/")[0].partition("%")[0]
    if not address.isascii() or "\0" in address:
        return None
    family = AF_INET6 if ":" in address else AF_INET
    try:
        return inet_ntop(family, inet_pton(family, address))
    except OSError:
        return None


IPV4, IPV6 = "IPv4", "IPv6"


def literal_families(text: str) -> Tuple[str, ...]:
    """Return as which families getaddrinfo(3) takes this address, what it is first; empty: it may be a host name.

    ``127.1`` and ``0x7f.1`` are IPv4 to it, ``::ffff:192.0.2.1`` is both; ``192.0.2.1/24`` is nothing.
    """
    if ":" in text:
        known = None if "/" in text else canonical(text)
        if known is None:
            return ()
        return (IPV6, IPV4) if known.startswith("::ffff:") and "." in known else (IPV6,)
    try:
        # which takes whatever follows a blank
        return (IPV4,) if not text.strip("0123456789abcdefABCDEFxX.") and inet_aton(text) else ()
    except OSError:
        return ()


def is_multicast(text: str) -> bool:
    """Return whether this literal address is one of a multicast group."""
    if ":" in text and "." not in text:
        return (canonical(text) or "").startswith("ff")
    try:
        return 224 <= inet_aton(text.rpartition(":")[2])[0] < 240
    except OSError:
        return False


def parse_ip_addr(data: bytes) -> Interfaces:
    """Return every IPv4 and IPv6 address of every interface, up or down; iproute2 6.1::

        [{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"operstate":"UNKNOWN", ...,
          "addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host", ...},
                       {"family":"inet6","local":"::1","prefixlen":128,"scope":"host", ...}]},
         {"ifindex":2, ...}]

    An interface whose cable is out has ``"flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"]``, ``"operstate":"DOWN"``.
    Older versions print ``{}`` for what they filtered out, and those before 4.14 know no JSON: what ``ip addr`` prints
    is understood as well. No interface at all, or no address, is a ParseError: even a node without network has its
    loopback.
    """
    if not data.strip():
        raise ParseError("no output where the JSON of ip -j addr was expected")
    if data[:1].isdigit():
        from check_ha.parsers.addresses_text import parse_ip_addr_text  # old systems only

        return parse_ip_addr_text(data)
    interfaces = [interface for interface in _objects(_load(data), "the output of ip") if interface]
    if not interfaces:
        raise ParseError("ip -j addr lists no interface", _snippet(data))
    links = tuple(_interface(interface) for interface in interfaces)
    addresses = tuple(address for interface in interfaces for address in _addresses(interface))
    if not addresses:
        raise ParseError("ip -j addr lists no address", _snippet(data))
    return Interfaces(addresses, links)


def _load(data: bytes) -> object:
    """JSON in UTF-8; an ip too old for ``-j`` prints its help, or text, instead."""
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ParseError("not the JSON that ip -j addr prints", _snippet(data)) from None


def _name(interface: Dict[str, Any]) -> str:
    name = interface.get("ifname")
    if not isinstance(name, str) or not name:
        raise ParseError("interface without ifname", _quote(interface))
    return name


def _interface(interface: Dict[str, Any]) -> Interface:
    state, flags = interface.get("operstate"), interface.get("flags")
    if not isinstance(state, (str, type(None))):
        raise ParseError(f"operstate of {_name(interface)[:20]} not understood", _quote(state))
    return Interface(
        name=_name(interface),
        flags=None if flags is None else _words(flags, f"flags of {_name(interface)[:20]}"),
        operstate=state,
        other_names=_words(interface.get("altnames", []), f"altnames of {_name(interface)[:20]}"),
    )


def _words(value: object, what: str) -> Tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ParseError(f"{what} not understood", _quote(value))
    return tuple(value)


def _addresses(interface: Dict[str, Any]) -> Iterator[InterfaceAddress]:
    name = _name(interface)
    for entry in _objects(interface.get("addr_info"), f"addr_info of {name[:20]}"):
        if entry and entry.get("family") in _FAMILIES:
            yield _address(name, entry)


def _address(interface: str, entry: Dict[str, Any]) -> InterfaceAddress:
    """``local`` is this node's end also where a peer's ``address`` stands beside it."""
    local, prefix = entry.get("local"), entry.get("prefixlen")
    address = canonical(local) if isinstance(local, str) else None
    if address is None or (":" in address) != (entry["family"] == "inet6"):
        raise ParseError(f"address of {interface[:20]} not understood", _quote(entry))
    if type(prefix) is not int or not 0 <= prefix <= _LONGEST_PREFIX:
        raise ParseError(f"address of {interface[:20]} without prefixlen", _quote(entry))
    return InterfaceAddress(interface, address, prefix, entry["family"], entry.get("dadfailed") is True)


def _objects(value: object, what: str) -> Iterator[Dict[str, Any]]:
    """Yield the members of a JSON list of objects."""
    if not isinstance(value, list):
        raise ParseError(f"{what} is not a list", _quote(value))
    for member in value:
        if not isinstance(member, dict):
            raise ParseError(f"{what} holds something other than an object", _quote(member))
        yield member


def _quote(value: object) -> str:
    try:
        return json.dumps(value)[:_SNIPPET]
    except RecursionError:  # nested just not too deep to be read
        return ""


def _snippet(data: bytes) -> str:
    return " ".join(data[:_SNIPPET].decode("utf-8", "replace").split())
