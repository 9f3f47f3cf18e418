"""Facts stay facts: whatever the texts of a verdict say, rank, colour, picture, advice and exit code stay."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, List, Tuple

import pytest

from check_ha.cli import node, overall
from check_ha.core import evidence, verdict
from check_ha.core.check import Judgement
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict
from check_ha.output import human
from check_ha.output.canvas import Line
from tests.replay import SAMPLES, label, picture_of, recorded, replay_all

Seen = List[Tuple[Verdict, List[Line]]]
MARK = "xx"
EVERY = 5
"""One of so many recordings, beside all samples."""


def scramble(text: str) -> str:
    """Other words, the same ones each time: without a name, a reason or a sign of what it was."""
    if not text or text.startswith(MARK):
        return text
    return MARK + hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def scrambled(finding: Finding) -> Finding:
    return finding._replace(text=scramble(finding.text))


def scrambled_judgement(judgement: Judgement) -> Judgement:
    return judgement._replace(
        summary=scramble(judgement.summary),
        findings=tuple(map(scrambled, judgement.findings)),
        rows=tuple(row._replace(state=scramble(row.state)) for row in judgement.rows),
    )


@pytest.fixture(name="seen")
def seen_verdicts(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """The verdict and the picture of each run of check_ha --human."""
    found: Seen = []
    original = human.picture

    def picture(scene: Any, findings: Any) -> List[Line]:
        lines = original(scene, findings)
        found.append((Verdict("", verdict.worst(findings), "", tuple(findings), (), ()), lines))
        return lines

    monkeypatch.setattr(human, "picture", picture)
    return found


def with_scrambled_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict_of, examine = verdict.verdict_of, evidence.examine

    def other_verdict(check: Any, judgement: Judgement, *rest: Any) -> Verdict:
        return verdict_of(check, scrambled_judgement(judgement), *rest)

    def other_evidence(*given: Any) -> Evidence:
        found = examine(*given)
        return found._replace(
            findings=tuple(map(scrambled, found.findings)),
            failed={tool: scrambled(finding) for tool, finding in found.failed.items()},
        )

    monkeypatch.setattr(node, "verdict_of", other_verdict)
    monkeypatch.setattr(overall, "examine", other_evidence)
    # what a check judges by is not scrambled, but that a tool failed must be the same finding in both
    monkeypatch.setattr(node, "examine", other_evidence)


def facts(verdict: Verdict) -> List[Any]:
    """What a program or a picture goes by."""
    return [
        (one.check, one.condition.name, one.severity, one.subjects, one.advice, one.commands, one.again)
        for one in verdict.findings
    ]


def colours(lines: List[Line]) -> List[List[Tuple[str, str]]]:
    """The picture, but for texts that were scrambled or stand for such."""
    kept: List[List[Tuple[str, str]]] = []
    for line in lines:
        if line and line[0].text.strip() == "What to do":
            break
        if line and line[0].text.startswith("Resources"):
            kept.append([(line[0].text.strip(), line[0].style)])
            continue
        kept.append([(span.text, span.style) for span in line])
    return kept


def chosen() -> List[Path]:
    return [one for number, one in enumerate(recorded()) if SAMPLES in one.parents or number % EVERY == 0]


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", chosen(), ids=label)
def test_rank_colour_picture_advice_and_exit_code_stay(
    directory: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _ = picture_of(directory)
    with_scrambled_texts(monkeypatch)
    other_code, output = picture_of(directory)
    (before, picture), (after, other_picture) = seen
    assert other_code == code
    assert facts(after) == facts(before)
    assert _without_states(colours(other_picture)) == _without_states(colours(picture))
    assert output


def _without_states(lines: List[List[Tuple[str, str]]]) -> List[List[Tuple[str, str]]]:
    """Without the states of resources and the reasons of tools: they are the texts that were scrambled."""
    kept: List[List[Tuple[str, str]]] = []
    below_resources = below_unknown = False
    for line in lines:
        head = line[0][0] if line else ""
        below_resources = head.strip() == "Resources" or (below_resources and head.startswith("  "))
        if (below_unknown and head == " " * 12) or (below_resources and head.startswith("    ")):
            continue
        below_unknown = any(text.startswith("not known: ") for text, _ in line)
        kept.append([(text.partition(":")[0], style) for text, style in line] if below_unknown else line)
        kept[-1] = kept[-1][:2] if below_resources else kept[-1]
    return kept


def test_the_plain_text_is_scrambled_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this test does would be seen: else it would prove nothing."""
    before = replay_all("--from", str(SAMPLES / "node-crashed" / "node1"))
    with_scrambled_texts(monkeypatch)
    after = replay_all("--from", str(SAMPLES / "node-crashed" / "node1"))
    assert before[0] == after[0]
    assert "offline" in before[1]
    assert "offline" not in after[1]
