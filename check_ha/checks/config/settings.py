"""What a corosync configuration amounts to, from corosync.conf or from the running map, defaults filled in.

Both are looked at in one form, the keys of the map: ``nodelist.node.0.ring1_addr``. That form is corosync's own, which
reads the file into the map.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from check_ha.model.corosync_conf import CorosyncConf, Section
from check_ha.record import NamedTuple

Version = Tuple[int, ...]

NEWEST_1, NEWEST_2, NEWEST_3 = (1, 4, 10), (2, 4, 6), (3, 1, 10)
_TELLING = {
    "service.0.": NEWEST_1,  # which numbers such sections, and has Pacemaker's plugin there
    "runtime.config.totem.rrp_": NEWEST_2,
    "runtime.config.totem.knet_": NEWEST_3,
}
"""Keys of the running map that only one major version has."""


class ConfNode(NamedTuple):
    """One node of the nodelist."""

    position: int
    node_id: Optional[int]
    name: str
    addresses: Mapping[int, str]
    """By number of the link."""
    votes: int
    named: bool = False
    """Whether it has a name, be it an empty one."""

    @property
    def label(self) -> str:
        """What a person calls the node."""
        if self.name:
            return self.name
        first = next(iter(self.addresses.values()), "")
        return first or (f"node {self.node_id}" if self.node_id else f"node {self.position + 1} of the nodelist")


class Settings(NamedTuple):
    """A configuration, understood."""

    keys: Mapping[str, str]
    version: Version
    """Of the corosync that reads it."""
    nodes: Tuple[ConfNode, ...]
    transport: str
    cipher: str
    hash: str

    @property
    def major(self) -> int:
        """The major version of that corosync: 1, 2 or 3."""
        return self.version[0]

    def number(self, key: str) -> Optional[int]:
        """Return the value of that key as a number; ``None``: not set, or no number."""
        return _number(self.keys.get(key, ""))

    def on(self, key: str) -> bool:
        """Return whether a switch such as ``quorum.two_node`` is set to anything but 0."""
        return bool(self.number(key))

    @property
    def links(self) -> Tuple[int, ...]:
        """The links (or rings) that any node has."""
        numbers = {number for node in self.nodes for number in node.addresses}
        if not numbers:  # without nodelist each ring has its interface section
            numbers = {
                int(match[1])
                for match in (re.match(r"totem\.interface\.([0-9]{1,9})\.", key) for key in self.keys)
                if match
            }
        return tuple(sorted(numbers))

    @property
    def members(self) -> int:
        """The nodes that are listed in the interface sections, as udpu had it before nodelists; 0: there are none."""
        numbers = [re.match(r"totem\.interface\.([0-9]{1,9})\.member\.", key) for key in self.keys]
        rings = [match[1] for match in numbers if match]
        return max(map(rings.count, rings), default=0)

    @property
    def device(self) -> str:
        """The model of the quorum device; empty: there is none."""
        return self.keys.get("quorum.device.model", "")

    @property
    def node_votes(self) -> int:
        """The votes of all nodes."""
        return sum(node.votes for node in self.nodes)

    @property
    def device_votes(self) -> int:
        """The votes of the quorum device: as set, else one less than those of the nodes."""
        if not self.device:
            return 0
        votes = self.number("quorum.device.votes")
        return max(0, self.node_votes - 1) if votes is None else votes

    @property
    def waits_for_all(self) -> bool:
        """Whether it waits for all nodes: as it is set, else as two_node is."""
        return self.on("quorum.wait_for_all" if "quorum.wait_for_all" in self.keys else "quorum.two_node")

    @property
    def tie_breaker(self) -> str:
        """The tie breaker that corosync makes of this: ``lowest``, ``highest`` or ``list``; empty: it has none."""
        if not self.on("quorum.auto_tie_breaker") or (self.node_votes % 2 and not self.waits_for_all):
            return ""
        node = self.keys.get("quorum.auto_tie_breaker_node", "lowest")
        return node if node in ("lowest", "highest") else "list" if re.match(r"\s*[+-]?0*[1-9]", node) else ""

    @property
    def protected(self) -> bool:
        """Whether messages are encrypted or at least signed, for which there must be a key."""
        return self.cipher != "none" or self.hash != "none"


def settings_of(keys: Mapping[str, str], version: Version) -> Settings:
    """Return what these keys mean to that version of corosync."""
    major = version[0]
    transport = keys.get("totem.transport", "knet" if major >= 3 else "udp")
    if major < 3 and transport not in ("udpu", "iba"):
        transport = "udp"  # which it takes for what it does not know
    cipher, digest = _crypto(keys, major)
    return Settings(keys, version, tuple(_nodes(keys)) if major > 1 else (), transport, cipher, digest)


def _crypto(keys: Mapping[str, str], major: int) -> Tuple[str, str]:
    """Return cipher and hash: on by default until corosync 2 (there aes256 and sha1), off since 3."""
    secauth = keys.get("totem.secauth")
    if major == 1:
        cipher = "aes128" if keys.get("totem.crypto_type") == "nss" else "sober128"
        return ("none", "none") if secauth == "off" else (cipher, "sha1")
    if secauth == "on" or (major < 3 and secauth != "off"):
        cipher, digest = "aes256", "sha256" if major >= 3 else "sha1"
    else:
        cipher, digest = "none", "none"
    return keys.get("totem.crypto_cipher", cipher), keys.get("totem.crypto_hash", digest)


def _nodes(keys: Mapping[str, str]) -> List[ConfNode]:
    groups: Dict[int, Dict[str, str]] = {}
    for key, value in keys.items():
        match = re.fullmatch(r"nodelist\.node\.([0-9]{1,9})\.(.+)", key)
        if match:
            groups.setdefault(int(match[1]), {})[match[2]] = value
    return [_node(position, groups[position]) for position in sorted(groups)]


def _node(position: int, group: Mapping[str, str]) -> ConfNode:
    addresses = {}
    for key, value in group.items():
        match = re.fullmatch(r"ring([0-9]{1,3})_addr", key)
        if match:
            addresses[int(match[1])] = value
    votes = _number(group.get("quorum_votes", "1"))
    return ConfNode(
        position,
        _number(group.get("nodeid", "")),
        group.get("name", ""),
        dict(sorted(addresses.items())),
        1 if votes is None else votes,
        "name" in group,
    )


def _number(text: str) -> Optional[int]:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text) else None


def version_of(installed: Optional[Version], values: Optional[Mapping[str, str]]) -> Optional[Version]:
    """Return corosync's version: the one installed, unless the map of the one that runs is of another major version.

    In what is not known of it it is the newest; ``None``: nothing tells.
    """
    for key in values or ():
        newest = next((version for begins, version in _TELLING.items() if key.startswith(begins)), None)
        if newest is not None and (installed is None or installed[0] != newest[0]):
            return newest
    return installed


def map_keys(conf: CorosyncConf, major: int) -> Dict[str, str]:
    """Return the keys under which corosync stores this file in its map; all but users."""
    keys: Dict[str, str] = {}
    node = 0
    for section in _counted(conf, major):
        if section.path.startswith("uidgid"):
            continue
        if section.path == "nodelist":
            node = 0  # a second nodelist overwrites the first
        prefix = f"{section.path}." if section.path else ""
        if section.path == "nodelist.node":
            prefix = f"nodelist.node.{node}."
            node += 1
        if section.path in ("logging.logger_subsys", "logging.logging_daemon"):
            keys.update(_subsystem(section))
        elif section.path == "totem.interface":
            keys.update(_interface(section, major))
        elif section.path != "totem.interface.member":
            keys.update((prefix + setting.key, setting.value) for setting in section.settings)
    return keys


def _counted(conf: CorosyncConf, major: int) -> Iterator[Section]:
    """Yield the sections that count: all, but in 1.4 only the first of a name at the top level."""
    if major > 1:
        yield from conf.root.walk()
        return
    yield conf.root
    for path in dict.fromkeys(section.path for section in conf.root.sections):
        yield from next(section for section in conf.root.sections if section.path == path).walk()


def _subsystem(section: Section) -> Dict[str, str]:
    """Return the keys of a section about one part of corosync, which has its name inside."""
    own = {setting.key: setting.value for setting in section.settings}
    subsystem, daemon = own.get("subsys"), own.pop("name", "corosync")
    if daemon != "corosync":
        return {}
    prefix = "logging." if subsystem is None else f"logging.logger_subsys.{subsystem}."
    return {prefix + key: value for key, value in own.items()}


_NUMBERED = frozenset({"bindnetaddr", "mcastaddr", "broadcast", "mcastport", "ttl"})
_NUMBERED_3 = _NUMBERED | {
    "knet_link_priority", "knet_ping_interval", "knet_ping_timeout", "knet_ping_precision", "knet_pong_count",
    "knet_transport",
}  # fmt: skip


def _interface(section: Section, major: int) -> Dict[str, str]:
    """Return the keys of an interface section, which has its number inside.

    What corosync does not know, such as ``ringnumber`` since 3.0, is stored without a number. Its members are stored
    from the last to the first (2.4.6, 3.1.7).
    """
    name = "linknumber" if major >= 3 else "ringnumber"
    number = _number(section.get(name) or "0") or 0
    prefix = f"totem.interface.{number}."
    numbered = _NUMBERED_3 if major >= 3 else _NUMBERED
    keys = {
        (prefix if major == 1 or setting.key in numbered else "totem.interface.") + setting.key: setting.value
        for setting in section.settings
        if setting.key != name
    }
    members = [setting.value for member in section.sections for setting in member.settings]
    order = reversed(members) if major > 1 else members
    keys.update((f"{prefix}member.{position}", value) for position, value in enumerate(order))
    return keys
