"""Did a move or a ban leave a constraint behind?

Asks cibadmin for the location constraints that crm_resource --move and --ban write (crm resource move, pcs resource
move): they stay after the move, so that the resource cannot come back, or cannot fail over, until somebody clears them.
crm_mon shows bans as well: that is enough where the CIB cannot be read, except for preferences. A constraint with a
lifetime is reported with its end, and no longer once that has passed.

With --grace a constraint only warns when it has been there for that long, counted from the first run that saw it; where
no state is kept (see --state-dir; a replay with --from keeps none), or where the clock was set back since, there is no
grace.

What it cannot see: whether any other constraint is meant. Those with another id are not judged.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Set

from check_ha.cluster.cli_constraints import CliConstraint, clear_commands, cli_constraints, nodes_left
from check_ha.cluster.resources import names_of
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import CONSTRAINT, Finding, Row, Subject, nodes, resources
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import age, count, how_long
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import CONSTRAINTS
from check_ha.model.cluster import Cluster
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
CIB = Reading(CIBADMIN, parse_cib, parts=(CONSTRAINTS,))

CLI_BAN = Condition("cli-ban", Severity.WARNING, "A ban, or a move without a target, keeps a resource off a node.")
CLI_PREFER = Condition("cli-prefer", Severity.WARNING, "A move to a node ties a resource to it.")
EXPIRES = Condition("expires", Severity.WARNING, "The same for a move or ban with a lifetime, which ends by itself.")

LEFT = Metric("cluster.constraints.left.count", "constraints of moves and bans that are in effect")
BANS = Metric("cluster.constraints.bans.count", "those that ban a resource from a node")
PREFERENCES = Metric("cluster.constraints.preferences.count", "those that tie a resource to a node")
EXPIRED = Metric("cluster.constraints.expired.count", "constraints of moves and bans whose lifetime is over")

FirstSeen = Mapping[str, Optional[float]]
"""When each constraint was first seen, by id, in seconds since the epoch; ``None``: that is not known any more."""


class ConstraintOptions(FilterOptions):
    """Options of check_ha_constraints."""

    grace: float = option(
        0.0, "how long a constraint may stay before it warns: 90s, 15m, 6h, 2d (0)", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: ConstraintOptions) -> Judgement:
    """Judge the constraints of the selected resources; all of them are counted."""
    cluster, cib, now = evidence.get(CLUSTER), evidence.get(CIB), evidence.now
    found = cli_constraints(cluster, cib, now)
    in_effect = [one for one in found if one.in_effect is not False]
    first = _first_seen(in_effect, evidence)
    selected = [one for one in in_effect if options.selects(one.resource)]
    told = [one for one in selected if _over(first[one.id], evidence, options)]
    names = _resources(cluster, cib) | {one.resource for one in found}
    findings = [_finding(one, cluster, now, first[one.id]) for one in told]
    if names and not any(options.selects(name) for name in names):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {count(len(names), 'resource')}"))
    known = cluster is not None or cib is not None
    return Judgement(
        summary=_summary(names, cib, options, len(selected) - len(told)) if known else "no constraints were read",
        findings=tuple(findings),
        measures=tuple(_measures(found, cib)) if known else (),
        rows=tuple(_rows(found, first, now)),
        remember={"first": first} if known else None,
    )


def _over(first: Optional[float], evidence: Evidence, options: ConstraintOptions) -> bool:
    """Return whether its grace is over; without state, or a known time, it may have been there for ever."""
    return evidence.previous is None or first is None or evidence.now - first >= options.grace


def _first_seen(in_effect: Sequence[CliConstraint], evidence: Evidence) -> Dict[str, Optional[float]]:
    """What is gone is forgotten, where the CIB tells; what is no time at all is taken for new.

    A time in the future says that this node's clock was set back: it is not known for how long it has been there.
    """
    before: Any = (evidence.previous or {}).get("first")
    known: Dict[str, Optional[float]] = {}
    for name, seen in before.items() if isinstance(before, dict) else ():
        if seen is None or (isinstance(seen, (int, float)) and seen >= 0):
            known[name] = None if seen is None or seen > evidence.now else seen
    now = {one.id: known.get(one.id, evidence.now) for one in in_effect}
    return now if evidence.get(CIB) else {**known, **now}


def _resources(cluster: Optional[Cluster], cib: Optional[Cib]) -> Set[str]:
    """Return all that a constraint may be about: primitives, groups, clones, bundles."""
    names = {primitive.id for primitive in cib.primitives} if cib else set()
    for placed in cluster.primitives() if cluster else ():
        names.update(names_of(placed))
    return names


def _finding(one: CliConstraint, cluster: Optional[Cluster], now: float, first: Optional[float]) -> Finding:
    condition = EXPIRES if one.limited else CLI_BAN if one.ban else CLI_PREFER
    since = f", first seen {age(now - first)}" if first is not None and now - first >= 1 else ""
    return Finding(
        condition,
        f"{_what(one)}{_until(one, now)}{_left(one, cluster)}{since}",
        (*resources(one.resource), *nodes(*one.nodes), Subject(CONSTRAINT, one.id)),
        commands=clear_commands(one),
        joint=": ",
    )


def _what(one: CliConstraint) -> str:
    where = ", ".join(one.nodes) or "some nodes"
    if not one.ban:
        role = "the promoted role of " if one.promoted_only else ""
        return f"{role}{one.resource} is tied to {where} by a move"
    return f"{one.resource} is banned by hand from {'being promoted on ' if one.promoted_only else ''}{where}"


def _until(one: CliConstraint, now: float) -> str:
    """When it ends: ``until 2026-11-24 00:57:33 +01:00 (in 42m)``."""
    if not one.limited:
        return ""
    if one.end is None:
        return " for a limited time (its end is not known)"
    if one.end.latest is None or one.end.earliest != one.end.latest:
        return f" until {one.end.text}"
    left = one.end.latest - now
    return f" until {one.end.text} (in {how_long(left)})" if left > 0 else f" until {one.end.text} (now)"


def _left(one: CliConstraint, cluster: Optional[Cluster]) -> str:
    """Return where it may still run: that is what a ban costs."""
    left = nodes_left(one.resource, cluster) if one.ban and not one.promoted_only and cluster else None
    if left is None:
        return ""
    return f", only {left[0]} is left" if len(left) == 1 else f", {len(left) or 'no'} nodes are left"


def _summary(names: Set[str], cib: Optional[Cib], options: ConstraintOptions, young: int) -> str:
    text = count(sum(options.selects(name) for name in names), "resource")
    if cib:
        text += f", {count(len(cib.locations), 'location constraint')}"
    return f"{text}, none left behind by a move or ban" + (f" but {young} younger than --grace" if young else "")


def _measures(found: Sequence[CliConstraint], cib: Optional[Cib]) -> Iterator[Measure]:
    in_effect = [one for one in found if one.in_effect is not False]
    yield BANS.of(sum(one.ban for one in in_effect))
    if cib:  # crm_mon does not tell these
        yield LEFT.of(len(in_effect))
        yield PREFERENCES.of(sum(not one.ban for one in in_effect))
        yield EXPIRED.of(len(found) - len(in_effect))


def _rows(found: Sequence[CliConstraint], first: FirstSeen, now: float) -> Iterator[Row]:
    for one in found:
        seen = first.get(one.id)
        since = f"first seen {age(now - seen)}" if seen is not None else "first seen at an unknown time"
        state = since if one.id in first else "not in effect"
        end = f", ends {one.end.text}" if one.end else ""
        yield Row(Subject(CONSTRAINT, one.id), f"{_what(one)}{end}, {state}; {clear_commands(one)[0]}")


CHECK = Check(
    name="constraints",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(CLI_BAN, CLI_PREFER, EXPIRES, FILTERED_OUT),
    metrics=(LEFT, BANS, PREFERENCES, EXPIRED),
    judge=judge,
    scope=Scope.CLUSTER,
    number=LEFT,
    options=ConstraintOptions,
    filters="resource",
    remembers=True,
    shared=WITH_MEMORY,
)
