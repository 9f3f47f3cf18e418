"""What these tests share: they give way to others, and say at the end of the matrix what was tried and what was not."""

from __future__ import annotations

import contextlib
import os
from typing import Iterator

import pytest

from tests.packaging.pythons import without_lxml_4_9


@pytest.fixture(scope="module", autouse=True)
def gives_way() -> Iterator[None]:
    """All that is compiled and installed here takes the time that a cluster, in another process, does not need."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, 19)
    yield
    with contextlib.suppress(PermissionError):  # only root may take it back
        os.setpriority(os.PRIO_PROCESS, 0, usual)


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
