"""What is left of the votes when nodes are lost, as votequorum counts them (corosync 2 and 3)."""

from __future__ import annotations

from typing import Collection, List, Optional

from check_ha.cluster.own_count import own_count
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.record import NamedTuple


class VotesLeft(NamedTuple):
    """The votes of what is left."""

    votes: int
    """With that of a quorum device that votes for this partition now."""
    expected: int
    needed: int
    quorate: bool
    tie_breaker: bool = False
    """Whether half of the votes is all there is, and the auto_tie_breaker decides."""


def counted(quorum: Optional[QuorumStatus], cluster: Cluster) -> Optional[QuorumStatus]:
    """Return the votes as corosync counts them, else as the plugin of Pacemaker does: a node has one."""
    if quorum is None or quorum.counted:
        return quorum
    own = own_count(cluster, None, {})
    return own._replace(members=()) if own else None  # crm_mon has other ids there than corosync


def votes_left(quorum: QuorumStatus, cmap: Optional[CorosyncMap], lost: Collection[str]) -> VotesLeft:
    """Return the votes without the nodes of these ids.

    With two_node one vote is quorum, which corosync prints. wait_for_all holds back a node that has just started, and
    last_man_standing lowers what is needed only some time after a loss that was survived: neither counts here. That a
    quorum device goes on voting for this partition is taken for granted.
    """
    votes = {str(member.node_id): member.votes for member in quorum.members}
    gone = [one for one in lost if one in votes]
    # corosync 1.4 lists no members: there each node has one vote
    left = quorum.total_votes - (sum(votes[one] for one in gone) if votes else len(lost))
    expected, needed = quorum.expected_votes, quorum.quorum
    half = left * 2 == expected and left < needed
    if half and "AutoTieBreaker" in quorum.flags:
        rest = [int(one) for one in votes if one not in gone]
        return VotesLeft(left, expected, needed, _has_tie_breaker(rest, quorum, cmap), tie_breaker=True)
    return VotesLeft(left, expected, needed, left >= needed)


def _has_tie_breaker(rest: List[int], quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> bool:
    """Return whether the node that decides is among the rest: that with the lowest id, unless configured otherwise.

    ``quorum.auto_tie_breaker_node`` is lowest, highest, or a list of ids, of which the first that is there decides.
    """
    present = [member.node_id for member in quorum.members]
    known = [*present, *(node.node_id for node in (cmap.nodes if cmap else ()))]
    word = (cmap.values.get("quorum.auto_tie_breaker_node") if cmap else None) or "lowest"
    if word == "highest":
        return max(known, default=0) in rest
    listed = [int(one) for one in word.split() if one.isascii() and one.isdigit()]
    chosen = next((one for one in listed if one in present), None) if listed else min(known, default=0)
    return chosen in rest
