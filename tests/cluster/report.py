"""The table at the end of the tests: what was broken, how soon it was seen, and what each check said of it."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from tests.replay import checks

from .fault import MON
from .watch import Round

_MARKS = {"OK": ".", "WARNING": "W", "CRITICAL": "C", "UNKNOWN": "U"}
LEGEND = (
    "A letter per node: . OK, W WARNING, C CRITICAL, U UNKNOWN, - no power. Seconds from the injection to the first "
    "verdict other than OK, and from the repair until all were OK again."
)


class Row(NamedTuple):
    """What became of one fault."""

    fault: str
    nodes: tuple[str, ...]
    seen: Optional[float]
    """Seconds until the first verdict that was not OK."""
    over: float
    """Seconds until all were OK again, from when it was being repaired."""
    said: Round


ROWS: list[Row] = []


def lines() -> Iterator[str]:
    """Return the table."""
    names = [*checks(), "all", "split_brain"]
    width = max(len(row.fault) for row in ROWS)
    heads = [name.replace("_", " ").split() for name in names]
    yield f"{'':{width}}    seen    over  " + " ".join(f"{head[0][:8]:8}" for head in heads)
    yield f"{'fault':{width}}   after   after  " + " ".join(f"{' '.join(head[1:])[:8]:8}" for head in heads)
    for row in ROWS:
        seen = "never" if row.seen is None else f"{row.seen:.1f}s"
        cells = " ".join(f"{_cell(row, name):8}" for name in names)
        yield f"{row.fault:{width}} {seen:>7} {row.over:6.1f}s  {cells}".rstrip()
    yield LEGEND


def _cell(row: Row, check: str) -> str:
    places = [MON] if check == "split_brain" else row.nodes
    verdicts = [row.said.get(place, {}).get(check) for place in places]
    return "".join(_MARKS.get(verdict.state, "?") if verdict else "-" for verdict in verdicts)
