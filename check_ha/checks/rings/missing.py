"""What an OK rests on and is not there: members, links and counters that a tool should have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Mapping, Optional, Sequence, Tuple

from check_ha.cluster.links import Links, Peer
from check_ha.core.condition import NOT_RESPONDING, UNREADABLE, Condition, Severity
from check_ha.core.finding import DAEMON, LINK, TOOL, Finding, Subject, nodes
from check_ha.core.wording import joined, listed
from check_ha.model.corosync import LAST_OF_MAP, CorosyncMap, LinkStatistics, LinkStatus, Statistics

if TYPE_CHECKING:  # rings read no crm_mon but where nothing else names the nodes
    from check_ha.model.cluster import Cluster

MEMBERS_UNKNOWN = Condition(
    "members-unknown", Severity.UNKNOWN,
    "Which nodes are members is not shown: links and rings look healthy even when a node is gone.",
)  # fmt: skip

CONDITIONS = (MEMBERS_UNKNOWN,)

_CFGTOOL, _MAP, _STATISTICS = "corosync-cfgtool -s", "corosync-cmapctl", "corosync-cmapctl -m stats"

_COUNTERS = ("srp.firewall_enabled_or_nic_failure", "srp.mcast_retx")


def _unreadable(tool: str, text: str, *subjects: Subject) -> Finding:
    return Finding(UNREADABLE, text, (*subjects, Subject(TOOL, tool)))


def members_missing(
    cmap: Optional[CorosyncMap], failure: Optional[Finding], cluster: Optional[Cluster], absent: int
) -> Iterator[Finding]:
    """Find out whether the members are known; ``failure`` is why corosync-cmapctl has no answer.

    ``absent`` are the nodes that only the CIB knows.
    """
    subjects = (Subject(DAEMON, "corosync"), Subject(TOOL, _MAP))
    if cmap is None:
        if failure is None or failure.condition is not NOT_RESPONDING:  # which is told already
            why = failure.text if failure else f"{_MAP} says nothing"
            yield Finding(MEMBERS_UNKNOWN, f"who is a member is not known: {why}", subjects)
        return
    if not cmap.members:
        yield Finding(MEMBERS_UNKNOWN, f"who is a member is not known: {_MAP} shows no members", subjects)
    expected, each = (_votes(cmap, key) for key in ("quorum.expected_votes", "quorum.votes"))
    expected = max(expected, cluster.expected_votes or 0 if cluster else 0)
    seen = len(cmap.members)
    device = any(key.startswith("quorum.device.") for key in cmap.values)
    if cmap.members and not cmap.nodes and not device and expected > (seen + absent) * each:
        # multicast without a nodelist: a node that was never seen has no name here
        text = f"corosync has seen {seen} of the nodes since it started, and expects {expected} votes"
        yield Finding(MEMBERS_UNKNOWN, f"{text}: who is missing is not known", subjects)
    if not cmap.whole:
        yield _unreadable(_MAP, f"{_MAP} ended early: {LAST_OF_MAP}, one of its last lines, is not there")


def _votes(cmap: CorosyncMap, key: str) -> int:
    """Return a number of votes; 1 where none is configured."""
    value = cmap.values.get(key, "")
    return int(value) if value.isdigit() else 1


def links_missing(links: Links, status: Optional[LinkStatus]) -> Iterator[Finding]:
    """Find links, rings and states that corosync-cfgtool -s should have listed."""
    if status is None:
        return
    if not links.peers and not status.addresses:
        yield _unreadable(_CFGTOOL, f"{_CFGTOOL}: no link, no ring and no peer")
    for ring in links.rings:
        if not ring.listed:
            text = f"{_CFGTOOL} does not list ring {ring.number} ({ring.address})"
            yield _unreadable(_CFGTOOL, text, Subject(LINK, str(ring.number)))
    for peer in links.peers:
        if links.measured and peer.member is not False:
            yield from _links_missing(peer)


def _links_missing(peer: Peer) -> Iterator[Finding]:
    if not any(link.listed for link in peer.links):
        yield _unreadable(_CFGTOOL, f"{peer.name}: {_CFGTOOL} lists no link to it", *nodes(peer.name))
        return
    for link in peer.links:
        if not link.listed or link.up is None:
            what = "does not show the state of" if link.listed else "does not list"
            subjects = (*nodes(peer.name), Subject(LINK, str(link.number)))
            yield _unreadable(_CFGTOOL, f"{peer.name}: {_CFGTOOL} {what} {link.label}", *subjects)


def counters_missing(
    links: Links, statistics: Optional[Statistics], cmap: Optional[CorosyncMap], failure: Optional[Finding]
) -> Iterator[Finding]:
    """Find counters that corosync should have shown; ``failure`` is why corosync-cmapctl -m stats has no answer."""
    if links.rings or (cmap and cmap.totem):  # corosync 1 and 2 have no such map
        if cmap and cmap.totem:
            yield from _not_counted(cmap.totem, _MAP, "runtime.totem.pg.mrp.")
        return
    unseen = "a link that flaps" if links.measured else "a message that is sent again and again"
    if statistics is None:
        failed = failure or Finding(UNREADABLE, "no link counters")
        if failed.condition is not NOT_RESPONDING:  # which is told already
            subjects = (Subject(TOOL, _STATISTICS),)
            yield failed._replace(text=f"{unseen} would not be noticed: {failed.text}", subjects=subjects)
        return
    yield from _not_counted(statistics.totem, _STATISTICS, "stats.")
    uncounted = list(_uncounted(links.peers, statistics.links))
    if uncounted:
        which = listed(f"link {number} to {name}" for name, number in uncounted)
        names = nodes(*dict.fromkeys(name for name, _ in uncounted))
        yield _unreadable(
            _STATISTICS, f"{unseen} would not be noticed: {_STATISTICS} has no down_count of {which}", *names
        )


def _not_counted(totem: Mapping[str, int], tool: str, prefix: str) -> Iterator[Finding]:
    missing = [f"{prefix}{key}" for key in _COUNTERS if key not in totem]
    if missing:
        text = f"a message that is sent again and again would not be noticed: {tool} has no {joined(missing)}"
        yield _unreadable(tool, text)


def _uncounted(peers: Sequence[Peer], statistics: Sequence[LinkStatistics]) -> Iterator[Tuple[str, int]]:
    counted = {(one.peer, one.link) for one in statistics if one.down_count is not None}
    for peer in peers:
        for link in peer.links:
            if link.up and (peer.node_id, link.number) not in counted:
                yield peer.name, link.number
