"""Which node is this? The one place that answers that, from whatever of its tools has an answer.

``crm_node -n`` knows best and does not always answer (``Node is not known to cluster`` while Pacemaker joins; a frozen
controller). ``crm_mon`` names the node that it ran on since 2.1.6. Corosync says which member of its nodelist is the
local one, and an address of that list is on an interface of this node.
"""

from __future__ import annotations

from typing import FrozenSet, Iterator, Optional, Tuple

from check_ha.model.addresses import Interfaces
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap
from check_ha.parsers.addresses import canonical
from check_ha.record import NamedTuple


class ListedNode(NamedTuple):
    """One node of Corosync's nodelist, of the running map or of its file."""

    id: Optional[int]
    name: str
    """Empty where the list has no names (Corosync 2)."""
    addresses: Tuple[str, ...]


def listed_nodes(cmap: Optional[CorosyncMap]) -> Tuple[ListedNode, ...]:
    """Return the nodelist of the running map; empty without one."""
    return tuple(
        ListedNode(node.node_id, node.name, tuple(address for _, address in node.addresses))
        for node in (cmap.nodes if cmap else ())
    )


def this_node(
    reported: Optional[str],
    cluster: Optional[Cluster] = None,
    cmap: Optional[CorosyncMap] = None,
    interfaces: Optional[Interfaces] = None,
    nodelist: Optional[Tuple[ListedNode, ...]] = None,
) -> Optional[str]:
    """Return the name of this node, ``None`` where nothing tells it.

    ``reported`` is what ``crm_node -n`` says; ``nodelist`` stands in for that of the map. A name that Pacemaker has a
    node for goes before one that it has not.
    """
    listed = listed_nodes(cmap) if nodelist is None else nodelist
    local_id = cmap.local_node_id if cmap else None
    addresses = frozenset(one.address for one in interfaces.addresses) if interfaces else frozenset()
    names = [name for name in (reported, cluster.origin if cluster else None) if name]
    names += _by_corosync(listed, local_id, addresses, cluster)
    known = {node.name for node in cluster.nodes} if cluster else set()
    return next((name for name in names if name in known), names[0] if names else None)


def _by_corosync(
    listed: Tuple[ListedNode, ...], local_id: Optional[int], addresses: FrozenSet[str], cluster: Optional[Cluster]
) -> Iterator[str]:
    """Yield names by the id of the local member, then by the addresses that are on this node."""
    ids = [] if local_id is None else [local_id]
    here = [one for one in listed if addresses.intersection(canonical(text) for text in one.addresses)]
    ids += [one.id for one in here if one.id is not None]
    for node_id in ids:
        # Pacemaker has the same ids as Corosync, and a name for each
        yield from (node.name for node in (cluster.nodes if cluster else ()) if node.id == str(node_id))
        yield from (one.name for one in listed if one.id == node_id and one.name)
    yield from (one.name for one in here if one.id is None and one.name)
