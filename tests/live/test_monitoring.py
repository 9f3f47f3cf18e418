"""The whole way to the monitoring server: checks as NRPE's user on every node, NRPE, and on a host of the lab's network
Nagios and Icinga with what is shipped for them. Links are cut and a node dies; what the server shows must follow.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Callable, Iterable, Iterator, Mapping, NamedTuple

import pytest

from generators.services import title
from tests.integration.daemons import node_commands
from tests.integration.servers import (
    Verdict,
    icinga_argv,
    icinga_env,
    icinga_files,
    icinga_status,
    nagios_files,
    nagios_forced,
    nagios_hosts,
    nagios_status,
    verdict,
)
from tests.lab import Lab, wait_until
from tests.lab.machine import CHECKOUT
from tests.lab.network import PUBLIC, address
from tests.needed import program

from . import nrpe
from .fault import TWO
from .verdict import install

pytestmark = pytest.mark.cluster

FOLDER = Path("/var/lib/monitoring")
OK = 0
ASK_AGAIN = 12.0, 40.0
"""Seconds after which every check is asked for once more, and then again: a busy machine has enough to do with that."""
TITLES = {command.name: title(command) for command in node_commands() if command.check}
PER_CLUSTER = ["cluster1/HA drift", "cluster1/HA split brain"]
Seen = Mapping[str, Verdict]


class Server(NamedTuple):
    """A monitoring server that runs."""

    shows: Callable[[], Seen]
    ask_now: Callable[[], None]
    """Have it run every check now, as an admin does who does not want to wait; nothing where it asks often."""


@pytest.fixture
def lab(lab_with: Callable[..., Lab]) -> Iterator[Lab]:
    """A healthy cluster that the monitoring host can ask."""
    lab = lab_with(TWO)
    install(lab)
    nrpe.serve(lab)
    nrpe.install_plugins(lab.mon)
    yield lab
    nrpe.withdraw(lab)


def shipped(name: str) -> str:
    """Return a sample, with the addresses of the lab's nodes for those of the two nodes that it begins with."""
    text = (CHECKOUT / "samples" / name).read_text(encoding="utf-8")
    for number in (1, 2):
        text = text.replace(f"192.0.2.1{number}", address(PUBLIC, number))
    return text


@pytest.fixture
def nagios(lab: Lab) -> Iterator[Server]:
    """Run Nagios on the monitoring host; what it shows is in its status.dat."""
    program("check_ping", "monitoring-plugins-basic")
    objects = shipped("nagios/check_ha.cfg")
    objects = objects.replace("!--node node1 --node node2", "!--node node1 --node node2 -t 20")  # a busy machine
    files = nagios_files(FOLDER, objects, "root", "root")
    write(lab, files)
    lab.mon.spawn(program("nagios4", "nagios4-core"), str(FOLDER / "nagios.cfg"))
    yield Server(lambda: nagios_status(status_of_nagios(lab)), lambda: force(lab))
    lab.mon.end("nagios4")


def force(lab: Lab) -> None:
    """Tell Nagios to check every host and service now."""
    commands = FOLDER / "nagios.cmd"
    wait_until(lambda: lab.mon.run(["test", "-p", str(commands)]).returncode == 0, 20, "Nagios takes commands")
    # written at once: a FIFO that nobody reads would hold whoever writes
    text = nagios_forced([*lab.nodes, "cluster1"])
    lab.mon.must("timeout", "10", "sh", "-c", f"cat > {commands}", stdin=text)


@pytest.fixture
def icinga(lab: Lab) -> Iterator[Server]:
    """Run Icinga on the monitoring host; what it has seen is in what its writer of perfdata writes."""
    rules = re.sub(r"interval = \d+[ms]\b", "interval = 20s", shipped("icinga2/services.conf"))
    rules = rules.replace("  vars.ha_nodes", "  vars.ha_timeout = 20\n  vars.ha_nodes")  # a busy machine
    write(lab, icinga_files(FOLDER, shipped("icinga2/commands.conf"), rules))
    lab.mon.spawn(
        "env", *(f"{name}={value}" for name, value in icinga_env("root", "root").items()), *icinga_argv(FOLDER)
    )
    results = f"cat {FOLDER}/results.[0-9]* || true"
    yield Server(lambda: icinga_status(lab.mon.must("sh", "-c", results)), lambda: None)
    # told to stop, all of its processes at once, it does not always
    lab.mon.signal("KILL", "icinga2")
    wait_until(lambda: "icinga2" not in lab.mon.running(), 10, "Icinga is gone")


