"""``cibadmin --query``: the configuration, of which ``crm_mon`` shows only the outcome.

    <cib crm_feature_set="3.16.1" validate-with="pacemaker-3.8" epoch="25" num_updates="0" admin_epoch="0" ...>
      <configuration>
        <resources>
          <group id="g_web">
            <primitive id="p_vip" class="ocf" provider="heartbeat" type="IPaddr2">
              <instance_attributes id="p_vip-ia">
                <nvpair id="p_vip-ia-ip" name="ip" value="192.0.2.100"/>

A user who is confined by ACLs gets the same document with everything left out that
they may not read, though an element with readable content keeps its id. So whatever is
missing here is simply absent: a primitive, its class and type, the set that an ``id-ref`` names.
Only for what every CIB has, if empty (``<constraints/>``), can that be told: see ``Cib.hidden``.
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional, Set, Tuple

from check_ha.model.cib import FALSE, Cib, ConfiguredCollection, ConfiguredNode, ConfiguredPrimitive, Pairs, is_false
from check_ha.model.cib_parts import ATTRIBUTES, CONSTRAINTS, CRM_CONFIG, NODES, RESOURCES, STATUS
from check_ha.parsers.cib_dependencies import parse_dependencies, parse_separations
from check_ha.parsers.cib_failures import parse_expiring
from check_ha.parsers.cib_history import cib_document, recorded_in
from check_ha.parsers.cib_names import Names
from check_ha.parsers.cib_rules import parse_levels, parse_locations, parse_score, parse_tickets
from check_ha.parsers.cib_ticket_states import parse_ticket_states
from check_ha.parsers.cib_transient import parse_transient
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import Element
from check_ha.record import NamedTuple

# What may stand around a primitive. ``master``: promotable clones to 1.1, accepted by 2.x.
_COLLECTIONS = ("group", "clone", "master", "bundle")

_NOT_ZERO = frozenset("123456789")

_REFERABLE = ("instance_attributes", "meta_attributes", "cluster_property_set", "operations", "nvpair")


def parse_cib(data: bytes) -> Cib:
    """Parse resources, options, nodes, constraints and fencing levels of a CIB, each in document order.

    Raise ParseError for what is not a CIB, and for a primitive without id. A CIB without
    resources is a valid one. No error quotes the document: it holds passwords.
    """
    root, whole = cib_document(data)
    if root.tag != "cib":
        raise ParseError("XML, but not a CIB")
    configuration = root.find("configuration")
    if configuration is None:
        raise ParseError("CIB without configuration", hidden="configuration")
    references, names = _References(root), Names(configuration)
    properties = _properties(configuration.find("crm_config"), references)
    symmetric = not is_false(dict(reversed(properties)).get("symmetric-cluster"))
    return Cib(
        primitives=_resources(configuration.find("resources"), references),
        epoch=_epoch(root),
        properties=properties,
        nodes=tuple(_nodes(configuration.find("nodes"), references)),
        locations=names.locations(parse_locations(configuration.find("constraints"))),
        levels=parse_levels(configuration.find("fencing-topology")),
        tickets=names.tickets(parse_tickets(configuration.find("constraints"))),
        collections=tuple(_collections(configuration.find("resources"), references)),
        dependencies=tuple(names.dependencies(parse_dependencies(configuration.find("constraints")))),
        expiring=parse_expiring(configuration),
        hidden=tuple(_hidden(root, configuration)),
        recorded=recorded_in(root, symmetric) if whole else None,
        defaults=_defaults(configuration, references),
        separations=tuple(names.separations(parse_separations(configuration.find("constraints")))),
        ticket_states=parse_ticket_states(data),
        transient=parse_transient(root),
    )


def _defaults(configuration: Element, references: _References) -> Pairs:
    """Return ``<rsc_defaults><meta_attributes id="rsc-options"><nvpair name="migration-threshold" value="3"/>``."""
    section = configuration.find("rsc_defaults")
    return () if section is None else _values(_sets(section.iterchildren("meta_attributes"), references), references)


def _hidden(root: Element, configuration: Element) -> Iterator[str]:
    """Yield what is missing of all that Pacemaker itself puts into each CIB, if empty (1.1 to 3.0)."""
    if not root.get("epoch"):
        yield ATTRIBUTES
    for name in (CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS):
        if configuration.find(name) is None:
            yield name
    if root.find(STATUS) is None:
        yield STATUS


def _resources(resources: Optional[Element], references: _References) -> Tuple[ConfiguredPrimitive, ...]:
    if resources is None:
        return ()
    templates = {template.get("id"): template for template in resources.iterchildren("template")}
    return tuple(_primitive(element, templates, references) for element in _primitives(resources))


def _epoch(root: Element) -> str:
    """Return the version of the CIB; empty where ACLs hide it."""
    numbers = [root.get(name) for name in ("admin_epoch", "epoch", "num_updates")]
    return ".".join(number for number in numbers if number) if all(numbers) else ""


def _properties(section: Optional[Element], references: _References) -> Pairs:
    """Return cluster options. The set that the cluster itself writes to is always asked first::

    <cluster_property_set id="cib-bootstrap-options">
      <nvpair id="..." name="stonith-enabled" value="true"/>
    """
    if section is None:
        return ()
    sets = _sets(section.iterchildren("cluster_property_set"), references)
    sets.sort(key=lambda one: one.element.get("id") != "cib-bootstrap-options")
    return _values(sets, references)


def _nodes(section: Optional[Element], references: _References) -> Iterator[ConfiguredNode]:
    """Yield ``<node id="1" uname="node1"/>``, those that ACLs leave their names."""
    for element in () if section is None else section.iterchildren("node"):
        name = element.get("uname")
        if name:
            attributes = _values(_sets(element.iterchildren("instance_attributes"), references), references)
            yield ConfiguredNode(element.get("id", ""), name, attributes)


def _primitives(parent: Element) -> Iterator[Element]:
    """Yield primitives at any depth; libxml2 bounds the depth of a document at 256."""
    for element in parent.iterchildren("primitive", *_COLLECTIONS):
        if element.tag == "primitive":
            yield element
        else:
            yield from _primitives(element)


def _collections(parent: Optional[Element], references: _References) -> Iterator[ConfiguredCollection]:
    """Yield groups, clones and bundles, the outer ones first::

    <bundle id="db"><podman image="registry.example.org/db:1" replicas="3" promoted-max="3"/> ...

    ``masters`` is what 1.1 called ``promoted-max``; without either a bundle has no promoted replica.
    """
    for element in () if parent is None else parent.iterchildren(*_COLLECTIONS):
        meta = _values(_sets(element.iterchildren("meta_attributes"), references), references)
        for container in element.iterchildren("docker", "podman", "rkt") if element.tag == "bundle" else ():
            promoted = container.get("promoted-max") or container.get("masters") or "0"
            each = container.get("replicas-per-host") or "1"
            meta = (*meta, ("promoted-max", promoted), ("replicas-per-host", each))
        if element.get("id"):
            primitives = tuple([one.get("id", "") for one in _primitives(element)])
            yield ConfiguredCollection(element.get("id", ""), meta, primitives, _network(element))
        yield from _collections(element, references)


def _network(bundle: Element) -> Pairs:
    """Return ``<network ip-range-start="192.0.2.121" host-netmask="24" host-interface="eth0"/>``."""
    network = bundle.find("network") if bundle.tag == "bundle" else None
    pairs = [(name, network.get(name)) for name in ("host-interface", "host-netmask")] if network is not None else []
    return tuple((name, value) for name, value in pairs if value)


def _primitive(
    element: Element, templates: Dict[Optional[str], Element], references: _References
) -> ConfiguredPrimitive:
    """Return a primitive, or what its template and it say together::

        <template id="vip-template" class="ocf" provider="heartbeat" type="IPaddr2"> ... </template>
        <primitive id="vip" template="vip-template"> ... </primitive>

    Pacemaker puts the children of the template in front of the primitive's own.
    """
    identity = element.get("id")
    if not identity:
        raise ParseError("primitive without id")
    name = element.get("template")
    template = templates.get(name) if name else None
    sources = [element] if template is None else [template, element]
    parts: Dict[str, List[Element]] = {}
    for source in sources:
        for child in source:  # once: looking for each tag by itself takes most of the time, for thousands of them
            parts.setdefault(str(child.tag), []).append(child)
    return ConfiguredPrimitive(
        id=identity,
        agent=_agent(sources[0]),
        parameters=_values(_sets(parts.get("instance_attributes", ()), references), references),
        meta=_values(_sets(parts.get("meta_attributes", ()), references), references),
        monitored=any(map(_recurring, _operations(parts.get("operations", ()), references))),
    )


def _operations(elements: Iterable[Element], references: _References) -> Iterator[Element]:
    """Yield ``<operations><op id="..." name="monitor" interval="10s" timeout="20s"/></operations>``."""
    for element in elements:
        target = references.resolve(element)
        if target is not None:
            yield from target.iterchildren("op")


def _recurring(op: Element) -> bool:
    """Return whether it is a monitor of what runs; an interval without a digit but 0 is none (``0``, ``0s``)."""
    return (
        op.get("name") == "monitor"
        and not _NOT_ZERO.isdisjoint(op.get("interval", ""))
        and op.get("role") != "Stopped"
        and op.get("enabled", "").lower() not in FALSE
    )


def _agent(element: Element) -> str:
    """Return ``ocf:heartbeat:IPaddr2``, ``systemd:httpd``; empty where ACLs hide it."""
    standard, provider, agent_type = (element.get(name) for name in ("class", "provider", "type"))
    if not standard or not agent_type:
        return ""
    return f"{standard}:{provider}:{agent_type}" if provider else f"{standard}:{agent_type}"


class _References:
    """``id-ref``: a set or nvpair may stand anywhere in the document and be used in several places.

    Pacemaker (all versions) resolves one by ``//NAME[@id='...']`` and ignores it when there is none.
    """

    def __init__(self, root: Element) -> None:
        self._root = root
        self._targets: Dict[Tuple[str, Optional[str]], Element] = {}

    def resolve(self, element: Element) -> Optional[Element]:
        """Return the element itself, or the one that it refers to."""
        reference = element.get("id-ref")
        if reference is None:
            return element
        if not self._targets:  # one walk, and only for a CIB that has references
            for target in self._root.iter(*_REFERABLE):
                self._targets.setdefault((str(target.tag), target.get("id")), target)
        return self._targets.get((str(element.tag), reference))


class _AttributeSet(NamedTuple):
    """One block of name-value pairs, its references resolved."""

    element: Element
    score: int
    conditional: bool


def _sets(elements: Iterable[Element], references: _References) -> List[_AttributeSet]:
    """Return these sets in the order in which Pacemaker asks them: highest score first.

    Of two with the same score the later one is asked first, in every version (the list is
    built backwards). That is why a primitive's own values win over those of its template,
    which Pacemaker puts in front of them.
    """
    found = []
    for element in elements:
        target = references.resolve(element)
        if target is not None:
            found.append(_AttributeSet(target, parse_score(target.get("score")), target.find("rule") is not None))
    found.reverse()
    return sorted(found, key=lambda attribute_set: -attribute_set.score) if len(found) > 1 else found


def _values(sets: List[_AttributeSet], references: _References) -> Pairs:
    """The first set that has a name decides, unless a rule may switch that set off: then the next counts too."""
    pairs: List[Tuple[str, str]] = []
    decided: Set[str] = set()
    for attribute_set in sets:
        values = _pairs(attribute_set.element, references)
        pairs.extend((name, value) for name, value in values.items() if name not in decided)
        if not attribute_set.conditional:
            decided.update(values)
    return tuple(pairs)


def _pairs(element: Element, references: _References) -> Dict[str, str]:
    """Return the nvpairs of one set; the first of a name counts. ``#default`` means: as if it were not there.

    ``<nvpair id-ref="vip-ip" name="address"/>`` takes the value from the other and, if it
    has one, the name from here.
    """
    pairs: Dict[str, str] = {}
    for nvpair in element.iterchildren("nvpair"):
        target = references.resolve(nvpair)
        if target is None:
            continue
        name, value = nvpair.get("name") or target.get("name"), target.get("value")
        if name and value is not None and value != "#default":
            pairs.setdefault(name, value)
    return pairs
