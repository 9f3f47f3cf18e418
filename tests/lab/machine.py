"""One machine of the lab: a root directory over the host's own or another Debian's, network cards, a power switch."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Mapping, Optional, Sequence

from .debian import OWN, ROOT
from .network import Network
from .space import Space
from .waiting import LabError, wait_until

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent


class Machine:
    """A machine that can be switched on and off, and told to run something."""

    def __init__(self, name: str, number: int, hub: Space, network: Network, networks: Sequence[str]) -> None:
        self.name = name
        self.number = number
        self._hub = hub
        self._network = network
        self._networks = networks
        self._space: Optional[Space] = None
        self._power = threading.RLock()  # the fence device and a test may both reach for the switch
        self._disk = f"/run/disks/{name}"
        layers = f"lowerdir={ROOT},upperdir={self._disk}/upper,workdir={self._disk}/work"
        script = f'mkdir -p "$1/upper" "$1/work" "$1/root" && mount -t overlay {name} -o "{layers}" "$1/root"'
        _succeed(hub.run(["sh", "-c", script, "sh", self._disk]))

    @property
    def space(self) -> Space:
        """Return the running machine's namespaces; raise LabError if it has no power."""
        if self._space is None or not self._space.alive:
            raise LabError(f"{self.name} has no power")
        return self._space

    @property
    def powered(self) -> bool:
        """Tell whether the machine is switched on."""
        return self._space is not None and self._space.alive

    def boot(self) -> None:
        """Switch the machine on, if it is off; it then runs nothing but its process 1."""
        with self._power:
            if not self.powered:
                self.power_cut()
                script = ["sh", str(HERE / "boot.sh"), self.name, self._disk, "/run/share", *_trees()]
                self._space = Space(script, outer=self._hub)
                self._network.attach(self.name, self.number, self._space, self._networks)

    def power_cut(self) -> None:
        """Switch the machine off, without a warning to anything on it."""
        with self._power:
            if self._space is not None:
                self._space.kill()
                self._space = None
                self._network.detach(self.name)

    def run(
        self,
        argv: Sequence[str],
        *,
        user: str = "root",
        timeout: float = 30,
        stdin: str = "",
        env: Optional[Mapping[str, str]] = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command here, whatever its exit status; raise subprocess.TimeoutExpired if it does not end in time."""
        return self.space.run(argv, user=user, timeout=timeout, stdin=stdin, env=env)

    def must(self, *argv: str, stdin: str = "", timeout: float = 30) -> str:
        """Run a command as root, return its output; raise LabError if it fails."""
        return _succeed(self.run(argv, stdin=stdin, timeout=timeout))

    def write(self, path: str, text: str, mode: str = "644", owner: str = "root:root") -> None:
        """Write a file here, making its directory."""
        user, group = owner.split(":")
        self.must("install", "-D", "-m", mode, "-o", user, "-g", group, "/dev/stdin", path, stdin=text)

    def seen_from_outside(self, path: str) -> str:
        """Return the path by which this process reaches a file of a machine that has power."""
        return f"/proc/{self.space.pid}/root{path}"

    def spawn(self, *argv: str, user: str = "root") -> None:
        """Start a daemon that stays in the foreground; what it says goes to /var/log/lab-NAME.log."""
        log = f"/var/log/lab-{Path(argv[0]).name}.log"
        become = [] if user == "root" else ["runuser", "-u", user, "--"]
        script = 'log=$1; shift; exec </dev/null >>"$log" 2>&1; setsid "$@" &'
        self.must("sh", "-c", script, "sh", log, *become, *argv)

    def running(self) -> set[str]:
        """Return the names of the programs that run here."""
        lines = self.must("ps", "-eo", "args=").splitlines()
        # pacemakerd that a check asks for its version is no daemon
        return {Path(line.split()[0]).name for line in lines if line.strip() and not line.endswith(" --features")}

    def signal(self, signal: str, program: str) -> None:
        """Send a signal to every process of a program; raise LabError if it does not run."""
        self.must("pkill", f"-{signal}", "-f", rf"^(\S*/)?{program}( |$)")

    def end(self, program: str, seconds: float = 30) -> None:
        """Ask a program to stop, if it runs, and wait until it has."""
        if program in self.running():
            self.signal("TERM", program)
            wait_until(lambda: program not in self.running(), seconds, f"{program} on {self.name} has stopped")


def _succeed(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode:
        said = f"{done.stdout.strip()} {done.stderr.strip()}".strip()
        raise LabError(f"{' '.join(done.args)}: exit status {done.returncode}: {said}")
    return done.stdout


def _trees() -> list[str]:
    # What a check needs to run on a machine of the lab and the host may keep away from its other users, or on another
    # file system: this checkout, the virtual environment, and the Python that it was made with. Another Debian has
    # its own.
    python = (sys.prefix, sys.base_prefix) if OWN else ()
    trees = sorted({str(CHECKOUT), *python} - {"/usr"})
    return [tree for tree in trees if not any(tree.startswith(f"{other}/") for other in trees)]
