"""The lab itself: it can be brought up, broken in every way it offers, healed, and is gone afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from tests.lab import Lab, LabError, Options, missing, wait_until
from tests.lab.debian import PYTHON
from tests.lab.machine import CHECKOUT
from tests.lab.network import VIP

pytestmark = pytest.mark.cluster


def attribute(lab: Lab, seen_by: str, path: str, name: str) -> list[str]:
    """Return an attribute of every element of crm_mon's XML that matches."""
    return [element.get(name, "") for element in lab[seen_by].crm_mon().findall(path)]


def where(lab: Lab, resource: str, seen_by: str = "node1") -> list[str]:
    return attribute(lab, seen_by, f".//resource[@id='{resource}']/node", "name")


def is_online(lab: Lab, node: str, seen_by: str = "node1") -> bool:
    return attribute(lab, seen_by, f"nodes/node[@name='{node}']", "online") == ["true"]


def links(lab: Lab, node: str) -> str:
    return lab[node].must("corosync-cfgtool", "-n")


# The cluster as it comes up


@pytest.mark.parametrize("user", ["root", "nagios", "monitor", "clmon"])
def test_every_user_can_run_this_python_and_read_the_checkout(two_nodes: Lab, user: str) -> None:
    program = f"import sys; print(open({str(CHECKOUT / 'tests' / 'lab' / 'lab.py')!r}).readline())"
    done = two_nodes["node1"].run([PYTHON, "-c", program], user=user)
    assert (done.returncode, done.stdout.strip()[:3]) == (0, '"""'), done.stderr


@pytest.mark.parametrize(("user", "pacemaker", "corosync"), [("nagios", 4, 1), ("monitor", 0, 1), ("clmon", 0, 0)])
def test_rights_of_the_users(two_nodes: Lab, user: str, pacemaker: int, corosync: int) -> None:
    run = two_nodes["node1"].run
    assert run(["crm_mon", "--output-as=xml"], user=user).returncode == pacemaker
    assert run(["corosync-cfgtool", "-s"], user=user).returncode == corosync


def test_output_and_exit_status_are_kept_apart(two_nodes: Lab) -> None:
    done = two_nodes["node1"].run(["sh", "-c", "cat; hostname; echo bad >&2; exit 7"], stdin="in\n", env={"X": "1"})
    assert (done.stdout, done.stderr, done.returncode) == ("in\nnode1\n", "bad\n", 7)


def test_monitoring_host_reaches_the_nodes(two_nodes: Lab) -> None:
    two_nodes.mon.must("ping", "-c1", "-w5", VIP)
    assert two_nodes.mon.must("lab-ssh", "-o", "BatchMode=yes", "nagios@node2", "hostname; id -un") == "node2\nnagios\n"
    two_nodes.power_cut("node2")
    assert two_nodes.mon.run(["lab-ssh", "node2", "true"]).returncode == 255


# Faults


def test_power_cut_and_boot(two_nodes: Lab) -> None:
    two_nodes["node1"].write("/root/kept", "on disk\n")
    two_nodes["node1"].write("/tmp/lost", "in memory\n")
    two_nodes.power_cut("node1")
    wait_until(lambda: where(two_nodes, "p_vip", "node2") == ["node2"], 20, "node2 serves the address")
    with pytest.raises(LabError, match="no power"):
        two_nodes["node1"].run(["true"])
    two_nodes.boot("node1")
    two_nodes.wait_healthy()
    assert two_nodes["node1"].must("cat", "/root/kept") == "on disk\n"
    assert two_nodes["node1"].run(["cat", "/tmp/lost"]).returncode == 1


@pytest.mark.parametrize(
    ("program", "tool"),
    [("corosync", "corosync-cfgtool -s"), ("pacemaker-based", "cibadmin --query"), ("pacemakerd", "crm_mon -1")],
)
def test_frozen_daemon_does_not_answer(two_nodes: Lab, program: str, tool: str) -> None:
    two_nodes.freeze("node2", program)
    with pytest.raises(subprocess.TimeoutExpired):
        two_nodes["node2"].run(tool.split(), timeout=2)
    assert tool.split()[0] not in two_nodes["node2"].running()
    two_nodes.thaw("node2")
    two_nodes.wait_healthy()


def test_killed_pacemakerd(two_nodes: Lab) -> None:
    two_nodes.kill("node2", "pacemakerd")
    wait_until(lambda: two_nodes["node2"].run(["crm_mon", "-1"]).returncode == 102, 5, "crm_mon fails")


def test_killed_corosync(two_nodes: Lab) -> None:
    two_nodes.kill("node2", "corosync")
    wait_until(lambda: not is_online(two_nodes, "node2"), 10, "node1 has lost node2")


