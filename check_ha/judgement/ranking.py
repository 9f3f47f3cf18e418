"""Of all that several checks found: what is told first, what only repeats it, and what need not be told again.

Seven checks may see one node die. The first line of a run has room for two or three findings, so that the node is named
by the worst of them that is nearest to the cause, then what else is wrong, and then the same node once more.
"""

import re
from typing import Container, Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple

from check_ha.judgement.conditions import TOOL_MISSING, Severity


class Told(NamedTuple):
    """One thing to be told."""

    check: str
    """Which check found it; empty for a tool that failed, whatever number of checks needed it."""
    text: str
    severity: Severity
    condition: str = ""
    """Empty for the main number of a check that is out of its range."""
    advice: str = ""


def ranked(found: Iterable[Told], names: Container[str]) -> List[Told]:
    """Worst first; of equals the order given, and behind them what names nobody that another check has not named.

    ``names`` are those of nodes and resources. What another check has told in the same words is left out.
    """
    namers: Dict[str, Set[str]] = {}
    openings: Dict[Tuple[str, str], str] = {}
    ordered: List[Tuple[int, bool, Told]] = []
    for one in sorted(found, key=lambda one: -one.severity):
        named = {word for word in _words(one.text) if word in names}
        known = all(namers.get(name, set()) - {one.check} for name in named)
        teller = openings.setdefault((one.condition, _opening(one.text)), one.check)
        if known and teller != one.check:
            continue
        ordered.append((-one.severity, known and bool(named), one))
        for name in named:
            namers.setdefault(name, set()).add(one.check)
    ordered.sort(key=lambda one: one[:2])
    return [one for _, _, one in ordered]


def together(found: Sequence[Told]) -> List[Told]:
    """Tools that are missing for the same reason as one: ``crm_mon, cibadmin: not installed``."""
    tools: Dict[Tuple[Severity, str], List[str]] = {}
    for one in found:
        if one.condition == TOOL_MISSING.name:
            tool, _, reason = one.text.rpartition(": ")
            tools.setdefault((one.severity, reason), []).append(tool)
    missing = [
        Told("", f"{', '.join(names)}: {reason}", severity, TOOL_MISSING.name)
        for (severity, reason), names in tools.items()
    ]
    return [*(one for one in found if one.condition != TOOL_MISSING.name), *missing]


def _words(text: str) -> Iterable[str]:
    return (word.rstrip(".") for word in re.findall(r"[\w.-]+", text))


def _opening(text: str) -> str:
    """What it says before it goes into details: ``no DC is elected``."""
    return re.split(r"[:;]| \(", text, maxsplit=1)[0]
