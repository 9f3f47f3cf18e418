"""check_ha --human: what a person at a terminal sees. Whole pictures are in tests/expected_human."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any, List

import pytest

from check_ha.cli.register import CHECKS
from check_ha.output.canvas import Style, fits, flow, line, paragraph, rendered, span, table
from tests.generate import Big
from tests.generate_node import write
from tests.needed import program
from tests.replay import RECORDINGS, SAMPLES, always, picture_of, replay_all

CRASHED = SAMPLES / "node-crashed" / "node1"


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, directory: Path, **environment: str) -> str:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", "COLUMNS": "80", **environment}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("tests.replay.io.StringIO", lambda: terminal)
    replay_all("--human", "--from", str(directory))
    return terminal.getvalue()


def test_colours_on_a_terminal_go_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = picture_of(CRASHED)[1]
    coloured = on_terminal(monkeypatch, CRASHED)
    lines = coloured.split("\n")
    assert lines[0].startswith("\033[1;31mHA CRITICAL \033[0mcluster lab, seen from node1, ")
    assert "  \033[1;31mnode2\033[0m  \033[1;31moffline\033[0m" in coloured
    assert "  \033[32mnode1\033[0m  \033[32monline, DC, this node\033[0m" in coloured
    assert "\033[1;31mDOWN 198.51.100.2\033[0m" in coloured
    for code in ("0", "1", "2", "32", "33", "35", "1;31"):
        coloured = coloured.replace(f"\033[{code}m", "")
    assert coloured == plain


ASK_FIRST = [
    "First       before you mend the network or start anything, see whether node2",
    "            still runs something: look there, or ask on the monitoring server:",
    "            check_ha_split_brain --node node1 --node node2",
]


@pytest.mark.parametrize(
    ("directory", "first"),
    [
        (SAMPLES / "split-brain-2node" / "node1", ASK_FIRST),
        (SAMPLES / "unclean-fence-fails" / "node1", [*ASK_FIRST[:2], f"{ASK_FIRST[2]} --node node3"]),
        (RECORDINGS / "pacemaker-2.1.5" / "node3-fenced-offline", []),
        (SAMPLES / "fenced-and-back" / "node1", []),
        (SAMPLES / "healthy-2node" / "node1", []),
    ],
    ids=["split-brain", "unclean-and-fencing-fails", "fenced-and-still-down", "fenced-and-back", "healthy"],
)
def test_the_first_step_while_a_node_may_be_up_and_cut_off(directory: Path, first: List[str]) -> None:
    lines = picture_of(directory)[1].splitlines()
    checks = next(number for number, one in enumerate(lines) if one.startswith("Checks"))
    assert [one for one in lines[:checks] if one.startswith("First") or "split_brain" in one or "still" in one] == first


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_for_who_wants_none(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = picture_of(CRASHED)[1]
    assert on_terminal(monkeypatch, CRASHED, **environment) == plain


def test_an_empty_no_color_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\033[" in on_terminal(monkeypatch, CRASHED, NO_COLOR="")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 132, 500])
@pytest.mark.parametrize("sample", ["unclean-fence-fails/node1", "permission-denied/node1", "udpu-healthy/node1"])
def test_every_line_fits_but_commands_that_are_there_to_be_copied(columns: int, sample: str) -> None:
    lines = picture_of(SAMPLES / sample, columns)[1].split("\n")
    limit = min(max(columns, 40), 120)
    assert [one for one in lines if len(one) > limit and not one.startswith(" " * 11) and "/" not in one] == []
    assert all(one == one.rstrip() for one in lines)
    assert max(map(len, lines)) > 60 or columns < 80


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("three") / "node1"
    write(Big(11, 3), directory)
    return directory


def test_all_is_well(healthy: Path) -> None:
    assert picture_of(healthy) == (
        0,
        f"""\
HA OK       cluster big, seen from node1, 2026-11-23 04:07:07, DC node1,
            Pacemaker 2.1.5
