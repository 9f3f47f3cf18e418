"""Running commands side by side, under one deadline, without a shell, and with nothing left of them at the end.

One that ``sudo`` runs only sudo may end: it is asked to with SIGTERM, which it passes on. If the
command is deaf to that, the time limit in the ``sudoers`` file shipped ends it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import selectors
import signal
import subprocess
import time

from check_ha.record import NamedTuple
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, Output, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

    Waits = Tuple[Tool, Callable[[Output], bool]]
    """The tool that is to answer first, and whether what it says makes this one needless."""
    SecondTry = Callable[[Output], Optional["Command"]]
    """What to run once more for a tool that said this; None: it has said what it has to say."""

FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
STDERR_LIMIT = 64 * 1024
_MARK = "CHECK_HA_RUN"
_QUIET = 0.05
"""Seconds in which a tool that has ended prints nothing more, if a child of it holds its pipes."""
_SOON = 0.0005
"""Half of the seconds after which the exit of a tool is looked for first, once it has closed its pipes."""
_PATIENCE = 1.0
"""Seconds that one tool waits for another at most: it needs its time as well."""


class Command(NamedTuple):
    """What is to be run for a tool."""

    tool: Tool
    argv: Tuple[str, ...]
    """With the full path of the program in front; empty when there is none."""
    delay: float = 0.0
    """Seconds to wait before it is started."""
    stdin: bytes = b""
    """What it reads on standard input; 4,096 bytes at most, which are never waited for."""
    file: Optional[int] = None
    """A descriptor that it reads as standard input, for what is longer."""
    environment: Tuple[Tuple[str, str], ...] = ()
    """What it has of environment beside the small fixed one."""
    nice: int = 0
    """By how much it gives way to others."""
    waits: Optional[Waits] = None
    """It is run once another tool has ended, but not much later, and not at all where that makes it needless."""


class Limits(NamedTuple):
    """What a run may take."""

    seconds: float
    """As the user gave it, for the words of a failure."""
    deadline: float
    """By the monotonic clock."""
    variables: Tuple[str, ...] = ()
    """What is passed on of the environment beside the time zone."""


def run_all(
    commands: Sequence[Command], limits: Limits, second_try: SecondTry = lambda output: None
) -> Dict[Tool, Output]:
    """Run these and wait for them, at most until the deadline; then end them with all their children.

    A second try starts as soon as the first one has ended: another tool, which may hang, is not waited for.
    """
    mark = f"{os.getpid()}.{time.monotonic_ns()}"
    leash, held = os.pipe()
    # a copy of ``held`` is open in every command and its children: end of file on ``leash`` says all are gone
    runs = _Runs(mark, held, limits, second_try)
    try:
        for command in commands:
            if command.waits:
                runs.wait(command)
        for command in commands:
            if not command.waits:
                runs.start(command)
        _read_all(runs, limits.deadline)
    finally:
        os.close(held)
        for run in runs.all:
            run.kill_group()
        patience = time.monotonic() + 0.5
        for run in runs.all:
            run.close(max(0.0, patience - time.monotonic()))
        if not _end_of_file(leash):
            _kill_marked(mark)
        os.close(leash)
    return {run.tool: run.output(limits.seconds, user_name()) for run in runs.all}


class _Run:
    """One command while it runs."""

    def __init__(self, command: Command, mark: str, leash: int, limits: Limits) -> None:
        self.tool = command.tool
        self.command = command.argv
        self.limit = command.tool.limit * 1024 * 1024
        self.sudo = bool(command.argv) and os.path.basename(command.argv[0]) == "sudo"
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.fault: Optional[str] = None
        self.started = self.ended = time.monotonic()
        self.worked = 0.0
        self.process: Optional[subprocess.Popen[bytes]] = None
        if not command.argv:
            self.fault = MISSING
            return
        try:
            self.process = subprocess.Popen(  # noqa: S603  # full path, no shell
                command.argv,
                stdin=subprocess.PIPE if command.stdin else command.file or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**_environment(mark, limits.variables), **dict(command.environment)},
                start_new_session=True,
                pass_fds=(leash,),
            )
        except OSError as error:
            self.fault = BROKEN
            self.stderr += str(error.strerror).encode()
            return
        if command.nice:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.process.pid, command.nice)
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                os.write(self.process.stdin.fileno(), command.stdin)
            self.process.stdin.close()

    def take(self, stream: int, data: bytes) -> None:
        """Keep what arrived; more than the limit is dropped (stderr) or ends the tool (stdout)."""
        if stream == 2:
            self.stderr += data[: STDERR_LIMIT - len(self.stderr)]
            return
        self.stdout += data
        if len(self.stdout) > self.limit:
            self.fault = FLOODED
            self.stdout.clear()
            self.kill_group()

    def over(self) -> bool:
        """Return whether the tool has ended, if not all that it has started."""
        return self.process is None or self.process.poll() is not None

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

    @property
    def _status(self) -> Optional[int]:
        return None if self.process is None or self.fault else self.process.returncode

    def said(self, limit: Optional[int] = 4096) -> Output:
        """Return what it said first, once it has ended: enough to tell whether it is to be tried again."""
        words, stdout = bytes(self.stderr).decode("utf-8", "backslashreplace"), bytes(self.stdout[:limit])
        return Output(self.tool, self.command or self.tool.argv, self._status, stdout, words, 0.0, self.fault)

    def output(self, limit: float, user: str) -> Output:
        """Return the result, once it has ended."""
        status = self._status
        if self.sudo and status in (-signal.SIGHUP, -signal.SIGTERM):
            # the time limit of sudoers: sudo sends SIGHUP and SIGTERM, and ends itself by what ended the tool
            self.fault, status, limit = HUNG, None, round(self.ended - self.started, 1)
        return Output(
            tool=self.tool,
            argv=self.command or self.tool.argv,
            status=status,
            stdout=self.tool.without_secrets(bytes(self.stdout)),
            stderr=self.tool.words_without_secrets(bytes(self.stderr).decode("utf-8", "backslashreplace")),
            seconds=round(self.ended - self.started, 3),
            fault=self.fault,
            limit=limit,
            user=user,
            worked=self.worked,
        )


class _Runs:
    """All that was started, and the second tries that wait for their time."""

    def __init__(self, mark: str, held: int, limits: Limits, second_try: SecondTry) -> None:
        self.all: List[_Run] = []
        self.fresh: List[_Run] = []
        """Those that nobody reads yet."""
        self._mark, self._held, self._limits = mark, held, limits
        self._second_try = second_try
        self._later: List[Tuple[float, Command]] = []
        self._tools: List[Tool] = []

    def start(self, command: Command) -> None:
        """Start a command; what cannot be started has ended."""
        run = _Run(command, self._mark, self._held, self._limits)
        self.all.append(run)
        if run.process:
            self.fresh.append(run)
        else:
            self.ended(run)

    def wait(self, command: Command) -> None:
        """Start a command when that for which it waits has ended."""
        self._later.append((time.monotonic() + _PATIENCE, command))

    def ended(self, run: _Run) -> None:
        """Start what has waited for it, and take note of its second try, if it is to have one."""
        for one in [one for one in self._later if one[1].waits and one[1].waits[0] == run.tool]:
            self._later.remove(one)
            if one[1].waits and not one[1].waits[1](run.said(None)):
                self._later.append((0.0, one[1]))
        if run.tool in self._tools or run.fault not in (None, MISSING):
            return
        command = self._second_try(run.said())
        if command:
            self._tools.append(run.tool)
            self._later.append((time.monotonic() + command.delay, command))

    def start_due(self) -> bool:
        """Start the second tries whose time has come; return whether there are others."""
        now = time.monotonic()
        due = [command for when, command in self._later if when <= now]
        self._later = [(when, command) for when, command in self._later if when > now]
        for command in due:
            self.start(command)
        return bool(self._later)


def _read_all(runs: _Runs, deadline: float) -> None:
    """Read from all tools until each has ended, or mark those as hung that have not by the deadline."""
    waiting: List[_Run] = []
    with selectors.DefaultSelector() as selector:
        pause = _SOON
        while time.monotonic() < deadline:
            more = runs.start_due()
            waiting += _registered(selector, runs)
            if not waiting and not more:
                break
            # asked before it is read: what ends between the two may have left something to be read
            over = {run for run in waiting if run.over()}
            # the pipes of a tool that ends are closed a moment before its exit can be seen
            ending = any(not _is_read(run, selector) for run in waiting)
            pause = min(2 * pause, _QUIET) if ending else _SOON
            events = selector.select(min(pause if ending else _QUIET, max(0.0, deadline - time.monotonic())))
            for key, _ in events:
                run, stream = key.data
                data = os.read(key.fd, 1 << 18)
                if data and not run.fault:
                    run.take(stream, data)
                if not data or run.fault:
                    _forget(selector, run, key.fileobj if not data else None)
            # a tool that has ended is done when its pipes are at their end, or are held open by a child and quiet
            done = [run for run in waiting if _ended(run, selector, quiet=run in over and not events)]
            waiting = [run for run in waiting if run not in done]
            for run in done:
                runs.ended(run)
    for run in (*waiting, *runs.fresh):
        run.fault = HUNG
        run.ended = time.monotonic()
        run.worked = _work_of(run.process.pid) if run.process else 0.0


def _registered(selector: selectors.BaseSelector, runs: _Runs) -> List[_Run]:
    """Return those that were just started, now that they are read from."""
    fresh, runs.fresh = runs.fresh, []
    for run in fresh:
        assert run.process and run.process.stdout and run.process.stderr  # noqa: S101  # made with PIPE
        selector.register(run.process.stdout, selectors.EVENT_READ, (run, 1))
        selector.register(run.process.stderr, selectors.EVENT_READ, (run, 2))
    return fresh


def _forget(selector: selectors.BaseSelector, run: _Run, pipe: Optional[object]) -> None:
    """Stop reading this pipe of the run, or all of them."""
    for key in list(selector.get_map().values()):
        if key.data[0] is run and (pipe is None or key.fileobj is pipe):
            selector.unregister(key.fileobj)


def _is_read(run: _Run, selector: selectors.BaseSelector) -> bool:
    """Return whether one of its pipes is still open."""
    return any(key.data[0] is run for key in selector.get_map().values())


def _ended(run: _Run, selector: selectors.BaseSelector, quiet: bool) -> bool:
    if _is_read(run, selector) and not quiet:
        return False
    if not run.over() and not run.fault:
        return False
    _forget(selector, run, None)
    run.ended = time.monotonic()
    return True


def _environment(mark: str, variables: Sequence[str]) -> Dict[str, str]:
    """Return a small fixed environment: CIB_file or a locale of the caller must not change what the tools say."""
    environment = {"PATH": ":".join(FOLDERS), "LC_ALL": "C", _MARK: mark}
    environment.update((name, os.environ[name]) for name in ("TZ", *variables) if name in os.environ)
    return environment


def find(program: str, folders: Sequence[str]) -> Optional[str]:
    """Return the path of that program in the first of these folders that has it."""
    for folder in folders:
        path = os.path.join(folder, program)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def user_name() -> str:
    """Return the user of this process, as it is called in an output."""
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
    """End every process that carries our mark in its environment: children that left the process group.

    But for the one that ssh leaves behind on purpose (ControlPersist), for those that come after this run.
    """
    wanted = f"{_MARK}={mark}".encode()
    for _ in range(20):
        marked = [pid for pid in os.listdir("/proc") if pid.isdigit() and wanted in _proc(pid, "environ")]
        found = [pid for pid in marked if not re.match(rb"ssh: [^\0]* \[mux\]", _proc(pid, "cmdline"))]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.01)


def _work_of(pid: int) -> float:
    """Return the CPU seconds of a tool that is running at this moment; 0 where it waits, or /proc does not tell.

    ``1234 (crm_mon) R 1 1234 1234 0 -1 4194304 2000 0 0 0 712 31 0 0 20 ...``: the state, and as fields 14 and 15 user
    and system time. Of a tool that sudo runs it is a child that works.
    """
    found = [_proc(str(one), "stat").rpartition(b")")[2].split() for one in (pid, *_children(pid))]
    ticks = sum(sum(map(int, fields[11:13])) for fields in found)
    return round(ticks / os.sysconf("SC_CLK_TCK"), 2) if any(fields[:1] == [b"R"] for fields in found) else 0.0


def _children(pid: int, depth: int = 3) -> Iterator[int]:
    for child in map(int, _proc(str(pid), f"task/{pid}/children").split() if depth else ()):
        yield child
        yield from _children(child, depth - 1)


def _proc(pid: str, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""
