"""The lists in check_ha_ssh, the forced command of a server's key: what it may run, with which options."""

from __future__ import annotations

import textwrap
from typing import Iterable, List, Set

from generators.commands import all_commands
from generators.nrpe import asked
from generators.options import Flag, settings

_REFUSED = {"from", "view", "output", "state_dir", "tools", "node", "via", "config", "sudo", "human"}
"""What would read or write a file, ask another node, or choose who asks. The picture is for a terminal."""


def forced_command(text: str) -> str:
    """Return the script with the lists that it should have."""
    begin, end = "# made from the options of the commands\n", "# end\n"
    before, found, after = text.partition(begin)
    _, ends, rest = after.partition(end)
    if not found or not ends:
        raise ValueError(f"no {begin.strip()!r} in it")
    return before + begin + "".join(f"{line}\n" for line in _lists()) + end + rest


def _lists() -> List[str]:
    commands = asked(all_commands())
    flags = [flag for command in commands for flag in settings(command) if flag.variable not in _REFUSED]
    return [
        *_variable("commands", sorted(command.name for command in commands)),
        *_variable("options", sorted(_names(flag for flag in flags if flag.metavar))),
        *_variable("switches", sorted({*_names(flag for flag in flags if not flag.metavar), "-vv", "-vvv"})),
    ]


def _names(flags: Iterable[Flag]) -> Set[str]:
    return {name for flag in flags for name in flag.names}


def _variable(name: str, words: Iterable[str]) -> List[str]:
    lines = textwrap.wrap(" ".join(words), 100, break_on_hyphens=False)
    return (f'{name}="' + " \\\n".join(lines) + '"').splitlines()
