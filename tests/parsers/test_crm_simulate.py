"""What crm_simulate of Pacemaker 2.1.5 and 3.0.0 foretells, and what crm_mon prints for versions before 2.1."""

from __future__ import annotations

import subprocess

import pytest

from check_ha.model.cluster import Cluster
from check_ha.model.foretold import Foretold
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crm_simulate import parse_crm_simulate
from check_ha.parsers.errors import ParseError
from tests.needed import program
from tests.replay import RECORDINGS, SAMPLES

PRINTED = (RECORDINGS / "simulated/3node-node1-dead.2.1.5.xml").read_bytes()
IN_TWO_STEPS = (RECORDINGS / "simulated/2node-node1-dead.3.0.0.xml").read_bytes()
CUT_SHORT = (RECORDINGS / "simulated/2node-node1-dead-cut-short.3.0.0.xml").read_bytes()


def places(foretold: Foretold) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Role and nodes of each instance, by id."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for placed in Cluster(None, None, foretold.nodes, foretold.resources).primitives():
        found.setdefault(placed.primitive.id, []).append((placed.primitive.role, placed.primitive.nodes))
    return found


def test_the_outcome_is_read_and_not_the_state_before() -> None:
    foretold = parse_crm_simulate(PRINTED)
    assert [(node.name, node.online) for node in foretold.nodes] == [("node1", False), ("node2", True), ("node3", True)]
    assert foretold.fenced == ("node1",)
    assert places(foretold) == {
        "p_single": [("Started", ("node2",))],
        "st_node1": [("Started", ("node3",))],
        "st_node2": [("Started", ("node3",))],
        "st_node3": [("Started", ("node2",))],
        "p_vip": [("Started", ("node2",))],
        "p_app": [("Started", ("node2",))],
        "p_ping": [("Started", ("node2",)), ("Started", ("node3",)), ("Stopped", ())],
        "p_db": [("Promoted", ("node2",)), ("Unpromoted", ("node3",)), ("Stopped", ())],
    }


def test_the_outcome_of_a_node_that_has_failed_in_a_step_before() -> None:
    """What versions from 2.1.8 on are asked; the state before is that in which it has failed."""
    short = IN_TWO_STEPS.replace(b"--simulate", b"--run", 1).partition(b"<revised_cluster_status>")[0] + STATUS
    for document in (IN_TWO_STEPS, short):
        foretold = parse_crm_simulate(document)
        assert [(node.name, node.online) for node in foretold.nodes] == [("node1", False), ("node2", True)]
        assert foretold.fenced == ()
        assert places(foretold) == {
            "p_single": [("Started", ("node2",))],
            "p_vip": [("Started", ("node2",))],
            "p_app": [("Started", ("node2",))],
            "p_ping": [("Started", ("node2",)), ("Stopped", ())],
            "p_db": [("Promoted", ("node2",)), ("Stopped", ())],
        }


@pytest.mark.parametrize("sample", ["healthy-2node", "healthy-2node-pacemaker-2.0"])
def test_what_crm_mon_prints_of_the_outcome_is_read_as_well(sample: str) -> None:
    document = (SAMPLES / sample / "node1/crm_mon.xml").read_bytes()
    cluster = parse_crm_mon(document)
    assert parse_crm_simulate(document) == Foretold(cluster.nodes, cluster.resources)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        pytest.param(b"", "no output where XML was expected", id="unknown-empty"),
        pytest.param(b"<cib/>", "XML, but not from crm_simulate: <cib>", id="unknown-something-else"),
        pytest.param(
            b'<pacemaker-result><status code="70" message="Internal software bug"/></pacemaker-result>',
            "nothing was simulated: status 70, Internal software bug",
            id="unknown-failed",
        ),
        pytest.param(
            PRINTED.partition(b"<revised_cluster_status>")[0] + b"</pacemaker-result>",
            "crm_simulate printed no outcome",
            id="unknown-no-outcome",
        ),
        pytest.param(CUT_SHORT, "crm_simulate printed no outcome", id="unknown-cut-short-as-from-2.1.8-on"),
        pytest.param(
            b"<pacemaker-result><revised_cluster_status/></pacemaker-result>",
            "no cluster data: no node listed",
            id="unknown-no-node",
        ),
    ],
)
def test_what_is_no_answer_is_refused(document: bytes, error: str) -> None:
    with pytest.raises(ParseError) as raised:
        parse_crm_simulate(document)
    assert str(raised.value) == error


