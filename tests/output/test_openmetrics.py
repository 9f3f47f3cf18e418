"""``--format openmetrics``: both formats take it, and it says what the text says."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Dict, Set, Tuple

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

from check_ha.cli.register import all_checks, check_named
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, Subject
from check_ha.core.verdict import Verdict
from check_ha.output.openmetrics import as_openmetrics, metric_name
from tests.replay import SAMPLES, clusters, compare, expected_of, label, recorded, replay, replay_all

ROOT = Path(__file__).parents[2]
NAMES = {metric_name(metric.name)[0] for check in all_checks() for metric in check.metrics}
FINDING = "A condition that was found, once for each node, resource or link it is about."
LINK = 'node="node1",check="rings",condition="link-down",severity="warning"'
LINK_DOWN = str(SAMPLES / "link-down-no-carrier/node1")


def families(text: str) -> Dict[str, Metric]:
    """The families by name, as both parsers see them; each series once."""
    assert text.endswith("\n# EOF\n")
    found = {one.name: one for one in parse_openmetrics(text)}  # type: ignore[no-untyped-call]
    again = {one.name: one for one in parse_prometheus(text)}
    assert [(one.documentation, one.samples) for one in found.values()] == [
        (one.documentation, one.samples) for one in again.values()
    ]
    series = [(sample.name, *sorted(sample.labels.items())) for one in found.values() for sample in one.samples]
    assert len(series) == len(set(series))
    return found


def values(family: Metric, *names: str) -> Dict[Tuple[str, ...], float]:
    return {tuple(one.labels[name] for name in names): one.value for one in family.samples}


@pytest.mark.parametrize("directory", list(recorded())[::7], ids=label)
def test_check_ha_of_recordings(directory: Path) -> None:
    code, text = replay_all("--format", "openmetrics", "--from", str(directory))
    expected = expected_of("all")[label(directory)]
    assert code == expected.code
    found = families(text)
    assert values(found["check_ha_state"], "check")["all",] == code
    assert len(found["check_ha_run_timestamp_seconds"].samples) == 1
    maxima = {name for name in found if name.endswith("_max")}
    assert {name[:-4] for name in maxima} <= set(found)
    fixed = {"check_ha_build_info", "check_ha_run_timestamp_seconds", "check_ha_state", "check_ha_finding"}
    assert set(found) - maxima - fixed <= NAMES


def test_every_series_of_a_check() -> None:
    code, text = replay(check_named("rings"), "--format", "openmetrics", "--from", LINK_DOWN)
    assert code == 1
    assert [line for line in text.splitlines() if "check_ha_link" in line or "_finding" in line] == [
        f"# HELP check_ha_finding {FINDING}",
        "# TYPE check_ha_finding gauge",
        f'check_ha_finding{{{LINK},kind="link",subject="1"}} 1',
        f'check_ha_finding{{{LINK},kind="node",subject="node2"}} 1',
        "# HELP check_ha_link_up 1 when the link is up, else 0.",
        "# TYPE check_ha_link_up gauge",
        'check_ha_link_up{node="node1",item="node2-link0"} 1',
        'check_ha_link_up{node="node1",item="node2-link1"} 0',
        "# HELP check_ha_link_up_max What check_ha_link_up is at most, or should be.",
        "# TYPE check_ha_link_up_max gauge",
        'check_ha_link_up_max{node="node1",item="node2-link0"} 1',
        'check_ha_link_up_max{node="node1",item="node2-link1"} 1',
        "# HELP check_ha_link_latency_seconds Average latency, measured by knet.",
        "# TYPE check_ha_link_latency_seconds gauge",
        'check_ha_link_latency_seconds{node="node1",item="node2-link0"} 0.000549',
    ]


def test_comparison() -> None:
    cluster = next(one for one in clusters() if label(one).endswith("split-brain-2node"))
    code, text = compare(check_named("split_brain"), cluster, "--format", "openmetrics")
    assert code == 2
    found = values(families(text)["check_ha_finding"], "condition", "severity", "kind", "subject")
    assert ("split-brain", "critical", "node", "node1") in found


def test_hostile_names() -> None:
    condition = Condition("link-down", Severity.WARNING, "")
    subject = Subject("node", 'a"b\\c\nd|e{}')
    verdict = Verdict("rings", Severity.WARNING, "", (Finding(condition, "x", (subject, subject)),), (), ())
    (sample,) = families(as_openmetrics(verdict) + "\n")["check_ha_finding"].samples
    assert sample.labels["subject"] == 'a"b\\c d/e{}'


def test_names_differ_and_have_base_units() -> None:
    assert len(NAMES) == len({metric.name for check in all_checks() for metric in check.metrics})
    assert not [name for name in NAMES if name.endswith(("_total", "_count", "_percentage", "_microseconds"))]
    assert metric_name("link.latency.microseconds") == ("check_ha_link_latency_seconds", 1e-6)
    assert metric_name("a.b.percentage") == ("check_ha_a_b_ratio", 0.01)


def test_the_document_names_all_that_is_no_perfdata() -> None:
    fixed: Set[str] = set(families(replay_all("--format", "openmetrics", "--from", LINK_DOWN)[1]))
    fixed = {name for name in fixed if not name.endswith("_max")}
    fixed -= NAMES
    for name in ("docs/prometheus.md", "docs/fr/prometheus.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [one for one in sorted(fixed) if f"| `{one}` |" not in text] == []


def test_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "check_ha.prom"
    argv = ("--format", "openmetrics", "--output", str(path), "--from", LINK_DOWN)
    assert replay_all(*argv) == (1, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    first = path.read_text(encoding="utf-8")
    path.write_text("old")
    path.chmod(0o600)
    assert replay_all(*argv) == (1, "")
    assert path.read_text(encoding="utf-8") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["check_ha.prom"]


def test_unknown_file_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "none/check_ha.json"
    argv = ("--format", "json", "--output", str(path), "--from", LINK_DOWN)
    assert replay_all(*argv) == (3, f"HA UNKNOWN - cannot write {path}: No such file or directory\n")


def test_unknown_text_is_not_for_a_file(tmp_path: Path) -> None:
    code, text = replay_all("--output", str(tmp_path / "x"), "--from", LINK_DOWN)
    assert (code, text) == (
        3, "HA UNKNOWN - --output is for --format json and --format openmetrics (check_ha -h shows the options)\n",
    )  # fmt: skip
    assert not list(tmp_path.iterdir())
