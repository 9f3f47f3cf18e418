"""Views of clusters in which something is wrong that no node sees by itself, recorded from real ones: the whole line.

``tests/recordings/views`` holds what check_ha_view printed on each node; a node without a file does not answer.
"""

from __future__ import annotations

from typing import Dict, Tuple

import pytest

from check_ha.cli.register import check_named
from check_ha.core.check import Judgement
from check_ha.core.finding import nodes
from check_ha.multinode.answers import Answer, Views
from check_ha.multinode.split_brain import SplitBrainOptions, judge
from check_ha.parsers.view import parse_view
from tests.replay import RECORDINGS, said_of_views

VIEWS = RECORDINGS / "views"

SPLIT_BRAIN: Dict[str, Tuple[int, Tuple[str, ...], str]] = {
    "fenced-rejoined-cut-off": (
        1,
        ("node1", "node2"),
        "HA_SPLIT_BRAIN WARNING - node2 cannot be asked (not in this replay) and is not a member for node1: it is "
        "down, "
        "or alone and unseen; fenced 19s ago, and it is not known whether it has joined again since; there is only the "
        "view of node1, without node2 to compare it with",
    ),
    "joins-in-a-loop": (
        1,
        ("node1", "node2"),
        "HA_SPLIT_BRAIN WARNING - node2 runs Pacemaker and is not part of the cluster of DC node1: it is joining, or "
        "cannot join (Pacemaker 3.0.0-3.0.0 on node2, 2.1.5-a3f44794f94 on node1)",
    ),
    "large-packets-lost": (
        1,
        ("node1", "node2", "node3"),
        "HA_SPLIT_BRAIN WARNING - the CIB of node2 is older than that of others: 0.8.0, node1 and node3 have 0.17.0",
    ),
    "quorum-device-out-of-reach-of-the-dc": (
        2,
        ("node1", "node2", "node3", "node4"),
        "HA_SPLIT_BRAIN CRITICAL - partitioned, contained: node1 and node2 (no quorum, DC node2, runs nothing) against "
        "node3 and node4 (no quorum, DC node3, runs nothing); corosync has no quorum on node2, and has it on node1, in "
        "one partition; the quorum device gives no vote to node2",
    ),
    "split-beside-another-cluster": (
        2,
        ("node1", "node2", "node3", "node4"),
        "HA_SPLIT_BRAIN CRITICAL - split brain: node1 and node2 (quorate, DC node1, runs 2 resources) against node3 "
        "(no quorum, DC node3, runs 2 resources); 192.0.2.100 (p_vip) is carried by node1 and node3; p_app is active "
        "on node2 and node3 at once; p_vip is active on node1 and node3 at once; node4 (cluster lab) is not in one "
        "cluster with node1, node2 and node3 (cluster lab)",
    ),
    "split-beside-one-that-cannot-join": (
        2,
        ("node1", "node2", "node3"),
        "HA_SPLIT_BRAIN CRITICAL - split brain: node1 and node2 (quorate, DC node1, runs 4 resources) against node3 "
        "(no quorum, DC node3, runs 4 resources); p_app and p_single are active on node1 and node3 at once; p_db is "
        "promoted on node1 and also on node3; node2 runs Pacemaker and is not part of the cluster of DC node1: it is "
        "joining, or cannot join (Pacemaker 3.0.0-3.0.0 on node2, 2.1.5-a3f44794f94 on node1)",
    ),
}


@pytest.mark.parametrize("scenario", SPLIT_BRAIN)
def test_split_brain(scenario: str) -> None:
    code, names, line = SPLIT_BRAIN[scenario]
    said = said_of_views(check_named("split_brain"), VIEWS / scenario, names)
    assert (said.code, said.first) == (code, line)
    assert ("find the link that is down" in said.text) == ("contained" in line)


def test_every_scenario_is_judged_and_says_what_happened() -> None:
    assert {path.name for path in VIEWS.iterdir()} == set(SPLIT_BRAIN)
    for scenario in SPLIT_BRAIN:
        assert len((VIEWS / scenario / "NOTE.txt").read_text().splitlines()) == 1


def test_what_is_older_in_two_looks_is_critical() -> None:
    answers = tuple(
        Answer(name, parse_view((VIEWS / "large-packets-lost" / f"{name}.json").read_bytes()), within=0.3)
        for name in ("node1", "node2", "node3")
    )
    (finding,) = looked_twice(answers, answers).findings
    assert (finding.condition.name, finding.text, finding.subjects) == (
        "stale-view",
        "changes do not reach node2: its CIB is 0.8.0, node1 and node3 have had 0.17.0 for longer",
        nodes("node2", "node1", "node3"),
    )


def looked_twice(answers: Tuple[Answer, ...], earlier: Tuple[Answer, ...], pause: float = 2.0) -> Judgement:
    return judge(Views(answers, Views(earlier), pause), SplitBrainOptions())
