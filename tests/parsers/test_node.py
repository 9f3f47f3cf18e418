"""What this node tells of itself: processes, versions, files, the verdict on the CIB, the state of pacemakerd."""

from __future__ import annotations

from typing import Callable, Dict, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.model.node import Features, FileState, Launcher, Process, Verification
from check_ha.parsers.crm_verify import parse_crm_verify
from check_ha.parsers.crmadmin import parse_crmadmin
from check_ha.parsers.errors import ParseError
from check_ha.parsers.installed import parse_corosync_version, parse_pacemakerd_features, parse_stat
from check_ha.parsers.nodename import parse_crm_node_list
from check_ha.parsers.processes import parse_ps, parse_ps_executables

# procps 4.0.2, while a check ran
PS = """\
    PID    PPID STAT USER     COMMAND
      1       0 Ss   root     /sbin/init splash
     36       1 Tsl  root     corosync -f
     89       1 Ss   root     /usr/sbin/pacemakerd
     91      89 Ss   haclust+ /usr/lib/pacemaker/pacemaker-based
    104      89 Z    root     [pacemaker-attrd] <defunct>
    120       1 SLs  root     sbd: inquisitor
    121     120 SL   root     sbd: watcher: /dev/sdb1 - slot: 0 - uuid: 1
    300       2 I<   root     [kworker/0:1H]
    449     436 S    root     /usr/sbin/sbd -d /dev/sdb1 list
    450     436 Rs   root     /usr/sbin/pacemakerd --features
    451     436 R    nagios   \n"""

PS_EXE = """\
    PID EXE
      1 /usr/lib/systemd/systemd
     36 /usr/sbin/corosync (deleted)
     91 -
"""

FEATURES = """\
Pacemaker 2.1.5 (Build: a3f44794f94)
 Supporting v3.16.1: agent-manpages cibsecrets corosync-ge-2 generated-manpages lha monotonic nagios ncurses remote
"""

FILES = """\
/etc/corosync 0 0 755 root root directory
/etc/corosync/corosync.conf 0 0 644 root root regular file
/etc/corosync/authkey 0 119 440 root haclient regular file
"""


def test_processes() -> None:
    assert parse_ps(PS.encode()).all == (
        Process(1, 0, "S", "root", "init"),
        Process(36, 1, "T", "root", "corosync"),
        Process(89, 1, "S", "root", "pacemakerd"),
        Process(91, 89, "S", "haclust+", "pacemaker-based"),
        Process(104, 89, "Z", "root", "pacemaker-attrd"),
        Process(120, 1, "S", "root", "sbd"),
        Process(121, 120, "S", "root", "sbd"),
        Process(300, 2, "I", "root", "kworker/0:1H"),
        Process(451, 436, "R", "nagios", ""),
    )
    assert [process.pid for process in parse_ps(PS.encode()).named("sbd")] == [120, 121]


def test_processes_with_the_time_since_their_start() -> None:
    listed = """\
    PID    PPID STAT USER     ELAPSED COMMAND
      1       0 Ss   root        3671 /sbin/init splash
     89       1 Ss   root           4 /usr/sbin/pacemakerd
"""
    assert parse_ps(listed.encode()).all == (
        Process(1, 0, "S", "root", "init", 3671),
        Process(89, 1, "S", "root", "pacemakerd", 4),
    )


def test_executables() -> None:
    assert parse_ps_executables(PS_EXE.encode()) == {
        1: "/usr/lib/systemd/systemd",
        36: "/usr/sbin/corosync (deleted)",
        91: None,
    }


def test_executables_that_are_cut_off_lack_a_process() -> None:
    assert parse_ps_executables(b"") == {}
    assert parse_ps_executables(b"     36 /usr/sbin/corosync\n") == {36: "/usr/sbin/corosync"}


def test_versions() -> None:
    assert parse_corosync_version(b"corosync-quorumtool version: 3.1.7\n") == (3, 1, 7)
    assert parse_corosync_version(b"corosync-quorumtool version: 2.4.6-dirty\n") == (2, 4, 6)
    assert parse_corosync_version(b"Corosync Cluster Engine, version '1.4.1' SVN revision '2709'\n") == (1, 4, 1)
    assert parse_pacemakerd_features(FEATURES.encode()) == Features("2.1.5", "a3f44794f94", "3.16.1")
    assert parse_pacemakerd_features(
        b"Pacemaker 1.1.24-1.el7 (Build: 8f9e1e7)\n Supporting v3.0.14:  ncurses\n"
    ) == Features("1.1.24-1.el7", "8f9e1e7", "3.0.14")


def test_names_of_node_ids() -> None:
    names = {1177773057: "node1", 1177773058: "node2"}
    assert parse_crm_node_list(b"1177773057 node1\n1177773058 node2\n") == names
    assert parse_crm_node_list(b"1177773057 node1 member\n1177773058 node2 lost\n") == names
    assert parse_crm_node_list(b"23344070 node1 member\n2 (null) lost\n\n") == {23344070: "node1"}


def test_files() -> None:
    assert parse_stat(FILES.encode())[1:] == (
        FileState("/etc/corosync/corosync.conf", 0, 0, 0o644, "root", "root", "regular file"),
        FileState("/etc/corosync/authkey", 0, 119, 0o440, "root", "haclient", "regular file"),
    )


