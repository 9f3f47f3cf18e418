"""Clusters that cannot be had in the lab: bundles, guest nodes, tickets, groups in clones, and what fails in them.

``python -m tests.made`` writes tests/recordings/made anew, a recorded directory for each Scenario, or for those that
are named. By hand is only the configuration: crm_simulate (Pacemaker's own scheduler) starts what it would start and
fails what it is told to fail, the administrator's tools change the CIB, and the real crm_mon shows what comes out,
beside the CIB as cibadmin.xml.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, NamedTuple, Sequence, Tuple

from check_ha.sources.recording import write_recording
from check_ha.sources.tools import CIBADMIN, CRM_MON, Output
from tests.replay import RECORDINGS

MADE = RECORDINGS / "made"
NODES = (1, 2, 3)


class Scenario(NamedTuple):
    """A configuration, and what happens to it once it runs."""

    name: str
    note: str
    resources: str
    steps: Tuple[str, ...] = ()
    """Command lines. ``fail OPERATION@NODE=STATUS ...`` lets the cluster run while these fail, ``happen ...`` puts one
    such result into the history, ``settle`` lets the cluster run. So it does before the first step (unless that is to
    fail) and after the last."""
    constraints: str = ""
    options: str = ""
    """``NAME=VALUE ...``"""
    started: bool = True
    """False: the steps find a cluster in which nothing runs yet."""
    settle: bool = True
    """False: leave it at the last step, before the cluster reacts."""


def primitive(identity: str, agent: str = "ocf:pacemaker:Dummy", meta: str = "", on_fail: str = "restart") -> str:
    standard, rest = agent.split(":", 1)
    provider, _, kind = rest.rpartition(":")
    provided = f'provider="{provider}" ' if provider else ""
    return (
        f'<primitive id="{identity}" class="{standard}" {provided}type="{kind}">'
        f'{_meta(identity, meta)}<operations><op id="{identity}-monitor" name="monitor" interval="10s" '
        f'on-fail="{on_fail}"/></operations></primitive>'
    )


def group(identity: str, *members: str, meta: str = "") -> str:
    return f'<group id="{identity}">{_meta(identity, meta)}{"".join(members)}</group>'


def clone(identity: str, child: str, meta: str = "") -> str:
    return f'<clone id="{identity}">{_meta(identity, meta)}{child}</clone>'


def bundle(identity: str, child: str, attributes: str, meta: str = "") -> str:
    return (
        f'<bundle id="{identity}">{_meta(identity, meta)}<podman image="registry.example.org/web:1" {attributes}/>'
        f'<network ip-range-start="192.0.2.121" host-netmask="24"/>{child}</bundle>'
    )


def location(resource: str, number: int, score: str = "-INFINITY") -> str:
    return f'<rsc_location id="{resource}-node{number}" rsc="{resource}" node="node{number}" score="{score}"/>'


def _meta(identity: str, meta: str) -> str:
    return f'<meta_attributes id="{identity}-meta">{_pairs(f"{identity}-meta", meta)}</meta_attributes>' if meta else ""


def _pairs(prefix: str, words: str) -> str:
    pairs = (word.split("=", 1) for word in words.split())
    return "".join(f'<nvpair id="{prefix}-{name}" name="{name}" value="{value}"/>' for name, value in pairs)


def fail(*operations: str, nodes: Tuple[int, ...] = NODES, times: int = 4) -> Tuple[str, ...]:
    """These operations fail on these nodes whenever they are tried."""
    where = (f"{operation}@node{number}=1" for operation in operations for number in nodes)
    return ("fail " + " ".join(where),) * times


def under_way(resource: str, kind: str, provider: str, task: str) -> str:
    """An operation on node1 of which no result is known yet."""
    key = "9:9:0:3f0d3a4e-0000-4000-8000-000000000000"
    return (
        "cibadmin --modify --scope status --xml-text \"<status><node_state id='1'><lrm id='1'><lrm_resources>"
        f"<lrm_resource id='{resource}' type='{kind}' class='ocf' provider='{provider}'>"
        f"<lrm_rsc_op id='{resource}_last_0' operation_key='{resource}_{task}_0' operation='{task}' call-id='-1' "
        f"rc-code='193' op-status='-1' interval='0' transition-key='{key}' transition-magic='-1:193;{key}' "
        "on_node='node1' migrate_source='node1' migrate_target='node2'/>"
        '</lrm_resource></lrm_resources></lrm></node_state></status>"'
    )


REMOTE = "ocf:pacemaker:remote"
STATEFUL = "ocf:pacemaker:Stateful"
APACHE = primitive("httpd", "ocf:heartbeat:apache")
SINGLE = primitive("p_single")
PING = clone("cl_ping", primitive("p_ping", "ocf:pacemaker:ping"))
DATABASE = clone("ms_db", primitive("p_db", STATEFUL), "promotable=true")
WEB = group("g_web", primitive("p_vip", "ocf:heartbeat:IPaddr2"), primitive("p_fs"), primitive("p_app"))
STACK = clone("cl_stack", group("g_stack", primitive("p_dlm"), primitive("p_lvm")), "interleave=true")
VM = primitive("vm1", "ocf:heartbeat:VirtualDomain", "remote-node=guest1")
TICKET = '<rsc_ticket id="t_single" rsc="p_single" ticket="siteA" loss-policy="stop"/>'
DB_TICKET = '<rsc_ticket id="t_db" rsc="ms_db" rsc-role="Promoted" ticket="siteA" loss-policy="demote"/>'
STOP = "crm_resource --meta --set-parameter target-role --parameter-value stopped --resource "
UNMANAGE = "crm_resource --meta --set-parameter is-managed --parameter-value false --resource "
SCORE = "crm_attribute --name master-p_db --update 10 --lifetime reboot --node "
SITE = "crm_attribute --name site --node"
DRBD = (
    '<rsc_location id="drbd-fence-by-handler-r0-ms_db" rsc="ms_db"><rule role="Promoted" score="-INFINITY" '
    'id="drbd-fence-by-handler-r0-rule-ms_db"><expression attribute="#uname" operation="ne" value="node3" '
    'id="drbd-fence-by-handler-r0-expr-ms_db"/></rule></rsc_location>'
)


def attributes(number: int, words: str, lifetime: str = "reboot") -> Tuple[str, ...]:
    """The node has these attributes, ``NAME=VALUE`` each."""
    pairs = (word.split("=", 1) for word in words.split())
    where = f"--node node{number} --lifetime {lifetime}"
    return tuple(f"crm_attribute {where} --name {name} '--update={value}'" for name, value in pairs)


def of_site(words: str) -> Tuple[str, ...]:
    """The cluster options of SAPHanaSR."""
    pairs = (word.split("=", 1) for word in words.split())
    return tuple(f"crm_attribute --type crm_config --set-name SAPHanaSR --name hana_ha1_{name} --update {value}"
                 for name, value in pairs)  # fmt: skip


def hana(agent: str) -> str:
    """SAP HANA on node1 and node2; node3 is there for its vote."""
    database = primitive("rsc_SAPHana_HA1_HDB00", f"ocf:suse:{agent}")
    return clone("msl_SAPHana_HA1_HDB00", database, "promotable=true clone-max=2 interleave=true")


AWAY = location("msl_SAPHana_HA1_HDB00", 3)
HANA_SITES = (*attributes(1, "hana_ha1_site=WDF1", "forever"), *attributes(2, "hana_ha1_site=WDF2", "forever"))
HANA_UP = "hana_ha1_roles=master1:master:worker:master"
CLASSIC_PRIMARY = (
    *HANA_SITES, *attributes(1, "lpa_ha1_lpt=1795406908", "forever"),
    *attributes(1, "hana_ha1_clone_state=PROMOTED hana_ha1_roles=4:P:master1:master:worker:master "
                   "hana_ha1_sync_state=PRIM master-rsc_SAPHana_HA1_HDB00=150"),
)  # fmt: skip
ANGI = (
    *HANA_SITES, *attributes(1, f"hana_ha1_clone_state=PROMOTED {HANA_UP} master-rsc_SAPHana_HA1_HDB00=150"),
    *attributes(2, f"hana_ha1_clone_state=DEMOTED {HANA_UP} master-rsc_SAPHana_HA1_HDB00=100"),
    *of_site("glob_topology=ScaleUp glob_prim=WDF1 site_lpt_WDF1=1795406908 site_lss_WDF1=4 site_srr_WDF1=P "
             "site_srHook_WDF1=PRIM site_srPoll_WDF1=PRIM"),
)  # fmt: skip
PGSQL = clone("ms_pg", primitive("p_pg", "ocf:heartbeat:pgsql"), "promotable=true notify=true clone-max=2")
FACTS = "SUSE/SAPHanaSR test/json/%s (values of each attribute while all is well, and in block_sr.json): %s"
PONGS = ("p_ping_start_0", "p_ping:0_start_0", "p_ping:1_start_0", "p_ping:2_start_0")

SCENARIOS = (
    Scenario("bundle-healthy", "a bundle of two replicas, all runs", bundle("web", APACHE, 'replicas="2"')),
    Scenario(
        "bundle-replica-failed", "the container of replica 1 can be started on no node",
        bundle("web", APACHE, 'replicas="2"'), fail("web-podman-1_start_0"),
    ),
    Scenario(
        "bundle-all-failed", "no container of the bundle can be started",
        bundle("web", APACHE, 'replicas="2"'), fail("web-podman-0_start_0", "web-podman-1_start_0", times=6),
    ),
    Scenario(
        "bundle-payload-failed", "the server in replica 0 cannot be started, its container runs",
        bundle("web", APACHE, 'replicas="2"'), ("fail httpd_start_0@web-0=1 httpd:0_start_0@web-0=1",) * 2,
    ),
    Scenario(
        "bundle-disabled", "the bundle has target-role=Stopped",
        bundle("web", APACHE, 'replicas="2"', "target-role=Stopped"),
    ),
    Scenario("bundle-unmanaged", "the bundle is unmanaged", bundle("web", APACHE, 'replicas="2"'), (UNMANAGE + "web",)),
    Scenario(
        "bundle-not-promoted", "no replica of the database is promoted, for none has a promotion score",
        bundle("db", primitive("p_db", STATEFUL), 'replicas="3" promoted-max="1"'),
    ),
    Scenario("bundle-four-on-three-nodes", "four replicas on three nodes", bundle("web", APACHE, 'replicas="4"')),
    Scenario("cloned-group-healthy", "a group in a clone, on all three nodes", STACK),
    Scenario(
        "cloned-group-first-failed", "the first member of the cloned group cannot be started on node3",
        STACK, fail("p_dlm:0_start_0", "p_dlm:1_start_0", "p_dlm:2_start_0", nodes=(3,)),
    ),
    Scenario(
        "cloned-group-last-failed", "the last member of the cloned group cannot be started on node3",
        STACK, fail("p_lvm:0_start_0", "p_lvm:1_start_0", "p_lvm:2_start_0", nodes=(3,)),
    ),
    Scenario("cloned-group-disabled", "a cloned group has target-role=stopped", STACK, (STOP + "cl_stack",)),
    Scenario("guest-healthy", "a guest node in a virtual machine, a clone on all nodes", VM + PING + SINGLE),
    Scenario(
        "guest-lost", "the virtual machine of the guest node can be started on no node",
        VM + PING + SINGLE, fail("vm1_start_0"),
    ),
    Scenario(
        "guest-disabled", "the virtual machine of the guest node has target-role=Stopped",
        VM + PING + SINGLE, (STOP + "vm1",),
    ),
    Scenario(
        "guest-connection-failed", "the virtual machine runs, and no connection to the guest in it can be made",
        VM + SINGLE, fail("guest1_start_0", times=1), settle=False,
    ),
    Scenario(
        "remote-lost", "the connection to the remote node can be made from no node",
        primitive("remote1", REMOTE) + PING, fail("remote1_start_0"),
    ),
    Scenario(
        "remote-disabled", "the connection to the remote node has target-role=stopped",
        primitive("remote1", REMOTE) + PING, (STOP + "remote1",),
    ),
    Scenario(
        "remote-connection-broken", "the connection to the remote node broke, and fencing is on: it must be fenced",
        primitive("remote1", REMOTE) + PING + primitive("st_ipmi", "stonith:fence_ipmilan"),
        ("happen remote1_monitor_10000@node1=1",),
        options="stonith-enabled=true", settle=False,
    ),
    Scenario(
        "remote-left-over", "the remote node was removed from the configuration, but is still listed",
        primitive("remote1", REMOTE) + PING, ("settle", "cibadmin --delete --xml-text '<primitive id=\"remote1\"/>'"),
    ),
    Scenario(
        "ticket-never-granted", "p_single depends on ticket siteA, which was never granted",
        SINGLE + PING, constraints=TICKET,
    ),
    Scenario(
        "ticket-revoked", "p_single depends on ticket siteA, which was granted and then revoked",
        SINGLE + PING, ("crm_simulate --ticket-grant siteA", "crm_simulate --ticket-revoke siteA"), TICKET,
    ),
    Scenario(
        "ticket-standby", "p_single depends on ticket siteA, which is granted and in standby",
        SINGLE + PING, ("crm_simulate --ticket-grant siteA", "crm_simulate --ticket-standby siteA"), TICKET,
    ),
    Scenario(
        "ticket-granted-and-failed", "p_single depends on ticket siteA, which is granted, and cannot be started",
        SINGLE + PING,
        ("crm_simulate --ticket-grant siteA --op-fail p_single_start_0@node1=1", *fail("p_single_start_0")),
        TICKET,
    ),
    Scenario(
        "ticket-for-promotion", "without ticket siteA no database may be promoted",
        DATABASE, constraints=DB_TICKET,
    ),
    Scenario("group-first-failed", "p_vip can be started nowhere, the rest waits for it", WEB, fail("p_vip_start_0")),
    Scenario("group-middle-failed", "p_fs can be started nowhere; p_app waits for it", WEB, fail("p_fs_start_0")),
    Scenario("group-member-disabled", "p_fs has target-role=stopped, so p_app waits for it", WEB, (STOP + "p_fs",)),
    Scenario(
        "group-disabled-member-started", "the group has target-role=stopped, its second member target-role=Started",
        group("g_web", primitive("p_vip"), primitive("p_app", meta="target-role=Started"), meta="target-role=stopped"),
    ),
    Scenario("group-unmanaged", "a group is unmanaged", WEB + SINGLE, (UNMANAGE + "g_web",)),
    Scenario(
        "clone-unmanaged-and-node-in-maintenance", "the clone is unmanaged, and node2 is in maintenance",
        WEB + PING, (UNMANAGE + "cl_ping", "crm_attribute --node node2 --name maintenance --update true"),
    ),
    Scenario(
        "all-nodes-standby", "all three nodes are in standby",
        WEB + PING, tuple(f"crm_standby --node node{number} --update on" for number in NODES),
    ),
    Scenario(
        "stop-all-resources", "stop-all-resources is true",
        WEB + PING, ("crm_attribute --name stop-all-resources --update true",),
    ),
    Scenario(
        "promoted-on-one-of-two", "promoted-max is 2, and only node1 has a promotion score",
        clone("ms_db", primitive("p_db", STATEFUL), "promotable=true promoted-max=2"), (SCORE + "node1",),
    ),
    Scenario(
        "promotion-banned-by-drbd", "DRBD lost its peer node3 and left its constraint: only node3 may be promoted",
        clone("ms_db", primitive("p_db", STATEFUL), "promotable=true") + primitive("p_fs"),
        (
            *(SCORE + f"node{number}" for number in NODES),
            "cibadmin --modify --xpath \"//node_state[@id='3']\" --xml-text '<node_state id=\"3\" uname=\"node3\" "
            "in_ccm=\"false\" crmd=\"offline\" join=\"down\" expected=\"down\"/>'",
        ),
        DRBD + '<rsc_colocation id="c_fs" rsc="p_fs" with-rsc="ms_db" with-rsc-role="Promoted" score="INFINITY"/>',
    ),
    Scenario("promotable-not-promoted", "no database is promoted, for none has a promotion score", DATABASE),
    Scenario(
        "promotable-held-back", "the promotable clone has target-role=Unpromoted",
        clone("ms_db", primitive("p_db", STATEFUL), "promotable=true target-role=Unpromoted"),
    ),
    Scenario(
        "clone-of-two", "a clone with clone-max=2 on three nodes, and a unique one with four instances",
        clone("cl_two", primitive("p_two"), "clone-max=2")
        + clone("cl_unique", primitive("p_unique"), "clone-max=4 clone-node-max=2 globally-unique=true"),
    ),
    Scenario("clone-instance-failed", "the clone cannot be started on node2", PING, fail(*PONGS, nodes=(2,))),
    Scenario("clone-all-failed", "the clone can be started on no node", PING, fail(*PONGS, times=8)),
    Scenario("clone-banned", "a constraint keeps the clone off node3", PING, constraints=location("cl_ping", 3)),
    Scenario(
        "clone-reduced", "clone-max went from 3 to 1, and the instances too many still run",
        clone("cl_ping", primitive("p_ping"), "clone-max=3"),
        ("crm_resource --meta --set-parameter clone-max --parameter-value 1 --resource cl_ping",), settle=False,
    ),
    Scenario(
        "banned-everywhere", "constraints keep p_single off every node",
        SINGLE, constraints="".join(location("p_single", number) for number in NODES),
    ),
    Scenario(
        "discovery-exclusive", "the clone may run on node1 and node2 only, those with the attribute site=A",
        PING, (f"{SITE} node1 --update A", f"{SITE} node2 --update A", f"{SITE} node3 --update B"),
        '<rsc_location id="l_ping" rsc="cl_ping" resource-discovery="exclusive"><rule id="l_ping-rule" score="0">'
        '<expression id="l_ping-site" attribute="site" operation="eq" value="A"/></rule></rsc_location>',
    ),
    Scenario(
        "ordered-after-disabled", "p_after is ordered after p_first, g_colo is colocated with it; p_first is stopped",
        primitive("p_first") + primitive("p_after") + group("g_colo", primitive("p_one"), primitive("p_two")),
        (STOP + "p_first",),
        '<rsc_order id="o_after" first="p_first" then="p_after"/>'
        '<rsc_colocation id="c_colo" rsc="g_colo" with-rsc="p_first" score="INFINITY"/>',
    ),
    Scenario(
        "group-in-maintenance", "a group is in maintenance, which this version of crm_mon does not tell",
        WEB, ("crm_resource --meta --set-parameter maintenance --parameter-value true --resource g_web",),
    ),
    Scenario(
        "opt-in", "symmetric-cluster is false: the clone is allowed on node1 and node2, p_single nowhere",
        PING + SINGLE, constraints=location("cl_ping", 1, "100") + location("cl_ping", 2, "100"),
        options="symmetric-cluster=false",
    ),
    Scenario(
        "standby-on-fail", "the monitor of p_single failed on node1, with on-fail=standby",
        primitive("p_single", on_fail="standby") + PING, ("happen p_single_monitor_10000@node1=7",),
    ),
    Scenario(
        "mixed-versions", "node3 runs an older version of Pacemaker",
        SINGLE, ("crm_attribute --node node3 --lifetime reboot --name #feature-set --update 3.15.1",),
    ),
    Scenario(
        "no-quorum-freeze", "quorum was lost with no-quorum-policy=freeze, so p_late is not started",
        SINGLE + primitive("p_late", meta="target-role=Stopped"),
        (
            "cibadmin --modify --xml-text '<cib have-quorum=\"0\"/>'",
            "crm_resource --meta --delete-parameter target-role --resource p_late",
        ),
        options="no-quorum-policy=freeze",
    ),
    Scenario(
        "stop-failed-blocked", "the stop of p_single failed on node1 when that went to standby, without fencing",
        SINGLE, ("crm_standby --node node1 --update on", *fail("p_single_stop_0", times=1)),
    ),
    Scenario(
        "orphan-stop-failed", "p_single was removed from the configuration, and its stop failed, without fencing",
        SINGLE + PING,
        ("cibadmin --delete --xml-text '<primitive id=\"p_single\"/>'", *fail("p_single_stop_0", times=1)),
    ),
    Scenario(
        "migrating", "the virtual machine is being migrated away from node1",
        primitive("vm1", "ocf:heartbeat:VirtualDomain", "allow-migrate=true"),
        (under_way("vm1", "VirtualDomain", "heartbeat", "migrate_to"),), settle=False,
    ),
    Scenario(
        "hana-angi-in-sync", FACTS % ("angi-ScaleUp", "SAP HANA is promoted on node1 and in sync on node2"),
        hana("SAPHanaController"),
        (*ANGI, *of_site("site_lpt_WDF2=30 site_lss_WDF2=4 site_srr_WDF2=S site_srHook_WDF2=SOK site_srPoll_WDF2=SOK")),
        AWAY,
    ),
    Scenario(
        "hana-angi-sfail", FACTS % ("angi-ScaleUp", "SAP HANA of node2 has lost its replication"),
        hana("SAPHanaController"),
        (*ANGI, *of_site("site_lpt_WDF2=10 site_lss_WDF2=4 site_srr_WDF2=S site_srHook_WDF2=SFAIL "
                         "site_srPoll_WDF2=SFAIL")),
        AWAY,
    ),
    Scenario(
        "hana-classic-sfail", FACTS % ("classic-ScaleUp", "SAP HANA of node2 has lost its replication"),
        hana("SAPHana"),
        (*CLASSIC_PRIMARY, *attributes(2, "lpa_ha1_lpt=10", "forever"),
         *attributes(2, "hana_ha1_clone_state=DEMOTED hana_ha1_roles=4:S:master1:master:worker:master "
                        "hana_ha1_sync_state=SFAIL master-rsc_SAPHana_HA1_HDB00=-INFINITY"),
         *of_site("site_srHook_WDF1=PRIM site_srHook_WDF2=SFAIL")),
        AWAY,
    ),
    Scenario(
        "pgsql-disconnected",
        "PostgreSQL is primary on node1, and the one on node2 is not connected: the attributes as "
        "ClusterLabs/resource-agents heartbeat/pgsql 4.18 sets them (control_slave_status)",
        PGSQL,
        (*attributes(1, "p_pg-data-status=LATEST", "forever"), *attributes(1, "p_pg-status=PRI master-p_pg=1000"),
         *attributes(2, "p_pg-data-status=DISCONNECT", "forever"),
         *attributes(2, "p_pg-status=HS:alone master-p_pg=-INFINITY")),
        location("ms_pg", 3),
    ),
    Scenario(
        "group-starting", "the first member of a group is being started, the others wait for it",
        group("g_web", primitive("p_vip"), primitive("p_fs"), primitive("p_app")),
        (under_way("p_vip", "Dummy", "pacemaker", "start"),), started=False, settle=False,
    ),
)  # fmt: skip


def cib(scenario: Scenario) -> str:
    """The configuration, and three nodes that are up and have run nothing yet."""
    options = {
        "dc-version": "2.1.5-a3f44794f94", "cluster-infrastructure": "corosync", "have-watchdog": "false",
        "stonith-enabled": "false", "no-quorum-policy": "stop",
    }  # fmt: skip
    options.update(word.split("=", 1) for word in scenario.options.split())  # type: ignore[misc]
    pairs = _pairs("options", " ".join(f"{name}={value}" for name, value in options.items()))
    nodes = "".join(f'<node id="{number}" uname="node{number}"/>' for number in NODES)
    states = "".join(_node_state(number) for number in NODES)
    return (
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.8" admin_epoch="0" epoch="12" num_updates="7" '
        'have-quorum="1" dc-uuid="1"><configuration><crm_config><cluster_property_set id="options">'
        f"{pairs}</cluster_property_set></crm_config><nodes>{nodes}</nodes><resources>{scenario.resources}</resources>"
        f"<constraints>{scenario.constraints}</constraints></configuration><status>{states}</status></cib>"
    )


def _node_state(number: int) -> str:
    return (
        f'<node_state id="{number}" uname="node{number}" in_ccm="true" crmd="online" join="member" expected="member">'
        f'<lrm id="{number}"><lrm_resources/></lrm><transient_attributes id="{number}"><instance_attributes '
        f'id="status-{number}">{_pairs(f"status-{number}", "#feature-set=3.16.1")}</instance_attributes>'
        "</transient_attributes></node_state>"
    )


def run(command: str, path: Path) -> None:
    """One step, on the CIB in this file."""
    words = shlex.split(command)
    if words[0] == "fail":
        words = ["crm_simulate", *(word for one in words[1:] for word in ("--op-fail", one))]
    elif words[0] == "happen":
        words = ["crm_simulate", "--save-input", str(path), "--op-inject", words[1]]
    elif words[0] == "settle":
        words = ["crm_simulate"]
    if words[0] == "crm_simulate":
        store = [] if "--save-input" in words else ["--in-place"]
        words = ["crm_simulate", *store, "--quiet", "--xml-file", str(path), *words[1:]]
    done = subprocess.run(words, env=environment(path), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{path.stem}: {shlex.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    if command.startswith("fail"):  # a failed start is fatal: the controller makes its fail-count INFINITY
        text = re.sub(r'(name="fail-count-[^"]*#start_0" value=)"[0-9]+"', r'\1"INFINITY"', path.read_text())
        path.write_text(text)


def environment(path: Path) -> Dict[str, str]:
    return {**os.environ, "CIB_file": str(path), "TZ": "UTC", "LC_ALL": "C"}


def make(scenario: Scenario, folder: Path) -> None:
    """Run it, and write its recorded directory."""
    path = folder / f"{scenario.name}.xml"
    path.write_text(cib(scenario))
    rest = ("settle",) * 3
    fresh = not scenario.started or (scenario.steps and scenario.steps[0].startswith("fail"))
    before = () if fresh else rest
    for command in (*before, *scenario.steps, *(rest if scenario.settle else ())):
        run(command, path)
    shown = subprocess.run(CRM_MON.argv, env=environment(path), stdout=subprocess.PIPE, check=True).stdout
    outputs = [
        Output(CRM_MON, CRM_MON.argv, 0, shown, "", 0.02, limit=8.0, user="root"),
        Output(CIBADMIN, CIBADMIN.argv, 0, path.read_bytes(), "", 0.01, limit=8.0, user="root"),
    ]
    directory = MADE / scenario.name
    shutil.rmtree(directory, ignore_errors=True)
    write_recording(str(directory), "node1", float(int(time.time())), outputs)
    (directory / "NOTE.txt").write_text(scenario.note + "\n")


def main(names: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for scenario in SCENARIOS:
            if not names or scenario.name in names:
                make(scenario, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
