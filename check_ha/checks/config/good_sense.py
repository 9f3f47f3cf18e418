"""What corosync takes and an admin regrets: settings that work until the first failure."""

from typing import Iterator

from check_ha.checks.config.settings import Setup
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding

SINGLE_LINK = Condition("single-link", Severity.WARNING, "One network alone joins the nodes.")
NO_TWO_NODE = Condition(
    "no-two-node", Severity.WARNING, "Two nodes without two_node: the failure of one stops the other as well."
)
NO_WAIT_FOR_ALL = Condition(
    "no-wait-for-all", Severity.WARNING, "Nodes that boot cut off from the others may have quorum of their own."
)
VOTES_DIFFER = Condition("votes-differ", Severity.WARNING, "expected_votes are not the votes of the nodes.")
NO_PROVIDER = Condition("no-provider", Severity.WARNING, "No quorum provider is set: nobody counts votes.")
QDEVICE_SETTINGS = Condition("qdevice-settings", Severity.WARNING, "The quorum device cannot work with these settings.")
NO_ENCRYPTION = Condition("no-encryption", Severity.WARNING, "The messages between the nodes are not encrypted.")
IGNORED = Condition("setting-ignored", Severity.WARNING, "Corosync passes over a setting or a line, without a word.")

CONDITIONS = (
    SINGLE_LINK, NO_TWO_NODE, NO_WAIT_FOR_ALL, VOTES_DIFFER, NO_PROVIDER, QDEVICE_SETTINGS, NO_ENCRYPTION, IGNORED
)  # fmt: skip


def sense(setup: Setup) -> Iterator[Finding]:
    """All that is unwise, what costs most first."""
    if not setup.keys.get("quorum.provider"):
        yield Finding(NO_PROVIDER, "corosync.conf has no quorum provider: votes are not counted")
    else:
        yield from _no_two_node(setup)
        yield from _votes_differ(setup)
        yield from _no_wait_for_all(setup)
        yield from _device_settings(setup)
        yield from _ignored(setup)
    yield from _single_link(setup)
    yield from _no_encryption(setup)


def _single_link(setup: Setup) -> Iterator[Finding]:
    """All nodes are joined by one network."""
    if len(setup.nodes) < 2 or len(setup.links) != 1:
        return
    what = "ring" if setup.major < 3 else "link"
    text = f"only {what} {setup.links[0]} joins the {len(setup.nodes)} nodes: one fault of that network cuts them apart"
    if setup.major >= 3 and setup.transport != "knet":
        yield Finding(SINGLE_LINK, text, advice=f"transport knet: it has up to eight links, {setup.transport} has one")
    else:
        more = "" if setup.major >= 3 else ", and rrp_mode: passive in totem { }"
        yield Finding(SINGLE_LINK, text, advice=f"give every node a ring1_addr on another network{more}")


def _no_two_node(setup: Setup) -> Iterator[Finding]:
    """Two nodes, of which neither has quorum without the other."""
    if len(setup.nodes) != 2 or setup.device or setup.on("quorum.two_node") or setup.on("quorum.auto_tie_breaker"):
        return
    expected = setup.number("quorum.expected_votes") or setup.node_votes
    quorum = expected // 2 + 1
    if all(setup.node_votes - node.votes < quorum for node in setup.nodes):
        one, other = (node.label for node in setup.nodes)
        yield Finding(
            NO_TWO_NODE,
            f"two nodes without two_node: when {one} or {other} fails, the other one loses quorum and stops as well",
            advice="two_node: 1 in quorum { } (with fencing), or a quorum device; then: corosync-cfgtool -R",
        )


def _no_wait_for_all(setup: Setup) -> Iterator[Finding]:
    """A part of the cluster may start alone, while the other part runs."""
    waits = setup.number("quorum.wait_for_all")
    if setup.on("quorum.two_node") and waits == 0:
        yield Finding(
            NO_WAIT_FOR_ALL,
            "two_node with wait_for_all: 0: a node that boots cut off starts everything again, or fences the other one",
            advice="remove wait_for_all: 0, it is 1 with two_node",
        )
    elif setup.on("quorum.last_man_standing") and not waits:
        yield Finding(
            NO_WAIT_FOR_ALL,
            "last_man_standing without wait_for_all: nodes that boot cut off may have quorum of their own",
            advice="wait_for_all: 1 in quorum { }, then restart corosync",
        )


