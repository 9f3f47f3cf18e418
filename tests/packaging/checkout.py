"""A copy of this checkout to build packages in, so that nothing is left in it."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT = (".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", "tests", "clusters", ".*_cache", ".hypothesis")


def copy_of_checkout(target: Path) -> Path:
    """What a release is made of, without tests and recordings."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*_NOT))
    return target
