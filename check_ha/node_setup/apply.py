"""Changing the node: files as a whole, and a sudoers file only after visudo has read it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Optional

from check_ha.node_setup.node import Host
from check_ha.node_setup.plan import SUDOERS, Step
from check_ha.sources.running.command import FOLDERS

BACKUPS = "/var/backups/check_ha"


class SetupError(Exception):
    """A step that could not be done; the message says why. What was done before it stays."""


def apply(node: Host, step: Step) -> None:
    """Do this step; SetupError when it cannot be done."""
    try:
        if step.argv:
            _run(step.argv)
        elif step.mend:
            _own(node.path(step.path), step.mode)
        elif step.text is None:
            _keep(node, step)
            node.path(step.path).unlink()
        else:
            _keep(node, step)
            _place(node.path(step.path), step)
    except OSError as error:
        raise SetupError(f"{error.filename or step.path}: {error.strerror}") from error


def _run(argv: tuple[str, ...]) -> None:
    program = _program(argv[0])
    if program is None:
        raise SetupError(f"{argv[0]} is not installed")
    for _ in range(3 if argv[0] == "rm" else 1):  # a check may write into the folder while it is taken away
        done = subprocess.run([program, *argv[1:]], capture_output=True, text=True, check=False)  # noqa: S603
        if not done.returncode:
            return
    raise SetupError(f"{' '.join(argv)}: exit {done.returncode} {done.stderr.strip() or done.stdout.strip()}")


def _program(name: str) -> Optional[str]:
    paths = [os.path.join(folder, name) for folder in FOLDERS]
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _keep(node: Host, step: Step) -> None:
    """A copy of an edited file, where no daemon reads it, beside those that were kept before."""
    if not step.backup or step.old is None:
        return
    folder = node.path(BACKUPS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = step.path.lstrip("/").replace("/", "-")
    for copy in (folder / f"{name}{suffix}" for suffix in ("", *(f".{number}" for number in range(2, 1000)))):
        if not copy.exists():
            copy.write_text(step.old, encoding="utf-8", errors="surrogateescape")
        if copy.read_text(encoding="utf-8", errors="surrogateescape") == step.old:
            return
    raise SetupError(f"{folder} is full of copies of {step.path}")


def _own(path: Path, mode: int) -> None:
    os.chown(path, os.geteuid(), os.getegid())
    path.chmod(mode)


def _place(path: Path, step: Step) -> None:
    """Make it beside its folder, where no daemon reads a half of it, and move it to its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.parent.parent / f".{path.name}.check_ha"
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, step.mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchown(file.fileno(), os.geteuid(), os.getegid())  # whatever the folder says
            os.fchmod(file.fileno(), step.mode)  # whatever the umask
            file.write(step.text or "")
        if step.path == SUDOERS:
            _check_sudoers(scratch)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _check_sudoers(path: Path) -> None:
    """A sudoers file with a fault can lock everybody out of sudo."""
    visudo = _program("visudo")
    if visudo is None:
        raise SetupError("visudo is not here: install sudo, or choose --way rights")
    done = subprocess.run([visudo, "-c", "-q", "-f", str(path)], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SetupError(f"visudo refuses {SUDOERS}, which was not installed: {done.stderr.strip()}")
