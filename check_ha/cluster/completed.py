"""What old versions of crm_mon do not print, and the CIB has.

Failed actions are printed since 1.1.12 and fail-counts since 1.1.14 (``check_ha.cluster.recorded_failures``); cluster
options, target-role and what is blocked since 1.1.16.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Optional, Tuple

from check_ha.cluster.recorded_failures import with_recorded
from check_ha.cluster.resources import plain
from check_ha.model.cib import Cib, is_false, is_true
from check_ha.model.cluster import Clone, Cluster, ClusterOptions, Group, Primitive, Resource
from check_ha.record import NamedTuple

_TOLD_SINCE = (1, 1, 16)
_ROLES = {"Slave": "Unpromoted", "Master": "Promoted"}


class _Lacking(NamedTuple):
    """What crm_mon does not tell of primitives."""

    roles: Dict[str, str]
    """target-role by id of what has it."""
    stuck: FrozenSet[Tuple[str, str]]
    """Resource and node of each stop that failed, but of what is unmanaged on purpose."""


def completed(cluster: Cluster, cib: Optional[Cib], now: float) -> Cluster:
    """Return the cluster with what crm_mon left out, where the CIB tells it; ``now`` is when crm_mon ran."""
    if cib is None:
        return cluster
    cluster = with_recorded(cluster, cib, now)
    if None in (cluster.options.maintenance_mode, cluster.options.stop_all_resources, cluster.options.no_quorum_policy):
        cluster = cluster._replace(options=_options(cluster.options, cib))
    if not cluster.version or cluster.version >= _TOLD_SINCE:
        return cluster
    meta = {one.id: dict(reversed(one.meta)) for one in cib.primitives}
    meta.update({one.id: dict(reversed(one.meta)) for one in cib.collections})
    unmanaged = {name for name, values in meta.items() if is_false(values.get("is-managed"))}
    unmanaged.update(name for one in cib.collections if one.id in unmanaged for name in one.primitives)
    stops = ((plain(one.resource), one.node) for one in cluster.failures if one.task == "stop")
    lacking = _Lacking(
        roles={name: values["target-role"] for name, values in meta.items() if "target-role" in values},
        stuck=frozenset(one for one in stops if one[0] not in unmanaged),
    )
    return cluster._replace(resources=tuple(_told(one, lacking) for one in cluster.resources))


def _options(options: ClusterOptions, cib: Cib) -> ClusterOptions:
    def flag(shown: Optional[bool], name: str) -> Optional[bool]:
        value = cib.option(name)
        return is_true(value) if shown is None and value is not None else shown

    return options._replace(
        maintenance_mode=flag(options.maintenance_mode, "maintenance-mode"),
        stop_all_resources=flag(options.stop_all_resources, "stop-all-resources"),
        no_quorum_policy=options.no_quorum_policy or cib.option("no-quorum-policy"),
    )


def _told(one: Resource, lacking: _Lacking) -> Resource:
    """Return it with what is told of each primitive by itself and by what is around it. Bundles are newer."""
    around = lacking.roles.get(one.id, "")
    if isinstance(one, Primitive):
        return _primitive(one, "", lacking)
    if isinstance(one, Group):
        return _group(one, "", lacking)
    if isinstance(one, Clone):
        instances = (
            _group(each, around, lacking) if isinstance(each, Group) else _primitive(each, around, lacking)
            for each in one.instances
        )  # fmt: skip
        return one._replace(instances=tuple(instances))
    return one


def _group(one: Group, around: str, lacking: _Lacking) -> Group:
    own = lacking.roles.get(plain(one.id), "") or around
    return one._replace(members=tuple(_primitive(member, own, lacking) for member in one.members))


def _primitive(one: Primitive, around: str, lacking: _Lacking) -> Primitive:
    """Return it with its target-role, and blocked where it is: its stop failed, and the cluster manages it no more."""
    role = (lacking.roles.get(plain(one.id), "") or around).capitalize()
    stuck = one.failed and not one.managed and any((plain(one.id), node) in lacking.stuck for node in one.nodes)
    return one._replace(target_role=one.target_role or _ROLES.get(role, role) or None, blocked=one.blocked or stuck)
