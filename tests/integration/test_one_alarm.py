"""The small shape of the samples in a real Nagios: what happens to one node, or is seen by all, is one notification."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Dict, Iterator, List, Mapping

import pytest

from tests.integration import daemons
from tests.integration.daemons import ROOT
from tests.integration.servers import nagios_files, nagios_hosts, nagios_status
from tests.needed import program

pytestmark = pytest.mark.packages

SERVICES = ("cluster1/HA cluster", "cluster1/HA failover", "node1/HA own", "node2/HA own")
MORE = 1
"""Seconds for which each service is checked after the last of them is known to be wrong: one interval."""


def say(folder: Path, states: Mapping[str, int]) -> None:
    """From now on these services and hosts are in these states."""
    for name, state in states.items():
        (folder / name.replace("/", "-").replace(" ", "-")).write_text(f"{state}\n", encoding="utf-8")


def objects(folder: Path) -> str:
    """The sample, with commands that say what is in a file, once a second."""
    lines: List[str] = []
    for line in (ROOT / "samples/nagios/check_ha_small.cfg").read_text(encoding="utf-8").splitlines():
        word = (line.split() or [""])[0]
        if word == "command_line":
            line = f"    command_line  {folder}/say $HOSTNAME$ $SERVICEDESC$"
        elif word == "check_interval":
            line = "    check_interval  1"
        elif line.split() == ["max_check_attempts", "3"]:  # of hosts, which Nagios asks again after half a minute
            line = "    max_check_attempts  1"
        lines.append(line)
    script = folder / "say"
    script.write_text(
        f'#!/bin/sh\nname=$(echo "$*" | tr " " "-")\nread -r state <"{folder}/$name"\necho "$name is $state"\n'
        "exit $state\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return "\n".join(lines)


def stock(folder: Path, text: str) -> str:
    """What Nagios comes with, with notifications, each of them a line in a file."""
    note = f"command_line  /bin/sh -c 'echo \"$HOSTNAME$/$SERVICEDESC$ $NOTIFICATIONTYPE$\" >>{folder}/told'"
    text = text.replace("command_line  /bin/true", note).replace("notifications_enabled 0", "notifications_enabled 1")
    text = text.replace("notifications_enabled  0", "notifications_enabled  1")
    wants = "    service_notification_options   w,u,c,r\n    host_notification_options      d,u,r\n"
    text = text.replace("    contact_name ", f"{wants}    contact_name ")
    alive = f"command_line  {folder}/say $HOSTNAME$"
    return text.replace(next(line for line in text.splitlines() if "check_ping" in line).strip(), alive)


def blocks(text: str, kind: str) -> List[str]:
    """What the status file says of each service, or host."""
    return re.findall(rf"^{kind}status \{{\n(.*?)^\t\}}", text, flags=re.MULTILINE | re.DOTALL)


def last_check(status: Path) -> int:
    """When that service was checked whose last check was the longest time ago."""
    found = [re.search(r"\tlast_check=(\d+)", block) for block in blocks(status.read_text(encoding="utf-8"), "service")]
    return min((int(one.group(1)) for one in found if one), default=0)


class Nagios:
    """A Nagios that is running, and whom it has notified."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states: Dict[str, int] = {}

    def becomes(self, states: Mapping[str, int]) -> None:
        """Let these be so, and wait until Nagios is sure of it."""
        self.states.update(states)
        say(self.folder, states)
        daemons.wait_for(self._sure, f"nagios does not see {states}")

    def told(self) -> List[str]:
        """Return who was notified of what, once every service was checked twice more."""
        since = int(time.time())
        daemons.wait_for(lambda: last_check(self.folder / "status.dat") > since + MORE, "nagios checks no more")
        told = self.folder / "told"
        return sorted(set(told.read_text(encoding="utf-8").splitlines())) if told.exists() else []

    def _sure(self) -> bool:
        status = self.folder / "status.dat"
        text = status.read_text(encoding="utf-8") if status.exists() else ""
        found: Dict[str, int] = {name: one.state for name, one in nagios_status(text).items()}
        found.update({name: state for name, state in nagios_hosts(text).items() if state})
        wanted = {name: state for name, state in self.states.items() if "/" in name or state}
        hard = all("state_type=1" in block for block in blocks(text, "service") + blocks(text, "host"))
        return hard and found == {name: state if "/" in name else 1 for name, state in wanted.items()}


@pytest.fixture(name="nagios")
def running_nagios(tmp_path: Path) -> Iterator[Nagios]:
    """One that has told of something that one node alone knows; all else is well."""
    program_of_nagios = program("nagios4", "nagios4-core")
    folder = tmp_path / "nagios"
    folder.mkdir()
    made = Nagios(folder)
    everything = {**dict.fromkeys((*SERVICES, "node1", "node2", "cluster1"), 0), "node1/HA own": 1}
    say(folder, everything)
    files = nagios_files(folder, objects(folder), *daemons.own_names())
    files["nagios.cfg"] = files["nagios.cfg"].replace("interval_length=30\n", "interval_length=1\n")
    daemons.write(folder, {**files, "stock.cfg": stock(folder, files["stock.cfg"])})
    with daemons.daemon([program_of_nagios, str(folder / "nagios.cfg")], folder / "out"):
        made.becomes(everything)
        yield made


def test_a_dead_node_is_one_notification(nagios: Nagios) -> None:
    """What one node alone knew before was told of it; the node that dies, its service and the failover tell nothing."""
    nagios.becomes({"node2": 2, "cluster1/HA cluster": 2})
    nagios.becomes({"node2/HA own": 2, "cluster1/HA failover": 1})
    assert nagios.told() == ["cluster1/HA cluster PROBLEM", "node1/HA own PROBLEM"]
