"""Whatever DRBD's tools print: a result or a ParseError, and nothing else."""

from __future__ import annotations

from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.model.drbd import DrbdResource
from check_ha.parsers.drbdsetup import parse_drbdsetup_status
from check_ha.parsers.errors import ParseError
from check_ha.parsers.proc_drbd import parse_drbd_names, parse_proc_drbd
from tests.parsers import test_drbdsetup as status
from tests.parsers import test_proc_drbd as proc
from tests.parsers.test_properties_corosync import Parser, mutated, survives

REAL: List[Tuple[Parser, List[bytes]]] = [
    (
        parse_drbdsetup_status,
        [status.printed("9.34-resync-node2"), status.printed("8.9.8-resync-node2"), status.printed("9.34-verify")],
    ),
    (parse_proc_drbd, [proc.RESYNC.encode(), proc.OLD_8_2.encode(), proc.IN_ONE_LINE_8_4.encode()]),
    (parse_drbd_names, [b"r0/0 ../../../drbd0\nold ../../drbd7\n"]),
]
PARSERS = [pytest.param(parser, id=parser.__name__) for parser, _ in REAL]
REAL_OF = dict(REAL)


@pytest.mark.parametrize("parser", PARSERS)
@given(data=st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything(parser: Parser, data: bytes) -> None:
    survives(parser, data)


@pytest.mark.parametrize("parser", PARSERS)
@given(choice=st.data())
def test_any_mutation_of_real_output(parser: Parser, choice: st.DataObject) -> None:
    survives(parser, choice.draw(mutated(REAL_OF[parser])))


@given(choice=st.data())
def test_json_that_is_cut_is_never_read(choice: st.DataObject) -> None:
    text = choice.draw(st.sampled_from(REAL_OF[parse_drbdsetup_status])).rstrip()
    with pytest.raises(ParseError):
        parse_drbdsetup_status(text[: choice.draw(st.integers(0, len(text) - 1))])


@given(choice=st.data())
def test_a_device_that_is_cut_is_never_read(choice: st.DataObject) -> None:
    """What comes whole before the cut is all that may be read of it."""
    text = proc.RESYNC
    whole: Tuple[DrbdResource, ...] = parse_proc_drbd(text.encode()).devices
    cut = choice.draw(st.integers(1, len(text) - 1))
    try:
        read = parse_proc_drbd(text[:cut].encode()).devices
    except ParseError:
        return
    assert read in (whole[:0], whole[:1])
