"""Judge each ticket, then booth itself."""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional

from check_ha.checks.tickets.grants import of_ticket, place, rows_of, unexpected
from check_ha.checks.tickets.peers import conf_differs, of_peers, patience, peer_row, silent_peers
from check_ha.checks.tickets.readings import CIB, CLUSTER, CONF, LIST, PEERS
from check_ha.checks.tickets.situation import DEFAULT_NAME, Geo, GeoTicket, geo
from check_ha.checks.tickets.tables import (
    BOOTH_DOWN,
    GRANTED,
    LAST,
    LEASE,
    LEASE_SHORT,
    NO_MAJORITY,
    NO_TICKETS,
    NOT_ASKED,
    PEERS_COUNT,
    SILENT,
    TICKETS,
)
from check_ha.cluster.tickets import runs_booth
from check_ha.core.check import Judgement, Measure
from check_ha.core.condition import FILTERED_OUT, NOT_RUNNING
from check_ha.core.evidence import Evidence
from check_ha.core.finding import PEER, TICKET, Finding, Row, Subject
from check_ha.core.options import FilterOptions
from check_ha.core.wording import count, joined, listed
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster
from check_ha.sources.tools import BOOTH_CONF, BOOTH_LIST, BOOTH_PEERS


def judge(evidence: Evidence, options: FilterOptions, expected: Mapping[str, str]) -> Judgement:
    """Judge each selected ticket, then booth itself; each is expected at that place."""
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    if cluster is None:
        return Judgement("no tickets were read")
    conf = evidence.get(CONF)
    found = geo(cluster, cib, conf, evidence.get(LIST), evidence.get(PEERS), evidence.now)
    selected = [one for one in found.tickets if options.selects(one.name)]
    findings = [finding for one in selected for finding in of_ticket(one, found, evidence.now)]
    findings += unexpected(found.tickets, expected, found.here)
    findings += _of_booth(evidence, cluster, cib, found)
    of_others = list(of_peers(found))
    if any(one.condition is NO_MAJORITY for one in of_others):  # which is why the lease is not renewed
        findings = [one for one in findings if one.condition is not LEASE_SHORT]
    findings += [*of_others, *conf_differs(found)]
    if not found.tickets:
        findings.append(Finding(NO_TICKETS, "booth is set up, and has no tickets"))
    elif not selected:
        text = f"--include and --exclude leave none of {count(len(found.tickets), 'ticket')}"
        findings.append(Finding(FILTERED_OUT, text, tuple(Subject(TICKET, one.name) for one in found.tickets)))
    return Judgement(
        summary=_summary(selected, found),
        findings=tuple(findings),
        measures=tuple(_measures(found, evidence.now)),
        rows=tuple(_rows(found, evidence.now)),
    )


def _of_booth(evidence: Evidence, cluster: Cluster, cib: Optional[Cib], found: Geo) -> Iterator[Finding]:
    """Yield why booth says nothing, where it should."""
    failed = evidence.failed.get(BOOTH_LIST) or evidence.failed.get(BOOTH_PEERS)
    names = {one.booth for one in (cib.ticket_states if cib else ()) if one.booth}
    owned = any(one.owner is not None for one in (cib.ticket_states if cib else ()))
    unreadable = evidence.failed.get(BOOTH_CONF)
    running = runs_booth(cluster)
    if not (found.conf.members or owned or running is not None):
        return
    if running is False or (failed and failed.condition is NOT_RUNNING):
        text = "booth does not run at this site: it neither renews a ticket nor takes one over"
        advice = (
            "see in the log of this site why boothd ended, and start it again: its resource in Pacemaker, or its unit"
        )
        yield Finding(BOOTH_DOWN, text, advice=advice)
    elif failed and not found.conf.members and not unreadable and names and DEFAULT_NAME not in names:
        yield Finding(NOT_ASKED, f"booth is set up as {joined(sorted(names))}: its peers are not asked")
    elif failed:
        yield failed
    elif unreadable:
        yield unreadable


def _summary(selected: List[GeoTicket], found: Geo) -> str:
    text = f"{count(len(selected), 'ticket')}: {listed([f'{one.name} {place(one)}' for one in selected])}"
    expected = patience(found)
    if expected:
        text += f"; booth hears {listed(expected)}"
    return text


def _measures(found: Geo, now: float) -> Iterator[Measure]:
    yield TICKETS.of(len(found.tickets))
    yield GRANTED.of(sum(one.granted for one in found.tickets), maximum=len(found.tickets))
    for one in found.tickets:
        if one.left is not None:
            yield LEASE.of(round(one.left), one.name, minimum=None)
        if one.state and one.state.last_granted:
            yield LAST.of(max(0, round(now - one.state.last_granted)), one.name)
    if found.peers is not None:
        yield PEERS_COUNT.of(len(found.peers))
        yield SILENT.of(len(silent_peers(found)), maximum=len(found.peers))


def _rows(found: Geo, now: float) -> Iterator[Row]:
    for one in found.tickets:
        yield Row(Subject(TICKET, one.name), rows_of(one, now))
    for peer in found.peers or ():
        yield Row(Subject(PEER, peer.address), peer_row(peer, found))
