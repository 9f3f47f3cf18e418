"""Options of a check: one table for arguments, config file, help and documentation.

Each option is a class attribute made with ``option``; the command line is built from them, and the judgement gets an
object with the values, of the right types::

    class RingOptions(Options):
        links: int = option(0, "how many links must be configured", metavar="N", parse=natural)

    RingOptions(links=2).links == 2

(A dataclass would do, at half a millisecond of CPU for each class on every run of every check.)
"""

from __future__ import annotations

import re
from typing import Any, Callable, Collection, Dict, Iterable, List, Pattern, Tuple

from check_ha.record import NamedTuple


class Option(NamedTuple):
    """What ``option`` was told of one option."""

    default: Any
    help: str
    metavar: str
    short: str
    parse: Callable[..., Any]
    repeat: bool
    ranges: bool


def option(
    default: Any,
    help: str,
    *,
    metavar: str = "",
    short: str = "",
    parse: Callable[..., Any] = str,
    repeat: bool = False,
    ranges: bool = False,
) -> Any:
    """Return a class attribute that is a command line option named after it.

    ``parse`` turns the word on the command line into the value and raises ValueError with a sentence for the user.
    With ``repeat`` the option may be given several times and the value is a tuple. Without ``metavar`` it is a switch.
    With ``ranges`` there are Nagios ranges in the word: ``parse`` is given what parses one as well.
    """
    return Option(default, help, metavar, short, parse, repeat, ranges)


def regex(text: str) -> Pattern[str]:
    """Parse a regular expression."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def unmatched(patterns: Iterable[Pattern[str]], names: Collection[str]) -> List[str]:
    """Return the patterns that match none of these names whole."""
    return [one.pattern for one in patterns if not any(one.fullmatch(name) for name in names)]


def natural(text: str) -> int:
    """Parse a whole number that is not negative."""
    if not text.isascii() or not text.isdigit():
        raise ValueError("not a whole number")
    return int(text)


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def duration(text: str) -> float:
    """Parse a duration into seconds: ``90``, ``90s``, ``15m``, ``6h``, ``2d`` or ``1w``."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    if not number.isascii() or not number.isdigit():
        raise ValueError("not a duration such as 90s, 15m, 6h, 2d, 1w")
    return float(number) * _UNITS[unit]


def pair(text: str) -> Tuple[str, str]:
    """Parse ``LEFT=RIGHT``."""
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        raise ValueError("not of the form NAME=VALUE")
    return left, right


class Options:
    """Options of a check that has none of its own."""

    def __init__(self, **given: Any) -> None:
        table = self.table()
        unknown = set(given) - set(table)
        if unknown:
            raise TypeError(f"no such option: {', '.join(sorted(unknown))}")
        for name, one in table.items():
            setattr(self, name, given.get(name, one.default))

    @classmethod
    def table(cls) -> Dict[str, Option]:
        """Return every option by name, those of base classes first."""
        classes = reversed(cls.__mro__)
        return {name: one for base in classes for name, one in vars(base).items() if isinstance(one, Option)}


class FilterOptions(Options):
    """Options of a check whose findings are about named items."""

    include: Tuple[Pattern[str], ...] = option(
        (), "judge only items whose whole name matches", metavar="REGEX", short="-i", parse=regex, repeat=True
    )
    exclude: Tuple[Pattern[str], ...] = option(
        (), "leave out items whose whole name matches", metavar="REGEX", short="-x", parse=regex, repeat=True
    )

    def selects(self, *names: str) -> bool:
        """Return whether the item of that name is to be judged; it may have several, as the member of a group has."""
        if not self.include and not self.exclude:
            return True
        included = not self.include or any(pattern.fullmatch(name) for pattern in self.include for name in names)
        return included and not any(pattern.fullmatch(name) for pattern in self.exclude for name in names)
