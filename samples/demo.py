"""Run every check on the cluster of this node, or where there is none on the recorded ones beside this file.

Prints per scenario what happened, what each check says of it on each node, and what shows when the nodes are compared.
``make demo`` calls this.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable, Iterator, List, Tuple

from check_ha.cli.register import CHECKS, COMPARISONS

CLUSTERS = Path(__file__).parent / "clusters"
DAEMONS = {"corosync", "pacemakerd", "pacemaker-remoted"}
COLOURS = {0: "32", 1: "33", 2: "31", 3: "35"}
BOLD = "1"


def commands(names: Iterable[str] = CHECKS) -> List[str]:
    """The commands of these checks, as installed beside this Python."""
    folder = Path(sys.executable).parent
    return [str(folder / f"check_ha_{name}") for name in names]


def live() -> bool:
    """Whether a cluster daemon runs on this node; one inside a container of this node is not of this node."""
    here = os.readlink("/proc/self/ns/pid")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() in DAEMONS and os.readlink(process / "ns" / "pid") == here:
                return True
        except OSError:
            continue
    return False


def colour(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() else text


def verdict(argv: List[str]) -> Tuple[int, str]:
    """Exit code, and the first line without perfdata."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout.split("\n")[0].split(" | ")[0]


def show(code: int, line: str) -> None:
    name, state, text = (*line.split(" ", 2), "", "")[:3]
    print(f"    {name:<18} {colour(f'{state:<8}', COLOURS.get(code, '35'))} {text.removeprefix('- ')}")


def recorded() -> Iterator[Tuple[str, List[Path]]]:
    """Each scenario: its headline, and one recorded directory a node."""
    for scenario in sorted(CLUSTERS.iterdir()):
        note = (scenario / "NOTE.txt").read_text(encoding="utf-8").strip()
        nodes = sorted(index.parent for index in scenario.glob("*/commands.json"))
        yield f"{colour(scenario.name, BOLD)}: {note}", nodes


def main() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if live():
            print(colour("the cluster of this node", BOLD))
            for result in pool.map(verdict, [[command] for command in commands()]):
                show(*result)
            return
        print("no cluster daemon runs on this node: the recorded clusters of samples/clusters")
        for headline, nodes in recorded():
            print(f"\n{headline}")
            for node in nodes:
                print(f"  {node.name}")
                for result in pool.map(verdict, [[command, "--from", str(node)] for command in commands()]):
                    show(*result)
            if len(nodes) > 1:
                print("  the nodes compared")
                views = [f"--from={node.name}={node}" for node in nodes]
                for result in pool.map(verdict, [[command, *views] for command in commands(COMPARISONS)]):
                    show(*result)


if __name__ == "__main__":
    main()
