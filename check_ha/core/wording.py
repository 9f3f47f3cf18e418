"""Words that are put together the same way everywhere: lists of names, numbers of things, ages."""

from __future__ import annotations

from typing import Iterable, Optional, Sequence, Union


def count(number: int, what: str) -> str:
    """Return ``1 node``, ``3 nodes``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def share(part: int, whole: int, what: str) -> str:
    """Return ``1 of 1 vote``, ``1 of 3 votes``."""
    return f"{part} of {count(whole, what)}"


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return ``a, b, c and 5 more``: names without doubles, as many as a person can read."""
    all_names = list(dict.fromkeys(names))
    if len(all_names) <= most:
        return ", ".join(all_names)
    return f"{', '.join(all_names[: most - 1])} and {len(all_names) - most + 1} more"


def joined(names: Sequence[str]) -> str:
    """Return ``node1``, ``node1 and node2``, ``node1, node2 and node3``; ``none`` for no name."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "none"


def some(names: Sequence[str], most: int = 8) -> str:
    """Return all of them as ``joined`` does; of many the first, and how many more: ``node1, node2 and 30 more``."""
    return joined(names) if len(names) <= most else listed(names, most)


def are(names: Iterable[str]) -> str:
    """Return ``is`` or ``are``."""
    return "is" if len(set(names)) == 1 else "are"


def them(names: Iterable[str]) -> str:
    """Return ``it`` or ``them``."""
    return "it" if len(set(names)) == 1 else "them"


AHEAD = 5.0
"""Seconds by which the clocks of two nodes may differ before a time in the future is told as such."""


def age(seconds: Optional[float]) -> str:
    """Return how long ago, for a person: ``12s ago``, ``5m ago``, ``2d ago``; ``at an unknown time`` for None.

    What another node has stamped may lie in the future: ``2h ahead of this node's clock``.
    """
    if seconds is None:
        return "at an unknown time"
    return f"{how_long(-seconds)} ahead of this node's clock" if seconds <= -AHEAD else f"{how_long(seconds)} ago"


def how_long(seconds: float) -> str:
    """Return a time span in its largest unit: ``12s``, ``5m``, ``2d``; ``0s`` for a negative one."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size < size // 10):
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"


def decimal(value: Union[int, float]) -> str:
    """Return the number in plain decimals, never with an exponent."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
