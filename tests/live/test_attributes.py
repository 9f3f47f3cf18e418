"""Attributes of nodes, as real agents and tools set them: a ping resource that is cut off, and bad health."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List

import pytest

from tests.lab import Lab, wait_until
from tests.lab.node import Node

from .fault import TWO
from .verdict import install, judge

pytestmark = pytest.mark.cluster

# Nothing but the start and what --force-check does measures anything, so nothing changes between two steps.
_PING = """
<clone id="cl_gateway"><primitive id="p_gateway" class="ocf" provider="pacemaker" type="ping">
<instance_attributes id="p_gateway-attributes">
<nvpair id="p_gateway-name" name="name" value="gateway"/><nvpair id="p_gateway-dampen" name="dampen" value="0"/>
<nvpair id="p_gateway-hosts" name="host_list" value="192.0.2.10  192.0.2.2"/>
<nvpair id="p_gateway-multiplier" name="multiplier" value="100"/>
<nvpair id="p_gateway-attempts" name="attempts" value="1"/><nvpair id="p_gateway-timeout" name="timeout" value="1"/>
</instance_attributes></primitive></clone>"""
_RULE = """
<rsc_location id="l_gateway" rsc="g_web"><rule id="l_gateway-rule" score="-INFINITY" boolean-op="or">
<expression id="l_gateway-1" attribute="gateway" operation="lt" value="1" type="number"/>
<expression id="l_gateway-2" attribute="gateway" operation="not_defined"/></rule></rsc_location>"""
MEASURE = "crm_resource --force-check --resource p_gateway"
HOSTS = "ping -c 1 192.0.2.10 && ping -c 1 192.0.2.2"


def told(node: Node, *arguments: str) -> Dict[str, Any]:
    verdict = judge(node, "check_ha_nodes", ["--format=json", *arguments])
    assert verdict
    document: Dict[str, Any] = json.loads(verdict.output)
    return document


def said(node: Node, line: str, *arguments: str) -> List[str]:
    """Wait until the check says so, and return the commands that it advises."""

    def agreed() -> List[str]:
        document = told(node, *arguments)
        told_so = re.sub(r", was (not set|\d+) until \d+s ago", "", document["line"])
        assert f"{document['state']} - {told_so}" == line, document["line"]
        return [command for one in document["findings"] for command in one["commands"]]

    return wait_until(agreed, 20, line)


def drop_pings(node: Node, what: str) -> None:
    chain = "add chain ip cut out { type filter hook output priority 0; }"
    node.must("nft", f"add table ip cut; {chain}; flush chain ip cut out; add rule ip cut out {what} drop")


def test_ping_and_health(lab_with: Any) -> None:
    lab: Lab = lab_with(TWO)
    install(lab)
    node, other = lab["node1"], lab["node2"]
    lab.admin("cibadmin", "--create", "--scope=resources", "--xml-text", _PING)
    wanted = ("--attribute=gateway=200:,1:", "--attribute=gateway~[0-9]+")
    fine = "2 nodes online: node1 (DC), node2"

    def measured() -> bool:
        for one in (node, other):
            assert re.search(r"'gateway@node1#node.attribute.value'=200;200:;1:", judged(one, *wanted))
        return True

    def judged(one: Node, *arguments: str) -> str:
        verdict = judge(one, "check_ha_nodes", arguments)
        assert verdict
        assert verdict.state == "OK", verdict.output
        return verdict.output

    wait_until(measured, 20, "the attribute is set on both nodes")
    assert fine.split(" (")[0] in told(node, *wanted)["line"]

    # reached by no rule, one host of two, then none, and what keeps away what runs there
    drop_pings(node, "ip daddr 192.0.2.10 icmp type echo-request")
    node.must("sh", "-c", MEASURE)
    text = "node1 reaches 1 of 2 hosts (gateway is 100, not 200)"
    assert said(node, f"WARNING - {text}, and no rule asks for it: nothing moves away") == [HOSTS]
    lab.admin("cibadmin", "--create", "--scope=constraints", "--xml-text", _RULE)
    assert said(other, f"WARNING - {text}; node1: gateway is 100 (outside range 200:)", *wanted) == [HOSTS]
    drop_pings(node, "icmp type echo-request")
    node.run(["sh", "-c", MEASURE])
    keeps = "which keeps g_web away from it (constraint l_gateway)"
    assert said(other, f"CRITICAL - node1 reaches none of 2 hosts (gateway is 0), {keeps}") == [HOSTS]
    assert re.search(r"\(gateway is 0, was 100 until \d+s ago\)", told(other)["line"])
    node.must("nft", "flush", "ruleset")
    node.must("sh", "-ec", HOSTS)
    node.must("sh", "-c", MEASURE)
    wait_until(lambda: judged(node, *wanted), 20, "all is well")

    # an attribute that somebody has deleted
    node.must("attrd_updater", "--name=gateway", "--delete")
    text = "node1: p_gateway runs there, and its attribute gateway is not set"
    commands = said(node, f"UNKNOWN - {text}, {keeps}")
    node.must("sh", "-ec", commands[0])
    wait_until(lambda: judged(node, *wanted), 20, "all is well")

    # health: Pacemaker does nothing, then it does, and the attribute goes again
    lab.admin("attrd_updater", "--name=#health-disk", "--update=red", "--node=node2")
    lab.admin("crm_attribute", "--node=node2", "--name=#health-fan", "--update=yellow")
    text = (
        "node2: #health-disk is red, #health-fan is yellow, and node-health-strategy is none: its resources stay there"
    )
    lab.admin("sh", "-ec", said(node, f"WARNING - {text}")[0])
    where = "nothing may run there (node-health-strategy=migrate-on-red)"
    lab.admin("sh", "-ec", said(other, f"CRITICAL - node2: its health is red (#health-disk): {where}")[0])
    lab.admin("sh", "-ec", said(other, "WARNING - node2: its health is yellow (#health-fan)")[0])
    wait_until(lambda: judged(node, *wanted), 20, "all is well")
