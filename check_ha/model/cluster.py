"""The cluster as ``crm_mon`` shows it: nodes, resources, failures, fencing.

An attribute that a Pacemaker version does not print is ``None``, never ``False``.
Roles carry their new names (Promoted, Unpromoted), agents one colon between class and
provider, whatever the version printed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Iterator, Mapping, Optional, Tuple, Union

from check_ha.moment import datetime
from check_ha.record import NamedTuple

INFINITY = 1_000_000
"""Pacemaker's score and fail-count infinity (``crm_mon`` prints the number, all versions)."""


class Node(NamedTuple):
    """One ``nodes/node``: a cluster member, a remote or a guest node."""

    name: str
    id: str
    type: str
    """``member``, ``remote`` (remote and guest nodes), ``ping`` or ``unknown``."""
    online: bool
    standby: bool
    standby_onfail: bool
    pending: bool
    unclean: bool
    shutdown: bool
    is_dc: bool
    maintenance: bool = False
    resources_running: int = 0
    expected_up: Optional[bool] = None
    health: Optional[str] = None
    """``green``, ``yellow`` or ``red``; printed since 2.1.3."""
    feature_set: Optional[str] = None
    """Printed since 2.1.5, for online cluster nodes only."""
    id_as_resource: Optional[str] = None
    """The resource that contains a guest or bundle node; remote nodes have none."""


class Primitive(NamedTuple):
    """One instance of a primitive. Instances of an anonymous clone share one id."""

    id: str
    agent: str
    role: str
    active: bool
    """Whether it runs, or is being started or stopped; never with the role Stopped."""
    orphaned: bool
    managed: bool
    failed: bool
    nodes: Tuple[str, ...]
    """Names of the nodes it is active on; more than one is multiple-active or migrating. One that is blocked or failed
    may have some and not be active."""
    blocked: bool = False
    failure_ignored: bool = False
    target_role: Optional[str] = None
    """As configured, capitalised, in the new names; ``None``: not configured, so it should run."""
    maintenance: Optional[bool] = None
    pending: Optional[str] = None
    locked_to: Optional[str] = None


class Group(NamedTuple):
    """A group; a group inside a clone has the id of its instance (``g:0``)."""

    id: str
    members: Tuple[Primitive, ...]
    managed: Optional[bool] = None
    disabled: Optional[bool] = None
    maintenance: Optional[bool] = None


class Clone(NamedTuple):
    """A clone, promotable or not. Spare instances are listed as Stopped: that is normal."""

    id: str
    promotable: bool
    unique: bool
    managed: bool
    failed: bool
    instances: Tuple[Union[Primitive, Group], ...]
    disabled: Optional[bool] = None
    maintenance: Optional[bool] = None
    target_role: Optional[str] = None


class Replica(NamedTuple):
    """One replica of a bundle: its container, and whatever stands around it."""

    id: str
    members: Tuple[Primitive, ...]


class Bundle(NamedTuple):
    """A container bundle."""

    id: str
    type: str
    image: str
    unique: bool
    managed: bool
    failed: bool
    replicas: Tuple[Replica, ...]
    maintenance: Optional[bool] = None


Resource = Union[Primitive, Group, Clone, Bundle]
Collection = Union[Group, Clone, Bundle]


class Placed(NamedTuple):
    """A primitive instance and the collections around it, outermost first."""

    primitive: Primitive
    parents: Tuple[Collection, ...]


class DesignatedController(NamedTuple):
    """The DC, from ``summary/current_dc``."""

    name: str
    id: str
    version: str
    mixed_version: Optional[bool] = None
    """Wrongly true in 2.1.5 and 2.1.6 while a node is online but pending."""


class ClusterOptions(NamedTuple):
    """Cluster-wide options as ``crm_mon`` prints them; ``None``: not printed by this version."""

    fencing_enabled: Optional[bool] = None
    symmetric: Optional[bool] = None
    no_quorum_policy: Optional[str] = None
    maintenance_mode: Optional[bool] = None
    stop_all_resources: Optional[bool] = None


class FailCount(NamedTuple):
    """A ``resource_history`` that has a fail-count: how often a resource failed on a node."""

    node: str
    resource: str
    fail_count: int
    migration_threshold: int
    """INFINITY when none is set. At ``fail_count >= migration_threshold`` the node is banned."""
    last_failure: Optional[datetime] = None
    orphan: bool = False


