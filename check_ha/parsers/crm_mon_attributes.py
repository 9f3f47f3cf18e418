"""Node attributes in a ``crm_mon`` document (since 1.1.14), of nodes that are online::

    <node_attributes>
      <node name="node1">
        <attribute name="master-p_db" value="10"/>
        <attribute name="pingd" value="100" expected="200"/>

Those that Pacemaker uses itself are left out, and so are all whose name begins with ``#``.
"""

from __future__ import annotations

import re
from typing import Dict

from check_ha.parsers.crm_mon_words import text
from check_ha.parsers.xml import Element


def parse_attributes(section: Element) -> Dict[str, Dict[str, str]]:
    """Return the values by node and by name."""
    return {
        text(node, "name"): {one.get("name", ""): one.get("value", "") for one in node.iterchildren("attribute")}
        for node in section.iterchildren("node")
    }


def parse_expected(section: Element) -> Dict[str, Dict[str, int]]:
    """Return what the attributes of ping resources would be if every host answered, by node and by name."""
    found: Dict[str, Dict[str, int]] = {}
    for node in section.iterchildren("node"):
        for one in node.iterchildren("attribute"):
            expected = one.get("expected")
            if expected and re.fullmatch("-?[0-9]{1,9}", expected):
                found.setdefault(text(node, "name"), {})[one.get("name", "")] = int(expected)
    return found
