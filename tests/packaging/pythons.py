"""The Pythons of this machine, and the libraries to try with each.

nagiosplugin and lxml know nothing of each other: what fails, fails with one of them. So each version of Python gets the
newest two, and the oldest two are tried at the ends: with the newest Python that has them, and with the one of the
system, for which Debian has just these. The oldest Python gets the still older ones of Enterprise Linux 9, and no
others. The version that runs the tests has the newest in all of them, and is not tried with these once more.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple, Tuple

OLDEST_PYTHON = 9
LXML_4_9_UNTIL = 12
"""The last Python 3 that lxml 4.9 has wheels for. Each newer one is left out; a test asks whether that is still so."""
RUNNING = sys.version_info[1]
SYSTEM = Path("/usr/bin")
"""Where the Python is that the distribution's own packages run with."""


class Libraries(NamedTuple):
    """What pip is asked for; a version that is empty is the newest that there is for that Python."""

    name: str
    nagiosplugin: str
    lxml: str


OLDEST = Libraries("oldest", "==1.3.2", "==4.9.*")
NEWEST = Libraries("newest", "", "")
ENTERPRISE_LINUX_9 = Libraries("el9", "==1.3.2", "==4.6.5")
"""Python 3.9 there has a still older lxml."""


def minor(python: Path) -> int:
    """11 for .../python3.11."""
    found = re.fullmatch(r"python3\.(\d+)", python.name)
    return int(found[1]) if found else 0


def pythons() -> List[Path]:
    """Every Python from 3.9 in PATH and of pyenv, and the one that runs this, oldest first.

    pyenv's shims are none: they start one of its versions, which are all here, or say that none is chosen.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    folders = [one for one in folders if one != pyenv / "shims"]
    folders += [*(pyenv / "versions").glob("*/bin")] if _can_be_listed(pyenv / "versions") else []
    folders += [Path(sys.base_prefix, "bin")]
    names = (path for folder in filter(_can_be_listed, folders) for path in folder.glob("python3.*"))
    found = {path.resolve() for path in names if os.access(path, os.X_OK)}
    return sorted((path for path in found if minor(path) >= OLDEST_PYTHON), key=lambda path: (minor(path), str(path)))


def _can_be_listed(folder: Path) -> bool:
    """Not that of another user, which su leaves in the environment."""
    return os.access(folder, os.R_OK | os.X_OK)


def combinations() -> Iterator[Tuple[Path, Libraries]]:
    """What is tried."""
    found = pythons()
    with_wheels = [path for path in found if minor(path) <= LXML_4_9_UNTIL]
    for path in found:
        if minor(path) == OLDEST_PYTHON:
            yield path, ENTERPRISE_LINUX_9
            continue
        if [path] == with_wheels[-1:] or path.parent == SYSTEM:
            yield path, OLDEST
        if minor(path) != RUNNING:
            yield path, NEWEST


def without_lxml_4_9() -> List[Path]:
    """The Pythons for which there is none."""
    return [path for path in pythons() if minor(path) > LXML_4_9_UNTIL]
