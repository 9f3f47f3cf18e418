"""Why corosync would not load a configuration that its parser can read, or would not start with it.

Its own checks of the whole, from its sources (logconfig.c, totemconfig.c and votequorum.c of 3.1.7, of 3.0, 2.4, 2.3
and 1.4 where it says so), and held against ``corosync -t`` and against corosync itself, started: tests/live has both
of 3.1.7; 2.4.6 (``-t``) and 1.4.8 (started) were built and given 170 files, and took and refused the same.
What only the machine can tell is not among them: whether a name resolves, which node this is, whether a file can be
opened, which users there are, and which models of encryption and compression this corosync was built with.
"""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from check_ha.checks.config.invalid import key, not_loaded
from check_ha.checks.config.refused.at_start import refused_at_start
from check_ha.checks.config.refused.links import refused_links
from check_ha.checks.config.refused.rings import refused_rings, repeated_rings
from check_ha.checks.config.refused.words import refused_logging
from check_ha.checks.config.settings import NEWEST_1, NEWEST_2, NEWEST_3, Settings, map_keys, settings_of
from check_ha.core.finding import Finding
from check_ha.model.corosync_conf import CorosyncConf

_SHORTEST = 30  # ms
_COEFFICIENT, _RETRANSMITS = 650, 4
_JOIN = 50
_U32, _OVERFLOW = 2**32, 2**31
_TRANSPORTS = ("knet", "udpu", "udp")
_LINK_MODES = ("passive", "active", "rr")
_COMPATIBILITIES = ("whitetank", "none")
_SIZES_UNTIL, _LARGEST_MTU, _QUEUE = (2, 3, 3), 10000, 1024 * 1024


def refusals(settings: Settings) -> Iterator[Finding]:
    """Yield one finding for each reason, what ``corosync -t`` refuses first."""
    yield from refused_by_test(settings)
    yield from refused_at_start(settings)


def versions_that_load(conf: CorosyncConf) -> Tuple[Tuple[int, ...], ...]:
    """Return the newest version of each major one that loads the file and starts with it, the newest first."""
    found = []
    for version in (NEWEST_3, NEWEST_2, NEWEST_1):
        settings = settings_of(map_keys(conf, version[0]), version)
        repeated = version == NEWEST_1 and any(repeated_rings(conf))
        if not (repeated or any(one.refused_by(version) for one in conf.mistakes) or any(refusals(settings))):
            found.append(version)
    return tuple(found)


def refused_by_test(settings: Settings) -> Iterator[Finding]:
    """Yield what ``corosync -t`` refuses."""
    yield from refused_logging(settings)
    yield from _totem(settings)
    yield from _timers(settings)
    if settings.major < 3:
        yield from _sizes(settings)
        yield from refused_rings(settings)
    yield from refused_links(settings)
    yield from _crypto(settings)


def _totem(settings: Settings) -> Iterator[Finding]:
    version = settings.keys.get("totem.version")
    if settings.number("totem.version") != 2 or (settings.major == 1 and version != "2"):
        text = f"totem.version must be 2, but is {version}" if version else "totem.version is not set, it must be 2"
        yield not_loaded(text, key("totem.version"))
    compatibility = settings.keys.get("compatibility", "none")
    if settings.major == 1 and compatibility not in _COMPATIBILITIES:
        text = f"compatibility must be {' or '.join(_COMPATIBILITIES)}, but is {compatibility!r}"
        yield not_loaded(text, key("compatibility"))
    if settings.major < 3:
        return
    for name, value, choice in (
        ("totem.transport", settings.transport, _TRANSPORTS),
        ("totem.link_mode", settings.keys.get("totem.link_mode", "passive"), _LINK_MODES),
    ):
        if value not in choice:
            yield not_loaded(f"{name} must be {' or '.join(choice)}, but is {value!r}", key(name))
    if (settings.number("totem.token_warning") or 0) > 100:
        yield not_loaded("totem.token_warning is more than 100 %", key("totem.token_warning"))


