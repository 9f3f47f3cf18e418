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

from typing import Optional, Tuple

from check_ha.checks.tickets.readings import CIB, CLUSTER, CONF, CONFIGURED, LIST, PEERS, SHOWN
from check_ha.checks.tickets.tables import CONDITIONS, GRANTED, METRICS, NO_TICKETS
from check_ha.cluster.tickets import runs_booth
from check_ha.core.check import Applies, Check, Judgement, Scope
from check_ha.core.evidence import Evidence
from check_ha.core.options import FilterOptions, option, pair

_LISTS_TICKETS = (1, 1, 14)


class TicketOptions(FilterOptions):
    """Options of check_ha_tickets."""

    expect: Tuple[Tuple[str, str], ...] = option(
        (), "where a ticket should be: here, elsewhere, or the address of a site", metavar="TICKET=SITE", parse=pair,
        repeat=True,
    )  # fmt: skip


def judge(evidence: Evidence, options: TicketOptions) -> Judgement:
    """Judge each ticket, then booth itself."""
    from check_ha.checks.tickets import judgement  # where there are tickets: that is 3 ms

    return judgement.judge(evidence, options, dict(options.expect))


def holds(evidence: Evidence) -> Optional[bool]:
    """Return whether there are tickets, or booth. crm_mon lists also those that only a constraint names."""
    cluster, cib = evidence.get(SHOWN), evidence.get(CONFIGURED)
    if cluster is None:
        return None
    if cluster.tickets or runs_booth(cluster) is not None:
        return True
    if not cluster.version or cluster.version >= _LISTS_TICKETS:
        return False
    return None if cib is None else bool(cib.tickets or cib.ticket_states)


CHECK = Check(
    name="tickets",
    manual=__doc__,
    readings=(CLUSTER, CIB, LIST, PEERS, CONF),
    conditions=CONDITIONS,
    metrics=METRICS,
    judge=judge,
    number=GRANTED,
    options=TicketOptions,
    filters="ticket",
    scope=Scope.CLUSTER,
    applies=Applies("a geo cluster", (SHOWN, CONFIGURED), holds),
    nothing=NO_TICKETS,
)
