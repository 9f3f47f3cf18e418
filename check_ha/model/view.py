"""What one node says of its cluster: the view that ``check_ha_view`` prints and that the comparisons read.

``None`` is what the node could not tell; ``troubles`` says why.
"""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.record import NamedTuple

SCHEMA = 1
"""Raised when a reader of the old one would misunderstand; a field that is merely new does not raise it."""
COMPRESSED = 2
"""The schema of a view that holds another one, compressed: that of a large cluster."""

NO_FILE = "none"
"""The hash or fingerprint where there is no such file."""

RUNNING, STOPPED, SILENT = "running", "stopped", "silent"
"""States of a daemon; a silent one runs and does not answer."""


class MemberView(NamedTuple):
    """One member of the ring."""

    id: int
    name: str
    """As the cluster calls it where that is known, else what corosync calls it."""
    votes: Optional[int]
    device: str = ""
    """The column of the quorum device: ``A,V,NMW`` (alive, votes), ``A,NV,NMW`` (it gives this node no vote)."""


class CorosyncView(NamedTuple):
    """The ring this node is in, and what that amounts to."""

    node_id: Optional[int]
    ring_id: Optional[str]
    quorate: Optional[bool]
    votes: Optional[int]
    expected_votes: Optional[int]
    members: Tuple[MemberView, ...]
    """Empty: not known. Corosync 1 lists none, and a node that is alone is its own only member."""
    config_version: Optional[int]
    """Of the running configuration."""


class ConfiguredView(NamedTuple):
    """One node of corosync's nodelist."""

    id: Optional[int]
    name: str
    addresses: Tuple[str, ...] = ()


class NodeView(NamedTuple):
    """One node as Pacemaker sees it."""

    name: str
    id: str
    online: bool
    unclean: bool = False
    pending: bool = False
    remote: bool = False
    """A remote or guest node, which is in no ring."""
    expected_up: Optional[bool] = None
    """True from when it joins until it leaves cleanly or is fenced; ``None``: not told, as by check_ha 0.1.0."""
    standby: bool = False
    maintenance: bool = False


class ResourceView(NamedTuple):
    """One primitive that is active, all its instances together."""

    id: str
    nodes: Tuple[str, ...]
    cloned: bool = False
    """Part of a clone or bundle: it may be active on several nodes."""
    promoted: Tuple[str, ...] = ()
    """The nodes it is promoted on."""
    moving: bool = False
    """An instance is just being started, stopped, moved, promoted or demoted."""
    fencing: bool = False
    """A fence device: where it runs means nothing."""


class FencingView(NamedTuple):
    """The last that happened to one node."""

    target: str
    action: str
    status: str
    """``success``, ``failed`` or ``pending``."""
    age: Optional[float]
    """Seconds since it ended; ``None`` as well where its time is in the future of this node's clock."""
    ahead: Optional[float] = None
    """By how many seconds it is in the future of this node's clock: then nobody knows when it was."""


class PacemakerView(NamedTuple):
    """Pacemaker's account."""

    dc: Optional[str]
    """``None``: none is elected."""
    quorate: Optional[bool]
    nodes: Tuple[NodeView, ...]
    resources: Tuple[ResourceView, ...]
    fencings: Tuple[FencingView, ...] = ()


class VipView(NamedTuple):
    """A resource that carries addresses."""

    resource: str
    addresses: Tuple[str, ...]
    """In canonical form; more than one only where rules choose."""
    cloned: bool = False


class AddressView(NamedTuple):
    """An address that an interface of this node really carries."""

    address: str
    interface: str
    prefix: Optional[int] = None
    operstate: Optional[str] = None
    """Of the interface: ``UP``, ``DOWN``, ``UNKNOWN``, ...; not told by check_ha 0.1.0."""
    flags: Tuple[str, ...] = ()
    """Of the interface: ``UP``, ``LOWER_UP``, ``NO-CARRIER``, ...; empty: not told."""


class SectionView(NamedTuple):
    """The hash of one section of corosync.conf, all sections of that name together."""

    name: str
    hash: str


class ConfView(NamedTuple):
    """corosync.conf without what may differ: comments, blanks, order, config_version and the node's own address."""

    hash: str
    """NO_FILE: there is none."""
    sections: Tuple[SectionView, ...]


