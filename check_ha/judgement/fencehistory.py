"""The fence history by target: what failed and was not made good, what is under way, what was done last."""

from __future__ import annotations

from datetime import datetime
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from check_ha.model.cluster import FenceEvent


class Fencing(NamedTuple):
    """What happened to one target."""

    target: str
    failed: Tuple[FenceEvent, ...] = ()
    """Failures that no later success made good, newest first."""
    pending: Tuple[FenceEvent, ...] = ()
    done: Tuple[FenceEvent, ...] = ()
    """Successful fencing, newest first; unfencing (``on``) is none."""


def by_target(events: Sequence[FenceEvent]) -> Tuple[Fencing, ...]:
    """In the order in which the targets appear: those of pending and of new events first."""
    targets: Dict[str, List[FenceEvent]] = {}
    for event in events:
        targets.setdefault(event.target, []).append(event)
    return tuple(_fencing(target, of_target) for target, of_target in targets.items())


def _fencing(target: str, events: Sequence[FenceEvent]) -> Fencing:
    ended = [event for event in events if event.status != "pending"]
    # stable: two events of one second stay in Pacemaker's order, newest first
    ended.sort(key=lambda event: event.completed or datetime.min, reverse=True)
    failed = [
        event for position, event in enumerate(ended)
        if event.status == "failed" and not any(_makes_good(later, event) for later in ended[:position])
    ]  # fmt: skip
    return Fencing(
        target=target,
        failed=tuple(failed),
        pending=tuple(event for event in events if event.status == "pending"),
        done=tuple(event for event in ended if event.status == "success" and event.action != "on"),
    )


def _makes_good(later: FenceEvent, failure: FenceEvent) -> bool:
    """A node that is off or rebooted is fenced, whichever was asked for; a reboot also switches it on."""
    if later.status != "success":
        return False
    return later.action in ("on", "reboot") if failure.action == "on" else later.action != "on"


def newest(fencings: Sequence[Fencing]) -> Optional[FenceEvent]:
    """The last fencing that succeeded, of any target."""
    done = [fencing.done[0] for fencing in fencings if fencing.done]
    return max(done, key=lambda event: event.completed or datetime.min, default=None)
