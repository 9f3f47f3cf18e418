"""What may be wrong with the tickets of a geo cluster, and with booth; and what is measured."""

from __future__ import annotations

from check_ha.core.check import Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity

GRANTED_TWICE = Condition(
    "granted-twice", Severity.CRITICAL, "A ticket is granted to two sites: both run what needs it."
)
LEASE_EXPIRED = Condition(
    "lease-expired", Severity.CRITICAL,
    "The lease of a ticket is over and was not renewed: another site may take it while this one goes on.",
)  # fmt: skip
NOT_GRANTED = Condition(
    "not-granted",
    Severity.CRITICAL,
    "Resources need a ticket that no site has, as far as this one knows. WARNING where booth has no such ticket.",
)
NOT_WRITTEN = Condition(
    "not-written", Severity.CRITICAL, "Booth has the ticket for this site, and Pacemaker does not know it."
)
BOOTH_DOWN = Condition("booth-down", Severity.CRITICAL, "Booth is set up, and does not run at this site.")
NO_MAJORITY = Condition(
    "no-majority", Severity.CRITICAL,
    "This site has a ticket and no longer hears most of the others: it will lose the ticket.",
)  # fmt: skip
STANDBY = Condition("standby", Severity.WARNING, "A ticket is in standby: what needs it does not run.")
BY_HAND = Condition(
    "by-hand", Severity.WARNING, "A ticket was granted past booth (crm_ticket): booth may give it to another site."
)
LEASE_SHORT = Condition("lease-short", Severity.WARNING, "The renewal of a lease is overdue.")
LEASE_LONG = Condition(
    "lease-long", Severity.WARNING,
    "A lease ends later than it can last from now on: a clock is wrong, and that it ends in time cannot be relied on.",
)  # fmt: skip
PEER_SILENT = Condition(
    "peer-silent", Severity.WARNING, "Another site or the arbitrator does not answer the site that has a ticket."
)
WRONG_SITE = Condition("wrong-site", Severity.WARNING, "A ticket is not where --expect says.")
PENDING = Condition(
    "pending", Severity.WARNING, "This site gets a ticket later: a site that does not answer may still have it."
)
CONF_DIFFERS = Condition(
    "conf-differs", Severity.WARNING, "Booth runs with other members or tickets than booth.conf has."
)
NOT_HERE = Condition(
    "not-here", Severity.OK, "A ticket without booth is not granted here: whether another site has it cannot be told."
)
NOT_ASKED = Condition(
    "not-asked", Severity.OK, "Booth is set up under another name: what Pacemaker shows of it is judged, no peers."
)
NO_TICKETS = Condition("no-tickets", Severity.UNKNOWN, "There are no tickets here, and no booth.")

CONDITIONS = (
    GRANTED_TWICE, LEASE_EXPIRED, NOT_GRANTED, NOT_WRITTEN, BOOTH_DOWN, NO_MAJORITY, STANDBY, BY_HAND, LEASE_SHORT,
    LEASE_LONG, PEER_SILENT, WRONG_SITE, PENDING, CONF_DIFFERS, NOT_HERE, NOT_ASKED, NO_TICKETS, FILTERED_OUT,
)  # fmt: skip

TICKETS = Metric("cluster.tickets.count", "tickets")
GRANTED = Metric("cluster.tickets.granted.count", "tickets granted to this site")
LEASE = Metric("cluster.ticket.lease.seconds", "time until the lease ends; negative: it is over", "s", "TICKET")
LAST = Metric("cluster.ticket.granted.seconds", "time since it was last granted to this site", "s", "TICKET")
PEERS_COUNT = Metric("cluster.booth.peers.count", "other sites and arbitrators of booth")
SILENT = Metric("cluster.booth.peers.silent.count", "those of them that should be heard, and are not")

METRICS = (TICKETS, GRANTED, LEASE, LAST, PEERS_COUNT, SILENT)
