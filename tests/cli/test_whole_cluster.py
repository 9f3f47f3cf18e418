"""The command check_ha_cluster, and check_ha --own, which leaves to it what it tells."""

from __future__ import annotations

from pathlib import Path

from check_ha.cli.register import check_named
from tests.replay import SAMPLES, compare, replay_all

STANDBY = SAMPLES / "node-standby"


def test_severity_of_a_condition_of_any_check_it_passes_on() -> None:
    check = check_named("cluster")
    ok = ("--severity", "nodes.standby=ok", "--severity", "fencing-disabled=ok")
    code, output = compare(check, STANDBY, *ok)
    assert (code, output.partition(" - ")[0]) == (0, "HA_CLUSTER OK")
    code, output = compare(check, STANDBY, "--severity", "resources.standby=ok")
    assert output == (
        "HA_CLUSTER UNKNOWN - --severity: this check has no condition 'resources.standby' "
        "(check_ha_cluster -h shows the options)\n"
    )


def test_own_runs_what_no_other_node_knows() -> None:
    """That a resource is down is told by the cluster; what is not in this recording, only this node could tell."""
    nodes = SAMPLES / "failed-start-everywhere"
    code, output = replay_all("--own", "--from", str(nodes / "node1"), "-v")
    assert (code, output.partition("\n")[0].partition(" | ")[0]) == (
        3, "HA UNKNOWN - cat /etc/corosync/corosync.conf, stat /etc/corosync/authkey: not in this recording",
    )  # fmt: skip
    assert [line.partition(" ")[0] for line in output.splitlines() if " - " in line][1:] == ["daemons", "config"]
    code, output = replay_all("--own", "--from", str(SAMPLES / "corosync-stopped" / "node2"))
    assert code == 2


def test_unknown_own_and_failover_do_not_go_together(tmp_path: Path) -> None:
    code, output = replay_all("--own", "--failover", "--from", str(tmp_path))
    text = "--own leaves out what is the same on every node, as --failover is: give one of them"
    assert (code, output) == (3, f"HA UNKNOWN - {text} (check_ha -h shows the options)\n")
