"""Corosync 1.4 and 2.3 live: programs that print what was recorded of them, and refuse what those versions refuse."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from check_ha.cli.node import collect
from check_ha.cli.register import check_named
from check_ha.cli.view import view_from
from check_ha.sources.node import ThisNode
from check_ha.sources.recording import Recording
from check_ha.sources.tools import CMAPCTL, CRM_NODE_LIST, QUORUMTOOL_NODES
from tests.faketools import from_recording
from tests.replay import RECORDINGS, SAMPLES, label, replay

FOUNDING = RECORDINGS / "founding"


class Node(NamedTuple):
    """A node that was recorded."""

    recording: str
    tools: str
    """A folder with programs that say the same."""


@pytest.fixture(
    name="node",
    params=[
        FOUNDING / "14-ver0-healthy/node1",
        SAMPLES / "founding-1.4-both-rings-cut/node2",
        FOUNDING / "23-pcmk1.1.10-healthy/node2",
    ],
    ids=label,
)
def recorded_node(request: pytest.FixtureRequest, tmp_path: Path) -> Node:
    from_recording(request.param, tmp_path)
    return Node(str(request.param), str(tmp_path))


@pytest.mark.parametrize("name", ["daemons", "quorum", "rings"])
def test_live_verdict_is_that_of_the_recording(node: Node, name: str) -> None:
    live = replay(check_named(name), "--tools", node.tools, "--state-dir", f"{node.tools}/state")
    assert live == replay(check_named(name), "--from", node.recording)


def test_live_view_is_that_of_the_recording(node: Node) -> None:
    recorded = view_from(Recording(node.recording))
    assert view_from(ThisNode((node.tools,)))._replace(time=recorded.time) == recorded


def test_on_newer_systems_nothing_more_is_run(tmp_path: Path) -> None:
    from_recording(SAMPLES / "healthy-2node/node1", tmp_path)
    asked = collect(check_named("rings").readings, ThisNode((str(tmp_path),)))
    assert asked[CMAPCTL].label == "corosync-cmapctl"
    assert not {CRM_NODE_LIST, QUORUMTOOL_NODES}.intersection(asked)
