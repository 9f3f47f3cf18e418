"""Does the cluster run with the configuration it should, and with a sensible one?

Reads /etc/corosync/corosync.conf of this node by corosync's own grammar and looks for what corosync would refuse, for
what it passes over without a word (a misspelt setting), and for what works until the first failure: a single link, two
nodes without two_node, expected_votes that are not those of the nodes. Compares the file with the map of the corosync
that runs, in both directions: edited and never loaded, or set at run time and never written down. Asks crm_verify for
errors in the CIB. Looks at who may read the cluster's key, where there is encryption; the key itself is never read.

Where the file cannot be read, the running configuration is judged instead. Run it on every node: each has its own file
and its own key. What it cannot see: a configuration file or a key file in another place.
"""

from typing import Iterator, List, Optional, Pattern, Tuple

from check_ha.checks.config.authkey import (
    AUTHKEY,
    CONFIG,
    EXPOSED,
    FOLDER,
    MISSING,
    NOT_ROOTS,
    key_faults,
    state_of,
    writable,
)
from check_ha.checks.config.differences import Difference, differences, labels
from check_ha.checks.config.good_sense import CONDITIONS as SENSE
from check_ha.checks.config.good_sense import IGNORED, sense
from check_ha.checks.config.misspelt import UNKNOWN_SETTING, misnamed
from check_ha.checks.config.refused import refusals
from check_ha.checks.config.settings import Setup, major_of, map_keys, setup_of
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import REMOTE_NODE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import DAEMON, DEVICE, FILE, NODE, SETTING, Finding, Row, Subject
from check_ha.core.options import Options, option, regex
from check_ha.model.corosync import CorosyncMap
from check_ha.model.corosync_conf import CorosyncConf, Mistake
from check_ha.model.node import FileState, Verification
from check_ha.parsers.cmapctl import parse_map
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.parsers.crm_verify import parse_verification
from check_ha.parsers.installed import parse_corosync_version, parse_files
from check_ha.sources.tools import CMAPCTL, COROSYNC_CONF, COROSYNC_FILES, COROSYNC_VERSION, CRM_VERIFY

CONF = Reading(COROSYNC_CONF, parse_corosync_conf)
MAP = Reading(CMAPCTL, parse_map)
FILES = Reading(COROSYNC_FILES, parse_files, silent=True)
VERIFY = Reading(CRM_VERIFY, parse_verification)
VERSION = Reading(COROSYNC_VERSION, parse_corosync_version, required=False)

CONFIG_MISSING = Condition("config-missing", Severity.CRITICAL, "There is no corosync.conf, or an empty one.")
INVALID = Condition("invalid", Severity.CRITICAL, "Corosync would not start, or reload, with this corosync.conf.")
KEY_MISSING = Condition("key-missing", Severity.CRITICAL, "Messages are encrypted, and the key is not there.")
KEY_OWNER = Condition("key-owner", Severity.CRITICAL, "The key does not belong to root.")
KEY_EXPOSED = Condition("key-exposed", Severity.CRITICAL, "Others than root may read the key.")
CONFIG_WRITABLE = Condition("config-writable", Severity.WARNING, "Others than root may change corosync.conf.")
RUNNING_DIFFERS = Condition(
    "running-differs", Severity.WARNING, "Corosync runs with other settings than corosync.conf has."
)
RELOAD_FAILED = Condition(
    "reload-failed", Severity.WARNING, "Corosync could not load corosync.conf when it was told to."
)
VERSION_DIFFERS = Condition("version-differs", Severity.WARNING, "Nodes run with different config_versions.")
VERIFY_ERRORS = Condition("verify-errors", Severity.WARNING, "crm_verify finds errors in the CIB.")

DIFFERENCES = Metric("cluster.config.differences.count", "settings in which corosync.conf and corosync differ")
NODES = Metric("cluster.config.nodes.count", "nodes configured")
LINKS = Metric("cluster.config.links.count", "links (or rings) configured")
VOTES = Metric("cluster.config.votes.count", "votes of all nodes and the quorum device")
CIB_ERRORS = Metric("cluster.cib.errors.count", "errors that crm_verify finds in the CIB")

_KEY_FAULTS = {MISSING: KEY_MISSING, NOT_ROOTS: KEY_OWNER, EXPOSED: KEY_EXPOSED}


class ConfigOptions(Options):
    """Options of check_ha_config."""

    ignore: Tuple[Pattern[str], ...] = option(
        (), "settings that may differ from what runs, by their whole name: totem\\.token", metavar="REGEX", parse=regex,
        repeat=True,
    )  # fmt: skip


