"""Who has the tickets of a geo cluster, and can they still move?

A ticket lets one site of several run a service (rsc_ticket constraints). Asks crm_mon and cibadmin for the tickets as
Pacemaker has them, and the client of booth (booth list, booth peers) for what the boothd of this site says; booth.conf
tells how long a lease lasts. Run it on the nodes of every site. A site without the ticket is well as long as another
one has it; --expect says where it should be.

The lease of a ticket ends unless its site renews it, which takes a majority of sites and arbitrators. So it is a
warning when a renewal is overdue (by three timeouts), and critical when the lease is over, when a ticket that resources
need is granted to no site, or when one is granted to two sites. Sites and arbitrators talk only about tickets: one that
is silent is missed by the site that has a ticket, and by the others if it has one itself.

The client of booth reads the authfile where there is one, which only its owner and root may: run the check as root,
with --sudo, or let check_ha_collect ask. It asks the configuration that is called booth. Of another one Pacemaker shows
who has the ticket, and until when; whether peers are silent is not known then. Without booth, tickets that were granted
by hand (crm_ticket) are judged by what this site has.

At a site without the ticket check_ha_resources warns of what waits for it: give it --severity no-ticket=ok there, for
this check tells when no site has the ticket.

What it cannot see: whether the other site has really stopped what it must (check_ha_sites asks both). Booth tells times
in local time: for an hour after a change of clocks a peer may seem to be silent. Booth 1.0 and 1.1 hang on Linux 6.9
and later.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Tuple

from check_ha.checks.tickets.conditions import (
    BOOTH_DOWN,
    BY_HAND,
    CONF_DIFFERS,
    GRANTED_TWICE,
    LEASE_EXPIRED,
    LEASE_LONG,
    LEASE_SHORT,
    NO_MAJORITY,
    NO_TICKETS,
    NOT_ASKED,
    NOT_GRANTED,
    NOT_HERE,
    NOT_WRITTEN,
    PEER_SILENT,
    PENDING,
    STANDBY,
    WRONG_SITE,
)
from check_ha.checks.tickets.grants import of_ticket, place, rows_of, unexpected
from check_ha.checks.tickets.peers import conf_differs, of_peers, patience, peer_row, silent_peers
from check_ha.checks.tickets.situation import DEFAULT_NAME, Geo, GeoTicket, geo
from check_ha.core.check import Applies, Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, NOT_RUNNING
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import PEER, TICKET, Finding, Row, Subject
from check_ha.core.options import FilterOptions, option, pair
from check_ha.core.wording import count, joined, listed
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import ATTRIBUTES, CONSTRAINTS, STATUS
from check_ha.model.cluster import Cluster
from check_ha.parsers.booth import parse_booth_list, parse_booth_peers
from check_ha.parsers.booth_conf import parse_booth_conf
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import BOOTH_CONF, BOOTH_LIST, BOOTH_PEERS, CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(ATTRIBUTES, STATUS))
CIB = Reading(CIBADMIN, parse_cib, parts=(CONSTRAINTS, STATUS))
LIST = Reading(BOOTH_LIST, parse_booth_list, silent=True)
PEERS = Reading(BOOTH_PEERS, parse_booth_peers, silent=True)
CONF = Reading(BOOTH_CONF, parse_booth_conf, silent=True)
SHOWN = Reading(CRM_MON, parse_crm_mon, parts=())
CONFIGURED = Reading(CIBADMIN, parse_cib, parts=())

TICKETS = Metric("cluster.tickets.count", "tickets")
GRANTED = Metric("cluster.tickets.granted.count", "tickets granted to this site")
LEASE = Metric("cluster.ticket.lease.seconds", "time until the lease ends; negative: it is over", "s", "TICKET")
LAST = Metric("cluster.ticket.granted.seconds", "time since it was last granted to this site", "s", "TICKET")
PEERS_COUNT = Metric("cluster.booth.peers.count", "other sites and arbitrators of booth")
SILENT = Metric("cluster.booth.peers.silent.count", "those of them that should be heard, and are not")

_AGENT = "booth-site"
_LISTS_TICKETS = (1, 1, 14)


class TicketOptions(FilterOptions):
    """Options of check_ha_tickets."""

    expect: Tuple[Tuple[str, str], ...] = option(
        (), "where a ticket should be: here, elsewhere, or the address of a site", metavar="TICKET=SITE", parse=pair,
        repeat=True,
    )  # fmt: skip


def judge(evidence: Evidence, options: TicketOptions) -> Judgement:
    """Judge each ticket, then booth itself."""
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    if cluster is None:
        return Judgement("no tickets were read")
    conf = evidence.get(CONF)
    found = geo(cluster, cib, conf, evidence.get(LIST), evidence.get(PEERS), evidence.now)
    selected = [one for one in found.tickets if options.selects(one.name)]
    findings = [finding for one in selected for finding in of_ticket(one, found, evidence.now)]
    findings += unexpected(found.tickets, dict(options.expect), found.here)
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
    running = _running(cluster)
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


def _running(cluster: Cluster) -> Optional[bool]:
    """Return whether Pacemaker runs boothd; None: that is not what starts it."""
    places = [one.primitive for one in cluster.primitives() if one.primitive.agent.rpartition(":")[2] == _AGENT]
    return any(one.nodes for one in places) if places else None


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


def holds(evidence: Evidence) -> Optional[bool]:
    """Return whether there are tickets, or booth. crm_mon lists also those that only a constraint names."""
    cluster, cib = evidence.get(SHOWN), evidence.get(CONFIGURED)
    if cluster is None:
        return None
    if cluster.tickets or _running(cluster) is not None:
        return True
    if not cluster.version or cluster.version >= _LISTS_TICKETS:
        return False
    return None if cib is None else bool(cib.tickets or cib.ticket_states)


CHECK = Check(
    name="tickets",
    manual=__doc__,
    readings=(CLUSTER, CIB, LIST, PEERS, CONF),
    conditions=(
        GRANTED_TWICE, LEASE_EXPIRED, NOT_GRANTED, NOT_WRITTEN, BOOTH_DOWN, NO_MAJORITY, STANDBY, BY_HAND, LEASE_SHORT,
        LEASE_LONG,
        PEER_SILENT, WRONG_SITE, PENDING, CONF_DIFFERS, NOT_HERE, NOT_ASKED, NO_TICKETS, FILTERED_OUT,
    ),
    metrics=(TICKETS, GRANTED, LEASE, LAST, PEERS_COUNT, SILENT),
    judge=judge,
    number=GRANTED,
    options=TicketOptions,
    filters="ticket",
    scope=Scope.CLUSTER,
    applies=Applies("a geo cluster", (SHOWN, CONFIGURED), holds),
    nothing=NO_TICKETS,
)  # fmt: skip
