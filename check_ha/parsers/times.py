"""The two ways in which Pacemaker writes a point in time."""

from __future__ import annotations

from datetime import datetime

from check_ha.parsers.errors import ParseError

# C's ctime() knows no locale; strptime() does, so it is of no use here.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_time(text: str) -> datetime:
    """Local time without zone.

    Every version, most places: ctime(), in the zone of the caller::

        Mon Nov 23 03:51:48 2026
        Mon Nov  2 03:51:48 2026

    Since 2.0.3 in failures and fence events, since 2.1.6 there with microseconds::

        2026-11-23 03:54:12Z
        2026-11-23 04:54:12 +01:00
        2026-11-23 04:05:05.123456 +01:00

    The offset is that of the caller's zone again, the same in which ``last_update`` of the
    same document is written without one. It is dropped, so that all times of a
    document can be compared with each other, which is all that they are good for.
    """
    words = text.split()
    try:
        if len(words) == 5:
            _weekday, month, day, clock, year = words
            return _moment(year, _MONTHS.index(month) + 1, day, clock)
        year, month, day = words[0].split("-")
        return _moment(year, _digits(month), day, _clock_of(words))
    except (ValueError, IndexError):
        raise ParseError("time not understood", text[:60]) from None


def _clock_of(words: list[str]) -> str:
    """The time of day of the second form; its zone must be there, and is dropped."""
    if len(words) == 2 and words[1].endswith("Z"):
        return words[1][:-1]
    _date, clock, offset = words
    hours, minutes = offset[1:].split(":")
    if offset[0] not in "+-" or _digits(hours) > 14 or _digits(minutes) > 59:
        raise ValueError(offset)
    return clock


def _moment(year: str, month: int, day: str, clock: str) -> datetime:
    hour, minute, second = clock.split(":")
    whole, point, fraction = second.partition(".")
    microsecond = _digits(fraction[:6].ljust(6, "0")) if point else 0
    return datetime(_digits(year), month, _digits(day), _digits(hour), _digits(minute), _digits(whole), microsecond)


def _digits(text: str) -> int:
    """Stricter than int(), which takes blanks, signs, underscores and other scripts' digits."""
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValueError(text)
    return int(text)
