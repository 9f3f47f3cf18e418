"""Why corosync would not start with a configuration that it can read, or would leave a node out.

Its own checks of the whole, from its sources (totemconfig.c and votequorum.c of 3.1.7, and of 2.4 where it says so) and
tried with ``corosync -t``, which tests everything but quorum.
"""

import re
from typing import Dict, Iterator, Optional

from check_ha.checks.config.settings import ConfNode, Settings
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import FILE, Finding, Subject
from check_ha.parsers.addresses import canonical

INVALID = Condition("invalid", Severity.CRITICAL, "Corosync would not start, or reload, with this corosync.conf.")
TEST = ("correct it until corosync finds no error in it", ("corosync -t",))
"""What to do about it: advice and commands."""

_PROVIDERS = ("corosync_votequorum", "corosync_ykd", "corosync_quorum_ykd")
_HIGHEST_LINK = 7
_HIGHEST_KNET_ID = 65535
_SHORTEST = 30  # ms
_TIMES = ("token", "token_retransmit", "join", "consensus", "merge", "downcheck", "max_network_delay")
_COEFFICIENT, _RETRANSMITS = 650, 4


def refusals(settings: Settings) -> Iterator[Finding]:
    """Yield one finding for each reason."""
    for reason in reasons(settings):
        text = f"/etc/corosync/corosync.conf: {reason}; corosync will not load it"
        yield Finding(INVALID, text, (Subject(FILE, "/etc/corosync/corosync.conf"),), *TEST)


def reasons(settings: Settings) -> Iterator[str]:
    """Yield one sentence for each reason."""
    yield from _totem(settings)
    yield from _nodes(settings)
    yield from _links(settings)
    yield from _crypto(settings)
    if settings.keys.get("quorum.provider"):
        yield from _quorum(settings)


def _totem(settings: Settings) -> Iterator[str]:
    version = settings.keys.get("totem.version")
    if version != "2":
        yield f"totem.version must be 2, and is {version}" if version else "totem.version is not set, it must be 2"
    for name in _TIMES:
        value = _token(settings) if name == "token" else settings.number(f"totem.{name}")
        if value is not None and value < _SHORTEST:
            yield f"totem.{name} is {value} ms, less than {_SHORTEST}"
    yield from _retransmit(settings)
    join, consensus = settings.number("totem.join") or 50, settings.number("totem.consensus")
    if consensus is not None and consensus < join:
        yield f"totem.consensus ({consensus} ms) is less than totem.join ({join} ms)"


def _token(settings: Settings) -> Optional[int]:
    """The time-out where it is set: more than two nodes have more of it."""
    token, coefficient = settings.number("totem.token"), settings.number("totem.token_coefficient")
    nodes = sum(0 in node.addresses for node in settings.nodes)
    more = max(0, nodes - 2) * (_COEFFICIENT if coefficient is None else coefficient)
    return None if token is None else token + more


def _retransmit(settings: Settings) -> Iterator[str]:
    """The time between two tries, where it follows from that of the token."""
    token, tries = _token(settings), settings.number("totem.token_retransmits_before_loss_const")
    if token is None or settings.number("totem.token_retransmit") is not None:
        return
    if int(token / ((_RETRANSMITS if tries is None else tries) + 0.2)) < _SHORTEST <= token:
        yield f"totem.token is too short for its retransmits: each must have {_SHORTEST} ms"


def _nodes(settings: Settings) -> Iterator[str]:
    if not settings.links:
        yield "no node has an address"
    elif not settings.nodes and settings.major >= 3:
        yield "there is no nodelist"
    seen: Dict[int, ConfNode] = {}
    for node in settings.nodes:
        if settings.transport == "knet" and settings.major >= 3:
            if not node.node_id:
                yield f"{node.label} has no nodeid, which knet needs"
            elif node.node_id > _HIGHEST_KNET_ID:
                yield f"{node.label} has nodeid {node.node_id}, and knet needs one below {_HIGHEST_KNET_ID + 1}"
        if node.node_id and node.node_id in seen:
            yield f"{seen[node.node_id].label} and {node.label} have the same nodeid {node.node_id}"
        elif node.node_id:
            seen[node.node_id] = node


