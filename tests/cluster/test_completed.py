"""What Pacemaker before 1.1.16 shows only in the CIB: a resource that is stopped on purpose, the maintenance mode."""

from typing import Dict, Optional, Tuple

import pytest

from check_ha.cluster.completed import completed
from check_ha.cluster.resources import stopped_on_purpose
from check_ha.model.cib import Cib, ConfiguredCollection, ConfiguredPrimitive
from check_ha.model.cluster import Clone, Cluster, ClusterOptions, Failure, Group, Primitive

P = Primitive("p", "ocf:pacemaker:Dummy", "Stopped", False, False, True, False, ())
ROLE = "target-role"


def cib(**roles: str) -> Cib:
    one = ConfiguredPrimitive("p", "ocf:pacemaker:Dummy", meta=((ROLE, roles["p"]),) if "p" in roles else ())
    around = tuple(ConfiguredCollection(name, ((ROLE, role),), ("p",)) for name, role in roles.items() if name != "p")
    return Cib((one,), collections=around)


def clone(instance: object) -> Clone:
    assert isinstance(instance, (Primitive, Group))
    return Clone("c", False, False, True, False, (instance,))


@pytest.mark.parametrize(
    ("resource", "roles", "stopped"),
    [
        (P, {"p": "stopped"}, True),
        (P, {"p": "Started"}, False),
        (P, {}, False),
        (Group("g", (P,)), {"g": "STOPPED"}, True),
        (Group("g", (P,)), {"g": "Stopped", "p": "Started"}, False),
        (clone(P._replace(id="p:0")), {"c": "Stopped"}, True),
        (clone(Group("g:0", (P,))), {"c": "Stopped"}, True),
        (clone(Group("g:0", (P,))), {"g": "Stopped"}, True),
    ],
    ids=["own", "started", "none", "group", "member-started", "clone", "clone-of-a-group", "group-in-a-clone"],
)
def test_target_role(resource: object, roles: Dict[str, str], stopped: bool) -> None:
    for version, seen in (((1, 1, 12), stopped), ((1, 1, 24), False), ((), False)):
        cluster = Cluster(None, True, (), (resource,), version=version)  # type: ignore[arg-type]
        (placed,) = completed(cluster, cib(**roles), 0.0).primitives()
        assert stopped_on_purpose(placed) is seen
    assert completed(cluster, None, 0.0) is cluster


@pytest.mark.parametrize(
    ("shown", "configured", "expected"),
    [(None, "TRUE", True), (None, "no", False), (None, None, None), (False, "true", False)],
    ids=["only-in-the-cib", "off-in-the-cib", "nowhere", "crm_mon-tells"],
)
def test_options(shown: Optional[bool], configured: Optional[str], expected: Optional[bool]) -> None:
    properties: Tuple[Tuple[str, str], ...] = (("maintenance-mode", configured),) if configured else ()
    cluster = Cluster(None, True, (), options=ClusterOptions(maintenance_mode=shown), version=(1, 1, 12))
    assert completed(cluster, Cib((), properties=properties), 0.0).options.maintenance_mode is expected


@pytest.mark.parametrize(
    ("version", "meta", "blocked"),
    [((1, 1, 10), (), True), ((1, 1, 10), (("is-managed", "false"),), False), ((1, 1, 16), (), False)],
    ids=["stop-failed", "unmanaged-on-purpose", "told-by-crm_mon"],
)
def test_blocked(version: Tuple[int, ...], meta: Tuple[Tuple[str, str], ...], blocked: bool) -> None:
    """crm_mon 1.1.10 shows what it will not stop as ``managed="false" failed="true"``."""
    stuck = P._replace(role="Started", active=True, managed=False, failed=True, nodes=("node1",))
    failure = Failure("p", "stop", "node1", 1, "unknown error", "", "complete")
    cluster = Cluster(None, True, (), (stuck,), failures=(failure,), version=version)
    configured = Cib((ConfiguredPrimitive("p", "ocf:pacemaker:Dummy", meta=meta),))
    (placed,) = completed(cluster, configured, 0.0).primitives()
    assert placed.primitive.blocked is blocked
