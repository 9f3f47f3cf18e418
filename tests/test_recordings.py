"""Every check on every recorded cluster: the whole output and the exit code.

The expected lines are in tests/expected, one file a check: ``WHERE <TAB> EXIT <TAB> OUTPUT``; those of check_ha, all
checks in one run, in tests/expected_overall.tsv; those of the nodes compared in tests/expected_comparisons.tsv.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, List

import pytest

from check_ha.judgement.check import Check
from tests.replay import (
    EXPECTED,
    PICTURES,
    SAMPLES,
    check_named,
    checks,
    clusters,
    compare,
    comparisons,
    expected_comparisons,
    expected_of,
    expected_overall,
    label,
    picture_of,
    pictured,
    recorded,
    replay,
    replay_all,
)

STATES = ("ok", "warn", "crit", "unknown")
WEIGHT = {0: 0, 3: 1, 1: 2, 2: 3}
"""How bad each exit code is."""


def cases() -> Iterator[object]:
    expected = expected_overall()
    for directory in recorded():
        code = expected.get(label(directory), (3, ""))[0]
        yield pytest.param(directory, id=f"{STATES[code]}-{label(directory)}")


@pytest.mark.parametrize("directory", list(cases()))
def test_verdict_of_each_check(directory: Path) -> None:
    said = {name: replay(check_named(name), "--from", str(directory)) for name in checks()}
    assert said == {name: expected_of(name)[label(directory)] for name in checks()}


def perfdata(output: str) -> List[str]:
    """Each ``'label'=value;...`` behind the bar."""
    return re.findall(r"'[^']*'=\S+", output.partition(" | ")[2])


@pytest.mark.parametrize("directory", list(cases()))
def test_all_checks_in_one_run(directory: Path) -> None:
    where = label(directory)
    code, output = replay_all("--from", str(directory))
    assert (code, output.partition(" | ")[0].rstrip()) == expected_overall()[where]

    single = [expected_of(name)[where] for name in checks()]
    measured = perfdata(output)
    assert sorted(measured) == sorted({one for _, text in single for one in perfdata(text)})
    assert len({one.rpartition("=")[0] for one in measured}) == len(measured)
    # that there is no virtual IP is no trouble to who did not ask for one
    states = [WEIGHT[one] for one, text in single if not text.startswith("HA_VIP UNKNOWN - the cluster has no virtual")]
    assert WEIGHT[code] == max(states)


def comparison_cases() -> Iterator[object]:
    expected = expected_comparisons()
    for cluster in clusters():
        for check in comparisons():
            code = expected.get((label(cluster), check.name), (3, ""))[0]
            yield pytest.param(check, cluster, id=f"{STATES[code]}-{check.name}-{label(cluster)}")


@pytest.mark.parametrize(("check", "cluster"), list(comparison_cases()))
def test_the_nodes_compared(check: Check, cluster: Path) -> None:
    assert compare(check, cluster) == expected_comparisons()[label(cluster), check.name]


@pytest.mark.parametrize("directory", list(pictured()), ids=label)
def test_picture(directory: Path) -> None:
    code, output = picture_of(directory)
    assert output == (PICTURES / f"{directory.parent.name}_{directory.name}.txt").read_text(encoding="utf-8")
    assert code == expected_overall()[label(directory)][0]


def test_expected_has_no_line_too_many() -> None:
    for name in checks():
        assert set(expected_of(name)) == {label(directory) for directory in recorded()}
    compared = {(label(cluster), check.name) for cluster in clusters() for check in comparisons()}
    assert set(expected_comparisons()) == compared
    assert set(expected_overall()) == {label(directory) for directory in recorded()}
    assert {path.stem for path in EXPECTED.iterdir()} == set(checks())


@pytest.mark.parametrize("scenario", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_sample_says_what_happened(scenario: Path) -> None:
    note = (scenario / "NOTE.txt").read_text(encoding="utf-8")
    assert note.endswith("\n")
    assert len(note.splitlines()) == 1
    assert list(scenario.glob("*/commands.json"))
