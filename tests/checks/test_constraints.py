"""Did a move or a ban leave a constraint behind?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import pytest

from check_ha.checks.constraints import CHECK, ConstraintOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.finding import CONSTRAINT, NODE, RESOURCE, Subject
from check_ha.core.options import regex
from check_ha.model.cib import Cib, ConfiguredPrimitive, DateExpression, Expression, Location, Moment, Rule
from check_ha.model.cluster import INFINITY, Ban, Cluster, ClusterOptions
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, group, lines, measured, node, primitive
from tests.replay import SAMPLES, replay

NOW = 1_000_000.0
CLEAR_P = "crm_resource --clear --resource p"
CLEAR_G = "crm_resource --clear --resource g"


def view(*bans: Ban) -> Cluster:
    """Three nodes, a group of one and a clone."""
    return cluster(
        group("g", primitive("p", "node1")),
        clone("c-clone", primitive("c", "node1"), primitive("c", "node2")),
        nodes=(node("node1"), node("node2"), node("node3")),
        bans=bans,
        options=ClusterOptions(symmetric=True),
    )


def shown(name: str, resource: str = "p", on: str = "node1", promoted_only: bool = False) -> Ban:
    return Ban(name, resource, on, -INFINITY, promoted_only)


def cib(*locations: Location) -> Cib:
    return Cib(tuple(ConfiguredPrimitive(name, "ocf:pacemaker:Dummy") for name in ("p", "c")), locations=locations)


BAN = Location("cli-ban-p-on-node1", ("p",), "node1", -INFINITY)
PREFERENCE = Location("cli-prefer-g", ("g",), "node2", INFINITY)


def limited(end: Optional[Moment], kind: str = "cli-ban-p-on-node1", resource: str = "p") -> Location:
    node = "node2" if kind.startswith("cli-prefer") else "node1"
    parts = (Expression("#uname", "eq", node), DateExpression("lt", end=end))
    return Location(kind, (resource,), rules=(Rule(f"{kind}-rule", parts, score=-INFINITY),))


def at(seconds: float) -> Moment:
    return Moment("2026-11-24 01:20:38 +01:00", seconds, seconds)


def judged(
    view: Optional[Cluster],
    cib: Optional[Cib],
    previous: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> Judgement:
    made = evidence({CRM_MON: view, CIBADMIN: cib}, previous)._replace(now=NOW)
    return judge(made, ConstraintOptions(**options))


CASES: Dict[str, Tuple[Optional[Cluster], Optional[Cib], Found]] = {
    "ok-none": (view(), cib(), []),
    "ok-another-ban": (view(shown("location-p")), cib(Location("location-p", ("p",), "node1", -INFINITY)), []),
    "unknown-nothing-was-read": (None, None, []),
    "warn-ban": (
        view(shown("cli-ban-p-on-node1")),
        cib(BAN),
        [("cli-ban", f"p is banned by hand from node1, 2 nodes are left: {CLEAR_P}")],
    ),
    "warn-ban-with-one-node-left": (
        view(shown("cli-ban-p-on-node1"), shown("location-p", on="node3")),
        cib(BAN),
        [("cli-ban", f"p is banned by hand from node1, only node2 is left: {CLEAR_P}")],
    ),
    "warn-ban-with-no-node-left": (
        view(shown("cli-ban-p-on-node1"), shown("x", on="node2"), shown("y", on="node3")),
        cib(BAN),
        [("cli-ban", f"p is banned by hand from node1, no nodes are left: {CLEAR_P}")],
    ),
    "warn-ban-where-the-cib-cannot-be-read": (
        view(shown("cli-ban-p-on-node1")),
        None,
        [("cli-ban", f"p is banned by hand from node1, 2 nodes are left: {CLEAR_P}")],
    ),
    "warn-ban-where-crm-mon-cannot-be-read": (
        None,
        cib(BAN),
        [("cli-ban", f"p is banned by hand from node1: {CLEAR_P}")],
    ),
    "warn-ban-from-promotion": (
        view(),
        cib(Location("cli-ban-c-clone-on-node2", ("c-clone",), "node2", -INFINITY, promoted_only=True)),
        [
            (
                "cli-ban",
                "c-clone is banned by hand from being promoted on node2: crm_resource --clear --resource c-clone",
            )
        ],
    ),
    "warn-ban-that-clear-does-not-find": (
        view(),
        cib(Location("cli-standby-p", ("p",), "node1", -INFINITY)),
        [
            (
                "cli-ban",
                "p is banned by hand from node1, 3 nodes are left: "
                "cibadmin --delete --xml-text '<rsc_location id=\"cli-standby-p\"/>'",
            )
        ],
    ),
    "warn-preference": (view(), cib(PREFERENCE), [("cli-prefer", f"g is tied to node2 by a move: {CLEAR_G}")]),
    "warn-preference-of-the-promoted-role": (
        view(),
        cib(PREFERENCE._replace(promoted_only=True)),
        [("cli-prefer", f"the promoted role of g is tied to node2 by a move: {CLEAR_G}")],
    ),
    "warn-both": (
        None,
        cib(BAN, PREFERENCE),
        [
            ("cli-ban", f"p is banned by hand from node1: {CLEAR_P}"),
            ("cli-prefer", f"g is tied to node2 by a move: {CLEAR_G}"),
        ],
    ),
    "warn-ban-that-expires": (
        view(shown("cli-ban-p-on-node1-rule")),
        cib(limited(at(NOW + 2520))),
        [
            (
                "expires",
                "p is banned by hand from node1 until 2026-11-24 01:20:38 +01:00 (in 42m), "
                f"2 nodes are left: {CLEAR_P}",
            )
        ],
    ),
    "warn-preference-that-expires": (
        view(),
        cib(limited(at(NOW + 1), "cli-prefer-g", "g")),
        [("expires", f"g is tied to node2 by a move until 2026-11-24 01:20:38 +01:00 (in 1s): {CLEAR_G}")],
    ),
    "ok-ban-that-has-expired": (view(), cib(limited(at(NOW))), []),
    "ok-preference-that-has-expired": (view(), cib(limited(at(NOW - 1), "cli-prefer-g", "g")), []),
    "warn-ban-that-has-expired-and-pacemaker-has-not-noticed": (
        view(shown("cli-ban-p-on-node1-rule")),
        cib(limited(at(NOW - 1))),
        [
            (
                "expires",
                f"p is banned by hand from node1 until 2026-11-24 01:20:38 +01:00 (now), 2 nodes are left: {CLEAR_P}",
            )
        ],
    ),
    "warn-end-without-zone": (
        None,
        cib(limited(Moment("2026-11-24 01:20:38", NOW - 1, NOW + 1))),
        [("expires", f"p is banned by hand from node1 until 2026-11-24 01:20:38: {CLEAR_P}")],
    ),
    "warn-end-not-understood": (
        None,
        cib(limited(Moment("soon"))),
        [("expires", f"p is banned by hand from node1 until soon: {CLEAR_P}")],
    ),
    "warn-no-end": (
        None,
        cib(limited(None)),
        [("expires", f"p is banned by hand from node1 for a limited time (its end is not known): {CLEAR_P}")],
    ),
    "warn-ban-that-expires-where-the-cib-cannot-be-read": (
        view(shown("cli-ban-p-on-node1-rule")),
        None,
        [
            (
                "expires",
                "p is banned by hand from node1 for a limited time (its end is not known), "
                f"2 nodes are left: {CLEAR_P}",
            )
        ],
    ),
}


@pytest.mark.parametrize(("view", "cib", "findings"), CASES.values(), ids=CASES.keys())
def test_findings(view: Optional[Cluster], cib: Optional[Cib], findings: Found) -> None:
    assert found(judged(view, cib)) == findings


def test_every_condition_has_a_test() -> None:
    tested = {name for *_, findings in CASES.values() for name, _ in findings}
    assert {condition.name for condition in CHECK.conditions} - tested == {"filtered-out"}


SINCE = {"cli-ban-p-on-node1": NOW - 3600}


@pytest.mark.parametrize(
    ("previous", "grace", "since"),
    [
        (None, 0.0, ""),
        (None, 7200.0, ""),
        ({}, 0.0, ""),
        ({}, 1.0, None),
        ({"first": SINCE}, 0.0, ", first seen 1h ago"),
        ({"first": SINCE}, 3600.0, ", first seen 1h ago"),
        ({"first": SINCE}, 3601.0, None),
        ({"first": {"cli-ban-p-on-node1": NOW + 1}}, 1.0, ""),
        ({"first": {"cli-ban-p-on-node1": None}}, 1.0, ""),
        ({"first": {"cli-ban-p-on-node1": "x"}}, 1.0, None),
        ({"first": [1]}, 1.0, None),
    ],
    ids=[
        "warn-no-state",
        "warn-no-state-no-grace",
        "warn-first-run",
        "ok-first-run-with-grace",
        "warn-seen-before",
        "warn-grace-is-over",
        "ok-within-grace",
        "warn-seen-in-the-future",
        "warn-clock-was-set-back-before",
        "ok-state-that-is-no-number",
        "ok-state-that-is-no-object",
    ],
)
def test_grace(previous: Optional[Mapping[str, Any]], grace: float, since: Optional[str]) -> None:
    findings = found(judged(None, cib(BAN), previous, grace=grace))
    text = f"p is banned by hand from node1{since}: {CLEAR_P}"
    assert findings == ([] if since is None else [("cli-ban", text)])


def test_grace_from_run_to_run(tmp_path: Path) -> None:
    """The whole way, with a state directory: the first run has one, though there is nothing in it yet."""
    recorded, state = str(SAMPLES / "cli-ban" / "node1"), tmp_path / "state"

    def run(*argv: str) -> int:
        return replay(CHECK, "--from", recorded, "--grace", "1h", *argv)[0]

    assert run("--state-dir", str(state)) == 0
    assert run("--state-dir", str(state)) == 0
    (file,) = state.iterdir()
    content = json.loads(file.read_text(encoding="utf-8"))
    content["first"] = {name: seen - 3600 for name, seen in content["first"].items()}
    file.write_text(json.dumps(content), encoding="utf-8")
    assert run("--state-dir", str(state)) == 1
    assert run() == 1, "without state there is no grace"
    assert run("--state-dir", "/proc/check_ha") == 1, "nor where none can be kept"


def test_remember() -> None:
    assert judged(view(), cib()).remember == {"first": {}}
    assert judged(view(), cib(BAN, PREFERENCE), {"first": SINCE}).remember == {
        "first": {"cli-ban-p-on-node1": NOW - 3600, "cli-prefer-g": NOW}
    }
    assert judged(view(), cib(), {"first": SINCE}).remember == {"first": {}}, "it is gone"
    assert judged(view(), None, {"first": SINCE}).remember == {"first": SINCE}, "who knows"
    assert judged(None, None, {"first": SINCE}).remember is None
    future = {"first": {"cli-ban-p-on-node1": NOW + 9}}
    assert judged(view(), cib(BAN), future).remember == {"first": {"cli-ban-p-on-node1": None}}, "the clock went back"
    assert "first seen at an unknown time" in lines(judged(view(), cib(BAN), future))[0]
    assert judged(view(), cib(limited(at(NOW)))).remember == {"first": {}}, "it has expired"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"include": ["g"]}, ["cli-prefer"]),
        ({"exclude": ["g|c-clone"]}, ["cli-ban"]),
        ({"include": ["c"]}, []),
        ({"include": ["c-clone"]}, []),
        ({"include": ["x"]}, ["filtered-out"]),
        ({"exclude": [".*"]}, ["filtered-out"]),
    ],
)
def test_filters(given: Dict[str, List[str]], names: List[str]) -> None:
    options: Dict[str, Any] = {key: tuple(map(regex, texts)) for key, texts in given.items()}
    judgement = judged(view(), cib(BAN, PREFERENCE), **options)
    assert [name for name, _ in found(judgement)] == names
    assert measured(judgement)["cluster.constraints.left.count"] == 2, "whatever is filtered"


def test_measures() -> None:
    expired = limited(at(NOW), "cli-prefer-c", "c")
    assert measured(judged(None, cib(BAN, PREFERENCE, expired))) == {
        "cluster.constraints.left.count": 2,
        "cluster.constraints.bans.count": 1,
        "cluster.constraints.preferences.count": 1,
        "cluster.constraints.expired.count": 1,
    }
    assert measured(judged(view(shown("cli-ban-p-on-node1")), None)) == {"cluster.constraints.bans.count": 1}
    assert measured(judged(None, None)) == {}


def test_summary() -> None:
    assert judged(view(), cib()).summary == ("4 resources, 0 location constraints, none left behind by a move or ban")
    assert judged(view(), None).summary == "4 resources, none left behind by a move or ban"
    within = judged(view(), cib(BAN), {}, grace=60.0, include=(regex("p"),))
    assert within.summary == (
        "1 resource, 1 location constraint, none left behind by a move or ban but 1 younger than --grace"
    )
    assert judged(None, None).summary == "no constraints were read"


def test_details_and_advice() -> None:
    judgement = judged(None, cib(BAN, limited(at(NOW), "cli-prefer-g", "g")), {"first": SINCE})
    assert lines(judgement) == (
        f"cli-ban-p-on-node1: p is banned by hand from node1, first seen 1h ago; {CLEAR_P}",
        "cli-prefer-g: g is tied to node2 by a move, ends 2026-11-24 01:20:38 +01:00, not in effect; " + CLEAR_G,
    )
    (finding,) = judgement.findings
    assert finding.advice == ""
    assert finding.commands == (CLEAR_P, "crm resource clear p", "pcs resource clear p")
    assert finding.subjects == (
        Subject(RESOURCE, "p"), Subject(NODE, "node1"), Subject(CONSTRAINT, "cli-ban-p-on-node1"),
    )  # fmt: skip
