"""Several users side by side: each gets the right and loses it by itself."""

from __future__ import annotations

import grp
import re
from pathlib import Path
from typing import Tuple

import pytest

from check_ha.node_setup import users as users_of_node
from check_ha.node_setup.grants import Grants, granted, grants_in, withdrawn
from check_ha.node_setup.marked import marked
from check_ha.node_setup.plan import SUDOERS, UIDGID, plan
from check_ha.node_setup.rights import acl_commands, sudoers, uidgid
from check_ha.node_setup.users import fault_of, members, name_of
from tests.needed import program
from tests.node_setup.run import CFG, files, run
from tests.node_setup.test_setup import live, wish


def users(tree: Path) -> Tuple[str, ...]:
    return tuple(
        re.findall(r"^(\S+) ALL=\(root\) TIMEOUT=10 NOPASSWD: CHECK_HA$", text_of(tree, SUDOERS), re.MULTILINE)
    )


def text_of(tree: Path, name: str) -> str:
    path = tree / name.lstrip("/")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_users_come_and_go(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    before, last = text_of(tree, CFG), text_of(tree, SUDOERS).splitlines()[-1]
    status, shown = run(tree, capsys, "--user", "icinga", "--user", "centreon-agent", "--yes")
    assert shown.startswith(
        f"check_ha_setup: {tree}, user icinga, centreon-agent\n"
        f"  replace  {SUDOERS}\n"
        f"      -{last}\n"
        "      +icinga ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA\n"
        "      +centreon-agent ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA\n"
    )
    assert (status, users(tree)) == (0, ("nagios", "icinga", "centreon-agent"))
    run(tree, capsys, "--yes")  # NRPE's own again: nobody goes
    assert run(tree, capsys, "--remove", "--user", "icinga", "--yes")[0] == 0
    assert users(tree) == ("nagios", "centreon-agent")
    assert text_of(tree, CFG) == before
    # with the user of NRPE goes its file; with the last one that of sudo
    assert run(tree, capsys, "--remove", "--user", "nagios", "--yes")[0] == 0
    assert (users(tree), files(tree)) == (("centreon-agent",), [SUDOERS])
    assert run(tree, capsys, "--remove", "--user", "centreon-agent", "--yes")[0] == 0
    assert files(tree) == []


def test_each_by_a_way_of_its_own(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    status, shown = run(tree, capsys, "--user", "icinga", "--way", "rights", "--yes")
    assert (status, files(tree), users(tree)) == (0, [UIDGID, CFG, SUDOERS], ("nagios",))
    assert "--sudo" in text_of(tree, CFG)
    assert "crm configure role check_ha" in shown
    shown = run(tree, capsys, "--user", "other", "--way", "rights", "--yes")[1]
    assert "so that other may read the CIB but not change it: crm configure acl_target other check_ha\n" in shown
    assert [*re.findall(r"uid: (\S+)", text_of(tree, UIDGID))] == ["icinga", "other"]
    assert run(tree, capsys, "--remove", "--yes")[0] == 0
    assert files(tree) == []


def test_without_nrpe_its_file_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    for more in (["--no-nrpe", "--way", "rights"], ["--no-nrpe", "--remove"]):
        before = text_of(tree, CFG)
        assert run(tree, capsys, *more, "--yes")[0] == 0
        assert text_of(tree, CFG) == before != ""
    assert files(tree) == [CFG]


def test_nothing_is_written_where_there_is_no_nrpe(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    (tree / "etc/nagios/nrpe.cfg").rename(tree / "etc/own.cfg")
    status, shown = run(tree, capsys, "--yes")
    assert (status, shown) == (
        1,
        "check_ha_setup: found no NRPE: --nrpe-cfg FILE says where its configuration is; "
        "--user NAME gives the right to a user who needs none\n",
    )
    assert files(tree) == ["/etc/own.cfg"]
    assert run(tree, capsys, "--nrpe-cfg", "/etc/own.cfg", "--yes")[0] == 0
    assert files(tree) == [CFG, "/etc/own.cfg", SUDOERS]


def test_what_the_files_say() -> None:
    edited = sudoers(("nagios",)) + "icinga ALL=(root) NOPASSWD: CHECK_HA\nALL ALL=(root) NOPASSWD: CHECK_HA\n"
    found = grants_in(marked(edited), marked(uidgid(("a", "b"), ("b",))))
    assert found == Grants(("nagios", "icinga"), ("a", "b"), ("b",))
    assert granted(found, ("a",), True, frozenset()) == Grants(("nagios", "icinga", "a"), ("b",), ("b",))
    assert granted(found, ("icinga", "c"), False, frozenset("c")) == Grants(
        ("nagios",), ("a", "b", "icinga", "c"), ("b", "icinga")
    )
    assert withdrawn(found, ("b", "nagios")) == Grants(("icinga",), ("a",), ())


def test_one_more_reader_is_no_second_role() -> None:
    assert acl_commands("pcs", ("a", "b"), new=False) == [
        "pcs acl user create a check_ha",
        "pcs acl user create b check_ha",
    ]


def test_users_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path("/")
    assert (name_of(root, 0), name_of(root, 4_000_000_000)) == ("root", "")
    assert (fault_of(root, "root"), fault_of(root, "nobody-here")) == (None, "there is no user nobody-here here")
    monkeypatch.setattr(users_of_node, "GROUP", "no-such-group")
    assert members(root) == frozenset()
    monkeypatch.setattr(grp, "getgrnam", lambda name: grp.struct_group((name, "x", 1, ["nagios"])))
    assert members(root) == {"nagios"}


def test_others_than_nrpe_start_anew_for_a_new_group(tmp_path: Path) -> None:
    node = live(tmp_path, daemons=())
    notes = plan(node, wish(users=("icinga",), nrpe=None, sudo=False)).notes
    assert notes[2:] == ("restart what runs as icinga: only new processes have the new group",)
