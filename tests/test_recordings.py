"""Every check on every recorded cluster: the whole output and the exit code.

The expected lines are in tests/expected, one file a check: ``WHERE <TAB> EXIT <TAB> OUTPUT``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.replay import EXPECTED, SAMPLES, check_named, checks, expected_of, label, recorded, replay

STATES = ("ok", "warn", "crit", "unknown")


def cases() -> Iterator[object]:
    for name in checks():
        expected = expected_of(name)
        for directory in recorded():
            code = expected.get(label(directory), (3, ""))[0]
            yield pytest.param(name, directory, id=f"{STATES[code]}-{name}-{label(directory)}")


@pytest.mark.parametrize(("name", "directory"), list(cases()))
def test_verdict(name: str, directory: Path) -> None:
    assert replay(check_named(name), "--from", str(directory)) == expected_of(name)[label(directory)]


def test_expected_has_no_line_too_many() -> None:
    for name in checks():
        assert set(expected_of(name)) == {label(directory) for directory in recorded()}
    assert {path.stem for path in EXPECTED.iterdir()} == set(checks())


@pytest.mark.parametrize("scenario", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_sample_says_what_happened(scenario: Path) -> None:
    note = (scenario / "NOTE.txt").read_text(encoding="utf-8")
    assert note.endswith("\n")
    assert len(note.splitlines()) == 1
    assert list(scenario.glob("*/commands.json"))
