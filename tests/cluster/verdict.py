"""What the checks say on a node: each run as a command of its own there, all of a node at the same time."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Iterable, Mapping, NamedTuple, Optional, Sequence

from tests.lab import LabError
from tests.lab.machine import CHECKOUT
from tests.lab.node import Node

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
TIMEOUT = 8
"""What is given with -t, in seconds."""
LATE = TIMEOUT + 1
"""When a check must have ended."""

# The checkout is what is tested, not what is installed. What Python compiles is kept on the node's own disk.
ENVIRONMENT = {"PYTHONPATH": str(CHECKOUT), "PYTHONPYCACHEPREFIX": "/var/cache/python"}
_ADD = re.compile(r"\b\d+(?:\.\d+)?(?=[smhd]\b|us\b)")
_SEEN = re.compile(r", first seen [^:;|]*")
_CLOCKS = re.compile(r"('[^']*\.(?:microseconds|seconds)'=)[0-9.]+")


class Verdict(NamedTuple):
    """What one run of a check said."""

    code: int
    output: str
    seconds: float

    @property
    def state(self) -> str:
        """``OK``, ``WARNING``, ``CRITICAL`` or ``UNKNOWN``; what else a command may end with as a number."""
        return STATES[self.code] if 0 <= self.code < len(STATES) else str(self.code)

    @property
    def text(self) -> str:
        """The first line, without what stands before and after the sentence."""
        line = self.output.partition("\n")[0].partition(" | ")[0]
        return line.partition(f" {self.state} - ")[2] or line

    @property
    def lasting(self) -> str:
        """The whole output without what differs from one second to the next: ages and latencies."""
        return _ADD.sub("N", _CLOCKS.sub(r"\1N", _SEEN.sub("", self.output)))


Round = dict[str, dict[str, Verdict]]
"""Verdicts by node and check."""


def program(check: str) -> list[str]:
    """The command line of a check, or of ``snapshot``."""
    module = "commandline.snapshot" if check == "snapshot" else f"checks.{check}"
    return [sys.executable, "-c", f"from check_ha.{module} import main; main()"]


def run(node: Node, check: str, arguments: Sequence[str] = (), user: str = "root") -> Optional[Verdict]:
    """Run a check; ``None`` when the node has no power, or loses it meanwhile."""
    begun = time.monotonic()
    argv = [*program(check), "-t", str(TIMEOUT), *arguments]
    try:
        done = node.run(argv, user=user, timeout=3 * TIMEOUT, env=ENVIRONMENT)
    except LabError:
        return None
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{check} on {node.name} has not ended after {3 * TIMEOUT} s") from None
    seconds = time.monotonic() - begun
    if done.returncode < 0 and not node.powered:
        return None
    assert not done.stderr, f"{check} on {node.name}: {done.stderr}"
    assert seconds < LATE, f"{check} on {node.name} took {seconds:.1f} s"
    return Verdict(done.returncode, done.stdout, seconds)


def run_all(node: Node, checks: Iterable[str], arguments: Mapping[str, Sequence[str]]) -> dict[str, Verdict]:
    """Run checks at the same time, each with its arguments; nothing when the node has no power."""
    names = list(checks)
    with ThreadPoolExecutor(len(names)) as pool:
        verdicts = list(pool.map(lambda name: run(node, name, arguments.get(name, ())), names))
    return {name: verdict for name, verdict in zip(names, verdicts) if verdict}


def left_behind(node: Node) -> str:
    """What the checks have left running on a node: it carries their mark."""
    find = "grep -lsz ^CHECK_HA_RUN= /proc/[0-9]*/environ | tr -dc '0-9\\n' | xargs -r ps -fp"
    return node.run(["sh", "-c", find]).stdout
