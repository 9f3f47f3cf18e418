"""``cibadmin --query``: the configured primitives, which ``crm_mon`` shows without their parameters.

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
"""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import INFINITY
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import Element, parse_document, start_tag

# What may stand around a primitive. ``master``: promotable clones to 1.1, accepted by 2.x.
_COLLECTIONS = ("group", "clone", "master", "bundle")

Pairs = Tuple[Tuple[str, str], ...]


def parse_cib(data: bytes) -> Cib:
    """The primitives of the configuration, in document order.

    Raises ParseError for what is no CIB, and for a primitive without id. A CIB without
    resources is a valid one.
    """
    root = parse_document(data)
    if root.tag != "cib":
        raise ParseError("XML, but no CIB", start_tag(root))
    configuration = root.find("configuration")
    if configuration is None:
        raise ParseError("CIB without configuration", start_tag(root))
    resources = configuration.find("resources")
    if resources is None:
        return Cib((), _epoch(root))
    templates = {template.get("id"): template for template in resources.iterchildren("template")}
    references = _References(root)
    return Cib(
        tuple(_primitive(element, templates, references) for element in _primitives(resources)),
        _epoch(root),
    )


def _epoch(root: Element) -> str:
    """The version of the CIB; empty where ACLs hide it."""
    numbers = [root.get(name) for name in ("admin_epoch", "epoch", "num_updates")]
    return ".".join(number for number in numbers if number) if all(numbers) else ""


def _primitives(parent: Element) -> Iterator[Element]:
    """Primitives at any depth; libxml2 bounds the depth of a document at 256."""
    for element in parent.iterchildren("primitive", *_COLLECTIONS):
        if element.tag == "primitive":
            yield element
        else:
            yield from _primitives(element)


def _primitive(
    element: Element, templates: Dict[Optional[str], Element], references: _References
) -> ConfiguredPrimitive:
    """A primitive, or what its template and it say together::

        <template id="vip-template" class="ocf" provider="heartbeat" type="IPaddr2"> ... </template>
        <primitive id="vip" template="vip-template"> ... </primitive>

    Pacemaker puts the children of the template in front of the primitive's own.
    """
    identity = element.get("id")
    if not identity:
        raise ParseError("primitive without id", start_tag(element))
    name = element.get("template")
    template = templates.get(name) if name else None
    sources = [element] if template is None else [template, element]
    return ConfiguredPrimitive(
        id=identity,
        agent=_agent(sources[0]),
        parameters=_values(_sets(sources, "instance_attributes", references), references),
        meta=_values(_sets(sources, "meta_attributes", references), references),
    )


def _agent(element: Element) -> str:
    """``ocf:heartbeat:IPaddr2``, ``systemd:httpd``; empty where ACLs hide it."""
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
        """The element itself, or the one that it refers to."""
        reference = element.get("id-ref")
        if reference is None:
            return element
        if not self._targets:  # one walk, and only for a CIB that has references
            for target in self._root.iter("instance_attributes", "meta_attributes", "nvpair"):
                if target.get("id") is not None:
                    self._targets.setdefault((str(target.tag), target.get("id")), target)
        return self._targets.get((str(element.tag), reference))


class _AttributeSet(NamedTuple):
    """One block of name-value pairs, its references resolved."""

    element: Element
    score: int
    conditional: bool


def _sets(sources: List[Element], tag: str, references: _References) -> List[_AttributeSet]:
    """The sets in the order in which Pacemaker asks them: highest score first.

    Of two with the same score the later one is asked first, in every version (the list is
    built backwards). That is why a primitive's own values win over those of its template,
    which Pacemaker puts in front of them.
    """
    found = []
    for source in sources:
        for element in source.iterchildren(tag):
            target = references.resolve(element)
            if target is not None:
                found.append(_AttributeSet(target, _score(target.get("score")), target.find("rule") is not None))
    found.reverse()
    return sorted(found, key=lambda attribute_set: -attribute_set.score)


def _score(text: Optional[str]) -> int:
    """As Pacemaker reads it: what is no number is 0."""
    text = (text or "0").strip().upper()
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if digits == "INFINITY":
        return sign * INFINITY
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return sign * (INFINITY if len(digits) > 7 else min(int(digits), INFINITY))


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
    """The nvpairs of one set; the first of a name counts. ``#default`` means: as if it were not there.

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
