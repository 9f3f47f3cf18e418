"""``crm_node -n`` and ``crm_node -l``: the names by which the cluster knows this node, and each node id."""

from __future__ import annotations

import re
from typing import Dict

from check_ha.parsers.errors import ParseError


def parse_crm_node(data: bytes) -> str:
    """Return the name of the node, the one line that Pacemaker 1.1 to 3.0 print."""
    lines = data.decode("utf-8", "backslashreplace").split("\n")
    if not lines[0].strip() or any(line.strip() for line in lines[1:]):
        raise ParseError("crm_node -n: not one name", "".join(lines)[:200])
    return lines[0].strip()


def parse_crm_node_list(data: bytes) -> Dict[int, str]:
    """Return the name of each node id of corosync, of ``crm_node -l``; Pacemaker 1.1.10, and 1.1.24 with a peer lost::

        1177773057 node1
        1177773058 node2 lost

    With the plugin of corosync 1.4 a node that is lost is left out. A name that is not known is ``(null)``.
    """
    names: Dict[int, str] = {}
    for line in data.decode("utf-8", "backslashreplace").split("\n"):
        match = re.fullmatch(r"([0-9]{1,10}) (\S+)(?: \S+)?", line)
        if match is None and line.strip():
            raise ParseError("unknown line of crm_node -l", line)
        if match and match[2] != "(null)":
            names[int(match[1])] = match[2]
    if not names:
        raise ParseError("crm_node -l lists no node")
    return names
