"""Does everything run that should, where it should?"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from check_ha.checks.resources.check import CHECK, ResourceOptions, judge
from check_ha.cluster.resources import names_of, plain
from check_ha.core.check import Judgement
from check_ha.core.options import regex
from check_ha.model.cib import (
    Cib,
    ConfiguredCollection,
    ConfiguredNode,
    ConfiguredPrimitive,
    Dependency,
    Expression,
    Location,
    Pairs,
    Rule,
    TicketDependency,
)
from check_ha.model.cluster import (
    INFINITY,
    Ban,
    Bundle,
    Clone,
    Cluster,
    ClusterOptions,
    FailCount,
    Failure,
    Group,
    Node,
    Primitive,
    Replica,
    Ticket,
)
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, group, lines, measured, node, primitive

NOON = datetime(2026, 11, 23, 12, 0, 0)
THREE = (node("node1", is_dc=True), node("node2"), node("node3"))
STATEFUL = "ocf:pacemaker:Stateful"


def judged(view: Optional[Cluster], cib: Optional[Cib] = None, **options: Any) -> Judgement:
    """What is judged of it; what the test does not say of the CIB is what the cluster shows."""
    if view and cib:
        cib = complete(view, cib)
    return judge(evidence({CRM_MON: view, CIBADMIN: cib}), ResourceOptions(**options))


def complete(view: Cluster, cib: Cib) -> Cib:
    """The CIB with all that the cluster lists."""
    known = {one.id for one in cib.primitives} | {one.id for one in cib.collections}
    configured = [placed for placed in view.primitives() if not placed.primitive.orphaned]
    primitives = {plain(placed.primitive.id): placed.primitive.agent for placed in configured}
    around = {plain(parent.id): isinstance(parent, Bundle) for placed in configured for parent in placed.parents}
    more = tuple(ConfiguredPrimitive(name, agent) for name, agent in primitives.items() if name not in known)
    collections = tuple(
        ConfiguredCollection(name, (("promoted-max", "1"),) if of_containers else ())
        for name, of_containers in around.items()
        if name not in known
    )
    return cib._replace(primitives=(*cib.primitives, *more), collections=(*cib.collections, *collections))


def failed(resource: str, *nodes: str, task: str = "start", reason: str = "no such file") -> Tuple[Failure, ...]:
    return tuple(Failure(resource, task, on, 1, "error", reason, "complete", when=NOON) for on in nodes)


def moving(name: str, role: str, *nodes: str, **more: Any) -> Primitive:
    return primitive(name, *nodes, role=role, **more)


def ping(*nodes: str, spare: int = 0, **more: Any) -> Clone:
    """A clone that runs on these nodes, with so many instances that do not."""
    instances = [primitive("p_ping", name) for name in nodes] + [primitive("p_ping")] * spare
    return clone("cl_ping", *instances, **more)


def database(promoted: Tuple[str, ...], unpromoted: Tuple[str, ...], **more: Any) -> Clone:
    instances = [primitive("p_db", name, role="Promoted") for name in promoted]
    instances += [primitive("p_db", name, role="Unpromoted") for name in unpromoted]
    return clone("ms_db", *instances, promotable=True, **more)


def replica(number: int, container: str = "", payload: str = "", role: str = "Started", **more: Any) -> Replica:
    """A replica on this node, with this inside: by default all or nothing."""
    inside = (payload or f"web-{number}",) if container and payload != "none" else ()
    there = (container,) if container else ()
    return Replica(
        str(number),
        (
            primitive(f"web-ip-192.0.2.12{number}", *there, agent="ocf:heartbeat:IPaddr2", **more),
            primitive("httpd", *inside, **{"role": role if inside else "Stopped", **more}),
            primitive(f"web-podman-{number}", *there, agent="ocf:heartbeat:podman", **more),
            primitive(f"web-{number}", *there, agent="ocf:pacemaker:remote", **more),
        ),
    )


def bundle(*replicas: Replica, **more: Any) -> Bundle:
    given = {"type": "podman", "image": "web:1", "unique": True, "managed": True, "failed": False}
    return Bundle(id="web", replicas=replicas, **{**given, **more})


def guests(*names: str, **more: Any) -> Tuple[Node, ...]:
    """Nodes inside the replicas of that bundle."""
    given = {"type": "remote", "online": True}
    return tuple(node(name, id_as_resource=name.replace("web-", "web-podman-"), **{**given, **more}) for name in names)


def web(*members: Primitive, **more: Any) -> Group:
    return group("g_web", *members, **more)


def without_quorum(*resources: Any, policy: Optional[str] = "stop", **more: Any) -> Cluster:
    return cluster(*resources, with_quorum=False, options=ClusterOptions(no_quorum_policy=policy), **more)


def set_option(*resources: Any, nodes: Tuple[Node, ...] = (), **options: Any) -> Cluster:
    return cluster(*resources, nodes=nodes, options=ClusterOptions(**options))


LOST = (node("node1", is_dc=True), node("node2"), node("node3", online=False, unclean=True))
GONE = (node("node1", is_dc=True), node("node2", online=False))

ABSENT: Dict[str, Tuple[Optional[Cluster], Found]] = {
    "ok-all-runs": (cluster(primitive("p", "node1"), web(primitive("v", "node2")), ping("node1", "node2")), []),
    "ok-tool-failed-is-told-elsewhere": (None, []),
    "crit-no-dc": (
        cluster(primitive("p"), ping(spare=2), dc=None),
        [("no-dc", "no DC is elected (an election that does not end, or pacemaker is just starting): "
                   "which of 2 resources run is not known")],
    ),
    "unknown-no-resource": (cluster(instances_configured=0), [("no-resource", "the cluster has no resources")]),
    "crit-stopped": (cluster(primitive("p")), [("stopped", "p runs nowhere")]),
    "crit-stopped-though-not-called-failed": (
        cluster(primitive("p"), failures=failed("p", "node2", "node1")),
        [("stopped", "p runs nowhere: start failed on node1, node2 (no such file)")],
    ),
    "crit-stopped-and-called-failed": (
        cluster(primitive("p", failed=True), failures=failed("p", "node1")),
        [("stopped", "p runs nowhere: start failed on node1 (no such file)")],
    ),
    "crit-stopped-by-fail-counts-alone": (
        cluster(primitive("p"), fail_counts=(FailCount("node1", "p", INFINITY, INFINITY),
                                             FailCount("node2", "p", 1, INFINITY))),
        [("stopped", "p runs nowhere: it has failed too often on node1")],
    ),
    "crit-unmanaged-and-died": (
        cluster(primitive("p", managed=False)),
        [("stopped", "p runs nowhere, and the cluster does not start it because it is unmanaged")],
    ),
    "crit-died-in-maintenance-mode": (
        set_option(primitive("p", managed=False), primitive("q", "node1", managed=False), maintenance_mode=True),
        [("maintenance", "the cluster is in maintenance mode: nobody watches its 2 resources"),
         ("stopped", "p runs nowhere, and the cluster does not start it in maintenance mode")],
    ),
    "crit-banned-everywhere": (
        cluster(primitive("p"), bans=(Ban("b1", "p", "node1", -INFINITY), Ban("b2", "p", "node2", -INFINITY))),
        [("stopped", "p runs nowhere: constraints b1, b2 keep it off every node that is up")],
    ),
    "crit-banned-by-group": (
        cluster(web(primitive("v")), bans=(Ban("b1", "g_web", "node1", -INFINITY), Ban("b1", "g_web", "node2", -1))),
        [("stopped", "v (g_web) runs nowhere: constraint b1 keeps it off every node that is up")],
    ),
    "crit-promotion-banned-only": (
        cluster(primitive("p"), bans=tuple(Ban("b", "p", name, -INFINITY, True) for name in ("node1", "node2"))),
        [("stopped", "p runs nowhere")],
    ),
    "crit-fence-device-with-remote-nodes-only": (
        cluster(primitive("st", agent="stonith:fence_ipmilan"), ping("remote1"),
                nodes=(node("node1", standby=True), node("remote1", type="remote"))),
        [("stopped", "st runs nowhere: no node that is up can run it")],
    ),
    "crit-group-waits-for-its-first": (
        cluster(web(primitive("v"), primitive("f"), primitive("a")), failures=failed("v", "node1", "node2")),
        [("stopped", "v (g_web) runs nowhere: start failed on node1, node2 (no such file), and with it f, a")],
    ),
    "crit-group-middle": (
        cluster(web(primitive("v", "node1"), primitive("f"), primitive("a")), failures=failed("f", "node1")),
        [("stopped", "f (g_web) runs nowhere: start failed on node1 (no such file), and with it a")],
    ),
    "crit-group-without-a-reason": (
        cluster(web(primitive("v"), primitive("a"))), [("stopped", "v (g_web) runs nowhere, and with it a")],
    ),
    "crit-group-blames-the-one-that-failed": (
        cluster(web(primitive("v"), primitive("f"), primitive("a")), failures=failed("f", "node1")),
        [("stopped", "f (g_web) runs nowhere: start failed on node1 (no such file), and with it v, a")],
    ),
    "crit-group-with-two-faults": (
        cluster(web(primitive("v"), primitive("f"), primitive("a")),
                failures=(*failed("v", "node1"), *failed("a", "node2"))),
        [("stopped", "v (g_web) runs nowhere: start failed on node1 (no such file), and with it f"),
         ("stopped", "a (g_web) runs nowhere: start failed on node2 (no such file)")],
    ),
    "crit-guest-is-down-with-its-machine": (
        cluster(primitive("vm1"), primitive("guest1", agent="ocf:pacemaker:remote"),
                nodes=(*THREE, node("guest1", type="remote", online=False, id_as_resource="vm1"))),
        [("stopped", "vm1 runs nowhere, and with it guest1")],
    ),
    "crit-clone-runs-nowhere": (
        cluster(ping(spare=2), failures=failed("p_ping", "node1", "node2")),
        [("stopped", "cl_ping runs nowhere: start failed on node1, node2 (no such file)")],
    ),
    "crit-no-quorum-once": (
        without_quorum(primitive("p"), web(primitive("v"), primitive("a")), ping("node1")),
        [("no-quorum", "no quorum, and no-quorum-policy is stop: p, g_web are not running in this partition")],
    ),
    "crit-no-quorum-policy-not-printed": (
        without_quorum(primitive("p"), policy=None),
        [("no-quorum", "no quorum, and no-quorum-policy is stop: p is not running in this partition")],
    ),
    "crit-no-quorum-and-shown-elsewhere": (
        without_quorum(primitive("p", "node3"), nodes=LOST),
        [("no-quorum", "no quorum, and no-quorum-policy is stop: p is not running in this partition")],
    ),
    "crit-no-quorum-demoted": (
        without_quorum(database((), ("node1", "node2")), policy="demote"),
        [("no-quorum", "no quorum, and no-quorum-policy is demote: ms_db is not running or promoted in this "
          "partition")],
    ),
    "ok-no-quorum-and-all-runs": (without_quorum(primitive("p", "node1"), policy="freeze"), []),
    "crit-no-quorum-ignored": (without_quorum(primitive("p"), policy="ignore"), [("stopped", "p runs nowhere")]),
    "warn-stop-all": (
        set_option(primitive("p"), ping(spare=2), stop_all_resources=True),
        [("stop-all", "stop-all-resources is set: p, cl_ping are not running")],
    ),
    "warn-stop-all-is-not-why-it-is-disabled": (
        set_option(primitive("p", target_role="Stopped"), stop_all_resources=True),
        [("disabled", "p is stopped on purpose (target-role)")],
    ),
    "crit-no-node-to-run-on": (
        cluster(web(primitive("v"), primitive("a")), ping(spare=2),
                nodes=(node("node1", standby=True), node("node2", online=False))),
        [("stopped", "no node can run resources (node1 standby, node2 offline): g_web, cl_ping are not running")],
    ),
    "crit-no-node-to-run-on-and-failed-before": (
        cluster(primitive("p"), primitive("q"), nodes=(node("node1", standby=True),), failures=failed("p", "node1")),
        [("stopped", "no node can run resources (node1 standby): q is not running"),
         ("stopped", "p runs nowhere: start failed on node1 (no such file)")],
    ),
    "crit-no-node-to-run-on-and-recovered-before": (
        cluster(primitive("p"), nodes=(node("node1", standby=True),), failures=failed("p", "node1", task="monitor")),
        [("stopped", "no node can run resources (node1 standby): p is not running")],
    ),
    "crit-on-unclean-node": (
        cluster(primitive("p", "node3"), web(primitive("v", "node3"), primitive("a", "node3")), nodes=LOST),
        [("on-lost-node",
          "p, g_web are shown on node3, which is UNCLEAN (offline): "
          "they are not started elsewhere until it is fenced")],
    ),
    "crit-on-offline-node": (
        cluster(primitive("p", "node2", failed=True), nodes=GONE),
        [("on-lost-node", "p is shown on node2, which is offline: it is not running anywhere else")],
    ),
    "ok-clone-instance-on-unclean-node": (cluster(ping("node1", "node2", "node3"), nodes=LOST), []),
    "warn-disabled": (
        cluster(primitive("p", target_role="Stopped")), [("disabled", "p is stopped on purpose (target-role)")],
    ),
    "warn-disabled-group-once": (
        cluster(web(primitive("v", target_role="Stopped"), primitive("a", target_role="Started"), disabled=True)),
        [("disabled", "g_web is stopped on purpose (target-role)")],
    ),
    "warn-disabled-member-and-what-waits-for-it": (
        cluster(web(primitive("v", "node1"), primitive("f", target_role="Stopped"), primitive("a"))),
        [("disabled", "f (g_web) is stopped on purpose (target-role), and with it a")],
    ),
    "warn-disabled-clone": (
        cluster(ping(spare=2, target_role="Stopped")), [("disabled", "cl_ping is stopped on purpose (target-role)")],
    ),
    "warn-disabled-guest": (
        cluster(primitive("vm1", target_role="Stopped"), primitive("guest1", agent="ocf:pacemaker:remote"),
                nodes=(*THREE, node("guest1", type="remote", online=False, id_as_resource="vm1"))),
        [("disabled", "vm1 is stopped on purpose (target-role), and with it guest1")],
    ),
    "warn-locked": (
        cluster(web(primitive("v", locked_to="node2"), primitive("a", locked_to="node2")), nodes=GONE),
        [("locked", "g_web is kept for node2, which was shut down (shutdown-lock)")],
    ),
    "warn-starting": (
        cluster(moving("p", "Starting", "node1")), [("pending", "p is starting on node1")],
    ),
    "warn-starting-after-a-failure": (
        cluster(moving("p", "Starting", "node1", failed=True), failures=failed("p", "node1", task="monitor")),
        [("pending", "p is starting on node1: monitor failed (no such file)")],
    ),
    "warn-starting-and-the-group-waits": (
        cluster(web(moving("v", "Starting", "node1"), primitive("f"), primitive("a"))),
        [("pending", "v (g_web) is starting on node1, and with it f, a")],
    ),
    "warn-stopping-without-node": (
        cluster(primitive("p", role="Stopping")), [("pending", "p is stopping")],
    ),
    "warn-several-move-together": (
        cluster(moving("p", "Migrating", "node1", "node2"), moving("q", "Migrating", "node1", "node2")),
        [("pending", "p, q are migrating on node1, node2")],
    ),
    "warn-promoting": (
        cluster(clone("ms_db", moving("p_db", "Promoting", "node1"), promotable=True),
                nodes=(node("node1"), node("node2", standby=True))),
        [("pending", "ms_db is promoting on node1")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), ABSENT.values(), ids=ABSENT)
def test_absent(view: Optional[Cluster], expected: Found) -> None:
    assert found(judged(view)) == expected


FAULTS: Dict[str, Tuple[Cluster, Found]] = {
    "crit-failed": (
        cluster(primitive("p", "node1", failed=True), failures=failed("p", "node1", task="monitor")),
        [("failed", "p failed on node1: monitor failed (no such file)")],
    ),
    "crit-failed-and-disabled": (
        cluster(primitive("p", failed=True, target_role="Stopped")),
        [("failed", "p failed"), ("disabled", "p is stopped on purpose (target-role)")],
    ),
    "crit-failed-clone-instance": (
        cluster(clone("cl_ping", primitive("p_ping", "node1"), primitive("p_ping", "node2", failed=True)),
                failures=(*failed("p_ping", "node2"), *failed("p_ping", "node1", task="monitor"))),
        [("failed", "cl_ping failed on node2: start failed (no such file)")],
    ),
    "warn-failure-ignored": (
        cluster(primitive("p", "node1", failure_ignored=True), failures=failed("p", "node1", task="monitor")),
        [("failure-ignored", "p is shown as started on node1, and its failure is ignored (on-fail=ignore): "
                             "monitor failed (no such file)")],
    ),
    "crit-blocked": (
        cluster(primitive("p", "node1", failed=True, blocked=True, managed=False, target_role="Stopped"),
                failures=failed("p", "node1", task="stop")),
        [("blocked", "p is blocked on node1: stop failed (no such file)")],
    ),
    "crit-blocked-without-node": (
        cluster(primitive("p", blocked=True, managed=False, target_role="Stopped")),
        [("blocked", "p is blocked"), ("disabled", "p is stopped on purpose (target-role)")],
    ),
    "crit-multiple-active-once": (
        cluster(*(primitive(name, "node2", "node1", blocked=True, managed=False) for name in ("p", "q"))),
        [("multiple-active",
          "p, q are active on node1 and node2 at once, and blocked: the cluster stops none of them")],
    ),
    "crit-multiple-active-on-three": (
        cluster(primitive("p", "node1", "node2", "node3"), nodes=THREE),
        [("multiple-active", "p is active on node1, node2 and node3 at once")],
    ),
    "ok-fence-device-also-on-a-lost-node": (
        cluster(primitive("st", "node1", "node3", agent="stonith:fence_ipmilan"), nodes=LOST), [],
    ),
    "crit-fence-device-on-two-nodes": (
        cluster(primitive("st", "node1", "node2", agent="stonith:fence_ipmilan"), nodes=LOST),
        [("multiple-active", "st is active on node1 and node2 at once")],
    ),
    "warn-orphaned": (
        cluster(primitive("p", "node1", orphaned=True, managed=False)),
        [("orphaned", "p is no longer configured and still runs on node1")],
    ),
    "crit-orphaned-and-blocked": (
        cluster(primitive("p", "node1", orphaned=True, managed=False, blocked=True)),
        [("blocked", "p is blocked on node1"), ("orphaned", "p is no longer configured and still runs on node1")],
    ),
    "warn-clone-with-surplus-instances": (
        cluster(clone("cl_ping", primitive("p_ping", "node1"), primitive("p_ping", "node2", orphaned=True))),
        [("orphaned", "cl_ping has surplus instances on node2")],
    ),
    "ok-orphaned-clone-instance-that-is-gone": (
        cluster(clone("cl_ping", primitive("p_ping", "node1"), primitive("p_ping", orphaned=True))), [],
    ),
    "warn-unmanaged": (
        cluster(primitive("p", "node1", managed=False)),
        [("unmanaged", "p is unmanaged: the cluster will not start, stop or move it")],
    ),
    "warn-unmanaged-group-once": (
        cluster(web(primitive("v", "node1", managed=False), primitive("a", "node1", managed=False), managed=False)),
        [("unmanaged", "g_web is unmanaged: the cluster will not start, stop or move it")],
    ),
    "warn-unmanaged-member": (
        cluster(web(primitive("v", "node1"), primitive("a", "node1", managed=False))),
        [("unmanaged", "a (g_web) is unmanaged: the cluster will not start, stop or move it")],
    ),
    "warn-maintenance-of-node-once": (
        cluster(primitive("p", "node2", managed=False), primitive("q", "node1"),
                clone("cl_ping", primitive("p_ping", "node2", managed=False), primitive("p_ping", "node1")),
                nodes=(node("node1"), node("node2", maintenance=True))),
        [("maintenance", "node2 is in maintenance: nobody watches p, cl_ping there")],
    ),
    "warn-unmanaged-clone-on-a-node-in-maintenance": (
        cluster(clone("cl_ping", primitive("p_ping", "node2", managed=False), managed=False),
                nodes=(node("node1", standby=True), node("node2", maintenance=True))),
        [("unmanaged", "cl_ping is unmanaged: the cluster will not start, stop or move it")],
    ),
    "warn-maintenance-of-resource": (
        cluster(primitive("p", "node1", managed=False, maintenance=True),
                web(primitive("v", "node1", managed=False), managed=False, maintenance=True)),
        [("maintenance", "p is in maintenance: nobody watches it"),
         ("maintenance", "g_web is in maintenance: nobody watches it")],
    ),
    "warn-maintenance-mode-once": (
        set_option(
            primitive("p", "node1", managed=False), ping("node1", "node2", managed=False), maintenance_mode=True
        ),
        [("maintenance", "the cluster is in maintenance mode: nobody watches its 2 resources")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), FAULTS.values(), ids=FAULTS)
def test_faults(view: Cluster, expected: Found) -> None:
    assert found(judged(view)) == expected


def stack(*instances: Tuple[Primitive, Primitive]) -> Clone:
    """A group in a clone."""
    members = (group(f"g_stack:{number}", *one) for number, one in enumerate(instances))
    return clone("cl_stack", *members)


def pair(*nodes: str) -> Tuple[Primitive, Primitive]:
    return primitive("p_dlm", *nodes), primitive("p_lvm", *nodes)


UNWATCHED = primitive("p", "remote1", managed=False)
AWAY = (node("node1", is_dc=True), node("remote1", type="remote", maintenance=True))


def remote1(**more: Any) -> Primitive:
    return primitive("remote1", "node1", agent="ocf:pacemaker:remote", **more)


UNIQUE = clone("u", *(primitive(f"p_u:{number}", "node1") for number in (0, 1)), primitive("p_u:2"), unique=True)

CLONES: Dict[str, Tuple[Cluster, Found]] = {
    "ok-as-many-as-nodes-that-can": (
        cluster(ping("node1", spare=3), nodes=(
            node("node1"), node("node2", standby=True), node("node3", maintenance=True), node("node4", pending=True),
        )), [],
    ),
    "ok-no-node-that-is-going-or-gone-or-ill": (
        cluster(ping("node1", spare=3), nodes=(
            node("node1"), node("node2", shutdown=True), node("node3", online=False), node("node4", health="red"),
            node("node5", type="ping"),
        )), [],
    ),
    "warn-ill-node-that-runs-others": (
        cluster(ping("node1", spare=1), nodes=(node("node1"), node("node2", health="yellow", resources_running=1))),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on node2")],
    ),
    "ok-clone-max": (cluster(ping("node1", "node2"), nodes=THREE), []),
    "ok-banned": (cluster(ping("node1", spare=1), bans=(Ban("b", "cl_ping", "node2", -INFINITY),)), []),
    "ok-spare-for-the-node-in-a-bundle": (
        cluster(ping("node1", "node2", spare=1), bundle(replica(0, "node1")),
                nodes=(node("node1"), node("node2"), *guests("web-0"))), [],
    ),
    "warn-remote-node-too": (
        cluster(ping("node1", spare=1), nodes=(node("node1"), node("remote1", type="remote"))),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on remote1")],
    ),
    "ok-cloned-fence-device-not-on-remote-nodes": (
        cluster(clone("cl_st", *(primitive("st", *nodes, agent="stonith:fence_x") for nodes in (("node1",), ()))),
                nodes=(node("node1"), node("remote1", type="remote"))), [],
    ),
    "warn-incomplete": (
        cluster(ping("node1", "node2", spare=1), nodes=THREE,
                failures=(*failed("p_ping", "node3"), *failed("p_ping", "node1", task="monitor"))),
        [("clone-incomplete", "cl_ping runs on 2 of 3 nodes, not on node3: start failed (no such file)")],
    ),
    "warn-incomplete-by-fail-count": (
        cluster(ping("node1", spare=1), fail_counts=(FailCount("node2", "p_ping:1", 3, 3),)),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on node2: failed too often on node2")],
    ),
    "ok-incomplete-while-it-moves": (
        cluster(clone("cl_ping", primitive("p_ping", "node1"), moving("p_ping", "Stopping"))),
        [("pending", "cl_ping is stopping")],
    ),
    "warn-one-unique-instance-less": (
        cluster(UNIQUE, failures=failed("p_u:2", "node2")),
        [("clone-incomplete", "u: 2 of 3 instances run: start failed on node2 (no such file)")],
    ),
    "warn-one-unique-instance-runs": (
        cluster(clone("u", primitive("p_u:0", "node1"), primitive("p_u:1"), unique=True)),
        [("clone-incomplete", "u: 1 of 2 instances runs")],
    ),
    "warn-connection-to-a-remote-node-unmanaged": (
        cluster(remote1(managed=False), UNWATCHED, nodes=AWAY),
        [("unmanaged",
          "remote1 is unmanaged: the cluster will not start, stop or move it, and nobody watches p there")],
    ),
    "warn-group-in-clone-first-member": (
        cluster(stack(pair("node1"), pair()), failures=failed("p_dlm", "node2")),
        [("clone-incomplete",
          "p_dlm (cl_stack) runs on 1 of 2 nodes, not on node2: start failed (no such file), and with it p_lvm")],
    ),
    "warn-group-in-clone-last-member": (
        cluster(stack(pair("node1"), pair()), failures=failed("p_lvm", "node2")),
        [("clone-incomplete",
          "p_lvm (cl_stack) runs on 1 of 2 nodes, not on node2: start failed (no such file), and with it p_dlm")],
    ),
    "warn-group-in-clone-one-member-only": (
        cluster(stack(pair("node1"), (primitive("p_dlm", "node2"), primitive("p_lvm")))),
        [("clone-incomplete", "p_lvm (cl_stack) runs on 1 of 2 nodes, not on node2")],
    ),
    "crit-group-in-clone-down": (
        cluster(stack(pair(), pair()), failures=failed("p_lvm", "node1", "node2")),
        [("stopped", "p_lvm (cl_stack) runs nowhere: start failed on node1, node2 (no such file), and with it p_dlm")],
    ),
    "warn-group-in-clone-disabled": (
        cluster(clone("cl_stack", group("g_stack:0", *(one._replace(target_role="Stopped") for one in pair()),
                                        disabled=True), target_role="Stopped")),
        [("disabled", "cl_stack is stopped on purpose (target-role)")],
    ),
    "ok-promoted": (cluster(database(("node1",), ("node2",))), []),
    "crit-not-promoted": (
        cluster(database((), ("node1", "node2")), failures=failed("p_db", "node1", task="promote")),
        [("not-promoted",
          "ms_db is promoted nowhere, it runs on node1, node2: promote failed on node1 (no such file)")],
    ),
    "crit-promoted-on-a-lost-node": (
        cluster(database(("node3",), ("node1", "node2")), nodes=LOST),
        [("not-promoted",
          "ms_db is promoted nowhere, it runs on node1, node2 (it is shown promoted on node3, which is lost)")],
    ),
    "ok-held-back-by-target-role": (
        cluster(clone("ms_db", *(primitive("p_db", name, role="Unpromoted", target_role="Unpromoted")
                                 for name in ("node1", "node2")),
                      promotable=True, disabled=True, target_role="Unpromoted")), [],
    ),
    "ok-held-back-group-in-clone": (
        cluster(clone("ms", group("g:0", primitive("p", "node1", role="Unpromoted"), disabled=True),
                      group("g:1", primitive("p", "node2", role="Unpromoted"), disabled=True),
                      promotable=True, disabled=True, target_role="Unpromoted")), [],
    ),
    "ok-group-in-clone-of-which-one-member-is-promoted": (
        cluster(clone("ms", group("g:0", primitive("p", "node1", role="Promoted"), primitive("q", "node1")),
                      group("g:1", primitive("p", "node2", role="Unpromoted"), primitive("q", "node2")),
                      promotable=True)), [],
    ),
    "crit-group-in-clone-not-promoted-once": (
        cluster(clone("ms", group("g:0", primitive("p", "node1", role="Unpromoted"), primitive("q", "node1")),
                      group("g:1", primitive("p", "node2", role="Unpromoted"), primitive("q", "node2")),
                      promotable=True)),
        [("not-promoted", "ms is promoted nowhere, it runs on node1, node2")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), CLONES.values(), ids=CLONES)
def test_clones(view: Cluster, expected: Found) -> None:
    assert found(judged(view)) == expected


TWO = (node("node1", is_dc=True), node("node2"))

BUNDLES: Dict[str, Tuple[Cluster, Found]] = {
    "ok-two-replicas": (
        cluster(bundle(replica(0, "node1"), replica(1, "node2")), nodes=(*TWO, *guests("web-0", "web-1"))), [],
    ),
    "ok-more-replicas-than-nodes": (
        cluster(bundle(replica(0, "node1"), replica(1, "node2"), replica(2)),
                nodes=(*TWO, *guests("web-0", "web-1"), *guests("web-2", online=False))), [],
    ),
    "warn-container-down": (
        cluster(bundle(replica(0, "node1"), replica(1)), nodes=(*TWO, *guests("web-0")),
                failures=failed("web-podman-1", "node1", "node2")),
        [("clone-incomplete",
          "web: 1 of 2 replicas runs: web-podman-1 start failed on node1, node2 (no such file)")],
    ),
    "warn-payload-down": (
        cluster(bundle(replica(0, "node1"), replica(1, "node2", "none")), nodes=(*TWO, *guests("web-0", "web-1"))),
        [("clone-incomplete", "web: 1 of 2 replicas runs")],
    ),
    "warn-payload-on-a-node-that-is-not-connected": (
        cluster(bundle(replica(0, "node1"), replica(1, "node2")),
                nodes=(*TWO, *guests("web-0"), *guests("web-1", online=False))),
        [("clone-incomplete", "web: 1 of 2 replicas runs")],
    ),
    "crit-all-down": (
        cluster(bundle(replica(0), replica(1))), [("stopped", "web runs nowhere")],
    ),
    "crit-on-a-lost-node": (
        cluster(bundle(replica(0, "node2")), nodes=(*GONE, *guests("web-0", online=False))),
        [("on-lost-node", "web is shown on node2, which is offline: it is not running anywhere else")],
    ),
    "warn-disabled": (
        cluster(bundle(replica(0, target_role="Stopped"))), [("disabled", "web is stopped on purpose (target-role)")],
    ),
    "warn-unmanaged": (
        cluster(bundle(replica(0, "node1", managed=False), managed=False),
                nodes=(*TWO, *guests("web-0", maintenance=True))),
        [("unmanaged", "web is unmanaged: the cluster will not start, stop or move it")],
    ),
    "crit-not-promoted": (
        cluster(bundle(replica(0, "node1", role="Unpromoted"), replica(1, "node2", role="Unpromoted")),
                nodes=(*TWO, *guests("web-0", "web-1"))),
        [("not-promoted", "web is promoted nowhere, it runs on node1, node2")],
    ),
    "ok-promoted": (
        cluster(bundle(replica(0, "node1", role="Unpromoted"), replica(1, "node2", role="Promoted")),
                nodes=(*TWO, *guests("web-0", "web-1"))), [],
    ),
    "crit-part-of-it-failed": (
        cluster(bundle(replica(0, "node1", failed=True)), nodes=(*TWO, *guests("web-0")),
                failures=failed("httpd", "web-0", task="monitor")),
        [("failed", "web failed on node1, web-0: httpd monitor failed on web-0 (no such file)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), BUNDLES.values(), ids=BUNDLES)
def test_bundles(view: Cluster, expected: Found) -> None:
    assert found(judged(view)) == expected


def cib(*ids: str, **more: Any) -> Cib:
    return Cib(tuple(ConfiguredPrimitive(name, "ocf:pacemaker:Dummy") for name in ids), **more)


def ticket(resource: str, promoted_only: bool = False) -> Cib:
    return cib(tickets=(TicketDependency("siteA", (resource,), promoted_only),))


REVOKED = (Ticket("siteA", granted=False), Ticket("siteB", granted=True))
STANDBY = (Ticket("siteA", granted=True, standby=True),)
LOCKING = (("shutdown-lock", "true"),)
LEFT_OUT = ": it leaves out what is unmanaged on a lost node"
VANISHED = cluster(primitive("p", "node1"), instances_configured=3)

ONE_EACH = clone("u", primitive("p_u:0", "node1"), primitive("p_u:1", "node2"), primitive("p_u:2"), unique=True)
WITH_CIB: Dict[str, Tuple[Cluster, Optional[Cib], Found]] = {
    "warn-a-node-may-hold-two-instances": (
        cluster(ONE_EACH), Cib((), collections=(ConfiguredCollection("u", (("clone-node-max", "2"),)),)),
        [("clone-incomplete", "u: 2 of 3 instances run")],
    ),
    "ok-a-node-may-hold-one-instance": (cluster(ONE_EACH), Cib((), collections=(ConfiguredCollection("u"),)), []),
    "warn-ticket-not-granted": (
        cluster(primitive("p"), tickets=REVOKED), ticket("p"),
        [("no-ticket", "p is not running: ticket siteA is not granted here")],
    ),
    "warn-ticket-of-the-group": (
        cluster(web(primitive("v"), primitive("a")), tickets=REVOKED), ticket("g_web"),
        [("no-ticket", "g_web is not running: ticket siteA is not granted here")],
    ),
    "warn-ticket-of-the-first-member": (
        cluster(web(primitive("v"), primitive("a")), tickets=REVOKED), ticket("v"),
        [("no-ticket", "v (g_web) is not running: ticket siteA is not granted here, and with it a")],
    ),
    "warn-ticket-in-standby": (
        cluster(primitive("p"), tickets=STANDBY), ticket("p"),
        [("no-ticket", "p is not running: ticket siteA is in standby here")],
    ),
    "warn-ticket-to-be-promoted": (
        cluster(database((), ("node1", "node2")), tickets=REVOKED), ticket("ms_db", promoted_only=True),
        [("no-ticket", "ms_db is not promoted: ticket siteA is not granted here")],
    ),
    "crit-ticket-of-another": (
        cluster(primitive("p"), tickets=REVOKED), ticket("q"), [("stopped", "p runs nowhere")],
    ),
    "crit-ticket-granted": (
        cluster(primitive("p"), tickets=(Ticket("siteA", granted=True),)), ticket("p"), [("stopped", "p runs nowhere")],
    ),
    "crit-ticket-unknown-without-cib": (
        cluster(primitive("p"), tickets=REVOKED), None,
        [("stopped", "p runs nowhere: perhaps it waits for ticket siteA: cibadmin did not answer")],
    ),
    "crit-shutdown-lock-of-an-old-version": (
        cluster(primitive("p"), nodes=GONE), cib(properties=LOCKING),
        [("stopped", "p runs nowhere: perhaps kept for node2 (shutdown-lock)")],
    ),
    "crit-shutdown-lock-and-all-nodes-up": (
        cluster(primitive("p")), cib(properties=LOCKING), [("stopped", "p runs nowhere")],
    ),
    "crit-not-listed": (
        VANISHED, cib("p", "v", "a"),
        [("not-listed", "v, a are configured, and crm_mon does not list them" + LEFT_OUT)],
    ),
    "crit-not-listed-without-names": (
        VANISHED, None,
        [("not-listed", "2 resource instances are configured, and crm_mon does not list them" + LEFT_OUT)],
    ),
    "crit-nothing-listed": (
        cluster(instances_configured=1), cib("p"),
        [("not-listed", "p is configured, and crm_mon does not list it" + LEFT_OUT)],
    ),
    "ok-more-listed-than-counted": (cluster(ping("node1", "node2"), instances_configured=1), cib("p_ping"), []),
    "crit-blocked-and-not-listed": (
        cluster(primitive("p", "node1"), instances_blocked=1), None,
        [("blocked", "1 resource is blocked, and crm_mon does not list it")],
    ),
    "crit-blocked-and-listed": (
        cluster(primitive("p", "node1", blocked=True), instances_blocked=2), None,
        [("blocked", "p is blocked on node1")],
    ),
    "ok-opt-in": (
        cluster(ping("node1", spare=2), nodes=THREE, options=ClusterOptions(symmetric=False)),
        cib(locations=(Location("l1", ("cl_ping",), "node1", 100), Location("l2", ("cl_ping",), "node2", -100),
                       Location("l3", ("q",), "node3", 100), Location("l4", ("cl_ping",)))),
        [],
    ),
    "warn-opt-in-incomplete": (
        cluster(ping("node1", spare=2), nodes=THREE, options=ClusterOptions(symmetric=False)),
        cib(locations=(Location("l1", ("cl_ping",), "node1", 100), Location("l2", ("cl_ping",), "node2", 0))),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on node2")],
    ),
    "crit-opt-in-nowhere": (
        set_option(primitive("p"), symmetric=False), cib("p"),
        [("stopped", "p runs nowhere: no constraint allows it on a node that is up (symmetric-cluster=false)")],
    ),
    "crit-opt-in-without-cib": (set_option(primitive("p"), symmetric=False), None, [("stopped", "p runs nowhere")]),
}  # fmt: skip


@pytest.mark.parametrize(("view", "configured", "expected"), WITH_CIB.values(), ids=WITH_CIB)
def test_with_cib(view: Cluster, configured: Optional[Cib], expected: Found) -> None:
    assert found(judged(view, configured)) == expected


def configured(*collections: ConfiguredCollection, **more: Any) -> Cib:
    return Cib((), collections=collections, **more)


def promoting(number: str, name: str = "promoted-max", clone: str = "ms_db") -> Cib:
    return configured(ConfiguredCollection(clone, ((name, number),)))


def needs(resource: str, other: str, **more: Any) -> Cib:
    return Cib((), dependencies=(Dependency("o1", resource, other, **more),))


def exclusive(*locations: Location, nodes: Tuple[ConfiguredNode, ...] = ()) -> Cib:
    return Cib((), locations=tuple(one._replace(exclusive=True) for one in locations), nodes=nodes)


def rule(attribute: str, value: str = "", operation: str = "eq") -> Location:
    return Location("l1", ("cl_ping",), rules=(Rule("r1", (Expression(attribute, operation, value),), score=0),))


DRBD_BANS = (
    Ban("drbd-fence-by-handler-r0-rule-ms_db", "ms_db", "node1", -INFINITY, True),
    Ban("drbd-fence-by-handler-r0-rule-ms_db", "ms_db", "node2", -INFINITY, True),
)
DRBD = Location("drbd-fence-by-handler-r0-ms_db", ("ms_db",), promoted_only=True, rules=(
    Rule("drbd-fence-by-handler-r0-rule-ms_db", (Expression("#uname", "ne", "node3"),), score=-INFINITY),
))  # fmt: skip
OFF = primitive("first", target_role="Stopped")

PROMOTED: Dict[str, Tuple[Cluster, Optional[Cib], Found]] = {
    "ok-promoted-max-1": (cluster(database(("node1",), ("node2",))), promoting("1"), []),
    "ok-default": (cluster(database(("node1",), ("node2",))), configured(ConfiguredCollection("ms_db")), []),
    "ok-all-that-may": (cluster(database(("node1", "node2"), ())), promoting("3"), []),
    "ok-not-known-without-cib": (cluster(database(("node1",), ("node2",))), None, []),
    "warn-one-of-two": (
        cluster(database(("node1",), ("node2",)), failures=failed("p_db", "node2", task="promote")), promoting("2"),
        [("promoted-incomplete", "ms_db: 1 of 2 instances is promoted, on node1, not on node2: "
                                 "promote failed on node2 (no such file)")],
    ),
    "warn-master-max": (
        cluster(database(("node1",), ("node2",))), promoting("2", "master-max"),
        [("promoted-incomplete", "ms_db: 1 of 2 instances is promoted, on node1, not on node2")],
    ),
    "warn-promoted-max-is-a-default-for-all": (
        cluster(database(("node1",), ("node2",))),
        configured(ConfiguredCollection("ms_db"), defaults=(("promoted-max", "2"),)),
        [("promoted-incomplete", "ms_db: 1 of 2 instances is promoted, on node1, not on node2")],
    ),
    "ok-its-own-promoted-max-before-the-default": (
        cluster(database(("node1",), ("node2",))),
        configured(ConfiguredCollection("ms_db", (("promoted-max", "1"),)), defaults=(("promoted-max", "2"),)), [],
    ),
    "warn-two-of-three": (
        cluster(database(("node1", "node3"), ("node2",)), nodes=THREE), promoting("INFINITY"),
        [("promoted-incomplete", "ms_db: 2 of 3 instances are promoted, on node1 and node3, not on node2")],
    ),
    "warn-bundle": (
        cluster(bundle(replica(0, "node1", role="Promoted"), replica(1, "node2", role="Unpromoted")),
                nodes=(*TWO, *guests("web-0", "web-1"))), promoting("2", clone="web"),
        [("promoted-incomplete", "web: 1 of 2 replicas is promoted, on node1, not on node2")],
    ),
    "ok-where-it-is-not-wanted": (
        cluster(database(("node1",), ("node2",)), bans=(Ban("b", "ms_db", "node2", -INFINITY, True),)),
        promoting("2"), [],
    ),
    "warn-kept-from-it-by-drbd": (
        cluster(database(("node1",), ("node2",)), bans=DRBD_BANS[1:]),
        configured(ConfiguredCollection("ms_db", (("promoted-max", "2"),)), locations=(DRBD,)),
        [("promoted-incomplete", "ms_db: 1 of 2 instances is promoted, on node1, not on node2: constraint "
                                 "drbd-fence-by-handler-r0-ms_db keeps it from being promoted on node2")],
    ),
    "ok-while-it-moves": (
        cluster(clone("ms_db", primitive("p_db", "node1", role="Promoted"), moving("p_db", "Promoting", "node2"),
                      promotable=True)), promoting("2"),
        [("pending", "ms_db is promoting on node2")],
    ),
    "crit-kept-from-it-by-drbd-everywhere": (
        cluster(database((), ("node1", "node2")), nodes=LOST, bans=DRBD_BANS),
        configured(ConfiguredCollection("ms_db"), locations=(DRBD,)),
        [("not-promoted", "ms_db is promoted nowhere, it runs on node1, node2: constraint "
                          "drbd-fence-by-handler-r0-ms_db keeps it from being promoted on node1, node2")],
    ),
    "crit-and-what-needs-it-promoted": (
        cluster(database((), ("node1", "node2")), primitive("fs")), needs("fs", "ms_db", promoted=True),
        [("not-promoted", "ms_db is promoted nowhere, it runs on node1, node2, and with it fs")],
    ),
}  # fmt: skip

HELD_BACK = clone(
    "ms_db", primitive("p_db", "node1", role="Unpromoted", target_role="Unpromoted"),
    promotable=True, target_role="Unpromoted",
)  # fmt: skip

CONSTRAINED: Dict[str, Tuple[Cluster, Optional[Cib], Found]] = {
    "warn-waits-for-what-is-disabled": (
        cluster(primitive("after"), OFF), needs("after", "first"),
        [("disabled", "first is stopped on purpose (target-role), and with it after")],
    ),
    "warn-waits-for-a-promotion-that-target-role-forbids": (
        cluster(HELD_BACK, primitive("fs")), needs("fs", "ms_db", promoted=True),
        [("disabled", "ms_db is not promoted on purpose (target-role), and with it fs")],
    ),
    "warn-a-group-waits": (
        cluster(web(primitive("v"), primitive("a")), OFF), needs("g_web", "first"),
        [("disabled", "first is stopped on purpose (target-role), and with it g_web")],
    ),
    "warn-a-row-of-them": (
        cluster(primitive("third"), primitive("second"), OFF),
        Cib((), dependencies=(Dependency("o1", "third", "second"), Dependency("o2", "second", "first"))),
        [("disabled", "first is stopped on purpose (target-role), and with it third, second")],
    ),
    "crit-in-a-circle": (
        cluster(primitive("p"), primitive("q")),
        Cib((), dependencies=(Dependency("o1", "p", "q"), Dependency("o2", "q", "p"))),
        [("stopped", "q runs nowhere, and with it p")],
    ),
    "warn-waits-for-either": (
        cluster(primitive("p"), OFF, primitive("second", target_role="Stopped")),
        needs("p", "first", alternatives=("second",)),
        [("disabled", "first is stopped on purpose (target-role), and with it p"),
         ("disabled", "second is stopped on purpose (target-role)")],
    ),
    "crit-the-other-one-runs": (
        cluster(primitive("p"), OFF, primitive("second", "node1")), needs("p", "first", alternatives=("second",)),
        [("stopped", "p runs nowhere"), ("disabled", "first is stopped on purpose (target-role)")],
    ),
    "crit-waits-for-what-failed": (
        cluster(primitive("after"), primitive("first"), failures=failed("first", "node1")), needs("after", "first"),
        [("stopped", "first runs nowhere: start failed on node1 (no such file), and with it after")],
    ),
    "warn-failed-before": (
        cluster(primitive("after"), OFF, failures=failed("after", "node1", task="monitor")), needs("after", "first"),
        [("disabled", "first is stopped on purpose (target-role), and with it after")],
    ),
    "crit-failed-itself": (
        cluster(primitive("after"), OFF, failures=failed("after", "node1")), needs("after", "first"),
        [("stopped", "after runs nowhere: start failed on node1 (no such file)"),
         ("disabled", "first is stopped on purpose (target-role)")],
    ),
    "crit-the-other-runs": (
        cluster(primitive("after"), primitive("first", "node1")), needs("after", "first"),
        [("stopped", "after runs nowhere")],
    ),
    "crit-needs-it-to-be-promoted-only": (
        cluster(primitive("after"), OFF), needs("after", "first", promotion=True),
        [("stopped", "after runs nowhere"), ("disabled", "first is stopped on purpose (target-role)")],
    ),
    "crit-waits-for-what-is-lost": (
        cluster(primitive("after"), primitive("first", "node2"), nodes=GONE), needs("after", "first"),
        [("on-lost-node",
          "first is shown on node2, which is offline: it is not running anywhere else, and with it after")],
    ),
    "crit-banned-and-failed-long-ago": (
        cluster(primitive("p"), failures=failed("p", "node1", task="monitor"),
                bans=tuple(Ban("b", "p", name, -INFINITY) for name in ("node1", "node2"))), None,
        [("stopped", "p runs nowhere: constraint b keeps it off every node that is up")],
    ),
    "ok-exclusive": (
        cluster(ping("node1", spare=2), nodes=THREE), exclusive(Location("l1", ("cl_ping",), "node1", 0)), [],
    ),
    "warn-exclusive-incomplete": (
        cluster(ping("node1", spare=2), nodes=THREE),
        exclusive(Location("l1", ("cl_ping",), "node1", 0), Location("l2", ("cl_ping",), "node2", 0)),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on node2")],
    ),
    "ok-exclusive-by-permanent-attribute": (
        cluster(ping("node1", spare=1)),
        exclusive(rule("site", "A"), nodes=(ConfiguredNode("1", "node1", (("site", "a"),)),)), [],
    ),
    "ok-exclusive-by-transient-attribute": (
        cluster(ping("node1", spare=1), attributes={"node1": {"site": "A"}, "node2": {}}),
        exclusive(rule("site", operation="defined")), [],
    ),
    "warn-exclusive-by-an-attribute-that-nobody-shows": (
        cluster(ping("node1", spare=1)), exclusive(rule("site", "A")),
        [("clone-incomplete", "cl_ping runs on 1 of 2 nodes, not on node2")],
    ),
    "crit-exclusive-to-a-node-that-is-away": (
        cluster(primitive("p"), nodes=GONE), exclusive(Location("l1", ("p",), "node2", 0)),
        [("stopped", "p runs nowhere: no node that is up is one of those it may run on "
                     "(resource-discovery=exclusive), only on node2")],
    ),
    "warn-maintenance-that-only-the-cib-tells": (
        cluster(primitive("p", "node1", managed=False)),
        Cib((ConfiguredPrimitive("p", "ocf:pacemaker:Dummy", meta=(("maintenance", "TRUE"),)),)),
        [("maintenance", "p is in maintenance: nobody watches it")],
    ),
    "crit-not-listed-beside-an-orphan-that-is-not-counted": (
        cluster(primitive("o", "node1", orphaned=True), instances_configured=1), cib("p"),
        [("not-listed", "p is configured, and crm_mon does not list it" + LEFT_OUT),
         ("orphaned", "o is no longer configured and still runs on node1")],
    ),
    "unknown-not-listed-and-the-count-is-full": (
        cluster(primitive("p", "node1"), instances_configured=1), cib("p", "q"),
        [("unreadable", "crm_mon does not list q, which the CIB has")],
    ),
    "crit-not-listed-and-not-counted": (
        cluster(primitive("p", "node1"), instances_configured=None), cib("p", "q"),
        [("not-listed", "q is configured, and crm_mon does not list it" + LEFT_OUT)],
    ),
    "ok-clone-max-0-and-not-counted": (
        cluster(primitive("p", "node1")),
        cib("p", "q", collections=(ConfiguredCollection("cl", (("clone-max", "0"),), ("q",)),)), [],
    ),
}  # fmt: skip

WITH_CIB.update({**PROMOTED, **CONSTRAINED})


@pytest.mark.parametrize(("view", "given", "expected"), (PROMOTED | CONSTRAINED).values(), ids=PROMOTED | CONSTRAINED)
def test_with_constraints(view: Cluster, given: Optional[Cib], expected: Found) -> None:
    assert found(judged(view, given)) == expected


INCOMPLETE: Dict[str, Tuple[Cluster, Cib, str]] = {
    "a-primitive": (cluster(primitive("p", "node1"), primitive("q", "node1")), cib("q"), "p"),
    "a-clone": (cluster(ping("node1", "node2")), cib("p_ping"), "cl_ping"),
    "a-bundle": (cluster(bundle(replica(0, "node1")), nodes=(*TWO, *guests("web-0"))), cib("httpd"), "web"),
    "its-container": (
        cluster(bundle(replica(0, "node1")), nodes=(*TWO, *guests("web-0"))), configured(ConfiguredCollection("web")),
        "web",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "given", "name"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_cib_that_lacks_what_is_listed(view: Cluster, given: Cib, name: str) -> None:
    judgement = judge(evidence({CRM_MON: view, CIBADMIN: given}), ResourceOptions())
    text = f"cibadmin: incomplete output: no configuration of {name}, which crm_mon lists"
    assert found(judgement) == [("unreadable", text)]


def test_what_is_in_no_cib() -> None:
    view = cluster(
        primitive("vm1", "node1"), primitive("guest1", "node1", agent="ocf:pacemaker:remote"),
        primitive("o", "node1", orphaned=True), bundle(replica(0, "node1")),
        nodes=(*THREE, node("guest1", type="remote", id_as_resource="vm1"), *guests("web-0")),
    )  # fmt: skip
    given = cib("vm1", "httpd", collections=(ConfiguredCollection("web", (("promoted-max", "0"),)),))
    judgement = judge(evidence({CRM_MON: view, CIBADMIN: given}), ResourceOptions())
    assert found(judgement) == [("orphaned", "o is no longer configured and still runs on node1")]


def meta(*collections: ConfiguredCollection, **primitives: Pairs) -> Cib:
    return Cib(
        tuple(ConfiguredPrimitive(name, "ocf:pacemaker:Dummy", meta=pairs) for name, pairs in primitives.items()),
        collections=collections,
    )


STOPPED: Pairs = (("target-role", "stopped"),)
MEMBER_OFF = web(primitive("v", "node1"), primitive("f", target_role="Stopped"), disabled=False)
GROUP_OFF = web(primitive("v", target_role="Stopped"), primitive("f", target_role="Stopped"), disabled=True)
LOOSE = web(primitive("v", "node1", managed=False), primitive("f", "node1", managed=False), managed=False)
BANNED = tuple(Ban("b", "p", name, -INFINITY) for name in ("node1", "node2"))

PUT_BACK = ConfiguredCollection("ms_db", (("target-role", "Unpromoted"),))
STEPS: Dict[str, Tuple[Cluster, Optional[Cib], str]] = {
    "remote-node-in-maintenance": (
        cluster(remote1(), UNWATCHED, nodes=AWAY), None, "crm_attribute --node remote1 --name maintenance --delete",
    ),
    "connection-to-a-remote-node-unmanaged": (
        cluster(remote1(managed=False), UNWATCHED, nodes=AWAY), None,
        "crm resource manage remote1, or: pcs resource manage remote1",
    ),
    "a-member-is-disabled": (
        cluster(MEMBER_OFF), meta(f=STOPPED), "crm resource start f, or: pcs resource enable f",
    ),
    "a-member-is-disabled-as-crm_mon-tells": (
        cluster(MEMBER_OFF), None, "crm resource start f, or: pcs resource enable f",
    ),
    "the-group-is-disabled": (
        cluster(GROUP_OFF), meta(ConfiguredCollection("g_web", STOPPED), v=()),
        "crm resource start g_web, or: pcs resource enable g_web",
    ),
    "the-group-and-a-member-are-disabled": (
        cluster(GROUP_OFF), meta(ConfiguredCollection("g_web", STOPPED), f=STOPPED),
        "crm resource start g_web f, or: pcs resource enable g_web f",
    ),
    "the-group-is-unmanaged": (
        cluster(LOOSE), meta(ConfiguredCollection("g_web", (("is-managed", "off"),))),
        "crm resource manage g_web, or: pcs resource manage g_web",
    ),
    "the-members-are-unmanaged": (
        cluster(LOOSE), meta(v=(("is-managed", "false"),), f=(("is-managed", "false"),)),
        "crm resource manage v && crm resource manage f, or: pcs resource manage v f",
    ),
    "the-group-is-in-maintenance": (
        cluster(LOOSE), meta(ConfiguredCollection("g_web", (("maintenance", "true"),))),
        "crm_resource --resource g_web --meta --delete-parameter maintenance",
    ),
    "promotion-is-disabled": (
        cluster(HELD_BACK, primitive("fs")),
        configured(PUT_BACK, dependencies=(Dependency("o", "fs", "ms_db", promoted=True),)),
        "crm_resource --resource ms_db --meta --delete-parameter target-role",
    ),
    "constraints-keep-it-off": (
        cluster(primitive("p"), bans=BANNED), cib("p"),
        "if it should run there, remove the constraint: crm configure delete b, or: pcs constraint delete b",
    ),
    "constraints-keep-it-off-and-their-ids-are-not-known": (
        cluster(primitive("p"), bans=BANNED), None,
        "if it should run there, remove the constraint; its id, where crm_mon shows that of a rule: "
        "cibadmin --query --scope constraints",
    ),
    "constraints-leave-it-a-node-that-is-away": (
        cluster(primitive("p"), bans=BANNED, nodes=LOST), cib("p"),
        "bring back node3, which may run it; or if it should run there, remove the constraint: "
        "crm configure delete b, or: pcs constraint delete b",
    ),
    "a-move-left-bans": (
        cluster(primitive("p"), bans=tuple(one._replace(id=f"cli-ban-p-on-{one.node}") for one in BANNED)), None,
        "if it should run there, remove the constraints: crm_resource --clear --resource p",
    ),
    "opt-in": (
        set_option(primitive("p"), symmetric=False), cib("p"),
        "to allow it on node1: crm configure location l-p p 0: node1, or: pcs constraint location p prefers node1=0",
    ),
    "exclusive-to-a-node-that-is-away": (
        cluster(primitive("p"), nodes=GONE), exclusive(Location("l1", ("p",), "node2", 0)), "bring back node2",
    ),
    "drbd-keeps-it-from-being-promoted": (
        cluster(database((), ("node1", "node2")), nodes=LOST, bans=DRBD_BANS), configured(locations=(DRBD,)),
        "bring back node3; if the data here are the newest (drbdadm status: UpToDate) and node3 is gone for good: "
        "crm configure delete drbd-fence-by-handler-r0-ms_db, or: "
        "pcs constraint delete drbd-fence-by-handler-r0-ms_db",
    ),
    "kept-for-a-node-in-an-old-version": (
        cluster(primitive("p"), nodes=GONE), cib(properties=LOCKING),
        "start node2 again, or let it run elsewhere: crm_resource --refresh --resource p --node node2",
    ),
    "waits-perhaps-for-a-ticket": (
        cluster(primitive("p"), tickets=REVOKED), None, "to see which tickets are granted here: crm_ticket --info",
    ),
    "not-listed-and-unmanaged": (
        VANISHED, meta(ConfiguredCollection("g", (("is-managed", "false"),), ("v",)), v=()),
        "bring the lost node back, or let the cluster manage it again: "
        "crm resource manage g, or: pcs resource manage g",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "given", "step"), STEPS.values(), ids=STEPS)
def test_step(view: Cluster, given: Optional[Cib], step: str) -> None:
    assert [finding.step for finding in judged(view, given).findings] == [step]


PLACES = cluster(
    primitive("p", "node1"), primitive("down"), moving("mover", "Starting", "node1"),
    web(primitive("v", "node2"), primitive("a", "node2")), ping("node1", "node2"), database(("node1",), ("node2",)),
    bundle(replica(0, "node1", role="Unpromoted"), replica(1, "node2", role="Promoted")),
    nodes=(*TWO, *guests("web-0", "web-1")),
)  # fmt: skip

EXPECTED: Dict[str, Tuple[Tuple[str, str], Found]] = {
    "ok-node": (("p", "node1"), []),
    "ok-node-of-group": (("g_web", "node2"), []),
    "ok-node-of-clone": (("cl_ping", "node2"), []),
    "ok-node-where-promoted": (("ms_db", "node1"), []),
    "ok-not-running-is-on-no-wrong-node": (("down", "node1"), []),
    "ok-moving": (("mover", "node2"), []),
    "ok-started": (("cl_ping", "started"), []),
    "ok-promoted": (("ms_db", "Master"), []),
    "ok-bundle-node": (("web", "node2"), []),
    "ok-bundle-node-by-its-payload": (("httpd", "node2"), []),
    "warn-bundle-promoted-on-the-wrong-node": (
        ("web", "node1"), [("wrong-node", "web is promoted on node2, expected on node1")],
    ),
    "warn-wrong-node": (("p", "node2"), [("wrong-node", "p is on node1, expected on node2")]),
    "warn-node-that-does-not-exist": (("p", "nod1"), [("wrong-node", "p is on node1, expected on nod1")]),
    "warn-wrong-node-of-group": (
        ("g_web", "node1"),
        [("wrong-node", "v (g_web) is on node2, expected on node1"),
         ("wrong-node", "a (g_web) is on node2, expected on node1")],
    ),
    "warn-promoted-on-the-wrong-node": (
        ("ms_db", "node2"), [("wrong-node", "ms_db is promoted on node1, expected on node2")],
    ),
    "warn-no-such-resource": (
        ("q", "node1"), [("wrong-node", "q is expected on node1, and there is no such resource")],
    ),
    "warn-no-such-resource-for-a-role": (
        ("q", "STARTED"), [("wrong-role", "q is expected started, and there is no such resource")],
    ),
    "warn-not-started": (("down", "started"), [("wrong-role", "down runs nowhere, but should run")]),
    "warn-not-stopped": (
        ("cl_ping", "stopped"), [("wrong-role", "cl_ping runs on node1, node2, but should be stopped")],
    ),
    "warn-not-promoted": (("p", "promoted"), [("wrong-role", "p is promoted nowhere, but should be")]),
    "warn-promoted": (
        ("ms_db", "slave"), [("wrong-role", "ms_db is promoted on node1, but should not be")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("expectation", "expected"), EXPECTED.values(), ids=EXPECTED)
def test_expect(expectation: Tuple[str, str], expected: Found) -> None:
    judgement = judged(PLACES, expect=(expectation,), exclude=(regex("down|mover"),))
    assert found(judgement) == expected


def test_a_node_may_have_the_name_of_a_role() -> None:
    view = cluster(primitive("p", "started"), nodes=(node("started"), node("node2")))
    assert found(judged(view, expect=(("p", "started"), ("p", "node2")))) == [
        ("wrong-node", "p is on started, expected on node2")
    ]


@pytest.mark.parametrize(
    ("view", "expectation"),
    [
        pytest.param(cluster(primitive("p")), ("p", "stopped"), id="ok-down"),
        pytest.param(cluster(web(primitive("v"), primitive("a"))), ("g_web", "stopped"), id="ok-group-down"),
        pytest.param(cluster(primitive("p", target_role="Stopped")), ("p", "stopped"), id="ok-disabled"),
        pytest.param(without_quorum(primitive("p")), ("p", "stopped"), id="ok-no-quorum"),
        pytest.param(cluster(database((), ("node1", "node2"))), ("ms_db", "unpromoted"), id="ok-not-promoted"),
    ],
)
def test_what_is_expected_does_not_alarm(view: Cluster, expectation: Tuple[str, str]) -> None:
    judgement = judged(view, expect=(expectation,))
    assert found(judgement) == []
    assert measured(judgement)["cluster.resources.down.count"] == 0


def test_what_waits_for_a_resource_that_is_expected_to_be_stopped() -> None:
    view = cluster(primitive("after"), OFF)
    assert found(judged(view, needs("after", "first"), expect=(("first", "stopped"),))) == []


def test_what_waits_for_a_resource_that_is_filtered_out() -> None:
    view = cluster(primitive("after"), OFF)
    assert found(judged(view, needs("after", "first"), exclude=(regex("first"),))) == [
        ("stopped", "after runs nowhere: it waits for first, which is stopped on purpose (target-role)")
    ]


FILTERED = cluster(primitive("p"), web(primitive("v"), primitive("a")), ping(spare=2), bundle(replica(0)))


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["p", "v (g_web)", "cl_ping", "web"]),
        ({"include": (regex("p.*"),)}, ["p", "cl_ping"]),
        ({"include": (regex("g_web"),)}, ["v (g_web)"]),
        ({"include": (regex("httpd"),)}, ["web"]),
        ({"exclude": (regex("g_web"), regex("cl_.*"))}, ["p", "web"]),
        ({"include": (regex("a"),)}, ["a (g_web)"]),
        ({"exclude": (regex("p"),), "include": (regex("p"), regex("web"))}, ["web"]),
    ],
    ids=str,
)
def test_filters(options: Dict[str, Any], names: List[str]) -> None:
    judgement = judged(FILTERED, **options)
    assert [text.split(" runs nowhere")[0] for _, text in found(judgement)] == names
    assert measured(judgement)["cluster.resources.down.count"] == 5


def test_a_filter_that_leaves_nothing() -> None:
    text = "--include and --exclude leave none of 5 resources"
    assert found(judged(FILTERED, include=(regex("x"),))) == [("filtered-out", text)]


def test_perfdata_is_of_all_and_the_number_of_the_selected() -> None:
    view = cluster(
        primitive("p"), primitive("q", "node3"), primitive("r", "node1", failed=True, blocked=True, managed=False),
        primitive("s", target_role="Stopped"), ping("node1", "node2", spare=1), database(("node1",), ("node2",)),
        stack(pair("node1"), pair("node2")), nodes=LOST,
    )  # fmt: skip
    judgement = judged(view, exclude=(regex("q"),))
    assert measured(judgement) == {
        "cluster.resources.down.count": 2,
        "cluster.resources.total.count": 8,
        "cluster.resources.running.count": 5,
        "cluster.resources.failed.count": 1,
        "cluster.resources.blocked.count": 1,
        "cluster.resources.unmanaged.count": 1,
        "cluster.resources.disabled.count": 1,
        "cl_ping#resource.instances.active.count": 2,
        "ms_db#resource.instances.active.count": 2,
        "ms_db#resource.instances.promoted.count": 1,
        "p_dlm#resource.instances.active.count": 2,
        "p_lvm#resource.instances.active.count": 2,
    }
    down = next(measure for measure in judgement.measures if measure.metric is CHECK.number)
    assert (down.maximum, down.judged) == (8, 1)
    assert measured(judged(view._replace(dc=None))) == {"cluster.resources.total.count": 8}


@pytest.mark.parametrize(
    ("view", "given", "maximum"),
    [
        (cluster(database(("node1",), ("node2",))), promoting("2"), 2),
        (cluster(database(("node1",), ())), promoting("5"), 2),
        (cluster(database(("node1",), ("node2",))), configured(ConfiguredCollection("ms_db")), 1),
        (cluster(database(("node1",), ("node2",))), None, None),
    ],
    ids=["promoted-max", "as-many-as-nodes", "default", "without-cib"],
)
def test_the_maximum_of_promoted_instances(view: Cluster, given: Optional[Cib], maximum: Optional[int]) -> None:
    measures = [one for one in judged(view, given).measures if "promoted" in one.metric.name]
    assert [(one.value, one.maximum) for one in measures] == [(1, maximum)]


SUMMARIES = (
    (cluster(primitive("p", "node1")), "1 resource runs"),
    (cluster(primitive("p", "node1"), ping("node1", "node2")), "all 2 resources run"),
    (cluster(primitive("p", "node1"), primitive("q")), "1 of 2 resources runs"),
    (cluster(primitive("p")), "0 of 1 resource runs"),
    (cluster(database(("node1",), ("node2",))), "1 resource runs; ms_db promoted on node1"),
    (cluster(dc=None), "no DC is elected"),
    (None, "no resources were read"),
)


@pytest.mark.parametrize(("view", "summary"), SUMMARIES, ids=[summary for _, summary in SUMMARIES])
def test_summary(view: Optional[Cluster], summary: str) -> None:
    assert judged(view).summary == summary


def test_details() -> None:
    view = cluster(
        primitive("p"), primitive("q", "node1", failed=True, managed=False), primitive("s", target_role="Stopped"),
        database(("node1",), ("node2", "node3")), ping("node1", spare=1), bundle(replica(0, "node1")),
        nodes=(*THREE, *guests("web-0")),
    )  # fmt: skip
    assert lines(judged(view)) == (
        "p: Stopped; should run",
        "q: Started (failed, unmanaged) on node1",
        "s: Stopped; disabled",
        "ms_db: Promoted on node1, Unpromoted on node2, node3",
        "cl_ping: Started on node1, Stopped",
        "web: web-ip-192.0.2.120 Started on node1, httpd Started on web-0, web-podman-0 Started on node1, "
        "web-0 Started on node1",
    )
    assert lines(judged(cluster(ping("node1", "node3"), nodes=LOST))) == ("cl_ping: Started on node1, node3 (lost)",)


ADVICE = (
    (cluster(primitive("p")), "to see what keeps it from running: crm_resource --why --resource p"),
    (cluster(primitive("p"), failures=failed("p", "node1")),
     "once the cause is fixed: crm_resource --cleanup --resource p"),
    (cluster(bundle(replica(0)), failures=failed("web-podman-0", "node1")),
     "once the cause is fixed: crm_resource --cleanup --resource web-podman-0"),
    (cluster(primitive("p", "node1", "node2")), "stop all but one by hand, then: crm_resource --refresh --resource p"),
    (cluster(primitive("p", "node1", "node2"), primitive("q", "node1", "node2")),
     "stop all but one by hand, then: crm_resource --refresh --resource p && crm_resource --refresh --resource q"),
    (cluster(*(primitive(name, "node1", "node2") for name in "pqrs")),
     "stop all but one by hand, then: crm_resource --refresh"),
    (cluster(primitive("p", "node1", orphaned=True)), "stop it by hand, then: crm_resource --refresh --resource p"),
    (cluster(web(primitive("v", target_role="Stopped"))), "crm resource start g_web, or: pcs resource enable g_web"),
    (cluster(primitive("p", "node1", managed=False)), "crm resource manage p, or: pcs resource manage p"),
    (cluster(primitive("p", locked_to="node2")),
     "start node2 again, or let it run elsewhere: crm_resource --refresh --resource p --node node2"),
    (set_option(primitive("p", "node1"), maintenance_mode=True), "crm_attribute --name maintenance-mode --delete"),
    (set_option(primitive("p"), stop_all_resources=True), "crm_attribute --name stop-all-resources --delete"),
    (cluster(database((), ("node1", "node2"))),
     "to see the promotion scores of p_db: crm_simulate --show-scores --live-check"),
    (cluster(ping("node1", spare=1)), "to see what keeps it from running: crm_resource --why --resource p_ping"),
    # crm_resource has --why, and the --refresh of today, since 1.1.18
    (cluster(primitive("p"), version=(1, 1, 17)),
     "to see what keeps it from running: crm_simulate --show-scores --live-check"),
    (cluster(primitive("p", "node1", "node2"), version=(1, 1, 17)),
     "stop all but one by hand, then: crm_resource --cleanup --resource p"),
    (cluster(primitive("p", "node1", orphaned=True), version=(1, 1, 10)),
     "stop it by hand, then: crm_resource --cleanup --resource p"),
)  # fmt: skip


@pytest.mark.parametrize(("view", "advice"), ADVICE, ids=[advice for _, advice in ADVICE])
def test_advice(view: Cluster, advice: str) -> None:
    """What an administrator who is paged can copy."""
    assert [finding.step for finding in judged(view).findings] == [advice]


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (cib("p", "v", "a"), "to see where it was: crm_resource --locate --resource v"),
        (None, "to see where it was: crm_resource --locate --resource NAME"),
    ],
    ids=["crit-named", "crit-not-named"],
)
def test_advice_of_what_is_not_listed(given: Optional[Cib], advice: str) -> None:
    assert [finding.step for finding in judged(VANISHED, given).findings] == [advice]


def every_case() -> Iterator[Tuple[str, Optional[Cluster], Judgement]]:
    for cases in (ABSENT, FAULTS, CLONES, BUNDLES):
        yield from ((name, view, judged(view)) for name, (view, _) in cases.items())
    yield from ((name, view, judged(view, configured)) for name, (view, configured, _) in WITH_CIB.items())
    yield from ((name, PLACES, judged(PLACES, expect=(one,))) for name, (one, _) in EXPECTED.items())


@pytest.mark.parametrize(("view", "judgement"), [pytest.param(*case, id=name) for name, *case in every_case()])
def test_every_name_in_a_text_is_a_subject(view: Optional[Cluster], judgement: Judgement) -> None:
    """But for what stands in parentheses: reasons, and groups of which only a member is meant."""
    names = {name for placed in view.primitives() for name in names_of(placed)} if view else set()
    names |= {node.name for node in view.nodes} | {ticket.id for ticket in view.tickets} if view else set()
    for one in judgement.findings:
        said = set(re.findall(r"[\w-]+", re.sub(r"\([^)]*\)", "", one.text))) & names
        assert said - {subject.name for subject in one.subjects} == set(), one.text


def test_more_names_than_a_person_can_read() -> None:
    view = without_quorum(*(primitive(f"p{number}") for number in range(12)))
    text = "p0, p1, p2, p3, p4, p5, p6 and 5 more are not running in this partition"
    assert found(judged(view)) == [("no-quorum", f"no quorum, and no-quorum-policy is stop: {text}")]


def test_every_condition_is_found_by_some_test() -> None:
    cases = (*ABSENT.values(), *FAULTS.values(), *CLONES.values(), *BUNDLES.values(), *EXPECTED.values())
    names = {name for case in cases for name, _ in case[1]} | {
        name for *_, case in WITH_CIB.values() for name, _ in case
    }
    assert names | {"filtered-out"} == {condition.name for condition in CHECK.conditions} | {"unreadable"}
