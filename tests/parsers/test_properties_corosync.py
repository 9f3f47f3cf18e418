"""Whatever the Corosync tools print: a result or a ParseError, and nothing else."""

from __future__ import annotations

from typing import Callable, List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.parsers.cfgtool import parse_cfgtool
from check_ha.parsers.cfgtool_nodes import parse_cfgtool_nodes
from check_ha.parsers.cmapctl import parse_cmapctl, parse_cmapctl_stats
from check_ha.parsers.errors import ParseError
from check_ha.parsers.quorumtool import parse_quorumtool
from tests.parsers import test_cfgtool as cfgtool
from tests.parsers import test_quorumtool as quorumtool
from tests.parsers.test_cmapctl import recorded

Parser = Callable[[bytes], object]

REAL: List[Tuple[Parser, List[bytes]]] = [
    (
        parse_cfgtool,
        [
            cfgtool.RINGS.encode(),
            cfgtool.BY_INDEX_LINK1_DOWN.encode(),
            cfgtool.NODE3_DEAD_3_0_4.encode(),
            cfgtool.MISLABELLED_3_1_4.encode(),
            cfgtool.LINKS_0_AND_5.encode(),
            cfgtool.SCTP_3_1_10.encode(),
        ],
    ),
    (parse_cfgtool_nodes, [cfgtool.REACHABLE.encode(), cfgtool.REACHABLE_ONWIRE.encode()]),
    (
        parse_quorumtool,
        [quorumtool.THREE_NODES.encode(), quorumtool.DEVICE_STOPPED_LOCALLY.encode(), quorumtool.COROSYNC_1_4.encode()],
    ),
    (parse_cmapctl, [recorded("cmapctl-3.1-knet-ipv6-links-0-and-5"), recorded("cmapctl-2.4-rings-ring1-faulty")]),
    (parse_cmapctl_stats, [recorded("cmapctl-stats-3.1-link1-down")]),
]
PARSERS = [pytest.param(parser, id=parser.__name__) for parser, _ in REAL]
REAL_OF = dict(REAL)


def survives(parser: Parser, data: bytes) -> None:
    offending = ""
    try:
        parser(data)
    except ParseError as error:
        offending = error.line
    assert "\n" not in offending


# Numbers at and over every limit, digits that are not ASCII, line breaks that are not "\n".
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(["9" * 5000, "-1", "4294967296", "٣", "²", "0x", "\r\n", "\u2028", "\x00", "\t", "(", " = "]).map(
        lambda text: text.encode()
    ),
)


@st.composite
def mutated(draw: st.DrawFn, originals: List[bytes]) -> bytes:
    """Real output with some places overwritten, widened or cut out, or with lines shuffled."""
    data = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 2, 10, 1000])))
        data = data[:start] + draw(PIECES) + data[end:]
    if draw(st.booleans()):
        lines = data.split(b"\n")
        position = draw(st.integers(0, len(lines) - 1))
        lines.insert(draw(st.integers(0, len(lines))), lines.pop(position))
        data = b"\n".join(lines)
    return data


@pytest.mark.parametrize("parser", PARSERS)
@given(data=st.binary())
def test_any_bytes(parser: Parser, data: bytes) -> None:
    survives(parser, data)


@pytest.mark.parametrize("parser", PARSERS)
@given(text=st.text())
def test_any_text(parser: Parser, text: str) -> None:
    survives(parser, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("parser", PARSERS)
@given(choice=st.data())
def test_any_mutation_of_real_output(parser: Parser, choice: st.DataObject) -> None:
    survives(parser, choice.draw(mutated(REAL_OF[parser])))


@pytest.mark.parametrize("parser", PARSERS)
@given(choice=st.data())
def test_any_prefix_of_real_output(parser: Parser, choice: st.DataObject) -> None:
    original = choice.draw(st.sampled_from(REAL_OF[parser]))
    survives(parser, original[: choice.draw(st.integers(0, len(original)))])


@given(choice=st.data())
def test_links_cut_off_at_a_line_are_never_read(choice: st.DataObject) -> None:
    """A link or node that is missing because the output was cut must not look like a smaller cluster."""
    text = choice.draw(st.sampled_from([cfgtool.NODE3_DEAD_3_0_4, cfgtool.LINKS_0_AND_5, cfgtool.BY_INDEX_LINK1_DOWN]))
    lines = text.splitlines(keepends=True)
    second_link = max(number for number, line in enumerate(lines) if line.startswith("LINK ID"))
    kept = choice.draw(st.integers(second_link + 1, len(lines) - 1))
    with pytest.raises(ParseError):
        parse_cfgtool("".join(lines[:kept]).encode())


@given(cut=st.integers(0, len(quorumtool.THREE_NODES.splitlines()) - 1))
def test_quorum_cut_off_at_a_line_is_never_read(cut: int) -> None:
    with pytest.raises(ParseError):
        parse_quorumtool("".join(quorumtool.THREE_NODES.splitlines(keepends=True)[:cut]).encode())
