"""What a check has found, as facts: names, commands and states stand by themselves, and no sentence is taken apart."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.record import NamedTuple


class Subject(NamedTuple):
    """What a finding or a row is about. The same thing is the same subject in every check."""

    kind: str
    """NODE, RESOURCE, ..."""
    name: str


NODE = "node"
RESOURCE = "resource"
"""Of a fence device or a virtual IP as well: it is the id of a resource, without the number of a clone instance."""
LINK = "link"
"""A link or ring, by its number."""
DAEMON = "daemon"
TOOL = "tool"
FILE = "file"
SETTING = "setting"
"""A key of corosync.conf or of the CIB."""
CONSTRAINT = "constraint"
TICKET = "ticket"
LEVEL = "fencing level"
DEVICE = "quorum device"
DISK = "sbd device"
PEER = "peer"
"""A site or an arbitrator of booth."""
DRBD = "DRBD resource"
"""By DRBD's own name; that of Pacemaker is a RESOURCE beside it."""


def nodes(*names: str) -> Tuple[Subject, ...]:
    """Return these nodes as subjects."""
    return tuple(Subject(NODE, name) for name in names)


def resources(*names: str) -> Tuple[Subject, ...]:
    """Return these resources as subjects."""
    return tuple(Subject(RESOURCE, name) for name in names)


Key = Tuple[str, Tuple[Subject, ...]]
"""Condition and subjects of a finding."""


class Finding(NamedTuple):
    """One thing that was found."""

    condition: Condition
    text: str
    """The culprit first, then what is wrong with it."""
    subjects: Tuple[Subject, ...] = ()
    """The culprits first, then each other node and resource that has a part in it."""
    advice: str = ""
    """What to do about it, in words: all of it, or what comes before the command (``once the cause is fixed``)."""
    commands: Tuple[str, ...] = ()
    """What can be typed for that; where there are several, each does it (crmsh, pcs)."""
    joint: str = ""
    """How the first command follows the text, where it stands in the first line as well: ``; to allow it: ``."""
    reason: str = ""
    """Of a tool that failed: why, without its name. What failed for one reason may be told as one."""
    override: Optional[Severity] = None
    """How bad it is to this user, where that is not the default of the condition."""
    check: str = ""
    """Which check has found it; empty for a tool that failed, whatever number of checks needed it."""
    again: bool = False
    """Whether it only repeats what another check has told."""
    cause: Optional[Key] = None
    """What it follows from, which is found as well."""

    @property
    def key(self) -> Key:
        """What tells it from the others of a run."""
        return self.condition.name, self.subjects

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.condition.severity if self.override is None else self.override

    @property
    def line(self) -> str:
        """The text for a first line."""
        return f"{self.text}{self.joint}{self.commands[0]}" if self.joint and self.commands else self.text

    @property
    def step(self) -> str:
        """What to do about it, in one line; empty where nothing is known to help."""
        commands = ", or: ".join(self.commands)
        return f"{self.advice}: {commands}" if self.advice and commands else self.advice or commands


class Row(NamedTuple):
    """One item that was looked at, for -v: what it is and how it is."""

    subject: Subject
    state: str
    label: str = ""
    """How it is called, where that is more than its name: ``p_vip (g_web)``."""

    @property
    def line(self) -> str:
        """``node1: online, DC``."""
        return f"{self.label or self.subject.name}: {self.state}"
