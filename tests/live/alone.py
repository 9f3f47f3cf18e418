"""Start corosync in a network and with folders of its own, as nobody's peer.

``unshare -n -m python -m tests.live.alone JOBS ANSWERS``: JOBS holds a list of lists of steps in JSON. A step is a text
of corosync.conf with which corosync is started, or to which a running one is told to reload. ANSWERS gets, for each
step, what ``answer`` returns.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Optional

_OWN = ("/run", "/var/lib/corosync", "/var/log/corosync", "/dev/shm", "/etc/corosync")
_CONF = Path("/etc/corosync/corosync.conf")
_READY = b"ready to provide service"
_SECONDS = 4.0


class Corosync:
    """One daemon."""

    def __init__(self, text: str) -> None:
        for left in Path("/dev/shm").iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        _CONF.write_text(text)
        self._process = subprocess.Popen(
            ["corosync", "-f"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/run"
        )
        self._said = b""

    def started(self) -> str:
        """Return ``ready``, ``ended``, or ``waits`` for one that does neither for a while."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if select.select([self._process.stdout], [], [], 0.1)[0]:
                data = os.read(self._process.stdout.fileno(), 65536)
                self._said += data
                if not data:
                    return "ended"
                if _READY in self._said:
                    time.sleep(0.1)  # some abort with the first message
                    return "ready" if self._process.poll() is None else "ended"
        return "waits"

    def answer(self, state: str) -> Dict[str, str]:
        """Return the state, the last words, and of one that runs what its tools say."""
        found = {"state": state, "said": self._said.decode("utf-8", "replace")[-400:], "conf": _CONF.read_text()}
        if self._process.poll() is None and state != "waits":
            for name, argv in (("map", ["corosync-cmapctl"]), ("quorum", ["corosync-quorumtool", "-s"])):
                found[name] = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
        return found

    def reload(self, text: str) -> str:
        """Return ``loaded`` or ``refused``."""
        _CONF.write_text(text)
        done = subprocess.run(["corosync-cfgtool", "-R"], capture_output=True, check=False)
        return "refused" if done.returncode else "loaded"

    def end(self) -> None:
        """End this one, which nobody else knows."""
        self._process.kill()
        self._process.wait()
        Path("/run/corosync.pid").unlink(missing_ok=True)


def main() -> None:
    """Work through the jobs."""
    for folder in _OWN:
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    answers: List[List[Dict[str, str]]] = []
    for steps in json.loads(Path(sys.argv[1]).read_text()):
        corosync: Optional[Corosync] = None
        answers.append([])
        for text in steps:
            if corosync is None:
                corosync = Corosync(text)
                state = corosync.started()
            else:
                state = corosync.reload(text)
            answers[-1].append(corosync.answer(state))
        if corosync is not None:
            corosync.end()
    Path(sys.argv[2]).write_text(json.dumps(answers))


if __name__ == "__main__":
    main()
