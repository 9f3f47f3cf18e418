"""The options of check_ha_failover."""

from __future__ import annotations

from typing import Pattern, Tuple

from check_ha.checks.failover.situation import Changes
from check_ha.core.options import FilterOptions, option, regex
from check_ha.sources.tools import DEAD, MAINTENANCE, STANDBY


def _change(text: str) -> Tuple[str, str]:
    node, equals, state = text.rpartition("=")
    if not (node and equals and state in (DEAD, STANDBY, MAINTENANCE)):
        raise ValueError(f"not of the form NODE=STATE, with {DEAD}, {STANDBY} or {MAINTENANCE}")
    return node, state


class FailoverOptions(FilterOptions):
    """Options of check_ha_failover."""

    if_: Changes = option(
        (), "ask this instead: is anything lost with that node in standby, in maintenance, or dead?",
        metavar="NODE=STATE", parse=_change, repeat=True,
    )  # fmt: skip
    pinned: Tuple[Pattern[str], ...] = option(
        (), "resources (whole name, or that of their group or clone) that are meant to be lost with their node",
        metavar="REGEX", parse=regex, repeat=True,
    )  # fmt: skip

    view: Tuple[str, ...] = option(
        (), "what check_ha_view has printed on another node: has it an interface for the addresses that it would take?",
        metavar="FILE", repeat=True,
    )  # fmt: skip

    def meant_to_be_lost(self, *names: str) -> bool:
        """Return whether the resource with these names is one of those."""
        return any(pattern.fullmatch(name) for pattern in self.pinned for name in names)
