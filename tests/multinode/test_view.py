"""What a node's outputs amount to: the whole view of recorded nodes, and what must not differ between two."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Optional

import pytest

from check_ha.cli.view import view_from
from check_ha.cluster.config_hash import conf_view
from check_ha.core.evidence import Evidence, examine
from check_ha.model.cluster import Cluster, FenceEvent, FenceHistory
from check_ha.model.corosync import QuorumStatus
from check_ha.model.view import (
    NO_FILE,
    RUNNING,
    SILENT,
    STOPPED,
    AddressView,
    ConfiguredView,
    CorosyncView,
    DaemonsView,
    FailedToolView,
    FencingView,
    FindingView,
    LinkView,
    MemberView,
    NodeView,
    PacemakerView,
    ResourceView,
    SubjectView,
    VersionsView,
    View,
    VipView,
)
from check_ha.multinode.node_view.view import CLUSTER, QUORUM, READINGS, view_of
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.sources.recording import Recording
from check_ha.sources.tools import AUTHKEY, COROSYNC_CONF, COROSYNC_VERSION, PACEMAKERD_FEATURES, Output, Tool
from tests.checks.build import cluster, primitive
from tests.replay import RECORDINGS, SAMPLES

NOT_RECORDED = {tool.file for tool in (COROSYNC_CONF, AUTHKEY, COROSYNC_VERSION, PACEMAKERD_FEATURES)}


WORKS = ("UP", "LOWER_UP")


def recorded(directory: Path) -> View:
    """The view, without the troubles of tools that these older recordings lack."""
    made = view_from(Recording(str(directory)))
    return made._replace(troubles=tuple(one for one in made.troubles if one.tool not in NOT_RECORDED))


def said(**texts: str) -> View:
    """A node that nothing is known of but what these tools printed; ``None`` stands for no such program."""
    tools = {"conf": COROSYNC_CONF, "key": AUTHKEY, "corosync": COROSYNC_VERSION, "pacemaker": PACEMAKERD_FEATURES}
    given = {tools[name]: text for name, text in texts.items()}
    outputs = {reading.tool: output(reading.tool, given.get(reading.tool)) for reading in READINGS}
    return view_of(examine(READINGS, outputs, now=7.0))


def output(tool: Tool, text: Optional[str]) -> Output:
    if text is None:
        return Output(tool, tool.argv, None, b"", "", 0.0, "missing")
    return Output(tool, tool.argv, 0, tool.without_secrets(text.encode()), "", 0.0)


def test_one_side_of_a_split_brain() -> None:
    made = recorded(SAMPLES / "split-brain-2node" / "node1")
    assert made == View(
        time=1795407011.0,
        node="node1",
        cluster="lab",
        corosync=CorosyncView(1, "1.1f", True, 1, 2, (MemberView(1, "node1", 1),), 0),
        pacemaker=PacemakerView(
            dc="node1",
            quorate=True,
            nodes=(NodeView("node1", "1", True, expected_up=True), NodeView("node2", "2", False, expected_up=True)),
            resources=(
                ResourceView("p_app", ("node1",)),
                ResourceView("p_db", ("node1",), cloned=True, promoted=("node1",)),
                ResourceView("p_ping", ("node1",), cloned=True),
                ResourceView("p_single", ("node1",)),
                ResourceView("p_vip", ("node1",)),
            ),
        ),
        cib_epoch="0.32.103",
        nodelist=(
            ConfiguredView(1, "node1", ("198.51.100.1", "203.0.113.1")),
            ConfiguredView(2, "node2", ("198.51.100.2", "203.0.113.2")),
        ),
        vips=(VipView("p_vip", ("192.0.2.100",)),),
        addresses=(
            AddressView("192.0.2.1", "pub0", 24, "UP", WORKS),
            AddressView("192.0.2.100", "pub0", 24, "UP", WORKS),
            AddressView("198.51.100.1", "ring0", 24, "UP", WORKS),
            AddressView("203.0.113.1", "ring1", 24, "UP", WORKS),
        ),
        daemons=DaemonsView(RUNNING, RUNNING),
        corosync_conf=None,
        authkey=None,
        versions=VersionsView(None, None, "3.16.1"),
        links=(LinkView(0, "node2", False, "198.51.100.2"), LinkView(1, "node2", False, "203.0.113.2")),
        findings=made.findings,
    )
    assert [(one.check, one.condition, one.severity) for one in made.findings or ()] == [
        ("nodes", "offline", "CRITICAL"),
        ("rings", "unreachable", "CRITICAL"),
        ("quorum", "votes-missing", "WARNING"),
        ("quorum", "no-margin", "WARNING"),
        ("fencing", "fencing-disabled", "WARNING"),
    ]


def test_what_its_checks_find_goes_with_the_view() -> None:
    made = recorded(SAMPLES / "failed-stop-blocked" / "node1")
    assert made.findings
    assert made.findings[0] == FindingView(
        "resources", "blocked", "CRITICAL", "p_single is blocked on node2: stop failed (knob set to 1 for stop)",
        (SubjectView("resource", "p_single"), SubjectView("node", "node2")),
        "once the cause is fixed", ("crm_resource --cleanup --resource p_single",),
    )  # fmt: skip


def test_rings_of_corosync_2_name_no_peer() -> None:
    made = recorded(SAMPLES / "founding-2.4-ring-faulty" / "node1")
    assert made.links == (LinkView(0, "", True, "198.51.100.1"), LinkView(1, "", False, "203.0.113.1"))


def test_an_event_in_the_future_has_no_age() -> None:
    """A fence event that is stamped two hours ahead of this node's clock."""
    now = datetime(2026, 11, 23, 4, 0, 0)
    made = Cluster(None, None, (), updated=now)
    for seconds, age, ahead in ((-40, 40.0, None), (1, 0.0, None), (7200, None, 7200.0)):
        event = FenceEvent("reboot", "node2", "success", completed=now + timedelta(seconds=seconds))
        view = view_of(Evidence({CLUSTER.tool: made._replace(fence_history=FenceHistory(True, (event,)))}))
        assert view.pacemaker
        assert view.pacemaker.fencings == (FencingView("node2", "reboot", "success", age, ahead),)


