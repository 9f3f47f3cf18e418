"""What corosync's tools say is cut at a line, or loses one: no verdict of rings and quorum gets better by that.

An OK rests on what is there. In each recording with output of corosync the output of each of four tools is damaged, as
by a tool that ends early with exit 0. CRITICAL may become WARNING, and either UNKNOWN, only where what was lost was the
only evidence: those are listed with their reason.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Tuple

import pytest

from check_ha.cli.register import check_named
from check_ha.core.condition import Severity
from check_ha.core.evidence import examine
from check_ha.core.verdict import verdict_of
from check_ha.parsers.cmapctl import parse_cmapctl_stats
from check_ha.parsers.errors import ParseError
from check_ha.sources.recording import Recording
from check_ha.sources.tools import CFGTOOL, CMAPCTL, CMAPCTL_STATS, CRM_MON, PS, QUORUMTOOL, Output, Tool
from tests.replay import label, recorded

TOOLS = (CFGTOOL, CMAPCTL, CMAPCTL_STATS, QUORUMTOOL)
EACH = 2
"""So many lines of each output are taken away and cut before, of those that matter and of the others; a whole run over
all lines takes 20 minutes."""
MATTERS = re.compile(
    rb"nodelist|members|totem\.(version|transport)|rrp\.\d|votequorum\.this|quorum\.(provider|device.model|expected)"
    rb"|\.(connected|down_count) |mcast_retx|firewall"
)

LESS_IS_KNOWN: Dict[Tuple[str, str], str] = {
    ("rings", "corosync-cfgtool -s"): "that a ring is faulty, or a link down, only it tells in the versions before 3",
    ("rings", "corosync-cmapctl"): "who is no member of corosync 2 and of udp and udpu stands only there",
    (
        "rings",
        "corosync-cmapctl -m stats",
    ): "what a link did since the last run, and what was sent again, it alone counts",
    ("quorum", "corosync-quorumtool -s"): "whether there is quorum, whose votes are missing, and what the device does",
    ("quorum", "corosync-cmapctl"): "which nodes are configured stands only there",
}
"""Where a proven problem becomes UNKNOWN, or one of two problems is lost."""

NO_REDUNDANCY: Dict[Tuple[str, str], str] = {}
"""Where a verdict becomes OK, since nothing else would tell."""


class Look(NamedTuple):
    """One check of one recording, with what it remembers of the last run."""

    check: str
    directory: Path
    outputs: Mapping[Tool, Output]
    now: float
    previous: Mapping[str, Any]

    def state(self, outputs: Mapping[Tool, Output], parsed: Dict[Tool, Any]) -> Severity:
        check = check_named(self.check)
        evidence = examine(check.readings, outputs, self.previous, self.now, parsed)
        judgement = check.judge(evidence, check.options())
        judgement = judgement._replace(findings=(*evidence.findings, *judgement.findings))
        return verdict_of(check, judgement, {}).state


def looks() -> Iterator[Look]:
    """Each recording once; rings also where every link has flapped and all messages are sent again."""
    seen = set()
    for directory in recorded():
        recording = Recording(str(directory))
        for name in ("rings", "quorum"):
            outputs = recording.collect([*(reading.tool for reading in check_named(name).readings), PS])
            said = tuple(outputs[tool].stdout for tool in (*TOOLS, CRM_MON) if tool in outputs)
            if (name, said) in seen or not any(outputs[tool].stdout for tool in TOOLS if tool in outputs):
                continue
            seen.add((name, said))
            yield Look(name, directory, outputs, recording.now, {})
            if name == "rings":
                yield Look(name, directory, outputs, recording.now, flapped(outputs))


def flapped(outputs: Mapping[Tool, Output]) -> Mapping[str, Any]:
    state: Dict[str, Any] = {"total": -(10**12), "failures": 0, "time": 0, "rate": 25.0, "runs": 1}
    try:
        links = parse_cmapctl_stats(outputs[CMAPCTL_STATS].stdout).links
    except ParseError:
        links = ()
    return {"retransmissions": state, **{f"{one.peer}/{one.link}": (one.down_count or 0) - 1 for one in links}}


def damaged(look: Look, chance: random.Random) -> Iterator[Tuple[Tool, str, Mapping[Tool, Output]]]:
    """The outputs with one line less, and cut before it."""
    for tool in TOOLS:
        lines = look.outputs[tool].stdout.split(b"\n") if tool in look.outputs else []
        numbers = range(len(lines) - 1)
        chosen = [number for number in numbers if MATTERS.search(lines[number])]
        some = [chance.sample(of, min(len(of), EACH)) for of in (chosen, numbers)]
        for number in sorted({*some[0], *some[1]}):
            for what, left in (("without", lines[number + 1 :]), ("cut before", [b""])):
                stdout = b"\n".join([*lines[:number], *left])
                yield (
                    tool,
                    f"{what} {lines[number].decode(errors='replace')!r}",
                    {**look.outputs, tool: look.outputs[tool]._replace(stdout=stdout)},
                )


@pytest.mark.no_cover
def test_no_verdict_gets_better() -> None:
    chance = random.Random(7)
    better: List[str] = []
    weaker: Dict[Tuple[str, str], str] = {}
    for look in looks():
        parsed: Dict[Tool, Any] = {}
        before = look.state(look.outputs, parsed)
        for tool, what, outputs in damaged(look, chance):
            after = look.state(outputs, {other: value for other, value in parsed.items() if other is not tool})
            where = (look.check, tool.label)
            if after >= before:
                continue
            text = f"{look.check} of {label(look.directory)}: {before.name} is {after.name} {what} of {tool.label}"
            if after is Severity.OK and where not in NO_REDUNDANCY:
                better.append(text)
            else:
                weaker[where] = text
    assert better == []
    assert {where: text for where, text in weaker.items() if where not in LESS_IS_KNOWN} == {}
    assert set(LESS_IS_KNOWN) == set(weaker), "a reason that nothing needs"