Checks      {len(always())} ok
Nodes
  node1  online, DC, this node  4 resources  1 vote
  node2  online                 4 resources  1 vote
  node3  online                 0 resources  1 vote
Votes       3 of 3, 2 needed: quorate
Links       from node1, knet
         link 0             link 1
  node2  up   198.51.100.2  up   203.0.113.2
  node3  up   198.51.100.3  up   203.0.113.3
Virtual IPs
  p_0  10.16.0.1  on node1  on interface pub0 here
  p_4  10.16.0.2  on node2
Resources   all 11 resources run
Nothing to do.
""",
    )


def test_what_an_old_crm_mon_does_not_list_is_shown_all_the_same() -> None:
    _, picture = picture_of(RECORDINGS / "founding" / "23-pcmk1.1.10-failed-stop-blocked" / "node1")
    assert "\n".join(picture.partition("\nFailures\n")[2].splitlines()[:2]) == (
        "  11s ago  p_knob  stop on node2 failed (unknown error)\n"
        "  21s ago  IPaddr  monitor on node1 failed (not running)"
    )


def test_the_plugin_of_corosync_1_counts_the_votes_and_names_the_members() -> None:
    _, picture = picture_of(RECORDINGS / "founding" / "14-ver0-corosync-stopped-node2" / "node1")
    lines = picture.splitlines()
    at = lines.index("Nodes")
    assert lines[at + 1 : at + 8] == [
        "  node1  online, DC, this node  0 resources  1 vote",
        "  node2  offline                0 resources  no vote",
        "Votes       1 of 2, 2 needed: NO QUORUM by Pacemaker's own count",
        "Rings",
        "  ring 0  198.51.100.1  ring 0 active with no faults",
        "  ring 1  203.0.113.1   ring 1 active with no faults",
        "  node2  NOT a member",
    ]


def test_what_nobody_was_asked_for_is_left_out(healthy: Path) -> None:
    others = [name for name in CHECKS if name != "rings"]
    argv = [word for name in others for word in ("--skip", name)]
    code, output = replay_all("--human", "--from", str(healthy), *argv)
    assert code == 0
    assert output.splitlines() == [
        "HA OK       cluster big, seen from node1, 2026-11-23 04:07:07 UTC",
        "Checks      1 ok",
        "Links       from node1, knet",
        "         link 0             link 1",
        "  node2  up   198.51.100.2  up   203.0.113.2",
        "  node3  up   198.51.100.3  up   203.0.113.3",
        "Nothing to do.",
    ]


def test_of_many_only_those_that_are_not_well(tmp_path: Path) -> None:
    write(Big(400, 40, dead=7, failed=30), tmp_path / "node1")
    code, output = picture_of(tmp_path / "node1")
    lines = output.splitlines()
    assert code == 2
    assert len(lines) < 100
    assert "  node7  UNCLEAN (offline)  12 resources  no vote" in lines
    assert "  and 39 more nodes: node1, node2, node3, node4, node5, node6, node8 and 32 more" in lines
    assert "  node7  DOWN 198.51.100.7  DOWN 203.0.113.7  NOT a member" in lines
    assert "  and 38 more peers: node2, node3, node4, node5, node6, node8, node9 and 31 more" in lines
    assert "  p_3 (g_0)    Stopped (failed); should run" in lines
    assert not any(one.startswith("  p_0 (g_0)") for one in lines)
    assert "  1s ago  p_3   start on node1 failed (no such file)" in lines
    assert "  3s ago  node7  fencing failed (reboot by node8), 3 times so far" not in lines
    assert "  and 79 older" in lines
    assert lines[-1].startswith("  and ")
    assert lines[-1].endswith(" more: check_ha -vv")


def test_the_same_advice_is_given_once() -> None:
    output = picture_of(SAMPLES / "failed-start-everywhere" / "node1")[1]
    assert output.count("crm_resource --cleanup --resource p_single") == 1


def test_hostile_names_do_nothing_to_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "node1"
    shutil.copytree(SAMPLES / "failed-start-everywhere" / "node1", directory)
    path = directory / "crm_mon.xml"
    text = path.read_text(encoding="utf-8")
    hostile = "x&#x9b;2J|y&#10;z&#9;&#x202e;\u202e"
    text = text.replace('"p_single"', f'"p_single{hostile}"').replace('"node2"', f'"node2{hostile}"')
    path.write_text(text.replace("knob set to 1", f"knob {hostile}"), encoding="utf-8")
    for output in (picture_of(directory)[1], on_terminal(monkeypatch, directory, NO_COLOR="1")):
        assert all(one.isprintable() for one in output.split("\n")), output
        assert "p_singlex?2J/y z ??" in output


def test_table_puts_what_does_not_fit_into_further_lines() -> None:
    rows = [(span("node1"), span("online"), span("nothing is wrong with this node at all")), (span("n2"), span("off"))]
    assert texts(table(rows, 80)) == ["  node1  online  nothing is wrong with this node at all", "  n2     off"]
    assert texts(table(rows, 40)) == [
        "  node1  online  nothing is wrong with",
        "                 this node at all",
        "  n2     off",
    ]
    assert texts(table(rows, 30)) == [
        "  node1  online",
        "    nothing is wrong with this",
        "    node at all",
        "  n2     off",
    ]
    assert fits(rows, 80)
    assert not fits(rows, 40)
    assert table([], 80) == []
    assert table([()], 80) == []


def test_table_puts_the_rest_below_the_first_cell_where_nothing_fits() -> None:
    rows = [(span("a-very-long-name-of-a-node"), span("on-line"), span("5 resources")), (span("n2"), span("off"))]
    assert texts(table(rows, 30)) == ["  a-very-long-name-of-a-node", "    on-line  5 resources", "  n2", "    off"]


def test_paragraph_beside_its_head() -> None:
    text = "one two three four five six seven"
    assert texts(paragraph([span("Head  ")], text, 30)) == ["Head  one two three four five", "      six seven"]
    assert texts(paragraph([span("A very long head indeed  ")], text, 30)) == [
        "A very long head indeed",
        "    one two three four five",
        "    six seven",
    ]
    assert texts(paragraph([span("Head")], "", 30)) == ["Head"]


def test_flow_of_words() -> None:
    groups = [("CRITICAL: nodes, rings", Style.BAD), ("3 ok", Style.GOOD)]
    assert texts(flow("Checks", groups, 40)) == ["Checks      CRITICAL: nodes, rings  3 ok"]
    assert texts(flow("Checks", groups, 30)) == ["Checks      CRITICAL: nodes,", "            rings  3 ok"]


def test_colours_are_put_around_texts_that_have_one() -> None:
    lines = [line(span("a", Style.GOOD), span(" "), span("b")), line(span("", Style.BAD))]
    assert rendered(lines, True) == "\033[32ma\033[0m b\n\n"
    assert rendered(lines, False) == "a b\n\n"


def texts(lines: List[Any]) -> List[str]:
    return rendered(lines, False).splitlines()


def test_what_the_loss_of_each_node_comes_to_where_it_is_asked_for() -> None:
    program("crm_simulate", "pacemaker-cli-utils")
    code, text = replay_all("--human", "--failover", "--from", str(SAMPLES / "cli-ban" / "node1"))
    assert code == 1
    picture = text.partition("If one dies")[2].partition("What to do")
    assert picture[0] == (
        " 1 of 2 nodes may be lost\n"
        "  node1  quorum is left (1 of 2 votes); p_vip, p_app -> node2; cl_ping on 1 of\n"
        "         2; ms_db promoted on node2; ms_db on 1 of 2; nothing lost\n"
        "  node2  quorum is left (1 of 2 votes); cl_ping on 1 of 2; ms_db on 1 of 2;\n"
        "         LOST: p_single\n"
    )
    assert "  WARNING  failover: if node2 dies, p_single runs nowhere" in picture[2]
