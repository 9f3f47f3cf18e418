"""Does the cluster run with the configuration it should? One test that gives each condition, and a near miss."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

import pytest

from check_ha.checks.config.check import CHECK, ConfigOptions, judge
from check_ha.checks.config.verified import CIB
from check_ha.core.check import Judgement
from check_ha.core.evidence import Evidence, examine
from check_ha.core.options import regex
from check_ha.model.node import FileState, Verification
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.sources.tools import (
    CIBADMIN,
    CMAPCTL,
    COROSYNC_CONF,
    COROSYNC_FILES,
    COROSYNC_VERSION,
    CRM_VERIFY,
    PS,
    QUORUMTOOL,
    Output,
    Tool,
)
from tests.checks.build import Found, evidence, found, lines, measured
from tests.core.said import hung, missing, output, processes

CONF = """\
totem {
    version: 2
    cluster_name: lab
    transport: knet
    token: 1000
    crypto_cipher: aes256
    crypto_hash: sha256
}
nodelist {
    node {
        name: node1
        nodeid: 1
        ring0_addr: 198.51.100.1
        ring1_addr: 203.0.113.1
    }
    node {
        name: node2
        nodeid: 2
        ring0_addr: 198.51.100.2
        ring1_addr: 203.0.113.2
    }
}
quorum {
    provider: corosync_votequorum
    two_node: 1
}
"""

MAP = """\
config.reload_in_progress (u8) = 0
config.reload_status (i32) = 1
config.totemconfig_reload_in_progress (u8) = 0
nodelist.local_node_pos (u32) = 0
nodelist.node.0.name (str) = node1
nodelist.node.0.nodeid (u32) = 1
nodelist.node.0.ring0_addr (str) = 198.51.100.1
nodelist.node.0.ring1_addr (str) = 203.0.113.1
nodelist.node.1.name (str) = node2
nodelist.node.1.nodeid (u32) = 2
nodelist.node.1.ring0_addr (str) = 198.51.100.2
nodelist.node.1.ring1_addr (str) = 203.0.113.2
quorum.provider (str) = corosync_votequorum
quorum.two_node (u8) = 1
runtime.config.totem.knet_mtu (u32) = 0
runtime.members.1.config_version (u64) = 0
runtime.members.1.status (str) = joined
runtime.members.2.config_version (u64) = 0
runtime.members.2.status (str) = joined
totem.cluster_name (str) = lab
totem.crypto_cipher (str) = aes256
totem.crypto_hash (str) = sha256
totem.interface.0.bindnetaddr (str) = 198.51.100.1
totem.interface.1.bindnetaddr (str) = 203.0.113.1
totem.token (u32) = 1000
totem.transport (str) = knet
totem.version (u32) = 2
"""

WITHOUT_NODELIST = """
totem {
    version: 2
    secauth: on
    rrp_mode: active
    interface {
        ringnumber: 0
        bindnetaddr: 198.51.100.0
        mcastaddr: 239.255.1.1
        mcastport: 5405
    }
    interface {
        ringnumber: 1
        bindnetaddr: 203.0.113.0
        mcastaddr: 239.255.2.1
        mcastport: 5405
    }
}
quorum {
    provider: corosync_votequorum
    expected_votes: 2
    two_node: 1
}
"""

FOLDER = FileState("/etc/corosync", 0, 0, 0o755, "root", "root", "directory")
FILE = FileState("/etc/corosync/corosync.conf", 0, 0, 0o644, "root", "root", "regular file")
KEY = FileState("/etc/corosync/authkey", 0, 0, 0o400, "root", "root", "regular file")
FILES = (FOLDER, FILE, KEY)
VALID = Verification(True)

SINGLE = ("single-link", "only link 0 connects the 2 nodes: one fault in that network separates them")
GONE = KEY._replace(error="No such file or directory")
NO_KEY = ("key-missing", "/etc/corosync/authkey is missing: corosync cannot start again without it")


def judged(
    conf: Optional[str] = CONF,
    cmap: Optional[str] = MAP,
    files: Optional[Tuple[FileState, ...]] = FILES,
    verification: Optional[Verification] = VALID,
    version: Optional[Tuple[int, ...]] = (3, 1, 7),
    **options: Any,
) -> Judgement:
    values: Mapping[Tool, Any] = {
        COROSYNC_CONF: None if conf is None else parse_corosync_conf(conf.encode()),
        CMAPCTL: None if cmap is None else parse_cmapctl(cmap.encode()),
        COROSYNC_FILES: files,
        CRM_VERIFY: verification,
        COROSYNC_VERSION: version,
    }
    return judge(evidence(values), ConfigOptions(**options))


CASES: Dict[str, Tuple[Dict[str, Any], Found]] = {
    "ok": ({}, []),
    "ok-nothing-runs": ({"cmap": None}, []),
    "ok-never-reloaded": ({"cmap": MAP[MAP.index("nodelist") :]}, []),
    "ok-file-not-readable": ({"conf": None}, []),
    "ok-nothing-known": ({"conf": None, "cmap": None, "files": None, "verification": None, "version": None}, []),
    "unknown-corosync-3-does-not-load-it-and-the-version-is-not-known": (
        {"conf": WITHOUT_NODELIST, "cmap": None, "version": None},
        [("unreadable", "which version corosync has is not known: corosync 1.4 and corosync 2 load this corosync.conf, "
                        "corosync 3 does not")],
    ),
    "unknown-only-corosync-2-loads-it-and-the-version-is-not-known": (
        {"conf": WITHOUT_NODELIST.replace("        mcastport: 5405\n", ""), "cmap": None, "version": None},
        [("unreadable", "which version corosync has is not known: corosync 2 loads this corosync.conf, corosync 1.4 "
                        "and corosync 3 do not")],
    ),
    "ok-corosync-1.4": ({"conf": WITHOUT_NODELIST, "cmap": None, "version": (1, 4, 8)}, []),
    "crit-corosync-1.4-has-no-test": (
        {"conf": WITHOUT_NODELIST.replace("active", "on"), "cmap": None, "version": (1, 4, 8)},
        [("invalid", "/etc/corosync/corosync.conf: totem.rrp_mode must be none, active, passive, but is 'on'; corosync "
                     "will not load it")],
    ),
    "warn-corosync-1.4-misreads-a-number": (
        {"conf": WITHOUT_NODELIST.replace("secauth: on", "token: 3s"), "cmap": None, "version": (1, 4, 8)},
        [("setting-ignored", "/etc/corosync/corosync.conf line 4: totem.token must be a whole number from 0 to "
                             "4294967295, but is '3s'")],
    ),
    "ok-corosync-2-without-nodelist": ({"conf": WITHOUT_NODELIST, "cmap": None, "version": (2, 3, 6)}, []),
    "crit-corosync-3-without-nodelist": (
        {"conf": WITHOUT_NODELIST, "cmap": None, "version": (3, 0, 1)},
        [("invalid", "/etc/corosync/corosync.conf: there is no nodelist, which corosync 3 needs; corosync will not "
                     "load it"),
         ("unknown-setting", "corosync.conf line 12: totem.interface has ringnumber, corosync 3 ignores it (is "
                             "linknumber meant?)")],
    ),
    "crit-no-version-loads-it": ({"conf": CONF + "totem {\n token: 5\n}\n", "cmap": None, "version": None}, [
        ("invalid", "/etc/corosync/corosync.conf: totem.token is 5 ms, less than 30; corosync will not load it"),
    ]),
    "crit-missing": (
        {"conf": "", "files": (FOLDER, FILE._replace(error="No such file or directory"), KEY)},
        [("config-missing", "/etc/corosync/corosync.conf is missing")],
    ),
    "crit-empty": ({"conf": "# nothing\n"}, [("config-missing", "/etc/corosync/corosync.conf is empty")]),
    "crit-line": ({"conf": CONF + "foo\n"}, [
        ("invalid", "/etc/corosync/corosync.conf line 27: neither a section nor a key with a value; "
         "corosync will not load it"),
    ]),
    "crit-two-lines": ({"conf": "}\n" + CONF + "foo\n"}, [
        ("invalid", "/etc/corosync/corosync.conf line 1: one closing brace too many (1 more mistake); "
         "corosync will not load it"),
    ]),
    "crit-line-and-reload-failed-is-one-cause": (
        {"conf": CONF + "foo\n", "cmap": MAP.replace("totemconfig_reload_in_progress (u8) = 0",
                                                     "totemconfig_reload_in_progress (u8) = 1")},
        [("invalid", "/etc/corosync/corosync.conf line 27: neither a section nor a key with a value; "
          "corosync will not load it")],
    ),
    "crit-refused": ({"conf": CONF.replace("nodeid: 2", "nodeid: 1"), "cmap": None}, [
        ("invalid", "/etc/corosync/corosync.conf: node1 and node2 have the same nodeid 1; corosync will not load it"),
    ]),
    "warn-line-that-corosync-2-ignores": (
        {"conf": CONF.replace("crypto_cipher: aes256", "foo\nrrp_mode: passive\ncrypto_cipher: aes256"), "cmap": None,
         "version": (2, 4, 6)},
        [("setting-ignored", "corosync 2 does not know transport knet, and uses udp"),
         ("setting-ignored", "/etc/corosync/corosync.conf line 6: neither a section nor a key with a value")],
    ),
    "warn-line-that-begins-with-nul": (
        {"conf": CONF + "\0\0\0\n\0", "cmap": None},
        [("setting-ignored",
          "/etc/corosync/corosync.conf line 27 begins with a NUL byte: corosync ignores it")],
    ),
    "warn-misspelt": (
        {"conf": CONF.replace("two_node", "two_nodes"), "cmap": None},
        [
            ("unknown-setting",
             "corosync.conf line 25: quorum has no setting 'two_nodes', corosync ignores it (is two_node meant?)"),
            ("no-two-node",
             "two nodes without two_node: when node1 or node2 fails, the other one loses quorum and stops as well"),
        ],
    ),
    "crit-key-missing": ({"files": (FOLDER, FILE, GONE)}, [NO_KEY]),
    "crit-key-missing-by-what-runs": ({"conf": None, "files": (FOLDER, FILE, GONE)}, [NO_KEY]),
    "crit-key-of-what-runs-until-the-reload": (
        {"conf": CONF.replace("    crypto_cipher: aes256\n    crypto_hash: sha256\n", ""),
         "files": (FOLDER, FILE, GONE)},
        [
            NO_KEY,
            ("running-differs", "corosync runs with settings that differ from corosync.conf: "
             "totem.crypto_cipher aes256 (file: none), totem.crypto_hash sha256 (file: none)"),
            ("no-encryption",
             "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"),
        ],
    ),
    "ok-key-missing-without-encryption-on-one-node": (
        {"conf": "totem {\nversion: 2\n}\nnodelist {\nnode {\nnodeid: 1\nring0_addr: a\n}\n}\nquorum {\n"
                 "provider: corosync_votequorum\n}\n", "cmap": None, "files": (FOLDER, FILE, GONE)}, [],
    ),
    "crit-key-of-another-user": ({"files": (FOLDER, FILE, KEY._replace(uid=7, owner="joe"))}, [
        ("key-owner", "/etc/corosync/authkey belongs to joe, not to root"),
    ]),
    "crit-key-exposed": ({"files": (FOLDER, FILE, KEY._replace(mode=0o644))}, [
        ("key-exposed", "/etc/corosync/authkey can be read by everybody (mode 644): "
         "whoever has the key can send messages to the cluster"),
    ]),
    "crit-key-in-the-file": ({"conf": CONF.replace("token: 1000", "token: 1000\nkey: (hidden)")}, [
        ("key-exposed", "/etc/corosync/corosync.conf holds the key itself (totem.key) and can be read by everybody "
         "(mode 644)"),
    ]),
    "warn-file-writable": ({"files": (FOLDER, FILE._replace(mode=0o666), KEY)}, [
        ("config-writable", "/etc/corosync/corosync.conf can be changed by everybody (mode 666)"),
    ]),
    "warn-folder-of-another-user": ({"files": (FOLDER._replace(uid=7, owner="joe"), FILE, KEY)}, [
        ("config-writable", "/etc/corosync can be changed by user joe"),
    ]),
    "warn-edited": ({"conf": CONF.replace("token: 1000", "token: 5000").replace("203.0.113.2", "203.0.113.77")}, [
        ("running-differs", "corosync runs with settings that differ from corosync.conf: "
         "node2 ring1_addr 203.0.113.2 (file: 203.0.113.77), totem.token 1000 (file: 5000)"),
    ]),
    "ok-edited-and-ignored": ({"conf": CONF.replace("1000", "5000"), "ignore": (regex(r"totem\.token"),)}, []),
    "warn-reload-failed": (
        {"cmap": "config.reload_error_message (str) = Nodeid 1 appears twice\n" + MAP},
        [("reload-failed", "the last reload of corosync.conf failed: Nodeid 1 appears twice")],
    ),
    "warn-reload-failed-by-status": ({"cmap": MAP.replace("reload_status (i32) = 1", "reload_status (i32) = 7")}, [
        ("reload-failed", "the last reload of corosync.conf failed"),
    ]),
    "warn-reload-never-ended": (
        {"cmap": MAP.replace("totemconfig_reload_in_progress (u8) = 0", "totemconfig_reload_in_progress (u8) = 1")},
        [("reload-failed", "the last reload of corosync.conf failed")],
    ),
    "ok-reload-under-way": (
        {"cmap": MAP.replace("reload_in_progress (u8) = 0", "reload_in_progress (u8) = 1")}, [],
    ),
    "warn-config-versions": (
        {"cmap": MAP.replace("members.2.config_version (u64) = 0", "members.2.config_version (u64) = 4")},
        [("version-differs", "nodes run with different corosync.conf (config_version): node1 0, node2 4")],
    ),
    "ok-config-version-of-a-node-that-left": (
        {"cmap": MAP.replace("members.2.config_version (u64) = 0", "members.2.config_version (u64) = 4").replace(
            "members.2.status (str) = joined", "members.2.status (str) = left")}, [],
    ),
    "warn-single-link-by-what-runs": (
        {"conf": None, "cmap": "".join(line + "\n" for line in MAP.splitlines() if "ring1" not in line)}, [SINGLE],
    ),
    "warn-cib": ({"verification": Verification(False, ("Resource start-up disabled", "NOTE", "more"))}, [
        ("verify-errors", "crm_verify finds errors in the CIB: Resource start-up disabled (2 more errors)"),
    ]),
    "warn-cib-without-reason": ({"verification": Verification(False)}, [
        ("verify-errors", "crm_verify finds errors in the CIB: no reason given"),
    ]),
}  # fmt: skip


STEPS: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "key-missing": (
        {"files": (FOLDER, FILE, GONE)},
        ["copy it from another node of the cluster: scp -p node2:/etc/corosync/authkey /etc/corosync/"],
    ),
    "key-missing-and-nothing-runs": (
        {"files": (FOLDER, FILE, GONE), "cmap": None},
        ["copy it from another node of the cluster: scp -p NODE:/etc/corosync/authkey /etc/corosync/"],
    ),
    "edited": (
        {"conf": CONF.replace("token: 1000", "token: 5000")},
        ["on one node (it loads the file on all nodes): corosync-cfgtool -R"],
    ),
    "invalid-is-neither-loaded-nor-is-anything-restarted": (
        {"conf": CONF.replace("two_node: 1", "last_man_standing: 1").replace("203.0.113.2", "203.0.113.7 # new")},
        ["correct it until corosync finds no error in it: corosync -t", "set wait_for_all: 1 in quorum { }",
         "set two_node: 1 in quorum { } (with fencing) or add a quorum device"],
    ),
    "invalid-when-it-starts": (
        {"conf": CONF.replace("token: 1000", "netmtu: 50")},
        ["correct it before corosync has to start again; corosync -t does not notice this"],
    ),
    "unwise": (
        {"conf": CONF.replace("two_node: 1", "expected_votes: 2"), "cmap": None},
        ["set two_node: 1 in quorum { } (with fencing) or add a quorum device, then load it: corosync-cfgtool -R"],
    ),
    "reload-failed": (
        {"cmap": MAP.replace("reload_status (i32) = 1", "reload_status (i32) = 7")},
        ["its log says why; once that is fixed: corosync-cfgtool -R"],
    ),
    "reload-failed-for-what-no-reload-changes": (
        {"cmap": MAP.replace("reload_status (i32) = 1", "reload_status (i32) = 7"),
         "conf": CONF.replace("token: 1000", "token: 1000\ntransport: udpu").replace("transport: knet", "")
         .replace("crypto_cipher: aes256", "").replace("crypto_hash: sha256", "")
         .replace("ring1_addr", "ring9_address")},
        ["stop Pacemaker and corosync on all nodes, then start them again: nodes that differ in this cannot reach each "
         "other", "its log says why; follow the advice on the settings that differ",
         "use transport: knet, which has up to eight links; udpu has one",
         "use transport: knet, with crypto_cipher: aes256 and crypto_hash: sha256"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), list(STEPS.values()), ids=list(STEPS))
def test_steps(given: Dict[str, Any], expected: List[str]) -> None:
    findings = judged(**given).findings
    assert sorted(finding.step for finding in findings) == sorted(expected)


def test_every_finding_has_a_subject() -> None:
    for given, _ in CASES.values():
        for finding in judged(**given).findings:
            assert finding.subjects, finding.text


@pytest.mark.parametrize(("given", "expected"), list(CASES.values()), ids=list(CASES))
def test_found(given: Dict[str, Any], expected: Found) -> None:
    assert found(judged(**given)) == expected


def test_every_condition_is_found_in_a_test() -> None:
    told = {name for _, findings in CASES.values() for name, _ in findings}
    elsewhere = {"no-wait-for-all", "votes-differ", "no-provider", "qdevice-settings"}  # test_corosync_config.py
    assert told | elsewhere == {condition.name for condition in CHECK.conditions} | {"unreadable"}


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ({}, "2 nodes, 2 links, knet, aes256/sha256, corosync runs with it, no error in the CIB"),
        ({"cmap": None, "verification": None}, "2 nodes, 2 links, knet, aes256/sha256"),
        (
            {"conf": None},
            "2 nodes, 2 links, knet, aes256/sha256, as it runs, corosync.conf was not read, no error in the CIB",
        ),
        ({"conf": None, "cmap": None}, "no configuration was read"),
    ],
    ids=["ok", "ok-file-alone", "ok-map-alone", "nothing"],
)
def test_summary(given: Dict[str, Any], summary: str) -> None:
    assert judged(**given).summary == summary


def test_measures() -> None:
    assert measured(judged(conf=CONF.replace("token: 1000", "token: 5000"))) == {
        "cluster.config.differences.count": 1,
        "cluster.config.nodes.count": 2,
        "cluster.config.links.count": 2,
        "cluster.config.votes.count": 2,
        "cluster.cib.errors.count": 0,
    }
    assert measured(judged(conf=None, cmap=None, verification=Verification(False, ("a", "b")))) == {
        "cluster.cib.errors.count": 2
    }


def test_details() -> None:
    conf = CONF.replace("token: 1000", "token: 5000\n    keyfile: /root/key")
    assert list(lines(judged(conf=conf))) == [
        "node1: nodeid 1, link 0 198.51.100.1, link 1 203.0.113.1, 1 vote",
        "node2: nodeid 2, link 0 198.51.100.2, link 1 203.0.113.2, 1 vote",
        "totem: transport knet, aes256/sha256",
        "/root/key: the key of the cluster, not looked at",
        "totem.keyfile: differs from corosync.conf: not loaded (file: /root/key)",
        "totem.token: differs from corosync.conf: 1000 (file: 5000)",
        "/etc/corosync: directory, root:root, mode 755",
        "/etc/corosync/corosync.conf: regular file, root:root, mode 644",
        "/etc/corosync/authkey: regular file, root:root, mode 400",
        "corosync: 3.1.7 is installed",
    ]


PLAIN = "".join(line for line in CONF.splitlines(keepends=True) if "crypto" not in line)
PLAIN_MAP = "".join(line for line in MAP.splitlines(keepends=True) if "crypto" not in line)
STAT = "/etc/corosync 0 0 755 root root directory\n/etc/corosync/corosync.conf 0 0 644 root root regular file\n"
KEY_STAT = "/etc/corosync/authkey 0 0 400 root root regular file\n"
DENIED_STAT = "/usr/bin/stat: cannot statx '/etc/corosync/{}': Permission denied\n"
NO_KEY_FILE = "/usr/bin/stat: cannot statx '/etc/corosync/authkey': No such file or directory\n"
QUORUM = """\
Quorum information
------------------
Quorum provider:  corosync_votequorum
Nodes:            2
Node ID:          1
Ring ID:          1.5
Quorate:          Yes