@pytest.mark.parametrize(
    ("line", "path", "error"),
    [
        ("/usr/bin/stat: cannot statx '/etc/corosync/a': Permission denied", "/etc/corosync/a", "Permission denied"),
        ("stat: cannot stat '/etc/corosync': No such file or directory", "/etc/corosync", "No such file or directory"),
        ("stat: can't stat '/etc/corosync/authkey': Input/output error", "/etc/corosync/authkey", "Input/output error"),
    ],
    ids=["coreutils-8.32", "before", "busybox"],
)
def test_files_that_stat_could_not_look_at(line: str, path: str, error: str) -> None:
    (*_, file) = parse_stat(f"{FILES}{line}\n".encode())
    assert file == FileState(path, 0, 0, 0, "", "", "", error)
    assert file.missing == (error == "No such file or directory")


def test_launcher() -> None:
    document = (
        b'<pacemaker-result api-version="2.25" request="crmadmin --pacemakerd --output-as=xml">'
        b'<pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:07:07Z"/>'
        b'<status code="0" message="OK"/></pacemaker-result>'
    )
    assert parse_crmadmin(document) == Launcher("running", "pacemakerd")


VERDICTS: Dict[str, Tuple[str, Verification]] = {
    "ok-nothing-to-say": ("", Verification(True)),
    "ok-error-about-the-state-only": (
        "(pcmk__primitive_create_actions) \terror: ocf resource p_vip might be active on 2 nodes (waiting for an "
        "administrator)\n",
        Verification(True),
    ),
    "ok-warnings-2.1": ("crm_verify: Warnings found during check: config may not be valid\n", Verification(True)),
    "ok-warnings-2.0": ("Warnings found during check: config may not be valid\n", Verification(True)),
    "ok-warnings-3.0": (
        "warning: Support for the Master role is deprecated\nConfiguration may need attention\n",
        Verification(True, warnings=("Support for the Master role is deprecated",)),
    ),
    "warn-errors-2.1": (
        "(unpack_resources) \terror: Resource start-up disabled since no STONITH resources have been defined\n"
        "(unpack_resources) \terror: Either configure some or disable STONITH with the stonith-enabled option\n"
        "crm_verify: Errors found during check: config not valid\n",
        Verification(
            False,
            (
                "Resource start-up disabled since no STONITH resources have been defined",
                "Either configure some or disable STONITH with the stonith-enabled option",
            ),
        ),
    ),
    "warn-schema": (
        "-:1: element foo: Relax-NG validity error : Element primitive has extra content: foo\n"
        "(main) \terror: CIB did not pass schema validation\n"
        "Errors found during check: config not valid\n",
        Verification(False, ("CIB did not pass schema validation",)),
    ),
    "warn-errors-3.0": (
        "error: CIB did not pass schema validation\nConfiguration invalid (with errors)\n",
        Verification(False, ("CIB did not pass schema validation",)),
    ),
    "warn-no-reason": (
        "Errors found during check: config not valid\n-V may provide more details\n", Verification(False)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), list(VERDICTS.values()), ids=list(VERDICTS))
def test_verification(text: str, expected: Verification) -> None:
    assert parse_crm_verify(text.encode()) == expected


Parser = Callable[[bytes], object]

NOT_UNDERSTOOD: Dict[str, Tuple[Parser, str, str]] = {
    "ps-empty": (parse_ps, "", "not the output of ps"),
    "ps-help": (parse_ps, "error: unknown option\nUsage:\n", "not the output of ps: error: unknown option"),
    "ps-cut": (parse_ps, PS[:45], "the output of ps is cut off"),
    "ps-odd": (parse_ps, PS[:45] + "\n", "unknown line of ps: 1"),
    "ps-hidepid": (
        parse_ps,
        PS.split("\n")[0] + "\n    451     436 R    nagios   ps -e\n",
        "ps does not show the processes of other users (/proc is mounted with hidepid)",
    ),
    "ps-exe-without-exe": (parse_ps_executables, "    PID EXE\n     36\n", "unknown line of ps:      36"),
    "corosync-version": (parse_corosync_version, "Usage:\n", "corosync-quorumtool -V: no version: Usage:"),
    "crm_node-l-empty": (parse_crm_node_list, "\n", "crm_node -l lists no node"),
    "crm_node-l-words": (parse_crm_node_list, "1 node1 member\nwhat?\n", "unknown line of crm_node -l: what?"),
    "features": (
        parse_pacemakerd_features,
        "Pacemaker 2.1.5\nWritten\n",
        "pacemakerd --features: no version: Pacemaker 2.1.5",
    ),
    "stat": (parse_stat, "/etc/corosync 0 0\n", "unknown line of stat: /etc/corosync 0 0"),
    "stat-empty": (parse_stat, "", "the output of stat is empty or cut off"),
    "stat-cut": (parse_stat, FILES[:-5], "the output of stat is empty or cut off"),
    "crmadmin-without-state": (
        parse_crmadmin, "<pacemaker-result/>", "crmadmin: no state of pacemakerd: <pacemaker-result>"
    ),
    "crm_verify-unknown-words": (parse_crm_verify, "Alles gut\n", "crm_verify: unknown words: Alles gut"),
    "crm_verify-too-long": (parse_crm_verify, "error: x\n" * 8000, "crm_verify printed too much"),
}  # fmt: skip


@pytest.mark.parametrize(("parse", "text", "message"), list(NOT_UNDERSTOOD.values()), ids=list(NOT_UNDERSTOOD))
def test_not_understood(parse: Parser, text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text.encode())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "parse",
    [
        parse_ps,
        parse_ps_executables,
        parse_corosync_version,
        parse_crm_node_list,
        parse_pacemakerd_features,
        parse_stat,
        parse_crm_verify,
        parse_crmadmin,
    ],
)
@given(data=st.one_of(st.binary(), st.text("PIDEXE 0123456789\n/-").map(str.encode)))
def test_any_bytes(parse: Parser, data: bytes) -> None:
    offending = ""
    try:
        parse(data)
    except ParseError as error:
        offending = error.line
    assert "\n" not in offending
