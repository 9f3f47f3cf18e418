"""From argv to options, and what a user may get wrong: one line on standard output, exit 3."""

from __future__ import annotations

import re
from typing import List

import pytest

import check_ha
from check_ha.cli.options.arguments import Arguments, parse
from check_ha.cli.register import check_named
from check_ha.core.condition import Severity
from tests.cli.toys import ToyOptions, toy
from tests.replay import checks


def parsed(*argv: str) -> Arguments:
    return parse(toy(), argv)


def own(*argv: str) -> ToyOptions:
    options = parsed(*argv).own
    assert isinstance(options, ToyOptions)
    return options


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line for this command line, without what is the same for all."""
    with pytest.raises(SystemExit) as end:
        parsed(*argv)
    assert end.value.code == 3
    out, err = capsys.readouterr()
    assert err == ""
    start, tail = "HA_TOY UNKNOWN - ", " (check_ha_toy -h shows the options)\n"
    assert out.startswith(start)
    assert out.endswith(tail)
    assert out.count("\n") == 1
    assert "|" not in out
    return out[len(start) : -len(tail)]


def test_nothing_given() -> None:
    common, own_options, verbose = parsed()
    assert (common.warning, common.critical, common.severity, common.timeout) == (None, None, (), 8.0)
    assert (common.from_, common.tools, common.sudo, common.state_dir, verbose) == (None, None, False, None, 0)
    assert vars(own_options) == {
        "include": (), "exclude": (), "links": 0, "max_age": None, "expect": (), "loud": False,
    }  # fmt: skip


def test_common_options() -> None:
    common = parsed("--from", "d", "--tools", "t", "--sudo", "-t", "2.5", "--state-dir", "s").common
    assert (common.from_, common.tools, common.sudo, common.timeout, common.state_dir) == ("d", "t", True, 2.5, "s")


def test_own_options() -> None:
    options = own("--links", "2", "--max-age", "1h", "--expect", "a=b", "--expect", "c=d", "--loud")
    assert (options.links, options.max_age, options.loud) == (2, 3600.0, True)
    assert options.expect == (("a", "b"), ("c", "d"))


def test_filters() -> None:
    options = own("-i", "a.*", "--include", "b", "-x", "c")
    assert options.include == (re.compile("a.*"), re.compile("b"))
    assert options.exclude == (re.compile("c"),)


def test_severity() -> None:
    given = ("--severity", "bad=ok", "--severity", "odd=CRITICAL", "--severity", "not-running=Unknown")
    assert parsed(*given, "--severity", "dark=warning").common.severity == (
        ("bad", Severity.OK),
        ("odd", Severity.CRITICAL),
        ("not-running", Severity.UNKNOWN),
        ("dark", Severity.WARNING),
    )


@pytest.mark.parametrize(
    ("argv", "verbose"),
    [([], 0), (["-v"], 1), (["-vv"], 2), (["-v", "-v"], 2), (["-vvv"], 3), (["--verbose"], 1), (["-vvvvv"], 3)],
)
def test_verbose(argv: List[str], verbose: int) -> None:
    assert parsed(*argv).verbose == verbose


@pytest.mark.parametrize(
    "text", ["0", "5", "10", "5:", "~:5", "2:5", "@2:5", "-3:", "-5:-3", "0.5", "0.5:2.75", "@~:0", ":5", "~:", ""]
)
def test_ranges(text: str) -> None:
    common = parsed(f"--warning={text}", f"--critical={text}").common
    given = [one and one.text for one in (common.warning, common.critical)]
    assert given == ([text, text] if text else [None, None])


RANGES = [
    "five",
    "5:2",
    "1:2:3",
    "~",
    "5\n",
    " 5",
    "5 ",
    "1_0",
    "\u0665",
    "1e3",
    "0x5",
    "+5",
    "5;1",
    "5'|'a'=1",
    "@",
    ":",
]


@pytest.mark.parametrize("text", [one for one in RANGES if one not in ("@", ":")])
def test_not_a_range(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    reason = (
        "not a range: start 5 must not be greater than end 2"
        if text == "5:2"
        else "not a range such as 5, 5:, ~:5, 2:5 or @2:5"
    )
    shown = repr(text).replace("|", "/")
    assert refused(capsys, f"--warning={text}") == f"argument -w/--warning: {shown}: {reason}"


@pytest.mark.parametrize("text", ["0.1", "1", "8.", "3600", ".5"])
def test_deadlines(text: str) -> None:
    assert parsed("-t", text).common.timeout == float(text)


@pytest.mark.parametrize("text", ["0", "0.09", "3601", "soon", "1e2", "nan", "inf", "1_0", "", "1.2.3", "\u0663"])
def test_not_a_deadline(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "-t", text) == (f"argument -t/--timeout: {text!r}: not a number of seconds from 0.1 to 3600")


WRONG = {
    "unknown-option": (["--colour"], "unrecognized arguments: --colour"),
    "abbreviated-option": (["--verb"], "unrecognized arguments: --verb"),
    "word-too-many": (["node1"], "unrecognized arguments: node1"),
    "word-with-control-characters": (["a\n|b\033[2J"], "unrecognized arguments: a /b?[2J"),
    "no-value": (["--from"], "argument --from: expected one argument"),
    "no-such-condition": (["--severity", "nix=ok"], "--severity: this check has no condition 'nix'"),
    "no-such-state": (
        ["--severity", "bad=fatal"],
        "argument --severity: 'bad=fatal': not of the form CONDITION=STATE, with ok, warning, critical or unknown",
    ),
    "no-state": (
        ["--severity", "bad"],
        "argument --severity: 'bad': not of the form CONDITION=STATE, with ok, warning, critical or unknown",
    ),
    "not-a-regular-expression": (
        ["-i", "("],
        "argument -i/--include: '(': not a regular expression: missing ), unterminated subpattern at position 0",
    ),
    "not-a-duration": (
        ["--max-age", "soon"], "argument --max-age: 'soon': not a duration such as 90s, 15m, 6h, 2d, 1w",
    ),
    "not-a-number": (["--links", "-1"], "argument --links: '-1': not a whole number"),
    "not-a-number-either": (["--links", "x"], "argument --links: 'x': not a whole number"),
    "not-a-pair": (["--expect", "p_vip"], "argument --expect: 'p_vip': not of the form NAME=VALUE"),
    "an-empty-name": (["--state-dir", ""], "argument --state-dir: '': not a name"),
    "an-empty-name-of-a-recording": (["--from="], "argument --from: '': not a name"),
    "an-empty-name-of-a-folder": (["--tools", ""], "argument --tools: '': not a name"),
    "an-age-that-is-none": (
        ["--max-age-of-data", "1m"], "argument --max-age-of-data: '1m': not a number of seconds from 0 to 300",
    ),
    "an-age-too-long": (
        ["--max-age-of-data", "301"], "argument --max-age-of-data: '301': not a number of seconds from 0 to 300",
    ),
    "a-switch-with-a-value": (["--sudo=yes"], "argument --sudo: ignored explicit argument 'yes'"),
}  # fmt: skip


@pytest.mark.parametrize(("argv", "message"), WRONG.values(), ids=WRONG)
def test_wrong(argv: List[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, *argv) == message


def test_no_main_number(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("-w", "-c"):
        with pytest.raises(SystemExit) as end:
            parse(toy(number=None), [flag, "5"])
        assert end.value.code == 3
    assert "this check has no main number" in capsys.readouterr().out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parsed(flag)
    assert end.value.code == 3
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("usage: check_ha_toy ")
    assert "Are all toys here?\n\nLooks under the bed.\n" in out
    assert "warn outside this range of toys that are lost" in " ".join(out.split())
    assert re.search(r"^  odd +WARNING +Something is odd\.$", out, re.MULTILINE)
    assert re.search(r"^  not-responding +CRITICAL ", out, re.MULTILINE)
    for option in (
        "--links N",
        "--max-age DURATION",
        "--expect TOY=PLACE",
        "-i REGEX",
        "--from FILE",
        "--state-dir DIR",
    ):
        assert option in out


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_version(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parsed(flag)
    assert end.value.code == 3
    assert capsys.readouterr() == (f"check_ha_toy {check_ha.__version__}\n", "")


@pytest.mark.parametrize("name", checks())
def test_help_of_each_check(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    check = check_named(name)
    with pytest.raises(SystemExit) as end:
        parse(check, ["-h"])
    assert end.value.code == 3
    out = capsys.readouterr().out
    assert check.manual.strip() in out
    for condition in check.conditions:
        assert re.search(rf"^  {condition.name} +{condition.severity.name} +{re.escape(condition.meaning)}$", out, re.M)
