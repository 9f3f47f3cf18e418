"""The two ways in which Pacemaker writes a point in time, and what people write into a rule."""

from __future__ import annotations

import re
from typing import Tuple

from check_ha.moment import datetime, timedelta, timezone
from check_ha.parsers.errors import ParseError

# C's ctime() knows no locale; strptime() does, so it is of no use here.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_time(text: str) -> datetime:
    """Return local time without zone.

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
    """Return the time of day of the second form; its zone must be there, and is dropped."""
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


# What parse_date() of lib/common/iso8601.c (2.1, 3.0) reads, but for week dates and times without a date. Compiled when
# a rule has one, and not on every run.
_INSTANT = (
    r"(?P<year>\d{4})(?:-(?P<ordinal>\d{3})|-(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<month2>\d\d)(?P<day2>\d\d))"
    r"(?:[ T](?P<hour>\d\d?)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|(?P<sign>[+-])(?P<zhour>\d\d)(?::?(?P<zminute>\d\d))?)?)?"
)
_WESTMOST, _EASTMOST = 12 * 3600, 14 * 3600


def parse_instant(text: str) -> Tuple[float, float]:
    """Return seconds since the epoch, from a date in a rule.

    ``crm_resource --lifetime`` writes in the zone of its caller (the same from 1.1 to 3.0)::

        2026-11-23 23:57:33Z
        2026-11-24 00:57:33 +01:00

    and an administrator any form of ISO 8601 (``2026-11-24T00:57+01:00``, ``20261124T005733Z``, ``2026-328``). A date
    alone is midnight UTC. A time without zone is local on the node that evaluates it, which is not told here: then
    the result is the earliest and the latest that it may be, otherwise both are the same.
    """
    found = re.fullmatch(_INSTANT, text.strip(), re.ASCII)
    if found is None:
        raise ParseError("date of a rule not understood", text[:60])
    part = {name: int(value) for name, value in found.groupdict(default="0").items() if value.isdigit()}
    try:
        month, day = part["month"] or part["month2"], part["day"] or part["day2"]
        start = datetime(part["year"], month or 1, day or 1, tzinfo=timezone.utc)
        if found["ordinal"]:
            start = _day_of_year(start, part["ordinal"])
        seconds = (start + timedelta(seconds=_seconds(part["hour"], part["minute"], part["second"]))).timestamp()
    except (ValueError, OverflowError):
        raise ParseError("date of a rule not understood", text[:60]) from None
    if found["hour"] and not found["zone"]:
        return seconds - _EASTMOST, seconds + _WESTMOST
    offset = (part["zhour"] * 60 + part["zminute"]) * 60
    return (seconds + offset, seconds + offset) if found["sign"] == "-" else (seconds - offset, seconds - offset)


def _day_of_year(first: datetime, number: int) -> datetime:
    day = first + timedelta(days=number - 1)
    if not number or day.year != first.year:
        raise ValueError(number)
    return day


def _seconds(hour: int, minute: int, second: int) -> int:
    """Of the day; 24:00:00 is the end of it."""
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(hour)
    return (hour * 60 + minute) * 60 + second
