"""Why a resource would run on none of the nodes that are left, as far as that can be told."""

from __future__ import annotations

from typing import Collection, Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.failover.losses import Losses, left_alone
from check_ha.checks.failover.obstacles import (
    FAILED,
    NOT_ALLOWED,
    STATE,
    Obstacle,
    asked_by,
    obstacle,
    own_id,
    separated,
)
from check_ha.checks.failover.situation import Situation
from check_ha.cluster.cli_constraints import clear_commands, cli_constraints
from check_ha.cluster.nodes import bundle_nodes, described
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resources import MENDED, cleanup
from check_ha.core.finding import CONSTRAINT, Subject, nodes
from check_ha.core.wording import joined
from check_ha.model.cluster import INFINITY, Node
from check_ha.record import NamedTuple
from check_ha.sources.tools import DEAD, Question

_NOT_FENCED = "fencing is off, and what ran on a remote node is started elsewhere only once that is fenced"
_TURN_ON = "configure a fence device for it, and turn fencing on"


class Reason(NamedTuple):
    """Why it would not run."""

    text: str = ""
    """Empty where nothing is known."""
    subjects: Tuple[Subject, ...] = ()
    advice: str = ""
    commands: Tuple[str, ...] = ()
    shared: bool = False
    """Whether it is a reason for everything, and says nothing of this resource."""


def why_lost(resource: ResourceInstances, losses: Losses, situation: Situation) -> Reason:
    """Return why it would run nowhere."""
    if situation.cluster.options.maintenance_mode:
        return Reason("the cluster recovers nothing in maintenance mode", shared=True)
    place = next(one for one in losses.places if one.resource is resource)
    if left_alone(place, losses.question, situation):
        return Reason(_NOT_FENCED, nodes(*losses.question.connections), _TURN_ON, shared=True)
    if all(not one.primitive.managed for one in resource.primitives):
        return Reason("it is unmanaged")
    others = _survivors(losses)
    apart = {one.node: one for one in separated(resource, losses, situation)}
    found = [obstacle(resource, node, situation) or apart.get(node.name) for node in others]
    known = [one for one in found if one]
    if others and len(known) == len(found):
        return _told(resource, known, situation)
    needed = _needed(resource, losses, situation)
    if needed:
        return Reason(f"it needs {needed}", (Subject("resource", needed),))
    if not others:
        return Reason("no other node is up", shared=True)
    return _not_known(losses.question, situation)


def why_not_promoted(resource: ResourceInstances, losses: Losses, situation: Situation) -> Reason:
    """Return why it would run and be promoted nowhere."""
    others = [node.name for node in _survivors(losses)]
    found = [
        ban for name in resource.names for ban in situation.cluster.bans
        if ban.resource == name and ban.promoted_only and ban.weight <= -INFINITY and ban.node in others
    ]  # fmt: skip
    if found:
        obstacles = [Obstacle(ban.node, own_id(ban.id, situation), ban.resource) for ban in found]
        return _told(resource, obstacles, situation, "from being promoted on")
    return _not_known(losses.question, situation)


def _survivors(losses: Losses) -> List[Node]:
    """Return the nodes that are up afterwards, whatever they may run."""
    inside = bundle_nodes(losses.after)
    return [
        node for node in losses.after.nodes
        if node.online and node.name not in losses.nodes and node.name not in inside and node.type != "ping"
    ]  # fmt: skip


def _told(resource: ResourceInstances, found: Sequence[Obstacle], situation: Situation, doing: str = "off") -> Reason:
    by_kind: Dict[str, List[str]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one.node)
    texts: List[str] = []
    constraints: List[str] = []
    for kind, where in by_kind.items():
        if kind == STATE:
            texts += [f"{name} is {described(situation.nodes[name])}" for name in where if name in situation.nodes]
        elif kind == FAILED:
            texts.append(f"it has failed too often on {joined(where)}")
        elif kind == NOT_ALLOWED:
            texts.append(f"it may not run on {joined(where)}")
        else:
            constraints.append(kind)
            away = dict.fromkeys(one.away_from for one in found if one.kind == kind and one.away_from)
            there = f", where {joined(list(away))} would be" if away else ""
            texts.append(f"constraint {kind} keeps it {doing} {joined(where)}{there}")
    subjects = (*nodes(*(one.node for one in found)), *(Subject(CONSTRAINT, name) for name in constraints))
    step = _step(resource.outermost, constraints, found, situation)
    return Reason(", ".join(texts), tuple(dict.fromkeys(subjects)), *step, set(by_kind) == {STATE})


def _step(
    name: str, constraints: Sequence[str], found: Sequence[Obstacle], situation: Situation
) -> Tuple[str, Tuple[str, ...]]:
    """Return what to do about the first of them that something can be done about."""
    meant = f"where that is meant so, give --pinned {name}"
    if constraints:
        first, advice = constraints[0], f"{meant}; else remove the constraint"
        known = cli_constraints(situation.cluster, situation.cib, situation.now)
        left = next((one for one in known if one.id == first), None)
        if left:
            return advice, clear_commands(left)
        attributes = asked_by(first, situation)
        if attributes:
            advice = f"its rule asks for {joined(attributes)}: see what the nodes have of it"
            return advice, ("crm_mon --one-shot --show-node-attributes",)
        return advice, (f"crm configure delete {first}", f"pcs constraint delete {first}")
    failed = [one for one in found if one.kind == FAILED]
    if failed:
        return MENDED, (cleanup(failed[0].resource, failed[0].node),)
    if any(one.kind == NOT_ALLOWED for one in found):
        return f"{meant}; else a location constraint must allow it there", ()
    return "", ()


def _needed(resource: ResourceInstances, losses: Losses, situation: Situation) -> str:
    """Return the resource that it waits for and that would be lost as well: by its group, or by a constraint."""
    lost = [one.resource for one in losses.places if not one.then]  # what is meant to be lost as well
    gone = {name for one in lost if one is not resource for name in (one.id, one.outermost)}
    not_promoted = {one.outermost for one in losses.not_promoted}
    for one in lost:
        if one is resource:
            break
        if resource.group and one.group == resource.group:
            return one.id
    return next(_by_constraint(resource, gone, not_promoted, situation), "")


def _by_constraint(
    resource: ResourceInstances, gone: Collection[str], not_promoted: Collection[str], situation: Situation
) -> Iterator[str]:
    for one in situation.cib.dependencies:
        mine = one.resource in resource.names and one.needs not in resource.names and not one.promotion
        if mine and (one.needs in gone or (one.promoted and one.needs in not_promoted)):
            yield one.needs


def _not_known(question: Question, situation: Situation) -> Reason:
    """Return how to see why, and what may be the reason."""
    dead = [node for node, state in question.changes if state == DEAD and node not in question.connections]
    stuck = [one.node for one in situation.fencing_of(dead).values() if one.fenceable is False]
    if stuck:
        return Reason(f"{joined(stuck)} cannot be fenced", nodes(*stuck), "see what check_ha_fencing says", shared=True)
    strategy = situation.cib.option("placement-strategy") or "default"
    text = "" if strategy == "default" else f"perhaps no node has the capacity left (placement-strategy={strategy})"
    if not dead or len(dead) < len(question.changes):
        return Reason(text)
    failing = " ".join(f"--node-fail {node}" for node in dead)
    command = f"crm_simulate --live-check {failing} --simulate --show-scores"
    return Reason(text, (), "to see the scores of each node", (command,))
