"""A machine that is a node of the cluster: its daemons, its knobs, what it says about the cluster."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

from .cib import cib_xml
from .config import Options, corosync_conf
from .machine import Machine
from .network import PUBLIC, VIP, Network
from .space import Space
from .waiting import LabError, wait_until

PACEMAKER = "/usr/lib/pacemaker/"
SUBDAEMONS = {f"pacemaker-{name}" for name in ("based", "fenced", "execd", "attrd", "schedulerd", "controld")}


class Node(Machine):
    """One node of the cluster."""

    def __init__(self, number: int, hub: Space, network: Network, options: Options) -> None:
        super().__init__(f"node{number}", number, hub, network, [PUBLIC, *options.rings])
        self.started = 0.0  # when Pacemaker was started last
        self._options = options

    def configure(self, authkey: str) -> None:
        """Write what Corosync and Pacemaker need to start for the first time."""
        self.write("/etc/corosync/corosync.conf", corosync_conf(self._options))
        self.write("/etc/corosync/authkey", authkey, mode="400")
        self.must("sh", "-c", "rm -rf /var/lib/pacemaker/cib/* /var/lib/corosync/*; mkdir -p /var/log/corosync")
        self.write("/var/lib/pacemaker/cib/cib.xml", cib_xml(self._options), mode="600", owner="hacluster:haclient")

    def start_corosync(self) -> None:
        """Start corosync, and the quorum device's daemon if there is one, and wait until it answers."""
        if "corosync" not in self.running():
            self.spawn("corosync", "-f")
        wait_until(self._corosync_answers, 20, f"corosync answers on {self.name}")
        if self._options.qdevice and "corosync-qdevice" not in self.running():
            self.spawn("corosync-qdevice", "-f")

    def start_pacemaker(self) -> None:
        """Start Pacemaker; it joins the cluster some seconds later."""
        if "pacemakerd" not in self.running():
            self.spawn("pacemakerd", "-f")
            self.started = time.monotonic()

    def start(self) -> None:
        """Start all that does not run yet; also what an earlier crash has left behind without its parent."""
        with self._power:
            if "corosync" not in self.running():
                self.run(["pkill", "-KILL", "-f", f"pacemakerd|{PACEMAKER}"])
                wait_until(lambda: not self._pacemaker_runs(), 10, f"what was left of pacemaker is gone on {self.name}")
            self.start_corosync()
            self.start_pacemaker()

    def stop_pacemaker(self) -> None:
        """Stop Pacemaker as an admin does: its resources move away first."""
        self.end("pacemakerd", 60)
        wait_until(lambda: not self._pacemaker_runs(), 10, f"pacemaker has stopped on {self.name}")

    def stop(self) -> None:
        """Stop Pacemaker, then Corosync."""
        self.stop_pacemaker()
        self.end("corosync-qdevice")
        self.end("corosync")

    def crm_mon(self) -> ET.Element:
        """Return the cluster's state as this node sees it; raise LabError if it cannot say."""
        done = self.run(["crm_mon", "--output-as=xml"], timeout=5)
        if done.returncode or "<nodes>" not in done.stdout:
            raise LabError(f"crm_mon on {self.name}: exit status {done.returncode}: {done.stdout[-300:]}{done.stderr}")
        return ET.fromstring(done.stdout)

    def has_vip(self) -> bool:
        """Tell whether the virtual address is on this node's interface, whatever the cluster believes."""
        return f" {VIP}/" in self.must("ip", "-o", "address", "show", "dev", PUBLIC)

    def turn_knob(self, resource: str, action: str, what: str) -> None:
        """Make an action of an ocf:lab:Knob resource do something else here; see the agent for the words."""
        self.write(f"/run/knob/{resource}/{action}", what + "\n")

    def _corosync_answers(self) -> bool:
        done = self.run(["corosync-cfgtool", "-s"], timeout=5)
        log = self.run(["tail", "/var/log/lab-corosync.log"]).stdout
        assert done.returncode == 0, f"{done.stdout}{done.stderr}{log}"
        return True

    def _pacemaker_runs(self) -> bool:
        return bool(self.running() & (SUBDAEMONS | {"pacemakerd"}))
