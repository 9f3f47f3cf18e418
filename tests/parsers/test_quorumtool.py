"""``corosync-quorumtool -s`` and ``-l``: recorded output, and what must be refused."""

from __future__ import annotations

from typing import Tuple

import pytest

from check_ha.model.corosync import Member, QuorumStatus
from check_ha.parsers.errors import ParseError
from check_ha.parsers.quorumtool import parse_quorumtool, parse_quorumtool_nodes

THREE_NODES = """\
Quorum information
------------------
Date:             Mon Nov 23 03:44:47 2026
Quorum provider:  corosync_votequorum
Nodes:            3
Node ID:          1
Ring ID:          1.9
Quorate:          Yes

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      3
Quorum:           2  \n\
Flags:            Quorate WaitForAll LastManStanding AutoTieBreaker \n\

Membership information
----------------------
    Nodeid      Votes Name
         1          1 node1 (local)
         2          1 node2
         3          1 node3
"""

NO_PROVIDER_1_4 = """\
Version:          1.4.8
Nodes:            0
Ring ID:          0
Quorum type:      (null)
Quorate:          Yes
"""

THREE_NODES_STATUS = QuorumStatus(
    quorate=True,
    node_id=1,
    ring_id="1.9",
    expected_votes=3,
    highest_expected=3,
    total_votes=3,
    quorum=2,
    flags=("Quorate", "WaitForAll", "LastManStanding", "AutoTieBreaker"),
    activity_blocked=False,
    members=(Member(1, 1, "node1", local=True), Member(2, 1, "node2"), Member(3, 1, "node3")),
    provider="corosync_votequorum",
)

WAITING_FOR_ALL = """\
Quorum information
------------------
Date:             Mon Nov 23 03:44:27 2026
Quorum provider:  corosync_votequorum
Nodes:            1
Node ID:          1
Ring ID:          1.5
Quorate:          No

Votequorum information
----------------------
Expected votes:   2
Highest expected: 2
Total votes:      1
Quorum:           1 Activity blocked
Flags:            2Node WaitForAll \n\

Membership information
----------------------
    Nodeid      Votes Name
         1          1 node1 (local)
"""

INQUORATE_3_0_1 = """\
Quorum information
------------------
Date:             Mon Nov 23 04:38:06 2026
Quorum provider:  corosync_votequorum
Nodes:            1
Node ID:          1
Ring ID:          1/12
Quorate:          No

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      1
Quorum:           2 Activity blocked
Flags:            \n\

Membership information
----------------------
    Nodeid      Votes Name
         1          1 node1 (local)
"""

DEVICE_STOPPED_LOCALLY = """\
Quorum information
------------------
Date:             Mon Nov 23 03:49:46 2026
Quorum provider:  corosync_votequorum
Nodes:            2
Node ID:          1
Ring ID:          1.9
Quorate:          Yes

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      2
Quorum:           2  \n\
Flags:            Quorate \n\

Membership information
----------------------
    Nodeid      Votes    Qdevice Name
         1          1         NR node1 (local)
         2          1   A,NV,NMW node2
         0          0            Qdevice (votes 1)
"""

# 2.0.0: the node id in the second block, a state, no "(local)".
COROSYNC_2_0 = """\
Quorum information
------------------
Date:             Mon Nov 23 03:49:46 2026
Quorum provider:  corosync_votequorum
Nodes:            2
Ring ID:          13
Quorate:          Yes

Votequorum information
----------------------
Node ID:          1
Node state:       Member
Node votes:       1
Expected votes:   2
Highest expected: 2
Total votes:      2
Quorum:           1  \n\
Flags:            2Node Quorate LeaveRemove \n\

Membership information
----------------------
    Nodeid      Votes Name
         1          1 node1
         2          1 node2
"""

