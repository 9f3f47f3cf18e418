"""Of all that several checks found: what is told first, what only repeats it, what follows from what.

Seven checks may see one node die. The first line of a run has room for two or three findings, so that the node is named
by the worst of them that is nearest to the cause, then what else is wrong, and then the same node once more.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple

from check_ha.core.condition import FILTERED_OUT, NOT_RUNNING, OUT_OF_RANGE, TOOL_MISSING, Severity
from check_ha.core.finding import DAEMON, NODE, RESOURCE, Finding, Key, Subject

_COUNT = (NODE, RESOURCE, DAEMON)
"""What a finding may be about so that another one about the same repeats it."""
_OF_ITS_OWN = (FILTERED_OUT, OUT_OF_RANGE)
"""What is about the check itself, and never about what another one has found."""

_Kind = Tuple[str, str]
"""A check, and one of its conditions."""
_DOWN = ("", NOT_RUNNING.name)
_GONE = (_DOWN, ("nodes", "unclean"), ("nodes", "offline"))
_APART = (("split_brain", "split-brain"), ("split_brain", "partitioned"))


def _of_resources(*conditions: str) -> Tuple[_Kind, ...]:
    return tuple(("resources", one) for one in conditions)


_BROKEN = _of_resources("stopped", "blocked", "failed", "multiple-active", "failure-ignored")
CAUSES: Dict[_Kind, Tuple[_Kind, ...]] = {
    ("nodes", "offline"): (_DOWN,),
    ("nodes", "pending"): (_DOWN,),
    ("nodes", "pending-too-long"): (_DOWN,),
    ("rings", "unreachable"): _GONE,
    ("split_brain", "unseen"): _GONE,
    ("split_brain", "not-asked"): _GONE,
    ("quorum", "views-differ"): (_DOWN,),
    ("quorum", "votes-missing"): (*_APART, *_GONE, ("rings", "unreachable")),
    ("quorum", "no-quorum"): _APART,
    ("resources", "on-lost-node"): (("nodes", "unclean"),),
    ("resources", "maintenance"): (("nodes", "maintenance"),),
    ("failed_actions", "resource-down"): _BROKEN,
    ("failed_actions", "threshold-reached"): (*_BROKEN, ("failed_actions", "resource-down")),
    ("failed_actions", "failed-action"): (*_BROKEN, ("failed_actions", "resource-down")),
    ("vip", "vip-stopped"): _of_resources("stopped", "no-quorum", "on-lost-node"),
    ("vip", "vip-failed"): _of_resources("failed", "blocked"),
    ("vip", "vip-blocked"): (*_of_resources("blocked", "multiple-active"), ("vip", "vip-duplicated")),
    ("vip", "vip-duplicated"): _of_resources("blocked", "multiple-active"),
    ("vip", "unmanaged"): _of_resources("unmanaged", "maintenance"),
    ("vip", "disabled"): _of_resources("disabled", "stop-all"),
    ("vip", "maintenance"): _of_resources("maintenance"),
    ("vip", "no-ticket"): _of_resources("no-ticket"),
}
"""What follows from what, about the same node or resource; the first that is found is the cause."""


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


def with_causes(found: Sequence[Finding]) -> List[Finding]:
    """Return the findings, each that follows from another one with its cause; one of quorum is about all its nodes."""
    about: Dict[_Kind, Dict[Subject, Key]] = {}
    for one in found:
        subjects = about.setdefault((one.check, one.condition.name), {})
        for subject in one.subjects:
            subjects.setdefault(subject, one.key)
    causes = {one.key: _cause(one, about) for one in found}
    return [one._replace(cause=_first(causes[one.key], causes)) for one in found]


def _first(cause: Optional[Key], causes: Dict[Key, Optional[Key]]) -> Optional[Key]:
    """Return the cause of that cause, where it has one; there are no longer chains than that."""
    return (causes.get(cause) or cause) if cause else None


def _cause(one: Finding, about: Dict[_Kind, Dict[Subject, Key]]) -> Optional[Key]:
    kinds = CAUSES.get((one.check, one.condition.name), ())
    culprits = [part for part in one.subjects if part.kind == NODE] if one.check == "quorum" else one.subjects[:1]
    causes = [next((about[kind][part] for kind in kinds if part in about.get(kind, ())), None) for part in culprits]
    return None if None in causes else next(iter(causes), None)


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
