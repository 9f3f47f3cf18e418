"""The fields of an object that came as JSON from another machine: each has its type, its bounds and nothing else."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple, TypeVar

from check_ha.parsers.errors import ParseError

_LONGEST_TEXT = 300
_LONGEST_LIST = 20_000
_LARGEST = 2**63

_REMEMBERED = 4
"""Lists of one name that are compared with each new one: three partitions have no more."""

T = TypeVar("T")
Shared = Dict[str, List[Tuple[Any, Any]]]
"""Lists that were read from other views, by name: as JSON has them, and as records."""


class Fields:
    """An object whose fields are read, each with its type."""

    def __init__(self, name: str, values: object, shared: Shared) -> None:
        if not isinstance(values, dict):
            raise ParseError(f"{name} is not an object")
        self._name = name
        self._values: Dict[str, Any] = values
        self._shared = shared

    def _wrong(self, key: str) -> NoReturn:
        raise ParseError(f"{self._name}: {key} is missing or not what it should be")

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            self._wrong(key)
        return value

    def word(self, key: str) -> str:
        """Return one of small letters, as this project names checks and conditions; it may be empty."""
        value = self.text(key)
        if not re.fullmatch("[a-z0-9_ -]{0,60}", value):
            self._wrong(key)
        return value

    def long_text(self, key: str) -> str:
        """Return one that is bounded by the length of the view."""
        value = self._values.get(key)
        if not isinstance(value, str):
            self._wrong(key)
        return value

    def natural(self, key: str) -> int:
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
            self._wrong(key)
        return value

    def number(self, key: str) -> float:
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _LARGEST:
            self._wrong(key)
        return float(value)

    def truth(self, key: str) -> bool:
        value = self._values.get(key)
        if not isinstance(value, bool):
            self._wrong(key)
        return value

    def flag(self, key: str) -> bool:
        """Return one that is left out when it is false."""
        return key in self._values and self.truth(key)

    def texts(self, key: str) -> Tuple[str, ...]:
        """Return a list that is left out when it is empty."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or len(values) > _LONGEST_LIST:
            self._wrong(key)
        if any(not isinstance(value, str) or len(value) > _LONGEST_TEXT for value in values):
            self._wrong(key)
        return tuple(values)

    def object(self, key: str, read: Callable[[Fields], T]) -> T:
        return read(Fields(key, self._values.get(key), self._shared))

    def objects(self, key: str, read: Callable[[Fields], T], optional: bool = False) -> Tuple[T, ...]:
        """Return a list of objects; an ``optional`` one is left out when it is empty."""
        values = self._values.get(key, [] if optional else None)
        if not isinstance(values, list) or len(values) > _LONGEST_LIST:
            self._wrong(key)
        known = self._shared.setdefault(key, [])
        found: Optional[Tuple[T, ...]] = next((records for given, records in known if given == values), None)
        if found is None:
            found = tuple([read(Fields(key, value, self._shared)) for value in values])
            known.append((values, found))
            del known[:-_REMEMBERED]
        return found

    def optional(self, key: str, read: Callable[[str], T]) -> Optional[T]:
        """Return what ``read`` makes of it; ``None`` where an older check_ha does not tell it, or it is not known."""
        return None if self._values.get(key) is None else read(key)

    def known(self, key: str, read: Callable[[str], T]) -> Optional[T]:
        """Return what ``read`` makes of it; ``None``, as which it must be given, where it is not known."""
        if key not in self._values:
            self._wrong(key)
        return None if self._values[key] is None else read(key)
