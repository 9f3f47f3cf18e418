"""A cluster of sixteen nodes for the tests: one is in standby, and one has lost a link to all others."""

from __future__ import annotations

from check_ha.model.view import (
    RUNNING,
    AddressView,
    ConfiguredView,
    CorosyncView,
    DaemonsView,
    FindingView,
    LinkView,
    MemberView,
    NodeView,
    PacemakerView,
    ResourceView,
    SubjectView,
    VersionsView,
    View,
    VipView,
)

SIXTEEN = tuple(f"node{number:02d}" for number in range(1, 17))
STANDBY, CUT = "node05", "node09"

_RESOURCES = (
    *(ResourceView(f"p_app{number}", (SIXTEEN[number % 16],)) for number in range(24)),
    ResourceView("p_vip", SIXTEEN[:1]),
    ResourceView("cl_ping", SIXTEEN, cloned=True),
    ResourceView("ms_db", SIXTEEN[:3], cloned=True, promoted=SIXTEEN[:1]),
)


def one_of_sixteen(node: str) -> View:
    """The view of this node."""
    number = SIXTEEN.index(node) + 1
    own = AddressView(f"192.0.2.{number}", "pub0")
    told = FindingView("nodes", "standby", "WARNING", f"{STANDBY} is in standby", (SubjectView("node", STANDBY),))
    return View(
        time=1795407000.0,
        node=node,
        cluster="prod",
        corosync=CorosyncView(
            number, "1.9", True, 16, 16, tuple(MemberView(at, name, 1) for at, name in enumerate(SIXTEEN, 1)), 3
        ),
        pacemaker=PacemakerView(
            SIXTEEN[0],
            True,
            tuple(NodeView(name, str(at), True, standby=name == STANDBY) for at, name in enumerate(SIXTEEN, 1)),
            _RESOURCES,
        ),
        cib_epoch="0.7.10",
        nodelist=tuple(ConfiguredView(at, name, (f"198.51.100.{at}",)) for at, name in enumerate(SIXTEEN, 1)),
        vips=(VipView("p_vip", ("192.0.2.100",)),),
        addresses=(own, AddressView("192.0.2.100", "pub0")) if node == SIXTEEN[0] else (own,),
        daemons=DaemonsView(RUNNING, RUNNING),
        corosync_conf=None,
        authkey="1a2b3c4d",
        versions=VersionsView("3.1.7", "2.1.5-a3f44794f94", "3.16.1"),
        links=tuple(
            LinkView(link, peer, link == 0 or CUT not in (node, peer)) for peer in SIXTEEN if peer != node
            for link in (0, 1)
        ),
        findings=(told,),
    )  # fmt: skip
