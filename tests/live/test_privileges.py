"""Who may ask what: docs/rights.md, check by check, and that each remedy that a check prints does what it says."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Iterator, Optional, Union
from weakref import WeakKeyDictionary

import pytest

from check_ha.cli.register import check_named
from check_ha.node_setup.marked import marked
from check_ha.sources.tools import ALL, AUTHKEY, Tool
from tests.lab import Lab, Options, wait_until
from tests.lab.machine import CHECKOUT
from tests.lab.node import Node
from tests.replay import always
from tests.replay import optional as optional_checks

from .fault import TWO
from .refusals import COMMANDS, COROSYNC, PACEMAKER, Lines, corosync, first_line, pacemaker, role
from .rights import SUDOERS, Rights, changed_rights, may_ask, readme_table, remedies
from .verdict import Verdict, install, judge, lasting

pytestmark = pytest.mark.cluster

WRITES = (
    ("crm_attribute", "--name", "x", "--update", "1"),
    ("crm_attribute", "--node", "node1", "--name", "standby", "--update", "on"),
    ("crm_resource", "--resource", "p_single", "--move"),
    ("crm_resource", "--resource", "p_single", "--meta", "--set-parameter", "is-managed", "--parameter-value", "0"),
    ("cibadmin", "--delete", "--xml-text", '<nvpair id="property-stonith-enabled"/>'),
    ("cibadmin", "--modify", "--allow-create", "--scope=acls", "--xml-text", '<acls><acl_role id="more"/></acls>'),
)

OF_COROSYNC = ("cfgtool-s.txt", "cfgtool-n.txt", "quorumtool-s.txt", "cmapctl.txt")
YOUNG = 45
"""Seconds in which a Pacemaker that does not answer may still be starting."""

Said = dict[str, Verdict]

_roots: WeakKeyDictionary[Lab, Said] = WeakKeyDictionary()
"""What each check says to root, by lab."""


def shipped(name: str) -> str:
    return (CHECKOUT / "nrpe" / name).read_text(encoding="utf-8")


@pytest.fixture
def lab(lab_with: Callable[[Options], Lab]) -> Lab:
    lab = lab_with(TWO)
    if lab not in _roots:
        install(lab)
        # what another test has cut on this cluster is no news to the users of these
        lab["node1"].must("sh", "-c", "rm -rf /var/tmp/check_ha-* /var/lib/check_ha")
        _roots[lab] = ask(lab["node1"], "root")
    return lab


@pytest.fixture
def node(lab: Lab) -> Node:
    return lab["node1"]


@pytest.fixture
def rights(node: Node) -> Iterator[Rights]:
    with changed_rights(node) as rights:
        yield rights


def ask(node: Node, user: Union[str, Lines], *more: str) -> Said:
    """What each check says to this user, or to a user of its own."""
    users = dict.fromkeys(COMMANDS, user) if isinstance(user, str) else user

    def one(check: str) -> Optional[Verdict]:
        off = ["--severity=fencing-disabled=ok"] if check in ("all", "fencing") else []
        return judge(node, COMMANDS[check], [*off, *more], users[check])

    with ThreadPoolExecutor(len(users)) as pool:
        return {check: verdict for check, verdict in zip(users, pool.map(one, users)) if verdict}


def ask_once_started(node: Node, user: Union[str, Lines], *more: str) -> Said:
    """The same of who may not ask Pacemaker, to whom a daemon that is starting looks like one that refuses."""

    def settled() -> Said:
        found = ask(node, user, *more)
        return {} if any(" is not ready yet" in one.output for one in found.values()) else found

    return wait_until(settled, 40, "Pacemaker is no longer starting")


def assert_refused(lab: Lab, said: Said, *refusals: Lines) -> None:
    """Each check says UNKNOWN with just these reasons, or what it says to root where there is none."""
    for check, verdict in said.items():
        reasons = [lines[check] for lines in refusals if check in lines]
        if not reasons:
            assert (verdict.code, lasting(verdict.output)) == (0, lasting(_roots[lab][check].output))
            continue
        line = verdict.output.rstrip("\n").partition(" | ")[0]
        assert (verdict.code, line) == (3, first_line(check, reasons))


def assert_ok(lab: Lab, said: Said) -> None:
    assert_refused(lab, said)
    assert list(said) == list(COMMANDS)


def view(node: Node, user: str, *more: str) -> tuple[bool, bool, set[str]]:
    """Whether check_ha_view can tell of Corosync and of Pacemaker, and which tools were refused to it."""
    verdict = judge(node, "check_ha_view", more, user)
    assert verdict
    assert verdict.code == 0
    told = json.loads(verdict.output)
    assert [told[key]["hash" if key == "corosync_conf" else "corosync"] for key in ("corosync_conf", "versions")]
    assert {address["address"] for address in told["addresses"]} >= {"192.0.2.1", "192.0.2.100"}
    assert {trouble["condition"] for trouble in told.get("troubles", ())} <= {"no-permission"}
    return bool(told["corosync"]), bool(told["pacemaker"]), {trouble["tool"] for trouble in told.get("troubles", ())}


def test_haclient(lab: Lab, node: Node) -> None:
    assert_refused(lab, ask(node, "monitor"), corosync("monitor"))
    assert view(node, "monitor") == (False, True, {*OF_COROSYNC, AUTHKEY.file})
    assert node.run(WRITES[0], user="monitor").returncode == 0


def test_haclient_and_uidgid(lab: Lab, node: Node, rights: Rights) -> None:
    rights.allow_corosync(rights.add_user("reader", "haclient"))
    assert_ok(lab, ask(node, "reader"))
    assert view(node, "reader") == (True, True, {AUTHKEY.file})


def test_each_check_says_what_allows_it(lab: Lab, node: Node, rights: Rights) -> None:
    users = {check: rights.add_user(f"for_{check}") for check in COMMANDS}
    for check, verdict in ask_once_started(node, users, "-v").items():
        told = remedies(verdict.output)
        assert len(told) == (check in COROSYNC) + (check in PACEMAKER), verdict.output
        for remedy in told:
            rights.carry_out(remedy)
    assert_ok(lab, ask(node, users))


def test_uidgid_without_a_restart(lab: Lab, node: Node, rights: Rights) -> None:
    before = node.must("pgrep", "-x", "corosync")
    rights.allow_corosync(rights.add_user("rings"))
    assert node.must("pgrep", "-x", "corosync") == before
    assert_refused(lab, ask_once_started(node, "rings"), pacemaker("rings"))
    assert view(node, "rings") == (True, False, {"crm_mon.xml", "cibadmin.xml", "crm_node.txt", AUTHKEY.file})


def test_read_only_role(lab: Lab, node: Node, rights: Rights) -> None:
    node.must("sh", "-e", stdin=shipped("acl-crmsh.sh"))
    rights.join("nagios", "haclient")
    rights.allow_corosync("nagios")
    assert_ok(lab, ask(node, "nagios"))
    before = node.must("cibadmin", "--query", "--scope=configuration")
    for write in WRITES:
        done = node.run(write, user="nagios")
        assert done.returncode == 4, done
    assert node.must("cibadmin", "--query", "--scope=configuration") == before
    # what docs/rights.md warns of: no role keeps a member of haclient from this
    for change in ("--update=1", "--delete"):
        assert node.run(["attrd_updater", "--name=x", change], user="nagios").returncode == 0
    assert "No such device" in node.run(["stonith_admin", "--reboot=node2"], user="nagios").stderr


def test_no_role(lab: Lab, node: Node, rights: Rights) -> None:
    node.must("sh", "-e", stdin=shipped("acl-crmsh.sh"))
    said = ask(node, "monitor")
    assert_refused(lab, said, corosync("monitor"), role("monitor"))
    assert view(node, "monitor")[:2] == (False, False)
    with_password(node)
    for remedy in remedies(ask(node, {"config": "monitor"}, "-v")["config"].output):
        rights.carry_out(remedy)
    assert_ok(lab, ask(node, "monitor"))
    assert node.run(WRITES[0], user="monitor").returncode == 4
    shown = node.run(["cibadmin", "-Q"], user="monitor")
    assert (shown.returncode, 'id="p_single"' in shown.stdout, SECRET in shown.stdout) == (0, True, False)


def test_sudo_without_the_file(lab: Lab, node: Node, rights: Rights) -> None:
    users = {check: rights.add_user(f"for_{check}") for check in COMMANDS}
    said = ask(node, users, "--sudo", "-v")
    for check, verdict in said.items():
        user = users[check]
        line = first_line(check, [f"sudo refuses check_ha_collect; to allow it: check_ha_setup --user {user}"])
        assert (verdict.state, verdict.output.partition("\n")[0].partition(" | ")[0]) == ("UNKNOWN", line)
        assert remedies(verdict.output) == [f"check_ha_setup --user {user}"]
        rights.carry_out(remedies(verdict.output)[0])  # writes the file anew, for this user
        assert_refused(lab, ask(node, {check: user}, "--sudo"))


def test_sudo_with_the_lines_of_an_earlier_version(lab: Lab, node: Node, rights: Rights) -> None:
    """They are no use any more, and are replaced by what a check says."""
    line = (
        "nagios ALL=(root) TIMEOUT=10 NOPASSWD: /usr/sbin/cibadmin -Q, /usr/sbin/crm_mon --output-as\\=xml --inactive"
    )
    node.write(SUDOERS, marked(f"{line}\n"), mode="440")
    assert node.run(["sudo", "-n", "cibadmin", "-Q"], user="nagios").returncode == 0
    said = ask(node, {"nodes": "nagios"}, "--sudo")
    assert said["nodes"].text == "sudo refuses check_ha_collect; to allow it: check_ha_setup --user nagios"
    rights.carry_out(remedies(said["nodes"].output)[0])
    assert_refused(lab, ask(node, {"nodes": "nagios"}, "--sudo"))
    assert node.run(["sudo", "-n", "cibadmin", "-Q"], user="nagios").returncode == 1


def allow(node: Node) -> None:
    """Put the shipped file for sudo in place, for where the commands are in the lab."""
    node.write(SUDOERS, shipped("sudoers").replace("/usr/lib/nagios/plugins", "/usr/local/bin"), mode="440")


SECRET = "s3cr3t-of-the-bmc"


def test_shipped_sudoers(lab: Lab, node: Node, rights: Rights) -> None:
    allow(node)
    assert_ok(lab, ask(node, "nagios", "--sudo"))
    assert view(node, "nagios", "--sudo") == (True, True, set())
    assert node.run(["sudo", "-n", "crm_attribute", "--name=x", "--update=1"], user="nagios").returncode == 1
    assert node.run(["sudo", "-n", "cibadmin", "-Q"], user="nagios").returncode == 1


def test_crm_verify_is_asked_again_once_the_cib_has_changed(lab: Lab, node: Node, rights: Rights) -> None:
    allow(node)

    def said(state: str, words: str) -> Callable[[], bool]:
        def once() -> bool:
            verdict = judge(node, "check_ha_config", ["--sudo", "-vv"], "nagios")
            assert verdict
            assert (verdict.state, words in verdict.output) == (state, True), verdict.output
            return True

        return once

    known = " s ago, and nothing has changed since\n"
    wait_until(said("OK", known), 20, "the answer of crm_verify is known")
    lab.set_property("stonith-enabled", "true")
    wait_until(said("WARNING", "crm_verify finds errors in the CIB"), 20, "the error is seen")
    lab.set_property("stonith-enabled", "false")
    wait_until(said("OK", "no error in the CIB"), 20, "there is none again")


def with_password(node: Node) -> None:
    """Give a resource a password, as fence devices have one."""
    update = f'<nvpair id="p_single-passwd" name="passwd" value="{SECRET}"/>'
    attributes = (
        f'<primitive id="p_single"><instance_attributes id="p_single-secret">{update}</instance_attributes></primitive>'
    )
    node.must("cibadmin", "--modify", "--allow-create", "--scope=resources", "--xml-text", attributes)
    assert SECRET in node.must("cibadmin", "-Q")


def test_no_password_through_sudo(lab: Lab, node: Node, rights: Rights) -> None:
    allow(node)
    with_password(node)
    names = "".join(f"{tool.file}\n" for tool in ALL)
    done = node.run(["sudo", "-n", "/usr/local/bin/check_ha_collect"], user="nagios", stdin=names)
    assert (done.returncode, done.stdout[:18]) == (0, "check_ha stream 1\n")
    assert '<nvpair id="p_single-passwd" name="passwd" value="********"/>' in done.stdout
    assert SECRET not in done.stdout
    assert node.must("sha256sum", "/etc/corosync/authkey").split()[0] not in done.stdout


def test_no_password_for_the_read_only_role(lab: Lab, node: Node, rights: Rights) -> None:
    with_password(node)
    node.must("sh", "-e", stdin=shipped("acl-crmsh.sh"))
    rights.join("nagios", "haclient")
    shown = node.run(["cibadmin", "-Q"], user="nagios")
    assert shown.returncode == 0
    assert 'id="p_single"' in shown.stdout
    assert SECRET not in shown.stdout


OF_OTHERS = {"/proc/drbd", "booth list", "booth peers", "sbd dump", "sbd list"}
"""What is not set up in this cluster."""


def test_table_of_readme(node: Node, rights: Rights) -> None:
    allow(node)
    rights.allow_corosync(rights.add_user("rings"))
    users = {
        "root": "root",
        "sudo (A)": "nagios",
        "haclient (B)": "monitor",
        "uidgid.d (B)": "rings",
        "nobody special": rights.add_user("stranger"),
    }
    table = readme_table()
    assert [list(row) for row in table.values()] == [list(users)] * len(table)
    optional = {tool for name in optional_checks() for tool in _tools(name)}
    asked = [tool for tool in ALL if tool not in optional or any(tool in _tools(name) for name in always())]
    named = {tool: next(name for name in _names(tool) if name in table) for tool in asked}
    assert set(named.values()) == set(table) - OF_OTHERS
    for tool, name in named.items():
        does = {kind: may_ask(node, tool, user, kind == "sudo (A)") for kind, user in users.items()}
        assert (tool.file, does) == (tool.file, table[name])


def test_nobody_special(lab: Lab, node: Node) -> None:
    # to whom nothing answers a young Pacemaker is one that is not ready yet
    wait_until(lambda: time.monotonic() - node.started > YOUNG, YOUNG, "nobody takes it for a start")
    said = ask(node, "nagios")
    assert_refused(lab, said, corosync("nagios"), pacemaker("nagios"))
    assert {verdict.state for verdict in said.values()} == {"UNKNOWN"}
    assert "'cluster.config.links.count'=2" in said["config"].output
    assert "'corosync#daemon.running.count'=1" in said["daemons"].output
    refused = {"crm_mon.xml", "cibadmin.xml", "crm_node.txt", *OF_COROSYNC, AUTHKEY.file}
    assert view(node, "nagios") == (False, False, refused)


def _tools(name: str) -> set[Tool]:
    """The tools that this check asks."""
    check = check_named(name)
    return {one.tool for one in (*check.readings, *(check.applies.readings if check.applies else ()))}


def _names(tool: Tool) -> list[str]:
    """How docs/rights.md may call it: by its whole command line, the file that it reads, its program."""
    last = tool.argv[-1].rpartition("/")[2] if tool.argv[0] in ("cat", "sha256sum") else ""
    return [" ".join(tool.argv), last, tool.name]
