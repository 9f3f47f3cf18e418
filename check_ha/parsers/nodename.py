"""``crm_node -n``: the name by which the cluster knows this node."""

from __future__ import annotations

from check_ha.parsers.errors import ParseError


def parse_crm_node(data: bytes) -> str:
    """Return the name of the node, the one line that Pacemaker 1.1 to 3.0 print."""
    lines = data.decode("utf-8", "backslashreplace").split("\n")
    if not lines[0].strip() or any(line.strip() for line in lines[1:]):
        raise ParseError("crm_node -n: not one name", "".join(lines)[:200])
    return lines[0].strip()
