"""Classic ways in which a failover fails: what every other check makes of them, and that this one names them.

Each is a recorded cluster with one thing configured wrongly, as crm_mon shows it, judged by the scheduler that is
installed here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple, Tuple

import pytest

from check_ha.checks.failover.check import CHECK
from check_ha.sources.tools import CRM_MON
from tests.needed import program
from tests.replay import SAMPLES, replay, replay_all

TWO, FENCING = "healthy-2node", "healthy-3node-fencing"
Edit = Tuple[str, str]
"""Words of the CIB, and what takes their place."""


class Way(NamedTuple):
    """A wrong configuration."""

    name: str
    edits: Tuple[Edit, ...]
    said: str
    """What check_ha_failover says first."""
    others: str = "{verdict}"
    """How check_ha begins: as it is without this, or with more in front of what was told before."""
    base: str = TWO
    """The recorded cluster, of which check_ha has nothing to say but what has nothing to do with it."""


def after(tag: str, text: str) -> Edit:
    return tag, tag + text


def constraint(text: str) -> Edit:
    return after("<constraints>", text)


def ban(resource: str, node: int) -> Edit:
    return constraint(f'<rsc_location id="no_{resource}_{node}" rsc="{resource}" score="-INFINITY" node="node{node}"/>')


def pairs(tag: str, prefix: str, **values: str) -> str:
    found = ((f"{prefix}-{name}", name.replace("_", "-"), value) for name, value in values.items())
    inner = "".join(f'<nvpair id="{identity}" name="{name}" value="{value}"/>' for identity, name, value in found)
    return f'<{tag} id="{prefix}">{inner}</{tag}>'


def of_resource(name: str, kind: str, agent: str, **values: str) -> Edit:
    tag = f'<primitive id="{name}" class="ocf" provider="{agent.split(":")[0]}" type="{agent.split(":")[1]}">'
    return after(tag, pairs(kind, f"{name}-{kind}", **values))


def of_node(number: int, kind: str, **values: str) -> Edit:
    tag = f'<node id="{number}" uname="node{number}"'
    return f"{tag}/>", f"{tag}>{pairs(kind, f'node{number}-{kind}', **values)}</node>"


def option(name: str, value: str) -> Edit:
    return after('<cluster_property_set id="cib-bootstrap-options">', f'<nvpair id="x" name="{name}" value="{value}"/>')


def attribute(node: int, name: str, value: str) -> Edit:
    return after(f'<instance_attributes id="status-{node}">', f'<nvpair id="{name}" name="{name}" value="{value}"/>')


KNOB, VIP = "lab:Knob", "heartbeat:IPaddr2"
ONLY_NODE1 = (
    '<rsc_location id="only" rsc="ms_db"><rule id="only-rule" role="Promoted" score="-INFINITY">'
    '<expression id="only-e" attribute="#uname" operation="ne" value="node1"/></rule></rsc_location>'
)
PINGS = (
    '<rsc_location id="gw" rsc="g_web"><rule id="gw-rule" score="-INFINITY" boolean-op="or">'
    '<expression id="gw-1" attribute="pingd" operation="lt" value="1" type="number"/>'
    '<expression id="gw-2" attribute="pingd" operation="not_defined"/></rule></rsc_location>'
)


def allowed(resource: str, *nodes: int, more: str = "") -> Edit:
    start = f'<rsc_location rsc="{resource}" score="1"{more}'
    return constraint("".join(f'{start} id="in_{resource}_{node}" node="node{node}"/>' for node in nodes))


def colocation(resource: str, other: str, score: str, more: str = "") -> Edit:
    return constraint(f'<rsc_colocation id="both" rsc="{resource}" with-rsc="{other}" score="{score}"{more}/>')


NO_ADDRESS = "if node1 dies, p_vip (192.0.2.100) is served nowhere, and p_app runs nowhere"

WAYS = (
    Way("ban-forgotten", (ban("g_web", 2),), f"{NO_ADDRESS}: constraint no_g_web_2 keeps it off node2"),
    Way(
        "fence-device-only-on-its-victim", (ban("st_node1", 2), ban("st_node1", 3)),
        "if node1 dies, nothing is taken over from it: it cannot be fenced (no other node may run st_node1)",
        "HA WARNING - fencing: node1 cannot be fenced: no other node may run st_node1; {base}", base=FENCING,
    ),
    Way(
        "opt-in-and-the-peer-left-out",
        (option("symmetric-cluster", "false"), *(allowed(name, 1, 2) for name in ("ms_db", "cl_ping"))),
        f"{NO_ADDRESS}: it may not run on node2",
    ),
    Way(
        "resource-discovery-exclusive", (allowed("p_single", 2, more=' resource-discovery="exclusive"'),),
        "if node2 dies, p_single runs nowhere: it may not run on node1",
    ),
    Way(
        "migration-threshold-reached-on-the-peer",
        (('name="fail-count-p_single#monitor_5000" value="1"', 'name="fail-count-p_single#monitor_5000" value="2"'),),
        "if node1 dies, p_single runs nowhere: it has failed too often on node2",
        "HA CRITICAL - failed_actions: p_single is banned from node2 (fail-count 2 of 2); ", base="migration-threshold",
    ),
    Way(
        "peer-in-standby", (of_node(2, "instance_attributes", standby="on"),), f"{NO_ADDRESS}: node2 is standby",
        "HA WARNING - nodes: node2 is in standby; {base}",
    ),
    Way(
        "no-room-on-the-peer",
        (
            option("placement-strategy", "balanced"),
            of_resource("p_single", "utilization", KNOB, memory="1"),
            of_resource("p_app", "utilization", KNOB, memory="1"),
            of_resource("p_vip", "utilization", VIP, memory="1"),
            of_node(1, "utilization", memory="2"), of_node(2, "utilization", memory="2"),
        ),
        "if node1 dies, p_app runs nowhere: perhaps no node has the capacity left (placement-strategy=balanced)",
    ),
    Way(
        "never-on-one-node-with-another", (colocation("p_single", "g_web", "-INFINITY"),),
        "if node1 dies, p_single runs nowhere: constraint both keeps it off node2, where g_web would be",
    ),
    Way(
        "promoted-only-here", (constraint(ONLY_NODE1),),
        "if node1 dies, ms_db is promoted nowhere: constraint only keeps it from being promoted on node2",
    ),
    Way(
        "needs-what-is-promoted-only-here",
        (constraint(ONLY_NODE1), colocation("g_web", "ms_db", "INFINITY", ' with-rsc-role="Promoted"')),
        f"{NO_ADDRESS}: it needs ms_db",
    ),
    Way(
        "ping-attribute-missing-on-the-peer", (constraint(PINGS), attribute(1, "pingd", "100")),
        f"{NO_ADDRESS}: constraint gw keeps it off node2",
    ),
    Way(
        "unmanaged", (of_resource("p_single", "meta_attributes", KNOB, is_managed="false"),),
        "if node2 dies, p_single runs nowhere: it is unmanaged",
        "HA WARNING - resources: p_single is unmanaged: the cluster will not start, stop or move it; {base}",
    ),
    Way(
        "two_node-left-out", (),
        "if node1 or node2 dies, no quorum is left (1 of 2 votes, 2 needed): everything stops (no-quorum-policy=stop)",
        "HA WARNING - quorum: the loss of one vote loses quorum: 2 needed (two nodes without two_node: 1 in "
        "corosync.conf); ", base="single-link-no-two-node",
    ),
)  # fmt: skip


def made(way: Way, folder: Path) -> Path:
    """The recorded directory of the base, with the CIB changed, and what crm_mon says of that."""
    directory = folder / "node1"
    shutil.copytree(SAMPLES / way.base / "node1", directory)
    path = directory / "cibadmin.xml"
    text = path.read_text(encoding="utf-8")
    for old, new in way.edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "CIB_file": str(path), "TZ": "UTC", "LC_ALL": "C"}
    shown = subprocess.run(CRM_MON.argv, env=environment, capture_output=True, check=True).stdout
    (directory / "crm_mon.xml").write_bytes(shown)
    return directory


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"warn-{way.name}")
def test_a_classic_way(way: Way, tmp_path: Path) -> None:
    program("crm_simulate", "pacemaker-cli-utils")
    directory = str(made(way, tmp_path))
    code, output = replay(CHECK, "--from", directory)
    assert (code, output.partition("; ")[0].partition(" | ")[0]) == (1, f"HA_FAILOVER WARNING - {way.said}")
    base = replay_all("--from", str(SAMPLES / way.base / "node1"))[1].partition(" | ")[0].rstrip()
    others = replay_all("--from", directory)[1]
    assert others.startswith(way.others.format(verdict=base, base=base.partition(" - ")[2]))


def test_where_a_rule_asks_for_an_attribute_the_attribute_is_what_to_look_at(tmp_path: Path) -> None:
    program("crm_simulate", "pacemaker-cli-utils")
    way = next(one for one in WAYS if one.name == "ping-attribute-missing-on-the-peer")
    _, output = replay(CHECK, "--from", str(made(way, tmp_path)), "-v")
    step = "its rule asks for pingd: see what the nodes have of it: crm_mon --one-shot --show-node-attributes"
    assert f"\n  -> {step}\n" in output
