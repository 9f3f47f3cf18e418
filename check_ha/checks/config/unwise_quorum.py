"""Settings of quorum that work until the first failure: of two nodes, of votes, of the quorum device."""

from typing import Iterator

from check_ha.checks.config.settings import Settings
from check_ha.checks.config.unwise import (
    IGNORED,
    NO_PROVIDER,
    NO_TWO_NODE,
    NO_WAIT_FOR_ALL,
    QDEVICE_SETTINGS,
    VOTES_DIFFER,
    Seen,
    expected_votes,
    keys,
    labelled,
    then_load,
)
from check_ha.core.condition import Severity
from check_ha.core.finding import Finding

_EXPECTED_BY_1 = 1024


def no_provider(settings: Settings, seen: Seen) -> Finding:
    """Return that corosync counts no votes. In 1.4 that is no fault where Pacemaker's plugin counts them itself."""
    text, subjects = "corosync.conf has no quorum provider", keys("quorum.provider")
    if settings.major == 1 and (seen.plugin or settings.keys.get("service.name") == "pacemaker"):
        text += ": Pacemaker's plugin counts the votes itself"
        return Finding(NO_PROVIDER, text, subjects, override=Severity.OK)
    more = " and expected_votes" if not settings.nodes else ""
    advice = f"set provider: corosync_votequorum{more} in quorum {{ }}"
    unless = ", unless Pacemaker's plugin does that" if settings.major == 1 else ""
    return Finding(NO_PROVIDER, f"{text}: votes are not counted{unless}", subjects, advice)


def no_two_node(settings: Settings, loadable: bool, seen: Seen) -> Iterator[Finding]:
    """Tell of two nodes, of which neither has quorum without the other."""
    if settings.device or settings.on("quorum.two_node"):
        return
    if settings.major > 1 and settings.on("quorum.auto_tie_breaker"):
        return
    if not settings.nodes:
        if max(settings.members, seen.nodes) <= 2 and expected_votes(settings) == 2 and _votes_of_each(settings) == 1:
            yield _two_by_votes(settings, loadable)
        return
    if len(settings.nodes) != 2:
        return
    expected = expected_votes(settings) or settings.node_votes
    quorum = expected // 2 + 1
    if all(settings.node_votes - node.votes < quorum for node in settings.nodes):
        one, other = (node.label for node in settings.nodes)
        yield Finding(
            NO_TWO_NODE,
            f"two nodes without two_node: when {one} or {other} fails, the other one loses quorum and stops as well",
            (*keys("quorum.two_node"), *labelled(settings.nodes)),
            *then_load(settings, "set two_node: 1 in quorum { } (with fencing) or add a quorum device", loadable),
        )


def _two_by_votes(settings: Settings, loadable: bool) -> Finding:
    text = (
        "two nodes (expected_votes: 2) without two_node: when one fails, the other one loses quorum and stops as well"
    )
    change = "set two_node: 1 in quorum { } (with fencing)"
    advice, commands = then_load(settings, change, loadable)
    if settings.major == 1:
        advice += "; Pacemaker's plugin counts by itself: there set no-quorum-policy=ignore as well (with fencing)"
    return Finding(NO_TWO_NODE, text, keys("quorum.two_node", "quorum.expected_votes"), advice, commands)


def _votes_of_each(settings: Settings) -> int:
    """Return the votes that each node has without a nodelist; this one's may be set."""
    votes = settings.number("quorum.votes")
    return 1 if votes is None else votes


def no_wait_for_all(settings: Settings, loadable: bool) -> Iterator[Finding]:
    """Tell where a part of the cluster may start alone, while the other part runs. 1.4 cannot wait."""
    if settings.major == 1:
        return
    waits = settings.number("quorum.wait_for_all")
    if settings.on("quorum.two_node") and settings.on("quorum.auto_tie_breaker"):
        return  # they exclude each other, which _ignored tells
    if settings.on("quorum.two_node") and waits == 0:
        yield Finding(
            NO_WAIT_FOR_ALL,
            "two_node with wait_for_all: 0: a node that boots while cut off starts everything again, or fences the "
            "other",
            keys("quorum.wait_for_all"),
            "remove wait_for_all: 0, it is 1 with two_node",
        )
    elif settings.on("quorum.last_man_standing") and not waits:
        yield Finding(
            NO_WAIT_FOR_ALL,
            "last_man_standing without wait_for_all: nodes that boot while cut off may get quorum on their own",
            keys("quorum.wait_for_all"),
            "set wait_for_all: 1 in quorum { }"
            + (", then restart corosync, one node after the other" if loadable else ""),
        )


