"""A clean Debian in a folder: what a new user's machine is like."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, Sequence

from tests.needed import program

_ENTER = 'mount --make-rprivate / && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'


class CleanRoot:
    """Programs run in it with processes of their own, which all end with the first; the network is ours."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def command(self, *argv: str) -> Sequence[str]:
        """The command line that runs this inside."""
        space = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        clean = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        return [*space, "sh", "-c", _ENTER, str(self.path), *clean, "DEBIAN_FRONTEND=noninteractive", *argv]

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(self.command(*argv), capture_output=True, text=True, check=False)

    def must(self, *argv: str) -> str:
        """The output of a command that succeeds."""
        done = self.run(*argv)
        assert done.returncode == 0, f"{' '.join(argv)}: {done.stdout}{done.stderr}"
        return done.stdout

    def put(self, source: Path, name: str) -> None:
        """A file or folder of ours as this one inside."""
        target = self.path / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)

    def files(self, *folders: str) -> Sequence[str]:
        """The files below these folders that are ours."""
        found = (path for folder in folders for path in (self.path / folder).rglob("check[_-]ha*"))
        ours = (path for path in found if not path.is_dir() and "haproxy" not in path.name)
        return sorted(f"/{path.relative_to(self.path)}" for path in ours)


@contextlib.contextmanager
def clean_root(folder: Path, release: str, packages: Sequence[str]) -> Iterator[CleanRoot]:
    """Debian of this release with these packages; made by mmdebstrap, which keeps daemons from being started."""
    mmdebstrap = program("mmdebstrap", "mmdebstrap")
    argv = [mmdebstrap, "--mode=root", "--variant=apt", f"--include={','.join(packages)}", release, str(folder)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    try:
        yield CleanRoot(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
