"""Real daemons of this machine: NRPE with the file that is shipped, for nodes that are recorded ones."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator, List, Mapping, Sequence, Tuple

import pytest

from check_ha.node_setup import nrpe
from check_ha.node_setup.reach import closed_to_others
from generators.commands import Command, all_commands
from generators.nrpe import asked
from tests.needed import program

ROOT = Path(__file__).parents[2]


def node_commands() -> List[Command]:
    """The commands that say something of a node and that a server asks for."""
    return [command for command in asked(all_commands()) if command.verdict]


def write_commands(folder: Path, recording: Path) -> None:
    """The commands, as installed, but for the node being the recorded one; everybody can read what they need."""
    folder.mkdir()
    shutil.copytree(ROOT / "check_ha", folder / "lib/check_ha", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(recording, folder / "recording")
    python = python_for_all()
    subprocess.run([python, "-m", "compileall", "-q", str(folder / "lib")], check=True)
    for command in asked(all_commands()):
        path = folder / command.name
        code = f"import sys; sys.path.insert(0, '{folder}/lib'); {_start(command)}"
        path.write_text(f'#!/bin/sh\nexec {python} -c "{code}" "$@" --from {folder}/recording\n', encoding="utf-8")
        path.chmod(0o755)


def python_for_all() -> str:
    """A Python with what the checks need that other users can run too; ours may be somewhere below /root."""
    if not closed_to_others(Path(sys.executable).resolve().parent) and not closed_to_others(Path(sys.prefix)):
        return sys.executable
    done = subprocess.run(["/usr/bin/python3", "-c", "import nagiosplugin, lxml"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs: apt-get install --no-install-recommends python3-nagiosplugin python3-lxml")
    return "/usr/bin/python3"


def _start(command: Command) -> str:
    """The code that pip would put into its script."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    found = re.search(rf"^    {command.name} = (\S+):(\w+)$", text, flags=re.MULTILINE)
    assert found
    return f"from {found.group(1)} import {found.group(2)}; {found.group(2)}()"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """These files, by their names within the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@contextlib.contextmanager
def daemon(argv: Sequence[str], log: Path, env: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Run it in the foreground; in the end it is killed with all that it has started."""
    with open(log, "wb") as file:
        process = subprocess.Popen(argv, stdout=file, stderr=file, env=env, start_new_session=True)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def own_names() -> Tuple[str, str]:
    """The user of the test and its group: a daemon that root starts would become another."""
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(done: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@contextlib.contextmanager
def nrpe_daemon(folder: Path, address: str, port: int, recording: Path) -> Iterator[None]:
    """NRPE with the file that is shipped, for a node that is a recorded one."""
    folder.mkdir()
    write_commands(folder / "plugins", recording)
    (folder / "nrpe.d").mkdir()
    (folder / "nrpe.d/check_ha.cfg").write_text(nrpe.command_file(str(folder / "plugins")), encoding="utf-8")
    user, group = ("nobody", "nogroup") if os.geteuid() == 0 else own_names()
    (folder / "nrpe.cfg").write_text(
        f"server_address={address}\nserver_port={port}\nallowed_hosts=127.0.0.0/8\ndisable_syslog=1\n"
        f"pid_file={folder}/pid\nlog_file={folder}/nrpe.log\nnrpe_user={user}\nnrpe_group={group}\n"
        f"include_dir={folder}/nrpe.d\n",
        encoding="utf-8",
    )
    with daemon([program("nrpe", "nagios-nrpe-server"), "-c", str(folder / "nrpe.cfg"), "-f"], folder / "out"):
        wait_for(lambda: _listens(address, port), f"{folder}: nrpe does not start", 20)
        yield


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True
