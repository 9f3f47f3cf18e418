"""How a fault is described: what breaks, and which check must say what of it where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Sequence

from tests.lab import Lab, Options, wait_until
from tests.replay import always

from .verdict import STATES, Verdict

# The clusters. The address is not monitored soon enough to be mended before a check has seen that it is missing.
TWO = Options(vip_monitor="600s")
THREE = Options(nodes=3)
FENCING = Options(nodes=3, stonith="on")
QDEVICE = Options(qdevice=True)
UDPU = Options(transport="udpu", links=1)

OK, WARNING, CRITICAL, UNKNOWN = STATES
WEIGHT = (OK, UNKNOWN, WARNING, CRITICAL)
MON = "mon"
"""The monitoring host, where the comparison of all nodes runs."""
NO_MARGIN = "the loss of one more vote loses quorum"


@dataclass(frozen=True)
class Seen:
    """What a check must say on some machines."""

    check: str
    state: str
    text: str
    """The sentence after ``HA_CHECK STATE - ``; each ``*`` stands for anything."""
    on: str = ""
    """Names of machines; empty: every node."""

    def agrees(self, verdict: Verdict) -> bool:
        """Tell whether that is what it said."""
        pattern = ".*".join(map(re.escape, self.text.split("*")))
        return verdict.state == self.state and re.fullmatch(pattern, verdict.text) is not None


def warning(check: str, text: str, on: str = "") -> Seen:
    """Return that this check must say WARNING."""
    return Seen(check, WARNING, text, on)


def critical(check: str, text: str, on: str = "") -> Seen:
    """Return that this check must say CRITICAL."""
    return Seen(check, CRITICAL, text, on)


def unknown(check: str, text: str, on: str = "") -> Seen:
    """Return that this check must say UNKNOWN."""
    return Seen(check, UNKNOWN, text, on)


def lost(number: int, by: str = "", crashed: bool = True, of: int = 2) -> tuple[Seen, ...]:
    """Return what the checks say on the other nodes when one of two or three is gone; what stands after it counts."""
    name = f"node{number}"
    offline = f"{name} is offline, and was not shut down: it crashed or is cut off" if crashed else f"{name} is offline"
    return (
        critical("rings", f"{name} unreachable: both links down (198.51.100.{number}, 203.0.113.{number})", by),
        critical("nodes", offline, by),
        warning("quorum", f"{of - 1} of {of} votes; missing: {name}; {NO_MARGIN}: {of - 1} needed", by),
    )


def fenced_and_back(lab: Lab, node: str) -> None:
    """Lose a node that the others can fence; return when it has started again, for it is off for a moment only."""
    boot = lab[node].started
    lab.kill(node, "corosync")
    wait_until(lambda: lab[node].started > boot, 30, f"{node} was fenced and has started again")


def _nothing(lab: Lab) -> None:
    """All of it is undone by heal()."""


@dataclass(frozen=True)
class Fault:
    """Something that breaks on a healthy cluster. Whatever is not ``seen`` must be OK, on every machine with power."""

    name: str
    options: Options
    inject: Callable[[Lab], object]
    seen: Sequence[Seen]
    undo: Callable[[Lab], object] = _nothing
    """What heal() does not know of."""
    record: str = "node1"
    """Where it is recorded and judged again from the recording."""
    seconds: float = 60
    """How long it may take until all is seen that must be."""

    def expected(self, machine: str, check: str) -> Seen:
        """Return what a check must say there; of several the last one counts."""
        if check == "all":
            return Seen(check, max((self.expected(machine, name).state for name in always()), key=WEIGHT.index), "*")
        for seen in reversed(self.seen):
            if seen.check == check and (machine in seen.on.split() or (not seen.on and machine != MON)):
                return seen
        return Seen(check, OK, "*")

    def watched(self, machine: str) -> list[str]:
        """Return the checks that must see it there."""
        names = {seen.check for seen in self.seen}
        return sorted(name for name in names if self.expected(machine, name).state != OK)
