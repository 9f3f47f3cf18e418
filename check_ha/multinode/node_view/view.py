"""Make the view of this node from what its tools printed: what it says of the cluster, and what it could not tell."""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

from check_ha.cluster.config_hash import conf_view
from check_ha.cluster.member_names import local_member, member_names, named, without_names
from check_ha.cluster.this_node import ListedNode, this_node
from check_ha.cluster.virtual_addresses import virtual_ips
from check_ha.core.condition import NOT_RESPONDING, NOT_RUNNING, REMOTE_NODE, STARTING, TOOL_MISSING
from check_ha.core.evidence import Evidence, Reading
from check_ha.model.addresses import Interface, InterfaceAddress
from check_ha.model.cib_parts import ATTRIBUTES, RESOURCES
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.model.corosync_conf import CorosyncConf
from check_ha.model.view import (
    RUNNING,
    SILENT,
    STOPPED,
    AddressView,
    ConfiguredView,
    CorosyncView,
    DaemonsView,
    FailedToolView,
    MemberView,
    TicketView,
    VersionsView,
    View,
    VipView,
)
from check_ha.multinode.drbd.view import OF_DRBD, drbd_views
from check_ha.multinode.node_view.links import REACHABLE, STATUS, link_views
from check_ha.multinode.node_view.pacemaker import pacemaker_view
from check_ha.parsers.addresses import parse_ip_addr
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.fingerprint import parse_fingerprint
from check_ha.parsers.installed import parse_corosync_version, parse_pacemakerd_features
from check_ha.parsers.nodename import parse_crm_node, parse_crm_node_list
from check_ha.parsers.quorumtool import parse_quorumtool, parse_quorumtool_nodes
from check_ha.sources.tools import (
    AUTHKEY,
    CIBADMIN,
    CMAPCTL,
    COROSYNC_CONF,
    COROSYNC_VERSION,
    CRM_MON,
    CRM_NODE,
    CRM_NODE_LIST,
    IP_ADDR,
    PACEMAKERD_FEATURES,
    QUORUMTOOL,
    QUORUMTOOL_NODES,
    Tool,
)

CLUSTER = Reading(CRM_MON, parse_crm_mon, silent=True)
CIB = Reading(CIBADMIN, parse_cib, silent=True, parts=(ATTRIBUTES, RESOURCES))
NODE_NAME = Reading(CRM_NODE, parse_crm_node, silent=True)
QUORUM = Reading(QUORUMTOOL, parse_quorumtool, silent=True)
MAP = Reading(CMAPCTL, parse_cmapctl, silent=True)
INTERFACES = Reading(IP_ADDR, parse_ip_addr, silent=True)
CONF = Reading(COROSYNC_CONF, parse_corosync_conf, silent=True)
KEY = Reading(AUTHKEY, parse_fingerprint, silent=True)
COROSYNC_INSTALLED = Reading(COROSYNC_VERSION, parse_corosync_version, silent=True)
PACEMAKER_INSTALLED = Reading(PACEMAKERD_FEATURES, parse_pacemakerd_features, silent=True)
NAMES = Reading(CRM_NODE_LIST, parse_crm_node_list, silent=True, instead_of=CMAPCTL, when=without_names)
LISTED = Reading(QUORUMTOOL_NODES, parse_quorumtool_nodes, silent=True, instead_of=CMAPCTL, when=without_names)

READINGS = (
    CLUSTER, CIB, NODE_NAME, QUORUM, MAP, INTERFACES, CONF, KEY, COROSYNC_INSTALLED, PACEMAKER_INSTALLED, NAMES, LISTED,
    *OF_DRBD,
    STATUS, REACHABLE,
)  # fmt: skip


def view_of(evidence: Evidence) -> View:
    """Return the view of this node."""
    cluster, cib, cmap = evidence.get(CLUSTER), evidence.get(CIB), evidence.get(MAP)
    conf, interfaces = evidence.get(CONF), evidence.get(INTERFACES)
    nodelist = _nodelist(cmap, conf)
    addresses = None if interfaces is None else tuple(
        _address(one, interfaces.named(one.interface))
        for one in interfaces.addresses
        if one.interface != "lo" and not one.address.startswith(("127.", "fe80:"))
    )  # fmt: skip
    listed = tuple(ListedNode(one.id, one.name, one.addresses) for one in nodelist or ())
    node = this_node(evidence.get(NODE_NAME), cluster, cmap, interfaces, listed)
    needed = {one.ticket for one in (cib.tickets if cib else ())}
    return View(
        time=round(evidence.now, 3),
        node=node,
        cluster=_cluster_name(cmap, conf),
        corosync=_corosync(evidence, cluster),
        pacemaker=pacemaker_view(cluster) if cluster else None,
        cib_epoch=cib.epoch if cib else None,
        nodelist=nodelist,
        vips=_vips(evidence),
        addresses=addresses,
        daemons=DaemonsView(_daemon(evidence, QUORUMTOOL, CMAPCTL), _daemon(evidence, CRM_MON, CIBADMIN)),
        corosync_conf=conf_view(conf) if conf else None,
        authkey=_authkey(evidence, conf),
        versions=_versions(evidence, cluster, node),
        troubles=tuple(
            FailedToolView(tool.file, finding.condition.name, finding.text)
            for tool, finding in evidence.failed.items()
            if not (tool.only_with and finding.condition is TOOL_MISSING)  # most clusters do not have what it is about
        ),
        drbd=drbd_views(evidence),
        links=link_views(evidence, cmap, _names(evidence, cluster)),
        tickets=tuple(
            TicketView(one.id, one.granted, one.standby, one.id in needed)
            for one in (cluster.tickets if cluster else ())
        ),
    )


