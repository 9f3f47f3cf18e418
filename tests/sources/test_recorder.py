"""check_ha_record, the recorder for nodes without Python: the same as a snapshot in any shell, in time, no secret."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Sequence

import pytest

from check_ha.cli.register import check_named
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.shareable import all_shareable
from check_ha.sources.stream import Stream
from check_ha.sources.tools import (
    ALL,
    AUTHKEY,
    BROKEN,
    CFGTOOL,
    CFGTOOL_NODES,
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    CRM_NODE,
    FLOODED,
    HUNG,
    IP_ADDR,
    MISSING,
    PS,
    Output,
    Tool,
)
from tests.faketools import from_recording, write_tool
from tests.needed import program
from tests.replay import SAMPLES, checks, recorded, replay, replay_all

from .test_shareable import all_plants, leaks, planted_tools

SCRIPT = Path(__file__).parents[2] / "nrpe" / "check_ha_record"
HEALTHY = SAMPLES / "healthy-2node" / "node1"
OLD = SAMPLES.parents[1] / "tests" / "recordings" / "pacemaker-1.1.24-replayed"
SHELLS = {
    "dash": ("dash", "dash", ()),
    "bash": ("bash", "bash", ("--posix",)),
    "busybox": ("busybox", "busybox", ("sh",)),
}
AWKS = {
    "mawk": ("mawk", "mawk", ()),
    "gawk": ("gawk", "gawk", ("--traditional",)),
    "busybox": ("busybox", "busybox", ("awk",)),
}
FIXED = {"MARK": "mark", "LIMIT": "8", "CIB_ROOM": "100000000", "NODE": "n", "WHO": "root", "NOW": "1", "LC_ALL": "C"}
"""What the script tells awk, beside its folder and the outputs."""
PLACES = ("/run", "/dev/shm", "/tmp")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> List[str]:
    name, package, words = SHELLS[request.param]
    return [program(name, package), *words]


@pytest.fixture(name="tools")
def folder_of_tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def left_behind(pid: int) -> List[str]:
    """The folders, and the processes, of the recorder that was this process."""
    found = [str(box) for place in PLACES for box in Path(place).glob(f"check_ha_record.{pid}.*")]
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if f"CHECK_HA_RUN=check_ha_record.{pid}.".encode() in Path(f"/proc/{process}/environ").read_bytes():
                found.append(process)
        except OSError:
            continue
    return found


def record(tools: Path, *argv: str, shell: Sequence[str] = ("/bin/sh",)) -> bytes:
    process = subprocess.Popen(
        [*shell, str(SCRIPT), "-d", str(tools), *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr, left_behind(process.pid)) == (0, b"", [])
    return stdout


def said(tools: Path, tool: Tool, *argv: str) -> Output:
    return Stream(record(tools, *argv, tool.file), "it").collect([tool])[tool]


def shared(directory: Path) -> Dict[Tool, Output]:
    """What a snapshot of that node has, each output with a newline at its end."""
    outputs = Recording(str(directory)).collect([tool for tool in ALL if tool is not AUTHKEY]).values()
    kept = [one for one in outputs if one.stderr != "not in this recording"]
    return {
        one.tool: one._replace(stdout=_ended(one.stdout), stderr=_ended(one.stderr.encode()).decode())
        for one in all_shareable(kept, history=False)
    }


def _ended(text: bytes) -> bytes:
    return text + b"\n" if text and not text.endswith(b"\n") else text


def same(one: Output) -> tuple[object, ...]:
    return (one.status, one.fault, one.stdout, one.stderr)


def test_ok_healthy_in_every_shell(shell: List[str], tools: Path, tmp_path: Path) -> None:
    from_recording(HEALTHY, tools)
    text = record(tools, shell=shell)
    found = Stream(text, "it").collect(ALL)
    expected = shared(HEALTHY)
    assert {tool.file: same(found[tool]) for tool in expected} == {tool.file: same(expected[tool]) for tool in expected}
    assert found[AUTHKEY].fault == MISSING
    file = tmp_path / "stream"
    file.write_bytes(text)
    for name in checks():
        check = check_named(name)
        assert replay(check, "--from", str(file), "-v") == replay(check, "--from", str(HEALTHY), "-v")


@pytest.mark.parametrize("awk", AWKS)
def test_every_awk_hides_what_a_snapshot_hides(awk: str, tmp_path: Path) -> None:
    name, package, words = AWKS[awk]
    code = tmp_path / "program"
    code.write_text(SCRIPT.read_text(encoding="utf-8").split("<<'END_OF_AWK'\n")[1].split("\nEND_OF_AWK\n")[0] + "\n")
    for number, directory in enumerate(sorted(recorded())[::40]):
        box = tmp_path / str(number)
        box.mkdir()
        outputs = shared(directory)
        raw = Recording(str(directory)).collect(outputs)
        for tool, one in raw.items():
            (box / f"{tool.file}.argv").write_text("\t".join(one.argv) + "\n")
            (box / f"{tool.file}.out").write_bytes(b"" if tool is CIBADMIN else one.stdout)
            (box / f"{tool.file}.err").write_text(one.stderr)
            if one.fault != HUNG:
                ended = f"fault {one.fault}" if one.fault else f"status {one.status}"
                (box / f"{tool.file}.end").write_text(f"{ended} 1.00 1.50\n")
        done = subprocess.run(
            [program(name, package), *words, "-f", str(code)],
            input=(raw[CIBADMIN].stdout if CIBADMIN in raw else b"") + b"<mark><",
            stdout=subprocess.PIPE,
            check=True,
            env={**FIXED, "BOX": str(box), "WANTED": " ".join(tool.file for tool in outputs)},
        )
        found = Stream(done.stdout, "it").collect(outputs)
        assert {tool.file: same(found[tool]) for tool in outputs} == {
            tool.file: same(one) for tool, one in outputs.items()
        }, directory


def test_no_secret_leaves_the_node(shell: List[str], tmp_path: Path) -> None:
    text = record(planted_tools(tmp_path), shell=shell).decode()
    assert leaks(all_plants(), text) == []
    recorded = {line.partition(" ")[2] for line in text.splitlines() if line.startswith("output ")}
    assert {tool.file for tool in ALL if not tool.only_with} - recorded == {AUTHKEY.file}
    assert "digest" not in text


def test_a_secret_of_the_cib_is_hidden_in_the_words_of_every_tool(tools: Path) -> None:
    cib = '<cib><configuration><nvpair id="a" name="passwd" value="hunter2&amp;"/></configuration><status/></cib>'
    write_tool(tools, "cibadmin", f"echo '{cib}'; echo 'passwd=hunter3 refused' >&2")
    write_tool(tools, "ip", "echo 'cannot log in with hunter2&amp;, key: hunter4' >&2; exit 3")
    found = Stream(record(tools, "cibadmin.xml", "ip-addr.json"), "it").collect([CIBADMIN, IP_ADDR])
    assert found[CIBADMIN].stdout == cib.replace("hunter2&amp;", "********").encode() + b"\n"
    assert found[CIBADMIN].stderr == "passwd=******** refused\n"
    assert (found[IP_ADDR].status, found[IP_ADDR].stderr) == (3, "cannot log in with ********, key: ********\n")


def test_crit_a_tool_that_hangs(shell: List[str], tools: Path) -> None:
    write_tool(tools, "corosync-cfgtool", "echo begun; setsid sleep 1000 & exec sleep 1000")
    write_tool(tools, "cibadmin", "echo '<cib><status>'; exec sleep 1000")
    write_tool(tools, "crm_node", "echo node1")
    started = time.monotonic()
    text = record(tools, "-t", "1", "cibadmin.xml", "crm_node.txt", "cfgtool-s.txt", shell=shell)
    assert time.monotonic() - started < 4
    found = Stream(text, "it").collect([CIBADMIN, CRM_NODE, CFGTOOL])
    assert [(one.fault, one.stdout, one.limit) for one in found.values()] == [
        (HUNG, b"<cib><status>\n", 1.0),
        (None, b"node1\n", 1.0),
        (HUNG, b"begun\n", 1.0),
    ]


def test_older_command_lines(shell: List[str], tools: Path) -> None:
    usage = "*) echo unknown >&2; exit 64"
    write_tool(tools, "crm_mon", f'case "$*" in "--as-xml --inactive") echo old ;; {usage} ;; esac')
    write_tool(tools, "ip", 'case "$*" in addr) echo text ;; *) echo \'Option "-j" is unknown\' >&2; exit 255 ;; esac')
    write_tool(tools, "ps", 'case "$*" in *etimes*) echo no >&2; exit 1 ;; *) echo "PID COMMAND" ;; esac')
    found = Stream(record(tools, CRM_MON.file, IP_ADDR.file, PS.file, shell=shell), "it").collect(
        [CRM_MON, IP_ADDR, PS]
    )
    assert [(one.argv[1:], one.stdout, one.stderr, one.status) for one in found.values()] == [
        (("--as-xml", "--inactive"), b"old\n", "", 0),
        (("addr",), b"text\n", "", 0),
        (("-e", "-o", "pid,ppid,stat,user,args"), b"PID COMMAND\n", "", 0),
    ]


def test_corosync_is_asked_again_while_its_members_change(tools: Path) -> None:
    script = f'[ -e {tools}/asked ] && echo up && exit; touch {tools}/asked; echo "Error CS_ERR_TRY_AGAIN" >&2; exit 1'
    write_tool(tools, "corosync-cmapctl", script)
    assert (said(tools, CMAPCTL).status, said(tools, CMAPCTL).stdout) == (0, b"**\n")


@pytest.mark.parametrize(
    ("tool", "script", "expected"),
    [
        (CFGTOOL_NODES, None, (None, MISSING, b"", "")),
        (CFGTOOL_NODES, "exit 7", (7, None, b"", "")),
        (CFGTOOL_NODES, "kill -SEGV $$", (-11, None, b"", "")),
        (CFGTOOL_NODES, "exec cat /dev/zero", (None, FLOODED, b"", "")),
        (CIBADMIN, None, (None, MISSING, b"", "")),
        (CIBADMIN, "echo '<cib'; printf '<!-- no newline'", (0, None, b"<***\n<!-- \n", "")),
        (CIBADMIN, "printf 'Signon to CIB failed' >&2; exit 107", (107, None, b"", "Signon to CIB failed\n")),
    ],
)
def test_what_else_a_tool_may_do(tool: Tool, script: str, expected: object, tools: Path) -> None:
    if script:
        write_tool(tools, tool.name, script)
    assert same(said(tools, tool, "-t", "20")) == expected


def test_not_a_program(tools: Path) -> None:
    (tools / "crm_node").write_text("#!/nonexistent\n")
    (tools / "crm_node").chmod(0o755)
    output = said(tools, CRM_NODE)
    assert (output.fault, output.stdout, "No such file or directory" in output.stderr) == (BROKEN, b"", True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_of_it_when_it_is_told_to_end(number: int, shell: List[str], tools: Path) -> None:
    write_tool(tools, "crm_node", f"touch {tools}/begun; exec sleep 1000")
    process = subprocess.Popen([*shell, str(SCRIPT), "-d", str(tools)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 5
    while not (tools / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(timeout=5) == 143
    while left_behind(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left_behind(process.pid) == []


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["-x"], "no such option"),
        (["-t", "0"], "-t: not a number of seconds from 1 to 999"),
        (["-t", "1;id"], "-t: not a number of seconds from 1 to 999"),
        (["-d", "/tmp/$(id)"], "-d: no such folder"),
        (["cibadmin.xml", "/etc/shadow"], "no such output"),
    ],
)
def test_unknown_what_is_not_understood(argv: List[str], words: str, shell: List[str]) -> None:
    done = subprocess.run([*shell, str(SCRIPT), *argv], stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        3,
        f"HA_RECORD UNKNOWN - {words} (check_ha_record -h shows the options)\n",
    )


def test_without_rights_it_says_what_a_local_check_says(tools: Path, tmp_path: Path) -> None:
    directory = SAMPLES / "permission-denied" / "node1"
    from_recording(directory, tools)
    file = tmp_path / "stream"
    kept = str(tmp_path / "kept")
    source = Stream(record(tools), "it")
    user = Recording(str(directory)).collect([CRM_MON])[CRM_MON].user
    write_recording(kept, source.node, source.now, [one._replace(user=user) for one in source.collect(ALL).values()])
    file.write_bytes(record(tools))
    assert replay_all("--from", kept)[0] == replay_all("--from", str(directory))[0] == 3


@pytest.mark.parametrize(
    ("tools_there", "expected"),
    [
        (["corosync-objctl"], (0, None, b"corosync-objctl\n")),
        (["corosync-cmapctl", "corosync-objctl"], (0, None, b"corosync-objctl\n")),
        (["corosync-cmapctl"], (1, None, b"")),
        ([], (None, MISSING, b"")),
    ],
)
def test_what_corosync_1_has_in_place_of_its_map(tools_there: List[str], expected: object, tools: Path) -> None:
    for name in tools_there:
        write_tool(tools, name, "exit 1" if name == "corosync-cmapctl" else "echo totem.version=2")
    found = said(tools, CMAPCTL)
    assert (found.status, found.fault, found.stdout.replace(b"totem.version=2", b"corosync-objctl")) == expected
