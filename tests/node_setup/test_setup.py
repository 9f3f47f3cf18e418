"""check_ha_setup, in a tree of its own: what it plans, does, leaves alone and undoes."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli import setup
from check_ha.node_setup import apply as applying
from check_ha.node_setup import state_folder
from check_ha.node_setup.daemons import Daemon
from check_ha.node_setup.marked import is_unedited, marked
from check_ha.node_setup.node import Host, node_at
from check_ha.node_setup.plan import SUDOERS, UIDGID, Step, Wish, plan
from check_ha.node_setup.reach import cannot_run, closed_to_others, in_other_hands
from tests.needed import program
from tests.node_setup.run import CFG, PLUGINS, files, run

NRPE = Daemon("/etc/nagios/nrpe.cfg", "nagios", "/etc/nrpe.d", "nrpe.service", runs=True)


@pytest.fixture(autouse=True)
def no_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """It depends on the users of this machine; it has a test of its own."""
    monkeypatch.setattr(state_folder, "commands", lambda *_: ())


def nothing_to_do(tree: Path) -> Tuple[int, str]:
    return 0, f"check_ha_setup: {tree}, user nagios, NRPE /etc/nagios/nrpe.cfg\nNothing to do.\n"


def test_it_shows_what_it_would_do_and_does_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = run(tree, capsys)
    assert status == 1
    assert f"  write    {CFG}\n  write    {SUDOERS}\n" in shown
    assert shown.endswith("Add --yes to do this.\nNothing was changed.\n")
    assert files(tree) == []


def test_it_asks_once(tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: List[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "no"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    assert run(tree, capsys)[0] == 1
    assert asked == ["Do this? [y/N] "]
    assert files(tree) == []


def test_sudo_then_again_then_undone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    assert run(tree, capsys, "--yes")[0] == 0
    assert files(tree) == [CFG, SUDOERS]
    cfg = (tree / CFG.lstrip("/")).read_text(encoding="utf-8")
    assert f"command[check_ha_rings]={PLUGINS}/check_ha_rings --sudo --max-age-of-data 20\n" in cfg
    sudoers = tree / SUDOERS.lstrip("/")
    assert stat.S_IMODE(sudoers.stat().st_mode) == 0o440
    assert 'CHECK_HA = /opt/check_ha/bin/check_ha_collect ""\n' in sudoers.read_text(encoding="utf-8")

    assert run(tree, capsys) == nothing_to_do(tree)
    assert run(tree, capsys, "--remove", "--yes")[0] == 0
    assert files(tree) == []


def test_sudo_is_told_of_the_file_itself_and_no_link_to_it(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which sudo 1.9.16 does not take for each other (Debian 13)."""
    program("visudo", package="sudo")
    (tree / "opt/check_ha/bin/check_ha_collect").unlink()
    (tree / "opt/check_ha/bin/check_ha_collect").symlink_to("../lib/check_ha_collect")
    (tree / "opt/check_ha/lib").mkdir()
    (tree / "opt/check_ha/lib/check_ha_collect").touch(mode=0o755)
    assert run(tree, capsys, "--yes")[0] == 0
    sudoers = (tree / SUDOERS.lstrip("/")).read_text(encoding="utf-8")
    assert 'CHECK_HA = /opt/check_ha/lib/check_ha_collect ""\n' in sudoers
    cfg = (tree / CFG.lstrip("/")).read_text(encoding="utf-8")
    assert "command[check_ha_rings]=/opt/check_ha/bin/check_ha_rings --sudo --max-age-of-data 20\n" in cfg


