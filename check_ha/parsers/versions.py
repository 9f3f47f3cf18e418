"""What a node has installed: ``corosync -v``, ``pacemakerd --features``, and the fingerprint of its authkey."""

from __future__ import annotations

import re
from typing import Tuple

from check_ha.model.view import NO_FILE
from check_ha.parsers.errors import ParseError


# Corosync Cluster Engine, version '3.1.7'         all versions; a build between two releases: '3.1.7.12-4c65'
# Copyright (c) 2006-2021 Red Hat, Inc.
def parse_corosync_version(data: bytes) -> str:
    """The version alone."""
    return _found(r"Corosync Cluster Engine, version '([\w.+~-]{1,60})'", data, "corosync -v tells no version")[1]


# Pacemaker 2.1.5 (Build: a3f44794f94)
#  Supporting v3.16.1: agent-manpages cibsecrets corosync-ge-2 ...
def parse_pacemaker_features(data: bytes) -> Tuple[str, str]:
    """The version, and the feature set that this software supports; 1.1 to 3.0 print both so."""
    found = _found(
        r"Pacemaker ([\w.+~-]{1,60})(?: \(Build: [^\n]*\))?\n +Supporting v([0-9.]{1,20}):",
        data,
        "pacemakerd --features tells no version and feature set",
    )
    return found[1], found[2]


# fingerprint 1a2b3c4d
def parse_fingerprint(data: bytes) -> str:
    """What is left of ``sha256sum /etc/corosync/authkey``; no output is no such file."""
    if not data.strip():
        return NO_FILE
    return _found(r"fingerprint ([0-9a-f]{8})\n?\Z", data, "no digest of the authkey")[1]


def _found(pattern: str, data: bytes, complaint: str) -> re.Match[str]:
    text = data.decode("utf-8", "backslashreplace")
    found = re.match(pattern, text)
    if found is None:
        raise ParseError(complaint, text.split("\n")[0][:200])
    return found
