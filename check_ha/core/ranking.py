"""Of all that several checks found: what is told first, what only repeats it, and what need not be told again.

Seven checks may see one node die. The first line of a run has room for two or three findings, so that the node is named
by the worst of them that is nearest to the cause, then what else is wrong, and then the same node once more.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Sequence, Set, Tuple

from check_ha.core.condition import FILTERED_OUT, OUT_OF_RANGE, TOOL_MISSING, Severity
from check_ha.core.finding import DAEMON, NODE, RESOURCE, Finding, Subject

_COUNT = (NODE, RESOURCE, DAEMON)
"""What a finding may be about so that another one about the same repeats it."""
_OF_ITS_OWN = (FILTERED_OUT, OUT_OF_RANGE)
"""What is about the check itself, and never about what another one has found."""


def ranked(found: Iterable[Finding]) -> List[Finding]:
    """Return the findings worst first; of equals in the order given, then what stays until the configuration changes,
    and behind them what another check told already.

    That is what is about no node, resource or daemon but such as another check has named, or has the condition and the
    culprit of a finding of another check. What does both is left out.
    """
    namers: Dict[Subject, Set[str]] = {}
    tellers: Dict[Tuple[str, Tuple[Subject, ...]], str] = {}
    ordered: List[Finding] = []
    for one in sorted(found, key=lambda one: -one.severity):
        about = [subject for subject in one.subjects if subject.kind in _COUNT]
        known = all(namers.get(subject, set()) - {one.check} for subject in about)
        key = one.condition.name, one.subjects[:1]
        again = one.condition not in _OF_ITS_OWN and tellers.setdefault(key, one.check) != one.check
        for subject in about:
            namers.setdefault(subject, set()).add(one.check)
        if not (known and again):
            ordered.append(one._replace(again=again or (known and bool(about))))
    return sorted(ordered, key=lambda one: (-one.severity, one.again, one.condition.standing))


def together(found: Sequence[Finding]) -> List[Finding]:
    """Return the findings with the tools that are missing for the same reason as one: ``crm_mon, cibadmin: ...``."""
    tools: Dict[Tuple[Severity, str], Dict[Subject, None]] = {}
    for one in found:
        if one.condition is TOOL_MISSING:
            tools.setdefault((one.severity, one.reason), {}).update(dict.fromkeys(one.subjects))
    missing = [
        Finding(
            TOOL_MISSING, f"{', '.join(subject.name for subject in subjects)}: {reason}", tuple(subjects),
            override=severity, reason=reason,
        )
        for (severity, reason), subjects in tools.items()
    ]  # fmt: skip
    return [*(one for one in found if one.condition is not TOOL_MISSING), *missing]
