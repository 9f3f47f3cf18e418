"""Run every check on the cluster of this node, or where there is none on the recorded ones beside this file.

On recorded ones: the story of one cluster in five scenes, then a table of all samples, the worst of each. ``--full``
prints what every check says of every node instead. ``make demo`` calls this (``make demo FULL=--full``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable, Iterator, List, NamedTuple, Sequence, Tuple

from check_ha.cli.register import CHECKS, COMPARISONS

CLUSTERS = Path(__file__).parent / "clusters"
DAEMONS = {"corosync", "pacemakerd", "pacemaker-remoted"}
COLOURS = {0: "32", 1: "33", 2: "31", 3: "35"}
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
SEVERITY = (0, 2, 3, 1)
"""Of each exit code: a proven problem is worse than one that is not known."""
BOLD = "1"
DESERVED = ("no-margin", "no-two-node", "fencing-disabled")
"""What most of these clusters are told all their lives: the table has what happened to them."""
WIDTH = max(80, shutil.get_terminal_size((120, 24)).columns)


class Scene(NamedTuple):
    """A sample, and which commands tell what happened there."""

    headline: str
    sample: str
    commands: Sequence[Tuple[str, ...]]
    """Each a check, and the nodes that it is run on: two of them are compared."""


STORY = (
    Scene("1. All is well, but for what the configuration deserves", "founding-2.4-healthy",
          [("check_ha", "node1"), ("check_ha_rings", "node1"), ("check_ha_vip", "node1")]),
    Scene("2. A ring fails: nobody notices, the other one carries on", "founding-2.4-ring-faulty",
          [("check_ha_rings", "node1"), ("check_ha_rings", "node2"), ("check_ha_vip", "node1")]),
    Scene("3. The second ring fails as well: what everybody fears", "founding-2.4-both-rings-cut",
          [("check_ha_quorum", "node1"), ("check_ha_vip", "node1"), ("check_ha_split_brain", "node1", "node2")]),
    Scene("4. Maintenance: node1 goes into standby, the address moves", "founding-2.4-standby",
          [("check_ha_nodes", "node1"), ("check_ha_vip", "node1"), ("check_ha_split_brain", "node1", "node2")]),
    Scene("5. Somebody takes the address off by hand, Pacemaker puts it back", "founding-2.4-failed-action",
          [("check_ha_failed_actions", "node1"), ("check_ha_vip", "node1")]),
)  # fmt: skip


def command(name: str) -> str:
    """The command of that name, as installed beside this Python."""
    return str(Path(sys.executable).parent / name)


def commands(names: Iterable[str] = CHECKS) -> List[str]:
    """The commands of these checks."""
    return [command(f"check_ha_{name}") for name in names]


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


def state(code: int) -> str:
    name = STATES[code] if 0 <= code < len(STATES) else str(code)
    return colour(f"{name:<8}", COLOURS.get(code, "35"))


def text_of(line: str) -> str:
    """What stands behind ``HA_VIP CRITICAL -``."""
    return line.partition(" - ")[2] or line


def show(code: int, line: str) -> None:
    print(f"    {line.split(' ', 1)[0]:<18} {state(code)} {text_of(line)}")


def nodes_of(sample: Path) -> List[Path]:
    return sorted(index.parent for index in sample.glob("*/commands.json"))


def recorded() -> Iterator[Path]:
    """Each sample."""
    yield from sorted(note.parent for note in CLUSTERS.glob("*/NOTE.txt"))


def note(sample: Path) -> str:
    return (sample / "NOTE.txt").read_text(encoding="utf-8").strip()


def tell(pool: ThreadPoolExecutor) -> None:
    """The story, each scene with the lines that an admin gets."""
    for scene in STORY:
        sample = CLUSTERS / scene.sample
        print(f"\n{colour(scene.headline, BOLD)}\n  {note(sample)}")
        asked = []
        for name, *nodes in scene.commands:
            places = [f"samples/clusters/{scene.sample}/{node}" for node in nodes]
            words = [
                f"--from {place}" if len(nodes) == 1 else f"--from {place.rsplit('/', 1)[-1]}={place}"
                for place in places
            ]
            asked.append((f"{name} {' '.join(words)}", [command(name), *" ".join(words).split()]))
        for (typed, _), (code, line) in zip(asked, pool.map(verdict, [_here(argv) for _, argv in asked])):
            print(f"    $ {typed}\n      {state(code)} {text_of(line)}")


def _here(argv: List[str]) -> List[str]:
    """The same, wherever this is called from."""
    return [word.replace("samples/clusters", str(CLUSTERS)) for word in argv]


def worst(sample: Path) -> Tuple[int, str]:
    """The worst that check_ha says of a node of this sample, or a comparison of its nodes."""
    nodes = nodes_of(sample)
    off = [word for condition in DESERVED for word in ("--severity", f"{condition}=ok")]
    asked = [[command("check_ha"), *off, "--from", str(node)] for node in nodes]
    if len(nodes) > 1:
        asked.insert(0, [command("check_ha_split_brain"), *(f"--from={node.name}={node}" for node in nodes)])
    return max(map(verdict, asked), key=lambda found: SEVERITY[found[0]] if 0 <= found[0] < 4 else 4)


def table(pool: ThreadPoolExecutor) -> None:
    """All samples, a line each."""
    samples = list(recorded())
    print(f"\n{colour('All samples: the worst line of check_ha and check_ha_split_brain', BOLD)}")
    print(f"  ({', '.join(DESERVED)}, which most of them deserve, are set to ok)")
    longest = max(len(sample.name) for sample in samples)
    for sample, (code, line) in zip(samples, pool.map(worst, samples)):
        room = WIDTH - longest - 14
        text = text_of(line)
        print(f"  {sample.name:<{longest}}  {state(code)}  {text if len(text) <= room else text[: room - 3] + '...'}")


def full(pool: ThreadPoolExecutor) -> None:
    """What every check says of every node of every sample."""
    for sample in recorded():
        print(f"\n{colour(sample.name, BOLD)}: {note(sample)}")
        nodes = nodes_of(sample)
        for node in nodes:
            print(f"  {node.name}")
            for result in pool.map(verdict, [[one, "--from", str(node)] for one in commands()]):
                show(*result)
        if len(nodes) > 1:
            print("  the nodes compared")
            views = [f"--from={node.name}={node}" for node in nodes]
            for result in pool.map(verdict, [[one, *views] for one in commands(COMPARISONS)]):
                show(*result)


def main() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if live():
            print(colour("the cluster of this node", BOLD))
            for result in pool.map(verdict, [[one] for one in commands()]):
                show(*result)
            return
        print("no cluster daemon runs on this node: the recorded clusters of samples/clusters")
        if "--full" in sys.argv[1:]:
            full(pool)
            return
        tell(pool)
        table(pool)
        print("\nmake demo FULL=--full: what every check says of every node")


if __name__ == "__main__":
    main()