def judge(evidence: Evidence, options: ConfigOptions) -> Judgement:
    """Judge the file by itself, then against what runs; then the key and the CIB."""
    failure = evidence.failed.get(CMAPCTL)
    if failure is not None and failure.condition is REMOTE_NODE:
        return Judgement("a Pacemaker Remote node has no corosync.conf")
    conf, cmap, files = evidence.get(CONF), evidence.get(MAP), evidence.get(FILES) or ()
    major = major_of(evidence.get(VERSION), cmap.values if cmap else None)
    running = setup_of(cmap.values, major) if cmap else None
    fatal = [one for one in conf.mistakes if not one.tolerated or major >= 3] if conf else []
    written = setup_of(map_keys(conf, major), major) if conf and not conf.empty and not fatal else None

    found: Tuple[Difference, ...] = differences(written, running) if written and running else ()
    found = tuple(one for one in found if not any(pattern.fullmatch(one.name) for pattern in options.ignore))
    setup, verification = written or running, evidence.get(VERIFY)
    findings = [
        *(_file(conf, fatal, written, major, files) if conf else ()),
        *(_key(conf, setup, running, evidence) if setup else ()),
        *(_running(found, cmap, bool(fatal)) if cmap else ()),
        *(sense(setup) if setup else ()),
        *(_verified(verification) if verification else ()),
    ]
    return Judgement(
        summary=_summary(setup, written, running, verification),
        findings=tuple(findings),
        measures=tuple(_measures(setup, found if written and running else None, verification)),
        rows=tuple(_rows(setup, found, files, evidence.get(VERSION))),
    )


def _file(
    conf: CorosyncConf, fatal: List[Mistake], written: Optional[Setup], major: int, files: Tuple[FileState, ...]
) -> Iterator[Finding]:
    """The file: that it is there, that corosync takes it, that no line of it is in vain, and whose it is."""
    if conf.empty:
        yield Finding(CONFIG_MISSING, f"{CONFIG} is {'empty' if state_of(CONFIG, files) else 'missing'}")
    if fatal:
        first, more = fatal[0], len(fatal) - 1
        text = f"{CONFIG} line {first.line}: {first.message}{f': {first.text}' if first.text else ''}"
        others = f" ({more} more mistake{'s' if more > 1 else ''})" if more else ""
        yield Finding(
            INVALID, f"{text}{others}; corosync will not load it", advice="mend it until corosync -t is content"
        )
    elif written:
        for reason in refusals(written):
            text = f"{CONFIG}: {reason}; corosync will not load it"
            yield Finding(INVALID, text, advice="mend it until corosync -t is content")
    if not fatal:
        for mistake in conf.mistakes:
            yield Finding(IGNORED, f"{CONFIG} line {mistake.line}: {mistake.message}: {mistake.text}")
    if conf.blanked:
        text = f"{CONFIG} line {conf.blanked[0]} begins with a NUL byte: corosync reads nothing of it"
        yield Finding(IGNORED, text, advice="write the file anew: a crash may have damaged it")
    yield from misnamed(conf, major)
    for path in (FOLDER, CONFIG):
        file = state_of(path, files)
        if file and writable(file):
            yield Finding(
                CONFIG_WRITABLE,
                f"{path} can be changed by {writable(file)}",
                advice=f"chown root {path}; chmod go-w {path}",
            )


def _key(conf: Optional[CorosyncConf], setup: Setup, running: Optional[Setup], evidence: Evidence) -> Iterator[Finding]:
    """The key, where one is needed: by what is to run, or by what runs."""
    if not setup.protected and not (running and running.protected):
        return
    if COROSYNC_FILES in evidence.failed:
        yield evidence.failed[COROSYNC_FILES]
    inline = conf is not None and conf.get("totem.key") is not None
    for fault in key_faults(setup.keys.get("totem.keyfile"), inline, evidence.get(FILES) or ()):
        yield Finding(_KEY_FAULTS[fault.kind], fault.text, advice=fault.advice)


