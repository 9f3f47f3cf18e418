"""What the tests with real daemons share: an unprivileged user, and folders that this user may read and write."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from pathlib import Path
from typing import Iterator

import pytest


@pytest.fixture
def nobody() -> str:
    """A user without any rights; the test ends here for anybody but root, who alone can become that user."""
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root, to become another user")
    return "nobody"


@pytest.fixture
def place(nobody: str) -> Iterator[Path]:
    """A folder of that user's own, outside of pytest's, which only root may enter."""
    folder = Path(tempfile.mkdtemp(prefix="check_ha-test-"))
    folder.chmod(0o755)
    user = pwd.getpwnam(nobody)
    os.chown(folder, user.pw_uid, user.pw_gid)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
