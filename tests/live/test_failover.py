"""What check_ha_failover foretells on a live cluster, who may ask it, and that it happens.

``python -m tests.live.foretold`` has the other configurations.
"""

from __future__ import annotations

import pytest

from tests.lab import Lab, wait_until
from tests.lab.node import Node

from .foretold import CONFIGURATIONS, compared
from .rights import changed_rights
from .verdict import Verdict, install, judge, left_behind

pytestmark = pytest.mark.cluster

CHECK = "check_ha_failover"
BAN = "if node2 dies, p_single runs nowhere: constraint cli-ban-p_single-on-node1 keeps it off node1"


def said(node: Node, *arguments: str, user: str = "root") -> Verdict:
    """What the check says, and that nothing of it is left."""
    verdict = judge(node, CHECK, arguments, user)
    assert verdict is not None
    shadows = "ls -d /dev/shm/check_ha-* /var/tmp/check_ha-simulate-* /var/lib/pacemaker/cib/shadow.*"
    assert node.run(["sh", "-c", f"{shadows} 2>/dev/null"]).stdout == ""
    assert left_behind(node) == ""
    return verdict


def test_with_fencing_foretold_is_what_happens(fencing: Lab) -> None:
    configuration = next(one for one in CONFIGURATIONS if one.name == "fencing")
    first = next(compared(fencing, configuration))
    assert first.victim == "node1"
    assert sum(first.happened.values()) == 10
    assert first.difference == ""


def test_a_ban_that_is_forgotten_to_root_and_through_the_door(two_nodes: Lab) -> None:
    install(two_nodes)
    node = two_nodes["node1"]
    before = said(node)
    assert (before.state, before.text.partition(";")[0]) == (
        "OK",
        "any one of node1, node2 may be lost, 5 of 5 resources run on",
    )
    two_nodes.admin("crm_resource", "--ban", "--resource", "p_single", "--node", "node1")
    wait_until(lambda: said(node).state == "WARNING", 10, "the ban is seen")
    with changed_rights(node) as rights:
        user = rights.add_user("foreteller")
        two_nodes.grant_sudo(user, "/usr/local/bin/check_ha_collect")
        for verdict in (said(node), said(node, "--sudo", user=user)):
            assert (verdict.state, verdict.text) == ("WARNING", BAN)
    assert said(node, "--if", "node1=standby").state == "OK"
    node.must("crm_simulate", "--live-check", "--node-fail", "node2", "--simulate", "--show-scores")  # as is advised
    two_nodes.admin("crm_resource", "--clear", "--resource", "p_single")  # as is advised
    assert said(node).state == "OK"
