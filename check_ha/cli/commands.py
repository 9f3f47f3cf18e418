"""The main function of every check's command, by the name of the check: ``check_ha.cli.commands:quorum``.

Made when asked for, so that a command loads nothing of the other checks.
"""

from __future__ import annotations

from typing import Callable

from check_ha.cli.register import CHECKS, COMPARISONS, check_named


def __getattr__(name: str) -> Callable[[], None]:
    if name in CHECKS:
        from check_ha.cli.command import command

        return command(check_named(name))
    if name in COMPARISONS:
        from check_ha.cli.comparison import comparison

        return comparison(check_named(name))
    raise AttributeError(f"there is no check {name!r}")
