"""What concerns all resources, and no filter leaves out: maintenance mode, and what crm_mon does not list."""

from __future__ import annotations

from typing import Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import BLOCKED, MAINTENANCE, NO_RESOURCE, NOT_LISTED
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import plain
from check_ha.core.condition import UNREADABLE
from check_ha.core.finding import SETTING, TOOL, Finding, Subject, resources
from check_ha.core.wording import are, count, listed
from check_ha.model.cib import is_false
from check_ha.model.cluster import Primitive

_END_MAINTENANCE = "crm_attribute --name maintenance-mode --delete"


def whole_cluster(states: ResourceStates) -> Iterator[Finding]:
    """Yield what is found in the cluster as a whole."""
    cluster = states.cluster
    if cluster.options.maintenance_mode:
        yield Finding(
            MAINTENANCE,
            f"the cluster is in maintenance mode: nobody watches its {count(len(states.all), 'resource')}",
            (Subject(SETTING, "maintenance-mode"),),
            commands=(_END_MAINTENANCE,),
        )
    shown = [one.primitive for one in cluster.primitives()]
    yield from _not_listed(shown, states)
    yield from _not_configured(states)
    if cluster.instances_blocked and not any(primitive.blocked for primitive in shown):
        number = cluster.instances_blocked
        what = f"{count(number, 'resource')} {'is' if number == 1 else 'are'} blocked"
        yield Finding(BLOCKED, f"{what}, and crm_mon does not list {'it' if number == 1 else 'them'}")


def _not_listed(shown: Sequence[Primitive], states: ResourceStates) -> Iterator[Finding]:
    """Yield what is configured and not listed, by crm_mon's own count, and by the CIB where that proves nothing.

    The count is that of all instances in 1.1 to 3.0, also of those that are not listed. What was removed and still runs
    is counted by some versions only, so that it may make up for another that is left out. Where the count has room for
    no other the two disagree: how the rest is, is not known.
    """
    configured = states.cluster.instances_configured
    gap = (configured or 0) - len(shown)
    names = _missing(shown, states)
    in_doubt = configured is None or any(one.orphaned for one in shown)
    if gap > 0 or (names and in_doubt):
        what = listed(names) or count(gap, "resource instance")
        verb = are(names) if names else "is" if gap == 1 else "are"
        text = f"{what} {verb} configured, and crm_mon does not list "
        text += "it" if verb == "is" else "them"
        yield Finding(
            NOT_LISTED, f"{text}: it leaves out what is unmanaged on a lost node", resources(*names),
            *_manage(names, states),
        )  # fmt: skip
    elif names:
        text = f"crm_mon does not list {listed(names)}, which the CIB has"  # removed or added between the two looks?
        yield Finding(UNREADABLE, text, (*resources(*names), Subject(TOOL, "crm_mon")))
    elif not states.all and not configured:
        yield Finding(NO_RESOURCE, "the cluster has no resources")


def _not_configured(states: ResourceStates) -> Iterator[Finding]:
    """Yield what crm_mon lists and the CIB does not have, so that it is only a part of it.

    The connection to a guest node, and what stands around the primitive in a bundle, is in no CIB.
    """
    implied = {node.name for node in states.cluster.nodes if node.id_as_resource}
    names: List[str] = []
    for one in states.all if states.cib else ():
        if one.bundle:
            complete = "promoted-max" in states.meta.get(one.id, ())
        else:
            complete = one.id in implied or all(name in states.meta for name in one.names)
        if not complete and not all(placed.primitive.orphaned for placed in one.primitives):
            names.append(one.outermost)
    if names:
        text = f"cibadmin: incomplete output: no configuration of {listed(names)}, which crm_mon lists"
        yield Finding(UNREADABLE, text, (Subject(TOOL, "cibadmin"), *resources(*dict.fromkeys(names))))


def _missing(shown: Sequence[Primitive], states: ResourceStates) -> List[str]:
    """Return primitives of the CIB that are not listed. Those of a clone with clone-max=0 never are."""
    if states.cib is None:
        return []
    known = {plain(primitive.id) for primitive in shown}
    for collection in states.cib.collections:
        if states.meta_in_force(collection.id).get("clone-max") == "0":
            known.update(collection.primitives)
    return [one.id for one in states.cib.primitives if one.id not in known]


def _manage(names: Sequence[str], states: ResourceStates) -> Tuple[str, Tuple[str, ...]]:
    """The advice and the commands: it is recovered once the node is back, or once it is managed again."""
    back = "bring the lost node back, or let the cluster manage it again"
    if states.cluster.options.maintenance_mode:
        return back, (_END_MAINTENANCE,)
    around = {one.id: one.primitives for one in (states.cib.collections if states.cib else ())}
    candidates = dict.fromkeys((*(name for name, inside in around.items() if set(inside) & set(names)), *names))
    unmanaged = [name for name in candidates if is_false(states.meta[name].get("is-managed"))]
    if unmanaged:
        commands = " && ".join(f"crm resource manage {name}" for name in unmanaged)
        return back, (commands, f"pcs resource manage {' '.join(unmanaged)}")
    return "to see where it was", (f"crm_resource --locate --resource {names[0] if names else 'NAME'}",)
