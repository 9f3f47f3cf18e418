"""What an attribute was before: Pacemaker keeps no history of them, so it is remembered from run to run."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional

from check_ha.checks.nodes.attributes.facts import Facts
from check_ha.core.wording import age
from check_ha.record import NamedTuple

LONGEST = 200
"""Characters of a value that are remembered."""


class Change(NamedTuple):
    """The value that an attribute has, and since when; both are as the runs have seen them."""

    value: str
    """Empty where it is not set."""
    since: float
    before: Optional[str] = None
    """What it was until then; ``None``: that is not known."""


Changes = Mapping[str, Change]
"""By ``NAME@NODE``."""


def changes(names: Iterable[str], facts: Facts, previous: Optional[Mapping[str, Any]]) -> Dict[str, Change]:
    """Return these attributes of all nodes that are up, compared with the last run; others stay as they were."""
    found = _remembered(previous, facts.now)
    for name in dict.fromkeys(names):
        for node in facts.nodes:
            key, value = f"{name}@{node.name}", facts.of(node.name).get(name, "")[:LONGEST]
            known = found.get(key)
            if known is None:
                found[key] = Change(value, facts.now)
            elif known.value != value:
                found[key] = Change(value, facts.now, known.value)
    return found


def _remembered(previous: Optional[Mapping[str, Any]], now: float) -> Dict[str, Change]:
    """Return what the last run knew; what is no such thing is left out."""
    held: Any = (previous or {}).get("attributes")
    found: Dict[str, Change] = {}
    for key, one in held.items() if isinstance(held, dict) else ():
        if isinstance(one, list) and len(one) == 3:
            value, since, before = one
            texts = isinstance(value, str) and (before is None or isinstance(before, str))
            if texts and isinstance(since, (int, float)) and 0 <= since <= now:
                found[key] = Change(value, float(since), before)
    return found


def to_remember(known: Changes) -> Dict[str, Dict[str, List[Any]]]:
    """Return them for the next run, which finds them under ``attributes``."""
    return {"attributes": {key: list(one) for key, one in known.items()}} if known else {}


def until(name: str, node: str, known: Changes, now: float) -> str:
    """Return ``, was 200 until 12m ago``; nothing where that is not known."""
    one = known.get(f"{name}@{node}")
    if one is None or one.before is None:
        return ""
    return f", was {one.before or 'not set'} until {age(now - one.since)}"
