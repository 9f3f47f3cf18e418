"""This node as a source: run the tools side by side, under one deadline.

All tools of a run start at once, because one that hangs (a frozen corosync keeps every
corosync tool waiting for ever) must not use up the time of the others. Whatever happens,
no tool and no child of a tool is left when ``collect`` returns. One that ``sudo`` runs only
sudo may end: it is asked to with SIGTERM, which it passes on. If the tool is deaf to that,
the time limit in the ``sudoers`` file shipped ends it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import selectors
import signal
import subprocess
import time
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from check_ha.sources.tools import BROKEN, COROSYNC, FLOODED, HUNG, MISSING, Output, Tool

FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
STDOUT_LIMIT = 64 * 1024 * 1024
STDERR_LIMIT = 64 * 1024
_MARK = "CHECK_HA_RUN"


class Node:
    """The node this process runs on."""

    def __init__(self, folders: Sequence[str] = FOLDERS, timeout: float = 8.0, sudo: bool = False) -> None:
        self._folders = tuple(folders)
        self._limit = timeout
        self._deadline = time.monotonic() + timeout
        self._sudo = sudo
        self.now = time.time()

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Run these tools and wait for them, at most until the deadline."""
        outputs = self._run([(tool, tool.argv) for tool in tools])
        again = [(tool, argv) for tool, argv in map(_second_try, outputs.values()) if argv]
        if again:
            if any(argv == tool.argv for tool, argv in again):
                time.sleep(min(1.0, max(0.0, self._deadline - time.monotonic())))
            outputs.update(self._run(again))
        return outputs

    def _run(self, commands: Sequence[Tuple[Tool, Tuple[str, ...]]]) -> Dict[Tool, Output]:
        mark = f"{os.getpid()}.{time.monotonic_ns()}"
        leash, held = os.pipe()
        runs: List[_Run] = []
        try:
            # a copy of ``held`` is open in every tool and its children: end of file on ``leash`` says all are gone
            runs = [_Run(tool, self._command(argv), mark, held) for tool, argv in commands]
            os.close(held)
            _read_all([run for run in runs if run.process], self._deadline)
        finally:
            for run in runs:
                run.kill_group()
            patience = time.monotonic() + 0.5
            for run in runs:
                run.close(max(0.0, patience - time.monotonic()))
            if not _end_of_file(leash):
                _kill_marked(mark)
            os.close(leash)
        return {run.tool: run.output(self._limit, _user()) for run in runs}

    def _command(self, argv: Tuple[str, ...]) -> Tuple[str, ...]:
        """The command line with the program's full path in front; empty when it is not installed."""
        program = _find(argv[0], self._folders)
        if program is None:
            return ()
        command = (program, *argv[1:])
        if self._sudo:
            sudo = _find("sudo", (*self._folders, *FOLDERS))
            return (sudo, "-n", *command) if sudo else ()
        return command


