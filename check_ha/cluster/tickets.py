"""Tickets of a geo cluster (booth): which this site lacks, and what waits for them."""

from __future__ import annotations

from typing import Collection, Dict, Optional, Tuple

from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster

_AGENT = "booth-site"


def missing_tickets(cluster: Cluster) -> Dict[str, str]:
    """Return the tickets this site does not have, and why not: ``is not granted here``, ``is in standby here``."""
    return {
        ticket.id: "is in standby here" if ticket.granted else "is not granted here"
        for ticket in cluster.tickets
        if ticket.standby or not ticket.granted
    }


def at_one_site_only(ticket: str) -> Tuple[str, Tuple[str, ...]]:
    """Return what to do about a ticket that two sites have.

    In standby what needs it is stopped or demoted without the loss-policy, which may fence; crm_ticket itself advises
    it before a ticket is revoked (2.1.5).
    """
    revoke = f"crm_ticket --ticket {ticket} --revoke --force"
    advice = f"decide which site keeps it; at the other one stop what needs it, and then revoke it there ({revoke})"
    return f"{advice}; to stop it", (f"crm_ticket --ticket {ticket} --standby",)


def tickets_needed(
    names: Collection[str], missing: Collection[str], cib: Optional[Cib], promoted: bool = False
) -> Tuple[str, ...]:
    """Return those of the missing tickets that a resource of these names needs to run, or to be promoted."""
    return tuple(
        one.ticket
        for one in (cib.tickets if cib else ())
        if one.ticket in missing and one.promoted_only == promoted and not set(one.resources).isdisjoint(names)
    )


def runs_booth(cluster: Cluster) -> Optional[bool]:
    """Return whether Pacemaker runs boothd; None: that is not what starts it."""
    places = [one.primitive for one in cluster.primitives() if one.primitive.agent.rpartition(":")[2] == _AGENT]
    return any(one.nodes for one in places) if places else None
