"""Every check on every recorded cluster, with -v: the whole output and the exit code.

What is expected is in tests/expected: for each check, for check_ha (``all``) and for each comparison a file with the
text and one with the perfdata.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

import pytest

from tests.replay import (
    ALL,
    EXPECTED,
    PICTURES,
    SAMPLES,
    checks,
    clusters,
    comparisons,
    expected_of,
    label,
    optional,
    picture_of,
    pictured,
    recorded,
    replay_all,
    said,
    subjects,
)

STATES = ("ok", "warn", "crit", "unknown")
WEIGHT = {0: 0, 3: 1, 1: 2, 2: 3}
"""How bad each exit code is."""


def cases() -> Iterator[object]:
    expected = expected_of(ALL)
    for directory in recorded():
        where = label(directory)
        code = expected[where].code if where in expected else 3
        yield pytest.param(directory, id=f"{STATES[code]}-{where}")


@pytest.mark.parametrize("directory", list(cases()))
def test_verdict_of_each_check(directory: Path) -> None:
    where = label(directory)
    for name in checks():
        if name in optional() and where not in expected_of(name):
            assert f"\n{name}: not run, " in expected_of(ALL)[where].text
        else:
            assert said(name, directory) == expected_of(name)[where]


@pytest.mark.parametrize("directory", list(cases()))
def test_all_checks_in_one_run(directory: Path) -> None:
    where = label(directory)
    one = said(ALL, directory)
    assert one == expected_of(ALL)[where]

    single = [expected_of(name)[where] for name in checks() if where in expected_of(name)]
    measured = _measured(replay_all("--from", str(directory))[1].partition(" | ")[2])
    assert sorted(measured) == sorted({text for other in single for text in _measured(other.perfdata)})
    assert len({text.rpartition("=")[0] for text in measured}) == len(measured)
    # that there is no virtual IP is no trouble to who did not ask for one
    asked = [other for other in single if not other.first.startswith("HA_VIP UNKNOWN - the cluster has no virtual")]
    assert WEIGHT[one.code] == max(WEIGHT[other.code] for other in asked)


def _measured(perfdata: str) -> list[str]:
    """Each ``'label'=value;...``."""
    return re.findall(r"'[^']*'=\S+", perfdata)


def comparison_cases() -> Iterator[object]:
    for name in comparisons():
        for cluster in clusters(name):
            expected = expected_of(name).get(label(cluster))
            yield pytest.param(name, cluster, id=f"{STATES[expected.code if expected else 3]}-{name}-{label(cluster)}")


@pytest.mark.parametrize(("name", "cluster"), list(comparison_cases()))
def test_the_nodes_compared(name: str, cluster: Path) -> None:
    assert said(name, cluster) == expected_of(name)[label(cluster)]


@pytest.mark.parametrize("directory", list(pictured()), ids=label)
def test_picture(directory: Path) -> None:
    code, output = picture_of(directory)
    assert output == (PICTURES / f"{directory.parent.name}_{directory.name}.txt").read_text(encoding="utf-8")
    assert code == expected_of(ALL)[label(directory)].code


def test_expected_has_no_line_too_many() -> None:
    names = [*checks(), *comparisons(), ALL]
    for name in names:
        assert list(expected_of(name)) == [label(directory) for directory in subjects(name)]
    files = {f"{name}.txt" for name in names} | {f"{name}.perfdata.tsv" for name in names if name != ALL}
    assert {path.name for path in EXPECTED.iterdir()} == files


@pytest.mark.parametrize("scenario", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_sample_says_what_happened(scenario: Path) -> None:
    note = (scenario / "NOTE.txt").read_text(encoding="utf-8")
    assert note.endswith("\n")
    assert len(note.splitlines()) == 1
    assert list(scenario.glob("*/commands.json"))
