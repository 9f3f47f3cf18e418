"""Is each ticket of a geo cluster granted to one site, and to one only?

Run it on the monitoring server. It asks nodes of all sites for their views (check_ha_view), as check_ha_split_brain
does with those of one cluster, finds out by itself which nodes are of one site, and compares what Pacemaker has of each
ticket there. A ticket that is granted at two sites is the split brain of a geo cluster: each runs what needs it, and no
check at one of them can be sure of it.

  check_ha_sites --node paris1 --node paris2 --node lyon1 --node lyon2

Give all nodes, or at least two of each site: one that answers speaks for its site. What would be CRITICAL is looked at
once more, two seconds later where the deadline allows it, and reported only if it is in both looks. An arbitrator has
no Pacemaker, and is not asked: check_ha_tickets, at the sites, tells whether it answers.

What it cannot see: whether a site of which no node answers has a ticket as well.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple

from check_ha.cluster.tickets import at_one_site_only
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.finding import NODE, TICKET, Finding, Row, Subject, nodes
from check_ha.core.options import FilterOptions
from check_ha.core.wording import count, joined, some
from check_ha.model.view import TicketView, View
from check_ha.multinode.answers import Answer, Views
from check_ha.multinode.node_names import ClusterNodes, clusters_of, identify
from check_ha.multinode.unreachable_nodes import (
    ANSWERING,
    ASKED,
    ASKED_TWICE,
    TOO_FEW,
    UNREADABLE,
    counted,
    no_views,
    wrongly_asked,
)
from check_ha.record import NamedTuple

GRANTED_TWICE = Condition(
    "granted-twice", Severity.CRITICAL,
    "A ticket is granted to several sites by their own account: each runs what needs it.",
)  # fmt: skip
GRANTED_NOWHERE = Condition(
    "granted-nowhere", Severity.CRITICAL, "No site has a ticket that resources need, and all of them were asked."
)
NOT_SEEN = Condition(
    "not-seen", Severity.WARNING, "No site that answered has a ticket that resources need: another one may have it."
)
SITE_SILENT = Condition(
    "site-silent", Severity.WARNING, "No node of a site answered: it may have a ticket that another one has as well."
)
SITE_UNKNOWN = Condition(
    "site-unknown",
    Severity.UNKNOWN,
    "No node of a site can tell its tickets: Pacemaker gives no answer there, or check_ha is too old.",
)
ONE_SITE = Condition("one-site", Severity.UNKNOWN, "All nodes are of one cluster: there is nothing to compare.")
NO_TICKETS = Condition("no-tickets", Severity.UNKNOWN, "No site has heard of a ticket.")

SITES = Metric("cluster.sites.count", "sites of which a node gave a view")
GRANTED = Metric("cluster.tickets.granted.count", "tickets that a site has")
TWICE = Metric("cluster.tickets.duplicated.count", "tickets that several sites have")

Problem = Tuple[Condition, str]
"""What is wrong with which ticket."""


class Site(NamedTuple):
    """One cluster of those that were asked."""

    name: str
    nodes: ClusterNodes
    tickets: Optional[Tuple[TicketView, ...]]
    """By the nodes that tell; ``None``: none does."""

    def has(self, ticket: str) -> bool:
        """Return whether it is granted there."""
        return any(one.granted for one in self.tickets or () if one.id == ticket)


def judge(views: Views, options: FilterOptions) -> Judgement:
    """Find the sites, then compare their tickets."""
    sites, strangers = _sites(views.answers)
    names = _tickets(sites)
    selected = [name for name in names if options.selects(name)]
    problems = _problems(sites, strangers, selected)
    if views.earlier:
        before = _problems(*_sites(views.earlier.answers), selected)
        problems = [one for one in problems if one[0].severity is not Severity.CRITICAL or one in before]
    findings = [_finding(condition, name, sites, strangers) for condition, name in problems]
    findings += list(_of_sites(sites, strangers, names))
    if names and not selected:
        text = f"--include and --exclude leave none of {count(len(names), 'ticket')}"
        findings.append(Finding(FILTERED_OUT, text, tuple(Subject(TICKET, name) for name in names)))
    return Judgement(
        summary=_summary(sites, selected),
        findings=tuple(findings),
        measures=tuple(_measures(sites, names)),
        rows=tuple(_rows(sites, strangers, names)),
    )


def _sites(answers: Sequence[Answer]) -> Tuple[List[Site], Tuple[Answer, ...]]:
    """Return the sites of which a node answered, and the answers without a view that are of none of them.

    Where one site alone answers, a node that is not known there by its name is taken for one of another site.
    """
    clusters = [identify(group) for group in clusters_of(answers)]
    sites = [_site(cluster) for cluster in clusters if cluster.answered]
    silent = [(cluster, one) for cluster in clusters for one in cluster.unreachable]
    trusted = len(sites) > 1
    strangers = [
        one for cluster, one in silent
        if not cluster.answered or not one.node or not (trusted or _is_called_so(one, cluster))
    ]  # fmt: skip
    return sites, tuple(strangers)


def _is_called_so(answer: Answer, cluster: ClusterNodes) -> bool:
    """Return whether it was asked by the name or an address that its node has in the cluster, a domain or not."""
    listed = (one for view in cluster.views.values() for one in view.nodelist or ())
    addresses = {address for one in listed if one.name == answer.node for address in one.addresses}
    return answer.asked in addresses or answer.asked.split(".")[0] == answer.node.split(".")[0]


def _site(cluster: ClusterNodes) -> Site:
    names = dict.fromkeys(view.cluster for view in cluster.views.values() if view.cluster)
    members = some(list(cluster.views))
    name = f"{next(iter(names))} ({members})" if names else members
    # a view without findings is of a check_ha that does not tell tickets either
    told = [view for view in cluster.views.values() if view.pacemaker and view.findings is not None]
    return Site(name, cluster, _together(told) if told else None)


def _together(views: Sequence[View]) -> Tuple[TicketView, ...]:
    """Return each ticket once: granted, where a part of a cluster that is split has it so."""
    found: Dict[str, TicketView] = {}
    for one in (ticket for view in views for ticket in view.tickets):
        known = found.setdefault(one.id, one)
        found[one.id] = known._replace(
            granted=known.granted or one.granted,
            standby=known.standby or one.standby,
            needed=known.needed or one.needed,
        )
    return tuple(found.values())


def _tickets(sites: Sequence[Site]) -> List[str]:
    return list(dict.fromkeys(one.id for site in sites for one in site.tickets or ()))


def _needed(sites: Sequence[Site]) -> FrozenSet[str]:
    return frozenset(one.id for site in sites for one in site.tickets or () if one.needed)


def _problems(sites: Sequence[Site], strangers: Sequence[Answer], names: Sequence[str]) -> List[Problem]:
    """Return what is wrong with these tickets."""
    complete = not strangers and len(sites) > 1 and all(site.tickets is not None for site in sites)
    needed, found = _needed(sites), []
    for name in names:
        places = sum(site.has(name) for site in sites)
        if places > 1:
            found.append((GRANTED_TWICE, name))
        elif not places and name in needed:
            found.append((GRANTED_NOWHERE if complete else NOT_SEEN, name))
    return found


def _finding(condition: Condition, name: str, sites: Sequence[Site], strangers: Sequence[Answer]) -> Finding:
    having = [site for site in sites if site.has(name)]
    subjects = (Subject(TICKET, name), *nodes(*(node for site in having or sites for node in site.nodes.views)))
    if condition is GRANTED_TWICE:
        text = f"{name} is granted at {joined([site.name for site in having])}"
        return Finding(condition, text, subjects, *at_one_site_only(name))
    if condition is GRANTED_NOWHERE:
        text = f"no site has {name}: {joined([site.name for site in sites])} were asked"
        return Finding(
            condition, text, subjects, "with booth, at the site that is to have it", (f"booth grant {name}",)
        )
    untold = [site.name for site in sites if site.tickets is None] + [one.asked for one in strangers]
    text = f"{name} is not granted at {joined([site.name for site in sites if site.tickets is not None])}"
    return Finding(condition, f"{text}, {joined(untold)} may have it" if untold else text, subjects)


def _of_sites(sites: Sequence[Site], strangers: Sequence[Answer], names: Sequence[str]) -> Iterator[Finding]:
    """Yield what keeps the sites from being compared."""
    for site in sites:
        yield from wrongly_asked(site.nodes._replace(unreachable=()))
        if site.tickets is None:
            old = any(view.pacemaker for view in site.nodes.views.values())
            why = "its check_ha is older: update it" if old else "pacemaker gives no answer"
            yield Finding(SITE_UNKNOWN, f"{site.name} tells no tickets: {why}", nodes(*site.nodes.views))
    if not sites:
        cluster = ClusterNodes((), tuple(strangers), ())
        yield from (*wrongly_asked(cluster), *no_views(cluster))
        return
    for one in strangers:
        condition = UNREADABLE if one.unreadable else SITE_SILENT
        verb = "sent" if one.unreadable else "is of a site that gives no answer:"
        yield Finding(condition, f"{one.asked} {verb} {one.reason}", nodes(one.asked))
    if len(sites) == 1 and not strangers:
        yield Finding(ONE_SITE, f"there is only one site, {sites[0].name}", nodes(*sites[0].nodes.views))
    elif not names and all(site.tickets is not None for site in sites):
        yield Finding(NO_TICKETS, f"{joined([site.name for site in sites])} have no tickets")


def _summary(sites: Sequence[Site], names: Sequence[str]) -> str:
    places = []
    for name in names:
        having = [site.name for site in sites if site.has(name)]
        places.append(f"{name} at {joined(having)}" if having else f"{name} at none")
    return f"{count(len(sites), 'site')}, {count(len(names), 'ticket')}: {', '.join(places) or 'none'}"


def _measures(sites: Sequence[Site], names: Sequence[str]) -> Iterator[Measure]:
    yield from counted([site.nodes for site in sites])
    places = [sum(site.has(name) for site in sites) for name in names]
    yield SITES.of(len(sites))
    yield GRANTED.of(sum(number > 0 for number in places), maximum=len(places))
    yield TWICE.of(sum(number > 1 for number in places), maximum=len(places))


def _rows(sites: Sequence[Site], strangers: Sequence[Answer], names: Sequence[str]) -> Iterator[Row]:
    for site in sites:
        told = {one.id: one for one in site.tickets or ()}
        words: List[str] = [_word(name, told) for name in names]
        for node in site.nodes.views:
            state = ", ".join(words) if site.tickets is not None else "tells no tickets"
            yield Row(Subject(NODE, node), f"{site.name}: {state or 'no tickets'}")
        for one in site.nodes.unreachable:
            if one.node:
                yield Row(Subject(NODE, one.node), f"no view: {one.reason}")
    seen: Set[str] = set()
    for one in strangers:
        if one.asked not in seen:
            seen.add(one.asked)
            yield Row(Subject(NODE, one.asked), f"no view: {one.reason}")


def _word(name: str, told: Dict[str, TicketView]) -> str:
    ticket = told.get(name)
    if ticket is None:
        return f"{name} unheard of"
    return f"{name} {'granted' if ticket.granted else 'not granted'}{', in standby' if ticket.standby else ''}"


CHECK = Check(
    name="sites",
    manual=__doc__,
    readings=(),
    conditions=(
        GRANTED_TWICE, GRANTED_NOWHERE, NOT_SEEN, SITE_SILENT, SITE_UNKNOWN, ONE_SITE, NO_TICKETS, TOO_FEW, UNREADABLE,
        ASKED_TWICE, FILTERED_OUT,
    ),
    metrics=(ASKED, ANSWERING, SITES, GRANTED, TWICE),
    judge=judge,
    number=TWICE,
    options=FilterOptions,
    filters="ticket",
    shared=(),
)  # fmt: skip