def test_what_is_stopped_is_not_active() -> None:
    """After a migration that failed crm_mon 2.1.5 shows role Stopped and active on a node."""
    stopped = primitive("p_vm", "node1", role="Stopped")
    view = view_of(Evidence({CLUSTER.tool: cluster(stopped, primitive("p_b", "node1"))}))
    assert view.pacemaker
    assert [one.id for one in view.pacemaker.resources] == ["p_b"]


def test_the_quorum_device_and_what_is_expected_of_a_node() -> None:
    made = recorded(RECORDINGS / "cluster" / "qdevice-split" / "node1")
    assert made.corosync
    assert made.pacemaker
    assert [(one.name, one.device) for one in made.corosync.members] == [("node1", "A,V,NMW")]
    assert [(one.name, one.expected_up) for one in made.pacemaker.nodes] == [("node1", True), ("node2", True)]


def test_the_state_of_the_interface_under_an_address() -> None:
    made = recorded(RECORDINGS / "cluster" / "healthy-2node" / "node1")
    assert {(one.prefix, one.operstate, one.flags) for one in made.addresses or ()} == {(24, "UP", WORKS)}


def test_corosync_frozen() -> None:
    made = recorded(SAMPLES / "corosync-hung" / "node2")
    assert (made.node, made.corosync, made.daemons) == ("node2", None, DaemonsView(SILENT, RUNNING))
    assert made.pacemaker
    assert made.pacemaker.dc == "node1"
    assert made.versions.feature_set is None  # it prints <3.15.1, which is no feature set
    assert made.troubles[0] == FailedToolView(
        "quorumtool-s.txt",
        "not-responding",
        "corosync does not answer: corosync-quorumtool -s: no answer within 8 s",
    )


def test_cluster_stopped() -> None:
    made = recorded(SAMPLES / "corosync-stopped" / "node2")
    assert (made.node, made.corosync, made.pacemaker) == (None, None, None)
    assert made.daemons == DaemonsView(STOPPED, STOPPED)
    assert [address.address for address in made.addresses or ()] == ["192.0.2.2", "198.51.100.2", "203.0.113.2"]


def test_no_permission_is_not_stopped() -> None:
    made = recorded(SAMPLES / "permission-denied" / "node1")
    assert made.daemons == DaemonsView(None, None)
    assert {trouble.condition for trouble in made.troubles} == {"no-permission"}


def test_pacemaker_stopped() -> None:
    made = recorded(SAMPLES / "pacemaker-stopped" / "node2")
    assert (made.node, made.daemons) == ("node2", DaemonsView(RUNNING, STOPPED))
    assert made.corosync
    assert [member.name for member in made.corosync.members] == ["node1", "node2"]


def test_fencing_of_each_node() -> None:
    made = recorded(SAMPLES / "unclean-fence-fails" / "node1")
    assert made.pacemaker
    assert made.pacemaker.fencings == (
        FencingView("node2", "reboot", "pending", None),
        FencingView("node3", "off", "success", 31.0),
    )
    assert [node.name for node in made.pacemaker.nodes if node.unclean] == ["node2"]
    assert [one.id for one in made.pacemaker.resources if one.fencing] == ["st_node1", "st_node2", "st_node3"]


def test_corosync_2_names_members_by_address_and_we_by_the_nodelist() -> None:
    made = recorded(RECORDINGS / "corosync-2.4.6" / "two-node-ok")
    members = MemberView(1, "node1", 1), MemberView(2, "node2", 1)
    assert made.corosync == CorosyncView(1, "1/9", True, 2, 2, members, 0)


def test_remote_node() -> None:
    made = recorded(RECORDINGS / "cluster" / "remote-online" / "remote1")
    assert made.daemons == DaemonsView(STOPPED, RUNNING)
    assert made.pacemaker
    assert [node.name for node in made.pacemaker.nodes if node.remote] == ["remote1"]


