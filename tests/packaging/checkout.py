"""A copy of this checkout to build packages in, so that nothing is left in it."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MADE = (".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", ".coverage*")
_TESTS = ("tests", "clusters")


def copy_of_checkout(target: Path, tests: bool = False) -> Path:
    """What a release is made of; without tests and recordings, unless they are asked for."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*_MADE, *(() if tests else _TESTS)))
    return target
