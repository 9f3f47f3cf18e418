"""What failed, by the status of the CIB, where crm_mon 1.1 does not list it."""

from __future__ import annotations

import pytest

from check_ha.model.cib import CountedFailures, FailedOperation, Recorded
from check_ha.model.cluster import INFINITY
from check_ha.parsers.cib import parse_cib
from tests.replay import RECORDINGS

STOPPED_BADLY = RECORDINGS / "founding" / "23-pcmk1.1.10-failed-stop-blocked" / "node1" / "cibadmin.xml"


def test_recorded() -> None:
    """What crm_mon -1rf of 1.1.10 prints under "Failed actions" and "Migration summary"."""
    document = STOPPED_BADLY.read_bytes()
    recorded = parse_cib(document).recorded
    assert recorded is not None
    assert recorded.history["node1"] == {"p_app": True, "p_st": True, "p_ping": True, "IPaddr": True, "p_knob": False}
    assert recorded._replace(history={}) == Recorded(
        (
            FailedOperation("p_knob", "stop", "node2", 1, when=1795872227, call=62),
            FailedOperation("IPaddr", "monitor", "node1", 7, interval=10000, when=1795872217, call=40),
        ),
        (
            CountedFailures("node2", "p_knob", INFINITY, 1795872227),
            CountedFailures("node1", "IPaddr", 1, 1795872217),
        ),
        {},
    )
    newer = document.replace(b'crm_feature_set="3.0.7"', b'crm_feature_set="3.0.11"', 1)
    assert parse_cib(newer).recorded is None, "1.1.15 lists it in crm_mon"
    without = document[: document.index(b"<status")] + b"</cib>"
    assert parse_cib(without).recorded is None, "hidden is not the same as nothing"
    assert parse_cib(document.replace(b'rc-code="1"', b'rc-code="?"')).recorded is None


def operation(task: str = "monitor", code: int = 0, target: str = "0", status: int = 0, interval: int = 0) -> bytes:
    key = f' transition-key="4:8:{target}:a0732f65-3bfc-4e86-a581-4dd401902d45"' if target else ""
    return (
        f'<lrm_rsc_op id="p_last_0" operation="{task}" call-id="9" rc-code="{code}" op-status="{status}" '
        f'interval="{interval}"{key}/>'
    ).encode()


def failed(*operations: bytes, options: bytes = b"") -> int:
    """How many actions failed, of one resource on one node."""
    recorded = parse_cib(
        b'<cib crm_feature_set="3.0.7"><configuration><crm_config><cluster_property_set id="cib-bootstrap-options">'
        + options
        + b'</cluster_property_set></crm_config></configuration><status><node_state uname="node1"><lrm><lrm_resources>'
        + b'<lrm_resource id="p">'
        + b"".join(operations)
        + b"</lrm_resource></lrm_resources></lrm></node_state></status></cib>"
    ).recorded
    assert recorded is not None
    return len(recorded.operations)


ASYMMETRIC = b'<nvpair id="s" name="symmetric-cluster" value="false"/>'
OPERATIONS = {
    "ok-probe-that-found-it-stopped": (operation(code=7, target="7"), 0),
    "ok-probe-that-found-it-running": (operation(code=0, target="7"), 0),
    "ok-probe-that-found-it-promoted": (operation(code=8, target="7"), 0),
    "ok-start": (operation("start"), 0),
    "ok-monitor-of-what-is-promoted": (operation(code=8, target="8", interval=10000), 0),
    "ok-pending": (operation("start", code=-1, status=-1), 0),
    "ok-cancelled": (operation(code=0, status=1, interval=10000), 0),
    "ok-notify": (operation("notify", code=1), 0),
    "ok-legacy-without-a-target": (operation("start", target=""), 0),
    "failed-monitor": (operation(code=7, interval=10000), 1),
    "failed-promoted-where-it-was-not-expected": (operation(code=8, interval=10000), 1),
    "failed-promoted": (operation(code=9, target="8", interval=10000), 1),
    "failed-not-promoted-where-it-was-expected": (operation(code=0, target="8", interval=10000), 1),
    "failed-start": (operation("start", code=1), 1),
    "failed-timed-out": (operation("start", code=1, status=2), 1),
    "failed-stop-that-says-not-running": (operation("stop", code=7), 1),
    "failed-probe-not-configured": (operation(code=6, target="7"), 1),
    "failed-probe-not-installed": (operation(code=5, target="7"), 1),
    "failed-once-as-last-and-as-last-failure": (operation("start", code=1) + operation("start", code=1), 1),
}


@pytest.mark.parametrize(("given", "number"), OPERATIONS.values(), ids=OPERATIONS)
def test_what_is_a_failure(given: bytes, number: int) -> None:
    assert failed(given) == number


def test_agents_that_are_not_everywhere() -> None:
    assert failed(operation(code=5, target="7"), options=ASYMMETRIC) == 0
    assert failed(operation(code=6, target="7"), options=ASYMMETRIC) == 1
