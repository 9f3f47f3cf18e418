"""What lets a user ask who may not: the right one of the three ways, in full, and to the letter."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

import pytest

from check_ha.core.failed_tools import finding_of, findings_of
from check_ha.core.tool_failure import ToolFailure, failure_of
from check_ha.core.verdict import Verdict
from check_ha.output.lines import verbose_lines
from check_ha.output.plain_text import ITEM_LIMIT
from check_ha.sources.tools import (
    ALL,
    CFGTOOL,
    CIBADMIN,
    CMAPCTL,
    CMAPCTL_STATS,
    CRM_MON,
    CRM_VERIFY,
    CRMADMIN,
    QUORUMTOOL,
    Output,
)
from tests.core.said import output, processes, with_sudo

ROLE = (
    """cibadmin -Mc -o acls -X '<acls><acl_role id="check_ha"><acl_permission id="check_ha-deny" kind="deny" """
    """xpath="//nvpair[contains(@name,&quot;passw&quot;)]"/><acl_permission id="check_ha-read" kind="read" """
    """xpath="/cib"/></acl_role><acl_target id="nagios"><role id="check_ha"/></acl_target></acls>'"""
)
"""As the files of nrpe/ make it: what is read through it holds no password."""
NOTHING = """\
<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml --inactive">
  <pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-27 14:55:11Z"/>
  <status code="0" message="OK"/>
</pacemaker-result>
"""
SHOWN_NOTHING = output(CRM_MON, stdout=NOTHING)
DENIED_3 = output(
    CRM_MON,
    stdout="""\
<pacemaker-result api-version="2.38" request="crm_mon --output-as=xml --inactive">
  <pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-28 22:26:19Z"/>
  <status code="0" message="OK">
    <errors>
      <error>CIB query failed: Permission denied</error>
    </errors>
  </status>
</pacemaker-result>
""",
)
"""Of Pacemaker 3.0.0."""
QUERY_DENIED = output(CIBADMIN, 4, stderr="Call cib_query failed: Permission denied\n")
QUERY_FAILED = output(CRM_VERIFY, 66, stderr="crm_verify: CIB query failed: Input file not available\n")
STRANGER = output(CIBADMIN, 102, stderr="Could not connect to the CIB: Transport endpoint is not connected\n")
NO_DATA = ("unreadable", "crm_mon: no cluster data: the document has no summary")
RUNNING = processes("corosync -f", "pacemakerd -f")


def failure(said: Output) -> ToolFailure:
    found = failure_of(said)
    assert found
    return found


def no_role(tools: str) -> Tuple[str, str]:
    return "no-permission", f"user nagios has no ACL role for {tools}; -v shows what gives it one"


WITHOUT_ROLE: Dict[str, Tuple[Sequence[Output], Optional[Output], List[Tuple[str, str]]]] = {
    "unknown-cibadmin-says-so": ([QUERY_DENIED], None, [no_role("cibadmin")]),
    "unknown-cibadmin-says-so-of-the-others": (
        [SHOWN_NOTHING, QUERY_DENIED, QUERY_FAILED], None, [no_role("crm_mon, cibadmin, crm_verify")],
    ),
    "unknown-shown-nothing-and-all-runs": ([SHOWN_NOTHING], RUNNING, [no_role("crm_mon")]),
    "unknown-shown-nothing-on-a-remote-node": ([SHOWN_NOTHING], processes("pacemaker-remoted"), [no_role("crm_mon")]),
    "unknown-shown-nothing-without-corosync": ([SHOWN_NOTHING], processes("pacemakerd -f"), [NO_DATA]),
    "unknown-shown-nothing-and-no-process-list": ([SHOWN_NOTHING], None, [NO_DATA]),
    "crit-shown-nothing-and-nothing-runs": ([SHOWN_NOTHING], processes("sshd"), [
        ("not-running", f"pacemaker is not running on this node ({NO_DATA[1]})"),
    ]),
    "unknown-crm_mon-says-so": ([DENIED_3], None, [no_role("crm_mon")]),
    "unknown-verify-alone": ([QUERY_FAILED], RUNNING, [no_role("crm_verify")]),
    "unknown-verify-of-a-stranger": ([STRANGER, QUERY_FAILED], RUNNING, [
        ("no-permission", "user nagios may not run cibadmin, crm_verify; to allow it: usermod -aG haclient nagios"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("said", "ps", "expected"), WITHOUT_ROLE.values(), ids=WITHOUT_ROLE)
def test_member_of_haclient_without_a_role(
    said: Sequence[Output], ps: Optional[Output], expected: List[Tuple[str, str]]
) -> None:
    found = findings_of([failure(one) for one in said], ps)
    assert [(finding.condition.name, finding.line) for finding in found] == expected


def test_whom_a_role_would_help_need_not_be_started_anew() -> None:
    (finding,) = findings_of([failure(QUERY_DENIED)], None)
    assert finding.step == f"as root, on one node: {ROLE}"


@pytest.mark.parametrize(
    "said",
    [
        SHOWN_NOTHING._replace(user="root"),
        with_sudo(CRM_MON, stdout=NOTHING)._replace(status=0),
        output(CRMADMIN, stdout=NOTHING),
        output(CRM_MON, stdout=NOTHING.replace("running", "starting_daemons")),
        output(CRM_MON, stdout=NOTHING.replace("OK", "OK</status><status>")),
    ],
    ids=["ok-root", "ok-sudo", "ok-crmadmin", "ok-starting", "ok-something-else"],
)
def test_what_is_left_to_the_parser(said: Output) -> None:
    assert failure_of(said) is None


def test_what_sudo_refuses_is_mended_by_one_command() -> None:
    password = "sudo: a password is required"
    refused = [failure(with_sudo(tool, stderr=password)) for tool in (CFGTOOL, CMAPCTL, CMAPCTL_STATS, CRM_MON)]
    (corosync, pacemaker) = findings_of([refused[0], *(one.optional() for one in refused[1:3]), refused[3]], None)
    assert corosync.line == "sudo refuses corosync-cfgtool -s; to allow it: check_ha_setup --user nagios"
    assert pacemaker.line == "sudo refuses crm_mon; to allow it: check_ha_setup --user nagios"
    # what a check tells of one tool by itself
    assert finding_of(refused[1], refused, None).line.partition("; ")[2] == corosync.line.partition("; ")[2]


def test_a_remedy_is_never_cut_off() -> None:
    refused = [failure(with_sudo(tool, stderr="sudo: a password is required")) for tool in ALL]
    for finding in findings_of(refused, None):
        assert finding.line.endswith("; to allow it: check_ha_setup --user nagios")
    longest = "a-user-whose-name-has-32-letters"
    denied = [output(tool, 1, stderr="API error 11", user=longest) for tool in (QUORUMTOOL, CFGTOOL, CMAPCTL)]
    (finding,) = findings_of([failure(one) for one in denied], None)
    assert finding.line.endswith("corosync-cfgtool -R")
    assert len(finding.line) <= ITEM_LIMIT
    tools = (SHOWN_NOTHING, QUERY_DENIED, QUERY_FAILED)
    (finding,) = findings_of([failure(one._replace(user=longest)) for one in tools], None)
    assert finding.commands == (ROLE.replace("nagios", longest),)
    verdict = Verdict("nodes", finding.severity, "", (finding,), (), ())
    assert verbose_lines(verdict, 1)[1] == f"  -> {finding.step}"
