"""The daemons of a node, told two ways: by the process list, and by the tool that each of them answers.

Which daemon keeps which tool waiting, found by stopping one after the other (Pacemaker 2.1.5, corosync 3.1.7)::

    corosync              corosync-cmapctl, and no tool of Pacemaker
    pacemakerd            crmadmin --pacemakerd, crm_mon
    pacemaker-based       cibadmin, crm_mon, crm_verify
    pacemaker-fenced      crm_mon
    pacemaker-controld    crm_node -n
    pacemaker-execd, pacemaker-attrd, pacemaker-schedulerd      none of these
"""

from __future__ import annotations

import re
from typing import List, Mapping, Optional, Sequence, Tuple

from check_ha.model.corosync import CorosyncMap
from check_ha.model.node import Features, Process, Processes
from check_ha.record import NamedTuple

COROSYNC, QDEVICE, SBD = "corosync", "corosync-qdevice", "sbd"
PACEMAKERD = "pacemakerd"
_REMOTED = ("pacemaker-remoted", "pacemaker_remoted")
BASED, FENCED, CONTROLD = "pacemaker-based", "pacemaker-fenced", "pacemaker-controld"
CHILDREN = (BASED, FENCED, "pacemaker-execd", "pacemaker-attrd", "pacemaker-schedulerd", CONTROLD)
OLD_CHILDREN = ("cib", "stonithd", "lrmd", "attrd", "pengine", "crmd")
"""The same six until 1.1."""
STOPPED, TRACED = "stopped by a signal", "held by a debugger"
_MODERN = dict(zip(OLD_CHILDREN, CHILDREN))


class Daemon(NamedTuple):
    """One daemon that should run on this node."""

    name: str
    processes: Optional[Tuple[Process, ...]]
    """Those that have not ended; ``None``: the process list is not known."""
    answers: Optional[bool] = None
    """``None``: nobody could be asked, or it is none that can be."""
    zombie: bool = False
    """Whether one has ended, and its parent has not noticed."""

    @property
    def modern(self) -> str:
        """Its name since Pacemaker 2.0."""
        return _MODERN.get(self.name, self.name)

    @property
    def pids(self) -> str:
        """``36``."""
        return " ".join(str(process.pid) for process in self.processes or ())

    @property
    def seconds(self) -> Optional[int]:
        """How long ago it was started; ``None``: not known, or it does not run."""
        known = [process.seconds for process in self.processes or () if process.seconds is not None]
        return max(known, default=None)

    @property
    def label(self) -> str:
        """``corosync (pid 36)``."""
        return f"{self.name} (pid {self.pids})" if self.processes else self.name

    @property
    def missing(self) -> bool:
        """Whether there is no such process; one that answers is there, whatever ``ps`` shows."""
        return self.processes == () and not self.answers

    @property
    def frozen(self) -> str:
        """What holds it in its tracks; empty: nothing does."""
        states = {process.state for process in self.processes or ()}
        return STOPPED if "T" in states else TRACED if "t" in states else ""

    @property
    def stuck(self) -> bool:
        """Whether it waits in the kernel, at the moment of the list: that means nothing unless it also hangs."""
        return any(process.state == "D" for process in self.processes or ())

    @property
    def runs(self) -> bool:
        """Whether it does its work, as far as can be told."""
        return not self.missing and not self.frozen and self.answers is not False


class DaemonProcesses(NamedTuple):
    """The processes of the cluster's daemons on this node."""

    processes: Optional[Processes]

    def alive(self, name: str) -> Tuple[Process, ...]:
        """Return the daemons of that name; a process of an ordinary user that is called so is none."""
        return tuple(process for process in self._named(name) if process.state not in "ZX")

    def ended(self, name: str) -> bool:
        """Return whether one of that name is a zombie."""
        return any(process.state in "ZX" for process in self._named(name))

    def _named(self, name: str) -> Tuple[Process, ...]:
        return tuple(one for one in self.processes.named(name) if _daemons_user(one.user)) if self.processes else ()

    @property
    def remoted(self) -> str:
        """The daemon of a Pacemaker Remote node; empty: this is none. A cluster node may run the same in a bundle."""
        if self.alive(COROSYNC) or self.alive(PACEMAKERD):
            return ""
        return next((name for name in _REMOTED if self.alive(name)), "")

    def launcher(self, cmap: Optional[CorosyncMap]) -> str:
        """Return what starts Pacemaker's daemons: with the plugin of corosync 1 in ver: 0 that is corosync itself."""
        if self.alive(PACEMAKERD):
            return PACEMAKERD
        versions = [cmap.values.get(f"{key[:-5]}.ver") for key in _pacemaker_services(cmap)] if cmap else []
        return COROSYNC if "0" in versions or self._started_by(COROSYNC, OLD_CHILDREN) else PACEMAKERD

    def _started_by(self, launcher: str, names: Sequence[str]) -> bool:
        """Return whether a daemon of these names is a child of that one."""
        pids = {process.pid for process in self.alive(launcher)}
        return any(process.parent in pids for name in names for process in self.alive(name))

    def child_names(self, launcher: str, installed: Optional[Features]) -> Tuple[str, ...]:
        """Return what the daemons are called that this one starts, or would start."""
        old = launcher == COROSYNC or self._started_by(launcher, OLD_CHILDREN)
        stopped = (
            installed is not None and installed.version.startswith("1.") and not self._started_by(launcher, CHILDREN)
        )
        return OLD_CHILDREN if old or stopped else CHILDREN

    def daemon(self, name: str, answers: Mapping[str, Optional[bool]]) -> Daemon:
        """Return that daemon, with its answer by its modern name."""
        processes = None if self.processes is None else self.alive(name)
        return Daemon(name, processes, answers.get(_MODERN.get(name, name)), self.ended(name))

    def orphans(self) -> List[str]:
        """Return the children of pacemakerd that outlived it."""
        names = (*CHILDREN, *OLD_CHILDREN)
        return [name for name in names if self.alive(name)] if not self.alive(PACEMAKERD) else []


def _pacemaker_services(cmap: CorosyncMap) -> List[str]:
    """Return the keys ``service.0.name`` of the sections of corosync.conf that load Pacemaker."""
    return [
        key
        for key, value in cmap.values.items()
        if re.fullmatch(r"service\.[0-9]+\.name", key) and value == "pacemaker"
    ]


def _daemons_user(user: str) -> bool:
    """Return whether it is root, hacluster (``haclust+``), or the number of a user whose name ps does not find."""
    return user == "root" or user.startswith("haclust") or user.isdigit()
