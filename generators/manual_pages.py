"""What a man page has beside the options: examples that can be typed, and the files that a command has to do with."""

from __future__ import annotations

from typing import Dict, Iterator, Mapping, NamedTuple, Sequence

from check_ha.cli import setup, snapshot
from check_ha.node_setup.nrpe import PLUGINS
from check_ha.node_setup.plan import SUDOERS, UIDGID
from check_ha.sources.files import STATE
from generators.commands import COLLECT, VIEW, Command
from generators.nrpe import AS_RANGES
from generators.services import ARGUMENTS, CHECK_NRPE

_NODES = "--node node1 --node node2 --via"
_RECORDED = "/tmp/snap"  # noqa: S108  # in an example
_CONFIG = "/etc/check_ha.ini"


class Example(NamedTuple):
    """A command line, and what it is for."""

    line: str
    meaning: str


_OF_OTHERS: Mapping[str, Sequence[Example]] = {
    "check_ha": (
        Example("check_ha --human", "The cluster in one picture, and what to do."),
        Example("check_ha -v", "A line for each check."),
        Example(f"check_ha --sudo --config {_CONFIG}", "As the only service of a node, with the options of the site."),
    ),
    COLLECT: (
        Example(f"echo crm_mon.xml | {COLLECT}", "As root: what crm_mon says, as a check gets it."),
    ),
    VIEW: (
        Example(f"{VIEW} --sudo", "What NRPE, or the key of ssh, runs on each node."),
    ),
    setup.NAME: (
        Example(setup.NAME, "Show what would be done on this node, and ask."),
        Example(f"{setup.NAME} --user icinga --yes", "Give the agent of Icinga the right to ask, too."),
        Example(f"{setup.NAME} --nrpe-cfg /etc/nrpe/centreon-nrpe4.cfg", "For one of several NRPEs."),
        Example(f"{setup.NAME} --remove --user icinga", "Take the right from that user alone."),
        Example(f"{setup.NAME} --remove", "Undo all of it."),
    ),
    snapshot.NAME: (
        Example(f"{snapshot.NAME} {_RECORDED}", "Record this node."),
        Example(f"check_ha --from {_RECORDED}", "Judge it again, on whatever machine."),
    ),
}  # fmt: skip


def examples(command: Command) -> Iterator[Example]:
    """Yield what is typed most."""
    if command.name in _OF_OTHERS:
        yield from _OF_OTHERS[command.name]
    elif command.on_server:
        yield Example(f"{command.name} {_NODES} '{PLUGINS}/{CHECK_NRPE}'", "On the server, through NRPE.")
        yield Example(f"{command.name} {_NODES} 'ssh -o BatchMode=yes check_ha@{{node}} {VIEW}'", "The same by ssh.")
        yield Example(f"{command.name} --from node1=/tmp/snap1 --from node2=/tmp/snap2", "Of nodes that were recorded.")
    elif command.check:
        arguments = "".join(f" {word}" for word in ARGUMENTS.get(command.name, ()))
        yield Example(f"{command.name} -v", "As root: each finding, and the command that repairs it.")
        yield Example(f"{command.name} --sudo{arguments}", "As the user of the monitoring.")
        if command.name in AS_RANGES and command.check.number:
            meaning = f"With thresholds for {command.check.number.meaning}."
            yield Example(f"{command.name} {AS_RANGES[command.name]}", meaning)
        yield Example(f"{command.name} --from {_RECORDED}", "Of a node that was recorded with check_ha_snapshot.")


_FILES: Mapping[str, str] = {
    "/etc/corosync/corosync.conf": "Asked for by this command.",
    "/etc/corosync/authkey": "Of which nothing but owner, mode and a fingerprint is looked at.",
}
_SUDO_FILES: Mapping[str, str] = {
    SUDOERS: "The right to use --sudo, written by check_ha_setup.",
    "/run/check_ha": "What was collected, kept for --max-age-of-data.",
}


def files(command: Command) -> Dict[str, str]:
    """Return the files and folders that the command reads or writes, and what they are to it."""
    if command.name == setup.NAME:
        return {
            "/etc/nagios/nrpe.d/check_ha.cfg": "The commands, in the folder that NRPE's file includes.",
            SUDOERS: "The right to run check_ha_collect as root.",
            UIDGID: "The right to ask Corosync (--way rights).",
            STATE: "A folder for each user, for what the checks compare with their next run.",
            "/var/backups/check_ha": "Copies of edited files that were replaced.",
        }
    found = {path: meaning for path, meaning in _FILES.items() if any(path in tool.argv for tool in command.tools)}
    if command.name == "check_ha":
        found[_CONFIG] = "Where a site keeps its options, if --config names it."
    if command.verdict and not command.on_server and (command.check is None or command.check.remembers):
        meaning = (
            "What is compared with the next run; in /var/tmp/check_ha-UID where check_ha_setup has made no such folder."
        )
        found[f"{STATE}/UID"] = meaning
    if (command.verdict or command.name == VIEW) and not command.on_server:
        found.update(_SUDO_FILES)
    if command.name == COLLECT:
        found.update(_SUDO_FILES)
    return found
