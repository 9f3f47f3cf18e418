"""What Pacemaker and booth say of each ticket, put together: who has it, and for how long."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from check_ha.core.wording import how_long
from check_ha.model.booth import BoothConf, BoothPeer, BoothTicket, TicketTimes
from check_ha.model.cib import NOBODY, Cib, TicketState
from check_ha.model.cluster import Cluster
from check_ha.moment import datetime
from check_ha.record import NamedTuple

HERE, ELSEWHERE, NOWHERE, UNKNOWN = "here", "elsewhere", "nowhere", "unknown"
"""Where a ticket is granted."""
DEFAULT_NAME = "booth"
"""Of booth's configuration, which ``booth list`` asks for."""
AHEAD = -60.0
"""Seconds: what was heard later than that was stamped before this node's clock was set back."""
DEFAULT_EXPIRE = 600.0
"""Seconds that a lease lasts where booth.conf does not say."""


class GeoTicket(NamedTuple):
    """One ticket, by everybody's account."""

    name: str
    granted: bool
    """To this site, as Pacemaker has it."""
    standby: bool
    where: str
    """HERE, ELSEWHERE, NOWHERE or UNKNOWN, by booth where there is one."""
    left: Optional[float]
    """Seconds until its lease ends; negative: since when it is over; ``None``: it has none."""
    needed_by: Tuple[str, ...]
    """Resources of this site."""
    state: Optional[TicketState] = None
    listed: Optional[BoothTicket] = None
    times: Optional[TicketTimes] = None

    @property
    def leader(self) -> str:
        """The address of the site that has it; empty: not known."""
        return (self.listed.leader or "") if self.listed else ""

    @property
    def manual(self) -> bool:
        """Whether booth leaves it to the administrator."""
        return bool(self.listed and self.listed.manual) or bool(self.times and self.times.manual)

    @property
    def patience(self) -> Optional[float]:
        """Seconds within which the site with the ticket and each other one hear of each other.

        The lease is renewed in time if the first packet, or one of the next two, arrives.
        """
        return None if self.manual or self.times is None else self.times.renewal + 3 * self.times.timeout


class Geo(NamedTuple):
    """The geo cluster, as this site sees it."""

    tickets: Tuple[GeoTicket, ...]
    here: Optional[str] = None
    """This site's address in booth.conf."""
    conf: BoothConf = BoothConf()
    peers: Optional[Tuple[BoothPeer, ...]] = None
    """``None``: not known."""
    now: Optional[datetime] = None
    """In the local time of this node."""
    listed: bool = False
    """Whether booth has told of its tickets."""

    def age(self, peer: BoothPeer) -> Optional[float]:
        """Return for how many seconds nothing was heard of it; None: ever."""
        return None if peer.heard is None or self.now is None else (self.now - peer.heard).total_seconds()

    @property
    def led(self) -> List[GeoTicket]:
        """The tickets whose lease this site renews."""
        return [one for one in self.tickets if one.listed and one.where == HERE and not one.manual]


def geo(
    cluster: Cluster,
    cib: Optional[Cib],
    conf: Optional[BoothConf],
    listed: Optional[Tuple[BoothTicket, ...]],
    peers: Optional[Tuple[BoothPeer, ...]],
    now: float,
) -> Geo:
    """Return what all of them say of the tickets. Those of Pacemaker come first."""
    of_cluster = {one.id: one for one in cluster.tickets}
    states = {one.id: one for one in (cib.ticket_states if cib else ())}
    of_booth = {one.name: one for one in listed or ()}
    times = {one.name: one for one in (conf.tickets if conf else ())}
    needed: Dict[str, Tuple[str, ...]] = {}
    for one in cib.tickets if cib else ():
        needed[one.ticket] = tuple(dict.fromkeys((*needed.get(one.ticket, ()), *one.resources)))
    here = _own_address(conf, peers)
    tickets = []
    for name in dict.fromkeys((*of_cluster, *states, *needed, *of_booth, *times)):
        pacemaker, state, booth = of_cluster.get(name), states.get(name), of_booth.get(name)
        granted = pacemaker.granted if pacemaker else bool(state and state.granted)
        standby = pacemaker.standby if pacemaker else bool(state and state.standby)
        where = _where(granted, state, booth, here)
        manual = bool(booth and booth.manual) or (name in times and times[name].manual)
        left = None if manual or where not in (HERE, ELSEWHERE) else _left(state, booth, now, cluster.updated)
        tickets.append(
            GeoTicket(name, granted, standby, where, left, needed.get(name, ()), state, booth, times.get(name))
        )
    return Geo(tuple(tickets), here, conf or BoothConf(), peers, cluster.updated, listed is not None)


def _own_address(conf: Optional[BoothConf], peers: Optional[Tuple[BoothPeer, ...]]) -> Optional[str]:
    """Return the member that booth does not list, as it does not list itself."""
    others = {one.address for one in peers or ()}
    own = [one.address for one in (conf.members if conf else ()) if one.address not in others]
    return own[0] if others and len(own) == 1 else None


def _where(granted: bool, state: Optional[TicketState], booth: Optional[BoothTicket], here: Optional[str]) -> str:
    if booth:
        if booth.leader is None:
            return NOWHERE
        return HERE if (booth.leader == here if here else granted) else ELSEWHERE
    if state is None or state.owner is None:  # no booth: nobody here knows of other sites
        return HERE if granted else UNKNOWN
    if granted:
        return HERE
    return NOWHERE if state.owner == NOBODY else ELSEWHERE


def _left(
    state: Optional[TicketState], booth: Optional[BoothTicket], now: float, local: Optional[datetime]
) -> Optional[float]:
    """Return how long the lease still lasts: by the CIB, which has seconds since the epoch, as long as that is not
    behind; booth itself tells it in local time."""
    exact = state.expires - now if state and state.expires and state.owner not in (None, NOBODY) else None
    if exact is not None and (exact > 0 or booth is None or booth.expires is None or local is None):
        return exact
    return (booth.expires - local).total_seconds() if booth and booth.expires and local else exact


def heard(peer: BoothPeer, geo: Geo) -> str:
    """Return when its last packet came, in words: ``was heard 5m ago``."""
    age = geo.age(peer)
    if age is not None and age < AHEAD:
        return f"was last heard at a time that is still to come (in {how_long(-age)})"
    return "was never heard" if age is None else f"was heard {how_long(age)} ago"
