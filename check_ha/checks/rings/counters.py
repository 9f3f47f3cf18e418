"""What only a comparison with the last run shows: links that flap, messages that are sent again and again.

Token and joins are small unicast packets. Where multicast or large packets are lost, membership and every monitor stay
as they are, and nothing that is written arrives: corosync then sends its messages again without end (4 to 25 a second
seen), where a burst is normal. So it takes two runs in a row.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Sequence

from check_ha.cluster.links import Peer
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import DAEMON, LINK, Finding, Subject, nodes
from check_ha.core.wording import decimal
from check_ha.model.corosync import LinkStatistics

LINK_FLAPPED = Condition("link-flapped", Severity.WARNING, "A link went down and came back since the last run.")
RETRANSMITTING = Condition(
    "retransmitting", Severity.WARNING,
    "Corosync sends its messages again and again, in two runs in a row: nothing replicates, though all nodes are "
    "members. CRITICAL where corosync says that its packets do not leave the node.",
)  # fmt: skip
SENDING_FAILS = Condition(
    "sending-fails",
    Severity.CRITICAL,
    "Corosync says that its packets do not leave the node, or that no membership forms: a firewall, or the interface.",
)

CONDITIONS = (LINK_FLAPPED, RETRANSMITTING, SENDING_FAILS)

_STATE = "retransmissions"
_RATE = 1.0
"""Messages a second that are sent again; a healthy cluster sends none."""
_SHORTEST = 10.0
"""Seconds between two runs below which a burst may fill them."""


def down_counts(peers: Sequence[Peer], statistics: Sequence[LinkStatistics]) -> Dict[str, int]:
    """Return how often each link to these peers went down since corosync started, by ``PEER/LINK``."""
    known = {peer.node_id for peer in peers}
    return {
        f"{one.peer}/{one.link}": one.down_count
        for one in statistics
        if one.peer in known and one.down_count is not None
    }


def links_flapped(peers: Sequence[Peer], counts: Mapping[str, int], previous: Mapping[str, Any]) -> Iterator[Finding]:
    """Find links that are up and went down since the last run. A counter that fell was reset by a restart."""
    for peer in peers:
        for link in peer.links:
            key = f"{peer.node_id}/{link.number}"
            before = previous.get(key)
            if link.up and isinstance(before, int) and counts.get(key, 0) > before:
                times = counts[key] - before
                often = "once" if times == 1 else f"{times} times"
                text = f"{peer.name}: {link.label} went down {often} since the last run"
                yield Finding(LINK_FLAPPED, text, (Subject(LINK, str(link.number)), *nodes(peer.name)))


class Retransmissions:
    """How fast messages were sent again since the last run, and for how many runs that has been so."""

    def __init__(self, totem: Mapping[str, int], previous: Mapping[str, Any], now: float) -> None:
        self.blocked = bool(totem.get("srp.firewall_enabled_or_nic_failure"))
        self.fails = self.blocked
        self.rate = 0.0
        self.runs = 0
        self._total = totem.get("srp.mcast_retx")
        self._failures = totem.get("srp.continuous_sendmsg_failures", 0)
        self._time = now
        state = previous.get(_STATE)
        if isinstance(state, dict) and all(isinstance(state.get(key), (int, float)) for key in self.state):
            self._compare(state)

    def _compare(self, state: Mapping[str, Any]) -> None:
        self.fails = self.blocked or self._failures > state["failures"]
        seconds = self._time - state["time"]
        if self._total is None or self._total < state["total"] or seconds < 0:
            return  # corosync was restarted, or the clock was set back
        if seconds < _SHORTEST:
            self.rate, self.runs = state["rate"], state["runs"]
            self._total, self._time, self._failures = state["total"], state["time"], state["failures"]
            return
        self.rate = (self._total - state["total"]) / seconds
        self.runs = state["runs"] + 1 if self.rate >= _RATE else 0

    @property
    def state(self) -> Dict[str, float]:
        """What the next run is to know."""
        return {
            "total": self._total or 0,
            "failures": self._failures,
            "time": self._time,
            "rate": self.rate,
            "runs": self.runs,
        }

    @property
    def remembered(self) -> Dict[str, Any]:
        """The state under its key; nothing where there is no counter."""
        return {} if self._total is None else {_STATE: self.state}


def retransmitting(found: Retransmissions, cut_off: bool) -> Iterator[Finding]:
    """Find out whether corosync only repeats itself, and whether its packets leave the node at all.

    ``cut_off`` says that a peer is unreachable: a node without a membership sets the same flag.
    """
    corosync = (Subject(DAEMON, "corosync"),)
    fails = "corosync's packets do not leave this node (firewall_enabled_or_nic_failure, continuous_sendmsg_failures)"
    if found.runs >= 2:
        rate = decimal(round(found.rate, 1))
        text = f"corosync sends its messages again and again, {rate} a second in two runs in a row: nothing replicates"
        yield Finding(
            RETRANSMITTING,
            f"{text}; {fails}" if found.fails else text,
            corosync,
            advice="find what loses multicast (a firewall, IGMP snooping without a querier) or large packets (MTU)",
            override=Severity.CRITICAL if found.fails else None,
        )
    elif found.blocked and not cut_off:
        yield Finding(SENDING_FAILS, fails, corosync, advice="look at the firewall and the interfaces of this node")
