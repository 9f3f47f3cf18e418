"""The tables of the JSON output, made from its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

SCHEMA = Path(__file__).parents[1] / "samples" / "check_ha.schema.json"
_TYPES = {"string": "text", "array": "list", "integer": "whole number", "number": "number", "null": "null"}


def schema() -> Dict[str, Any]:
    """Return the JSON Schema of what ``--format json`` prints."""
    found: Dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def tables(say: Callable[[str], str]) -> Iterator[Tuple[str, List[List[str]]]]:
    """Yield, for the object itself and for each kind of object in it, a title and a row for each field."""
    found = schema()
    for one in (found, *found["$defs"].values()):
        fields = one["properties"].items()
        yield say(one["title"]), [[f"`{name}`", say(_type(field)), say(field["description"])] for name, field in fields]


def _type(field: Dict[str, Any]) -> str:
    kinds = field.get("type", "string")  # an enumeration is one of texts
    return " or ".join(_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
