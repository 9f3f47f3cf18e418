"""Whatever a tool prints or does: one line that names it and the trouble, exit 3 (or 2 where that is proven)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Iterator

import pytest

from check_ha.cli.register import check_named
from check_ha.core.evidence import Reading
from check_ha.sources import node
from check_ha.sources.tools import COROSYNC_CONF, CRM_MON, Tool
from tests.faketools import from_recording, write_tool
from tests.replay import RECORDINGS, SAMPLES, always, checks, replay

HEALTHY = SAMPLES / "healthy-2node" / "node1"
WITH_DRBD = RECORDINGS / "drbd" / "healthy" / "node1"
"""Where there is what not every cluster has."""

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{("&lol" + (str(n - 1) if n > 1 else "") + ";") * 10}">' for n in range(1, 10))
    + ']><pacemaker-result api-version="2.25"><summary>&lol9;</summary></pacemaker-result>'
)

BAD = {
    "empty": "exit 0",
    "truncated": 'head -c $(($(wc -c <"$DATA") * 6 / 10)) "$DATA"',
    "binary": "head -c 4000 /dev/urandom",
    "nul": 'cat "$DATA"; printf "\\000\\000\\n"',
    "escape": "printf '\\033[2J\\033]0;owned\\007\\n'; exit 0",
    "dtd": 'printf \'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>\'',
    "entity": "printf '<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><pacemaker-result>&e;</pacemaker-result>'",
    "billion-laughs": f"printf '%s' '{LAUGHS}'",
    "other-xml": "printf '<html><body>It works!</body></html>'",
    "words": "echo 'Everything is fine | really=1'",
    "200-megabytes": "head -c 200000000 /dev/zero",
    "endless-element": "printf '<a>'; yes '<a>' | tr -d '\\n' | head -c 3000000",
    "flooded-stderr": "yes oops | head -c 3000000 >&2; exit 1",
    "failed": "echo 'something is wrong | with=me' >&2; exit 1",
    "killed": "kill -KILL $$",
    "hung": "exec sleep 100",
}

CONFIGURATION = set(BAD) - {"200-megabytes", "flooded-stderr", "failed", "killed"}
"""With what corosync.conf may hold the cluster does not start again: that is a finding, not a tool that failed."""


OF_JSON = ("empty", "truncated", "binary", "words", "failed", "hung")
"""The faults that are tried with a tool that not every node has; its parser is tested for all of them."""


def cases() -> Iterator[object]:
    """Each check with each tool it cannot do without and each fault.

    Those that this node has nothing for share these tools with the others: of drbd its own tool alone is tried here.
    """
    for name in (*always(), "drbd"):
        for reading in check_named(name).readings:
            own = bool(reading.tool.only_with)
            for fault in OF_JSON if own else BAD if name in always() else ():
                # crm_verify says nothing when all is well
                if reading.required and not (reading.tool.on_stderr and fault in ("empty", "truncated")):
                    yield pytest.param(name, reading, fault, id=f"{name}-{reading.tool.file}-{fault}")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tools that answer as those of a healthy node."""
    folder = tmp_path_factory.mktemp("healthy")
    from_recording(HEALTHY, folder)
    return folder


@pytest.fixture(scope="module", name="with_drbd")
def node_with_drbd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of one with DRBD."""
    folder = tmp_path_factory.mktemp("drbd")
    from_recording(WITH_DRBD, folder)
    return folder


def broken(healthy: Path, folder: Path, tool: Tool, script: str, home: Path = HEALTHY) -> None:
    """The tools of the healthy node, but for one, however it is asked: some were asked in the older way."""
    for path in healthy.iterdir():
        shutil.copy(path, folder)
    (folder / tool.name).rename(folder / f"healthy-{tool.name}")
    lines = [argv[1:] for argv in (tool.argv, tool.older) if argv[:1] == (tool.name,)]
    data = home / tool.file
    asked = " || ".join(f'[ "$*" = "{" ".join(arguments)}" ]' for arguments in lines)
    other = f'{asked} || exec "{folder}/healthy-{tool.name}" "$@"'
    write_tool(folder, tool.name, f'{other}\nDATA="{data}"\n{script}')


@pytest.mark.parametrize(("name", "reading", "fault"), list(cases()))
def test_bad_output(
    name: str,
    reading: Reading[object],
    fault: str,
    healthy: Path,
    with_drbd: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool = reading.tool
    home, tools = (WITH_DRBD, with_drbd) if tool.only_with else (HEALTHY, healthy)
    monkeypatch.setattr(node, "set_up", lambda tool: True)
    if not (home / tool.file).exists():
        pytest.fail(f"{home} lacks {tool.file}")
    folder = tmp_path / "tools"
    folder.mkdir()
    broken(tools, folder, tool, BAD[fault], home)
    seconds = "0.5" if fault == "hung" else "20"
    expected = ["--severity", "fencing-disabled=ok"] if name == "fencing" else []
    state = str(tmp_path / "state")
    code, output = replay(check_named(name), "--tools", str(folder), "-t", seconds, "--state-dir", state, *expected)
    assert_plugin_output(output)
    assert any(name in output for name in (tool.label, tool.name, tool.family, tool.argv[-1]))
    proven = fault == "hung" or (tool is COROSYNC_CONF and fault in CONFIGURATION)
    # corosync itself passes over a line that begins with a NUL byte
    passed_over = tool is COROSYNC_CONF and fault == "nul"
    assert code == (1 if passed_over else 2 if proven else 3), output
    assert "Traceback" not in output
    assert "owned" not in output or "\033" not in output


@pytest.mark.parametrize("name", checks())
def test_missing_tools(name: str, tmp_path: Path) -> None:
    code, output = replay(check_named(name), "--tools", str(tmp_path), "--state-dir", str(tmp_path / "state"))
    assert code == 3
    assert_plugin_output(output)
    for reading in check_named(name).readings:
        if reading.required and reading.instead_of is None:
            assert f"{reading.tool.label}: not installed" in output


def test_hostile_names(healthy: Path, tmp_path: Path) -> None:
    """Ids, node names and exit reasons with everything that could break a line of output."""
    hostile = "x|y&#x27;=&quot;z&#10;w&#9;&#x202e;&lt;b&gt;"
    xml = (HEALTHY / CRM_MON.file).read_text(encoding="utf-8")
    xml = xml.replace('"p_single"', f'"{hostile}"').replace('"node2"', f'"node2{hostile}"')
    failure = (
        f'<failures><failure op_key="{hostile}_monitor_5000" node="node2{hostile}" exitstatus="error" '
        f'exitreason="{hostile}" exitcode="1" call="4" status="complete" task="monitor" interval="5000"/></failures>'
    )
    folder = tmp_path / "tools"
    folder.mkdir()
    for path in healthy.iterdir():
        shutil.copy(path, folder)
    (tmp_path / "hostile.xml").write_text(xml.replace("<status ", failure + "<status "), encoding="utf-8")
    write_tool(folder, "crm_mon", f"cat {tmp_path}/hostile.xml")
    for name in checks():
        for verbose in ((), ("-v",), ("-vvv",)):
            state = str(tmp_path / "state")
            _, output = replay(check_named(name), "--tools", str(folder), "--state-dir", state, *verbose)
            assert_plugin_output(output)


def assert_plugin_output(output: str) -> None:
    """What a monitoring server can read: printable lines, perfdata once."""
    lines = output.split("\n")
    assert lines.pop() == ""
    assert all(line.isprintable() for line in lines), output
    assert output.count("|") <= 1
    assert lines[0].startswith("HA_")
    assert len(lines[0].split("|")[0]) < 700
