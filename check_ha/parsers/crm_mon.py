"""``crm_mon --output-as=xml`` (Pacemaker 2.0.3 and later) and ``crm_mon --as-xml`` (1.1 and later).

Both print the same sections; they differ in the root element, and in that only the new
form says in ``status`` how the command ended::

    <pacemaker-result api-version="2.25" request="crm_mon --output-as=xml">
      <summary> <nodes> <resources> <node_attributes> <node_history> <failures> <fence_history> <tickets> <bans>
      <status code="0" message="OK"/>
    </pacemaker-result>

    <crm_mon version="1.1.24"> ... </crm_mon>
"""

from __future__ import annotations

import re
from typing import Callable, Iterator, Optional, Tuple, TypeVar

from check_ha.model.cib_parts import ATTRIBUTES, CRM_CONFIG, NODES, STATUS
from check_ha.model.cluster import Ban, Cluster, ClusterOptions, DesignatedController, Node, Ticket
from check_ha.parsers.crm_mon_attributes import parse_attributes, parse_expected
from check_ha.parsers.crm_mon_history import (
    parse_fail_counts,
    parse_failures,
    parse_fence_history,
    parse_history,
    without_details,
)
from check_ha.parsers.crm_mon_resources import parse_resources
from check_ha.parsers.crm_mon_words import (
    flag,
    number,
    optional_flag,
    optional_moment,
    optional_number,
    optional_text,
    text,
    word,
)
from check_ha.parsers.errors import REFUSED, UNCONNECTED, UNRECOGNISED, ParseError
from check_ha.parsers.xml import Element, parse_document, shorten, start_tag

_NODE_TYPES = {"member": "member", "remote": "remote", "ping": "ping", "unknown": "unknown"}
_HEALTH = {"green": "green", "yellow": "yellow", "red": "red"}
_DEFAULTS = ClusterOptions(
    fencing_enabled=True, symmetric=True, no_quorum_policy="stop", maintenance_mode=False, stop_all_resources=False
)
_TICKET_STATUS = {"granted": "granted", "revoked": "revoked"}

Section = TypeVar("Section")


def parse_crm_mon(data: bytes) -> Cluster:
    """Return the cluster as this document shows it.

    Raise ParseError for what is no such document, for one that holds a word which no
    Pacemaker is known to print, and for one without cluster data: since 2.1.5 ``crm_mon``
    exits 0 also when it could not read the CIB, and ``--as-xml`` then prints an empty root.
    """
    root = parse_document(data, cut=without_details)
    current_dc = _require_cluster_data(root)
    nodes = parse_nodes(root)
    dc = _designated_controller(current_dc)
    options = _section(root, "summary/cluster_options", _options, ClusterOptions())
    hidden = tuple(_hidden(root, dc, nodes, options))
    return Cluster(
        dc=dc,
        with_quorum=flag(current_dc, "with_quorum") if dc else None,
        nodes=nodes,
        resources=_section(root, "resources", parse_resources, ()),
        options=ClusterOptions() if CRM_CONFIG in hidden else options,  # then they are not those of this cluster
        failures=_section(root, "failures", parse_failures, ()),
        fail_counts=_section(root, "node_history", parse_fail_counts, ()),
        fence_history=_section(root, "fence_history", parse_fence_history, None),
        tickets=_section(root, "tickets", _tickets, ()),
        bans=_section(root, "bans", _bans, ()),
        updated=_section(root, "summary/last_update", lambda element: optional_moment(element, "time"), None),
        origin=_section(root, "summary/last_update", lambda element: optional_text(element, "origin"), None),
        pacemakerd_state=_pacemakerd_state(root),
        instances_configured=_configured(root, "number"),
        instances_disabled=_configured(root, "disabled"),
        instances_blocked=_configured(root, "blocked"),
        attributes=_section(root, "node_attributes", parse_attributes, {}),
        version=_version(root.get("version") or ""),
        history=_section(root, "node_history", parse_history, {}),
        hidden=hidden,
        expected_votes=_expected_votes(root),
        expected_attributes=_section(root, "node_attributes", parse_expected, {}),
    )


def _expected_votes(root: Element) -> Optional[int]:
    """Return the votes that Pacemaker expects where it counts them: ``unknown`` with corosync 2, not shown since 2.0::

    <nodes_configured number="2" expected_votes="2" />
    """
    shown = _section(root, "summary/nodes_configured", lambda element: element.get("expected_votes", ""), "")
    return int(shown) if re.fullmatch("[0-9]{1,9}", shown) else None