def test_installed_versions() -> None:
    made = said(
        corosync="corosync-quorumtool version: 3.1.7\n",
        pacemaker="Pacemaker 2.1.5 (Build: a3f44794f94)\n Supporting v3.16.1: agent-manpages cibsecrets\n",
    )
    assert made.versions == VersionsView("3.1.7", "2.1.5-a3f44794f94", "3.16.1")


def test_corosync_1_lists_no_members() -> None:
    made = view_of(Evidence({QUORUM.tool: QuorumStatus(True, 1, "13", 2, None, 2, 2, (), False, ())}))
    assert made.corosync == CorosyncView(1, "13", True, 2, 2, (), None)
    assert made.daemons.corosync == RUNNING


def test_unfencing_is_no_fencing() -> None:
    events = FenceHistory(True, (FenceEvent("on", "node2", "success"),))
    made = view_of(Evidence({CLUSTER.tool: Cluster(None, None, (), fence_history=events)}))
    assert made.pacemaker == PacemakerView(None, None, (), ())


KEY_DIGEST = f"{'ab' * 32}  /etc/corosync/authkey\n"


def test_authkey_is_told_by_a_fingerprint() -> None:
    one, other = said(key=KEY_DIGEST).authkey, said(key=KEY_DIGEST.replace("ab", "ac")).authkey
    assert one
    assert other
    assert one != other
    assert len(one) == 8
    assert said(key="").authkey == NO_FILE
    assert said().authkey is None


@pytest.mark.parametrize("line", ["keyfile: /etc/other", "key: 0123456789"])
def test_authkey_is_not_told_where_corosync_takes_another(line: str) -> None:
    assert said(key=KEY_DIGEST, conf=f"totem {{\n{line}\n}}\n").authkey is None
    assert said(key=KEY_DIGEST, conf="totem {\nkeyfile: /etc/corosync/authkey\n}\n").authkey


CONF_TEXT = """totem {
    version: 2
    config_version: 3
    transport: knet
    interface {
        linknumber: 0
        bindnetaddr: 198.51.100.1
    }
}
nodelist {
    node {
        ring0_addr: 198.51.100.1
        nodeid: 1
        name: node1
    }
    node {
        ring0_addr: 198.51.100.2
        nodeid: 2
        name: node2
    }
}
"""


def conf(text: str) -> object:
    return conf_view(parse_corosync_conf(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# by hand\n\n" + CONF_TEXT.replace("    ", "\t"), id="comments-and-blanks"),
        pytest.param(CONF_TEXT.replace("198.51.100.1\n    }\n}", "198.51.100.2\n    }\n}"), id="own-bindnetaddr"),
        pytest.param(CONF_TEXT.replace("config_version: 3", "config_version: 4"), id="config-version"),
        pytest.param(CONF_TEXT.replace("version: 2\n", "version: 2\nnodeid: 7\n", 1), id="own-nodeid"),
        pytest.param(CONF_TEXT[CONF_TEXT.index("nodelist") :] + CONF_TEXT[: CONF_TEXT.index("nodelist")], id="order"),
        pytest.param(CONF_TEXT.replace("transport: knet", "transport: udpu\ntransport: knet"), id="the-last-counts"),
        pytest.param(
            CONF_TEXT.replace("ring0_addr: 198.51.100.1\n        nodeid: 1", "nodeid: 1\nring0_addr: 198.51.100.1"),
            id="order-within-a-node",
        ),
    ],
)
def test_the_same_configuration(text: str) -> None:
    assert conf(text) == conf(CONF_TEXT)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        pytest.param(CONF_TEXT.replace("knet", "udpu"), "totem", id="value"),
        pytest.param(CONF_TEXT.replace("100.2", "100.3"), "nodelist", id="address"),
        pytest.param(CONF_TEXT.replace("nodeid: 2", "nodeid: 3"), "nodelist", id="node-id"),
        pytest.param(CONF_TEXT + "quorum {\nprovider: corosync_votequorum\n}\n", "quorum", id="section"),
        pytest.param(CONF_TEXT.replace("    node {", "    node {\nquorum_votes: 2", 1), "nodelist", id="votes"),
    ],
)
def test_another_configuration(text: str, section: str) -> None:
    one, other = conf_view(parse_corosync_conf(CONF_TEXT.encode())), conf_view(parse_corosync_conf(text.encode()))
    assert one.hash != other.hash
    assert [found.name for found in other.sections if found not in one.sections] == [section]


def test_no_configuration() -> None:
    assert said(conf="").corosync_conf == conf_view(parse_corosync_conf(b""))
    assert conf_view(parse_corosync_conf(b"")).hash == NO_FILE
    assert said().corosync_conf is None


def test_where_corosync_is_stopped_its_file_tells_the_nodes() -> None:
    made = said(conf=CONF_TEXT)
    assert made.nodelist == (
        ConfiguredView(1, "node1", ("198.51.100.1",)),
        ConfiguredView(2, "node2", ("198.51.100.2",)),
    )
    assert made.node is None


def test_everything_silent_is_in_the_troubles() -> None:
    asked = (reading.tool.file for reading in READINGS if reading.instead_of is None and not reading.tool.only_with)
    assert set(asked) == {trouble.tool for trouble in said().troubles}
