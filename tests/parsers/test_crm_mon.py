"""What the model makes of ``crm_mon``'s XML, version by version, and what is refused."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Dict, Optional, Sequence, Tuple

import pytest

from check_ha.model.cluster import (
    INFINITY,
    Ban,
    Bundle,
    Clone,
    Cluster,
    ClusterOptions,
    DesignatedController,
    FailCount,
    Failure,
    FenceEvent,
    FenceHistory,
    Group,
    Node,
    Primitive,
    Ticket,
)
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.parsers.times import parse_time
from tests.replay import RECORDINGS

DATA = Path(__file__).parent / "data" / "pacemaker"


def recorded(name: str) -> Cluster:
    return parse_crm_mon((DATA / f"{name}.xml").read_bytes())


NODE = (
    '<node name="node1" id="1" online="true" standby="false" standby_onfail="false" maintenance="false" pending="false"'
    ' unclean="false" shutdown="false" expected_up="true" is_dc="true" resources_running="4" type="member"/>'
)
DC = '<current_dc present="true" version="2.1.5-a3f44794f94" name="node1" id="1" with_quorum="true"/>'
VIP = (
    '<resource id="vip" resource_agent="ocf:heartbeat:IPaddr2" role="Started" active="true" orphaned="false"'
    ' blocked="false" managed="true" failed="false" failure_ignored="false" nodes_running_on="1">'
    '<node name="node1" id="1" cached="true"/></resource>'
)
FAILURE = (
    '<failure op_key="vip_monitor_5000" node="node2" exitstatus="not running" exitreason="" exitcode="7" call="52"'
    ' status="complete" last-rc-change="2026-11-23 03:54:12Z" queued="0" exec="0" interval="5000" task="monitor"/>'
)
EVENT = (
    '<fence_event action="reboot" target="node3" client="pacemaker-controld.92" origin="node1" status="success"'
    ' delegate="node2" completed="2026-11-23 04:10:27Z"/>'
)


OK = '<status code="0" message="OK"/>'


def document(sections: str = "", *, summary: str = DC, nodes: str = NODE, status: str = OK) -> bytes:
    """A document around a snippet."""
    return (
        f'<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml">\n<summary>{summary}</summary>\n'
        f"<nodes>{nodes}</nodes>\n{sections}\n{status}\n</pacemaker-result>\n"
    ).encode()


def resource(snippet: str) -> Primitive:
    """The only resource of a document."""
    (found,) = parse_crm_mon(document(f"<resources>{snippet}</resources>")).resources
    assert isinstance(found, Primitive)
    return found


def failure(snippet: str) -> Failure:
    """The only failure of a document."""
    (found,) = parse_crm_mon(document(f"<failures>{snippet}</failures>")).failures
    return found


def fence_history(snippet: str) -> Optional[FenceHistory]:
    return parse_crm_mon(document(snippet)).fence_history


# Whole documents.


def test_healthy_cluster_of_3_0() -> None:
    cluster = recorded("healthy-3.0.3")
    assert cluster.dc == DesignatedController("node2", "2", "3.0.3-3.0.3", mixed_version=False)
    assert cluster.with_quorum is True
    assert cluster.updated == datetime(2026, 11, 23, 4, 15, 46)
    assert cluster.origin == "node1"
    assert cluster.pacemakerd_state == "running"
    assert cluster.options == ClusterOptions(
        fencing_enabled=False,
        symmetric=True,
        no_quorum_policy="ignore",
        maintenance_mode=False,
        stop_all_resources=False,
    )
    assert (cluster.instances_configured, cluster.instances_disabled, cluster.instances_blocked) == (7, 0, 0)
    assert cluster.nodes[0] == Node(
        name="node1", id="1", type="member", online=True, standby=False, standby_onfail=False, pending=False,
        unclean=False, shutdown=False, is_dc=False, maintenance=False, resources_running=5, expected_up=True,
        health="green", feature_set="3.20.5",
    )  # fmt: skip
    single, group, ping, database = cluster.resources
    assert single == Primitive(
        id="p_single", agent="ocf:lab:Knob", role="Started", active=True, orphaned=False, managed=True, failed=False,
        nodes=("node1",), maintenance=False,
    )  # fmt: skip
    assert isinstance(group, Group)
    assert [member.id for member in group.members] == ["p_vip", "p_app"]
    assert isinstance(ping, Clone)
    assert not ping.promotable
    assert isinstance(database, Clone)
    assert database.promotable
    assert [placed.primitive.role for placed in cluster.primitives()] == ["Started"] * 5 + ["Promoted", "Unpromoted"]
    assert (cluster.failures, cluster.fail_counts, cluster.fence_history) == ((), (), None)
    assert (cluster.tickets, cluster.bans) == ((), ())


def test_oldest_version_reads_like_the_newest() -> None:
    """1.1.24: roles Master and Slave, agents with a double colon, attributes that it does not know."""
    cluster = recorded("exit-reason-1.1.24")
    assert cluster.options == ClusterOptions(True, True, "stop", maintenance_mode=False, stop_all_resources=None)
    assert (cluster.origin, cluster.pacemakerd_state) == (None, None)
    assert {node.health for node in cluster.nodes} == {None}
    assert [placed.primitive.agent for placed in cluster.primitives()][:2] == ["stonith:null", "ocf:pacemaker:Dummy"]
    database = cluster.resources[-1]
    assert isinstance(database, Clone)
    assert [instance.role for instance in database.instances if isinstance(instance, Primitive)] == [
        "Promoted",
        "Unpromoted",
        "Unpromoted",
    ]
    assert database.disabled is None


def test_no_dc() -> None:
    cluster = recorded("no-dc-2.1.5")
    assert cluster.dc is None
    assert cluster.with_quorum is None
    assert all(node.unclean and not node.online for node in cluster.nodes)


def test_remote_node() -> None:
    cluster = recorded("remote-online-2.1.5")
    assert [(node.id, node.type, node.feature_set) for node in cluster.nodes] == [
        ("1", "member", "3.16.1"),
        ("2", "member", "3.16.1"),
        ("remote1", "remote", None),
    ]


def test_multiple_active() -> None:
    found = {placed.primitive.id: placed.primitive for placed in recorded("multiple-active-blocked-2.1.5").primitives()}
    assert found["p_vip"].nodes == ("node1", "node2")
    assert found["p_vip"].blocked


def test_shutdown_lock() -> None:
    found = {placed.primitive.id: placed.primitive for placed in recorded("shutdown-lock-2.1.5").primitives()}
    assert (found["fs"].role, found["fs"].locked_to, found["fs"].nodes) == ("Stopped", "node3", ())


def test_orphan() -> None:
    found = {placed.primitive.id: placed.primitive for placed in recorded("orphan-still-running-2.1.5").primitives()}
    assert [name for name, primitive in found.items() if primitive.orphaned] == ["orph"]
    assert found["orph"].managed is False


def test_fail_count_and_threshold() -> None:
    assert recorded("migration-threshold-2.1.5").fail_counts == (
        FailCount("node2", "p_single", 1, 2, datetime(2026, 11, 23, 4, 10, 32)),
    )


def test_fail_counts_of_3_0() -> None:
    assert [(count.node, count.resource, count.fail_count) for count in recorded("bans-tickets-3.0.2").fail_counts] == [
        ("node2", "ping", 1),
        ("node2", "db", 1),
        ("node2", "vip", INFINITY),
    ]


def test_fence_history() -> None:
    history = recorded("unclean-fence-fails-2.1.5").fence_history
    assert history is not None
    assert history.readable
    assert [(event.target, event.status) for event in history.events] == [
        ("node2", "pending"),
        *[("node2", "failed")] * 5,
        *[("node3", "success")] * 2,
        ("node2", "success"),
    ]
    assert history.events[0] == FenceEvent("reboot", "node2", "pending", "pacemaker-controld.92", "node1")
    assert history.events[6] == FenceEvent(
        "off", "node3", "success", "pacemaker-controld.92", "node1", "node2", datetime(2026, 11, 23, 4, 10, 51)
    )


def test_tickets_and_bans() -> None:
    cluster = recorded("bans-tickets-3.0.2")
    assert cluster.tickets == (Ticket("ticketA", granted=True, standby=True), Ticket("ticketB", granted=False))
    assert cluster.bans == (
        Ban("cli-ban-db-clone-on-node2", "db-clone", "node2", -INFINITY, promoted_only=True),
        Ban("cli-ban-grp-on-node3", "grp", "node3", -INFINITY),
    )


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        # Up to 2.0 the libraries wrote what is not ASCII as octal numbers of sign-extended bytes.
        ("1.1.24", 'it\'s "bad" <tag> & more\\nsecond line    tab \\37777777703\\37777777651'),
        ("2.0.5", 'it\'s "bad" <tag> & more\\nsecond line    tab \\37777777703\\37777777651'),
        ("3.0.2", 'it\'s "bad" <tag> & more\nsecond line\ttab é'),
    ],
)
def test_exit_reason(version: str, reason: str) -> None:
    (found,) = recorded(f"exit-reason-{version}").failures
    assert found == Failure(
        resource="vip",
        task="monitor",
        node="node2",
        exit_code=7,
        exit_status="Not running" if version == "3.0.2" else "not running",
        reason=reason,
        status="Done" if version == "3.0.2" else "complete",
        interval=5000,
        when=datetime(2026, 11, 23, 3, 54, 12),
        call=52,
    )


# Documents without cluster data.

NOT_RUNNING = """<pacemaker-result api-version="2.3" request="crm_mon --output-as=xml">
  <status code="102" message="Not connected">
    <errors>
      <error>Could not connect to the CIB: Transport endpoint is not connected</error>
      <error>crm_mon: Error: cluster is not available on this node</error>
    </errors>
  </status>
