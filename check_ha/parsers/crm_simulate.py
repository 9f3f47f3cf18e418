"""``crm_simulate --simulate --output-as=xml`` (Pacemaker 2.1 and later): what the cluster would look like.

The nodes and resources are printed as crm_mon prints them, before and after::

    <pacemaker-result api-version="2.25" request="crm_simulate --xml-pipe --node-fail node2 ...">
      <cluster_status> <nodes> <resources> </cluster_status>
      <modifications><modify_node action="Failing" node="node2"/></modifications>
      <actions>
        <node_action task="Fence (reboot)" node="node2" reason="peer is no longer part of the cluster"/>
      </actions>
      <transition> ... </transition>
      <revised_cluster_status> <nodes> <resources> </revised_cluster_status>
      <status code="0" message="OK"/>

From 2.1.8 on all that follows ``modifications`` is missing. So those are asked for the outcome of a CIB in which the
node has failed already, and print it without that element.

Versions before 2.1 write the outcome to a file, which their crm_mon prints: that is read as well.
"""

from __future__ import annotations

from typing import Iterator

from check_ha.model.foretold import Foretold
from check_ha.parsers.crm_mon import parse_nodes, troubles
from check_ha.parsers.crm_mon_resources import parse_resources
from check_ha.parsers.crm_mon_words import text
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import Element, parse_document, start_tag

_ROOTS = ("pacemaker-result", "crm_mon")


def parse_crm_simulate(data: bytes) -> Foretold:
    """Return the cluster as this document foretells it.

    Raise ParseError for what is no such document, and for one that holds a word which no Pacemaker is known to print.
    """
    root = parse_document(data)
    if root.tag not in _ROOTS:
        raise ParseError("XML, but not from crm_simulate", start_tag(root))
    said = troubles(root)
    if said:
        raise ParseError(f"nothing was simulated: {'; '.join(said)}")
    outcome = root.find("revised_cluster_status")
    status = root.find("cluster_status")
    if outcome is None and status is not None:
        if root.find("actions") is None or "--run" not in root.get("request", ""):
            raise ParseError("crm_simulate printed no outcome")
        from check_ha.parsers.crm_simulate_actions import after_actions  # of large clusters

        now = status.find("resources")
        nodes, found = after_actions(root, parse_nodes(status), () if now is None else parse_resources(now))
        return Foretold(nodes, found, tuple(_fenced(root)))
    outcome = root if outcome is None else outcome
    resources = outcome.find("resources")
    return Foretold(
        nodes=parse_nodes(outcome),
        resources=() if resources is None else parse_resources(resources),
        fenced=tuple(_fenced(root)),
    )


def _fenced(root: Element) -> Iterator[str]:
    for action in root.iterfind("actions/node_action"):
        if action.get("task", "").startswith("Fence"):
            yield text(action, "node")
