"""The fence history by target: what failed and was not made good, what is under way, what was done last."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Sequence, Tuple

from check_ha.core.wording import age
from check_ha.model.cluster import Cluster, FenceEvent
from check_ha.moment import datetime
from check_ha.record import NamedTuple

_WORDS = {"success": "succeeded", "failed": "failed", "pending": "under way"}


class Fencing(NamedTuple):
    """What happened to one target."""

    target: str
    state: str
    """The state that node is in now; empty when that is not known."""
    now: Optional[datetime]
    failed: Tuple[FenceEvent, ...] = ()
    """Failures that no later success made good, newest first."""
    pending: Tuple[FenceEvent, ...] = ()
    done: Tuple[FenceEvent, ...] = ()
    """Successful fencing, newest first; unfencing (``on``) is none."""
    still_down: Optional[bool] = None
    """Whether it has not joined the cluster again since; ``None``: not known.

    Only until then does a fencing that succeeded prove that nothing runs there.
    """

    def seconds_since(self, event: FenceEvent) -> Optional[float]:
        """Return how long ago it ended, negative by a clock that is ahead of ours; ``None``: not known."""
        if event.completed is None or self.now is None:
            return None
        return (self.now - event.completed).total_seconds()

    def recent(self, max_age: float) -> Tuple[FenceEvent, ...]:
        """Return what succeeded within that time, in seconds; one whose age is not known did."""
        ages = [(self.seconds_since(event), event) for event in self.done]
        return tuple(event for seconds, event in ages if seconds is None or seconds <= max_age)

    def failure(self) -> str:
        """Return ``node2 could not be fenced: reboot by node1 failed 3s ago (no such device), 12 times so far``."""
        last, times = self.failed[0], len(self.failed)
        done = "unfenced" if last.action == "on" else "fenced"
        text = f"{self.target} could not be {done}: {deed(last)} failed {age(self.seconds_since(last))}"
        text += (f" ({last.reason})" if last.reason else "") + (f", {times} times so far" if times > 1 else "")
        return text + self._state() + (", and the next try is under way" if self.pending else "")

    def success(self, max_age: float) -> str:
        """Return ``node2 was fenced 2 times, last 11s ago (reboot by node3, asked by stonith_admin on node1)``."""
        events = self.recent(max_age)
        times = f"{len(events)} times, last " if len(events) > 1 else ""
        # beside what failed or is under way it is the past: nothing of that was made good by it
        before, state = ("before that ", "") if self.failed or self.pending else ("", self._state())
        what = deed(events[0]) + _asked(events[0])
        return f"{before}{self.target} was fenced {times}{age(self.seconds_since(events[0]))} ({what}){state}"

    def attempt(self) -> str:
        """Return ``node2 is being fenced: reboot, asked by stonith_admin on node1; it is UNCLEAN``."""
        return f"{self.target} is being fenced: {deed(self.pending[0])}{_asked(self.pending[0])}{self._state()}"

    def _state(self) -> str:
        return f"; it is {self.state}" if self.state else ""


def by_target(cluster: Cluster) -> Tuple[Fencing, ...]:
    """Return one for each target, in the order in which they appear: those of pending and of new events first."""
    targets: Dict[str, List[FenceEvent]] = {}
    for event in cluster.fence_history.events if cluster.fence_history else ():
        targets.setdefault(event.target, []).append(event)
    return tuple(_fencing(target, events, cluster) for target, events in targets.items())


def _fencing(target: str, events: Sequence[FenceEvent], cluster: Cluster) -> Fencing:
    ended = [event for event in events if event.status != "pending"]
    # Stable: two events of one second stay in Pacemaker's order, newest first; but for a node that was fenced in that
    # second (or confirmed to be down by hand) an attempt that failed, which was under way, leaves nothing to be done.
    ended.sort(key=lambda one: (one.completed or datetime.min, bool(one.completed) and _fenced(one)), reverse=True)
    failed = [
        event for position, event in enumerate(ended)
        if event.status == "failed" and not any(_makes_good(later, event) for later in ended[:position])
    ]  # fmt: skip
    return Fencing(
        target=target,
        state=_state_of(target, cluster),
        now=cluster.updated,
        failed=tuple(failed),
        pending=tuple(event for event in events if event.status == "pending"),
        still_down=_still_down(target, cluster),
        done=tuple(filter(_fenced, ended)),
    )


def _fenced(event: FenceEvent) -> bool:
    return event.status == "success" and event.action != "on"


def _makes_good(later: FenceEvent, failure: FenceEvent) -> bool:
    """Return whether the later one ends what the failure left: off or rebooted is fenced, whichever was asked for.

    A reboot also switches on.
    """
    if later.status != "success":
        return False
    return later.action in ("on", "reboot") if failure.action == "on" else later.action != "on"


def _state_of(target: str, cluster: Cluster) -> str:
    node = next((node for node in cluster.nodes if node.name == target), None)
    if node is None or cluster.dc is None:
        return ""
    return "UNCLEAN" if node.unclean else "offline" if not node.online else "joining" if node.pending else "online"


def _still_down(target: str, cluster: Cluster) -> Optional[bool]:
    """Return whether the node is off as far as its join state tells: that of a fenced node is ``down`` until it joins.

    ``expected_up`` is the state ``expected`` of the CIB; a node that is cut off after it came back is expected up.
    """
    node = next((node for node in cluster.nodes if node.name == target), None)
    if node is None or cluster.dc is None or node.type != "member":
        return None
    if node.online or node.pending or node.unclean:
        return False
    return None if node.expected_up is None else not node.expected_up


def newest(fencings: Sequence[Fencing]) -> Optional[Tuple[Fencing, FenceEvent]]:
    """Return the last fencing that succeeded, of any target."""
    done = [(one, one.done[0]) for one in fencings if one.done]
    return max(done, key=lambda found: found[1].completed or datetime.min, default=None)


def last_fencing(fencings: Sequence[Fencing], cluster: Cluster) -> str:
    """Return ``last fencing: reboot of node2 3d ago``."""
    last = newest(fencings)
    if cluster.fence_history and not cluster.fence_history.readable:
        return "the fence history was not read"
    if last:
        return f"last fencing: {last[1].action} of {last[1].target} {age(last[0].seconds_since(last[1]))}"
    # crm_mon shows the history since 1.1.20 and 2.0.1
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", cluster.dc.version if cluster.dc else "")
    version = tuple(int(number) for number in found.groups()) if found else (3,)
    shown = version >= (1, 1, 20) and version != (2, 0, 0)
    return "no fencing in the history" if shown else "this version shows no fence history"


def detail(event: FenceEvent, now: Optional[datetime]) -> str:
    """Return one line for -v."""
    seconds = (now - event.completed).total_seconds() if now and event.completed else None
    when = "" if event.status == "pending" else f" {age(seconds)}"
    client = event.client or "an unknown client"
    origin = f" on {event.origin}" if event.origin else ""
    reason = f": {event.reason}" if event.reason else ""
    return f"{deed(event)} {_WORDS[event.status]}{when}, asked by {client}{origin}{reason}"


def deed(event: FenceEvent) -> str:
    """Return the action, and who carried it out: a node, ``a human`` who confirmed it, or not known."""
    return f"{event.action} by {event.delegate}" if event.delegate else event.action


def _asked(event: FenceEvent) -> str:
    """Return who wanted it, unless it was the cluster itself: ``stonith_admin.707`` is a person at a terminal."""
    name = event.client.split(".")[0]
    if not name or name in ("pacemaker-controld", "crmd"):
        return ""
    return f", asked by {name} on {event.origin}" if event.origin else f", asked by {name}"
