"""What the documents show of the commands' output: run on the recordings of this checkout, and written anew.

In a block, ``$ COMMAND`` is followed by what it prints. ``| ...`` at the end of a line stands for its perfdata, a last
line ``...`` for all lines that follow.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

ROOT = Path(__file__).parents[1]
CLUSTERS = "samples/clusters"
SEEN_ON: Mapping[str, str] = {
    "check_ha_rings": "link-down-no-carrier/node1",
    "check_ha_vip": "vip-gone-unnoticed/node1",
    "check_ha --human": "vip-gone-unnoticed/node1",
    "check_ha --config /etc/check_ha.ini": "healthy-2node/node1",
}
"""The recorded nodes on which a command without --from prints what is shown."""

REST, PERFDATA, PRETTY = "...", " | ...", " | python3 -m json.tool"
_CONFIG = "/etc/check_ha.ini"
_RUN = "import sys; from {module} import {function} as main; sys.argv[0] = {name!r}; main()"


def with_output(text: str) -> str:
    """Return the document with what each command in it prints now."""
    config = _config_in(text)
    made: List[str] = []
    for command, lines in _parts(text):
        made += lines if command is None else [lines[0], *_shown(command, lines[1:], config)]
    return "\n".join(made)


def _parts(text: str) -> Iterator[Tuple[Optional[str], List[str]]]:
    """Yield the lines of the document: each command with what it prints, and what stands between."""
    command: Optional[str] = None
    lines: List[str] = []
    for line in text.split("\n"):
        begins = line.startswith("    $ ")
        if begins or (command is not None and not line.startswith("    ")):
            yield command, lines
            command, lines = line[len("    $ ") :] if begins else None, []
        lines.append(line)
    yield command, lines


def _config_in(text: str) -> str:
    """Return the config file that the document gives as an example."""
    found = re.search(rf"^    # {_CONFIG}\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    return "\n".join(line[4:] for line in found[1].splitlines()) if found else ""


def _shown(command: str, before: List[str], config: str) -> List[str]:
    """Return what is shown of the output: cut where it was cut before."""
    lines = _output(command, config)
    last = before[-1].strip() if before else ""
    if last == REST:
        lines = [*lines[: len(before) - 1], REST]
    elif last.endswith(PERFDATA):
        lines = [lines[0].partition(" | ")[0] + PERFDATA]
    return [f"    {line}" if line else "" for line in lines]


@functools.cache
def _output(command: str, config: str) -> List[str]:
    """Return what this command prints, seen from the root of this checkout."""
    name, *words = shlex.split(command.replace(PRETTY, ""))
    if command in SEEN_ON:
        words += ["--from", f"{CLUSTERS}/{SEEN_ON[command]}"]
    with tempfile.NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:
        file.write(config)
        file.flush()
        argv = [*_python(name), *(file.name if word == _CONFIG else word for word in words)]
        env: Dict[str, str] = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
        done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.stderr or not done.stdout:
        raise ValueError(f"{command}: {done.stderr or 'it prints nothing'}")
    if command.endswith(PRETTY):
        return json.dumps(json.loads(done.stdout), indent=4).splitlines()
    return done.stdout.splitlines()


def _python(name: str) -> List[str]:
    """Return how this command is run without being installed."""
    if not name.startswith("check_ha"):
        return [sys.executable]
    word = name[len("check_ha_") :]
    module, function = ("check_ha.cli.commands", word) if word else ("check_ha.cli.overall", "main")
    return [sys.executable, "-c", _RUN.format(module=module, function=function, name=name)]
