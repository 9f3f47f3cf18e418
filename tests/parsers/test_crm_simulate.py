"""What crm_simulate foretells, as Pacemaker 2.1.5 prints it, and as versions before 2.1 have crm_mon print it."""

from __future__ import annotations

import pytest

from check_ha.model.cluster import Cluster
from check_ha.model.foretold import Foretold
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crm_simulate import parse_crm_simulate
from check_ha.parsers.errors import ParseError
from tests.replay import RECORDINGS, SAMPLES

PRINTED = (RECORDINGS / "simulated/3node-node1-dead.2.1.5.xml").read_bytes()


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
