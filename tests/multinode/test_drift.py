"""How the nodes differ: each item, with who differs from whom."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from check_ha.core.check import Judgement
from check_ha.core.finding import nodes
from check_ha.model.view import (
    NO_FILE,
    RUNNING,
    STOPPED,
    ConfiguredView,
    ConfView,
    DaemonsView,
    FailedToolView,
    SectionView,
    VersionsView,
)
from check_ha.multinode.answers import Answer
from check_ha.multinode.drift import DriftOptions, judge
from tests.checks.build import lines
from tests.multinode.views import answer, corosync, found, measured, pacemaker, silent, stopped, three, view, views

OTHER_CONF = ConfView("bb", (SectionView("logging", "l1"), SectionView("quorum", "q2"), SectionView("totem", "t1")))
NEWER = VersionsView("3.1.9", "3.0.0-1", "3.20.0")


def judged(*given: Any, **options: Any) -> Judgement:
    return judge(views(*given), DriftOptions(**options))


def two(**more: Any) -> Tuple[Any, ...]:
    """Two nodes, the second of which is different."""
    return view("node1"), view("node2", **more)


def third(**more: Any) -> Tuple[Any, ...]:
    """Three nodes, the last of which is different."""
    return three("node1"), three("node2"), three("node3", **more)


CASES: Dict[str, Tuple[Tuple[Any, ...], List[Tuple[str, str]]]] = {
    "ok-two": (two(), []),
    "ok-three": (third(), []),
    "warn-conf-of-one": (
        third(corosync_conf=OTHER_CONF),
        [("conf-differs", "corosync.conf of node3 differs from that of node1 and node2 in logging and quorum")],
    ),
    "warn-conf-of-two": (
        two(corosync_conf=OTHER_CONF),
        [("conf-differs", "corosync.conf of node2 differs from that of node1 in logging and quorum")],
    ),
    "warn-no-conf": (
        third(corosync_conf=ConfView(NO_FILE, ())),
        [("conf-differs", "node3 has no corosync.conf")],
    ),
    "warn-authkey": (
        third(authkey="00000000"),
        [("authkey-differs", "authkey of node3 differs from that of node1 and node2")],
    ),
    "warn-authkey-missing-and-different": (
        (three("node1", authkey="00000000"), three("node2", authkey=NO_FILE), three("node3")),
        [
            ("authkey-differs", "node2 has no authkey"),
            ("authkey-differs", "authkey of node3 differs from that of node1"),
        ],
    ),
    "ok-no-authkey-anywhere": ((view("node1", authkey=NO_FILE), view("node2", authkey=NO_FILE)), []),
    "warn-versions": (
        third(versions=NEWER),
        [
            ("versions-differ", "corosync version: 3.1.9 on node3, 3.1.7 on node1 and node2"),
            ("versions-differ", "pacemaker version: 3.0.0-1 on node3, 2.1.5-a3f44794f94 on node1 and node2"),
            ("feature-set-differs", "feature set: 3.20.0 on node3, 3.16.1 on node1 and node2"),
        ],
    ),
    "warn-cluster-name": (
        two(cluster="lab2"),
        [("cluster-name-differs", "cluster name: lab2 on node2, lab on node1")],
    ),
    "warn-config-version": (
        two(corosync=corosync("node2")._replace(config_version=2)),
        [("config-version-differs", "config_version: 2 on node2, 3 on node1")],
    ),
    "warn-node-id-of-another-name": (
        two(nodelist=(ConfiguredView(1, "node1"), ConfiguredView(2, "nodeB"))),
        [("node-ids-differ", "node id 2 is node2 for node1, nodeB for node2")],
    ),
    "warn-node-id-of-nobody": (
        third(nodelist=(ConfiguredView(1, "node1"), ConfiguredView(2, "node2"))),
        [("node-ids-differ", "node id 3 is node3 for node1 and node2, nobody for node3")],
    ),
    "ok-pacemaker-still-knows-a-removed-node-and-is-stopped-elsewhere": (
        (
            view("node1", pacemaker=pacemaker(nodes=("node1", "node2", "node3"))),
            view("node2", pacemaker=None, daemons=DaemonsView(RUNNING, STOPPED)),
        ),
        [],
    ),
    "warn-pacemaker-knows-another-name": (
        two(pacemaker=pacemaker(nodes=("node1", "other2"))),
        [("node-ids-differ", "node id 2 is node2 for node1, other2 for node2")],
    ),
    "warn-clock": (
        (answer(view("node1"), within=0.5), answer(view("node2", time=1795407003.0), within=0.5)),
        [("clock-differs", "the clock of node2 is 2.5 s ahead of that of node1")],
    ),
    "ok-clock-or-a-slow-answer": (
        (answer(view("node1"), within=0.5), answer(view("node2", time=1795407003.0), within=1.5)),
        [],
    ),
    "warn-clock-hours": (
        two(time=1795407000.0 - 10800),
        [("clock-differs", "the clock of node1 is 3 hours ahead of that of node2")],
    ),
    "warn-clock-minutes": (
        two(time=1795407000.0 + 600),
        [("clock-differs", "the clock of node2 is 10 minutes ahead of that of node1")],
    ),
    "unknown-authkey-told-by-one-only": (
        two(
            authkey=None,
            troubles=(FailedToolView("authkey.txt", "no-permission", "user nagios may not run sha256sum"),),
        ),
        [("not-told", "node2 does not report its authkey: user nagios may not run sha256sum")],
    ),
    "ok-authkey-told-by-none": (
        tuple(view(name, authkey=None) for name in ("node1", "node2")),
        [],
    ),
    "ok-stopped-node-does-not-tell-what-runs": ((view("node1"), stopped("node2")), []),
    "ok-remote-node": (
        (
            *two(),
            view(
                "remote1",
                corosync=None,
                corosync_conf=ConfView(NO_FILE, ()),
                authkey=NO_FILE,
                troubles=(FailedToolView("quorumtool-s.txt", "remote-node", "a remote node"),),
            ),
        ),
        [],
    ),
    "unknown-cannot-be-asked": (
        (*third()[:2], silent("node3")),
        [("not-answering", "node3 cannot be asked (no answer within 4 s)")],
    ),
    "unknown-unreadable": (
        (*third()[:2], Answer("node3", reason="a view that is not JSON", unreadable=True)),
        [("unreadable", "node3 sent a view that is not JSON")],
    ),
    "unknown-nobody": (
        (silent("node1"), silent("node2")),
        [("too-few-views", "no node could be asked: node1: no answer within 4 s; node2: no answer within 4 s")],
    ),
    "unknown-one-view": (
        (view("node1"),),
        [("too-few-views", "there is only the view of node1, and none to compare it with")],
    ),
    "unknown-one-view-that-tells-of-no-cluster": (
        (view("node1", corosync=None, pacemaker=None, nodelist=None),),
        [("too-few-views", "there is only the view of node1, and none to compare it with")],
    ),
    "ok-cluster-of-one-node": ((view("node1", nodelist=(), pacemaker=pacemaker(nodes=("node1",))),), []),
    "unknown-nothing-told": (
        tuple(
            stopped(
                name,
                nodelist=None,
                corosync_conf=None,
                authkey=None,
                cluster=None,
                troubles=(),
                versions=VersionsView(None, None, None),
            )
            for name in ("node1", "node2")
        ),
        [("not-told", "node1 and node2 tell nothing that could be compared")],
    ),
    "unknown-one-tells-nothing": (
        two(
            nodelist=None,
            corosync_conf=None,
            authkey=None,
            cluster=None,
            corosync=None,
            pacemaker=None,
            versions=VersionsView(None, None, None),
        ),
        [("not-told", "node2 tells nothing that could be compared")],
    ),
    "unknown-nothing-in-common": (
        (
            view("node1", nodelist=None, corosync=None, pacemaker=None, cluster=None, corosync_conf=None),
            view("node2", versions=VersionsView(None, None, None), authkey=None),
        ),
        [
            ("not-told", "nothing could be compared: node1 and node2 report nothing in common"),
            ("not-told", "node1 does not report its corosync.conf: it does not say why"),
            ("not-told", "node2 does not report its authkey: it does not say why"),
            ("not-told", "node2 does not report its corosync version: it does not say why"),
            ("not-told", "node2 does not report its pacemaker version: it does not say why"),
            ("not-told", "node2 does not report its feature set: it does not say why"),
            ("not-told", "node1 does not report its cluster name: it does not say why"),
            ("not-told", "node1 does not report its config_version: it does not say why"),
            ("not-told", "node1 does not report its node ids of corosync: it does not say why"),
            ("not-told", "node1 does not report its node ids of Pacemaker: it does not say why"),
        ],
    ),
    "unknown-not-told-without-a-reason": (
        third(corosync_conf=None),
        [("not-told", "node3 does not report its corosync.conf: it does not say why")],
    ),
    "warn-two-clusters-the-larger-is-compared": (
        (*two(authkey="00000000"), view("node5", nodelist=(), cluster=None, pacemaker=pacemaker(nodes=("node5",)))),
        [
            ("authkey-differs", "authkey of node2 differs from that of node1"),
            ("not-one-cluster", "node5 is not in one cluster with node1 and node2 (cluster lab)"),
        ],
    ),
    "unknown-two-clusters": (
        (view("node1"), view("node5", nodelist=(), cluster=None, pacemaker=pacemaker(nodes=("node5", "node6")))),
        [
            ("too-few-views", "there is only the view of node1, and none to compare it with"),
            ("not-one-cluster", "node5 is not in one cluster with node1 (cluster lab)"),
        ],
    ),
}


@pytest.mark.parametrize(("given", "wanted"), CASES.values(), ids=CASES)
def test_findings(given: Tuple[Any, ...], wanted: List[Tuple[str, str]]) -> None:
    assert found(judged(*given)) == wanted


def test_max_offset() -> None:
    assert found(judged(*two(time=1795407003.0), max_offset=5.0)) == []


def test_summary_says_what_was_not_compared() -> None:
    assert judged(*third()).summary == (
        "node1, node2 and node3 agree on corosync.conf, authkey, corosync version, pacemaker version, feature set, "
        "cluster name, config_version, node ids and clock"
    )
    assert judged(*(view(name, authkey=None) for name in ("node1", "node2"))).summary.endswith(
        "; not known on any node: authkey"
    )


def test_summary_claims_nothing_that_one_node_alone_tells() -> None:
    """Corosync and Pacemaker are stopped on node2."""
    silent_view = stopped("node2", nodelist=None, cluster=None, versions=VersionsView("3.1.7", None, None))
    assert judged(view("node1"), silent_view).summary == (
        "node1 and node2 agree on corosync.conf, authkey, corosync version and clock; "
        "node2 does not report pacemaker version, feature set, cluster name, config_version and node ids"
    )
    assert judged(view("node1"), view("node3"), silent_view).summary == (
        "node1, node3 and node2 agree on corosync.conf, authkey, corosync version, pacemaker version, feature set, "
        "cluster name, config_version, node ids and clock; "
        "node2 does not report pacemaker version, feature set, cluster name, config_version and node ids"
    )


def test_measures() -> None:
    assert measured(judged(*two(time=1795407003.0, authkey="00000000"), silent("node3"))) == {
        "cluster.nodes.asked.count": 3,
        "cluster.nodes.answering.count": 2,
        "cluster.differences.count": 2,
        "node2#node.clock.offset.seconds": 2.7,
    }


def test_details() -> None:
    assert lines(judged(view("node1", authkey=None), silent("node2"))) == (
        "node1: corosync.conf aa, authkey not known, corosync version 3.1.7, pacemaker version 2.1.5-a3f44794f94, "
        "feature set 3.16.1, cluster name lab, config_version 3",
        "node2: no view: no answer within 4 s",
    )


@pytest.mark.parametrize("given", [given for given, _ in CASES.values()], ids=CASES)
def test_every_finding_has_subjects_that_its_text_names(given: Tuple[Any, ...]) -> None:
    """The node that differs first."""
    for finding in judged(*given).findings:
        assert finding.subjects
        assert all(one.name in finding.text for one in finding.subjects)


def test_who_differs_comes_first() -> None:
    (finding,) = judged(*third(authkey="00000000")).findings
    assert finding.subjects == nodes("node3", "node1", "node2")
