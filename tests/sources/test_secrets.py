"""What no one may see is hidden before anything else reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, Tuple

import pytest

from check_ha.sources.node import ThisNode
from check_ha.sources.recording import Recording
from check_ha.sources.tools import CMAPCTL, COROSYNC_CONF, QUORUMTOOL, Tool
from tests.faketools import write_tool

SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"

HIDDEN: Dict[str, Tuple[Tool, str]] = {
    "key-in-corosync.conf": (COROSYNC_CONF, f"totem {{\n    key: {SECRET}\n}}\n"),
    "key-without-blanks": (COROSYNC_CONF, f"totem {{\nkey:{SECRET}\n}}\n"),
    "key-in-capitals": (COROSYNC_CONF, f"totem {{\n\tKEY :\t{SECRET}\r\n}}\n"),
    "key-commented-out": (COROSYNC_CONF, f"# old key: {SECRET}\n"),
    "key-without-colon": (COROSYNC_CONF, f"  key {SECRET}\n"),
    "key-of-corosync-1": (CMAPCTL, f"totem.version=2\ntotem.key={SECRET}\n"),
    "key-in-the-map": (CMAPCTL, f"totem.interface.0.ttl (u8) = 1\ntotem.key (str) = {SECRET}\n"),
}

SHOWN: Dict[str, Tuple[Tool, str]] = {
    "keyfile": (COROSYNC_CONF, "totem {\n    keyfile: /etc/corosync/authkey\n}\n"),
    "name-of-a-node": (COROSYNC_CONF, "nodelist {\n node {\n  name: key\n  ring0_addr: key.example.org\n }\n}\n"),
    "keyfile-in-the-map": (CMAPCTL, "totem.keyfile (str) = /etc/corosync/authkey\n"),
    "keyfile-of-corosync-1": (CMAPCTL, "totem.version=2\ntotem.keyfile=/etc/corosync/authkey\n"),
    "another-tool": (QUORUMTOOL, f"key: {SECRET}\n"),
}


@pytest.mark.parametrize(("tool", "text"), list(HIDDEN.values()), ids=list(HIDDEN))
def test_hidden(tool: Tool, text: str) -> None:
    once = tool.without_secrets(text.encode())
    assert SECRET.encode() not in once
    assert once.count(b"\n") == text.count("\n")
    assert tool.without_secrets(once) == once


@pytest.mark.parametrize(("tool", "text"), list(SHOWN.values()), ids=list(SHOWN))
def test_shown(tool: Tool, text: str) -> None:
    assert tool.without_secrets(text.encode()) == text.encode()


def test_hidden_on_the_node(tmp_path: Path) -> None:
    write_tool(tmp_path, "corosync-cmapctl", f"echo 'totem.key (str) = {SECRET}'")
    assert ThisNode((str(tmp_path),)).collect([CMAPCTL])[CMAPCTL].stdout == b"totem.key (str) = (hidden)\n"


def test_hidden_in_a_recording_made_by_hand(tmp_path: Path) -> None:
    command = {
        "file": "cmapctl.txt",
        "argv": ["corosync-cmapctl"],
        "status": 0,
        "seconds": 0,
        "stderr": "",
        "fault": None,
    }
    index = {"schema": 1, "node": "n", "user": "root", "time": 0, "limit": 8, "commands": [command]}
    (tmp_path / "commands.json").write_text(json.dumps(index), encoding="utf-8")
    (tmp_path / "cmapctl.txt").write_text(f"totem.key (str) = {SECRET}\n", encoding="utf-8")
    assert SECRET.encode() not in Recording(str(tmp_path)).collect([CMAPCTL])[CMAPCTL].stdout
