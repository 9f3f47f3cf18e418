"""SAP HANA system replication, by what its agents keep in attributes. Read in the sources of SAPHanaSR.

SAPHanaSR 0.162.5 (agent SAPHana) keeps all of it in attributes of nodes::

    hana_ha1_roles = 4:S:master1:master:worker:master    hana_ha1_sync_state = SOK    hana_ha1_clone_state = DEMOTED
    lpa_ha1_lpt = 30    hana_ha1_site = WDF2             and, of its hook, the cluster option hana_ha1_site_srHook_WDF2

SAPHanaSR-angi 1.x (agent SAPHanaController), and SAPHanaSR-ScaleOut 0.18x, keep in cluster options what is the same on
a whole site, and leave it out of the roles::

    hana_ha1_roles = master1:master:worker:master        hana_ha1_clone_state = PROMOTED    hana_ha1_site = WDF1
    hana_ha1_site_{srHook,srPoll,lss,srr,lpt}_WDF2 = SOK, SOK, 4, S, 30
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, Set, Tuple

from check_ha.checks.nodes.attributes.conditions import (
    HANA_BUSY,
    HANA_DOWN,
    HANA_WAITING,
    LAST_PRIMARY,
    REPLICATION_DEGRADED,
    REPLICATION_LOST,
    REPLICATION_UNKNOWN,
    TAKEOVER_FAILED,
    TWO_PRIMARIES,
)
from check_ha.checks.nodes.attributes.facts import Facts
from check_ha.core.condition import Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import joined, listed
from check_ha.record import NamedTuple

AGENTS = (
    "ocf:suse:SAPHana", "ocf:suse:SAPHanaController", "ocf:heartbeat:SAPHana", "ocf:heartbeat:SAPHanaController",
)  # fmt: skip
_NAME = re.compile(r"hana_([a-z0-9]{3})_(roles|sync_state|clone_state|site|sra)|lpa_([a-z0-9]{3})_(lpt)", re.ASCII)
_OF_SITE = re.compile(r"hana_([a-z0-9]{3})_site_(srHook|srPoll|lss|srr|lpt)_(.+)", re.ASCII)
_ROLES = re.compile(r"(?:([0-9]):([PSND?-]?):)?([^:]*:[^:]*:[^:]*:[^:]*)", re.ASCII)
"""Scale-up of the older packages has two fields more: the landscape status and the role in the replication."""

_DOWN, _BUSY, _UP = ("0", "1"), "2", ("2", "3", "4")
"""What landscapeHostConfiguration.py returns: 0 FATAL, 1 DOWN, 2 WARNING, 3 INFO, 4 OK."""
_WAITING = {
    "WAITING4LPA": "until it is clear which site was primary last (DUPLICATE_PRIMARY_TIMEOUT)",
    "WAITING4REG": "for somebody to register it as secondary (hdbnsutil -sr_register)",
    "WAITING4PRIM": "for the primary",
    "WAITING4NODES": "for more nodes of its site",
}
_SHOW = ("SAPHanaSR-showAttr",)
_BOTH = "what both sites are like, on that node"
_EPOCH = 1_000_000_000
"""From here on ``lpt`` is a time at which it was primary; 30, 20 and 10 are marks of a secondary."""


class _Site(NamedTuple):
    """What one site of a HANA system is like: that of one node, but for scale-out."""

    sid: str
    name: str
    nodes: Tuple[str, ...]
    role: str = ""
    """``P`` or ``S``."""
    landscape: str = ""
    sync: str = ""
    last_primary: int = 0

    @property
    def label(self) -> str:
        """``node2``, or ``node3 and node4`` of scale-out."""
        return joined(self.nodes)


def judged(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with each HANA system of which something is known."""
    running = {node for names in facts.runs(*AGENTS).values() for node in names}
    known = {node.name: _attributes(facts.of(node.name)) for node in facts.nodes}
    for node in facts.nodes:
        if node.name in running and node.name in facts.working and not _told(known[node.name]):
            text = f"{node.name}: SAP HANA runs there by the cluster, and its agents tell nothing of it"
            yield Finding(REPLICATION_UNKNOWN, text, nodes(node.name), "what they know, on that node", _SHOW)
    for sid in sorted({sid for attributes in known.values() for sid in attributes}):
        sites = list(_sites(sid, known, facts))
        waiting = list(_waiting(sid, known))
        yield from waiting
        for site in sites:
            if not any(subject.name in site.nodes for one in waiting for subject in one.subjects):
                yield from _of_site(site, running, facts)
        yield from _of_all(sid, sites, bool(waiting))


def seen(facts: Facts) -> List[str]:
    """Return ``SAP HANA HA1`` for each system."""
    sids = {sid for node in facts.nodes for sid in _attributes(facts.of(node.name))}
    return [f"SAP HANA {sid.upper()}" for sid in sorted(sids)]


def _attributes(shown: Mapping[str, str]) -> Dict[str, Dict[str, str]]:
    """Return what is known of a node by SID: ``{"ha1": {"roles": "4:P:master1:master:worker:master", ...}}``."""
    found: Dict[str, Dict[str, str]] = {}
    for name, value in shown.items():
        match = _NAME.fullmatch(name)
        if match:
            found.setdefault(match[1] or match[3], {})[match[2] or match[4]] = value
    return found


