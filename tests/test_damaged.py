"""To lose evidence betters no verdict: outputs that are cut off, or lack a line or an element, of every recording."""

from __future__ import annotations

from typing import Dict, Tuple

import pytest

from tests.damaged import Bettered, tried
from tests.replay import recorded

EVERY = 480
"""One damage of so many is tried here; ``python -m tests.damaged`` tries all of them."""
PARTS = 8

EXCEPTIONS: Dict[Tuple[str, str], Tuple[Tuple[str, ...], str]] = {
    ("failed_actions", "crm_mon.xml"): (
        ("<node_history>", "<resource_history>", "<node>", "<resource>", "<resources>", "<failure>", "<failures>"),
        "a fail-count or a failure stands in one place only",
    ),
    ("failed_actions", "cibadmin.xml"): (
        ("<transient_attributes>", "<instance_attributes>", "<nvpair>"), "until 1.1.13 a fail-count stands there alone",
    ),
    ("fencing", "crm_mon.xml"): (("<fence_event>", "<fence_history>"), "a fencing has no second witness"),
    ("constraints", "cibadmin.xml"): (("<rsc_location>", "<constraints>"), "a constraint has no second witness"),
    ("vip", "cibadmin.xml"): (
        ("<nvpair>", "<instance_attributes>"), "which interface and prefix are wanted stands in the CIB alone",
    ),
    ("resources", "cibadmin.xml"): (
        ("<nvpair>", "<meta_attributes>"), "how many should be promoted stands in the CIB alone",
    ),
    ("drbd", "cibadmin.xml"): (("<rsc_location>", "<constraints>"), "a constraint has no second witness"),
    ("drbd", "crm_mon.xml"): (("<resource> p_r0",), "which instance of a clone runs where stands there alone"),
    ("config", "corosync.conf"): (
        ("all from line", "line"), "a mistake stands in one place only; the file has no mark of its end",
    ),
    ("config", "cmapctl.txt"): (
        ("line 1: config.totemconfig_reload_in_progress",), "the only mark of a reload that failed (3.1.7)",
    ),
}  # fmt: skip
"""What may better a verdict, by check and output, and why: the format says it once, without a total beside it."""


def is_exception(one: Bettered) -> bool:
    kinds, _ = EXCEPTIONS.get((one.check, one.damage.tool.file), ((), ""))
    return one.damage.what.startswith(kinds) if kinds else False


@pytest.mark.no_cover
@pytest.mark.parametrize("part", range(PARTS))
def test_no_verdict_gets_better(part: int) -> None:
    number, wrong = 0, []
    for position, directory in enumerate(recorded()):
        if position % PARTS == part:
            more, found = tried(directory, EVERY, position)
            number += more
            wrong += [one.line for one in found if not is_exception(one)]
    assert wrong == []
    assert number > 20
