"""Transient node attributes, in the status section of a CIB (1.1 to 3.0)::

    <node_state id="2" uname="node2" ...>
      <transient_attributes id="2">
        <instance_attributes id="status-2">
          <nvpair id="status-2-.health-disk" name="#health-disk" value="red"/>

They are a few lines of a section that may have megabytes of history: all else is cut out before it is parsed.
"""

from __future__ import annotations

from typing import Dict, List

from check_ha.model.cib import Pairs
from check_ha.parsers.xml import Element

_STATUS, _STATE = b"<status>", b"<node_state"
_BEGIN, _END = b"<transient_attributes", b"</transient_attributes>"


def without_history(data: bytes) -> bytes:
    """Return the document with nothing in its status but the transient attributes of each node."""
    begin, end = data.find(_STATUS), data.rfind(b"</status>")
    if begin < 0 or end < begin:
        return data
    parts: List[bytes] = [data[: begin + len(_STATUS)]]
    place = begin
    while True:
        place, before = data.find(_BEGIN, place, end), place
        stop = data.find(_END, place, end) + len(_END)
        state = data.rfind(_STATE, before, place)
        if min(place, state) < 0 or stop < place:
            return b"".join((*parts, data[end:]))
        tag = data.find(b">", state) + 1
        parts += [data[state:tag], data[place:stop], b"</node_state>"] if tag <= place else []
        place = stop


def parse_transient(root: Element) -> Dict[str, Pairs]:
    """Return them by node; a node that has none, or whose name ACLs hide, is left out."""
    found: Dict[str, Pairs] = {}
    for state in root.iterfind("status/node_state"):
        pairs = [
            (pair.get("name", ""), pair.get("value", ""))
            for pair in state.iterfind("transient_attributes/instance_attributes/nvpair")
        ]
        name = state.get("uname")
        if name and pairs:
            found[name] = tuple(pairs)
    return found
