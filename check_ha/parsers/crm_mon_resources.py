"""Resources as ``crm_mon`` lists them: primitives, groups, clones, bundles.

    <resource id="vip" resource_agent="ocf:heartbeat:IPaddr2" role="Started" active="true" orphaned="false"
     blocked="false" managed="true" failed="false" failure_ignored="false" nodes_running_on="1">
      <node name="node2" id="2" cached="true"/>
    </resource>

Resources nest in one way only: ``clone/(resource|group)``, ``group/resource``, ``bundle/replica/resource``.
"""

from __future__ import annotations

from typing import Iterator, Tuple, Union

from check_ha.model.cluster import Bundle, Clone, Group, Primitive, Replica, Resource
from check_ha.parsers.crm_mon_words import flag, missing, optional_flag, optional_text, role, target_role, text
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import Element, start_tag


def parse_resources(resources: Element) -> Tuple[Resource, ...]:
    """Return every child of the section ``resources``."""
    return tuple(_resources(resources))


def _resources(resources: Element) -> Iterator[Resource]:
    for element in resources.iterchildren():
        if element.tag == "resource":
            yield _primitive(element)
        elif element.tag == "group":
            yield _group(element)
        elif element.tag == "clone":
            yield _clone(element)
        elif element.tag == "bundle":
            yield _bundle(element)


def _primitive(element: Element) -> Primitive:
    """Return one instance. What is not known of every version has a default in the model.

    ``active`` only says that a node is listed: ``role="Stopped" active="true"`` is printed after a failed migration
    (1.1 to 3.0), and it does not run.
    """
    current = role(element)
    return Primitive(
        id=text(element, "id"),
        # 1.1, 2.0, and 2.1 built to be compatible with 2.0 print ocf::heartbeat:IPaddr2.
        agent=text(element, "resource_agent").replace("::", ":"),
        role=current,
        active=flag(element, "active") and current != "Stopped",
        # 3.0.2 says "removed", and still prints the old name beside it.
        orphaned=flag(element, "orphaned" if element.get("removed") is None else "removed"),
        managed=flag(element, "managed"),
        failed=flag(element, "failed"),
        nodes=_nodes(element),
        blocked=optional_flag(element, "blocked") or False,
        failure_ignored=optional_flag(element, "failure_ignored") or False,
        target_role=target_role(element),
        maintenance=optional_flag(element, "maintenance"),
        pending=optional_text(element, "pending"),
        locked_to=optional_text(element, "locked_to"),
    )


def _nodes(element: Element) -> Tuple[str, ...]:
    """Return where it is active, by name.

    ``cached`` is not read: it changed its meaning to the opposite in 2.0.3. The number is
    compared, because ``crm_mon --group-by-node`` prints it without the nodes.
    """
    announced = element.get("nodes_running_on")
    if announced == "0" and not len(element):
        return ()
    nodes = tuple([text(node, "name") for node in element if node.tag == "node"])
    if announced is None:
        raise missing(element, "nodes_running_on")
    if announced != str(len(nodes)):
        raise ParseError(f"resource runs on {announced[:20]} nodes by number, {len(nodes)} by name", start_tag(element))
    return nodes


def _primitives(parent: Element) -> Tuple[Primitive, ...]:
    return tuple([_primitive(element) for element in parent.iterchildren("resource")])


def _group(element: Element) -> Group:
    return Group(
        id=text(element, "id"),
        members=_primitives(element),
        managed=optional_flag(element, "managed"),
        disabled=optional_flag(element, "disabled"),
        maintenance=optional_flag(element, "maintenance"),
    )


def _clone(element: Element) -> Clone:
    return Clone(
        id=text(element, "id"),
        promotable=flag(element, "multi_state"),
        unique=flag(element, "unique"),
        managed=flag(element, "managed"),
        failed=flag(element, "failed"),
        instances=tuple(_instances(element)),
        disabled=optional_flag(element, "disabled"),
        maintenance=optional_flag(element, "maintenance"),
        target_role=target_role(element),
    )


def _instances(clone: Element) -> Iterator[Union[Primitive, Group]]:
    for element in clone.iterchildren("resource", "group"):
        yield _primitive(element) if element.tag == "resource" else _group(element)


def _bundle(element: Element) -> Bundle:
    return Bundle(
        id=text(element, "id"),
        type=text(element, "type"),
        image=optional_text(element, "image") or "",
        unique=flag(element, "unique"),
        managed=flag(element, "managed"),
        failed=flag(element, "failed"),
        replicas=tuple(_replica(replica) for replica in element.iterchildren("replica")),
        maintenance=optional_flag(element, "maintenance"),
    )


def _replica(element: Element) -> Replica:
    """Return one replica; ``id`` counts from 0, inside are up to 4 primitives: address, payload, container, remote."""
    return Replica(id=text(element, "id"), members=_primitives(element))
