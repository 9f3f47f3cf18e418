"""A geo cluster: two sites, each a cluster of one node, and an arbitrator, with the real booth between them.

One ticket, ``ticketA``, whose lease lasts 12 seconds; p_app runs at the site that has it. At the sites Pacemaker runs
boothd (ocf:pacemaker:booth-site, of Debian's booth-pacemaker).
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Optional

from .cluster import at_once
from .config import Options, corosync_conf
from .furnish import furnish
from .machine import HERE, Machine
from .network import PREFIXES, PUBLIC, Network, address
from .node import Node
from .space import Space
from .waiting import wait_until

TICKET = "ticketA"
NAMES = ("paris", "lyon")
"""Of the clusters."""
ARBITRATOR = 3
EXPIRE = 12

BOOTH_CONF = f"""\
# the same file at all sites
transport = UDP
port = 9929
authfile = /etc/booth/authkey
site = {address(PUBLIC, 1)}
site = {address(PUBLIC, 2)}
arbitrator = {address(PUBLIC, ARBITRATOR)}
ticket = "{TICKET}"
    expire = {EXPIRE}
    timeout = 1
    retries = 3
"""
_CIB = f"""\
<cib crm_feature_set="3.6.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config><cluster_property_set id="cib-bootstrap-options">
      <nvpair id="p1" name="stonith-enabled" value="false"/><nvpair id="p2" name="dc-deadtime" value="1s"/>
    </cluster_property_set></crm_config>
    <nodes/>
    <resources>
      <primitive id="p_booth" class="ocf" provider="pacemaker" type="booth-site">
        <instance_attributes id="p_booth-attributes">
          <nvpair id="p_booth-config" name="config" value="/etc/booth/booth.conf"/>
        </instance_attributes>
        <operations><op id="p_booth-monitor" name="monitor" interval="10s" timeout="20s"/></operations>
      </primitive>
      <primitive id="p_app" class="ocf" provider="pacemaker" type="Dummy">
        <operations><op id="p_app-monitor" name="monitor" interval="10s" timeout="20s"/></operations>
      </primitive>
    </resources>
    <constraints>
      <rsc_ticket id="t_app" rsc="p_app" ticket="{TICKET}" loss-policy="stop"/>
    </constraints>
  </configuration>
  <status/>
</cib>
"""
_WRAPPED = """
set -eu
cat >/usr/lib/booth_netlink.so
mkdir -p /usr/lib/booth
mv /usr/sbin/boothd /usr/lib/booth/boothd
printf '#!/bin/sh\\nLD_PRELOAD=/usr/lib/booth_netlink.so exec /usr/lib/booth/boothd "$@"\\n' >/usr/sbin/boothd
chmod 755 /usr/sbin/boothd
"""


class Site(Node):
    """A cluster of one node."""

    def configure(self, authkey: str) -> None:
        """Write what Corosync, Pacemaker and booth need."""
        super().configure(authkey)
        conf = corosync_conf(self._options).replace("node1", self.name).replace(".1\n", f".{self.number}\n")
        self.write(
            "/etc/corosync/corosync.conf", conf.replace("cluster_name: lab", f"cluster_name: {NAMES[self.number - 1]}")
        )
        self.write("/var/lib/pacemaker/cib/cib.xml", _CIB, mode="600", owner="hacluster:haclient")
        configure_booth(self)

    def runs(self, resource: str) -> bool:
        """Return whether it runs here, as Pacemaker has it."""
        return self.crm_mon().find(f".//resource[@id='{resource}'][@role='Started']") is not None

    def owns(self) -> bool:
        """Return whether the ticket is granted here, as Pacemaker has it."""
        return self.crm_mon().find(f"tickets/ticket[@id='{TICKET}'][@status='granted']") is not None


def configure_booth(machine: Machine) -> None:
    """Give it booth's files, and a booth that runs on this kernel (see agents/booth_netlink.c)."""
    machine.write("/etc/booth/booth.conf", BOOTH_CONF)
    machine.write("/etc/booth/authkey", "a key of the lab\n", mode="600", owner="hacluster:haclient")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "booth_netlink.so")
        source = HERE / "agents" / "booth_netlink.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True, timeout=60)
        target = machine.seen_from_outside("/run/booth_netlink.so")
        Path(target).write_bytes(library.read_bytes())
    machine.must("sh", "-c", f"exec </run/booth_netlink.so; {_WRAPPED}")


class Geo:
    """Both sites and the arbitrator; everything of them is gone after the ``with`` statement."""

    def __init__(self) -> None:
        self.hub = Space(["sh", str(HERE / "hub.sh"), *PREFIXES])
        self.network = Network(self.hub)
        options = Options(nodes=1, links=1)
        self.sites = [Site(number, self.hub, self.network, options) for number in (1, 2)]
        self.arbitrator = Machine("arbitrator", ARBITRATOR, self.hub, self.network, [PUBLIC])

    def __enter__(self) -> Geo:
        try:
            self._start()
        except BaseException:
            self.hub.kill()
            raise
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.hub.kill()

    def cut(self, site: Machine) -> None:
        """Take a site's way to the others away."""
        self.network.cut(site.name, PUBLIC)

    def mend(self, site: Machine) -> None:
        """Give it back."""
        self.network.heal(site.name, PUBLIC)

    def _start(self) -> None:
        machines = [*self.sites, self.arbitrator]
        at_once(lambda machine: machine.boot(), machines)
        at_once(furnish, machines)
        configure_booth(self.arbitrator)
        self.arbitrator.must("install", "-d", "-o", "hacluster", "-g", "haclient", "/run/booth")
        self.arbitrator.spawn("boothd", "daemon", "-S", "-c", "booth")
        at_once(lambda site: site.configure("a" * 256), self.sites)
        at_once(Node.start, self.sites)
        for site in self.sites:
            wait_until(lambda site=site: site.runs("p_booth"), 40, f"booth runs on {site.name}")  # type: ignore[misc]
