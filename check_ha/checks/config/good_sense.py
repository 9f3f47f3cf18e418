"""What corosync takes and an admin regrets: settings that work until the first failure."""

from typing import Iterable, Iterator, Tuple

from check_ha.checks.config.differences import RELOAD
from check_ha.checks.config.settings import ConfNode, Settings
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import LINK, NODE, SETTING, Finding, Subject

SINGLE_LINK = Condition("single-link", Severity.WARNING, "Only one network connects the nodes.")
NO_TWO_NODE = Condition(
    "no-two-node", Severity.WARNING, "Two nodes without two_node: the failure of one stops the other as well."
)
NO_WAIT_FOR_ALL = Condition(
    "no-wait-for-all", Severity.WARNING, "Nodes that boot while cut off from the others may get quorum on their own."
)
VOTES_DIFFER = Condition("votes-differ", Severity.WARNING, "expected_votes differs from the votes that the nodes have.")
NO_PROVIDER = Condition("no-provider", Severity.WARNING, "No quorum provider is set: nobody counts votes.")
QDEVICE_SETTINGS = Condition("qdevice-settings", Severity.WARNING, "The quorum device cannot work with these settings.")
NO_ENCRYPTION = Condition("no-encryption", Severity.WARNING, "The messages between the nodes are not encrypted.")
IGNORED = Condition("setting-ignored", Severity.WARNING, "Corosync ignores a setting or a line and does not say so.")

CONDITIONS = (
    SINGLE_LINK, NO_TWO_NODE, NO_WAIT_FOR_ALL, VOTES_DIFFER, NO_PROVIDER, QDEVICE_SETTINGS, NO_ENCRYPTION, IGNORED
)  # fmt: skip


def unwise(settings: Settings, loadable: bool = True) -> Iterator[Finding]:
    """Yield all that is unwise, what costs most first.

    While the file is not ``loadable`` no step ends with loading it, or with a restart.
    """
    if not settings.keys.get("quorum.provider"):
        text = "corosync.conf has no quorum provider: votes are not counted"
        yield Finding(NO_PROVIDER, text, keys("quorum.provider"), "set provider: corosync_votequorum in quorum { }")
    else:
        yield from _no_two_node(settings, loadable)
        yield from _votes_differ(settings, loadable)
        yield from _no_wait_for_all(settings, loadable)
        yield from _device_settings(settings)
        yield from _ignored(settings)
    yield from _single_link(settings)
    yield from _no_encryption(settings, loadable)


def keys(*names: str) -> Tuple[Subject, ...]:
    """Return these keys of corosync.conf as subjects."""
    return tuple(Subject(SETTING, name) for name in names)


def _then_load(change: str, loadable: bool) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice to change the file so, and the command that loads it."""
    return (f"{change}, then load it", (RELOAD,)) if loadable else (change, ())


def labelled(conf_nodes: Iterable[ConfNode]) -> Tuple[Subject, ...]:
    """Return these nodes of the nodelist as subjects."""
    return tuple(Subject(NODE, node.label) for node in conf_nodes)


def _single_link(settings: Settings) -> Iterator[Finding]:
    """All nodes are joined by one network."""
    if len(settings.nodes) < 2 or len(settings.links) != 1:
        return
    link = settings.links[0]
    what = "ring" if settings.major < 3 else "link"
    text = f"only {what} {link} connects the {len(settings.nodes)} nodes: one fault in that network separates them"
    if settings.major >= 3 and settings.transport != "knet":
        advice = f"use transport: knet, which has up to eight links; {settings.transport} has one"
    else:
        more = "" if settings.major >= 3 else ", and set rrp_mode: passive in totem { }"
        advice = f"give each node a ring{0 if link else 1}_addr on another network{more}"
    yield Finding(SINGLE_LINK, text, (Subject(LINK, str(link)), *labelled(settings.nodes)), advice)


def _no_two_node(settings: Settings, loadable: bool) -> Iterator[Finding]:
    """Two nodes, of which neither has quorum without the other."""
    if len(settings.nodes) != 2 or settings.device:
        return
    if settings.on("quorum.two_node") or settings.on("quorum.auto_tie_breaker"):
        return
    expected = settings.number("quorum.expected_votes") or settings.node_votes
    quorum = expected // 2 + 1
    if all(settings.node_votes - node.votes < quorum for node in settings.nodes):
        one, other = (node.label for node in settings.nodes)
        yield Finding(
            NO_TWO_NODE,
            f"two nodes without two_node: when {one} or {other} fails, the other one loses quorum and stops as well",
            (*keys("quorum.two_node"), *labelled(settings.nodes)),
            *_then_load("set two_node: 1 in quorum { } (with fencing) or add a quorum device", loadable),
        )


def _no_wait_for_all(settings: Settings, loadable: bool) -> Iterator[Finding]:
    """A part of the cluster may start alone, while the other part runs."""
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


def _votes_differ(settings: Settings, loadable: bool) -> Iterator[Finding]:
    """``expected_votes`` overrides the nodelist."""
    expected = settings.number("quorum.expected_votes")
    if not expected or not settings.nodes or settings.on("quorum.allow_downscale"):
        return
    votes = settings.node_votes + settings.device_votes
    if expected == votes:
        return
    device = f" and the quorum device {settings.device_votes}" if settings.device_votes else ""
    nodes = "the only node has" if len(settings.nodes) == 1 else f"the {len(settings.nodes)} nodes have"
    why = "fewer than a majority may start to work" if expected < votes else "quorum needs more than a majority"
    yield Finding(
        VOTES_DIFFER,
        f"quorum.expected_votes is {expected} and {nodes} {settings.node_votes}{device}: {why}",
        keys("quorum.expected_votes"),
        *_then_load("remove expected_votes, as the nodelist gives the number", loadable),
    )


def _ignored(settings: Settings) -> Iterator[Finding]:
    """Yield settings of quorum that corosync drops because of others; it says so in its log only."""
    two_node, breaker = settings.on("quorum.two_node"), settings.on("quorum.auto_tie_breaker")
    if two_node and len(settings.nodes) > 2:
        text = f"two_node is set, and there are {len(settings.nodes)} nodes: it has no effect"
        yield Finding(IGNORED, text, keys("quorum.two_node"), "remove two_node")
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


def _no_encryption(settings: Settings, loadable: bool) -> Iterator[Finding]:
    """Whoever reaches the network of the cluster reads it, or speaks in it."""
    if len(settings.nodes) < 2 or settings.cipher != "none":
        return
    text = "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"
    advice, commands = _then_load(
        "make a key (corosync-keygen), copy /etc/corosync/authkey to each node, set crypto_cipher: aes256 and "
        "crypto_hash: sha256 in totem { } of each node",
        loadable,
    )
    if settings.hash != "none":
        text = "the nodes sign their messages and do not encrypt them (crypto_cipher none)"
    elif settings.major >= 3 and settings.transport != "knet":
        text = text.replace(":", f" ({settings.transport} cannot):", 1)
        advice, commands = "use transport: knet, with crypto_cipher: aes256 and crypto_hash: sha256", ()
    yield Finding(NO_ENCRYPTION, text, keys("totem.crypto_cipher"), advice, commands)


def _device_settings(settings: Settings) -> Iterator[Finding]:
    """Yield what keeps a quorum device from working, or from giving the right vote."""
    if settings.device != "net":
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