ACTIONS = PRINTED.replace(b"--simulate", b"--run", 1).partition(b"<revised_cluster_status>")[0]
STATUS = b'<status code="0" message="OK"/></pacemaker-result>'


def with_actions(*actions: str) -> bytes:
    """What is printed with ``--run``, with these actions in place of its own."""
    before, after = ACTIONS.partition(b"<actions>")[0], ACTIONS.partition(b"</actions>")[2]
    return before + b"<actions>" + "".join(actions).encode() + b"</actions>" + after + STATUS


def test_what_it_would_do_is_applied_to_what_runs() -> None:
    """As it is asked of a large cluster."""
    short, whole = parse_crm_simulate(ACTIONS + STATUS), parse_crm_simulate(PRINTED)
    assert {name: sorted(found) for name, found in places(short).items()} == {
        name: sorted(found) for name, found in places(whole).items()
    }
    assert [(node.name, node.online) for node in short.nodes] == [(node.name, node.online) for node in whole.nodes]
    assert short.fenced == whole.fenced


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        pytest.param(
            '<rsc_action action="stop" resource="st_node1" node="node2"/>', "st_node1", [("Stopped", ())], id="stop"
        ),
        pytest.param(
            '<rsc_action action="stop" resource="st_node1" node="node2" blocked="true"/>', "st_node1",
            [("Started", ("node2",))], id="blocked",
        ),
        pytest.param(
            '<rsc_action action="recover" resource="st_node1" node="node2"/>', "st_node1", [("Started", ("node2",))],
            id="recover",
        ),
        pytest.param(
            '<rsc_action action="migrate" resource="st_node1" source="node2" dest="node3"/>', "st_node1",
            [("Started", ("node3",))], id="migrate",
        ),
        pytest.param(
            '<rsc_action action="start" resource="p_db:0" node="node3"/>', "p_db",
            [("Stopped", ()), ("Unpromoted", ("node2",)), ("Unpromoted", ("node3",))], id="starts-where-it-runs",
        ),
        pytest.param(
            '<rsc_action action="promote" resource="p_db:1" role="Unpromoted" next-role="Promoted" source="node3"/>',
            "p_db", [("Promoted", ("node3",)), ("Stopped", ()), ("Unpromoted", ("node2",))], id="promote",
        ),
    ],
)  # fmt: skip
def test_one_action(action: str, resource: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert sorted(places(parse_crm_simulate(with_actions(action)))[resource]) == expected


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ('<rsc_action action="stop" resource="p_single" node="node3"/>', "instance of p_single that is not listed"),
        ('<rsc_action action="start" resource="p_other" node="node3"/>', "instance of p_other that is not listed"),
        ('<rsc_action resource="p_single" node="node3"/>', "an action that is not understood"),
        ('<rsc_action action="leave" resource="p_single"/>', "an action that is not understood"),
        ('<rsc_action action="promote" resource="p_db:1" next-role="Boss" source="node3"/>', "next-role of"),
    ],
)  # fmt: skip
def test_unknown_an_action_that_is_not_understood(action: str, error: str) -> None:
    with pytest.raises(ParseError, match=error):
        parse_crm_simulate(with_actions(action))


@pytest.mark.parametrize("sample", ["healthy-3node-fencing", "cli-ban", "maintenance-mode", "failed-stop-blocked"])
def test_both_ways_of_asking_foretell_the_same(sample: str) -> None:
    command = [program("crm_simulate", "pacemaker-cli-utils"), "--xml-pipe", "--node-fail", "node1", "--output-as=xml"]
    cib = (SAMPLES / sample / "node1/cibadmin.xml").read_bytes()
    short, whole = (
        parse_crm_simulate(subprocess.run([*command, how], input=cib, capture_output=True, check=True).stdout)
        for how in ("--run", "--simulate")
    )

    def running(foretold: Foretold) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        found = {name: sorted(one for one in those if one[1]) for name, those in places(foretold).items()}
        return {name: those for name, those in found.items() if those}

    assert running(short) == running(whole)
