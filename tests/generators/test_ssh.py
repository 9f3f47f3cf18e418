"""check_ha_ssh, the forced command of a server's key: what it lets through, in each shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from generators.commands import all_commands
from generators.options import settings
from generators.ssh import _REFUSED
from tests.needed import program

SCRIPT = Path(__file__).parents[2] / "nrpe/check_ha_ssh"
SHELLS: Dict[str, Tuple[str, ...]] = {"dash": ("dash",), "bash": ("bash", "--posix"), "busybox": ("busybox", "sh")}
FOREIGN = "only the commands of check_ha that run on a node may be asked for"
CHARACTER = "check_ha_vip: a word has a character that is not let through"
OPTION = "check_ha_vip: an option is not let through"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> List[str]:
    name, *options = SHELLS[request.param]
    return [program(name, name), *options]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script, with one command in its folder, which tells what it was given."""
    command = tmp_path / "plugins/check_ha_vip"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\nprintf "<%s>" "$@"\nexit 2\n')
    command.chmod(0o755)
    return with_folder(tmp_path / "check_ha_ssh", command.parent)


def with_folder(path: Path, folder: Path) -> Path:
    text, number = re.subn(r'^folders=".*"$', f'folders="{folder}"', SCRIPT.read_text(encoding="utf-8"), flags=re.M)
    assert number == 1
    path.write_text(text, encoding="utf-8")
    return path


def asked(shell: List[str], script: Path, command: str) -> Tuple[int, str]:
    env = {"SSH_ORIGINAL_COMMAND": command, "PATH": os.environ["PATH"]}
    done = subprocess.run([*shell, str(script)], capture_output=True, text=True, env=env, check=False, timeout=10)
    assert done.stderr == ""
    return done.returncode, done.stdout


THROUGH = {
    "check_ha_vip": "<--sudo>",
    "/usr/lib/nagios/plugins/check_ha_vip -v": "<--sudo><-v>",
    "check_ha_vip   -w  '~:0'\t-i p_*\n-x ?": "<--sudo><-w><~:0><-i><p_*><-x><?>",
    "check_ha_vip --severity=not-serving=ok -t 30": "<--sudo><--severity=not-serving=ok><-t><30>",
    "check_ha_vip -w -1:5": "<--sudo><-w><-1:5>",
}
REFUSED = {
    "": "no command was given",
    "  \n": "no command was given",
    "id": FOREIGN,
    "check_ha": "check_ha is not installed here",
    "sh -c check_ha_vip": FOREIGN,
    "check_ha_split_brain --node x": FOREIGN,
    "check_ha_setup": FOREIGN,
    "check_ha_snapshot /tmp/x": FOREIGN,
    "check_ha_collect": FOREIGN,
    "../check_ha_vip/": FOREIGN,
    "check_ha_* -v": FOREIGN,
    "check_ha_vip -v; id": CHARACTER,
    "check_ha_vip -v $(id)": CHARACTER,
    "check_ha_vip -v `id`": CHARACTER,
    "check_ha_vip -v | sh": CHARACTER,
    "check_ha_vip -v >/etc/x": CHARACTER,
    'check_ha_vip -i "a b"': CHARACTER,
    "check_ha_vip -i 'a b'": CHARACTER,
    "check_ha_vip \\--from x": CHARACTER,
    "check_ha_vip --from /etc": OPTION,
    "check_ha_vip --from=/etc": OPTION,
    "check_ha_vip '--from=/etc'": OPTION,
    "check_ha_vip --output /etc/passwd": OPTION,
    "check_ha_vip --state-dir /root": OPTION,
    "check_ha_vip --tools /tmp": OPTION,
    "check_ha_vip --via sh --node x": OPTION,
    "check_ha_vip --config /etc/shadow": OPTION,
    "check_ha_failover --view /etc/shadow": "check_ha_failover: an option is not let through",
    "check_ha_vip -v /etc/shadow": OPTION,
    "check_ha_vip -ix": OPTION,
    "check_ha_vip -i --from x": "check_ha_vip: an option has no value",
    f"check_ha_vip -i {'x' * 2000}": "the command is too long",
}


def test_let_through(shell: List[str], script: Path) -> None:
    assert {one: asked(shell, script, one) for one in THROUGH} == {one: (2, said) for one, said in THROUGH.items()}


def test_unknown_refused(shell: List[str], script: Path) -> None:
    said = {one: (3, f"HA UNKNOWN - check_ha_ssh: {why}\n") for one, why in REFUSED.items()}
    assert {one: asked(shell, script, one) for one in REFUSED} == said


def test_every_option_is_let_through_or_refused_on_purpose() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    listed = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text.partition("# made from")[2].partition("# end")[0]))
    for command in all_commands():
        if command.verdict and not command.on_server:
            for flag in settings(command):
                assert (flag.long in listed) != (flag.variable in _REFUSED), flag.long
