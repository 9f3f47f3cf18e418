"""What the page of check_ha_cluster shows, out of the views and of what was found in them."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.core.condition import Severity
from check_ha.core.finding import RESOURCE, Finding
from check_ha.model.page import PageAddress, PageCluster, PageLink, PageNode, PageResource, PageSide
from check_ha.model.view import SILENT, STOPPED, NodeView, PacemakerView, ResourceView, View
from check_ha.multinode.answers import Views
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.node_names import ClusterNodes, clusters_of, identify
from check_ha.multinode.partition_text import standing
from check_ha.multinode.partitions import Partition
from check_ha.multinode.placement import account_of
from check_ha.multinode.split_brain import SplitBrainOptions, compared
from check_ha.multinode.whole_cluster.links import pair_links

OK, UNKNOWN, WARNING, CRITICAL = "OK", "UNKNOWN", "WARNING", "CRITICAL"
_ELSEWHERE = ("no-quorum", "maintenance", "unmanaged", "disabled", "stop-all")
"""Conditions that say of many resources at once why they are as they are."""
_NOWHERE = ("stopped", "vip-stopped", "resource-down")


def page_of(views: Views, options: SplitBrainOptions, findings: Sequence[Finding]) -> Tuple[PageCluster, ...]:
    """Return what is shown of each cluster; ``findings`` are weighed as the user wants them."""
    found = []
    for answers in clusters_of(views.answers):
        one = compared(identify(answers), views, options)
        found.append(_Cluster(one.nodes.with_one_name_each(), one.state, findings).page())
    return tuple(found)


class _Cluster:
    """A cluster, and what is looked up for it."""

    def __init__(self, nodes: ClusterNodes, state: ClusterState, findings: Sequence[Finding]) -> None:
        self.nodes = nodes
        self.state = state
        self.views: Dict[str, View] = nodes.views
        self.account: Optional[PacemakerView] = account_of(list(self.views.items()))
        self.bad: Dict[str, Finding] = {}
        """Of each resource the worst problem of which it is the culprit; findings come worst first."""
        self.down: Dict[str, Finding] = {}
        """The same of what is said to run nowhere, which may be so in one partition alone."""
        for one in findings:
            for name in _culprits(one) if one.severity is not Severity.OK else ():
                known = self.down if one.condition.name in _NOWHERE else self.bad
                known.setdefault(name, one)
        self.silent = {answer.node or answer.asked: answer.reason for answer in nodes.unreachable}

    def page(self) -> PageCluster:
        """Return what is shown of it."""
        partitions = self.state.partitions
        inside = {name for one in partitions for name in one.members}
        outside = [*self.views, *self.silent, *self.nodes.not_asked]
        names = dict.fromkeys(view.cluster for view in self.views.values() if view.cluster)
        active = {one.id for partition in partitions for one in partition.resources}
        return PageCluster(
            name=", ".join(filter(None, names)),
            sides=tuple(self._side(one) for one in partitions),
            outside=tuple(self._outside(name) for name in dict.fromkeys(outside) if name not in inside),
            remotes=tuple(self._remotes()),
            links=tuple(_links(self.views, partitions)),
            not_running=tuple(
                self._missing(name) for name in dict.fromkeys((*self.down, *self.bad)) if name not in active
            ),
            nowhere=tuple(
                PageAddress(address, ", ".join(owners), CRITICAL)
                for address, owners in self.state.owners.items()
                if not self.state.carriers.get(address)
            ),
        )

    def _side(self, one: Partition) -> PageSide:
        split = len(self.state.partitions) > 1
        level = CRITICAL if split or one.quorate is False or one.leaderless else OK if one.quorate else UNKNOWN
        nodes = tuple(self._member(name, one) for name in one.members)
        addresses = [address.address for node in nodes for address in node.addresses]
        return PageSide(standing(one), level, nodes, (*dict.fromkeys(addresses), *one.runs))

    def _member(self, name: str, partition: Partition) -> PageNode:
        views = [(node, self.views[node]) for node in partition.nodes]
        account = account_of(views)
        seen = next((one for one in account.nodes if one.name == name), None) if account else None
        view = self.views.get(name)
        state, level = _state(seen, view)
        if name in partition.not_joined:
            state, level = "not joined", max(level, WARNING, key=_weight)
        return PageNode(
            name, level, state, name in partition.dcs, self._told(name), self._resources(name, partition.resources),
            self._addresses(name), view is not None, partition.resources_known,
        )  # fmt: skip

    def _outside(self, name: str) -> PageNode:
        view = self.views.get(name)
        if view is None:
            seen = next((one for one in self.account.nodes if one.name == name), None) if self.account else None
            state = "UNCLEAN" if seen and seen.unclean else "offline" if seen and not seen.online else "no answer"
            return PageNode(name, CRITICAL, state, told=self._told(name), answers=False, known=False)
        stopped = view.daemons.corosync == STOPPED
        state, level = ("corosync stopped", CRITICAL) if stopped else ("partition not known", UNKNOWN)
        return PageNode(name, level, state, told=self._told(name), addresses=self._addresses(name), known=False)

    def _remotes(self) -> Iterator[PageNode]:
        for one in self.account.nodes if self.account else ():
            if one.remote:
                state, level = _state(one, None, answered=True)
                resources = self.account.resources if self.account else ()
                yield PageNode(one.name, level, state, resources=self._resources(one.name, resources))

    def _told(self, name: str) -> str:
        if name in self.views:
            return ""
        return f"no answer: {self.silent[name]}" if name in self.silent else "not asked"

    def _resources(self, node: str, active: Sequence[ResourceView]) -> Tuple[PageResource, ...]:
        found: List[PageResource] = []
        for one in active:
            if node in one.nodes:
                promoted = ("promoted",) if node in one.promoted else ()
                marks = (*promoted, *(("moving",) if one.moving else ()), *(("fence device",) if one.fencing else ()))
                found.append(self._resource(one.id, marks))
        return tuple(sorted(found, key=lambda one: ("fence device" in one.marks, one.level == OK)))

    def _missing(self, name: str) -> PageResource:
        worst = self.down.get(name) or self.bad[name]
        return PageResource(name, worst.severity.name, (), worst.condition.name.replace("-", " "))

    def _resource(self, name: str, marks: Tuple[str, ...] = ()) -> PageResource:
        worst = self.bad.get(name)
        if worst is None:
            return PageResource(name, OK, marks)
        return PageResource(name, worst.severity.name, marks, worst.condition.name.replace("-", " "))

    def _addresses(self, node: str) -> Tuple[PageAddress, ...]:
        found = []
        for address, carriers in self.state.carriers.items():
            for one in carriers:
                if one.node == node:
                    level = CRITICAL if one.fault or len(carriers) > 1 else OK
                    fault = one.fault or ("carried twice" if len(carriers) > 1 else "")
                    found.append(PageAddress(address, ", ".join(self.state.owners[address]), level, fault))
        return tuple(found)


def _weight(level: str) -> int:
    return int(Severity[level])


def _culprits(one: Finding) -> Iterator[str]:
    """Yield the resources with which a finding begins; what stops all of them is told as that."""
    for subject in one.subjects:
        if subject.kind != RESOURCE or one.condition.name in _ELSEWHERE:
            return
        yield subject.name


def _state(seen: Optional[NodeView], view: Optional[View], answered: bool = False) -> Tuple[str, str]:
    """Return what a node is, and how bad that is."""
    if view and view.daemons.corosync == SILENT:
        return "corosync frozen", CRITICAL
    if view and view.daemons.pacemaker in (STOPPED, SILENT):
        return f"pacemaker {'stopped' if view.daemons.pacemaker == STOPPED else 'frozen'}", CRITICAL
    if seen is None:
        return ("online, as corosync counts", OK) if view else ("no answer", WARNING)
    if seen.unclean:
        return "UNCLEAN", CRITICAL
    if seen.pending:
        return "pending", WARNING
    if not seen.online:
        return "offline", CRITICAL
    words = [word for word, holds in (("standby", seen.standby), ("maintenance", seen.maintenance)) if holds]
    words += [] if view or answered else ["no answer"]
    return (", ".join(words), WARNING) if words else ("online", OK)


def _links(views: Mapping[str, View], partitions: Sequence[Partition]) -> Iterator[PageLink]:
    """Yield the links between nodes; rings, which name no peer, between all that have them."""
    for link in pair_links(views):
        yield PageLink(link.ends, link.number, link.up)
    rings: Dict[int, Dict[str, Optional[bool]]] = {}
    for node, view in views.items():
        for ring in view.links or ():
            if not ring.peer:
                rings.setdefault(ring.number, {})[node] = ring.up
    for number, ups in sorted(rings.items()):
        nodes = list(ups)
        for position, one in enumerate(nodes):
            for other in nodes[position + 1 :]:
                yield PageLink((one, other), number, _ring_up(one, other, ups, partitions), ring=True)


def _ring_up(
    one: str, other: str, ups: Mapping[str, Optional[bool]], partitions: Sequence[Partition]
) -> Optional[bool]:
    sides: List[Set[str]] = [set(partition.members) for partition in partitions]
    if not any({one, other} <= side for side in sides):
        return False
    return False if False in (ups[one], ups[other]) else ups[one]
