"""Dates of rules, in the forms that crm_resource and administrators write."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.parsers.errors import ParseError
from check_ha.parsers.times import parse_instant

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=timezone.utc).timestamp()
HOUR = 3600.0


@pytest.mark.parametrize(
    "text",
    [
        # crm_resource 2.1.5 --lifetime, under TZ=UTC, Europe/Berlin, America/New_York, Asia/Kolkata, America/St_Johns
        "2026-11-23 12:00:00Z",
        "2026-11-23 13:00:00 +01:00",
        "2026-11-23 07:00:00 -05:00",
        "2026-11-23 17:30:00 +05:30",
        "2026-11-23 08:30:00 -03:30",
        # by hand
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00Z",
        "2026-11-23T12Z",
        "20261123T120000Z",
        "20261123T130000+0100",
        "2026-11-23T13:00:00+01",
        "2026-327T12:00:00Z",
        "2026-11-23 12:00:00.250Z",
        " 2026-11-23 12:00:00 Z ",
    ],
)
def test_with_zone(text: str) -> None:
    assert parse_instant(text) == (NOON, NOON)


@pytest.mark.parametrize("text", ["2026-11-24", "20261124", "2026-328", "2026-11-23T24:00:00Z", "2026-11-24 00:00:00Z"])
def test_midnight(text: str) -> None:
    assert parse_instant(text) == (NOON + 12 * HOUR, NOON + 12 * HOUR)


def test_without_zone() -> None:
    """Noon begins on Kiritimati, and ends on Baker Island."""
    assert parse_instant("2026-11-23 12:00:00") == (NOON - 14 * HOUR, NOON + 12 * HOUR)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "epoch",
        "2026-W48-1",
        "12:00:00Z",
        "2026-13-01",
        "2026-02-30",
        "2026-000",
        "2026-366",
        "0000-01-01",
        "2026-11-23 25:00:00Z",
        "2026-11-23 24:00:01Z",
        "2026-11-23 12:60:00Z",
        "2026-11-23 12:00:00 CET",
        "9999-12-31T24:00:00Z",
        "٢٠٢٦-11-23",  # Arabic digits
    ],
)
def test_not_understood(text: str) -> None:
    with pytest.raises(ParseError, match="date of a rule not understood"):
        parse_instant(text)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)).map(lambda found: found.replace(microsecond=0)),
    st.integers(-12 * 60, 14 * 60),
)
def test_what_crm_resource_writes(moment: datetime, minutes: int) -> None:
    """crm_time_as_string(): the date, the time, and a zone that is Z or stands behind a blank."""
    zone = timezone(timedelta(minutes=minutes))
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    offset = f" {sign}{size // 60:02}:{size % 60:02}" if minutes else "Z"
    seconds = moment.replace(tzinfo=zone).timestamp()
    assert parse_instant(f"{moment:%Y-%m-%d %H:%M:%S}{offset}") == (seconds, seconds)


@given(st.text() | st.from_regex(r"[0-9TZW :+.-]{4,30}", fullmatch=True))
def test_any_text(text: str) -> None:
    try:
        earliest, latest = parse_instant(text)
    except ParseError:
        return
    assert earliest <= latest
