"""From judgement to output: the whole of it, and the exit code."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from check_ha.core.check import Judgement
from check_ha.core.finding import Finding, Row, Subject
from tests.cli.toys import BAD, COUNT, DARK, FINE, ODD, WEIGHT, echo, says, toy
from tests.replay import SAMPLES, replay

SOURCE = ("--from", str(SAMPLES / "healthy-2node" / "node1"))  # a toy asks no tool, wherever it is run


def shown(judgement: Judgement, *argv: str) -> Tuple[int, str]:
    return replay(toy(judgement), *SOURCE, *argv)


BAD_TOY, ODD_TOY = says(BAD, "teddy: torn"), says(ODD, "doll: blue")
DARK_TOY, FINE_TOY = says(DARK, "car: not found"), says(FINE, "ball: new")

ORDER = {
    "ok": ([], 0, "HA_TOY OK - 3 toys"),
    "ok-with-what-was-found": ([FINE_TOY], 0, "HA_TOY OK - 3 toys; ball: new"),
    "unknown": ([DARK_TOY], 3, "HA_TOY UNKNOWN - car: not found"),
    "unknown-over-ok": ([FINE_TOY, DARK_TOY], 3, "HA_TOY UNKNOWN - car: not found"),
    "warn-over-unknown": ([DARK_TOY, ODD_TOY], 1, "HA_TOY WARNING - doll: blue; car: not found"),
    "crit-over-unknown": ([DARK_TOY, BAD_TOY], 2, "HA_TOY CRITICAL - teddy: torn; car: not found"),
    "crit-over-all": (
        [FINE_TOY, DARK_TOY, ODD_TOY, BAD_TOY], 2, "HA_TOY CRITICAL - teddy: torn; doll: blue; car: not found",
    ),
    "equals-stay-in-their-order": ([says(ODD, "b"), says(ODD, "a")], 1, "HA_TOY WARNING - b; a"),
}  # fmt: skip


@pytest.mark.parametrize(("findings", "code", "line"), ORDER.values(), ids=ORDER)
def test_order_of_states(findings: List[Finding], code: int, line: str) -> None:
    if findings:
        assert shown(Judgement("3 toys", tuple(findings))) == (code, f"{line}\n")
    assert shown(Judgement("3 toys", tuple(findings), (COUNT.of(3),))) == (
        code,
        f"{line} | 'cluster.toys.count'=3;;;0\n",
    )


def test_nothing_at_all_is_unknown() -> None:
    assert shown(Judgement("3 toys")) == (3, "HA_TOY UNKNOWN - 3 toys\n")
    assert replay(toy(Judgement("no toys were read"), number=None), *SOURCE) == (
        3,
        "HA_TOY UNKNOWN - no toys were read\n",
    )


SEVERITIES = {
    "ok-bad-is-nothing-to-me": (["bad=ok"], 0, "HA_TOY OK - 3 toys; teddy: torn"),
    "warn-bad-is-odd": (["bad=warning"], 1, "HA_TOY WARNING - teddy: torn; doll: blue"),
    "unknown-is-not-above-warning": (["bad=unknown"], 1, "HA_TOY WARNING - doll: blue; teddy: torn"),
    "the-last-one-counts": (["bad=ok", "bad=critical"], 2, "HA_TOY CRITICAL - teddy: torn; doll: blue"),
    "crit-odd-is-bad": (["odd=critical"], 2, "HA_TOY CRITICAL - teddy: torn; doll: blue"),
}


@pytest.mark.parametrize(("severities", "code", "line"), SEVERITIES.values(), ids=SEVERITIES)
def test_severity(severities: List[str], code: int, line: str) -> None:
    findings = (BAD_TOY,) if "ok" in severities[-1] else (BAD_TOY, ODD_TOY)
    argv = [word for one in severities for word in ("--severity", one)]
    assert shown(Judgement("3 toys", findings), *argv) == (code, f"{line}\n")


def test_severity_of_what_is_only_said() -> None:
    assert shown(Judgement("3 toys", (FINE_TOY,)), "--severity", "fine=critical") == (
        2,
        "HA_TOY CRITICAL - ball: new\n",
    )


RANGES = {
    "ok-without-a-range": ([], 3, 0, "OK - 3 toys | 'cluster.toys.count'=3;;;0"),
    "ok-empty-range": (["-w", "", "-c", ""], 3, 0, "OK - 3 toys | 'cluster.toys.count'=3;;;0"),
    "ok-within": (["-w", "3"], 3, 0, "OK - 3 toys | 'cluster.toys.count'=3;3;;0"),
    "ok-none-lost": (["-w", "0", "-c", "0"], 0, 0, "OK - 3 toys | 'cluster.toys.count'=0;0;0;0"),
    "warn-any-lost": (
        ["-w", "0"], 1, 1, "WARNING - toys that are lost: 1 (outside range 0:0) | 'cluster.toys.count'=1;0;;0",
    ),
    "crit-any-lost": (
        ["-c", "0"], 1, 2, "CRITICAL - toys that are lost: 1 (outside range 0:0) | 'cluster.toys.count'=1;;0;0",
    ),
    "crit-over-warn": (
        ["-w", "0", "-c", "2"], 3, 2,
        "CRITICAL - toys that are lost: 3 (outside range 0:2) | 'cluster.toys.count'=3;0;2;0",
    ),
    "warn-too-few": (
        ["-w", "2:"], 1, 1, "WARNING - toys that are lost: 1 (outside range 2:) | 'cluster.toys.count'=1;2:;;0",
    ),
    "warn-inside": (
        ["-w", "@1:2"], 2, 1, "WARNING - toys that are lost: 2 (outside range @1:2) | 'cluster.toys.count'=2;@1:2;;0",
    ),
    "ok-below-zero": (["-w", "~:5"], -7, 0, "OK - 3 toys | 'cluster.toys.count'=-7;~:5;;0"),
}  # fmt: skip


@pytest.mark.parametrize(("argv", "number", "code", "line"), RANGES.values(), ids=RANGES)
def test_ranges(argv: List[str], number: int, code: int, line: str) -> None:
    assert shown(Judgement("3 toys", (), (COUNT.of(number),)), *argv) == (code, f"HA_TOY {line}\n")


def test_a_range_adds_to_what_was_found() -> None:
    judgement = Judgement("3 toys", (ODD_TOY,), (COUNT.of(1),))
    assert shown(judgement, "-c", "0") == (
        2,
        "HA_TOY CRITICAL - toys that are lost: 1 (outside range 0:0); doll: blue | 'cluster.toys.count'=1;;0;0\n",
    )


def test_a_range_is_held_against_what_is_judged_and_perfdata_is_complete() -> None:
    judgement = Judgement("3 toys", (), (COUNT.of(5, judged=0),))
    assert shown(judgement, "-w", "0") == (0, "HA_TOY OK - 3 toys | 'cluster.toys.count'=5;0;;0\n")
    judgement = Judgement("3 toys", (), (COUNT.of(5, judged=1),))
    assert shown(judgement, "-w", "0") == (
        1,
        "HA_TOY WARNING - toys that are lost: 1 (outside range 0:0) | 'cluster.toys.count'=5;0;;0\n",
    )


def test_perfdata() -> None:
    measures = (
        COUNT.of(3, maximum=9),
        WEIGHT.of(0.25, "teddy"),
        WEIGHT.of(1e-9, "feather", minimum=None),
        WEIGHT.of(1e17, "whale", maximum=2e17),
        WEIGHT.of(-1, "balloon", minimum=-2),
    )
    assert shown(Judgement("3 toys", (), measures)) == (
        0,
        "HA_TOY OK - 3 toys | 'balloon#toy.weight.kilograms'=-1;;;-2 'cluster.toys.count'=3;;;0;9 "
        "'feather#toy.weight.kilograms'=0 'teddy#toy.weight.kilograms'=0.25;;;0 "
        "'whale#toy.weight.kilograms'=100000000000000000;;;0;200000000000000000\n",
    )


def test_perfdata_of_hostile_names() -> None:
    names = ("it's", "it=s", "it#s", "a|b\n", "\033[2J", "x" * 200, "x" * 201)
    _, output = shown(Judgement("3 toys", (), tuple(WEIGHT.of(number, name) for number, name in enumerate(names))))
    metric = "#toy.weight.kilograms"
    long = "x" * 97 + "..."
    assert output.partition(" | ")[2].split() == sorted(
        [
            f"'it_s{metric}'=0;;;0",
            f"'2_it_s{metric}'=1;;;0",
            f"'3_it_s{metric}'=2;;;0",
            f"'a_b_{metric}'=3;;;0",
            f"'?[2J{metric}'=4;;;0",
            f"'{long}{metric}'=5;;;0",
            f"'2_{long}{metric}'=6;;;0",
        ]
    )


def test_units() -> None:
    metric = WEIGHT._replace(name="link.latency.microseconds", unit="us")
    assert shown(Judgement("3 toys", (), (metric.of(344, "a"),)))[1].endswith(
        " | 'a#link.latency.microseconds'=344us;;;0\n"
    )


def test_hostile_texts() -> None:
    judgement = Judgement("s|u\nm", (says(FINE, "f|i\nx"),))
    assert shown(judgement) == (0, "HA_TOY OK - s/u m; f/i x\n")


def test_a_long_text_is_cut() -> None:
    _, output = shown(Judgement("3 toys", (says(BAD, "x" * 1000),)))
    assert output == f"HA_TOY CRITICAL - {'x' * 297}...\n"
    _, output = shown(Judgement("y" * 1000))
    assert output == f"HA_TOY UNKNOWN - {'y' * 497}...\n"


def test_what_has_no_room_is_counted() -> None:
    findings = (*(says(ODD, f"{number}{'x' * 99}") for number in range(9)), BAD_TOY)
    _, output = shown(Judgement("3 toys", findings))
    first = "; ".join(f"{number}{'x' * 99}" for number in range(4))
    assert output == f"HA_TOY CRITICAL - teddy: torn; {first}; and 5 more (-v lists all)\n"


def test_verbose() -> None:
    findings = (says(ODD, "doll: blue", "paint it"), BAD_TOY, FINE_TOY)
    judgement = Judgement(
        "3 toys",
        findings,
        (COUNT.of(3),),
        (Row(Subject("toy", "teddy"), "1 leg"), Row(Subject("toy", "do|ll"), "blue")),
    )
    assert shown(judgement, "-v") == (
        2,
        "HA_TOY CRITICAL - teddy: torn; doll: blue\n"
        "critical: teddy: torn [bad]\n"
        "warning: doll: blue [odd]\n"
        "  -> paint it\n"
        "ok: ball: new [fine]\n"
        "teddy: 1 leg\n"
        "do/ll: blue\n"
        "| 'cluster.toys.count'=3;;;0\n",
    )


def test_verbose_lists_all_that_had_no_room() -> None:
    findings = tuple(says(ODD, f"{number}{'x' * 299}") for number in range(9))
    _, output = shown(Judgement("3 toys", findings), "-v")
    lines = output.splitlines()
    assert lines[0].endswith("; and 8 more (-v lists all)")
    assert [line[len("warning: ")] for line in lines[1:]] == list("012345678")
    assert all(line.endswith("xxx [odd]") for line in lines[1:])


def test_verbose_with_severity() -> None:
    _, output = shown(Judgement("3 toys", (BAD_TOY, ODD_TOY)), "-v", "--severity", "bad=ok")
    assert output.splitlines()[1:] == ["warning: doll: blue [odd]", "ok: teddy: torn [bad]"]


def test_verbose_without_perfdata() -> None:
    assert shown(Judgement("3 toys", (BAD_TOY,)), "-v")[1] == (
        "HA_TOY CRITICAL - teddy: torn\ncritical: teddy: torn [bad]\n"
    )


def test_options_reach_the_judgement() -> None:
    _, output = replay(toy(judge=echo), *SOURCE, "--links", "2", "--max-age", "1h", "--expect", "a=b", "--loud")
    assert output == (
        "HA_TOY UNKNOWN - {'include': (), 'exclude': (), 'links': 2, 'max_age': 3600.0, "
        "'expect': (('a', 'b'),), 'loud': True}\n"
    )


def test_perfdata_that_nrpe_would_cut_is_left_out() -> None:
    many = Judgement("9999 toys", (), (COUNT.of(9999), *(WEIGHT.of(1, f"toy{number}") for number in range(9999))))
    code, output = shown(many)
    assert code == 0
    assert output.startswith("HA_TOY OK - 9999 toys | 'cluster.toys.count'=9999;;;0 ")
    assert 0 < output.count("#toy.weight.kilograms'=1") < 9999
    assert len(output.encode()) < 64 * 1024
    left_out = 9999 - output.count("#toy.weight.kilograms'=1")
    assert f"\nperfdata: no room for {left_out} of 10000\n" in shown(many, "-v")[1]
