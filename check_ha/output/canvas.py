"""Text for a terminal: coloured words in lines, tables and paragraphs of a given width.

Every text is cleaned on its way in, so that a name cannot send a command to the terminal.
"""

from __future__ import annotations

import textwrap
from typing import List, Sequence, Tuple

from check_ha.output.plain_text import RAW_LIMIT, clean
from check_ha.record import NamedTuple

GAP = 2
NARROW = 20
"""Columns below which a text is not worth breaking into lines."""


class Style:
    """What a text means; a colour goes with words that say the same."""

    PLAIN = ""
    GOOD = "32"
    WARNING = "33"
    BAD = "1;31"
    UNKNOWN = "35"
    HEADING = "1"
    FAINT = "2"


class Span(NamedTuple):
    """A piece of a line. Make it with ``span``."""

    text: str
    style: str = Style.PLAIN


Line = Tuple[Span, ...]
Row = Sequence[Span]


def span(text: str, style: str = Style.PLAIN) -> Span:
    """Return a piece of a line, fit to print."""
    return Span(clean(text, RAW_LIMIT), style)


def heading(text: str) -> Span:
    """Return the head of a line, with room behind it."""
    return span(f"{text:<11} ", Style.HEADING)


def line(*spans: Span) -> Line:
    """Return pieces in one line, without blanks at its end."""
    kept = list(spans)
    while kept and not kept[-1].text.strip():
        kept.pop()
    return (*kept[:-1], kept[-1]._replace(text=kept[-1].text.rstrip())) if kept else ()


def paragraph(head: Row, text: str, width: int, style: str = Style.PLAIN) -> List[Line]:
    """Return the head, and the text beside it, in as many lines as it needs."""
    indent = sum(len(one.text) for one in head)
    if width - indent < NARROW:
        rest = [line(span(" " * 4), span(part, style)) for part in _wrapped(text, width - 4)]
        return [line(*head), *rest]
    first, *others = _wrapped(text, width - indent)
    return [line(*head, span(first, style)), *(line(span(" " * indent), span(part, style)) for part in others)]


def flow(head: str, texts: Sequence[Tuple[str, str]], width: int) -> List[Line]:
    """Return texts with their styles, one after the other behind the head, in as many lines as they need."""
    lines: List[Line] = []
    current = [heading(head)]
    for text, style in texts:
        for word in text.split():
            if sum(len(one.text) for one in current) + len(word) > width:
                lines.append(line(*current))
                current = [heading("")]
            current += [span(word, style), span(" ")]
        current.append(span(" "))
    return [*lines, line(*current)]


def table(rows: Sequence[Row], width: int, indent: int = 2) -> List[Line]:
    """Return the rows with their columns one below the other; what is too wide for that goes on in further lines."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max(len(row[column].text) for row in rows if column < len(row)) for column in range(columns)]
    return [part for row in rows for part in _row(row, widths, width, indent)]


def fits(rows: Sequence[Row], width: int, indent: int = 2) -> bool:
    """Return whether each row of such a table is one line."""
    return len(table(rows, width, indent)) == len(rows)


def _row(row: Row, widths: Sequence[int], width: int, indent: int) -> List[Line]:
    if not row:
        return []
    head: List[Span] = [span(" " * indent)]
    if indent + sum(widths[: len(row) - 1]) + GAP * (len(row) - 1) > width:
        below = (" " * GAP).join(cell.text for cell in row[1:])
        return [line(*head, row[0]), *paragraph([*head, *head], below, width, row[1].style)]
    for cell, size in zip(row[:-1], widths):
        head += [cell, span(" " * (size - len(cell.text) + GAP))]
    return paragraph(head, row[-1].text, width, row[-1].style)


def _wrapped(text: str, width: int) -> List[str]:
    cleaned = clean(text, RAW_LIMIT)
    if len(cleaned) <= width:
        return [cleaned]
    return textwrap.wrap(cleaned, max(NARROW, width), break_on_hyphens=False, break_long_words=False) or [""]


def rendered(lines: Sequence[Line], colours: bool) -> str:
    """Return the lines as text, with escape codes or without."""
    return "".join("".join(_painted(one, colours) for one in parts) + "\n" for parts in lines)


def _painted(one: Span, colours: bool) -> str:
    return f"\033[{one.style}m{one.text}\033[0m" if colours and one.style and one.text else one.text
