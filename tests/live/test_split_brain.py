"""Two clusters where one is configured: seen by nobody but by who compares, and never where there is but one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Iterator, List, NamedTuple

import pytest

from tests.lab import Lab, Options, wait_until
from tests.lab.network import VIP

from . import nrpe
from .fault import fenced_and_back
from .verdict import COMPARISON_TIMEOUT as TIMEOUT
from .verdict import LATE, install, left_behind

pytestmark = pytest.mark.cluster

SSH = "lab-ssh -o BatchMode=yes {node} check_ha_view"
NRPE = f"{nrpe.CHECK_NRPE} -H {{node}} -c check_ha_view"
OLD_NRPE = NRPE.replace(" -H", " -2 -H")
OK, WARNING, CRITICAL, UNKNOWN = range(4)


class Said(NamedTuple):
    """What the comparison said."""

    code: int
    line: str
    seconds: float


def compare(lab: Lab, via: str = SSH, command: str = "check_ha_split_brain", *more: str) -> Said:
    """Run the comparison on the monitoring host, over all nodes."""
    nodes = [word for node in lab.nodes for word in ("--node", node)]
    begun = time.monotonic()
    done = lab.mon.run([command, "-t", str(TIMEOUT), "--via", via, *nodes, *more], timeout=3 * TIMEOUT)
    seconds = time.monotonic() - begun
    assert done.stderr == ""
    assert seconds < TIMEOUT + LATE
    return Said(done.returncode, done.stdout.partition(" | ")[0].rstrip("\n"), seconds)


def until(lab: Lab, code: int, beginning: str, via: str = SSH, seconds: float = 60) -> Said:
    """Compare until it says so."""

    def saying() -> Said:
        said = compare(lab, via)
        assert said.code == code, said.line
        assert said.line.partition(" - ")[2].startswith(beginning), said.line
        return said

    return wait_until(saying, seconds, f"the comparison says {beginning!r}")


@pytest.fixture
def compared(lab_with: Callable[[Options], Lab]) -> Iterator[Callable[[Options], Lab]]:
    """A healthy cluster that can be compared, and that the comparison has left nothing behind in."""
    labs: List[Lab] = []

    def get(options: Options) -> Lab:
        lab = lab_with(options)
        install(lab)
        labs.append(lab)
        assert until(lab, OK, "node1").code == OK
        return lab

    yield get
    for lab in labs:
        if nrpe.is_set_up(lab):
            lab.heal()
            nrpe.withdraw(lab)
        for machine in lab.machines():
            assert not machine.powered or left_behind(machine) == ""


def each_says_that_all_is_well(lab: Lab) -> None:
    """What every other plugin looks at: this partition has quorum, this node is online, everything runs."""
    for node in lab.up():
        summary = node.crm_mon().find("summary/current_dc")
        assert summary is not None
        assert (summary.get("with_quorum"), summary.get("name")) == ("true", node.name)
        running = {element.get("id") for element in node.crm_mon().findall(".//resource[@active='true']")}
        assert running == {"p_single", "p_vip", "p_app", "p_ping", "p_db"}
        assert node.crm_mon().find("failures/failure") is None


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(Options(no_quorum_policy="ignore"), id="two_node-and-ignore"),
        pytest.param(Options(two_node=False, no_quorum_policy="ignore"), id="ignore"),
        pytest.param(Options(), id="two_node"),
    ],
)
def test_all_links_between_two_nodes_cut(compared: Callable[[Options], Lab], options: Options) -> None:
    lab = compared(options)
    nrpe.serve(lab)
    until(lab, OK, "node1", NRPE, 20)
    lab.cut("node2")
    wait_until(lambda: [node.has_vip() for node in lab.up()] == [True, True], 30, "both serve the address")
    for via in (SSH, NRPE):
        said = until(lab, CRITICAL, "split brain: node1 (", via)
        assert " against node2 (" in said.line
        assert f"; {VIP} (p_vip) is carried by node1 and node2" in said.line
        assert "; p_app, p_single and p_vip are active on node1 and node2 at once" in said.line
    if options.two_node is not False:
        each_says_that_all_is_well(lab)
    assert compare(lab, OLD_NRPE).line.startswith(
        "HA_SPLIT_BRAIN UNKNOWN - node1 sent a view that is cut off after 1023"
    )

    lab.reconnect("node2")
    for via in (SSH, NRPE):
        until(lab, OK, "node1 and node2 are one partition", via)


def test_two_and_one_with_quorum_stop(compared: Callable[[Options], Lab]) -> None:
    lab = compared(Options(nodes=3))
    lab.cut("node3")
    said = until(lab, CRITICAL, "partitioned, contained: node1 and node2 (quorate, ")
    assert said.line.endswith(" against node3 (no quorum, DC node3, runs nothing)")
    lab.reconnect("node3")
    until(lab, OK, "node1, node2 and node3 are one partition")


def test_quorum_device(compared: Callable[[Options], Lab]) -> None:
    lab = compared(Options(qdevice=True))
    lab.cut("node2")
    until(lab, CRITICAL, "partitioned, contained: ")
    lab.reconnect("node2")
    until(lab, OK, "node1 and node2 are one partition")


def polled(lab: Lab, task: Callable[[], object]) -> List[Said]:
    """Compare every second for as long as the task takes, whether the last time has ended or not, and once after it."""
    ended = threading.Event()
    polls: List[Future[Said]] = []
    with ThreadPoolExecutor(2 * TIMEOUT) as pool:

        def poll() -> None:
            polls.append(pool.submit(compare, lab))
            while not ended.wait(1.0):
                polls.append(pool.submit(compare, lab))

        poller = threading.Thread(target=poll)
        poller.start()
        try:
            task()
        finally:
            ended.set()
            poller.join()
    return [*(one.result() for one in polls), compare(lab)]


def never_critical(said: List[Said], least: int = 2) -> None:
    assert len(said) >= least
    assert [one.line for one in said if one.code == CRITICAL] == []


GONE = {
    "power_cut": "WARNING - node2 cannot be asked (lab-ssh: node2 has no power) and is not a member for node1: "
    "it is down, or alone and unseen; there is only the view of node1, without node2 to compare it with",
    "stop": "OK - node1 is alone, quorate, DC node1; 3 resources on one node each; "
    f"{VIP} (p_vip) on node1; corosync does not run on node2",
    "stop_pacemaker": "OK - node1 and node2 are one partition, quorate, DC node1; 3 resources on one node each; "
    f"{VIP} (p_vip) on node1; pacemaker does not run on node2",
}


@pytest.mark.parametrize("fault", GONE)
def test_a_node_that_is_gone_is_no_split_brain(compared: Callable[[Options], Lab], fault: str) -> None:
    lab = compared(Options())

    def lose() -> None:
        getattr(lab, fault)("node2")
        wait_until(lambda: lab["node1"].has_vip(), 30, "node1 has the address")
        where = ".//resource[@id='p_single']/node[@name='node1']"
        wait_until(lambda: lab["node1"].crm_mon().find(where) is not None, 30, "node1 has everything")

    said = polled(lab, lose)
    never_critical(said)
    assert said[-1].line == f"HA_SPLIT_BRAIN {GONE[fault]}"


def test_a_node_that_was_fenced(compared: Callable[[Options], Lab]) -> None:
    lab = compared(Options(nodes=3, stonith="on"))
    lab.set_property("stonith-action", "off")
    lab.break_fencing("hang")
    lab.power_cut("node2")
    gone = "node2 cannot be asked (lab-ssh: node2 has no power) and is not a member for node1 and node3: "
    until(lab, WARNING, f"{gone}it is down, or alone and unseen; it is being fenced")

    def fence() -> None:
        lab.break_fencing("work")
        until(lab, OK, "node1 and node3 are one partition")

    said = polled(lab, fence)
    never_critical(said)
    assert "; node2 cannot be asked: it was fenced " in said[-1].line


def test_a_node_that_is_fenced_and_comes_back(compared: Callable[[Options], Lab]) -> None:
    lab = compared(Options(nodes=3, stonith="on"))

    def lose() -> None:
        fenced_and_back(lab, "node2")
        lab.wait_healthy()

    never_critical(polled(lab, lose))


def test_corosync_frozen(compared: Callable[[Options], Lab]) -> None:
    """Its resources run on, and the others take them over: two run what one may."""
    lab = compared(Options())
    lab.freeze("node2")
    said = until(
        lab, CRITICAL, "split brain: node1 (quorate, DC node1, runs 5 resources) against node2 (corosync frozen"
    )
    assert "; p_single is active on node1 and node2 at once" in said.line


@pytest.mark.parametrize(
    "options",
    [pytest.param(Options(nodes=3), id="three-nodes"), pytest.param(Options(), id="two-nodes")],
)
def test_rolling_restart_never_wakes_anybody(compared: Callable[[Options], Lab], options: Options) -> None:
    lab = compared(options)

    def restart_all() -> None:
        for node in lab.nodes.values():
            node.stop()
            node.start()
            lab.wait_healthy()

    never_critical(polled(lab, restart_all), 10)


def test_drift(compared: Callable[[Options], Lab]) -> None:
    lab = compared(Options())
    nrpe.serve(lab)
    until(lab, OK, "node1", NRPE, 20)
    said = compare(lab, NRPE, "check_ha_drift")
    assert said.line == (
        "HA_DRIFT OK - node1 and node2 agree on corosync.conf, authkey, corosync version, pacemaker version, feature "
        "set, cluster name, config_version, node ids and clock"
    )
    path = "/etc/corosync/corosync.conf"
    kept = {
        path: lab["node2"].must("cat", path),
        "/etc/corosync/authkey": lab["node2"].must("cat", "/etc/corosync/authkey"),
    }
    lab["node2"].write(path, f"# changed\n{kept[path].replace('token: 1000', 'token: 1001')}")
    lab["node2"].write("/etc/corosync/authkey", "x" * 256, mode="400")
    try:
        assert compare(lab, SSH, "check_ha_drift").line == (
            "HA_DRIFT WARNING - corosync.conf of node2 differs from that of node1 in totem; "
            "authkey of node2 differs from that of node1"
        )
    finally:
        for file, text in kept.items():
            lab["node2"].write(file, text, mode="400" if file.endswith("authkey") else "644")
    assert compare(lab, SSH, "check_ha_drift").code == OK
