"""How each resource stands, where it could run, and why it does not, as far as crm_mon and the CIB tell."""

from types import MappingProxyType
from typing import Dict, FrozenSet, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from check_ha.checks.resources.instances import Unit, units_of
from check_ha.cluster.nodes import bundle_nodes, can_start, lost
from check_ha.cluster.resources import CONNECTION, bans, plain, stopped_on_purpose, told
from check_ha.core.wording import listed
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster, FailCount, Failure, Node


class Stand:
    """How a resource stands, in one word."""

    RUNNING = "running"
    MOVING = "moving"
    """An action runs on it, and nothing of it is active yet or any more."""
    LOST = "lost"
    """Shown as active on nothing but nodes that are lost."""
    LOCKED = "locked"
    """Kept for the node that was shut down with it (shutdown-lock)."""
    DISABLED = "disabled"
    TICKET = "ticket"
    """It depends on a ticket that is not granted here."""
    DOWN = "down"


class Remark(NamedTuple):
    """What is to be said of one resource, or of several that share a cause."""

    text: str
    advice: str = ""


class Situation(NamedTuple):
    """The cluster, with all that is looked up for each of its resources."""

    cluster: Cluster
    cib: Optional[Cib]
    units: Tuple[Unit, ...]
    lost: FrozenSet[str]
    """Nodes that are offline or must be fenced."""
    hosts: Tuple[Node, ...]
    """Nodes that would start a resource; not those inside bundles."""
    failures: Mapping[str, List[Failure]]
    counts: Mapping[str, List[FailCount]]
    bans: Mapping[str, Mapping[str, str]]
    """Per resource the nodes that a constraint keeps it off, and the id of that."""
    ungranted: Mapping[str, str]
    """Tickets this site does not have, and why not."""
    resting: FrozenSet[str]
    """Nodes in maintenance; those inside bundles are so because the bundle is unmanaged."""
    stands: Mapping[str, str] = MappingProxyType({})
    """One word of Stand for each resource, by id."""
    leaders: Mapping[str, str] = MappingProxyType({})
    """What is down because of another resource, by id, and the id of that."""
    followers: Mapping[str, Tuple[Unit, ...]] = MappingProxyType({})
    """The same the other way round."""

    def stand(self, unit: Unit) -> str:
        """One word of Stand."""
        return self.stands[unit.id] if self.stands else self._stand(unit)

    def _stand(self, unit: Unit) -> str:
        if unit.live(self.lost):
            return Stand.RUNNING
        if unit.moving:
            return Stand.MOVING
        if unit.shown_on(self.lost):
            return Stand.LOST
        members = list(unit.members)
        if any(one.primitive.locked_to for one in members):
            return Stand.LOCKED
        if all(stopped_on_purpose(one) for one in members):
            return Stand.DISABLED
        return Stand.TICKET if self.tickets(unit) else Stand.DOWN

    def tickets(self, unit: Unit, promoted: bool = False) -> Tuple[str, ...]:
        """The tickets it waits for to run, or to be promoted."""
        return tuple(
            one.ticket for one in (self.cib.tickets if self.cib else ())
            if one.ticket in self.ungranted and one.promoted_only == promoted
            and not set(one.resources).isdisjoint(unit.names)
        )  # fmt: skip

    def failures_of(self, unit: Unit, nodes: Iterable[str] = ()) -> List[Failure]:
        """Its failures, on those nodes where any are given."""
        only = set(nodes)
        return [one for name in unit.ids for one in self.failures.get(name, ()) if not only or one.node in only]

    def told(self, unit: Unit, failures: Iterable[Failure], known: Iterable[str] = ()) -> str:
        """These failures of it in words; of a bundle each with the part that failed."""
        parts: Dict[str, List[Failure]] = {}
        for one in failures:
            parts.setdefault(f"{plain(one.resource)} " if unit.bundle else "", []).append(one)
        return ", ".join(part + told(those, known) for part, those in parts.items())

    def banned_by_failures(self, unit: Unit) -> Tuple[str, ...]:
        """The nodes on which it failed too often."""
        return tuple(one.node for name in unit.ids for one in self.counts.get(name, ()) if bans(one))

    def kept_off(self, unit: Unit) -> Dict[str, str]:
        """The nodes that constraints keep it off, and their ids."""
        return {node: ban for name in unit.names for node, ban in self.bans.get(name, {}).items()}

    def eligible(self, unit: Unit) -> Tuple[str, ...]:
        """The nodes that should run an instance of it, if each may run one."""
        kept_off, allowed = self.kept_off(unit), self._allowed(unit)
        agents = {one.primitive.agent for one in unit.members}
        members_only = CONNECTION in agents or any(agent.startswith("stonith:") for agent in agents)
        return tuple(
            node.name for node in self.hosts
            if node.name not in kept_off and (allowed is None or node.name in allowed)
            and not (members_only and node.type == "remote")
        )  # fmt: skip

    def _allowed(self, unit: Unit) -> Optional[FrozenSet[str]]:
        """With symmetric-cluster=false: the nodes that constraints allow, as far as they name them."""
        if self.cluster.options.symmetric is not False:
            return None
        locations = self.cib.locations if self.cib else ()
        return frozenset(
            one.node for one in locations
            if one.node and one.score and one.score > 0 and not set(one.resources).isdisjoint(unit.names)
        )  # fmt: skip

    def expected(self, unit: Unit) -> int:
        """How many parts should run: as many as are listed and the nodes can hold, never more than that."""
        running = unit.nodes(self.lost)
        most = max((running.count(node) for node in running), default=1) if unit.several else 1
        return min(len(unit.parts), most * len({*self.eligible(unit), *running}))

    def missing(self, unit: Unit) -> Tuple[str, ...]:
        """The nodes on which an instance should run and does not."""
        running = unit.nodes(self.lost)
        return tuple(node for node in self.eligible(unit) if node not in running)

    def why(self, unit: Unit) -> str:
        """Why it does not run, as far as can be told; else nothing."""
        failures = self.failures_of(unit)
        if failures:
            return self.told(unit, failures)
        failed = self.banned_by_failures(unit)
        if failed:
            return f"it has failed too often on {', '.join(failed)}"
        if self.eligible(unit) or not self.hosts:
            return self._doubt()
        kept_off = self.kept_off(unit)
        if any(node.name in kept_off for node in self.hosts):
            ids = ", ".join(dict.fromkeys(kept_off.values()))
            return f"constraints keep it off every node that is up ({ids})"
        if self._allowed(unit) is None:
            return "no node that is up can run it"
        return "no constraint that names a node allows it on one that is up (symmetric-cluster=false)"

    def _doubt(self) -> str:
        """What may be the reason and cannot be seen: without the CIB tickets, before 2.1.5 shutdown locks."""
        if self.cib is None and self.ungranted:
            return f"perhaps for want of ticket {', '.join(self.ungranted)}, cibadmin does not tell"
        locks = self.cib.option("shutdown-lock") if self.cib else None
        away = [node.name for node in self.cluster.nodes if node.type != "remote" and not can_start(node)]
        if locks in ("true", "yes", "on", "y", "1") and away:
            return f"perhaps kept for {' or '.join(away)} (shutdown-lock)"
        return ""

    def and_with_it(self, units: Iterable[Unit]) -> str:
        """``, and with it p_fs, p_app``: what is down because of these."""
        names = [one.id for unit in units for one in self.followers.get(unit.id, ())]
        return f", and with it {listed(names)}" if names else ""

    def by_name(self, units: Sequence[Unit]) -> Dict[str, List[Unit]]:
        """These resources by label; all of a group, clone or bundle by the name of that."""
        ids = {unit.id for unit in units}
        tops = {unit.top for unit in units}
        partly = {unit.top for unit in self.units if unit.top in tops and unit.id not in ids}
        found: Dict[str, List[Unit]] = {}
        for unit in units:
            found.setdefault(unit.label if unit.top in partly else unit.top, []).append(unit)
        return found

    def unpromoted(self, unit: Unit) -> bool:
        """Whether it runs and is promoted nowhere, although it may be."""
        if not unit.promotable or unit.held_back or unit.moving or self.stand(unit) != Stand.RUNNING:
            return False
        return not unit.promoted_on(self.lost)

    def culprit(self, units: Sequence[Unit], nodes: Iterable[str] = ()) -> Unit:
        """The one to blame for several that are down together: the first that failed, else the first."""
        failed = [unit for unit in units if self.failures_of(unit, nodes) or self.banned_by_failures(unit)]
        return failed[0] if failed else units[0]


