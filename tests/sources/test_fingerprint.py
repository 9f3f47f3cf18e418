"""No key, and no digest of one, gets past the place where it is read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from check_ha.parsers.errors import ParseError
from check_ha.parsers.fingerprint import parse_fingerprint
from check_ha.sources.fingerprint import fingerprint
from check_ha.sources.node import ThisNode
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.tools import AUTHKEY
from tests.faketools import write_tool

KEY = bytes(range(256))
DIGEST = hashlib.sha256(KEY).hexdigest()


def test_what_is_kept() -> None:
    """A value for ever: two versions of check_ha on two nodes must come to the same."""
    assert fingerprint(f"{DIGEST}  /etc/corosync/authkey\n".encode()) == b"fingerprint 52e69875\n"


@pytest.mark.parametrize("text", [b"", b"\n", b"fingerprint 1a2b3c4d\n"])
def test_what_is_no_digest_stays(text: bytes) -> None:
    assert fingerprint(text) == text


@pytest.mark.parametrize("text", [KEY, DIGEST[:-1].encode(), b"fingerprint 1a2b3c4d5e\n", f"x{DIGEST}".encode()])
def test_what_is_not_understood_is_hidden(text: bytes) -> None:
    assert fingerprint(text) == b"(hidden)\n"


@pytest.mark.parametrize("text", [b"(hidden)\n", b"fingerprint 1a2b3c4d\nfingerprint 1a2b3c4d\n", b"fingerprint X\n"])
def test_nothing_else_is_a_fingerprint(text: bytes) -> None:
    with pytest.raises(ParseError, match="no digest of the authkey"):
        parse_fingerprint(text)


def test_neither_evidence_nor_recording_holds_the_digest(tmp_path: Path) -> None:
    write_tool(tmp_path, "sha256sum", f"echo '{DIGEST}  '\"$1\"")
    live = ThisNode((str(tmp_path),)).collect([AUTHKEY])[AUTHKEY]
    assert live.stdout == b"fingerprint 52e69875\n"
    write_recording(str(tmp_path / "again"), "node1", 0.0, [live])
    assert DIGEST not in json.dumps([path.read_text() for path in (tmp_path / "again").iterdir()])
    assert Recording(str(tmp_path / "again")).collect([AUTHKEY])[AUTHKEY].stdout == live.stdout
