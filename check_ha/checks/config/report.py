"""What the check of the configuration tells beside its findings: summary, numbers, rows."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from check_ha.checks.config.authkey import AUTHKEY
from check_ha.checks.config.differences import Difference
from check_ha.checks.config.settings import Settings
from check_ha.core.check import Measure, Metric
from check_ha.core.finding import DAEMON, DEVICE, FILE, NODE, SETTING, Row, Subject
from check_ha.core.wording import count
from check_ha.model.node import FileState, Verification

DIFFERENCES = Metric("cluster.config.differences.count", "settings in which corosync.conf and corosync differ")
NODES = Metric("cluster.config.nodes.count", "nodes configured")
LINKS = Metric("cluster.config.links.count", "links (or rings) configured")
VOTES = Metric("cluster.config.votes.count", "votes of all nodes and the quorum device, else expected_votes")
CIB_ERRORS = Metric("cluster.cib.errors.count", "errors that crm_verify finds in the CIB")


def summary_of(
    settings: Optional[Settings],
    written: Optional[Settings],
    running: Optional[Settings],
    verification: Optional[Verification],
) -> str:
    """Return the sentence that says what was looked at."""
    if settings is None:
        return "no configuration was read"
    number = len(settings.nodes) or settings.members
    parts = [count(number, "node") if number else "no nodelist"]
    if settings.major == 1 and not number:  # which has none
        parts = []
    parts += [count(len(settings.links), "link"), settings.transport, _crypto(settings)]
    if written is None:
        parts.append("as it runs, corosync.conf was not read")
    elif running:
        parts.append("corosync runs with it")
    if verification and verification.valid:
        parts.append("no error in the CIB")
    return ", ".join(parts)


def _crypto(settings: Settings) -> str:
    return f"{settings.cipher}/{settings.hash}" if settings.protected else "not encrypted"


def measures_of(
    settings: Optional[Settings], found: Optional[Tuple[Difference, ...]], verification: Optional[Verification]
) -> Iterator[Measure]:
    """Yield what is known, in numbers."""
    if found is not None:
        yield DIFFERENCES.of(len(found))
    if settings:
        nodes = len(settings.nodes) or settings.members
        votes = settings.node_votes + settings.device_votes or settings.number("quorum.expected_votes")
        if nodes:  # else it is not configured how many there are
            yield NODES.of(nodes)
        yield LINKS.of(len(settings.links))
        if votes:
            yield VOTES.of(votes)
    if verification:
        yield CIB_ERRORS.of(len(verification.errors))


def rows_of(
    settings: Optional[Settings],
    found: Tuple[Difference, ...],
    files: Tuple[FileState, ...],
    version: Optional[Tuple[int, ...]],
) -> Iterator[Row]:
    """Yield a row for each node, for each difference, for each file."""
    if settings:
        for node in settings.nodes:
            links = ", ".join(f"link {number} {address}" for number, address in node.addresses.items())
            state = f"nodeid {node.node_id or 'generated'}, {links}, {count(node.votes, 'vote')}"
            yield Row(Subject(NODE, node.label), state)
        if settings.device:
            state = f"model {settings.device}, {count(settings.device_votes, 'vote')}"
            yield Row(Subject(DEVICE, "quorum device"), state)
        yield Row(Subject(SETTING, "totem"), f"transport {settings.transport}, {_crypto(settings)}")
        keyfile = settings.keys.get("totem.keyfile", AUTHKEY)
        if settings.protected and keyfile != AUTHKEY:
            yield Row(Subject(FILE, keyfile), "the key of the cluster, not looked at")
    for difference in found:
        yield Row(Subject(SETTING, difference.name), f"differs from corosync.conf: {difference.values}")
    for file in files:
        state = f"{file.kind}, {file.owner}:{file.group}, mode {file.mode:o}"
        yield Row(Subject(FILE, file.path), file.error or state)
    if version:
        yield Row(Subject(DAEMON, "corosync"), f"{'.'.join(map(str, version))} is installed")
