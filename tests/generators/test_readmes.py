"""The READMEs: what they say to run can be run, what they show is what is printed, and both languages say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli.register import check_named
from check_ha.multinode import drift, split_brain
from generators.commands import all_commands
from tests.cli.test_comparison import compare
from tests.generators.readme import blocks, command_lines, differences, sections, shown
from tests.replay import SAMPLES, picture_of, replay, replay_all

ROOT = Path(__file__).parents[2]
DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md")}
ENGLISH, FRENCH = DOCUMENTS["README.md"], DOCUMENTS["README.fr.md"]
COMPARISONS = {"check_ha_split_brain": split_brain.CHECK, "check_ha_drift": drift.CHECK}

# The recorded nodes on which a command without --from prints what is shown.
SEEN_ON = {
    "check_ha_rings": SAMPLES / "link-down-no-carrier/node1",
    "check_ha_vip": SAMPLES / "vip-gone-unnoticed/node1",
    "check_ha --human": SAMPLES / "vip-gone-unnoticed/node1",
    "check_ha --config /etc/check_ha.ini": SAMPLES / "healthy-2node/node1",
}
CUT = ("...", " | ...")
"""How the documents say that more is printed than they show."""


def printed(command: str, config: Path) -> str:
    """What this command prints, as far as the documents may show it."""
    name, *argv = command.replace("/etc/check_ha.ini", str(config)).split()
    where: List[str] = ["--from", str(SEEN_ON[command])] if command in SEEN_ON else []
    if "--human" in argv:
        return picture_of(SEEN_ON[command])[1]
    if name == "check_ha":
        return replay_all(*argv, *where)[1]
    if name in COMPARISONS:
        return compare(COMPARISONS[name], *argv)[1]
    return replay(check_named(name[len("check_ha_") :]), *argv, *where)[1]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The file that the README gives as an example."""
    (block,) = (block for block in blocks(ENGLISH) if block[0] == "# /etc/check_ha.ini")
    path = tmp_path / "check_ha.ini"
    path.write_text("\n".join(block), encoding="utf-8")
    return path


def cases() -> List[Tuple[str, str]]:
    return [(name, command) for name, text in DOCUMENTS.items() for command in shown(text)]


@pytest.mark.parametrize(("document", "command"), cases(), ids=[" ".join(case)[:60] for case in cases()])
def test_output_that_is_shown_is_printed(
    document: str, command: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    lines = shown(DOCUMENTS[document])[command]
    real = printed(command, config).splitlines()
    assert lines, command
    for number, line in enumerate(lines):
        if line == CUT[0]:
            assert number == len(lines) - 1 < len(real)
        elif line.endswith(CUT[1]):
            assert line[: -len(CUT[1])] == real[number].partition(" | ")[0]
        else:
            assert line == real[number]
    assert lines[-1].endswith(CUT) or len(lines) == len(real)


def test_both_show_the_same_and_enough_of_it() -> None:
    assert shown(ENGLISH) == shown(FRENCH)
    assert len(shown(ENGLISH)) == 9
    assert set(SEEN_ON) <= set(shown(ENGLISH))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_line_is_understood(document: str) -> None:
    parsers = {command.name: command.parser for command in all_commands()}
    lines = command_lines(DOCUMENTS[document])
    assert len(lines) > 15
    for name, *argv in lines:
        parsers[name].parse_args(argv)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nrpe_lines_are_those_of_the_file(document: str) -> None:
    file = (ROOT / "nrpe/check_ha.cfg").read_text(encoding="utf-8").splitlines()
    lines = [line for block in blocks(DOCUMENTS[document]) for line in block if line.startswith("command[")]
    assert len(lines) == 5
    assert set(lines) <= set(file)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    text = DOCUMENTS[document]
    anchors = {re.sub(r"[^\w\- ]", "", part.heading.lower()).replace(" ", "-") for part in sections(text)}
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        assert link[1:] in anchors if link.startswith("#") else (ROOT / link).exists(), link


def test_each_leads_to_the_other() -> None:
    assert "(README.fr.md)" in ENGLISH.split("\n## ")[0]
    assert "(README.md)" in FRENCH.split("\n## ")[0]


def test_french_says_what_english_says() -> None:
    assert differences(ENGLISH, FRENCH) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Essayer\n", ""),
        ("### check_ha_vip\n", "### check_ha_ip\n"),
        ("| fence-due | CRITICAL |", "| fence-due | WARNING |"),
        ("| fence-due | CRITICAL |", "| fence-owed | CRITICAL |"),
        ("| ailleurs | `make install-node` (exécute aussi `check_ha_setup`) | `/opt/check_ha/bin` |\n", ""),
        ("| `cluster.partitions.count` | partitions |\n", ""),
        ("| oui | oui | oui | non | non |", "| oui | oui | oui | non |"),
        ("    corosync-cfgtool -R  ", "    corosync-cfgtool  "),
        (12 * "─" + "\u2573\u2573", 14 * "─"),
        ("`systemctl stop pacemaker corosync`", "`systemctl stop pacemaker`"),
        ("(samples/moving-over.md)", "(samples/)"),
        ("HA_RINGS WARNING - node2: link 1", "HA_RINGS WARNING - node2 : lien 1"),
    ],
    ids=[
        "heading", "name-of-a-check", "severity", "condition", "row", "metric", "column", "command", "picture",
        "code-in-a-sentence", "link", "output",
    ],
)  # fmt: skip
def test_a_french_that_has_fallen_behind_is_found(old: str, new: str) -> None:
    assert old in FRENCH
    assert differences(ENGLISH, FRENCH.replace(old, new, 1)) != []
