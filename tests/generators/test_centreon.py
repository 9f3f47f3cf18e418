"""The Centreon file, walked by the rules of the importer (centreon-clapi of Centreon 22.10 to 24.10).

import() splits each line at every ``;``; ADD checks the number of fields, that the name is new and its parents exist;
checkIllegalChar() takes characters out of names; setparam, setmacro and addhosttemplate want objects that exist.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Set

import pytest

TEXT = (Path(__file__).parents[2] / "samples/centreon/check_ha.clapi").read_text(encoding="utf-8")
ILLEGAL = set("~!$%^&*\"|'<>?,()=")
NEEDED = {"CMD": 3, "HTPL": 6, "STPL": 3}
SERVICE_PARAMETERS = {"check_command", "normal_check_interval", "retry_check_interval", "max_check_attempts"}


class Centreon:
    """What the importer would have after some lines; each method is an action, and asserts what the importer checks."""

    def __init__(self) -> None:
        self.names: Dict[str, Set[str]] = {
            "CMD": set(),
            "HTPL": {"generic-active-host-custom", "generic-dummy-host-custom"},
            "STPL": {"generic-active-service-custom"},
        }
        self.macros: Dict[str, Set[str]] = {}
        self.lines: Dict[str, str] = {}
        self.uses: Dict[str, str] = {}
        self.hosts: Dict[str, str] = {}

    def take(self, line: str) -> None:
        kind, action, *fields = line.split(";")
        assert kind in self.names
        assert kind.isupper()
        if action != "ADD":
            assert fields[0] in self.names[kind], f"{fields[0]} does not exist yet"
        getattr(self, action)(kind, fields)

    def ADD(self, kind: str, fields: List[str]) -> None:
        name = fields[0]
        assert len(fields) >= NEEDED[kind]
        assert not set(name) & ILLEGAL
        assert name not in self.names[kind]
        if kind == "CMD":
            assert fields[1] == "check"
            self.lines[name] = fields[2]
        else:
            parent = fields[2] if kind == "STPL" else fields[3]
            assert parent in self.names[kind]
        self.names[kind].add(name)

    def setparam(self, kind: str, fields: List[str]) -> None:
        name, parameter, value = fields
        if kind == "CMD":
            assert (parameter, value) == ("line", self.lines[name])
            return
        if kind == "HTPL":
            assert (parameter, value) == ("notifications_enabled", "0")
            return
        assert kind == "STPL"
        assert parameter in SERVICE_PARAMETERS
        if parameter == "check_command":
            assert value in self.names["CMD"]
            self.uses[name] = value
        else:
            assert value.isdigit()

    def setmacro(self, kind: str, fields: List[str]) -> None:
        name, macro, _ = fields[:3]
        password, description = (fields[3], fields[4]) if kind == "HTPL" else (fields[4], fields[3])
        assert len(fields) == 5
        assert re.fullmatch("[A-Z]+", macro)
        assert password == "0"
        assert description
        self.macros.setdefault(name, set()).add(macro)

    def addhosttemplate(self, kind: str, fields: List[str]) -> None:
        name, host = fields
        assert kind == "STPL"
        assert host in self.names["HTPL"]
        self.hosts[name] = host


@pytest.fixture(scope="module")
def centreon() -> Centreon:
    state = Centreon()
    for line in TEXT.splitlines():
        if line.strip():
            state.take(line)
    return state


def test_every_line_is_taken(centreon: Centreon) -> None:
    assert centreon.hosts
    assert set(centreon.hosts) == centreon.names["STPL"] - {"generic-active-service-custom"} == set(centreon.uses)


def test_nothing_that_the_importer_would_read_otherwise() -> None:
    assert "#" not in TEXT
    assert not re.search(r"[^\x20-\x7e\n]", TEXT)


def test_names_are_those_of_centreon(centreon: Centreon) -> None:
    for name in centreon.hosts:
        assert re.fullmatch(r"App-HA(-[A-Z][A-Za-z]+)+(-NRPE|-SSH)?-custom", name)


def test_macros_of_centreon_keep_their_meaning(centreon: Centreon) -> None:
    """NRPETIMEOUT of the packs is 5 s, less than a check may take: a frozen corosync would be a socket timeout."""
    macros = set().union(*centreon.macros.values())
    assert {"NRPECLIENT", "NRPEPORT", "NRPEEXTRAOPTIONS", "SSHUSERNAME", "SSHPORT", "SSHEXTRAOPTIONS"} <= macros
    assert "NRPETIMEOUT" not in macros
    assert "HTPL;ADD;App-HA-Cluster-custom;Pacemaker cluster;;generic-dummy-host-custom;;" in TEXT.splitlines()


def test_every_macro_of_a_command_is_set_where_it_is_used(centreon: Centreon) -> None:
    for service, command in centreon.uses.items():
        line = centreon.lines[command]
        assert set(re.findall(r"\$_SERVICE(\w+)\$", line)) == centreon.macros[service]
        assert set(re.findall(r"\$_HOST(\w+)\$", line)) == centreon.macros[centreon.hosts[service]]
        assert set(re.findall(r"\$(\w+)\$", line)) - {"USER1", "HOSTADDRESS"} == set(re.findall(r"\$(_\w+)\$", line))
