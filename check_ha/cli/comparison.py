"""A comparison from start to end: ask the nodes, judge their views, look once more before an alarm, print."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any, Dict, List, Sequence, Tuple

from check_ha.cli.options.arguments import Parser, options_from, parser_for, refuse_text_file, understood
from check_ha.cli.options.common import FormatOptions, SeverityOptions, ThresholdOptions, seconds
from check_ha.cli.process import unfinished
from check_ha.cli.run import Order, Outcome
from check_ha.core.check import Check, Judgement
from check_ha.core.condition import Severity
from check_ha.core.evidence import Reading
from check_ha.core.finding import FILE, Finding, Subject
from check_ha.core.options import option
from check_ha.core.verdict import Verdict, verdict_of, with_finding
from check_ha.multinode.answers import Views, answers_of, needs_second_look
from check_ha.sources.deadline import announce, limited, tools_have_ended
from check_ha.sources.files import read_plain, replace_file
from check_ha.sources.peers import DEFAULT_VIA, LARGEST, Peers, node_name, template
from check_ha.sources.recording import Recording, RecordingError
from check_ha.sources.stream import LIMIT, Stream, stream_in
from check_ha.sources.tools import FLOODED, PEER, Output, Source, Tool

PAUSE = 2.0
"""Seconds between two looks, where there is the time: more than a membership change takes once it is under way."""
RECORDED_WITHIN = 60.0
"""Seconds within which views are taken to be made that were recorded by hand."""


class ComparisonOptions(SeverityOptions, FormatOptions, ThresholdOptions):
    """What every comparison takes."""

    node: Tuple[str, ...] = option(
        (), "a node of the cluster, by the name or address to ask it by; give all of them", metavar="NODE",
        parse=node_name, repeat=True,
    )  # fmt: skip
    via: Tuple[str, ...] = option(
        template(DEFAULT_VIA), f"the command that asks a node ({DEFAULT_VIA.replace('{', '{{').replace('}', '}}')})",
        metavar="COMMAND", parse=template,
    )  # fmt: skip
    from_: Tuple[str, ...] = option(
        (), "ask nobody, judge what check_ha_view printed, or a recording of the node; one for each node, as "
        "NODE=FILE or in the order of --node", metavar="FILE", repeat=True,
    )  # fmt: skip
    timeout: float = option(8.0, "deadline for the whole run (8)", metavar="SECONDS", short="-t", parse=seconds)


def comparison_parser(check: Check) -> Parser:
    """Return the parser of this comparison."""
    return parser_for(check, ComparisonOptions)


def understand(check: Check, argv: Sequence[str]) -> Order:
    """Understand the command line of a comparison."""
    parser = comparison_parser(check)
    given = understood(check, parser, argv)
    refuse_text_file(parser, given)
    options, own = options_from(ComparisonOptions, given), options_from(check.options, given)
    try:
        files = files_of(options.from_, options.node)
    except ValueError as error:
        parser.error(str(error))
    nodes = tuple(files) if files else tuple(dict.fromkeys(options.node))
    if not nodes:
        parser.error("whom to ask: give --node once for each node of the cluster")

    def carry_out() -> Outcome:
        outputs: Dict[Tool, Output] = {}
        now = time.time()
        announce("reading the views" if files else "asking the nodes")
        if files:
            replayed = {node: recorded_view(node, path) for node, path in files.items()}
            views = Views(answers_of(replayed))
            judgement: Judgement = check.judge(views, own)
        else:
            judgement, views, outputs = _asked(check, own, Peers(options.via, options.timeout), nodes)
        verdict = verdict_of(check, judgement, dict(options.severity), (options.warning, options.critical))
        verdict = verdict._replace(time=now)
        return Outcome(_with_page(verdict, views, own) if getattr(own, "page", None) else verdict, outputs)

    work = limited(options.timeout, carry_out, partial(unfinished, check.name))
    return Order(work, min(given["verbose"], 3), options.format, options.output)


def _with_page(verdict: Verdict, views: Views, own: Any) -> Verdict:
    """Write the page; return the verdict, with what has kept it from being written."""
    from check_ha.multinode.whole_cluster.check import NO_PAGE
    from check_ha.multinode.whole_cluster.page import page_of
    from check_ha.output.page.document import page

    try:
        replace_file(own.page, page(verdict, page_of(views, own, verdict.findings)))
    except OSError as error:
        text = f"cannot write {own.page}: {error.strerror or error}"
        advice = "make its folder, and give that to the user who runs this check"
        finding = Finding(NO_PAGE, text, (Subject(FILE, own.page),), advice, check=verdict.check)
        return with_finding(verdict, finding)
    return verdict


def _asked(
    check: Check, own: object, peers: Peers, nodes: Sequence[str]
) -> Tuple[Judgement, Views, Dict[Tool, Output]]:
    """Judge what the nodes say; what is CRITICAL only if they say so a second time.

    Half of the time is for the first look, so that one node that hangs leaves enough for the second, in which only
    those are asked that have answered. A comparison that wakes nobody has all of it.
    """
    twice = any(condition.severity is Severity.CRITICAL for condition in check.conditions)
    outputs = viewed(peers.ask(nodes, 0.5 if twice else 1.0))
    announce(f"judging {check.name}")
    first = Views(answers_of({node: outputs[node] for node in nodes}))
    views = first
    judgement: Judgement = check.judge(views, own)
    slowest = max((answer.within for answer in first.answers if answer.view), default=0.0)
    if twice and needs_second_look(first.answers, judgement.findings) and peers.left > 1.2 * slowest:
        pause = max(0.0, min(PAUSE, (peers.left - 1.5 * slowest) / 2))
        time.sleep(pause)
        again = viewed(peers.ask([answer.asked for answer in first.answers if answer.view]))
        outputs.update(again)
        tools_have_ended()
        second = {answer.asked: answer for answer in answers_of(again)}
        answers = tuple(second.get(answer.asked, answer) for answer in first.answers)
        views = Views(answers, first, pause)
        judgement = check.judge(views, own)
    return judgement, views, {output.tool: output for output in outputs.values()}


def viewed(outputs: Dict[str, Output]) -> Dict[str, Output]:
    """Return the outputs with the view of each node that has sent a recording instead (check_ha_record)."""
    return {node: _viewed(output) for node, output in outputs.items()}


def _viewed(output: Output) -> Output:
    data = stream_in(output.stdout)
    if data is None:
        return output._replace(fault=FLOODED) if len(output.stdout) > LARGEST and not output.fault else output
    if output.fault:
        return output
    try:
        return output._replace(stdout=_view_of(Stream(data, "its recording")))
    except RecordingError as error:
        return output._replace(stdout=str(error).encode())


def files_of(given: Sequence[str], nodes: Sequence[str]) -> Dict[str, str]:
    """Return the file of each node, by its name; ValueError with a sentence for the user.

    A file without a name belongs to the next node that has none, or is called after itself.
    """
    files: Dict[str, str] = {}
    plain: List[str] = []
    for text in given:
        node, equals, path = text.partition("=")
        if equals and "/" not in node:
            files[node] = path
        else:
            plain.append(text)
    waiting = [node for node in dict.fromkeys(nodes) if node not in files]
    if plain and waiting and len(plain) != len(waiting):
        raise ValueError(f"--from: {len(plain)} files for {len(waiting)} nodes: say NODE=FILE")
    files.update(zip(waiting, plain) if waiting else ((path, path) for path in plain))
    if given:
        files.update((node, "") for node in waiting if node not in files)
    return files


def recorded_view(node: str, path: str) -> Output:
    """Return what is in that file, of which nothing is known but what the command printed."""
    output = Output(Tool(node, ("--from", path), PEER), ("--from", path), 0, b"", "", RECORDED_WITHIN)
    try:
        if os.path.isdir(path):
            output = output._replace(stdout=_view_of(Recording(path)))
        elif path:
            os.stat(path)
            data = read_plain(path, LIMIT)
            output = _viewed(output._replace(stdout=data))
        else:
            output = output._replace(stderr="not in this replay")
    except OverflowError:
        output = output._replace(fault=FLOODED)
    except OSError as error:
        output = output._replace(stderr=f"{error.filename or path}: {error.strerror or error}")
    except RecordingError as error:
        output = output._replace(stderr=str(error))
    return output


def _view_of(source: Source) -> bytes:
    """Return the view of a recorded node, as it would have printed it."""
    from check_ha.cli.view import view_from  # with all parsers, lxml too, which views do without
    from check_ha.output.view_text import view_text

    return view_text(view_from(source)).encode()


def with_views(check: Check, files: Sequence[str], outputs: Dict[Tool, Output]) -> Check:
    """Return the check of one node with one more reading for each of these views of other nodes."""
    from check_ha.parsers.view import parse_view

    views: Dict[Tool, Output] = {}
    for path in files:
        output = recorded_view(path, path)
        tool = output.tool._replace(argv=(f"--view {path}",))  # of several, which one it is about
        views[tool] = output._replace(tool=tool, argv=tool.argv, seconds=0.0)
    outputs.update(views)
    return check._replace(readings=(*check.readings, *(Reading(tool, parse_view) for tool in views)))
