"""The key of the cluster: whether it is there, and whether only root has it. Its contents are never looked at."""

from typing import Iterator, NamedTuple, Optional, Tuple

from check_ha.model.node import FileState

FOLDER = "/etc/corosync"
CONFIG = f"{FOLDER}/corosync.conf"
AUTHKEY = f"{FOLDER}/authkey"

MISSING, NOT_ROOTS, EXPOSED = "missing", "not root's", "exposed"


class Fault(NamedTuple):
    """One thing that is wrong with the key."""

    kind: str
    """MISSING, NOT_ROOTS or EXPOSED."""
    text: str
    advice: str


def state_of(path: str, files: Tuple[FileState, ...]) -> Optional[FileState]:
    """What is known of that file."""
    return next((file for file in files if file.path == path), None)


def key_faults(keyfile: Optional[str], inline: bool, files: Tuple[FileState, ...]) -> Iterator[Fault]:
    """What is wrong with the key that corosync takes: ``totem.keyfile``, else ``totem.key``, else the default file.

    A key file elsewhere is not judged. Without the state of corosync.conf, which lies in the same folder, that of the
    key is not known either.
    """
    if keyfile not in (None, AUTHKEY):
        return
    config, key = state_of(CONFIG, files), state_of(AUTHKEY, files)
    if inline and keyfile is None:
        if config is not None and readable(config):
            text = f"{CONFIG} holds the key itself (totem.key) and can be read by {readable(config)}"
            yield Fault(EXPOSED, text, f"corosync-keygen instead of totem.key, or: chmod 600 {CONFIG}")
        return
    copy = f"copy it from another node of the cluster: scp -p NODE:{AUTHKEY} {FOLDER}/"
    if key is None:
        if config is not None:
            yield Fault(MISSING, f"{AUTHKEY} is missing: corosync cannot start again without it", copy)
        return
    if key.kind == "regular empty file" or not key.kind.startswith("regular"):
        yield Fault(MISSING, f"{AUTHKEY} is no key but a {key.kind}", copy)
    if key.uid != 0:
        yield Fault(NOT_ROOTS, f"{AUTHKEY} belongs to {key.owner}, not to root", f"chown root:root {AUTHKEY}")
    if readable(key):
        text = f"{AUTHKEY} can be read by {readable(key)}: whoever has the key can speak in the cluster"
        yield Fault(EXPOSED, text, f"chmod 400 {AUTHKEY}; if somebody has read it: corosync-keygen, on all nodes")


def readable(file: FileState) -> str:
    """Who besides its owner may read it; empty: nobody."""
    return _others(file, 0o4)


def writable(file: FileState) -> str:
    """Who besides root may write to it; empty: nobody."""
    return f"user {file.owner}" if file.uid != 0 else _others(file, 0o2)


def _others(file: FileState, bit: int) -> str:
    mode = f"(mode {file.mode:o})"
    if file.mode & bit:
        return f"everybody {mode}"
    return f"group {file.group} {mode}" if file.mode & bit << 3 and file.gid != 0 else ""
