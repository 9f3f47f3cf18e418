"""The fence history: what was made good, and the sentences about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.cluster.fence_history import Fencing, by_target, detail, last_fencing, newest
from check_ha.model.cluster import Cluster, DesignatedController, FenceEvent, FenceHistory
from tests.checks.build import cluster, node

NOW = datetime(2026, 11, 23, 4, 0, 0)


def event(status: str, ago: Optional[float] = None, action: str = "reboot", target: str = "node2") -> FenceEvent:
    completed = None if ago is None else NOW - timedelta(seconds=ago)
    return FenceEvent(action, target, status, "pacemaker-controld.86", "node1", "node3", completed)


def of(*events: FenceEvent, **more: Any) -> Cluster:
    return cluster(fence_history=FenceHistory(True, events), updated=NOW, **more)


def one(*events: FenceEvent, **more: Any) -> Fencing:
    (found,) = by_target(of(*events, **more))
    return found


@pytest.mark.parametrize(
    ("later", "failure", "good"),
    [
        ("reboot", "reboot", True),
        ("off", "reboot", True),
        ("reboot", "off", True),
        ("on", "reboot", False),
        ("on", "on", True),
        ("reboot", "on", True),
        ("off", "on", False),
    ],
)
def test_made_good(later: str, failure: str, good: bool) -> None:
    fencing = one(event("success", 10, later), event("failed", 20, failure))
    assert bool(fencing.failed) is not good


@pytest.mark.parametrize(
    ("events", "failed"),
    [
        ([event("failed", 10), event("success", 20)], 1),
        ([event("failed", 5), event("failed", 10), event("success", 20), event("failed", 30)], 2),
        ([event("success", 10), event("failed", 10)], 0),
        ([event("failed", 10), event("success", 10)], 0),
        ([event("failed", 10, "on"), event("success", 10, "on")], 1),
        ([event("failed"), event("success")], 1),
        ([event("failed", 20), event("success", 10)], 0),
        ([event("pending"), event("success", 10), event("failed", 20)], 0),
        ([event("failed"), event("success", 10)], 0),
    ],
    ids=[
        "crit-failed-after-a-success",
        "crit-only-those-after-the-last-success-count",
        "ok-same-second-in-pacemakers-order",
        "ok-same-second-the-node-was-off",
        "crit-same-second-of-unfencing-in-pacemakers-order",
        "crit-of-unknown-age-in-pacemakers-order",
        "ok-out-of-order",
        "ok-pending-makes-nothing-good-or-bad",
        "ok-of-unknown-age-is-old",
    ],
)
def test_failed(events: Sequence[FenceEvent], failed: int) -> None:
    assert len(one(*events).failed) == failed


def test_another_node_makes_nothing_good() -> None:
    first, second = by_target(of(event("success", 10, target="node1"), event("failed", 20)))
    assert (first.target, first.failed) == ("node1", ())
    assert len(second.failed) == 1


def test_unfencing_is_no_fencing() -> None:
    assert one(event("success", 10, "on")).done == ()


def test_recent() -> None:
    fencing = one(event("success", 10), event("success", 60), event("success", 61), event("success"))
    assert len(fencing.recent(60)) == 3, "whose age is not known is recent"
    assert len(fencing.recent(0)) == 1


def test_a_clock_that_was_set_back() -> None:
    ahead = one(event("success", -7200))
    assert ahead.seconds_since(ahead.done[0]) == -7200.0
    assert ahead.success(60) == "node2 was fenced 2h ahead of this node's clock (reboot by node3); it is online"
    assert one(event("success", -4)).success(60) == "node2 was fenced 0s ago (reboot by node3); it is online"


@pytest.mark.parametrize(
    ("target", "more", "expected"),
    [
        (node("node2", online=False, expected_up=False), {}, True),
        (node("node2", online=False, expected_up=True), {}, False),
        (node("node2", online=False, unclean=True, expected_up=False), {}, False),
        (node("node2", expected_up=True), {}, False),
        (node("node2", online=False), {}, None),
        (node("node2", online=False, expected_up=False), {"dc": None}, None),
        (node("node9"), {}, None),
    ],
    ids=["down", "came-back-and-was-cut-off", "must-be-fenced", "came-back", "not-known", "without-dc", "another-node"],
)
def test_still_down(target: Any, more: Dict[str, Any], expected: Optional[bool]) -> None:
    assert one(event("success", 18), nodes=(node("node1"), target), **more).still_down is expected


def test_a_time_in_the_future() -> None:
    """The clock of one of the two nodes is wrong."""
    fencing = one(event("success", -7200))
    assert fencing.seconds_since(fencing.done[0]) == -7200.0
    assert fencing.recent(60) == fencing.done, "who knows"
    assert fencing.success(60) == "node2 was fenced 2h ahead of this node's clock (reboot by node3); it is online"


def test_failure() -> None:
    failed = event("failed", 3)._replace(reason="no route to host")
    gone = node("node2", online=False, unclean=True)
    fencing = one(failed, event("failed", 10), nodes=(node("node1"), gone))
    assert fencing.failure() == (
        "node2 could not be fenced: reboot by node3 failed 3s ago (no route to host), 2 times so far; it is UNCLEAN"
    )
    again = one(event("pending"), failed, nodes=(node("node1"), gone))
    assert again.failure().endswith("; it is UNCLEAN, and the next try is under way")


@pytest.mark.parametrize(
    ("target", "state"),
    [
        (node("node2"), "; it is online"),
        (node("node2", online=False), "; it is offline"),
        (node("node2", pending=True), "; it is joining"),
        (node("node9"), ""),
    ],
)
def test_state(target: Any, state: str) -> None:
    text = one(event("failed", 3, "on")._replace(delegate=None), nodes=(node("node1"), target)).failure()
    assert text == f"node2 could not be unfenced: on failed 3s ago{state}"


def test_without_a_dc_no_state_is_told() -> None:
    assert one(event("failed", 3), dc=None).failure() == "node2 could not be fenced: reboot by node3 failed 3s ago"


def test_success() -> None:
    by_hand = event("success", 5)._replace(client="stonith_admin.707")
    assert one(by_hand).success(60) == (
        "node2 was fenced 5s ago (reboot by node3, asked by stonith_admin on node1); it is online"
    )
    twice = one(event("success", 5, "off"), event("success", 50), event("success", 99))
    assert twice.success(60) == "node2 was fenced 2 times, last 5s ago (off by node3); it is online"
    past = one(event("failed", 1), event("success", 5))
    assert past.success(60) == "before that node2 was fenced 5s ago (reboot by node3)"


def test_attempt() -> None:
    pending = event("pending")._replace(client="stonith-api.9", origin="", delegate=None)
    assert one(pending).attempt() == "node2 is being fenced: reboot, asked by stonith-api; it is online"


def test_last_fencing() -> None:
    def last(*events: FenceEvent, version: str = "2.1.5") -> str:
        made = of(*events, dc=DesignatedController("node1", "1", version))
        return last_fencing(by_target(made), made)

    assert last(event("success", 7200, target="node1"), event("success", 86400 * 3)) == (
        "last fencing: reboot of node1 2h ago"
    )
    assert last() == last(version="1.1.20-abc") == last(version="2.0.1") == "no fencing in the history"
    assert last(version="") == "no fencing in the history"
    assert last(version="1.1.19") == last(version="2.0.0") == "this version shows no fence history"
    hidden = cluster(fence_history=FenceHistory(False))
    assert last_fencing((), hidden) == "the fence history was not read"
    assert newest(()) is None


def test_detail() -> None:
    assert detail(event("success", 5)._replace(reason="by hand"), NOW) == (
        "reboot by node3 succeeded 5s ago, asked by pacemaker-controld.86 on node1: by hand"
    )
    bare = FenceEvent("off", "node2", "pending")
    assert detail(bare, None) == "off under way, asked by an unknown client"


events = st.lists(
    st.builds(
        event,
        st.sampled_from(["success", "failed", "pending"]),
        st.none() | st.integers(-100, 100),
        st.sampled_from(["reboot", "off", "on"]),
        st.sampled_from(["node1", "node2"]),
    )
)


@given(events)
def test_every_event_has_its_place(found: List[FenceEvent]) -> None:
    """Of each target: what is pending is pending, no failure is older than a fencing that succeeded."""
    fencings = by_target(of(*found))
    assert {one.target for one in fencings} == {one.target for one in found}
    assert sum(len(one.pending) for one in fencings) == sum(one.status == "pending" for one in found)
    for fencing in fencings:
        last = max((one.completed or datetime.min for one in fencing.done), default=datetime.min)
        assert all((one.completed or datetime.min) >= last for one in fencing.failed if one.action != "on")
