"""What each check of a run of ``check_ha`` is to be run with: from the command line and the config file.

The command line stands above the file, and what is said of one check above what is said of all.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from check_ha.cli.node import Settings
from check_ha.cli.options import config_file as configfile
from check_ha.cli.options.arguments import Parser, options_from, refuse_text_file, refuse_together
from check_ha.cli.options.common import FormatOptions, RunOptions, SectionOptions, file_name
from check_ha.cli.options.config_file import ConfigError, Sections
from check_ha.cli.register import ALONE, CHECKS, check_named
from check_ha.core.check import Check, Scope
from check_ha.core.condition import Severity
from check_ha.core.options import option
from check_ha.record import NamedTuple

RUN = "check_ha"
"""The section for the run itself."""

Pairs = Sequence[Tuple[str, Severity]]


def _check_name(text: str) -> str:
    if text not in CHECKS:
        raise ValueError(f"no such check, there are {', '.join(CHECKS)}")
    return text


class FileOptions(RunOptions):
    """What the section of the run may say."""

    failover: bool = option(False, "foretell the loss of each node as well, as check_ha_failover does")
    skip: Tuple[str, ...] = option((), "leave out this check", metavar="CHECK", parse=_check_name, repeat=True)


class OverallOptions(FileOptions, FormatOptions):
    """Options of check_ha."""

    config: Optional[str] = option(None, "options of the checks, one section a check", metavar="FILE", parse=file_name)
    human: bool = option(False, "a picture of the cluster for a person at a terminal")
    own: bool = option(
        False, "only the checks of this node alone, where check_ha_cluster runs on the server and tells the rest"
    )


class Understood(NamedTuple):
    """The command line and its file."""

    options: OverallOptions
    verbose: int
    settings: Mapping[str, Settings]
    """By the name of each check that is to be run."""
    checks: Sequence[Check]
    """Those, in the order in which they are told."""


def understand(parser: Parser, argv: Sequence[str], checks: Sequence[Check]) -> Understood:
    """Return what was asked for; ends the process with UNKNOWN when it cannot be understood."""
    given = vars(parser.parse_args(list(argv)))
    path = given["config"]
    try:
        sections = dict(configfile.read(path)) if path else {}
        of_file = configfile.values(RUN, sections.pop(RUN, {}), FileOptions)
        if given["failover"] or of_file.get("failover"):
            checks = [*checks, check_named("failover")]
        settings = _settings(checks, sections, of_file.get("severity", ()), given["severity"] or ())
    except ConfigError as error:
        parser.error(f"{path}: {error}")
    if given["own"] and given["failover"]:
        parser.error("--own leaves out what is the same on every node, as --failover is: give one of them")
    refuse_together(parser, {**given, **_both(of_file, given)})
    refuse_text_file(parser, given)
    _refuse_unknown(parser, given["severity"] or (), checks)
    options = options_from(OverallOptions, _both(of_file, given))
    told_there = [check.name for check in checks if options.own and check.scope is not Scope.NODE]
    kept = {name: one for name, one in settings.items() if name not in (*options.skip, *told_there)}
    if not kept:
        parser.error("--skip leaves no check")
    return Understood(options, min(given["verbose"], 3), kept, [check for check in checks if check.name in kept])


def _both(of_file: Mapping[str, Any], given: Mapping[str, Any]) -> Dict[str, Any]:
    """What may be given several times adds up; else the command line counts."""
    both = {**of_file, **{name: value for name, value in given.items() if value is not None}}
    for name, one in FileOptions.table().items():
        if one.repeat:
            both[name] = (*of_file.get(name, ()), *(given[name] or ()))
    return both


def _settings(checks: Sequence[Check], sections: Sections, of_file: Pairs, of_argv: Pairs) -> Dict[str, Settings]:
    for name in sections:
        if name not in {**CHECKS, **ALONE}:
            raise ConfigError(f"[{name}]: no such check, there are {', '.join(CHECKS)}, and {RUN} for the run itself")
    unknown = _unknown(of_file, checks)
    if unknown:
        raise ConfigError(f"[{RUN}] severity: no check has a condition {unknown!r}")
    return {check.name: _of_check(check, sections.get(check.name, {}), of_file, of_argv) for check in checks}


def _of_check(check: Check, section: Mapping[str, str], of_file: Pairs, of_argv: Pairs) -> Settings:
    found = configfile.values(check.name, section, SectionOptions, check.options)
    common = options_from(SectionOptions, found)
    conditions = {condition.name for condition in (*check.conditions, *check.shared)}
    for name, _ in common.severity:
        if name not in conditions:
            raise ConfigError(f"[{check.name}] severity: this check has no condition {name!r}")
    for key in ("warning", "critical"):
        if key in section and check.number is None:
            raise ConfigError(f"[{check.name}] {key}: this check has no main number")
    severities = {
        **unasked(check), **_for_all(of_file), **_for_one(check, of_file), **dict(common.severity),
        **_for_all(of_argv), **_for_one(check, of_argv),
    }  # fmt: skip
    return Settings(options_from(check.options, found), severities, (common.warning, common.critical))


def unasked(check: Check) -> Dict[str, Severity]:
    """Return what is no trouble where all checks run: whoever runs check_ha_vip alone has a virtual IP."""
    return {check.nothing.name: Severity.OK} if check.nothing else {}


def _for_all(pairs: Pairs) -> Dict[str, Severity]:
    return {name: severity for name, severity in pairs if "." not in name}


def _for_one(check: Check, pairs: Pairs) -> Dict[str, Severity]:
    own = f"{check.name}."
    return {name[len(own) :]: severity for name, severity in pairs if name.startswith(own)}


def _refuse_unknown(parser: Parser, pairs: Pairs, checks: Sequence[Check]) -> None:
    unknown = _unknown(pairs, checks)
    if unknown:
        parser.error(f"--severity: no check has a condition {unknown!r}")


def _unknown(pairs: Pairs, checks: Iterable[Check]) -> str:
    """Return the first name that is no condition, with or without its check; else nothing."""
    known: List[str] = []
    for check in checks if pairs else ():
        names = [condition.name for condition in (*check.conditions, *check.shared)]
        known += [*names, *(f"{check.name}.{name}" for name in names)]
    return next((name for name, _ in pairs if name not in known), "")
