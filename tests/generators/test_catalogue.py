"""The catalogue of a language: read as gettext reads it; what it lacks is named, added, and a failure under CI."""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

from generators import __main__ as generators
from generators import files
from generators.catalogue import Catalogue, CatalogueError, entries
from generators.documents import CATALOGUE, PAIRS, made
from tests.needed import program

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / CATALOGUE).read_text(encoding="utf-8")


def sentences(text: str) -> Dict[str, str]:
    """The translations in this text, without those that are empty or fuzzy."""
    return {one.sentence: one.translation for one in entries(text, "fr.po") if one.translation}


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
    assert sentences(text) == expected


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
        entries(text, "fr.po")
    assert message in str(refused.value)


def test_what_lacks_and_what_is_left_over_is_named_and_put_right() -> None:
    text = '# head\nmsgid ""\nmsgstr "x"\n\nmsgid "a node"\nmsgstr "un nœud"\n\nmsgid "a ring"\nmsgstr "un anneau"\n'
    catalogue = Catalogue(text, "fr.po")
    assert [catalogue.say(one) for one in ("a node", 'a "link"', "a node")] == ["un nœud", 'a "link"', "un nœud"]
    assert catalogue.faults() == ["fr.po: no translation of 'a \"link\"'", "fr.po: no use any more for 'a ring'"]
    assert catalogue.updated() == (
        '# head\nmsgid ""\nmsgstr "x"\n\nmsgid "a node"\nmsgstr "un nœud"\n\nmsgid "a \\"link\\""\nmsgstr ""\n'
    )
    again = Catalogue(catalogue.updated(), "fr.po")
    assert [again.say(one) for one in ("a node", 'a "link"')] == ["un nœud", 'a "link"']
    assert again.faults() == ["fr.po: no translation of 'a \"link\"'"]
    assert again.updated() == catalogue.updated()


def test_french_is_whole() -> None:
    """While one develops it may lack: ``make docs`` says which sentences."""
    found, faults = made(ROOT, ROOT / CATALOGUE)
    assert faults == []
    assert found[ROOT / CATALOGUE] == TEXT


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documents and a catalogue that lacks a sentence."""
    for name in (*PAIRS, *PAIRS.values(), CATALOGUE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    old, new = 'msgid "A node is being fenced."', 'msgid "A node was being fenced."'
    assert old in TEXT
    (tmp_path / CATALOGUE).write_text(TEXT.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(files, "FILES", {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["generators"])
    return tmp_path


@pytest.mark.parametrize("ci", [True, False], ids=["ci", "at-home"])
def test_make_docs_names_the_sentence_and_writes_the_rest(
    checkout: Path, ci: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true" if ci else "")
    with pytest.raises(SystemExit) as ended:
        generators.main()
    assert ended.value.code == (1 if ci else 0)
    said = capsys.readouterr().err.splitlines()
    assert "fr.po: no translation of 'A node is being fenced.'" in said
    assert said[-2:] == ["fr.po: no use any more for 'A node was being fenced.'", "see generators/fr.po"]
    assert "| fence-pending | WARNING | A node is being fenced. |" in (checkout / "docs/fr/checks.md").read_text()
    assert '\n\nmsgid "A node is being fenced."\nmsgstr ""\n' in (checkout / CATALOGUE).read_text()
    assert (checkout / "docs/checks.md").read_text() == (ROOT / "docs/checks.md").read_text()


def test_a_catalogue_that_cannot_be_read_changes_nothing(checkout: Path) -> None:
    (checkout / CATALOGUE).write_text("msgid\n", encoding="utf-8")
    (checkout / "docs/checks.md").write_text("# The checks\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"documents are left as they were: fr\.po line 1: 'msgid' is neither"):
        generators.main()
    assert (checkout / "docs/checks.md").read_text() == "# The checks\n"


def test_gettext_reads_it_as_we_do(tmp_path: Path) -> None:
    compiled = tmp_path / "fr.mo"
    msgfmt = program("msgfmt", "gettext")
    subprocess.run(
        [msgfmt, "--check-format", "-o", str(compiled), str(ROOT / CATALOGUE)], check=True, capture_output=True
    )
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    ours = sentences(TEXT)
    assert {sentence: catalogue.gettext(sentence) for sentence in ours} == ours
