"""Whatever is fed to the parsers: a result or a ParseError, and an error that is fit to be printed."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.parsers.addresses import canonical, parse_ip_addr
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.parsers.times import parse_time

Parser = Callable[[bytes], object]

DATA = Path(__file__).parent / "data" / "pacemaker"
PARSERS: Dict[str, Parser] = {"crm_mon": parse_crm_mon, "cib": parse_cib, "ip addr": parse_ip_addr}


def parser_of(path: Path) -> Parser:
    if path.suffix == ".json":
        return parse_ip_addr
    return parse_cib if path.name.endswith(".cib.xml") else parse_crm_mon


DOCUMENTS = [(parser_of(path), path.read_bytes()) for path in sorted(DATA.iterdir())]
documents = st.sampled_from(DOCUMENTS)


def result_or_parse_error(parser: Parser, data: bytes) -> None:
    try:
        parser(data)
    except ParseError as error:
        refusal = error
    else:
        return
    assert refusal.message
    assert len(str(refusal)) < 2000


def test_the_documents_are_good_ones() -> None:
    for parser, data in DOCUMENTS:
        assert parser(data)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS.keys())
@given(data=st.binary())
def test_any_bytes(parser: Parser, data: bytes) -> None:
    result_or_parse_error(parser, data)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS.keys())
@given(text=st.text())
def test_any_text(parser: Parser, text: str) -> None:
    result_or_parse_error(parser, text.encode("utf-8", "surrogatepass"))


@given(documents, st.data())
def test_truncated(document: tuple[Parser, bytes], draw: st.DataObject) -> None:
    """Cut short of its last character but the newline, no document is accepted."""
    parser, data = document
    end = draw.draw(st.integers(0, len(data.rstrip()) - 1))
    with pytest.raises(ParseError):
        parser(data[:end])


@given(documents, st.data())
def test_bytes_flipped(document: tuple[Parser, bytes], draw: st.DataObject) -> None:
    parser, data = document
    changed = bytearray(data)
    for place in draw.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=5)):
        changed[place] = draw.draw(st.integers(0, 255))
    result_or_parse_error(parser, bytes(changed))


@given(
    documents, st.data(), st.binary(max_size=30) | st.sampled_from([b"(null)", b"-1", b"&#1;", b"&#x0;", b"none", b""])
)
def test_value_replaced(document: tuple[Parser, bytes], draw: st.DataObject, value: bytes) -> None:
    """What stands between two quotes becomes something else."""
    parser, data = document
    pieces = data.split(b'"')
    pieces[2 * draw.draw(st.integers(0, len(pieces) // 2 - 1)) + 1] = value
    result_or_parse_error(parser, b'"'.join(pieces))


@given(documents, st.data())
def test_line_left_out_or_doubled(document: tuple[Parser, bytes], draw: st.DataObject) -> None:
    parser, data = document
    lines = data.splitlines(keepends=True)
    line = draw.draw(st.integers(0, len(lines) - 1))
    lines[line] *= draw.draw(st.sampled_from([0, 2]))
    result_or_parse_error(parser, b"".join(lines))


@given(st.text())
def test_any_time(text: str) -> None:
    result_or_parse_error(lambda data: parse_time(text), b"")


@given(st.ip_addresses())
def test_every_address_has_one_spelling(address: object) -> None:
    text = canonical(str(address).upper())
    assert text is not None
    assert canonical(text) == text
    assert canonical(f" {text}/32 ") == text


@given(st.text())
def test_any_address(text: str) -> None:
    found = canonical(text)
    assert found is None or canonical(found) == found
