"""Where a virtual IP would go, and whether the node has an interface for it: by the views of other nodes, where given.

Told of a node that has a view, and of what the view can show: it lists the interfaces that have an address.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.failover.conditions import GROUND_MISSING
from check_ha.checks.failover.losses import Losses
from check_ha.checks.failover.situation import Changes, Situation
from check_ha.cluster.virtual_addresses import VirtualIp
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import joined
from check_ha.model.view import AddressView, View


def ground_missing(
    all_losses: Sequence[Losses], situation: Situation, evidence: Evidence
) -> Iterator[Tuple[Changes, Finding]]:
    """Yield each virtual IP that would go to a node which has no interface for it, with when it would."""
    views = {one.node: one for one in evidence.values.values() if isinstance(one, View)}
    vips = {vip.id: vip for vip in situation.vips}
    for losses in all_losses:
        lacking: Dict[Tuple[str, str], List[VirtualIp]] = {}
        for place in losses.places:
            vip = vips.get(place.resource.id)
            for node in set(place.then) - set(place.now):
                view = views.get(node)
                why = _lacks(vip, view.addresses) if vip and view and view.addresses else ""
                if vip and why:
                    lacking.setdefault((node, why), []).append(vip)
        for (node, why), those in lacking.items():
            labels, names = [vip.label for vip in those], [vip.id for vip in those]
            text = f"{joined(labels)} would go to {node}, which {why}"
            advice = "see ip addr there, and nic and cidr_netmask of the resource"
            yield losses.question.changes, Finding(GROUND_MISSING, text, (*nodes(node), *resources(*names)), advice)


def _lacks(vip: VirtualIp, found: Sequence[AddressView]) -> str:
    """Return what the node lacks for it; empty where it has all, or that is not known."""
    if vip.interface:
        there = any(one.interface == vip.interface for one in found)
        return "" if there else f"has no address on {vip.interface}"
    import ipaddress  # 3 ms that only a run with views spends

    networks = [ipaddress.ip_network(f"{one.address}/{one.prefix}", strict=False) for one in found if one.prefix]
    for address in vip.addresses or ():
        here = ipaddress.ip_address(address)
        if not any(here in network for network in networks):
            return f"has no address in the network of {address}"
    return ""
