"""What was tried, and what was not, at the end of a run of the matrix."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.packaging.pythons import without_lxml_4_9


def tried(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    """The lines that the tests have recorded, from whichever process."""
    for report in terminalreporter.stats.get("passed", []):
        yield from (str(text) for name, text in report.user_properties if name == "matrix")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = list(tried(terminalreporter))
    if lines:
        terminalreporter.section("matrix")
        for line in lines:
            terminalreporter.write_line(line)
        for python in without_lxml_4_9():
            terminalreporter.write_line(f"{python}: left out with lxml 4.9, which has no wheel for it")
