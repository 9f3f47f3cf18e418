"""Outputs that say less than the tool said, and what the checks make of them: to lose evidence betters no verdict.

``python -m tests.damaged [RECORDING ...]`` tries every damage on every recording (or on those whose label begins so)
and prints each that makes a verdict better. tests/test_damaged.py tries a share of them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from lxml import etree

from check_ha.cli.node import collect
from check_ha.cli.options.common import CommonOptions
from check_ha.cli.register import all_checks
from check_ha.core.check import Check
from check_ha.core.condition import Severity
from check_ha.core.evidence import examine
from check_ha.core.verdict import verdict_of
from check_ha.sources.recording import Recording
from check_ha.sources.tools import Output, Tool
from tests.replay import label, recorded

CHECKS = {check.name: check for check in all_checks()}


class Damage(NamedTuple):
    """One output with less in it."""

    tool: Tool
    kind: str
    """``cut``, ``line``, ``element``."""
    what: str
    """Which line, or which element: ``line 3: Quorate: Yes``, ``node @node2``."""
    stdout: bytes


class Bettered(NamedTuple):
    """A verdict that is better for less evidence."""

    where: str
    check: str
    damage: Damage
    before: Severity
    after: Severity

    @property
    def kind(self) -> Tuple[str, str, str]:
        """What is alike: the check, the tool, and which kind of line or element is missing."""
        return self.check, self.damage.tool.file, re.sub(r"[0-9]+", "N", self.damage.what)

    @property
    def line(self) -> str:
        """For a person."""
        one = self.damage
        return f"{self.where} {self.check}: {self.before.name} is {self.after.name} without {one.tool.file} {one.what}"


def damages(tool: Tool, stdout: bytes) -> Iterator[Damage]:
    """Everything that can be cut off or taken out of this output."""
    lines = stdout.splitlines(keepends=True)
    for number in range(len(lines)):
        if number and b"".join(lines[number:]).strip():
            shown = lines[number].decode("utf-8", "backslashreplace").strip()[:60]
            yield Damage(tool, "cut", f"all from line {number + 1}: {shown}", b"".join(lines[:number]))
    if stdout.lstrip().startswith(b"<"):
        yield from _elements(tool, stdout)
    elif len(lines) > 1:
        for number, line in enumerate(lines):
            if line.strip():
                shown = line.decode("utf-8", "backslashreplace").strip()[:60]
                yield Damage(
                    tool, "line", f"line {number + 1}: {shown}", b"".join(lines[:number] + lines[number + 1 :])
                )


def _elements(tool: Tool, stdout: bytes) -> Iterator[Damage]:
    try:
        number = sum(1 for _ in etree.fromstring(stdout).iter("*"))
    except etree.XMLSyntaxError:
        return
    for position in range(1, number):
        root = etree.fromstring(stdout)
        element = list(root.iter("*"))[position]
        name = element.get("name") or element.get("id") or ""
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        yield Damage(tool, "element", f"<{element.tag}> {name}".strip(), etree.tostring(root))


class Judge:
    """The checks on one recording."""

    def __init__(self, directory: Path) -> None:
        self.where = label(directory)
        self._source = Recording(str(directory))
        self._options = CommonOptions()
        self.outputs: Dict[Tool, Output] = {}
        for check in CHECKS.values():
            self.outputs.update(collect(check.readings, self._source))
        self._parsed: Dict[Tool, Any] = {}
        self.before = {name: self.state(check, self.outputs, self._parsed)[0] for name, check in CHECKS.items()}

    def state(self, check: Check, outputs: Dict[Tool, Output], parsed: Dict[Tool, Any]) -> Tuple[Severity, bool]:
        """The state of the verdict, and whether it says that evidence is missing."""
        evidence = examine(check.readings, outputs, None, self._source.now, parsed)
        judgement = check.judge(evidence, check.options())
        complete = judgement._replace(findings=(*judgement.findings, *evidence.findings))
        unsure = any(finding.severity is Severity.UNKNOWN for finding in complete.findings)
        return verdict_of(check, complete, {}).state, unsure

    def damages(self) -> Iterator[Damage]:
        """All of this recording's outputs that a check believes."""
        for tool, output in self.outputs.items():
            if output.fault is None and output.status in tool.good and output.stdout.strip():
                yield from damages(tool, output.stdout)

    def bettered(self, damage: Damage) -> Iterator[Bettered]:
        """The verdicts that are better with it."""
        outputs = {**self.outputs, damage.tool: self.outputs[damage.tool]._replace(stdout=damage.stdout)}
        parsed = {tool: value for tool, value in self._parsed.items() if tool != damage.tool}
        for name, check in CHECKS.items():
            before = self.before[name]
            if before is Severity.OK or not any(reading.tool == damage.tool for reading in check.readings):
                continue
            after, unsure = self.state(check, outputs, parsed)
            if after is Severity.OK or (after < before and not unsure):
                yield Bettered(self.where, name, damage, before, after)


def tried(directory: Path, every: int = 1, offset: int = 0) -> Tuple[int, List[Bettered]]:
    """How many damages were tried, one of so many, and the verdicts that they make better."""
    judge = Judge(directory)
    number, found = 0, list[Bettered]()
    for position, damage in enumerate(judge.damages()):
        if position % every == offset % every:
            number += 1
            found += judge.bettered(damage)
    return number, found


def main(only: Sequence[str]) -> None:
    """Try all, print what is better, and the kinds of it."""
    chosen = [one for one in recorded() if not only or any(label(one).startswith(start) for start in only)]
    total, kinds, lines = 0, Counter[Tuple[str, str, str]](), []
    with ProcessPoolExecutor(2) as pool:
        for number, found in pool.map(tried, chosen, chunksize=4):
            total += number
            kinds.update(one.kind for one in found)
            lines += [one.line for one in found]
    print("\n".join(lines))
    for kind, times in kinds.most_common():
        print(f"{times:6} {' | '.join(kind)}")
    print(f"{total} damaged outputs, {len(lines)} better verdicts")


if __name__ == "__main__":
    main(sys.argv[1:])
