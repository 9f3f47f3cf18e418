"""The sentences of the code in another language: a catalogue in the form of gettext, which translators have tools for.

A catalogue is whole: what it lacks, what it marks as doubtful (``fuzzy``) and what the code does not say any more are
an error that names each sentence.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Dict, List, Mapping, Tuple

from generators.manual import with_tables

FRENCH = Path(__file__).parent / "fr.po"

# A text in quotes, in which a backslash means what it means in JSON
_LINE = re.compile(r'(?:(msgid|msgstr) )?"((?:[^"\\]|\\["\\nt])*)"')


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message says why."""


class Catalogue:
    """What is said in another language, and which of it was asked for."""

    def __init__(self, sentences: Mapping[str, str], name: str) -> None:
        self._sentences = sentences
        self._name = name
        self._asked: Dict[str, None] = {}

    def say(self, sentence: str) -> str:
        """The sentence in the other language; where it lacks, the sentence itself: ``finish`` will tell."""
        self._asked[sentence] = None
        return self._sentences.get(sentence, sentence)

    def finish(self) -> None:
        """Raise CatalogueError when a sentence had no translation, or a translation was for no sentence."""
        missing = [one for one in self._asked if one not in self._sentences]
        unused = [one for one in self._sentences if one not in self._asked]
        lines = [
            *(f"no translation of {one!r}" for one in missing),
            *(f"no use any more for {one!r}" for one in unused),
        ]
        if lines:
            raise CatalogueError("\n".join(f"{self._name}: {line}" for line in lines))


def translated(text: str, path: Path = FRENCH) -> str:
    """The document with its tables in the language of this catalogue."""
    catalogue = Catalogue(sentences(path.read_text(encoding="utf-8"), path.name), path.name)
    made = with_tables(text, catalogue.say)
    catalogue.finish()
    return made


def sentences(text: str, name: str) -> Dict[str, str]:
    """The translations in this text, without those that are empty or fuzzy."""
    found: Dict[str, str] = {}
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
        if sentence in found:
            raise CatalogueError(f"{name} line {number}: {sentence!r} is translated twice")
        if sentence and translation and not any(re.match("#,.*fuzzy", line) for line in block):
            found[sentence] = translation
    return found


def _blocks(text: str) -> List[Tuple[int, List[str]]]:
    """The entries, which empty lines separate, with the number of their first line."""
    blocks: List[Tuple[int, List[str]]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not inside:
            blocks.append((number, []))
        inside = bool(line.strip())
        if inside:
            blocks[-1][1].append(line.strip())
    return blocks
