"""A split brain of DRBD, by the views of its nodes."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.core.options import regex
from check_ha.model.view import DaemonsView, DrbdPeerView, DrbdView, VersionsView, View
from check_ha.multinode.drbd.split_brain import drbd_conflicts, drbd_not_told
from check_ha.multinode.split_brain import CHECK, SplitBrainOptions
from check_ha.output.view_text import view_text
from check_ha.parsers.view import parse_view
from tests.replay import RECORDINGS, compare

Side = Tuple[str, str, str]
"""Role here, the peer, and the state of the connection to it."""


def view(*resources: DrbdView, told: bool = True) -> View:
    unknown = DaemonsView(None, None), None, None, VersionsView(None, None, None)
    return View(0.0, None, None, None, None, None, None, None, None, *unknown, drbd=resources if told else None)


def views(**sides: Optional[Side]) -> Dict[str, View]:
    """Each node with its r0; without a side nothing of DRBD is told."""
    made = {}
    for name, side in sides.items():
        r0 = [DrbdView("r0", side[0], (DrbdPeerView(side[1], side[2]),))] if side else []
        made[name] = view(*r0, told=side is not None)
    return made


ALONE = views(node1=("Primary", "node2", "StandAlone"), node2=("Secondary", "node1", "StandAlone"))
CASES: Dict[str, Tuple[Dict[str, View], List[str]]] = {
    "ok-connected": (views(node1=("Primary", "node2", "Connected"), node2=("Secondary", "node1", "Connected")), []),
    "ok-one-is-away": (views(node1=("Primary", "node2", "Connecting"), node2=("Secondary", "node1", "Connecting")), []),
    "ok-two-primaries-that-are-connected": (
        views(node1=("Primary", "node2", "Connected"), node2=("Primary", "node1", "Connected")), [],
    ),
    "ok-one-side-alone": (views(node1=("Primary", "", "StandAlone"), node2=("Secondary", "", "Connecting")), []),
    "crit-both-alone": (
        ALONE,
        ["r0: DRBD is StandAlone on node1 (Primary) and node2 (Secondary): each may have data of its own"],
    ),
    "crit-two-primaries-apart": (
        views(node1=("Primary", "node2", "Connecting"), node2=("Primary", "node1", "StandAlone")),
        ["r0: DRBD is not connected on node1 (Primary) and node2 (Primary): each may have data of its own"],
    ),
}  # fmt: skip


def conflicts(now: Dict[str, View], earlier: Optional[Dict[str, View]] = None) -> List[str]:
    return [one.text for one in drbd_conflicts(now, earlier, SplitBrainOptions())]


@pytest.mark.parametrize("name", CASES)
def test_two_sides(name: str) -> None:
    given, expected = CASES[name]
    assert conflicts(given) == expected


def test_what_only_one_look_shows_is_none() -> None:
    assert conflicts(ALONE, ALONE) == conflicts(ALONE)
    assert conflicts(ALONE, CASES["ok-connected"][0]) == []


def test_the_resource_may_be_left_out() -> None:
    assert list(drbd_conflicts(ALONE, None, SplitBrainOptions(exclude=(regex("r0"),)))) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (views(node1=("Primary", "node2", "StandAlone"), node2=None), "node2"),
        (views(node1=("Primary", "", "StandAlone"), node2=None), "node2"),
        (views(node1=("Primary", "", "StandAlone"), node2=None, node3=None), ""),
        (views(node1=("Primary", "node2", "Connected"), node2=None), ""),
        ({**views(node1=("Primary", "node2", "StandAlone")), "node2": view()}, ""),
    ],
    ids=["unknown-not-told", "unknown-8.4", "ok-which-is-not-known", "ok-connected", "ok-told-that-none-is-up"],
)
def test_a_peer_that_does_not_tell(given: Dict[str, View], expected: str) -> None:
    texts = [one.text for one in drbd_not_told(given, SplitBrainOptions())]
    assert texts == ([f"r0 is not connected on node1, and {expected} does not tell of DRBD"] if expected else [])


def test_it_is_in_the_view() -> None:
    made = ALONE["node1"]
    assert parse_view(view_text(made).encode()).drbd == made.drbd
    assert parse_view(view_text(view()).encode()).drbd == ()
    assert parse_view(view_text(view(told=False)).encode()).drbd is None
    assert "drbd" not in view_text(view(told=False))


def test_crit_two_recorded_nodes() -> None:
    code, output = compare(CHECK, RECORDINGS / "drbd" / "split-brain")
    assert code == 2
    assert output.startswith(f"HA_SPLIT_BRAIN CRITICAL - {CASES['crit-both-alone'][1][0]} | ")