class DaemonsView(NamedTuple):
    """RUNNING, STOPPED or SILENT."""

    corosync: Optional[str]
    pacemaker: Optional[str]


class VersionsView(NamedTuple):
    """The software installed, and the feature set Pacemaker runs with."""

    corosync: Optional[str]
    pacemaker: Optional[str]
    feature_set: Optional[str]


class DrbdPeerView(NamedTuple):
    """The connection of a DRBD resource to one peer."""

    peer: str
    """Its host name; empty with DRBD 8, which does not tell it."""
    state: str
    """``Connected``, ``Connecting``, ``StandAlone``, ..., in the words of DRBD 9."""


class DrbdView(NamedTuple):
    """A DRBD resource of this node."""

    name: str
    role: str
    """``Primary``, ``Secondary``."""
    peers: Tuple[DrbdPeerView, ...]


class FailedToolView(NamedTuple):
    """A tool that gave no answer."""

    tool: str
    """The name of its file in a recorded directory: ``crm_mon.xml``."""
    condition: str
    """``not-running``, ``no-permission``, ... as in every check."""
    text: str


class CutView(NamedTuple):
    """A list that was shortened, because the view must fit an NRPE packet."""

    field: str
    kept: int
    total: int


class LinkView(NamedTuple):
    """One link to one peer (knet), or one ring of this node (corosync 1 and 2)."""

    number: int
    peer: str
    """Empty: a ring, which names no peer."""
    up: Optional[bool]
    address: str = ""
    """The peer's; of a ring that of this node."""


class SubjectView(NamedTuple):
    """What a finding is about."""

    kind: str
    name: str


class FindingView(NamedTuple):
    """What a check of this node has found that check_ha_cluster tells."""

    check: str
    """Empty: a tool that failed, whatever number of checks needed it."""
    condition: str
    severity: str
    """``WARNING``, ``CRITICAL`` or ``UNKNOWN``."""
    text: str
    subjects: Tuple[SubjectView, ...] = ()
    advice: str = ""
    commands: Tuple[str, ...] = ()
    standing: bool = False
    """It is so until somebody changes the configuration."""


class TicketView(NamedTuple):
    """A ticket of a geo cluster, as the cluster of this node has it."""

    id: str
    granted: bool = False
    standby: bool = False
    needed: bool = False
    """Resources of this cluster may run only with it."""


class View(NamedTuple):
    """What one node says of its cluster."""

    time: float
    """Seconds since the epoch, by this node's clock."""
    node: Optional[str]
    cluster: Optional[str]
    corosync: Optional[CorosyncView]
    pacemaker: Optional[PacemakerView]
    cib_epoch: Optional[str]
    """``admin_epoch.epoch.num_updates``."""
    nodelist: Optional[Tuple[ConfiguredView, ...]]
    vips: Optional[Tuple[VipView, ...]]
    addresses: Optional[Tuple[AddressView, ...]]
    """Of all interfaces but the loopback, without link-local ones."""
    daemons: DaemonsView
    corosync_conf: Optional[ConfView]
    authkey: Optional[str]
    """A fingerprint of corosync's key, or NO_FILE."""
    versions: VersionsView
    troubles: Tuple[FailedToolView, ...] = ()
    cut: Tuple[CutView, ...] = ()
    links: Optional[Tuple[LinkView, ...]] = None
    """Those that corosync watches; ``None``: not known, or an older check_ha, which does not tell."""
    findings: Optional[Tuple[FindingView, ...]] = None
    """Worst first; ``None``: an older check_ha, which does not tell."""
    drbd: Optional[Tuple[DrbdView, ...]] = None
    """The DRBD resources that are up here; ``None``: DRBD is not set up here, or they are not known."""
    tickets: Tuple[TicketView, ...] = ()
    """Those of a geo cluster that Pacemaker knows."""

    def why(self, *files: str) -> Optional[FailedToolView]:
        """Return why a tool gave no answer: the first that failed of these, which are named by their files."""
        found = {failed.tool: failed for failed in self.troubles}
        return next((found[file] for file in files if file in found), None)
