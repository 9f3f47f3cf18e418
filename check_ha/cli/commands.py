"""The main function of every check's command, by the name of the check: ``check_ha.cli.commands:quorum``.

Made when asked for, so that a command loads nothing of the other checks.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Callable

from check_ha.cli.process import guarded
from check_ha.cli.register import ALONE, CHECKS, COMPARISONS, check_named
from check_ha.cli.run import run


def __getattr__(name: str) -> Callable[[], None]:
    if name in CHECKS or name in ALONE:
        from check_ha.cli.node import understand
    elif name in COMPARISONS:
        from check_ha.cli.comparison import understand
    else:
        raise AttributeError(f"there is no check {name!r}")

    @guarded
    def main() -> None:
        run(partial(understand, check_named(name)), sys.argv[1:])

    return main
