"""Who looks after a resource: an action that is under way, or nobody, for maintenance or is-managed=false."""

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.instances import Unit
from check_ha.checks.resources.state import Remark, Situation, Stand
from check_ha.cluster.resources import in_motion
from check_ha.core.wording import are, listed
from check_ha.model.cluster import Placed

_ITSELF = ""


def moving(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """Resources on which the same action runs on the same nodes, with what waits for them."""
    found: Dict[Tuple[str, Tuple[str, ...], str], List[Unit]] = {}
    for unit in units:
        for one in unit.members:
            if in_motion(one.primitive):
                failures = now.failures_of(unit, one.primitive.nodes) if one.primitive.failed else []
                after = f": {now.told(unit, failures, one.primitive.nodes)}" if failures else ""
                found.setdefault((one.primitive.role.lower(), one.primitive.nodes, after), []).append(unit)
    for (action, nodes, after), those in found.items():
        names = [unit.label for unit in those]
        where = f" on {', '.join(nodes)}" if nodes else ""
        yield Remark(f"{listed(names)} {are(names)} {action}{where}{after}{now.and_with_it(those)}")


def in_maintenance(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """Resources that nobody watches because their node is in maintenance, or they are."""
    own, by_node = _in_maintenance(units, now)
    for name in now.by_name(own):
        yield Remark(f"{name} is in maintenance")
    for node, those in by_node.items():
        names = [unit.label for unit in those]
        yield Remark(
            f"{node} is in maintenance: nobody watches {listed(names)} there",
            f"crm node ready {node}, or: pcs node unmaintenance {node}",
        )


def unmanaged(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """Resources that the cluster neither recovers nor moves, for no maintenance."""
    found = [
        unit for unit in units if any(_loose(one, now) == _ITSELF and not _own(one) for one in _unmanaged(unit, now))
    ]
    for name, those in now.by_name(found).items():
        yield Remark(
            f"{name} is unmanaged: the cluster will not start, stop or move it",
            f"crm resource manage {those[0].top}, or: pcs resource manage {those[0].top}",
        )


def _in_maintenance(units: Sequence[Unit], now: Situation) -> Tuple[List[Unit], Dict[str, List[Unit]]]:
    own: List[Unit] = []
    by_node: Dict[str, List[Unit]] = {}
    for unit in units:
        places = {_loose(one, now) for one in _unmanaged(unit, now)}
        for node in sorted(places - {_ITSELF}):
            by_node.setdefault(node, []).append(unit)
        if any(_loose(one, now) == _ITSELF and _own(one) for one in _unmanaged(unit, now)):
            own.append(unit)
    return own, by_node


def _unmanaged(unit: Unit, now: Situation) -> List[Placed]:
    """Maintenance mode of the cluster, and what is blocked, removed or down, is told elsewhere."""
    if now.cluster.options.maintenance_mode or now.stand(unit) == Stand.DOWN:
        return []
    return [
        one for one in unit.members if not (one.primitive.managed or one.primitive.blocked or one.primitive.orphaned)
    ]


def _loose(one: Placed, now: Situation) -> str:
    """The node whose maintenance is the reason, or _ITSELF. What is around it is unmanaged only for its own sake."""
    if any(parent.managed is False for parent in one.parents):
        return _ITSELF
    return next((node for node in one.primitive.nodes if node in now.resting), _ITSELF)


def _own(one: Placed) -> bool:
    """Whether its own maintenance is the reason; printed since 2.1.6."""
    return bool(one.primitive.maintenance) or any(parent.maintenance for parent in one.parents)
