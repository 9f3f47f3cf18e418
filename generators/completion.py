"""Completion for bash, made from the argument parser: one file a command, loaded when that is first used."""

from __future__ import annotations

from typing import Iterable, List

from generators.commands import Command, services
from generators.options import Flag, flags

_FILE = """\
# bash completion for {name}(1), made from its argument parser
_{name}() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    # bash takes the = of CONDITION=STATE for a word of its own
    if [[ $cur == "=" ]]; then
        prev="${{COMP_WORDS[COMP_CWORD-2]}}=" cur=
    elif [[ $prev == "=" ]]; then
        prev="${{COMP_WORDS[COMP_CWORD-3]}}="
    fi
    case $prev in
        --severity=) COMPREPLY=($(compgen -W "ok warning critical unknown" -- "$cur")); return ;;
{cases}    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "{flags}" -- "$cur"))
{rest}    fi
}}
complete -F _{name} {name}
"""

_DIRECTORIES = 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); return ;;'
_FILES = 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); return ;;'
_CONDITIONS = 'compopt -o nospace; COMPREPLY=($(compgen -S = -W "{words}" -- "$cur")); return ;;'


def completion(command: Command) -> str:
    """Return the completion file of this command."""
    found = flags(command)
    names = " ".join(name for flag in found for name in flag.names)
    rest = ""
    if any(not flag.names for flag in found):  # the one argument that a command takes is a directory
        rest = f"    else\n        {_DIRECTORIES.split('; return')[0]}\n"
    return _FILE.format(name=command.name, cases=_cases(command, found), flags=names, rest=rest)


def _cases(command: Command, found: Iterable[Flag]) -> str:
    lines: List[str] = []
    for flag in found:
        if flag.names and flag.metavar:
            lines.append(f"        {'|'.join(flag.names)}) {_values(command, flag)}\n")
    return "".join(lines)


def _values(command: Command, flag: Flag) -> str:
    if flag.metavar == "DIR":
        return _DIRECTORIES
    if flag.metavar == "FILE":
        return _FILES
    if flag.metavar == "CHECK":
        words = " ".join(one.word for one in services() if not one.on_server)
        return f'COMPREPLY=($(compgen -W "{words}" -- "$cur")); return ;;'
    if flag.variable == "severity" and command.check:
        known = (*command.check.conditions, *command.check.shared)
        return _CONDITIONS.format(words=" ".join(one.name for one in known))
    return "return ;;"
