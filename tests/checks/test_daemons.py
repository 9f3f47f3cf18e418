"""Do the daemons run, and do they answer? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.checks.daemons.check import CHECK, judge
from check_ha.cluster.fencing.sbd import fences_with_sbd
from check_ha.core.check import Judgement
from check_ha.core.evidence import examine
from check_ha.core.options import Options
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.sources.tools import (
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    CRM_NODE,
    CRMADMIN,
    PACEMAKERD_FEATURES,
    PS,
    PS_EXE,
    QUORUMTOOL,
    Output,
)
from tests.checks.build import Found, found, lines, measured
from tests.core.said import hung, missing, output

CHILDREN = ("based", "fenced", "execd", "attrd", "schedulerd", "controld")
OLD = ("cib", "stonithd", "lrmd", "attrd", "pengine", "crmd")

Row = Tuple[int, int, str, str, str]
HEALTHY: List[Row] = [
    (1, 0, "Ss", "root", "/sbin/init"),
    (74, 1, "SLsl", "root", "corosync -f"),
    (89, 1, "Ss", "root", "/usr/sbin/pacemakerd"),
    *((91 + at, 89, "Ss", "haclust+", f"/usr/lib/pacemaker/pacemaker-{name}") for at, name in enumerate(CHILDREN)),
    (500, 400, "R", "nagios", "ps -e -o pid,ppid,stat,user,etimes,args"),
]


def short(row: Row) -> str:
    """``based`` of ``/usr/lib/pacemaker/pacemaker-based``."""
    return row[4].split()[0].rsplit("/", 1)[-1].replace("pacemaker-", "")


def ps(rows: Optional[List[Row]] = None, *more: Row, without: str = "", age: int = 3600, **states: str) -> Output:
    """The process list, without these and with those; ``corosync="Tsl"`` gives that daemon another state."""
    lines = ["    PID    PPID STAT USER     ELAPSED COMMAND"]
    kept = [row for row in (HEALTHY if rows is None else rows) if short(row) not in without.split()]
    for row in (*kept, *more):
        pid, parent, state, user, args = row
        lines.append(f"{pid:7} {parent:7} {states.get(short(row), state):<4} {user:<8} {age:7} {args}")
    return output(PS, stdout="\n".join(lines) + "\n")


def crm_mon(dc: str = "2.1.5-a3f44794f94", here: str = "3.16.1", more: str = "") -> Output:
    """node1 is the DC."""
    state = (
        'online="true" standby="false" standby_onfail="false" pending="false" unclean="false" shutdown="false" '
        'expected_up="true" resources_running="0" type="member"'
    )
    return output(
        CRM_MON,
        stdout='<pacemaker-result api-version="2.25" request="crm_mon"><summary>'
        f'<current_dc present="true" name="node1" id="1" version="{dc}" with_quorum="true"/></summary><nodes>'
        f'<node name="node1" id="1" is_dc="true" feature_set="{here}" {state}/>'
        f'<node name="node2" id="2" is_dc="false" feature_set="{here}" {state}/></nodes>{more}'
        f'<status code="0" message="OK"/></pacemaker-result>',
    )


def crmadmin(state: str = "running") -> Output:
    return output(
        CRMADMIN, stdout=f'<pacemaker-result><pacemakerd sys_from="pacemakerd" state="{state}"/></pacemaker-result>'
    )


def cibadmin(options: str = "", resources: str = "") -> Output:
    nvpairs = f'<crm_config><cluster_property_set id="o">{options}</cluster_property_set></crm_config>'
    return output(
        CIBADMIN,
        stdout=f'<cib epoch="1" num_updates="0" admin_epoch="0"><configuration>{nvpairs}<nodes/><resources>{resources}'
        "</resources><constraints/></configuration><status/></cib>",
    )


MAP = "nodelist.node.0.nodeid (u32) = 1\nruntime.members.1.status (str) = joined\n"
FEATURES = "Pacemaker {} (Build: a3f44794f94)\n Supporting v{}: ncurses\n"


def exe(corosync: str = "/usr/sbin/corosync", controld: str = "/usr/lib/pacemaker/pacemaker-controld") -> Output:
    others = "".join(f"     {pid} /usr/lib/pacemaker/x\n" for pid in (*range(89, 96), 115, 72, 60, 80, 104))
    return output(
        PS_EXE, stdout=f"    PID EXE\n      1 /sbin/init\n     74 {corosync}\n{others}     96 {controld}\n    500 -\n"
    )


def judged(*given: Output) -> Judgement:
    """What the tools say when all is well, but for those that are given."""
    outputs = {
        PS: ps(),
        CMAPCTL: output(CMAPCTL, stdout=MAP),
        QUORUMTOOL: missing(QUORUMTOOL),
        CRM_MON: crm_mon(),
        CIBADMIN: cibadmin(),
        CRMADMIN: crmadmin(),
        CRM_NODE: output(CRM_NODE, stdout="node1\n"),
        PS_EXE: exe(),
        PACEMAKERD_FEATURES: output(PACEMAKERD_FEATURES, stdout=FEATURES.format("2.1.5", "3.16.1")),
    }
    outputs.update({one.tool: one for one in given})
    evidence = examine(CHECK.readings, outputs)
    judgement = judge(evidence, Options())
    return judgement._replace(findings=(*judgement.findings, *evidence.findings))


def old(parent: int) -> List[Row]:
    """The daemons of Pacemaker 1.1, started by that process."""
    return [(91 + at, parent, "S<", "haclust+", f"/usr/lib/pacemaker/{name}") for at, name in enumerate(OLD)]


PLUGIN = [*HEALTHY[:2], *old(parent=74)]
OF_PLUGIN = output(
    CMAPCTL,
    stdout="service.name=pacemaker\nservice.ver=0\nruntime.totem.pg.mrp.srp.members.1.status=joined\n"
    "runtime.blackbox.dump_state=no\n",
    argv=("/usr/sbin/corosync-objctl",),
)
UNCOUNTED = output(
    QUORUMTOOL,
    stdout="Version:          1.4.8\nNodes:            0\nRing ID:          0\nQuorum type:      (null)\n"
    "Quorate:          Yes\n",
)
NO_CMAP = output(CMAPCTL, 1, stderr="Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n")
NO_MON = output(
    CRM_MON, 102, stdout='<pacemaker-result><status code="102" message="Not connected"/></pacemaker-result>'
)
NO_CIB = output(CIBADMIN, 102, stderr="Could not connect to the CIB: Transport endpoint is not connected\n")
NO_ADMIN = output(CRMADMIN, 102, stderr="Connection refused\n")
NO_NODE = output(CRM_NODE, 102, stderr="error: Could not connect to controller: Connection refused\n")
USAGE = output(CRMADMIN, 64, stderr="crmadmin: Unknown option --output-as=xml\n")
STOPPED = (NO_MON, NO_CIB, NO_ADMIN, NO_NODE)
DENIED_MAP = output(CMAPCTL, 1, stderr="Failed to initialize the cmap API. Error CS_ERR_ACCESS\n")
DENIED = tuple(output(tool, 4, stderr="Permission denied\n") for tool in (CRM_MON, CIBADMIN, CRMADMIN, CRM_NODE))
NO_TOOLS = tuple(map(missing, (CMAPCTL, CRM_MON, CIBADMIN, CRMADMIN, CRM_NODE)))
QDEVICE = output(CMAPCTL, stdout=MAP + "quorum.device.model (str) = net\n")
QDEVICE_ROW = (80, 1, "Ss", "root", "corosync-qdevice -f")
WATCHDOG = cibadmin('<nvpair id="w" name="stonith-watchdog-timeout" value="10s"/>')
SBD_ROW = (60, 1, "SL", "root", "sbd: inquisitor")
QUORUM = output(
    QUORUMTOOL,
    stdout="""Quorum information
