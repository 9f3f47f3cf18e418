"""A set of Linux namespaces that lives exactly as long as its process 1, and how to run something inside.

The kernel ends every process of a pid namespace when its process 1 ends, and then drops the namespaces' networks and
mounts. That is all of the lab's cleaning up, and also what a power cut is.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Mapping, Optional, Sequence

from .waiting import LabError, wait_until

UNSHARE = ("unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--propagation=private")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
    "TERM": os.environ.get("TERM", "dumb"),
}


class Space:
    """New namespaces, inside those of ``outer`` if there is one, whose process 1 is the shell script ``script``."""

    def __init__(self, script: Sequence[str], outer: Optional[Space] = None) -> None:
        enter = outer.enter() if outer else []
        self._holder = subprocess.Popen(
            [*enter, *UNSHARE, *script],
            stdin=subprocess.PIPE,  # its end of file tells the outermost process 1 that we are gone, however we went
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
        )
        self.pid = 0
        self._ended = False
        try:
            self._await_ready()
            # Entering a pid namespace takes a fork, and so does making one: process 1 is that far below the holder.
            self.pid = _descendant(self._holder.pid, 2 if outer else 1)
        except LabError:
            self._holder.kill()
            raise

    def _await_ready(self) -> None:
        assert self._holder.stdout is not None
        said = []
        for line in self._holder.stdout:
            if line == "ready\n":
                self._holder.stdout.close()
                return
            said.append(line)
        raise LabError(f"the namespaces did not come up: {''.join(said)}")

    def enter(self) -> list[str]:
        """Return the start of a command line that runs the rest of it in here."""
        return ["nsenter", f"--target={self.pid}", "--all", "--"]

    def inner_pid(self) -> int:
        """Return the number of process 1 as the outer space sees it."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-2])
        raise LabError("this kernel does not tell the pid inside a namespace (NSpid)")

    @property
    def alive(self) -> bool:
        """Tell whether process 1 still runs, and nobody has begun to end it."""
        return not self._ended and self._holder.poll() is None

    def kill(self) -> None:
        """End process 1, and with it everything in here; return when it is gone."""
        self._ended = True  # from now on nothing can be run in here, though the last of it takes a moment to end
        if self.pid and self._holder.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        self._holder.wait(timeout=20)
        assert self._holder.stdin is not None
        self._holder.stdin.close()

    def run(
        self,
        argv: Sequence[str],
        *,
        user: str = "root",
        timeout: float = 30,
        stdin: str = "",
        env: Optional[Mapping[str, str]] = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in here; after ``timeout`` end its processes and raise subprocess.TimeoutExpired."""
        become = [] if user == "root" else ["runuser", "-u", user, "--", "env", "HOME=/nonexistent"]
        process = subprocess.Popen(
            [*self.enter(), *become, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env={**ENVIRONMENT, **(env or {})},
            start_new_session=True,  # so that one signal reaches the command and its children, in any pid namespace
        )
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
            raise
        return subprocess.CompletedProcess(list(argv), process.returncode, out, err)


def _descendant(pid: int, generations: int) -> int:
    for _ in range(generations):
        children = Path(f"/proc/{pid}/task/{pid}/children")
        pid = int(wait_until(children.read_text, 5, f"process {pid} has a child").split()[0])
    return pid
