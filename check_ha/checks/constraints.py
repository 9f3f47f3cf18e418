"""Did a move or a ban leave a constraint behind?

Asks cibadmin for the location constraints that crm_resource --move and --ban write (crm resource move, pcs resource
move): they stay after the move, so that the resource cannot come back, or cannot fail over, until somebody clears them.
crm_mon shows bans as well: that is enough where the CIB cannot be read, but for the preferences. One with a lifetime
is told with its end, and is none once that has passed.

With --grace a constraint only warns when it has been there for that long, counted from the first run that saw it; where
no state is kept (see --state-dir; a replay with --from keeps none) there is no grace.

What it cannot see: whether any other constraint is meant. Those with another id are not judged.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Set

from check_ha.cluster.cli_constraints import Move, clear, moves, nodes_left
from check_ha.cluster.resources import names_of
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import CONSTRAINT, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import age
from check_ha.model.cib import CONSTRAINTS, Cib
from check_ha.model.cluster import Cluster
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
CIB = Reading(CIBADMIN, parse_cib, parts=(CONSTRAINTS,))

CLI_BAN = Condition("cli-ban", Severity.WARNING, "A ban, or a move without a target, keeps a resource off a node.")
CLI_PREFER = Condition("cli-prefer", Severity.WARNING, "A move to a node ties a resource to it.")
EXPIRES = Condition("expires", Severity.WARNING, "The same, of a move or ban with a lifetime: it will end by itself.")

LEFT = Metric("cluster.constraints.left.count", "constraints of moves and bans that are in effect")
BANS = Metric("cluster.constraints.bans.count", "those that ban a resource from a node")
PREFERENCES = Metric("cluster.constraints.preferences.count", "those that tie a resource to a node")
EXPIRED = Metric("cluster.constraints.expired.count", "constraints of moves and bans whose lifetime is over")

First = Mapping[str, float]
"""When each constraint was first seen, by id."""


class ConstraintOptions(FilterOptions):
    """Options of check_ha_constraints."""

    grace: float = option(
        0.0, "how long a constraint may stay before it warns: 90s, 15m, 6h, 2d (0)", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: ConstraintOptions) -> Judgement:
    """Judge the constraints of the selected resources; all of them are counted."""
    cluster, cib, now = evidence.get(CLUSTER), evidence.get(CIB), evidence.now
    found = moves(cluster, cib, now)
    standing = [move for move in found if move.in_effect is not False]
    first = _first_seen(standing, evidence)
    selected = [move for move in standing if options.selects(move.resource)]
    # no state: it may have been there for ever
    old = [move for move in selected if evidence.previous is None or now - first[move.id] >= options.grace]
    findings = [_finding(move, cluster, now, first[move.id]) for move in old]
    names = _resources(cluster, cib) | {move.resource for move in found}
    if names and not any(options.selects(name) for name in names):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(names)} resources"))
    known = cluster is not None or cib is not None
    return Judgement(
        summary=_summary(names, cib, options, len(selected) - len(old)) if known else "no constraints were read",
        findings=tuple(findings),
        measures=tuple(_measures(found, cib)) if known else (),
        rows=tuple(_rows(found, first, now)),
        remember={"first": first} if known else None,
    )


def _first_seen(standing: Sequence[Move], evidence: Evidence) -> Dict[str, float]:
    """What is gone is forgotten, where the CIB tells; what cannot be right is taken for new."""
    before: Any = (evidence.previous or {}).get("first")
    known: Dict[str, float] = {}
    for name, seen in before.items() if isinstance(before, dict) else ():
        if isinstance(seen, (int, float)) and 0 <= seen <= evidence.now:
            known[name] = seen
    now = {move.id: known.get(move.id, evidence.now) for move in standing}
    return now if evidence.get(CIB) else {**known, **now}


def _resources(cluster: Optional[Cluster], cib: Optional[Cib]) -> Set[str]:
    """All that a constraint may be about: primitives, groups, clones, bundles."""
    names = {primitive.id for primitive in cib.primitives} if cib else set()
    for placed in cluster.primitives() if cluster else ():
        names.update(names_of(placed))
    return names


def _finding(move: Move, cluster: Optional[Cluster], now: float, first: float) -> Finding:
    condition = EXPIRES if move.limited else CLI_BAN if move.ban else CLI_PREFER
    since = f", first seen {age(now - first)}" if now - first >= 1 else ""
    text = f"{_what(move)}{_until(move, now)}{_left(move, cluster)}{since}: {clear(move)}"
    shells = f" (crm resource clear {move.resource}, pcs resource clear {move.resource})" if move.clearable else ""
    return Finding(condition, text, advice=clear(move) + shells)


def _what(move: Move) -> str:
    nodes = ", ".join(move.nodes) or "some nodes"
    if not move.ban:
        role = "the promoted role of " if move.promoted_only else ""
        return f"{role}{move.resource} is tied to {nodes} by a move"
    return f"{move.resource} is banned by hand from {'being promoted on ' if move.promoted_only else ''}{nodes}"


def _until(move: Move, now: float) -> str:
    """When it ends: ``until 2026-11-24 00:57:33 +01:00 (in 42m)``."""
    if not move.limited:
        return ""
    if move.end is None:
        return " for a limited time (its end is not known)"
    if move.end.latest is None or move.end.earliest != move.end.latest:
        return f" until {move.end.text}"
    left = move.end.latest - now
    return f" until {move.end.text} (in {age(left)[: -len(' ago')]})" if left > 0 else f" until {move.end.text} (now)"


def _left(move: Move, cluster: Optional[Cluster]) -> str:
    """Where it may still run: that is what a ban costs."""
    left = nodes_left(move.resource, cluster) if move.ban and not move.promoted_only and cluster else None
    if left is None:
        return ""
    return f", only {left[0]} is left" if len(left) == 1 else f", {len(left) or 'no'} nodes are left"


def _summary(names: Set[str], cib: Optional[Cib], options: ConstraintOptions, young: int) -> str:
    looked = sum(options.selects(name) for name in names)
    text = f"{looked} resource{'s' if looked != 1 else ''}"
    if cib:
        text += f", {len(cib.locations)} location constraint{'s' if len(cib.locations) != 1 else ''}"
    return f"{text}, none left behind by a move or ban" + (f" but {young} younger than --grace" if young else "")


def _measures(found: Sequence[Move], cib: Optional[Cib]) -> Iterator[Measure]:
    standing = [move for move in found if move.in_effect is not False]
    yield BANS.of(sum(move.ban for move in standing))
    if cib:  # crm_mon does not tell these
        yield LEFT.of(len(standing))
        yield PREFERENCES.of(sum(not move.ban for move in standing))
        yield EXPIRED.of(len(found) - len(standing))


def _rows(found: Sequence[Move], first: First, now: float) -> Iterator[Row]:
    for move in found:
        state = f"first seen {age(now - first[move.id])}" if move.id in first else "not in effect"
        end = f", ends {move.end.text}" if move.end else ""
        yield Row(Subject(CONSTRAINT, move.id), f"{_what(move)}{end}, {state}; {clear(move)}")


CHECK = Check(
    name="constraints",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(CLI_BAN, CLI_PREFER, EXPIRES, FILTERED_OUT),
    metrics=(LEFT, BANS, PREFERENCES, EXPIRED),
    judge=judge,
    number=LEFT,
    options=ConstraintOptions,
    filters="resource",
    remembers=True,
)
