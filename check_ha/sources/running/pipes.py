"""The pipes of all commands that run: what comes from them, until each is at its end."""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, Optional

    from check_ha.sources.running.run import Run

_PIECE = 1 << 18


class Pipes:
    """The pipes that are read; with ``poll`` as it is, for ``selectors`` takes 1 ms to load."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._runs: Dict[int, Run] = {}

    def add(self, run: Run) -> None:
        """Read this run from now on."""
        for pipe in run.pipes:
            self._poll.register(pipe, select.POLLIN)
            self._runs[pipe] = run

    def forget(self, run: Run, pipe: Optional[int] = None) -> None:
        """Stop reading this pipe of the run, or all of them."""
        for one in list(run.pipes) if pipe is None else [pipe]:
            self._poll.unregister(one)
            del self._runs[one], run.pipes[one]

    def read(self, seconds: float) -> bool:
        """Take what comes within these seconds; return whether anything came."""
        events = self._poll.poll(1000 * seconds)
        for pipe, _ in events:
            run = self._runs.get(pipe)
            if run is None:  # another pipe of this run has just flooded
                continue
            data = os.read(pipe, _PIECE)
            if data and not run.fault:
                run.take(run.pipes[pipe], data)
            if not data or run.fault:
                self.forget(run, None if data else pipe)
        return bool(events)
