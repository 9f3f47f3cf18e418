"""Which node is this? Each source alone, and what goes first."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from check_ha.cluster.this_node import ListedNode, this_node
from check_ha.model.addresses import InterfaceAddress, Interfaces
from check_ha.model.corosync import CorosyncMap, NodelistNode
from tests.checks.build import cluster

MAP = CorosyncMap(
    nodes=(
        NodelistNode(1, "node1", ((0, "198.51.100.1"),)),
        NodelistNode(2, "node2", ((0, "198.51.100.2"), (1, "FD00:0::2"))),
    ),
    members=(),
)
NAMELESS = MAP._replace(nodes=tuple(node._replace(name="") for node in MAP.nodes))


def carrying(address: str) -> Interfaces:
    return Interfaces((InterfaceAddress("eth0", address, 24, "inet"),))


SOURCES: Dict[str, tuple[Dict[str, Any], Optional[str]]] = {
    "nothing": ({}, None),
    "crm_node": ({"reported": "node1", "cluster": cluster()}, "node1"),
    "crm_node-and-no-crm_mon": ({"reported": "node1"}, "node1"),
    "crm_mon": ({"cluster": cluster(origin="node2")}, "node2"),
    "crm_node-goes-first": ({"reported": "node1", "cluster": cluster(origin="node2")}, "node1"),
    "a-name-that-the-cluster-has-goes-first": (
        {"reported": "node2.example.net", "cluster": cluster(), "cmap": MAP._replace(local_node_id=2)}, "node2",
    ),
    "a-name-that-the-cluster-has-not-is-better-than-none": ({"reported": "node9", "cluster": cluster()}, "node9"),
    "local-node-id": ({"cmap": MAP._replace(local_node_id=2)}, "node2"),
    "local-node-id-and-no-names-in-the-nodelist": (
        {"cluster": cluster(), "cmap": NAMELESS._replace(local_node_id=2)}, "node2",
    ),
    "address": ({"cmap": MAP, "interfaces": carrying("198.51.100.1")}, "node1"),
    "address-spelt-otherwise": ({"cmap": MAP, "interfaces": carrying("fd00::2")}, "node2"),
    "address-and-no-names-in-the-nodelist": (
        {"cluster": cluster(), "cmap": NAMELESS, "interfaces": carrying("198.51.100.2")}, "node2",
    ),
    "address-of-none": ({"cluster": cluster(), "cmap": MAP, "interfaces": carrying("198.51.100.9")}, None),
    "address-and-no-map": ({"cluster": cluster(), "interfaces": carrying("198.51.100.1")}, None),
    "nodelist-of-the-file": (
        {"nodelist": (ListedNode(None, "node1", ("198.51.100.1",)),), "interfaces": carrying("198.51.100.1")}, "node1",
    ),
    "no-names-at-all": ({"cmap": NAMELESS._replace(local_node_id=2)}, None),
}  # fmt: skip


@pytest.mark.parametrize(("given", "name"), SOURCES.values(), ids=SOURCES)
def test_this_node(given: Dict[str, Any], name: Optional[str]) -> None:
    assert this_node(**{"reported": None, **given}) == name