def _timers(settings: Settings) -> Iterator[Finding]:
    """Yield the times that are too short; 0 is the default of each."""
    shortest_hold = 14 if settings.version >= (3, 0, 2) else _SHORTEST
    token = _token(settings)
    if token < _SHORTEST:
        yield _too_short("token", token)
    for name in ("token_retransmit", "hold", "join", "consensus", "merge", "downcheck", "max_network_delay"):
        value, shortest = _set(settings, name), shortest_hold if name == "hold" else _SHORTEST
        if value is not None and value < shortest:
            yield _too_short(name, value, shortest)
    tries = _set(settings, "token_retransmits_before_loss_const") or _RETRANSMITS
    retransmit = _set(settings, "token_retransmit") or int(token / (tries + 0.2))
    hold = _set(settings, "hold") or int(retransmit * 0.8 - 10)
    follows = (_set(settings, "token_retransmit") is None, _set(settings, "hold") is None)
    if token >= _SHORTEST and (
        (follows[0] and retransmit < _SHORTEST) or (follows[1] and retransmit >= _SHORTEST and hold < shortest_hold)
    ):
        text = f"totem.token ({token} ms) is too short for {tries} retransmits: each must have {_SHORTEST} ms"
        yield not_loaded(text, key("totem.token"), key("totem.token_retransmits_before_loss_const"))
    join, consensus = _set(settings, "join") or _JOIN, _set(settings, "consensus") or int(1.2 * token)
    if _SHORTEST <= consensus < min(join, _OVERFLOW):
        text = f"totem.consensus ({consensus} ms) is less than totem.join ({join} ms)"
        yield not_loaded(text, key("totem.consensus"), key("totem.join"))


def _sizes(settings: Settings) -> Iterator[Finding]:
    """Yield the numbers of the redundant rings that are too low, and those of messages that are too high."""
    for name in ("rrp_problem_count_timeout", "rrp_token_expired_timeout"):
        value = _set(settings, name)
        if value is not None and value < _SHORTEST:
            yield _too_short(name, value)
    for name in ("rrp_problem_count_threshold", "rrp_problem_count_mcast_threshold"):
        if _set(settings, name) == 1:
            yield not_loaded(f"totem.{name} is 1, less than 2", key(f"totem.{name}"))
    if settings.version >= _SIZES_UNTIL:
        return
    mtu, messages = _set(settings, "netmtu") or 1500, _set(settings, "max_messages") or 0
    if mtu > _LARGEST_MTU:
        yield not_loaded(f"totem.netmtu is {mtu}, more than {_LARGEST_MTU}", key("totem.netmtu"))
    if messages > _QUEUE // mtu:
        text = f"totem.max_messages is {messages}, more than {_QUEUE // mtu}"
        yield not_loaded(text, key("totem.max_messages"))


def _too_short(name: str, value: int, shortest: int = _SHORTEST) -> Finding:
    return not_loaded(f"totem.{name} is {value} ms, less than {shortest}", key(f"totem.{name}"))


def _set(settings: Settings, name: str) -> Optional[int]:
    """Return the value of that number of totem; ``None``: it is the default, because it is not set or is 0."""
    return settings.number(f"totem.{name}") or None


def _token(settings: Settings) -> int:
    """Return the time-out in ms: more than two nodes have more of it."""
    token, coefficient = _set(settings, "token"), settings.number("totem.token_coefficient")
    if token is None:
        token = 3000 if settings.version >= (3, 1) else 1000
    nodes = sum(0 in node.addresses for node in settings.nodes) if settings.version >= (2, 3, 4) else 0
    more = max(0, nodes - 2) * (_COEFFICIENT if coefficient is None else coefficient)
    return (token + more) % _U32


def _crypto(settings: Settings) -> Iterator[Finding]:
    if settings.cipher != "none" and settings.hash == "none":
        text = f"crypto_cipher {settings.cipher} needs a crypto_hash"
        yield not_loaded(text, key("totem.crypto_hash"), key("totem.crypto_cipher"))
    if settings.protected and settings.major >= 3 and settings.transport != "knet":
        subjects = (key("totem.transport"), key("totem.crypto_cipher"), key("totem.crypto_hash"))
        yield not_loaded(f"encryption with transport {settings.transport}: only knet can encrypt", *subjects)
