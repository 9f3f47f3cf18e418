"""How a fault of the tests is described: what breaks, and which check must say what on which node."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable, Mapping, Optional, Sequence

from tests.lab import Lab, Options

from .verdict import Verdict

TWO = Options()
THREE = Options(nodes=3)
FENCING = Options(nodes=3, stonith="on")
QDEVICE = Options(qdevice=True)
UDPU = Options(transport="udpu", links=1)

OK, WARNING, CRITICAL, UNKNOWN = "OK", "WARNING", "CRITICAL", "UNKNOWN"


@dataclass(frozen=True)
class Seen:
    """What a check must say on some nodes, all by default."""

    check: str
    state: str
    text: str
    """The whole sentence after ``HA_CHECK STATE - ``; each ``*`` stands for anything."""
    on: Optional[str] = None

    def agrees(self, verdict: Verdict) -> bool:
        """Tell whether that is what it said."""
        pattern = ".*".join(map(re.escape, self.text.split("*")))
        return verdict.state == self.state and re.fullmatch(pattern, verdict.text) is not None


def _nothing(lab: Lab) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """Something that breaks, on a healthy cluster. What is not ``seen`` must be OK on every node that has power."""

    name: str
    options: Options
    inject: Callable[[Lab], object]
    seen: Sequence[Seen]
    undo: Callable[[Lab], object] = _nothing
    """What heal() does not know of."""
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of checks, beside those that make the healthy cluster OK."""
    within: float = 40
    """Seconds until everything of it is seen."""

    def expected(self, node: str, check: str) -> Seen:
        """What a check must say on a node; the last that speaks of it counts."""
        for seen in reversed(self.seen):
            if seen.check == check and (seen.on is None or node in seen.on.split()):
                return seen
        return Seen(check, OK, "*")

    @property
    def watched(self) -> list[str]:
        """The checks that must see it."""
        return sorted({seen.check for seen in self.seen})


def arguments_of(options: Options) -> dict[str, list[str]]:
    """What the checks of a healthy lab are given so that they say OK: what it lacks is so on purpose."""
    arguments: dict[str, list[str]] = {}
    if options.stonith == "off":
        arguments["fencing"] = ["--severity", "fencing-disabled=ok"]
    return arguments
