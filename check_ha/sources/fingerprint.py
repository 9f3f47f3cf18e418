"""The fingerprint of corosync's authkey, by which two keys can be told equal and from which none can be told.

It goes to the monitoring server and into recordings, so it must not help anyone to guess a key. The key itself is
read by nothing of ours but ``sha256sum``. Of its digest is kept

* a slow, salted hash (PBKDF2, which also works in FIPS mode), for a key that is a pass phrase made long,
  where guesses could be tried at all (one that ``corosync-keygen`` made is 128 or 256 random bytes),
* and of that 32 bits: of any number of guesses one in four billion matches, so a match proves nothing about the key,
  while two keys that differ are taken for equal with the same small chance.

The salt is the same everywhere: nodes that have nothing in common but the key must come to the same fingerprint.
"""

from __future__ import annotations

import hashlib
import re

_SALT = b"check_ha: fingerprint of corosync's authkey, 1"
_ROUNDS = 100_000  # 25 ms
_BYTES = 4


def fingerprint(text: bytes) -> bytes:
    """``fingerprint 1a2b3c4d`` for what ``sha256sum`` printed; anything that is neither is hidden altogether."""
    if not text.strip() or re.fullmatch(rb"fingerprint [0-9a-f]{8}\n", text):
        return text
    digest = re.match(rb"([0-9a-f]{64})[ \n]", text)
    if digest is None:
        return b"(hidden)\n"
    return b"fingerprint %s\n" % hashlib.pbkdf2_hmac("sha256", digest[1], _SALT, _ROUNDS, _BYTES).hex().encode()
