"""The CIB as it would be: a node in standby or maintenance, the connection of a remote node stopped.

What ``crm_simulate`` has options for (a node that is dead) is not changed here. The document is that of libxml2, which
writes each tag the same way: so the one section is changed in which it stands, and 60 MB of status stay as they are.
"""

from __future__ import annotations

import re
from typing import Match, Optional

from check_ha.sources.tools import DEAD, STANDBY, Question


def changed(cib: bytes, question: Question) -> bytes:
    """Return the document with the changes that this question is about; ValueError where it has no such node."""
    for node, state in question.changes:
        if state != DEAD:
            name, value = ("standby", "on") if state == STANDBY else ("maintenance", "true")
            cib = _with_pair(cib, b"nodes", b"node", b"uname", node, b"instance_attributes", name, value)
        elif node in question.connections:
            cib = _with_pair(cib, b"resources", b"primitive", b"id", node, b"meta_attributes", "target-role", "Stopped")
    return cib


def _with_pair(
    cib: bytes, section: bytes, tag: bytes, key: bytes, wanted: str, kind: bytes, name: str, value: str
) -> bytes:
    """Return it with one more set of attributes in that element, which is asked before all others."""
    start, end = cib.find(b"<%s>" % section), cib.find(b"</%s>" % section)
    found = _element(cib, tag, key, wanted.encode(), start, end) if 0 <= start < end else None
    if found is None:
        raise ValueError(f"the CIB has no {tag.decode()} {wanted}")
    identity = f"check_ha-{name}-{found.start()}"
    pair = f'<nvpair id="{identity}-1" name="{name}" value="{value}"/>'.encode()
    added = b'<%s id="%s" score="INFINITY">%s</%s>' % (kind, identity.encode(), pair, kind)
    text = found.group()
    new = b"%s>%s</%s>" % (text[:-2], added, tag) if text.endswith(b"/>") else text + added
    return cib[: found.start()] + new + cib[found.end() :]


def _element(cib: bytes, tag: bytes, key: bytes, wanted: bytes, start: int, end: int) -> Optional[Match[bytes]]:
    for found in re.compile(rb"<%s\s[^<>]*>" % tag).finditer(cib, start, end):
        given = re.search(rb"\s%s=\"([^\"]*)\"" % key, found.group())
        if given and given[1] == wanted:
            return found
    return None
