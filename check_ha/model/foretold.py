"""The cluster as Pacemaker's scheduler foretells it, from ``crm_simulate``."""

from __future__ import annotations

from typing import Tuple

from check_ha.model.cluster import Node, Resource
from check_ha.record import NamedTuple


class Foretold(NamedTuple):
    """What the cluster would look like once it has settled."""

    nodes: Tuple[Node, ...]
    resources: Tuple[Resource, ...] = ()
    fenced: Tuple[str, ...] = ()
    """The nodes that it would fence on the way; none is told by versions before 2.1."""
