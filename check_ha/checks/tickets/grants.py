"""What is wrong with tickets: granted to nobody or to two sites, in standby, with a lease that ends."""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional, Tuple

from check_ha.checks.tickets.situation import (
    AHEAD,
    DEFAULT_EXPIRE,
    DEFAULT_NAME,
    ELSEWHERE,
    HERE,
    NOWHERE,
    UNKNOWN,
    Geo,
    GeoTicket,
    heard,
)
from check_ha.checks.tickets.tables import (
    BY_HAND,
    GRANTED_TWICE,
    LEASE_EXPIRED,
    LEASE_LONG,
    LEASE_SHORT,
    NOT_GRANTED,
    NOT_HERE,
    NOT_WRITTEN,
    PENDING,
    STANDBY,
    WRONG_SITE,
)
from check_ha.cluster.tickets import at_one_site_only
from check_ha.core.condition import Severity
from check_ha.core.finding import TICKET, Finding, Subject, resources
from check_ha.core.wording import how_long, joined, listed
from check_ha.model.booth import SITE, BoothPeer


def of_ticket(one: GeoTicket, geo: Geo, now: float) -> Iterator[Finding]:
    """Yield what is wrong with this ticket, the worst first."""
    subjects = (Subject(TICKET, one.name), *resources(*one.needed_by))
    twice = _twice(one)
    expired = not twice and one.left is not None and one.left <= 0
    if twice:
        yield Finding(GRANTED_TWICE, twice, subjects, *at_one_site_only(one.name))
    elif expired:
        yield Finding(LEASE_EXPIRED, _expired(one), subjects, "see whether booth runs at all sites")
    elif one.where == NOWHERE and one.granted:
        text = f"{one.name} was granted here past booth, which knows of no site that has it"
        yield Finding(BY_HAND, text, subjects, "let booth have it, at this site", (f"booth grant {one.name}",))
    elif one.where == NOWHERE and one.needed_by:
        yield _not_granted(one, geo, now)
    elif one.where == HERE and one.listed and not one.granted:
        yield _not_granted_yet(one, geo)
    if one.standby and (one.granted or one.where == HERE) and (one.needed_by or one.listed):
        text = f"{one.name} is in standby{_waiting(one)}"
        yield Finding(STANDBY, text, subjects, commands=(f"crm_ticket --ticket {one.name} --activate",))
    if not (twice or expired) and _overdue(one):
        text = f"the lease of {one.name} ends in {how_long(one.left or 0)}{_at(one)}: its renewal is overdue"
        yield Finding(LEASE_SHORT, text, subjects)
    yield from _too_long(one, now)
    if one.where == UNKNOWN and one.needed_by and _unheard_of(one, geo):
        text = f"{one.name} is not granted here, and booth has no such ticket{_waiting(one)}"
        advice = (
            "see that booth.conf and the constraint name the same ticket; if it is meant to be granted by hand "
            "(crm_ticket), look whether another site has it"
        )
        yield Finding(NOT_GRANTED, text, subjects, advice, override=Severity.WARNING)
    elif one.where == UNKNOWN and one.needed_by:
        text = f"{one.name} is not granted here, and whether another site has it cannot be told"
        yield Finding(NOT_HERE, text, subjects)


def _too_long(one: GeoTicket, now: float) -> Iterator[Finding]:
    """Yield that its lease, by the CIB, ends later than one that begins now."""
    ends = one.state.expires - now if one.state and one.state.expires and one.left is not None else 0.0
    if one.times and ends > one.times.expire - AHEAD:
        text = f"the lease of {one.name} ends in {how_long(ends)}{_at(one)}"
        text += f", and lasts {how_long(one.times.expire)}: whose clock is wrong?"
        subjects = (Subject(TICKET, one.name), *resources(*one.needed_by))
        yield Finding(LEASE_LONG, text, subjects, "compare the clocks of all sites and arbitrators")


def unexpected(tickets: Tuple[GeoTicket, ...], expected: Mapping[str, str], here: Optional[str]) -> Iterator[Finding]:
    """Yield the tickets that are not where --expect says: ``here``, ``elsewhere``, or a site's address."""
    found = {one.name: one for one in tickets}
    for name, site in expected.items():
        ticket = found.get(name)
        if ticket is None:
            yield Finding(WRONG_SITE, f"--expect {name}={site}: there is no ticket {name}", (Subject(TICKET, name),))
            continue
        wanted = HERE if site == here else site
        right = ticket.where == wanted if wanted in (HERE, ELSEWHERE) else ticket.leader == wanted
        if not right:
            text = f"{name} is {place(ticket)}, and should be {site if wanted in (HERE, ELSEWHERE) else f'at {site}'}"
            yield Finding(WRONG_SITE, text, (Subject(TICKET, name),))