COROSYNC_1_4 = """\
Version:          1.4.9
Nodes:            2
Ring ID:          1480
Quorum type:      corosync_votequorum
Quorate:          Yes
Node votes:       1
Expected votes:   2
Highest expected: 2
Total votes:      2
Quorum:           2  \n\
Flags:            HasState Quorate \n\
"""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(THREE_NODES, THREE_NODES_STATUS, id="3.1.7-three-nodes"),
        pytest.param(
            WAITING_FOR_ALL,
            QuorumStatus(
                quorate=False,
                node_id=1,
                ring_id="1.5",
                expected_votes=2,
                highest_expected=2,
                total_votes=1,
                quorum=1,
                flags=("2Node", "WaitForAll"),
                activity_blocked=True,
                members=(Member(1, 1, "node1", local=True),),
                provider="corosync_votequorum",
            ),
            id="3.1.7-enough-votes-but-waiting-for-all",
        ),
        pytest.param(
            INQUORATE_3_0_1,
            QuorumStatus(
                quorate=False,
                node_id=1,
                ring_id="1/12",
                expected_votes=3,
                highest_expected=3,
                total_votes=1,
                quorum=2,
                flags=(),
                activity_blocked=True,
                members=(Member(1, 1, "node1", local=True),),
                provider="corosync_votequorum",
            ),
            id="3.0.1-inquorate-no-flags",
        ),
        pytest.param(
            DEVICE_STOPPED_LOCALLY,
            QuorumStatus(
                quorate=True,
                node_id=1,
                ring_id="1.9",
                expected_votes=3,
                highest_expected=3,
                total_votes=2,
                quorum=2,
                flags=("Quorate",),
                activity_blocked=False,
                members=(Member(1, 1, "node1", local=True, qdevice="NR"), Member(2, 1, "node2", qdevice="A,NV,NMW")),
                device_votes=0,
                provider="corosync_votequorum",
            ),
            id="3.1.7-qdevice-stopped-here",
        ),
        pytest.param(
            COROSYNC_2_0,
            QuorumStatus(
                quorate=True,
                node_id=1,
                ring_id="13",
                expected_votes=2,
                highest_expected=2,
                total_votes=2,
                quorum=1,
                flags=("2Node", "Quorate", "LeaveRemove"),
                activity_blocked=False,
                members=(Member(1, 1, "node1", local=True), Member(2, 1, "node2")),
                provider="corosync_votequorum",
            ),
            id="2.0.0",
        ),
        pytest.param(
            COROSYNC_1_4,
            QuorumStatus(
                quorate=True,
                node_id=None,
                ring_id="1480",
                expected_votes=2,
                highest_expected=2,
                total_votes=2,
                quorum=2,
                flags=("HasState", "Quorate"),
                activity_blocked=False,
                members=(),
                provider="corosync_votequorum",
            ),
            id="1.4-no-table",
        ),
        pytest.param(
            NO_PROVIDER_1_4,
            QuorumStatus(
                quorate=False,
                node_id=None,
                ring_id="",
                expected_votes=0,
                highest_expected=None,
                total_votes=0,
                quorum=0,
                flags=(),
                activity_blocked=False,
                members=(),
                counted=False,
            ),
            id="1.4-no-provider",
        ),
    ],
)
def test_status(text: str, status: QuorumStatus) -> None:
    assert parse_quorumtool(text.encode()) == status


