"""Where nodes of one partition do not see the same: an older CIB, another quorum, a DC that does not count a node.

Every change of the CIB reaches every node in the same order, or a node asks for the whole. A view with an older CIB is
from a moment ago; one that is older in a second look than others were in the first shows that changes do not reach that
node: large packets or multicast are lost, while membership, votes and monitors stay as they are when all is well. One
look can only say that it is older; and of the status part of the CIB, which changes all the time, it says nothing.
After a healed split one node may keep an older status until the next change (Pacemaker 2.1.5, for minutes): as long as
there is no change, there is none that does not arrive.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import some
from check_ha.model.view import SILENT, View
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.node_names import ClusterNodes, in_each_look
from check_ha.multinode.partitions import Partition
from check_ha.multinode.placement import account_of, cib_version

STALE_VIEW = Condition(
    "stale-view", Severity.CRITICAL,
    "Changes of the CIB do not reach a node of the partition: it is older there in two looks, and all else looks well.",
)  # fmt: skip
OLDER_VIEW = Condition(
    "older-view", Severity.WARNING,
    "The CIB of a node is older than that of others in its partition: in one look, or changes of its status are lost.",
)  # fmt: skip
QUORUM_DIFFERS = Condition(
    "quorum-differs", Severity.WARNING,
    "Nodes of one partition do not agree whether it has quorum; Pacemaker follows the corosync of its DC.",
)  # fmt: skip
MEMBERS_DIFFER = Condition(
    "members-differ", Severity.WARNING,
    "Nodes of one partition do not count the same members: the membership is changing, or they do not all hear each "
    "other.",
)  # fmt: skip
NOT_JOINED = Condition(
    "not-joined", Severity.WARNING,
    "A node is in corosync's membership and runs Pacemaker, and the DC does not count it: it is joining, or cannot.",
)  # fmt: skip

LONG_ENOUGH = 1.0
"""Seconds between two looks, within which a change reaches every node: that takes milliseconds."""

STALE = (
    "large packets or multicast are lost on the way to it; look at MTU, switches and firewalls between the nodes, "
    "and at the links on each of them"
)
RINGS = ("check_ha_rings",)


def disagreements(
    cluster: ClusterNodes, state: ClusterState, earlier: Optional[ClusterNodes], pause: float
) -> Iterator[Finding]:
    """Yield where the nodes of one partition do not see the same; ``pause`` are the seconds between the two looks."""
    for partition in state.partitions:
        yield from _older_views(partition, cluster, earlier, pause)
        yield from _quorum_differs(partition)
        yield from _pacemaker_differs(partition, cluster, earlier)
        yield from _members_differ(partition, cluster, earlier)
        for node in partition.not_joined:
            yield _not_joined(node, partition, cluster)


def _quorum_differs(partition: Partition) -> Iterator[Finding]:
    with_quorum = [node for node, quorate in partition.corosync_quorate if quorate]
    without = [node for node, quorate in partition.corosync_quorate if not quorate]
    if not with_quorum or not without:
        return
    voteless = partition.without_device_vote
    text = f"corosync has no quorum on {some(without)}, and has it on {some(with_quorum)}, in one partition"
    text += f"; the quorum device gives no vote to {some(voteless)}" if voteless else ""
    advice = f"find out why {some(voteless)} cannot reach the quorum device" if voteless else ""
    yield Finding(QUORUM_DIFFERS, text, nodes(*dict.fromkeys((*voteless, *without, *with_quorum))), advice)


def _pacemaker_differs(
    partition: Partition, cluster: ClusterNodes, earlier: Optional[ClusterNodes]
) -> Iterator[Finding]:
    """Yield the nodes on which Pacemaker and corosync do not agree, in each look."""
    corosync = dict(partition.corosync_quorate)
    differing = _unlike_corosync(cluster.views, corosync)
    if earlier:
        before = {node: view.corosync.quorate for node, view in earlier.views.items() if view.corosync}
        differing = {*differing} & {*_unlike_corosync(earlier.views, before)}
    names = [node for node in partition.nodes if node in differing]
    if names and len(set(corosync.values())) == 1:
        has, lacks = ("corosync", "Pacemaker") if corosync[names[0]] else ("Pacemaker", "corosync")
        text = f"{lacks} has no quorum on {some(names)}, and {has} has it there"
        yield Finding(QUORUM_DIFFERS, text, nodes(*names))


def _unlike_corosync(views: Dict[str, View], corosync: Mapping[str, Optional[bool]]) -> Set[str]:
    told = {node: view.pacemaker.quorate for node, view in views.items() if view.pacemaker and view.pacemaker.dc}
    return {node for node, one in told.items() if None not in (one, corosync.get(node)) and one != corosync[node]}


def _members_differ(partition: Partition, cluster: ClusterNodes, earlier: Optional[ClusterNodes]) -> Iterator[Finding]:
    """Yield the members that a node of the partition does not count, and another one does, in each look."""
    for node, names in in_each_look(_uncounted, partition.nodes, cluster, earlier):
        text = f"{node} does not count {some(names)} as a member, and other nodes of its partition do"
        yield Finding(MEMBERS_DIFFER, text, nodes(node, *names), f"if it lasts, look at the links of {node}", RINGS)


def _uncounted(partition: Sequence[str], views: Dict[str, View]) -> Dict[str, List[str]]:
    """Return by node the names of the members that others count."""
    counted: Dict[str, Dict[int, str]] = {}
    for node in partition:
        view = views.get(node)
        if view and view.corosync and view.corosync.members and view.daemons.corosync != SILENT:
            counted[node] = {member.id: member.name for member in view.corosync.members}
    everybody = {number: name for one in counted.values() for number, name in one.items()}
    return {node: [name for number, name in everybody.items() if number not in own] for node, own in counted.items()}


def _not_joined(node: str, partition: Partition, cluster: ClusterNodes) -> Finding:
    others = [alias for alias, name in cluster.other_names.items() if name == node]
    called = f" ({some(others)} to others)" if others else ""
    text = f"{node}{called} runs Pacemaker and is not part of the cluster of DC {some(partition.dcs)}: "
    text += "it is joining, or cannot join"
    versions = {
        name: cluster.views[name].versions.pacemaker for name in (node, *partition.dcs) if name in cluster.views
    }
    if len({version for version in versions.values() if version}) > 1:
        text += f" (Pacemaker {', '.join(f'{version} on {name}' for name, version in versions.items())})"
    advice = f"if it lasts, look at the Pacemaker log of {node}, and at what check_ha_drift says about it"
    return Finding(NOT_JOINED, text, nodes(node, *partition.dcs), advice)


def _older_views(
    partition: Partition, cluster: ClusterNodes, earlier: Optional[ClusterNodes], pause: float
) -> Iterator[Finding]:
    """Yield the nodes whose CIB is older than that of another node of their partition."""
    views = {node: cluster.views[node] for node in partition.nodes}
    before = _versions(earlier.views) if earlier and pause >= LONG_ENOUGH else {}
    account = account_of(list(views.items()))
    now = _versions(views, account.dc if account else None)
    # a CIB that was replaced by one with a lower version is lower everywhere
    known = {name: min(version, before.get(name, ())) for name, version in now.items()} if before else now
    newest = max(known.values(), default=())
    others = [name for name in now if known[name] == newest]
    changes = any(now[name] > before.get(name, now[name]) for name in others)
    for node, version in now.items():
        in_configuration = version[:2] < newest[:2]
        if version < newest and (changes or in_configuration):
            yield _older(node, views[node], others, newest, bool(before) and in_configuration)


def _versions(views: Dict[str, View], dc: Optional[str] = None) -> Dict[str, Tuple[int, ...]]:
    """Return the version of each CIB; with a DC only of the nodes that follow it."""
    found: Dict[str, Tuple[int, ...]] = {}
    for node, view in views.items():
        version = cib_version(view.cib_epoch)
        follows = view.pacemaker is not None and view.pacemaker.dc is not None and dc in (None, view.pacemaker.dc)
        if version and follows and view.daemons.corosync != SILENT:
            found[node] = version
    return found


def _older(node: str, view: View, others: List[str], newest: Tuple[int, ...], stale: bool) -> Finding:
    version = ".".join(map(str, newest))
    has = f"{some(others)} {'has' if len(others) == 1 else 'have'}"
    subjects = nodes(node, *others)
    if stale:
        text = f"changes do not reach {node}: its CIB is {view.cib_epoch}, {has} had {version} for longer"
        return Finding(STALE_VIEW, text, subjects, STALE, RINGS)
    text = f"the CIB of {node} is older than that of others: {view.cib_epoch}, {has} {version}"
    return Finding(OLDER_VIEW, text, subjects, f"if it lasts, {STALE}", RINGS)
