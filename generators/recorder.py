"""The lists in check_ha_record, the recorder for nodes without Python: the tools, and what is let through of each."""

from __future__ import annotations

import shlex
import textwrap
from typing import Dict, Iterable, List

from check_ha.sources import masked_cib, shareable
from check_ha.sources.tools import ALL, AUTHKEY, CIBADMIN, SBD_FILES, Tool

# The digest of the key must not leave the node, and the slow fingerprint takes Python.
_TOOLS = tuple(tool for tool in ALL if tool is not AUTHKEY)


def recorder(text: str) -> str:
    """Return the script with the lists that it should have."""
    for source, lines in {
        "check_ha/sources/tools.py": _tools(),
        "check_ha/sources/masked_cib.py and shareable.py": _allowed(),
    }.items():
        begin = f"# made from {source}\n"
        before, found, after = text.partition(begin)
        _, ends, rest = after.partition("# end\n")
        if not found or not ends:
            raise ValueError(f"no {begin.strip()!r} in it")
        text = before + begin + "".join(f"{line}\n" for line in lines) + ends + rest
    return text


def _tools() -> List[str]:
    names = textwrap.wrap(" ".join(tool.file for tool in _TOOLS), 100, break_on_hyphens=False)
    lines = ('outputs="' + " \\\n".join(names) + '"').splitlines()
    lines += [
        f"cib_room={CIBADMIN.limit}",
        'sbd_files="' + " ".join(SBD_FILES) + '"',
        "",
        "# Call $3 with the command line of an output, and the most it may print, in MB.",
    ]
    lines += ["command_of() {", "    case $1.$2 in"]
    for tool in _TOOLS:
        lines += [_case(tool, "now", tool.argv), *([_case(tool, "older", tool.older)] if tool.older else [])]
    return [*lines, "        *) return 1 ;;", "    esac", "}", "", *_set_up()]


def _set_up() -> List[str]:
    lines = ["# Whether what an output is about is set up on this node.", "set_up() {", "    case $1 in"]
    lines += [f"        {tool.file}) set -- {' '.join(tool.only_with)} ;;" for tool in _TOOLS if tool.only_with]
    lines += ["        *) return 0 ;;", "    esac"]
    return [*lines, '    for place in "$@"; do', '        [ -e "$place" ] && return 0', "    done", "    return 1", "}"]


def _case(tool: Tool, which: str, argv: Iterable[str]) -> str:
    words = [f'"$sbd_device{tool.device}"' if word == "{device}" else shlex.quote(word) for word in argv]
    return f"        {tool.file}.{which}) $3 {tool.limit} {' '.join(words)} ;;"


def _allowed() -> List[str]:
    lists: Dict[str, Iterable[bytes]] = {
        "shown": masked_cib._SHOWN,
        "options": masked_cib._OPTIONS,
        "meta": masked_cib._META,
        "parameters": masked_cib._PARAMETERS,
        "nodes": masked_cib._OF_NODES,
        "settings": shareable._SETTINGS,
        "sbd": shareable._SBD_SETTINGS,
        "booth": shareable._BOOTH,
    }
    lines: List[str] = []
    for kind, words in lists.items():
        text = " ".join(sorted(word.decode() for word in words))
        lines += [f'    allow("{kind}", "{part}")' for part in textwrap.wrap(text, 90, break_on_hyphens=False)]
    return lines