@pytest.mark.parametrize(
    ("old", "new", "member"),
    [
        pytest.param("2          1 node2", "2          3 node2", Member(2, 3, "node2"), id="votes"),
        pytest.param("1 node2", "1 db 2, old", Member(2, 1, "db 2, old"), id="name-with-blanks"),
        pytest.param("1 node2", "1 ", Member(2, 1, ""), id="no-name"),
        pytest.param("1 node2", "1", Member(2, 1, ""), id="no-name-and-no-blank"),
        pytest.param("1 node2", "1 node2 (local)", Member(2, 1, "node2 (local)"), id="a-name-that-lies"),
        pytest.param("1 node2", "1 fd55::2%32602", Member(2, 1, "fd55::2%32602"), id="address-with-scope"),
        pytest.param("         2          1", "4294967295          1", Member(4294967295, 1, "node2"), id="largest-id"),
        pytest.param("         2          1", "0x00000014          1", Member(20, 1, "node2"), id="hexadecimal-id"),
        pytest.param("1 node2", "1 node\\xff", Member(2, 1, "node\\xff"), id="bytes-that-are-not-utf-8"),
    ],
)
def test_member(old: str, new: str, member: Member) -> None:
    total = f"Total votes:      {2 + member.votes}"
    text = THREE_NODES.replace(old, new).replace("Total votes:      3", total)
    data = text.encode().replace(b"\\xff", b"\xff")
    assert parse_quorumtool(data).members[1] == member


def test_all_names_of_a_node() -> None:
    """``-a`` prints ``beta,  (local)``."""
    status = parse_quorumtool(THREE_NODES.replace("node1 (local)", "beta,  (local)").encode())
    assert status.members[0] == Member(1, 1, "beta,", local=True)


@pytest.mark.parametrize(
    ("row", "votes"),
    [
        ("         0          1            Qdevice", 1),
        ("         0          0            Qdevice (votes 1)", 0),
        ("0x00000000          1            Qdevice", 1),
    ],
)
def test_device_votes(row: str, votes: int) -> None:
    text = DEVICE_STOPPED_LOCALLY.replace("         0          0            Qdevice (votes 1)", row)
    text = text.replace("Total votes:      2", f"Total votes:      {2 + votes}")
    assert parse_quorumtool(text.encode()).device_votes == votes


@pytest.mark.parametrize("words", ["A,V,NMW", "NA,NV,NM", "NA,NV,NMW", "A,V,MW", "SOMETHING"])
def test_device_words_are_kept(words: str) -> None:
    text = DEVICE_STOPPED_LOCALLY.replace("  A,NV,NMW", f"{words:>10}")
    assert parse_quorumtool(text.encode()).members[1].qdevice == words


def test_flags_of_a_later_version_are_kept() -> None:
    text = THREE_NODES.replace("Flags:            Quorate", "Flags:            Quorate Brandnew")
    assert "Brandnew" in parse_quorumtool(text.encode()).flags


