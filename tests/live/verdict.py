"""What the commands of this checkout say on the machines of a lab, each run there as a command of its own."""

from __future__ import annotations

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from typing import Mapping, NamedTuple, Optional, Sequence

import pytest

from tests.lab import Lab, LabError
from tests.lab.cluster import at_once
from tests.lab.debian import PYTHON
from tests.lab.machine import CHECKOUT, Machine

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
TIMEOUT = 5
"""What is given to a check with -t, in seconds: less than its default, for a frozen daemon takes all of it."""
COMPARISON_TIMEOUT = 8
"""What is given to a comparison, which may ask every node twice."""
LATE = 3
"""So much later a command must have ended, on a machine that has much else to do."""

_SETUP = ConfigParser()
_SETUP.read(CHECKOUT / "setup.cfg", encoding="utf-8")
COMMANDS = dict(line.split(" = ") for line in _SETUP["options.entry_points"]["console_scripts"].split("\n") if line)
"""The commands, each with its module and function."""

# The working tree is what is tested, not what is installed. A lab's machines share what Python has compiled of it.
_SCRIPT = """\
#!{python}
import sys
sys.pycache_prefix = "/run/lab/compiled"
sys.path.insert(0, {checkout!r})
from {module} import {function}
sys.exit({function}())
"""

_AGE = re.compile(r"\b\d+(?:\.\d+)?(?=[smhd]\b|us\b| times so far\b)")
_SEEN = re.compile(r", first seen [^:;|]*")
_CLOCK = re.compile(r"('[^']*\.(?:microseconds|seconds)'=)[0-9.]+")


class Verdict(NamedTuple):
    """What one run of a check said."""

    code: int
    output: str
    ended: float
    """By the clock of time.monotonic()."""

    @property
    def state(self) -> str:
        """``OK``, ``WARNING``, ``CRITICAL`` or ``UNKNOWN``; what else a command may end with as a number."""
        return STATES[self.code] if 0 <= self.code < len(STATES) else str(self.code)

    @property
    def text(self) -> str:
        """The sentence of the first line."""
        line = self.output.partition("\n")[0].partition(" | ")[0]
        return line.partition(f" {self.state} - ")[2] or line


def lasting(output: str) -> str:
    """Return a whole output without what differs from one second to the next: ages, latencies, tries so far."""
    return _AGE.sub("N", _CLOCK.sub(r"\1N", _SEEN.sub("", output)))


def install(lab: Lab) -> None:
    """Put the commands into the PATH of every machine; Machine.run then finds them by their names."""
    install_on(lab.machines())


def install_on(machines: Sequence[Machine]) -> None:
    """Put them into the PATH of these."""
    at_once(_install, machines)


def _install(machine: Machine) -> None:
    machine.write("/usr/local/bin/check_ha_collect", _collector(), mode="755")
    for command, entry in COMMANDS.items():
        module, function = entry.split(":")
        script = _SCRIPT.format(python=PYTHON, checkout=str(CHECKOUT), module=module, function=function)
        machine.write(f"/usr/local/bin/{command}", script, mode="755")


def _collector() -> str:
    """What sudo runs there: as it is shipped, but for where it finds Python and this checkout."""
    text = (CHECKOUT / "nrpe" / "check_ha_collect").read_text(encoding="utf-8")
    here = f'import sys; sys.pycache_prefix = "/run/lab/compiled"; sys.path.insert(0, "{CHECKOUT}"); '
    packages = '"${self%/*}"/../lib/python3*/site-packages'
    found = {"${self%/*}/python3": PYTHON, packages: str(CHECKOUT), "from check_ha.": f"{here}from check_ha."}
    for shipped, changed in found.items():
        assert text.count(shipped) == 1
        text = text.replace(shipped, changed)
    return text


def judge(machine: Machine, command: str, arguments: Sequence[str] = (), user: str = "root") -> Optional[Verdict]:
    """Run a check; ``None`` when the machine has no power, or loses it meanwhile."""
    limit = COMPARISON_TIMEOUT if command == "check_ha_split_brain" else TIMEOUT
    begun = time.monotonic()
    try:
        done = machine.run([command, "-t", str(limit), *arguments], user=user, timeout=3 * limit)
    except LabError:
        return None
    except subprocess.TimeoutExpired:
        pytest.fail(f"{command} on {machine.name} had not ended after {3 * limit} s")
    ended = time.monotonic()
    if not machine.powered:
        return None
    if done.stderr:
        pytest.fail(f"{command} on {machine.name}: {done.stderr}")
    if ended - begun > limit + LATE:
        pytest.fail(f"{command} on {machine.name} took {ended - begun:.1f} s")
    return Verdict(done.returncode, done.stdout, ended)


def judge_all(machine: Machine, commands: Mapping[str, Sequence[str]]) -> dict[str, Verdict]:
    """Run checks at the same time, each with its arguments; nothing of it when the machine has no power."""
    with ThreadPoolExecutor(len(commands)) as pool:
        verdicts = list(pool.map(lambda item: judge(machine, *item), commands.items()))
    return {command: verdict for command, verdict in zip(commands, verdicts) if verdict}


def left_behind(machine: Machine) -> str:
    """What the checks have left running there; it carries their mark."""
    find = "grep -lsz ^CHECK_HA_RUN= /proc/[0-9]*/environ | tr -dc '0-9\\n' | xargs -r ps -o pid,args -p"
    return machine.run(["sh", "-c", find]).stdout
