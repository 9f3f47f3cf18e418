"""A node's files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A node's files: NRPE as Debian has it, the commands, and crm_mon where only some have it."""
    for name in ("etc/nagios/nrpe.d", "opt/check_ha/bin", "usr/local/sbin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/nagios/nrpe.cfg").write_text(
        "nrpe_user=nagios\ninclude=/etc/nagios/nrpe_local.cfg\n include_dir=/etc/nagios/nrpe.d/\n", encoding="utf-8"
    )
    (tmp_path / "opt/check_ha/bin/check_ha_quorum").touch(mode=0o755)
    (tmp_path / "opt/check_ha/bin/check_ha_collect").touch(mode=0o755)
    (tmp_path / "usr/local/sbin/crm_mon").touch(mode=0o755)
    return tmp_path
