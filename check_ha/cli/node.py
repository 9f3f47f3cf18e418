"""The checks of one node: ask its tools, judge what they say. One check is a run of all checks that are one."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from check_ha.cli.options.arguments import parse
from check_ha.cli.options.common import ReplayOptions, RunOptions, SourceOptions
from check_ha.cli.process import unfinished
from check_ha.cli.run import Order, Outcome
from check_ha.cli.state import Memory, default_directory
from check_ha.core.check import Applies, Check, Judgement
from check_ha.core.condition import NOT_COMPARED, NOT_RESPONDING, TOOL_MISSING, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading, also_needed, examine, stand_ins
from check_ha.core.finding import Finding
from check_ha.core.options import Options
from check_ha.core.verdict import Thresholds, Verdict, verdict_of
from check_ha.output.plain_text import clean
from check_ha.record import NamedTuple
from check_ha.sources.deadline import announce, announced, limited, restart, tools_have_ended
from check_ha.sources.tools import CIBADMIN, HUNG, MISSING, Output, Source, Tool


class Settings(NamedTuple):
    """What one check is to be run with."""

    own: Options
    severities: Mapping[str, Severity]
    thresholds: Thresholds


class NoAnswerError(Exception):
    """A node that was asked does not answer."""

    def __init__(self, condition: Condition, text: str) -> None:
        super().__init__(text)
        self.finding = Finding(condition, text)


_OWN_FOLDER = "check_ha_setup makes a folder for the user of NRPE; --state-dir names another"

Judged = Tuple[Verdict, Evidence]
"""What is said of one check, and what it is based on."""


def understand(check: Check, argv: Sequence[str]) -> Order:
    """Understand the command line of one check of a node."""
    arguments = parse(check, argv)
    common = arguments.common
    settings = Settings(arguments.own, dict(common.severity), (common.warning, common.critical))

    def carry_out() -> Outcome:
        try:
            source = source_of(common, check.command)
        except NoAnswerError as silence:
            return silent(check.name, silence, settings.severities)
        outputs: Dict[Tool, Output] = {}
        parsed: Dict[Tool, Any] = {}
        if check.applies:
            outputs.update(collect((*check.applies.readings, *check.applies.alone), source))
            if applies(check.applies, outputs, source, parsed) is False:
                return Outcome(_nothing(check, check.applies, settings, source), outputs)
        outputs.update(collect(check.readings, source, outputs))
        memory = memory_of(common, check)
        judged = with_answers(check, settings, outputs, source, memory, parsed) if check.asks else check
        verdict, _ = judge(judged, settings, outputs, source, memory, parsed)
        return Outcome(verdict, outputs)

    work = limited(common.timeout, carry_out, partial(unfinished, check.name))
    return Order(work, arguments.verbose, common.format, common.output)


def with_answers(
    check: Check,
    settings: Settings,
    outputs: Dict[Tool, Output],
    source: Source,
    memory: Memory,
    parsed: Dict[Tool, Any],
) -> Check:
    """Return the check with one more reading for each question that was answered; its output is among the others."""
    from check_ha.core.wording import count
    from check_ha.output.progress import shown
    from check_ha.parsers.crm_simulate import parse_crm_simulate

    evidence = examine(check.readings, outputs, memory.recall(), source.now, parsed)
    if getattr(settings.own, "view", ()):
        from check_ha.cli.comparison import with_views

        check = with_views(check, settings.own.view, outputs)  # type: ignore[attr-defined]
    questions = check.asks(evidence, settings.own) if check.asks else ()
    if not questions or CIBADMIN not in evidence.values:
        return check
    announce(f"asking crm_simulate, {count(len(questions), 'question')}")
    with shown(announced):
        answers = source.simulate(outputs[CIBADMIN].stdout, questions)
    outputs.update(answers)
    return check._replace(
        readings=(*check.readings, *(Reading(tool, parse_crm_simulate, silent=True) for tool in answers))
    )


def silent(check: str, silence: NoAnswerError, severities: Mapping[str, Severity]) -> Outcome:
    """Return what is said of this check (empty: of all of them) where the node does not answer."""
    finding = silence.finding._replace(check=check, override=severities.get(silence.finding.condition.name))
    return Outcome(Verdict(check, finding.severity, "", (finding,), (), (), time=time.time()), {})


def applies(
    one: Applies, outputs: Mapping[Tool, Output], source: Source, parsed: Optional[Dict[Tool, Any]] = None
) -> Optional[bool]:
    """Return whether what a check is about is set up here; None where that cannot be told."""
    readings = [*one.readings, *(reading for reading in one.alone if reading.tool in outputs)]
    return one.holds(examine(readings, outputs, None, source.now, parsed))


def _nothing(check: Check, one: Applies, settings: Settings, source: Source) -> Verdict:
    """Return that there is nothing to judge: whoever runs this very check expects something."""
    text = f"{one.what} is not set up here"
    findings = (Finding(check.nothing, text),) if check.nothing else ()
    verdict = verdict_of(check, Judgement(text, findings), settings.severities)
    return verdict._replace(time=source.now, node=source.node)


def judge(
    check: Check,
    settings: Settings,
    outputs: Mapping[Tool, Output],
    source: Source,
    memory: Memory,
    parsed: Optional[Dict[Tool, Any]] = None,
    keep: bool = True,
) -> Judged:
    """Judge one check; what it wants remembered for its next run is kept unless told otherwise."""
    announce("reading the state of the last run")
    previous = memory.recall()
    evidence = examine(check.readings, outputs, previous, source.now, parsed, announce)
    announce(f"judging {check.name}")
    judgement = _judgement(check, settings.own, evidence)
    if judgement.remember is not None and keep:
        announce("writing the state for the next run")
        memory.remember(judgement.remember)
    note = getattr(source, "note", "")  # of how old the data is
    untold = [Finding(NOT_COMPARED, memory.trouble, advice=_OWN_FOLDER)] if memory.trouble else []
    findings = dict.fromkeys((*judgement.findings, *evidence.findings, *untold))
    complete = judgement._replace(findings=tuple(findings))
    verdict = verdict_of(check, complete, settings.severities, settings.thresholds)
    return verdict._replace(time=source.now, node=source.node, notes=(note,) if note else ()), evidence


def _judgement(check: Check, own: Options, evidence: Evidence) -> Judgement:
    try:
        return check.judge(evidence, own)
    except Exception as error:  # a mistake of ours in one check must not hide what the others, or the tools, prove
        text = f"this check failed ({error!r}): report it, with a recording of check_ha_snapshot"
        return Judgement("not judged", (Finding(UNREADABLE, text),))


def source_of(common: ReplayOptions, name: str) -> Source:
    """Return this node, the recording of ``--from``, or what ``--node`` has to say.

    A recording that is none ends the process with UNKNOWN; NoAnswerError tells of a node that does not answer.
    """
    restart(common.timeout)
    if common.node is not None:
        announce(f"asking {common.node}")
        return _asked(common.node, common.via, common.timeout)
    announce("reading the recording" if common.from_ else "asking the tools")
    if common.from_ is None:
        return this_node(common)
    from check_ha.sources.recording import RecordingError
    from check_ha.sources.stream import recorded

    try:
        return recorded(common.from_)
    except RecordingError as error:
        sys.stdout.write(f"{name.replace('check_', '', 1).upper()} UNKNOWN - {clean(str(error))}\n")
        sys.exit(3)


def _asked(node: str, via: Sequence[str], timeout: float) -> Source:
    """Return what check_ha_record has printed on another node; NoAnswerError where it is nothing, or not whole."""
    from check_ha.multinode.answers import no_answer
    from check_ha.sources.peers import RECORD_VIA, Peers, template
    from check_ha.sources.recording import RecordingError
    from check_ha.sources.stream import Stream, stream_in

    output = Peers(via or template(RECORD_VIA), timeout).ask([node])[node]
    data = None if output.fault else stream_in(output.stdout)
    if data is None:
        condition = {HUNG: NOT_RESPONDING, MISSING: TOOL_MISSING}.get(output.fault or "", UNREADABLE)
        raise NoAnswerError(condition, f"{node}: {no_answer(output)}")
    try:
        return Stream(data, f"what {node} has sent")
    except RecordingError as error:
        raise NoAnswerError(UNREADABLE, str(error)) from error


def this_node(options: SourceOptions) -> Source:
    """Return this node, asked by the user of the check or through sudo."""
    folders = None if options.tools is None else (options.tools,)
    if options.sudo:
        from check_ha.sources.door import PLACES, Door, Recent

        here = (os.path.dirname(os.path.realpath(sys.argv[0])),) if os.path.isfile(sys.argv[0]) else ()
        door = Door(folders or (*here, *PLACES), options.timeout)
        max_age = getattr(options, "max_age_of_data", 0.0)
        return Recent(door, max_age) if max_age else door
    from check_ha.sources.node import ThisNode  # with what a replay does without
    from check_ha.sources.running.command import FOLDERS

    return ThisNode(folders or FOLDERS, options.timeout)


def collect(
    readings: Sequence[Reading[Any]], source: Source, known: Optional[Mapping[Tool, Output]] = None
) -> Dict[Tool, Output]:
    """Return the outputs these readings need, and what must be asked when these leave a doubt.

    What is known already is not asked for again.
    """
    outputs = dict(known or {})
    wanted = [one.tool for one in readings if one.instead_of is None and one.tool not in outputs]
    outputs.update(source.collect(dict.fromkeys(wanted)) if wanted else {})
    for find_more in (stand_ins, also_needed):
        more = find_more(readings, outputs)
        outputs.update(source.collect(more) if more else {})
    tools_have_ended()
    announce("reading what the tools said")
    return outputs


def memory_of(common: RunOptions, check: Check, command: str = "") -> Memory:
    """Return what the last run of this command has kept for this check of this node.

    Nothing for a replay without --state-dir, which must always say the same.
    """
    name = f"{command}{check.name}" + (f"@{common.node}" if common.node else "")
    replayed = common.state_dir is None and common.from_ is not None
    return Memory(None if replayed or not check.remembers else common.state_dir or default_directory(), name)


def strictest(checks: Sequence[Check]) -> List[Reading[object]]:
    """Return one reading for each tool: one that a check cannot do without, where there is such, with the parts of all
    such."""
    found: Dict[Tool, Reading[object]] = {}
    readings = [reading for check in checks for reading in check.readings]
    for reading in sorted(readings, key=lambda one: (one.instead_of is not None, not one.required, one.silent)):
        first = found.setdefault(reading.tool, reading)
        if first is not reading and reading.required:
            parts = None if first.parts is None or reading.parts is None else (*first.parts, *reading.parts)
            found[reading.tool] = Reading(first.tool, first.parse, first.required, first.silent, parts=parts)
    return list(found.values())