@pytest.mark.parametrize("ring", ["13", "1/13", "1.d", "ffffffff.1a0"])
def test_ring_id_is_text(ring: str) -> None:
    text = THREE_NODES.replace("Ring ID:          1.9", f"Ring ID:          {ring}")
    assert parse_quorumtool(text.encode()) == THREE_NODES_STATUS._replace(ring_id=ring)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("Cannot initialize CMAP service\n", "Cannot initialize CMAP service", id="not-running"),
        pytest.param(THREE_NODES.replace("Quorate:          Yes\n", ""), "", id="no-quorate"),
        pytest.param(
            THREE_NODES.replace("Quorate:          Yes", "Quorate:          Maybe"),
            "Quorate:          Maybe",
            id="unknown-quorate",
        ),
        pytest.param(
            THREE_NODES.replace("Total votes:      3", "Total votes:      three"),
            "Total votes:      three",
            id="not-a-number",
        ),
        pytest.param(
            THREE_NODES.replace("Quorum:           2  ", "Quorum:           2 Activity allowed"),
            "Quorum:           2 Activity allowed",
            id="unknown-remark",
        ),
        pytest.param(
            THREE_NODES.replace("\nMembership", "Unable to get node 3 info\n\nMembership"),
            "Unable to get node 3 info",
            id="a-row-of-uninitialised-memory",
        ),
        pytest.param(
            COROSYNC_2_0.replace("2          1 node2", "2 4294967295 node2"),
            "         2 4294967295 node2",
            id="2.0-votes-minus-one",
        ),
        pytest.param(THREE_NODES.rpartition("         3")[0], "Nodes:            3", id="cut-off-in-the-table"),
        pytest.param(
            THREE_NODES.replace("2          1 node2", "2          2 node2"),
            "Total votes:      3",
            id="votes-that-are-not-those-of-the-members",
        ),
        pytest.param(THREE_NODES.partition("\nMember")[0], "", id="cut-off-before-the-table"),
        pytest.param(
            THREE_NODES.partition("\nVotequorum")[0],
            "Quorum provider:  corosync_votequorum",
            id="cut-off-before-the-votes",
        ),
        pytest.param(
            "Quorum information\n------------------\nQuorum provider:  Not configured\nNodes:            1\n"
            "Ring ID:          4\nQuorate:          Yes\n",
            "Quorum provider:  Not configured",
            id="no-provider",
        ),
        pytest.param(
            THREE_NODES.replace("3          1 node3", "2          1 node3"),
            "         2          1 node3",
            id="member-twice",
        ),
        pytest.param(
            THREE_NODES.replace("Node ID", "Quorate:          No\nNode ID"), "Quorate:          Yes", id="quorate-twice"
        ),
        pytest.param(THREE_NODES.replace("Nodeid ", "Node-id"), "    Node-id     Votes Name", id="unknown-table"),
        pytest.param(
            THREE_NODES.replace("         2          1", "       two          1"),
            "       two          1 node2",
            id="id-is-not-a-number",
        ),
        pytest.param(
            THREE_NODES.replace("Node ID:          1", "Node ID:          one"),
            "Node ID:          one",
            id="own-id-is-not-a-number",
        ),
        pytest.param(
            THREE_NODES.replace("Node ID:          1", "Node ID:          9999999999"),
            "Node ID:          9999999999",
            id="id-too-large",
        ),
        pytest.param(
            DEVICE_STOPPED_LOCALLY.replace("  A,NV,NMW", " A,NV NMW "),
            "         2          1  A,NV NMW  node2",
            id="device-words-with-a-blank",
        ),
        pytest.param(
            NO_PROVIDER_1_4.replace("Yes", "No"), "Quorum type:      (null)", id="1.4-no-provider-and-yet-it-says-no"
        ),
        pytest.param(
            NO_PROVIDER_1_4.replace("(null)", "testquorum"), "Quorum type:      testquorum", id="1.4-another-provider"
        ),
        pytest.param("usage: \ncorosync-quorumtool <options>\n", "corosync-quorumtool <options>", id="usage"),
    ],
)
def test_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_quorumtool(text.encode())
    assert caught.value.line == line


TWO = (Member(23344070, 1, "node1"), Member(40121286, 1, "node2"))


@pytest.mark.parametrize(
    ("text", "members"),
    [
        pytest.param("Nodeid     Votes  Name\n23344070     1  node1\n40121286     1  node2\n", TWO, id="1.4"),
        pytest.param("Nodeid     Votes  Name\n   1     1  node1\n", (Member(1, 1, "node1"),), id="1.4-short-id"),
        pytest.param("Nodeid     Name\n", (), id="1.4-no-provider"),
        pytest.param(
            "\n" + THREE_NODES.partition("\n\n")[2].partition("\n\n")[2], THREE_NODES_STATUS.members, id="3.1"
        ),
    ],
)
def test_list_of_nodes(text: str, members: Tuple[Member, ...]) -> None:
    assert parse_quorumtool_nodes(text.encode()) == members


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("usage: \ncorosync-quorumtool <options>\n", "usage: ", id="usage"),
        pytest.param("    Nodeid      Votes Name\n", "    Nodeid      Votes Name", id="no-node"),
        pytest.param("Nodeid     Votes  Name\n1 1\n", "1 1", id="cut-off"),
        pytest.param("Nodeid     Votes  Name\n1  1  a\n1  1  b\n", "1  1  b", id="twice"),
    ],
)
def test_list_of_nodes_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_quorumtool_nodes(text.encode())
    assert caught.value.line == line
