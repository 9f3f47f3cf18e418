"""What a check costs: CPU of one run beside its bare imports, and how the crm_mon parser grows with the cluster.

``make bench`` prints, for each check, CPU (user and system, children included; the least of several runs) and its ratio
to a baseline: the same interpreter that imports nagiosplugin, lxml, argparse and subprocess and runs the same tools.
Then, for crm_mon XML of 10 to 10,000 resources, CPU and peak memory of the parser beside ``lxml.etree.parse`` alone.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, List, Sequence, Tuple

from lxml import etree

from check_ha.parsers.crm_mon import parse_crm_mon
from tests.faketools import from_recording
from tests.generate import crm_mon_xml
from tests.replay import SAMPLES, check_named, checks

HEALTHY = SAMPLES / "healthy-3node-fencing" / "node1"
RUNS = 15

BASELINE = """
import nagiosplugin, lxml.etree, argparse, subprocess
for argv in {commands!r}:
    subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
"""


def cpu_of(argv: Sequence[str], runs: int = RUNS) -> float:
    """CPU seconds of one run, children included: the least of several."""
    return min(_cpu_once(argv) for _ in range(runs))


def _cpu_once(argv: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def start_up(tools: Path, state: Path) -> List[Tuple[str, float, float]]:
    """Per check: its CPU, and that of the baseline with the same tools."""
    rows = []
    for name in checks():
        commands = [[str(tools / one.tool.name), *one.tool.argv[1:]] for one in check_named(name).readings]
        command = str(Path(sys.executable).parent / check_named(name).command)
        argv = [command, "--tools", str(tools), "--state-dir", str(state)]
        rows.append((name, cpu_of(argv), cpu_of([sys.executable, "-c", BASELINE.format(commands=commands)])))
    return rows


def parsing(resources: int) -> Tuple[float, float, int, int]:
    """CPU seconds of the parser and of lxml alone; bytes of XML; peak memory of the parser in kB (in a new process)."""
    data = crm_mon_xml(resources)
    return _cpu(lambda: parse_crm_mon(data)), _cpu(lambda: etree.fromstring(data)), len(data), _peak(resources)


def _cpu(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


def _peak(resources: int) -> int:
    code = (
        "import resource; from tests.generate import crm_mon_xml; from check_ha.parsers.crm_mon import parse_crm_mon\n"
        f"parse_crm_mon(crm_mon_xml({resources})); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    return int(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tools, state = Path(folder) / "tools", Path(folder) / "state"
        tools.mkdir()
        from_recording(HEALTHY, tools)
        print(f"{'check':<18}{'CPU ms':>8}{'bare ms':>9}{'ratio':>7}")
        for name, cpu, bare in start_up(tools, state):
            print(f"{name:<18}{cpu * 1000:8.0f}{bare * 1000:9.0f}{cpu / bare:7.2f}")
    print(f"\n{'resources':>9}{'XML kB':>9}{'parser ms':>11}{'lxml ms':>9}{'ratio':>7}{'peak MB':>9}")
    for resources in (10, 100, 1000, 10000):
        parser, bare, size, peak = parsing(resources)
        ratio = parser / bare if bare else float("nan")
        print(f"{resources:9}{size // 1024:9}{parser * 1000:11.1f}{bare * 1000:9.1f}{ratio:7.2f}{peak / 1024:9.0f}")


if __name__ == "__main__":
    main()
