"""The file that tells NRPE the commands of this node."""

from __future__ import annotations

import os
import re

PLUGINS = "/usr/lib/nagios/plugins"
"""Where packages put the commands."""
_FILE = os.path.join(os.path.dirname(__file__), "check_ha.cfg")


def command_file(plugins: str = PLUGINS, sudo: bool = True) -> str:
    """Return the file for NRPE: the one that is shipped (``make docs``), for commands in the folder ``plugins``.

    With ``sudo`` they ask through sudo, else by rights of the user's own.
    """
    with open(_FILE, encoding="utf-8") as file:
        text = file.read()
    text = text.replace(f"={PLUGINS}/", f"={plugins}/")
    return text if sudo else re.sub(r" --sudo( --max-age-of-data [0-9]+)?", "", text)
