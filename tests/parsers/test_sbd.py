"""sbd: its file, ``sbd dump``, ``sbd list``, and the watchdogs that find shows."""

from __future__ import annotations

import pytest

from check_ha.model.sbd import SbdConfig, SbdHeader, SbdSlot, SbdSlots, Watchdogs
from check_ha.parsers.errors import ParseError
from check_ha.parsers.sbd import parse_sbd_config, parse_sbd_dump, parse_sbd_list, seconds_of
from check_ha.parsers.watchdogs import parse_watchdogs

DUMP = """\
==Dumping header on disk /dev/loop0
Header version     : 2.1
UUID               : 4d97080c-8b02-48d5-8777-5a78c1d68a2b
Number of slots    : 255
Sector size        : 512
Timeout (watchdog) : 5
Timeout (allocate) : 2
Timeout (loop)     : 1
Timeout (msgwait)  : 10
==Header on disk /dev/loop0 is dumped
"""
HEADER = SbdHeader("/dev/loop0", True, "2.1", "4d97080c-8b02-48d5-8777-5a78c1d68a2b", 255, 512, 5, 2, 1, 10)
OLD = "".join(line for line in DUMP.replace("2.1", "2").splitlines(True) if "UUID" not in line)
LIST = "0\tnode1\tclear\t\n1\tnode2\treset\tnode1\n"


def test_dump() -> None:
    assert parse_sbd_dump(DUMP.encode()) == HEADER
    assert HEADER.timeouts == (5, 2, 1, 10)
    assert parse_sbd_dump(OLD.encode()) == HEADER._replace(version="2", uuid="")  # 1.0.9


@pytest.mark.parametrize(
    "text",
    [
        # 1.5.2, with what it says on standard error behind
        "==Dumping header on disk /dev/d\n== disk /dev/d unreadable!\n==Header on disk /dev/d NOT dumped\n"
        "sbd failed; please check the logs.\n",
        # no header of sbd
        "==Dumping header on disk /dev/d\n==Header on disk /dev/d NOT dumped\nsbd failed; please check the logs.\n",
    ],
    ids=["not-opened", "no-header"],
)
def test_a_device_that_cannot_be_read(text: str) -> None:
    assert parse_sbd_dump(text.encode()) == SbdHeader("/dev/d", False)


@pytest.mark.parametrize("end", range(0, len(DUMP) - 1, 7))
def test_a_dump_that_is_cut_is_none(end: int) -> None:
    with pytest.raises(ParseError):
        parse_sbd_dump(DUMP[:end].encode())


@pytest.mark.parametrize(
    "text",
    [
        DUMP.replace(": 10", ": ten"),
        DUMP.replace("Timeout (msgwait)  : 10\n", ""),
        DUMP.replace("Sector size ", "Sector sizes"),
        DUMP.replace("disk /dev/loop0 is", "disk /dev/loop1 is"),
        "sbd: not found\n",
    ],
    ids=["no-number", "a-line-less", "another-line", "another-device", "something-else"],
)
def test_unknown_dumps(text: str) -> None:
    with pytest.raises(ParseError):
        parse_sbd_dump(text.encode())


def test_list() -> None:
    slots = (SbdSlot(0, "node1", "clear"), SbdSlot(1, "node2", "reset", "node1"))
    assert parse_sbd_list(LIST.encode()) == SbdSlots(True, slots)
    assert parse_sbd_list(b"0\thex-0\tclear\n") == SbdSlots(True, (SbdSlot(0, "hex-0", "clear"),))
    assert parse_sbd_list(b"") == SbdSlots(True)
    assert SbdSlots(True, slots).of("other", "NODE2") == slots[1]
    assert SbdSlots(True, slots).of("node3") is None


@pytest.mark.parametrize("text", ["== disk /dev/d unreadable!\n", LIST + "== Slots on disk /dev/d NOT dumped\n"])
def test_slots_that_cannot_be_read(text: str) -> None:
    assert parse_sbd_list(text.encode()) == SbdSlots(False)


@pytest.mark.parametrize(
    "text",
    [LIST[:-1], LIST[:20], "0\tnode1\tdance\t\n", "0\ta\nb\tclear\t\n", "1\ta\tclear\t\n1\tb\tclear\t\n", "Usage:\n"],
    ids=["cut", "cut-in-a-word", "no-message", "a-name-of-two-lines", "twice", "something-else"],
)
def test_unknown_lists(text: str) -> None:
    with pytest.raises(ParseError):
        parse_sbd_list(text.encode())


CONFIG = """\
## Type: string
SBD_DEVICE="/dev/a; /dev/b;"   # two
export SBD_WATCHDOG_DEV='/dev/watchdog1'
SBD_STARTMODE=clean
SBD_WATCHDOG_TIMEOUT=5000ms
SBD_OPTS="-R \\
 -P"
"""


def test_config() -> None:
    found = parse_sbd_config(CONFIG.encode())
    assert (found.devices, found.watchdog) == (("/dev/a", "/dev/b"), "/dev/watchdog1")
    assert (found.watchdog_seconds, found.clean_start, found.values["SBD_OPTS"]) == (5, True, "-R  -P")
    assert parse_sbd_config(b"SBD_DEVICE=/dev/a\nSBD_DEVICE=\n#SBD_STARTMODE=clean\n") == SbdConfig({"SBD_DEVICE": ""})
    with pytest.raises(ParseError):
        parse_sbd_config(b"if true; then SBD_DEVICE=/dev/a; fi\n")


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("60s", 60), ("1min", 60), ("2500ms", 2), ("-1", None), ("x", None)]
)
def test_seconds(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


FOUND = """\
/dev/watchdog c \n/dev/watchdog0 c \n/dev/sbd_watchdog l watchdog0
/proc/812/fd/5 l /dev/watchdog
/usr/bin/find: '/proc/9': No such file or directory
"""


def test_watchdogs() -> None:
    devices = {"/dev/watchdog": "", "/dev/watchdog0": "", "/dev/sbd_watchdog": "/dev/watchdog0"}
    found = parse_watchdogs(FOUND.encode())
    assert found == Watchdogs(devices, ((812, "/dev/watchdog"),), True)
    assert [found.held(one) for one in (*devices, "/dev/watchdog1")] == [(812,), (812,), (812,), ()]
    assert [found.known(one) for one in ("/dev/watchdog", "/dev/watchdog1", "/dev/misc/dog")] == [True, False, True]
    assert not parse_watchdogs(b"find: '/proc/1/fd/0': Permission denied\n").complete
    assert parse_watchdogs(b"") == Watchdogs()


@pytest.mark.parametrize("text", [FOUND[:-1], "find: unrecognized: -printf\n", "/proc/1/fd/5 s /dev/watchdog\n"])
def test_unknown_watchdogs(text: str) -> None:
    with pytest.raises(ParseError):
        parse_watchdogs(text.encode())
