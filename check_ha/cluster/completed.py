"""What old versions of crm_mon do not print, and the CIB has: cluster options and target-role (both since 1.1.16)."""

from typing import Dict, Optional

from check_ha.cluster.resources import plain
from check_ha.model.cib import Cib, is_true
from check_ha.model.cluster import Clone, Cluster, ClusterOptions, Group, Primitive, Resource

_TARGET_ROLE_SINCE = (1, 1, 16)
_ROLES = {"Slave": "Unpromoted", "Master": "Promoted"}


def completed(cluster: Cluster, cib: Optional[Cib]) -> Cluster:
    """Return the cluster with what crm_mon left out, where the CIB tells it."""
    if cib is None:
        return cluster
    if None in (cluster.options.maintenance_mode, cluster.options.stop_all_resources):
        cluster = cluster._replace(options=_options(cluster.options, cib))
    if not cluster.version or cluster.version >= _TARGET_ROLE_SINCE:
        return cluster
    meta = {one.id: dict(reversed(one.meta)) for one in cib.primitives}
    meta.update({one.id: dict(reversed(one.meta)) for one in cib.collections})
    roles = {name: values["target-role"] for name, values in meta.items() if "target-role" in values}
    return cluster._replace(resources=tuple(_told(one, roles) for one in cluster.resources)) if roles else cluster


def _options(options: ClusterOptions, cib: Cib) -> ClusterOptions:
    def flag(shown: Optional[bool], name: str) -> Optional[bool]:
        value = cib.option(name)
        return is_true(value) if shown is None and value is not None else shown

    return options._replace(
        maintenance_mode=flag(options.maintenance_mode, "maintenance-mode"),
        stop_all_resources=flag(options.stop_all_resources, "stop-all-resources"),
    )


def _told(one: Resource, roles: Dict[str, str]) -> Resource:
    """Return it with the target-role of each primitive: its own or that of what is around it. Bundles are newer."""
    around = roles.get(one.id, "")
    if isinstance(one, Primitive):
        return _primitive(one, "", roles)
    if isinstance(one, Group):
        return _group(one, "", roles)
    if isinstance(one, Clone):
        instances = (
            _group(each, around, roles) if isinstance(each, Group) else _primitive(each, around, roles)
            for each in one.instances
        )  # fmt: skip
        return one._replace(instances=tuple(instances))
    return one


def _group(one: Group, around: str, roles: Dict[str, str]) -> Group:
    own = roles.get(plain(one.id), "") or around
    return one._replace(members=tuple(_primitive(member, own, roles) for member in one.members))


def _primitive(one: Primitive, around: str, roles: Dict[str, str]) -> Primitive:
    role = (roles.get(plain(one.id), "") or around).capitalize()
    return one._replace(target_role=one.target_role or _ROLES.get(role, role) or None)
