"""Which NRPE daemons a node has: those that run, those that systemd would start, and those whose file lies where
distributions put it.

=====================================  ==============================================  ================
where                                  its file                                        its user
=====================================  ==============================================  ================
Debian, Ubuntu                         /etc/nagios/nrpe.cfg                            nagios
Enterprise Linux (EPEL)                /etc/nagios/nrpe.cfg                            nrpe
SUSE                                   /etc/nrpe.cfg                                   nagios
Arch                                   /etc/nrpe/nrpe.cfg                              nrpe
Centreon's own packages                /etc/nrpe/centreon-nrpe4.cfg                    centreon-engine
built from source                      /usr/local/nagios/etc/nrpe.cfg                  nagios
=====================================  ==============================================  ================

A process tells best: NRPE 4.1 that is not started by root stays who it is, whatever ``nrpe_user`` says.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.node_setup.users import name_of
from check_ha.record import NamedTuple

KNOWN = (
    "/etc/nagios/nrpe.cfg",
    "/etc/nrpe/centreon-nrpe4.cfg",
    "/etc/nrpe/centreon-nrpe3.cfg",
    "/etc/nrpe.cfg",
    "/etc/nrpe/nrpe.cfg",
    "/usr/local/nagios/etc/nrpe.cfg",
)
FOLDERS = ("/etc/nagios/nrpe.d", "/etc/nrpe.d")
"""Where commands may have been put for an NRPE that is no longer here."""
DEFAULT_USER = "nagios"
_UNITS = ("etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
          "lib/systemd/system")  # fmt: skip
_DEPTH = 5


class Daemon(NamedTuple):
    """One NRPE."""

    cfg: str
    user: str = ""
    folder: str = ""
    """Where it reads further commands; empty: its file includes no folder."""
    unit: str = ""
    """The systemd unit that starts it."""
    runs: bool = False


def daemons(root: Path, processes: Optional[Path] = None) -> Tuple[Daemon, ...]:
    """Return each NRPE of the node whose files are below ``root``; ``processes`` is /proc, for a node that is up."""
    found: Dict[str, Daemon] = {}
    starts = [*(_running(root, processes) if processes else ()), *_started_by_units(root)]
    for one in [*starts, *(Daemon(cfg) for cfg in KNOWN)]:
        if not (root / one.cfg.lstrip("/")).is_file():
            continue
        known = found.get(one.cfg, one)
        found[one.cfg] = known._replace(user=known.user or one.user, unit=known.unit or one.unit)
    return tuple(_with_file(root, one) for one in found.values())


def daemon_of(root: Path, cfg: str) -> Daemon:
    """Return the NRPE that reads this file, of which nothing else is known."""
    return _with_file(root, Daemon(cfg))


def _with_file(root: Path, daemon: Daemon) -> Daemon:
    """Return it with what its file says."""
    text = "\n".join(_texts(root, daemon.cfg, []))
    folders = [folder.rstrip("/") for folder in re.findall(r"^\s*include_dir\s*=\s*(/\S+)", text, re.MULTILINE)]
    users = re.findall(r"^\s*nrpe_user\s*=\s*(\S+)", text, re.MULTILINE)
    named = name_of(root, int(users[-1])) if users and users[-1].isdigit() else "".join(users[-1:])
    return daemon._replace(user=daemon.user or named or DEFAULT_USER, folder=next(iter(folders), ""))


def _texts(root: Path, cfg: str, seen: List[str]) -> Iterator[str]:
    """Yield the file, and those that it includes by name."""
    if cfg in seen or len(seen) > _DEPTH:
        return
    seen.append(cfg)
    text = _read(root / cfg.lstrip("/"))
    yield text
    for name in re.findall(r"^\s*include(?:_file)?\s*=\s*(/\S+)", text, re.MULTILINE):
        yield from _texts(root, name, seen)


def _running(root: Path, processes: Path) -> Iterator[Daemon]:
    for folder in sorted(processes.glob("[0-9]*")):
        cfg = _cfg_of(_read(folder / "cmdline").split("\0"))
        if cfg and _sees(folder, root):
            uid = re.search(r"^Uid:\s+\d+\s+(\d+)", _read(folder / "status"), re.MULTILINE)
            unit = re.search(r"/([^/\n]*nrpe[^/\n@]*\.service)$", _read(folder / "cgroup"), re.MULTILINE)
            yield Daemon(cfg, name_of(root, int(uid[1])) if uid else "", unit=unit[1] if unit else "", runs=True)


def _sees(process: Path, root: Path) -> bool:
    """Return whether it sees the files that we see: one in a container does not."""
    try:
        return (process / "root").samefile(root)
    except OSError:
        return False


def _started_by_units(root: Path) -> Iterator[Daemon]:
    seen = set()
    for folder in _UNITS:
        for path in sorted((root / folder).glob("*nrpe*.service")):
            if path.name in seen:
                continue
            seen.add(path.name)
            drop_ins = (one for place in _UNITS for one in sorted((root / place / f"{path.name}.d").glob("*.conf")))
            text = "\n".join(_read(one) for one in (path, *drop_ins))
            starts = re.findall(r"^ExecStart\s*=\s*[-@:+!]*(\S.*)$", text, re.MULTILINE)
            cfg = _cfg_of(starts[-1].split()) if starts else None
            users = re.findall(r"^User\s*=\s*(\S+)$", text, re.MULTILINE)
            if cfg:
                # one of a socket is started anew for each question: there is nothing to restart
                yield Daemon(cfg, "".join(users[-1:]), unit="" if "@" in path.name else path.name)


def _cfg_of(words: Sequence[str]) -> Optional[str]:
    """Return the configuration that this command line names, if it is one of the daemon."""
    program = words[0].rpartition("/")[2] if words else ""
    if "nrpe" not in program or program.startswith("check_"):
        return None
    line = "\0".join(words[1:])
    found = re.search(r"(?:^|\0)(?:-c|--config)[\0=]?(/[^\0]+)", line)
    return found[1] if found else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
