"""Views made up for the tests: a healthy cluster of two or three nodes, and what is changed in it."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from check_ha.core.check import Judgement
from check_ha.model.view import (
    RUNNING,
    STOPPED,
    AddressView,
    ConfiguredView,
    ConfView,
    CorosyncView,
    DaemonsView,
    FailedToolView,
    MemberView,
    NodeView,
    PacemakerView,
    ResourceView,
    SectionView,
    VersionsView,
    View,
    VipView,
)
from check_ha.multinode.answers import Answer, Views

VIP = "192.0.2.100"
ALL = ("node1", "node2")
THREE = ("node1", "node2", "node3")

Found = List[Tuple[str, str]]


def number(node: str) -> int:
    return int(node[-1])


def corosync(node: str, members: Sequence[str] = ALL, quorate: Optional[bool] = True) -> CorosyncView:
    return CorosyncView(
        node_id=number(node),
        ring_id="1.9",
        quorate=quorate,
        votes=len(members),
        expected_votes=2,
        members=tuple(MemberView(number(name), name, 1) for name in members),
        config_version=3,
    )


def resource(name: str, *nodes: str, **more: Any) -> ResourceView:
    return ResourceView(name, nodes, **more)


def pacemaker(
    *resources: ResourceView, dc: Optional[str] = "node1", online: Sequence[str] = ALL, nodes: Sequence[str] = ALL,
    unclean: Sequence[str] = (), **more: Any,
) -> PacemakerView:  # fmt: skip
    return PacemakerView(
        dc=dc,
        quorate=more.pop("quorate", True),
        nodes=tuple(NodeView(name, str(number(name)), name in online, name in unclean) for name in nodes),
        resources=resources or (resource("p_vip", "node1"), resource("p_db", *online, cloned=True)),
        **more,
    )


def view(node: str, *, carries: Sequence[str] = (), **more: Any) -> View:
    """The view of a node of a healthy cluster of two, in which node1 carries the address."""
    own = f"192.0.2.{number(node)}"
    addresses = (own, *(carries or ((VIP,) if node == "node1" else ())))
    given: Dict[str, Any] = {
        "time": 1795407000.0,
        "node": node,
        "cluster": "lab",
        "corosync": corosync(node),
        "pacemaker": pacemaker(),
        "cib_epoch": "0.7.10",
        "nodelist": tuple(ConfiguredView(number(name), name, (f"198.51.100.{number(name)}",)) for name in ALL),
        "vips": (VipView("p_vip", (VIP,)),),
        "addresses": tuple(AddressView(address, "pub0") for address in addresses),
        "daemons": DaemonsView(RUNNING, RUNNING),
        "corosync_conf": ConfView("aa", (SectionView("quorum", "q1"), SectionView("totem", "t1"))),
        "authkey": "1a2b3c4d",
        "versions": VersionsView("3.1.7", "2.1.5-a3f44794f94", "3.16.1"),
    }
    return View(**{**given, **more})


def three(node: str, members: Sequence[str] = THREE, **more: Any) -> View:
    """The same of a cluster of three."""
    given: Dict[str, Any] = {
        "corosync": corosync(node, members),
        "pacemaker": pacemaker(online=members, nodes=THREE),
        "nodelist": tuple(ConfiguredView(number(name), name, (f"198.51.100.{number(name)}",)) for name in THREE),
    }
    return view(node, **{**given, **more})


def alone(node: str, quorate: bool = True, *resources: ResourceView, **more: Any) -> View:
    """A node that has lost the other one, and is DC of itself."""
    given: Dict[str, Any] = {
        "corosync": corosync(node, (node,), quorate),
        "pacemaker": pacemaker(*(resources or (resource("p_vip", node),)), dc=node, online=(node,), quorate=quorate),
    }
    return view(node, **{**given, **more})


def stopped(node: str, **more: Any) -> View:
    """A node whose cluster software does not run."""
    given: Dict[str, Any] = {
        "corosync": None,
        "pacemaker": None,
        "cib_epoch": None,
        "vips": None,
        "daemons": DaemonsView(STOPPED, STOPPED),
        "addresses": (AddressView(f"192.0.2.{number(node)}", "pub0"),),
        "troubles": (FailedToolView("crm_mon.xml", "not-running", "pacemaker is not running on this node"),),
    }
    return view(node, **{**given, **more})


def answer(made: View, asked: str = "", within: float = 0.3) -> Answer:
    return Answer(asked or str(made.node), made, within=within)


def silent(asked: str, reason: str = "no answer within 4 s") -> Answer:
    return Answer(asked, reason=reason)


def views(*given: Any, earlier: Sequence[Any] = ()) -> Views:
    """Views and answers, in the order asked."""

    def answers(items: Sequence[Any]) -> Tuple[Answer, ...]:
        return tuple(answer(one) if isinstance(one, View) else one for one in items)

    return Views(answers(given), Views(answers(earlier)) if earlier else None)


def found(judgement: Judgement) -> Found:
    return [(finding.condition.name, finding.text) for finding in judgement.findings]


def measured(judgement: Judgement) -> Dict[str, Any]:
    return {
        f"{one.instance}#{one.metric.name}" if one.instance else one.metric.name: one.value
        for one in judgement.measures
    }
