"""A verdict as lines of text: the first line, and what -v prints below it."""

from __future__ import annotations

from typing import List, Sequence

from check_ha.core.condition import Severity
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict
from check_ha.output.plain_text import ITEM_LIMIT, LINE_LIMIT, clean

FIRST_LINE = 200
"""Characters of the first line of check_ha, which is short enough for a phone."""


def headline(verdict: Verdict) -> str:
    """Return what follows ``HA_QUORUM OK - ``: in OK what was looked at and what is new, else all problems."""
    limit, more = (LINE_LIMIT, "-v lists all") if verdict.check else (FIRST_LINE, "-v lists all")
    return _headline(verdict, limit, more)


def _headline(verdict: Verdict, limit: int, more: str) -> str:
    if verdict.state is Severity.OK:
        texts = [clean(verdict.summary, limit), *_texts(verdict, verdict.news)]
        return _joined(list(dict.fromkeys(texts)), limit, more)  # "sbd is not set up here" may be both
    if not verdict.problems:
        return clean(verdict.summary, limit)
    return _joined(_texts(verdict, verdict.told), limit, more)


def _texts(verdict: Verdict, findings: Sequence[Finding]) -> List[str]:
    """Of all checks in one: each with the name of its check, which is said once where several follow each other.

    That a comparison has found it is not said by its name: "split_brain: no node could be asked" would read as one.
    """
    texts: List[str] = []
    before = verdict.check
    for one in findings:
        name = verdict.check if one.check == "split_brain" else one.check
        texts.append(clean(one.line if name in ("", before) else f"{name}: {one.line}"))
        before = name
    return texts


def _joined(texts: Sequence[str], limit: int, more: str) -> str:
    """Return the texts in one line; those for which there is no room are counted."""
    line = ""
    for count, text in enumerate(texts):
        if count and len(line) + len(text) > limit:
            return f"{line}; and {len(texts) - count} more ({more})"
        line = f"{line}; {text}" if line else text
    return line


def verbose_lines(verdict: Verdict, verbose: int) -> List[str]:
    """Return the lines that -v and -vv print below the first one, but for those of the tools."""
    if not verbose:
        return []
    lines = _of_parts(verdict, verbose) if verdict.parts else _of_one(verdict)
    from check_ha.output.perfdata_room import fitting

    left_out = fitting(verdict.measures)[1]
    notes = [*verdict.notes, *([f"perfdata: no room for {left_out} of {len(verdict.measures)}"] if left_out else [])]
    return [*lines, *(clean(note) for note in notes)]


def _of_parts(verdict: Verdict, verbose: int) -> List[str]:
    """A line for each check; with -vv all that it says."""
    lines: List[str] = []
    for part in verdict.parts:
        said = _headline(part, LINE_LIMIT, "-vv lists all")
        lines.append(clean(f"{part.check} {part.state.name} - {said}", LINE_LIMIT + 100))
        lines += [f"  {line}" for line in _of_one(part)] if verbose >= 2 else []
    return lines


def _of_one(verdict: Verdict) -> List[str]:
    """Return a line for each finding with its condition, what to do about it, what follows; then one for each item."""
    lines: List[str] = []
    following = verdict.following
    for one in (*verdict.told, *verdict.news):
        lines.append(clean(f"{one.severity.name.lower()}: {one.text} [{one.condition.name}]", ITEM_LIMIT + 40))
        lines += [clean(f"  -> {one.step}", ITEM_LIMIT + 100)] if one.step else []  # it is typed as it is
        lines += [
            clean(f"  with it: {it.text} [{it.condition.name}]", ITEM_LIMIT + 40)
            for it in following.get(one.key, ()) if it.severity <= one.severity
        ]  # fmt: skip
    return [*lines, *(clean(row.line) for row in verdict.rows)]
