"""What does not run: for a cause that all share, on purpose, lost, or for a reason of its own."""

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from check_ha.checks.resources.instances import Unit
from check_ha.checks.resources.state import Remark, Situation, Stand
from check_ha.cluster.nodes import described, may_act
from check_ha.cluster.resources import cleanup, plain, told
from check_ha.core.wording import are, listed


class Cause(NamedTuple):
    """What keeps everything from running, told once and not for each resource."""

    kind: str
    """STOP_ALL, NO_QUORUM or NO_NODE."""
    remark: Remark
    of: Tuple[Unit, ...]


STOP_ALL = "stop-all"
NO_QUORUM = "no-quorum"
NO_NODE = "no-node"


def common_cause(units: Sequence[Unit], now: Situation) -> Optional[Cause]:
    """Why these do not run, where there is one cause for all."""
    options = now.cluster.options
    down = [unit for unit in units if now.stand(unit) == Stand.DOWN]
    kind, text, advice = "", "", ""
    if options.stop_all_resources:
        kind, text = STOP_ALL, "stop-all-resources is set"
        advice = "crm_attribute --name stop-all-resources --delete"
    elif not may_act(now.cluster):
        down = [unit for unit in units if now.stand(unit) in (Stand.DOWN, Stand.LOST) or now.unpromoted(unit)]
        kind, text = NO_QUORUM, f"no quorum, and no-quorum-policy is {options.no_quorum_policy or 'stop'}"
        advice = "see check_ha_quorum"
    elif not now.hosts:
        idle = ", ".join(f"{node.name} {described(node)}" for node in now.cluster.nodes if node.type != "remote")
        down = [unit for unit in down if not now.failures_of(unit)]
        kind, text = NO_NODE, f"no node can run resources ({idle})"
    if not kind or not down:
        return None
    names = [unit.top for unit in down]
    doing = "running or promoted" if any(now.unpromoted(unit) for unit in down) else "running"
    doing += " here" if kind == NO_QUORUM else ""
    return Cause(kind, Remark(f"{text}: {listed(names)} {are(names)} not {doing}", advice), tuple(down))


