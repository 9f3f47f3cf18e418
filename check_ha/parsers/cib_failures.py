"""Which failures expire by themselves: ``failure-timeout``, wherever the CIB may hold it.

<rsc_defaults><meta_attributes id="rsc-options"><nvpair id="..." name="failure-timeout" value="10min"/>
<group id="g_web"><meta_attributes id="..."><nvpair id="..." name="failure-timeout" value="60s"/>
"""

from __future__ import annotations

from typing import FrozenSet, Iterator

from check_ha.parsers.xml import Element

_HOLDERS = ("primitive", "group", "clone", "master", "bundle", "template", "rsc_defaults", "op_defaults")


def parse_expiring(configuration: Element) -> FrozenSet[str]:
    """Return the ids of the primitives of which failures expire: after a time of their own, or of what is around them.

    A set that a rule may switch off counts, and so does one that something else overrides.
    """
    return frozenset(
        name
        for nvpair in configuration.iterfind(".//meta_attributes/nvpair[@name='failure-timeout']")
        if any(digit in (nvpair.get("value") or "") for digit in "123456789")
        for holder in _holders(nvpair, configuration)
        for name in _primitives(holder, configuration)
    )


def _holders(nvpair: Element, configuration: Element) -> Iterator[Element]:
    """Yield what has this set of its own, and what refers to it."""
    attributes = nvpair.getparent()
    sets = [attributes]
    if attributes is not None and attributes.get("id"):
        sets += [one for one in configuration.iter("meta_attributes") if one.get("id-ref") == attributes.get("id")]
    for one in sets:
        holder = next(iter(one.iterancestors(*_HOLDERS)), None) if one is not None else None
        if holder is not None:
            yield holder


def _primitives(holder: Element, configuration: Element) -> Iterator[str]:
    if holder.tag in ("rsc_defaults", "op_defaults"):
        found = configuration.iter("primitive")
    elif holder.tag == "template":
        found = (one for one in configuration.iter("primitive") if one.get("template") == holder.get("id"))
    else:
        found = holder.iter("primitive")
    return (one.get("id", "") for one in found)