def _leaders(situation: Situation) -> Dict[str, str]:
    """What is down because of something else, by id, and the id of that.

    A member of a group waits for those before it, and in a clone of groups all of an instance stop with the one that
    fails; the connection to a guest node comes and goes with what the guest is inside of.
    """
    leaders: Dict[str, str] = {}
    groups: Dict[str, List[Unit]] = {}
    by_id = {unit.id: unit for unit in situation.units}
    containers = {node.name: node.id_as_resource for node in situation.cluster.nodes if node.id_as_resource}
    for unit in situation.units:
        if unit.group and not _settled(unit, situation):
            groups.setdefault(unit.group, []).append(unit)
        container = by_id.get(containers.get(unit.id, ""))
        if container and situation.stand(unit) == Stand.DOWN and not _settled(container, situation):
            leaders[unit.id] = container.id
    for members in groups.values():
        down = [unit for unit in members if situation.stand(unit) == Stand.DOWN]
        leader = situation.culprit(down) if members[0] in down else members[0]
        waiting = [unit for unit in down if unit is not leader and not situation.failures_of(unit)]
        leaders.update({unit.id: leader.id for unit in waiting})
    return leaders


def _settled(unit: Unit, situation: Situation) -> bool:
    """Whether it runs, and no action is under way."""
    return situation.stand(unit) == Stand.RUNNING and not unit.moving


