"""The catalogue of a language: read as gettext reads it, and whole, or refused with the sentence it is about."""

from __future__ import annotations

import gettext
import subprocess
import sys
from pathlib import Path

import pytest

from generators import __main__ as documents
from generators.catalogue import FRENCH, Catalogue, CatalogueError, sentences, translated
from generators.manual import with_tables
from tests.needed import program

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.fr.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('msgid ""\nmsgstr "Language: fr\\n"\n', {}),
        ('msgid "a node"\nmsgstr "un nœud"\n', {"a node": "un nœud"}),
        ('# a note\n#: code.py:1\nmsgid "a node"\nmsgstr "un nœud"\n', {"a node": "un nœud"}),
        ('msgid ""\n"a "\n"node"\nmsgstr ""\n"un "\n"nœud"\n', {"a node": "un nœud"}),
        ('msgid "totem\\\\.token"\nmsgstr "\\"totem\\""\n', {"totem\\.token": '"totem"'}),
        ('msgid "a node"\nmsgstr ""\n', {}),
        ('#, fuzzy\nmsgid "a node"\nmsgstr "un lien"\n', {}),
        ('\n\nmsgid "a"\nmsgstr "b"\n\n\nmsgid "c"\nmsgstr "d"', {"a": "b", "c": "d"}),
    ],
    ids=["header", "one", "comments", "several-lines", "escapes", "empty", "fuzzy", "two"],
)
def test_read(text: str, expected: object) -> None:
    assert sentences(text, "fr.po") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('msgid "a node\nmsgstr "un nœud"\n', "fr.po line 1: 'msgid \"a node' is neither msgid, msgstr nor a text"),
        ('"a node"\n', "fr.po line 1: '\"a node\"' is neither"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a \\d"\n', "fr.po line 4: "),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "fr.po line 4: 'a' is translated twice"),
    ],
    ids=["no-quote", "no-keyword", "unknown-escape", "twice"],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        sentences(text, "fr.po")
    assert message in str(refused.value)


def test_what_lacks_and_what_is_left_over_is_named() -> None:
    catalogue = Catalogue({"a node": "un nœud", "a ring": "un anneau"}, "fr.po")
    assert [catalogue.say("a node"), catalogue.say("a link")] == ["un nœud", "a link"]
    with pytest.raises(CatalogueError) as refused:
        catalogue.finish()
    assert str(refused.value) == "fr.po: no translation of 'a link'\nfr.po: no use any more for 'a ring'"


def test_french_is_whole() -> None:
    assert translated(TEXT) == TEXT, "make docs"
    assert with_tables(TEXT) != TEXT


def test_make_docs_names_the_sentence_and_writes_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "fr.po"
    damaged.write_text(
        FRENCH.read_text(encoding="utf-8").replace(
            'msgid "A node is being fenced."', 'msgid "A node was being fenced."'
        ),
        encoding="utf-8",
    )
    for name in ("README.md", "README.fr.md"):
        (tmp_path / name).write_text(
            (ROOT / name).read_text(encoding="utf-8").replace("CRITICAL", ""), encoding="utf-8"
        )
    before = (tmp_path / "README.fr.md").read_text(encoding="utf-8")
    files = {"README.fr.md": lambda text: translated(text, damaged), "README.md": with_tables}
    monkeypatch.setattr(documents, "FILES", files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["documents"])
    with pytest.raises(SystemExit) as ended:
        documents.main()
    assert ended.value.code == (
        "README.fr.md is left as it was:\nfr.po: no translation of 'A node is being fenced.'\n"
        "fr.po: no use any more for 'A node was being fenced.'"
    )
    assert (tmp_path / "README.fr.md").read_text(encoding="utf-8") == before
    assert "| fence-due | CRITICAL |" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_gettext_reads_it_as_we_do(tmp_path: Path) -> None:
    compiled = tmp_path / "fr.mo"
    msgfmt = program("msgfmt", "gettext")
    subprocess.run([msgfmt, "--check-format", "-o", str(compiled), str(FRENCH)], check=True, capture_output=True)
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    ours = sentences(FRENCH.read_text(encoding="utf-8"), FRENCH.name)
    assert {sentence: catalogue.gettext(sentence) for sentence in ours} == ours
