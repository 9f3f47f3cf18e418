"""check_ha_setup run on a tree, and what is then in it."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli import setup

CFG = "/etc/nagios/nrpe.d/check_ha.cfg"
PLUGINS = "/opt/check_ha/bin"


def run(tree: Path, capsys: pytest.CaptureFixture[str], *argv: str) -> Tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        setup.main(["--root", str(tree), "--commands", PLUGINS, *argv])
    return int(end.value.code or 0), capsys.readouterr().out


def files(tree: Path) -> List[str]:
    """What there is but for what the fixture made."""
    made = ("check_ha_quorum", "check_ha_collect")
    given = {"etc/nagios/nrpe.cfg", "usr/local/sbin/crm_mon", *(f"opt/check_ha/bin/{name}" for name in made)}
    found = (str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())
    return sorted(f"/{name}" for name in found if name not in given)
