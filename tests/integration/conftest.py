"""What the tests with real daemons share."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Iterator

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of root's that everybody may enter, unlike pytest's own; the test ends here for anybody but root."""
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root, to become another user")
    folder = Path(tempfile.mkdtemp(prefix="check_ha-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