@pytest.mark.parametrize("what", ["stop_pacemaker", "stop"])
def test_clean_stop(two_nodes: Lab, what: str) -> None:
    getattr(two_nodes, what)("node1")
    assert ("corosync" in two_nodes["node1"].running()) == (what == "stop_pacemaker")
    wait_until(lambda: where(two_nodes, "p_vip", "node2") == ["node2"], 20, "node2 serves the address")


def test_standby_and_maintenance(two_nodes: Lab) -> None:
    two_nodes.standby("node1")
    wait_until(lambda: where(two_nodes, "p_vip") == ["node2"], 20, "the address has moved")
    for what in ("node2", "cluster", "p_single"):
        two_nodes.maintenance(what)
    assert attribute(two_nodes, "node1", "nodes/node[@name='node2']", "maintenance") == ["true"]
    assert attribute(two_nodes, "node1", "summary/cluster_options", "maintenance-mode") == ["true"]


def test_failing_actions(two_nodes: Lab) -> None:
    two_nodes.fail("p_single", "monitor", "fail-once 1 disk | on fire", node="node2")
    failed = "failures/failure[@exitreason='disk | on fire']"
    wait_until(lambda: two_nodes["node1"].crm_mon().find(failed) is not None, 10, "p_single has failed")
    two_nodes.heal()
    two_nodes.fail("p_single", "stop", "fail 1")
    two_nodes.move("p_single", "node1")
    blocked = ".//resource[@id='p_single'][@blocked='true']"
    wait_until(lambda: two_nodes["node1"].crm_mon().find(blocked) is not None, 10, "p_single is blocked")


def test_unknown_names_are_refused(two_nodes: Lab) -> None:
    with pytest.raises(LabError, match="no node 'node9' here, only node1, node2"):
        two_nodes.cut("node9")
    with pytest.raises(LabError, match="no link 2 here"):
        two_nodes.cut("node1", 2)


def test_slow_and_hanging_actions(two_nodes: Lab) -> None:
    two_nodes.fail("p_single", "start", "slow 3")
    two_nodes.crash("p_single", "node2")
    starting = ".//resource[@id='p_single'][@role='Starting']"
    wait_until(lambda: two_nodes["node1"].crm_mon().find(starting) is not None, 10, "p_single is starting")
    two_nodes.fail("p_single", "monitor", "hang")
    wait_until(lambda: "Timed Out" in attribute(two_nodes, "node1", "failures/failure", "status"), 25, "timed out")


def test_address_missing_and_on_the_wrong_node(two_nodes: Lab) -> None:
    two_nodes.remove_vip("node1")
    two_nodes.add_vip("node2")
    assert [node.has_vip() for node in two_nodes.up()] == [False, True]
    assert where(two_nodes, "p_vip") == ["node1"]


def test_split_brain_serves_the_address_twice(two_nodes: Lab) -> None:
    two_nodes.cut("node2")
    wait_until(lambda: [node.has_vip() for node in two_nodes.up()] == [True, True], 20, "both serve the address")
    answers = two_nodes.mon.run(["arping", "-b", "-c2", "-w3", "-I", "pub0", VIP]).stdout
    assert "02:00:00:00:00:01" in answers.lower()
    assert "02:00:00:00:00:02" in answers.lower()


def test_two_labs_side_by_side(two_nodes: Lab) -> None:
    with Lab() as other:
        other.cut("node2")
        wait_until(lambda: not is_online(other, "node2"), 10, "the other lab has lost its node2")
        two_nodes.wait_healthy(5)
    two_nodes.wait_healthy(5)


@pytest.mark.parametrize("fault", ["cut", "unplug"])
def test_one_link_is_lost_and_found(three_nodes: Lab, fault: str) -> None:
    getattr(three_nodes, fault)("node2", 1)
    wait_until(lambda: links(three_nodes, "node1").count("connected") == 3, 10, "node1 has lost one of four ways")
    carrier = three_nodes["node2"].must("cat", "/sys/class/net/ring1/carrier") if fault == "cut" else ""
    assert carrier == ("1\n" if fault == "cut" else "")
    three_nodes.heal()
    assert links(three_nodes, "node1").count("connected") == 4


def test_partition_without_quorum_stops_all(three_nodes: Lab) -> None:
    three_nodes.unplug("node1")
    wait_until(lambda: where(three_nodes, "p_vip", "node2") not in ([], ["node1"]), 20, "the others took over")
    wait_until(lambda: not three_nodes["node1"].has_vip(), 20, "node1 has stopped")


# Fencing


def test_lost_node_is_fenced_and_comes_back(fencing: Lab) -> None:
    fencing.kill("node2", "corosync")
    events = "fence_history/fence_event[@target='node2']"
    wait_until(lambda: "success" in attribute(fencing, "node1", events, "status"), 20, "node2 was fenced")
    fencing.wait_healthy()


def test_failing_fence_device_leaves_the_node_unclean(fencing: Lab) -> None:
    fencing.break_fencing()
    fencing.power_cut("node2")
    failed = "fence_history/fence_event[@target='node2'][@status='failed']"
    wait_until(lambda: fencing["node1"].crm_mon().find(failed) is not None, 20, "fencing has failed")
    assert attribute(fencing, "node1", "nodes/node[@name='node2']", "unclean") == ["true"]


