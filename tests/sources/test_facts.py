"""What is not asked again: only what cannot have changed, only of what has answered, only root's."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Callable, Dict, List

import pytest

from check_ha.sources import runner
from check_ha.sources.kept import facts
from check_ha.sources.kept.facts import Facts
from check_ha.sources.kept.streams import usual
from check_ha.sources.node import ThisNode
from check_ha.sources.stream import Stream, written
from check_ha.sources.tools import (
    CFGTOOL,
    CIBADMIN,
    COROSYNC_VERSION,
    CRM_MON,
    CRM_NODE,
    CRM_VERIFY,
    HUNG,
    PACEMAKERD_FEATURES,
    PS,
    Output,
    Tool,
)
from tests.faketools import write_tool

ASKED = (CIBADMIN, CRM_NODE, CRM_VERIFY, PACEMAKERD_FEATURES, COROSYNC_VERSION)
NOBODY = 65534
CIB = (
    '<cib epoch="7" num_updates="3" cib-last-written="x" dc-uuid="1"><configuration/><status>all is well</status></cib>'
)


class Place:
    """Tools that write down that they were run, and the folder in which root keeps what they said."""

    def __init__(self, path: Path) -> None:
        self.tools, self.kept, self.pid = path / "tools", path / "run", path / "corosync.pid"
        self.tools.mkdir()
        self.pid.write_text("98\n")
        for tool in ASKED:
            self.says(tool, f"the answer of {tool.name}")
        self.has_cib(CIB)
        self.says(CRM_VERIFY, "", status=78, stderr="Warnings found during check: config may not be valid")

    def says(self, tool: Tool, stdout: str, status: int = 0, stderr: str = "", first: str = ":") -> None:
        script = f"echo {tool.name} >>{self.tools}/log; {first}; echo '{stdout}'; echo '{stderr}' >&2; exit {status}"
        write_tool(self.tools, tool.name, script)

    def has_cib(self, text: str) -> None:
        (self.tools / "cib").write_text(text)
        self.says(CIBADMIN, "", first=f"cat {self.tools}/cib")

    def ask(self, *tools: Tool, limit: float = 20.0) -> Dict[Tool, Output]:
        return Facts(ThisNode((str(self.tools),), limit), str(self.kept)).collect(tools or ASKED)

    def run(self) -> List[str]:
        """Return what was run since this was asked last."""
        log = self.tools / "log"
        names = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return names


@pytest.fixture(name="place")
def of_a_running_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root")
    place = Place(tmp_path)
    monkeypatch.setattr(facts, "_RUNNING", str(place.pid))
    return place


ALL_RUN = sorted(tool.name for tool in ASKED)
AGAIN = ["cibadmin", "crm_node"]
"""What is run each time: what can change without a sign of it, and what shows that a daemon answers."""


def test_what_has_not_changed_is_not_asked_again(place: Place) -> None:
    first = place.ask()
    assert place.run() == ALL_RUN
    assert {one.age for one in first.values()} == {0.0}
    second = place.ask()
    assert place.run() == AGAIN
    assert list(second) == list(ASKED)
    known = {tool for tool in ASKED if second[tool].age}
    assert known == {CRM_VERIFY, PACEMAKERD_FEATURES, COROSYNC_VERSION}
    for tool in known:
        assert second[tool]._replace(age=0.0) == first[tool]
    assert (second[CRM_VERIFY].status, second[CRM_VERIFY].stderr[:14]) == (78, "Warnings found")


def start_corosync(place: Place) -> None:
    place.pid.write_text("99\n")


def old(place: Place) -> None:
    for path in place.kept.glob("*.fact"):
        os.utime(path, (time.time() - 601,) * 2)


CHANGES: Dict[str, Callable[[Place], object]] = {
    "configuration": lambda place: place.has_cib(CIB.replace('epoch="7"', 'epoch="8"')),
    "status": lambda place: place.has_cib(CIB.replace('updates="3"', 'updates="4"')),
    "what-no-counter-has-counted": lambda place: place.has_cib(CIB.replace("well", "lost")),
    "program": lambda place: place.says(CRM_VERIFY, "", stderr="config is not valid", status=78),
    "corosync-was-started": start_corosync,
    "time": old,
    "folder-of-somebody-else": lambda place: os.chown(place.kept, NOBODY, -1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_may_have_changed_is_asked_again(change: str, place: Place) -> None:
    place.ask()
    place.run()
    CHANGES[change](place)
    said = place.ask()
    only_verify = ("configuration", "status", "what-no-counter-has-counted", "program")
    assert place.run() == (sorted((*AGAIN, "crm_verify")) if change in only_verify else ALL_RUN)
    assert said[CRM_VERIFY].age == 0


NOT_KEPT: Dict[str, Callable[[Place], object]] = {
    "failed": lambda place: place.says(CRM_VERIFY, "", status=66),
    "no-cib": lambda place: place.says(CIBADMIN, "", status=102),
    "rule-about-a-date": lambda place: place.has_cib(CIB.replace("<configuration/>", "<date_expression/>")),
    "no-corosync": lambda place: place.pid.unlink(),
}


@pytest.mark.parametrize("why", NOT_KEPT)
def test_what_proves_nothing_is_not_kept(why: str, place: Place) -> None:
    NOT_KEPT[why](place)
    for _ in range(2):
        said = place.ask()
        assert "crm_verify" in place.run()
        assert said[CRM_VERIFY].age == 0


def test_what_an_older_command_line_has_said_is_not_kept(place: Place) -> None:
    """corosync-quorumtool 1.4 does not know -V: then it is ``corosync -v`` that tells, another program."""
    write_tool(place.tools, "corosync-quorumtool", "exit 1")
    write_tool(place.tools, "corosync", f"echo corosync >>{place.tools}/log; echo 1.4.8")
    for _ in range(2):
        assert place.ask(COROSYNC_VERSION)[COROSYNC_VERSION].stdout == b"1.4.8\n"
        assert place.run() == ["corosync"]


def test_crm_verify_does_not_wait_for_a_cib_that_hangs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_PATIENCE", 0.1)
    write_tool(place.tools, "cibadmin", "exec sleep 1006")
    said = place.ask(CIBADMIN, CRM_VERIFY, limit=0.6)
    assert (said[CIBADMIN].fault, said[CRM_VERIFY].status) == (HUNG, 78)
    assert not place.kept.exists()


def test_crm_verify_alone_is_not_asked_again_either(place: Place) -> None:
    assert list(place.ask(CRM_VERIFY)) == [CRM_VERIFY]
    assert place.run() == ["cibadmin", "crm_verify"]
    assert place.ask(CRM_VERIFY)[CRM_VERIFY].age
    assert place.run() == ["cibadmin"]


def test_a_stream_says_how_old_it_is(place: Place) -> None:
    place.ask()
    outputs = place.ask().values()
    said = Stream(written("node1", 1.0, outputs), "it").collect(ASKED)
    assert (said[CRM_VERIFY].age, said[CRM_NODE].age) == (1.0, 0.0)


def test_what_the_checks_of_a_user_ask_is_collected_together(place: Place) -> None:
    """Until it is learnt anew, so that what is asked no more is not collected for ever."""
    folder = str(place.kept)
    assert usual(NOBODY, [CRM_MON], folder) == (CRM_MON, PS)
    assert usual(NOBODY, [CFGTOOL], folder) == (CRM_MON, CFGTOOL, PS)
    assert usual(0, [CFGTOOL], folder) == (CFGTOOL, PS)
    tools = place.kept / f"{NOBODY}.tools"
    os.utime(tools, (time.time() - 590,) * 2)
    assert usual(NOBODY, [CRM_NODE], folder) == (CRM_MON, CRM_NODE, CFGTOOL, PS)
    assert time.time() - tools.stat().st_mtime == pytest.approx(590, abs=5)
    os.utime(tools, (time.time() - 601,) * 2)
    assert usual(NOBODY, [CRM_NODE], folder) == (CRM_NODE, PS)
