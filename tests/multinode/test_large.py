"""Comparisons of a large cluster: 32 nodes whose line a person can read, and that says the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import List, Sequence, Tuple

import pytest

from check_ha.core.finding import Finding
from check_ha.model.view import AddressView, ConfiguredView, CorosyncView, CutView, MemberView, NodeView, View, VipView
from check_ha.multinode.drift import DriftOptions
from check_ha.multinode.drift import judge as judge_drift
from check_ha.multinode.split_brain import SplitBrainOptions, judge
from check_ha.output.plain_text import ITEM_LIMIT
from check_ha.output.view_text import view_text
from tests.bench import ALONE
from tests.multinode.views import VIP, pacemaker, resource, silent, view, views

ROOT = Path(__file__).parent.parent.parent
NODES = [f"node{number}" for number in range(1, 33)]
SIDES = (NODES[:15], NODES[15:26], NODES[26:])


def number(node: str) -> int:
    return int(node[4:])


def member(node: str, side: Sequence[str], domain: str = "") -> View:
    """The view of a node of that side, on which the first node is DC and runs everything."""
    names = [f"{name}{domain}" for name in side]
    running = [resource(f"p_{one}", names[0]) for one in range(6)]
    account = pacemaker(*running, resource("p_vip", names[0]), dc=names[0])
    return view(
        "node1",
        corosync=CorosyncView(
            number(node),
            "1.9",
            True,
            len(side),
            32,
            tuple(MemberView(number(one), f"{one}{domain}", 1) for one in side),
            3,
        ),
        pacemaker=account._replace(
            nodes=tuple(NodeView(f"{one}{domain}", str(number(one)), one in side) for one in NODES)
        ),
        nodelist=tuple(ConfiguredView(number(one), f"{one}{domain}", (f"198.51.100.{number(one)}",)) for one in NODES),
        addresses=tuple(
            AddressView(one, "pub0") for one in (f"10.0.0.{number(node)}", *([VIP] if node == side[0] else []))
        ),
    )._replace(node=f"{node}{domain}")


THREE_SIDES = [member(node, side) for side in SIDES for node in side]


def texts(findings: Sequence[Finding]) -> List[Tuple[str, str]]:
    return [(one.condition.name, one.text) for one in findings]


def test_crit_three_partitions_of_32_nodes() -> None:
    found = texts(judge(views(*THREE_SIDES), SplitBrainOptions()).findings)
    assert found == [
        (
            "split-brain",
            "split brain: node1, node2, node3, node4 and 11 more (quorate, DC node1, runs 7 resources) against node16, "
            "node17, node18, node19 and 7 more (quorate, DC node16, runs 7 resources) against node27, node28, "
            "node29, node30 and 2 more (quorate, DC node27, runs 7 resources)",
        ),
        ("address-twice", f"{VIP} (p_vip) is carried by node1, node16 and node27"),
        (
            "resource-twice",
            "p_0, p_1, p_2, p_3, p_4, p_5 and p_vip are active on node1, node16 and node27 at once",
        ),
    ]
    assert len(found[0][1]) <= ITEM_LIMIT


def test_crit_three_partitions_of_nodes_with_long_names() -> None:
    given = [member(node, side, ".cluster.example.net") for side in SIDES for node in side]
    text = judge(views(*given), SplitBrainOptions()).findings[0].text
    assert len(text) <= ITEM_LIMIT
    assert text == (
        "split brain: 15 nodes (quorate, DC node1.cluster.example.net, runs 7 resources) against 11 nodes (quorate, DC "
        "node16.cluster.example.net, runs 7 resources) against 6 nodes (quorate, DC node27.cluster.example.net, runs 7 "
        "resources)"
    )


def test_warn_all_that_hang_are_counted() -> None:
    """Twelve of a side of fifteen, and a whole other side."""
    answers = [*(member(node, SIDES[0]) for node in NODES[:3]), *map(silent, NODES[3:])]
    found = texts(judge(views(*answers), SplitBrainOptions()).findings)
    assert found == [
        (
            "not-answering",
            "node4, node5, node6, node7, node8, node9, node10 and 5 more cannot be asked (no answer within 4 s), and "
            "node1, node2 and node3 count them as members",
        ),
        (
            "unseen",
            "node16, node17, node18, node19, node20, node21, node22 and 10 more cannot be asked (no answer within 4 s) "
            "and are not members for node1, node2 and node3: they are down, or alone and unseen",
        ),
    ]


def test_unknown_what_there_was_no_room_for_is_said_once() -> None:
    side = tuple(NODES)
    given = [member(node, side)._replace(cut=(CutView("resources", 4000, 9000),)) for node in side]
    assert texts(judge(views(*given), SplitBrainOptions()).findings) == [
        (
            "incomplete",
            "node1, node2, node3, node4, node5, node6, node7 and 25 more sent 4000 of 9000 resources: "
            "there was no room for more",
        )
    ]


@pytest.mark.parametrize("field", ["nodelist", "nodes"])
def test_unknown_node_ids_that_were_cut_are_not_compared(field: str) -> None:
    side = tuple(NODES[:3])
    first, second, third = (member(node, side) for node in side)
    assert third.pacemaker
    cut = third._replace(
        nodelist=(third.nodelist or ())[:1] if field == "nodelist" else third.nodelist,
        pacemaker=third.pacemaker._replace(nodes=third.pacemaker.nodes[:1]) if field == "nodes" else third.pacemaker,
        cut=(CutView(field, 1, 32),),
    )
    name = "node ids of corosync" if field == "nodelist" else "node ids of Pacemaker"
    assert texts(judge_drift(views(first, second, cut), DriftOptions()).findings) == [
        ("not-told", f"node3 does not report its {name}: there was no room for all of them in its view")
    ]


def test_the_same_in_every_run(tmp_path: Path) -> None:
    """The order of a set of names is another one in each process."""
    third = member(NODES[26], SIDES[2])._replace(
        authkey="deadbeef", cluster="other", vips=(VipView("p_other", (VIP,)),)
    )
    given = {str(one.node): one for one in (*THREE_SIDES[:26], third)}
    for node, made in given.items():
        (tmp_path / node).write_text(view_text(made), encoding="utf-8")
    files = [f"--from={node}={tmp_path / node}" for node in given]
    for name in ("split_brain", "drift"):
        argv = [sys.executable, "-c", f"from check_ha.cli.commands import {name}; {name}()", *files, "-v"]
        said = set()
        for seed in ("0", "1", "2", "3"):
            environment = {**ALONE, "PYTHONHASHSEED": seed, "HOME": os.devnull}
            ended = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
            assert (ended.returncode > 0, ended.stderr) == (True, "")
            said.add(ended.stdout)
        assert len(said) == 1
