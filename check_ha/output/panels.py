"""The parts of the picture of a cluster: nodes, votes, links, virtual IPs, resources, failures.

They show what the tools said, in the words of the checks; how bad that is, and so its colour, is what the checks found.
A part that no tool was asked for is left out; one whose tool failed says so.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.cluster.fence_history import Fencing, by_target, deed
from check_ha.cluster.links import Link, Links, Peer, links_of
from check_ha.cluster.member_names import member_names, never_seen
from check_ha.cluster.nodes import State, described, state_of
from check_ha.cluster.own_count import OWN, own_count
from check_ha.cluster.resources import reason_of
from check_ha.cluster.virtual_addresses import VirtualIp, virtual_ips
from check_ha.core.finding import NODE, RESOURCE
from check_ha.core.wording import age
from check_ha.model.addresses import Interfaces
from check_ha.model.cluster import Node
from check_ha.model.corosync import QuorumStatus
from check_ha.output.canvas import Line, Row, Span, Style, fits, heading, line, paragraph, span, table
from check_ha.output.scene import MANY, STYLES, Scene, more, style_of, title, unknown
from check_ha.sources.tools import (
    CFGTOOL,
    CFGTOOL_NODES,
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    CRM_NODE_LIST,
    IP_ADDR,
    QUORUMTOOL,
    QUORUMTOOL_NODES,
)

RECENT = 86400.0
"""Seconds for which a node that was fenced is shown among what failed."""
_UNMEASURED = " (the state of links is not measured)"


def nodes(scene: Scene) -> List[Line]:
    """Return each node with its state, what it runs and its vote; of many those that are not well."""
    cluster = scene.cluster
    if cluster is None:
        return unknown(scene, "Nodes", CRM_MON)
    quorum = _quorum(scene)
    style, few = scene.styles("nodes", NODE), len(cluster.nodes) <= MANY
    shown = [node for node in cluster.nodes if few or style(node.name) != Style.GOOD][:MANY]
    rest = [node.name for node in cluster.nodes if node not in shown]
    rows = [_node(node, scene, quorum, style(node.name)) for node in shown]
    return [title("Nodes"), *table(rows, scene.width), *more(rest, "nodes: ", scene.width)]


def _node(node: Node, scene: Scene, quorum: Optional[QuorumStatus], style: str) -> Row:
    known = scene.cluster is not None and scene.cluster.dc is not None
    if not known:
        style = Style.UNKNOWN
    elif style == Style.GOOD and state_of(node) != State.ONLINE:
        style = Style.PLAIN  # at rest for a good reason
    marks = [described(node) if known else "not known", *(["DC"] if known and node.is_dc else [])]
    marks += ["this node"] if node.name == scene.here else []
    marks += [f"guest in {node.id_as_resource}"] if node.id_as_resource else []
    marks += [node.type] if node.type != "member" and not node.id_as_resource else []
    number = node.resources_running
    running = f"{number} resource{'s' if number != 1 else ''}" if known else ""
    return span(node.name, style), span(", ".join(marks), style), span(running), span(_vote(node, quorum))


def _vote(node: Node, quorum: Optional[QuorumStatus]) -> str:
    if quorum is None or not quorum.members or node.type != "member":
        return ""
    votes = next((one.votes for one in quorum.members if node.id == str(one.node_id) or node.name == one.name), None)
    return "no vote" if votes is None else f"{votes} vote{'s' if votes != 1 else ''}"


def _names(scene: Scene) -> Dict[int, str]:
    values = scene.evidence.values
    return member_names(values.get(CMAPCTL), values.get(CRM_NODE_LIST), scene.cluster, values.get(QUORUMTOOL_NODES))


def _quorum(scene: Scene) -> Optional[QuorumStatus]:
    """Return the votes as corosync counts them, else as Pacemaker does; with the members that 1.4 lists elsewhere."""
    values = scene.evidence.values
    quorum: Optional[QuorumStatus] = values.get(QUORUMTOOL)
    if quorum and not quorum.counted:
        return own_count(scene.cluster, values.get(CMAPCTL), _names(scene)) if scene.cluster else None
    return quorum._replace(members=values.get(QUORUMTOOL_NODES, ())) if quorum and not quorum.members else quorum


def votes(scene: Scene) -> List[Line]:
    """Return one line: the votes of this partition."""
    quorum = _quorum(scene)
    if quorum is None and scene.evidence.values.get(QUORUMTOOL):
        return paragraph([heading("Votes")], "corosync has no quorum provider, nobody counts them", scene.width)
    if quorum is None:
        return unknown(scene, "Votes", QUORUMTOOL)
    text = f"{quorum.total_votes} of {quorum.expected_votes}, {quorum.quorum} needed: "
    text += "quorate" if quorum.quorate else "NO QUORUM"
    text += " by Pacemaker's own count" if quorum.provider == OWN else ""
    if quorum.device_votes is not None:
        text += f"; the quorum device gives {quorum.device_votes}"
    flags = [flag for flag in quorum.flags if flag not in ("Quorate", "Qdevice")]
    text += f" ({', '.join(flags)})" if flags else ""
    return paragraph([heading("Votes")], text, scene.width, style_of(scene, "quorum"))


def links(scene: Scene) -> List[Line]:
    """Return this node's links: peer by link; rings of corosync 1 and 2."""
    status = scene.evidence.values.get(CFGTOOL)
    if status is None:
        return unknown(scene, "Links", CFGTOOL)
    cmap, names = scene.evidence.values.get(CMAPCTL), _names(scene)
    absent = never_seen(cmap, names, scene.cluster)
    reachable = scene.evidence.values.get(CFGTOOL_NODES)
    found = links_of(status, cmap, reachable, names=names, never_seen=absent)
    about = ", ".join(filter(None, [f"from {scene.here}" if scene.here else "", found.transport or ""]))
    lines = paragraph([heading("Links")], about + ("" if found.measured else _UNMEASURED), scene.width)
    if found.rings:
        lines = paragraph([heading("Rings")], "", scene.width)
        rows = [(span(f"ring {ring.number}"), span(ring.address), span(ring.status, _ring_style(ring.healthy)))
                for ring in found.rings]  # fmt: skip
        lines += table(rows, scene.width)
    shown = [peer for peer in found.peers if len(found.peers) <= MANY or peer.unreachable or peer.down][:MANY]
    rest = [peer.name for peer in found.peers if peer not in shown]
    matrix = _matrix(shown, found, addresses=True)
    if not fits(matrix, scene.width):
        matrix = _matrix(shown, found, addresses=False)
    return [*lines, *table(matrix, scene.width), *more(rest, "peers: ", scene.width)]


