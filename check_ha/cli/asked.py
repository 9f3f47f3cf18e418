"""Another node as a source: a command brings what ``check_ha_record`` prints there, and it is judged here."""

from __future__ import annotations

from typing import Sequence

from check_ha.cli.node import NoAnswerError
from check_ha.core.condition import NOT_RESPONDING, TOOL_MISSING, UNREADABLE, Condition
from check_ha.multinode.answers import no_answer
from check_ha.sources.peers import RECORD_VIA, Peers, template
from check_ha.sources.recording import RecordingError
from check_ha.sources.stream import Stream, stream_in
from check_ha.sources.tools import HUNG, MISSING, Output, Source


def asked(node: str, via: Sequence[str], timeout: float) -> Source:
    """Return what the node says; NoAnswerError where it says nothing, or nothing whole."""
    output = Peers(via or template(RECORD_VIA), timeout).ask([node])[node]
    data = None if output.fault else stream_in(output.stdout)
    if data is None:
        raise NoAnswerError(_condition(output), f"{node}: {no_answer(output)}")
    try:
        return Stream(data, f"what {node} has sent")
    except RecordingError as error:
        raise NoAnswerError(UNREADABLE, str(error)) from error


def _condition(output: Output) -> Condition:
    return {HUNG: NOT_RESPONDING, MISSING: TOOL_MISSING}.get(output.fault or "", UNREADABLE)
