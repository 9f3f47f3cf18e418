"""The list of packages in .ci/run is complete: what it lacks would be skipped, and under CI a skip is a failure."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator, Set

from tests.lab.preflight import PACKAGES

ROOT = Path(__file__).parent.parent
_NAME = "[a-z0-9][a-z0-9.+-]+"


def installed() -> Set[str]:
    """The packages that .ci/run installs."""
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    found = re.search(r"^packages=\(\n(.*?)^\)", text, re.DOTALL | re.MULTILINE)
    assert found
    return {word for line in found.group(1).splitlines() if "#" not in line for word in line.split()}


def build_depends() -> Set[str]:
    """What "make deb" needs; debhelper-compat is a version of debhelper."""
    text = (ROOT / ".packaging/deb/control").read_text(encoding="utf-8")
    found = re.search(r"^Build-Depends:\n((?: .*\n)+)", text, re.MULTILINE)
    assert found
    names = re.findall(rf"^ ({_NAME})", found.group(1), re.MULTILINE)
    return {name.replace("debhelper-compat", "debhelper") for name in names}


def asked_for() -> Iterator[str]:
    """The second argument of every program(), and what any other text tells the reader to install."""
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "program":
                given = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "package")]
                yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                told = re.search(rf"apt-get install --no-install-recommends ((?:{_NAME} ?)+)$", node.value)
                yield from told.group(1).split() if told else ()


def test_everything_that_a_test_asks_for_is_installed() -> None:
    wanted = {name for name in asked_for() if re.fullmatch(_NAME, name)}
    assert {"mandoc", "mmdebstrap", "nagios4-core", "python3-nagiosplugin"} <= wanted
    assert sorted(wanted - installed()) == []


def test_what_builds_the_package_is_installed() -> None:
    assert sorted(build_depends() - installed()) == []


def test_what_the_lab_uses_is_installed() -> None:
    assert sorted(set(PACKAGES) - installed()) == []
