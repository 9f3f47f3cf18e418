"""Virtual IPs: resources that carry an address, joined from crm_mon and the CIB."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from check_ha.cluster.resources import in_motion, names_of, plain, stopped_on_purpose, unmanaged_by
from check_ha.cluster.tickets import missing_tickets, tickets_needed
from check_ha.model.addresses import InterfaceAddress, Interfaces
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Bundle, Clone, Cluster, Placed
from check_ha.parsers.addresses import canonical
from check_ha.record import NamedTuple

AGENTS = {
    "ocf:heartbeat:IPaddr": "ip",
    "ocf:heartbeat:IPaddr2": "ip",
    "ocf:heartbeat:IPv6addr": "ipv6addr",
    "ocf:heartbeat:IPsrcaddr": "ipaddress",
}
"""The agents found without being told, and the parameter that names the address."""

_PREFIX = ("cidr_netmask", "netmask")
"""The parameters that name the prefix of the address; the second is the old name, which agents still take."""

SOURCE_ADDRESS = "ocf:heartbeat:IPsrcaddr"
_TRUE = ("true", "yes", "on", "1", "ja", "y", "t")
"""What resource agents take for true (``ocf_is_true``), in any case."""


class VirtualIp(NamedTuple):
    """One resource that carries an address, with all its instances."""

    id: str
    instances: Tuple[Placed, ...]
    addresses: Optional[Tuple[str, ...]]
    """Canonical addresses the CIB gives it; more than one only where rules choose. ``None``: not known."""
    floating: bool
    """Whether the resource brings the address along, so that no other node may have it."""
    rests_on_loopback: bool = False
    """Whether it stays on ``lo``, where nobody else sees it, while it is stopped (``lvs_support`` of IPaddr2)."""
    interface: str = ""
    """Where the CIB puts it: the zone of its address, or ``nic``."""
    prefix: Optional[int] = None
    """The prefix that the CIB gives it; ``None``: the agent takes that of the route."""
    nodes: Tuple[str, ...] = ()
    """The nodes it is active on, by the cluster's account."""

    @property
    def names(self) -> Tuple[str, ...]:
        """Its own name, and those of the group or clone around it."""
        return names_of(self.instances[0])

    @property
    def label(self) -> str:
        """``p_vip (192.0.2.100)``."""
        return _label(self.id, self.addresses)

    @property
    def roles(self) -> str:
        """The roles of its instances: ``Started, Stopped``."""
        return ", ".join(dict.fromkeys(placed.primitive.role for placed in self.instances))

    @property
    def cloned(self) -> bool:
        """Whether it may be active on several nodes."""
        return any(isinstance(parent, Clone) for placed in self.instances for parent in placed.parents)

    @property
    def spare(self) -> bool:
        """Whether it belongs to a bundle of which another replica runs; how many should is told by the resources."""
        bundles = [one for placed in self.instances for one in placed.parents if isinstance(one, Bundle)]
        return any(member.active for one in bundles for replica in one.replicas for member in replica.members)

    @property
    def in_motion(self) -> bool:
        """Whether an instance is just being started, stopped or moved."""
        return any(in_motion(placed.primitive) for placed in self.instances)

    @property
    def disabled(self) -> bool:
        """Whether it is stopped on purpose, itself or by what it is part of."""
        return all(map(stopped_on_purpose, self.instances))

    @property
    def locked_to(self) -> str:
        """The node that was shut down and that it is kept for (shutdown-lock)."""
        return next((placed.primitive.locked_to for placed in self.instances if placed.primitive.locked_to), "")

    @property
    def orphaned(self) -> bool:
        """Whether it is no longer configured."""
        return all(placed.primitive.orphaned for placed in self.instances)

    def found_on(self, interfaces: Interfaces) -> Tuple[InterfaceAddress, ...]:
        """Return its addresses where an interface has them, and where they serve somebody if that interface works."""
        return tuple(
            found
            for found in self._on(interfaces)
            if not found.refused and not (self.rests_on_loopback and found.interface == "lo")
        )

    def carried(self, interfaces: Interfaces) -> Dict[str, str]:
        """Return the same as interface by address."""
        return {found.address: found.interface for found in self.found_on(interfaces)}

    def refused_by(self, interfaces: Interfaces) -> str:
        """Return the interface that has one of its addresses and does not use it, as another machine had it first."""
        return next((found.interface for found in self._on(interfaces) if found.refused), "")

    def _on(self, interfaces: Interfaces) -> Iterator[InterfaceAddress]:
        return (
            found
            for found in interfaces.addresses
            if found.address in (self.addresses or ()) and not self._of_another_link(found)
        )

    def _of_another_link(self, found: InterfaceAddress) -> bool:
        """fe80::1 may be on every link of a node, and is another address on each."""
        return found.address.startswith("fe80:") and self.interface not in ("", found.interface)


def virtual_ips(cluster: Cluster, cib: Optional[Cib], more: Mapping[str, str]) -> Tuple[VirtualIp, ...]:
    """Return every virtual IP of the cluster; ``more`` are further agents with the parameter that names the address."""
    agents = {**AGENTS, **more}
    found: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives():
        gone = placed.primitive.orphaned and not placed.primitive.active
        if placed.primitive.agent in agents and not gone:
            found.setdefault(plain(placed.primitive.id), []).append(placed)
    configured = {primitive.id: primitive for primitive in cib.primitives} if cib else {}
    networks = {one.id: dict(one.network) for one in cib.collections} if cib else {}
    return tuple(_virtual_ip(name, placed, configured.get(name), agents, networks) for name, placed in found.items())


