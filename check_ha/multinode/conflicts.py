"""Where two act and one should: partitions, virtual addresses, resources, promoted clones, DCs."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.options import FilterOptions
from check_ha.core.wording import are, some
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.disagreements import RINGS
from check_ha.multinode.partition_text import sides
from check_ha.multinode.placement import Carrier

SPLIT_BRAIN = Condition(
    "split-brain", Severity.CRITICAL,
    "Two partitions are both quorate, or both run resources: each acts as the whole cluster, and the data diverges.",
)  # fmt: skip
ADDRESS_TWICE = Condition(
    "address-twice", Severity.CRITICAL,
    "The interfaces of two nodes carry one virtual address: it is chance which of them a client reaches.",
)  # fmt: skip
RESOURCE_TWICE = Condition(
    "resource-twice", Severity.CRITICAL,
    "A primitive that is not a clone is active on two nodes, as both say: two write to what only one may write to.",
)  # fmt: skip
PROMOTED_TWICE = Condition(
    "promoted-twice", Severity.CRITICAL,
    "A promotable clone is promoted in two partitions: both sides write to the data that it replicates.",
)  # fmt: skip
TWO_DCS = Condition(
    "two-dcs", Severity.CRITICAL,
    "Nodes of one partition follow different DCs: two decide what runs. A DC of its own in each partition is expected.",
)  # fmt: skip
PARTITIONED = Condition(
    "partitioned", Severity.CRITICAL,
    "There are partitions, and at most one of them runs anything: contained, but nothing can move to the other side.",
)  # fmt: skip
INTERFACE_DOWN = Condition(
    "interface-down", Severity.CRITICAL,
    "A virtual address is on an interface that is down or without carrier: no client reaches it.",
)  # fmt: skip
JOINING = Condition(
    "joining", Severity.WARNING,
    "A partition runs nothing and has no DC that could start anything: a node that is starting, or was just cut off.",
)  # fmt: skip

STOP_ONE = (
    "decide whose data to keep; stop the cluster on each node of the other side; only then repair the links, and start "
    "it there again (with fencing that works this cannot happen: check_ha_fencing); to stop a node"
)
STOP = ("systemctl stop pacemaker corosync",)
# hosts of that age have no systemd; with the plugin in ver: 0 there is no service of Pacemaker's
STOP_COROSYNC_1 = ("service pacemaker stop; service corosync stop",)
MEND = "find the link that is down, on each of them"
CABLE = "look at the cable, the switch port and the interface"
FIRST_LOOK = "before you repair a link, find out what {} runs: two sides that both run resources must not be joined"


def conflicts(state: ClusterState, options: FilterOptions, unseen: Sequence[str]) -> Iterator[Finding]:
    """Yield what wakes somebody, and partitions that are just being joined; the worst first."""
    yield from _partitioned(state, unseen)
    for address, carriers in state.carriers.items():
        if carriers and options.selects(*state.owners[address]):
            yield from _address(address, state.owners[address], carriers)
    together: Dict[Tuple[str, ...], List[str]] = {}
    for name, names in state.active_on.items():
        if len(names) > 1 and options.selects(name):
            together.setdefault(tuple(sorted(names)), []).append(name)
    for names, ids in together.items():
        text = f"{some(ids)} {are(ids)} active on {some(names)} at once"
        yield Finding(RESOURCE_TWICE, text, (*resources(*ids), *nodes(*names)))
    yield from _promoted(state, options)
    for partition in state.partitions:
        if len(partition.dcs) > 1:
            text = f"{partition.label} are one partition and follow {len(partition.dcs)} DCs: {some(partition.dcs)}"
            subjects = nodes(*dict.fromkeys((*partition.dcs, *partition.nodes)))
            yield Finding(TWO_DCS, text, subjects, advice="if it lasts, restart Pacemaker on one of the DCs")


def _partitioned(state: ClusterState, unseen: Sequence[str]) -> Iterator[Finding]:
    if len(state.partitions) < 2:
        return
    worst_first = sorted(state.partitions, key=lambda one: (not one.acts, not one.runs, -len(one.members)))
    told = sides(worst_first)
    subjects = nodes(*(node for one in worst_first for node in one.nodes))
    unclear = [*(node for one in worst_first if not one.runs and not one.idle for node in one.nodes), *unseen]
    advice, commands = (FIRST_LOOK.format(some(unclear)), ()) if unclear else (MEND, RINGS)
    if state.split:
        stop = STOP_COROSYNC_1 if state.corosync_1 else STOP
        yield Finding(SPLIT_BRAIN, f"split brain: {told}", subjects, STOP_ONE, stop)
    elif all(one.leaderless and one.idle for one in worst_first[1:]):
        names = [node for one in worst_first[1:] for node in one.nodes]
        text = f"{some(names)} {'has' if len(names) == 1 else 'have'} not joined the others (yet): {told}"
        yield Finding(JOINING, text, nodes(*names, *worst_first[0].nodes), advice, commands)
    else:
        contained = all(one.runs or one.idle for one in worst_first)
        text = f"{'partitioned, contained' if contained else 'partitioned'}: {told}"
        yield Finding(PARTITIONED, text, subjects, advice, commands)


def _address(address: str, owners: Sequence[str], carriers: Sequence[Carrier]) -> Iterator[Finding]:
    label = f"{address} ({', '.join(owners)})"
    names = [one.node for one in carriers]
    subjects = (*resources(*owners), *nodes(*names))
    faults = [f"{one.interface} of {one.node} is {one.fault}" for one in carriers if one.fault]
    if len(carriers) > 1:
        text = f"{label} is carried by {some(names)}" + (f" ({', '.join(faults)})" if faults else "")
        yield Finding(ADDRESS_TWICE, text, subjects)
    elif faults:
        yield Finding(INTERFACE_DOWN, f"no client reaches {label}: {faults[0]}", subjects, CABLE)


def _promoted(state: ClusterState, options: FilterOptions) -> Iterator[Finding]:
    where: Dict[str, List[Tuple[str, ...]]] = {}
    for promoted in state.promoted:
        for name, names in promoted.items():
            where.setdefault(name, []).append(names)
    for name, places in where.items():
        if len(places) > 1 and options.selects(name):
            text = f"{name} is promoted on {' and also on '.join(map(some, places))}"
            subjects = (*resources(name), *nodes(*(node for place in places for node in place)))
            yield Finding(PROMOTED_TWICE, text, subjects)
