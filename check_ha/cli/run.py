"""A command from start to end: understand the command line, carry it out, print the verdict, end with its exit code."""

from __future__ import annotations

import sys
from typing import Callable, List, Mapping, NoReturn, Optional, Sequence

from check_ha.core.verdict import Verdict
from check_ha.output.lines import verbose_lines
from check_ha.output.plain_text import clean
from check_ha.sources.tools import Output, Tool

TEXT, JSON, OPENMETRICS, HUMAN = "text", "json", "openmetrics", "human"
FORMATS = (TEXT, JSON, OPENMETRICS)


class Outcome:
    """What was found out: the verdict, the outputs it is based on, and what can show it to a person."""

    def __init__(
        self,
        verdict: Verdict,
        outputs: Mapping[Tool, Output],
        print_picture: Optional[Callable[[Verdict], None]] = None,
    ) -> None:
        self.verdict = verdict
        self.outputs = outputs
        self.print_picture = print_picture


class Order:
    """A command line, understood: what is to be done, how much -v asks for, TEXT, JSON, OPENMETRICS or HUMAN, and the
    file for it; none: stdout."""

    def __init__(
        self, carry_out: Callable[[], Outcome], verbose: int, format: str, output: Optional[str] = None
    ) -> None:
        self.carry_out = carry_out
        self.verbose = verbose
        self.format = format
        self.output = output


def run(understand: Callable[[Sequence[str]], Order], argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    order = understand(argv)
    outcome = order.carry_out()
    if order.format == TEXT:
        from check_ha.output.nagios import print_text

        verbose = order.verbose
        print_text(outcome.verdict, [*verbose_lines(outcome.verdict, verbose), *_tool_lines(verbose, outcome.outputs)])
    from check_ha.output.nagios import exit_code

    code = exit_code(outcome.verdict)
    if order.format == HUMAN and outcome.print_picture:
        outcome.print_picture(outcome.verdict)
    else:
        text = _for_programs(order.format, outcome.verdict) + "\n"
        if order.output is None:
            sys.stdout.write(text)
        elif not _written(order.output, text):
            code = 3
    sys.exit(code)


def _for_programs(format: str, verdict: Verdict) -> str:
    if format == OPENMETRICS:
        from check_ha.output.openmetrics import as_openmetrics

        return as_openmetrics(verdict)
    from check_ha.output.as_json import as_json

    return as_json(verdict)


def _written(path: str, text: str) -> bool:
    """Write the text to this file; where that cannot be, say so and return False."""
    from check_ha.sources.files import replace_file

    try:
        replace_file(path, text)
    except OSError as error:
        why = clean(f"cannot write {path}: {error.strerror or error}")
        sys.stdout.write(f"HA UNKNOWN - {why}\n")
        return False
    return True


def _tool_lines(verbose: int, outputs: Mapping[Tool, Output]) -> List[str]:
    """Return the tools with exit status and time (-vv), and what they printed (-vvv), without secrets."""
    if verbose < 2:
        return []
    shown = list(dict.fromkeys(outputs.values()))  # what stands for several tools is told once
    if verbose >= 3:
        from check_ha.sources.shareable import all_shareable  # its patterns are compiled where they are needed

        shown = all_shareable(shown)
    lines: List[str] = []
    for output in shown:
        age = f", {output.age:.0f} s ago, and nothing has changed since" if output.age else ""
        status = output.fault or f"exit {output.status}"
        lines.append(f"{' '.join(output.argv)}: {status}, {output.seconds:.2f} s{age}")
        if verbose >= 3:
            text = output.stdout.decode("utf-8", "backslashreplace")
            lines += [f"  {line}" for line in (*output.stderr.splitlines(), *text.splitlines())]
    return lines