Votequorum information
----------------------
Expected votes:   2
Highest expected: 2
Total votes:      2
Quorum:           1
Flags:            2Node Quorate WaitForAll

Membership information
----------------------
    Nodeid      Votes Name
         1          1 node1 (local)
         2          1 node2
"""
SUDO = ("/usr/bin/sudo", "-n", "a-tool")
NO_FILE = "cat: /etc/corosync/corosync.conf: No such file or directory\n"
DENIED = "cat: /etc/corosync/corosync.conf: Permission denied\n"
NO_RIGHTS = "Failed to initialize the cmap API. Error CS_ERR_ACCESS\n"
DOWN = "Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n"
NO_CIB = "crm_verify: CIB query failed: Input file not available\n"


INVALID = "error: CIB did not pass schema validation\nErrors found during check: config not valid\n"
OPTIONS = "<crm_config/>"
WHOLE = f'<cib epoch="1"><configuration>{OPTIONS}<nodes/><resources/><constraints/></configuration><status/></cib>'


def tools(**given: Output) -> Evidence:
    """What the tools say when all is well, but for those that are given."""
    outputs = {
        COROSYNC_CONF: output(COROSYNC_CONF, stdout=CONF),
        CMAPCTL: output(CMAPCTL, stdout=MAP),
        COROSYNC_FILES: output(COROSYNC_FILES, stdout=STAT + KEY_STAT),
        CRM_VERIFY: output(CRM_VERIFY),
        QUORUMTOOL: output(QUORUMTOOL, stdout=QUORUM),
        COROSYNC_VERSION: output(COROSYNC_VERSION, stdout="corosync-quorumtool version: 3.1.7\n"),
        PS: processes("corosync -f", "pacemakerd"),
    }
    return examine(CHECK.readings, {**outputs, **{one.tool: one for one in given.values()}})


FAILURES: Dict[str, Tuple[Evidence, List[str]]] = {
    "ok": (tools(), []),
    "crit-no-file": (
        tools(
            conf=output(COROSYNC_CONF, 1, stderr=NO_FILE),
            stat=output(COROSYNC_FILES, 1, STAT[:42] + KEY_STAT, NO_KEY_FILE.replace("authkey", "corosync.conf")),
        ),
        ["config-missing"],
    ),
    "crit-no-folder": (
        tools(
            conf=output(COROSYNC_CONF, 1, stderr=NO_FILE),
            stat=output(COROSYNC_FILES, 1, stderr="stat: cannot statx '/etc/corosync': No such file or directory\n"),
        ),
        ["config-missing", "unreadable"],
    ),
    "crit-no-key": (tools(stat=output(COROSYNC_FILES, 1, STAT, NO_KEY_FILE)), ["key-missing"]),
    "unknown-stat-denied": (
        tools(stat=output(COROSYNC_FILES, 1, STAT, DENIED_STAT.format("authkey"))),
        ["no-permission"],
    ),
    "unknown-stat-cut-off": (tools(stat=output(COROSYNC_FILES, 0, STAT[:42])), ["unreadable"]),
    "unknown-map-cut-off": (
        tools(map=output(CMAPCTL, stdout=MAP[:MAP.index("totem.cluster_name")])), ["unreadable"],
    ),
    "warn-map-cut-off-behind-what-differs": (
        tools(conf=output(COROSYNC_CONF, stdout=CONF.replace("203.0.113.2", "203.0.113.7")),
              map=output(CMAPCTL, stdout=MAP[:MAP.index("totem.cluster_name")])),
        ["running-differs", "unreadable"],
    ),
    "unknown-flags-that-tell-what-is-in-force": (
        tools(conf=output(COROSYNC_CONF, stdout=CONF.replace("two_node: 1", "two_node: 1\nwait_for_all: 1")),
              map=output(CMAPCTL, stdout=MAP + "quorum.wait_for_all (u8) = 1\n"), flags=missing(QUORUMTOOL)),
        ["tool-missing"],
    ),
    "ok-flags-that-nothing-rests-on": (tools(flags=missing(QUORUMTOOL)), []),
    "warn-loaded-and-not-in-force": (
        tools(conf=output(COROSYNC_CONF, stdout=CONF.replace("two_node: 1", "two_node: 1\nallow_downscale: 1")),
              map=output(CMAPCTL, stdout=MAP + "quorum.allow_downscale (u8) = 1\n")),
        ["running-differs"],
    ),
    "ok-what-sudo-says-for-itself": (
        tools(
            verify=output(CRM_VERIFY, argv=SUDO, stderr="sudo: unable to resolve host n: Name or service not known\n"),
            stat=output(COROSYNC_FILES, argv=SUDO, stdout=STAT + KEY_STAT, stderr="sudo: unable to resolve host n\n"),
        ),
        [],
    ),
    "unknown-crm_verify-saw-a-part": (
        tools(verify=output(CRM_VERIFY, 78, stderr=INVALID), cib=output(CIBADMIN, stdout=WHOLE.replace(OPTIONS, ""))),
        ["no-permission"],
    ),
    "unknown-crm_verify-saw-a-part-and-stammers": (
        tools(verify=output(CRM_VERIFY, 0, stderr="-:2: element configuration: Relax-NG validity error : Expecting\n"),
              cib=output(CIBADMIN, stdout=WHOLE.replace(OPTIONS, ""))),
        ["no-permission", "unreadable"],
    ),
    "warn-crm_verify-saw-all": (
        tools(verify=output(CRM_VERIFY, 78, stderr=INVALID), cib=output(CIBADMIN, stdout=WHOLE)), ["verify-errors"],
    ),
    "unknown-file-closed": (tools(conf=output(COROSYNC_CONF, 1, stderr=DENIED)), ["no-permission"]),
    "unknown-folder-closed": (
        tools(
            conf=output(COROSYNC_CONF, 1, stderr=DENIED),
            stat=output(
                COROSYNC_FILES, 1, STAT[:42],
                "".join(DENIED_STAT.format(name) for name in ("corosync.conf", "authkey")),
            ),
        ),
        ["no-permission"],
    ),
    "unknown-user-may-not": (
        tools(
            map=output(CMAPCTL, 1, stderr=NO_RIGHTS),
            verify=output(CRM_VERIFY, 66, stderr="(qb) \terror: couldn't open file: Permission denied (13)\n" + NO_CIB),
        ),
        ["no-permission", "no-permission"],
    ),
    "crit-nothing-runs": (
        tools(
            map=output(CMAPCTL, 1, stderr=DOWN), verify=output(CRM_VERIFY, 66, stderr=NO_CIB), ps=processes("sshd")
        ),
        ["not-running"],
    ),
    "crit-pacemaker-stopped": (
        tools(verify=output(CRM_VERIFY, 66, stderr=NO_CIB), ps=processes("corosync -f")), ["not-running"],
    ),
    "crit-corosync-hangs": (tools(map=hung(CMAPCTL)), ["not-responding"]),
    "warn-cib-errors": (
        tools(verify=output(CRM_VERIFY, 78, stderr="error: x\nErrors found during check: config not valid\n")),
        ["verify-errors"],
    ),
    "ok-cib-warnings": (
        tools(verify=output(CRM_VERIFY, 78, stderr="Warnings found during check: config may not be valid\n")), [],
    ),
    "unknown-cib-verdict-cut-off": (tools(verify=output(CRM_VERIFY, 78, stderr="error: x\n")), ["unreadable"]),
    "unknown-cib-verdict-lost": (tools(verify=output(CRM_VERIFY, 78)), ["unreadable"]),
    "unknown-cib-verdict": (tools(verify=output(CRM_VERIFY, 78, stderr="Hm.\n")), ["unreadable"]),
    "unknown-cib-verdict-on-standard-output": (tools(verify=output(CRM_VERIFY, stdout="Hm.\n")), ["unreadable"]),
    "unknown-tool-missing": (tools(verify=missing(CRM_VERIFY)), ["tool-missing"]),
    "unknown-key-not-looked-at": (tools(stat=missing(COROSYNC_FILES)), ["tool-missing"]),
    "ok-key-not-looked-at-and-not-needed": (
        tools(
            stat=missing(COROSYNC_FILES),
            conf=output(COROSYNC_CONF, stdout=PLAIN),
            map=output(CMAPCTL, stdout=PLAIN_MAP),
        ),
        ["no-encryption"],
    ),
    "ok-version-missing": (tools(version=missing(COROSYNC_VERSION)), []),
    "unknown-remote-node": (
        tools(
            conf=output(COROSYNC_CONF, 1, stderr=NO_FILE),
            stat=output(COROSYNC_FILES, 1, stderr="stat: cannot statx '/etc/corosync': No such file or directory\n"),
            map=output(CMAPCTL, 1, stderr=DOWN),
            ps=processes("pacemaker-remoted"),
        ),
        ["remote-node"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "expected"), list(FAILURES.values()), ids=list(FAILURES))
def test_tools_that_fail(seen: Evidence, expected: List[str]) -> None:
    findings = (*judge(seen, ConfigOptions()).findings, *seen.findings)
    assert [finding.condition.name for finding in findings] == expected


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (output(CRM_VERIFY, 78, stderr=INVALID), True),
        (output(CRM_VERIFY), False),
        (output(CRM_VERIFY, 78, stderr=INVALID, user="root"), False),
        (output(CRM_VERIFY, 78, stderr=INVALID, argv=SUDO), False),
    ],
    ids=("complains", "content", "root", "sudo"),
)
def test_the_cib_is_asked_only_where_a_part_of_it_may_be_hidden(said: Output, asked: bool) -> None:
    assert CIB.needed({CRM_VERIFY: said}) is asked


def test_what_hides_a_part_is_told_with_what_shows_it() -> None:
    confined = output(CIBADMIN, stdout=WHOLE.replace(OPTIONS, ""))
    evidence = tools(verify=output(CRM_VERIFY, 78, stderr=INVALID), cib=confined)
    (finding,) = judge(evidence, ConfigOptions()).findings
    assert finding.text == (
        "crm_verify sees only a part of the CIB: an ACL role hides crm_config of the CIB from user nagios (cibadmin)"
    )
    assert finding.commands[0].startswith("cibadmin -Mc -o acls")
