"""What corosync counts: the votes of this partition and those that are missing, and what the quorum device gives."""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from check_ha.cluster.member_names import named
from check_ha.cluster.own_count import OWN
from check_ha.core.condition import NOT_RESPONDING, UNREADABLE, Condition, Severity
from check_ha.core.finding import DAEMON, DEVICE, SETTING, TOOL, Finding, Subject, nodes
from check_ha.core.wording import are, count, joined, listed, share, them
from check_ha.model.corosync import CorosyncMap, Member, QuorumStatus

NO_QUORUM = Condition("no-quorum", Severity.CRITICAL, "This partition has no quorum: it may not run resources.")
QUORUM_CONTRADICTED = Condition(
    "quorum-contradicted", Severity.CRITICAL,
    "Corosync's quorum service and its votequorum disagree on whether there is quorum.",
)  # fmt: skip
VOTES_MISSING = Condition(
    "votes-missing", Severity.WARNING, "Fewer votes are present than expected, or than the configured nodes have."
)
VOTES_STALE = Condition(
    "votes-stale", Severity.WARNING,
    "More votes are expected than the configured nodes have: quorum needs too many. Or fewer than are present: too few "
    "are enough.",
)  # fmt: skip
NO_MARGIN = Condition(
    "no-margin", Severity.WARNING,
    "The loss of one more vote, or of any node that has votes, loses quorum. Two nodes without two_node are always in "
    "that state.", standing=True,
)  # fmt: skip
QDEVICE_NOT_VOTING = Condition(
    "qdevice-not-voting", Severity.WARNING,
    "The quorum device is alive and gives this partition no vote, or votes for some of its nodes only.",
)  # fmt: skip
QDEVICE_DOWN = Condition("qdevice-down", Severity.WARNING, "The quorum device daemon of a node is down.")

CONDITIONS = (
    NO_QUORUM, QUORUM_CONTRADICTED, VOTES_MISSING, VOTES_STALE, NO_MARGIN, QDEVICE_NOT_VOTING, QDEVICE_DOWN,
)  # fmt: skip

COROSYNC = Subject(DAEMON, "corosync")
_REACHED = "see whether qnetd runs, and whether its host is reached from here (corosync-qdevice-tool -s)"
QDEVICE = Subject(DEVICE, "quorum device")
QDEVICE_RESTART = ("systemctl restart corosync-qdevice",)
_EXPECTED = (Subject(SETTING, "quorum.expected_votes"),)


def votes_missing(quorum: QuorumStatus, cmap: Optional[CorosyncMap], absent: Sequence[str]) -> Iterator[Finding]:
    """Find out whether there is quorum, whether all votes are there, and whether one may be lost."""
    total = share(quorum.total_votes, quorum.expected_votes, "vote")
    without = f"; missing: {', '.join(absent)}" if absent else ""
    subjects = (*nodes(*absent), COROSYNC)
    if not quorum.quorate and "Quorate" in quorum.flags and not quorum.activity_blocked:
        yield _contradicted(f"Quorate: No, but votequorum has {total} and quorum", quorum, without, subjects)
        return
    if not quorum.quorate:
        waiting = "WaitForAll" in quorum.flags and quorum.total_votes >= quorum.quorum
        reason = "waits for all nodes since it started" if waiting else f"{quorum.quorum} needed"
        yield Finding(NO_QUORUM, f"no quorum: {total}, {reason}{without}", subjects, _look_first(absent))
        return
    if quorum.activity_blocked or "Quorate" not in quorum.flags:
        yield _contradicted(f"Quorate: Yes, but votequorum has {total} and no quorum", quorum, without, subjects)
        return
    configured = sum(node.votes for node in cmap.nodes) if cmap else 0
    if cmap and cmap.nodes and quorum.expected_votes > configured and not _has_device(quorum, cmap):
        have = "node configured has" if len(cmap.nodes) == 1 else f"{len(cmap.nodes)} nodes configured have"
        text = f"{total}, though the {have} {configured}{without}"
        yield Finding(VOTES_STALE, text, (*subjects, *_EXPECTED), advice=_reason(cmap))
    elif quorum.total_votes > quorum.expected_votes:
        expected = f"{quorum.expected_votes} {'is' if quorum.expected_votes == 1 else 'are'} expected"
        text = f"{count(quorum.total_votes, 'vote')}, though only {expected}{without}"
        yield Finding(VOTES_STALE, text, (*subjects, *_EXPECTED), advice=_lowered(quorum, cmap))
    elif quorum.total_votes < quorum.expected_votes:
        yield Finding(VOTES_MISSING, f"{total}{without}", subjects, _look_first(absent))
    elif absent and "AllowDownscale" not in quorum.flags:
        # last_man_standing or corosync-quorumtool -e; after a clean stop allow_downscale is meant to do it
        text = f"{total}, though more nodes are configured{without}"
        yield Finding(VOTES_MISSING, text, subjects, _look_first(absent))
    if 2 * quorum.quorum <= quorum.expected_votes and "2Node" not in quorum.flags:  # no version of votequorum sets that
        text = f"{quorum.quorum} of {quorum.expected_votes} votes are enough: two parts of the cluster may have quorum"
        yield Finding(VOTES_STALE, text, (*subjects, *_EXPECTED))
    if quorum.total_votes - _least(quorum) < quorum.quorum and quorum.expected_votes > 1:
        yield Finding(NO_MARGIN, _no_margin(quorum), (COROSYNC,))