def place(one: GeoTicket) -> str:
    """Return where it is, in words."""
    words = {HERE: "here", NOWHERE: "granted to no site", UNKNOWN: "not granted here"}
    return words.get(one.where) or (f"at {one.leader}" if one.leader else "at another site")


def _twice(one: GeoTicket) -> str:
    """Return how it is granted to two sites at once; empty: it is not."""
    if one.listed and len(one.listed.sites) > 1:
        return f"{one.name} is granted to {joined(one.listed.sites)}"
    if one.where == ELSEWHERE and one.granted:
        return f"{one.name} is granted here, and by booth to {one.leader or 'another site'}"
    return ""


def _expired(one: GeoTicket) -> str:
    over = how_long(-(one.left or 0))
    if one.granted:
        return f"the lease of {one.name} ended {over} ago, and it is still granted here: another site may have it, too"
    return f"the lease of {one.name} ended {over} ago{_at(one)}"


def _not_granted(one: GeoTicket, geo: Geo, now: float) -> Finding:
    subjects = (Subject(TICKET, one.name), *resources(*one.needed_by))
    state = one.state
    since = f" (for {how_long(now - state.expires)})" if state and state.owner and state.expires else ""
    silent = _unheard(one, geo)
    grant = f"booth grant {one.name}"
    needs = f"{listed(one.needed_by)} {'needs' if len(one.needed_by) == 1 else 'need'} it"
    if silent:
        words = joined([f"{peer.address} {heard(peer, geo)}" for peer in silent])
        text = f"{one.name} is granted to no site that this one knows of{since}, and {needs} ({words})"
        advice = (
            f"ask the other sites whether one of them has it (if none has, at the site that is to have it: {grant})"
        )
        return Finding(NOT_GRANTED, text, subjects, advice, _asking(silent))
    text = f"{one.name} is granted to no site{since}, and {needs}"
    return Finding(NOT_GRANTED, text, subjects, "at the site that is to have it", (grant,))


def _unheard(one: GeoTicket, geo: Geo) -> List[BoothPeer]:
    """Return those of whom nothing was heard for longer than a lease lasts: one of them may have it by now."""
    longest = one.times.expire if one.times else DEFAULT_EXPIRE
    ages = [(peer, geo.age(peer)) for peer in geo.peers or ()]
    return [peer for peer, age in ages if age is None or age > longest]


def _unheard_of(one: GeoTicket, geo: Geo) -> bool:
    """Return whether booth should know of it, and does not: one that was never granted here, misspelt for example."""
    of_others = any(other.state and other.state.booth not in ("", DEFAULT_NAME) for other in geo.tickets)
    return geo.listed and bool(geo.led or geo.conf.tickets) and one.state is None and not of_others and not one.times


def _asking(peers: List[BoothPeer]) -> Tuple[str, ...]:
    return tuple(f"booth list -s {peer.address}" for peer in peers if peer.kind == SITE)


def _not_granted_yet(one: GeoTicket, geo: Geo) -> Finding:
    subjects = (Subject(TICKET, one.name), *resources(*one.needed_by))
    pending = one.listed.pending if one.listed else None
    if pending and geo.now and pending >= geo.now:
        left = how_long((pending - geo.now).total_seconds())
        text = f"{one.name} comes here in {left}: until then a site that does not answer may have it"
        return Finding(PENDING, text, subjects)
    text = f"booth has granted {one.name} to this site, and Pacemaker does not have it{_waiting(one)}"
    return Finding(NOT_WRITTEN, text, subjects, "see what boothd says of crm_ticket in the log")


def _overdue(one: GeoTicket) -> bool:
    if one.left is None or one.times is None or one.patience is None:
        return False
    return one.left < one.times.expire - one.patience


def _waiting(one: GeoTicket) -> str:
    return f": {listed(one.needed_by)} may not run" if one.needed_by else ""


def _at(one: GeoTicket) -> str:
    return f" ({place(one)})" if one.where == ELSEWHERE else ""


def rows_of(one: GeoTicket, now: float) -> str:
    """Return the state of a ticket, in words."""
    parts: List[str] = [place(one)]
    if one.standby:
        parts.append("in standby")
    if one.left is not None:
        parts.append(f"lease for {how_long(one.left)}" if one.left > 0 else f"lease ended {how_long(-one.left)} ago")
    if one.manual:
        parts.append("manual")
    if one.state and one.state.last_granted:
        parts.append(f"last granted here {how_long(now - one.state.last_granted)} ago")
    if one.needed_by:
        parts.append(f"needed by {listed(one.needed_by)}")
    return ", ".join(parts)
