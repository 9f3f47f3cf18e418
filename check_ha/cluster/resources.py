"""What holds of a resource whatever a check wants of it: its plain name, whether it should run, why it does not."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple

from check_ha.model.cib import Cib, is_false
from check_ha.model.cluster import INFINITY, Clone, Cluster, FailCount, Failure, Group, Placed, Primitive
from check_ha.moment import datetime

IN_MOTION = frozenset({"Starting", "Stopping", "Migrating", "Promoting", "Demoting"})
"""Roles of a resource on which an action runs right now."""

CONNECTION = "ocf:pacemaker:remote"
"""The agent of the resource that is the connection to a remote or guest node, and has its name."""


def plain(resource: str) -> str:
    """Return the resource without the number of its clone instance: ``p_db:0`` is an instance of ``p_db``."""
    if ":" not in resource:
        return resource
    name, _, number = resource.rpartition(":")
    return name if number.isdigit() else resource


def instances_by_id(cluster: Cluster) -> Dict[str, List[Placed]]:
    """Return all instances of each resource, by plain id."""
    instances: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives():
        instances.setdefault(plain(placed.primitive.id), []).append(placed)
    return instances


def names_of(placed: Placed) -> Tuple[str, ...]:
    """Return all that an administrator may call it: its own name first, then what it is part of, innermost first."""
    own = plain(placed.primitive.id)
    return (own, *[plain(parent.id) for parent in reversed(placed.parents)]) if placed.parents else (own,)


def in_motion(primitive: Primitive) -> bool:
    """Return whether it is just being started, stopped, moved, promoted or demoted."""
    return primitive.role in IN_MOTION


def stopped_on_purpose(placed: Placed) -> bool:
    """Return whether target-role stops it, its own or that of what it is part of.

    crm_mon prints the role for primitives and clones only; of a group it says ``disabled``. In a promotable clone that
    word also stands for target-role=Unpromoted, with which it runs (Pacemaker 2.1.5).
    """
    targets = [placed.primitive.target_role]
    groups: List[Optional[bool]] = []
    promotable = False
    for parent in placed.parents:
        if isinstance(parent, Clone):
            targets.append(parent.target_role)
            promotable = parent.promotable
        elif isinstance(parent, Group):
            groups.append(parent.disabled)
    return "Stopped" in targets or (True in groups and not promotable)


def should_run(placed: Placed) -> bool:
    """Return whether nothing that crm_mon shows of it is a reason to be stopped."""
    return not (stopped_on_purpose(placed) or placed.primitive.orphaned or placed.primitive.locked_to)


def reason_of(failure: Failure) -> str:
    """Return the agent's words where it gave some, else the exit code in words; a time-out says so."""
    words = failure.reason or failure.exit_status or f"exit code {failure.exit_code}"
    timed_out = failure.status.lower() == "timed out"
    return f"timed out; {words}" if timed_out and failure.reason else "timed out" if timed_out else words


def told(failures: Iterable[Failure], known: Iterable[str] = ()) -> str:
    """Return failures of one resource in a few words, latest first: ``start failed on node1, node2 (no such file)``.

    The nodes are left out where the reader knows them already.
    """
    nodes: Dict[str, List[str]] = {}
    reasons: Dict[str, str] = {}
    for one in sorted(failures, key=lambda one: one.when or datetime.min, reverse=True):
        nodes.setdefault(one.task, []).append(one.node)
        reasons.setdefault(one.task, reason_of(one))
    return ", ".join(
        f"{task} failed{'' if set(where) == set(known) else ' on ' + ', '.join(sorted(set(where)))} ({reasons[task]})"
        for task, where in nodes.items()
    )


def bans(one: FailCount) -> bool:
    """Return whether so many failures ban it from that node; with migration-threshold=0 none do (1.1 to 3.0)."""
    return 0 < one.migration_threshold <= one.fail_count and not one.orphan


def count_text(one: FailCount) -> str:
    """Return ``INFINITY``, or ``2 of 3``."""
    return "INFINITY" if one.fail_count >= INFINITY else f"{one.fail_count} of {one.migration_threshold}"


def unmanaged_by(name: str, cib: Optional[Cib]) -> str:
    """Return where the CIB has is-managed=false for a primitive: itself, else the innermost of what is around it."""
    own = [one.meta for one in (cib.primitives if cib else ()) if one.id == name]
    around = [(one.id, one.meta) for one in (cib.collections if cib else ()) if name in one.primitives]
    metas = [*((name, meta) for meta in own), *reversed(around)]  # the outer ones stand first
    return next((holder for holder, meta in metas if is_false(dict(reversed(meta)).get("is-managed"))), "")


MENDED = "once the cause is fixed"
"""What comes before ``cleanup()``: before that it would only fail again."""


def cleanup(resource: str, node: str = "") -> str:
    """Return the command that clears what failed, of every instance of that resource."""
    where = f" --node {node}" if node else ""
    return f"crm_resource --cleanup --resource {plain(resource)}{where}"


def what_keeps_it(name: str, cluster: Cluster) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice and the command where the reason is not known."""
    return "to see what keeps it from running", (explain(name, cluster.version),)


def refresh(*resources: str, version: Tuple[int, ...] = (), node: str = "") -> str:
    """Return the command that has the cluster look again what runs where; of many resources at once.

    ``--cleanup`` does that only for what has failed, since 1.1.18, in which --refresh got its meaning of today; before,
    --cleanup did it. ``version`` is that of crm_mon, as far as it tells it.
    """
    names = list(dict.fromkeys(plain(one) for one in resources))
    if version and version < (1, 1, 18):
        return " && ".join(cleanup(name, node) for name in names)
    if len(names) > 3:
        return "crm_resource --refresh"
    if node:
        return " && ".join(f"crm_resource --refresh --resource {name} --node {node}" for name in names)
    return " && ".join(f"crm_resource --refresh --resource {name}" for name in names)


def can_restart(version: Tuple[int, ...]) -> bool:
    """Return whether this crm_resource has --restart; before 1.1.13 --cleanup starts what it does not find."""
    return not version or version >= (1, 1, 13)


def explain(resource: str, version: Tuple[int, ...] = ()) -> str:
    """Return the command that tells why it runs where it does, or nowhere; before 1.1.18 all scores."""
    if version and version < (1, 1, 18):
        return "crm_simulate --show-scores --live-check"
    return f"crm_resource --why --resource {resource}"
