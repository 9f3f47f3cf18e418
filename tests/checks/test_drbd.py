"""Is everything replicated by DRBD, and is it Primary where Pacemaker wants it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Tuple

import pytest

from check_ha.checks.drbd.check import CHECK, DrbdOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.condition import TOOL_MISSING, UNREADABLE
from check_ha.core.finding import DRBD, NODE, RESOURCE, Finding, Subject
from check_ha.core.options import regex
from check_ha.model.cib import Cib, ConfiguredCollection, ConfiguredPrimitive, Expression, Location, Rule
from check_ha.model.cluster import INFINITY, Cluster
from check_ha.model.drbd import DrbdConnection, DrbdModule, DrbdName, DrbdPeerVolume, DrbdResource, DrbdVolume
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE, DRBD_MODULE, DRBD_NAMES, DRBD_STATUS
from tests.checks.build import clone, cluster, evidence, found, measured, node, primitive
from tests.replay import RECORDINGS, replay

AGENT = "ocf:linbit:drbd"
MODULE_9 = DrbdModule("9.2.13")
LOOK = "crm_resource --refresh --resource ms_r0 --node node1"


def managed(here: str = "Promoted", there: str = "Unpromoted", **more: Any) -> Cluster:
    """ms_r0 on node1, which is this node, and on node2, with these roles."""
    roles = (("node1", here), ("node2", there))
    instances = [
        primitive("p_r0", *([name] if role != "Stopped" else []), agent=AGENT, role=role) for name, role in roles
    ]
    return cluster(clone("ms_r0", *instances, promotable=True), **more)


def configured(meta: Tuple[Tuple[str, str], ...] = (), *locations: Location, drbd: str = "r0") -> Cib:
    parameters = (("drbd_resource", drbd),) if drbd else ()
    return Cib(
        (ConfiguredPrimitive("p_r0", AGENT, parameters),),
        collections=(ConfiguredCollection("ms_r0", meta, ("p_r0",)),),
        locations=locations,
    )


def peer(replication: str = "Established", disk: str = "UpToDate", **more: Any) -> DrbdPeerVolume:
    return DrbdPeerVolume(0, replication, disk, **{"out_of_sync": 0, **more})


def connected(*volumes: DrbdPeerVolume, role: str = "Secondary") -> DrbdConnection:
    return DrbdConnection("node2", "Connected", role, volumes or (peer(),))


def apart(state: str = "Connecting", name: str = "node2") -> DrbdConnection:
    return DrbdConnection(name, state, "Unknown", (peer("Off", "DUnknown", out_of_sync=76),))


def resource(
    connection: Optional[DrbdConnection] = None, disk: str = "UpToDate", role: str = "Primary", **more: Any
) -> DrbdResource:
    """r0 with one volume, Primary and well; of that volume ``client`` and ``quorum`` may be given."""
    of_volume = {key: more.pop(key) for key in ("client", "quorum") if key in more}
    volumes = (DrbdVolume(0, 0, disk, **of_volume),)
    return DrbdResource("r0", role, volumes, (connection or connected(),), **more)


def judged(
    *resources: DrbdResource,
    view: Optional[Cluster] = None,
    cib: Optional[Cib] = None,
    module: DrbdModule = MODULE_9,
    names: Sequence[DrbdName] = (),
    here: Optional[str] = "node1",
    **options: Any,
) -> Judgement:
    values: Dict[Any, Any] = {
        CRM_MON: view or managed(), CIBADMIN: cib or configured(), CRM_NODE: here, DRBD_MODULE: module,
        DRBD_STATUS: resources, DRBD_NAMES: names,
    }  # fmt: skip
    return judge(evidence({tool: value for tool, value in values.items() if value is not None}), DrbdOptions(**options))


UNCONNECTED = "not connected to node2 (Connecting)"
OF_DRBD: Dict[str, Tuple[DrbdResource, str, str]] = {
    "crit-diskless": (
        resource(connected(peer(disk="Diskless", client=True)), "Diskless"), "disk-failed",
        "r0: the disk of this node is Diskless",
    ),
    "crit-diskless-with-a-peer": (
        resource(disk="Failed"), "disk-failed", "r0: the disk of this node is Failed: all I/O goes to a peer",
    ),
    "crit-inconsistent": (
        resource(disk="Inconsistent"), "inconsistent",
        "r0: the disk of this node is Inconsistent, and nothing synchronises it",
    ),
    "crit-quorum-lost": (resource(quorum=False), "quorum-lost", "r0: DRBD has no quorum here: it does not write"),
    "crit-suspended": (
        resource(suspended=("user", "fencing")), "suspended", "r0: I/O is suspended (user and fencing)",
    ),
    "crit-suspended-8.4": (resource(suspended=("I/O",)), "suspended", "r0: I/O is suspended"),
    "crit-failing": (
        resource(failing=True), "suspended", "r0: all I/O ends with an error, as it was made Secondary by force",
    ),
    "crit-standalone": (
        resource(apart("StandAlone")), "standalone", "r0: StandAlone, no longer tries to connect to node2",
    ),
    "crit-not-connected": (resource(apart()), "not-connected", f"r0: {UNCONNECTED}"),
    "crit-no-peer": (
        resource()._replace(connections=()), "not-connected", "r0: it has no peer: nothing is replicated",
    ),
    "crit-a-volume-that-the-peer-does-not-have": (
        resource()._replace(volumes=(DrbdVolume(0, 0, "UpToDate"), DrbdVolume(1, 1, "UpToDate"))),
        "not-connected", "r0/1: node2 is connected and does not have it: it is not replicated there",
    ),
    "crit-connected-and-off": (
        resource(connected(peer("Off"))), "not-connected", "r0: nothing is replicated to node2, which is connected",
    ),
    "crit-two-primaries": (
        resource(connected(role="Primary")),
        "two-primaries", "r0: it is Primary here and on node2 at once, and Pacemaker wants one",
    ),
    "warn-outdated": (
        resource(disk="Outdated"), "not-up-to-date",
        "r0: the disk of this node is Outdated, and nothing synchronises it",
    ),
    "warn-resync": (
        resource(connected(peer("SyncSource", "Inconsistent", done=17.8, seconds_left=1380, out_of_sync=9))),
        "resync", "r0: resync to node2, 17.8 % done, about 23m left",
    ),
    "warn-resync-stalled": (
        resource(connected(peer("SyncTarget", done=17.8, stalled=True)), "Inconsistent"),
        "resync", "r0: resync from node2, 17.8 % done, but stalled",
    ),
    "warn-resync-starts": (resource(connected(peer("WFBitMapS"))), "resync", "r0: resync to node2"),
    "warn-resync-waits": (
        resource(connected(peer("PausedSyncS", "Inconsistent", paused=("dependency",)))),
        "resync", "r0: resync to node2, waiting for its turn (dependency)",
    ),
    "warn-paused-here": (
        resource(connected(peer("PausedSyncT", paused=("user", "peer"))), "Inconsistent"),
        "resync-paused", "r0: the resync from node2 is paused by hand",
    ),
    "warn-paused-there": (
        resource(connected(peer("PausedSyncS", "Inconsistent", paused=("peer",)))),
        "resync-paused", "r0: the resync to node2 is paused by hand there",
    ),
    "warn-lagging": (resource(connected(peer("Ahead", "Consistent"))), "lagging", "r0: node2 lags behind"),
    "warn-lagging-here": (
        resource(connected(peer("Behind")), "Inconsistent", "Primary"), "lagging", "r0: this node lags behind node2",
    ),
    "warn-out-of-sync": (
        resource(connected(peer(out_of_sync=1536))), "out-of-sync", "r0: 1.5 MiB differ from node2",
    ),
    "warn-peer-diskless": (
        resource(connected(peer(disk="Diskless", out_of_sync=1048508))), "peer-disk",
        "r0: the disk of node2 is Diskless",
    ),
    "ok-verifying": (
        resource(connected(peer("VerifyS", done=25.0, seconds_left=58))),
        "verifying", "r0: online verify with node2, 25 % done, about 58s left",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_DRBD)
def test_what_drbd_says(name: str) -> None:
    given, condition, text = OF_DRBD[name]
    judgement = judged(given)
    assert found(judgement) == [(condition, text)]
    severity = judgement.findings[0].severity
    assert severity.name == {"crit": "CRITICAL", "warn": "WARNING", "ok": "OK"}[name.partition("-")[0]]
    assert judgement.findings[0].subjects[:2] == (Subject(DRBD, "r0"), Subject(RESOURCE, "p_r0"))


def test_ok_a_witness_and_a_client_need_no_disk() -> None:
    witness = DrbdConnection("witness", "Connected", "Secondary", (peer(disk="Diskless", client=True),))
    given = resource(role="Primary")._replace(connections=(connected(), witness))
    assert found(judged(given)) == []
    assert found(judged(resource(disk="Diskless", client=True))) == []


def test_warn_a_peer_that_pacemaker_has_stopped_is_not_lost() -> None:
    judgement = judged(resource(apart()), view=managed(there="Stopped"))
    assert found(judgement) == [("peer-away", f"r0: {UNCONNECTED}, where Pacemaker does not run it")]
    assert judgement.findings[0].subjects[-1] == Subject(NODE, "node2")


def test_warn_no_peer_and_pacemaker_runs_it_here_only() -> None:
    alone = resource()._replace(connections=())
    text = "r0: it has no peer, and Pacemaker runs it on no other node"
    assert found(judged(alone, view=managed(there="Stopped"))) == [("peer-away", text)]


def test_crit_what_is_alike_is_told_once() -> None:
    second = resource(apart())._replace(name="r1")
    judgement = judged(resource(apart("StandAlone")), resource(apart())._replace(name="r2"), second)
    assert found(judgement) == [
        ("standalone", "r0: StandAlone, no longer tries to connect to node2"),
        ("not-connected", f"r2 and r1: {UNCONNECTED}"),
    ]
    both = judged(
        resource(connected(peer(out_of_sync=4))), resource(connected(peer(out_of_sync=4)))._replace(name="r1")
    )
    assert both.findings[0].commands == ("drbdadm disconnect r0 r1 && drbdadm connect r0 r1",)


def test_ok_two_primaries_that_pacemaker_wants_by_default() -> None:
    """``promoted-max`` in rsc_defaults is that of every clone that has none of its own."""
    both, view = resource(connected(role="Primary")), managed(there="Promoted")
    cib = configured()._replace(defaults=(("promoted-max", "2"),))
    assert found(judged(both, view=view, cib=cib)) == []
    assert [
        one
        for one, _ in found(
            judged(
                both,
                view=view,
                cib=cib._replace(collections=(ConfiguredCollection("ms_r0", (("promoted-max", "1"),), ("p_r0",)),)),
            )
        )
    ] == ["two-primaries"]


def test_ok_two_primaries_that_pacemaker_wants() -> None:
    view = managed("Promoted", "Promoted")
    assert found(judged(resource(connected(role="Primary")), view=view, cib=configured((("master-max", "2"),)))) == []


OF_PACEMAKER: Dict[str, Tuple[Dict[str, Any], Tuple[str, str]]] = {
    "crit-not-primary": (
        {"resources": (resource(role="Secondary"),)},
        ("not-primary", "r0: Pacemaker has ms_r0 promoted on node1, and DRBD is Secondary"),
    ),
    "warn-primary-nowhere-promoted": (
        {"resources": (resource(),), "view": managed("Unpromoted")},
        ("primary-unplanned", "r0: DRBD is Primary on node1, and Pacemaker has ms_r0 promoted nowhere"),
    ),
    "crit-not-listed": (
        {"resources": ()},
        ("not-listed", "ms_r0: Pacemaker has it active on node1, and DRBD does not have r0 there"),
    ),
    "crit-another-one-is-listed": (
        {"resources": (resource()._replace(name="other"),)},
        ("not-listed", "ms_r0: Pacemaker has it active on node1, and DRBD does not have r0 there"),
    ),
    "crit-not-loaded": (
        {"resources": (), "module": DrbdModule("")},
        (
            "not-listed",
            "ms_r0: Pacemaker has it active on node1, and DRBD does not have r0 there: its kernel module is not loaded",
        ),
    ),
    "unknown-no-node-name": (
        {"resources": (resource(),), "here": None},
        ("not-matched", "which node this is is not known: DRBD was not compared with Pacemaker"),
    ),
}


@pytest.mark.parametrize("name", OF_PACEMAKER)
def test_against_pacemaker(name: str) -> None:
    given, expected = OF_PACEMAKER[name]
    judgement = judged(*given["resources"], **{key: value for key, value in given.items() if key != "resources"})
    assert found(judgement) == [expected]
    assert judgement.findings[0].commands == (() if name.startswith("unknown") else (LOOK,))


@pytest.mark.parametrize("role", ["Promoting", "Demoting"])
def test_ok_what_is_in_motion_has_no_role_yet(role: str) -> None:
    assert found(judged(resource(role="Secondary"), view=managed(role))) == []
    assert found(judged(resource(), view=managed(role))) == []


def test_ok_nothing_is_up_where_pacemaker_runs_nothing() -> None:
    judgement = judged(view=managed("Stopped", "Promoted"))
    assert (found(judgement), judgement.summary) == ([], "no DRBD resource is up on this node")
    assert measured(judgement)["cluster.drbd.resources.count"] == 0


def fence(resource_name: str = "ms_r0") -> Location:
    rule = Rule("r", (Expression("#uname", "ne", "node1"),), score=-INFINITY)
    return Location(f"drbd-fence-by-handler-r0-{resource_name}", (resource_name,), rules=(rule,))


def test_warn_a_fence_constraint_is_left() -> None:
    judgement = judged(resource(), cib=configured((), fence()))
    text = "ms_r0 may be promoted on node1 only: drbd-fence-by-handler-r0-ms_r0 was left behind, as all is up to date"
    assert found(judgement) == [("fence-left", text)]
    assert judgement.findings[0].commands == (
        "cibadmin --delete --xml-text '<rsc_location id=\"drbd-fence-by-handler-r0-ms_r0\"/>'",
    )


def test_ok_a_fence_constraint_while_the_peer_is_away() -> None:
    judgement = judged(resource(apart()), view=managed(there="Stopped"), cib=configured((), fence()))
    text = "ms_r0 may be promoted on node1 only until its peer is up to date (drbd-fence-by-handler-r0-ms_r0)"
    assert found(judgement)[1:] == [("fenced", text)]
    assert found(judged(view=managed("Stopped"), cib=configured((), fence()))) == []  # this node cannot tell


def test_crit_a_fence_constraint_is_not_left_behind_where_there_is_no_peer() -> None:
    judgement = judged(resource()._replace(connections=()), cib=configured((), fence()))
    assert [one.condition.name for one in judgement.findings] == ["not-connected", "fenced"]


def device(minor: int, connection: DrbdConnection, role: str = "Primary") -> DrbdResource:
    return DrbdResource("", role, (DrbdVolume(0, minor, "UpToDate"),), (connection._replace(peer=""),))


def test_8_4_volumes_of_one_resource_and_its_only_peer() -> None:
    module = DrbdModule("8.4.11", (device(0, connected(peer("SyncSource", "Inconsistent"))), device(5, connected())))
    judgement = judged(module=module, names=(DrbdName("r0", 0, 0), DrbdName("r0", 1, 5)))
    assert found(judgement) == [("resync", "r0/0: resync to node2")]
    assert (
        judgement.rows[0].line == "r0 (ms_r0): Primary, UpToDate; node2 Secondary, Inconsistent (SyncSource), UpToDate"
    )
    three = managed(nodes=(node("node1"), node("node2"), node("node3")))
    away = judged(module=DrbdModule("8.4.11", (device(0, apart()),)), names=(DrbdName("r0", 0, 0),), view=three)
    assert found(away) == [("not-connected", "r0: not connected to the peer (Connecting)")]


def test_8_4_devices_without_a_name() -> None:
    one, other = device(0, connected()), device(1, apart("StandAlone"))
    assert found(judged(module=DrbdModule("8.4.11", (one,)))) == []  # there is no other that it could be
    judgement = judged(module=DrbdModule("8.4.11", (one, other)))
    assert found(judgement) == [
        ("standalone", "drbd1: StandAlone, no longer tries to connect to node2"),
        ("not-matched", "/dev/drbd/by-res does not name drbd0 and drbd1: not compared with Pacemaker"),
    ]
    assert judgement.findings[0].commands == ()


def test_unknown_the_module_was_not_read() -> None:
    broken = Finding(UNREADABLE, "cat /proc/drbd: exit 1, I/O error")
    missing = Finding(TOOL_MISSING, "cat /proc/drbd: not set up here")

    def without(failure: Finding, view: Optional[Cluster]) -> Judgement:
        values = {CRM_MON: view, CRM_NODE: "node1", CIBADMIN: configured()} if view else {}
        return judge(evidence(values)._replace(failed={DRBD_MODULE: failure}), DrbdOptions())

    assert without(broken, managed()).findings == (broken,)
    text = "there is no /proc/drbd, and no configuration of DRBD, or they were not recorded"
    assert found(without(missing, managed())) == [("tool-missing", text)]
    assert found(without(missing, None)) == []  # that crm_mon has no answer is told
    elsewhere = without(missing, managed("Stopped", "Promoted"))
    assert (found(elsewhere), measured(elsewhere)) == ([], {"cluster.drbd.resources.count": 0})


def test_filters_know_both_names() -> None:
    given = (resource(apart()), resource(apart("StandAlone"))._replace(name="r1"))
    assert [one for one, _ in found(judged(*given, include=(regex("ms_r0"),)))] == ["not-connected"]
    assert [one for one, _ in found(judged(*given, exclude=(regex("r0|ms_r0"),)))] == ["standalone"]
    nothing = judged(resource(), include=(regex("x"),))
    assert found(nothing) == [("filtered-out", "--include and --exclude leave none of 1 DRBD resource")]


def test_unknown_drbd_without_a_resource_and_without_pacemaker() -> None:
    judgement = judged(view=cluster(primitive("p", "node1")), cib=Cib(()))
    assert found(judgement) == [("no-drbd", "DRBD has no resource on this node")]


def test_unknown_crm_mon_leaves_out_what_is_configured() -> None:
    judgement = judged(resource(), view=cluster(primitive("p", "node1")))
    assert found(judgement) == [("not-matched", "crm_mon does not list p_r0: not compared with DRBD")]


OTHERS = Path("made/promotion-banned-by-drbd")


def test_unknown_drbd_is_not_set_up() -> None:
    assert replay(CHECK, "--from", str(RECORDINGS / OTHERS)) == (3, "HA_DRBD UNKNOWN - DRBD is not set up here\n")


def test_the_module_alone_is_reason_enough(tmp_path: Path) -> None:
    """Who runs this command on a node whose DRBD Pacemaker does not know gets to know how it is."""
    recording = RECORDINGS / "drbd" / "resync"
    for path in (recording / "node2").iterdir():
        text = path.read_text(encoding="utf-8").replace("ocf:linbit:drbd", "ocf:pacemaker:Stateful")
        text = text.replace('provider="linbit" type="drbd"', 'provider="pacemaker" type="Stateful"')
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    code, output = replay(CHECK, "--from", str(tmp_path))
    assert (code, output.partition(" | ")[0]) == (
        1, "HA_DRBD WARNING - r0/0: resync from node1, 50 % done, about 38s left",
    )  # fmt: skip
