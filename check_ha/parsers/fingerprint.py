"""The fingerprint of corosync's authkey, which is all that is kept of its digest: see check_ha.sources.fingerprint."""

from __future__ import annotations

import re

from check_ha.model.view import NO_FILE
from check_ha.parsers.errors import ParseError


def parse_fingerprint(data: bytes) -> str:
    """Parse ``fingerprint 1a2b3c4d``; no output is no such file."""
    if not data.strip():
        return NO_FILE
    found = re.fullmatch(rb"fingerprint ([0-9a-f]{8})\n?", data)
    if found is None:
        raise ParseError("no digest of the authkey")
    return found[1].decode()
