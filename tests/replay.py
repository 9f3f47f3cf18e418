"""Run a check inside the test process: the same way as the command, from arguments to exit code.

``python -m tests.replay`` writes tests/expected anew; with the name of a check (``quorum``, ``all``, ``drift``) or of a
recording (``samples/cli-ban``), or several, only what these concern. Read the difference before you commit it: each
line is a promise to somebody who is paged.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import os
import re
import sys
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import nagiosplugin

from check_ha.cli import comparison, node, overall, register
from check_ha.cli.register import CHECKS, check_named
from check_ha.cli.run import run
from check_ha.core.check import Check

TESTS = Path(__file__).parent
SAMPLES = TESTS.parent / "samples" / "clusters"
RECORDINGS = TESTS / "recordings"
EXPECTED = TESTS / "expected"
PICTURES = TESTS / "expected_human"
ALL = "all"
"""The name of check_ha among the checks."""


def checks() -> List[str]:
    """The names of all checks of a node."""
    return sorted(CHECKS)


def alone() -> List[str]:
    """The names of the checks of a node that are no part of check_ha."""
    return sorted(register.ALONE)


def always() -> List[str]:
    """The names of the checks that no cluster goes without, in the order in which they are told."""
    return [name for name in CHECKS if check_named(name).applies is None]


def optional() -> List[str]:
    """The names of the checks of what not every cluster has. Only where it is set up there is something expected."""
    return [name for name in checks() if check_named(name).applies is not None]


def comparisons() -> List[str]:
    """The names of the checks that compare nodes."""
    return sorted(register.COMPARISONS)


def recorded() -> Iterator[Path]:
    """Every recorded directory, samples first."""
    for root in (SAMPLES, RECORDINGS):
        yield from sorted(index.parent for index in root.rglob("commands.json"))


def label(directory: Path) -> str:
    """``samples/healthy-2node/node1``, ``cluster/orphan/node2``."""
    root = SAMPLES if SAMPLES in directory.parents else RECORDINGS
    return str(Path("samples" if root is SAMPLES else "") / directory.relative_to(root))


def replay(check: Check, *argv: str) -> Tuple[int, str]:
    """Exit code and standard output of the check with these arguments."""
    return _captured(lambda: run(functools.partial(node.understand, check), argv))


def replay_all(*argv: str) -> Tuple[int, str]:
    """The same of check_ha."""
    return _captured(lambda: overall.run_all(argv))


def clusters(name: str = "") -> Iterator[Path]:
    """Every cluster of which several nodes were recorded; for the comparison of sites, every geo cluster."""
    if name == "sites":
        yield from (one for one in dict.fromkeys(path.parent for path in recorded()) if len(sites_of(one)) > 1)
        return
    for scenario in dict.fromkeys(directory.parent for directory in recorded()):
        if len(nodes_of(scenario)) > 1:
            yield scenario


def nodes_of(cluster: Path) -> List[Path]:
    """The recorded nodes; of one that several users have recorded, what root has."""
    return sorted(index.parent for index in cluster.glob("node[0-9]/commands.json"))


def sites_of(cluster: Path) -> List[Path]:
    """The recorded sites of a geo cluster, of which each is a cluster of its own."""
    return sorted(index.parent for index in cluster.glob("site[0-9]/commands.json"))


def compare(check: Check, cluster: Path, *argv: str) -> Tuple[int, str]:
    """Exit code and standard output of the comparison of its recorded nodes."""
    views = [f"--from={node.name}={node}" for node in nodes_of(cluster) or sites_of(cluster)]
    return _captured(lambda: run(functools.partial(comparison.understand, check), [*views, *argv]))


def picture_of(directory: Path, columns: int = 80) -> Tuple[int, str]:
    """The same of check_ha --human."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(columns)
    try:
        return replay_all("--human", "--from", str(directory))
    finally:
        del os.environ["COLUMNS"]
        os.environ.update({} if before is None else {"COLUMNS": before})


def _captured(main: Callable[[], object]) -> Tuple[int, str]:
    nagiosplugin.Runtime.instance = None  # a singleton: each run must start with a new one
    nagiosplugin.Runtime.stdout = None  # 1.3 keeps the standard output that there was when it was imported
    logging.getLogger("nagiosplugin").handlers.clear()
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), stdout.getvalue()
    raise AssertionError("a check ends the process")


