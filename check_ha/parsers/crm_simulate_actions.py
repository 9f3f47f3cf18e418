"""``crm_simulate --run --output-as=xml``: what the scheduler would do, applied to what runs.

It is what it prints without ``--simulate``, which carries out the actions one by one on a copy of the CIB, and so takes
minutes where hundreds of resources have to move (Pacemaker 2.1 and later)::

    <cluster_status> <nodes> <resources> </cluster_status>
    <modifications><modify_node action="Failing" node="node1"/></modifications>
    <actions>
      <node_action task="Fence (reboot)" node="node1" reason="peer is no longer part of the cluster"/>
      <rsc_action action="move" resource="p_vip" source="node1" dest="node2"/>
      <rsc_action action="start" resource="p_app" node="node2"/>
      <rsc_action action="stop" resource="p_ping:1" node="node1" reason="node availability"/>
      <rsc_action action="promote" resource="p_db:0" role="Unpromoted" next-role="Promoted" source="node2"/>
      <rsc_action action="start" resource="p_single" node="node2" blocked="true"/>

What is listed may be the state before the node has failed, or that after it (versions that are asked in two steps).
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from check_ha.model.cluster import Bundle, Clone, Node, Primitive, Resource
from check_ha.parsers.crm_mon_words import role_in
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import Element, start_tag
from check_ha.record import NamedTuple

_ANY = "*"
"""All that there is, which stops with its node."""


class _Change(NamedTuple):
    """One action: an instance of a resource that stops, starts, goes elsewhere, or gets another role."""

    resource: str
    """With the number of its instance: ``p_db:1``."""
    source: Optional[str]
    """Where it is now; ``None``: it starts."""
    dest: Optional[str]
    """``None``: it stops."""
    role: Optional[str]
    """The one it gets; ``None``: it keeps its own."""

    def is_of(self, one: Primitive) -> bool:
        """Return whether that is the instance. Those of an anonymous clone are told apart by their nodes."""
        mine = self.resource in (one.id, _ANY) or _plain(self.resource) == one.id
        return mine and (self.source in one.nodes if self.source else not one.nodes)


_Left = Dict[str, List[_Change]]
"""What is still to be done, by resource."""


def after_actions(
    root: Element, nodes: Sequence[Node], resources: Sequence[Resource]
) -> Tuple[Tuple[Node, ...], Tuple[Resource, ...]]:
    """Return the nodes and the resources as they are once all of these actions are done.

    Raise ParseError for an action that is not understood, and for one on what does not run.
    """
    dead = {one.get("node") for one in root.iterfind("modifications/modify_node") if one.get("action") == "Failing"}
    dead.update(one.name for one in nodes if not one.online)
    changes = [change for one in root.iterfind("actions/rsc_action") for change in _change(one)]
    found = tuple(resources)
    # what stops leaves an instance free; so does what ran on a node that is dead, which nothing has to stop
    found = _all_changed(resources, [one for one in changes if one.source])
    found = _all_changed(found, [_Change(_ANY, node, None, None) for node in sorted(filter(None, dead))])
    # a clone whose remote node changes hands is "started" where it runs
    running = {(one.id, node) for one in _primitives(found) for node in one.nodes}
    starts = [one for one in changes if not one.source and (_plain(one.resource), one.dest) not in running]
    found = _all_changed(found, starts)
    return tuple(one._replace(online=one.online and one.name not in dead) for one in nodes), found


def _all_changed(resources: Iterable[Resource], changes: Sequence[_Change]) -> Tuple[Resource, ...]:
    left: _Left = {}
    for change in changes:
        left.setdefault(_plain(change.resource), []).append(change)
    found = tuple(_changed(one, left) for one in resources)
    untold = [one for those in left.values() for one in those if one.resource != _ANY]
    if untold:
        raise ParseError(f"an action on an instance of {untold[0].resource} that is not listed")
    return found


def _primitives(resources: Sequence[Resource]) -> Iterator[Primitive]:
    for one in resources:
        if isinstance(one, Primitive):
            yield one
        elif isinstance(one, Clone):
            yield from _primitives(one.instances)
        elif isinstance(one, Bundle):
            yield from (member for replica in one.replicas for member in replica.members)
        else:
            yield from one.members


def _plain(resource: str) -> str:
    """Return it without the number of its instance."""
    name, _, number = resource.rpartition(":")
    return name if name and number.isdigit() else resource


def _change(element: Element) -> Iterator[_Change]:
    action, name, node = element.get("action"), element.get("resource"), element.get("node")
    source, dest = element.get("source"), element.get("dest")
    if element.get("blocked") == "true":
        return
    if not action or not name or not (node or source):
        raise ParseError("an action that is not understood", start_tag(element))
    role = role_in(element, "next-role") or role_in(element, "role")
    if action == "stop":
        yield _Change(name, node or source, None, "Stopped")
    elif action == "start":
        yield _Change(name, None, node or dest, role)
    else:
        yield _Change(name, source or node, dest or source or node, role)


def _changed(one: Resource, left: _Left, role: str = "Started") -> Resource:
    """Return it with what these do to it, which are taken out of the list."""
    if isinstance(one, Primitive):
        return _primitive(one, left, role)
    if isinstance(one, Clone):
        role = "Unpromoted" if one.promotable else role
        return one._replace(instances=tuple(_changed(each, left, role) for each in one.instances))  # type: ignore[misc]
    if isinstance(one, Bundle):
        replicas = [
            each._replace(members=tuple(_primitive(member, left, role) for member in each.members))
            for each in one.replicas
        ]
        return one._replace(replicas=tuple(replicas))
    return one._replace(members=tuple(_primitive(each, left, role) for each in one.members))


def _primitive(one: Primitive, left: _Left, role: str) -> Primitive:
    those = left.get(_plain(one.id), [])
    for change in (*those, *left.get(_ANY, ())):
        if not change.is_of(one):
            continue
        if change.resource != _ANY:
            those.remove(change)
        nodes = tuple(node for node in one.nodes if node not in (change.source, change.dest))
        nodes = (*nodes, change.dest) if change.dest else nodes
        new = change.role or (one.role if one.nodes else role)
        stopped = one._replace(role="Stopped", active=False, nodes=())
        one = one._replace(role=new if change.dest else one.role, active=True, failed=False, nodes=nodes)
        one = one if nodes else stopped
    return one
