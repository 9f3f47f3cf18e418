"""Output without what nobody else should see, before it is written to a file or shown with -vvv.

Of each tool that may hold a secret only what is known to be none is let through; the verdict on what is left is the
same. ``check_ha.sources.masked_cib`` has the CIB. nrpe/check_ha_record does the same in awk, with the lists from here;
a test compares the two.
"""

from __future__ import annotations

import re
from functools import partial

from check_ha.sources.masked_cib import (
    MASK,
    asked_by_rules,
    hidden_values,
    masked_attributes,
    masked_cib,
    pattern,
    without_history,
)
from check_ha.sources.tools import (
    BOOTH_CONF,
    CIBADMIN,
    CMAPCTL,
    COROSYNC_CONF,
    CRM_MON,
    PS,
    PS_EXE,
    QUOTED,
    SBD_CONFIG,
    Output,
)

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Callable, Collection, Dict, FrozenSet, Iterable, List, Match

_DAEMONS = rb"(?:corosync[\w-]*|pacemaker[\w-]*|sbd:?|cib|stonithd|lrmd|attrd|pengine|crmd)$"
_TOLD = rb" (?:--features|--version|-v|<defunct>)$"
"""Of the arguments of a daemon: that it only tells its version, or is dead."""

_ASKS_SBD = rb"(?:\S*/)?sbd .*(?:dump|list)"
"""sbd that only tells what is on a device, and is no daemon."""

_SETTINGS = frozenset(
    b"""
    addr algorithm allow_downscale auto_tie_breaker auto_tie_breaker_node bindnetaddr blackbox block_unlisted_ips
    broadcast clear_node_high_bit cluster_name compatibility crypto_accept crypto_cipher crypto_hash crypto_model
    crypto_type debug fileline force_ip_version format function_name gid group host ip ip_dscp ip_version join_count
    keep_active_partition_tie_breaker keyfile knet_compression_model knet_transport last_man_standing link_mode
    logfile logfile_priority master_wins mcastaddr memberaddr mode model move_to_root_cgroup name nodeid port provider
    qb_ipc_type rrp_mode sched_rr secauth state state_dir status subsys syslog_facility syslog_priority tags
    tie_breaker timestamp tls to_file to_logfile to_stderr to_syslog transport two_node uid user ver version vsftype
    wait_for_all ringnumber linknumber priority
    """.split()
)
"""What corosync.conf and the map have words for; numbers and switches are shown whatever they are of."""
_SWITCH = rb"(?:[+-]?[0-9][0-9.]*|yes|no|on|off|none|trace|hires|)$"
_BOOTH = frozenset(
    b"""
    site arbitrator ticket expire renewal-freq timeout retries acquire-after weights mode transport port name authfile
    maxtimeskew debug site-user site-group arbitrator-user arbitrator-group
    """.split()
)
"""Keys of booth.conf; not what a handler is called with."""
_BOOTH_LINE = rb"(?m)^([ \t]*)([A-Za-z0-9_-]+(?=[ \t]*=)|)([^\n]*)$"
_CONF_LINE = rb"(?m)^([ \t]*)(#|(?:[\w./-]+)(?=[ \t]*:)|)([^\n]*)$"
_MAP_LINE = rb"(?m)^([\w.:-]+)( \(str\) = )([^\n]*)$"
_OBJECT_LINE = rb"(?m)^([^=\n]+)(=)([^\n]*)$"
"""Of corosync-objctl, which tells no types; corosync 1.4 takes any key, with blanks as well."""


def shareable(output: Output, secrets: Collection[bytes] = (), asked: FrozenSet[bytes] = frozenset()) -> Output:
    """Return the output without what nobody else should see.

    ``secrets`` are values that no tool may have on stderr, ``asked`` names of node attributes that rules ask for.
    """
    mask = _MASKS.get(output.tool.file)
    if output.tool == CRM_MON or output.tool.name == "crm_simulate":  # which crm_mon renders before 2.1
        mask = partial(masked_attributes, asked=asked)
    words = output.stderr
    for secret in secrets:
        words = words.replace(secret.decode("utf-8", "backslashreplace"), MASK.decode())
    stderr = pattern(_QUOTED).sub(rf"\1{MASK.decode()}", words) if words else ""
    return output._replace(stdout=mask(output.stdout) if mask else output.stdout, stderr=stderr)


def all_shareable(outputs: Iterable[Output], history: bool = True) -> List[Output]:
    """Return all of them so; a secret of the CIB is hidden in the words of every tool.

    ``history``: with what the CIB tells of the operations of the past, which no check reads. What is not set up on
    this node is left out.
    """
    outputs = [one for one in outputs if not one.not_set_up]
    outputs = [one if history or one.tool != CIBADMIN else _without_history(one) for one in outputs]
    cib = next((one.stdout for one in outputs if one.tool == CIBADMIN), b"")
    secrets: List[bytes] = []
    if cib and any(one.stderr for one in outputs):
        configuration = cib.partition(b"<status")[0]
        found = hidden_values(configuration, masked_cib(configuration))
        secrets = sorted((one for one in found if len(one) < 200), key=len, reverse=True)[:2000]
    asked = asked_by_rules(cib)
    return [shareable(output, secrets, asked) for output in outputs]


