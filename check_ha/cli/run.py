"""A command from start to end: understand the command line, carry it out, print the verdict, end with its exit code."""

from __future__ import annotations

import sys
from typing import Callable, List, Mapping, NoReturn, Optional, Sequence

from check_ha.core.verdict import Verdict
from check_ha.output.lines import verbose_lines
from check_ha.sources.tools import Output, Tool

TEXT, JSON, HUMAN = "text", "json", "human"
FORMATS = (TEXT, JSON)


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
    """A command line, understood: what is to be done, how much -v asks for, and TEXT, JSON or HUMAN."""

    def __init__(self, carry_out: Callable[[], Outcome], verbose: int, format: str) -> None:
        self.carry_out = carry_out
        self.verbose = verbose
        self.format = format


def run(understand: Callable[[Sequence[str]], Order], argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    order = understand(argv)
    outcome = order.carry_out()
    if order.format == TEXT:
        from check_ha.output.nagios import print_text

        verbose = order.verbose
        print_text(outcome.verdict, [*verbose_lines(outcome.verdict, verbose), *_tool_lines(verbose, outcome.outputs)])
    from check_ha.output.nagios import exit_code

    if order.format == HUMAN and outcome.print_picture:
        outcome.print_picture(outcome.verdict)
    else:
        from check_ha.output.as_json import as_json

        sys.stdout.write(as_json(outcome.verdict) + "\n")
    sys.exit(exit_code(outcome.verdict))


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