def status_of_nagios(lab: Lab) -> str:
    return lab.mon.must("sh", "-c", f"cat {FOLDER}/status.dat 2>/dev/null || true")


def wait_hosts(lab: Lab) -> None:
    """Wait until a node that is dead is DOWN in Nagios, and every other is UP: one message for it, and not ten."""
    wanted = {node.name: int(not node.powered) for node in lab.nodes.values()}

    def shown() -> bool:
        assert nagios_hosts(status_of_nagios(lab)) == wanted
        return True

    wait_until(shown, 60, f"Nagios shows the hosts as {wanted}")


def write(lab: Lab, files: Mapping[str, str]) -> None:
    lab.mon.must("rm", "-rf", str(FOLDER))
    for name, text in files.items():
        lab.mon.write(str(FOLDER / name), text)


def until(server: Server, wanted: Mapping[str, str], what: str, dead: str = "nobody") -> Seen:
    """Wait until the server shows these states and lines, and nothing else that is not OK; return what it shows.

    Of a dead node nothing may be OK.
    """
    begun, asked = time.monotonic(), float("-inf")
    server.ask_now()

    def shown() -> Seen:
        nonlocal asked
        first, later = ASK_AGAIN
        # what a check was to see may have been on its way when it was asked
        if time.monotonic() - begun > first and time.monotonic() - asked > later:
            server.ask_now()
            asked = time.monotonic()
        found = server.shows()
        assert len(found) == 2 * len(TITLES) + len(PER_CLUSTER), f"only {sorted(found)}"
        of_dead = {name for name in found if name.startswith(f"{dead}/")}
        assert not [name for name in of_dead if found[name].state == OK]
        told = {name: f"{one.state} {one.line}" for name, one in found.items() if name not in of_dead}
        ill = {name: text for name, text in told.items() if name in wanted or not text.startswith("0 ")}
        assert ill == wanted
        return found

    return wait_until(shown, 200, what)


def measured(one: Verdict) -> Verdict:
    """Without what is measured anew by each run."""
    perfdata = {
        name: "" if name.endswith((".microseconds", ".seconds")) else value for name, value in one.perfdata.items()
    }
    return one._replace(perfdata=perfdata)


def by_hand(lab: Lab) -> dict[str, Verdict]:
    """Return what the command lines of NRPE's file say when its user types them."""
    found = {}
    for node in lab.nodes.values():
        for name, argv in nrpe.commands(node).items():
            if name != "check_ha_view":
                done = node.run(["sh", "-c", argv], user="nagios")
                found[f"{node.name}/{name}"] = measured(verdict(done.returncode, done.stdout))
    return found


def through_nrpe(lab: Lab, commands: Iterable[str]) -> dict[str, Verdict]:
    """Return what the monitoring host is told."""
    found = {}
    for name in commands:
        node, _, command = name.partition("/")
        done = lab.mon.run([nrpe.CHECK_NRPE, "-H", node, "-t", "15", "-c", command])
        found[name] = measured(verdict(done.returncode, done.stdout))
    return found


def link_down(peer: int) -> str:
    return f"1 HA_RINGS WARNING - node{peer}: link 1 (203.0.113.{peer}) down, 1 of 2 links left"


def test_by_hand_through_nrpe_and_in_nagios(lab: Lab, nagios: Server) -> None:
    """All is well, a link is cut, a node dies, and all is well again."""
    typed = by_hand(lab)
    assert {one.state for one in typed.values()} == {OK}
    assert through_nrpe(lab, typed) == typed
    seen = until(nagios, {}, "Nagios shows that all is well")
    for name, one in typed.items():
        node, _, command = name.partition("/")
        if command in TITLES:
            assert measured(seen[f"{node}/{TITLES[command]}"]) == one._replace(line=one.line.replace(";", ":"))
    shows_a_cut_link(lab, nagios)
    shows_a_dead_node(lab, nagios)


def test_the_same_through_nrpe_by_rights_of_its_user(lab: Lab) -> None:
    """What check_ha_setup --way rights does and says, in place of sudo."""
    node = lab["node1"]
    nrpe.serve_by_rights(lab, node)
    assert node.run(["ls", "/etc/sudoers.d/check_ha"]).stdout == ""
    commands = nrpe.commands(node)
    assert not [name for name, argv in commands.items() if "--sudo" in argv]
    names = [f"{node.name}/{name}" for name in commands if name != "check_ha_view"]
    said = through_nrpe(lab, names)
    assert {name: one.state for name, one in said.items()} == dict.fromkeys(names, OK), said


