"""Roles that show a part of the CIB: whatever a tool leaves out and exits with 0, no check takes it for well."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterator, Mapping, NamedTuple, Sequence, Tuple

import pytest

from tests.lab import Lab, Options, wait_until
from tests.lab.node import Node

from .fault import TWO
from .verdict import install, judge

pytestmark = pytest.mark.cluster

USER = "monitor"
WHOLE = ("read", "/cib")
ROLES: Mapping[str, Sequence[Tuple[str, str]]] = {
    "all": (WHOLE,),
    "configuration": (("read", "/cib/configuration"),),
    "status": (("read", "/cib/status"),),
    "resources": (("read", "/cib/configuration/resources"),),
    "nodes": (("read", "/cib/configuration/nodes"),),
    "the-root-element": (WHOLE, ("deny", "/cib/configuration"), ("deny", "/cib/status")),
    "without-crm_config": (WHOLE, ("deny", "/cib/configuration/crm_config")),
    "without-constraints": (WHOLE, ("deny", "/cib/configuration/constraints")),
    "without-resources": (WHOLE, ("deny", "/cib/configuration/resources")),
    "without-nodes": (WHOLE, ("deny", "/cib/configuration/nodes")),
    "without-status": (WHOLE, ("deny", "/cib/status")),
    "configuration-and-status": (("read", "/cib/configuration"), ("read", "/cib/status")),
}


ALARMS = {"daemons": "starting"}
"""What it may say of a part: of a node without DC that it is young."""


class Said(NamedTuple):
    """What one check says."""

    state: str
    line: str
    conditions: Tuple[str, ...]


def acls(permissions: Sequence[Tuple[str, str]]) -> str:
    """The roles of a CIB in which the user has just these."""
    lines = "".join(
        f'<acl_permission id="part-{number}" kind="{kind}" xpath="{xpath}"/>'
        for number, (kind, xpath) in enumerate(permissions)
    )
    target = f'<acl_target id="{USER}"><role id="part"/></acl_target>'
    return f'<acls><acl_role id="part">{lines}</acl_role>{target}</acls>'


def ask(node: Node, user: str) -> Dict[str, Said]:
    """What each check says to this user."""
    verdict = judge(node, "check_ha", ["--format=json", "--severity=fencing-disabled=warning"], user)
    assert verdict
    document: Dict[str, Any] = json.loads(verdict.output)
    return {
        part["check"]: Said(
            part["state"],
            part["line"],
            tuple(one["condition"] for one in document["findings"] if one["check"] in ("", part["check"])),
        )
        for part in document["checks"]
    }


@pytest.fixture
def lab(lab_with: Callable[[Options], Lab]) -> Iterator[Lab]:
    """A cluster of which each check that reads the CIB has something to tell, and a user with a role."""
    lab = lab_with(TWO)
    install(lab)
    path = f"/etc/corosync/uidgid.d/{USER}"
    lab.set_property("enable-acl", "true")
    lab.admin("cibadmin", "--modify", "--allow-create", "--scope=acls", "--xml-text", "<acls/>")
    lab["node1"].write(path, f"uidgid {{\n    uid: {USER}\n}}\n")
    lab["node1"].must("corosync-cfgtool", "-R")
    lab.standby("node2")
    lab.set_meta("p_vip", "target-role", "Stopped")
    lab.fail("p_single", "monitor", "fail-once 1 short circuit", "node1")
    lab.admin("crm_resource", "-r", "cl_ping", "--ban", "-N", "node2")
    yield lab
    lab["node1"].must("rm", path)
    lab["node1"].must("corosync-cfgtool", "-R")


def test_what_is_not_shown_is_never_well(lab: Lab) -> None:
    node = lab["node1"]

    def settled() -> Dict[str, Said]:
        said = ask(node, "root")
        for check in ("constraints", "failed_actions", "fencing", "nodes", "resources", "vip"):
            assert said[check].state == "WARNING", said[check]
        assert "starting" not in str(said), said
        return said

    root = wait_until(settled, 40, "each check has something to tell")
    wrong = []
    for role, permissions in ROLES.items():
        lab.admin("cibadmin", "--replace", "--scope=acls", "--xml-pipe", stdin=acls(permissions))
        for check, said in ask(node, USER).items():
            told = said.state == root[check].state
            refused = said.state == "UNKNOWN" and "no-permission" in said.conditions
            alarm = said.state == "WARNING" and ALARMS.get(check) in said.conditions
            if not (told if role == "all" else told or refused or alarm) or "no DC" in said.line:
                wrong.append(f"{role}: {check} says {said}, and to root {root[check].line}")
    assert not wrong, "\n".join(wrong)
