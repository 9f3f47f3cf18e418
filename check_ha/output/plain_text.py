"""Text that is safe to print: ids, names and exit reasons come from outside.

A monitoring server reads ``|`` as the start of perfdata and a newline as the end of the status; a terminal acts on
escape sequences. A perfdata label may hold neither ``'`` nor ``=``; Checkmk's check crashes on ``:``, ``/`` and ``\\``
in one, and Icinga renames every label that follows one with ``::`` (check_multi).
"""

from __future__ import annotations

ITEM_LIMIT = 300
LINE_LIMIT = 500
RAW_LIMIT = 100_000
"""Of a line that a tool printed, for -vvv: ``ip -j addr`` prints a single one."""


def clean(text: str, limit: int = ITEM_LIMIT) -> str:
    """Return one printable line without ``|``, at most ``limit`` characters."""
    if len(text) > limit:
        text = text[: limit - 3] + "..."
    if text.isprintable() and "|" not in text:
        return text
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character == "|":
        return "/"
    if character in "\n\r\t\v\f":
        return " "
    return character if character.isprintable() else "?"


def label(text: str) -> str:
    """Return the same for a perfdata label, which is printed in single quotes."""
    return "".join("_" if character in "'=# :/\\" else character for character in clean(text, 100))