def down(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What should run and runs nowhere; what waits for another resource is told with that."""
    for unit in units:
        if now.stand(unit) == Stand.DOWN and unit.id not in now.leaders:
            why, failures = now.why(unit), now.failures_of(unit)
            blamed = plain(failures[0].resource) if failures else unit.id
            yield Remark(
                f"{unit.label} runs nowhere{_loose(unit, now)}{': ' + why if why else ''}{now.and_with_it([unit])}",
                cleanup(blamed) if why else f"what keeps it: crm_resource --why --resource {blamed}",
            )


def _loose(unit: Unit, now: Situation) -> str:
    """Whether nobody will start it."""
    if now.cluster.options.maintenance_mode:
        return ", and nobody starts it in maintenance mode"
    unmanaged = all(not one.primitive.managed for one in unit.members)
    return " and is unmanaged, nobody will start it" if unmanaged else ""


def on_lost_nodes(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What is shown on nothing but nodes of which nobody knows anything, by node."""
    nodes = {node.name: node for node in now.cluster.nodes}
    found: Dict[str, List[str]] = {}
    for unit in units:
        if now.stand(unit) == Stand.LOST:
            found.setdefault(unit.shown_on(now.lost)[0], []).append(unit.top)
    for name, tops in found.items():
        fate = "not recovered before it is fenced" if nodes[name].unclean else "nobody else serves that"
        yield Remark(f"{listed(tops)} {are(tops)} shown on {name}, which is {described(nodes[name])}: {fate}")


def disabled(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What target-role stops."""
    found = [unit for unit in units if now.stand(unit) == Stand.DISABLED]
    for name, those in now.by_name(found).items():
        text = f"{name} is stopped on purpose (target-role){now.and_with_it(those)}"
        yield Remark(text, f"crm resource start {those[0].top}, or: pcs resource enable {those[0].top}")


def locked(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What waits for its node to come back."""
    found: Dict[str, List[Unit]] = {}
    for unit in units:
        if now.stand(unit) == Stand.LOCKED:
            node = next(one.primitive.locked_to or "" for one in unit.members if one.primitive.locked_to)
            found.setdefault(node, []).append(unit)
    for node, those in found.items():
        names = list(now.by_name(those))
        kept = f"{listed(names)} {are(names)} kept for {node}, which was shut down (shutdown-lock)"
        yield Remark(
            kept + now.and_with_it(those),
            f"start {node}, or give it free: crm_resource --refresh --resource {those[0].id} --node {node}",
        )


def without_ticket(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What may not run, or not be promoted, at this site."""
    found: Dict[Tuple[str, str], List[Unit]] = {}
    for unit in units:
        if now.stand(unit) == Stand.TICKET:
            found.setdefault((now.tickets(unit)[0], "running"), []).append(unit)
        elif now.unpromoted(unit) and now.tickets(unit, promoted=True):
            found.setdefault((now.tickets(unit, promoted=True)[0], "promoted"), []).append(unit)
    for (ticket, doing), those in found.items():
        names = list(now.by_name(those))
        text = f"{listed(names)} {are(names)} not {doing}: ticket {ticket} {now.ungranted[ticket]}"
        yield Remark(text + now.and_with_it(those), "booth grants tickets; what is granted: crm_ticket --info")


def not_promoted(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What runs and should be promoted somewhere; of a cloned group the whole is meant."""
    found: Dict[str, List[Unit]] = {}
    for unit in units:
        if now.unpromoted(unit) and not now.tickets(unit, promoted=True):
            found.setdefault(unit.top, []).append(unit)
    for name, those in found.items():
        if any(other.promoted_on(now.lost) for other in now.units if other.top == name):
            continue
        primitives = [one.primitive for one in those[0].members if one.primitive.role == "Promoted"]
        lost = ", ".join(node for primitive in primitives for node in primitive.nodes)
        why = told(one for one in now.failures_of(those[0]) if one.task in ("promote", "monitor", "demote"))
        where = f" (it is shown promoted on {lost}, which is lost)" if lost else ""
        text = f"{name} is promoted nowhere, it runs on {', '.join(those[0].nodes(now.lost))}{where}"
        yield Remark(text + (f": {why}" if why else ""), f"promotion scores: crm_simulate -sL | grep {those[0].id}")


def incomplete(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """Clones and bundles of which less runs than the nodes could hold."""
    found: Dict[Tuple[str, Tuple[str, ...]], List[Unit]] = {}
    for unit in units:
        running = len(unit.live(now.lost))
        if 0 < running < len(unit.parts) and running < now.expected(unit) and not unit.moving:
            found.setdefault((unit.top, now.missing(unit)), []).append(unit)
    for (_, nodes), those in found.items():
        unit = now.culprit(those, nodes)
        others = [other.id for other in those if other is not unit]
        failures = now.failures_of(unit) if unit.bundle else now.failures_of(unit, nodes)
        too_often = [node for node in now.banned_by_failures(unit) if node in nodes]
        why = f": failed too often on {', '.join(too_often)}" if too_often else ""
        if failures:
            why = f": {now.told(unit, failures, () if unit.several else nodes)}"
        with_it = f", and with it {listed(others)}" if others else ""
        blamed = plain(failures[0].resource) if failures else unit.id
        yield Remark(
            _share(unit, nodes, now) + why + with_it,
            cleanup(blamed) if why else f"what keeps it: crm_resource --why --resource {blamed}",
        )


def _share(unit: Unit, nodes: Sequence[str], now: Situation) -> str:
    """``cl_ping runs on 2 of 3 nodes, not on node3``, ``web: 1 of 2 replicas runs``."""
    running, expected = len(unit.live(now.lost)), now.expected(unit)
    if unit.several:
        what = "replicas" if unit.bundle else "instances"
        return f"{unit.label}: {running} of {expected} {what} {'runs' if running == 1 else 'run'}"
    return f"{unit.label} runs on {running} of {expected} nodes, not on {', '.join(nodes)}"
