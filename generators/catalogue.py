"""The sentences of the code in another language: a catalogue in the form of gettext, which translators have tools for.

A sentence that it lacks, or marks as doubtful (``fuzzy``), stands in English in the document; ``make docs`` adds it to
the catalogue without a translation, takes out what the code does not say any more, and names both.
"""

from __future__ import annotations

import json
import re
from typing import Dict, List, Mapping, NamedTuple, Tuple

# A text in quotes, in which a backslash means what it means in JSON
_LINE = re.compile(r'(?:(msgid|msgstr) )?"((?:[^"\\]|\\["\\nt])*)"')


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message says why."""


class Entry(NamedTuple):
    """One sentence of a catalogue."""

    sentence: str
    translation: str
    """Empty where it lacks or is doubtful."""
    text: str
    """The entry as it is written."""


class Catalogue:
    """What is said in another language, and which of it was asked for."""

    def __init__(self, text: str, name: str) -> None:
        self._entries = entries(text, name)
        self._name = name
        self._said: Mapping[str, str] = {one.sentence: one.translation for one in self._entries if one.translation}
        self._asked: Dict[str, None] = {}

    def say(self, sentence: str) -> str:
        """Return the sentence in the other language; where that lacks, the sentence itself: ``faults`` will tell."""
        self._asked[sentence] = None
        return self._said.get(sentence, sentence)

    def faults(self) -> List[str]:
        """Return a line for each sentence that had no translation, and each translation that was for no sentence."""
        missing = [one for one in self._asked if one not in self._said]
        unused = [one.sentence for one in self._entries if one.sentence and one.sentence not in self._asked]
        return [
            *(f"{self._name}: no translation of {one!r}" for one in missing),
            *(f"{self._name}: no use any more for {one!r}" for one in unused),
        ]

    def updated(self) -> str:
        """Return the text of the catalogue with an entry for each sentence that was asked for, and no other."""
        kept = [one for one in self._entries if not one.sentence or one.sentence in self._asked]
        known = {one.sentence for one in kept}
        added = [f'msgid {_quoted(one)}\nmsgstr ""' for one in self._asked if one not in known]
        return "\n\n".join([*(one.text for one in kept), *added]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def entries(text: str, name: str) -> List[Entry]:
    """Return the entries of this text; one whose sentence is empty is the head of the catalogue, or a comment."""
    found: List[Entry] = []
    for number, block in _blocks(text):
        parts: Dict[str, List[str]] = {"msgid": [], "msgstr": []}
        keyword = ""
        for offset, line in enumerate(block):
            if line.startswith("#"):
                continue
            entry = _LINE.fullmatch(line)
            keyword = (entry and entry.group(1)) or keyword
            if not entry or not keyword:
                raise CatalogueError(f"{name} line {number + offset}: {line!r} is neither msgid, msgstr nor a text")
            parts[keyword].append(json.loads(f'"{entry.group(2)}"'))
        sentence, translation = "".join(parts["msgid"]), "".join(parts["msgstr"])
        if sentence and any(one.sentence == sentence for one in found):
            raise CatalogueError(f"{name} line {number}: {sentence!r} is translated twice")
        fuzzy = any(re.match("#,.*fuzzy", line) for line in block)
        found.append(Entry(sentence, "" if fuzzy or not sentence else translation, "\n".join(block)))
    return found


def _blocks(text: str) -> List[Tuple[int, List[str]]]:
    """Return the entries, which empty lines separate, with the number of their first line."""
    blocks: List[Tuple[int, List[str]]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not inside:
            blocks.append((number, []))
        inside = bool(line.strip())
        if inside:
            blocks[-1][1].append(line.strip())
    return blocks
