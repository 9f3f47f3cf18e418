"""The documents: what they say to run can be run, and both languages say the same.

That what they show is what is printed is part of what test_files.py tests: the output in them is made.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.commands import all_commands
from generators.documents import PAIRS
from generators.examples import SEEN_ON, with_output
from tests.generators.readme import ENGLISH_OF, anchors, blocks, command_lines, differences, links, shown

ROOT = Path(__file__).parents[2]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for pair in PAIRS.items() for name in pair}
ENGLISH, FRENCH = TEXTS["README.md"], TEXTS["README.fr.md"]


def test_enough_is_shown() -> None:
    commands = [command for name in PAIRS for command in shown(TEXTS[name])]
    assert len(set(commands)) == 14
    assert set(SEEN_ON) <= set(commands)


def test_output_is_written_anew_where_it_was_cut_before() -> None:
    rings = "    $ check_ha_rings\n    HA_RINGS OK - all is well | ...\n"
    assert with_output(rings) == (
        "    $ check_ha_rings\n    HA_RINGS WARNING - node2: link 1 (203.0.113.2) down, 1 of 2 links left | ...\n"
    )
    two = "    $ check_ha_rings\n    x\n    ...\n\ntext\n\n    $ check_ha_rings\n    x | ...\n"
    first = with_output(rings).splitlines()[1].partition(" | ")[0]
    lines = with_output(two).splitlines()
    assert lines[1].startswith(f"{first} | '")
    assert lines[2:6] == ["    ...", "", "text", ""]
    assert lines[7] == f"{first} | ..."


@pytest.mark.parametrize("shows", ["    $ check_ha_rings --nonsense\n", "    $ python3 nothing.py\n"])
def test_a_command_that_fails_is_named(shows: str) -> None:
    if "nonsense" in shows:  # a check answers on standard output, always
        assert "HA_RINGS UNKNOWN - unrecognized arguments: --nonsense" in with_output(shows)
    else:
        with pytest.raises(ValueError, match=r"python3 nothing\.py: .*No such file"):
            with_output(shows)


@pytest.mark.parametrize("document", TEXTS)
def test_every_command_line_is_understood(document: str) -> None:
    parsers = {command.name: command.parser for command in all_commands()}
    lines = command_lines(TEXTS[document])
    assert len(lines) > 15 or document not in ("README.md", "README.fr.md")
    for name, *argv in lines:
        parsers[name].parse_args(argv)


@pytest.mark.parametrize("document", ["README.md", "README.fr.md"])
def test_nrpe_lines_are_those_of_the_file(document: str) -> None:
    file = (ROOT / "nrpe/check_ha.cfg").read_text(encoding="utf-8").splitlines()
    lines = [line for block in blocks(TEXTS[document]) for line in block if line.startswith("command[")]
    assert len(lines) == 5
    assert set(lines) <= set(file)


@pytest.mark.parametrize("document", [*TEXTS, "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    found = links(text, document)
    for link in found:
        page, _, place = link.partition("#")
        assert (ROOT / (page or document)).exists(), link
        if place:
            assert place in anchors((ROOT / (page or document)).read_text(encoding="utf-8")), link
    assert found or document == "CONTRIBUTING.md"


@pytest.mark.parametrize(("english", "french"), PAIRS.items())
def test_each_leads_to_the_other(english: str, french: str) -> None:
    assert french in links(TEXTS[english].split("\n## ")[0], english)
    assert english in links(TEXTS[french].split("\n## ")[0], french)


@pytest.mark.parametrize("french", ENGLISH_OF)
def test_a_french_page_leads_to_french_pages(french: str) -> None:
    ours = ENGLISH_OF[french]
    assert [link for link in links(TEXTS[french], french) if link in PAIRS and link != ours] == []


def test_every_page_is_reached_from_the_readme() -> None:
    assert set(PAIRS) - {"README.md"} <= set(links(ENGLISH, "README.md"))


@pytest.mark.parametrize("english", PAIRS)
def test_french_says_what_english_says(english: str) -> None:
    assert differences(TEXTS[english], TEXTS[PAIRS[english]], english) == []


@pytest.mark.parametrize(
    ("document", "old", "new"),
    [
        ("README.md", "## Essayer\n", ""),
        ("docs/checks.md", "### check_ha_vip\n", "### check_ha_ip\n"),
        ("docs/checks.md", "| fence-pending | WARNING |", "| fence-pending | CRITICAL |"),
        ("docs/checks.md", "| fence-pending | WARNING |", "| fence-owed | WARNING |"),
        ("README.md", "| ailleurs | ", "| ailleurs | ailleurs | "),
        ("docs/checks.md", "| `cluster.partitions.count` | partitions |\n", ""),
        ("docs/rights.md", "| oui | oui | oui | non | non |", "| oui | oui | oui | non |"),
        ("docs/rights.md", "    corosync-cfgtool -R  ", "    corosync-cfgtool  "),
        ("README.md", 12 * "─" + "\u2573\u2573", 14 * "─"),
        ("README.md", "`systemctl stop pacemaker corosync`", "`systemctl stop pacemaker`"),
        ("README.md", "(docs/fr/rights.md)", "(docs/fr/)"),
        ("README.md", "HA_RINGS WARNING - node2: link 1", "HA_RINGS WARNING - node2 : lien 1"),
        ("docs/json.md", "| `severity` | texte |", "| `severite` | texte |"),
    ],
    ids=[
        "heading", "name-of-a-check", "severity", "condition", "cell", "metric", "column", "command", "picture",
        "code-in-a-sentence", "link", "output", "field",
    ],
)  # fmt: skip
def test_a_french_that_has_fallen_behind_is_found(document: str, old: str, new: str) -> None:
    french = TEXTS[PAIRS[document]]
    assert old in french
    assert differences(TEXTS[document], french.replace(old, new), document) != []
