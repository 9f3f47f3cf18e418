"""Transient node attributes, and what is cut out of the document around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cib_transient import parse_transient, without_history
from check_ha.parsers.xml import parse_document
from tests.replay import RECORDINGS

RECORDED = sorted(RECORDINGS.glob("lab/p*/node1/cibadmin.xml"))
PAIR = '<nvpair id="p{0}" name="{0}" value="1"/>'


def state(name: str, *names: str, rest: str = "<lrm/>") -> str:
    pairs = "".join(map(PAIR.format, names))
    held = f"<instance_attributes id='i'>{pairs}</instance_attributes>"
    attributes = f"<transient_attributes id='{name}'>{held}</transient_attributes>" if names else ""
    return f"<node_state id='{name}' uname='{name}'>{attributes}{rest}</node_state>"


def cib(*states: str) -> bytes:
    return f"<cib><configuration/><status>{''.join(states)}</status></cib>".encode()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.parts[-3])
def test_what_is_cut_out_is_not_missed(path: Path) -> None:
    data = path.read_bytes()
    whole, cut = (parse_transient(parse_document(one)) for one in (data, without_history(data)))
    assert cut == whole
    assert parse_cib(data).transient == whole


def test_only_the_attributes_are_left() -> None:
    data = cib(state("a"), state("b", "pingd", "x", rest="<lrm><lrm_resource/></lrm>"), state("c", "pingd"), state("d"))
    left = cib(state("b", "pingd", "x", rest=""), state("c", "pingd", rest=""))
    assert without_history(data) == left
    assert parse_transient(parse_document(left)) == {"b": (("pingd", "1"), ("x", "1")), "c": (("pingd", "1"),)}


@pytest.mark.parametrize(
    ("data", "left"),
    [
        pytest.param(b"<cib><configuration/></cib>", None, id="no-status"),
        pytest.param(b"<cib><status/></cib>", None, id="an-empty-status"),
        pytest.param(b"<cib><status><node_state>", None, id="cut-off"),
        pytest.param(cib("<transient_attributes></transient_attributes>"), cib(), id="of-no-node"),
        pytest.param(cib(state("a", rest="<transient_attributes/>")), cib(), id="empty"),
        pytest.param(cib(state("a", "x").replace("</transient", "</other")), cib(), id="without-end"),
        pytest.param(cib("<node_state id='a' uname='a'/>", state("b", "x")), cib(state("b", "x", rest="")), id="two"),
    ],
)
def test_what_has_no_such_part(data: bytes, left: bytes | None) -> None:
    assert without_history(data) == (data if left is None else left)


def test_a_node_without_a_name_is_left_out() -> None:
    assert parse_transient(parse_document(cib(state("a", "x").replace("uname", "hidden")))) == {}