def _running(found: Tuple[Difference, ...], cmap: CorosyncMap, invalid: bool) -> Iterator[Finding]:
    """The daemon: that it runs with the file, and as its peers do. A file that is invalid tells why it does not."""
    if found:
        restart = any(one.at_start for one in found)
        advice = "restart corosync, node by node" if restart else "corosync-cfgtool -R on one node loads it on all"
        yield Finding(
            RUNNING_DIFFERS, f"corosync runs with other settings than corosync.conf has: {labels(found)}", advice=advice
        )
    message = cmap.values.get("config.reload_error_message", "")
    # 1 is CS_OK; 3.1.7 has no message, and leaves the mark of a reload that never ended
    stuck = cmap.values.get("config.totemconfig_reload_in_progress") == "1"
    stuck = stuck and cmap.values.get("config.reload_in_progress") != "1"
    if not invalid and (message or stuck or cmap.values.get("config.reload_status", "1") != "1"):
        text = f"the last reload of corosync.conf failed{f': {message}' if message else ''}"
        yield Finding(RELOAD_FAILED, text, advice="corosync-cfgtool -R again; its log says why it fails")
    versions = {
        cmap.label(member.node_id): member.config_version
        for member in cmap.members
        if member.joined and member.config_version is not None
    }
    if len(set(versions.values())) > 1:
        each = ", ".join(f"{name} {version}" for name, version in versions.items())
        yield Finding(VERSION_DIFFERS, f"nodes run with different corosync.conf (config_version): {each}")


def _verified(verification: Verification) -> Iterator[Finding]:
    if not verification.valid:
        first, more = (verification.errors or ("no reason given",))[0], len(verification.errors) - 1
        others = f" ({more} more error{'s' if more > 1 else ''})" if more > 0 else ""
        yield Finding(VERIFY_ERRORS, f"crm_verify finds errors in the CIB: {first}{others}", advice="crm_verify -L -V")


def _summary(
    setup: Optional[Setup], written: Optional[Setup], running: Optional[Setup], verification: Optional[Verification]
) -> str:
    if setup is None:
        return "no configuration was read"
    parts = [_counted(len(setup.nodes), "node"), _counted(len(setup.links), "link"), setup.transport, _crypto(setup)]
    if written is None:
        parts.append("as it runs, corosync.conf was not read")
    elif running:
        parts.append("corosync runs with it")
    if verification and verification.valid:
        parts.append("no error in the CIB")
    return ", ".join(parts)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _crypto(setup: Setup) -> str:
    return f"{setup.cipher}/{setup.hash}" if setup.protected else "not encrypted"


def _measures(
    setup: Optional[Setup], found: Optional[Tuple[Difference, ...]], verification: Optional[Verification]
) -> Iterator[Measure]:
    if found is not None:
        yield DIFFERENCES.of(len(found))
    if setup:
        yield NODES.of(len(setup.nodes))
        yield LINKS.of(len(setup.links))
        yield VOTES.of(setup.node_votes + setup.device_votes)
    if verification:
        yield CIB_ERRORS.of(len(verification.errors))


def _rows(
    setup: Optional[Setup],
    found: Tuple[Difference, ...],
    files: Tuple[FileState, ...],
    version: Optional[Tuple[int, ...]],
) -> Iterator[Row]:
    if setup:
        for node in setup.nodes:
            ways = ", ".join(f"link {number} {address}" for number, address in node.addresses.items())
            state = f"nodeid {node.node_id or 'generated'}, {ways}, {_counted(node.votes, 'vote')}"
            yield Row(Subject(NODE, node.label), state)
        if setup.device:
            state = f"model {setup.device}, {_counted(setup.device_votes, 'vote')}"
            yield Row(Subject(DEVICE, "quorum device"), state)
        yield Row(Subject(SETTING, "totem"), f"transport {setup.transport}, {_crypto(setup)}")
        keyfile = setup.keys.get("totem.keyfile", AUTHKEY)
        if setup.protected and keyfile != AUTHKEY:
            yield Row(Subject(FILE, keyfile), "the key of the cluster, not looked at")
    for difference in found:
        yield Row(Subject(SETTING, difference.name), f"differs from corosync.conf: {difference.values}")
    for file in files:
        yield Row(Subject(FILE, file.path), f"{file.kind}, {file.owner}:{file.group}, mode {file.mode:o}")
    if version:
        yield Row(Subject(DAEMON, "corosync"), f"{'.'.join(map(str, version))} is installed")


CHECK = Check(
    name="config",
    manual=__doc__,
    readings=(CONF, MAP, FILES, VERIFY, VERSION),
    conditions=(
        CONFIG_MISSING, INVALID, KEY_MISSING, KEY_OWNER, KEY_EXPOSED, CONFIG_WRITABLE, RUNNING_DIFFERS, RELOAD_FAILED,
        VERSION_DIFFERS, UNKNOWN_SETTING, *SENSE, VERIFY_ERRORS,
    ),
    metrics=(DIFFERENCES, NODES, LINKS, VOTES, CIB_ERRORS),
    judge=judge,
    number=DIFFERENCES,
    options=ConfigOptions,
)  # fmt: skip
