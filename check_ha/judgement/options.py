"""Options of a check as a frozen dataclass: one table for arguments, config file, help and documentation.

Each field is made with ``option``; the command line is built from the fields, and the judgement gets the
finished object with the right types::

    @dataclass(frozen=True)
    class RingOptions(Options):
        links: int = option(0, "links each peer must have configured", metavar="N", parse=natural)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Pattern, Tuple


def option(
    default: Any,
    help: str,
    *,
    metavar: str = "",
    short: str = "",
    parse: Callable[[str], Any] = str,
    repeat: bool = False,
) -> Any:
    """A dataclass field that is also a command line option named after it.

    ``parse`` turns the word on the command line into the value and raises ValueError with a sentence for the user.
    With ``repeat`` the option may be given several times and the field is a tuple. Without ``metavar`` it is a switch.
    """
    return field(
        default=default,
        metadata={"help": help, "metavar": metavar, "short": short, "parse": parse, "repeat": repeat},
    )


def regex(text: str) -> Pattern[str]:
    """A regular expression."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def natural(text: str) -> int:
    """A whole number that is not negative."""
    if not text.isascii() or not text.isdigit():
        raise ValueError("not a whole number")
    return int(text)


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def duration(text: str) -> float:
    """Seconds from ``90``, ``90s``, ``15m``, ``6h``, ``2d`` or ``1w``."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    if not number.isascii() or not number.isdigit():
        raise ValueError("not a duration such as 90s, 15m, 6h, 2d, 1w")
    return float(number) * _UNITS[unit]


def pair(text: str) -> Tuple[str, str]:
    """``LEFT=RIGHT``."""
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        raise ValueError("not of the form NAME=VALUE")
    return left, right


@dataclass(frozen=True)
class Options:
    """Options of a check that has none of its own."""


@dataclass(frozen=True)
class FilterOptions(Options):
    """Options of a check whose findings are about named items."""

    include: Tuple[Pattern[str], ...] = option(
        (), "judge only items whose whole name matches", metavar="REGEX", short="-i", parse=regex, repeat=True
    )
    exclude: Tuple[Pattern[str], ...] = option(
        (), "leave out items whose whole name matches", metavar="REGEX", short="-x", parse=regex, repeat=True
    )

    def selects(self, name: str) -> bool:
        """Whether the item of that name is to be judged."""
        included = not self.include or any(pattern.fullmatch(name) for pattern in self.include)
        return included and not any(pattern.fullmatch(name) for pattern in self.exclude)


def age(seconds: Optional[float]) -> str:
    """``12s``, ``5m``, ``3h``, ``2d``: how long ago, for a person; "at an unknown time" for None."""
    if seconds is None:
        return "at an unknown time"
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size < size // 10):
            return f"{int(seconds // size)}{unit} ago"
    return f"{max(0, int(seconds))}s ago"
