"""Of all that several checks found: what is told first, what only repeats it, and what need not be told again.

Seven checks may see one node die. The first line of a run has room for two or three findings, so that the node is named
by the worst of them that is nearest to the cause, then what else is wrong, and then the same node once more.
"""

import re
from typing import Container, Dict, Iterable, List, Sequence, Set, Tuple

from check_ha.core.condition import TOOL_MISSING, Severity
from check_ha.core.finding import Finding


def ranked(found: Iterable[Finding], names: Container[str]) -> List[Finding]:
    """Worst first; of equals the order given, and behind them what another check has told already.

    That is what names no node and no resource (``names``) but such as another check has named, or begins in its very
    words. What does both is left out.
    """
    namers: Dict[str, Set[str]] = {}
    tellers: Dict[Tuple[str, str], str] = {}
    ordered: List[Finding] = []
    for one in sorted(found, key=lambda one: -one.severity):
        named = {word for word in words(one.text) if word in names}
        known = all(namers.get(name, set()) - {one.check} for name in named)
        again = tellers.setdefault((one.condition.name, _opening(one.text)), one.check) != one.check
        for name in named:
            namers.setdefault(name, set()).add(one.check)
        if not (known and again):
            ordered.append(one._replace(again=again or (known and bool(named))))
    return sorted(ordered, key=lambda one: (-one.severity, one.again))


def together(found: Sequence[Finding]) -> List[Finding]:
    """Tools that are missing for the same reason as one: ``crm_mon, cibadmin: not installed``."""
    tools: Dict[Tuple[Severity, str], Dict[str, None]] = {}
    for one in found:
        if one.condition is TOOL_MISSING:
            tool, _, reason = one.text.rpartition(": ")
            tools.setdefault((one.severity, reason), {})[tool] = None
    missing = [
        Finding(TOOL_MISSING, f"{', '.join(names)}: {reason}", override=severity)
        for (severity, reason), names in tools.items()
    ]
    return [*(one for one in found if one.condition is not TOOL_MISSING), *missing]


def words(text: str) -> List[str]:
    """The words of a text, among which names are looked for."""
    return [word.rstrip(".") for word in re.findall(r"[\w.-]+", text)]


def _opening(text: str) -> str:
    """What it says before it goes into details: ``no DC is elected``."""
    return re.split(r"[:;]| \(", text, maxsplit=1)[0]
