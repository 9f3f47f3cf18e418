"""What the views of several nodes amount to: one test that gives each condition, and a near miss that does not."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest

from check_ha.core.check import Judgement
from check_ha.core.finding import nodes, resources
from check_ha.core.options import regex
from check_ha.model.view import (
    RUNNING,
    SILENT,
    STOPPED,
    AddressView,
    CutView,
    DaemonsView,
    FailedToolView,
    FencingView,
    NodeView,
    View,
    VipView,
)
from check_ha.multinode.answers import Answer
from check_ha.multinode.split_brain import CHECK, SplitBrainOptions, judge
from tests.checks.build import lines
from tests.multinode.views import (
    ALL,
    THREE,
    VIP,
    alone,
    answer,
    corosync,
    found,
    measured,
    pacemaker,
    resource,
    silent,
    stopped,
    three,
    view,
    views,
)

HEALTHY = (view("node1"), view("node2"))
CUT = (alone("node1"), alone("node2", carries=(VIP,)))
TWO_SIDES = "node1 (quorate, DC node1, runs 1 resource) against node2 (quorate, DC node2, runs 1 resource)"
SPLIT = [
    ("split-brain", f"split brain: {TWO_SIDES}"),
    ("address-twice", f"{VIP} (p_vip) is carried by node1 and node2"),
    ("resource-twice", "p_vip is active on node1 and node2 at once"),
]


def judged(*given: Any, earlier: Any = (), **options: Any) -> Judgement:
    return judge(views(*given, earlier=earlier), SplitBrainOptions(**options))


OTHER_CLUSTER = alone(
    "node5", cluster="other", nodelist=(),
    pacemaker=pacemaker(resource("p_vip", "node5"), dc="node5", online=("node5",), nodes=("node5",)),
)  # fmt: skip

CASES: Dict[str, Tuple[Tuple[Any, ...], List[Tuple[str, str]]]] = {
    "ok-two": (HEALTHY, []),
    "ok-three": (tuple(three(name) for name in THREE), []),
    "ok-a-clone-on-both": ((*HEALTHY[:1], view("node2")), []),
    "ok-asked-by-another-name": ((answer(HEALTHY[0], "n1.example.net"), answer(HEALTHY[1], "198.51.100.2")), []),
    "crit-split-brain": (CUT, SPLIT),
    "crit-both-quorate-nothing-runs": (
        tuple(
            alone(
                name, pacemaker=pacemaker(resource("st_1", name, fencing=True), dc=name, online=(name,)), carries=("x",)
            )
            for name in ("node1", "node2")
        ),
        [
            (
                "split-brain",
                "split brain: node1 (quorate, DC node1, runs nothing) against node2 (quorate, DC node2, runs nothing)",
            )
        ],
    ),
    "crit-both-run-neither-has-quorum": (
        (alone("node1", False), alone("node2", False, resource("p_other", "node2"))),
        [
            (
                "split-brain",
                "split brain: node1 (no quorum, DC node1, runs 1 resource) against node2 (no quorum, DC node2, runs 1 "
                "resource)",
            )
        ],
    ),
    "crit-two-and-one-contained": (
        (
            three("node1", ("node1", "node2")),
            three("node2", ("node1", "node2")),
            three(
                "node3",
                ("node3",),
                corosync=corosync("node3", ("node3",), False),
                pacemaker=pacemaker(
                    resource("st_1", "node3", fencing=True), dc="node3", online=("node3",), nodes=THREE, quorate=False
                ),
            ),
        ),
        [
            (
                "partitioned",
                "partitioned, contained: node1 and node2 (quorate, DC node1, runs 2 resources) "
                "against node3 (no quorum, DC node3, runs nothing)",
            )
        ],
    ),
    "crit-what-a-cut-off-node-says-of-others-does-not-count": (
        (
            alone("node1"),
            alone("node2", False, resource("p_vip", "node1")),  # Started on an UNCLEAN node
        ),
        [
            (
                "partitioned",
                "partitioned, contained: node1 (quorate, DC node1, runs 1 resource) "
                "against node2 (no quorum, DC node2, runs nothing)",
            )
        ],
    ),
    "warn-starting-alone-without-dc": (
        (
            alone("node1"),
            alone("node2", False, pacemaker=None, daemons=DaemonsView(RUNNING, STOPPED)),
        ),
        [
            (
                "joining",
                "node2 has not joined the others (yet): node1 (quorate, DC node1, runs 1 resource) "
                "against node2 (no quorum, no DC, runs nothing)",
            )
        ],
    ),
    "crit-corosync-frozen": (
        (
            alone("node1", True, resource("p_vip", "node1"), resource("p_single", "node1")),
            view(
                "node2",
                corosync=None,
                daemons=DaemonsView(SILENT, RUNNING),
                pacemaker=pacemaker(resource("p_vip", "node1"), resource("p_single", "node2")),
            ),
        ),
        [
            (
                "split-brain",
                "split brain: node1 (quorate, DC node1, runs 2 resources) against node2 (corosync frozen on node2, "
                "DC node1, runs 1 resource)",
            ),
            ("resource-twice", "p_single is active on node1 and node2 at once"),
        ],
    ),
    "crit-active-twice-in-one-partition": (
        tuple(view(name, pacemaker=pacemaker(resource("p_a", "node1", "node2"))) for name in ("node1", "node2")),
        [("resource-twice", "p_a is active on node1 and node2 at once")],
    ),
    "ok-active-twice-while-moving": (
        tuple(
            view(name, pacemaker=pacemaker(resource("p_a", "node1", "node2", moving=True)))
            for name in ("node1", "node2")
        ),
        [],
    ),
    "ok-views-of-one-partition-of-different-age": (
        (
            view("node1", cib_epoch="0.7.9", pacemaker=pacemaker(resource("p_a", "node1"))),
            view("node2", cib_epoch="0.7.10", pacemaker=pacemaker(resource("p_a", "node2"))),
        ),
        [],
    ),
    "crit-address-twice-only": (
        (view("node1"), view("node2", carries=(VIP,))),
        [("address-twice", f"{VIP} (p_vip) is carried by node1 and node2")],
    ),
    "crit-address-left-where-the-cluster-is-stopped": (
        (alone("node1"), stopped("node2", addresses=(AddressView(VIP, "eth0"),))),
        [("address-twice", f"{VIP} (p_vip) is carried by node1 and node2")],
    ),
    "ok-address-of-a-clone": (
        tuple(view(name, carries=(VIP,), vips=(VipView("p_vip", (VIP,), cloned=True),)) for name in ("node1", "node2")),
        [],
    ),
    "ok-same-address-that-is-no-vip": (
        (view("node1", carries=(VIP, "172.17.0.1")), view("node2", carries=("172.17.0.1",))),
        [],
    ),
    "crit-promoted-on-both-sides": (
        tuple(
            alone(name, True, resource("p_db", name, cloned=True, promoted=(name,)), carries=("x",))
            for name in ("node1", "node2")
        ),
        [
            ("split-brain", f"split brain: {TWO_SIDES}"),
            ("promoted-twice", "p_db is promoted on node1 and also on node2"),
        ],
    ),
    "ok-promoted-on-both-of-one-partition": (
        tuple(
            view(
                name, pacemaker=pacemaker(resource("p_db", "node1", "node2", cloned=True, promoted=("node1", "node2")))
            )
            for name in ("node1", "node2")
        ),
        [],
    ),
    "crit-two-dcs": (
        (view("node1"), view("node2", pacemaker=pacemaker(dc="node2"))),
        [("two-dcs", "node1 and node2 are one partition and follow 2 DCs: node1 and node2")],
    ),
    "crit-one-way": (
        (view("node1"), alone("node2", False, pacemaker=pacemaker(dc="node2", online=("node2",), quorate=False))),
        [
            (
                "split-brain",
                "split brain: node1 (quorate, DC node1, runs 2 resources) "
                "against node2 (no quorum, DC node2, runs 1 resource)",
            )
        ],
    ),
    "ok-corosync-may-not-be-asked-pacemaker-tells-it": (
        tuple(view(name, corosync=None, daemons=DaemonsView(None, RUNNING)) for name in ("node1", "node2")),
        [],
    ),
    "crit-corosync-may-not-be-asked-pacemaker-tells-it": (
        tuple(one._replace(corosync=None, daemons=DaemonsView(None, RUNNING)) for one in CUT),
        SPLIT,
    ),
    "ok-stopped-cleanly": ((alone("node1"), stopped("node2")), []),
    "ok-pacemaker-stopped": (
        (view("node1"), view("node2", pacemaker=None, vips=None, daemons=DaemonsView(RUNNING, STOPPED))),
        [],
    ),
    "warn-not-answering-member": (
        (three("node1"), three("node2"), silent("node3")),
        [
            (
                "not-answering",
                "node3 cannot be asked (no answer within 4 s), and node1 and node2 count it as a member",
            )
        ],
    ),
    "warn-unseen": (
        (three("node1", ("node1", "node2")), three("node2", ("node1", "node2")), silent("node3")),
        [
            (
                "unseen",
                "node3 cannot be asked (no answer within 4 s) and is not a member for node1 and node2: "
                "it is down, or alone and unseen",
            )
        ],
    ),
    "warn-unseen-one-view": (
        (alone("node1"), silent("node2", "connect to host node2 port 22: No route to host")),
        [
            (
                "unseen",
                "node2 cannot be asked (connect to host node2 port 22: No route to host) and is not a member for "
                "node1: "
                "it is down, or alone and unseen",
            ),
            ("too-few-views", "there is only the view of node1, without node2 to compare it with"),
        ],
    ),
    "warn-unseen-the-rest-is-stopped": (
        (stopped("node1"), silent("node2")),
        [
            (
                "unseen",
                "node2 cannot be asked (no answer within 4 s), and no other node is in the cluster: "
                "it is down, or alone and unseen",
            ),
            ("too-few-views", "there is only the view of node1, without node2 to compare it with"),
        ],
    ),
    "warn-asked-by-a-name-nobody-knows": (
        (*HEALTHY, silent("nodex")),
        [
            (
                "unseen",
                "nodex cannot be asked (no answer within 4 s), and it is not clear which node of the cluster that is",
            )
        ],
    ),
    "unknown-only-one-asked": (
        HEALTHY[:1],
        [("too-few-views", "there is only the view of node1, without node2 to compare it with")],
    ),
    "unknown-no-member-and-not-asked": (
        (three("node1", ("node1", "node2")), three("node2", ("node1", "node2"))),
        [("not-asked", "node3 is not a member and is not asked: it is down, or alone and unseen")],
    ),
    "ok-not-asked-but-a-member": ((three("node1"), three("node2")), []),
    "crit-one-view-that-proves-a-problem": (
        (view("node1", pacemaker=pacemaker(resource("p_a", "node1", "node2"))),),
        [
            ("resource-twice", "p_a is active on node1 and node2 at once"),
            ("too-few-views", "there is only the view of node1, without node2 to compare it with"),
        ],
    ),
    "ok-a-cluster-of-one-node": (
        (
            view(
                "node1",
                corosync=corosync("node1", ("node1",)),
                nodelist=(),
                pacemaker=pacemaker(nodes=("node1",), online=("node1",)),
            ),
        ),
        [],
    ),
    "unknown-nobody-answers": (
        (silent("node1"), silent("node2", "refused")),
        [("too-few-views", "no node could be asked: node1: no answer within 4 s; node2: refused")],
    ),
    "unknown-unreadable": (
        (view("node1"), Answer("node2", reason="a view that is cut off after 1023 bytes", unreadable=True)),
        [
            ("too-few-views", "there is only the view of node1, without node2 to compare it with"),
            ("unreadable", "node2 sent a view that is cut off after 1023 bytes"),
        ],
    ),
    "unknown-the-same-node-twice": (
        (*HEALTHY, answer(HEALTHY[0], "cluster.example.net")),
        [("asked-twice", "node1 and cluster.example.net are the same node, node1")],
    ),
    "unknown-two-clusters": (
        (view("node1"), OTHER_CLUSTER),
        [
            ("too-few-views", "there is only the view of node1, without node2 to compare it with"),
            ("not-one-cluster", "node5 (cluster other) is not in one cluster with node1 (cluster lab)"),
        ],
    ),
    "unknown-partition-not-told": (
        (
            view("node1"),
            view(
                "node2",
                corosync=None,
                pacemaker=None,
                vips=None,
                daemons=DaemonsView(None, None),
                troubles=(FailedToolView("quorumtool-s.txt", "no-permission", "user nagios may not run it"),),
            ),
        ),
        [("incomplete", "node2 cannot tell which partition it is in: user nagios may not run it")],
    ),
    "unknown-resources-not-told": (
        tuple(
            view(
                name,
                pacemaker=None,
                vips=None,
                daemons=DaemonsView(RUNNING, None),
                troubles=(FailedToolView("crm_mon.xml", "no-permission", "user nagios may not run crm_mon"),),
            )
            for name in ("node1", "node2")
        ),
        [("incomplete", "node1 cannot tell what runs there: user nagios may not run crm_mon")],
    ),
    "unknown-pacemaker-of-one-node-is-silent-another-tells-what-runs": (
        (view("node1"), view("node2", pacemaker=None, vips=None, daemons=DaemonsView(RUNNING, SILENT))),
        [("incomplete", "node2 cannot tell what its Pacemaker sees: it does not say why")],
    ),
    "unknown-pacemaker-names-no-node": (
        (view("node1"), view("node2", pacemaker=pacemaker(nodes=(), quorate=True))),
        [("incomplete", "node2 cannot tell which nodes Pacemaker has: it does not say why")],
    ),
    "unknown-a-dc-that-is-not-named": (
        (view("node1"), view("node2", pacemaker=pacemaker(dc=None))),
        [("incomplete", "node2 cannot tell which node is the DC: it does not say why")],
    ),
    "unknown-vips-not-told": (
        tuple(
            view(name, vips=None, troubles=(FailedToolView("cibadmin.xml", "x", "no CIB"),))
            for name in ("node1", "node2")
        ),
        [("incomplete", "node1 cannot tell the virtual addresses: no CIB")],
    ),
    "unknown-addresses-not-told": (
        (view("node1"), view("node2", addresses=None)),
        [("incomplete", "node2 cannot tell its addresses: it does not say why")],
    ),
    "unknown-cut": (
        (view("node1"), view("node2", cut=(CutView("resources", 500, 1000), CutView("troubles", 1, 2)))),
        [("incomplete", "node2 sent 500 of 1000 resources: there was no room for more")],
    ),
}


def pending(name: str, **more: Any) -> View:
    """A node that the DC does not count, as it sees it itself."""
    made = pacemaker(dc=None, online=(), quorate=None, nodes=more.pop("nodes", ALL))
    given = {"pacemaker": made._replace(resources=more.pop("resources", ())), **more}
    return view(name, **given)


def refusing(**more: Any) -> View:
    """Its DC."""
    made = pacemaker(resource("p_vip", "node1"), resource("p_b", "node1"), online=("node1",))
    return view("node1", **{"pacemaker": made, **more})


NOT_JOINED = (
    "not-joined",
    "node2 runs Pacemaker and is not part of the cluster of DC node1: it is joining, or cannot join",
)
CABLE_OUT = (AddressView("192.0.2.1", "pub0"), AddressView(VIP, "pub0", 24, "DOWN", ("NO-CARRIER", "BROADCAST", "UP")))
CASES.update(
    {
        "warn-cannot-join-and-has-a-newer-cib-in-which-nothing-runs": (
            (refusing(), pending("node2", cib_epoch="0.9.1")),
            [NOT_JOINED],
        ),
        "warn-joining-by-its-own-account": (
            tuple(view(name, pacemaker=pacemaker(online=("node1",))) for name in ("node1", "node2")),
            [NOT_JOINED],
        ),
        "crit-what-a-node-without-dc-says-of-itself-counts": (
            (refusing(), pending("node2", resources=(resource("p_vip", "node2"), resource("p_x", "node1")))),
            [("resource-twice", "p_vip is active on node1 and node2 at once"), NOT_JOINED],
        ),
        "crit-split-brain-beside-a-node-that-cannot-join": (
            (
                three("node1", ("node1", "node2"), pacemaker=pacemaker(online=("node1",), nodes=THREE)),
                three(
                    "node2",
                    ("node1", "node2"),
                    cib_epoch="0.9.1",
                    pacemaker=pacemaker(dc=None, quorate=None, online=(), nodes=THREE)._replace(resources=()),
                ),
                three(
                    "node3",
                    ("node3",),
                    pacemaker=pacemaker(
                        resource("p_vip", "node3"), dc="node3", online=("node3",), nodes=THREE, quorate=False
                    ),
                    corosync=corosync("node3", ("node3",), False),
                ),
            ),
            [
                (
                    "split-brain",
                    "split brain: node1 and node2 (quorate, DC node1, runs 2 resources) against node3 (no quorum, "
                    "DC node3, runs 1 resource)",
                ),
                ("resource-twice", "p_vip is active on node1 and node3 at once"),
                NOT_JOINED,
            ],
        ),
        "crit-what-the-other-side-runs-is-not-known": (
            (alone("node1"), alone("node2", False, pacemaker=None, vips=None, daemons=DaemonsView(RUNNING, None))),
            [
                (
                    "partitioned",
                    "partitioned: node1 (quorate, DC node1, runs 1 resource) "
                    "against node2 (no quorum, DC not known, what it runs is not known)",
                ),
                ("incomplete", "node2 cannot tell what runs there: it does not say why"),
            ],
        ),
        "warn-quorum-by-the-corosync-of-the-dc": (
            (
                view("node1", corosync=corosync("node1"), pacemaker=pacemaker(dc="node2", quorate=False)),
                view(
                    "node2", corosync=corosync("node2", quorate=False), pacemaker=pacemaker(dc="node2", quorate=False)
                ),
            ),
            [("quorum-differs", "corosync has no quorum on node2, and has it on node1, in one partition")],
        ),
        "warn-older-cib-in-one-look": (
            (view("node1", cib_epoch="0.8.0"), view("node2")),
            [("older-view", "the CIB of node2 is older than that of others: 0.7.10, node1 has 0.8.0")],
        ),
        "ok-older-status-in-one-look": ((view("node1", cib_epoch="0.7.99"), view("node2")), []),
        "unknown-version-of-the-cib-not-told": (
            (view("node1"), view("node2", cib_epoch=None)),
            [("incomplete", "node2 cannot tell the version of its CIB: it does not say why")],
        ),
        "unknown-no-members-and-no-pacemaker": (
            (
                view("node1"),
                view("node2", corosync=corosync("node2", ()), pacemaker=None, daemons=DaemonsView(RUNNING, STOPPED)),
            ),
            [("incomplete", "node2 cannot tell which partition it is in: it does not say why")],
        ),
        "ok-corosync-1-lists-no-members": (
            tuple(view(name, corosync=corosync(name, ())) for name in ("node1", "node2")),
            [],
        ),
        "unknown-quorum-not-told": (
            tuple(
                view(name, corosync=corosync(name, quorate=None), pacemaker=pacemaker(quorate=None))
                for name in ("node1", "node2")
            ),
            [("incomplete", "node1 cannot tell whether it has quorum: it does not say why")],
        ),
        "crit-interface-without-carrier": (
            (view("node1", addresses=CABLE_OUT), view("node2")),
            [("interface-down", f"no client reaches {VIP} (p_vip): pub0 of node1 is without carrier")],
        ),
        "crit-address-twice-one-without-carrier": (
            (view("node1", addresses=CABLE_OUT), view("node2", carries=(VIP,))),
            [
                (
                    "address-twice",
                    f"{VIP} (p_vip) is carried by node1 and node2 (pub0 of node1 is without carrier)",
                )
            ],
        ),
        "ok-state-of-the-interface-not-told": ((view("node1"), view("node2")), []),
        "ok-operstate-unknown-is-good": (
            (view("node1", addresses=(AddressView(VIP, "dummy0", 32, "UNKNOWN", ("UP", "LOWER_UP")),)), view("node2")),
            [],
        ),
        "crit-two-clusters-one-is-split": (
            (*CUT, OTHER_CLUSTER),
            [
                *SPLIT,
                ("not-one-cluster", "node5 (cluster other) is not in one cluster with node1 and node2 (cluster lab)"),
            ],
        ),
    }
)

TIME = view("node1").time
CASES.update(
    {
        "unknown-views-of-different-days": (
            (view("node1"), view("node2", time=TIME + 86400)),
            [("apart", "the views of node1 and node2 were made 24 hours apart, or their clocks differ by that")],
        ),
        "crit-views-of-different-days": (
            (CUT[0], CUT[1]._replace(time=TIME - 61.5)),
            [
                *SPLIT,
                ("apart", "the views of node2 and node1 were made 61.2 s apart, or their clocks differ by that"),
            ],
        ),
        "ok-views-of-one-minute": ((view("node1"), view("node2", time=TIME + 60.3)), []),
    }
)


@pytest.mark.parametrize(("given", "wanted"), CASES.values(), ids=CASES)
def test_findings(given: Tuple[Any, ...], wanted: List[Tuple[str, str]]) -> None:
    assert found(judged(*given)) == wanted


def fenced(
    *fencings: FencingView, unclean: Tuple[str, ...] = (), expected_up: Optional[bool] = False
) -> Tuple[Any, ...]:
    made = pacemaker(dc="node1", online=("node1",), unclean=unclean, fencings=fencings)
    nodes = tuple(one._replace(expected_up=expected_up if one.name == "node2" else True) for one in made.nodes)
    return alone("node1", pacemaker=made._replace(nodes=nodes)), silent("node2")


UNSEEN = "node2 cannot be asked (no answer within 4 s) and is not a member for node1: it is down, or alone and unseen"
ONE_VIEW = ("too-few-views", "there is only the view of node1, without node2 to compare it with")


@pytest.mark.parametrize(
    ("fencing", "unclean", "wanted"),
    [
        pytest.param(
            FencingView("node2", "reboot", "success", 40.0), (),
            [("fenced", "node2 cannot be asked: it was fenced 40s ago (reboot)")], id="ok-just-now",
        ),
        pytest.param(
            FencingView("node2", "reboot", "success", 7200.0), (), [("unseen", UNSEEN), ONE_VIEW], id="warn-long-ago"
        ),
        pytest.param(
            FencingView("node2", "reboot", "success", None), (),
            [("unseen", f"{UNSEEN}; fenced at an unknown time"), ONE_VIEW], id="warn-age-not-known",
        ),
        pytest.param(
            FencingView("node2", "reboot", "success", None, 7200.0), (),
            [("unseen", f"{UNSEEN}; fenced at a time that is 2 hours in the future (a clock is wrong)"), ONE_VIEW],
            id="warn-in-the-future",
        ),
        pytest.param(
            FencingView("node2", "on", "success", 40.0), (), [("unseen", UNSEEN), ONE_VIEW], id="warn-switched-on"
        ),
        pytest.param(
            FencingView("node2", "reboot", "success", 40.0), ("node2",), [("unseen", UNSEEN), ONE_VIEW],
            id="warn-unclean-again",
        ),
        pytest.param(
            FencingView("node2", "reboot", "failed", 40.0), ("node2",),
            [("unseen", f"{UNSEEN}; fencing it failed 40s ago"), ONE_VIEW], id="warn-failed",
        ),
        pytest.param(
            FencingView("node2", "reboot", "pending", None), ("node2",),
            [("unseen", f"{UNSEEN}; it is being fenced"), ONE_VIEW], id="warn-under-way",
        ),
        pytest.param(
            FencingView("node3", "reboot", "success", 40.0), (), [("unseen", UNSEEN), ONE_VIEW], id="warn-another-node"
        ),
    ],
)  # fmt: skip
def test_fencing_tells_down_from_unseen(
    fencing: FencingView, unclean: Tuple[str, ...], wanted: List[Tuple[str, str]]
) -> None:
    assert found(judged(*fenced(fencing, unclean=unclean))) == wanted


@pytest.mark.parametrize(
    ("expected_up", "text"),
    [
        pytest.param(True, "fenced 40s ago, and it has joined again since", id="warn-joined-again"),
        pytest.param(None, "fenced 40s ago, and it is not known whether it has joined again since", id="warn-not-told"),
    ],
)
def test_fencing_proves_nothing_once_the_node_has_joined_again(expected_up: Optional[bool], text: str) -> None:
    given = fenced(FencingView("node2", "reboot", "success", 40.0), expected_up=expected_up)
    assert found(judged(*given)) == [("unseen", f"{UNSEEN}; {text}"), ONE_VIEW]


def test_every_view_must_say_that_it_has_not_joined_again() -> None:
    fencing = FencingView("node3", "off", "success", 40.0)

    def seen(name: str, expected_up: Optional[bool]) -> View:
        made = pacemaker(online=("node1", "node2"), nodes=THREE, fencings=(fencing,))
        nodes = (*made.nodes[:2], made.nodes[2]._replace(expected_up=expected_up))
        return three(name, ("node1", "node2"), pacemaker=made._replace(nodes=nodes))

    assert [name for name, _ in found(judged(seen("node1", False), seen("node2", False), silent("node3")))] == [
        "fenced"
    ]
    for other in (True, None):
        both = seen("node1", False), seen("node2", other)
        assert [name for name, _ in found(judged(*both, silent("node3")))] == ["unseen"]


def test_max_age() -> None:
    given = fenced(FencingView("node2", "reboot", "success", 40.0))
    assert found(judged(*given, max_age=30.0)) == [("unseen", UNSEEN), ONE_VIEW]


# The second look: only what is in both is reported


def test_both_looks_show_it() -> None:
    assert found(judged(*CUT, earlier=CUT)) == SPLIT


def test_first_look_only() -> None:
    texts = "; ".join(text for _, text in SPLIT)
    assert found(judged(*HEALTHY, earlier=CUT)) == [("gone", f"gone at a second look: {texts}")]


def test_second_look_only() -> None:
    assert found(judged(*CUT, earlier=HEALTHY)) == []


def test_an_address_that_moves_twice() -> None:
    first = three("node1", carries=(VIP,)), three("node2", carries=(VIP,)), three("node3")
    second = three("node1", carries=("x",)), three("node2", carries=(VIP,)), three("node3", carries=(VIP,))
    assert [name for name, _ in found(judged(*second, earlier=first))] == ["gone"]


def test_a_dc_that_changes() -> None:
    first = view("node1"), view("node2", pacemaker=pacemaker(dc="node2"))
    second = tuple(view(name, pacemaker=pacemaker(dc="node2")) for name in ("node1", "node2"))
    assert [name for name, _ in found(judged(*second, earlier=first))] == ["gone"]
    assert [name for name, _ in found(judged(*first, earlier=first))] == ["two-dcs"]


def test_a_node_that_went_down_between_the_looks() -> None:
    texts = found(judged(CUT[0], silent("node2"), earlier=CUT))
    assert [name for name, _ in texts] == ["unseen", "too-few-views", "gone"]


def test_once_it_is_certain_the_second_look_tells_what_runs_where() -> None:
    first = CUT[0], alone("node2", False, resource("p_other", "node2"))
    assert found(judged(*CUT, earlier=first)) == SPLIT


def test_while_it_is_contained_both_looks_must_show_it() -> None:
    contained = CUT[0], alone("node2", False, resource("st_1", "node2", fencing=True), carries=(VIP,))
    assert [name for name, _ in found(judged(*contained, earlier=contained))] == ["partitioned", "address-twice"]
    first = CUT[0], contained[1]._replace(addresses=())
    assert [name for name, _ in found(judged(*contained, earlier=first))] == ["partitioned"]


# A CIB that stays older


def looks(second: Tuple[Any, ...], first: Tuple[Any, ...], pause: float = 2.0) -> List[Tuple[str, str]]:
    return found(judge(views(*second, earlier=first)._replace(pause=pause), SplitBrainOptions()))


def of(one: str, other: str) -> Tuple[Any, ...]:
    """Views of one partition with these CIBs."""
    return view("node1", cib_epoch=one), view("node2", cib_epoch=other)


@pytest.mark.parametrize(
    ("first", "second", "pause", "conditions"),
    [
        pytest.param(("0.8.0", "0.7.0"), ("0.9.0", "0.7.5"), 2.0, ["stale-view"], id="crit-behind-what-was-there"),
        pytest.param(("0.8.0", "0.7.0"), ("0.9.0", "0.8.0"), 2.0, [], id="ok-it-follows"),
        pytest.param(("0.8.0", "0.7.0"), ("0.9.0", "0.7.5"), 0.5, ["older-view"], id="warn-looks-too-near"),
        pytest.param(("0.8.9", "0.8.5"), ("0.8.12", "0.8.5"), 2.0, ["older-view"], id="warn-status-alone"),
        pytest.param(("0.8.9", "0.8.5"), ("0.8.12", "0.8.9"), 2.0, [], id="ok-status-follows"),
        pytest.param(("0.8.9", "0.8.5"), ("0.8.9", "0.8.5"), 2.0, [], id="ok-older-status-and-no-change"),
        pytest.param(("0.9.0", "0.9.0"), ("0.2.0", "0.2.0"), 2.0, [], id="ok-a-replaced-cib-is-lower-everywhere"),
        pytest.param(("1.2.0", "0.99.0"), ("1.2.0", "0.99.0"), 2.0, ["stale-view"], id="crit-admin-epoch"),
    ],
)
def test_a_cib_that_is_older(
    first: Tuple[str, str], second: Tuple[str, str], pause: float, conditions: List[str]
) -> None:
    assert [name for name, _ in looks(of(*second), of(*first), pause)] == conditions


UNLIKE: Dict[str, Tuple[View, List[Tuple[str, str]]]] = {
    "warn-a-node-that-does-not-count-another": (
        three("node3", corosync=corosync("node3", ("node1", "node3"))),
        [("members-differ", "node3 does not count node2 as a member, and other nodes of its partition do")],
    ),
    "warn-pacemaker-has-no-quorum-where-corosync-has": (
        three("node3", pacemaker=pacemaker(online=THREE, nodes=THREE, quorate=False)),
        [("quorum-differs", "Pacemaker has no quorum on node3, and corosync has it there")],
    ),
    "unknown-a-node-that-is-shown-a-part": (
        three("node3", pacemaker=pacemaker(resource("p_vip", "node1"), online=THREE, nodes=("node1", "node3"))),
        [("incomplete", "node3 does not list node2 and p_db, which others list out of the same CIB")],
    ),
    "ok-less-in-another-cib": (
        three("node3", cib_epoch="0.7.9", pacemaker=pacemaker(resource("p_vip", "node1"), online=THREE, nodes=THREE)),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("third", "findings"), UNLIKE.values(), ids=UNLIKE)
def test_nodes_of_one_partition_that_do_not_see_the_same(third: View, findings: List[Tuple[str, str]]) -> None:
    given, healthy = (three("node1"), three("node2"), third), tuple(map(three, THREE))
    assert found(judged(*given)) == findings
    assert looks(given, given) == findings
    assert looks(given, healthy) == []  # both looks must show it


def test_a_node_that_follows_no_dc_has_a_cib_of_its_own() -> None:
    given = refusing(cib_epoch="0.9.0"), pending("node2", cib_epoch="0.7.0")
    assert looks(given, given) == [NOT_JOINED]


def test_no_advice_joins_what_nobody_has_looked_at() -> None:
    """Two sides of which one runs all are contained, but where a third is it is not known what that runs."""
    members = ("node1",), ("node2",)
    sides = (
        three("node1", members[0]),
        three("node2", members[1], corosync=corosync("node2", ("node2",), False),
              pacemaker=pacemaker(dc="node2", online=("node2",), nodes=THREE, quorate=False)._replace(resources=())),
    )  # fmt: skip
    contained = judged(*sides, silent("node3")).findings[0]
    assert contained.text.startswith("partitioned, contained: ")
    assert (contained.advice, contained.commands) == (
        "before you repair a link, find out what node3 runs: two sides that both run resources must not be joined", (),
    )  # fmt: skip
    proven = judged(*sides, stopped("node3")).findings[0]
    assert proven.commands == ("check_ha_rings",)


def test_a_renamed_node_that_cannot_join() -> None:
    renamed = pending("node2")
    assert renamed.pacemaker
    nodes_of = tuple(one._replace(name="web2") if one.name == "node2" else one for one in renamed.pacemaker.nodes)
    given = refusing(), renamed._replace(node="web2", pacemaker=renamed.pacemaker._replace(nodes=nodes_of))
    assert found(judged(*given)) == [
        (
            "not-joined",
            "web2 (node2 to others) runs Pacemaker and is not part of the cluster of DC node1: it is joining, or "
            "cannot "
            "join",
        )
    ]


def test_the_first_line_is_the_same_in_each_run() -> None:
    """Many virtual addresses on both sides, in the order in which the views list them."""
    addresses = [f"192.0.2.{number}" for number in range(100, 140)]
    vips = tuple(VipView(f"p_{address}", (address,)) for address in addresses)
    texts = [text for name, text in found(judged(*(one._replace(
        vips=vips, addresses=tuple(AddressView(address, "pub0") for address in reversed(addresses))
    ) for one in HEALTHY))) if name == "address-twice"]  # fmt: skip
    assert [text.split()[0] for text in texts] == addresses


# The rest


def test_filters() -> None:
    assert [name for name, _ in found(judged(*CUT, exclude=(regex("p_vip"),)))] == ["split-brain", "filtered-out"]
    assert found(judged(*HEALTHY, include=(regex("p_x"),))) == [
        ("filtered-out", "--include and --exclude leave none of 1 resource")
    ]


def test_summary() -> None:
    assert judged(*HEALTHY).summary == (
        "node1 and node2 are one partition, quorate, DC node1; 1 resource on one node each; "
        "192.0.2.100 (p_vip) on node1"
    )
    assert judged(alone("node1", carries=("x",)), stopped("node2")).summary == (
        "node1 is alone, quorate, DC node1; 1 resource on one node each; 192.0.2.100 (p_vip) on none; "
        "corosync does not run on node2"
    )


def test_measures() -> None:
    assert measured(judged(*CUT, silent("nodex"))) == {
        "cluster.nodes.asked.count": 3,
        "cluster.nodes.answering.count": 2,
        "cluster.partitions.count": 2,
        "cluster.partitions.acting.count": 2,
        "cluster.resources.duplicated.count": 1,
        "cluster.addresses.duplicated.count": 1,
    }


def test_measures_without_any_view() -> None:
    """Of a cluster that nobody tells of, no partition is counted."""
    assert measured(judged(silent("node1"))) == {"cluster.nodes.asked.count": 1, "cluster.nodes.answering.count": 0}


def test_details() -> None:
    told = lines(judged(view("node1"), stopped("node2"), silent("nodex")))
    assert told == (
        "node1: corosync running, pacemaker running; ring 1.9 of node1 and node2, quorate; "
        "DC node1, CIB 0.7.10, runs p_vip, p_db; carries 192.0.2.100",
        "node2: corosync stopped, pacemaker stopped; carries no virtual address it knows of",
        "nodex: no view: no answer within 4 s",
    )


def test_remote_nodes_are_in_no_partition() -> None:
    """A resource on a remote node counts for the partition that the node is connected to."""
    made = pacemaker(resource("p_a", "remote1"), resource("p_b", "gone1"))
    made = made._replace(nodes=(*made.nodes, NodeView("remote1", "remote1", True, remote=True)))
    judgement = judged(*(view(name, pacemaker=made) for name in ("node1", "node2")))
    assert found(judgement) == []
    assert judgement.summary.split("; ")[1] == "1 resource on one node each"


def test_conditions_have_their_reason() -> None:
    assert all(condition.meaning for condition in CHECK.conditions)
    assert len({condition.name for condition in CHECK.conditions}) == len(CHECK.conditions)


# Subjects and commands


def test_findings_name_their_subjects() -> None:
    """The culprits first, then each other node that has a part in it; what can be typed stands by itself."""
    split, address, twice = judged(*CUT).findings
    assert split.subjects == nodes("node1", "node2")
    assert split.commands == ("systemctl stop pacemaker corosync",)
    assert "systemctl" not in split.advice
    assert address.subjects == twice.subjects == (*resources("p_vip"), *nodes("node1", "node2"))


@pytest.mark.parametrize("given", [given for given, _ in CASES.values()], ids=CASES)
def test_every_finding_has_subjects_that_its_text_names(given: Tuple[Any, ...]) -> None:
    for finding in judged(*given).findings:
        assert finding.subjects or finding.text == "no view could be read"
        assert all(one.name in finding.text for one in finding.subjects)
