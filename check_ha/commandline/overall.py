"""Is this cluster well? Every check in one run.

Each tool is run once, whatever number of checks needs it. The first line is the worst first, with the culprit, short
enough for a phone; -v adds a line for each check, -vv what each of them found and the tools. Perfdata is that of all
checks. What each check finds, and its options, are those of its own command: check_ha_quorum -h and so on. A site keeps
its options in a file, one section a check, named as the long options are:

    [quorum]
    severity = no-margin=ok

    [failed_actions]
    max-age = 1d
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, NoReturn, Optional, Sequence, Tuple

import nagiosplugin

import check_ha.checks
from check_ha.commandline import configfile
from check_ha.commandline.arguments import Parser, RunOptions, SectionOptions, add_options, new_parser, options_from
from check_ha.commandline.command import be_a_plugin, collect, source_of, state_directory, tool_lines
from check_ha.commandline.memory import Memory
from check_ha.commandline.plaintext import LINE_LIMIT
from check_ha.commandline.presentation import Results, Summary, plugin, result, verbose_lines
from check_ha.judgement.check import Check, Judgement
from check_ha.judgement.conditions import COMMON, Finding, Severity
from check_ha.judgement.evidence import Evidence, examine
from check_ha.judgement.options import Options, option
from check_ha.sources.tools import Output, Tool

ORDER = (
    "daemons",
    "quorum",
    "nodes",
    "rings",
    "resources",
    "vip",
    "fencing",
    "failed_actions",
    "constraints",
    "config",
)
"""Of two findings that are equally bad, that of the earlier check is told first: it is nearer to the cause."""

FIRST_LINE = 200


class OverallOptions(RunOptions):
    """Options of check_ha."""

    skip: Tuple[str, ...] = option((), "leave out this check", metavar="CHECK", repeat=True)
    config: Optional[str] = option(None, "options of the checks, one section a check", metavar="FILE")
    human: bool = option(False, "a picture of the cluster for a person at a terminal")


class Settings(NamedTuple):
    """What one check is to be run with."""

    own: Options
    severities: Dict[str, Severity]
    thresholds: Tuple[Optional[str], Optional[str]]


class Verdict(NamedTuple):
    """One check, judged."""

    check: Check
    judgement: Judgement
    """Its own findings, without those about tools that failed."""
    evidence: Evidence
    settings: Settings
    made: nagiosplugin.Check


@nagiosplugin.guarded(verbose=0)  # type: ignore[untyped-decorator]
def main() -> None:
    """The command check_ha."""
    run(sys.argv[1:])


def run(argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    be_a_plugin()
    options, verbose, settings = _understood(parser(), argv)
    checks = [check for check in all_checks() if check.name in settings]
    readings = tuple(reading for check in checks for reading in check.readings)
    source = source_of(options, "check_ha")
    outputs = collect(readings, source)

    parsed: Dict[Tool, Any] = {}
    everything = examine(sorted(readings, key=lambda one: not one.required), outputs, None, source.now, parsed)
    verdicts = []
    for check in checks:
        # not the file of the check's own command: what that has not seen yet must not be taken away from it
        memory = Memory(state_directory(options) if check.remembers else None, f"all-{check.name}")
        evidence = examine(check.readings, outputs, memory.recall(), source.now, parsed)
        judgement = check.judge(evidence, settings[check.name].own)
        if judgement.remember is not None:
            memory.remember(judgement.remember)
        verdicts.append(_verdict(check, judgement, evidence, settings[check.name]))

    if options.human:
        from check_ha.commandline.human import picture

        sys.stdout.write(picture(everything, [one.judgement for one in verdicts], sys.stdout.isatty()))
        sys.exit(0)
    made = _combined(verdicts, everything, dict(options.severity), _lines(verdicts, outputs, verbose))
    made.main(verbose=min(verbose, 1))
    raise AssertionError("nagiosplugin ends the process")


def all_checks() -> List[Check]:
    """Every check of a node, in the order in which they are told."""
    names = [module.name for module in pkgutil.iter_modules(check_ha.checks.__path__)]
    checks = [importlib.import_module(f"check_ha.checks.{name}").CHECK for name in names]
    return sorted(checks, key=lambda check: ORDER.index(check.name) if check.name in ORDER else len(ORDER))


def _verdict(check: Check, judgement: Judgement, evidence: Evidence, settings: Settings) -> Verdict:
    complete = judgement._replace(findings=(*judgement.findings, *evidence.findings))
    made = plugin(check, complete, settings.severities, settings.thresholds)
    made()
    return Verdict(check, judgement, evidence, settings, made)


def _combined(
    verdicts: Sequence[Verdict], everything: Evidence, severities: Dict[str, Severity], lines: Sequence[str]
) -> nagiosplugin.Check:
    """All verdicts as one. A tool that failed is told once, whatever number of checks needed it."""
    made = nagiosplugin.Check(Results(), Summary(_summary(verdicts), lines, FIRST_LINE))
    made.name = "HA"
    for finding in everything.findings:
        if any(finding.condition in _conditions(one.evidence.findings) for one in verdicts):
            made.results.add(result(finding, severities))
    for verdict in verdicts:
        told = {finding.text for finding in verdict.evidence.findings}
        for one in verdict.made.results:
            if one.metric.context == "finding" and one.metric.value.text not in told:
                made.results.add(one._replace(hint=f"{verdict.check.name}: {one.hint}"))
            elif one.hint and one.metric.context != "finding":
                made.results.add(one)
    labels = {label.rsplit("=", 1)[0]: label for verdict in reversed(verdicts) for label in verdict.made.perfdata}
    made.perfdata = list(labels.values())
    if not made.results:
        made.results.add(nagiosplugin.Result(nagiosplugin.Ok, None, nagiosplugin.Metric("checks", len(verdicts))))
    return made


def _conditions(findings: Sequence[Finding]) -> List[Any]:
    return [finding.condition for finding in findings]


def _summary(verdicts: Sequence[Verdict]) -> str:
    """For OK: how many checks looked, and what the first of them saw."""
    texts = [
        verdict.judgement.summary for verdict in verdicts if verdict.check.name in ("nodes", "quorum", "rings", "vip")
    ]
    return f"{len(verdicts)} checks: {'; '.join(texts)}"


def _lines(verdicts: Sequence[Verdict], outputs: Dict[Tool, Output], verbose: int) -> List[str]:
    return list(_each(verdicts, outputs, verbose)) if verbose else []


def _each(verdicts: Sequence[Verdict], outputs: Dict[Tool, Output], verbose: int) -> Iterator[str]:
    for verdict in verdicts:
        yield f"{verdict.check.name} {str(verdict.made.state).upper()} - {verdict.made.summary_str}"[:LINE_LIMIT]
        if verbose >= 2:
            complete = verdict.judgement._replace(findings=(*verdict.judgement.findings, *verdict.evidence.findings))
            yield from (f"  {line}" for line in verbose_lines(complete, verdict.settings.severities))
    yield from tool_lines(verbose, outputs)


def parser() -> Parser:
    """The parser of check_ha."""
    made = new_parser("check_ha", __doc__ or "")
    add_options(made, OverallOptions)
    made.add_argument(
        "-v", "--verbose", action="count", default=0, help="a line per check; -vv: all findings, and the tools"
    )
    return made


def _understood(parser: Parser, argv: Sequence[str]) -> Tuple[OverallOptions, int, Dict[str, Settings]]:
    """Options of the run, verbosity, and the settings of each check that is to be run."""
    given = vars(parser.parse_args(list(argv)))
    try:
        sections = dict(configfile.read(given["config"])) if given["config"] else {}
        of_run = configfile.values("check_ha", sections.pop("check_ha", {}), OverallOptions)
        options = options_from(
            OverallOptions, {**of_run, **{key: one for key, one in given.items() if one is not None}}
        )
        checks = {check.name: check for check in all_checks()}
        for name in (*sections, *options.skip):
            if name not in checks:
                raise configfile.ConfigError(f"there is no check {name!r}")
        kept = [check for name, check in checks.items() if name not in options.skip]
        settings = {check.name: _settings(check, sections.get(check.name, {}), options) for check in kept}
        _refuse_unknown(options, kept)
    except configfile.ConfigError as error:
        parser.error(str(error))
    return options, min(given["verbose"], 3), settings


def _settings(check: Check, section: Any, options: OverallOptions) -> Settings:
    found = configfile.values(check.name, section, SectionOptions, check.options)
    common = options_from(SectionOptions, found)
    general = {name: state for name, state in options.severity if "." not in name}
    of_this = {name.split(".", 1)[1]: state for name, state in options.severity if name.startswith(f"{check.name}.")}
    severities = {**general, **dict(common.severity), **of_this}
    return Settings(options_from(check.options, found), severities, (common.warning, common.critical))


def _refuse_unknown(options: OverallOptions, checks: Sequence[Check]) -> None:
    known = {condition.name for condition in COMMON}
    for check in checks:
        known.update(condition.name for condition in check.conditions)
        known.update(f"{check.name}.{condition.name}" for condition in (*check.conditions, *COMMON))
    for name, _ in options.severity:
        if name not in known:
            raise configfile.ConfigError(f"--severity: no check has a condition {name!r}")
