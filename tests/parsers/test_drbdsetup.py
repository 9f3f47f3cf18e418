"""What ``drbdsetup status --json`` prints, by the releases that changed it; tests/parsers/data/drbd/NOTE.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Tuple

import pytest

from check_ha.model.drbd import DrbdConnection, DrbdPeerVolume, DrbdResource, DrbdVolume
from check_ha.parsers.drbdsetup import parse_drbdsetup_status
from check_ha.parsers.errors import ParseError

DATA = Path(__file__).parent / "data" / "drbd"


def printed(name: str) -> bytes:
    return (DATA / f"{name}.json").read_bytes()


def resync(done: float, seconds_left: int | None) -> Tuple[DrbdResource, ...]:
    target = DrbdPeerVolume(0, "SyncTarget", "UpToDate", out_of_sync=524288, done=done, seconds_left=seconds_left)
    well = DrbdPeerVolume(1, "Established", "UpToDate", out_of_sync=0)
    volumes = (DrbdVolume(0, 0, "Inconsistent", size=1048508), DrbdVolume(1, 1, "UpToDate", size=2097084))
    return (
        DrbdResource("r0", "Secondary", volumes, (DrbdConnection("node1", "Connected", "Primary", (target, well)),)),
    )


@pytest.mark.parametrize(
    ("version", "seconds_left"), [("8.9.8", None), ("8.9.11", None), ("9.2", None), ("9.4", 38), ("9.34", 38)]
)
def test_a_resync_by_every_release_that_changed_the_format(version: str, seconds_left: int | None) -> None:
    """Until 9.4 there is no time left; the share that is done is then that of the volume, and here the same."""
    assert parse_drbdsetup_status(printed(f"{version}-resync-node2")) == resync(50.0, seconds_left)


def test_verifying_and_suspended() -> None:
    first, second = parse_drbdsetup_status(printed("9.34-verify"))
    (verify,) = first.connections[0].volumes
    assert (verify.replication, verify.done, verify.seconds_left, verify.out_of_sync) == ("VerifyS", 25.0, 58, 0)
    assert (second.suspended, second.failing) == (("user", "fencing"), False)
    assert second.volumes == (DrbdVolume(0, 1, "Consistent"),)
    assert second.connections[0].volumes[0].paused == ("user", "peer")


def test_a_witness_without_quorum() -> None:
    (one,) = parse_drbdsetup_status(printed("9.22-quorum-node1"))
    assert (one.suspended, one.volumes[0].quorum) == (("quorum",), False)
    assert [(peer.peer, peer.volumes[0].client) for peer in one.connections] == [("node2", False), ("witness", True)]


def test_before_9_21_it_does_not_say_why_it_is_suspended() -> None:
    text = printed("9.4-resync-node2").replace(b'"suspended": false', b'"suspended": true')
    assert parse_drbdsetup_status(text)[0].suspended == ("I/O",)


def test_a_resync_in_which_nothing_moves() -> None:
    text = printed("9.34-resync-node2").replace(b'to-finish": 38', b'to-finish": 987654321')
    volume = parse_drbdsetup_status(text)[0].connections[0].volumes[0]
    assert (volume.seconds_left, volume.stalled) == (None, True)


def test_nothing_is_set_up() -> None:
    assert parse_drbdsetup_status(printed("9.34-none")) == ()


HEALTHY = printed("9.22-healthy-node1")
REFUSED = {
    "empty": (b"", "no output where the JSON of drbdsetup status was expected"),
    "no-json-option": (b"# No currently configured DRBD found.\n", "not the JSON that drbdsetup status --json prints"),
    "cut": (HEALTHY[:900], "not the JSON that drbdsetup status --json prints"),
    "an-object": (b"{}", "not the list that drbdsetup status --json prints"),
    "twice": (HEALTHY.replace(b"}\n]", b"}," + HEALTHY.strip()[1:]), "drbdsetup status lists a resource twice"),
    "disk-not-known": (HEALTHY.replace(b"UpToDate", b"Fresh", 1), "a disk state that is not known"),
    "no-disk": (HEALTHY.replace(b'"disk-state"', b'"disk"', 1), "device: disk-state is missing or not what it"),
    "unknown-connection": (HEALTHY.replace(b'"Connected"', b'"?"'), "a connection state that is not known"),
    "not-a-number": (HEALTHY.replace(b'"out-of-sync": 0', b'"out-of-sync": NaN'), "not the JSON that drbdsetup"),
    "negative": (HEALTHY.replace(b'"out-of-sync": 0', b'"out-of-sync": -1'), "peer device: out-of-sync is missing"),
    "volume-of-nobody": (HEALTHY.replace(b'"volume": 0', b'"volume": 7', 1), "resource: devices is missing or not"),
    "paused-by-nobody": (HEALTHY.replace(b'suspended": "no"', b'suspended": "x"'), "peer device: resync-suspended is"),
    "role-a-number": (HEALTHY.replace(b'"role": "Primary"', b'"role": 1'), "resource: role is missing or not what"),
    "suspended-a-number": (HEALTHY.replace(b'"suspended": false', b'"suspended": 0'), "resource: suspended is missing"),
    "percent-a-text": (
        printed("9.34-resync-node2").replace(b'done": 50.00', b'done": "x"'), "peer device: percent-resync-done is",
    ),
    "devices-a-text": (HEALTHY.replace(b'"devices": [', b'"devices": "x", "d": ['), "resource: devices is missing"),
    "a-list-of-numbers": (b"[1]", "a resource that is not an object: 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(ParseError) as error:
        parse_drbdsetup_status(text)
    assert str(error.value).startswith(message)