def _links(settings: Settings) -> Iterator[str]:
    links = settings.links
    if settings.major < 3:
        if len(links) > 1 and settings.keys.get("totem.rrp_mode", "none") == "none":
            yield f"{len(links)} rings with rrp_mode none: it must be passive or active"
        return
    if settings.transport != "knet" and len(links) > 1:
        yield f"{len(links)} links with transport {settings.transport}, which knows only one"
    for node in settings.nodes:
        missing = [str(link) for link in links if link not in node.addresses]
        if missing:
            yield f"{node.label} has no address for link {', '.join(missing)}, all nodes must have the same links"
        if len(links) > 1 and not node.name:
            yield f"{node.label} has no name, which more than one link needs"
    if settings.transport != "udp":
        yield from _interfaces(settings)
    for link in links:
        families = {_family(node.addresses[link]) for node in settings.nodes if link in node.addresses} - {""}
        if len(families) > 1:
            yield f"link {link} has IPv4 and IPv6 addresses"


def _interfaces(settings: Settings) -> Iterator[str]:
    """Links that are described and cannot be; with udp the sections are what corosync takes or leaves."""
    found = (re.match(r"totem\.interface\.([0-9]{1,9})\.", key) for key in settings.keys)
    described = {int(match[1]) for match in found if match}
    for number in sorted(described | set(settings.links)):
        if number > _HIGHEST_LINK:
            yield f"link {number}: the highest is {_HIGHEST_LINK}"
        elif settings.nodes and number not in settings.links:
            yield f"totem.interface describes link {number}, for which no node has an address"


def _family(address: str) -> str:
    """Of a literal address; empty for a name, which only the resolver knows."""
    known = canonical(address)
    return "" if known is None else "IPv6" if ":" in known else "IPv4"


def _crypto(settings: Settings) -> Iterator[str]:
    if settings.cipher != "none" and settings.hash == "none":
        yield f"crypto_cipher {settings.cipher} needs a crypto_hash"
    if settings.protected and settings.major >= 3 and settings.transport != "knet":
        yield f"encryption with transport {settings.transport}: only knet can"


def _quorum(settings: Settings) -> Iterator[str]:
    provider = settings.keys["quorum.provider"]
    if provider not in _PROVIDERS:
        yield f"quorum.provider {provider!r} is not known"
        return
    expected = settings.number("quorum.expected_votes")
    if not settings.nodes and not expected:
        yield "neither a nodelist nor quorum.expected_votes: the votes cannot be counted"
    both = settings.on("quorum.auto_tie_breaker") and settings.on("quorum.last_man_standing")
    if both and settings.node_votes % 2 == 1 and not settings.on("quorum.wait_for_all"):
        yield "auto_tie_breaker with last_man_standing and an odd number of votes needs wait_for_all"
    if settings.device:
        yield from _device(settings)


def _device(settings: Settings) -> Iterator[str]:
    """What does not go with a quorum device."""
    for name in ("two_node", "last_man_standing", "auto_tie_breaker", "allow_downscale"):
        if settings.on(f"quorum.{name}"):
            yield f"quorum.{name} and a quorum device exclude each other"
    expected, votes = settings.number("quorum.expected_votes"), settings.number("quorum.device.votes")
    if expected and votes is None:
        yield "quorum.expected_votes with a quorum device needs quorum.device.votes"
    elif expected and votes and expected - votes < 2:
        yield f"quorum.device.votes {votes} is too high for quorum.expected_votes {expected}"
    elif votes is None and settings.node_votes != len(settings.nodes):
        yield "nodes with more than one vote and a quorum device need quorum.device.votes"
