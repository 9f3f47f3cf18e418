"""The views of nodes through real NRPE: both sides of the recorded split brain, and what NRPE 2 makes of a view."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, Tuple

import pytest

from check_ha.core.check import Check
from check_ha.multinode import drift, split_brain
from tests.integration import daemons
from tests.integration.daemons import ROOT
from tests.needed import program

pytestmark = pytest.mark.packages

SPLIT = ROOT / "samples/clusters/split-brain-2node"
ADDRESSES = {"127.0.0.2": "node1", "127.0.0.3": "node2"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """That of two NRPE daemons, one for each side."""
    program("nrpe", "nagios-nrpe-server")
    folder = Path(tempfile.mkdtemp(prefix="check_ha-test-"))  # other users cannot enter pytest's own
    folder.chmod(0o755)
    chosen = daemons.free_port()
    with contextlib.ExitStack() as stack:
        for address, node in ADDRESSES.items():
            stack.enter_context(daemons.nrpe_daemon(folder / node, address, chosen, SPLIT / node))
        yield chosen
    shutil.rmtree(folder, ignore_errors=True)


def asked(check: Check, port: int, *options: str) -> Tuple[int, str]:
    """Exit code and output of the comparison that asks both through check_nrpe."""
    check_nrpe = program("check_nrpe", "nagios-nrpe-plugin")
    via = " ".join([check_nrpe, *options, "-p", str(port), "-H", "{node}", "-c", "check_ha_view"])
    argv = [sys.executable, "-c", f"from check_ha.cli.commands import {check.name}; {check.name}()", "--via", via]
    nodes = [word for address in ADDRESSES for word in ("--node", address)]
    done = subprocess.run([*argv, *nodes], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def from_files(check: Check) -> Tuple[int, str]:
    """The same from the recordings."""
    argv = [sys.executable, "-c", f"from check_ha.cli.commands import {check.name}; {check.name}()"]
    files = [f"--from={address}={SPLIT / node}" for address, node in ADDRESSES.items()]
    done = subprocess.run([*argv, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_critical_a_split_brain_is_the_same_through_nrpe(port: int) -> None:
    code, output = asked(split_brain.CHECK, port)
    assert (code, output) == from_files(split_brain.CHECK)
    assert output.startswith(
        "HA_SPLIT_BRAIN CRITICAL - split brain: node1 (quorate, DC node1, runs 5 resources) against"
    )
    assert "192.0.2.100 (p_vip) is carried by node1 and node2" in output


def test_ok_drift_is_the_same_through_nrpe(port: int) -> None:
    """But for the clock, which is not known as well where files tell it."""
    (code, output), (wanted, text) = asked(drift.CHECK, port), from_files(drift.CHECK)
    offset = "'node2#node.clock.offset.seconds'="
    assert (code, output.split(offset)[0]) == (wanted, text.split(offset)[0])
    assert code == 0


def test_unknown_nrpe_2_cuts_a_view_off_and_that_is_said(port: int) -> None:
    code, output = asked(split_brain.CHECK, port, "-2")
    cut: Dict[str, str] = dict(re.findall(r"(127\.0\.0\.\d) sent a view that is cut off after (\d+) bytes", output))
    assert code == 3
    assert output == "".join(
        [
            "HA_SPLIT_BRAIN UNKNOWN - ",
            *(
                f"{address} sent a view that is cut off after {cut[address]} bytes: "
                "NRPE 2 carries 1 kB, use NRPE 4 at both ends, or ssh; "
                for address in ADDRESSES
            ),
            "no view could be read | 'cluster.nodes.answering.count'=0;;;0;2 'cluster.nodes.asked.count'=2;;;0\n",
        ]
    )
