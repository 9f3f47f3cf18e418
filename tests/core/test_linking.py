"""What is not together yet when corosync has just started: links, and members."""

from __future__ import annotations

import pytest

from check_ha.core.starting import link_down
from check_ha.sources.tools import CFGTOOL, CMAPCTL, Output, Tool

NODES = "nodelist.node.0.ring0_addr (str) = 198.51.100.1\nnodelist.node.1.ring0_addr (str) = 198.51.100.2\n"
ALONE = "runtime.members.1.status (str) = joined\n"
LEFT = "runtime.members.2.status (str) = left\n"
BOTH = f"{ALONE}{ALONE.replace('.1.', '.2.')}"
OLD = BOTH.replace("runtime.", "runtime.totem.pg.mrp.srp.")


def output(tool: Tool, text: str) -> Output:
    return Output(tool, tool.argv, 0, text.encode(), "", 0.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(NODES + ALONE, True), (NODES + ALONE + LEFT, True), (NODES + BOTH, False), (NODES + OLD, False), ("", False)],
    ids=["alone", "left", "ok", "ok-corosync-2", "ok-no-nodelist"],
)
def test_a_node_that_is_no_member(text: str, expected: bool) -> None:
    assert link_down({CMAPCTL: output(CMAPCTL, text)}) is expected


def test_a_link_that_is_not_up() -> None:
    outputs = {CFGTOOL: output(CFGTOOL, "nodeid: 2: disconnected\n"), CMAPCTL: output(CMAPCTL, NODES + BOTH)}
    assert link_down(outputs)
    assert not link_down({CFGTOOL: output(CFGTOOL, "nodeid: 2: connected\n")})
