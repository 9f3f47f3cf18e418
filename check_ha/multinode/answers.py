"""What each node answered: its view, or the reason why there is none."""

from __future__ import annotations

from typing import Mapping, Optional, Sequence, Tuple

from check_ha.core.condition import Severity
from check_ha.core.finding import Finding
from check_ha.model.view import View
from check_ha.parsers.errors import ParseError
from check_ha.parsers.view import parse_one_of_many
from check_ha.parsers.view_fields import Shared
from check_ha.record import NamedTuple
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, Output

_LONGEST_REASON = 200


class Answer(NamedTuple):
    """One node's answer."""

    asked: str
    """The name it was asked by."""
    view: Optional[View] = None
    reason: str = ""
    """Why there is no view."""
    unreadable: bool = False
    """It gave a view that cannot be read."""
    within: float = 0.0
    """Seconds within which, from the asking on, the view was made."""
    node: str = ""
    """Its name in the cluster, once that is found out."""


class Views(NamedTuple):
    """One look at the cluster, from several of its nodes."""

    answers: Tuple[Answer, ...]
    earlier: Optional[Views] = None
    """The look before this one: what an alarm is made of must be in both."""
    pause: float = 0.0
    """Seconds between the two."""


def answers_of(outputs: Mapping[str, Output]) -> Tuple[Answer, ...]:
    """Return the answer of each node, in this order; what all of them say alike is read once."""
    shared: Shared = {}
    return tuple(answer_of(asked, output, shared) for asked, output in outputs.items())


def answer_of(asked: str, output: Output, shared: Optional[Shared] = None) -> Answer:
    """Return the view that a node printed: the first line that starts as JSON does, for a login may print more."""
    if output.fault or (output.status is not None and output.status < 0):
        return Answer(asked, reason=no_answer(output))
    lines = [line.strip() for line in output.stdout.split(b"\n")]
    line = next((line for line in lines if line.startswith(b"{")), None)
    if line is None:
        return Answer(asked, reason=no_answer(output))
    try:
        return Answer(asked, parse_one_of_many(line, {} if shared is None else shared), within=output.seconds)
    except ParseError as error:
        return Answer(asked, reason=str(error), unreadable=True)


def no_answer(output: Output) -> str:
    """Return why the command that asks a node has brought no answer: what went wrong with it, or its own words."""
    return _failed(output) or _said(output)


def _failed(output: Output) -> str:
    if output.fault == MISSING:
        return f"{output.argv[0]}: no such program here"
    if output.fault == HUNG:
        return f"no answer within {output.limit:g} s"
    if output.fault == FLOODED:
        return "it printed more than any node has to say"
    if output.fault == BROKEN:
        return f"{output.argv[0]}: {output.stderr}"
    signal = -(output.status or 0)
    return f"{_program(output)} was killed by signal {signal}" if signal > 0 else ""


def _said(output: Output) -> str:
    """Return the transport's own words. check_nrpe says what is wrong on stdout, ssh on the last line of stderr."""
    stdout = output.stdout[:4096].decode("utf-8", "backslashreplace")
    first = next((line.strip() for line in stdout.splitlines() if line.strip()), "")
    last = next((line.strip() for line in reversed(output.stderr.splitlines()) if line.strip()), "")
    said = first or last or f"{_program(output)} ended with exit status {output.status} and printed nothing"
    return said[:_LONGEST_REASON]


def _program(output: Output) -> str:
    return output.argv[0].rpartition("/")[2]


def needs_second_look(answers: Sequence[Answer], findings: Sequence[Finding]) -> bool:
    """Tell whether a second look may say something else.

    What would wake somebody may be gone: views are made one after the other while the cluster goes on, and a resource
    that moves, or a node that joins, may show in one as it was and in the next as it is. A CIB that is older than
    another may stay so.
    """
    if any(finding.condition.severity is Severity.CRITICAL for finding in findings):
        return True
    pacemakers = [(answer.view.pacemaker, answer.view.cib_epoch) for answer in answers if answer.view]
    versions = {(pacemaker.dc, epoch) for pacemaker, epoch in pacemakers if pacemaker and pacemaker.dc and epoch}
    return len(versions) > len({dc for dc, _ in versions})
