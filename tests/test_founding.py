"""Every state of the founding cluster that was recorded, whole: each node by check_ha, all nodes by the comparisons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.founding import expected, told, unpacked

STATES = ("ok", "warn", "crit", "unknown")
WORST = (0, 2, 3, 1)
"""How bad each exit code is."""


@pytest.fixture(scope="module", name="scenarios")
def unpacked_scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("founding"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=f"{STATES[max((one.code for one in parts.values()), key=WORST.__getitem__)]}-{name}")
        for name, parts in expected().items()
    ],
)
def test_founding_cluster(name: str, scenarios: Path) -> None:
    assert dict(told(scenarios / name)) == expected()[name]


def test_no_scenario_is_left_out(scenarios: Path) -> None:
    assert sorted(path.name for path in scenarios.iterdir()) == sorted(expected())
