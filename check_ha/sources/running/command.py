"""What is to be run for a tool, and what a run may take."""

from __future__ import annotations

import os
import pwd

from check_ha.record import NamedTuple
from check_ha.sources.tools import Output, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Callable, Dict, Optional, Sequence, Tuple

    Waits = Tuple[Tool, Callable[[Output], bool]]
    """The tool that is to answer first, and whether what it says makes this one needless."""
    SecondTry = Callable[[Output], Optional["Command"]]
    """What to run once more for a tool that said this; None: it has said what it has to say."""

FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
MARK = "CHECK_HA_RUN"
"""In the environment of whatever a run has started."""


class Command(NamedTuple):
    """What is to be run for a tool."""

    tool: Tool
    argv: Tuple[str, ...]
    """With the full path of the program in front; empty when there is none."""
    delay: float = 0.0
    """Seconds to wait before it is started."""
    stdin: bytes = b""
    """What it reads on standard input; 4,096 bytes at most, which are never waited for."""
    file: Optional[int] = None
    """A descriptor that it reads as standard input, for what is longer."""
    environment: Tuple[Tuple[str, str], ...] = ()
    """What it has of environment beside the small fixed one."""
    nice: int = 0
    """By how much it gives way to others."""
    waits: Optional[Waits] = None
    """It is run once another tool has ended, but not much later, and not at all where that makes it needless."""


class Limits(NamedTuple):
    """What a run may take."""

    seconds: float
    """As the user gave it, for the words of a failure."""
    deadline: float
    """By the monotonic clock."""
    variables: Tuple[str, ...] = ()
    """What is passed on of the environment beside the time zone."""


def environment(mark: str, variables: Sequence[str]) -> Dict[str, str]:
    """Return a small fixed environment: CIB_file or a locale of the caller must not change what the tools say."""
    environment = {"PATH": ":".join(FOLDERS), "LC_ALL": "C", MARK: mark}
    environment.update((name, os.environ[name]) for name in ("TZ", *variables) if name in os.environ)
    return environment


def find(program: str, folders: Sequence[str]) -> Optional[str]:
    """Return the path of that program in the first of these folders that has it."""
    for folder in folders:
        path = os.path.join(folder, program)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def user_name() -> str:
    """Return the user of this process, as it is called in an output."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
