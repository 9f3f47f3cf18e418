"""What this node itself tells: its processes, a few files, the versions installed."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.record import NamedTuple


class Process(NamedTuple):
    """One line of ``ps``."""

    pid: int
    parent: int
    state: str
    """The first letter of ``STAT``: R and S run, D waits for a disk, T is stopped, t is traced, Z has ended."""
    user: str
    name: str
    """The program, without folder: ``corosync``."""
    seconds: Optional[int] = None
    """How long ago it was started; ``None``: this ``ps`` does not say."""


class Processes(NamedTuple):
    """The processes of this node."""

    all: Tuple[Process, ...]

    def named(self, name: str) -> Tuple[Process, ...]:
        """Return those of that name, zombies included."""
        return tuple(process for process in self.all if process.name == name)


class FileState(NamedTuple):
    """Whose a file is and who may do what with it, from ``stat``."""

    path: str
    uid: int
    gid: int
    mode: int
    """The permission bits."""
    owner: str
    group: str
    kind: str
    """In the words of ``stat``: ``regular file``, ``regular empty file``, ``directory``."""
    error: str = ""
    """Why ``stat`` could not look at it, in its words; nothing else is known then."""

    @property
    def missing(self) -> bool:
        """Whether there is no such file."""
        return self.error == "No such file or directory"


class Features(NamedTuple):
    """The Pacemaker that is installed, from ``pacemakerd --features``."""

    version: str
    build: str
    feature_set: str


class Verification(NamedTuple):
    """What ``crm_verify`` found in the CIB."""

    valid: bool
    """False: there are errors. Warnings leave it valid."""
    errors: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()


class Launcher(NamedTuple):
    """What ``crmadmin --pacemakerd`` says."""

    state: str
    """``running``, ``init``, ``starting_daemons``, ``wait_for_ping``, ``shutting_down``, ``shutdown_complete``."""
    origin: str = ""
    """``pacemakerd``, or ``pacemaker-remoted`` on a Pacemaker Remote node."""


Version = Tuple[int, ...]
"""``(3, 1, 7)``."""
