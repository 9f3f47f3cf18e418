"""What booth says of a geo cluster: its tickets, the other sites and arbitrators, and its configuration."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.moment import datetime
from check_ha.record import NamedTuple

SITE, ARBITRATOR = "site", "arbitrator"


class BoothTicket(NamedTuple):
    """A ticket as one boothd knows it."""

    name: str
    leader: Optional[str]
    """The address of the site that has it; ``None``: no site has."""
    expires: Optional[datetime] = None
    """The end of the lease, in the local time of the daemon; ``None``: it has no end (a manual ticket)."""
    pending: Optional[datetime] = None
    """The site has it, and tells Pacemaker so only then: another one that is not reachable may still have it."""
    manual: bool = False
    sites: Tuple[str, ...] = ()
    """Where booth knows it to be granted to several: their addresses."""


class BoothPeer(NamedTuple):
    """Another member of the geo cluster."""

    address: str
    kind: str
    """SITE or ARBITRATOR."""
    heard: Optional[datetime] = None
    """When its last packet came, in the local time of the daemon; ``None``: none has come."""
    refused: int = 0
    """Packets whose signature was wrong (``authfail``)."""


class BoothMember(NamedTuple):
    """A member, as configured."""

    address: str
    """Or a name, since 1.1."""
    kind: str
    """SITE or ARBITRATOR."""


class TicketTimes(NamedTuple):
    """How a ticket is configured; times in seconds."""

    name: str
    expire: float
    renewal: float
    timeout: float
    retries: int
    manual: bool = False


class BoothConf(NamedTuple):
    """booth.conf; without members: there is none."""

    members: Tuple[BoothMember, ...] = ()
    tickets: Tuple[TicketTimes, ...] = ()
    authfile: str = ""
