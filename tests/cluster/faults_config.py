"""What an admin leaves behind: constraints, files."""

from __future__ import annotations

from tests.lab import Lab

from .fault import CRITICAL, TWO, WARNING, Fault, Seen

CONF = "/etc/corosync/corosync.conf"


def _edit(lab: Lab, script: str) -> None:
    for node in lab.up():
        node.must("sed", "-i", script, CONF)


def _reload(lab: Lab, script: str) -> None:
    _edit(lab, script)
    lab.admin("corosync-cfgtool", "-R")


FAULTS = (
    Fault("ban-left-behind", TWO, lambda lab: lab.admin("crm_resource", "-r", "p_single", "--ban", "-N", "node1"), ()),
    Fault("move-left-behind", TWO, lambda lab: lab.move("p_single", "node1"), ()),
    Fault("without-two-node", TWO, lambda lab: _reload(lab, "s/two_node: 1/two_node: 0/"), (), undo=lambda lab: _reload(lab, "s/two_node: 0/two_node: 1/")),
    Fault("edited-not-loaded", TWO, lambda lab: _edit(lab, "s/token: 1000/token: 3000/"), (), undo=lambda lab: _edit(lab, "s/token: 3000/token: 1000/")),
    Fault("authkey-readable", TWO, lambda lab: lab["node1"].must("chmod", "644", "/etc/corosync/authkey"), (), undo=lambda lab: lab["node1"].must("chmod", "400", "/etc/corosync/authkey")),
    Fault("corosync-conf-lost", TWO, lambda lab: lab["node2"].must("mv", CONF, CONF + ".old"), (), undo=lambda lab: lab["node2"].must("mv", CONF + ".old", CONF)),
)