def _votes_differ(setup: Setup) -> Iterator[Finding]:
    """``expected_votes`` overrides the nodelist."""
    expected = setup.number("quorum.expected_votes")
    if not expected or not setup.nodes or setup.on("quorum.allow_downscale"):
        return
    votes = setup.node_votes + setup.device_votes
    if expected == votes:
        return
    device = f" and the quorum device {setup.device_votes}" if setup.device_votes else ""
    has = f"the {len(setup.nodes)} nodes have {setup.node_votes}{device}"
    why = "less than a majority may start to work" if expected < votes else "quorum takes more than a majority"
    yield Finding(
        VOTES_DIFFER,
        f"quorum.expected_votes is {expected} and {has}: {why}",
        advice="remove expected_votes, the nodelist tells it; then: corosync-cfgtool -R",
    )


def _ignored(setup: Setup) -> Iterator[Finding]:
    """Settings of quorum that corosync drops because of others; it says so in its log only."""
    two_node, breaker = setup.on("quorum.two_node"), setup.on("quorum.auto_tie_breaker")
    if two_node and len(setup.nodes) > 2:
        yield Finding(
            IGNORED,
            f"two_node is set, and there are {len(setup.nodes)} nodes: it has no effect",
            advice="remove two_node",
        )
    if two_node and breaker:
        yield Finding(IGNORED, "two_node has no effect with auto_tie_breaker", advice="keep one of them")
    if breaker and setup.node_votes % 2 == 1 and not two_node and not setup.on("quorum.wait_for_all"):
        yield Finding(IGNORED, "auto_tie_breaker has no effect: with an odd number of votes it needs wait_for_all: 1")
    if setup.keys.get("quorum.auto_tie_breaker_node") and not breaker:
        yield Finding(IGNORED, "auto_tie_breaker_node has no effect without auto_tie_breaker: 1")


def _no_encryption(setup: Setup) -> Iterator[Finding]:
    """Whoever reaches the network of the cluster reads it, or speaks in it."""
    if len(setup.nodes) < 2 or setup.cipher != "none":
        return
    advice = (
        "corosync-keygen, copy /etc/corosync/authkey to every node, crypto_cipher: aes256 and crypto_hash: sha256 in "
        "totem { } of every node, then: corosync-cfgtool -R"
    )
    if setup.hash != "none":
        yield Finding(
            NO_ENCRYPTION, "the nodes sign their messages and do not encrypt them (crypto_cipher none)", advice=advice
        )
    elif setup.major >= 3 and setup.transport != "knet":
        yield Finding(
            NO_ENCRYPTION,
            f"the nodes do not encrypt their messages ({setup.transport} cannot): "
            "who reaches that network can take the cluster down",
            advice="transport knet, with crypto_cipher: aes256 and crypto_hash: sha256",
        )
    else:
        yield Finding(
            NO_ENCRYPTION,
            "the nodes do not encrypt their messages: who reaches that network can take the cluster down",
            advice=advice,
        )


def _device_settings(setup: Setup) -> Iterator[Finding]:
    """What keeps a quorum device from working, or from giving the right vote."""
    if setup.device != "net":
        return
    for key in ("quorum.device.net.host", "totem.cluster_name"):
        if not setup.keys.get(key):
            yield Finding(QDEVICE_SETTINGS, f"{key} is not set: the quorum device cannot start without")
    algorithm = setup.keys.get("quorum.device.net.algorithm", "ffsplit")
    if algorithm == "ffsplit" and setup.device_votes != 1:
        votes = setup.device_votes
        yield Finding(
            QDEVICE_SETTINGS,
            f"quorum.device.votes is {votes}: algorithm ffsplit works with 1",
            advice="votes: 1 in device { }",
        )
    if algorithm == "lms" and setup.device_votes != max(0, setup.node_votes - 1):
        yield Finding(
            QDEVICE_SETTINGS,
            f"quorum.device.votes is {setup.device_votes}: algorithm lms works with its default",
            advice="remove votes",
        )
    if algorithm not in ("ffsplit", "lms"):
        yield Finding(
            QDEVICE_SETTINGS,
            f"quorum.device.net.algorithm is {algorithm}, which is none for production: ffsplit or lms is",
        )
