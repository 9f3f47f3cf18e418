"""The table at the end of the tests: what was broken, how soon it was seen, and what each check said of it."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Sequence

import pytest

from tests.replay import always

from .fault import MON
from .watch import Round

PROPERTY = "fault"
"""Under this name a row goes along with the report of its test, which another process may have run."""
LEGEND = (
    "A letter per node: . OK, W WARNING, C CRITICAL, U UNKNOWN, - no power. Seconds from the injection to the first "
    "verdict other than OK, and from the repair until all were OK again."
)
_MARKS = {"OK": ".", "WARNING": "W", "CRITICAL": "C", "UNKNOWN": "U"}
_NAMES = [*always(), "all", "split_brain"]


class Row(NamedTuple):
    """What became of one fault."""

    fault: str
    seen: Optional[float]
    """Seconds until the first verdict that was not OK."""
    over: float
    """Seconds until all were OK again, from when it was being repaired."""
    cells: Sequence[str]
    """A letter per node for each check."""


def cells(nodes: Sequence[str], said: Round) -> list[str]:
    """Return what each check said, a letter per node; split_brain speaks on the monitoring host alone."""
    return [_cell([MON] if name == "split_brain" else nodes, name, said) for name in _NAMES]


def _cell(places: Sequence[str], check: str, said: Round) -> str:
    verdicts = [said.get(place, {}).get(check) for place in places]
    return "".join(_MARKS.get(verdict.state, "?") if verdict else "-" for verdict in verdicts)


def rows(reports: Sequence[pytest.TestReport]) -> list[Row]:
    """Return the rows that came along with these reports, by the names of the faults: they end in any order."""
    found = (value for report in reports for name, value in report.user_properties if name == PROPERTY)
    return sorted((Row(*value) for value in found if isinstance(value, (list, tuple))), key=lambda row: row.fault)


def lines(table: Sequence[Row]) -> Iterator[str]:
    """Return the table."""
    width = max(len(row.fault) for row in table)
    heads = [name.replace("_", " ").split() for name in _NAMES]
    yield f"{'':{width}}    seen    over  " + " ".join(f"{head[0][:8]:8}" for head in heads)
    yield f"{'fault':{width}}   after   after  " + " ".join(f"{' '.join(head[1:])[:8]:8}" for head in heads)
    for row in table:
        seen = "never" if row.seen is None else f"{row.seen:.1f}s"
        yield f"{row.fault:{width}} {seen:>7} {row.over:6.1f}s  {' '.join(f'{cell:8}' for cell in row.cells)}".rstrip()
    yield LEGEND
