"""What only the CIB knows: the configuration, from ``cibadmin --query``."""

from __future__ import annotations

from types import MappingProxyType
from typing import FrozenSet, Mapping, Optional, Tuple, Union

from check_ha.record import NamedTuple

Pairs = Tuple[Tuple[str, str], ...]

TRUE = frozenset(("true", "on", "yes", "y", "1"))
FALSE = frozenset(("false", "off", "no", "n", "0"))
"""What Pacemaker takes for true and false, in any case (crm_str_to_boolean, 1.1 to 3.0)."""


def is_true(value: Optional[str]) -> bool:
    """Return whether Pacemaker takes this value of an option for true."""
    return value is not None and value.lower() in TRUE


def is_false(value: Optional[str]) -> bool:
    """Return whether Pacemaker takes this value of an option for false."""
    return value is not None and value.lower() in FALSE


class ConfiguredPrimitive(NamedTuple):
    """One ``primitive`` of the configuration, templates resolved."""

    id: str
    agent: str
    """``ocf:heartbeat:IPaddr2``, as in ``Primitive.agent``."""
    parameters: Pairs = ()
    """Instance attributes, in order. Where rules give several sets a name may stand twice."""
    meta: Pairs = ()
    monitored: bool = False
    """Whether it has a recurring monitor: without one it counts as started for ever."""

    def values(self, name: str) -> Tuple[str, ...]:
        """Return every value that parameter may have; more than one only where rules choose."""
        return tuple(value for key, value in self.parameters if key == name)


class ConfiguredCollection(NamedTuple):
    """One ``group``, ``clone``, ``master`` or ``bundle``."""

    id: str
    meta: Pairs = ()
    """Of a bundle also ``promoted-max`` and ``replicas-per-host``, which stand at its container."""
    primitives: Tuple[str, ...] = ()
    """The ids of those in it, at any depth."""
    network: Pairs = ()
    """Of a bundle what it says of its addresses: ``host-interface``, ``host-netmask``."""


class ConfiguredNode(NamedTuple):
    """One ``nodes/node``."""

    id: str
    name: str
    attributes: Pairs = ()
    """Permanent node attributes, in order."""


class Moment(NamedTuple):
    """A point in time that somebody wrote into a rule."""

    text: str
    earliest: Optional[float] = None
    """Seconds since the epoch; ``None``: the text was not understood."""
    latest: Optional[float] = None
    """The same, unless no zone is given: then it may be any on Earth."""


class Expression(NamedTuple):
    """A condition on a node attribute; ``#uname`` is the name of the node."""

    attribute: str
    operation: str
    value: str = ""
    type: str = ""
    """How values are compared: ``string``, ``integer``, ``number``, ``version``; empty: as that Pacemaker does."""


class DateExpression(NamedTuple):
    """A condition on the time."""

    operation: str
    """``gt``, ``lt``, ``in_range`` (the default) or ``date_spec``."""
    start: Optional[Moment] = None
    end: Optional[Moment] = None
    open: bool = False
    """True: its end is a ``duration`` after its start, which is not worked out."""


class Rule(NamedTuple):
    """A ``rule`` of a constraint."""

    id: str
    parts: Tuple[Union[Rule, Expression, DateExpression], ...]
    any: bool = False
    """True: one part is enough (``boolean-op="or"``)."""
    score: Optional[int] = None
    """``None``: a node attribute gives the score."""


class Location(NamedTuple):
    """One ``rsc_location``: with a node and a score, or with rules."""

    id: str
    resources: Tuple[str, ...]
    """Those it names, and all that a tag, a template or its pattern means."""
    node: Optional[str] = None
    score: Optional[int] = None
    rules: Tuple[Rule, ...] = ()
    pattern: str = ""
    """``rsc-pattern``: an extended regular expression."""
    promoted_only: bool = False
    exclusive: bool = False
    """``resource-discovery="exclusive"``: the resource may run on no nodes but those of such constraints."""


class Dependency(NamedTuple):
    """A mandatory order or colocation: what may run only where, or after, another resource does."""

    id: str
    """Of the constraint."""
    resource: str
    needs: str
    promotion: bool = False
    """True: without the other it may run, but not be promoted."""
    promoted: bool = False
    """True: the other must be promoted."""
    alternatives: Tuple[str, ...] = ()
    """What will do in place of ``needs`` (``require-all="false"``)."""


