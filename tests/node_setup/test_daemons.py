"""Which NRPE is found: what runs, what a unit starts, what lies where a distribution puts it; and which is set up."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Sequence

import pytest

from check_ha.node_setup.choose import RefusedError, chosen
from check_ha.node_setup.daemons import Daemon, daemons
from check_ha.node_setup.node import Host, node_at
from check_ha.node_setup.plan import Wish

DEBIAN_UNIT = """\
[Service]
Type=simple
ExecStart=/usr/sbin/nrpe -c /etc/nagios/nrpe.cfg -f $NRPE_OPTS
User=nagios
"""
CENTREON_UNIT = """\
[Service]
ExecStart=/usr/sbin/centreon-nrpe4 -c /etc/nrpe/centreon-nrpe4.cfg -d
User=centreon-engine
"""


def tree(root: Path, files: Dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def process(root: Path, pid: int, argv: Sequence[str], uid: int, cgroup: str = "0::/\n") -> Path:
    """A process as /proc shows it."""
    name = f"proc/{pid}"
    status = f"Name:\tnrpe\nUid:\t0\t{uid}\t{uid}\t{uid}\n"
    tree(root, {f"{name}/cmdline": "\0".join([*argv, ""]), f"{name}/status": status, f"{name}/cgroup": cgroup})
    (root / name / "root").symlink_to(root)
    return root / "proc"


FOUND = {
    "debian": (
        {
            "etc/nagios/nrpe.cfg": "nrpe_user=nagios\ninclude=/etc/nagios/mine.cfg\n include_dir=/etc/nagios/nrpe.d/\n",
            "usr/lib/systemd/system/nagios-nrpe-server.service": DEBIAN_UNIT,
        },
        Daemon("/etc/nagios/nrpe.cfg", "nagios", "/etc/nagios/nrpe.d", "nagios-nrpe-server.service"),
    ),
    "enterprise-linux": (
        {
            "etc/nagios/nrpe.cfg": "nrpe_user=nrpe\n#include_dir=/somewhere\ninclude_dir=/etc/nrpe.d/\n",
            "usr/lib/systemd/system/nrpe.service": "[Service]\nExecStart=/usr/sbin/nrpe -c /etc/nagios/nrpe.cfg -f\n",
        },
        Daemon("/etc/nagios/nrpe.cfg", "nrpe", "/etc/nrpe.d", "nrpe.service"),
    ),
    "suse": (
        {"etc/nrpe.cfg": "nrpe_user=nagios\ninclude_dir=/etc/nrpe.d\n"},
        Daemon("/etc/nrpe.cfg", "nagios", "/etc/nrpe.d"),
    ),
    "arch": (
        {"etc/nrpe/nrpe.cfg": "nrpe_user = nrpe\n#include_dir=<somedirectory>\n"},
        Daemon("/etc/nrpe/nrpe.cfg", "nrpe", ""),
    ),
    "centreon": (
        {
            "etc/nrpe/centreon-nrpe4.cfg": "nrpe_user=nagios\n",
            "lib/systemd/system/centreon-nrpe4.service": CENTREON_UNIT,
        },
        Daemon("/etc/nrpe/centreon-nrpe4.cfg", "centreon-engine", "", "centreon-nrpe4.service"),
    ),
    "started-by-an-edited-unit": (
        {
            "opt/nrpe.cfg": "include_dir=/opt/nrpe.d\n",
            "usr/lib/systemd/system/nrpe.service": "[Service]\nExecStart=/usr/sbin/nrpe -c /etc/nrpe.cfg -f\n",
            "etc/systemd/system/nrpe.service.d/mine.conf": (
                "[Service]\nExecStart=\nExecStart=-/usr/sbin/nrpe --config=/opt/nrpe.cfg -f\nUser=watch\n"
            ),
        },
        Daemon("/opt/nrpe.cfg", "watch", "/opt/nrpe.d", "nrpe.service"),
    ),
    "by-a-socket": (
        {
            "etc/nagios/nrpe.cfg": "include_dir=/etc/nrpe.d\n",
            "etc/systemd/system/nrpe@.service": "[Service]\nExecStart=-/usr/sbin/nrpe -c /etc/nagios/nrpe.cfg -i\n",
        },
        Daemon("/etc/nagios/nrpe.cfg", "nagios", "/etc/nrpe.d"),
    ),
    "folder-in-an-included-file": (
        {
            "etc/nrpe.cfg": "nrpe_user=4711\ninclude=/etc/nrpe.local\n",
            "etc/nrpe.local": "include_dir=/srv/nrpe\ninclude=/etc/nrpe.cfg\n",
            "etc/passwd": "watch:x:4711:1::/:/bin/sh\n",
        },
        Daemon("/etc/nrpe.cfg", "watch", "/srv/nrpe"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), FOUND.values(), ids=FOUND)
def test_found_by_its_files(files: Dict[str, str], expected: Daemon, tmp_path: Path) -> None:
    assert daemons(tree(tmp_path, files)) == (expected,)


def test_what_runs_is_asked_first(tmp_path: Path) -> None:
    """Its user is who it is, whatever its file says; a process of a container, or check_nrpe, is none of it."""
    passwd = "root:x:0:0::/:/bin/sh\nwatch:x:300:300::/:/bin/sh\n"
    tree(tmp_path, {**FOUND["debian"][0], "opt/nrpe.cfg": "nrpe_user=nagios\n", "etc/passwd": passwd})
    slice_ = "0::/system.slice/my-nrpe.service\n"
    proc = process(tmp_path, 10, ["/usr/sbin/nrpe", "-c", "/opt/nrpe.cfg", "-f"], 300, slice_)
    process(tmp_path, 11, ["/usr/lib/nagios/plugins/check_nrpe", "-c", "/opt/nrpe.cfg"], 0)
    process(tmp_path, 12, ["/usr/sbin/nrpe", "-c", "/etc/nagios/nrpe.cfg"], 300)
    (proc / "12/root").unlink()
    (proc / "12/root").symlink_to(proc)
    process(tmp_path, 13, ["/usr/sbin/nrpe", "-c", "/etc/nagios/nrpe.cfg"], 300)
    (proc / "13/root").unlink()  # one that has just ended
    first, second = daemons(tmp_path, proc)
    assert first == Daemon("/opt/nrpe.cfg", "watch", "", "my-nrpe.service", runs=True)
    assert second == FOUND["debian"][1]


def node(tmp_path: Path, *found: Daemon) -> Host:
    tree(tmp_path, {"etc/passwd": "nagios:x:1:1::/:/bin/sh\nicinga:x:2:2::/:/bin/sh\n", "etc/own.cfg": ""})
    return node_at(tmp_path)._replace(daemons=found)


ONE = Daemon("/etc/nagios/nrpe.cfg", "nagios", "/etc/nagios/nrpe.d")
OTHER = Daemon("/etc/nrpe/centreon-nrpe4.cfg", "icinga", "/etc/nrpe/d", runs=True)


def test_which_and_whom_it_is_about(tmp_path: Path) -> None:
    plain = Wish("/opt")
    assert chosen(node(tmp_path, ONE), plain, None)[1] == Wish("/opt", ("nagios",), ONE)
    # the one that runs, if only one does; or the one that is named
    assert chosen(node(tmp_path, ONE, OTHER), plain, None)[1] == Wish("/opt", ("icinga",), OTHER)
    assert chosen(node(tmp_path, ONE, OTHER), plain, ONE.cfg)[1] == Wish("/opt", ("nagios",), ONE)
    # somebody else than NRPE's user has nothing to do with its file, unless it is said that he is
    asked = Wish("/opt", ("icinga",))
    assert chosen(node(tmp_path, ONE), asked, None)[1] == asked
    assert chosen(node(tmp_path), asked, None)[1] == asked
    assert chosen(node(tmp_path, ONE), asked, ONE.cfg)[1] == asked._replace(nrpe=ONE)
    assert chosen(node(tmp_path, ONE), Wish("/opt", ("nagios",), no_nrpe=True), None)[1].nrpe is None
    assert chosen(node(tmp_path, ONE), Wish("/opt", no_nrpe=True), None)[1].users == ("nagios",)
    # everything is taken away from everybody; or from a user that may be no more
    assert chosen(node(tmp_path), Wish("/opt", remove=True), None)[1] == Wish("/opt", remove=True)
    gone = Wish("/opt", ("gone",), remove=True)
    assert chosen(node(tmp_path, ONE), gone, None)[1] == gone


BOTH = "/etc/nagios/nrpe.cfg (user nagios) and /etc/nrpe/centreon-nrpe4.cfg (user icinga)"
REFUSED = {
    "none-found": ((), Wish("/opt"), None, "found no NRPE: --nrpe-cfg FILE says where its configuration is; "),
    "nobody-named": ((), Wish("/opt", no_nrpe=True), None, "--no-nrpe needs --user NAME: who is to ask?"),
    "not-there": ((ONE,), Wish("/opt"), "/etc/no.cfg", "there is no {root}/etc/no.cfg"),
    "several": (
        (ONE, OTHER._replace(runs=False)), Wish("/opt"), None,
        f"there is more than one NRPE: {BOTH}; --nrpe-cfg FILE says which",
    ),
    "no-folder": (
        (), Wish("/opt"), "/etc/own.cfg",
        "/etc/own.cfg includes no folder, where the commands could be put; to have it include one: "
        "mkdir -p /etc/nrpe.d && echo include_dir=/etc/nrpe.d >>/etc/own.cfg",
    ),
    "unknown-user": ((ONE,), Wish("/opt", ("nobody-here",)), None, "there is no user nobody-here here"),
    "all": ((ONE,), Wish("/opt", ("ALL",)), None, "'ALL' is not the name of one user"),
    "group": ((ONE,), Wish("/opt", ("%sudo",)), None, "'%sudo' is not the name of one user"),
    "two-lines": ((ONE,), Wish("/opt", ("nagios\nALL",)), None, r"'nagios\nALL' is not the name of one user"),
    "uid": ((ONE,), Wish("/opt", ("#0",)), None, "'#0' is not the name of one user"),
    "removed-all": ((ONE,), Wish("/opt", ("ALL",), remove=True), None, "'ALL' is not the name of one user"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "wish", "cfg", "text"), REFUSED.values(), ids=REFUSED)
def test_refused(found: Sequence[Daemon], wish: Wish, cfg: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as error:
        chosen(node(tmp_path, *found), wish, cfg)
    assert str(error.value).startswith(text.format(root=tmp_path))