def _section(root: Element, path: str, parse: Callable[[Element], Section], absent: Section) -> Section:
    """Return a part of the document; since 2.0.3 those without content are left out."""
    element = root.find(path)
    return absent if element is None else parse(element)


def _require_cluster_data(root: Element) -> Element:
    """Return ``current_dc``, without which the rest of a document means nothing.

    2.1.5 while the CIB manager hangs, exit code 0::

        <pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:10:08Z"/>
        <status code="0" message="OK">
          <errors>
            <error>Could not connect to the CIB: Transport endpoint is not connected</error>
    """
    if root.tag not in ("pacemaker-result", "crm_mon"):
        raise ParseError("XML, but not from crm_mon", start_tag(root))
    said = troubles(root)
    current_dc = root.find("summary/current_dc")
    if said or current_dc is None:
        raise _no_cluster_data(said, shorten(_pacemakerd_state(root) or ""))
    return current_dc


def _no_cluster_data(said: Tuple[str, ...], state: str) -> ParseError:
    """Return the error for a document without a cluster: what the first of its troubles means, all of them in words."""
    kind = UNRECOGNISED
    if said and said[0].startswith("Could not connect to the CIB"):
        kind = REFUSED if "Permission denied" in said[0] else UNCONNECTED
    unusual = "" if state == "running" else state
    words = (*said, f"pacemakerd is in state {unusual}") if unusual else said
    text = "; ".join(words) or "the document has no summary"
    return ParseError(f"no cluster data: {text}", kind=kind, state=unusual)


def troubles(root: Element) -> Tuple[str, ...]:
    """Return what the document itself says went wrong."""
    status = root.find("status")
    if status is None:
        return ()
    errors = tuple(shorten(error.text or "") for error in list(status.iterfind("errors/error"))[:5])
    if errors or status.get("code") == "0":
        return errors
    return (f"status {shorten(status.get('code', ''))}, {shorten(status.get('message', ''))}",)


def _pacemakerd_state(root: Element) -> Optional[str]:
    """2.1.5 prints an element of its own, 2.1.6 and later do so only when there is no summary."""
    element = root.find("pacemakerd")
    if element is not None:
        return optional_text(element, "state")
    return _section(root, "summary/stack", lambda stack: optional_text(stack, "pacemakerd-state"), None)


def _designated_controller(element: Element) -> Optional[DesignatedController]:
    """Return the node that decides::

        <current_dc present="true" version="2.1.5-a3f44794f94" name="node2" id="2" with_quorum="true"
         mixed_version="false"/>
        <current_dc present="false"/>

    There is none during an election and just after the start.
    """
    if not flag(element, "present"):
        return None
    return DesignatedController(
        name=text(element, "name"),
        id=text(element, "id"),
        version=optional_text(element, "version") or "",
        mixed_version=optional_flag(element, "mixed_version"),
    )


def _hidden(
    root: Element, dc: Optional[DesignatedController], nodes: Tuple[Node, ...], options: ClusterOptions
) -> Iterator[str]:
    """Yield the parts of the CIB of which crm_mon shows defaults, as it does where a Pacemaker ACL hides them (2.1.5).

    Without the attributes of ``cib`` there is no DC (``dc-uuid``) and ``<last_change time="" .../>``; without
    ``crm_config`` neither ``dc-version`` nor ``cluster-infrastructure``, and every option has its default; without
    ``status`` every node is offline, the DC too. A cluster that has never had a DC looks like the first of these.
    """
    time = _section(root, "summary/last_change", lambda element: element.get("time"), None)
    if dc is None and time == "":
        yield ATTRIBUTES
    stack = _section(root, "summary/stack", lambda element: element.get("type"), None)
    defaults = all(value in (None, default) for value, default in zip(options, _DEFAULTS))
    if defaults and (stack == "unknown" or (dc is not None and not dc.version)):
        yield CRM_CONFIG
    members = [node for node in nodes if node.type == "member"]
    if (dc is not None or time == "") and members and not any(node.online or node.pending for node in members):
        yield STATUS


