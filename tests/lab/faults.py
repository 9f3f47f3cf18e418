"""Everything that can be broken in the lab, and how it is healed. Each is one method that names its node."""

from __future__ import annotations

from typing import Optional

from .cluster import Cluster
from .network import PUBLIC, VIP


class Faults(Cluster):
    """The faults of a running cluster. All are undone by heal()."""

    # Power and daemons

    def power_cut(self, node: str) -> None:
        """Take the power away from a machine."""
        self.machine(node).power_cut()

    def boot(self, node: str) -> None:
        """Give a node its power back and start its cluster software."""
        self[node].boot()
        self[node].start()

    def stop_pacemaker(self, node: str) -> None:
        """Stop Pacemaker cleanly; Corosync goes on."""
        self[node].stop_pacemaker()

    def stop(self, node: str) -> None:
        """Stop Pacemaker and Corosync cleanly."""
        self[node].stop()

    def start(self, node: str) -> None:
        """Start whatever of Corosync and Pacemaker does not run."""
        self[node].start()

    def freeze(self, node: str, program: str = "corosync") -> None:
        """Stop a program in its tracks (SIGSTOP): corosync, pacemakerd, pacemaker-based, ..."""
        self[node].signal("STOP", program)

    def thaw(self, node: str) -> None:
        """Let every frozen program of a node go on."""
        self[node].run(["sh", "-c", "kill -CONT -1"])

    def kill(self, node: str, program: str) -> None:
        """Kill a program (SIGKILL): corosync, pacemakerd, ..."""
        self[node].signal("KILL", program)

    def stop_qnetd(self) -> None:
        """Stop the quorum device's server."""
        self.machine("qnetd").signal("KILL", "corosync-qnetd")

    # Networks

    def cut(self, node: str, link: Optional[int] = None) -> None:
        """Lose all packets of one of a node's links, or of all of them; the carrier stays."""
        for ring in self.rings(link):
            self.network.cut(self[node].name, ring)

    def unplug(self, node: str, link: Optional[int] = None) -> None:
        """Take the carrier away from one of a node's links, or from all of them."""
        for ring in self.rings(link):
            self.network.unplug(self[node].name, ring)

    def lose_large(self, node: str) -> None:
        """Lose the packets of more than 600 bytes to a node."""
        rules = "add table ip lab; add chain ip lab in { type filter hook input priority 0; }; "
        self[node].must("nft", f"{rules}add rule ip lab in ip length > 600 drop")

    def lose_multicast(self, node: str, link: Optional[int] = None) -> None:
        """Lose the multicast packets to a node on one of its links, or on all of them."""
        for ring in self.rings(link):
            self.network.lose_multicast(self[node].name, ring)

    def reconnect(self, node: str, link: Optional[int] = None) -> None:
        """Undo what was done to one of a node's links, or to all of them."""
        for ring in self.rings(link):
            self.network.heal(self[node].name, ring)

    def unplug_public(self, node: str) -> None:
        """Take the carrier away from the interface of a node that clients reach, which carries the virtual address."""
        self.network.unplug(self[node].name, PUBLIC)

    def switch_off_public(self, node: str) -> None:
        """Switch that interface off, as ``ip link set down`` does."""
        self[node].must("ip", "link", "set", PUBLIC, "down")

    def remove_vip(self, node: str) -> None:
        """Delete the virtual address from a node's interface behind the cluster's back."""
        self[node].must("ip", "address", "del", f"{VIP}/24", "dev", PUBLIC)

    def add_vip(self, node: str) -> None:
        """Add the virtual address to a node's interface behind the cluster's back."""
        self[node].must("ip", "address", "add", f"{VIP}/24", "brd", "+", "dev", PUBLIC)

    # What an admin does

    def standby(self, node: str, on: bool = True) -> None:
        """Put a node in standby."""
        self.admin("crm_attribute", "--node", node, "--name", "standby", "--update", "on" if on else "off")

    def maintenance(self, what: str = "cluster", on: bool = True) -> None:
        """Put a node, a resource or the whole cluster in maintenance."""
        value = "true" if on else "false"
        if what == "cluster":
            self.set_property("maintenance-mode", value)
        elif what in self.nodes:
            self.admin("crm_attribute", "--node", what, "--name", "maintenance", "--update", value)
        else:
            self.set_meta(what, "maintenance", value)

    def set_property(self, name: str, value: str) -> None:
        """Set a cluster property."""
        self.admin("crm_attribute", "--name", name, "--update", value)

    def set_meta(self, resource: str, name: str, value: str) -> None:
        """Set a meta attribute of a resource: target-role, is-managed, ..."""
        self.admin("crm_resource", "-r", resource, "--meta", "--set-parameter", name, "--parameter-value", value)

    def move(self, resource: str, node: Optional[str] = None) -> None:
        """Move a resource to a node (leaves cli-prefer), or just away (leaves cli-ban)."""
        self.admin("crm_resource", "-r", resource, "--move", *(["--node", node] if node else []))

    # Resources and fencing

    def fail(self, resource: str, action: str, how: str = "fail 1", node: Optional[str] = None) -> None:
        """Make an action of p_single or p_app go wrong, on one node or on all that are up.

        ``how`` is ``fail CODE REASON``, ``fail-once CODE REASON``, ``hang`` or ``slow SECONDS``.
        """
        for member in [self[node]] if node else self.up():
            member.turn_knob(resource, action, how)

    def crash(self, resource: str, node: str) -> None:
        """Make p_single or p_app end by itself: its next monitor finds it not running."""
        self[node].must("rm", f"/run/resource-agents/Knob-{resource}")

    def break_fencing(self, how: str = "fail") -> None:
        """Make the fence devices ``fail`` or ``hang`` when they are to switch a node."""
        self.fencing = how
