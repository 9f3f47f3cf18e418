"""Does the cluster run with the configuration it should, and with a sensible one?

Reads /etc/corosync/corosync.conf of this node by corosync's own grammar and rules (1.4 to 3.1.10) and looks for what
corosync would not load, or not start with, for what it silently ignores (a misspelt setting), and for what works
until the first failure: a single link, two nodes without two_node, expected_votes that are not those of the nodes.
Compares the file with the corosync that runs, in both directions: edited and never loaded, set at run time and never
written down, or loaded and not in force, as auto_tie_breaker, wait_for_all and last_man_standing are until a restart.
Asks crm_verify for errors in the CIB. Looks at who may read the cluster's key, where there is encryption; the key is
never read.

Where there is no nodelist (corosync 1.4, multicast), expected_votes, the interfaces and the members that are there tell
how many nodes it is for. Each version is judged by its own rules; where nothing tells which one it is, and not all take
the file, that is UNKNOWN.

Where the file cannot be read, the running configuration is judged instead. Run it on every node: each has its own file
and its own key. What it cannot see: a configuration file or a key file in another place, whether a host name in the
file resolves, and whether corosync finds this node in it; corosync -t tells.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Optional, Pattern, Tuple

from check_ha.checks.config.authkey import (
    CONFIG,
    CONFIG_WRITABLE,
    KEY_EXPOSED,
    KEY_MISSING,
    KEY_OWNER,
    key_findings,
    state_of,
    writable_findings,
)
from check_ha.checks.config.differences import (
    BY_RELOAD,
    RELOAD,
    RUNNING_DIFFERS,
    Difference,
    difference_findings,
    differences,
)
from check_ha.checks.config.good_sense import CONDITIONS as UNWISE
from check_ha.checks.config.good_sense import unwise
from check_ha.checks.config.in_force import map_cut, not_in_force, sets_flags, shown
from check_ha.checks.config.invalid import INVALID, TEST, with_steps
from check_ha.checks.config.misspelt import UNKNOWN_SETTING, misspelt
from check_ha.checks.config.of_newer import of_newer
from check_ha.checks.config.refused.rings import repeated_rings
from check_ha.checks.config.refused.whole import refusals, versions_that_load
from check_ha.checks.config.report import (
    CIB_ERRORS,
    DIFFERENCES,
    LINKS,
    NODES,
    VOTES,
    measures_of,
    rows_of,
    summary_of,
)
from check_ha.checks.config.settings import NEWEST_3, Settings, Version, map_keys, settings_of, version_of
from check_ha.checks.config.unwise import IGNORED, Seen
from check_ha.checks.config.verified import CIB, VERIFY, VERIFY_ERRORS, verified
from check_ha.core.check import Check, Judgement
from check_ha.core.condition import REMOTE_NODE, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import DAEMON, FILE, Finding, Subject, nodes
from check_ha.core.options import Options, option, regex
from check_ha.core.wording import count, joined
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.model.corosync_conf import CorosyncConf, Mistake
from check_ha.model.node import FileState
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.parsers.installed import parse_corosync_version, parse_stat
from check_ha.parsers.quorumtool import parse_quorumtool
from check_ha.sources.tools import CMAPCTL, COROSYNC_CONF, COROSYNC_FILES, COROSYNC_VERSION, QUORUMTOOL

CONF = Reading(COROSYNC_CONF, parse_corosync_conf)
MAP = Reading(CMAPCTL, parse_cmapctl)
FILES = Reading(COROSYNC_FILES, parse_stat, silent=True)
QUORUM = Reading(QUORUMTOOL, parse_quorumtool, silent=True)
VERSION = Reading(COROSYNC_VERSION, parse_corosync_version, required=False)

CONFIG_MISSING = Condition("config-missing", Severity.CRITICAL, "There is no corosync.conf, or an empty one.")
RELOAD_FAILED = Condition(
    "reload-failed", Severity.WARNING, "Corosync failed to load corosync.conf at the last reload."
)
VERSION_DIFFERS = Condition("version-differs", Severity.WARNING, "Nodes run with different config_versions.")

_ABOUT_THE_KEY = (KEY_MISSING, KEY_OWNER, KEY_EXPOSED)


_NAMES = {1: "corosync 1.4", 2: "corosync 2", 3: "corosync 3"}


class ConfigOptions(Options):
    """Options of check_ha_config."""

    ignore: Tuple[Pattern[str], ...] = option(
        (), "settings that may differ from what runs, by their full name: totem\\.token", metavar="REGEX", parse=regex,
        repeat=True,
    )  # fmt: skip


def judge(evidence: Evidence, options: ConfigOptions) -> Judgement:
    """Judge the file by itself, then against what runs; then the key and the CIB."""
    failure = evidence.failed.get(CMAPCTL)
    if failure is not None and failure.condition is REMOTE_NODE:
        return Judgement("a Pacemaker Remote node has no corosync.conf")
    conf, cmap, files = evidence.get(CONF), evidence.get(MAP), evidence.get(FILES) or ()
    told = version_of(evidence.get(VERSION), cmap.values if cmap else None)
    possible = () if told or conf is None else versions_that_load(conf)
    version = told or next(iter(possible), NEWEST_3)
    whole = bool(cmap and cmap.whole)
    running = settings_of(cmap.values, version) if cmap else None
    mistakes = [one for one in conf.mistakes if one.refused_by(version)] if conf else []
    readable = conf is not None and not conf.empty and not mistakes
    written = settings_of(map_keys(conf, version[0]), version) if conf and readable else None
    file_findings = list(_file(conf, mistakes, written, version, files)) if conf else []
    file_findings = [with_steps(one, version) for one in file_findings]
    if possible and NEWEST_3 not in possible:
        file_findings.append(_version_unknown(possible))
    valid = not any(finding.condition is INVALID for finding in file_findings)

    found = tuple(_differences(evidence, options, written, running)) if written and running else ()
    found = tuple(one for one in found if whole or (cmap and shown(one, cmap.values)))
    settings, verification = written or (running if whole else None), evidence.get(VERIFY)
    findings = [
        *file_findings,
        *(_key(conf, settings, running, evidence) if settings else ()),
        *(difference_findings(found) if valid else ()),  # else the mistakes tell why they differ
        *(_running(cmap, found) if cmap and valid else ()),
        *(_versions(cmap) if cmap else ()),
        *(_flags_unknown(evidence, written) if cmap and written else ()),
        *(unwise(settings, valid, _seen(cmap, evidence.get(QUORUM))) if settings else ()),
        *(() if whole or cmap is None else [map_cut()]),
        *verified(evidence),
    ]
    return Judgement(
        summary=summary_of(settings, written, running, verification),
        findings=tuple(findings),
        measures=tuple(measures_of(settings, found if written and running else None, verification)),
        rows=tuple(rows_of(settings, found, files, evidence.get(VERSION))),
    )


def _differences(
    evidence: Evidence, options: ConfigOptions, written: Settings, running: Settings
) -> Iterator[Difference]:
    """Yield the settings in which file and daemon differ: by its map, and by what it does."""
    found = differences(written, running)
    status = evidence.get(QUORUM)
    found += tuple(not_in_force(written, running.keys, status.flags if status else None, found))
    for one in found:
        if not any(pattern.fullmatch(one.name) for pattern in options.ignore):
            yield one


def _version_unknown(possible: Tuple[Version, ...]) -> Finding:
    """Return that nothing tells which corosync this is, and that not all take this file."""
    able = [_NAMES[version[0]] for version in reversed(possible)]
    others = [name for name in _NAMES.values() if name not in able]
    text = (
        f"which version corosync has is not known: {joined(able)} {'loads' if len(able) == 1 else 'load'} this "
        f"corosync.conf, {joined(others)} {'does' if len(others) == 1 else 'do'} not"
    )
    return Finding(UNREADABLE, text, (Subject(DAEMON, "corosync"), Subject(FILE, CONFIG)))


def _seen(cmap: Optional[CorosyncMap], status: Optional[QuorumStatus]) -> Seen:
    votes = status.total_votes - (status.device_votes or 0) if status and status.counted else None
    values = cmap.values if cmap else {}
    plugin = any(re.fullmatch(r"service\.[0-9]+\.name", key) and value == "pacemaker" for key, value in values.items())
    return Seen(len(cmap.members) if cmap else 0, votes, plugin)


def _flags_unknown(evidence: Evidence, written: Settings) -> Iterator[Finding]:
    """Yield why it is not known whether all settings are in force, where only the flags tell."""
    if QUORUMTOOL in evidence.failed and sets_flags(written):
        yield evidence.failed[QUORUMTOOL]


def _file(
    conf: CorosyncConf,
    mistakes: List[Mistake],
    written: Optional[Settings],
    version: Tuple[int, ...],
    files: Tuple[FileState, ...],
) -> Iterator[Finding]:
    """Judge the file: that it is there, that corosync takes it, that no line of it is in vain, and whose it is."""
    subjects = (Subject(FILE, CONFIG),)
    if conf.empty:
        state = state_of(CONFIG, files)
        there = state is not None and not state.missing
        yield Finding(CONFIG_MISSING, f"{CONFIG} is {'empty' if there else 'missing'}", subjects)
    if mistakes:
        first, more = mistakes[0], len(mistakes) - 1
        others = f" ({count(more, 'more mistake')})" if more else ""
        text = f"{CONFIG} line {first.line}: {first.message}{others}; corosync will not load it"
        yield Finding(INVALID, text, subjects, *TEST)
    elif written:
        yield from repeated_rings(conf) if version[0] == 1 else ()
        yield from refusals(written)
        yield from of_newer(written)
    if not mistakes:
        for mistake in conf.mistakes:
            if mistake.ignored:
                yield Finding(IGNORED, f"{CONFIG} line {mistake.line}: {mistake.message}", subjects)
    if conf.blanked:
        text = f"{CONFIG} line {conf.blanked[0]} begins with a NUL byte: corosync ignores it"
        yield Finding(IGNORED, text, subjects, "write the file again: a crash may have damaged it")
    yield from misspelt(conf, version[0])
    yield from writable_findings(files)


def _key(
    conf: Optional[CorosyncConf], settings: Settings, running: Optional[Settings], evidence: Evidence
) -> Iterator[Finding]:
    """Judge the key, where one is needed: by what is to run, or by what runs."""
    if not settings.protected and not (running and running.protected):
        return
    if COROSYNC_FILES in evidence.failed:
        yield evidence.failed[COROSYNC_FILES]
        return
    inline = conf is not None and conf.get("totem.key") is not None
    peer = _peer(settings, evidence.get(MAP))
    for finding in key_findings(settings.keys.get("totem.keyfile"), inline, evidence.get(FILES) or (), peer):
        if (
            conf is not None or finding.condition in _ABOUT_THE_KEY
        ):  # who may not read the one may not look at the other
            yield finding


def _peer(settings: Settings, cmap: Optional[CorosyncMap]) -> str:
    """Return the name of another node, where the map tells which one this is."""
    own = cmap.local_node_id if cmap else None
    return next((node.label for node in settings.nodes if own is not None and node.node_id != own), "NODE")


def _running(cmap: CorosyncMap, found: Tuple[Difference, ...]) -> Iterator[Finding]:
    """Judge whether the daemon loaded what it was told to. A file that is invalid tells by itself why it did not."""
    message = cmap.values.get("config.reload_error_message", "")
    # 1 is CS_OK; 3.1.7 has no message, and leaves the mark of a reload that never ended
    stuck = cmap.values.get("config.totemconfig_reload_in_progress") == "1"
    stuck = stuck and cmap.values.get("config.reload_in_progress") != "1"
    if not (message or stuck or cmap.values.get("config.reload_status", "1") != "1"):
        return
    text = f"the last reload of corosync.conf failed{f': {message}' if message else ''}"
    subjects = (Subject(DAEMON, "corosync"), Subject(FILE, CONFIG))
    if any(one.step != BY_RELOAD for one in found):  # another reload would fail as well
        yield Finding(RELOAD_FAILED, text, subjects, "its log says why; follow the advice on the settings that differ")
    else:
        yield Finding(RELOAD_FAILED, text, subjects, "its log says why; once that is fixed", (RELOAD,))


def _versions(cmap: CorosyncMap) -> Iterator[Finding]:
    """Judge whether the peers run with the same version of the file."""
    versions = {
        cmap.label(member.node_id): member.config_version
        for member in cmap.members
        if member.joined and member.config_version is not None
    }
    if len(set(versions.values())) > 1:
        each = ", ".join(f"{name} {version}" for name, version in versions.items())
        text = f"nodes run with different corosync.conf (config_version): {each}"
        yield Finding(VERSION_DIFFERS, text, (*nodes(*versions), Subject(FILE, CONFIG)))


CHECK = Check(
    name="config",
    manual=__doc__,
    readings=(CONF, MAP, QUORUM, FILES, VERIFY, CIB, VERSION),
    conditions=(
        CONFIG_MISSING, INVALID, KEY_MISSING, KEY_OWNER, KEY_EXPOSED, CONFIG_WRITABLE, RUNNING_DIFFERS, RELOAD_FAILED,
        VERSION_DIFFERS, UNKNOWN_SETTING, *UNWISE, VERIFY_ERRORS,
    ),
    metrics=(DIFFERENCES, NODES, LINKS, VOTES, CIB_ERRORS),
    judge=judge,
    number=DIFFERENCES,
    options=ConfigOptions,
)  # fmt: skip