def situation_of(cluster: Cluster, cib: Optional[Cib]) -> Situation:
    """Everything at hand."""
    inside = bundle_nodes(cluster)
    failures: Dict[str, List[Failure]] = {}
    for failure in cluster.failures:
        failures.setdefault(plain(failure.resource), []).append(failure)
    counts: Dict[str, List[FailCount]] = {}
    for count in cluster.fail_counts:
        counts.setdefault(plain(count.resource), []).append(count)
    banned: Dict[str, Dict[str, str]] = {}
    for ban in cluster.bans:
        if not ban.promoted_only:
            banned.setdefault(ban.resource, {})[ban.node] = ban.id
    bare = Situation(
        cluster=cluster,
        cib=cib,
        units=units_of(cluster),
        lost=frozenset(node.name for node in cluster.nodes if lost(node)),
        hosts=tuple(
            node for node in cluster.nodes if can_start(node) and node.name not in inside and node.type != "ping"
        ),
        failures=failures,
        counts=counts,
        bans=banned,
        ungranted={
            ticket.id: "is in standby here" if ticket.granted else "is not granted here"
            for ticket in cluster.tickets
            if ticket.standby or not ticket.granted
        },
        resting=frozenset(node.name for node in cluster.nodes if node.maintenance and node.name not in inside),
    )
    situation = bare._replace(stands={unit.id: bare.stand(unit) for unit in bare.units})
    leaders = _leaders(situation)
    followers: Dict[str, List[Unit]] = {}
    for unit in situation.units:
        if unit.id in leaders:
            followers.setdefault(leaders[unit.id], []).append(unit)
    return situation._replace(leaders=leaders, followers={name: tuple(found) for name, found in followers.items()})
