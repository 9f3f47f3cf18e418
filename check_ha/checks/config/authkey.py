"""The key of the cluster: whether it is there, and whether only root has it. Its contents are never looked at."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from check_ha.core.condition import NO_PERMISSION, UNREADABLE, Condition, Severity
from check_ha.core.finding import FILE, Finding, Subject
from check_ha.model.node import FileState

FOLDER = "/etc/corosync"
CONFIG = f"{FOLDER}/corosync.conf"
AUTHKEY = f"{FOLDER}/authkey"

KEY_MISSING = Condition("key-missing", Severity.CRITICAL, "Messages are encrypted, and the key is not there.")
KEY_OWNER = Condition("key-owner", Severity.CRITICAL, "The key does not belong to root.")
KEY_EXPOSED = Condition("key-exposed", Severity.CRITICAL, "Users other than root may read the key.")
CONFIG_WRITABLE = Condition("config-writable", Severity.WARNING, "Users other than root may change corosync.conf.")


def state_of(path: str, files: Tuple[FileState, ...]) -> Optional[FileState]:
    """Return what is known of that file."""
    return next((file for file in files if file.path == path), None)


def key_findings(
    keyfile: Optional[str], inline: bool, files: Tuple[FileState, ...], peer: str = "NODE"
) -> Iterator[Finding]:
    """Yield what is wrong with the key that corosync takes: ``totem.keyfile``, else ``totem.key``, else the default.

    A key file elsewhere is not judged. What stat did not tell of is not known: it is neither well nor missing. ``peer``
    is another node of the cluster.
    """
    if keyfile not in (None, AUTHKEY):
        return
    inside = inline and keyfile is None
    path = CONFIG if inside else AUTHKEY
    file = state_of(path, files)
    if file is None or (file.error and not file.missing):
        yield _not_told(path, file.error if file else "it printed nothing")
    elif inside:
        if readable_by(file):
            text = f"{CONFIG} holds the key itself (totem.key) and can be read by {readable_by(file)}"
            advice = "make a key file instead of totem.key (corosync-keygen), or restrict access to the file"
            yield Finding(KEY_EXPOSED, text, _file(CONFIG), advice, (f"chmod 600 {CONFIG}",))
    elif file.missing:
        text = f"{AUTHKEY} is missing: corosync cannot start again without it"
        yield Finding(KEY_MISSING, text, _file(AUTHKEY), *_copy(peer))
    else:
        yield from _key(file, peer)


def _not_told(path: str, reason: str) -> Finding:
    advice = "run this check as root or with --sudo; if root is refused too, look at SELinux and AppArmor"
    if reason == "Permission denied":
        return Finding(
            NO_PERMISSION, f"stat {path}: {reason}: whether others may read the key is not known", _file(path), advice
        )
    return Finding(UNREADABLE, f"stat {path}: {reason}", _file(path))


def _key(key: FileState, peer: str) -> Iterator[Finding]:
    """Yield what is wrong with a key file that is there."""
    subjects = _file(AUTHKEY)
    if key.kind == "regular empty file" or not key.kind.startswith("regular"):
        yield Finding(KEY_MISSING, f"{AUTHKEY} is a {key.kind}, not a key", subjects, *_copy(peer))
    if key.uid != 0:
        text = f"{AUTHKEY} belongs to {key.owner}, not to root"
        yield Finding(KEY_OWNER, text, subjects, commands=(f"chown root:root {AUTHKEY}",))
    if readable_by(key):
        text = f"{AUTHKEY} can be read by {readable_by(key)}: whoever has the key can send messages to the cluster"
        advice = "if somebody has read it, make a new key for all nodes (corosync-keygen); restrict access to this one"
        yield Finding(KEY_EXPOSED, text, subjects, advice, (f"chmod 400 {AUTHKEY}",))


def _copy(peer: str) -> Tuple[str, Tuple[str, ...]]:
    return "copy it from another node of the cluster", (f"scp -p {peer}:{AUTHKEY} {FOLDER}/",)


def writable_findings(files: Tuple[FileState, ...]) -> Iterator[Finding]:
    """Yield who besides root may change corosync.conf, or put another one in its place."""
    for path in (FOLDER, CONFIG):
        file = state_of(path, files)
        if file and writable_by(file):
            command = f"chown root {path} && chmod go-w {path}"
            yield Finding(
                CONFIG_WRITABLE, f"{path} can be changed by {writable_by(file)}", _file(path), commands=(command,)
            )


def readable_by(file: FileState) -> str:
    """Return who besides its owner may read it; empty: nobody."""
    return _others(file, 0o4)


def writable_by(file: FileState) -> str:
    """Return who besides root may write to it; empty: nobody."""
    return f"user {file.owner}" if file.uid != 0 else _others(file, 0o2)


def _others(file: FileState, bit: int) -> str:
    mode = f"(mode {file.mode:o})"
    if file.mode & bit:
        return f"everybody {mode}"
    return f"group {file.group} {mode}" if file.mode & bit << 3 and file.gid != 0 else ""


def _file(path: str) -> Tuple[Subject, ...]:
    return (Subject(FILE, path),)
