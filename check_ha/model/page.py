"""What a page shows of a cluster: its sides, its nodes, its links, what runs where. No text of it is HTML."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.record import NamedTuple


class PageResource(NamedTuple):
    """A resource on one node."""

    id: str
    level: str
    """The worst that is found about it: ``OK``, ``UNKNOWN``, ``WARNING`` or ``CRITICAL``."""
    marks: Tuple[str, ...] = ()
    """``promoted``, ``moving``, ``fence device``."""
    why: str = ""
    """The worst that is found about it: ``failed action``."""


class PageAddress(NamedTuple):
    """A virtual address."""

    address: str
    resource: str
    level: str
    fault: str = ""
    """Why no client reaches it there."""


class PageNode(NamedTuple):
    """A node, or a remote one."""

    name: str
    level: str
    state: str
    """``online``, ``standby``, ``offline``, ``no answer`` ..."""
    dc: bool = False
    told: str = ""
    """When it was asked, or why it did not answer."""
    resources: Tuple[PageResource, ...] = ()
    addresses: Tuple[PageAddress, ...] = ()
    answers: bool = True
    known: bool = True
    """Whether it is known what runs there."""


class PageSide(NamedTuple):
    """A partition."""

    state: str
    """``quorate, DC node1, runs 5 resources``."""
    level: str
    nodes: Tuple[PageNode, ...]
    runs: Tuple[str, ...] = ()
    """What it carries and runs, addresses first."""


class PageLink(NamedTuple):
    """A link between two nodes, as both ends see it together."""

    ends: Tuple[str, str]
    number: int
    up: Optional[bool]
    ring: bool = False
    """Of corosync 1 and 2, where a ring is the whole cluster's."""


class PageCluster(NamedTuple):
    """One cluster."""

    name: str
    sides: Tuple[PageSide, ...]
    outside: Tuple[PageNode, ...]
    """Nodes in no partition: corosync does not run there, or nobody knows."""
    remotes: Tuple[PageNode, ...]
    links: Tuple[PageLink, ...]
    not_running: Tuple[PageResource, ...]
    nowhere: Tuple[PageAddress, ...]
    """Virtual addresses that no node carries."""