def _ring_style(healthy: bool) -> str:
    return Style.GOOD if healthy else Style.BAD


def _matrix(peers: Sequence[Peer], found: Links, addresses: bool) -> List[Row]:
    numbers = sorted({link.number for peer in peers for link in peer.links})
    rows: List[Row] = []
    if numbers:
        rows.append((span(""), *(span(f"link {number}", Style.FAINT) for number in numbers), span("")))
    for peer in peers:
        by_number = {link.number: link for link in peer.links}
        name = span(peer.name, Style.BAD if peer.unreachable else Style.PLAIN)
        rows.append((name, *(_cell(by_number.get(number), addresses) for number in numbers), _member(peer)))
    return rows


def _cell(link: Optional[Link], addresses: bool) -> Span:
    if link is None:
        return span("-", Style.FAINT)
    word, style = {True: ("up", Style.GOOD), False: ("DOWN", Style.BAD), None: ("?", Style.UNKNOWN)}[link.up]
    return span(f"{word:<5}{link.address}".strip() if addresses else word, style)


def _member(peer: Peer) -> Span:
    """Said where it is not plain from the links."""
    if peer.member is None:
        return span("" if peer.links else "membership not known", Style.UNKNOWN)
    if peer.member:
        return span("" if peer.links else "member", Style.GOOD)
    return span("NOT a member", Style.BAD)