class Failure(NamedTuple):
    """One failed action that Pacemaker lists: history, kept until cleanup or failure-timeout."""

    resource: str
    task: str
    node: str
    exit_code: int
    exit_status: str
    """The exit code in words, which differ between versions: for display only."""
    reason: str
    """The agent's own words; empty when it gave none."""
    status: str
    interval: Optional[int] = None
    """Milliseconds between two runs of a recurring action."""
    when: Optional[datetime] = None
    """Local time of the cluster node, without zone, as ``Cluster.updated``."""
    call: int = -1


class FenceEvent(NamedTuple):
    """One entry of the fence history, newest first, pending ones before all others."""

    action: str
    target: str
    status: str
    """``success``, ``failed`` or ``pending``."""
    client: str = ""
    origin: str = ""
    delegate: Optional[str] = None
    completed: Optional[datetime] = None
    """Local time without zone, as ``Cluster.updated``; ``None`` while pending."""
    reason: str = ""


class FenceHistory(NamedTuple):
    """The fence history; not readable is not the same as empty."""

    readable: bool
    events: Tuple[FenceEvent, ...] = ()


class Ticket(NamedTuple):
    id: str
    granted: bool
    standby: bool = False


class Ban(NamedTuple):
    """A location constraint with a negative score; intended ones are listed too."""

    id: str
    resource: str
    node: str
    weight: int
    promoted_only: bool = False


class Cluster(NamedTuple):
    """One ``crm_mon`` document."""

    dc: Optional[DesignatedController]
    """``None``: no DC is elected, and then every node reads offline and unclean."""
    with_quorum: Optional[bool]
    nodes: Tuple[Node, ...]
    resources: Tuple[Resource, ...] = ()
    options: ClusterOptions = ClusterOptions()
    failures: Tuple[Failure, ...] = ()
    fail_counts: Tuple[FailCount, ...] = ()
    fence_history: Optional[FenceHistory] = None
    """``None``: the document has no such section (nothing happened, or too old a version)."""
    tickets: Tuple[Ticket, ...] = ()
    bans: Tuple[Ban, ...] = ()
    updated: Optional[datetime] = None
    """When ``crm_mon`` ran, local time of the node without zone: the "now" of all ages."""
    origin: Optional[str] = None
    """The node that ``crm_mon`` ran on; printed since 2.1.6, never from a CIB file."""
    pacemakerd_state: Optional[str] = None
    instances_configured: Optional[int] = None
    instances_disabled: Optional[int] = None
    instances_blocked: Optional[int] = None
    attributes: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    """Node attributes by node, then by name, permanent and transient; but for those that Pacemaker uses itself."""
    version: Tuple[int, ...] = ()
    """Of ``crm_mon`` itself, ``(1, 1, 24)``; only ``--as-xml`` prints it, all there was before 2.0.3."""
    history: Mapping[str, Mapping[str, bool]] = MappingProxyType({})
    """By name of each online node the resources that have a history there; those that run there all have one.

    True: an action ran there since it was last cleared. A start or a stop is one; a probe is none, and all that there
    is after a cleanup.
    """
    hidden: Tuple[str, ...] = ()
    """Parts of the CIB that, by all signs, crm_mon could not read: ATTRIBUTES, CRM_CONFIG or STATUS of
    ``check_ha.model.cib``. Where the user is root, the signs mean nothing: nothing is hidden from root."""
    expected_votes: Optional[int] = None
    """As Pacemaker itself counts them with the plugin of corosync 1.4; ``None``: corosync does, since 2.0."""
    expected_attributes: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    """By node, what an attribute of ocf:pacemaker:ping would be if every host answered; where that resource runs."""

    def primitives(self) -> Iterator[Placed]:
        """Yield every primitive instance, in document order, with the collections around it."""
        for resource in self.resources:
            if isinstance(resource, Primitive):
                yield Placed(resource, ())
            else:
                yield from _placed(resource, ())


def _placed(resource: Resource, parents: Tuple[Collection, ...]) -> Iterator[Placed]:
    if isinstance(resource, Primitive):
        yield Placed(resource, parents)
    elif isinstance(resource, Group):
        around = (*parents, resource)
        for member in resource.members:
            yield Placed(member, around)
    elif isinstance(resource, Clone):
        for instance in resource.instances:
            yield from _placed(instance, (*parents, resource))
    else:
        for replica in resource.replicas:
            for member in replica.members:
                yield Placed(member, (*parents, resource))
