"""The fingerprint of corosync's authkey, by which two keys can be told equal and from which none can be told.

It goes to the monitoring server and into recordings, so it must not help anyone to guess a key. The key itself is
read by nothing of ours but ``sha256sum``. Of its digest is kept

* a slow, salted hash (PBKDF2, which also works in FIPS mode),
* and of that 32 bits: two keys that differ are taken for equal once in four billion, and as many of the possible keys
  have the same fingerprint, so that none can be reckoned back from it.

What is left is a slow test, for somebody with a list that the key is on. No list has a key that ``corosync-keygen``
made, which is 128 or 256 random bytes.

The salt is the same everywhere: nodes that have nothing in common but the key must come to the same fingerprint. Not
even the name of the cluster may be in it, for that can differ as well, and is compared by itself.
"""

from __future__ import annotations

import hashlib
import re

_SALT = b"check_ha: fingerprint of corosync's authkey, 1"
_ROUNDS = 100_000  # 25 ms
_BYTES = 4


def fingerprint(text: bytes) -> bytes:
    """Return ``fingerprint 1a2b3c4d`` for what ``sha256sum`` printed; anything that is neither is hidden altogether."""
    if not text.strip() or re.fullmatch(rb"fingerprint [0-9a-f]{8}\n", text):
        return text
    digest = re.match(rb"([0-9a-f]{64})[ \n]", text)
    if digest is None:
        return b"(hidden)\n"
    return b"fingerprint %s\n" % hashlib.pbkdf2_hmac("sha256", digest[1], _SALT, _ROUNDS, _BYTES).hex().encode()
