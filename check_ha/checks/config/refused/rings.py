"""What corosync 1.4 and 2 refuse of their rings: ``interface { }``, and in corosync 2 the nodelist.

From totemconfig.c of 1.4.8, 2.3.6 and 2.4.6. A ring is an interface section; in corosync 2 one that has a bindnetaddr,
which the nodelist gives it as well.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from check_ha.checks.config.invalid import key, not_loaded
from check_ha.checks.config.settings import Settings
from check_ha.core.finding import LINK, SETTING, Finding, Subject
from check_ha.model.corosync_conf import CorosyncConf
from check_ha.parsers.addresses import IPV4, IPV6, is_multicast, literal_families

_HIGHEST = 1
_MODES = ("none", "active", "passive")
_PORT = 5405
Version = Tuple[int, ...]


def refused_rings(settings: Settings) -> Iterator[Finding]:
    """Yield the reasons."""
    for node in settings.nodes:
        if 0 not in node.addresses:
            yield not_loaded(f"{node.label} has no ring0_addr", key(f"nodelist.node.{node.position}.ring0_addr"))
    rings = _rings(settings)
    if not rings:
        where = "interface { }" if settings.major == 1 else "interface { } with a bindnetaddr, and no node an address"
        yield not_loaded(f"there is no {where}: no ring is defined", key("totem.interface.0.bindnetaddr"))
        return
    for ring in rings:
        if ring > _HIGHEST:
            yield not_loaded(f"ring {ring}: the highest number is {_HIGHEST}", _ring(ring))
    if max(rings) <= _HIGHEST and 0 not in rings:
        yield not_loaded("there is a ring 1 and no ring 0", _ring(0))
    mode = settings.keys.get("totem.rrp_mode", "none")
    if mode not in _MODES:
        yield not_loaded(f"totem.rrp_mode must be {', '.join(_MODES)}, but is {mode!r}", key("totem.rrp_mode"))
    elif mode == "none" and len(rings) > 1:
        text = f"{len(rings)} rings with rrp_mode none: it must be passive or active"
        yield not_loaded(text, key("totem.rrp_mode"))
    for ring in rings:
        yield from _interface(settings, ring)
    yield from _families(settings, rings)
    yield from _same_port(settings, rings)


def repeated_rings(conf: CorosyncConf) -> Iterator[Finding]:
    """Yield the numbers that two sections of corosync 1.4 have: one without a number has that of the one before."""
    totem = next((section for section in conf.root.sections if section.path == "totem"), None)
    seen: Dict[str, int] = {}
    number = "0"
    for section in totem.sections if totem else ():
        if section.path == "totem.interface":
            given = section.get("ringnumber")
            number = number if given is None else str(int((re.match("[0-9]{1,9}", given) or ["0"])[0]))
            if number in seen:
                text = f"line {section.line}: ring {number} is in line {seen[number]} already (ringnumber)"
                yield not_loaded(text, Subject(LINK, number), Subject(SETTING, "totem.interface.ringnumber"))
            seen.setdefault(number, section.line)


def _rings(settings: Settings) -> List[int]:
    """Return the numbers of the rings; of a nodelist all that any node has, as which node this is is not known."""
    prefix = "totem.interface."
    found = {
        int(name.split(".")[2])
        for name in settings.keys
        if name.startswith(prefix)
        and name.split(".")[2].isdecimal()
        and (settings.major == 1 or name.endswith(".bindnetaddr"))
    }
    if settings.nodes and (0 not in found or settings.version >= (2, 4)):
        found.update(number for node in settings.nodes for number in node.addresses)
    return sorted(found)


def _interface(settings: Settings, ring: int) -> Iterator[Finding]:
    prefix = f"totem.interface.{ring}"
    port, ttl = settings.number(f"{prefix}.mcastport"), settings.number(f"{prefix}.ttl")
    network = settings.keys.get(f"{prefix}.bindnetaddr")
    if network is None and settings.major == 1 and settings.transport == "udp":
        yield not_loaded(f"{prefix}.bindnetaddr is not set", key(f"{prefix}.bindnetaddr"))
    elif network is not None and not settings.nodes:  # else those of the nodelist are taken
        yield from _address(settings, f"{prefix}.bindnetaddr", network)
    if port == 0 or (port is None and settings.major == 1):
        yield not_loaded(f"{prefix}.mcastport is not set" if port is None else f"{prefix}.mcastport is 0", _ring(ring))
    if ttl is not None and not 0 <= ttl <= 255:
        yield not_loaded(f"{prefix}.ttl must be from 0 to 255, but is {ttl}", key(f"{prefix}.ttl"))
    elif ttl not in (None, 1) and settings.transport != "udp":
        text = f"{prefix}.ttl is set, and transport {settings.transport} has none: only udp (multicast) has"
        yield not_loaded(text, key(f"{prefix}.ttl"))
    yield from _multicast(settings, ring)


def _multicast(settings: Settings, ring: int) -> Iterator[Finding]:
    name = f"totem.interface.{ring}.mcastaddr"
    address = settings.keys.get(name)
    if _broadcasts(settings):
        return
    made = settings.major > 1 and "totem.cluster_name" in settings.keys
    if address is None and settings.transport == "udp" and not made:
        instead = ", and there is no totem.cluster_name to make one of" if settings.major > 1 else ""
        yield not_loaded(f"{name} is not set{instead}", key(name))
    elif address is not None and settings.transport == "udp":
        if literal_families(address) and not is_multicast(address):
            yield not_loaded(f"{name} is {address}, which is not a multicast address", key(name))
        else:
            yield from _address(settings, name, address)
    if address is not None and IPV6 in literal_families(address) and not _has_id(settings):
        yield not_loaded(f"totem.nodeid is not set, which an IPv6 address needs ({name})", key("totem.nodeid"))


def _address(settings: Settings, name: str, address: str) -> Iterator[Finding]:
    """Yield why it cannot be one. Corosync 2 takes no IPv6 address but with ip_version ipv6; names may resolve."""
    families = literal_families(address)
    if not address or re.search(r"[^\w.:%-]", address) or (not families and not re.search("[A-Za-z]", address)):
        yield not_loaded(f"{name} is {address!r}, which is neither an address nor a host name", key(name))
    elif settings.major == 2 and families:
        version = settings.keys.get("totem.ip_version", "ipv4")
        if (IPV6 if version == "ipv6" else IPV4) not in families:
            yield not_loaded(f"{name} is {address!r}, and ip_version is {version}", key(name))


def _has_id(settings: Settings) -> bool:
    return bool(settings.number("totem.nodeid")) or any(node.node_id for node in settings.nodes)


def _broadcasts(settings: Settings) -> bool:
    return any(
        name.startswith("totem.interface.") and name.endswith(".broadcast") and value == "yes"
        for name, value in settings.keys.items()
    )


def _families(settings: Settings, rings: List[int]) -> Iterator[Finding]:
    """Yield where IPv4 meets IPv6: in a ring, between two of them."""
    networks: Dict[int, str] = {}
    for ring in rings:
        network = _family(settings.keys.get(f"totem.interface.{ring}.bindnetaddr", ""))
        group = _family(settings.keys.get(f"totem.interface.{ring}.mcastaddr", ""))
        if network and group and network != group and settings.transport == "udp" and not _broadcasts(settings):
            text = f"totem.interface.{ring}.mcastaddr is an {group} address, and bindnetaddr is not"
            yield not_loaded(text, key(f"totem.interface.{ring}.mcastaddr"))
        if network:
            networks[ring] = network
    if len(set(networks.values())) > 1:
        yield not_loaded("rings with IPv4 and with IPv6 addresses", *map(_ring, networks))


def _family(address: str) -> str:
    families = literal_families(address)
    return IPV4 if IPV4 in families else IPV6 if IPV6 in families else ""


def _same_port(settings: Settings, rings: List[int]) -> Iterator[Finding]:
    """Yield two rings that send to one address, and to ports that are one or less apart (since 1.4.8, and 2.3.5)."""
    since = (1, 4, 8) if settings.major == 1 else (2, 3, 5)
    if rings != [0, 1] or settings.transport != "udp" or settings.version < since:
        return
    broadcast = _broadcasts(settings)
    addresses = {settings.keys.get(f"totem.interface.{ring}.mcastaddr") for ring in rings}
    if not broadcast and (len(addresses) > 1 or None in addresses):
        return
    ports = [settings.number(f"totem.interface.{ring}.mcastport") for ring in rings]
    first, second = (_PORT + 2 * ring * broadcast if port is None else port for ring, port in enumerate(ports))
    if abs(first - second) < 2:
        text = "rings 0 and 1 have the same multicast address: their mcastport must differ by two or more"
        yield not_loaded(text, key("totem.interface.0.mcastport"), key("totem.interface.1.mcastport"))


def _ring(number: int) -> Subject:
    return Subject(LINK, str(number))
