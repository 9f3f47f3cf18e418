"""What a monitoring server is told of each command: a title, how often it asks, and how it is asked through NRPE."""

from __future__ import annotations

from typing import Mapping, Sequence

from generators.commands import VIEW, Command

CHECK_NRPE = "check_nrpe -H {node} -c " + VIEW
"""What the commands of the server run for each node: the template of their --via."""

ARGUMENTS: Mapping[str, Sequence[str]] = {
    "check_ha_drbd": ("--severity", "no-drbd=ok"),
    "check_ha_failed_actions": ("--max-age", "1d"),
    "check_ha_sbd": ("--severity", "no-sbd=ok"),
    "check_ha_tickets": ("--severity", "no-tickets=ok"),
}
"""What a site would give a check even if it gave nothing else. What is not set up on a cluster is no fault of it."""

# Minutes between two runs, of what changes by hand only.
_MINUTES: Mapping[str, int] = {
    "check_ha_config": 10,
    "check_ha_constraints": 5,
    "check_ha_drift": 10,
    "check_ha_failover": 5,
}


def title(command: Command) -> str:
    """Return ``HA failed actions``."""
    return " ".join(["HA", *(_word(part) for part in command.word.split("_") if part)])


def dashed(command: Command) -> str:
    """Return ``HA-Failed-Actions``."""
    words = title(command).split()
    return "-".join(word if word.isupper() else word.capitalize() for word in words)


def _word(part: str) -> str:
    return "VIP" if part == "vip" else part


def minutes(command: Command) -> int:
    """Return how often it is to be run."""
    return _MINUTES.get(command.name, 1)
