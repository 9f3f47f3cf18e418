"""Output without what nobody else should see, before it is written to a file or shown with -vvv."""

from __future__ import annotations

import re

from check_ha.sources.tools import CIBADMIN, PS, PS_EXE, Output

_NVPAIR = re.compile(rb"<nvpair\b[^>]*>")
# Both tools write > in a value as &gt;
_SECRET = re.compile(
    rb"\bname=[\"'][^\"']*(?:passw|passphrase|pass(?=[\"'])|pwd|secret|token|key|credential|community)[^\"']*[\"']"
    # options="username=backup,password=..." of a mount, statusurl="http://user:...@host/"
    rb"|\bvalue=(?:\"[^\"]*|'[^']*)(?:pass(?:w\w*|phrase)?=|pwd=|secret=|token=|key=|://[^/@\s\"']*:[^/@\s\"']*@)",
    re.IGNORECASE,
)
_VALUE = re.compile(rb"(\bvalue=)(\"[^\"]*\"|'[^']*')")
_DAEMONS = re.compile(rb"corosync|pacemaker|sbd|(?:cib|stonithd|lrmd|attrd|pengine|crmd)$")


def shareable(output: Output) -> Output:
    """The output without what nobody else should see."""
    if output.tool is CIBADMIN:
        return output._replace(stdout=_NVPAIR.sub(_hidden, output.stdout))
    if output.tool in (PS, PS_EXE):
        listed = output.stdout.splitlines(keepends=True)
        columns = len(listed[0].split()) if listed else 0
        lines = (_process(line, columns) for line in listed)
        return output._replace(stdout=b"".join(lines))
    return output


def _process(line: bytes, columns: int) -> bytes:
    """A line of ps with the command in its last column: daemons of the cluster as they are, of pid 1 the program only.

    That there is a pid 1 says that the list hides nobody's processes.
    """
    words = line.split(None, max(0, columns - 1))
    if len(words) < columns or words[0] == b"PID":
        return line if words[:1] == [b"PID"] else b""
    program = words[-1].split()[0]
    if _DAEMONS.match(program.rsplit(b"/", 1)[-1]):
        return line
    return line[: line.index(words[-1])] + program + b"\n" if words[0] == b"1" else b""


def _hidden(found: re.Match[bytes]) -> bytes:
    pair = found.group()
    return _VALUE.sub(rb'\1"********"', pair) if _SECRET.search(pair) else pair
