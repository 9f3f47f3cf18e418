"""Networks that fail together, and that anybody may read."""

from __future__ import annotations

from typing import Iterator, Tuple

from check_ha.checks.config.settings import Settings
from check_ha.checks.config.unwise import (
    NO_ENCRYPTION,
    SINGLE_LINK,
    Seen,
    keys,
    labelled,
    several,
    the_nodes,
    then_load,
)
from check_ha.core.finding import LINK, Finding, Subject


def single_link(settings: Settings, seen: Seen) -> Iterator[Finding]:
    """Tell where all nodes are joined by one network."""
    if len(settings.links) != 1 or not several(settings, seen):
        return
    link = settings.links[0]
    what = "ring" if settings.major < 3 else "link"
    text = f"only {what} {link} connects {the_nodes(settings, seen)}: one fault in that network separates them"
    if settings.major >= 3 and settings.transport != "knet":
        advice = f"use transport: knet, which has up to eight links; {settings.transport} has one"
    elif settings.nodes:
        more = "" if settings.major >= 3 else ", and set rrp_mode: passive in totem { }"
        advice = f"give each node a ring{0 if link else 1}_addr on another network{more}"
    else:
        advice = (
            "add an interface { } with ringnumber: 1 on another network and a mcastport that differs by two or more, "
            "and set rrp_mode: passive in totem { }"
        )
    yield Finding(SINGLE_LINK, text, (Subject(LINK, str(link)), *labelled(settings.nodes)), advice)


def no_encryption(settings: Settings, loadable: bool, seen: Seen) -> Iterator[Finding]:
    """Tell where whoever reaches the network of the cluster reads it, or speaks in it."""
    if settings.cipher != "none" or not several(settings, seen):
        return
    text = "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"
    switch = "secauth: on" if settings.major == 1 else "crypto_cipher: aes256 and crypto_hash: sha256"
    advice = "make a key (corosync-keygen), copy /etc/corosync/authkey to each node, "
    advice += f"set {switch} in totem {{ }} of each node"
    commands: Tuple[str, ...] = ()
    if settings.major >= 3:
        advice, commands = then_load(settings, advice, loadable)
    elif loadable:  # which takes that when it starts, and nodes with and without do not understand each other
        advice += ", then stop Pacemaker and corosync on all nodes, and start them again"
    if settings.hash != "none":
        text = "the nodes sign their messages and do not encrypt them (crypto_cipher none)"
    elif settings.major >= 3 and settings.transport != "knet":
        text = text.replace(":", f" ({settings.transport} cannot):", 1)
        advice, commands = "use transport: knet, with crypto_cipher: aes256 and crypto_hash: sha256", ()
    yield Finding(NO_ENCRYPTION, text, keys("totem.crypto_cipher"), advice, commands)