def votes_differ(settings: Settings, loadable: bool, seen: Seen) -> Iterator[Finding]:
    """Tell where ``expected_votes`` is wrong: it overrides the nodelist, and without one it is all that there is."""
    expected = expected_votes(settings)
    if not settings.nodes:
        yield from _votes_without_nodelist(settings, loadable, seen)
        return
    if not expected or settings.on("quorum.allow_downscale"):
        return
    votes = settings.node_votes + settings.device_votes
    if expected == votes:
        return
    device = f" and the quorum device {settings.device_votes}" if settings.device_votes else ""
    nodes = "the only node has" if len(settings.nodes) == 1 else f"the {len(settings.nodes)} nodes have"
    yield Finding(
        VOTES_DIFFER,
        f"quorum.expected_votes is {expected} and {nodes} {settings.node_votes}{device}: {_why(expected, votes)}",
        keys("quorum.expected_votes"),
        *then_load(settings, "remove expected_votes, as the nodelist gives the number", loadable),
    )


def _why(expected: int, votes: int) -> str:
    return "fewer than a majority may start to work" if expected < votes else "quorum needs more than a majority"


def _votes_without_nodelist(settings: Settings, loadable: bool, seen: Seen) -> Iterator[Finding]:
    """Compare it with the addresses listed for udpu, else with the votes that are there: there may be more."""
    expected, listed = expected_votes(settings), settings.members * _votes_of_each(settings)
    votes = listed if "quorum.votes" not in settings.keys else 0
    if not expected:
        if settings.major == 1:  # corosync 2 does not start without
            text = f"quorum.expected_votes is not set: corosync 1.4 expects {_EXPECTED_BY_1} votes then"
            yield Finding(VOTES_DIFFER, text, keys("quorum.expected_votes"), "set it in quorum { } of each node")
        return
    if votes and votes != expected:
        nodes = f"the {settings.members} nodes (member) have"
    elif not votes and (seen.votes or 0) > expected:
        votes, nodes = seen.votes or 0, "the nodes that are members now have"
    else:
        return
    yield Finding(
        VOTES_DIFFER,
        f"quorum.expected_votes is {expected} and {nodes} {votes}: {_why(expected, votes)}",
        keys("quorum.expected_votes"),
        *then_load(settings, f"set expected_votes: {votes} in quorum {{ }}", loadable),
    )


def ignored(settings: Settings, seen: Seen) -> Iterator[Finding]:
    """Yield settings of quorum that corosync drops because of others; it says so in its log only."""
    two_node, breaker = settings.on("quorum.two_node"), settings.on("quorum.auto_tie_breaker")
    number = len(settings.nodes) or max(settings.members, seen.nodes)
    if two_node and number > 2:
        text = f"two_node is set, and there are {number} nodes: it has no effect"
        yield Finding(IGNORED, text, keys("quorum.two_node"), "remove two_node")
    if settings.major == 1:
        return  # it has nothing of what follows
    if two_node and breaker:
        text = "two_node has no effect with auto_tie_breaker"
        yield Finding(IGNORED, text, keys("quorum.two_node", "quorum.auto_tie_breaker"), "remove one of them")
    odd = settings.node_votes % 2 == 1
    if breaker and odd and not two_node and not settings.on("quorum.wait_for_all"):
        text = "auto_tie_breaker has no effect: with an odd number of votes it needs wait_for_all: 1"
        yield Finding(IGNORED, text, keys("quorum.auto_tie_breaker"))
    if breaker and not settings.tie_breaker and not (odd and not settings.waits_for_all):
        node = settings.keys["quorum.auto_tie_breaker_node"]
        text = f"auto_tie_breaker_node is {node!r}, which switches auto_tie_breaker off"
        advice = "set it to lowest, highest, or node ids separated by spaces"
        yield Finding(IGNORED, text, keys("quorum.auto_tie_breaker_node"), advice)
    if settings.keys.get("quorum.auto_tie_breaker_node") and not breaker:
        text = "auto_tie_breaker_node has no effect without auto_tie_breaker: 1"
        yield Finding(IGNORED, text, keys("quorum.auto_tie_breaker_node"))


def device_settings(settings: Settings) -> Iterator[Finding]:
    """Yield what keeps a quorum device from working, or from giving the right vote."""
    if settings.device != "net" or settings.major == 1:
        return
    for key in ("quorum.device.net.host", "totem.cluster_name"):
        if not settings.keys.get(key):
            yield Finding(QDEVICE_SETTINGS, f"{key} is not set: the quorum device cannot start without it", keys(key))
    algorithm = settings.keys.get("quorum.device.net.algorithm", "ffsplit")
    votes = f"quorum.device.votes is {settings.device_votes}"
    if algorithm == "ffsplit" and settings.device_votes != 1:
        text = f"{votes}: algorithm ffsplit needs 1"
        yield Finding(QDEVICE_SETTINGS, text, keys("quorum.device.votes"), "set votes: 1 in device { }")
    if algorithm == "lms" and settings.device_votes != max(0, settings.node_votes - 1):
        text = f"{votes}: algorithm lms needs the default"
        yield Finding(QDEVICE_SETTINGS, text, keys("quorum.device.votes"), "remove votes from device { }")
    if algorithm not in ("ffsplit", "lms"):
        text = f"quorum.device.net.algorithm is {algorithm}, which is not meant for production: use ffsplit or lms"
        yield Finding(QDEVICE_SETTINGS, text, keys("quorum.device.net.algorithm"))
