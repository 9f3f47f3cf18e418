"""Man pages, made from the argument parser and the tables of the check."""

from __future__ import annotations

import re
import textwrap
from typing import Iterator, List

import check_ha
from check_ha.core.check import Check
from generators.commands import Command, all_commands
from generators.manual_pages import examples, files
from generators.options import Flag, flags

_EXIT = """\
.SH EXIT STATUS
0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. The worst finding decides, in this order: OK, UNKNOWN, WARNING, CRITICAL.
.B \\-h
and
.B \\-V
end with 3.
"""


def page(command: Command) -> str:
    """Return the page of this command, in the man macros."""
    title = command.name.upper().replace("_", "\\_")
    parts = [
        f'.TH {title} 1 "" "check_ha {check_ha.__version__}" "check_ha manual"\n',
        f".SH NAME\n{_text(command.name)} \\- {_text(_uncapitalised(command.question))}\n",
        _synopsis(command),
        f".SH DESCRIPTION\n{_paragraphs(command.manual)}",
        f".SH OPTIONS\n{''.join(_option(flag) for flag in flags(command))}",
        *(_check_sections(command.check) if command.check else ()),
        _EXIT if command.verdict else "",
        _files(command),
        _examples(command),
        _see_also(command),
    ]
    return "".join(parts)


def _synopsis(command: Command) -> str:
    words = " ".join(flag.metavar for flag in flags(command) if not flag.names)
    return f".SH SYNOPSIS\n.B {_text(command.name)}\n[\\fIoption\\fR ...]{f' {_italic(words)}' if words else ''}\n"


def _option(flag: Flag) -> str:
    names = ", ".join(f"\\fB{_text(name)}\\fR" for name in flag.names)
    head = " ".join(part for part in (names, _italic(flag.metavar) if flag.metavar else "") if part)
    again = " May be given several times." if flag.repeat else ""
    return f".TP\n{head}\n{_text(_sentence(flag.help))}{again}\n"


def _check_sections(check: Check) -> Iterator[str]:
    yield ".SH CONDITIONS\nWhat it can find, with the default severity;\n.B \\-\\-severity\nchanges it.\n"
    for condition in (*check.conditions, *check.shared):
        yield f".TP\n\\fB{_text(condition.name)}\\fR ({condition.severity.name})\n{_text(condition.meaning)}\n"
    if check.metrics:
        yield ".SH PERFORMANCE DATA\n"
    for metric in check.metrics:
        name = f"{metric.instance}#{metric.name}" if metric.instance else metric.name
        unit = f" ({metric.unit})" if metric.unit else ""
        yield f".TP\n\\fB{_text(name)}\\fR{unit}\n{_text(_sentence(metric.meaning))}\n"


def _files(command: Command) -> str:
    found = files(command)
    return ".SH FILES\n" + "".join(f".TP\n.I {_text(path)}\n{_text(found[path])}\n" for path in found) if found else ""


def _examples(command: Command) -> str:
    shown = (f"{_text(one.meaning)}\n.PP\n.nf\n.RS 4\n{_text(one.line)}\n.RE\n.fi\n" for one in examples(command))
    return ".SH EXAMPLES\n" + ".PP\n".join(shown)


def _see_also(command: Command) -> str:
    others = [one.name for one in all_commands() if one.name != command.name]
    return ".SH SEE ALSO\n" + ",\n".join(f".BR {_text(name)} (1)" for name in others) + "\n"


def _paragraphs(manual: str) -> str:
    """Return the docstring: paragraphs, and indented blocks as they stand."""
    blocks: List[str] = []
    for block in re.split(r"\n\s*\n", manual.strip()):
        if block.startswith(" "):
            blocks.append(f".RS 4\n.nf\n{_text(textwrap.dedent(block))}\n.fi\n.RE\n")
        else:
            blocks.append(_text(block) + "\n")
    return ".PP\n".join(blocks)


def _text(text: str) -> str:
    """Text that roff takes for nothing else."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


def _italic(text: str) -> str:
    return f"\\fI{_text(text)}\\fR"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _uncapitalised(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".")
