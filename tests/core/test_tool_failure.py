"""Why a tool has nothing to say, and what that proves: the words of each version, each with its finding."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

import pytest

from check_ha.core.condition import Severity
from check_ha.core.failed_tools import findings_of
from check_ha.core.ranking import together
from check_ha.core.tool_failure import ToolFailure, failure_of, in_doubt
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import (
    BROKEN,
    CFGTOOL,
    CFGTOOL_NODES,
    CIBADMIN,
    CMAPCTL,
    COROSYNC_CONF,
    CRM_MON,
    CRM_VERIFY,
    FLOODED,
    HUNG,
    IP_ADDR,
    MISSING,
    QUORUMTOOL,
    Output,
)
from tests.core.said import at_work, hung, missing, output, processes, with_sudo

# As a shell reads it.
UIDGID = "printf 'uidgid {\\n uid: nagios\\n}\\n' >/etc/corosync/uidgid.d/nagios && corosync-cfgtool -R"
UIDGID_1 = "; to allow it once corosync is restarted (--sudo needs no restart): " + UIDGID.partition(" && ")[0]
DOWN_OR_DENIED = "Cannot initialize CMAP service\n"
NOT_CONNECTED = "crm_mon: Error: cluster is not available on this node\n"


def findings(
    *outputs: Output, ps: Optional[Output] = None, error: Optional[ParseError] = None
) -> List[Tuple[str, str]]:
    failures = [failure for failure in (failure_of(one, error) for one in outputs) if failure]
    return [(finding.condition.name, finding.line) for finding in findings_of(failures, ps)]


ONE_TOOL: Dict[str, Tuple[Output, Tuple[str, str]]] = {
    "unknown-not-installed": (missing(CRM_MON), ("tool-missing", "crm_mon: not installed")),
    "unknown-not-recorded": (
        output(CRM_MON, None, stderr="not in this recording", fault=MISSING),
        ("tool-missing", "crm_mon: not in this recording"),
    ),
    "crit-hung-pacemaker": (
        hung(CRM_MON), ("not-responding", "pacemaker does not answer: crm_mon: no answer within 8 s"),
    ),
    "crit-hung-corosync": (
        hung(CFGTOOL), ("not-responding", "corosync does not answer: corosync-cfgtool -s: no answer within 8 s"),
    ),
    "crit-hung-without-a-daemon-behind-it": (hung(IP_ADDR), ("not-responding", "ip: no answer within 8 s")),
    "unknown-at-work": (
        at_work(CRM_MON),
        ("not-finished", "crm_mon: still at work after 8 s and not hung, as on a large cluster or a busy node; "
         "-t 24 gives it more time"),
    ),
    "crit-hung-with-little-work": (
        output(CRM_MON, None, fault=HUNG, worked=0.7),
        ("not-responding", "pacemaker does not answer: crm_mon: no answer within 8 s"),
    ),
    "unknown-flooded": (output(CRM_MON, None, fault=FLOODED), ("unreadable", "crm_mon: printed more than 32 MB")),
    "unknown-not-a-program": (
        output(IP_ADDR, None, stderr="Exec format error", fault=BROKEN),
        ("unreadable", "ip: could not be started: Exec format error"),
    ),
    "unknown-killed": (output(CRM_MON, -9), ("unreadable", "crm_mon: was killed by signal 9")),
    "unknown-exit-and-its-words": (
        output(CRM_MON, 78, stderr="\n  \nInvalid configuration  \nmore"),
        ("unreadable", "crm_mon: exit 78, Invalid configuration"),
    ),
    "unknown-exit-and-its-words-on-stdout": (
        output(CRM_MON, 1, stdout="Reading failed\n"), ("unreadable", "crm_mon: exit 1, Reading failed"),
    ),
    "unknown-exit-without-words": (output(CRM_MON, 1), ("unreadable", "crm_mon: exit 1, no output")),
    "unknown-usage": (
        output(CRM_MON, 64, stderr="crm_mon: unrecognized option '--inactive'"),
        ("unreadable", "crm_mon: exit 64, crm_mon: unrecognized option '--inactive'"),
    ),
    "crit-corosync-down-cfgtool": (
        output(CFGTOOL, 1, stderr="Could not initialize corosync configuration API error 2"),
        ("not-running", "corosync is not running on this node (corosync-cfgtool -s: cannot connect)"),
    ),
    "crit-corosync-down-cmapctl": (
        output(CMAPCTL, 1, stderr="Failed to initialize the cmap API. Error CS_ERR_LIBRARY"),
        ("not-running", "corosync is not running on this node (corosync-cmapctl: cannot connect)"),
    ),
    "crit-pacemaker-down-and-it-says-so": (
        output(CRM_MON, 102, stderr="crm_mon: Connection to cluster failed: Connection refused"),
        ("not-running", "pacemaker is not running on this node (crm_mon: cannot connect)"),
    ),
    "unknown-pacemaker-down-or-denied": (
        output(CRM_MON, 102, stderr=NOT_CONNECTED),
        ("unreadable", "crm_mon: cannot connect: pacemaker is down, or user nagios may not ask it"),
    ),
    "unknown-pacemaker-1.1-down-or-denied": (
        output(CRM_MON, 107, stdout="\nError: cluster is not available on this node\n"),
        ("unreadable", "crm_mon: cannot connect: pacemaker is down, or user nagios may not ask it"),
    ),
    "crit-pacemaker-down-for-root": (
        output(CRM_MON, 102, stderr=NOT_CONNECTED, user="root"),
        ("not-running", "pacemaker is not running on this node (crm_mon: cannot connect)"),
    ),
    "crit-pacemaker-timed-out-by-itself": (
        output(CRM_MON, 124, stderr="crm_mon: Error: Timeout occurred"),
        ("not-responding", "pacemaker does not answer: crm_mon: timed out"),
    ),
    "unknown-denied-pacemaker": (
        output(CRM_MON, 4, stderr="crm_mon: Error: Insufficient privileges"),
        ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
    ),
    "unknown-denied-pacemaker-1.1": (
        output(CIBADMIN, 13, stderr="Call failed"),
        ("no-permission", "user nagios may not run cibadmin; to allow it: usermod -aG haclient nagios"),
    ),
    "unknown-denied-corosync": (
        output(CFGTOOL, 1, stderr="Could not initialize corosync configuration API error 11"),
        ("no-permission", f"user nagios may not run corosync-cfgtool -s; to allow it: {UIDGID}"),
    ),
    "unknown-denied-cmapctl": (
        output(CMAPCTL, 1, stderr="Failed to initialize the cmap API. Error CS_ERR_ACCESS"),
        ("no-permission", f"user nagios may not run corosync-cmapctl; to allow it: {UIDGID}"),
    ),
    "unknown-denied-corosync-1": (
        output(CFGTOOL, 1, stderr="Could not initialize corosync configuration API error 100"),
        ("no-permission", f"user nagios may not run corosync-cfgtool -s{UIDGID_1}"),
    ),
    "unknown-denied-objctl": (
        output(CMAPCTL, 1, stderr="Could not initialize objdb library. Error 100", argv=("/usr/sbin/corosync-objctl",)),
        ("no-permission", f"user nagios may not run corosync-objctl{UIDGID_1}"),
    ),
    "unknown-denied-by-the-file-system": (
        output(COROSYNC_CONF, 1, stderr="cat: /etc/corosync/corosync.conf: Permission denied"),
        ("no-permission",
         "user nagios may not run cat /etc/corosync/corosync.conf; to allow it: run it as root or with --sudo"),
    ),
    "unknown-denied-by-sudo": (
        with_sudo(CRM_MON, stderr="sudo: a password is required"),
        (
            "no-permission",
            "sudo refuses crm_mon; to allow it: check_ha_setup --user nagios",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "finding"), ONE_TOOL.values(), ids=ONE_TOOL)
def test_one_tool(said: Output, finding: Tuple[str, str]) -> None:
    assert findings(said) == [finding]


DENIED = output(CRM_MON, 4, stderr="crm_mon: Error: Insufficient privileges")
EITHER = output(QUORUMTOOL, 1, stderr=DOWN_OR_DENIED)
PACEMAKER_EITHER = output(CRM_MON, 102, stderr=NOT_CONNECTED)
NOT_RUNNING = ("not-running", "corosync is not running on this node (corosync-quorumtool -s: cannot connect)")
REFUSED = ("no-permission", f"user nagios may not run corosync-quorumtool -s; to allow it: {UIDGID}")
BUSY = output(CFGTOOL, 1, stderr="Could not initialize corosync configuration API error 6\n")
DOUBT = (
    "unreadable", "corosync-quorumtool -s: cannot connect: corosync is down, or user nagios may not ask it",
)  # fmt: skip
REMOTE = (
    "remote-node", "this is a Pacemaker Remote node, without corosync: run this check on a cluster node",
)  # fmt: skip

SETTLED: Dict[str, Tuple[Sequence[Output], Optional[Output], List[Tuple[str, str]]]] = {
    "unknown-no-process-list": ([EITHER], None, [DOUBT]),
    "unknown-process-list-failed": ([EITHER], output(processes().tool, 1), [DOUBT]),
    "unknown-processes-are-hidden": ([EITHER], processes(first=False), [DOUBT]),
    "unknown-processes-are-hidden-and-one-is-mine": ([EITHER], processes("corosync", first=False), [DOUBT]),
    "unknown-process-list-is-empty": ([EITHER], output(processes().tool), [DOUBT]),
    "crit-no-such-process": ([EITHER], processes("pacemakerd", "sshd: corosync"), [NOT_RUNNING]),
    "crit-only-mentioned": ([EITHER], processes("vi /etc/corosync/corosync.conf", "corosync-qdevice"), [NOT_RUNNING]),
    "crit-defunct": ([EITHER], processes("[corosync] <defunct>"), [NOT_RUNNING]),
    "crit-process-of-somebody-else": ([EITHER], processes("corosync -f", user="nagios"), [NOT_RUNNING]),
    "unknown-runs-so-the-user-is-refused": ([EITHER], processes("/usr/sbin/corosync -f"), [REFUSED]),
    "crit-runs-and-even-root-cannot-connect": (
        [EITHER._replace(user="root")], processes("corosync -f"), [NOT_RUNNING],
    ),
    "crit-runs-and-sudo-cannot-connect": ([with_sudo(QUORUMTOOL, stderr=DOWN_OR_DENIED)], processes("corosync"), [
        NOT_RUNNING,
    ]),
    "unknown-another-tool-is-refused": (
        [EITHER, output(CFGTOOL, 1, stderr="API error 11")], None,
        [("no-permission",
          f"user nagios may not run corosync-quorumtool -s, corosync-cfgtool -s; to allow it: {UIDGID}")],
    ),
    "crit-another-tool-says-it-is-down": (
        [EITHER, output(CFGTOOL, 1, stderr="API error 2")], None,
        [("not-running",
          "corosync is not running on this node (corosync-quorumtool -s, corosync-cfgtool -s: cannot connect)")],
    ),
    "unknown-a-tool-of-the-other-family-settles-nothing": ([EITHER, DENIED], None, [
        DOUBT, ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
    ]),
    "crit-corosync-1-is-down": ([BUSY], processes("sshd"), [
        ("not-running", "corosync is not running on this node (corosync-cfgtool -s: cannot connect)"),
    ]),
    "unknown-corosync-is-busy": ([BUSY._replace(user="root")], processes("corosync -f"), [
        ("unreadable", "corosync-cfgtool -s: cannot connect, it says to try again"),
    ]),
    "unknown-corosync-is-busy-or-down": ([BUSY], None, [
        ("unreadable", "corosync-cfgtool -s: cannot connect, it says to try again"),
    ]),
    "unknown-pacemaker-of-the-plugin-runs-so-the-user-is-refused": ([PACEMAKER_EITHER], processes("corosync", "lrmd"), [
        ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
    ]),
    "unknown-remote-node": ([EITHER], processes("/usr/sbin/pacemaker-remoted"), [REMOTE]),
    "unknown-remote-node-of-1.1": ([EITHER], processes("/usr/sbin/pacemaker_remoted"), [REMOTE]),
    "unknown-remote-node-and-the-tool-is-sure-of-being-down": (
        [output(CFGTOOL, 1, stderr="API error 2")], processes("pacemaker-remoted"), [REMOTE],
    ),
    "unknown-both-run": ([EITHER], processes("pacemaker-remoted", "corosync"), [REFUSED]),
    "crit-pacemaker-down": ([PACEMAKER_EITHER], processes("corosync"), [
        ("not-running", "pacemaker is not running on this node (crm_mon: cannot connect)"),
    ]),
    "unknown-pacemaker-runs-so-the-user-is-refused": ([PACEMAKER_EITHER], processes("pacemakerd -f"), [
        ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
    ]),
    "unknown-refused-on-a-remote-node": ([PACEMAKER_EITHER], processes("pacemaker-remoted"), [
        ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("said", "ps", "expected"), SETTLED.values(), ids=SETTLED)
def test_what_one_tool_leaves_open(
    said: Sequence[Output], ps: Optional[Output], expected: List[Tuple[str, str]]
) -> None:
    assert findings(*said, ps=ps) == expected


STEP = "see why it does not run (stopped on purpose, failed, not started at boot) before you start it"
STEPS: Dict[str, Tuple[Tuple[Output, ...], Optional[Output], str, str]] = {
    "crit-both-are-one": (
        (output(CFGTOOL, 1, stderr="API error 2"), output(CRM_MON, 102)), processes("systemd-journald"),
        "corosync and pacemaker are not running on this node (corosync-cfgtool -s, crm_mon: cannot connect)",
        f"{STEP}: systemctl status corosync pacemaker",
    ),
    "crit-as-root-and-no-process-list": (
        (output(CRM_MON, 102, user="root"),), None, "pacemaker is not running on this node (crm_mon: cannot connect)",
        f"{STEP}: systemctl status corosync pacemaker",
    ),
    "crit-without-systemd": (
        (output(CRM_MON, 107),), processes("sshd"), "pacemaker is not running on this node (crm_mon: cannot connect)",
        "see in the log why it does not run (stopped on purpose, or failed) before you start it",
    ),
    "crit-remote-node": (
        (output(CRM_MON, 102, user="root"),), processes("pacemaker-remoted"),
        "no cluster node is connected to this Pacemaker Remote node (crm_mon: cannot connect)",
        "on a cluster node: see crm_mon for the resource that connects, and clean it up once the cause is fixed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "ps", "text", "step"), STEPS.values(), ids=STEPS)
def test_what_to_do_where_the_daemons_do_not_run(
    said: Sequence[Output], ps: Optional[Output], text: str, step: str
) -> None:
    failures = [failure for failure in map(failure_of, said) if failure]
    assert [(one.text, one.step) for one in findings_of(failures, ps)] == [(text, step)]


def test_the_process_list_is_asked_for_where_it_can_tell_something() -> None:
    asked = {one: failure_of(one) for one in (EITHER, PACEMAKER_EITHER, output(CFGTOOL, 1, stderr="API error 2"))}
    assert all(failure and in_doubt([failure]) for failure in asked.values())
    for one in (DENIED, hung(CFGTOOL), missing(CFGTOOL), output(CRM_MON, 78)):
        failure = failure_of(one)
        assert failure
        assert not in_doubt([failure])
    assert not in_doubt([])


def test_one_finding_for_all_tools_of_a_daemon() -> None:
    assert findings(hung(CFGTOOL), hung(CMAPCTL), hung(CRM_MON)) == [
        ("not-responding", "corosync does not answer: corosync-cfgtool -s, corosync-cmapctl: no answer within 8 s"),
        ("not-responding", "pacemaker does not answer: crm_mon: no answer within 8 s"),
    ]


def test_what_is_wrong_with_one_output_is_a_finding_of_its_own() -> None:
    assert findings(missing(CFGTOOL), missing(CMAPCTL), output(CRM_MON, 1), output(CIBADMIN, 1)) == [
        ("tool-missing", "corosync-cfgtool -s: not installed"),
        ("tool-missing", "corosync-cmapctl: not installed"),
        ("unreadable", "crm_mon: exit 1, no output"),
        ("unreadable", "cibadmin: exit 1, no output"),
    ]


def failure(said: Output) -> ToolFailure:
    found = failure_of(said)
    assert found
    return found


def test_an_optional_tool_is_reported_only_when_it_hangs() -> None:
    assert findings_of([failure(missing(CFGTOOL_NODES)).optional()], None) == ()
    assert findings_of([failure(output(CMAPCTL, 1)).optional()], None) == ()
    assert len(findings_of([failure(hung(CMAPCTL)).optional()], None)) == 1


def test_a_silent_tool_is_never_reported() -> None:
    assert findings_of([failure(hung(CMAPCTL)).optional(silent=True)], None) == ()


def test_an_optional_tool_still_settles_what_another_leaves_open() -> None:
    denied = failure(output(CMAPCTL, 1, stderr="CS_ERR_ACCESS")).optional()
    (finding,) = findings_of([failure(EITHER), denied], None)
    assert finding.condition.name == "no-permission"


@pytest.mark.parametrize(
    "words",
    [
        "sudo: a password is required",
        "Sorry, user nagios is not allowed to execute '/usr/sbin/crm_mon' as root on node1.",
        "nagios is not in the sudoers file.",
        "sudo: sorry, you must have a tty to run sudo",
    ],
)
def test_the_words_of_sudo(words: str) -> None:
    (finding,) = findings(with_sudo(CRM_MON, stderr=words))
    assert finding[0] == "no-permission"


def test_what_sudo_says_beside_a_tool_is_not_the_tools_word() -> None:
    notice = "sudo: unable to resolve host node1: Name or service not known\n"
    said = with_sudo(CRM_VERIFY, stderr=f"{notice}crm_verify: something is wrong\n")
    assert findings(said) == [("unreadable", "crm_verify: exit 1, crm_verify: something is wrong")]
    assert b"sudo" not in said.answer
    assert with_sudo(CRM_VERIFY, stderr=notice)._replace(argv=("crm_verify",)).answer == notice.encode()


def test_who_is_in_a_new_group_must_be_started_anew() -> None:
    (denied,) = findings_of([failure(DENIED)], None)
    assert denied.step == (
        "as root, and restart nrpe or whatever runs this check: only new processes have the new group: "
        "usermod -aG haclient nagios"
    )
    (sudo,) = findings_of([failure(with_sudo(CRM_MON, stderr="sudo: a password is required"))], None)
    assert sudo.step == "check_ha_setup --user nagios"


BELIEVED = {
    "exit-0": output(CRM_MON),
    "exit-0-with-noise-on-stderr": output(CRM_MON, stdout="<x/>", stderr="Schema warning: Permission denied"),
    "a-fault-shown-by-cfgtool": output(CFGTOOL, 1, stdout="Local node ID 1"),
    "a-fault-shown-by-cfgtool-with-noise": output(CFGTOOL, 1, stdout="Local node ID 1", stderr="noise"),
    "quorate-by-the-rules-of-2.x": output(QUORUMTOOL, 1, stdout="Quorate: Yes"),
    "not-quorate": output(QUORUMTOOL, 2, stdout="Quorate: No"),
    "no-such-file-where-that-is-an-answer": output(
        COROSYNC_CONF, 1, stderr="cat: /etc/corosync/corosync.conf: No such file or directory"
    ),
}


@pytest.mark.parametrize("said", BELIEVED.values(), ids=BELIEVED)
def test_believed(said: Output) -> None:
    assert failure_of(said) is None


def test_corosync_2_writes_its_errors_to_standard_output() -> None:
    """Where they are what the parser does not understand; 1 is a good exit status of this tool."""
    text = "Printing ring status.\nCould not initialize corosync configuration API error 2\n"
    error = ParseError("corosync-cfgtool failed")
    assert findings(output(CFGTOOL, 1, stdout=text), error=error) == [
        ("not-running", "corosync is not running on this node (corosync-cfgtool -s: cannot connect)")
    ]


def test_output_that_was_not_understood() -> None:
    error = ParseError("unknown line", "foo")
    assert findings(output(CRM_MON, stdout="foo"), error=error) == [("unreadable", "crm_mon: unknown line: foo")]
    assert findings(output(CFGTOOL, 1, stdout="foo"), error=error) == [
        ("unreadable", "corosync-cfgtool -s: exit 1, unknown line: foo")
    ]


def test_what_a_tool_says_that_prints_nothing_and_exits_0() -> None:
    error = ParseError("corosync-cfgtool printed no status")
    told = output(CFGTOOL, stderr="Could not get the local node id, the error is: 6\n")
    assert findings(told, error=error) == [
        ("unreadable", "corosync-cfgtool -s: Could not get the local node id, the error is: 6")
    ]
    assert findings(output(CFGTOOL), error=error) == [
        ("unreadable", "corosync-cfgtool -s: corosync-cfgtool printed no status")
    ]
    noise = output(CFGTOOL, stdout="Local node ID", stderr="noise")
    assert findings(noise, error=ParseError("unknown line", "Local node ID")) == [
        ("unreadable", "corosync-cfgtool -s: unknown line: Local node ID")
    ]


def test_corosync_1_that_is_not_loaded_exits_0() -> None:
    said = output(QUORUMTOOL, stderr="Cannot connect to quorum service, is it loaded?\n")
    empty = ParseError("corosync-quorumtool printed no status")
    assert findings(said, ps=processes("sshd"), error=empty) == [NOT_RUNNING]
    refused = ("no-permission", f"user nagios may not run corosync-quorumtool -s{UIDGID_1}")
    assert findings(said, ps=processes("corosync -f"), error=empty) == [refused]


def test_with_exit_0_words_in_the_output_prove_nothing() -> None:
    """An exit reason that reads so comes from outside."""
    said = output(CRM_MON, stdout="exitreason: Permission denied, Connection refused")
    assert findings(said, error=ParseError("truncated")) == [("unreadable", "crm_mon: truncated")]
    quoted = ParseError("truncated", 'exitreason="Could not connect to the CIB"')
    assert findings(said, error=quoted) == [
        ("unreadable", 'crm_mon: truncated: exitreason="Could not connect to the CIB"')
    ]


@pytest.mark.parametrize(
    ("reason", "state", "expected"),
    [
        (
            "Transport endpoint is not connected",
            "running",
            ("not-running", "pacemaker is not running on this node (crm_mon: cannot connect to the CIB)"),
        ),
        (
            "Connection refused",
            "starting_daemons",
            (
                "not-running",
                "pacemaker is not running on this node "
                "(crm_mon: cannot connect to the CIB; pacemakerd is in state starting_daemons)",
            ),
        ),
        (
            "Permission denied",
            "running",
            ("no-permission", "user nagios may not run crm_mon; to allow it: usermod -aG haclient nagios"),
        ),
    ],
    ids=["crit-down", "crit-starting", "unknown-denied"],
)
def test_crm_mon_that_cannot_reach_the_cib_and_exits_0(reason: str, state: str, expected: Tuple[str, str]) -> None:
    document = (
        f'<pacemaker-result><pacemakerd state="{state}"/><status code="0" message="OK"><errors>'
        f"<error>Could not connect to the CIB: {reason}</error></errors></status></pacemaker-result>"
    )
    with pytest.raises(ParseError) as caught:
        parse_crm_mon(document.encode())
    assert findings(output(CRM_MON, stdout=document), error=caught.value) == [expected]


def test_the_subjects_are_the_daemon_and_the_tools() -> None:
    def subjects(*outputs: Output) -> List[Tuple[str, ...]]:
        failures = [failure(one) for one in outputs]
        return [tuple(f"{kind} {name}" for kind, name in one.subjects) for one in findings_of(failures, None)]

    assert subjects(hung(CFGTOOL), hung(CMAPCTL)) == [
        ("daemon corosync", "tool corosync-cfgtool -s", "tool corosync-cmapctl")
    ]
    assert subjects(output(CFGTOOL, 1, stderr="API error 2")) == [("daemon corosync", "tool corosync-cfgtool -s")]
    assert subjects(hung(IP_ADDR)) == [("tool ip",)]
    assert subjects(missing(CFGTOOL)) == [("tool corosync-cfgtool -s",)]
    assert subjects(DENIED) == [("tool crm_mon",)]
    assert subjects(output(CRM_MON, 78)) == [("tool crm_mon",)]


def test_tools_that_are_missing_for_the_same_reason_are_one_finding() -> None:
    others = findings_of([failure(hung(IP_ADDR))], None)
    unrecorded = output(CFGTOOL, None, stderr="not in this recording", fault=MISSING)
    gone = findings_of([failure(missing(CRM_MON)), failure(unrecorded), failure(missing(CIBADMIN))], None)
    assert [one.text for one in together((*gone, *others, *gone))] == [
        "ip: no answer within 8 s", "crm_mon, cibadmin: not installed", "corosync-cfgtool -s: not in this recording",
    ]  # fmt: skip
    worse = [one._replace(override=Severity.CRITICAL) for one in gone[:1]]
    assert [(one.text, one.severity.name) for one in together((*gone[:1], *worse))] == [
        ("crm_mon: not installed", "UNKNOWN"), ("crm_mon: not installed", "CRITICAL"),
    ]  # fmt: skip
