"""Settings that corosync has loaded and does not act by: votequorum takes some of them only when it starts.

What it acts by is in the ``Flags`` of corosync-quorumtool (2.3 to 3.1), and for the tie breaker in the map, where
``runtime.votequorum.atb_type`` is 0 for none, 1 for lowest, 2 for highest and 3 for a list of nodes. For two_node both
tell (``2Node``, ``runtime.votequorum.two_node``): it is off beside a tie breaker or a device.
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, Mapping, Optional, Tuple

from check_ha.checks.config.differences import NODE_BY_NODE, Difference
from check_ha.checks.config.settings import Settings
from check_ha.core.condition import UNREADABLE
from check_ha.core.finding import TOOL, Finding, Subject
from check_ha.model.corosync import LAST_OF_MAP

_BREAKER = "quorum.auto_tie_breaker"
_TWO_NODE = "quorum.two_node"
_FLAGS = {
    "quorum.wait_for_all": "WaitForAll",
    "quorum.last_man_standing": "LastManStanding",
    _BREAKER: "AutoTieBreaker",
    "quorum.allow_downscale": "AllowDownscale",
}
_ATB_TYPES = {"0": "", "1": "lowest", "2": "highest", "3": "list"}


def sets_flags(settings: Settings) -> bool:
    """Return whether the file sets one of these, so that only the flags tell whether it is in force."""
    return any(name in settings.keys for name in _FLAGS)


def not_in_force(
    written: Settings, values: Mapping[str, str], flags: Optional[Iterable[str]], found: Iterable[Difference]
) -> Iterator[Difference]:
    """Yield the settings that corosync does not act by, but for those that the map itself (``values``) shows to differ.

    ``flags`` are those of corosync-quorumtool; ``None``: they are not known.
    """
    told = {one.name for one in found}
    for name, (expected, in_force) in _states(written, values, flags).items():
        if expected != in_force and name not in told:
            yield Difference(name, expected, f"{in_force} in force", NODE_BY_NODE)


def _states(written: Settings, values: Mapping[str, str], flags: Optional[Iterable[str]]) -> Dict[str, Tuple[str, str]]:
    """Return how each of them should be by the file, and how it is."""
    states: Dict[str, Tuple[str, str]] = {}
    if written.major < 2 or not written.keys.get("quorum.provider"):
        return states
    expected = {name: written.on(name) for name in _FLAGS}
    expected["quorum.wait_for_all"] = written.waits_for_all
    expected[_BREAKER] = bool(written.tie_breaker)
    if flags is not None:
        states.update({name: (_switch(expected[name]), _switch(_FLAGS[name] in flags)) for name in _FLAGS})
    two_node = values.get("runtime.votequorum.two_node") or (flags is not None and _switch("2Node" in flags))
    if two_node and not written.tie_breaker and not written.device:
        states[_TWO_NODE] = (_switch(written.on(_TWO_NODE)), two_node)
    kind = _ATB_TYPES.get(values.get("runtime.votequorum.atb_type", ""))
    if kind is not None and bool(kind) != expected[_BREAKER]:
        states[_BREAKER] = (_switch(expected[_BREAKER]), _switch(bool(kind)))
    elif kind is not None:
        states[f"{_BREAKER}_node"] = (written.tie_breaker, kind)
    return states


def _switch(on: bool) -> str:
    return "1" if on else "0"


def shown(one: Difference, values: Mapping[str, str]) -> bool:
    """Return whether the map shows what runs instead, and does not only lack it."""
    return bool(one.running) if one.node else one.name in values


def map_cut() -> Finding:
    """Return that what is not in the map may be there all the same: what it shows is compared alone."""
    text = f"corosync-cmapctl ended early, {LAST_OF_MAP} is not there: what corosync runs with is not known"
    return Finding(UNREADABLE, text, (Subject(TOOL, "corosync-cmapctl"),))
