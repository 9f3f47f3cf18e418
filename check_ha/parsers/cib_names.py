"""What a constraint of a CIB may name in place of a resource: a tag, a template, a pattern.

    <tags><tag id="web"><obj_ref id="p_vip"/><obj_ref id="p_fs"/></tag></tags>
    <template id="fence" class="stonith" type="fence_ipmilan"/> <primitive id="st_node1" template="fence"/>
    <rsc_location id="l_dbs" rsc-pattern="^db[0-9]+$" node="node3" score="-INFINITY"/>

Each stands for all resources that it means (unpack_order_tags(), unpack_location_tags(), ... of 1.1 to 3.0). A pattern
is held against what stands at the top of ``resources`` only, and one that begins with ``!`` means all that it does not
match.
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional, Tuple

from check_ha.model.cib import Dependency, Location, Separation, TicketDependency
from check_ha.parsers.cib_rules import matches
from check_ha.parsers.xml import Element

_RESOURCES = ("primitive", "group", "clone", "master", "bundle")


class Names:
    """The tags and templates of a configuration, and what stands at the top of its resources."""

    def __init__(self, configuration: Element) -> None:
        self._meant: Dict[str, List[str]] = {}
        resources = configuration.find("resources")
        self._top = [] if resources is None else [one.get("id", "") for one in resources.iterchildren(*_RESOURCES)]
        for primitive in () if resources is None else resources.iter("primitive"):
            self._add(primitive.get("template"), primitive.get("id"))
        for reference in configuration.iterfind("tags/tag/obj_ref"):
            tag = reference.getparent()
            self._add(None if tag is None else tag.get("id"), reference.get("id"))

    def _add(self, name: Optional[str], resource: Optional[str]) -> None:
        if name and resource:
            self._meant.setdefault(name, []).append(resource)

    def _all(self, names: Iterable[str]) -> Tuple[str, ...]:
        return tuple(dict.fromkeys(meant for name in names for meant in self._meant.get(name, (name,))))

    def locations(self, found: Iterable[Location]) -> Tuple[Location, ...]:
        """Return them with the resources that they mean."""
        return tuple(one._replace(resources=(*self._all(one.resources), *self._matching(one.pattern))) for one in found)

    def _matching(self, pattern: str) -> Iterator[str]:
        negated = pattern.startswith("!")
        for name in self._top if pattern else ():
            if matches(pattern[negated:], name) != negated:
                yield name

    def tickets(self, found: Iterable[TicketDependency]) -> Tuple[TicketDependency, ...]:
        """Return them with the resources that they mean."""
        return tuple(one._replace(resources=self._all(one.resources)) for one in found)

    def dependencies(self, found: Iterable[Dependency]) -> Iterator[Dependency]:
        """Yield one for each resource and each that it needs."""
        for one in found:
            others = self._all(one.alternatives)
            for resource in self._all([one.resource]):
                for needed in self._all([one.needs]):
                    yield one._replace(resource=resource, needs=needed, alternatives=others)

    def separations(self, found: Iterable[Separation]) -> Iterator[Separation]:
        """Yield one for each resource and each that it is kept away from."""
        for one in found:
            for resource in self._all([one.resource]):
                for other in self._all([one.other]):
                    yield one._replace(resource=resource, other=other)
