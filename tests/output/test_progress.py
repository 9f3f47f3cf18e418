"""What a person at a terminal sees while a check takes its time; a monitoring server sees nothing."""

from __future__ import annotations

import io
import re
import sys
import time

import pytest

from check_ha.output.progress import shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waited_for(seconds: float) -> None:
    with shown(lambda: "asking crm_simulate, 2 questions", every=0.02):
        time.sleep(seconds)


def test_at_a_terminal_the_step_is_told_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    waited_for(0.1)
    text = terminal.getvalue()
    assert re.fullmatch(r"(\r\x1b\[Kasking crm_simulate, 2 questions \(0 s\))+\r\x1b\[K", text)


def test_what_is_quick_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown(str, every=5.0):
        pass
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("stderr", [io.StringIO(), None], ids=["a-pipe", "closed"])
def test_elsewhere_nothing_is_told(stderr: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    waited_for(0.05)
    assert not isinstance(stderr, io.StringIO) or stderr.getvalue() == ""
