"""What is made from the code is up to date, and speaks of the same commands everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

import check_ha
from generators import documents
from generators.__main__ import main
from generators.commands import OWN, Command, all_commands, services
from generators.files import FILES, completions, man_pages, scripts
from generators.nrpe import asked

ROOT = Path(__file__).parents[2]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_file_is_up_to_date(name: str) -> None:
    assert text_of(name) == FILES[name](text_of(name)), "make docs"


@pytest.mark.parametrize("name", [name for pair in documents.PAIRS.items() for name in pair])
def test_document_is_up_to_date(name: str, made: Dict[str, str]) -> None:
    assert text_of(name) == made[name], "make docs"


@pytest.fixture(scope="module", name="made")
def made_documents() -> Dict[str, str]:
    found, _ = documents.made(ROOT, ROOT / documents.CATALOGUE)
    return {str(path.relative_to(ROOT)): text for path, text in found.items()}


def test_every_page_is_one_of_these() -> None:
    """But the index of changes, and what is for those who work on it."""
    pages = {str(path.relative_to(ROOT)) for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md")}
    french = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/fr").glob("*.md")} | {"README.fr.md"}
    assert french == set(documents.PAIRS.values())
    assert pages - french - {"CHANGELOG.md", "CONTRIBUTING.md"} == set(documents.PAIRS)


def test_entry_points_are_those_of_the_register() -> None:
    with pytest.raises(ValueError, match="no console_scripts"):
        scripts("[options]\n")
    text = "[options.entry_points]\nconsole_scripts =\n    check_ha_gone = check_ha.gone:main\n\n[x]\n"
    assert scripts(text).startswith(
        "[options.entry_points]\nconsole_scripts =\n    check_ha = check_ha.cli.overall:main\n"
    )
    assert "gone" not in scripts(text)
    assert scripts(text).endswith("    check_ha_vip = check_ha.cli.commands:vip\n\n[x]\n")


@pytest.mark.parametrize("name", ["nrpe/sudoers", "nrpe/acl-pcs.sh"])
def test_a_file_loads_only_what_it_is_made_of(name: str) -> None:
    code = f"""
import sys
from generators.files import FILES
FILES[{name!r}]("")
print(*(name for name in sys.modules if name.startswith(("check_ha.checks", "check_ha.cli", "lxml", "nagiosplugin"))))
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_command_says_what_it_is_for(command: Command) -> None:
    assert command.question.endswith((".", "?"))
    assert len(command.question) <= 120
    assert command.parser.prog == command.name


def test_every_service_is_in_every_sample() -> None:
    for command in services():
        for sample in FILES:
            if (
                sample.startswith("samples/")
                and "_small" not in sample
                and not (command.on_server and sample.endswith(("mrpe.cfg", "cma.ini")))
            ):
                assert re.search(rf"\b(check_)?{command.name.replace('check_', '', 1)}\b", text_of(sample)), sample


def test_every_command_that_a_server_names_is_in_the_nrpe_file() -> None:
    defined = set(re.findall(r"^command\[(\w+)\]=", text_of("nrpe/check_ha.cfg"), flags=re.MULTILINE))
    assert defined == {*(command.name for command in asked(all_commands())), OWN}
    small = text_of("samples/nagios/check_ha_small.cfg") + text_of("samples/icinga2/services_small.conf")
    named = {
        *re.findall(r"check_ha_nrpe!(\w+)", small),
        *re.findall(r"check_nrpe .*? -c (check_\w+)", small),
        *re.findall(r'nrpe_command = "(\w+)"', small),
        *re.findall(r"check_ha_nrpe!(\w+)", text_of("samples/nagios/check_ha.cfg")),
        *re.findall(r"check_nrpe .*? -c (check_\w+)", text_of("samples/nagios/check_ha.cfg")),
        *re.findall(r";NRPECOMMAND;(\w+);", text_of("samples/centreon/check_ha.clapi")),
        *re.findall(r"NRPECLIENT\$ .*? -c (check_\w+)", text_of("samples/centreon/check_ha.clapi")),
        *(f"check_{name}" for name in re.findall(r"^  (ha_\w+) = \{ title", _node_rules(), flags=re.MULTILINE)),
    }
    assert named
    assert named <= defined


def _node_rules() -> str:
    return text_of("samples/icinga2/services.conf").partition("const HaServerChecks")[0]


def test_what_a_package_ships_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sys.argv", ["documents", "--man", str(tmp_path / "man"), "--completion", str(tmp_path / "bash")]
    )
    main()
    for folder, files in (("man", man_pages()), ("bash", completions())):
        assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / folder).iterdir()} == files


def test_every_command_has_a_man_page_and_completion() -> None:
    names = [command.name for command in all_commands()]
    assert list(man_pages()) == [f"{name}.1" for name in names]
    assert list(completions()) == names


def test_changelog_has_this_version_on_top() -> None:
    newest = re.findall(r"^## (\S+)", text_of("CHANGELOG.md"), flags=re.MULTILINE)[0]
    assert newest == check_ha.__version__
