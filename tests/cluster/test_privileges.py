"""Who may ask what: the README's table, check by check, and that each remedy that a check prints does what it says.

Every kind of user is a user of its own, who is left behind on the nodes: what one of them may do is nothing to others.
"""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab
from tests.lab.machine import CHECKOUT
from tests.lab.node import Node
from tests.replay import checks

from .fault import TWO
from .verdict import Verdict, install, judge

pytestmark = pytest.mark.cluster

SUDOERS = (CHECKOUT / "nrpe" / "sudoers").read_text(encoding="utf-8")
ACL = (CHECKOUT / "nrpe" / "acl-crmsh.sh").read_text(encoding="utf-8")
FENCING_IS_OFF = "--severity=fencing-disabled=ok"

# Whom each check must ask; rings asks Corosync alone.
BOTH = {"config", "daemons", "quorum"}
COROSYNC = {"rings"} | BOTH
PACEMAKER = (set(checks()) - COROSYNC) | BOTH
NOBODY_SPECIAL: set[str] = set()


@pytest.fixture
def lab(lab_with: Callable[..., Lab]) -> Lab:
    lab = lab_with(TWO)
    install(lab)
    return lab


def arguments(check: str, *more: str) -> list[str]:
    return [*([FENCING_IS_OFF] if check in ("fencing", "all") else []), *more]


def ask(node: Node, user: str, *more: str) -> dict[str, Verdict]:
    """What each check says to this user."""
    return {
        check: verdict
        for check in checks()
        if (verdict := judge(node, f"check_ha_{check}", arguments(check, *more), user))
    }


def add_user(lab: Lab, name: str, *groups: str) -> str:
    for node in lab.up():
        node.must("useradd", "--no-create-home", "--gid=nogroup", f"--groups={','.join(groups)}", name)
    return name
