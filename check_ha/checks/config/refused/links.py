"""What corosync refuses in the nodelist, and corosync 3 in the links and their addresses."""

from __future__ import annotations

from typing import Dict, Iterator, Optional

from check_ha.checks.config.invalid import key, not_loaded
from check_ha.checks.config.settings import ConfNode, Settings
from check_ha.core.finding import LINK, NODE, Finding, Subject
from check_ha.parsers.addresses import IPV4, IPV6, is_multicast, literal_families

_HIGHEST_LINK = 7
_HIGHEST_KNET_ID = 65535


def refused_links(settings: Settings) -> Iterator[Finding]:
    """Yield the reasons in nodelist { } and interface { }."""
    yield from _node_ids(settings)
    if settings.major < 3:
        return  # see check_ha.checks.config.refused.rings
    if not settings.links:
        yield not_loaded("no node has an address", key("nodelist"))
        return
    if not any(node.named or 0 in node.addresses for node in settings.nodes):
        text = "no node has a name or a ring0_addr: corosync cannot tell which of them it is"
        yield not_loaded(text if settings.nodes else "there is no nodelist, which corosync 3 needs", key("nodelist"))
        return
    yield from _numbers(settings)
    for node in settings.nodes:
        for link, address in node.addresses.items():
            yield from _address(settings, f"ring{link}_addr of {node.label}", address, _node(node))
    yield from _families(settings)
    for number, interface in _interfaces(settings).items():
        yield from _interface(settings, number, interface)


def _node(node: ConfNode) -> Subject:
    return Subject(NODE, node.label)


def _node_ids(settings: Settings) -> Iterator[Finding]:
    knet = settings.transport == "knet" and settings.major >= 3
    seen: Dict[int, ConfNode] = {}
    for node in settings.nodes:
        if knet and node.addresses and not node.node_id:
            yield not_loaded(f"{node.label} has no nodeid, which knet needs", _node(node))
        elif knet and node.addresses and (node.node_id or 0) > _HIGHEST_KNET_ID:
            text = f"{node.label} has nodeid {node.node_id}, and knet needs one below {_HIGHEST_KNET_ID + 1}"
            yield not_loaded(text, _node(node))
        elif not knet and settings.major >= 3 and not node.node_id and _family(settings, node, 0) == IPV6:
            yield not_loaded(f"{node.label} has no nodeid, which an IPv6 address needs", _node(node))
        if node.node_id and node.node_id in seen:
            text = f"{seen[node.node_id].label} and {node.label} have the same nodeid {node.node_id}"
            yield not_loaded(text, _node(seen[node.node_id]), _node(node))
        elif node.node_id:
            seen[node.node_id] = node


