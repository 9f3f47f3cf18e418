"""check_ha_view from start to end: one line of JSON that fits, whatever the node is like."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from check_ha.cli import view as command
from check_ha.model.view import (
    AddressView,
    ConfiguredView,
    CutView,
    FailedToolView,
    FencingView,
    MemberView,
    NodeView,
    ResourceView,
    View,
    VipView,
)
from check_ha.output.view_text import LIMIT, view_text
from check_ha.parsers.view import parse_view
from tests.faketools import from_recording, write_tool
from tests.multinode.views import VIP, pacemaker, resource, view
from tests.replay import SAMPLES

SPLIT = SAMPLES / "split-brain-2node" / "node1"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*argv: str) -> Tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["check_ha_view", *argv])
        code = 0
        try:
            command.main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        assert captured.err == ""
        return code, captured.out

    return run


def test_a_recorded_node(run: Any) -> None:
    code, output = run("--from", str(SPLIT))
    assert code == 0
    assert output.count("\n") == 1
    values = json.loads(output)
    assert list(values)[:4] == ["schema", "check_ha", "time", "node"]
    assert (values["schema"], values["node"], values["cluster"]) == (1, "node1", "lab")
    assert len(output) < 4000


def test_live_is_as_recorded(run: Any, tmp_path: Path) -> None:
    from_recording(SPLIT, tmp_path)
    code, output = run("--tools", str(tmp_path), "-t", "20")
    recorded = parse_view(run("--from", str(SPLIT))[1].encode())
    live = parse_view(output.encode())
    assert code == 0
    assert live._replace(time=recorded.time, troubles=()) == recorded._replace(troubles=())


@pytest.mark.parametrize("sample", ["corosync-hung/node2", "corosync-stopped/node2", "permission-denied/node1"])
def test_an_ill_node_has_a_view_too(run: Any, sample: str) -> None:
    code, output = run("--from", str(SAMPLES / sample))
    assert code == 0
    assert parse_view(output.encode()).corosync is None


def test_a_tool_that_hangs(run: Any, tmp_path: Path) -> None:
    from_recording(SPLIT, tmp_path)
    write_tool(tmp_path, "corosync-quorumtool", "exec sleep 100")
    code, output = run("--tools", str(tmp_path), "-t", "1.5")
    made = parse_view(output.encode())
    assert code == 0
    assert made.corosync
    assert (made.corosync.quorate, [member.name for member in made.corosync.members]) == (None, ["node1"])
    assert made.why("quorumtool-s.txt") == FailedToolView(
        "quorumtool-s.txt", "not-responding", "corosync does not answer: corosync-quorumtool -s: no answer within 1.5 s"
    )


def test_nothing_could_be_told(run: Any, tmp_path: Path) -> None:
    code, output = run("--tools", str(tmp_path))
    assert code == 3
    assert output.startswith("HA_VIEW UNKNOWN - nothing is known: crm_mon: not installed; cibadmin: not installed")


def test_no_recording(run: Any, tmp_path: Path) -> None:
    assert run("--from", str(tmp_path)) == (
        3,
        f"HA_VIEW UNKNOWN - {tmp_path} has no commands.json: check_ha_snapshot makes one\n",
    )


def test_help(run: Any) -> None:
    code, output = run("-h")
    assert code == 3
    assert "as one line of JSON" in output


# What does not fit


def large(*resources: ResourceView, **more: Any) -> View:
    return view("node1", pacemaker=pacemaker(*resources), **more)


def read(text: str) -> View:
    assert len(text) <= LIMIT
    return parse_view(text.encode())


def test_a_large_cluster_fits_whole() -> None:
    """16 nodes, 400 primitives, 40 virtual addresses."""
    nodes = tuple(NodeView(f"database{number}.example.net", str(number), True) for number in range(16))
    resources = [resource(f"p_application_{number}", nodes[number % 16].name) for number in range(400)]
    made = large(*resources, addresses=tuple(AddressView(f"192.0.2.{n}", "bond0.110") for n in range(40)))
    assert made.pacemaker
    made = made._replace(pacemaker=made.pacemaker._replace(nodes=nodes))
    assert read(view_text(made)) == made


def of_64_nodes(number: int, **more: Any) -> View:
    """The view of node1 in a cluster of 64 nodes with so many resources, in groups of four with a virtual IP each."""
    names = [f"node{one}.example.net" for one in range(1, 65)]
    placed = [resource(f"p_{one * 7919 % 100003:06}_app", names[one // 4 * 31 % 64]) for one in range(number)]
    vips = [VipView(placed[one].id, (f"10.0.{one >> 8}.{one & 255}",)) for one in range(0, number, 4)]
    made = view("node1", **{
        "vips": tuple(vips),
        "nodelist": tuple(ConfiguredView(one, name, (f"198.51.100.{one}",)) for one, name in enumerate(names, 1)),
        "pacemaker": pacemaker(*sorted(placed)),
        **more,
    })  # fmt: skip
    assert made.pacemaker
    assert made.corosync
    nodes = tuple(NodeView(name, str(one), True, expected_up=True) for one, name in enumerate(names, 1))
    members = tuple(MemberView(one, name, 1) for one, name in enumerate(names, 1))
    return made._replace(
        pacemaker=made.pacemaker._replace(nodes=nodes), corosync=made.corosync._replace(members=members)
    )


def test_64_nodes_with_2000_resources_fit_whole() -> None:
    made = of_64_nodes(2000)
    text = view_text(made)
    assert read(text) == made
    assert text.startswith('{"schema":2,"check_ha":"')
    assert text.isascii()
    assert "|" not in text


def test_what_fits_is_as_an_older_check_ha_reads_it() -> None:
    assert view_text(view("node1")).startswith('{"schema":1,"check_ha":"')


def test_what_is_cut_is_said_and_what_is_needed_most_is_kept() -> None:
    """Where a fence device is active, or a clone that is not promoted, is needed least: what may run once is told."""
    clones = [resource(f"a_{number}", "node1", "node2", cloned=True) for number in range(200)]
    devices = [resource(f"b_{number}", "node1", fencing=True) for number in range(200)]
    made = of_64_nodes(8000, vips=())
    assert made.pacemaker
    single = made.pacemaker.resources
    made = made._replace(pacemaker=made.pacemaker._replace(resources=(*clones, *devices, *single)))
    cut = read(view_text(made))
    assert cut.pacemaker
    kept = len(cut.pacemaker.resources)
    assert cut.cut == (CutView("resources", kept, 8400),)
    assert 4000 < kept < 8000
    assert cut.pacemaker.resources == single[:kept]
    assert cut._replace(pacemaker=made.pacemaker, cut=()) == made


def test_what_is_needed_least_is_cut_first() -> None:
    """Where that is enough; of the addresses those of virtual IPs are kept."""
    many = [AddressView(f"172.{n * 7919 % 251}.{n // 250}.{n % 250}", f"cali{n * 104729 % 99991}") for n in range(6000)]
    made = of_64_nodes(400, addresses=(*many, AddressView("10.0.0.4", "pub0")))
    cut = read(view_text(made))
    assert [(one.field, one.total) for one in cut.cut] == [("addresses", 6001)]
    assert cut.addresses
    assert cut.addresses[0] == AddressView("10.0.0.4", "pub0")
    assert 1000 < len(cut.addresses) < 6000


def test_everything_is_too_long() -> None:
    """Texts that cannot be compressed: all goes but what is needed most."""
    noise = random.Random(1)
    texts = ["".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=300)) for _ in range(900)]
    resources = pacemaker(*(resource(text, text) for text in texts[:300]))
    made = view(
        "node1",
        pacemaker=resources._replace(fencings=tuple(FencingView(text, text, text, 1.0) for text in texts[600:])),
        troubles=tuple(FailedToolView(text, text, text) for text in texts[300:600]),
    )
    cut = read(view_text(made))
    assert [(one.field, one.kept > 0) for one in cut.cut] == [
        ("sections", False), ("fencings", False), ("troubles", False), ("resources", True),
    ]  # fmt: skip


def test_a_limit_that_nothing_fits_in() -> None:
    made = parse_view(view_text(view("node1"), 100).encode())
    assert made.node == "node1"
    assert {one.field for one in made.cut if one.kept == 0} >= {"resources", "addresses", "nodelist"}


def test_long_texts_are_shortened() -> None:
    made = view("node1", troubles=(FailedToolView("crm_mon.xml", "unreadable", "x" * 5000),))
    assert read(view_text(made)).troubles[0].text == "x" * 300


def test_nothing_ends_the_line_or_starts_perfdata() -> None:
    names: List[str] = ["p|x", "p\nx", "p\u2028x", "p\x1b[2J", "p\ud800"]
    text = view_text(large(*(resource(name, "node1") for name in names)))
    assert text.isascii()
    assert text.isprintable()
    assert "|" not in text
    values: Dict[str, Any] = json.loads(text)
    assert [one["id"] for one in values["pacemaker"]["resources"]] == names


def test_addresses_of_the_view_are_those_carried() -> None:
    assert f'"address":"{VIP}"' in view_text(view("node1"))