def _told(attributes: Dict[str, Dict[str, str]]) -> bool:
    """Return whether a node has roles; ``::::`` is all there is where HANA could not be asked (showAttr(8))."""
    return any(one.get("roles", "").strip(":") for one in attributes.values())


def _sites(sid: str, known: Dict[str, Dict[str, Dict[str, str]]], facts: Facts) -> Iterator[_Site]:
    """Yield the sites that have a node here; one outside of the cluster is none of ours."""
    of_sites: Dict[str, Dict[str, str]] = {}
    for name, value in reversed(facts.cib.properties) if facts.cib else ():
        match = _OF_SITE.fullmatch(name)
        if match and match[1] == sid:
            of_sites.setdefault(match[3], {})[match[2]] = value
    members: Dict[str, List[str]] = {}
    for node, attributes in known.items():
        if attributes.get(sid, {}).get("roles", "").strip(":"):
            site_name = attributes[sid].get("site", "").strip("-")
            members.setdefault(site_name or node, []).append(node)
    for name, names in members.items():
        own, site = known[names[0]][sid], of_sites.get(name, {})
        roles = _ROLES.fullmatch(own["roles"])
        hook = site.get("srHook", "")
        lpt = own.get("lpt") or site.get("lpt") or "0"
        yield _Site(
            sid=sid.upper(),
            name=name,
            nodes=tuple(names),
            role=(roles[2] if roles else "") or site.get("srr", ""),
            landscape=(roles[1] if roles else "") or site.get("lss", ""),
            # where the hook has told nothing yet, the agents take what they have found themselves
            sync=hook if hook not in ("", "SWAIT") else own.get("sync_state") or site.get("srPoll") or hook,
            last_primary=int(lpt) if lpt.isascii() and lpt.isdigit() and len(lpt) < 12 else 0,
        )


def _waiting(sid: str, known: Dict[str, Dict[str, Dict[str, str]]]) -> Iterator[Finding]:
    for node, attributes in known.items():
        own = attributes.get(sid, {})
        state = own.get("clone_state", "")
        if state in _WAITING:
            text = f"{node}: SAP HANA {sid.upper()} is down there and waits {_WAITING[state]} ({state})"
            yield Finding(HANA_WAITING, text, nodes(node), _BOTH, _SHOW)
        if own.get("sra") == "F":
            text = f"{node}: the takeover of SAP HANA {sid.upper()} failed there (sra is F)"
            yield Finding(TAKEOVER_FAILED, text, nodes(node), _BOTH, _SHOW)


def _of_site(site: _Site, running: Set[str], facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong there; where all its nodes are in standby or in maintenance, that has its reason."""
    there = nodes(*site.nodes)
    planned = None if facts.working.intersection(site.nodes) else Severity.WARNING
    if site.landscape in _DOWN and running.intersection(site.nodes):
        text = f"{site.label}: SAP HANA {site.sid} is down, and runs there by the cluster (landscape {site.landscape})"
        yield Finding(HANA_DOWN, text, there, "what its agents know, on that node", _SHOW)
    elif site.landscape == _BUSY:
        text = f"{site.label}: SAP HANA {site.sid} is at work on itself, a host may be taking over (landscape 2)"
        yield Finding(HANA_BUSY, text, there)
    if site.sync == "SFAIL":
        text = f"{site.label}: SAP HANA {site.sid} does not replicate (SFAIL), and cannot take over"
        yield Finding(REPLICATION_LOST, text, there, _BOTH, _SHOW, override=planned)
    elif site.sync in ("SWAIT", "SREG"):
        what = "is about to be registered" if site.sync == "SREG" else "waits for the first word of its replication"
        yield Finding(REPLICATION_DEGRADED, f"{site.label}: SAP HANA {site.sid} {what} ({site.sync})", there)
    elif site.sync not in ("SOK", "PRIM", "DR") and (site.role != "P" or site.sync):
        silent = "its agents do not say" if facts.cib else "the CIB, where its agents keep that, was not read"
        said = f"it says {site.sync}" if site.sync else silent
        text = f"{site.label}: whether SAP HANA {site.sid} replicates is not known: {said}"
        yield Finding(REPLICATION_UNKNOWN, text, there, "what its agents know, on that node", _SHOW)


def _of_all(sid: str, sites: List[_Site], waiting: bool) -> Iterator[Finding]:
    primaries = [site for site in sites if site.role == "P" and site.landscape in _UP]
    names = [node for site in primaries for node in site.nodes]
    if len(primaries) > 1:
        text = f"SAP HANA {sid.upper()} runs as primary on {listed(names)}: two sites take changes"
        yield Finding(
            TWO_PRIMARIES, text, nodes(*names), "let no client reach the wrong one; what each is like", _SHOW
        )  # fmt: skip
        return
    former = [site for site in sites if site.last_primary > _EPOCH]
    if len(former) > 1 and not waiting:
        names = [node for site in former for node in site.nodes]
        text = (
            f"SAP HANA {sid.upper()}: {listed(names)} each have a time at which they were primary: after a restart "
            "neither may start until it is clear which was the last"
        )
        yield Finding(LAST_PRIMARY, text, nodes(*names), "register the one that is not primary any more", _SHOW)
