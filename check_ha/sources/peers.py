"""Other nodes as a source: each is asked for its view by a command, all at once, under one deadline.

The command is a template of the user's, as ``ssh -o BatchMode=yes {node} check_ha_view -t {seconds}``. It is split into
words once and no shell sees it; a node's name stands for ``{node}`` within each word, and is such that it can be
nothing else. ``{seconds}`` is what the node may take, which leaves the way there and back a second.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from typing import Dict, Iterable, Sequence, Tuple

from check_ha.sources.runner import run_all
from check_ha.sources.running.command import FOLDERS, Command, Limits, find
from check_ha.sources.tools import PEER, Output, Tool

DEFAULT_VIA = "ssh -o BatchMode=yes {node} check_ha_view -t {seconds}"
RECORD_VIA = "ssh -o BatchMode=yes {node} check_ha_record"
PLUGINS = ("/usr/lib/nagios/plugins", "/usr/lib64/nagios/plugins")
"""Where check_nrpe is; looked into after FOLDERS."""

_LIMIT = 32
"""MB that one node may print: the recording of a large cluster."""
LARGEST = 1024 * 1024
"""Bytes that a view may have."""

_PLACE = "{node}"
_TIME = "{seconds}"
_WAY = 1.0
"""Seconds for the way to a node and back."""
_VARIABLES = ("HOME", "SSH_AUTH_SOCK")  # for ssh run by hand


def template(text: str) -> Tuple[str, ...]:
    """Return the words of ``--via``; ValueError with a sentence for the user."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"not a command line: {error}") from error
    if not any(_PLACE in word for word in words):
        raise ValueError(f"nothing says where the name of the node goes: {_PLACE}")
    if _PLACE in words[0]:
        raise ValueError(f"{_PLACE} cannot be the program")
    return words


def node_name(text: str) -> str:
    """Return a name or an address that no command takes for an option, and no shell at its far end for anything else.

    ValueError with a sentence for the user.
    """
    if not re.fullmatch(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}", text):
        raise ValueError("not the name or the address of a node")
    return text


class Peers:
    """The other nodes."""

    def __init__(self, via: Sequence[str], timeout: float, folders: Sequence[str] = (*FOLDERS, *PLUGINS)) -> None:
        self._via = tuple(via)
        self._folders = tuple(folders)
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout

    @property
    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - time.monotonic()

    def ask(self, nodes: Iterable[str], share: float = 1.0) -> Dict[str, Output]:
        """Return what each of these nodes answers, within that share of the time that is left."""
        seconds = max(0.0, self.left) * share
        commands = [self._command(node, seconds) for node in nodes]
        limits = Limits(round(seconds, 1), time.monotonic() + seconds, _VARIABLES)
        return {tool.file: output for tool, output in run_all(commands, limits).items()}

    def _command(self, node: str, seconds: float) -> Command:
        """Return the command; empty when there is no such program. A path is taken as it is."""
        given = f"{round(max(seconds - _WAY, seconds / 2, 0.1), 1):g}"
        argv = tuple(word.replace(_PLACE, node).replace(_TIME, given) for word in self._via)
        tool = Tool(node, argv, PEER, limit=_LIMIT)
        if "/" in argv[0]:
            return Command(tool, argv if os.access(argv[0], os.X_OK) else ())
        program = find(argv[0], self._folders)
        return Command(tool, (program, *argv[1:]) if program else ())