def _without_history(output: Output) -> Output:
    return output._replace(stdout=without_history(output.stdout))


_QUOTED = "(?i)" + QUOTED


def _of_corosync_conf(text: bytes) -> bytes:
    return pattern(_CONF_LINE).sub(_setting, text)


def _setting(line: Match[bytes]) -> bytes:
    """Return a line of corosync.conf of the same length (corosync takes 510 bytes), with its braces and colons."""
    blanks, key, rest = line.groups()
    if key == b"#":
        return blanks + key + _starred(rest)
    if not key:
        return line.group() if re.fullmatch(rb"[ \t\r]*[\w-]*[ \t]*[{}]?[ \t\r]*", rest) else blanks + _starred(rest)
    before, _, value = rest.partition(b":")
    name = key.rsplit(b".", 1)[-1].lower()
    if _is_setting(name, value):
        return line.group()
    return blanks + key + before + b":" + _starred(value)


def _starred(text: bytes) -> bytes:
    return re.sub(rb"[^\s{}:#\x00-\x1f]", b"*", text)


def _is_setting(name: bytes, value: bytes) -> bool:
    known = name in _SETTINGS or re.fullmatch(rb"ring[0-9]+_addr", name) is not None
    return known or pattern(_SWITCH).match(value.strip()) is not None or value.strip() == b"(hidden)"


def _of_booth_conf(text: bytes) -> bytes:
    return pattern(_BOOTH_LINE).sub(_booth_setting, text)


def _booth_setting(line: Match[bytes]) -> bytes:
    """Return a line of booth.conf with its value, where that is known to be harmless; of a comment only that it is."""
    blanks, key, rest = line.groups()
    if key in _BOOTH:
        return line.group()
    if key:
        equals = rest.index(b"=") + 1
        return blanks + key + rest[:equals] + re.sub(rb"[^\s#\x00-\x1f\"']", b"*", rest[equals:])
    return blanks + re.sub(rb"[^\s#\x00-\x1f]", b"*", rest)


def _of_map(text: bytes) -> bytes:
    def hidden(line: Match[bytes]) -> bytes:
        key, kind, value = line.groups()
        own = key.startswith((b"runtime.", b"internal_configuration.", b"stats."))
        if own or _is_setting(re.sub(rb"\.[0-9]+$", b"", key).rsplit(b".", 1)[-1], value):
            return line.group()
        return key + kind + _starred(value)

    lines = _OBJECT_LINE if re.match(rb"[^\s=]+=", text) else _MAP_LINE
    return pattern(lines).sub(hidden, text)


def _of_processes(text: bytes) -> bytes:
    """Return the list of processes, in any layout: its head names the columns, the last of which is the command."""
    lines = text.splitlines(keepends=True)
    columns = len(lines[0].split()) if lines else 0
    return b"".join(_process(line, columns) for line in lines)


def _process(line: bytes, columns: int) -> bytes:
    """Return a line of ps with the command in its last column: of the cluster's daemons and of pid 1 the program.

    That there is a pid 1 says that the list hides nobody's processes.
    """
    words = line.split(None, max(0, columns - 1))
    if not words or len(words) < columns or words[0] == b"PID":
        return line if words[:1] == [b"PID"] else b""
    command = words[-1].rstrip()
    program = command.split()[0]
    if words[0] != b"1" and not pattern(_DAEMONS).match(program.strip(b"[]").rsplit(b"/", 1)[-1]):
        return b""
    if columns == 2:  # the path of an executable, and that it is there no more
        return line
    if pattern(_ASKS_SBD).fullmatch(command):
        return b""
    told = pattern(_TOLD).search(command)
    return line[: len(line) - len(words[-1])] + program + (told.group() if told else b"") + b"\n"


_SBD_SETTINGS = frozenset(
    b"""
    SBD_DEVICE SBD_PACEMAKER SBD_STARTMODE SBD_DELAY_START SBD_WATCHDOG SBD_WATCHDOG_DEV SBD_WATCHDOG_TIMEOUT
    SBD_TIMEOUT_ACTION SBD_SYNC_RESOURCE_STARTUP SBD_MOVE_TO_ROOT_CGROUP
    """.split()
)


def _of_sbd_config(text: bytes) -> bytes:
    return re.sub(rb"^([ \t]*(?:(?:export[ \t]+)?(\w+)=)?)([^\n]*)$", _sbd_setting, text, flags=re.MULTILINE)


def _sbd_setting(line: Match[bytes]) -> bytes:
    start, key, value = line.groups()
    return line.group() if key in _SBD_SETTINGS else start + re.sub(rb"[^\s#;\\]", b"*", value)


_MASKS: Dict[str, Callable[[bytes], bytes]] = {
    CIBADMIN.file: masked_cib,
    COROSYNC_CONF.file: _of_corosync_conf,
    BOOTH_CONF.file: _of_booth_conf,
    CMAPCTL.file: _of_map,
    PS.file: _of_processes,
    PS_EXE.file: _of_processes,
    SBD_CONFIG.file: _of_sbd_config,
}
