"""Prove a fault: the right check must say so in the right words on the right node, the others must not, and all must be
OK again when it is mended. What a node is like then is recorded, and judged again from the recording.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Optional

from tests.lab import wait_until

from .fault import Fault
from .report import cells
from .watch import Round, Watch, disagreements


def prove_fault(fault: Fault, watch: Watch) -> list[object]:
    """Return the row of the report: its name, seconds until it was seen, until all was well, what each check said."""
    if not watch.proven:
        watch.wait_healthy()
    lab, watch.proven = watch.lab, False
    begun = time.monotonic()
    try:
        first = _broken(fault, watch, begun)
        said = _settled(fault, watch, begun + fault.seconds)
    finally:
        mended = time.monotonic()
        fault.undo(lab)
        lab.heal()
    watch.wait_healthy()
    return [fault.name, first, time.monotonic() - mended, cells(list(lab.nodes), said)]


def _broken(fault: Fault, watch: Watch, begun: float) -> Optional[float]:
    """Break it, and return how soon the first of those checks noticed that must notice, when all have."""
    found: list[float] = []

    def noticed() -> bool:
        places = {name: fault.watched(name) for name in watch.places()}
        said = watch.look(places)
        verdicts = (verdict for verdicts in said.values() for verdict in verdicts.values())
        found.extend(verdict.ended - begun for verdict in verdicts if verdict.code)
        if injection.done():
            injection.result()
        wrong = list(disagreements(fault, said))
        assert not wrong, "; ".join(wrong)
        return injection.done()

    with ThreadPoolExecutor(1) as pool:
        injection: Future[object] = pool.submit(fault.inject, watch.lab)
        wait([injection], timeout=0.5)  # most are quick; a look that begins too soon may take its whole deadline
        wait_until(noticed, fault.seconds, f"{fault.name} is noticed")
    return min(found, default=None)


def _settled(fault: Fault, watch: Watch, deadline: float) -> Round:
    """Return what every check says when each says what it must, and says the same of a recording of that moment."""
    node = watch.lab[fault.record]
    rounds: list[Round] = []

    def agreed() -> bool:
        places = watch.places()
        with ThreadPoolExecutor(1) as pool:  # at the same time: some faults do not last
            recording = pool.submit(watch.record, node)
            said = watch.look({node.name: places.pop(node.name), **places}, apart=node.name)
        directory = recording.result()
        rounds.append(said)
        wrong = [*disagreements(fault, said), *watch.differences(node, directory, said[node.name])]
        assert not wrong, "; ".join(wrong)
        return True

    wait_until(agreed, max(1.0, deadline - time.monotonic()), f"{fault.name} looks as it must")
    left = watch.strays()
    assert not left, f"left behind by the checks: {left}"
    return rounds[-1]