def shows_a_cut_link(lab: Lab, nagios: Server) -> None:
    lab.cut("node2", 1)
    down = {"node1/HA rings": link_down(2), "node2/HA rings": link_down(1)}
    seen = until(nagios, down, "Nagios shows the link that is cut")
    assert seen["node1/HA rings"].perfdata["node2-link1#link.up.count"] == "0;;;0;1"
    assert seen["node1/HA rings"].perfdata["node2-link0#link.up.count"] == "1;;;0;1"
    lab.reconnect("node2", 1)
    until(nagios, {}, "Nagios shows that all is well again")


def shows_a_dead_node(lab: Lab, nagios: Server) -> None:
    lab.power_cut("node1")
    # Nagios shows a colon for each semicolon in a line
    unasked = "node1 cannot be asked (connect to host node1 port 5666: No route to host)"
    gone = {
        "node2/HA nodes": "2 HA_NODES CRITICAL - node1 is offline, and was not shut down: it crashed or is cut off",
        "node2/HA quorum": "1 HA_QUORUM WARNING - 1 of 2 votes: missing: node1: "
        "the loss of one more vote loses quorum: 1 needed",
        "node2/HA rings": "2 HA_RINGS CRITICAL - node1 unreachable: both links down (198.51.100.1, 203.0.113.1)",
        "node2/HA failover": "1 HA_FAILOVER WARNING - if node2 dies, p_vip (192.0.2.100) is served nowhere, and p_app "
        "runs nowhere: no other node is up: if node2 dies, p_single, cl_ping, ms_db run nowhere: no other node is up",
        "cluster1/HA split brain": f"1 HA_SPLIT_BRAIN WARNING - {unasked} and is not a member for node2: it is down, "
        "or "
        "alone and unseen: there is only the view of node2, without node1 to compare it with",
        "cluster1/HA drift": f"3 HA_DRIFT UNKNOWN - {unasked}: there is only the view of node2, and none to compare "
        "it with",
    }
    until(nagios, gone, "Nagios shows the dead node", dead="node1")
    wait_hosts(lab)
    lab.heal()
    nrpe.serve(lab)
    until(nagios, {}, "Nagios shows that all is well again")
    wait_hosts(lab)


def test_a_cut_link_in_icinga(lab: Lab, icinga: Server) -> None:
    seen = until(icinga, {}, "Icinga shows that all is well")
    typed = by_hand(lab)
    for name, one in typed.items():
        node, _, command = name.partition("/")
        if command in TITLES:
            assert measured(seen[f"{node}/{TITLES[command]}"]) == one

    lab.cut("node2", 1)
    down = {"node1/HA rings": link_down(2), "node2/HA rings": link_down(1)}
    seen = until(icinga, down, "Icinga shows the link that is cut")
    assert seen["node2/HA rings"].perfdata["node1-link1#link.up.count"] == "0;;;0;1"
    understood(lab, seen)
    lab.reconnect("node2", 1)
    until(icinga, {}, "Icinga shows that all is well again")


def understood(lab: Lab, seen: Seen) -> None:
    """Icinga takes each number, its unit and its limits for what they are, by the parser that its writers use."""
    printed = [item for one in seen.values() for item in one.perfdata.items()]
    assert len(printed) > len(seen)
    calls = ", ".join(f"parse_performance_data(\"'{label}'={value}\")" for label, value in printed)
    assert "\\" not in calls
    parsed = json.loads(lab.mon.must(icinga_argv(FOLDER)[0], "console", "--eval", f"[ {calls} ]"))
    wanted = [{"label": label, **numbers(value)} for label, value in printed]
    assert [{key: one[key] for key in wanted[0]} for one in parsed] == wanted


def numbers(value: str) -> dict[str, object]:
    """Return what ``1346us;;;0`` is to Icinga, which has seconds for every unit of time."""
    number, *limits = value.split(";")
    found = re.fullmatch(r"(-?[0-9.]+)(us|s|)", number)
    assert found, value
    factor = 1e-6 if found[2] == "us" else 1
    given = [float(limit) * factor if limit else None for limit in limits]
    return {
        "value": pytest.approx(float(found[1]) * factor),
        "unit": "seconds" if found[2] else "",
        **dict(zip(("warn", "crit", "min", "max"), [*given, *[None] * (4 - len(given))])),
    }
