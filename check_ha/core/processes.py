"""What the process list proves when a tool cannot reach its daemon: which daemons run, and since when."""

from __future__ import annotations

from typing import Dict, Optional

from check_ha.sources.tools import Output

Ages = Dict[str, Optional[int]]
"""By program, the seconds since the oldest process of that name was started; ``None``: this ``ps`` does not say."""


def processes_of_root(processes: Optional[Output]) -> Optional[Ages]:
    """Return what root runs; None where there is no list, or one that hides processes.

    The daemons are root's: a process of somebody else that calls itself so proves nothing. Neither does one that only
    tells its version, as the checks themselves ask pacemakerd and corosync to.
    """
    if processes is None or processes.status != 0:
        return None
    header, *lines = processes.stdout.decode("utf-8", "backslashreplace").splitlines() or [""]
    columns = header.split()
    if "COMMAND" not in columns:
        return None
    at = columns.index("COMMAND")
    rows = [words for words in (line.split(None, at) for line in lines) if len(words) == at + 1]
    if not any(words[0] == "1" for words in rows):
        return None  # /proc is mounted with hidepid
    ages: Ages = {}
    for words in rows:
        if words[3] == "root" and not words[at].endswith((" --features", " --version", " -v")):
            name = words[at].split()[0].rsplit("/", 1)[-1]
            seconds = int(words[4]) if at == 5 and words[4].isdigit() else None
            ages[name] = max((age for age in (ages.get(name), seconds) if age is not None), default=None)
    return ages