def _cluster_name(cmap: Optional[CorosyncMap], conf: Optional[CorosyncConf]) -> Optional[str]:
    if cmap:
        return cmap.values.get("totem.cluster_name")
    return conf.get("totem.cluster_name") if conf else None


def _corosync(evidence: Evidence, cluster: Optional[Cluster]) -> Optional[CorosyncView]:
    """Return the membership and the votes; without a quorum provider nobody counts them, whatever 1.4 says."""
    quorum, cmap = evidence.get(QUORUM), evidence.get(MAP)
    if quorum is None and cmap is None:
        return None
    quorum = quorum if quorum and quorum.counted else None
    local = quorum.node_id if quorum else None
    return CorosyncView(
        node_id=local if local is not None else local_member(cmap, evidence.get(INTERFACES)),
        ring_id=quorum.ring_id if quorum else None,
        quorate=quorum.quorate if quorum else None,
        votes=quorum.total_votes if quorum else None,
        expected_votes=quorum.expected_votes if quorum else None,
        members=_members(evidence, cluster, quorum),
        config_version=_number(cmap.values.get("totem.config_version", "0")) if cmap else None,
    )


def _members(evidence: Evidence, cluster: Optional[Cluster], quorum: Optional[QuorumStatus]) -> Tuple[MemberView, ...]:
    """Return the members by quorumtool, which votequorum keeps in step with the votes, else by the map."""
    cmap, listed = evidence.get(MAP), evidence.get(LISTED)
    names = _names(evidence, cluster)
    members = (quorum.members or listed or ()) if quorum else ()
    if members or cmap is None:
        return tuple(
            MemberView(one.node_id, names.get(one.node_id, one.name), one.votes, one.qdevice or "") for one in members
        )
    joined = [one.node_id for one in cmap.members if one.joined]
    return tuple(MemberView(one, names.get(one) or named(cmap, one, names), None) for one in joined)


def _names(evidence: Evidence, cluster: Optional[Cluster]) -> Dict[int, str]:
    return dict(member_names(evidence.get(MAP), evidence.get(NAMES), cluster, evidence.get(LISTED)))


def _address(one: InterfaceAddress, interface: Interface) -> AddressView:
    """Return the address with the state of its interface, without the flags that every interface has."""
    flags = interface.flags or ()
    flags = tuple(flag for flag in flags if flag not in ("BROADCAST", "MULTICAST")) or flags
    return AddressView(one.address, one.interface, one.prefix, interface.operstate, flags)


def _number(text: str) -> Optional[int]:
    return int(text) if re.fullmatch("[0-9]{1,19}", text) else None


def _nodelist(cmap: Optional[CorosyncMap], conf: Optional[CorosyncConf]) -> Optional[Tuple[ConfiguredView, ...]]:
    """Return the nodes of the running map; where corosync does not run, those of its file."""
    if cmap:
        return tuple(
            ConfiguredView(node.node_id, node.name, tuple(address for _, address in node.addresses))
            for node in cmap.nodes
        )
    if conf is None or conf.empty:
        return None
    return tuple(
        ConfiguredView(
            _number(node.get("nodeid") or ""),
            node.get("name") or "",
            tuple(setting.value for setting in node.settings if re.fullmatch("ring[0-9]_addr", setting.key)),
        )
        for node in conf.sections("nodelist.node")
    )


def _vips(evidence: Evidence) -> Optional[Tuple[VipView, ...]]:
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    if cluster is None or cib is None:
        return None
    return tuple(
        VipView(vip.id, vip.addresses, vip.cloned)
        for vip in virtual_ips(cluster, cib, {})
        if vip.floating and vip.addresses
    )


def _daemon(evidence: Evidence, *tools: Tool) -> Optional[str]:
    """Return the state of a daemon: one tool that answered proves that it runs, a missing right proves nothing."""
    if any(tool in evidence.values for tool in tools):
        return RUNNING
    conditions = [evidence.failed[tool].condition for tool in tools if tool in evidence.failed]
    if NOT_RESPONDING in conditions:
        return SILENT
    return STOPPED if {NOT_RUNNING, STARTING, REMOTE_NODE}.intersection(conditions) else None


def _authkey(evidence: Evidence, conf: Optional[CorosyncConf]) -> Optional[str]:
    """Return the fingerprint of the key; ``None`` as well where corosync takes its key from elsewhere."""
    elsewhere = conf and (conf.get("totem.keyfile") or conf.get("totem.key"))
    return None if elsewhere and elsewhere != AUTHKEY.argv[1] else evidence.get(KEY)


def _versions(evidence: Evidence, cluster: Optional[Cluster], node: Optional[str]) -> VersionsView:
    corosync, pacemaker = evidence.get(COROSYNC_INSTALLED), evidence.get(PACEMAKER_INSTALLED)
    running = next((one.feature_set for one in cluster.nodes if one.name == node), None) if cluster else None
    if running is None or not running[:1].isdigit():  # 2.1.5 says <3.15.1 where it does not know
        running = pacemaker.feature_set if pacemaker else None
    return VersionsView(
        ".".join(map(str, corosync)) if corosync else None,
        f"{pacemaker.version}-{pacemaker.build}" if pacemaker else None,
        running,
    )
