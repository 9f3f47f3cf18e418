"""A stream is a recording: what it says, what of one that was cut off is still believed, and what is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator, List

import pytest

from check_ha.cli import view
from check_ha.cli.register import check_named
from check_ha.sources import stream
from check_ha.sources.recording import Recording
from check_ha.sources.stream import Stream, written
from check_ha.sources.tools import ALL, BROKEN, CIBADMIN, CRM_MON, FLOODED, HUNG, MISSING, QUORUMTOOL, Output
from tests.core.said import output
from tests.replay import RECORDINGS, SAMPLES, checks, compare, replay, replay_all

HEALTHY = SAMPLES / "healthy-2node" / "node1"
HUNG_COROSYNC = SAMPLES / "corosync-hung" / "node2"


def stream_of(directory: Path) -> bytes:
    source = Recording(str(directory))
    outputs = source.collect(ALL).values()
    return written(source.node, source.now, [one for one in outputs if one.stderr != "not in this recording"])


@pytest.mark.parametrize(
    "directory",
    [HEALTHY, HUNG_COROSYNC, SAMPLES / "permission-denied" / "node1", SAMPLES / "ring-faulty-corosync-2" / "node1"],
    ids=lambda one: f"{one.parent.name}",
)
def test_a_stream_gives_the_same_verdict_as_its_directory(directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "stream"
    file.write_bytes(stream_of(directory))
    for name in checks():
        check = check_named(name)
        assert replay(check, "--from", str(file), "-vv") == replay(check, "--from", str(directory), "-vv")
    assert replay_all("--from", str(file), "-v") == replay_all("--from", str(directory), "-v")


OUTPUTS: List[Output] = [
    output(CRM_MON)._replace(stdout=b"<a>\n\n>b\n", seconds=0.25, limit=8.0),
    output(CIBADMIN, 1, stderr="one\ntwo\n")._replace(stdout=b"no newline at its end", limit=8.0),
    output(QUORUMTOOL)._replace(stdout=b"end\nend quorumtool-s.txt\n\xff\r\n\n", limit=8.0),
]


def test_what_is_written_is_read() -> None:
    source = Stream(written("node1", 1795406827.5, OUTPUTS), "it")
    assert (source.now, source.node) == (1795406827.5, "node1")
    assert list(source.collect([CRM_MON, CIBADMIN, QUORUMTOOL]).values()) == OUTPUTS


@pytest.mark.parametrize(("fault", "worked"), [(MISSING, 0.0), (HUNG, 0.0), (HUNG, 7.4), (FLOODED, 0.0), (BROKEN, 0.0)])
def test_a_tool_without_an_answer_has_none_when_it_is_read(fault: str, worked: float) -> None:
    failed = output(CRM_MON)._replace(status=None, fault=fault, stderr="why", stdout=b"", worked=worked)
    assert Stream(written("node1", 1.0, [failed]), "it").collect([CRM_MON]) == {CRM_MON: failed}


def test_an_empty_stream_says_nothing_of_any_tool() -> None:
    said = Stream(b"check_ha stream 1\nnode a\nuser b\ntime 1\nlimit 2\nend\n", "it").collect([CRM_MON])[CRM_MON]
    assert (said.fault, said.stderr, said.user, said.limit) == (MISSING, "not in this recording", "b", 2.0)


BY_HAND = b"""\
check_ha stream 1
node node1
colour blue
user root
time 1795406827
limit 8
output corosync-new-tool.txt
argv\tcorosync-new-tool
status 0
mood good
end corosync-new-tool.txt
output crm_mon.xml
argv\tcrm_mon\t-1
!first
>one
!second
>two
=three
status 0
end crm_mon.xml
end
"""


def test_words_and_outputs_that_are_not_known_are_left_out() -> None:
    """Lines of both kinds may be mixed, and the seconds may lack."""
    for data in (BY_HAND, BY_HAND.replace(b"\n", b"\r\n")):
        said = Stream(data, "it").collect([CRM_MON])[CRM_MON]
        assert said.stdout == b"one\ntwo\nthree"
        assert (said.stderr, said.argv, said.status) == ("first\nsecond\n", ("crm_mon", "-1"), 0)


@pytest.mark.parametrize("cut", [b"end crm_mon.xml\n", b"=three\nstatus 0\nend crm_mon.xml\n"])
def test_unknown_where_the_output_of_a_tool_was_cut_off(cut: bytes, tmp_path: Path) -> None:
    (tmp_path / "stream").write_bytes(BY_HAND.replace(cut, b""))
    code, text = replay(check_named("nodes"), "--from", str(tmp_path / "stream"))
    assert (code, text) == (3, "HA_NODES UNKNOWN - crm_mon: cut off in this recording\n")


REFUSED = {
    "is no recording: its first line is not check_ha stream 1": [b"", b"x", b"\n" + BY_HAND, b"check_ha stream 10x"],
    "is of a newer version: check_ha stream 2": [BY_HAND.replace(b"m 1", b"m 2")],
    "was cut off: its last line is not end": [
        b"check_ha stream 1\n", BY_HAND[:-4], BY_HAND[:-1], BY_HAND + b"\n", BY_HAND[:200],
    ],
    "has crm_mon.xml twice": [BY_HAND.replace(b"\nend\n", b"\n" + BY_HAND[BY_HAND.index(b"output crm_mon") :])],
    "is not understood: KeyError('time')": [BY_HAND.replace(b"time", b"hour")],
    "is not understood: ValueError('nan is no time')": [BY_HAND.replace(b"1795406827", b"nan")],
    "is not understood: ValueError(\"no status for 'crm_mon.xml'\")": [
        BY_HAND.replace(b"three\nstatus 0", b"three"), BY_HAND.replace(b"three\nstatus 0", b"three\nstatus 1x"),
    ],
    "is not understood: ValueError(\"unknown fault 'bad'\")": [BY_HAND.replace(b"status 0\nend ", b"fault bad\nend ")],
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_unknown_when_it_is_no_stream(why: str, tmp_path: Path) -> None:
    file = tmp_path / "stream"
    for data in REFUSED[why]:
        file.write_bytes(data)
        code, text = replay(check_named("nodes"), "--from", str(file))
        assert (code, text) == (3, f"HA_NODES UNKNOWN - {file} {why}\n")


def test_unknown_when_there_is_no_plain_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("pipe", "it is not a plain file"), ("none", "No such file or directory")):
        code, text = replay(check_named("nodes"), "--from", str(tmp_path / name))
        assert (code, text) == (3, f"HA_NODES UNKNOWN - {tmp_path / name} cannot be read: {why}\n")


def test_unknown_when_it_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIMIT", 1 << 20)
    (tmp_path / "stream").write_bytes(b" " * ((1 << 20) + 1))
    code, text = replay(check_named("nodes"), "--from", str(tmp_path / "stream"))
    assert (code, text) == (3, f"HA_NODES UNKNOWN - {tmp_path}/stream is larger than 1 MB\n")


def test_standard_input_that_is_too_large(standard_input: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIMIT", 1000)
    code, text = replay(check_named("nodes"), "--from", "-")
    assert (code, text) == (3, "HA_NODES UNKNOWN - standard input is larger than 0 MB\n")
    assert os.lseek(standard_input, 0, os.SEEK_CUR) < 10_000


def test_no_answer_when_a_tool_has_printed_more_than_any_does() -> None:
    flooded = written(
        "node1", 1.0, [output(QUORUMTOOL)._replace(stdout=(b"x" * 1023 + b"\n") * (QUORUMTOOL.limit << 10) + b"x")]
    )
    assert Stream(flooded, "it").collect([QUORUMTOOL])[QUORUMTOOL].fault == FLOODED


def test_a_name_that_would_end_its_line_does_not() -> None:
    source = Stream(written("a\nend\n", 1.0, [output(CRM_MON)._replace(argv=("/x\ty\n/crm_mon", "\udce4"))]), "it")
    assert source.node == "a?end?"
    assert source.collect([CRM_MON])[CRM_MON].argv == ("/x?y?/crm_mon", "?")


@pytest.fixture(name="standard_input")
def healthy_on_standard_input(tmp_path: Path) -> Iterator[int]:
    """What a check reads there is the stream of a healthy node; it stands at the beginning of it again by seeking."""
    (tmp_path / "stream").write_bytes(stream_of(HEALTHY))
    before = os.dup(0)
    with open(tmp_path / "stream", "rb") as file:
        os.dup2(file.fileno(), 0)
        yield 0
        os.dup2(before, 0)
        os.close(before)


def test_standard_input_is_a_stream(standard_input: int) -> None:
    assert replay(check_named("quorum"), "--from", "-") == replay(check_named("quorum"), "--from", str(HEALTHY))
    os.lseek(standard_input, 0, os.SEEK_SET)
    assert replay_all("--from", "-") == replay_all("--from", str(HEALTHY))
    code, text = replay(check_named("quorum"), "--from", "-")  # it has been read to its end
    assert (code, text[:70]) == (3, "HA_QUORUM UNKNOWN - standard input is no recording: its first line is ")


def test_a_view_and_a_comparison_take_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stream").write_bytes(stream_of(HEALTHY))
    said, places = [], (HEALTHY, tmp_path / "stream")
    for place in places:
        monkeypatch.setattr(sys, "argv", ["check_ha_view", "--from", str(place)])
        view.main()
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    other = f"--from=node2={HEALTHY.parent}/node2"
    compared = [compare(check_named("drift"), tmp_path, f"--from=node1={place}", other, "-v") for place in places]
    assert compared[0] == compared[1]


def test_all_recordings_of_old_versions_are_kept_whole() -> None:
    """Also those of which a tool printed nothing, or its answer on standard error."""
    for directory in sorted(index.parent for index in (RECORDINGS / "corosync").rglob("commands.json")):
        source = Recording(str(directory))
        before = source.collect(ALL)
        assert {
            tool: one._replace(stderr=one.stderr.rstrip("\n"))
            for tool, one in Stream(stream_of(directory), "it").collect(ALL).items()
        } == {tool: one._replace(stderr=one.stderr.rstrip("\n")) for tool, one in before.items()}