</pacemaker-result>"""
CIB_MANAGER_HUNG = """<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml">
  <pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:10:08Z"/>
  <status code="0" message="OK">
    <errors>
      <error>Could not connect to the CIB: Transport endpoint is not connected</error>
    </errors>
  </status>
</pacemaker-result>"""

WITHOUT_DATA: Dict[str, tuple[str, str]] = {
    "not running, 2.0.5": (
        NOT_RUNNING,
        "no cluster data: Could not connect to the CIB: Transport endpoint is not connected;"
        " crm_mon: Error: cluster is not available on this node",
    ),
    "CIB manager hung, 2.1.5, exit code 0": (
        CIB_MANAGER_HUNG,
        "no cluster data: Could not connect to the CIB: Transport endpoint is not connected",
    ),
    "starting, 2.1.6": (
        '<pacemaker-result api-version="2.30" request="crm_mon --output-as=xml">'
        '<pacemakerd sys_from="pacemakerd" state="starting_daemons" last_updated="2026-11-23 04:10:08Z"/>'
        '<status code="0" message="OK"/></pacemaker-result>',
        "no cluster data: pacemakerd is in state starting_daemons",
    ),
    "--as-xml, not running": ('<crm_mon version="2.1.5"/>', "no cluster data: the document has no summary"),
    "status without a text": (
        '<pacemaker-result><status code="113" message="Try again"/></pacemaker-result>',
        "no cluster data: status 113, Try again",
    ),
    "errors although all data are there": (
        document(status='<status code="0"><errors><error>Reading failed</error></errors></status>').decode(),
        "no cluster data: Reading failed",
    ),
    "status although all data are there": (
        document(status='<status code="102" message="Not connected"/>').decode(),
        "no cluster data: status 102, Not connected",
    ),
    "no nodes": (document(nodes="").decode(), "no cluster data: no node listed"),
    "no DC element": (document(summary="").decode(), "no cluster data: the document has no summary"),
    "less nodes than configured": (
        document(summary=DC + '<nodes_configured number="3"/>').decode(),
        "incomplete cluster data: 3 nodes configured, 1 listed",
    ),
    "another tool": (
        "<cib><configuration/></cib>",
        "XML, but not from crm_mon",
    ),
    "by node": (
        document(nodes=NODE.replace("/>", f">{VIP}</node>")).decode(),
        "crm_mon ran with --group-by-node, which hides where resources run",
    ),
}


@pytest.mark.parametrize(("text", "message"), WITHOUT_DATA.values(), ids=WITHOUT_DATA.keys())
def test_without_cluster_data(text: str, message: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_crm_mon(text.encode())
    assert refusal.value.message == message


def test_long_errors_are_bounded() -> None:
    errors = "<error>%s</error>" % ("x" * 5000) * 100
    with pytest.raises(ParseError) as refusal:
        parse_crm_mon(f'<crm_mon><status code="0"><errors>{errors}</errors></status></crm_mon>'.encode())
    assert len(str(refusal.value)) < 1500


# Words.

REFUSED_WORDS = {
    "boolean in capitals": (
        VIP,
        'managed="true"',
        'managed="True"',
        'managed of resource is "True", not true or false',
    ),
    "boolean as a number": (VIP, 'active="true"', 'active="1"', 'active of resource is "1", not true or false'),
    "boolean missing": (VIP, 'failed="false"', "", "resource without failed"),
    "role of text output": (
        VIP,
        'role="Started"',
        'role="FAILED"',
        'role of resource is "FAILED", not a word that Pacemaker is known to print there',
    ),
    "role missing": (VIP, 'role="Started"', "", "resource without role"),
    "role in lower case": (
        VIP,
        'role="Started"',
        'role="started"',
        'role of resource is "started", not a word that Pacemaker is known to print there',
    ),
    "id missing": (VIP, 'id="vip"', "", "resource without id"),
    "node without name": (VIP, 'name="node1"', "", "node without name"),
    "nodes and their number differ": (
        VIP,
        'nodes_running_on="1"',
        'nodes_running_on="2"',
        "resource runs on 2 nodes by number, 1 by name",
    ),
    "number of nodes missing": (VIP, 'nodes_running_on="1"', "", "resource without nodes_running_on"),
    "exit code in words": (FAILURE, 'exitcode="7"', 'exitcode="seven"', 'exitcode of failure is "seven", not a number'),
    "exit code in other digits": (
        FAILURE,
        'exitcode="7"',
        'exitcode="\N{ARABIC-INDIC DIGIT SEVEN}"',
        'exitcode of failure is "\N{ARABIC-INDIC DIGIT SEVEN}", not a number',
    ),
    "number without end": (
        FAILURE,
        'call="52"',
        f'call="{"5" * 5000}"',
        f'call of failure is "{"5" * 60}", not a number',
    ),
    "unknown fence status": (
        EVENT,
        'status="success"',
        'status="maybe"',
        'status of fence_event is "maybe", not a word that Pacemaker is known to print there',
    ),
    "fence status missing": (EVENT, 'status="success"', "", "fence_event without state"),
    "time": (EVENT, "2026-11-23 04:10:27Z", "yesterday", "time not understood"),
    "key without interval": (FAILURE, "vip_monitor_5000", "vip", "failed action without interval in its key"),
    "key without resource": (FAILURE, "vip_monitor_5000", "monitor_5000", "failed action without resource in its key"),
}
SECTIONS = {VIP: "resources", FAILURE: "failures", EVENT: "fence_history"}


@pytest.mark.parametrize(("snippet", "old", "new", "message"), REFUSED_WORDS.values(), ids=REFUSED_WORDS.keys())
def test_refused_words(snippet: str, old: str, new: str, message: str) -> None:
    assert old in snippet
    section = SECTIONS[snippet]
    with pytest.raises(ParseError) as refusal:
        parse_crm_mon(document(f"<{section}>{snippet.replace(old, new)}</{section}>"))
    assert refusal.value.message == message
    assert refusal.value.line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('online="true"', 'online="yes"'),
        ('type="member"', 'type="guest"'),
        ('type="member"', 'type="member" health="purple"'),
        ('name="node1"', ""),
    ],
)
def test_refused_words_of_nodes(old: str, new: str) -> None:
    with pytest.raises(ParseError):
        parse_crm_mon(document(nodes=NODE.replace(old, new)))


@pytest.mark.parametrize(
    "sections",
    [
        '<tickets><ticket id="a" status="lost" standby="false"/></tickets>',
        '<bans><ban id="a" resource="b" node="c" weight="much"/></bans>',
        '<bans><ban id="a" resource="b" node="c"/></bans>',
        '<fence_history status="bad"/>',
    ],
)
def test_refused_words_of_small_sections(sections: str) -> None:
    with pytest.raises(ParseError):
        parse_crm_mon(document(sections))


def test_stopped_does_not_run() -> None:
    """After a failed migration crm_mon prints role Stopped and active true; the node stays."""
    stopped = resource(VIP.replace('role="Started"', 'role="Stopped"'))
    assert (stopped.role, stopped.active, stopped.nodes) == ("Stopped", False, resource(VIP).nodes)


def test_node_attributes() -> None:
    sections = '<node_attributes><node name="node1"><attribute name="site" value="A"/></node><node name="n2"/>'
    cluster = parse_crm_mon(document(f"{sections}</node_attributes>"))
    assert cluster.attributes == {"node1": {"site": "A"}, "n2": {}}
    assert cluster.expected_attributes == {}
    assert parse_crm_mon(document()).attributes == {}


def test_expected_attributes_of_a_ping() -> None:
    shown = ('name="pingd" value="100" expected="200"', 'name="gw" value="-1" expected="-5"', 'name="x" expected="y"')
    attributes = "".join(f"<attribute {one}/>" for one in shown)
    cluster = parse_crm_mon(document(f'<node_attributes><node name="n1">{attributes}</node></node_attributes>'))
    assert cluster.expected_attributes == {"n1": {"pingd": 200, "gw": -5}}


def test_unknown_elements_and_attributes_are_ignored() -> None:
    plain = parse_crm_mon(document(f"<resources>{VIP}</resources>"))
    vip = VIP.replace("<resource ", '<resource mood="good" ')
    more = f"<future a='b'>c</future><resources><template id='t'/>{vip}</resources>"
    assert parse_crm_mon(document(more)) == plain


@pytest.mark.parametrize(
    ("printed", "role"),
    [("Started", "Started"), ("Master", "Promoted"), ("Slave", "Unpromoted"), ("Unknown", "Unknown")],
)
def test_role(printed: str, role: str) -> None:
    assert resource(VIP.replace('role="Started"', f'role="{printed}"')).role == role


@pytest.mark.parametrize(
    ("printed", "target_role"),
    [
        ("", None),
        ('target_role=""', None),
        ('target_role="stopped"', "Stopped"),
        ('target_role="STARTED"', "Started"),
        ('target_role="Master"', "Promoted"),
        ('target_role="slave"', "Unpromoted"),
        # An administrator's slip, which Pacemaker ignores; it must not hide the rest of the cluster.
        ('target_role="stoped"', "Stoped"),
    ],
)
def test_target_role(printed: str, target_role: Optional[str]) -> None:
    assert resource(VIP.replace('role="Started"', f'role="Started" {printed}')).target_role == target_role


@pytest.mark.parametrize(
    ("printed", "orphaned"),
    [
        ('orphaned="true"', True),
        ('orphaned="true" removed="true"', True),
        ('removed="true"', True),
        ('removed="false"', False),
    ],
)
def test_orphaned_was_renamed(printed: str, orphaned: bool) -> None:
    assert resource(VIP.replace('orphaned="false"', printed)).orphaned is orphaned


@pytest.mark.parametrize(
    ("printed", "enabled"),
    [
        ('stonith-enabled="true"', True),
        ('fencing-enabled="true" stonith-enabled="false"', True),
        ('fencing-enabled="false"', False),
        ("", None),
    ],
)
def test_fencing_was_renamed(printed: str, enabled: Optional[bool]) -> None:
    cluster = parse_crm_mon(document(summary=f"{DC}<cluster_options {printed}/>"))
    assert cluster.options.fencing_enabled is enabled


@pytest.mark.parametrize(
    ("printed", "promoted_only"),
    [("", False), ('master_only="true"', True), ('promoted-only="true" master_only="true"', True)],
)
def test_master_only_was_renamed(printed: str, promoted_only: bool) -> None:
    (ban,) = parse_crm_mon(document(f'<bans><ban id="a" resource="b" node="c" weight="-5" {printed}/></bans>')).bans
    assert ban == Ban("a", "b", "c", -5, promoted_only)


@pytest.mark.parametrize("name", ["id_as_resource", "container_id"])
def test_guest_node(name: str) -> None:
    (node,) = parse_crm_mon(document(nodes=NODE.replace('type="member"', f'type="remote" {name}="vm1"'))).nodes
    assert node.id_as_resource == "vm1"


@pytest.mark.parametrize(
    ("sections", "summary", "state"),
    [
        ('<pacemakerd sys_from="pacemakerd" state="shutting_down"/>', '<stack type="corosync"/>', "shutting_down"),
        ("", '<stack type="corosync" pacemakerd-state="running"/>', "running"),
        ("", '<stack type="corosync"/>', None),
    ],
)
def test_pacemakerd_state(sections: str, summary: str, state: Optional[str]) -> None:
    assert parse_crm_mon(document(sections, summary=DC + summary)).pacemakerd_state == state


# Collections.


def test_group_in_clone() -> None:
    group = f'<group id="web:0" number_resources="1">{VIP}</group>'
    (clone,) = parse_crm_mon(
        document(
            '<resources><clone id="web-clone" multi_state="false" unique="false" managed="true" disabled="true"'
            f' failed="false" failure_ignored="false" target_role="stopped">{group}</clone></resources>'
        )
    ).resources
    assert isinstance(clone, Clone)
    assert (clone.target_role, clone.disabled) == ("Stopped", True)
    (instance,) = clone.instances
    assert isinstance(instance, Group)
    assert (instance.id, instance.members[0].id) == ("web:0", "vip")


def test_bundle() -> None:
    cluster = parse_crm_mon(
        document(
            '<resources><bundle id="shop" type="podman" image="shop:1" unique="false" managed="true" failed="false">'
            f'<replica id="0">{VIP}{VIP}</replica><replica id="1"></replica></bundle></resources>'
        )
    )
    (bundle,) = cluster.resources
    assert isinstance(bundle, Bundle)
    assert (bundle.type, bundle.image, bundle.maintenance) == ("podman", "shop:1", None)
    assert [(replica.id, len(replica.members)) for replica in bundle.replicas] == [("0", 2), ("1", 0)]
    assert [placed.parents for placed in cluster.primitives()] == [(bundle,), (bundle,)]


# Failed actions.


@pytest.mark.parametrize(
    ("printed", "resource", "task", "interval"),
    [
        ('op_key="vip_monitor_10000" interval="10000" task="monitor"', "vip", "monitor", 10000),
        ('op_key="vip_monitor_10000"', "vip", "monitor", 10000),
        ('op_key="my_vip_1_start_0"', "my_vip_1", "start", 0),
        ('op_key="db:1_promote_0" task="promote"', "db:1", "promote", 0),
        ('op_key="vm_migrate_to_0"', "vm", "migrate_to", 0),
        ('op_key="vm_migrate_from_0" interval="0" task="migrate_from"', "vm", "migrate_from", 0),
        ('op_key="db_post_notify_promote_0" task="notify"', "db", "notify", 0),
        ('op_key="db_confirmed-post_notify_promote_0"', "db", "notify", 0),
        ('id="vip_last_failure_0"', "vip", "", None),
        ('id="vip_last_failure_0" interval="5000" task="monitor"', "vip", "monitor", 5000),
        ('id="vip_last_0" task="start"', "vip", "start", None),
        ('id="vip_monitor_10000"', "vip", "monitor", 10000),
        # A resource may be called anything.
        ('op_key="monitor_start_0"', "monitor", "start", 0),
        ('op_key="a_last_failure_0_stop_0"', "a_last_failure_0", "stop", 0),
    ],
)
def test_failed_action(printed: str, resource: str, task: str, interval: Optional[int]) -> None:
    found = failure(f'<failure {printed} node="node2" exitstatus="error" exitreason="" exitcode="1" call="5"/>')
    assert (found.resource, found.task, found.interval) == (resource, task, interval)


def test_failed_action_of_which_little_is_known() -> None:
    """1.1 and 2.0.0 to 2.0.2 print a null pointer as text."""
    found = failure(
        '<failure op_key="vip_start_0" node="node1" exitstatus="(null)" exitreason="none" exitcode="(null)"'
        ' call="(null)" status="(null)"/>'
    )
    assert found == Failure("vip", "start", "node1", -1, "", "", "", interval=0)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("none", ""),
        ("", ""),
        ("none of them works", "none of them works"),
        ("&amp;lt;a&amp;gt; &amp;quot;b&amp;quot; &amp;apos;c&amp;apos;", "<a> \"b\" 'c'"),
        ("&amp;amp;lt;", "&lt;"),
        ("R&amp;amp;D", "R&D"),
        ("R&amp;D", "R&D"),
        ("one&amp;#x0A;two", "one\ntwo"),
        ("&amp;#xD800;", "&#xD800;"),
        ("&amp;nbsp;", "&nbsp;"),
    ],
)
def test_exit_reason_is_unescaped_once(printed: str, reason: str) -> None:
    assert failure(FAILURE.replace('exitreason=""', f'exitreason="{printed}"')).reason == reason


# Fail counts and fencing.


@pytest.mark.parametrize(
    ("printed", "counts"),
    [
        ('orphan="false" migration-threshold="3"', ()),
        ('orphan="false" migration-threshold="3" fail-count="0"', ()),
        ('orphan="false" migration-threshold="3" fail-count="2"', (FailCount("node1", "vip", 2, 3),)),
        ('migration-threshold="INFINITY" fail-count="INFINITY"', (FailCount("node1", "vip", INFINITY, INFINITY),)),
        ('orphan="true" fail-count="2"', (FailCount("node1", "vip", 2, INFINITY, orphan=True),)),
        ('removed="true" fail-count="2"', (FailCount("node1", "vip", 2, INFINITY, orphan=True),)),
        (
            'migration-threshold="3" fail-count="1000000" last-failure="Mon Nov  2 03:54:12 2026"',
            (FailCount("node1", "vip", INFINITY, 3, datetime(2026, 11, 2, 3, 54, 12)),),
        ),
    ],
)
def test_fail_counts(printed: str, counts: tuple[FailCount, ...]) -> None:
    history = f'<node_history><node name="node1"><resource_history id="vip" {printed}/></node></node_history>'
    assert parse_crm_mon(document(history)).fail_counts == counts


@pytest.mark.parametrize(
    ("printed", "history"),
    [
        ("", None),
        ("<fence_history/>", FenceHistory(readable=True)),
        ('<fence_history status="0"/>', FenceHistory(readable=True)),
        ('<fence_history status="102"/>', FenceHistory(readable=False)),
    ],
)
def test_fence_history_that_cannot_be_read_is_not_empty(printed: str, history: Optional[FenceHistory]) -> None:
    assert fence_history(printed) == history


def test_fence_event_of_1_1_calls_its_status_state() -> None:
    old = EVENT.replace("status=", "state=").replace("2026-11-23 04:10:27Z", "Mon Nov 23 04:10:27 2026")
    assert fence_history(f"<fence_history>{old}</fence_history>") == fence_history(
        f"<fence_history>{EVENT}</fence_history>"
    )


def test_fence_event_with_a_reason() -> None:
    event = EVENT.replace("status=", 'exit-reason="no &amp;quot;route&amp;quot;" status=')
    history = fence_history(f"<fence_history>{event}</fence_history>")
    assert history is not None
    assert history.events[0].reason == 'no "route"'


# Times.


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Mon Nov 23 03:51:48 2026", datetime(2026, 11, 23, 3, 51, 48)),
        ("Mon Nov  2 03:51:48 2026", datetime(2026, 11, 2, 3, 51, 48)),
        ("Thu Jan  1 00:00:00 1970", datetime(1970, 1, 1)),
        ("2026-11-23 03:54:12Z", datetime(2026, 11, 23, 3, 54, 12)),
        ("2026-11-23 04:54:12 +01:00", datetime(2026, 11, 23, 4, 54, 12)),
        ("2026-11-22 22:24:12 -04:30", datetime(2026, 11, 22, 22, 24, 12)),
        ("2026-11-23 04:05:05.123456Z", datetime(2026, 11, 23, 4, 5, 5, 123456)),
        ("2026-11-23 04:05:05.5 +01:00", datetime(2026, 11, 23, 4, 5, 5, 500000)),
    ],
)
def test_time(text: str, time: datetime) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "Mo Nov 23 2026",
        "Mon Nov 31 03:51:48 2026",
        "Mon Okt 23 03:51:48 2026",
        "Mon Nov 23 03:51 2026",
        "2026-11-23",
        "2026-11-23 03:54:12",
        "2026-11-23 03:54:12 01:00",
        "2026-11-23 03:54:12 +99:00",
        "2026-11-23 03:54:12 CET",
        "2026-11-23 25:54:12Z",
        "2026-11-23 03:54:12.Z.",
        "2026-13-23 03:54:12Z",
        "٢٠٢٦-11-23 03:54:12Z",
        "99999999999-11-23 03:54:12Z",
    ],
)
def test_time_not_understood(text: str) -> None:
    with pytest.raises(ParseError):
        parse_time(text)


def test_what_ran_since_the_history_was_cleared() -> None:
    """2.1.5; node2 has cleaned up p_db, of which a probe found it running there."""
    xml = b"""
        <pacemaker-result api-version="2.25"><summary>
        <current_dc present="true" version="2.1.5" name="node1" id="1" with_quorum="true"/></summary>
        <nodes><node name="node1" id="1" online="true" standby="false" standby_onfail="false" pending="false"
         unclean="false" shutdown="false" is_dc="true" type="member"/></nodes>
        <node_history>
        <node name="node1">
          <resource_history id="p_db" orphan="false" migration-threshold="1000000">
            <operation_history call="13" task="monitor" rc="0" rc_text="ok" interval="10000ms"/>
            <operation_history call="12" task="start" rc="0" rc_text="ok"/>
          </resource_history>
        </node>
        <node name="node2">
          <resource_history id="p_db" orphan="false" migration-threshold="1000000">
            <operation_history call="7" task="probe" rc="0" rc_text="ok"/>
            <operation_history call="9" task="monitor" rc="0" rc_text="ok" interval="10000ms"/>
          </resource_history>
        </node>
        </node_history><status code="0" message="OK"/></pacemaker-result>"""
    parsed = parse_crm_mon(xml)
    assert parsed.history == {"node1": {"p_db": True}, "node2": {"p_db": False}}
    assert parsed.version == ()


@pytest.mark.parametrize(
    ("given", "version"), [("1.1.24", (1, 1, 24)), ("1.1.10", (1, 1, 10)), ("2.0.2-3", (2, 0, 2)), ("x", ())]
)
def test_version_and_a_failure_listed_twice(given: str, version: Tuple[int, ...]) -> None:
    """As 1.1.12 does."""
    failure = (
        '<failure op_key="p_db_monitor_10000" node="node1" exitstatus="not running" exitcode="7" call="4"'
        ' status="complete" last-rc-change="Mon Nov 23 03:51:48 2026" interval="10000" task="monitor"/>'
    )
    xml = f"""<crm_mon version="{given}"><summary>
        <current_dc present="true" version="1.1.12" name="node1" id="1" with_quorum="true"/></summary>
        <nodes><node name="node1" id="1" online="true" standby="false" standby_onfail="false" pending="false"
         unclean="false" shutdown="false" is_dc="true" type="member"/></nodes>
        <failures>{failure}{failure}</failures></crm_mon>"""
    parsed = parse_crm_mon(xml.encode())
    assert parsed.version == version
    assert len(parsed.failures) == 1


HIDES_NOTHING = (RECORDINGS / "made" / "acl-without-crm_config" / "crm_mon.xml").read_text(encoding="utf-8")
HIDES_NOTHING = HIDES_NOTHING.replace('type="unknown"', 'type="corosync"').replace('version=""', 'version="2.1.5"')
NO_DC = (r"<current_dc [^>]*>", '<current_dc present="false"/>')
NO_ATTRIBUTES = (r"<last_change [^>]*>", '<last_change time="" user="" client="" origin=""/>')
ALL_OFFLINE = (r'online="true"', 'online="false"')
NO_STACK = (r'<stack type="corosync"', '<stack type="unknown"')
NO_VERSION = (r'version="2.1.5"', 'version=""')


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [
        ([], ()),
        ([NO_DC], ()),
        ([NO_DC, ALL_OFFLINE], ()),
        ([NO_ATTRIBUTES], ()),
        ([NO_ATTRIBUTES, NO_DC], ("attributes",)),
        ([NO_ATTRIBUTES, NO_DC, ALL_OFFLINE], ("attributes", "status")),
        ([ALL_OFFLINE], ("status",)),
        ([NO_STACK], ("crm_config",)),
        ([NO_VERSION], ("crm_config",)),
        ([NO_STACK, NO_VERSION, ALL_OFFLINE], ("crm_config", "status")),
    ],
)
def test_signs_of_what_an_acl_hides(changes: Sequence[Tuple[str, str]], hidden: Tuple[str, ...]) -> None:
    document = HIDES_NOTHING
    for pattern, replacement in changes:
        document, number = re.subn(pattern, replacement, document)
        assert number
    cluster = parse_crm_mon(document.encode())
    assert cluster.hidden == hidden
    assert (cluster.options.fencing_enabled is None) == ("crm_config" in hidden)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("acl-configuration-only", ("attributes", "status")), ("acl-without-crm_config", ("crm_config",))],
)
def test_what_an_acl_hid(name: str, hidden: Tuple[str, ...]) -> None:
    assert parse_crm_mon((RECORDINGS / "made" / name / "crm_mon.xml").read_bytes()).hidden == hidden
