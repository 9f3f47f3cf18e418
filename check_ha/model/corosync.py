"""Corosync as its own tools show it: links, rings, membership, votes, the running map."""

from __future__ import annotations

from types import MappingProxyType
from typing import Mapping, Optional, Tuple

from check_ha.record import NamedTuple


class PeerLink(NamedTuple):
    """One knet link to one peer, from ``corosync-cfgtool -s``."""

    peer: int
    """Node id. Corosync 3.0.0 and 3.0.1 print an index instead: ``LinkStatus.by_index``."""
    link: int
    connected: Optional[bool]
    """``None``: the tool could not say (``knet error``, ``config error``, a mislabelled line, ``nodeid: 0``)."""
    enabled: bool = True
    word: str = ""
    """The state as printed."""


class Ring(NamedTuple):
    """One totem ring of corosync 1 and 2, or one link line of udp/udpu on 3.0."""

    number: int
    address: str
    status: str
    """The text as printed, e.g. ``ring 0 active with no faults``."""
    faulty: bool
    healthy: bool
    """Neither faulty nor healthy: a problem counter that moves, before or after a fault; or ``hard_coded``."""
    hard_coded: bool = False
    """True: ``OK`` of udp/udpu on 3.0, printed whatever happens. It claims nothing."""
    listed: bool = True
    """False: ``corosync-cfgtool -s`` leaves it out, and the map knows it."""


class LinkStatus(NamedTuple):
    """``corosync-cfgtool -s`` of every layout: this node's view of its links."""

    local_id: int
    transport: Optional[str]
    """``knet``, ``udpu``, ``udp``; ``None`` where the version does not print it (before 3.1.1)."""
    addresses: Tuple[Tuple[int, str], ...]
    """Per link or ring number the address printed with it (with udp/udpu on 3.1: a peer's)."""
    links: Tuple[PeerLink, ...] = ()
    """knet, and udp/udpu on 3.1.1 and later, where connected only means membership."""
    rings: Tuple[Ring, ...] = ()
    """corosync 1 and 2, where the state of a sole ring never changes; udp/udpu on 3.0."""
    by_index: bool = False
    """True: ``PeerLink.peer`` is the position in ascending node id order (3.0.0, 3.0.1).

    The local node's position is left out where the output tells it, which takes a second
    link; else the local node is one of the peers, and always reads connected.
    """
    mislabelled: bool = False
    """True: ``localhost`` stands on the line of another node (3.1.1 to 3.1.4), whose state is hidden."""


class ReachableLink(NamedTuple):
    """One ``LINK:`` line of ``corosync-cfgtool -n``."""

    peer: int
    link: int
    local_address: str
    """Empty with udp/udpu, where only the peer's address is printed."""
    peer_address: str
    enabled: bool
    connected: bool


class ReachableNodes(NamedTuple):
    """``corosync-cfgtool -n`` (3.1.1 and later): an unreachable node is simply missing."""

    local_id: int
    transport: str
    nodes: Tuple[int, ...] = ()
    links: Tuple[ReachableLink, ...] = ()


class Member(NamedTuple):
    """One row of the membership table of ``corosync-quorumtool -s``."""

    node_id: int
    votes: int
    name: str
    local: bool = False
    qdevice: Optional[str] = None
    """The Qdevice column, e.g. ``A,V,NMW`` or ``NR``; ``None`` where the column is empty or missing."""


class QuorumStatus(NamedTuple):
    """``corosync-quorumtool -s``: this partition's votes."""

    quorate: bool
    node_id: Optional[int]
    ring_id: str
    """As printed: ``13`` until 2.3, ``1/13`` in 2.4 and until 3.0.2, ``1.d`` (hexadecimal) since."""
    expected_votes: int
    highest_expected: Optional[int]
    total_votes: int
    quorum: int
    flags: Tuple[str, ...]
    """Of ``2Node Quorate WaitForAll LastManStanding AutoTieBreaker AllowDownscale Qdevice``."""
    activity_blocked: bool
    members: Tuple[Member, ...]
    """Present members only, without the row of the quorum device. Empty in 1.4, whose ``-s`` has no table."""
    device_votes: Optional[int] = None
    """Votes the quorum device casts now (row 0); ``None``: no such row."""
    provider: str = ""
    counted: bool = True
    """False: without a quorum provider nobody counts votes. 1.4 says so, and that it is quorate, which means nothing;
    there are no numbers then, and ``quorate`` is False."""


class NodelistNode(NamedTuple):
    """One ``nodelist.node.P`` of the running map."""

    node_id: int
    name: str
    """Empty where no name is configured (corosync 2)."""
    addresses: Tuple[Tuple[int, str], ...]
    """Link number and address (``ringX_addr``)."""
    votes: int = 1

    @property
    def label(self) -> str:
        """Return what a person calls the node: its name, else its first address, else its id."""
        if self.name:
            return self.name
        return self.addresses[0][1] if self.addresses else f"node {self.node_id}"


class SeenMember(NamedTuple):
    """A node the local daemon has seen since it started (``runtime.members.ID``)."""

    node_id: int
    joined: bool
    addresses: Tuple[str, ...] = ()
    config_version: Optional[int] = None


LAST_OF_MAP = "totem.version"
"""In every version one of the last lines of the map, whose keys are printed in their order."""


class CorosyncMap(NamedTuple):
    """``corosync-cmapctl``: configuration as loaded and run-time state."""

    nodes: Tuple[NodelistNode, ...]
    members: Tuple[SeenMember, ...]
    local_node_id: Optional[int] = None
    transport: Optional[str] = None
    values: Mapping[str, str] = MappingProxyType({})
    """Configuration and quorum state by key, as printed, for what has no field of its own.

    Under ``quorum totem nodelist runtime.votequorum runtime.config config uidgid``; never
    ``totem.key``, which is the cluster's secret.
    """
    totem: Mapping[str, int] = MappingProxyType({})
    """Counters and states of corosync 2: ``srp.mcast_retx``, ``rrp.1.faulty``; since 3.0 they are in ``Statistics``."""

    @property
    def whole(self) -> bool:
        """Return whether the map was printed to its end."""
        return LAST_OF_MAP in self.values

    def label(self, node_id: int) -> str:
        """Return what a person calls that node."""
        for node in self.nodes:
            if node.node_id == node_id:
                return node.label
        return f"node {node_id}"


class LinkStatistics(NamedTuple):
    """``stats.knet.nodeID.linkN`` of ``corosync-cmapctl -m stats`` (corosync 3, knet).

    One of them is the local node's loopback, its link 0: nothing in it says which node that is.
    """

    peer: int
    link: int
    connected: Optional[bool] = None
    enabled: Optional[bool] = None
    down_count: Optional[int] = None
    """Starts at 1 on a healthy link: only an increase means something."""
    latency_ave: Optional[int] = None
    """Microseconds; ``None`` without samples."""
    mtu: Optional[int] = None


class Statistics(NamedTuple):
    """``corosync-cmapctl -m stats`` (3.0 and later)."""

    links: Tuple[LinkStatistics, ...]
    """Of knet, ordered by node and link; with udp/udpu there are none."""
    totem: Mapping[str, int] = MappingProxyType({})
    """Counters and states of the protocol itself: ``srp.mcast_retx``."""