def test_the_other_way_takes_the_first_away(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    status, shown = run(tree, capsys, "--way", "rights", "--yes")
    assert status == 0
    assert files(tree) == [UIDGID, CFG]
    assert "--sudo" not in (tree / CFG.lstrip("/")).read_text(encoding="utf-8")
    assert "      -command[check_ha_rings]=/opt/check_ha/bin/check_ha_rings --sudo --max-age-of-data 20\n" in shown
    assert "crm configure acl_target nagios check_ha" in shown
    assert "usermod -aG haclient nagios" in shown
    assert run(tree, capsys, "--way", "rights") == nothing_to_do(tree)


@pytest.mark.parametrize("argv", [("--remove",), ("--way", "sudo")], ids=["removed", "the-other-way"])
def test_whom_corosync_lets_in_until_it_reads_its_files_again(
    argv: Tuple[str, ...], tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--way", "rights", "--yes")
    note = "once that is done on all: corosync-cfgtool -R (until then Corosync lets nagios in)\n"
    assert f"  to do    on one node, {note}" in run(tree, capsys, *argv, "--yes")[1]
    assert note not in run(tree, capsys, *argv, "--yes")[1]


def test_commands_for_pcs_where_that_is_installed(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "usr/sbin").mkdir()
    (tree / "usr/sbin/pcs").touch()
    assert "pcs acl user create nagios check_ha" in run(tree, capsys, "--way", "rights")[1]


def test_only_the_rights(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tree, capsys, "--no-nrpe", "--way", "rights", "--user", "icinga", "--yes")[0] == 0
    assert files(tree) == [UIDGID]
    assert "uid: icinga" in (tree / UIDGID.lstrip("/")).read_text(encoding="utf-8")


OLD_SUDOERS = """\
# /etc/sudoers.d/check_ha, mode 0440: lets the user of NRPE run exactly these command lines as root.
Cmnd_Alias CHECK_HA = \\
    /usr/sbin/cibadmin -Q, \\
    /usr/sbin/crm_mon --output-as\\=xml --inactive
nagios ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA
"""


def test_the_lines_of_an_earlier_version_are_replaced(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    sudoers = tree / SUDOERS.lstrip("/")
    sudoers.parent.mkdir()
    sudoers.write_text(marked(OLD_SUDOERS), encoding="utf-8")
    status, shown = run(tree, capsys, "--yes")
    assert status == 0
    assert f"  replace  {SUDOERS}\n" in shown
    assert "      -    /usr/sbin/cibadmin -Q, \\\n" in shown
    assert "cibadmin" not in sudoers.read_text(encoding="utf-8")
    assert run(tree, capsys, "--remove", "--yes")[0] == 0
    assert not sudoers.exists()


def test_without_the_command_that_sudo_runs(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "opt/check_ha/bin/check_ha_collect").unlink()
    status, shown = run(tree, capsys, "--yes")
    assert (status, shown) == (
        1,
        f"check_ha_setup: there is no check_ha_collect in {tree}{PLUGINS}, which sudo is to run: "
        "install check_ha as a whole\n",
    )
    assert run(tree, capsys, "--yes", "--way", "rights")[0] == 0


def test_what_root_runs_is_in_no_other_hands(tmp_path: Path) -> None:
    assert in_other_hands(Path("/usr/bin/env")) is None
    (tmp_path / "bin").mkdir()
    door = tmp_path / "bin" / "door"
    door.symlink_to("/usr/bin/env")
    if os.geteuid() == 0:
        assert in_other_hands(door) is None
        (tmp_path / "bin").chmod(0o777)
        assert in_other_hands(door) == tmp_path / "bin"
        (tmp_path / "bin").chmod(0o755)
        os.chown(tmp_path / "bin", 65534, -1)
    assert in_other_hands(door) in (tmp_path / "bin", door)


def test_a_command_that_another_user_may_change_is_given_no_rights(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "node_at", lambda root: live(tree))
    monkeypatch.setattr(setup, "in_other_hands", lambda path: path.parent)
    monkeypatch.setattr(setup, "cannot_run", lambda user, argv: None)
    monkeypatch.setattr("check_ha.node_setup.users._exists", lambda root, name: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    status, shown = run(tree, capsys, "--yes")
    text = f"not root alone decides what {tree}{PLUGINS} holds: install below /opt, with a Python that all can reach"
    assert (status, shown) == (1, f"check_ha_setup: {text}, as root\n")
    assert files(tree) == []


def test_an_edited_file_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    cfg = tree / CFG.lstrip("/")
    edited = cfg.read_text(encoding="utf-8").replace("--max-age 1d", "--max-age 1h")
    cfg.write_text(edited, encoding="utf-8")
    status, shown = run(tree, capsys, "--yes")
    assert status == 1
    assert f"  leave    {CFG} (edited; --replace replaces it)\n" in shown
    assert cfg.read_text(encoding="utf-8") == edited
    assert run(tree, capsys, "--remove", "--yes")[0] == 1
    assert files(tree) == [CFG]

    status, shown = run(tree, capsys, "--replace", "--yes")
    assert status == 0
    assert "      -command[check_ha_failed_actions]=" in shown
    assert "--max-age 1d" in cfg.read_text(encoding="utf-8")
    copy = tree / "var/backups/check_ha/etc-nagios-nrpe.d-check_ha.cfg"
    assert copy.read_text(encoding="utf-8") == edited


def test_a_file_of_somebody_else_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / CFG.lstrip("/")).write_text("command[check_ha]=mine\n", encoding="utf-8")
    assert f"leave    {CFG}" in run(tree, capsys, "--yes")[1]
    assert (tree / CFG.lstrip("/")).read_text(encoding="utf-8") == "command[check_ha]=mine\n"


def test_sudoers_that_visudo_refuses_are_not_placed(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("visudo", package="sudo")
    monkeypatch.setattr("check_ha.node_setup.rights.sudoers", lambda *_: "nagios ALL=(root NOPASSWD: ALL\n")
    status, shown = run(tree, capsys, "--yes")
    assert status == 1
    assert f"visudo refuses {SUDOERS}" in shown
    assert files(tree) == [CFG]


def test_without_visudo_no_sudoers(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "FOLDERS", ())
    status, shown = run(tree, capsys, "--yes")
    assert status == 1
    assert "visudo is not here: install sudo, or choose --way rights" in shown
    assert files(tree) == [CFG]


def test_commands_that_are_not_there(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = run(tree, capsys, "--commands", "/nowhere")
    assert (status, f"there is no check_ha_quorum in {tree}/nowhere: --commands DIR says" in shown) == (1, True)


def test_a_folder_that_cannot_be_written(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(tree / "etc/nagios/nrpe.d")
    (tree / "etc/nagios/nrpe.d").touch()
    status, shown = run(tree, capsys, "--yes")
    assert (status, shown.endswith("check_ha.cfg: Not a directory\n")) == (1, True)


def test_mark_tells_an_edit() -> None:
    text = marked("one\ntwo\n")
    assert is_unedited(text)
    assert not is_unedited(text.replace("two", "three"))
    assert not is_unedited(text + "more\n")
    assert not is_unedited("one\n")


def live(tmp_path: Path, **fields: object) -> Host:
    """A node that counts as the system itself, with its files elsewhere."""

    class Here(Host):
        def path(self, name: str) -> Path:
            return tmp_path / name.lstrip("/")

    values = {"daemons": (NRPE,), "systemd": True, **fields}
    return Here(Path("/"), **values)  # type: ignore[arg-type]


def wish(**fields: object) -> Wish:
    """What is asked for where nothing else is said: NRPE and its user."""
    values = {"users": ("nagios",), "nrpe": NRPE, **fields}
    return Wish(PLUGINS, **values)  # type: ignore[arg-type]


ALL = wish(users=(), nrpe=None, remove=True)


def argvs(node: Host, wish: Wish) -> List[Tuple[str, ...]]:
    return [step.argv for step in plan(node, wish).steps if step.argv]


def test_group_is_joined_and_left_again(tmp_path: Path) -> None:
    rights = wish(sudo=False)
    first = plan(live(tmp_path), rights)
    assert [step.argv for step in first.steps[2:]] == [
        ("usermod", "-aG", "haclient", "nagios"),
        ("systemctl", "restart", "nrpe.service"),
    ]
    for step in first.steps[:2]:
        applying.apply(live(tmp_path), step)
    member = live(tmp_path, members=frozenset(["nagios"]))
    assert plan(member, rights).steps == ()
    leave = [("gpasswd", "-d", "nagios", "haclient"), ("systemctl", "restart", "nrpe.service")]
    assert argvs(member, wish()) == leave
    assert argvs(member, ALL) == leave


def test_a_membership_that_was_there_before_stays(tmp_path: Path) -> None:
    member = live(tmp_path, members=frozenset(["nagios"]))
    for step in plan(member, wish(sudo=False)).steps[:2]:
        applying.apply(member, step)
    assert argvs(member, ALL) == [("systemctl", "restart", "nrpe.service")]


def test_a_daemon_that_does_not_run_is_not_started(tmp_path: Path) -> None:
    node = live(tmp_path, daemons=(NRPE._replace(runs=False),))
    assert argvs(node, wish()) == []
    assert plan(node, wish()).notes == ("NRPE does not run: systemctl enable --now nrpe.service",)
    by_hand = plan(live(tmp_path, systemd=False), wish()).notes
    assert by_hand == ("restart the NRPE of /etc/nagios/nrpe.cfg, so that it reads its files",)


def test_selinux(tmp_path: Path) -> None:
    """Where its policy knows the folder, or it does not enforce, there is nothing to do."""
    label = "semanage fcontext -a -t nagios_unconfined_plugin_exec_t '/opt/check_ha/bin/check_ha.*'"
    note = f"have SELinux take the commands for plugins of NRPE: {label} && restorecon -R /opt/check_ha/bin"
    enforcing = live(tmp_path, enforcing=True)
    assert plan(enforcing, wish()).notes == (note,)
    assert plan(enforcing, wish()._replace(plugins="/usr/lib/nagios/plugins")).notes == ()
    assert plan(live(tmp_path), wish()).notes == ()


def test_commands_are_run_and_their_failure_told(tmp_path: Path) -> None:
    applying.apply(live(tmp_path), Step(argv=("true",)))
    with pytest.raises(applying.SetupError, match="false: exit 1"):
        applying.apply(live(tmp_path), Step(argv=("false",)))
    with pytest.raises(applying.SetupError, match="no-such-program is not installed"):
        applying.apply(live(tmp_path), Step(argv=("no-such-program",)))


def test_a_folder_that_a_check_still_writes_into_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "rm"
    fake.write_text('#!/bin/sh\n[ -e "$2.tried" ] && exec rm "$@"\n: >"$2.tried"\necho not empty >&2\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setattr(applying, "_program", lambda name: str(fake))
    (tmp_path / "state").mkdir()
    applying.apply(live(tmp_path), Step(argv=("rm", "-rf", str(tmp_path / "state"))))
    assert not (tmp_path / "state").exists()


def test_only_root_changes_the_system(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "node_at", lambda root: live(tree))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    status, shown = run(tree, capsys, "--yes")
    assert (status, shown) == (1, "check_ha_setup: only root may look at this node and change it\n")
    assert files(tree) == []


def test_commands_that_nrpe_cannot_reach(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "opt/check_ha").chmod(0o700)
    assert closed_to_others(tree / "opt/check_ha/bin")[0] == tree / "opt/check_ha"
    monkeypatch.setattr(setup, "node_at", lambda root: live(tree))
    monkeypatch.setattr(setup, "cannot_run", lambda user, argv: "Permission denied")
    monkeypatch.setattr("check_ha.node_setup.users._exists", lambda root, name: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    status, shown = run(tree, capsys)
    assert (status, shown.startswith(f"check_ha_setup: nagios cannot run {tree}{PLUGINS}/check_ha_quorum: /")) == (
        1,
        True,
    )
    assert shown.endswith("is closed to others; install below /opt, with a Python that all can reach\n")
    assert files(tree) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_it_is_tried_whether_a_user_can_run_a_command(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text("#!/bin/sh\necho check_ha_quorum 1; exit 3\n", encoding="utf-8")
    said.chmod(0o755)
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    assert cannot_run("nobody", [str(said)]) is None
    said.write_text("#!/bin/sh\necho a fault >&2; exit 3\n", encoding="utf-8")
    assert cannot_run("nobody", [str(said)]) == "a fault"
    said.chmod(0o700)
    assert cannot_run("nobody", [str(said)]) == f"[Errno 13] Permission denied: '{said}'"


def test_a_rerun_mends_owner_and_mode(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    run(tree, capsys, "--yes")
    sudoers, cfg = tree / SUDOERS.lstrip("/"), tree / CFG.lstrip("/")
    sudoers.chmod(0o666)
    cfg.write_text(cfg.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")  # whose mode is mended all the same
    cfg.chmod(0o600)
    status, shown = run(tree, capsys, "--yes")
    assert f"  mend     {CFG} (owner root, mode 0644)\n  mend     {SUDOERS} (owner root, mode 0440)\n  leave " in shown
    assert (status, stat.S_IMODE(sudoers.stat().st_mode), stat.S_IMODE(cfg.stat().st_mode)) == (1, 0o440, 0o644)
    if os.geteuid() == 0:
        os.chown(sudoers, 65534, 65534)
        assert f"  mend     {SUDOERS}" in run(tree, capsys, "--yes")[1]
        assert (sudoers.stat().st_uid, sudoers.stat().st_gid) == (0, 0)


def test_a_second_replace_keeps_the_first_copy(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program("visudo", package="sudo")
    cfg, copies = tree / CFG.lstrip("/"), tree / "var/backups/check_ha"
    for text in ("first\n", "second\n", "first\n"):
        cfg.write_text(text, encoding="utf-8")
        assert run(tree, capsys, "--replace", "--yes")[0] == 0
    kept = {path.name: path.read_text(encoding="utf-8") for path in copies.iterdir()}
    name = "etc-nagios-nrpe.d-check_ha.cfg"
    assert kept == {name: "first\n", f"{name}.2": "second\n"}


def test_what_this_machine_is_like() -> None:
    assert node_at(Path("/")).live
