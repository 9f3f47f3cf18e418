"""The command that sudo runs as root: what it takes, what it refuses, what it prints, and what is left of it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterable, List, Tuple

import pytest

from check_ha.cli import node
from check_ha.sources import collect
from check_ha.sources.recording import Recording
from check_ha.sources.shareable import all_shareable
from check_ha.sources.stream import Stream, written
from check_ha.sources.tools import ALL, BROKEN, CFGTOOL, CIBADMIN, CRM_MON, DEAD, Output, Question, Tool
from tests.faketools import from_recording, write_tool
from tests.replay import SAMPLES, checks, expected_of, label, said
from tests.sources.test_shareable import SHARED, all_plants, leaks, node_with_secrets

ROOT = Path(__file__).parents[2]
HEALTHY = SAMPLES / "healthy-2node" / "node1"
DOOR = ROOT / "nrpe" / "check_ha_collect"
MAIN = "from check_ha.sources.collect import main; main()"

__all__ = ["node_with_secrets"]


def door(folder: Path, tools: Path, head: str = "") -> Path:
    """The command as it is shipped, but that it finds this package, and its tools in this folder."""
    text = DOOR.read_text(encoding="utf-8")
    assert text.count(MAIN) == 1
    made = folder / "check_ha_collect"
    main = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{MAIN[:-2]}"
    made.write_text(text.replace(f"'{MAIN}'", f'"{head}{main}(({str(tools)!r},))"'), encoding="utf-8")
    made.chmod(0o755)
    (folder / "python3").symlink_to(sys.executable)
    return made


def ask(command: Path, names: str, **more: Any) -> Tuple[int, str]:
    """Exit code and standard output; nothing may be on standard error."""
    done = subprocess.run([str(command)], input=names.encode(), capture_output=True, check=False, **more)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


@pytest.fixture(name="command")
def door_of_a_healthy_node(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    from_recording(HEALTHY, tmp_path / "tools")
    return door(tmp_path, tmp_path / "tools")


def names(tools: Iterable[Tool]) -> str:
    return "".join(f"{tool.file}\n" for tool in tools)


def test_what_the_tools_say_is_printed_as_a_stream(command: Path) -> None:
    code, text = ask(command, names(ALL))
    assert code == 0
    said, before = Stream(text.encode(), "it").collect(ALL), Recording(str(HEALTHY)).collect(ALL)
    recorded = [tool for tool in ALL if before[tool].fault is None]
    assert len(recorded) > 10
    assert {tool.file: said[tool].status for tool in recorded} == {tool.file: before[tool].status for tool in recorded}
    assert said[CFGTOOL].stdout == before[CFGTOOL].stdout
    assert said[CRM_MON].argv[0] == str(command.parent / "tools" / "crm_mon")


def test_only_what_is_asked_for_is_run_and_once(command: Path) -> None:
    for tool in ALL:
        write_tool(command.parent / "tools", tool.name, f'echo "$0 $*" >>{command.parent}/run')
    assert ask(command, "cfgtool-s.txt\nlimit 5\ncfgtool-s.txt\n")[0] == 0
    assert (command.parent / "run").read_text() == f"{command.parent}/tools/corosync-cfgtool -s\n"


def test_the_scheduler_gets_the_cib_as_it_is_which_is_not_printed(command: Path) -> None:
    tools = command.parent / "tools"
    write_tool(tools, "crm_simulate", f'cat >"{command.parent}/given"; echo "<pacemaker-result $4=/>"')
    code, text = ask(command, "what-if node2=dead quorum=0\n")
    assert code == 0
    question = Question((("node2", DEAD),), quorum=False)
    said = Stream(text.encode(), "it")
    assert said.has(question.tool)
    assert said.collect([question.tool])[question.tool].stdout == b"<pacemaker-result --quorum=/>\n"
    assert (command.parent / "given").read_bytes() == Recording(str(HEALTHY)).collect([CIBADMIN])[CIBADMIN].stdout
    assert not said.has(CIBADMIN)


def test_without_a_cib_the_scheduler_is_not_asked(command: Path) -> None:
    write_tool(command.parent / "tools", "cibadmin", "exit 102")
    question = Question((("node2", DEAD),))
    output = Stream(ask(command, "what-if node2=dead\n")[1].encode(), "it").collect([question.tool])[question.tool]
    assert (output.fault, output.stderr) == (BROKEN, "no CIB to ask it about: cibadmin: exit 102")


def test_what_the_scheduler_prints_is_masked_as_that_of_crm_mon_is(command: Path) -> None:
    attribute = '<attribute name="db_pw" value="geheim99" expected="x"/>'
    script = f"""cat >/dev/null; echo '<crm_mon>{attribute}</crm_mon>'; echo 'passwd="geheim98"' >&2"""
    write_tool(command.parent / "tools", "crm_simulate", script)
    code, text = ask(command, "what-if node2=dead\n")
    assert code == 0
    assert "db_pw" in text
    assert "geheim" not in text


REFUSED = {
    "": "no tool is named on standard input",
    "limit 3\n": "no tool is named on standard input",
    "crm_mon\n": "crm_mon is not the name of a tool",
    "crm_mon.xml\n../../etc/shadow\n": "what is asked for is not the name of a tool",
    "crm_mon.xml \n": "what is asked for is not the name of a tool",
    "crm_mon.xml\nlimit 1e9\n": "what is asked for is not the name of a tool",
    "crm_mon.xml\n\n": "what is asked for is not the name of a tool",
    "what-if \n": "what is asked for is not the name of a tool",
    "what-if node1=off\n": "what is asked for is not the name of a tool",
    "what-if --help=dead\n": "what is asked for is not the name of a tool",
    "what-if quorum=0\n": "what is asked for is not the name of a tool",
    "what-if node1=dead ../x=dead\n": "what is asked for is not the name of a tool",
    "|\n": "what is asked for is not the name of a tool",
    "crm_mon.xml\n" * 400: "standard input has more than 4096 bytes",
}


@pytest.mark.parametrize("asked", REFUSED)
def test_nothing_else_is_done(asked: str, command: Path) -> None:
    write_tool(command.parent / "tools", "crm_mon", f"touch {command.parent}/run")
    assert ask(command, asked) == (3, f"HA_COLLECT UNKNOWN - {REFUSED[asked]}\n")
    assert not (command.parent / "run").exists()


@pytest.mark.parametrize("argv", [["-h"], [""], ["crm_mon.xml"], ["-c", "import os"]])
def test_no_argument_is_taken(argv: List[str], command: Path) -> None:
    done = subprocess.run([str(command), *argv], input=b"crm_mon.xml\n", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
    assert done.stdout.startswith(b"HA_COLLECT UNKNOWN - it takes no argument: ")
    assert done.stdout.count(b"\n") == 1


def test_standard_input_without_an_end_is_not_waited_for(command: Path) -> None:
    with subprocess.Popen([str(command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        process.stdin.write("crm_mon.xml\n")
        process.stdin.flush()
        assert process.wait(timeout=4) == 3
        assert process.stdout
        assert process.stdout.read() == "HA_COLLECT UNKNOWN - standard input has no end within 1 s\n"


def test_none_of_100_secrets_is_printed(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    code, text = ask(door(tmp_path / "door", tools), names(ALL))
    assert code == 0
    assert Stream(text.encode(), "it").collect([CIBADMIN])[CIBADMIN].status == 0
    assert leaks(all_plants(), text) == []


# What the caller may leave: nothing of it reaches a tool, or Python.
HOSTILE = {
    "CIB_file": "/etc/shadow", "CIB_shadow": "x", "PCMK_ipc_type": "socket", "PCMK_debug": "yes", "TZ": ":/etc/shadow",
    "LC_ALL": "fr_FR.UTF-8", "PATH": "{evil}", "PYTHONPATH": "{evil}", "PYTHONHOME": "{evil}",
    "PYTHONSTARTUP": "{evil}/re.py",
    "PYTHONPYCACHEPREFIX": "{evil}", "PYTHONUSERBASE": "{evil}", "PYTHONINSPECT": "1", "PYTHONWARNINGS": "error",
    "PYTHONBREAKPOINT": "re.x", "OPENSSL_CONF": "{evil}/re.py", "ENV": "{evil}/re.py", "BASH_ENV": "{evil}/re.py",
    "TMPDIR": "{evil}", "HOME": "{evil}", "LD_LIBRARY_PATH": "{evil}",
}  # fmt: skip


def test_nothing_of_the_environment_reaches_a_tool(command: Path) -> None:
    evil = command.parent / "evil"
    evil.mkdir()
    for name in ("re", "os", "sitecustomize", "usercustomize", "encodings", "subprocess", "env", "sh"):
        (evil / f"{name}.py").write_text(f"touch {command.parent}/ran\nopen({str(command.parent / 'ran')!r}, 'w')\n")
    write_tool(command.parent / "tools", "crm_mon", "umask; pwd; env; ls /proc/self/fd")
    environment = {name: value.format(evil=evil) for name, value in HOSTILE.items()}
    code, text = ask(command, "crm_mon.xml\n", env=environment, cwd=evil, umask=0)
    assert code == 0
    said = Stream(text.encode(), "it").collect([CRM_MON])[CRM_MON].stdout.decode()
    assert said.startswith("0077\n/\n")
    found = {line.partition("=")[0] for line in said.splitlines()[2:] if "=" in line}
    assert found <= {"PATH", "LC_ALL", "CHECK_HA_RUN", "PWD", "SHLVL", "_", "OLDPWD"}
    assert "LC_ALL=C\n" in said
    assert not (command.parent / "ran").exists()


def test_what_signals_do_limits_and_open_files_are_its_own(command: Path) -> None:
    """A SIGCHLD that is ignored would make every tool seem to have ended well; core files would hold secrets."""
    write_tool(
        command.parent / "tools",
        "crm_mon",
        "ulimit -c; ulimit -t; grep Sig[BI] /proc/self/status; ls /proc/self/fd; exit 9",
    )

    def bend() -> None:
        for one in (signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD])
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
        os.dup2(1, 77)

    with open("/etc/passwd", "rb") as held:
        code, text = ask(command, "crm_mon.xml\n", preexec_fn=bend, pass_fds=(held.fileno(),))
    output = Stream(text.encode(), "it").collect([CRM_MON])[CRM_MON]
    assert (code, output.status) == (0, 9)
    core, cpu, blocked, ignored, *descriptors = output.stdout.decode().splitlines()
    assert core == "0"
    assert cpu == ("60" if os.geteuid() == 0 else "unlimited")
    own = 0b11 << 31  # two are glibc's: no program can say what they do
    assert int(blocked.split()[1], 16) == int(ignored.split()[1], 16) & ~own == 0
    assert len(descriptors) <= 5  # 0 to 2, that of the listing, and the one by which its end is seen


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_descriptors(closed: Tuple[int, ...], command: Path) -> None:
    write_tool(command.parent / "tools", "crm_mon", "echo out; echo err >&2")

    def close() -> None:
        for number in closed:
            os.close(number)

    done = subprocess.run(
        [str(command)], input=b"crm_mon.xml\n", capture_output=True, check=False, preexec_fn=close
    )  # fmt: skip
    assert done.stderr == b""
    if 1 in closed:
        assert done.stdout == b""
    elif 0 in closed:
        assert (done.returncode, done.stdout) == (3, b"HA_COLLECT UNKNOWN - no tool is named on standard input\n")
    else:
        said = Stream(done.stdout, "it").collect([CRM_MON])[CRM_MON]
        assert (done.returncode, said.stdout, said.stderr) == (0, b"out\n", "err\n")


def left(folder: Path) -> List[str]:
    """The processes that have come of a tool, or of the command itself."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = cmdline.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words and cmdline.parent.name != str(os.getpid()):
            found.append(words.decode())
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1])
def test_a_signal_at_any_moment_leaves_no_process(number: int, command: Path) -> None:
    write_tool(
        command.parent / "tools", "crm_mon", f"setsid sleep 1003.{os.getpid()} & trap '' TERM; sleep 1003.{os.getpid()}"
    )
    for pause in (0.01, 0.04, 0.1, 0.3):
        with subprocess.Popen(
            [str(command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # nohup has SIGHUP ignored
        ) as process:
            assert process.stdin
            process.stdin.write(b"crm_mon.xml\nlimit 1\n")  # SIGINT counts only once Python has started
            process.stdin.close()
            time.sleep(pause)
            process.send_signal(number)
            process.send_signal(number)
            code = process.wait(timeout=4)
            assert process.stdout
            said = process.stdout.read()
            assert code in (3, -number) or (number == signal.SIGINT and Stream(said, "it"))
            assert code == 0 or said in (b"", b"HA_COLLECT UNKNOWN - it was told to end, or has taken too long\n")
    assert left(command.parent) == []
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if f"1003.{os.getpid()}".encode() in _read(one)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_tool_that_hangs_is_told_and_ended(command: Path) -> None:
    write_tool(command.parent / "tools", "crm_mon", "exec sleep 1004")
    code, text = ask(command, "crm_mon.xml\ncfgtool-s.txt\nlimit 0.5\n")
    said = Stream(text.encode(), "it").collect([CRM_MON, CFGTOOL])
    assert (code, said[CRM_MON].fault, said[CRM_MON].limit, said[CFGTOOL].status) == (0, "hung", 0.5, 0)
    assert left(command.parent) == []


class Filtered:
    """A recording, of which each answer has gone through the door."""

    def __init__(self, directory: Path) -> None:
        self._source = Recording(str(directory))
        self.now, self.node = self._source.now, self._source.node

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        outputs = all_shareable(self._source.collect(tools).values(), history=False)
        return Stream(written(self.node, self.now, outputs), "it").collect([one.tool for one in outputs])


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", SHARED, ids=label)
def test_every_check_says_the_same_of_what_has_gone_through_it(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of what it alone has asked for: rules that show which attributes are needed may not be there."""
    monkeypatch.setattr(node, "source_of", lambda common, _: Filtered(Path(common.from_)))
    for name in checks():
        if label(directory) in expected_of(name):
            assert said(name, directory) == expected_of(name)[label(directory)]


class Ended(BaseException):
    """In place of the end of this process."""


@pytest.fixture(name="in_process")
def run_in_this_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """The command within the process of the test, to which nothing of it must happen."""
    handlers: Dict[int, Any] = {}
    listdir = os.listdir

    def refuse(*_: object) -> None:
        raise ValueError

    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(os, "environ", {"TZ": "UTC"})
    monkeypatch.setattr(os, "chdir", str)
    monkeypatch.setattr(os, "umask", str)
    monkeypatch.setattr(os, "listdir", lambda path: ["0", "1000000"] if path == "/proc/self/fd" else listdir(path))
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.update({number: handler}))
    monkeypatch.setattr(signal, "setitimer", lambda *_: None)
    monkeypatch.setattr(signal, "pthread_sigmask", lambda *_: None)
    monkeypatch.setattr(resource, "setrlimit", refuse)

    def run(asked: str, *folders: str) -> Tuple[int, str, Dict[int, Any]]:
        before = os.dup(0)
        (tmp_path / "asked").write_text(asked, encoding="utf-8")
        with open(tmp_path / "asked", "rb") as file:
            os.dup2(file.fileno(), 0)
        try:
            with pytest.raises(Ended) as ended:
                collect.main(folders)
        finally:
            os.dup2(before, 0)
            os.close(before)
        out, err = capfd.readouterr()
        assert err == ""
        return ended.value.args[0], out, handlers

    return run


def test_from_names_to_a_stream(in_process: Any, tmp_path: Path) -> None:
    write_tool(tmp_path, "crm_mon", "echo answer")
    code, text, handlers = in_process("crm_mon.xml\nlimit 60\n", str(tmp_path))
    said = Stream(text.encode(), "it").collect([CRM_MON])[CRM_MON]
    assert (code, said.stdout, said.limit) == (0, b"answer\n", 9.0)
    with pytest.raises(SystemExit):
        handlers[signal.SIGTERM](signal.SIGTERM, None)
    handlers[signal.SIGTERM](signal.SIGTERM, None)  # a second one does nothing


def test_what_is_refused_or_fails(in_process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, why in REFUSED.items():
        assert in_process(asked)[:2] == (3, f"HA_COLLECT UNKNOWN - {why}\n")

    def fail(*_: object) -> None:
        raise MemoryError("with a secret")

    monkeypatch.setattr(collect, "_collected", fail)
    assert in_process("crm_mon.xml\n")[:2] == (3, "HA_COLLECT UNKNOWN - it failed: MemoryError\n")
