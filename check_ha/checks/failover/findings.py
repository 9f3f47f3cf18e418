"""What is told of a loss: of one node what the scheduler foretells, of all together quorum and fencing."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Sequence, Tuple

from check_ha.checks.failover.conditions import (
    ADDRESS_NOWHERE,
    FEWER_INSTANCES,
    LOST_WITH_NODE,
    NOT_PROMOTED_WITHOUT,
    PINNED,
    QUORUM_LOST,
    UNFENCEABLE,
)
from check_ha.checks.failover.losses import Losses
from check_ha.checks.failover.reasons import Reason, why_lost, why_not_promoted
from check_ha.checks.failover.situation import Changes, Situation
from check_ha.checks.failover.wording import either, verb, when
from check_ha.cluster.fencing.coverage import Coverage
from check_ha.cluster.own_count import OWN
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import count, joined, listed

_POLICIES = {
    "freeze": "nothing is taken over",
    "demote": "what is promoted is demoted, and all else stops",
    "suicide": "the nodes that are left fence themselves",
    "fence": "the nodes that are left fence themselves",
}


def foretold(losses: Losses, situation: Situation) -> Iterator[Finding]:
    """Yield what would be lost, virtual IPs first, each with what goes with it; without when that is: see ``told``."""
    told: List[str] = []
    for one in losses.lost:
        if one.id in situation.addresses:
            others = [
                each for each in losses.lost
                if each.outermost == one.outermost and each.id not in told and each.id not in situation.addresses
            ]  # fmt: skip
            told += [one.id, *(each.id for each in others)]
            reason = why_lost(one, losses, situation)
            names = [each.id for each in others]
            with_it = f", and {listed(names)} {verb(names, 'runs', 'run')} nowhere" if names else ""
            text = f"{situation.addresses[one.id]} is served nowhere{with_it}{_because(reason)}"
            subjects = (*resources(one.id, *names), *reason.subjects)
            yield Finding(ADDRESS_NOWHERE, text, subjects, reason.advice, reason.commands)
    rest = [one for one in losses.lost if one.id not in told]
    for reason, those in _by_reason(rest, losses, situation):
        names = _names(those, rest)
        text = f"{listed(names)} {verb(names, 'runs', 'run')} nowhere{_because(reason)}"
        subjects = (*resources(*names), *reason.subjects)
        yield Finding(LOST_WITH_NODE, text, subjects, reason.advice, reason.commands)
    for name, one in {one.outermost: one for one in losses.not_promoted}.items():
        reason = why_not_promoted(one, losses, situation)
        text = f"{name} is promoted nowhere{_because(reason)}"
        subjects = (*resources(name), *reason.subjects)
        yield Finding(NOT_PROMOTED_WITHOUT, text, subjects, reason.advice, reason.commands)


def told(found: Sequence[Tuple[Changes, Finding]]) -> Iterator[Finding]:
    """Yield what is lost with when that is; what is lost with each of several nodes once."""
    alike: Dict[Finding, List[Tuple[Changes, Finding]]] = {}
    for changes, one in found:
        alike.setdefault(one._replace(commands=()), []).append((changes, one))
    for one, those in alike.items():
        changes, first = those[0]
        names = list(dict.fromkeys(node for other, _ in those for node, _ in other))
        start = when(changes) if len(those) == 1 else f"if {either(names)} dies"
        subjects = tuple(dict.fromkeys((*nodes(*names), *one.subjects)))
        yield first._replace(text=f"{start}, {one.text}", subjects=subjects)


def _because(reason: Reason) -> str:
    return f": {reason.text}" if reason.text else ""


def _by_reason(
    found: Sequence[ResourceInstances], losses: Losses, situation: Situation
) -> List[Tuple[Reason, List[ResourceInstances]]]:
    """Return what is lost for one reason together: of one group or clone, and what no reason of its own has."""
    groups: Dict[Tuple[str, str], Tuple[Reason, List[ResourceInstances]]] = {}
    for one in found:
        reason = why_lost(one, losses, situation)
        key = ("", reason.text) if reason.shared else (one.outermost, "")
        groups.setdefault(key, (reason, []))[1].append(one)
    return list(groups.values())


def _names(those: Sequence[ResourceInstances], lost: Sequence[ResourceInstances]) -> List[str]:
    """Return the names of these: that of a clone or of what is lost as a whole, else their own."""
    names: List[str] = []
    for one in those:
        alike = [each for each in lost if each.outermost == one.outermost]
        names.append(one.outermost if one.clone or one.bundle or len(alike) > 1 else one.id)
    return list(dict.fromkeys(names))


def without_quorum(asked: Sequence[Changes], situation: Situation) -> Iterator[Finding]:
    """Yield of which nodes the loss takes the quorum; those with the same outcome together."""
    alike: Dict[str, List[Changes]] = {}
    for changes in asked:
        left = situation.loses_quorum(changes)
        if left:
            half = ", and the auto_tie_breaker is not among them" if left.tie_breaker else ""
            votes = f"{left.votes} of {count(left.expected, 'vote')}, {left.needed} needed{half}"
            alike.setdefault(votes, []).append(changes)
    for votes, those in alike.items():
        names = list(dict.fromkeys(node for changes in those for node, _ in changes))
        start = when(those[0]) if len(those) == 1 else f"if {either(names)} dies"
        fate = _POLICIES.get(situation.policy, "everything stops")
        text = f"{start}, no quorum is left ({votes}): {fate} (no-quorum-policy={situation.policy})"
        yield Finding(QUORUM_LOST, text, nodes(*names), _more_votes(situation))


def _more_votes(situation: Situation) -> str:
    quorum = situation.quorum
    own = quorum is not None and quorum.provider == OWN  # Pacemaker's plugin knows no two_node
    if quorum and quorum.expected_votes == 2 and "2Node" not in quorum.flags and not own:
        return "set two_node: 1 in the section quorum of corosync.conf"
    absent = sorted(situation.lost)
    more = "add a node" if own else "add a node or a quorum device"
    return f"bring back {joined(absent)}" if absent else more


def not_fenced(fencing: Mapping[str, Coverage]) -> Iterator[Finding]:
    """Yield the nodes that nothing could fence; those for which it is the same reason together."""
    alike: Dict[str, List[Coverage]] = {}
    for one in fencing.values():
        if one.fenceable is False:
            alike.setdefault(one.why, []).append(one)
    for why, those in alike.items():
        names = [one.node for one in those]
        text = f"if {either(names)} dies, nothing is taken over from it: it cannot be fenced ({why})"
        advice = "see what check_ha_fencing says of it" if len(names) == 1 else "see what check_ha_fencing says of them"
        yield Finding(UNFENCEABLE, text, (*nodes(*names), *resources(*those[0].devices)), advice)


def fewer(all_losses: Sequence[Losses]) -> Iterator[Finding]:
    """Yield the clones that would merely get smaller, in one finding."""
    found = [one for one in all_losses if one.fewer]
    names = list(dict.fromkeys(each.outermost for one in found for each in one.fewer))
    where = list(dict.fromkeys(node for one in found for node in one.nodes))
    if names:
        text = f"{listed(names)} {verb(names, 'goes', 'go')} on with fewer instances without {either(where)}"
        yield Finding(FEWER_INSTANCES, text, (*resources(*names), *nodes(*where)))


def as_meant(all_losses: Sequence[Losses]) -> Iterator[Finding]:
    """Yield what is meant to be lost with its node, in one finding."""
    found = [one for one in all_losses if one.pinned]
    names = list(dict.fromkeys(name for one in found for name in _names(one.pinned, one.pinned)))
    where = list(dict.fromkeys(node for one in found for node in one.nodes))
    if names:
        text = f"{listed(names)} {verb(names, 'is', 'are')} lost with {either(where)}, as --pinned says"
        yield Finding(PINNED, text, (*resources(*names), *nodes(*where)))