class Separation(NamedTuple):
    """A colocation of -INFINITY: what may not run where another resource does."""

    id: str
    """Of the constraint."""
    resource: str
    other: str
    promoted: bool = False
    """True: only where the other is promoted."""


class TicketDependency(NamedTuple):
    """One ``rsc_ticket``, or one resource set of it: what may run only where the ticket is granted."""

    ticket: str
    resources: Tuple[str, ...]
    promoted_only: bool = False
    """True: without the ticket it may run, but not be promoted."""


class TicketState(NamedTuple):
    """One ``ticket_state`` of the status section: Pacemaker's own of a ticket, and what booth keeps there."""

    id: str
    granted: bool = False
    standby: bool = False
    last_granted: Optional[float] = None
    """Seconds since the epoch."""
    owner: Optional[str] = None
    """The number that booth has given the site with the ticket; NOBODY, or ``None``: booth has not written it."""
    expires: Optional[float] = None
    """When the lease ends, in seconds since the epoch. Of NOBODY: when booth has taken note of that."""
    booth: str = ""
    """The name of booth's configuration, since booth 1.1."""


NOBODY = "-1"


class FencingLevel(NamedTuple):
    """One ``fencing-level``: devices that fence a node together. One of target, pattern and attribute is given."""

    number: int
    """``index``: levels are tried in ascending order until one succeeds."""
    devices: Tuple[str, ...]
    target: str = ""
    pattern: str = ""
    attribute: Optional[Tuple[str, str]] = None


class FailedOperation(NamedTuple):
    """An action that failed, from the history that the status section keeps."""

    resource: str
    task: str
    node: str
    exit_code: int
    timed_out: bool = False
    interval: int = 0
    """Milliseconds between two runs of a recurring action."""
    when: Optional[int] = None
    """Seconds since the epoch."""
    call: int = -1
    reason: str = ""
    """The agent's own words."""


class CountedFailures(NamedTuple):
    """A fail-count, which is an attribute of the node."""

    node: str
    resource: str
    fail_count: int
    """INFINITY of ``check_ha.model.cluster`` for INFINITY."""
    last_failure: Optional[int] = None
    """Seconds since the epoch."""


class Recorded(NamedTuple):
    """What the status section of the CIB tells of failures."""

    operations: Tuple[FailedOperation, ...] = ()
    counts: Tuple[CountedFailures, ...] = ()
    history: Mapping[str, Mapping[str, bool]] = MappingProxyType({})
    """By node the resources that have a history there, as ``Cluster.history`` of ``check_ha.model.cluster``."""


class Cib(NamedTuple):
    """The configuration as far as the checks need it."""

    primitives: Tuple[ConfiguredPrimitive, ...]
    epoch: str = ""
    """``admin_epoch.epoch.num_updates``."""
    properties: Pairs = ()
    """Cluster options (``crm_config``), in the order in which Pacemaker asks the sets."""
    nodes: Tuple[ConfiguredNode, ...] = ()
    locations: Tuple[Location, ...] = ()
    levels: Tuple[FencingLevel, ...] = ()
    tickets: Tuple[TicketDependency, ...] = ()
    collections: Tuple[ConfiguredCollection, ...] = ()
    dependencies: Tuple[Dependency, ...] = ()
    expiring: FrozenSet[str] = frozenset()
    """The ids of the primitives of which a failure expires by itself (``failure-timeout``)."""
    hidden: Tuple[str, ...] = ()
    """What this document lacks of ATTRIBUTES, CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS and STATUS."""
    recorded: Optional[Recorded] = None
    """What failed. Read of Pacemaker before 1.1.15 only: later ones tell it in crm_mon; ``None``: not read."""
    defaults: Pairs = ()
    """Meta attributes of all resources that have none of their own (``rsc_defaults``)."""
    separations: Tuple[Separation, ...] = ()
    ticket_states: Tuple[TicketState, ...] = ()
    transient: Mapping[str, Pairs] = MappingProxyType({})
    """Node attributes that last until the node leaves the cluster, by node."""

    def option(self, *names: str) -> Optional[str]:
        """Return the value of a cluster option, under the first of its names that is set."""
        values = dict(reversed(self.properties))
        return next((values[name] for name in names if name in values), None)
