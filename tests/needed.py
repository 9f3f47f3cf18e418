"""Programs that some tests need and Python does not bring: the test is skipped without them, and says what to install.

Under CI a skip fails (tests/conftest.py).
"""

from __future__ import annotations

import os
import shutil

import pytest

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/lib/nagios/plugins"])


def program(name: str, package: str) -> str:
    """The path of this program, or the test ends here."""
    path = shutil.which(name, path=PATH)
    if path is None:
        pytest.skip(f"needs {name}: apt-get install --no-install-recommends {package}")
    return path


def root() -> None:
    """The test ends here for anybody but root."""
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root")
