"""The states of DRBD, by the words that its versions have for them (drbd_strings.c of 8.3, 8.4, and 9.0 to 9.3).

A word that is not known is an error: nobody could say whether it is well.
"""

from typing import FrozenSet

from check_ha.parsers.errors import ParseError

ROLES = frozenset(("Primary", "Secondary", "Unknown"))
DISKS = frozenset((
    "Diskless", "Attaching", "Detaching", "Failed", "Negotiating", "Inconsistent", "Outdated", "DUnknown",
    "Consistent", "UpToDate",
))  # fmt: skip
CONNECTIONS = frozenset((
    "StandAlone", "Disconnecting", "Unconnected", "Timeout", "BrokenPipe", "NetworkFailure",
    "ProtocolError", "TearDown", "Connecting", "Connected",
))  # fmt: skip
REPLICATIONS = frozenset((
    "Off", "Established", "StartingSyncS", "StartingSyncT", "WFBitMapS", "WFBitMapT", "WFSyncUUID",
    "SyncSource", "SyncTarget", "PausedSyncS", "PausedSyncT", "VerifyS", "VerifyT", "Ahead", "Behind",
))  # fmt: skip


def known(word: str, words: FrozenSet[str], what: str, line: str) -> str:
    """Return the word; ParseError where it is none of these."""
    if word not in words:
        raise ParseError(f"a {what} that is not known", line)
    return word
