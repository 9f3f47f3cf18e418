"""/proc/drbd of DRBD 8 and 9, and the names that udev gives the devices; tests/parsers/data/drbd/NOTE.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from check_ha.model.drbd import DrbdConnection, DrbdModule, DrbdName, DrbdPeerVolume, DrbdResource, DrbdVolume
from check_ha.parsers.errors import ParseError
from check_ha.parsers.proc_drbd import parse_drbd_names, parse_proc_drbd

DATA = Path(__file__).parent / "data" / "drbd"


def printed(name: str) -> bytes:
    return (DATA / f"proc-{name}.txt").read_bytes()


def device(minor: int, role: str, connection: DrbdConnection, disk: str = "UpToDate") -> DrbdResource:
    return DrbdResource("", role, (DrbdVolume(0, minor, disk),), (connection,))


def test_a_resync_beside_what_is_well() -> None:
    source = DrbdPeerVolume(0, "SyncSource", "Inconsistent", out_of_sync=1001856, done=17.8, seconds_left=23)
    well = DrbdPeerVolume(0, "Established", "UpToDate", out_of_sync=0)
    assert parse_proc_drbd(printed("8.4-resync")) == DrbdModule(
        "8.4.11",
        (
            device(0, "Primary", DrbdConnection("", "Connected", "Secondary", (source,))),
            device(2, "Secondary", DrbdConnection("", "Connected", "Primary", (well,))),
        ),
    )


def test_standalone() -> None:
    apart = DrbdPeerVolume(0, "Off", "DUnknown", out_of_sync=4)
    found = parse_proc_drbd(printed("8.4-standalone"))
    assert found.devices == (device(0, "Primary", DrbdConnection("", "StandAlone", "Unknown", (apart,))),)


def test_drbd_9_tells_no_devices() -> None:
    found = parse_proc_drbd(printed("9.2"))
    assert found == DrbdModule("9.2.13")
    assert not found.tells_devices


def test_no_file_no_module() -> None:
    assert parse_proc_drbd(b"") == DrbdModule("")


OLD_8_2 = """\
version: 8.2.4 (api:88/proto:86-88)
GIT-hash: fc00c6e00a1b6039bfcebe37afa3e7e28dbd92fa build by buildsystem@linbit, 2008-01-11 12:44:36
 0: cs:WFConnection st:Secondary/Unknown ds:UpToDate/DUnknown C r---
    ns:524288 nr:524288 dw:524288 dr:524288 al:0 bm:64 lo:0 pe:0 ua:0 ap:0
\tresync: used:0/31 hits:524224 misses:64 starving:0 dirty:0 changed:64
\tact_log: used:0/257 hits:0 misses:0 starving:0 dirty:0 changed:0
 1: cs:Unconfigured
"""
SUSPENDED_8_3 = """\
version: 8.3.13 (api:88/proto:86-96)
GIT-hash: 83ca112086600faacab2f157bc5a9324f7bd7f77 build by dag@Build64R6, 2012-09-04 12:06:10
 0: cs:PausedSyncT ro:Secondary/Primary ds:Inconsistent/UpToDate C s-pu--
    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:b oos:8192
"""
IN_ONE_LINE_8_4 = """\
version: 8.4.3 (api:1/proto:86-101)
srcversion: 6551AD2C98F533733BE558C
 0: cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate C r-----
    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:10485760
\t[>....................] sync'ed:  0.1% (10240/10240)Mfinish: 2:20:20 speed: 6,345 (6,456) want: 40,960 K/sec (stalled)
"""


def test_8_2_calls_the_roles_st_and_does_not_count_what_differs() -> None:
    (one,) = parse_proc_drbd(OLD_8_2.encode()).devices
    assert (one.role, one.connections[0].state, one.connections[0].volumes[0].out_of_sync) == (
        "Secondary", "Connecting", None,
    )  # fmt: skip


def test_suspended_and_paused() -> None:
    (one,) = parse_proc_drbd(SUSPENDED_8_3.encode()).devices
    (volume,) = one.connections[0].volumes
    assert (one.suspended, volume.replication, volume.paused) == (("I/O",), "PausedSyncT", ("peer", "user"))


def test_stalled_and_in_one_line() -> None:
    (volume,) = parse_proc_drbd(IN_ONE_LINE_8_4.encode()).devices[0].connections[0].volumes
    assert (volume.done, volume.seconds_left, volume.stalled) == (0.1, None, True)


RESYNC = printed("8.4-resync").decode()
REFUSED = {
    "no-version": ("nothing\n", "/proc/drbd does not begin with a version: nothing"),
    "0.7": ("version: 0.7.25 (api:79/proto:74)\n", "DRBD before 8.0 is not understood: version: 0.7.25"),
    "cut-in-a-line": (RESYNC[:-3], "/proc/drbd is cut off:     ns:17"),
    "cut-before-the-counters": (RESYNC.partition("    ns:")[0], "/proc/drbd lacks the counters of a device:  0: cs:"),
    "cut-before-the-progress": (RESYNC.partition("\t[")[0], "/proc/drbd lacks how far a resync is:  0: cs:SyncSource"),
    "cut-before-the-finish": (RESYNC.partition("\tfinish")[0], "/proc/drbd lacks when a resync will have finished"),
    "no-oos": (RESYNC.replace(" oos:0", ""), "/proc/drbd lacks the counters of a device:  2: cs:Connected"),
    "state-not-known": (
        RESYNC.replace("cs:Connected", "cs:Happy"),
        "a connection state that is not known:  2: cs:Happy",
    ),
    "disk-not-known": (RESYNC.replace("ds:UpToDate/I", "ds:Fresh/I"), "a disk state that is not known:  0: cs:Sync"),
    "line-not-known": (RESYNC + "and more\n", "a line of /proc/drbd that is not known: and more"),
    "twice": (RESYNC.replace(" 2: ", " 0: "), "/proc/drbd lists a device twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(ParseError) as error:
        parse_proc_drbd(text.encode())
    assert str(error.value).startswith(message)


def test_names() -> None:
    text = b"r0/0 ../../../drbd0\nr0/1 ../../../drbd1\nold ../../drbd7\n"
    assert parse_drbd_names(text) == (DrbdName("r0", 0, 0), DrbdName("r0", 1, 1), DrbdName("old", 0, 7))
    assert parse_drbd_names(b"") == ()


def test_a_name_that_is_none() -> None:
    with pytest.raises(ParseError, match=r"not the name of a DRBD device: r0/0 \.\./sda"):
        parse_drbd_names(b"r0/0 ../sda\n")
