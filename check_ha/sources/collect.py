r"""Ask the cluster as root what a check of the monitoring user wants to know, and print that without secrets.

sudo runs it for the checks that are given --sudo; nobody needs to run it by hand. It reads the names of tools on
standard input, one a line, runs those tools side by side, masks what they say as check_ha_snapshot does, and prints one
text that any check understands (--from -). It takes no argument, no path and no environment, knows no tool but those of
the checks, and changes nothing.

    printf 'crm_mon.xml\ncfgtool-s.txt\n' | check_ha_collect | check_ha_rings --from -

A line "what-if node1=dead" asks the scheduler what the cluster would look like (also standby, maintenance, and
disconnected of a remote node; several, and "quorum=0" after them): crm_simulate gets the CIB as root sees it, which is
not printed then. A line "limit 5" gives the tools 5 seconds; 8 without it, and at most 9. With "keep 20" it asks with
them all that the user has asked so lately, keeps what they say in /run/check_ha for this user alone, and prints it
again for 20 seconds. What a tool says of a program, or of a CIB, it is not asked again until that has changed. Exit 0
whatever the tools say. UNKNOWN (3), with one line, when it is asked for anything else.
"""

# Whoever calls it may be hostile, and it runs as root: so all that comes from the caller is dropped first, and nothing
# is imported before that but what every Python has loaded. nrpe/check_ha_collect starts it, isolated.

from __future__ import annotations

import os
import signal
import time

from check_ha.record import NamedTuple

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from types import FrameType
    from typing import Dict, NoReturn, Optional, Sequence

    from check_ha.sources.tools import Question, Tool

LONGEST = 9.0
"""Seconds for the tools at most, counted from the start: sudo ends this command after 10."""
DEFAULT = 8.0
INPUT = 4096
"""Bytes on standard input at most."""
_PATIENCE = 1.0
"""Seconds within which all of these must have come, and again within which the output must be taken."""
_MEGABYTE = 1 << 20


class _TimeLeft(NamedTuple):
    """What the tools may take."""

    limit: float
    ends: float
    """By the monotonic clock."""

    @property
    def seconds(self) -> float:
        """Return what is left of it now."""
        return max(0.2, min(self.limit, self.ends - time.monotonic()))


class _Wanted(NamedTuple):
    """What is asked for."""

    tools: Sequence[Tool]
    questions: Sequence[Question]
    limit: float
    keep: float
    """The seconds for which what is collected may be printed again."""


class RefusedError(Exception):
    """The caller asks for something that is not done; the message says what."""


def main(folders: Optional[Sequence[str]] = None) -> NoReturn:
    """Run the command; the folders are those in which tools are looked up, unless a test has others."""
    begun = time.monotonic()
    user = os.environ.get("SUDO_UID", "")  # sudo sets it; for somebody else nothing is kept
    user = user if user.isdigit() else ""
    code = 3
    try:
        _drop_what_is_the_callers()
        _load()
        _end_when_told(begun)
        wanted = _wanted(_read(begun + _PATIENCE))
        time_left = _TimeLeft(min(wanted.limit, LONGEST), begun + LONGEST)
        if wanted.keep and user:
            stream = _kept(int(user), wanted.tools, wanted.keep, time_left, folders)
        else:
            stream = _collected(wanted.tools, time_left, folders, wanted.questions)
        _print(stream)
        code = 0
    except RefusedError as refused:
        _say(str(refused))
    except (SystemExit, KeyboardInterrupt):
        _say("it was told to end, or has taken too long")
    except Exception as error:
        _say(f"it failed: {type(error).__name__}")  # without its words, which may hold what a tool has printed
    os._exit(code)


def _drop_what_is_the_callers() -> None:
    """Environment, folder, umask, open files, limits, and what signals do."""
    os.environ.clear()
    os.chdir("/")
    os.umask(0o077)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:  # that of the listing itself
                continue
    for one in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}:
        signal.signal(one, signal.SIG_DFL)  # with SIGCHLD ignored every tool would seem to have ended well
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _set_limits()


def _set_limits() -> None:
    """Set what is needed, whatever the caller has left; no core file may hold what is masked afterwards."""
    import resource as of

    infinite = of.RLIM_INFINITY
    limits = {
        of.RLIMIT_CORE: 0, of.RLIMIT_CPU: 60, of.RLIMIT_NOFILE: 1024, of.RLIMIT_STACK: 8 * _MEGABYTE,
        of.RLIMIT_AS: infinite, of.RLIMIT_DATA: infinite, of.RLIMIT_FSIZE: infinite, of.RLIMIT_NPROC: infinite,
    }  # fmt: skip
    for kind, value in limits.items():
        try:
            of.setrlimit(kind, (value, value))
        except (OSError, ValueError):  # not root
            continue


