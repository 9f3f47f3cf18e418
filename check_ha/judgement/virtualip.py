"""Virtual IPs: resources that carry an address, joined from crm_mon and the CIB."""

from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from check_ha.model.cib import Cib
from check_ha.model.cluster import Clone, Cluster, Placed
from check_ha.parsers.addresses import canonical

AGENTS = {
    "ocf:heartbeat:IPaddr": "ip",
    "ocf:heartbeat:IPaddr2": "ip",
    "ocf:heartbeat:IPv6addr": "ipv6addr",
    "ocf:heartbeat:IPsrcaddr": "ipaddress",
}
"""The agents found without being told, and the parameter that names the address."""

SOURCE_ADDRESS = "ocf:heartbeat:IPsrcaddr"
_IN_MOTION = frozenset({"Starting", "Stopping", "Migrating", "Promoting", "Demoting"})


class VirtualIp(NamedTuple):
    """One resource that carries an address, with all its instances."""

    id: str
    instances: Tuple[Placed, ...]
    addresses: Optional[Tuple[str, ...]]
    """Canonical addresses the CIB gives it; more than one only where rules choose. ``None``: not known."""
    floating: bool
    """Whether the resource brings the address along, so that no other node may have it."""

    @property
    def label(self) -> str:
        """``p_vip (192.0.2.100)``."""
        return f"{self.id} ({', '.join(self.addresses)})" if self.addresses else self.id

    @property
    def nodes(self) -> Tuple[str, ...]:
        """The nodes it is active on, by the cluster's account."""
        names = (name for placed in self.instances if placed.primitive.active for name in placed.primitive.nodes)
        return tuple(dict.fromkeys(names))

    @property
    def cloned(self) -> bool:
        """Whether it may be active on several nodes."""
        return any(isinstance(parent, Clone) for placed in self.instances for parent in placed.parents)

    @property
    def in_motion(self) -> bool:
        """Whether an instance is just being started, stopped or moved."""
        return any(placed.primitive.role in _IN_MOTION for placed in self.instances)

    @property
    def disabled(self) -> bool:
        """Whether it is stopped on purpose, itself or by what it is part of."""
        for placed in self.instances:
            disabled = [getattr(parent, "disabled", None) for parent in placed.parents]
            targets = [getattr(parent, "target_role", None) for parent in placed.parents]
            if "Stopped" not in (placed.primitive.target_role, *targets) and True not in disabled:
                return False
        return True


def virtual_ips(cluster: Cluster, cib: Optional[Cib], more: Mapping[str, str]) -> Tuple[VirtualIp, ...]:
    """Every virtual IP of the cluster; ``more`` are further agents with the parameter that names the address."""
    agents = {**AGENTS, **more}
    found: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives():
        if placed.primitive.agent in agents:
            found.setdefault(placed.primitive.id.split(":")[0], []).append(placed)
    addresses = _addresses(cib, agents) if cib else {}
    return tuple(
        VirtualIp(
            id=name,
            instances=tuple(placed),
            addresses=addresses.get(name),
            floating=placed[0].primitive.agent != SOURCE_ADDRESS,
        )
        for name, placed in found.items()
    )


def _addresses(cib: Cib, agents: Mapping[str, str]) -> Dict[str, Tuple[str, ...]]:
    """Per resource the addresses it may carry; one whose address is not understood is left out."""
    found = {}
    for primitive in cib.primitives:
        parameter = agents.get(primitive.agent)
        texts = primitive.values(parameter) if parameter else ()
        addresses = [canonical(text) for text in texts]
        if addresses and None not in addresses:
            found[primitive.id] = tuple(dict.fromkeys(address for address in addresses if address))
    return found
