"""Fencing: it works, it fails, it hangs, it is not there."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import FENCING, MON, TWO, Fault, critical, fenced_and_back, lost, warning

pytestmark = pytest.mark.cluster

_LOST = (
    *lost(2, of=3),
    critical(
        "resources",
        "p_single* shown on node2, which is UNCLEAN (offline): * not started elsewhere until it is fenced",
    ),
    warning("split_brain", "*", MON),
)


def _cannot_be_fenced(lab: Lab, how: str) -> None:
    lab.break_fencing(how)
    lab.power_cut("node2")


FAULTS = (
    Fault(
        "fencing-without-device",
        TWO,
        lambda lab: lab.set_property("stonith-enabled", "true"),
        (
            critical(
                "fencing",
                "fencing is on, and there is no fence device: no resource is started, no failed node recovered",
            ),
            warning(
                "config",
                "crm_verify finds errors in the CIB: Resource start-up disabled since no STONITH resources have been "
                "defined (* more errors)",
            ),
        ),
    ),
    Fault(
        "fence-device-disabled",
        FENCING,
        lambda lab: lab.set_meta("st_node2", "target-role", "Stopped"),
        (
            warning(
                "fencing",
                "st_node2 is disabled (target-role): nobody can fence with it; "
                "node2 cannot be fenced: st_node2 is disabled (target-role)",
            ),
            warning("resources", "st_node2 is stopped on purpose (target-role)"),
        ),
    ),
    Fault(
        "fencing-fails",
        FENCING,
        lambda lab: _cannot_be_fenced(lab, "fail"),
        (
            *_LOST,
            critical("fencing", "node2 could not be fenced: reboot by * failed *; it is UNCLEAN*"),
            critical(
                "nodes", "node2 is UNCLEAN (offline): its fencing failed *, 4 resources are stuck until it is fenced"
            ),
        ),
    ),
    Fault(
        "fencing-hangs",
        FENCING,
        lambda lab: _cannot_be_fenced(lab, "hang"),
        (
            *_LOST,
            warning("fencing", "node2 is being fenced: reboot; it is UNCLEAN"),
            critical(
                "nodes", "node2 is UNCLEAN (offline): it is being fenced, 4 resources are stuck until it is fenced"
            ),
        ),
    ),
    Fault(
        "fenced-and-back",
        FENCING,
        lambda lab: fenced_and_back(lab, "node2"),
        (warning("fencing", "node2 was fenced * ago (reboot by *); it is online"),),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
