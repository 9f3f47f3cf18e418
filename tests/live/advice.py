"""What the checks advise to type, each with its proof: the case that carries it out, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from tests.lab import Lab, Options
from tests.lab.network import PUBLIC, VIP

from .fault import FENCING, TWO
from .resource_faults import active_twice, fail_once, failed_into_standby, failing_once, start_fails

FOLDER = "/etc/corosync"
CONF = f"{FOLDER}/corosync.conf"
AUTHKEY = f"{FOLDER}/authkey"


def _nothing(lab: Lab) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """Something that breaks, the check that sees it, and what it advises to type."""

    name: str
    inject: Callable[[Lab], object]
    check: str
    commands: Tuple[str, ...]
    """Templates, each of which mends it by itself."""
    on: str = "node1"
    """The node on which the check runs, and the command is typed."""
    cause: Callable[[Lab], object] = _nothing
    """What the advice says before the command: it mends the cause, or makes sure that a node is off."""
    options: Options = TWO
    over: Optional[str] = None
    """The condition that must be gone where something else stays; else the check must be OK."""
    undo: Callable[[Lab], object] = _nothing
    """What heal() does not know of."""


def _no_more_faults(lab: Lab) -> None:
    for node in lab.up():
        node.run(["rm", "-rf", "/run/knob"])


def _banned(lab: Lab) -> None:
    failing_once(lab, "1")


def _stopped_by_hand(lab: Lab) -> None:
    lab["node1"].must("rm", "-f", "/run/resource-agents/Knob-p_single")


def _locations(lab: Lab, ids: str, *attributes: str) -> None:
    for node in ("node1", "node2"):
        words = " ".join((f'id="{ids}-{node}" rsc="p_single" node="{node}" score="-INFINITY"', *attributes))
        xml = f"<rsc_location {words}/>"
        lab.admin("cibadmin", "--create", "--scope=constraints", "--xml-text", xml)


def _banned_from_both(lab: Lab) -> None:
    for node in ("node1", "node2"):
        lab.admin("crm_resource", "-r", "p_single", "--ban", "-N", node)


def _old_ban(lab: Lab) -> None:
    xml = '<rsc_location id="cli-standby-p_single" rsc="p_single" node="node1" score="-INFINITY"/>'
    lab.admin("cibadmin", "--create", "--scope=constraints", "--xml-text", xml)


def _opt_in(lab: Lab) -> None:
    for name in ("g_web", "cl_ping", "ms_db"):
        for node in ("node1", "node2"):
            xml = f'<rsc_location id="in-{name}-{node}" rsc="{name}" node="{node}" score="1"/>'
            lab.admin("cibadmin", "--create", "--scope=constraints", "--xml-text", xml)
    lab.admin("cibadmin", "--delete", "--xml-text", '<rsc_location id="l_single"/>')
    lab.set_property("symmetric-cluster", "false")


def _locked(lab: Lab) -> None:
    lab.set_property("shutdown-lock", "true")
    lab.stop("node2")


def _other_token(lab: Lab) -> None:
    for node in lab.up():
        node.must("sed", "-i", "s/token: 1000/token: 1001/", CONF)


def _same_token(lab: Lab) -> None:
    for node in lab.up():
        node.must("sed", "-i", "s/token: 1001/token: 1000/", CONF)
    lab.admin("corosync-cfgtool", "-R")


def _address_on(lab: Lab, interface: str, prefix: int) -> None:
    lab.remove_vip("node1")
    lab["node1"].must("ip", "address", "add", f"{VIP}/{prefix}", "dev", interface)


def _cannot_be_fenced(lab: Lab) -> None:
    lab.break_fencing("fail")
    lab.power_cut("node2")


def _fencing_failed(lab: Lab) -> None:
    lab.break_fencing("fail")
    lab["node1"].run(["stonith_admin", "--reboot", "node2", "--timeout", "3"])
    lab.break_fencing("work")


def _children_left(lab: Lab) -> None:
    lab.kill("node2", "pacemakerd")


CASES = (
    # resources
    Case(
        "maintenance-mode",
        lambda lab: lab.maintenance("cluster"),
        "resources",
        ("crm_attribute --name maintenance-mode --delete",),
    ),
    Case(
        "stop-all-resources",
        lambda lab: lab.set_property("stop-all-resources", "true"),
        "resources",
        ("crm_attribute --name stop-all-resources --delete",),
    ),
    Case(
        "disabled",
        lambda lab: lab.set_meta("p_single", "target-role", "Stopped"),
        "resources",
        ("crm resource start {}",),
    ),
    Case(
        "member-of-a-group-disabled",
        lambda lab: lab.set_meta("p_app", "target-role", "Stopped"),
        "resources",
        ("crm resource start {}",),
    ),
    Case(
        "unmanaged",
        lambda lab: lab.set_meta("p_single", "is-managed", "false"),
        "resources",
        ("crm resource manage {}",),
    ),
    Case(
        "resource-in-maintenance",
        lambda lab: lab.set_meta("p_single", "maintenance", "true"),
        "resources",
        ("crm_resource --resource {} --meta --delete-parameter {}",),
    ),
    Case(
        "blocked",
        active_twice,
        "resources",
        ("crm_resource --refresh --resource {}",),
        cause=_stopped_by_hand,
    ),
    Case(
        "start-fails",
        start_fails,
        "resources",
        ("crm_resource --cleanup --resource {}",),
        cause=_no_more_faults,
    ),
    Case(
        "banned-from-both",
        _banned_from_both,
        "resources",
        ("crm_resource --clear --resource {}",),
    ),
    Case(
        "constraints",
        lambda lab: _locations(lab, "never"),
        "resources",
        ("crm configure delete {}",),
    ),
    Case(
        "not-allowed-anywhere",
        _opt_in,
        "resources",
        ("crm configure location l-{} {} 0: {}",),
    ),
    Case(
        "shutdown-lock",
        _locked,
        "resources",
        ("crm_resource --refresh --resource {} --node {}",),
        undo=lambda lab: lab.start("node2"),
    ),
    # failed actions, constraints
    Case(
        "failed-once",
        fail_once,
        "failed_actions",
        ("crm_resource --cleanup --resource {}{}",),
    ),
    Case(
        "banned-by-failures",
        _banned,
        "failed_actions",
        ("crm_resource --cleanup --resource {}",),
    ),
    Case(
        "ban",
        lambda lab: lab.admin("crm_resource", "-r", "p_single", "--ban", "-N", "node1"),
        "constraints",
        ("crm_resource --clear --resource {}", "crm resource clear {}"),
    ),
    Case(
        "ban-of-an-old-pacemaker",
        _old_ban,
        "constraints",
        ("cibadmin --delete --xml-text '<rsc_location id=\"{}\"/>'",),
    ),
    # nodes
    Case(
        "standby",
        lambda lab: lab.standby("node2"),
        "nodes",
        ("crm_standby --node {} --delete", "crm node online {}"),
    ),
    Case(
        "node-in-maintenance",
        lambda lab: lab.maintenance("node2"),
        "nodes",
        ("crm_attribute --node {} --name maintenance --delete", "crm node ready {}"),
    ),
    Case(
        "standby-because-of-a-failure",
        failed_into_standby,
        "nodes",
        ("crm_resource --cleanup --node {}",),
    ),
    # the virtual address
    Case(
        "address-deleted",
        lambda lab: lab.remove_vip("node1"),
        "vip",
        ("crm_resource --restart --resource {}",),
    ),
    Case(
        "address-stray",
        lambda lab: lab.add_vip("node2"),
        "vip",
        ("ip addr del {}/{} dev {}",),
        on="node2",
    ),
    Case(
        "address-on-another-interface",
        lambda lab: _address_on(lab, "ring0", 24),
        "vip",
        ("ip addr del {}/{} dev {} && crm_resource --restart --resource {}",),
    ),
    Case(
        "address-with-another-prefix",
        lambda lab: _address_on(lab, PUBLIC, 25),
        "vip",
        ("ip addr del {}/{} dev {} && crm_resource --restart --resource {}",),
    ),
    Case(
        "interface-switched-off",
        lambda lab: lab.switch_off_public("node1"),
        "vip",
        ("ip link set dev {} up",),
    ),
    # daemons, corosync.conf
    Case(
        "frozen",
        lambda lab: lab.freeze("node2", "pacemaker-execd"),
        "daemons",
        ("kill -CONT {}",),
        on="node2",
    ),
    Case(
        "pacemakerd-killed",
        _children_left,
        "daemons",
        ("systemctl restart pacemaker",),
        on="node2",
    ),
    Case(
        "edited-and-not-loaded",
        _other_token,
        "config",
        ("corosync-cfgtool -R",),
        undo=_same_token,
    ),
    Case(
        "authkey-readable",
        lambda lab: lab["node1"].must("chmod", "644", AUTHKEY),
        "config",
        ("chmod 400 {}",),
    ),
    Case(
        "authkey-of-another",
        lambda lab: lab["node1"].must("chown", "nobody", AUTHKEY),
        "config",
        ("chown root:root {}",),
    ),
    Case(
        "folder-writable",
        lambda lab: lab["node1"].must("chmod", "777", FOLDER),
        "config",
        ("chown root {} && chmod go-w {}",),
    ),
    # fencing
    Case(
        "fencing-off",
        lambda lab: lab.set_property("stonith-enabled", "false"),
        "fencing",
        ("crm_attribute --type crm_config --name stonith-enabled --update true",),
        options=FENCING,
    ),
    Case(
        "fence-device-disabled",
        lambda lab: lab.set_meta("st_node2", "target-role", "Stopped"),
        "fencing",
        ("crm_resource --meta --resource {} --set-parameter {} --parameter-value {}",),
        options=FENCING,
    ),
    Case(
        "fencing-failed",
        _fencing_failed,
        "fencing",
        ("stonith_admin --cleanup --history {}",),
        options=FENCING,
    ),
    Case(
        "unclean",
        _cannot_be_fenced,
        "fencing",
        ("stonith_admin --confirm {}",),
        options=FENCING,
        over="fence-failed",
    ),
)

LOOK_UPS = {
    "crm_resource --locate --resource {}": "p_single",
    "crm_resource --why --resource {}": "p_single",
    "crm_simulate --show-scores --live-check": "",
    "crm_simulate --live-check {} --simulate --show-scores": "--node-fail node2",
    "crm_verify -L -V": "",
    "corosync -t": "",
    "cibadmin --query --scope constraints": "",
    "stonith_admin --list {}": "node2",
    "stonith_admin --list-installed": "",
    "cibadmin --query --xpath \"//*[@uname='{}']//nvpair[starts-with(@name,'#health')]\"": "node1",
    "check_ha_quorum": "",
    "check_ha_rings": "",
    "check_ha_daemons": "",
    "crm_mon --one-shot --show-node-attributes": "",
}
"""What changes nothing, with what goes into the template: it must answer."""

ELSEWHERE = {
    "printf '{}' >/etc/corosync/uidgid.d/{} && corosync-cfgtool -R": "test_privileges",
    "usermod -aG haclient {}": "test_privileges",
    "cibadmin -Mc -o acls -X '<acls>{}{}</acls>'": "test_privileges",
    "cibadmin -Mc -o acls -X '<acls>{}</acls>' && {}": "test_acl_roles",
    'cibadmin -R -o acls -X \'<acl_target id="{}"><role id="check_ha"/></acl_target>\'': "test_acl_roles",
    "check_ha_setup --user {}": "test_privileges",
    "check_ha_split_brain {}": "test_split_brain",
    "booth grant {}": "test_tickets",
    "booth list -s {}": "test_tickets",
    "crm_ticket --ticket {} --activate": "test_tickets",
    "crm_ticket --ticket {} --standby": "test_tickets",
    "ping -c 1 {}": "test_attributes",
    "crm_resource --force-check --resource {}": "test_attributes",
    "crm_attribute --name node-health-strategy --update migrate-on-red": "test_attributes",
    "crm_attribute --node {} --name '{}' --lifetime reboot --delete": "test_attributes",
    "crm_attribute --node {} --name '{}' --delete": "test_attributes",
    "sbd {} allocate {}": "test_sbd",
    "sbd {} message {} clear": "test_sbd",
    "crm_attribute --type crm_config --name stonith-timeout --update {}s": "test_sbd",
}
"""What another module carries out, and which."""

_PCS = "what pcs does is what crmsh does beside it: the cluster of the tests is administrated with crmsh"
_SYSTEMD = "there is no systemd in the lab"
_OLD = "of hosts that are older than the lab"
NOT_CARRIED_OUT = {
    "printf '{}' >/etc/corosync/uidgid.d/{}": "of corosync 1; the same as with corosync-cfgtool -R behind it",
    "pcs cluster start": _PCS,
    "pcs constraint delete {}": _PCS,
    "pcs constraint location {} prefers {}=0": _PCS,
    "pcs node unmaintenance {}": _PCS,
    "pcs node unstandby {}": _PCS,
    "pcs resource clear {}": _PCS,
    "pcs resource enable {}": _PCS,
    "pcs resource manage {}": _PCS,
    "crm cluster start": _SYSTEMD,
    "systemctl restart corosync-qdevice": _SYSTEMD,
    "systemctl stop pacemaker corosync": _SYSTEMD,
    "systemctl status corosync pacemaker": _SYSTEMD,
    "journalctl -u pacemaker": _SYSTEMD,
    "crm_attribute --type crm_config --name stonith-watchdog-timeout --update {}s": "Pacemaker ends itself with it on "
    "a node where sbd does not run, and in the lab it does not",
    "service pacemaker restart": _OLD,
    "service pacemaker stop; service corosync stop": _OLD,
    "corosync-cfgtool -r": "of corosync 1 and 2: later ones have no ring that stays FAULTY",
    "scp -p {}:{} {}/": "there is no ssh in the lab",
    "chmod 600 {}": "of a totem.key in corosync.conf; the same as chmod 400 of authkey",
    "SAPHanaSR-showAttr": "SAP HANA cannot be had here",
    "psql -c 'select * from pg_stat_replication'": "of a database that the lab has not",
    "mysql -e 'show slave status\\G'": "of a database that the lab has not",
    "crm_resource --refresh": "of more than three resources that are active twice",
    "crm_ticket --info": "booth runs on three sites",
    "crm_ticket --ticket {} --revoke --force": "in the words before crm_ticket --standby; it was done on the CIB of "
    "a recorded site (CIB_file), where crm_simulate has p_app stopped by either",
    **dict.fromkeys(
        (
            "drbdadm adjust {}",
            "drbdadm attach {}",
            "drbdadm connect {}",
            "drbdadm disconnect {} && drbdadm connect {}",
            "drbdadm resume-io {}",
            "drbdadm resume-sync {}",
            "drbdadm secondary {}",
        ),
        "the kernel module of DRBD cannot be had; drbdadm(8) of drbd-utils 9.22",
    ),
    "crm_node --force --remove {}": "remote nodes are no part of the lab",
    "crm_resource --resource {} --meta --delete-parameter is-managed": "of a lost node, or a remote one",
}
"""Why nobody carries it out here."""
