"""A command line as sudoers(5) wants it, so that nothing but this very command line is allowed."""

from __future__ import annotations

import re
from typing import Sequence

TIME_LIMIT = 10
"""Seconds after which sudo ends a tool (TIMEOUT=, since sudo 1.8.20): more than the deadline of a check (8), so that
the check itself has said what hangs."""


def sudoers_command(argv: Sequence[str]) -> str:
    r"""Return the command line for a sudoers file: ``/usr/bin/ps -e -o pid\,args``.

    A command without arguments gets ``""``: without it any arguments would be allowed.
    """
    arguments = " ".join(argv[1:])
    # patterns first: sudo matches the arguments as a shell would match a file name
    return f"{argv[0]} " + (re.sub(r"([\\,:=*?\[\]!])", r"\\\1", arguments) if arguments else '""')
