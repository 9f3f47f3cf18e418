"""The lab's switchboard: fence devices, the ssh stand-in and the ``lab`` command of the shell ask for things here.

It is a socket file in the machine room's memory, shown to every machine as /run/lab/socket: a request is one line
with a JSON list of words, the answer is [exit status, standard output, standard error].
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import threading
import time
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from typing import Callable, Union

from .faults import Faults
from .waiting import LabError

Answer = tuple[int, str, str]
SSH_UNREACHABLE = 255
# Every fault can be asked for by its name.
COMMANDS = {name: method for name, method in vars(Faults).items() if name[0] != "_"}
COMMANDS["heal"] = Faults.heal


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    answer: Callable[[list[str]], Answer]


class _Request(StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        words = json.loads(self.rfile.readline())
        try:
            answer = self.server.answer(words)
        except (LabError, LookupError, OSError, TypeError, ValueError, subprocess.TimeoutExpired) as error:
            answer = (1, "", f"{' '.join(words)}: {error}\n")
        self.wfile.write(json.dumps(answer).encode())


class Control:
    """Answers requests in threads of its own until it is closed."""

    def __init__(self, lab: Faults) -> None:
        self._lab = lab
        path = f"/proc/{lab.hub.pid}/root/run/share/socket"
        self._server = _Server(path, _Request)
        self._server.answer = self._answer
        os.chmod(path, 0o666)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, words: list[str]) -> Answer:
        word, *rest = words
        if word == "fence":
            return self._fence(*rest)
        if word == "ssh":
            return self._ssh(*rest)
        if word == "pid":
            return 0, f"{self._lab.machine(*rest).space.inner_pid()}\n", ""
        if word == "help":
            return 0, "".join(map(_usage, COMMANDS.values())), ""
        method = COMMANDS.get(word)
        if method is None:
            return 1, "", f"lab: no command {word!r}, see lab help\n"
        method(self._lab, *(_value(text) for text in rest))
        return 0, "", ""

    def _fence(self, action: str, name: str = "") -> Answer:
        if action not in ("off", "on", "reboot"):
            return 0, "", ""
        hung = self._lab.fencing == "hang"
        while hung and self._lab.fencing == "hang":
            time.sleep(0.1)
        if hung or self._lab.fencing != "work":
            return 1, "", "the power switch does not answer\n"
        node = self._lab.machine(name)
        if action != "on":
            node.power_cut()
        if action != "off":
            threading.Thread(target=self._boot, args=(name,), daemon=True).start()
        return 0, "", ""

    def _boot(self, name: str) -> None:
        try:
            self._lab.boot(name)
        except LabError:
            if self._lab.hub.alive:  # else the lab was taken down meanwhile
                raise

    def _ssh(self, host: str, user: str, command: str) -> Answer:
        try:
            done = self._lab.machine(host).run(["sh", "-c", command], user=user, timeout=60)
        except (LabError, subprocess.TimeoutExpired) as error:
            return SSH_UNREACHABLE, "", f"lab-ssh: {error}\n"
        return done.returncode, done.stdout, done.stderr


def _usage(method: Callable[..., None]) -> str:
    _, *parameters = inspect.signature(method).parameters.values()
    words = [p.name if p.default is p.empty else f"[{p.name}]" for p in parameters]
    usage = " ".join([method.__name__, *words])
    return f"{usage:32} {(method.__doc__ or '').splitlines()[0]}\n"


def _value(text: str) -> Union[str, int, bool]:
    if text.isdigit():
        return int(text)
    return {"on": True, "off": False}.get(text, text)