def _numbers(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the number of links."""
    described, links = frozenset(_interfaces(settings)), settings.links
    all_links = sorted(described | {*links})
    for link in all_links:
        if link > _HIGHEST_LINK:
            yield not_loaded(f"link {link}: the highest number is {_HIGHEST_LINK}", Subject(LINK, str(link)))
    if len(all_links) < 2:
        return
    if settings.transport != "knet":
        text = f"{len(all_links)} links with transport {settings.transport}, which has only one"
        yield not_loaded(text, *(Subject(LINK, str(link)) for link in all_links))
    for link in all_links:
        if link not in links and link <= _HIGHEST_LINK:
            text = f"totem.interface describes link {link}, for which no node has an address"
            yield not_loaded(text, Subject(LINK, str(link)))
    for node in settings.nodes:
        missing = [str(link) for link in links if link not in node.addresses]
        if missing:
            text = f"{node.label} has no address for link {', '.join(missing)}, all nodes must have the same links"
            yield not_loaded(text, _node(node), *(Subject(LINK, link) for link in missing))
        if not node.named:
            yield not_loaded(f"{node.label} has no name, which more than one link needs", _node(node))


def _interfaces(settings: Settings) -> Dict[int, Dict[str, str]]:
    """Return what each interface { } says, by number of the link; with udp those count that have a bindnetaddr."""
    found: Dict[int, Dict[str, str]] = {}
    for name, value in settings.keys.items():
        totem, _, rest = name.partition("totem.interface.")
        number, dot, key_inside = rest.partition(".")
        if not totem and dot and number.isdecimal():
            found.setdefault(int(number), {})[key_inside] = value
    if settings.transport == "udp":
        return {link: one for link, one in found.items() if "bindnetaddr" in one or link in settings.links}
    return found


def _interface(settings: Settings, number: int, interface: Dict[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the settings of one link."""
    prefix = f"totem.interface.{number}"
    knet_transport = interface.get("knet_transport", "udp")
    if knet_transport not in ("udp", "sctp"):
        text = f"{prefix}.knet_transport must be udp or sctp, but is {knet_transport!r}"
        yield not_loaded(text, key(f"{prefix}.knet_transport"))
    ttl, priority = (settings.number(f"{prefix}.{name}") for name in ("ttl", "knet_link_priority"))
    if settings.transport != "udp" and ttl not in (None, 1):
        text = f"{prefix}.ttl is set, and transport {settings.transport} has none: only udp (multicast) has"
        yield not_loaded(text, key(f"{prefix}.ttl"))
    if settings.transport != "knet" and priority not in (None, 0, 1):
        text = f"{prefix}.knet_link_priority is set, and transport {settings.transport} has none: only knet has"
        yield not_loaded(text, key(f"{prefix}.knet_link_priority"))
    if "bindnetaddr" in interface and number not in settings.links:
        yield from _address(settings, f"{prefix}.bindnetaddr", interface["bindnetaddr"], key(f"{prefix}.bindnetaddr"))
    multicast = interface.get("mcastaddr")
    if multicast is not None:
        yield from _address(settings, f"{prefix}.mcastaddr", multicast, key(f"{prefix}.mcastaddr"))
    if settings.transport == "udp" and interface.get("broadcast") != "yes":
        yield from _multicast(settings, number, multicast)


def _multicast(settings: Settings, number: int, address: Optional[str]) -> Iterator[Finding]:
    name = f"totem.interface.{number}.mcastaddr"
    if address is None:
        if "totem.cluster_name" not in settings.keys:
            yield not_loaded(f"transport udp without {name} needs a totem.cluster_name", key(name))
        return
    family = _family_of(settings, address)
    if not family:
        return
    if not is_multicast(address):
        yield not_loaded(f"{name} is {address}, which is not a multicast address", key(name))
    elif any(_family(settings, node, number) not in ("", family) for node in settings.nodes):
        yield not_loaded(f"{name} is an {family} address, and those of the nodes are not", key(name))


def _address(settings: Settings, what: str, address: str, subject: Subject) -> Iterator[Finding]:
    """Yield why corosync cannot use an address. Whether a name resolves, only the resolver knows."""
    literal = ":" in address or not address.replace(".", "").strip("0123456789")
    strange = any(char.isascii() and not char.isalnum() and char not in "._:%-" for char in address)
    if strange or (literal and not literal_families(address)):
        yield not_loaded(f"{what} is {address!r}, which is neither an address nor a host name", subject)
    elif literal and not _family_of(settings, address):
        yield not_loaded(f"{what} is {address!r}, and ip_version is {_ip_version(settings)}", subject)


def _families(settings: Settings) -> Iterator[Finding]:
    for link in settings.links:
        families = {_family(settings, node, link) for node in settings.nodes} - {""}
        if len(families) > 1:
            yield not_loaded(f"link {link} has IPv4 and IPv6 addresses", Subject(LINK, str(link)))


def _family(settings: Settings, node: ConfNode, link: int) -> str:
    """Return the family of a node's address; empty: it has none, or it is a name, which only the resolver knows."""
    return _family_of(settings, node.addresses[link]) if link in node.addresses else ""


def _family_of(settings: Settings, address: str) -> str:
    """Return as which family corosync takes an address; empty: it does not, or it is a name."""
    families, version = literal_families(address), _ip_version(settings)
    if version in ("ipv4", "ipv6"):
        return (
            IPV4 if version == "ipv4" and IPV4 in families else IPV6 if version == "ipv6" and IPV6 in families else ""
        )
    return next(iter(families), "")


def _ip_version(settings: Settings) -> str:
    return settings.keys.get("totem.ip_version", "ipv4" if settings.transport == "udp" else "ipv6-4")
