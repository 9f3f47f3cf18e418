"""What corosync refuses when it starts, and ``corosync -t`` does not notice: quorum, priority, what it aborts on.

Tried by starting 3.1.7, each in a network of its own.
"""

from typing import Iterator

from check_ha.checks.config.invalid import key, not_started
from check_ha.checks.config.settings import Settings
from check_ha.core.finding import Finding

_PROVIDERS = ("corosync_votequorum", "corosync_ykd")
_SMALLEST_MTU, _LARGEST_MTU = 91, 2097242  # of which no byte, or no place in the queue, is left for messages
_RETRANSMITTED = 16384
_I32 = 2**31


def refused_at_start(settings: Settings) -> Iterator[Finding]:
    """Yield the reasons."""
    if settings.major >= 3:
        yield from _limits(settings)
        yield from _priority(settings)
    if settings.major == 1:
        return  # it starts with any quorum section
    provider = settings.keys.get("quorum.provider")
    if provider is not None and provider not in _PROVIDERS:
        yield not_started(f"quorum.provider must be {_PROVIDERS[0]}, but is {provider!r}", key("quorum.provider"))
    elif provider == _PROVIDERS[0]:
        yield from _quorum(settings)


def _limits(settings: Settings) -> Iterator[Finding]:
    """Yield the sizes with which it aborts."""
    mtu = settings.number("totem.netmtu") or 1500
    if not _SMALLEST_MTU <= mtu <= _LARGEST_MTU:
        text = f"totem.netmtu must be from {_SMALLEST_MTU} to {_LARGEST_MTU}, but is {mtu}"
        yield not_started(text, key("totem.netmtu"))
    window, messages = settings.number("totem.window_size") or 50, settings.number("totem.max_messages") or 17
    if _RETRANSMITTED - min(messages, window) < window < _I32:
        text = f"totem.window_size is {window}, too high for totem.max_messages {messages}"
        yield not_started(text, key("totem.window_size"))


def _priority(settings: Settings) -> Iterator[Finding]:
    value, number = settings.keys.get("system.priority", ""), settings.number("system.priority")
    if value not in ("", "max", "min") and not (number is not None and -_I32 <= number < _I32):
        yield not_started(f"system.priority must be a number, min or max, but is {value!r}", key("system.priority"))


def _quorum(settings: Settings) -> Iterator[Finding]:
    expected = settings.number("quorum.expected_votes")
    if not settings.nodes and not expected:
        text = "neither a nodelist nor quorum.expected_votes: the votes cannot be counted"
        yield not_started(text, key("quorum.expected_votes"))
    both = settings.on("quorum.auto_tie_breaker") and settings.on("quorum.last_man_standing")
    if both and settings.node_votes % 2 == 1 and not settings.waits_for_all:
        text = "auto_tie_breaker with last_man_standing and an odd number of votes needs wait_for_all"
        yield not_started(text, key("quorum.wait_for_all"))
    if settings.device:
        yield from _device(settings)


def _device(settings: Settings) -> Iterator[Finding]:
    """Yield what does not go with a quorum device."""
    for name in ("two_node", "last_man_standing", "auto_tie_breaker", "allow_downscale"):
        on = settings.tie_breaker if name == "auto_tie_breaker" else settings.on(f"quorum.{name}")
        if on:
            yield not_started(f"quorum.{name} and a quorum device exclude each other", key(f"quorum.{name}"))
    expected, votes = settings.number("quorum.expected_votes"), settings.number("quorum.device.votes")
    votes_key = key("quorum.device.votes")
    if expected and votes is None:
        yield not_started("quorum.expected_votes with a quorum device needs quorum.device.votes", votes_key)
    elif expected and votes and expected - votes < 2:
        yield not_started(f"quorum.device.votes {votes} is too high for quorum.expected_votes {expected}", votes_key)
    elif votes is None and settings.node_votes != len(settings.nodes):
        yield not_started("nodes with more than one vote and a quorum device need quorum.device.votes", votes_key)
