"""``drbdsetup status --json``: the resources of DRBD 9, by drbd-utils 8.9.8 and later (read of 8.9.8 to 9.34.0).

    [
    {
      "name": "r0",
      "node-id": 0,
      "role": "Primary",
      "suspended": false,                       since 9.21 also suspended-user, -no-data, -fencing, -quorum: why
      "write-ordering": "flush",
      "devices": [
        {
          "volume": 0,
          "minor": 0,
          "disk-state": "UpToDate",             "disk-state:" in 8.9.8 to 8.9.10
          "client": false,                      "no", "yes" and "unknown" in 8.9.11 to 9.3; before that there is none
          "quorum": true,                       since 9.2, at first as "true"
          "size": 1048508, ...
        } ],
      "connections": [
        {
          "peer-node-id": 1,
          "name": "node2",
          "connection-state": "Connected",
          "congested": false,
          "peer-role": "Secondary",
          "peer_devices": [
            {
              "volume": 0,
              "replication-state": "SyncSource",
              "peer-disk-state": "Inconsistent",
              "peer-client": false,
              "resync-suspended": "no",         or user, peer, dependency, max-parallel, with commas
              "out-of-sync": 524288, ...
              "percent-resync-done": 50.00      during a resync or verify, since 9.4; before that "resync-done"
            } ]
        } ]
    }
    ]

What is not set up at all is ``[`` and ``]``. 8.9.7 and older know no ``--json``: they print their usage.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, FrozenSet, List, NoReturn, Optional, Tuple

from check_ha.model.drbd import DrbdConnection, DrbdPeerVolume, DrbdResource, DrbdVolume
from check_ha.parsers.drbd_words import CONNECTIONS, DISKS, REPLICATIONS, ROLES, known
from check_ha.parsers.errors import ParseError

_SNIPPET = 200
_LARGEST = 2**63
_FOR_EVER = 987654321
"""What drbdsetup prints for the seconds left where nothing was transferred of late."""
_SUSPENSIONS = ("user", "no-data", "fencing", "quorum")
_AS_TEXT = {"yes": True, "true": True, "no": False, "false": False, "unknown": False}
_PAUSES = frozenset(("user", "peer", "dependency", "max-parallel"))

# 8.9.8 to 8.9.10 print this during a resync: a comma too few, and one too many
_MISPLACED_COMMAS = re.compile(rb'("unacked": [0-9]+)\n( *"resync-done": [0-9.]+),\n')


def parse_drbdsetup_status(data: bytes) -> Tuple[DrbdResource, ...]:
    """Return every resource of DRBD; ParseError for what is cut off, is no JSON, or has a state that is not known."""
    if not data.strip():
        raise ParseError("no output where the JSON of drbdsetup status was expected")
    found = _load(data)
    if not isinstance(found, list):
        raise ParseError("not the list that drbdsetup status --json prints", _snippet(data))
    resources = tuple(_resource(_Fields("resource", one)) for one in found)
    if len({one.name for one in resources}) < len(resources):
        raise ParseError("drbdsetup status lists a resource twice", _snippet(data))
    return resources


def _load(data: bytes) -> object:
    try:
        return json.loads(_MISPLACED_COMMAS.sub(rb"\1,\n\2\n", data).decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ParseError("not the JSON that drbdsetup status --json prints", _snippet(data)) from None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity, which are no JSON


def _snippet(data: bytes) -> str:
    return " ".join(data[:_SNIPPET].decode("utf-8", "backslashreplace").split())


class _Fields:
    """An object whose fields are read, each with its type."""

    def __init__(self, name: str, values: object) -> None:
        if not isinstance(values, dict):
            raise ParseError(f"a {name} that is not an object", _quoted(values))
        self._name = name
        self._values: Dict[str, Any] = values

    def wrong(self, key: str) -> NoReturn:
        raise ParseError(f"{self._name}: {key} is missing or not what it should be", _quoted(self._values))

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str) or not value:
            self.wrong(key)
        return value

    def word(self, key: str, words: FrozenSet[str], what: str) -> str:
        return known(self.text(key), words, what, _quoted({key: self._values[key]}))

    def natural(self, key: str) -> int:
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
            self.wrong(key)
        return value

    def optional(self, key: str) -> Optional[int]:
        return self.natural(key) if key in self._values else None

    def percent(self, *keys: str) -> Optional[float]:
        """Return that which is there of these; ``None`` where none is."""
        key = next((key for key in keys if key in self._values), None)
        if key is None:
            return None
        value = self._values[key]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LARGEST:
            self.wrong(key)
        return min(100.0, max(0.0, float(value)))

    def truth(self, key: str, default: Optional[bool] = None) -> bool:
        """Return true or false; the default where an older version does not tell it."""
        value = self._values.get(key, default)
        value = _AS_TEXT.get(value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            self.wrong(key)
        return value

    def objects(self, key: str, name: str) -> List[_Fields]:
        values = self._values.get(key)
        if not isinstance(values, list):
            self.wrong(key)
        return [_Fields(name, value) for value in values]

    def either(self, *keys: str) -> str:
        return next((key for key in keys if key in self._values), keys[0])


def _quoted(value: object) -> str:
    return json.dumps(value)[:_SNIPPET]


def _resource(fields: _Fields) -> DrbdResource:
    volumes = tuple(_volume(one) for one in fields.objects("devices", "device"))
    connections = tuple(_connection(one) for one in fields.objects("connections", "connection"))
    numbers = {one.volume for one in volumes}
    if len(numbers) < len(volumes) or any(one.volume not in numbers for peer in connections for one in peer.volumes):
        fields.wrong("devices")
    reasons = tuple(why for why in _SUSPENSIONS if fields.truth(f"suspended-{why}", False))
    return DrbdResource(
        name=fields.text("name"),
        role=fields.word("role", ROLES, "role"),
        volumes=volumes,
        connections=connections,
        suspended=(reasons or ("I/O",)) if fields.truth("suspended") else (),
        failing=fields.truth("force-io-failures", False),
    )


def _volume(fields: _Fields) -> DrbdVolume:
    return DrbdVolume(
        volume=fields.natural("volume"),
        minor=fields.natural("minor"),
        disk=fields.word(fields.either("disk-state", "disk-state:"), DISKS, "disk state"),
        client=fields.truth("client", False),
        quorum=fields.truth("quorum", True),
        size=fields.optional("size"),
    )


def _connection(fields: _Fields) -> DrbdConnection:
    return DrbdConnection(
        peer=fields.text("name"),
        state=fields.word("connection-state", CONNECTIONS, "connection state"),
        role=fields.word("peer-role", ROLES, "role"),
        volumes=tuple(_peer_volume(one) for one in fields.objects("peer_devices", "peer device")),
    )


def _peer_volume(fields: _Fields) -> DrbdPeerVolume:
    paused = fields.text("resync-suspended")
    reasons = () if paused == "no" else tuple(paused.split(","))
    if not _PAUSES.issuperset(reasons):
        fields.wrong("resync-suspended")
    left = fields.optional("estimated-seconds-to-finish")
    return DrbdPeerVolume(
        volume=fields.natural("volume"),
        replication=fields.word("replication-state", REPLICATIONS, "replication state"),
        disk=fields.word("peer-disk-state", DISKS, "disk state"),
        client=fields.truth("peer-client", False),
        paused=reasons,
        out_of_sync=fields.natural("out-of-sync"),
        done=fields.percent("percent-resync-done", "resync-done"),
        seconds_left=None if left == _FOR_EVER else left,
        stalled=left == _FOR_EVER,
    )
