"""docs/servers.md: the JSONPath of its table, and that nothing it names is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, List

import jsonpath
import pytest

from check_ha.cli.register import ALONE, CHECKS, check_named
from check_ha.core.check import Scope
from tests.replay import SAMPLES, replay_all

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/servers.md").read_text(encoding="utf-8")
RECORDING = SAMPLES / "link-down-no-carrier/node1"
FOUND: List[Any] = [[1], None, [1], [], [2], [1]]
"""What each gives, in the order of the table; of the second one, the line itself."""


def test_zabbix() -> None:
    paths = re.findall(r"^\| [^|`]+ \| `(\$.+)` \|$", TEXT, flags=re.MULTILINE)
    _, output = replay_all("--format", "json", "--from", str(RECORDING))
    document = json.loads(output)
    found = [jsonpath.findall(path, document) for path in paths]
    FOUND[1] = [document["line"]]
    assert found == FOUND


@pytest.mark.parametrize("name", ["docs/servers.md", "docs/centreon.md", "docs/fr/servers.md", "docs/fr/centreon.md"])
def test_what_it_links_to_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / name).parent.joinpath(link).exists(), link


def test_clustered_services_are_those_that_say_the_same_on_every_node() -> None:
    found = re.search(r"^    HA_\(([a-z_|]+)\)$", TEXT, flags=re.MULTILINE)
    assert found
    same = [name for name in (*CHECKS, *ALONE) if check_named(name).scope is Scope.CLUSTER]
    assert sorted(found[1].split("|")) == sorted(same)
