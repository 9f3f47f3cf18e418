"""Run a check inside the test process: the same way as the command, from arguments to exit code.

``python -m tests.replay`` writes tests/expected anew, one file a check, expected_overall.tsv for check_ha,
expected_human for its picture, and expected_comparisons.tsv for what compares the nodes of a cluster. Read the
difference before you commit it: each line is a promise to somebody who is paged.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import logging
import os
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Tuple

import nagiosplugin

from check_ha.commandline import comparison, overall
from check_ha.commandline.command import run
from check_ha.judgement.check import Check

TESTS = Path(__file__).parent
SAMPLES = TESTS.parent / "samples" / "clusters"
RECORDINGS = TESTS / "recordings"
EXPECTED = TESTS / "expected"
OVERALL = TESTS / "expected_overall.tsv"
PICTURES = TESTS / "expected_human"
COMPARISONS = TESTS / "expected_comparisons.tsv"


def checks() -> List[str]:
    """The names of all checks: the modules of check_ha.checks."""
    folder = TESTS.parent / "check_ha" / "checks"
    return sorted(path.stem for path in folder.glob("[a-z]*.py"))


def check_named(name: str) -> Check:
    """The Check of that module."""
    check: Check = importlib.import_module(f"check_ha.checks.{name}").CHECK
    return check


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
    return _captured(lambda: run(check, argv))


def replay_all(*argv: str) -> Tuple[int, str]:
    """The same of check_ha."""
    return _captured(lambda: overall.run(argv))


def comparisons() -> List[Check]:
    """The checks that compare nodes: the modules of check_ha.comparisons."""
    folder = TESTS.parent / "check_ha" / "comparisons"
    names = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    return [importlib.import_module(f"check_ha.comparisons.{name}").CHECK for name in names]


def clusters() -> Iterator[Path]:
    """Every cluster of which several nodes were recorded."""
    for scenario in dict.fromkeys(directory.parent for directory in recorded()):
        if len(nodes_of(scenario)) > 1:
            yield scenario


def nodes_of(cluster: Path) -> List[Path]:
    """The recorded nodes; of one that several users have recorded, what root has."""
    return sorted(index.parent for index in cluster.glob("node[0-9]/commands.json"))


def compare(check: Check, cluster: Path) -> Tuple[int, str]:
    """Exit code and standard output of the comparison of its recorded nodes."""
    views = [f"--from={node.name}={node}" for node in nodes_of(cluster)]
    return _captured(lambda: comparison.run(check, views))


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


@functools.cache
def expected_of(name: str) -> Dict[str, Tuple[int, str]]:
    """What this check says of each recorded directory: exit code and output."""
    lines = (EXPECTED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t", 2) for line in lines)
    return {where: (int(code), text + "\n") for where, code, text in rows}


@functools.cache
def expected_overall() -> Dict[str, Tuple[int, str]]:
    """What check_ha says of each, without the perfdata, which is that of the checks."""
    rows = (line.split("\t", 2) for line in OVERALL.read_text(encoding="utf-8").splitlines())
    return {where: (int(code), text) for where, code, text in rows}


@functools.cache
def expected_comparisons() -> Dict[Tuple[str, str], Tuple[int, str]]:
    """What each comparison says of each cluster: exit code and output."""
    rows = (line.split("\t", 3) for line in COMPARISONS.read_text(encoding="utf-8").splitlines())
    return {(where, name): (int(code), text + "\n") for where, name, code, text in rows}


def pictured() -> Iterator[Path]:
    """The samples whose picture is expected as a whole."""
    for path in sorted(PICTURES.glob("*.txt")):
        scenario, _, node = path.stem.rpartition("_")
        yield SAMPLES / scenario / node


def main() -> None:
    """Write tests/expected anew."""
    for name in checks():
        check = check_named(name)
        rows = []
        for directory in recorded():
            code, output = replay(check, "--from", str(directory))
            rows.append(f"{label(directory)}\t{code}\t{output.rstrip()}\n")
        EXPECTED.mkdir(exist_ok=True)
        (EXPECTED / f"{name}.tsv").write_text("".join(rows), encoding="utf-8")
    _write_overall()
    rows = []
    for cluster in clusters():
        for check in comparisons():
            code, output = compare(check, cluster)
            rows.append(f"{label(cluster)}\t{check.name}\t{code}\t{output.rstrip()}\n")
    COMPARISONS.write_text("".join(rows), encoding="utf-8")


def _write_overall() -> None:
    rows = []
    for directory in recorded():
        code, output = replay_all("--from", str(directory))
        rows.append(f"{label(directory)}\t{code}\t{output.partition(' | ')[0].rstrip()}\n")
    OVERALL.write_text("".join(rows), encoding="utf-8")
    for directory in pictured():
        picture = picture_of(directory)[1]
        (PICTURES / f"{directory.parent.name}_{directory.name}.txt").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