class _Run:
    """One tool while it runs."""

    def __init__(self, tool: Tool, command: Tuple[str, ...], mark: str, leash: int) -> None:
        self.tool = tool
        self.command = command
        self.sudo = os.path.basename(command[0]) == "sudo" if command else False
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.fault: Optional[str] = None
        self.started = self.ended = time.monotonic()
        self.process: Optional[subprocess.Popen[bytes]] = None
        if not command:
            self.fault = MISSING
            return
        try:
            self.process = subprocess.Popen(  # noqa: S603  # full path, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(mark),
                start_new_session=True,
                pass_fds=(leash,),
            )
        except OSError as error:
            self.fault = BROKEN
            self.stderr += str(error.strerror).encode()

    def take(self, stream: int, data: bytes) -> None:
        """Keep what arrived; more than the limit is dropped (stderr) or ends the tool (stdout)."""
        if stream == 2:
            self.stderr += data[: STDERR_LIMIT - len(self.stderr)]
            return
        self.stdout += data
        if len(self.stdout) > STDOUT_LIMIT:
            self.fault = FLOODED
            self.stdout.clear()
            self.kill_group()

    def kill_group(self) -> None:
        """End the tool and the children that stayed in its process group."""
        if self.process is None:
            return
        # sudo (1.9.13) can be killed by its user, which leaves the tool running as root, without the time limit
        number = signal.SIGTERM if self.sudo else signal.SIGKILL
        # EPERM: another version of sudo; ESRCH: all gone
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def close(self, patience: float) -> None:
        """Take leave of the tool: wait this long for its end."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def output(self, limit: float, user: str) -> Output:
        """The result, once it has ended."""
        status = None if self.process is None or self.fault else self.process.returncode
        if self.sudo and status in (-signal.SIGHUP, -signal.SIGTERM):
            # the time limit of sudoers: sudo sends SIGHUP and SIGTERM, and ends itself by what ended the tool
            self.fault, status, limit = HUNG, None, round(self.ended - self.started, 1)
        return Output(
            tool=self.tool,
            argv=self.command or self.tool.argv,
            status=status,
            stdout=self.tool.without_secrets(bytes(self.stdout)),
            stderr=bytes(self.stderr).decode("utf-8", "backslashreplace"),
            seconds=round(self.ended - self.started, 3),
            fault=self.fault,
            limit=limit,
            user=user,
        )


def _read_all(runs: Sequence[_Run], deadline: float) -> None:
    """Read from all tools until each has ended, or mark those as hung that have not by the deadline."""
    with selectors.DefaultSelector() as selector:
        for run in runs:
            assert run.process and run.process.stdout and run.process.stderr  # noqa: S101  # made with PIPE
            selector.register(run.process.stdout, selectors.EVENT_READ, (run, 1))
            selector.register(run.process.stderr, selectors.EVENT_READ, (run, 2))
        waiting = list(runs)
        while waiting and time.monotonic() < deadline:
            events = selector.select(min(0.05, max(0.0, deadline - time.monotonic())))
            for key, _ in events:
                run, stream = key.data
                data = os.read(key.fd, 1 << 18)
                if data and not run.fault:
                    run.take(stream, data)
                if not data or run.fault:
                    _forget(selector, run, key.fileobj if not data else None)
            # a tool that has ended is done when its pipes are at their end, or are held open by a child and quiet
            waiting = [run for run in waiting if not _ended(run, selector, quiet=not events)]
    for run in waiting:
        run.fault = HUNG
        run.ended = time.monotonic()


def _forget(selector: selectors.BaseSelector, run: _Run, pipe: Optional[object]) -> None:
    """Stop reading this pipe of the run, or all of them."""
    for key in list(selector.get_map().values()):
        if key.data[0] is run and (pipe is None or key.fileobj is pipe):
            selector.unregister(key.fileobj)


def _ended(run: _Run, selector: selectors.BaseSelector, quiet: bool) -> bool:
    open_pipes = any(key.data[0] is run for key in selector.get_map().values())
    if open_pipes and not quiet:
        return False
    assert run.process  # noqa: S101  # only started runs are read
    if run.process.poll() is None and not run.fault:
        return False
    _forget(selector, run, None)
    run.ended = time.monotonic()
    return True


def _second_try(output: Output) -> Tuple[Tool, Tuple[str, ...]]:
    """The command line to run now, or none: an older one after a usage error, the same one when asked to try again.

    crm_mon 1.1 answers ``--output-as`` with its help on stderr and exit 1, 2.0.0 to 2.0.2 with exit 64. The corosync
    tools may fail during a membership change with CS_ERR_TRY_AGAIN (error 6).
    """
    tool = output.tool
    if tool.older and output.status in (1, 64) and not output.stdout.strip():
        return tool, tool.older
    if tool.family == COROSYNC and ("CS_ERR_TRY_AGAIN" in output.stderr or "API error 6" in output.stderr):
        return tool, tool.argv
    return tool, ()


def _find(program: str, folders: Sequence[str]) -> Optional[str]:
    for folder in folders:
        path = os.path.join(folder, program)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def _environment(mark: str) -> Dict[str, str]:
    """A small fixed environment: a stray CIB_file or a locale of the caller must not change what the tools say."""
    environment = {"PATH": ":".join(FOLDERS), "LC_ALL": "C", _MARK: mark}
    if "TZ" in os.environ:
        environment["TZ"] = os.environ["TZ"]
    return environment


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _end_of_file(pipe: int) -> bool:
    os.set_blocking(pipe, False)
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False


def _kill_marked(mark: str) -> None:
    """End every process that carries our mark in its environment: children that left the process group."""
    wanted = f"{_MARK}={mark}".encode()
    for _ in range(20):
        found = [pid for pid in os.listdir("/proc") if pid.isdigit() and wanted in _environ(pid)]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.01)


def _environ(pid: str) -> bytes:
    try:
        with open(f"/proc/{pid}/environ", "rb") as environ:
            return environ.read()
    except OSError:
        return b""