class Said(NamedTuple):
    """What a check says of a recording with ``-v``."""

    code: int
    text: str
    """All lines, without perfdata."""
    perfdata: str

    @property
    def first(self) -> str:
        """The first line, all that there is without ``-v``."""
        return self.text.partition("\n")[0]

    @property
    def output(self) -> str:
        """The output without ``-v``."""
        return f"{self.first} | {self.perfdata}\n" if self.perfdata else f"{self.first}\n"


def said(name: str, directory: Path) -> Said:
    """What this check, ``all`` or a comparison says of this recording."""
    if name == ALL:
        code, output = replay_all("--from", str(directory), "-v")
    elif name in CHECKS:
        code, output = replay(check_named(name), "--from", str(directory), "-v")
    else:
        code, output = compare(check_named(name), directory, "-v")
    text, _, perfdata = re.sub(r"\n\| ", " | ", output.rstrip("\n")).partition(" | ")
    # that of check_ha is the perfdata of the checks, which a test says
    return Said(code, text, "" if name == ALL else perfdata)


def views_compared(check: Check, directory: Path, nodes: Sequence[str], *argv: str) -> Tuple[int, str]:
    """Exit code and standard output of the comparison of the views in that directory; a node without is silent."""
    files = [f"--from={name}={directory / name}.json" for name in nodes if (directory / f"{name}.json").exists()]
    asked = [word for name in nodes for word in ("--node", name)]
    return _captured(lambda: run(functools.partial(comparison.understand, check), [*asked, *files, *argv]))


def said_of_views(check: Check, directory: Path, nodes: Sequence[str]) -> Said:
    """What the comparison says of the views in that directory."""
    code, output = views_compared(check, directory, nodes, "-v")
    text, _, perfdata = re.sub(r"\n\| ", " | ", output.rstrip("\n")).partition(" | ")
    return Said(code, text, perfdata)


def subjects(name: str) -> Iterator[Path]:
    """What there is to be judged by this check: recordings, or clusters of several."""
    return clusters(name) if name in register.COMPARISONS else recorded()


@functools.cache
def expected_of(name: str) -> Dict[str, Said]:
    """What this check says of each, by label."""
    text = (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")
    measured = (EXPECTED / f"{name}.perfdata.tsv").read_text(encoding="utf-8") if name != ALL else ""
    perfdata = dict(line.split("\t", 1) for line in measured.splitlines())
    found = re.findall(r"^=== (\S+): exit (\d)\n(.*?)\n\n(?====|\Z)", text, flags=re.DOTALL | re.MULTILINE)
    return {where: Said(int(code), lines, perfdata.get(where, "")) for where, code, lines in found}


def pictured() -> Iterator[Path]:
    """The samples whose picture is expected as a whole."""
    for path in sorted(PICTURES.glob("*.txt")):
        scenario, _, node = path.stem.rpartition("_")
        yield SAMPLES / scenario / node


def write(name: str, only: Sequence[str] = ()) -> None:
    """Write what is expected of this check anew; with ``only`` of recordings whose label begins so."""
    known = expected_of(name) if (EXPECTED / f"{name}.txt").exists() else {}
    found = {}
    for directory in subjects(name):
        where = label(directory)
        wanted = not only or where not in known or any(f"{where}/".startswith(f"{one}/") for one in only)
        one = said(name, directory) if wanted else known[where]
        if name not in optional() or not one.first.endswith(" is not set up here"):
            found[where] = one
    EXPECTED.mkdir(exist_ok=True)
    text = "".join(f"=== {where}: exit {one.code}\n{one.text}\n\n" for where, one in found.items())
    (EXPECTED / f"{name}.txt").write_text(text, encoding="utf-8")
    if name != ALL:
        rows = "".join(f"{where}\t{one.perfdata}\n" for where, one in found.items())
        (EXPECTED / f"{name}.perfdata.tsv").write_text(rows, encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Write what these checks or recordings concern, or everything."""
    everything = [*checks(), *comparisons(), ALL]
    names = [one for one in arguments if one in everything]
    only = [one.rstrip("/") for one in arguments if one not in everything]
    labels = [*map(label, recorded()), *map(label, clusters()), *map(label, clusters("sites"))]
    unknown = [one for one in only if not any(f"{where}/".startswith(f"{one}/") for where in labels)]
    if unknown:
        sys.exit(f"neither a check nor a recording: {', '.join(unknown)}")
    for name in names or everything:
        write(name, only)
    if not names or ALL in names:
        for directory in pictured():
            picture = picture_of(directory)[1]
            (PICTURES / f"{directory.parent.name}_{directory.name}.txt").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
