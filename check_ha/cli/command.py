"""A check command from start to end: the way of the data, in the order in which it goes."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence

from check_ha.cli.arguments import Arguments, ReplayOptions, RunOptions, parse
from check_ha.cli.process import guarded
from check_ha.cli.state import Memory, default_directory
from check_ha.core.check import Check, Judgement
from check_ha.core.evidence import Reading, doubtful, examine
from check_ha.output.nagios import plugin, verbose_lines
from check_ha.output.plain_text import clean
from check_ha.sources.node import Node
from check_ha.sources.recording import Recording, RecordingError
from check_ha.sources.runner import FOLDERS
from check_ha.sources.tools import PS, Output, Source, Tool


def command(check: Check) -> Callable[[], None]:
    """The main function of this check's command."""

    @guarded
    def main() -> None:
        run(check, sys.argv[1:])

    return main


def run(check: Check, argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    arguments = parse(check, argv)
    common = arguments.common
    memory = Memory(state_directory(common) if check.remembers else None, check.name)

    source = source_of(common, check.command)
    outputs = collect(check.readings, source)
    evidence = examine(check.readings, outputs, memory.recall(), source.now)
    judgement = check.judge(evidence, arguments.own)
    judgement = judgement._replace(findings=(*judgement.findings, *evidence.findings))
    if judgement.remember is not None:
        memory.remember(judgement.remember)

    made = plugin(
        check,
        judgement,
        dict(common.severity),
        (common.warning, common.critical),
        _lines(arguments, judgement, outputs, memory),
    )
    made.main(verbose=min(arguments.verbose, 1))
    raise AssertionError("nagiosplugin ends the process")


def source_of(common: ReplayOptions, name: str) -> Source:
    """This node, or the recorded directory of ``--from``; one that is none ends the process with UNKNOWN."""
    if common.from_ is None:
        folders = FOLDERS if common.tools is None else (common.tools,)
        return Node(folders, common.timeout, common.sudo)
    try:
        return Recording(common.from_)
    except RecordingError as error:
        sys.stdout.write(f"{name.replace('check_', '', 1).upper()} UNKNOWN - {clean(str(error))}\n")
        sys.exit(3)


def collect(readings: Sequence[Reading[Any]], source: Source) -> Dict[Tool, Output]:
    """The outputs these readings need, and the process list where only that can settle a doubt."""
    outputs = source.collect(dict.fromkeys(reading.tool for reading in readings))
    if PS not in outputs and doubtful(readings, outputs):
        outputs.update(source.collect([PS]))
    return outputs


def state_directory(common: RunOptions) -> Optional[str]:
    """A replay keeps no state unless it is told where: the same recording must give the same verdict."""
    if common.state_dir is None and common.from_ is not None:
        return None
    return common.state_dir or default_directory()


def _lines(arguments: Arguments, judgement: Judgement, outputs: Mapping[Tool, Output], memory: Memory) -> List[str]:
    """What -v prints below the first line."""
    if not arguments.verbose:
        return []
    lines = verbose_lines(judgement, dict(arguments.common.severity))
    if memory.trouble:
        lines.append(memory.trouble)
    return [*lines, *tool_lines(arguments.verbose, outputs)]


def tool_lines(verbose: int, outputs: Mapping[Tool, Output]) -> List[str]:
    """The tools with exit status and time (-vv), and what they printed (-vvv)."""
    lines = []
    if verbose >= 2:
        for output in outputs.values():
            end = output.fault or f"exit {output.status}"
            lines.append(f"{' '.join(output.argv)}: {end}, {output.seconds:.2f} s")
            if verbose >= 3:
                from check_ha.sources.shareable import shareable  # its patterns are compiled where they are needed

                text = shareable(output).stdout.decode("utf-8", "backslashreplace")
                lines.extend(f"  {line}" for line in (*output.stderr.splitlines(), *text.splitlines()))
    return lines