def _look_first(absent: Sequence[str]) -> str:
    """Return what comes before a node is brought back: it may run what this side runs, and has the data."""
    if not absent:
        return ""
    where = f"{listed(absent)} (there, or with check_ha_split_brain)"
    return f"see what runs on {where} before bringing {them(absent)} back"


def _contradicted(what: str, quorum: QuorumStatus, without: str, subjects: Tuple[Subject, ...]) -> Finding:
    text = f"quorum and votequorum of corosync disagree: {what}, {quorum.quorum} needed{without}"
    return Finding(QUORUM_CONTRADICTED, text, subjects)


def _reason(cmap: CorosyncMap) -> str:
    if "quorum.expected_votes" in cmap.values:
        return "quorum.expected_votes in corosync.conf must be the votes of all nodes, or be left out"
    return "corosync still counts a node that was removed"


def _lowered(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> str:
    """Say why too few are expected: after a restart of corosync a part of the cluster may then have quorum alone."""
    if cmap and "quorum.expected_votes" in cmap.values:
        return _reason(cmap)
    return f"somebody has lowered them (corosync-quorumtool -e): the same with {quorum.total_votes} raises them again"


def _least(quorum: QuorumStatus) -> int:
    """Return the fewest votes that go with a node or the quorum device; one that has none takes none along."""
    votes = [member.votes for member in quorum.members] + [quorum.device_votes or 0]
    return min((number for number in votes if number), default=1)


def _no_margin(quorum: QuorumStatus) -> str:
    what = "node with votes" if quorum.total_votes > quorum.quorum else "vote"
    one = f"one more {what}" if quorum.total_votes < quorum.expected_votes else f"one {what}"
    if quorum.total_votes > quorum.quorum:
        return f"the loss of {one} loses quorum: {quorum.quorum} needed"
    if "AutoTieBreaker" in quorum.flags:
        return f"the loss of {one} may lose quorum: {quorum.quorum} needed, or the side of the auto_tie_breaker"
    hint = " by pacemaker's own count" if quorum.provider == OWN else ""
    both = quorum.expected_votes == quorum.total_votes == 2
    if both and "2Node" not in quorum.flags and quorum.provider != OWN:
        hint = " (two nodes without two_node: 1 in corosync.conf)"
    return f"the loss of {one} loses quorum: {quorum.quorum} needed{hint}"


def absent_nodes(
    quorum: QuorumStatus, cmap: Optional[CorosyncMap], names: Mapping[int, str], unseen: Sequence[str]
) -> List[str]:
    """Return the names of the nodes that have a vote and are not in the partition.

    Without a nodelist those are meant that corosync has seen, and those that only the CIB has: ``unseen``.
    """
    if cmap is None or not quorum.members:
        return []
    present = {member.node_id for member in quorum.members}
    if cmap.nodes:
        votes = [node.node_id for node in cmap.nodes if node.votes and node.node_id not in present]
        return [named(cmap, node_id, names) for node_id in votes]
    if quorum.total_votes >= quorum.expected_votes:
        return []
    left = [member.node_id for member in cmap.members if not member.joined and member.node_id not in present]
    return [*(named(cmap, node_id, names) for node_id in left), *unseen]


def _has_device(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> bool:
    configured = cmap is not None and any(key.startswith("quorum.device.") for key in cmap.values)
    return configured or quorum.device_votes is not None or any(member.qdevice for member in quorum.members)


def device_silent(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> Iterator[Finding]:
    """Judge the Qdevice column: ``A,V,NMW`` alive and voting, ``A,NV,NMW`` alive and silent, ``NR`` no daemon."""
    if not _has_device(quorum, cmap):
        return
    states = {member_name(member): (member.qdevice or "NR").split(",") for member in quorum.members}
    down = [name for name, state in states.items() if state[0] in ("NR", "NA")]
    silent = [name for name, state in states.items() if state[0] == "A" and "NV" in state]
    voting = [name for name, state in states.items() if state[0] == "A" and "NV" not in state]
    if down:
        text = f"the quorum device daemon is down on {', '.join(down)}"
        yield Finding(QDEVICE_DOWN, text, (*nodes(*down), QDEVICE), f"on {joined(down)}", QDEVICE_RESTART)
    if silent and voting:
        text = f"the quorum device votes for {joined(voting)} and not for {joined(silent)}"
        reason = f"{joined(silent)} {are(silent)} cut off from qnetd"
        step = f"on {joined(silent)}, {_REACHED}"
        yield Finding(QDEVICE_NOT_VOTING, f"{text}: {reason}", (*nodes(*silent, *voting), QDEVICE), step)
    elif silent and not quorum.device_votes:
        text = "the quorum device gives this partition no vote (qnetd lost, or it voted for the other side)"
        yield Finding(QDEVICE_NOT_VOTING, text, (QDEVICE, *nodes(*silent)), _REACHED)


def member_name(member: Member) -> str:
    """Return the name of a member; its id where it has none."""
    return member.name or f"node {member.node_id}"


def map_missing(
    quorum: Optional[QuorumStatus], cmap: Optional[CorosyncMap], failure: Optional[Finding]
) -> Iterator[Finding]:
    """Find out whether the nodes that are configured are known; corosync 1, which lists no members, has no map."""
    unseen = "a configured node that is missing would not be noticed"
    subjects = (Subject(TOOL, "corosync-cmapctl"),)
    if quorum and quorum.members and failure and failure.condition is not NOT_RESPONDING:  # which is told already
        yield failure._replace(text=f"{unseen}: {failure.text}", subjects=subjects)
    elif cmap and not cmap.whole:
        yield Finding(UNREADABLE, f"{unseen}: corosync-cmapctl ended early", subjects)