------------------
Date:             Mon Nov 23 03:49:46 2026
Quorum provider:  corosync_votequorum
Nodes:            2
Node ID:          1
Ring ID:          1.9
Quorate:          Yes

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      3
Quorum:           2
Flags:            Quorate Qdevice

Membership information
----------------------
    Nodeid      Votes    Qdevice Name
         1          1    A,V,NMW node1 (local)
         2          1    A,V,NMW node2
         0          1            Qdevice
""",
)
EXE_CUT_OFF = "    PID EXE\n      1 /sbin/init\n     74 /usr/sbin/corosync\n"
REMOTE = ps([HEALTHY[0], (72, 1, "Ss", "root", "pacemaker-remoted")])
REMOTE_TOOLS = (NO_CMAP, output(CRMADMIN, 1, stderr="Remote I/O error\n"))
UNREADABLE_HISTORY = crm_mon(more='<fence_history status="102"/>')

MISSING = ("tool-missing", "cibadmin: not installed")
UIDGID = "printf 'uidgid {\\n uid: nagios\\n}\\n' >/etc/corosync/uidgid.d/nagios && corosync-cfgtool -R"
USERMOD = "usermod -aG haclient nagios"

CASES: Dict[str, Tuple[Tuple[Output, ...], Found]] = {
    "ok": ((), []),
    "ok-pacemaker-2.0": ((USAGE,), []),
    "ok-nothing-to-compare-versions-with": ((missing(PS_EXE), missing(PACEMAKERD_FEATURES)), []),
    "ok-qdevice": ((QDEVICE, ps(None, QDEVICE_ROW)), []),
    "ok-sbd": ((WATCHDOG, ps(None, SBD_ROW)), []),
    "ok-uninterruptible-for-a-moment": ((ps(based="Ds"),), []),
    "ok-bundle-beside-the-cluster": ((ps(None, (800, 700, "Ss", "root", "pacemaker-remoted")),), []),
    "crit-corosync-frozen": ((ps(corosync="Tsl"), hung(CMAPCTL)), [
        ("frozen", "corosync (pid 74) is frozen (stopped by a signal) and does not answer "
         "(corosync-cmapctl: no answer within 8 s)"),
    ]),
    "crit-corosync-frozen-and-nobody-may-ask": ((ps(corosync="Tsl"), DENIED_MAP), [
        ("frozen", "corosync (pid 74) is frozen (stopped by a signal)"),
    ]),
    "crit-debugger": ((ps(execd="ts"),), [
        ("frozen", "pacemaker-execd (pid 93) is frozen (held by a debugger)"),
    ]),
    "crit-corosync-hangs": ((hung(CMAPCTL),), [
        ("not-responding", "corosync (pid 74) does not answer (corosync-cmapctl: no answer within 8 s)"),
    ]),
    "crit-based-hangs-on-a-disk": ((ps(based="Ds"), hung(CIBADMIN), hung(CRM_MON)), [
        ("not-responding", "pacemaker-based (pid 91) does not answer (cibadmin: no answer within 8 s): "
         "it waits for a disk (state D)"),
    ]),
    "crit-pacemakerd-frozen": ((ps(pacemakerd="Ts"), hung(CRMADMIN), hung(CRM_MON)), [
        ("frozen", "pacemakerd (pid 89) is frozen (stopped by a signal) and does not answer "
         "(crmadmin: no answer within 8 s)"),
    ]),
    "crit-fencer-hangs": ((hung(CRM_MON),), [
        ("not-responding", "pacemaker-fenced (pid 92) does not answer (crm_mon: no answer within 8 s)"),
    ]),
    "crit-fencer-or-another-hangs": ((hung(CRM_MON), missing(CIBADMIN)), [
        MISSING, ("not-responding", "pacemaker does not answer: crm_mon: no answer within 8 s"),
    ]),
    "crit-controller-hangs": ((hung(CRM_NODE),), [
        ("not-responding", "pacemaker-controld (pid 96) does not answer (crm_node: no answer within 8 s)"),
    ]),
    "crit-hangs-without-process-list": ((missing(PS), hung(CIBADMIN)), [
        ("not-responding", "pacemaker-based does not answer (cibadmin: no answer within 8 s)"),
        ("tool-missing", "ps: not installed"),
    ]),
    "crit-corosync-down": ((ps(without="corosync"), NO_CMAP), [
        ("not-running", "corosync is not running on this node (corosync-cmapctl: cannot connect)"),
    ]),
    "crit-corosync-down-by-process": ((ps(without="corosync"), missing(CMAPCTL)), [
        ("not-running", "corosync is not running on this node (no such process)"),
    ]),
    "ok-corosync-answers-from-a-container": ((ps(without="corosync"),), []),
    "crit-pacemaker-down": ((ps(HEALTHY[:2]), *STOPPED), [
        ("not-running", "pacemaker is not running on this node (cibadmin: cannot connect)"),
    ]),
    "crit-pacemaker-down-by-process": ((ps(HEALTHY[:2]), *NO_TOOLS[1:]), [
        ("not-running", "pacemaker is not running on this node (no such process)"),
    ]),
    "crit-pacemaker-down-without-process-list": ((missing(PS), *STOPPED[:3], missing(CRM_NODE)), [
        ("not-running", "pacemaker is not running on this node (cibadmin: cannot connect)"),
        ("tool-missing", "crm_node: not installed"), ("tool-missing", "ps: not installed"),
    ]),
    "crit-pacemakerd-killed": ((ps(without="pacemakerd"), NO_MON, NO_ADMIN), [
        ("daemon-missing", "pacemakerd is not running, its daemons still are (pacemaker-based, "
         "pacemaker-fenced, pacemaker-execd, pacemaker-attrd, pacemaker-schedulerd, pacemaker-controld): "
         "nobody restarts them"),
    ]),
    "crit-child-missing": ((ps(without="attrd"),), [
        ("daemon-missing", "pacemaker-attrd is not running, though pacemakerd (pid 89) is"),
    ]),
    "crit-children-missing-explain-the-tools": ((ps(without="based controld"), NO_CIB, NO_MON, NO_NODE), [
        ("daemon-missing", "pacemaker-based, pacemaker-controld are not running, though pacemakerd (pid 89) is"),
    ]),
    "crit-zombie": (
        (ps(None, (104, 89, "Z", "haclust+", "[pacemaker-attrd] <defunct>"), without="attrd"),),
        [("daemon-missing", "pacemaker-attrd (ended, a zombie) is not running, though pacemakerd (pid 89) is")],
    ),
    "crit-old-child-missing": (
        (USAGE, ps([*HEALTHY[:3], *((91 + at, 89, "Ss", "haclust+", f"/usr/libexec/pacemaker/{name}")
                                    for at, name in enumerate(OLD) if name != "pengine")])),
        [("daemon-missing", "pengine is not running, though pacemakerd (pid 89) is")],
    ),
    "crit-somebody-elses-process-of-that-name": (
        (ps(None, (900, 1, "S", "joe", "pacemaker-attrd"), without="attrd"),),
        [("daemon-missing", "pacemaker-attrd is not running, though pacemakerd (pid 89) is")],
    ),
    "warn-starting": ((crmadmin("starting_daemons"), ps(without="controld schedulerd attrd"), NO_NODE, NO_MON), [
        ("starting", "pacemaker is starting on this node (pacemakerd: starting_daemons)"),
    ]),
    "warn-stopping": ((crmadmin("shutting_down"), ps(without="controld"), NO_NODE), [
        ("stopping", "pacemaker is shutting down on this node (pacemakerd: shutting_down)"),
    ]),
    "unknown-state": ((crmadmin("dancing"),), [
        ("unreadable", "crmadmin: pacemakerd is in state dancing, which is not known"),
    ]),
    "warn-qdevice-down": ((QDEVICE,), [
        ("qdevice-down", "corosync-qdevice is not running: this node takes no part in the vote of the quorum device"),
    ]),
    "warn-qdevice-frozen": ((QDEVICE, ps(None, (80, 1, "Ts", "root", "corosync-qdevice -f"))), [
        ("qdevice-down", "corosync-qdevice (pid 80) is frozen (stopped by a signal): "
         "this node takes no part in the vote of the quorum device"),
    ]),
    "crit-sbd-down": ((WATCHDOG,), [
        ("sbd-down", "sbd is not running, and the cluster fences with it: this node cannot be fenced"),
    ]),
    "warn-executables-replaced": ((exe("/usr/sbin/corosync (deleted)", "/usr/lib/x (deleted)"),), [
        ("outdated", "corosync, pacemaker-controld run executables that are no longer on the disk"),
    ]),
    "warn-executable-replaced-by-another-version": (
        (exe(controld="/x (deleted)"), output(PACEMAKERD_FEATURES, stdout=FEATURES.format("2.1.6", "3.17.4"))),
        [("outdated", "pacemaker-controld runs an executable that is no longer on the disk "
          "(2.1.5-a3f44794f94 runs, 2.1.6-a3f44794f94 is installed)")],
    ),
    "warn-dc-of-another-version": ((output(PACEMAKERD_FEATURES, stdout=FEATURES.format("2.1.5-2", "3.16.1")),), [
        ("outdated", "pacemaker is not the installed version: 2.1.5-a3f44794f94 runs, 2.1.5-2-a3f44794f94 is "
                     "installed"),
    ]),
    "warn-feature-set": (
        (output(CRM_NODE, stdout="node2\n"), output(PACEMAKERD_FEATURES, stdout=FEATURES.format("2.1.6", "3.17.4"))),
        [("outdated", "pacemaker is not the installed version: "
          "feature set 3.16.1 runs, 3.17.4 (2.1.6-a3f44794f94) is installed")],
    ),
    "ok-dc-elsewhere-of-another-version": ((output(CRM_NODE, stdout="node2\n"), crm_mon(dc="2.1.9-x")), []),
    "ok-feature-set-not-reported": ((output(CRM_NODE, stdout="node2\n"), crm_mon(here="&lt;3.15.1")), []),
    "unknown-user-may-not": ((DENIED_MAP, *DENIED), [
        ("no-permission", f"user nagios may not run corosync-cmapctl; to allow it: {UIDGID}"),
        ("no-permission", f"user nagios may not run cibadmin; to allow it: {USERMOD}"),
    ]),
    "unknown-hidepid": ((ps(HEALTHY[-1:]),), [
        ("unreadable", "ps: ps does not show the processes of other users (/proc is mounted with hidepid)"),
    ]),
    "unknown-connection-refused-by-one-that-runs": ((NO_NODE,), [
        ("unreadable", "crm_node: cannot connect, though pacemaker-controld (pid 96) runs"),
    ]),
    "unknown-fence-history": ((UNREADABLE_HISTORY,), [
        ("unreadable", "crm_mon: pacemaker-fenced did not give it the fence history"),
    ]),
    "unknown-tools-missing": (NO_TOOLS, [
        ("tool-missing", "corosync-cmapctl: not installed"), MISSING, ("tool-missing", "crm_mon: not installed"),
        ("tool-missing", "crm_node: not installed"),
    ]),
    "ok-corosync-1.4-answers-quorumtool": ((missing(CMAPCTL), QUORUM, ps(None, QDEVICE_ROW)), []),
    "warn-qdevice-is-known-to-quorumtool-alone": ((QUORUM,), [
        ("qdevice-down", "corosync-qdevice is not running: this node takes no part in the vote of the quorum device"),
    ]),
    "warn-just-started": ((ps(age=10, without="controld"), USAGE, NO_NODE), [
        ("starting", "pacemaker was started 10s ago on this node and is not ready yet"),
    ]),
    "warn-just-started-and-cannot-connect": ((ps(age=20), USAGE, NO_NODE, NO_MON, NO_CIB), [
        ("starting", "pacemaker was started 20s ago on this node and is not ready yet"),
    ]),
    "crit-not-started-any-more": ((ps(age=11, without="attrd"),), [
        ("daemon-missing", "pacemaker-attrd is not running, though pacemakerd (pid 89) is"),
    ]),
    "ok-just-started-and-all-answer": ((ps(age=1),), []),
    "crit-frozen-just-after-the-start": ((ps(age=1, execd="Ts"),), [
        ("frozen", "pacemaker-execd (pid 93) is frozen (stopped by a signal)"),
    ]),
    "warn-corosync-was-just-started": ((ps(HEALTHY[:2], age=10), *STOPPED), [
        ("starting", "corosync was started 10s ago on this node, pacemaker is not up yet"),
    ]),
    "crit-cluster-node-cut-off-to-a-bundle": (
        (ps([HEALTHY[0], (72, 1, "Ss", "root", "pacemaker-remoted")]),),
        [("daemon-missing", "pacemaker-execd, pacemaker-attrd, pacemaker-schedulerd are not running, "
          "though pacemakerd is")],
    ),
    "ok-corosync-1-starts-them": ((ps(PLUGIN), USAGE, OF_PLUGIN), []),
    "ok-corosync-1-starts-them-by-the-process-list": ((ps(PLUGIN), USAGE, missing(CMAPCTL), UNCOUNTED), []),
    "crit-corosync-1-has-lost-one": ((ps(PLUGIN, without="lrmd"), USAGE, OF_PLUGIN), [
        ("daemon-missing", "lrmd is not running, though corosync (pid 74) is"),
    ]),
    "crit-corosync-1-has-lost-all": ((ps(HEALTHY[:2]), *STOPPED, OF_PLUGIN), [
        ("daemon-missing", "cib, stonithd, lrmd, attrd, pengine, crmd are not running, though corosync (pid 74) is"),
    ]),
    "crit-corosync-1-is-frozen": ((ps(PLUGIN, corosync="TSLsl"), USAGE, hung(CMAPCTL)), [
        ("frozen", "corosync (pid 74) is frozen (stopped by a signal) and does not answer (corosync-cmapctl: no answer "
         "within 8 s)"),
    ]),
    "crit-pacemakerd-killed-1.1": ((ps([*HEALTHY[:2], *old(parent=1)]), USAGE), [
        ("daemon-missing", "pacemakerd is not running, its daemons still are (cib, stonithd, lrmd, attrd, pengine, "
         "crmd): nobody restarts them"),
    ]),
    "unknown-executables-cut-off": ((output(PS_EXE, stdout=EXE_CUT_OFF),), [
        ("unreadable", "ps -o pid,exe: the list is cut off, it lacks pacemakerd (pid 89), pacemaker-based (pid 91), "
         "pacemaker-fenced (pid 92), pacemaker-execd (pid 93), pacemaker-attrd (pid 94), "
         "pacemaker-schedulerd (pid 95), pacemaker-controld (pid 96)"),
    ]),
    "ok-started-between-the-two-lists": ((ps(age=2), output(PS_EXE, stdout=EXE_CUT_OFF)), []),
    "ok-who-may-not-know-what-they-run": ((output(PS_EXE, stdout="    PID EXE\n      1 -\n"),), []),
    "unknown-features-cut-off": (
        (output(PACEMAKERD_FEATURES, stdout="Pacemaker 2.1.5 (Build: a3f44794f94)\n"),),
        [("unreadable", "pacemakerd: pacemakerd --features: no version: Pacemaker 2.1.5 (Build: a3f44794f94)")],
    ),
    "ok-remote": ((REMOTE, *REMOTE_TOOLS), []),
    "crit-remote-frozen": (
        (ps([HEALTHY[0], (72, 1, "Ts", "root", "pacemaker-remoted")]), *REMOTE_TOOLS, hung(CIBADMIN), hung(CRM_MON)),
        [("frozen", "pacemaker-remoted (pid 72) is frozen (stopped by a signal) and does not answer "
          "(cibadmin: no answer within 8 s)")],
    ),
    "crit-remote-unconnected": (
        (REMOTE, *REMOTE_TOOLS, NO_CIB._replace(user="root"), NO_NODE),
        [("remote-unconnected", "pacemaker-remoted (pid 72) runs, and no cluster node is connected to it")],
    ),
    "unknown-remote-user-may-not": ((REMOTE, *REMOTE_TOOLS, DENIED[1]), [
        ("no-permission", f"user nagios may not run cibadmin; to allow it: {USERMOD}"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), list(CASES.values()), ids=list(CASES))
def test_found(given: Tuple[Output, ...], expected: Found) -> None:
    assert found(judged(*given)) == expected


def test_every_condition_is_found_in_a_test() -> None:
    told = {name for _, findings in CASES.values() for name, _ in findings}
    assert {condition.name for condition in CHECK.conditions} <= told


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ((), "corosync, pacemakerd and the 6 daemons that it starts run, all 5 that were asked answer"),
        ((USAGE,), "corosync, pacemakerd and the 6 daemons that it starts run, all 4 that were asked answer"),
        (
            (QDEVICE, ps(None, QDEVICE_ROW)),
            "corosync, corosync-qdevice, pacemakerd and the 6 daemons that it starts run, all 5 that were asked answer",
        ),
        (
            (*NO_TOOLS, missing(PS)),
            "no processes were read; no daemon answered",
        ),
        (
            (missing(PS), missing(CMAPCTL)),
            "no processes were read; pacemakerd, pacemaker-based, pacemaker-fenced, pacemaker-controld answered",
        ),
        (NO_TOOLS, "corosync, pacemakerd and the 6 daemons that it starts run, none could be asked"),
        (
            (ps(corosync="Tsl"), hung(CMAPCTL)),
            "7 of 8 daemons run (without corosync), 4 of 5 that were asked answer",
        ),
        (
            (REMOTE, *REMOTE_TOOLS),
            "a Pacemaker Remote node: pacemaker-remoted (pid 72) runs, a cluster node is connected to it",
        ),
    ],
    ids=[
        "ok",
        "ok-pacemaker-2.0",
        "ok-qdevice",
        "unknown-nothing",
        "unknown-answers-only",
        "unknown-processes-only",
        "crit-frozen",
        "ok-remote",
    ],
)
def test_summary(given: Tuple[Output, ...], summary: str) -> None:
    """Also where it is not told unless a site finds that OK."""
    assert judged(*given).summary == summary


def test_a_version_that_an_acl_hides_is_no_other_version() -> None:
    """Without crm_config there is no dc-version (2.1.5)."""
    assert found(judged(crm_mon(dc=""))) == []


def test_measures() -> None:
    values = measured(judged(ps(corosync="Tsl", without="attrd"), hung(CMAPCTL)))
    assert values == {
        "cluster.daemons.running.count": 6,
        "cluster.daemons.expected.count": 8,
        "cluster.daemons.answering.count": 4,
        "corosync#daemon.running.count": 0,
        "corosync#daemon.answering.count": 0,
        "pacemakerd#daemon.running.count": 1,
        "pacemakerd#daemon.answering.count": 1,
        "pacemaker-based#daemon.running.count": 1,
        "pacemaker-based#daemon.answering.count": 1,
        "pacemaker-fenced#daemon.running.count": 1,
        "pacemaker-fenced#daemon.answering.count": 1,
        "pacemaker-execd#daemon.running.count": 1,
        "pacemaker-attrd#daemon.running.count": 0,
        "pacemaker-schedulerd#daemon.running.count": 1,
        "pacemaker-controld#daemon.running.count": 1,
        "pacemaker-controld#daemon.answering.count": 1,
    }


def test_measures_without_process_list() -> None:
    values = measured(judged(missing(PS), *NO_TOOLS))
    assert values == {"cluster.daemons.expected.count": 8, "cluster.daemons.answering.count": 0}


def test_details() -> None:
    details = lines(judged(ps(corosync="Tsl", without="attrd"), hung(CMAPCTL)))
    assert list(details)[:2] == [
        "corosync: pid 74 in state T, does NOT answer",
        "pacemakerd: pid 89 in state S, answers",
    ]
    assert "pacemaker-attrd: NOT running" in details
    assert "corosync: process not known, answers" in lines(judged(missing(PS)))


def sbd_device(**parameters: str) -> ConfiguredPrimitive:
    return ConfiguredPrimitive("s", "stonith:external/sbd", tuple(parameters.items()))


@pytest.mark.parametrize(
    ("cib", "expected"),
    [
        (Cib(()), False),
        (Cib((), properties=(("stonith-watchdog-timeout", "0"),)), False),
        (Cib((), properties=(("stonith-watchdog-timeout", "-1"),)), True),
        (Cib((), properties=(("fencing-watchdog-timeout", "10s"),)), True),
        (Cib((sbd_device(),)), True),
        (Cib((sbd_device(pcmk_host_list="node1 node2"),)), True),
        (Cib((sbd_device(pcmk_host_list="node2,node3"),)), False),
        (Cib((ConfiguredPrimitive("f", "stonith:fence_ipmilan"),)), False),
    ],
    ids=[
        "nothing",
        "watchdog-off",
        "watchdog",
        "watchdog-3.0",
        "device",
        "device-of-this-node",
        "device-of-others",
        "another-device",
    ],
)
def test_who_needs_sbd(cib: Cib, expected: bool) -> None:
    assert fences_with_sbd(cib, "node1") is expected


def test_arguments_say_nothing_about_the_daemon() -> None:
    """pacemakerd that the check itself has asked for its version is none that runs."""
    asked = (900, 899, "R", "root", "/usr/sbin/pacemakerd --features")
    assert found(judged(ps(HEALTHY[:2], asked), *STOPPED)) == CASES["crit-pacemaker-down"][1]


STEPS: Dict[str, Tuple[Tuple[Output, ...], str]] = {
    "frozen": (
        (ps(corosync="Tsl"), hung(CMAPCTL)),
        "look at crm_mon on another node: if its resources were taken over, reboot this node; else: kill -CONT 74",
    ),
    "held-by-a-debugger": ((ps(execd="ts"),), "end the debugger that holds it"),
    "child-missing": (
        (ps(without="attrd"),),
        "pacemakerd restarts a daemon that ends, until it gives up: journalctl -u pacemaker",
    ),
    "child-of-corosync-1-missing": (
        (ps(PLUGIN, without="attrd"), USAGE, OF_PLUGIN),
        "corosync restarts a daemon that ends, until it gives up",
    ),
    "pacemakerd-killed-1.1": ((ps([*HEALTHY[:2], *old(parent=1)]), USAGE), "service pacemaker restart"),
    "pacemakerd-killed": ((ps(without="pacemakerd"), NO_MON, NO_ADMIN), "systemctl restart pacemaker"),
    "qdevice-down": ((QDEVICE,), "systemctl restart corosync-qdevice"),
    "sbd-down": (
        (WATCHDOG,),
        "sbd only starts with corosync; while all other nodes are online, restart the cluster on this node",
    ),
    "outdated": (
        (exe("/usr/sbin/corosync (deleted)"),),
        "it seems that it was upgraded and not restarted: while all other nodes are online, restart the cluster "
        "software "
        "on this node",
    ),
}


@pytest.mark.parametrize(("given", "step"), STEPS.values(), ids=STEPS)
def test_next_step(given: Tuple[Output, ...], step: str) -> None:
    assert [finding.step for finding in judged(*given).findings] == [step]


def test_subjects() -> None:
    for name, (given, _) in CASES.items():
        for finding in judged(*given).findings:
            assert finding.subjects, name
    (missing_one,) = judged(ps(without="attrd execd")).findings
    assert [one.name for one in missing_one.subjects] == ["pacemaker-execd", "pacemaker-attrd", "pacemakerd"]
