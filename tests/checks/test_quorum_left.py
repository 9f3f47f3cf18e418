"""The votes that are left when nodes are lost: every rule of votequorum that decides on it."""

from __future__ import annotations

from typing import Any, Tuple

import pytest

from check_ha.checks.failover.quorum_left import VotesLeft, counted, votes_left
from check_ha.model.corosync import CorosyncMap, Member, NodelistNode, QuorumStatus
from tests.checks.build import cluster, node


def quorum(*votes: int, needed: int, expected: int = 0, flags: Tuple[str, ...] = (), device: int = 0) -> QuorumStatus:
    """Nodes 1, 2, ... with these votes; a quorum device with its own."""
    members = tuple(Member(number, count, f"node{number}") for number, count in enumerate(votes, start=1))
    total = sum(votes) + device
    return QuorumStatus(
        True, 1, "1.1", expected or total, total, total, needed, ("Quorate", *flags), False, members, device or None
    )


def cmap(*ids: int, **values: str) -> CorosyncMap:
    nodes = tuple(NodelistNode(one, f"node{one}", ()) for one in ids)
    return CorosyncMap(nodes, (), values={f"quorum.{name}": value for name, value in values.items()})


TIE = ("AutoTieBreaker",)


@pytest.mark.parametrize(
    ("status", "lost", "left"),
    [
        pytest.param(quorum(1, 1, 1, needed=2), ("1",), VotesLeft(2, 3, 2, True), id="ok-one-of-three"),
        pytest.param(quorum(1, 1, 1, needed=2), ("1", "2"), VotesLeft(1, 3, 2, False), id="lost-two-of-three"),
        pytest.param(quorum(1, 1, needed=2, expected=3), ("2",), VotesLeft(1, 3, 2, False), id="lost-one-is-away"),
        pytest.param(quorum(1, 1, needed=2), ("1",), VotesLeft(1, 2, 2, False), id="lost-two-nodes-without-two_node"),
        pytest.param(
            quorum(1, 1, needed=1, flags=("2Node", "WaitForAll")), ("1",), VotesLeft(1, 2, 1, True), id="ok-two_node"
        ),
        pytest.param(
            quorum(1, 1, needed=2, flags=("Qdevice",), device=1), ("1",), VotesLeft(2, 3, 2, True), id="ok-qdevice"
        ),
        pytest.param(
            quorum(1, 1, needed=2, expected=3, flags=("Qdevice",)), ("1",), VotesLeft(1, 3, 2, False),
            id="lost-qdevice-is-silent",
        ),
        pytest.param(quorum(3, 1, 1, needed=3), ("1",), VotesLeft(2, 5, 3, False), id="lost-the-heavy-one"),
        pytest.param(quorum(3, 1, 1, needed=3), ("2",), VotesLeft(4, 5, 3, True), id="ok-a-light-one"),
        pytest.param(
            quorum(1, 1, 1, needed=2, flags=("LastManStanding", "WaitForAll")), ("1", "2"), VotesLeft(1, 3, 2, False),
            id="lost-two-at-once-in-spite-of-last_man_standing",
        ),
    ],
)  # fmt: skip
def test_votes(status: QuorumStatus, lost: Tuple[str, ...], left: VotesLeft) -> None:
    assert votes_left(status, None, lost) == left


@pytest.mark.parametrize(
    ("values", "lost", "quorate"),
    [
        pytest.param({}, ("3", "4"), True, id="ok-lowest-by-default"),
        pytest.param({}, ("1", "2"), False, id="lost-lowest-by-default"),
        pytest.param({"auto_tie_breaker_node": "highest"}, ("1", "2"), True, id="ok-highest"),
        pytest.param({"auto_tie_breaker_node": "highest"}, ("3", "4"), False, id="lost-highest"),
        pytest.param({"auto_tie_breaker_node": "3 1"}, ("1", "2"), True, id="ok-first-of-the-list"),
        pytest.param({"auto_tie_breaker_node": "3 1"}, ("3", "4"), False, id="lost-first-of-the-list"),
        pytest.param({"auto_tie_breaker_node": "9 2"}, ("3", "4"), True, id="ok-first-of-the-list-that-is-there"),
    ],
)
def test_half_of_the_votes_with_auto_tie_breaker(values: Any, lost: Tuple[str, ...], quorate: bool) -> None:
    status = quorum(1, 1, 1, 1, needed=3, flags=TIE)
    assert votes_left(status, cmap(1, 2, 3, 4, **values), lost) == VotesLeft(2, 4, 3, quorate, tie_breaker=True)


def test_less_than_half_is_lost_whoever_breaks_the_tie() -> None:
    status = quorum(1, 1, 1, 1, needed=3, flags=TIE)
    assert votes_left(status, cmap(1, 2, 3, 4), ("2", "3", "4")) == VotesLeft(1, 4, 3, False)


def test_without_a_quorum_provider_pacemaker_counts_a_vote_for_each_node() -> None:
    nothing = quorum(1, needed=0)._replace(counted=False)
    view = cluster(expected_votes=2, with_quorum=True, nodes=(node("node1"), node("node2")))
    own = counted(nothing, view)
    assert own is not None
    assert votes_left(own, None, ("node2",)) == VotesLeft(1, 2, 2, False)
    assert counted(nothing, view._replace(expected_votes=None)) is None
    assert counted(quorum(1, needed=1), view) == quorum(1, needed=1)


def test_corosync_1_lists_no_members_and_each_node_has_one_vote() -> None:
    status = quorum(1, 1, 1, needed=2)._replace(members=())
    assert votes_left(status, None, ("23344070",)) == VotesLeft(2, 3, 2, True)
