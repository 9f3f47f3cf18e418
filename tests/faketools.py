"""Executables that print what was recorded: a folder for ``--tools``, so that the real way of running is tested."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Dict, List, Sequence

from check_ha.sources.recording import Recording
from check_ha.sources.tools import ALL, HUNG, MISSING, Output


def write_tool(folder: Path, name: str, script: str) -> None:
    """A shell script as the program of that name."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def from_recording(directory: Path, folder: Path) -> None:
    """Programs that answer as those of the recording did, each by its arguments; unknown ones are a usage error.

    So one that was asked the old way has to be asked so again.
    """
    cases: Dict[str, List[str]] = {}
    for output in Recording(str(directory)).collect(ALL).values():
        if output.fault != MISSING:
            program, *arguments = output.argv[2 * output.with_sudo :]
            old = (Path(program).name, *arguments) == output.tool.older
            name, *arguments = output.tool.older if old else output.tool.argv
            cases.setdefault(name, []).append(_case(directory, output, arguments))
    for name, answers in cases.items():
        body = "\n".join(answers)
        write_tool(folder, name, f'case "$*" in\n{body}\n*) echo "unknown option: $*" >&2; exit 64 ;;\nesac')


def _case(directory: Path, output: Output, arguments: Sequence[str]) -> str:
    asked = shlex.quote(" ".join(arguments))
    if output.fault == HUNG:
        return f"{asked}) exec sleep 1000 ;;"
    stdout = shlex.quote(str(directory / output.tool.file))
    return f"{asked}) cat {stdout}; printf %s {shlex.quote(output.stderr)} >&2; exit {output.status} ;;"