def test_hanging_fence_device_keeps_fencing_pending(fencing: Lab) -> None:
    fencing.break_fencing("hang")
    fencing.power_cut("node2")
    pending = "fence_history/fence_event[@target='node2'][@status='pending']"
    wait_until(lambda: fencing["node1"].crm_mon().find(pending) is not None, 20, "fencing is pending")


def test_stonith_without_device(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(Options(stonith="no-device"))
    assert attribute(lab, "node1", "summary/cluster_options", "stonith-enabled") == ["true"]


# Other ways to build it


def test_rights_can_be_granted(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(Options(properties={"enable-acl": "true"}))
    node = lab["node1"]
    assert node.run(["corosync-cfgtool", "-s"], user="nagios").returncode == 1
    lab.grant_corosync("nagios")
    assert node.run(["corosync-cfgtool", "-s"], user="nagios").returncode == 0
    lab.grant_pacemaker("monitor")
    assert "<nodes>" in node.run(["crm_mon", "--output-as=xml"], user="monitor").stdout
    assert node.run(["crm_attribute", "-n", "x", "-v", "1"], user="monitor").returncode != 0
    lab.grant_sudo("nagios", "/usr/sbin/crm_mon --output-as=xml")
    assert "<nodes>" in node.run(["sudo", "-n", "crm_mon", "--output-as=xml"], user="nagios").stdout
    assert node.run(["sudo", "-n", "id"], user="nagios").returncode == 1


def test_quorum_device(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(Options(qdevice=True))
    lab.stop_qnetd()
    wait_until(lambda: "A,NV" in lab["node1"].must("corosync-quorumtool", "-s"), 20, "the device's vote is missing")


def test_udpu(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(Options(transport="udpu", links=1))
    assert "udpu" in lab["node1"].must("corosync-cmapctl", "totem.transport")


def test_policy_and_threshold(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(Options(no_quorum_policy="ignore", two_node=False, migration_threshold=1))
    lab.fail("p_single", "monitor", "fail-once 1", node="node2")
    wait_until(lambda: where(lab, "p_single") == ["node1"], 15, "p_single was banned from node2")
    assert "2Node" not in lab["node1"].must("corosync-quorumtool", "-s")


# The lab and the machine that it runs on


def host() -> tuple[set[str], list[str]]:
    """What of a lab could be seen on the host: interfaces and mounts."""
    return set(os.listdir("/sys/class/net")), Path("/proc/self/mounts").read_text().splitlines()


def pid_spaces(parent: int) -> set[str]:
    """The pid namespaces of all processes below this one, and not its own."""
    found = set()
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        with contextlib.suppress(OSError):  # it has just ended
            found |= {os.readlink(f"/proc/{child}/ns/pid"), *pid_spaces(int(child))}
    return found - {os.readlink("/proc/self/ns/pid")}


def inhabited() -> set[str]:
    """The pid namespaces of all processes of this machine."""
    found = set()
    for process in Path("/proc").glob("[0-9]*/ns/pid"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(process))
    return found


@pytest.mark.usefixtures("runs_here")
def test_killed_driver_leaves_nothing_behind() -> None:
    before = host()
    command = [sys.executable, "-m", "tests.lab", "shell", "-c", "echo up; sleep 1000"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "up\n"
        spaces = pid_spaces(driver.pid)
        assert len(spaces) == 4  # the lab, two nodes, the monitoring host
        assert host() == before
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        wait_until(lambda: not spaces & inhabited(), 10, "no process is left of the lab")
        assert host() == before
        assert driver.stdout.read() == ""


@pytest.mark.usefixtures("runs_here")
def test_shell_commands() -> None:
    script = "lab cut node2 && lab on node1 hostname && lab heal && lab on node2 corosync-cfgtool -s && lab nonsense"
    command = [sys.executable, "-m", "tests.lab", "shell", "-c", script]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert "node1\n" in done.stdout
    assert "disconnected" not in done.stdout
    assert done.stderr == "lab: no command 'nonsense', see lab help\n"


def test_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("tests.lab.preflight.PACKAGES", {"corosync": "/nonexistent", "sudo": "/bin/sh"})
    assert missing() == [
        "The lab must be run as root.",
        "The lab needs Debian packages: apt-get install --no-install-recommends corosync",
    ]


def test_waiting_says_what_was_seen() -> None:
    seen = iter(["a drop", "a drop", "a cloud"])

    def rain() -> bool:
        raise LabError(next(seen, "the sun"))

    told = r"last seen: the sun; seen after \d\.\d s: a drop; seen after \d\.\d s: a cloud"
    with pytest.raises(LabError, match=rf"^after 1 s still waiting until it rains; {told}$"):
        wait_until(rain, 1, "it rains")
