"""What a check costs: CPU of one run beside its bare imports, and how the crm_mon parser grows with the cluster.

``make bench`` prints, for each check, CPU (user and system, children included; the least of several runs, one of each
kind in turn) and its ratio to a baseline: the same interpreter that imports nagiosplugin, lxml, argparse and subprocess
and runs the same tools. Then check_ha, all checks in one run, beside each of them on the same recording. Then, for
crm_mon XML of 10 to 10,000 resources, CPU and peak memory of the parser beside ``lxml.etree.parse`` alone. At last what
``tests.bench_live`` measures on a node of a live cluster.

What must hold is in tests/test_cost.py.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Sequence, Tuple

from check_ha.cli.register import check_named
from tests.faketools import from_recording
from tests.replay import SAMPLES, checks

HEALTHY = SAMPLES / "healthy-3node-fencing" / "node1"
ROOT = Path(__file__).parent.parent
ALONE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
"""The environment of what is measured: nothing that measures or traces it as well."""
RUNS = 15
BIN = Path(sys.executable).parent
"""Where the commands are installed: with bytecode, as on a node."""

BASELINE = """
import nagiosplugin, lxml.etree, argparse, subprocess
for argv in {commands!r}:
    subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
"""


# In a process of its own, as in a check: what is parsed a second time has its memory already, or gets it once more
PARSING = """
import resource, sys, time
from lxml import etree
from check_ha.parsers.crm_mon import parse_crm_mon
from tests.generate import crm_mon_xml

def parser(data):
    return parse_crm_mon(data)

def alone(data):
    return len(etree.fromstring(data))

work, data = globals()[sys.argv[1]], crm_mon_xml(int(sys.argv[2]))
for _ in range(20):
    work(crm_mon_xml(10))
before = time.process_time()
result = work(data)
print(time.process_time() - before, len(data), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Cheapest:
    """The least CPU that each of these commands has taken so far, children included."""

    def __init__(self, commands: Dict[str, Sequence[str]]) -> None:
        self._commands = commands
        self.seconds = {name: float("inf") for name in commands}

    def run(self, times: int = RUNS) -> Dict[str, float]:
        """Run them in turn, so that what else this machine does hits all of them."""
        for _ in range(times):
            for name, argv in self._commands.items():
                self.seconds[name] = min(self.seconds[name], _cpu_once(argv))
        return self.seconds


def _cpu_once(argv: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, env=ALONE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def start_up(name: str, tools: Path, state: Path) -> Cheapest:
    """A check (``check``), and its baseline with the same tools (``bare``)."""
    used = (one.tool for one in check_named(name).readings if (tools / one.tool.name).exists())
    commands = [[str(tools / tool.name), *tool.argv[1:]] for tool in used]
    check = [str(BIN / check_named(name).command), "--tools", str(tools), "--state-dir", str(state)]
    return Cheapest({"check": check, "bare": [sys.executable, "-c", BASELINE.format(commands=commands)]})


def all_in_one() -> Cheapest:
    """check_ha, and each check, on one recording."""
    names = ["check_ha", *(check_named(name).command for name in checks())]
    return Cheapest({name: [str(BIN / name), "--from", str(HEALTHY)] for name in names})


def parsing(resources: int, times: int = 5) -> Tuple[float, float, int, int]:
    """CPU seconds of the parser and of lxml alone, the least of so many; bytes of XML; peak memory in kB."""
    runs = [(_parse("parser", resources), _parse("alone", resources)) for _ in range(times)]
    parser, alone = min(one[0] for one, _ in runs), min(one[0] for _, one in runs)
    _, size, peak = runs[0][0]
    return parser, alone, int(size), int(peak)


def _parse(what: str, resources: int) -> Tuple[float, ...]:
    argv = [sys.executable, "-c", PARSING, what, str(resources)]
    done = subprocess.run(argv, stdout=subprocess.PIPE, cwd=ROOT, env=ALONE, check=True)
    return tuple(map(float, done.stdout.split()))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tools, state = Path(folder) / "tools", Path(folder) / "state"
        tools.mkdir()
        from_recording(HEALTHY, tools)
        print(f"{'check':<24}{'CPU ms':>8}{'bare ms':>9}{'ratio':>7}")
        for name in checks():
            cpu, bare = start_up(name, tools, state).run().values()
            print(f"{name:<24}{cpu * 1000:8.0f}{bare * 1000:9.0f}{cpu / bare:7.2f}")
    costs = all_in_one().run()
    print(f"\n{'on one recording':<24}{'CPU ms':>8}{'check_ha is':>14}")
    for name, cpu in costs.items():
        print(f"{name:<24}{cpu * 1000:8.0f}{costs['check_ha'] / cpu:13.2f}x")
    print(f"\n{'resources':>9}{'XML kB':>9}{'parser ms':>11}{'lxml ms':>9}{'ratio':>7}{'peak MB':>9}")
    for resources in (10, 100, 1000, 10000):
        parser, alone, size, peak = parsing(resources)
        ratio = parser / alone if alone else float("nan")
        print(f"{resources:9}{size // 1024:9}{parser * 1000:11.1f}{alone * 1000:9.1f}{ratio:7.2f}{peak / 1024:9.0f}")
    from tests import bench_live  # which knows this module

    bench_live.main()


if __name__ == "__main__":
    main()
