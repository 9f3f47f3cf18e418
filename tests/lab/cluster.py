"""The cluster as a whole: its machines, how to administrate it, and how to make it healthy again."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Iterable, Optional, TypeVar

from .config import MONITOR, QNETD, Options
from .health import HOMES, ailments, without_attributes
from .machine import Machine
from .network import PUBLIC, VIP, Network
from .node import Node
from .space import Space
from .waiting import LabError, wait_until

M = TypeVar("M", bound=Machine)

# So long after Pacemaker has started, a node that still lacks its attributes will not get them any more.
ATTRIBUTE_SECONDS = 15


class Cluster:
    """The machines of one lab."""

    def __init__(self, options: Options, hub: Space) -> None:
        self.options = options
        self.hub = hub
        self.network = Network(hub)
        self.nodes = {f"node{n}": Node(n, hub, self.network, options) for n in range(1, options.nodes + 1)}
        self.mon = Machine("mon", MONITOR, hub, self.network, [PUBLIC])
        self.qnetd = Machine("qnetd", QNETD, hub, self.network, [PUBLIC]) if options.qdevice else None
        self.fencing = "work"
        self._healthy_configuration = ""

    def __getitem__(self, node: str) -> Node:
        try:
            return self.nodes[node]
        except KeyError:
            raise LabError(f"no node {node!r} here, only {', '.join(self.nodes)}") from None

    def machines(self) -> list[Machine]:
        """Return every machine."""
        return [*self.nodes.values(), self.mon, *([self.qnetd] if self.qnetd else [])]

    def machine(self, name: str) -> Machine:
        """Return a machine, which need not be a node."""
        return {machine.name: machine for machine in self.machines()}.get(name) or self[name]

    def up(self) -> list[Node]:
        """Return the nodes that have power."""
        return [node for node in self.nodes.values() if node.powered]

    def rings(self, link: Optional[int]) -> list[str]:
        """Return the network of a link, or those of all links."""
        rings = list(self.options.rings)
        if link is not None and link >= len(rings):
            raise LabError(f"no link {link} here, only {len(rings)}")
        return rings if link is None else [rings[link]]

    def admin(self, *argv: str, stdin: str = "") -> str:
        """Run a command as root on the first node where it succeeds."""
        errors = []
        for node in self.up():
            try:
                return node.must(*argv, stdin=stdin, timeout=10)
            except (LabError, subprocess.TimeoutExpired) as error:
                errors.append(f"{node.name}: {error}")
        raise LabError(" / ".join(errors) or "no node has power")

    def grant_corosync(self, user: str) -> None:
        """Let a user read Corosync's state on every node."""
        for node in self.up():
            node.write(f"/etc/corosync/uidgid.d/{user}", f"uidgid {{\n    uid: {user}\n}}\n")
            node.must("corosync-cfgtool", "-R")

    def grant_pacemaker(self, user: str) -> None:
        """Let a member of haclient read, and not write, the CIB; takes effect with the property enable-acl."""
        role = '<acl_role id="read"><acl_permission id="read-cib" kind="read" xpath="/cib"/></acl_role>'
        acls = f'<acls>{role}<acl_target id="{user}"><role id="read"/></acl_target></acls>'
        self.admin("cibadmin", "--modify", "--allow-create", "--scope=acls", "--xml-pipe", stdin=acls)
        self.remember()

    def grant_sudo(self, user: str, commands: str) -> None:
        """Let a user run commands, a comma separated list as in sudoers, on every node without a password."""
        for node in self.up():
            node.write(f"/etc/sudoers.d/{user}", f"{user} ALL=(root) NOPASSWD: {commands}\n", mode="440")

    def wait_healthy(self, seconds: float = 60) -> None:
        """Wait until every node says that all is well and in its place."""
        wait_until(self._assert_healthy, seconds, "the cluster is healthy")

    def remember(self) -> None:
        """Take the configuration of now as the one that heal() restores."""
        self._healthy_configuration = self._configuration()

    def heal(self, seconds: float = 45) -> None:
        """Undo every fault, and wait until all is well; where that takes so long, all nodes start anew."""
        self.fencing = "work"
        for machine, network in self.network.broken():
            self.network.heal(machine, network)
        self.mon.boot()
        self.start_qnetd()
        try:
            wait_until(self._nurse, seconds, "the cluster is healthy again")
        except LabError:
            # A DC of Pacemaker 2.1.5 may wait for minutes for the answer to a fencing that was lost.
            at_once(Machine.power_cut, self.nodes.values())
            wait_until(self._nurse, 2 * seconds, "the cluster is healthy again after a power cut of all nodes")

    def start_qnetd(self) -> None:
        """Start the quorum device's server, if this lab has one and it does not run."""
        if self.qnetd and not self.qnetd.powered:
            self.qnetd.boot()
        if self.qnetd and "corosync-qnetd" not in self.qnetd.running():
            self.qnetd.must("sh", "-c", "mkdir -p /run/corosync-qnetd && chown coroqnetd: /run/corosync-qnetd")
            self.qnetd.spawn("corosync-qnetd", "-f", "-s", "off", user="coroqnetd")

    def _revive(self, node: Node) -> None:
        node.boot()
        node.run(["sh", "-c", f"rm -rf /run/knob; kill -CONT -1; ip link set {PUBLIC} up; nft flush ruleset"])
        node.start()

    def _restore_configuration(self) -> bool:
        wanted = self._healthy_configuration
        if self._configuration() != wanted:
            self.admin("cibadmin", "--replace", "--scope=configuration", "--xml-pipe", stdin=wanted)
        return True

    def _configuration(self) -> str:
        return self.admin("cibadmin", "--query", "--scope=configuration")

    def _assert_healthy(self) -> bool:
        found = ailments(list(self.nodes.values()), self.options)
        assert not found, "; ".join(found)
        return True

    def _nurse(self) -> bool:
        # What was broken goes on failing until the cluster has calmed down, so all of this is done again and again.
        at_once(self._revive, self.nodes.values())
        view = self.up()[0].crm_mon()
        if view.find("failures/failure") is not None:
            self.admin("crm_resource", "--cleanup")
        if view.find("fence_history/fence_event") is not None:
            self.admin("stonith_admin", "--cleanup", "--history=*")
        if [node.get("name") for node in view.findall(".//resource[@id='p_vip']/node")] == [HOMES["p_vip"]]:
            self._restore_vip()
        self._restore_configuration()
        for name in without_attributes(view):
            if time.monotonic() - self[name].started > ATTRIBUTE_SECONDS:  # it is not just joining
                self[name].power_cut()  # Pacemaker may not stop there
        return self._assert_healthy()

    def _restore_vip(self) -> None:
        for node in self.up():
            at_home = node.name == HOMES["p_vip"]
            if node.has_vip() != at_home:
                verb = "add" if at_home else "del"
                node.run(["ip", "address", verb, f"{VIP}/24", "brd", "+", "dev", PUBLIC])


def at_once(task: Callable[[M], None], machines: Iterable[M]) -> None:
    """Do something to several machines at the same time; raise the first error once all have ended."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(task, machines))
