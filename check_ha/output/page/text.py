"""Text of the page: whatever comes from a node is escaped here, and nowhere else put into HTML."""

from __future__ import annotations

from html import escape
from typing import List, Sequence

from check_ha.output.plain_text import RAW_LIMIT, clean


def escaped(text: str) -> str:
    """Return the text as HTML that shows it, also in an attribute in quotes."""
    return escape(clean(text, RAW_LIMIT), quote=True)


def shortened(text: str, letters: int) -> str:
    """Return so many characters of it: the beginning and the end of a long name tell it from others."""
    if len(text) <= letters:
        return text
    tail = (letters - 1) // 2
    return f"{text[: letters - 1 - tail]}…{text[len(text) - tail :]}"


def wrapped(names: Sequence[str], letters: int, most: int) -> List[str]:
    """Return the names in at most so many lines; what has no room is counted."""
    lines: List[str] = []
    for position, name in enumerate(names):
        word = shortened(name, letters - 10)
        if lines and len(lines[-1]) + len(word) + 2 <= letters - (10 if len(lines) == most else 0):
            lines[-1] += f", {word}"
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] += f", {len(names) - position} more"
            break
    return lines
