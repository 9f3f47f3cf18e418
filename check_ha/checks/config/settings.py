"""What a corosync configuration amounts to, from corosync.conf or from the running map, defaults filled in.

Both are looked at in one form, the keys of the map: ``nodelist.node.0.ring1_addr``. That form is corosync's own, which
reads the file into the map.
"""

import re
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from check_ha.model.corosync_conf import CorosyncConf, Section

_OF_OLD, _OF_NEW = "runtime.config.totem.rrp_", "runtime.config.totem.knet_"


class ConfNode(NamedTuple):
    """One node of the nodelist."""

    position: int
    node_id: Optional[int]
    name: str
    addresses: Mapping[int, str]
    """By number of the link."""
    votes: int

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
    major: int
    """Of the corosync that reads it: 1, 2 or 3."""
    nodes: Tuple[ConfNode, ...]
    transport: str
    cipher: str
    hash: str

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
    def protected(self) -> bool:
        """Whether messages are encrypted or at least signed, for which there must be a key."""
        return self.cipher != "none" or self.hash != "none"


def settings_of(keys: Mapping[str, str], major: int) -> Settings:
    """Return what these keys mean to that version of corosync."""
    transport = keys.get("totem.transport") or ("knet" if major >= 3 else "udp")
    cipher, digest = _crypto(keys, major)
    return Settings(keys, major, tuple(_nodes(keys)), transport, cipher, digest)


def _crypto(keys: Mapping[str, str], major: int) -> Tuple[str, str]:
    """Return cipher and hash: on by default until corosync 2 (aes256 and sha1), off since 3."""
    secauth = keys.get("totem.secauth")
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
    )


def _number(text: str) -> Optional[int]:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text) else None


def major_of(version: Optional[Tuple[int, ...]], values: Optional[Mapping[str, str]]) -> int:
    """Return corosync's major version: of the one that runs where its map tells, else of the one installed, else 3."""
    for key in values or ():
        if key.startswith(_OF_OLD):
            return 2
        if key.startswith(_OF_NEW):
            return 3
    return version[0] if version else 3


def map_keys(conf: CorosyncConf, major: int) -> Dict[str, str]:
    """Return the keys under which corosync stores this file in its map; all but logging and users."""
    keys: Dict[str, str] = {}
    node = 0
    for section in conf.root.walk():
        if section.path.startswith(("logging", "uidgid")):
            continue
        if section.path == "nodelist":
            node = 0  # a second nodelist overwrites the first
        prefix = f"{section.path}." if section.path else ""
        if section.path == "nodelist.node":
            prefix = f"nodelist.node.{node}."
            node += 1
        if section.path == "totem.interface":
            keys.update(_interface(section, major))
        elif section.path != "totem.interface.member":
            keys.update((prefix + setting.key, setting.value) for setting in section.settings)
    return keys


def _interface(section: Section, major: int) -> Dict[str, str]:
    """Return the keys of an interface section, which has its number inside. Corosync 3 ignores ``ringnumber``."""
    number = section.get("linknumber" if major >= 3 else "ringnumber") or "0"
    prefix = f"totem.interface.{number}."
    keys = {
        prefix + setting.key: setting.value
        for setting in section.settings
        if setting.key not in ("linknumber", "ringnumber")
    }
    members = [setting.value for member in section.sections for setting in member.settings]
    keys.update((f"{prefix}member.{position}", value) for position, value in enumerate(members))
    return keys