def addresses(scene: Scene) -> List[Line]:
    """Return the virtual IPs: where the cluster has them, and whether the interfaces of this node do."""
    cluster = scene.cluster
    if cluster is None:
        return []
    interfaces = scene.evidence.values.get(IP_ADDR)
    found = virtual_ips(cluster, scene.evidence.values.get(CIBADMIN), scene.agents)
    style, few = scene.styles("vip", RESOURCE), len(found) <= MANY
    shown = [vip for vip in found if few or style(vip.id) != Style.GOOD][:MANY]
    told = {vip.id for vip in shown}
    rest = [vip.id for vip in found if vip.id not in told]
    rows = [_virtual_ip(vip, scene.here, interfaces, style(vip.id)) for vip in shown]
    if not found:
        return []
    return [title("Virtual IPs"), *table(rows, scene.width), *more(rest, "virtual IPs: ", scene.width)]


def _virtual_ip(vip: VirtualIp, here: str, interfaces: Optional[Interfaces], style: str) -> Row:
    place = f"on {', '.join(vip.nodes)}" if vip.nodes else "on no node"
    place += f" ({vip.roles})" if vip.in_motion else ""
    carried = vip.carried(interfaces) if interfaces else {}
    really = ""
    if carried:
        really = f"on interface {', '.join(dict.fromkeys(carried.values()))} here"
    elif interfaces and here in vip.nodes and vip.addresses:
        really = "on NO interface here"
    known = ", ".join(vip.addresses) if vip.addresses else "address not known"
    return span(vip.id, style), span(known), span(place, style), span(really, style)


def resources(scene: Scene) -> List[Line]:
    """Return how many run, and each that is not well: what a check has found something about."""
    verdict = scene.verdicts.get("resources")
    if verdict is None or scene.cluster is None:
        return []
    troubled = scene.troubled("resources", "vip", "failed_actions")
    shown = sorted((one for one in verdict.rows if one.subject in troubled), key=lambda one: -troubled[one.subject])
    rows: List[Row] = [
        (span(one.label or one.subject.name, STYLES[troubled[one.subject]]), span(one.state)) for one in shown
    ]
    rest = [row[0].text for row in rows[MANY:]]
    lines = paragraph([heading("Resources")], verdict.summary, scene.width, style_of(scene, "resources"))
    return [*lines, *table(rows[:MANY], scene.width), *more(rest, "resources: ", scene.width)]


def failures(scene: Scene) -> List[Line]:
    """Return what failed, newest first, with its age: actions of resources, and fencing."""
    cluster = scene.cluster
    if cluster is None:
        return []
    found: List[Tuple[Optional[float], str, str]] = []
    for one in cluster.failures:
        seconds = (cluster.updated - one.when).total_seconds() if cluster.updated and one.when else None
        found.append((seconds, one.resource, f"{one.task} on {one.node} failed ({reason_of(one)})"))
    for fencing in by_target(cluster):
        found += _fencing(fencing)
    if not found:
        return []
    found.sort(key=lambda one: (one[0] is None, one[0] or 0.0))
    rows = [(span(age(seconds), Style.FAINT), span(name), span(text)) for seconds, name, text in found[:MANY]]
    older = len(found) - len(rows)
    lines = [title("Failures"), *table(rows, scene.width)]
    return lines + ([line(span(f"  and {older} older"))] if older else [])


def _fencing(one: Fencing) -> Iterator[Tuple[Optional[float], str, str]]:
    if one.failed:
        last, times = one.failed[0], len(one.failed)
        often = f", {times} times so far" if times > 1 else ""
        text = f"fencing failed ({deed(last)}{f': {last.reason}' if last.reason else ''}){often}"
        yield one.seconds_since(last), one.target, text
    for event in one.recent(RECENT):
        yield one.seconds_since(event), one.target, f"was fenced ({deed(event)})"


def failover(scene: Scene) -> List[Line]:
    """Return what the loss of each node would come to, where check_ha_failover was asked."""
    verdict = scene.verdicts.get("failover")
    if verdict is None:
        return []
    style = scene.styles("failover", NODE)
    rows = [(span(one.subject.name, style(one.subject.name)), span(one.state)) for one in verdict.rows]
    lines = paragraph([heading("If one dies")], verdict.summary, scene.width, style_of(scene, "failover"))
    rest = [row[0].text for row in rows[MANY:]]
    return [*lines, *table(rows[:MANY], scene.width), *more(rest, "nodes: ", scene.width)]