def _load() -> None:
    """Load what any call needs, as long as a signal just ends this process: one that comes while Python imports can be
    lost in it."""
    import re  # noqa: F401
    import select  # noqa: F401

    from check_ha.sources import shareable, stream  # noqa: F401
    from check_ha.sources.kept import facts  # noqa: F401


def _end_when_told(begun: float) -> None:
    """Let the tools be ended first whatever ends this process, and once its time is up."""
    signals = signal.valid_signals() - {
        signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG,
        signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE,
        signal.SIGILL, signal.SIGABRT,
    }  # fmt: skip

    def leave(number: int, frame: Optional[FrameType]) -> NoReturn:
        for one in signals:  # a second one would interrupt the ending of the tools
            signal.signal(one, lambda *_: None)
        raise SystemExit(3)

    for one in signals:
        signal.signal(one, leave)
    signal.setitimer(signal.ITIMER_REAL, max(0.1, begun + LONGEST + 0.8 - time.monotonic()))


def _read(deadline: float) -> str:
    import select

    text = b""
    while len(text) <= INPUT:
        if not select.select([0], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise RefusedError(f"standard input has no end within {_PATIENCE:g} s")
        piece = os.read(0, INPUT + 1 - len(text))
        if not piece:
            return text.decode("ascii", "replace")
        text += piece
    raise RefusedError(f"standard input has more than {INPUT} bytes")


def _wanted(text: str) -> _Wanted:
    """Return the tools that are named and what the scheduler is asked, each once; RefusedError for anything else."""
    import re

    from check_ha.sources.tools import ALL

    known = {tool.file: tool for tool in ALL}
    wanted: Dict[str, Tool] = {}
    questions: Dict[str, Question] = {}
    numbers = {"limit": DEFAULT, "keep": 0.0}
    for line in text.splitlines():
        number = re.fullmatch(r"(limit|keep) ([0-9]{1,4}(?:\.[0-9]{1,3})?)", line)
        if number:
            numbers[number[1]] = float(number[2])
            continue
        question = _question(line) if line.startswith("what-if ") else None
        if question:
            questions[question.tool.file] = question
        elif line in known:
            wanted[line] = known[line]
        else:
            name = line if re.fullmatch(r"[\w.-]{1,40}", line, re.ASCII) else "what is asked for"
            raise RefusedError(f"{name} is not the name of a tool")
    if not wanted and not questions:
        raise RefusedError("no tool is named on standard input")
    return _Wanted(list(wanted.values()), list(questions.values()), **numbers)


def _question(line: str) -> Optional[Question]:
    from check_ha.sources.scheduler.as_root import question_in  # with what only one check needs

    return question_in(line)


def _kept(
    user: int, tools: Sequence[Tool], seconds: float, time_left: _TimeLeft, folders: Optional[Sequence[str]]
) -> bytes:
    """Return what was collected for this user within these seconds, or what is collected now, and kept."""
    from check_ha.sources.kept import streams

    with streams.alone(user, time.monotonic() + time_left.seconds - 0.5):
        stream = streams.recent(user, min(seconds, streams.LONGEST))
        if not streams.has(stream, tools):
            began = time.time()
            stream = _collected(streams.usual(user, tools), time_left, folders)
            streams.keep(user, stream, began)
    return stream


def _collected(
    tools: Sequence[Tool], time_left: _TimeLeft, folders: Optional[Sequence[str]], questions: Sequence[Question] = ()
) -> bytes:
    """Return what these tools say, and what the scheduler answers, as a stream without secrets."""
    from check_ha.sources.kept.facts import Facts
    from check_ha.sources.node import ThisNode
    from check_ha.sources.running.command import FOLDERS
    from check_ha.sources.shareable import all_shareable
    from check_ha.sources.stream import written
    from check_ha.sources.tools import CIBADMIN

    source = ThisNode(folders or FOLDERS, round(time_left.seconds, 1))
    wanted = dict.fromkeys((*tools, CIBADMIN) if questions else tools)
    outputs = (Facts(source) if os.geteuid() == 0 else source).collect(wanted)
    if questions:
        from check_ha.sources.scheduler.as_root import answered

        outputs.update(answered(source, questions, outputs))
    shown = all_shareable([one for one in outputs.values() if not one.not_set_up], history=False)
    return written(source.node, source.now, [one for one in shown if one.tool != CIBADMIN or CIBADMIN in tools])


def _print(stream: bytes) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # no tool is left that would have to be ended first
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    rest = memoryview(stream)
    while rest:
        rest = rest[os.write(1, rest) :]


def _say(text: str) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        os.write(1, f"HA_COLLECT UNKNOWN - {text}\n".encode())
    except OSError:
        os._exit(3)
