"""What the members are called where corosync has no names: 1.4, 2 with multicast, and 2 with addresses in its nodelist.

Corosync then knows its nodes by their ids and addresses only. ``crm_node -l`` has the names, with the plugin of 1.4
without those that are lost; ``corosync-quorumtool -l`` has what DNS says; crm_mon has the same ids as corosync, with
the plugin of 1.4 only names. None of them is asked where the nodelist has names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Dict, Iterable, List, Mapping, Optional, Sequence

from check_ha.model.corosync import CorosyncMap, Member
from check_ha.sources.tools import Output

if TYPE_CHECKING:  # rings read no crm_mon but where nothing else names the nodes
    from check_ha.model.addresses import Interfaces
    from check_ha.model.cluster import Cluster


def without_names(output: Output) -> bool:
    """Return whether the map of corosync is there and names no node: then names must come from elsewhere."""
    return b"members." in output.stdout and re.search(rb"^nodelist\.node\.[0-9]+\.name ", output.stdout, re.M) is None


def member_names(
    cmap: Optional[CorosyncMap],
    by_id: Optional[Mapping[int, str]],
    cluster: Optional[Cluster],
    listed: Optional[Iterable[Member]],
) -> Dict[int, str]:
    """Return the name of each node that has one, by its id: as Pacemaker calls it, else as corosync or DNS does."""
    nodes = [node for node in (cluster.nodes if cluster else ()) if node.type not in ("remote", "ping")]
    found = {member.node_id: member.name for member in listed or () if member.name}
    found.update(by_id or {})
    found.update({int(node.id): node.name for node in nodes if node.id.isascii() and node.id.isdigit()})
    found.update({node.node_id: node.name for node in (cmap.nodes if cmap else ()) if node.name})
    seen = [member.node_id for member in (cmap.members if cmap else ())]
    unnamed = [node_id for node_id in seen if node_id not in found]
    left = [node.name for node in nodes if node.name not in found.values() and not node.id.isdigit()]
    if len(unnamed) == len(left) == 1 and len(seen) == len(nodes):
        found[unnamed[0]] = left[0]  # all the others are told apart
    return found


def never_seen(cmap: Optional[CorosyncMap], names: Mapping[int, str], cluster: Optional[Cluster]) -> List[str]:
    """Return the nodes of the CIB that corosync has not seen since it started; with a nodelist corosync knows all.

    None where a member that was seen has no name, or none that Pacemaker has: it may be any of these nodes.
    """
    if cmap is None or cmap.nodes or cluster is None:
        return []
    seen = [names.get(member.node_id, "") for member in cmap.members]
    nodes = [node.name for node in cluster.nodes if node.type not in ("remote", "ping")]
    return [name for name in nodes if name not in seen] if set(seen) <= set(nodes) else []


def named(cmap: CorosyncMap, node_id: int, names: Mapping[int, str]) -> str:
    """Return what a person calls that node: its name, else an address of it, else its id."""
    configured = next((node for node in cmap.nodes if node.node_id == node_id), None)
    if configured and configured.name:
        return configured.name
    addresses: Sequence[str] = next((one.addresses for one in cmap.members if one.node_id == node_id), ())
    return names.get(node_id) or (configured.label if configured else next(iter(addresses), f"node {node_id}"))


def local_member(cmap: Optional[CorosyncMap], interfaces: Optional[Interfaces]) -> Optional[int]:
    """Return the id of this node: as the map has it, else of the one member whose addresses are on this node."""
    if cmap is None or cmap.local_node_id is not None or interfaces is None:
        return cmap.local_node_id if cmap else None
    from check_ha.parsers.addresses import canonical  # nearly every map tells it

    own = {one.address for one in interfaces.addresses}
    here = [member.node_id for member in cmap.members if own.intersection(map(canonical, member.addresses))]
    return here[0] if len(here) == 1 else None
