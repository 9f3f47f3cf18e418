"""Users of a node and what they may do: give it, by what a check tells them to do or else, and take all of it back."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Iterator

from check_ha.sources.running.command import FOLDERS, find
from check_ha.sources.stream import Stream
from check_ha.sources.tools import PS_EXE, Tool
from tests.lab.machine import CHECKOUT
from tests.lab.node import Node

SUDOERS = "/etc/sudoers.d/check_ha"

# All that decides who may do what on a node, but for the roles in the CIB, which heal() restores.
_RIGHTS = """
getent passwd; getent group
grep -r . /etc/sudoers.d /etc/corosync/uidgid.d /etc/nagios/nrpe.d || :
corosync-cmapctl uidgid. || :
"""
_TAKE_BACK = """
corosync-cfgtool -R >/dev/null
for user in $1; do
    id -u "$user" | xargs printf '/var/tmp/check_ha-%s\\n' | xargs rm -rf /var/lib/check_ha
    userdel "$user"
done
"""
# Up to the next thing that is told, what this line had no room for, the condition, or perfdata.
_LISTED = re.compile(r" \[no-permission\]\n  -> (?:as root[^:]*: (?:only new [^:]*: )?)?(.+)$", re.MULTILINE)
_REMEDY = re.compile(r"; to allow it: (.+?)(?=; (?:user|sudo|and \d+ more) | \[no-permission\]| \| |$)", re.MULTILINE)


class Rights:
    """The rights on one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._users: list[str] = []

    def add_user(self, name: str, *groups: str) -> str:
        """Make a user, with these supplementary groups."""
        self.node.must("useradd", "--no-create-home", "--gid=nogroup", f"--groups={','.join(groups)}", name)
        self._users.append(name)
        return name

    def join(self, user: str, group: str) -> None:
        """Put a user who was there before into a group."""
        self.node.must("usermod", "-aG", group, user)

    def allow_corosync(self, user: str) -> None:
        """Let a user ask Corosync, by the file that is shipped."""
        text = (CHECKOUT / "nrpe" / "uidgid").read_text(encoding="utf-8")
        self.node.write(f"/etc/corosync/uidgid.d/{user}", text.replace("nagios", user))
        self.node.must("corosync-cfgtool", "-R")

    def carry_out(self, remedy: str) -> None:
        """Do what a check says, to the letter: run a command, and agree to what it will do."""
        if remedy.startswith("check_ha_setup "):
            self.node.must("script", "-qec", remedy, "/dev/null", stdin="y\n")
        else:
            self.node.must("sh", "-ec", remedy)

    def state(self) -> str:
        """Return all of it, to be compared."""
        return self.node.must("sh", "-c", _RIGHTS)

    def take_back(self) -> None:
        """Remove the users, and the rights of those that were there before."""
        kept = "find /etc/sudoers.d /etc/corosync/uidgid.d /etc/nagios/nrpe.d -newer /run/before -type f -delete"
        self.node.must("sh", "-c", f"{kept}; gpasswd -d nagios haclient || :")
        self.node.must("sh", "-ec", _TAKE_BACK, "sh", " ".join(self._users))


@contextmanager
def changed_rights(node: Node) -> Iterator[Rights]:
    """Give rights on a node for a while."""
    rights = Rights(node)
    before = rights.state()
    node.must("touch", "/run/before")
    try:
        yield rights
    finally:
        rights.take_back()
        assert rights.state() == before


def remedies(output: str) -> list[str]:
    """Return each remedy that a check has printed, once: the first line has not room for all, -v lists them."""
    return list(dict.fromkeys([*_REMEDY.findall(output), *_LISTED.findall(output)]))


def may_ask(node: Node, tool: Tool, user: str, sudo: bool) -> bool:
    """Tell whether this tool gives an answer to this user, and all of it."""
    program = find(tool.name, FOLDERS)
    assert program
    if sudo:
        done = node.run(["sudo", "-n", "/usr/local/bin/check_ha_collect"], user=user, stdin=f"{tool.file}\n")
        said = Stream(done.stdout.encode(), "it").collect([tool])[tool]
        status, stdout = said.status, said.stdout.decode()
    else:
        done = node.run([program, *tool.argv[1:]], user=user)
        status, stdout = done.returncode, done.stdout
    answered = status == 0 and (bool(stdout) or tool.on_stderr)
    return answered and (tool is not PS_EXE or "/corosync\n" in stdout)


def readme_table() -> dict[str, dict[str, bool]]:
    """Return the table of docs/rights.md: by what is asked, then by the kind of user."""
    lines = (CHECKOUT / "docs/rights.md").read_text(encoding="utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("| tools | root |"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begin : lines.index("", begin)]]
    kinds, _, *rows = rows
    words = {"yes": True, "no": False}
    return {
        name.replace("`", ""): dict(zip(kinds[1:], (words[cell] for cell in cells)))
        for names, *cells in rows
        for name in re.sub(r"(?<= )-(?=quorumtool|cmapctl)", "corosync-", names).split(", ")
    }