def parse_nodes(root: Element) -> Tuple[Node, ...]:
    """Return every node, members and others; as many as the document says there are (so in 1.1 to 3.0)."""
    nodes = tuple(_node(element) for element in root.iterfind("nodes/node"))
    if not nodes:
        raise ParseError("no cluster data: no node listed", hidden=NODES)
    configured = _section(root, "summary/nodes_configured", lambda element: optional_number(element, "number"), None)
    if configured not in (None, len(nodes)):
        raise ParseError(f"incomplete cluster data: {configured} nodes configured, {len(nodes)} listed")
    return nodes


def _node(element: Element) -> Node:
    """Return a cluster member, a remote or a guest node; 2.1.5::

        <node name="node1" id="1" online="true" standby="false" standby_onfail="false" maintenance="false"
         pending="false" unclean="false" health="green" feature_set="3.16.1" shutdown="false" expected_up="true"
         is_dc="true" resources_running="4" type="member"/>

    Guest nodes also have ``id_as_resource``, which 1.1.13 called ``container_id``. With
    ``--group-by-node`` the resources stand in here, and nearly none in their own section.
    """
    if len(element) and (element.find("resource") is not None or element.find("group") is not None):
        raise ParseError("crm_mon ran with --group-by-node, which hides where resources run", start_tag(element))
    return Node(
        name=text(element, "name"),
        id=text(element, "id"),
        type=word(element, "type", _NODE_TYPES),
        online=flag(element, "online"),
        standby=flag(element, "standby"),
        standby_onfail=flag(element, "standby_onfail"),
        pending=flag(element, "pending"),
        unclean=flag(element, "unclean"),
        shutdown=flag(element, "shutdown"),
        is_dc=flag(element, "is_dc"),
        maintenance=optional_flag(element, "maintenance") or False,
        resources_running=optional_number(element, "resources_running") or 0,
        expected_up=optional_flag(element, "expected_up"),
        health=None if element.get("health") is None else word(element, "health", _HEALTH),
        feature_set=optional_text(element, "feature_set"),
        id_as_resource=optional_text(element, "id_as_resource") or optional_text(element, "container_id"),
    )


def _options(element: Element) -> ClusterOptions:
    """3.0.2 renamed ``stonith-enabled``; it prints both names, and one day only the new one."""
    fencing_enabled = optional_flag(element, "fencing-enabled")
    return ClusterOptions(
        fencing_enabled=optional_flag(element, "stonith-enabled") if fencing_enabled is None else fencing_enabled,
        symmetric=optional_flag(element, "symmetric-cluster"),
        no_quorum_policy=optional_text(element, "no-quorum-policy"),
        maintenance_mode=optional_flag(element, "maintenance-mode"),
        stop_all_resources=optional_flag(element, "stop-all-resources"),
    )


def _configured(root: Element, name: str) -> Optional[int]:
    """Return a count of ``<resources_configured number="10" disabled="0" blocked="0"/>``; the last two since 1.1.16."""
    return _section(root, "summary/resources_configured", lambda element: optional_number(element, name), None)


def _version(text: str) -> Tuple[int, ...]:
    """Return ``(1, 1, 24)`` of ``<crm_mon version="1.1.24">``."""
    found = re.match(r"\d{1,4}(\.\d{1,4}){1,3}", text, re.ASCII)
    return tuple(map(int, found.group().split("."))) if found else ()


def _tickets(tickets: Element) -> Tuple[Ticket, ...]:
    """Return ``<ticket id="ticketA" status="granted" standby="false" last-granted="Mon Nov 23 03:57:01 2026"/>``."""
    return tuple(
        Ticket(
            id=text(element, "id"),
            granted=word(element, "status", _TICKET_STATUS) == "granted",
            standby=optional_flag(element, "standby") or False,
        )
        for element in tickets.iterchildren("ticket")
    )


def _bans(bans: Element) -> Tuple[Ban, ...]:
    """Return negative location constraints::

        <ban id="cli-ban-grp-on-node3" resource="grp" node="node3" weight="-1000000" promoted-only="false"
         master_only="false"/>

    2.1.0 renamed ``master_only``, and prints both names.
    """
    return tuple(_ban(element) for element in bans.iterchildren("ban"))


def _ban(element: Element) -> Ban:
    promoted_only = optional_flag(element, "promoted-only")
    return Ban(
        id=text(element, "id"),
        resource=text(element, "resource"),
        node=text(element, "node"),
        weight=number(element, "weight"),
        promoted_only=(optional_flag(element, "master_only") if promoted_only is None else promoted_only) or False,
    )
