"""The totals are always printed, and of each metric as many instances as there is room for."""

from __future__ import annotations

from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.core.check import Measure, Metric
from check_ha.output.perfdata_room import ROOM, fitting

TOTAL = Metric("cluster.resources.total.count", "resources")
ACTIVE = Metric("resource.active.count", "active instances", instance="RESOURCE")
FAILED = Metric("resource.failed.count", "failures", instance="RESOURCE")


def measures(resources: int) -> List[Measure]:
    active = [ACTIVE.of(1, f"p_{number}") for number in range(resources)]
    failed = [FAILED.of(0.25, f"p_{number}", maximum=1_000_000) for number in range(resources)]
    return [*active, *failed, TOTAL.of(resources)]


def printed(found: List[Measure]) -> int:
    """The bytes that nagiosplugin makes of it, at least."""
    return sum(
        len(f"'{one.instance}#{one.metric.name}'={one.value};;;{one.minimum};{one.maximum or ''} ") for one in found
    )


def test_what_fits_stays_as_it_is() -> None:
    few = measures(100)
    assert fitting(few) == (tuple(few), 0)


def test_ten_thousand_resources() -> None:
    many = measures(10_000)
    kept, left_out = fitting(many)
    assert kept[-1] == TOTAL.of(10_000)
    assert len(kept) + left_out == 20_001
    assert printed(list(kept)) <= ROOM < printed(list(kept)) + 5 * len(kept) + 200
    active = [one.instance for one in kept if one.metric is ACTIVE]
    failed = [one.instance for one in kept if one.metric is FAILED]
    assert abs(len(active) - len(failed)) <= 1
    assert active == [f"p_{number}" for number in range(len(active))]
    assert fitting(many) == (kept, left_out)


def test_the_totals_are_there_where_there_is_no_room_at_all() -> None:
    assert fitting(measures(3), 1) == ((TOTAL.of(3),), 6)


@pytest.mark.parametrize("resources", [0, 1, 500])
def test_order_stays(resources: int) -> None:
    many = measures(resources)
    kept, _ = fitting(many, 2000)
    assert [many.index(one) for one in kept] == sorted(many.index(one) for one in kept)


@given(st.lists(st.text(max_size=150)), st.integers(0, 3000))
def test_it_always_fits(names: List[str], room: int) -> None:
    found = [ACTIVE.of(1, name or "x") for name in names]
    kept, left_out = fitting(found, room)
    assert len(kept) + left_out == len(found)
    assert sum(len(f"'{'x' if one.instance else ''}#{one.metric.name}'=1;;;0 ") for one in kept) <= room
