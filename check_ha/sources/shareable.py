"""Output without what nobody else should see, before it is written to a file or shown with -vvv."""

from __future__ import annotations

import re

from check_ha.sources.tools import CIBADMIN, PS, Output

_NVPAIR = re.compile(rb"<nvpair\b[^>]*>")
_SECRET = re.compile(rb"\bname=[\"'][^\"']*(?:passw|secret|token|key|credential|community)[^\"']*[\"']", re.IGNORECASE)
_VALUE = re.compile(rb"(\bvalue=)(\"[^\"]*\"|'[^']*')")
_DAEMON = re.compile(rb"^\s*(?:PID\b|1\s|.*(?:corosync|pacemaker|sbd|/cib\b|stonithd|lrmd|attrd|pengine|crmd))")


def shareable(output: Output) -> Output:
    """The output without what nobody else should see."""
    if output.tool is CIBADMIN:
        return output._replace(stdout=_NVPAIR.sub(_hidden, output.stdout))
    if output.tool is PS:
        lines = (line for line in output.stdout.splitlines(keepends=True) if _DAEMON.match(line))
        return output._replace(stdout=b"".join(lines))
    return output


def _hidden(found: re.Match[bytes]) -> bytes:
    pair = found.group()
    return _VALUE.sub(rb'\1"********"', pair) if _SECRET.search(pair) else pair