class LeftOut(NamedTuple):
    """A virtual IP that the CIB has and crm_mon does not list."""

    id: str
    label: str
    held_by: str
    """Where ``is-managed`` is false, which is why crm_mon leaves it out: itself, or the group or clone around it."""


def left_out(cluster: Cluster, cib: Optional[Cib], more: Mapping[str, str]) -> Tuple[LeftOut, ...]:
    """Return the virtual IPs that crm_mon leaves out.

    2.0.4 to 2.1.9 and 3.0.0 do so with a group or clone of which all active members are unmanaged and on an offline
    node, and still count them in ``resources_configured``. A clone with clone-max=0 is neither counted nor listed.
    """
    shown = {plain(placed.primitive.id) for placed in cluster.primitives()}
    number = sum(1 for _ in cluster.primitives())
    if cluster.instances_configured is not None and cluster.instances_configured <= number:
        return ()
    agents = {**AGENTS, **more}
    return tuple(
        LeftOut(
            one.id,
            _label(one.id, _canonical(one.values(agents[one.agent]))),
            unmanaged_by(one.id, cib),
        )
        for one in (cib.primitives if cib else ())
        if one.agent in agents and one.id not in shown
    )


def _label(name: str, addresses: Optional[Sequence[str]]) -> str:
    return f"{name} ({', '.join(addresses)})" if addresses else name


def tickets_missing(vip: VirtualIp, cluster: Cluster, cib: Optional[Cib]) -> Tuple[str, ...]:
    """Return the tickets that it waits for: on the passive site of a geo cluster that is as it should be."""
    return tickets_needed(vip.names, missing_tickets(cluster), cib)


def _virtual_ip(
    name: str,
    instances: Sequence[Placed],
    configured: Optional[ConfiguredPrimitive],
    agents: Mapping[str, str],
    networks: Mapping[str, Mapping[str, str]],
) -> VirtualIp:
    agent = instances[0].primitive.agent
    lvs_support: Tuple[str, ...] = ()
    nic: Tuple[str, ...] = ()
    masks: Tuple[str, ...] = ()
    texts: Tuple[str, ...] = ()
    if configured:
        texts = configured.values(agents[agent])
        lvs_support = configured.values("lvs_support")
        nic = configured.values("nic")
        masks = tuple(value for name in _PREFIX for value in configured.values(name))
    elif any(isinstance(parent, Bundle) for parent in instances[0].parents):
        texts = _address_in_id(name)
        network = networks.get(instances[0].parents[0].id, {})
        nic, masks = ((network[one],) if one in network else () for one in ("host-interface", "host-netmask"))
    return VirtualIp(
        id=name,
        instances=tuple(instances),
        addresses=_canonical(texts),
        floating=agent != SOURCE_ADDRESS,
        rests_on_loopback=any(text.lower() in _TRUE for text in lvs_support),
        interface=_interface(texts, nic),
        prefix=_prefix(texts, masks),
        nodes=_active_on(instances),
    )


def _active_on(instances: Sequence[Placed]) -> Tuple[str, ...]:
    """Return the nodes. What is Stopped does not run: a failed migration may leave ``active="true"`` (2.1.5)."""
    running = [one.primitive for one in instances if one.primitive.active and one.primitive.role != "Stopped"]
    return tuple(dict.fromkeys([name for primitive in running for name in primitive.nodes]))


def _interface(texts: Sequence[str], nic: Sequence[str]) -> str:
    """Return the one interface that is named for it; of an alias (``eth0:1``) the one behind it."""
    zones = [text.partition("%")[2].partition("/")[0].strip() for text in texts if "%" in text]
    named = {name.partition(":")[0] for name in (*zones, *nic)}
    return named.pop() if len(named) == 1 else ""


def _prefix(texts: Sequence[str], masks: Sequence[str]) -> Optional[int]:
    """Return the one prefix that is named for it: ``24``, or ``255.255.255.0`` as IPaddr takes it too."""
    slashed = [text.partition("/")[2] for text in texts if "/" in text]
    named = {_bits(text.strip()) for text in (*masks, *slashed)}
    return named.pop() if len(named) == 1 else None


def _bits(text: str) -> Optional[int]:
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    if canonical(text) is None or ":" in text:
        return None
    bits = "".join(f"{int(part):08b}" for part in text.split("."))
    return bits.count("1") if "01" not in bits else None


def _address_in_id(name: str) -> Tuple[str, ...]:
    """Return the address that Pacemaker gives a replica of a bundle, by a resource that is not in the CIB.

    Its id is ``httpd-bundle-ip-192.168.122.131`` (1.1.17 to 3.0), in which an IPv6 address has dots for its colons.
    """
    address = name.rpartition("-ip-")[2]
    return (address if canonical(address) else address.replace(".", ":"),)


def _canonical(texts: Sequence[str]) -> Optional[Tuple[str, ...]]:
    """Return the addresses in their canonical form; ``None`` when there is none, or one that is not understood."""
    addresses = [canonical(text) for text in texts]
    if not addresses or None in addresses:
        return None
    return tuple(dict.fromkeys(address for address in addresses if address))
