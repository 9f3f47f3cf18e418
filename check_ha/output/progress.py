"""What is being done, on standard error at a terminal, while a person waits for longer than a second."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Callable, Iterator

_CLEAR = "\r\033[K"


@contextlib.contextmanager
def shown(step: Callable[[], str], every: float = 1.0) -> Iterator[None]:
    """Tell each second which step this run is at, and clear that line in the end; nothing where that is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    import threading  # which no check that a server runs needs

    ended = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        while not ended.wait(every):
            sys.stderr.write(f"{_CLEAR}{step()} ({time.monotonic() - began:.0f} s)")
            sys.stderr.flush()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
        if time.monotonic() - began >= every:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
