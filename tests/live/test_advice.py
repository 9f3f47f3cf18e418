"""Every command that a check advises is typed on a real cluster, to the letter, and the check is OK after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from tests.advised import matches
from tests.lab import Lab, Options, wait_until
from tests.lab.node import Node

from .advice import CASES, LOOK_UPS, Case
from .fault import FENCING
from .verdict import install, judge

pytestmark = pytest.mark.cluster

_SYSTEMCTL = (Path(__file__).parent / "systemctl").read_text(encoding="utf-8")


def told(node: Node, case: Case) -> Dict[str, Any]:
    """What the check says there, as JSON."""
    off = ["--severity=fencing-disabled=ok"] if case.check == "fencing" and case.options.stonith == "off" else []
    verdict = judge(node, f"check_ha_{case.check}", ["--format=json", *off])
    assert verdict
    document: Dict[str, Any] = json.loads(verdict.output)
    return document


def advised(node: Node, case: Case, template: str) -> str:
    """The command that the check advises there, once it does."""

    def found() -> str:
        findings: List[Dict[str, Any]] = told(node, case)["findings"]
        commands: List[str] = [command for one in findings for command in one["commands"]]
        wanted = [command for command in commands if matches(template, command)]
        assert wanted, findings
        return wanted[0]

    return wait_until(found, 40, f"{case.name} is seen with its advice")


def mended(node: Node, case: Case) -> bool:
    """Whether the check is OK, or has nothing more to say of this kind."""
    document = told(node, case)
    if case.over:
        assert case.over not in [one["condition"] for one in document["findings"]], document["line"]
    else:
        assert document["state"] == "OK", document["line"]
    return True


@pytest.mark.parametrize(
    ("case", "template"),
    [pytest.param(case, template, id=f"{case.name}-{template}") for case in CASES for template in case.commands],
)
def test_what_is_advised_mends_it(lab_with: Callable[[Options], Lab], case: Case, template: str) -> None:
    lab = lab_with(case.options)
    install(lab)
    node = lab[case.on]
    node.write("/usr/local/bin/systemctl", _SYSTEMCTL, mode="755")
    try:
        case.inject(lab)
        command = advised(node, case, template)
        case.cause(lab)
        node.must("sh", "-ec", command, timeout=60)
        wait_until(lambda: mended(node, case), 40, f"{case.check} is OK after: {command}")
    finally:
        node.run(["rm", "-f", "/usr/local/bin/systemctl"])
        case.undo(lab)


def test_what_is_to_be_looked_up_is_shown(lab_with: Callable[[Options], Lab]) -> None:
    lab, health = lab_with(FENCING), ("attrd_updater", "--name=#health-disk", "--node=node1")
    install(lab)
    lab.admin(*health, "--update=green")
    for template, name in LOOK_UPS.items():
        done = lab["node1"].run(["sh", "-ec", template.replace("{}", name)])
        # a check may still tell what the case before has left behind
        good = (0, 1) if template.startswith("check_ha") else (0,)
        assert done.returncode in good, f"{done.args}: {done.stdout}{done.stderr}"
    lab.admin(*health, "--delete")
