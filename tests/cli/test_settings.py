"""What each check of a run is to be run with: the command line above the file, one check above all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

from check_ha.checks.nodes.attributes.named import Wanted
from check_ha.cli.options.settings import Understood, understand
from check_ha.cli.overall import parser
from check_ha.cli.register import CHECKS, all_checks
from check_ha.core.condition import Severity
from tests.replay import checks, replay_all

OK, WARNING, CRITICAL = Severity.OK, Severity.WARNING, Severity.CRITICAL


def understood(tmp_path: Path, text: str, *argv: str) -> Understood:
    path = tmp_path / "check_ha.ini"
    path.write_text(text, encoding="utf-8")
    return understand(parser(), ("--config", str(path), *argv), all_checks())


def test_the_order_of_checks_names_each() -> None:
    assert sorted(CHECKS) == checks()
    assert [check.name for check in all_checks()] == list(CHECKS)


def test_without_a_file_everything_is_default() -> None:
    options, verbose, settings, chosen = understand(parser(), (), all_checks())
    assert [check.name for check in chosen] == list(CHECKS)
    assert (options.timeout, options.skip, options.human, verbose) == (8.0, (), False, 0)
    assert list(settings) == list(CHECKS)
    for check in all_checks():
        own = settings[check.name].own
        assert {name: getattr(own, name) for name in own.table()} == {
            name: one.default for name, one in check.options.table().items()
        }
        assert dict(settings[check.name].severities) == ({check.nothing.name: OK} if check.nothing else {})
        assert settings[check.name].thresholds == (None, None)


def test_every_option_of_every_check_can_stand_in_the_file(tmp_path: Path) -> None:
    samples: Dict[str, Tuple[str, Any]] = {
        "links": ("2", 2),
        "devices": ("3", 3),
        "max-age": ("1d", 86400.0),
        "grace": ("1h", 3600.0),
        "attribute": ("load~A|B", (Wanted("load", text=re.compile("A|B")),)),
        "expect": ("p_vip=node1", (("p_vip", "node1"),)),
        "agent": ("ocf:heartbeat:portblock=ip", (("ocf:heartbeat:portblock", "ip"),)),
        "include": ("node.*", None),
        "exclude": ("st_.*", None),
        "ignore": ("totem\\.token", None),
    }
    for check in all_checks():
        for name, one in check.options.table().items():
            key = name.replace("_", "-")
            text, value = samples[key]
            found = getattr(understood(tmp_path, f"[{check.name}]\n{key} = {text}\n").settings[check.name].own, name)
            assert found == (value if value is not None else one.parse(text) if not one.repeat else (one.parse(text),))


def test_thresholds_and_severities_of_one_check(tmp_path: Path) -> None:
    text = "[quorum]\nwarning = 2:\ncritical = 1:\nseverity = no-margin=ok\n"
    settings = understood(tmp_path, text).settings
    assert [one and one.text for one in settings["quorum"].thresholds] == ["2:", "1:"]
    assert settings["quorum"].severities["no-margin"] is OK
    assert "no-margin" not in settings["nodes"].severities


def test_the_command_line_above_the_file_and_one_check_above_all(tmp_path: Path) -> None:
    text = (
        "[check_ha]\nseverity = unreadable=ok\n    nodes.unreadable=warning\n[quorum]\nseverity = unreadable=critical\n"
    )
    settings = understood(tmp_path, text).settings
    assert [settings[name].severities["unreadable"] for name in ("rings", "nodes", "quorum")] == [OK, WARNING, CRITICAL]
    settings = understood(
        tmp_path, text, "--severity", "unreadable=warning", "--severity", "rings.unreadable=ok"
    ).settings
    assert [settings[name].severities["unreadable"] for name in ("rings", "nodes", "quorum")] == [OK, WARNING, WARNING]


def test_the_run_itself(tmp_path: Path) -> None:
    text = "[check_ha]\nskip = vip\n   fencing\ntimeout = 20\nsudo = yes\nstate-dir = /var/lib/check_ha\n"
    options, _, settings, _ = understood(tmp_path, text, "--skip", "config", "-t", "5")
    assert (options.timeout, options.sudo, options.state_dir) == (5.0, True, "/var/lib/check_ha")
    assert set(CHECKS) - set(settings) == {"vip", "fencing", "config"}


def test_a_section_of_a_check_that_is_left_out_must_be_right_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        understood(tmp_path, "[rings]\nlinks = x\n", "--skip", "rings")
    assert ended.value.code == 3
    assert "[rings] links = 'x': not a whole number" in capsys.readouterr().out


NAMES = ", ".join(CHECKS)
BAD = {
    "[quorums]": f"[quorums]: no such check, there are {NAMES}, and check_ha for the run itself",
    "[DEFAULT]\nskip = vip": f"[DEFAULT]: no such check, there are {NAMES}, and check_ha for the run itself",
    "[check_ha]\nskip = vips": f"[check_ha] skip = 'vips': no such check, there are {NAMES}",
    "[check_ha]\nconfig = x": "[check_ha] has no option 'config' (it has: failover, from, max-age-of-data, node, "
    "severity, skip, state-dir, sudo, timeout, tools, via)",
    "[check_ha]\nhuman = yes": "[check_ha] has no option 'human' (it has: failover, from, max-age-of-data, node, "
    "severity, skip, state-dir, sudo, timeout, tools, via)",
    "[check_ha]\nseverity = no-margins=ok": "[check_ha] severity: no check has a condition 'no-margins'",
    "[check_ha]\nseverity = rings.no-margin=ok": "[check_ha] severity: no check has a condition 'rings.no-margin'",
    "[rings]\nseverity = no-margin=ok": "[rings] severity: this check has no condition 'no-margin'",
    "[rings]\nseverity = link-down=fine": "[rings] severity = 'link-down=fine': not of the form CONDITION=STATE, with "
    "ok, warning, critical or unknown",
    "[vip]\nwarning = 1": "[vip] warning: this check has no main number",
    "[quorum]\ncritical = 1..2": "[quorum] critical = '1..2': not a range such as 5, 5:, ~:5, 2:5 or @2:5",
    "[quorum]\nlinks = 2": "[quorum] has no option 'links' (it has: critical, severity, warning)",
    "quorum": "line 1: 'quorum' is in no section",
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD.items())
def test_a_bad_file_is_one_line_with_section_key_and_reason(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        understood(tmp_path, text)
    assert ended.value.code == 3
    path = tmp_path / "check_ha.ini"
    assert capsys.readouterr().out == f"HA UNKNOWN - {path}: {reason} (check_ha -h shows the options)\n"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (("--skip", "vips"), f"argument --skip: 'vips': no such check, there are {NAMES}"),
        (("--severity", "margin=ok"), "--severity: no check has a condition 'margin'"),
        (("--severity", "vip.no-margin=ok"), "--severity: no check has a condition 'vip.no-margin'"),
        (tuple(word for name in CHECKS for word in ("--skip", name)), "--skip leaves no check"),
        (("--config", "/nowhere/check_ha.ini"), "/nowhere/check_ha.ini: No such file or directory"),
    ],
)
def test_a_bad_command_line(argv: Tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        understand(parser(), argv, all_checks())
    assert ended.value.code == 3
    assert capsys.readouterr().out == f"HA UNKNOWN - {reason} (check_ha -h shows the options)\n"


@pytest.mark.parametrize("key", ["state-dir", "from", "tools"])
def test_unknown_when_the_file_has_a_name_that_no_file_can_have(key: str, tmp_path: Path) -> None:
    file = tmp_path / "check_ha.ini"
    file.write_bytes(b"[check_ha]\n%s = a\0b\n" % key.encode())
    assert replay_all("--config", str(file)) == (
        3,
        f"HA UNKNOWN - {file}: [check_ha] {key} = 'a\\x00b': not a name: NUL in it (check_ha -h shows the options)\n",
    )


def test_unknown_when_the_file_has_no_name() -> None:
    text = "HA UNKNOWN - argument --config: '': not a name (check_ha -h shows the options)\n"
    assert replay_all("--config", "") == (3, text)


def test_failover_is_one_of_them_where_it_is_asked_for(tmp_path: Path) -> None:
    section = "[failover]\npinned = p_local\n"
    for text, argv in ((f"[check_ha]\nfailover = yes\n{section}", ()), (section, ("--failover",))):
        found = understood(tmp_path, text, *argv)
        assert [check.name for check in found.checks] == [*CHECKS, "failover"]
        assert found.settings["failover"].own.pinned[0].pattern == "p_local"  # type: ignore[attr-defined]
    assert "failover" not in understood(tmp_path, section).settings
