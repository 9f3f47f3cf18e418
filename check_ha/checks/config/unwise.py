"""What the judgements of an unwise configuration have in common: conditions, and what is known of the nodes."""

from __future__ import annotations

from typing import Iterable, Optional, Tuple

from check_ha.checks.config.differences import RELOAD, RELOAD_SINCE
from check_ha.checks.config.settings import ConfNode, Settings
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import NODE, SETTING, Subject
from check_ha.record import NamedTuple

SINGLE_LINK = Condition("single-link", Severity.WARNING, "Only one network connects the nodes.", standing=True)
NO_TWO_NODE = Condition(
    "no-two-node",
    Severity.WARNING,
    "Two nodes without two_node: the failure of one stops the other as well.",
    standing=True,
)
NO_WAIT_FOR_ALL = Condition(
    "no-wait-for-all",
    Severity.WARNING,
    "Nodes that boot while cut off from the others may get quorum on their own.",
    standing=True,
)
VOTES_DIFFER = Condition(
    "votes-differ", Severity.WARNING, "expected_votes differs from the votes that the nodes have.", standing=True
)
NO_PROVIDER = Condition(
    "no-provider", Severity.WARNING, "No quorum provider is set: nobody counts votes.", standing=True
)
QDEVICE_SETTINGS = Condition("qdevice-settings", Severity.WARNING, "The quorum device cannot work with these settings.")
NO_ENCRYPTION = Condition(
    "no-encryption", Severity.WARNING, "The messages between the nodes are not encrypted.", standing=True
)
IGNORED = Condition(
    "setting-ignored", Severity.WARNING, "Corosync ignores a setting or a line and does not say so.", standing=True
)


class Seen(NamedTuple):
    """What of the cluster is seen now: where there is no nodelist, that alone tells how many nodes there are."""

    nodes: int = 0
    """Those that were members since corosync started here."""
    votes: Optional[int] = None
    """Of the nodes that are members now."""
    plugin: bool = False
    """Whether corosync 1.4 runs Pacemaker's plugin, which counts votes by itself."""


def keys(*names: str) -> Tuple[Subject, ...]:
    """Return these keys of corosync.conf as subjects."""
    return tuple(Subject(SETTING, name) for name in names)


def then_load(settings: Settings, change: str, loadable: bool) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice to change the file so, and the command that loads it; before 2.3.2 there is none."""
    if settings.version >= RELOAD_SINCE:
        return (f"{change}, then load it", (RELOAD,)) if loadable else (change, ())
    return (f"{change} on each node{', then restart corosync, one node after the other' if loadable else ''}", ())


def expected_votes(settings: Settings) -> int:
    return settings.number("quorum.expected_votes") or 0


def labelled(conf_nodes: Iterable[ConfNode]) -> Tuple[Subject, ...]:
    """Return these nodes of the nodelist as subjects."""
    return tuple(Subject(NODE, node.label) for node in conf_nodes)


def several(settings: Settings, seen: Seen) -> bool:
    """Return whether this is a cluster of more than one node, by all that tells. Corosync 3 needs a nodelist."""
    if settings.nodes or settings.major >= 3:
        return len(settings.nodes) > 1
    stated = max(settings.members, expected_votes(settings))
    return stated > 1 or seen.nodes > 1 or not stated


def the_nodes(settings: Settings, seen: Seen) -> str:
    """Return ``the 2 nodes``, or ``the nodes`` where their number is not known for sure."""
    number = len(settings.nodes) or settings.members
    if not number and seen.nodes > 1 and seen.nodes == expected_votes(settings):
        number = seen.nodes
    return f"the {number} nodes" if number else "the nodes"
