"""corosync.conf against the map of the corosync that runs: what was edited and not loaded, or set and not written down.

Compared is what means something, in one form: addresses and numbers whatever their spelling, nodes by their id whatever
their order, what is not set as its default. Left out is what corosync puts into the map by itself, and the key.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from check_ha.checks.config.misspelt import is_setting
from check_ha.checks.config.settings import ConfNode, Settings
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import NODE, SETTING, Finding, Subject
from check_ha.parsers.addresses import canonical
from check_ha.record import NamedTuple

_COMPARED = r"(?:totem|nodelist|quorum)\."
# bindnetaddr follows from the nodelist, and is gone from the map after a reload
_LEFT_OUT = r"totem\.key|totem\.interface\.[0-9]+\.bindnetaddr|nodelist\.local_node_pos|quorum\.cancel_wait_for_all"
# what corosync writes where the file has nothing, with udp
_DERIVED = r"totem\.interface\.[0-9]+\.mcast(?:addr|port)|totem\.nodeid"
# of these a reload takes none (3.1.7): they wait for a restart
_NODE_BY_NODE = (
    r"totem\.(?:netmtu|threads)"
    r"|quorum\.(?:provider|wait_for_all|last_man_standing.*|auto_tie_breaker.*|allow_downscale|expected_votes_tracking)"
)
# with one half of these, nodes do not reach those with the other half
_ALL_AT_ONCE = (
    r"totem\.(?:transport|cluster_name|ip_version|version|rrp_mode|interface\.[0-9]+\.(?:mcast|ttl|broadcast).*)"
)
_ENCRYPTION = r"totem\.(?:secauth|crypto_.*)"
"""Corosync 2 and 1.4 read that when they start."""

RELOAD = "corosync-cfgtool -R"
"""On one node; it loads the file on all."""
RELOAD_SINCE = (2, 3, 2)
TESTED_RELOAD = f"corosync -t && {RELOAD}"

_BUILT_IN = r"totem\.(?:crypto|knet_compression)_model"
"""Each build of libknet has its own models, and corosync refuses a file that names another."""

BY_RELOAD, BY_TESTED_RELOAD, BY_NEW_LINK, NODE_BY_NODE, ALL_AT_ONCE = range(5)
"""What brings file and daemon together; what does more brings together what needs less."""
_STEPS = {
    BY_RELOAD: ("on one node (it loads the file on all nodes)", (RELOAD,)),
    BY_TESTED_RELOAD: (
        "on each node corosync must have that model; then on one node (it loads the file on all nodes)",
        (TESTED_RELOAD,),
    ),
    # "To reconfigure an interface it must be deleted and recreated": a reload is refused
    BY_NEW_LINK: (
        "corosync cannot change an address of a link in use: remove that link from nodelist { } and interface { } on "
        "all nodes and load that, then add it as it should be and load that, each time on one node",
        (RELOAD,),
    ),
    NODE_BY_NODE: ("restart Pacemaker and corosync, one node after the other", ()),
    ALL_AT_ONCE: (
        "stop Pacemaker and corosync on all nodes, then start them again: nodes that differ in this cannot reach "
        "each other",
        (),
    ),
}

_DEFAULTS = {
    "quorum.allow_downscale": "0",
    "quorum.auto_tie_breaker": "0",
    "quorum.device.sync_timeout": "30000",
    "quorum.device.timeout": "10000",
    "quorum.expected_votes_tracking": "0",
    "quorum.last_man_standing": "0",
    "quorum.two_node": "0",
    "totem.config_version": "0",
    "totem.link_mode": "passive",
}


RUNNING_DIFFERS = Condition(
    "running-differs", Severity.WARNING, "Corosync runs with settings that differ from corosync.conf."
)


class Difference(NamedTuple):
    """One setting, in the file and in the daemon."""

    name: str
    """The key; of a node ``node1 ring0_addr``, or ``node node1`` where only one side has it."""
    written: Optional[str]
    """``None``: not in the file."""
    running: Optional[str]
    """``None``: not in the map. Both are empty where the name says it all."""
    step: int = BY_RELOAD
    """What brings them together: BY_RELOAD, ..."""
    node: str = ""
    """The node that it is about; empty: none."""

    @property
    def subject(self) -> Subject:
        """The key, or the node."""
        return Subject(NODE, self.node) if self.node else Subject(SETTING, self.name)

    @property
    def label(self) -> str:
        """``totem.token 1000 (file: 3000)``: what runs, and what was to run."""
        return f"{self.name} {self.values}"

    @property
    def values(self) -> str:
        """``1000 (file: 3000)``."""
        if self.running is None:
            return "not loaded" + (f" (file: {self.written})" if self.written else "")
        file = "not in the file" if self.written is None else f"file: {self.written}"
        return f"{self.running} ({file})".strip()


def _shown(key: str, value: Optional[str]) -> Optional[str]:
    """Return the value of what corosync knows; under another name it may be a key that was misspelt."""
    return value if value is None or is_setting(key) else "(not shown)"


def differences(written: Settings, running: Settings) -> Tuple[Difference, ...]:
    """Return all differences, nodes first."""
    found = list(_nodes(written, running))
    one, other = _plain(written), _plain(running)
    for key in sorted({*one, *other}):
        mine, theirs = one.get(key, _default(key, written)), other.get(key, _default(key, running))
        if mine != theirs and not (mine is None and re.fullmatch(_DERIVED, key)):
            found.append(Difference(key, _shown(key, mine), _shown(key, theirs), _step(key, written)))
    return tuple(found)


def _step(key: str, written: Settings) -> int:
    """Return what brings a key together in file and daemon."""
    if re.fullmatch(_ALL_AT_ONCE, key) or (written.major < 3 and re.fullmatch(_ENCRYPTION, key)):
        return ALL_AT_ONCE
    if re.fullmatch(r"totem\.interface\.[0-9]+\.knet_transport", key):
        return _link_step(written)
    if re.fullmatch(_BUILT_IN, key) and key in written.keys:
        return BY_TESTED_RELOAD
    return NODE_BY_NODE if re.fullmatch(_NODE_BY_NODE, key) else _by_reload(written)


def _by_reload(written: Settings) -> int:
    return BY_RELOAD if written.version >= RELOAD_SINCE else NODE_BY_NODE


def _link_step(written: Settings) -> int:
    """Return what changes the address of a link: the others must carry the cluster meanwhile."""
    if written.major < 3:
        return _by_reload(written)
    return BY_NEW_LINK if len(written.links) > 1 else ALL_AT_ONCE


def _default(key: str, setup: Settings) -> Optional[str]:
    """Return what corosync does without that key."""
    derived = {"totem.transport": setup.transport, "totem.crypto_cipher": setup.cipher, "totem.crypto_hash": setup.hash}
    if key == "totem.secauth":
        return "off" if setup.major >= 3 else "on"
    return derived.get(key, _DEFAULTS.get(key))


def _plain(setup: Settings) -> Dict[str, str]:
    """Return the keys to be compared, but for those of nodes."""
    return {
        key: _form(value)
        for key, value in setup.keys.items()
        if re.match(_COMPARED, key) and not re.fullmatch(_LEFT_OUT, key) and not key.startswith("nodelist.node.")
    }


def _form(value: str) -> str:
    value = value.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,20}", value):
        return str(int(value))
    return canonical(value) or value


def _nodes(written: Settings, running: Settings) -> Iterator[Difference]:
    one, other = _by_identity(written), _by_identity(running)
    for identity in {**one, **other}:
        mine, theirs = one.get(identity), other.get(identity)
        if mine is None or theirs is None:
            label = (mine or theirs or _NOBODY).label
            step = _by_reload(written)
            yield Difference(f"node {label}", "" if mine else None, "" if theirs else None, step, label)
        else:
            yield from _node(written, running, mine, theirs)


_NOBODY = ConfNode(0, None, "", {}, 1)


def _by_identity(setup: Settings) -> Dict[str, ConfNode]:
    """Return the nodes by id, or by first address where ids are generated from it."""
    nodes = {}
    for node in setup.nodes:
        address = next(iter(node.addresses.values()), "")
        generated = _generated(address, setup.keys) if node.node_id is None else None
        nodes[str(node.node_id or generated or address or f"at {node.position}")] = node
    return nodes


def _generated(address: str, keys: Mapping[str, str]) -> Optional[int]:
    """Return the id that corosync makes of an IPv4 address, where none is set (udp and udpu)."""
    parts = (canonical(address) or "").split(".")
    if len(parts) != 4:
        return None
    number = int.from_bytes(bytes(map(int, parts)), "big")
    return number & 0x7FFFFFFF if keys.get("totem.clear_node_high_bit") == "yes" else number


def _node(written: Settings, running: Settings, mine: ConfNode, theirs: ConfNode) -> Iterator[Difference]:
    one, other = _settings(written.keys, mine), _settings(running.keys, theirs)
    for key in sorted({*one, *other}):
        default = "1" if key == "quorum_votes" else None
        left, right = one.get(key, default), other.get(key, default)
        if left != right and not (left is None and key == "nodeid"):
            changed = key.startswith("ring") and left is not None and right is not None
            step = _link_step(written) if changed else _by_reload(written)
            yield Difference(f"{mine.label} {key}", left, right, step, mine.label)


def _settings(keys: Mapping[str, str], node: ConfNode) -> Dict[str, str]:
    prefix = f"nodelist.node.{node.position}."
    return {key[len(prefix) :]: _form(value) for key, value in keys.items() if key.startswith(prefix)}


def difference_findings(found: Tuple[Difference, ...]) -> Iterator[Finding]:
    """Yield one finding for all differences, with the step that ends them."""
    if found:
        text = f"corosync runs with settings that differ from corosync.conf: {labels(found)}"
        yield Finding(
            RUNNING_DIFFERS, text, tuple(one.subject for one in found), *_STEPS[max(one.step for one in found)]
        )


def labels(found: Tuple[Difference, ...], limit: int = 3) -> str:
    """Return the first few, for one line."""
    texts: List[str] = [difference.label for difference in found[:limit]]
    if len(found) > limit:
        texts.append(f"and {len(found) - limit} more")
    return ", ".join(texts)
