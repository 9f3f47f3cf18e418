"""The metrics in a real node_exporter, the rules in Prometheus' own tool."""

from __future__ import annotations

import re
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Set

import pytest

from tests.integration.daemons import ROOT
from tests.lab import wait_until
from tests.needed import program
from tests.replay import SAMPLES, replay_all

pytestmark = pytest.mark.packages

RULES = ROOT / "samples/prometheus/check_ha.rules.yml"
LINK = 'check="rings", condition="link-down", kind="node", subject="node2"'
SERIES = {
    **{
        f'check_ha_finding{{{LINK}, severity="critical", node="{node}", instance="{node}"}}': "0 1+0x20"
        for node in "ab"
    },
    f'check_ha_finding{{{LINK}, severity="critical", node="c", instance="c", cluster="prod"}}': "0 1+0x20",
    'check_ha_state{check="config", node="a", instance="a"}': "3+0x20",
    'check_ha_run_timestamp_seconds{check="all", node="a", instance="a"}': "0+60x20",
    'check_ha_run_timestamp_seconds{check="all", node="b", instance="b"}': "0+0x20",
}
TESTS = f"""
rule_files: [check_ha.rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
{{series}}
    alert_rule_test:
      - alertname: HAClusterCritical
        eval_time: 3m
        exp_alerts:
          - exp_labels: {{{{severity: critical, {LINK.replace('="', ': "')}}}}}
            exp_annotations: {{{{summary: "rings: link-down node node2"}}}}
          - exp_labels: {{{{cluster: prod, severity: critical, {LINK.replace('="', ': "')}}}}}
            exp_annotations: {{{{summary: "prod, rings: link-down node node2"}}}}
      - {{{{alertname: HAClusterWarning, eval_time: 10m, exp_alerts: []}}}}
      - alertname: HAClusterUnknown
        eval_time: 6m
        exp_alerts:
          - exp_labels: {{{{severity: warning, check: config, node: a, instance: a}}}}
            exp_annotations: {{{{summary: "a: check_ha cannot tell (config)"}}}}
      - alertname: HAClusterMetricsStale
        eval_time: 7m
        exp_alerts:
          - exp_labels: {{{{severity: critical, check: all, node: b, instance: b}}}}
            exp_annotations: {{{{summary: "b: check_ha has written no metrics for 7m 0s"}}}}
      - {{{{alertname: HAClusterMetricsAbsent, eval_time: 20m, exp_alerts: []}}}}
"""


def test_alerts(tmp_path: Path) -> None:
    promtool = program("promtool", "prometheus")
    (tmp_path / RULES.name).write_bytes(RULES.read_bytes())
    series = "\n".join(f"      - {{series: '{name}', values: '{values}'}}" for name, values in SERIES.items())
    (tmp_path / "tests.yml").write_text(TESTS.format(series=series))
    argv = [promtool, "test", "rules", "tests.yml"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_metrics_have_no_fault() -> None:
    promtool = program("promtool", "prometheus")
    for name in ("healthy-3node-fencing", "link-down-no-carrier"):
        _, text = replay_all("--format", "openmetrics", "--from", str(SAMPLES / name / "node1"))
        argv = [promtool, "check", "metrics"]
        done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_node_exporter_shows_every_series(tmp_path: Path) -> None:
    exporter = program("prometheus-node-exporter", "prometheus-node-exporter")
    path = tmp_path / "check_ha.prom"
    directory = SAMPLES / "link-down-no-carrier/node1"
    replay_all("--format", "openmetrics", "--output", str(path), "--from", str(directory))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    argv = [exporter, "--collector.disable-defaults", "--collector.textfile", f"--web.listen-address={address}"]
    process = subprocess.Popen(
        [*argv, f"--collector.textfile.directory={tmp_path}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        shown = wait_until(lambda: page(f"http://{address}/metrics"), 20, "node_exporter answers")
    finally:
        process.terminate()
        process.wait(10)
    assert "node_textfile_scrape_error 0\n" in shown
    assert series(path.read_text(encoding="utf-8")) == {one for one in series(shown) if one.startswith("check_ha_")}


def page(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            text: str = answer.read().decode()
    except OSError:
        return ""
    return text


def series(text: str) -> Set[str]:
    """Each series with its value; labels in order."""
    found = re.findall(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE)
    return {f"{name} {sorted(re.findall(r'[a-z]+=.[^,]*', labels))} {float(value)}" for name, labels, value in found}
