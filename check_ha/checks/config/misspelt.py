"""Names in corosync.conf that are none: corosync keeps them, and does nothing with them.

A typo is told from a name that is merely new here by its likeness to one that is known, or by being known in another
section. Known are the names of corosync 1.4 to 3.1.10, of corosync-qdevice, and of the manual pages.
"""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterator, Optional

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import SETTING, Finding, Subject
from check_ha.model.corosync_conf import CorosyncConf, Section

UNKNOWN_SETTING = Condition(
    "unknown-setting", Severity.WARNING, "A name in corosync.conf is misspelt or misplaced.", standing=True
)

_TOTEM = """
    version nodeid clear_node_high_bit secauth crypto_type crypto_model crypto_cipher crypto_hash crypto_accept keyfile
    key link_mode netmtu transport cluster_name config_version ip_version ip_dscp vsftype rrp_mode threads compatibility
    token token_warning token_coefficient token_retransmit token_retransmits_before_loss_const hold join send_join
    consensus merge downcheck fail_recv_const seqno_unchanged_const heartbeat_failures_allowed max_network_delay
    window_size max_messages miss_count_const block_unlisted_ips cancel_token_hold_on_retransmit
    rrp_token_expired_timeout rrp_problem_count_timeout rrp_problem_count_threshold rrp_problem_count_mcast_threshold
    rrp_autorecovery_check_timeout
    knet_pmtud_interval knet_mtu knet_compression_model knet_compression_threshold knet_compression_level
"""
_TOP = "totem logging quorum nodelist system resources nozzle uidgid qb pload service amf aisexec"
_LOGGING = """
    fileline function_name to_stderr to_logfile to_file to_syslog logfile logfile_priority syslog_facility
    syslog_priority debug timestamp blackbox format tags subsys name
"""

# the settings of each section
_KEYS: Dict[str, FrozenSet[str]] = {
    path: frozenset(names.split())
    for path, names in {
        "totem": _TOTEM,
        "totem.interface": """
            linknumber ringnumber bindnetaddr broadcast mcastaddr mcastport ttl knet_link_priority knet_ping_interval
            knet_ping_timeout knet_ping_precision knet_pong_count knet_transport
        """,
        "nodelist.node": "nodeid name quorum_votes " + " ".join(f"ring{number}_addr" for number in range(8)),
        "quorum": """
            provider expected_votes votes two_node wait_for_all last_man_standing last_man_standing_window
            auto_tie_breaker auto_tie_breaker_node allow_downscale expected_votes_tracking leaving_timeout
            cancel_wait_for_all
        """,
        "quorum.device": "model timeout sync_timeout votes master_wins",
        "quorum.device.net": """
            tls host port algorithm tie_breaker connect_timeout force_ip_version keep_active_partition_tie_breaker
        """,
        "quorum.device.heuristics": "timeout sync_timeout interval mode",
        "logging": _LOGGING,
        "logging.logger_subsys": _LOGGING,
        "system": "qb_ipc_type sched_rr priority move_to_root_cgroup allow_knet_handle_fallback state_dir",
        "": "compatibility",
    }.items()
}
_SECTIONS: Dict[str, FrozenSet[str]] = {
    "": frozenset(_TOP.split()),
    "totem": frozenset({"interface"}),
    "nodelist": frozenset({"node"}),
    "quorum": frozenset({"device"}),
    "quorum.device": frozenset({"net", "heuristics", "disk"}),
    "logging": frozenset({"logger_subsys", "logging_daemon"}),
}


def is_setting(key: str) -> bool:
    """Return whether the last part of this key is the name of a setting that corosync has in some section."""
    name = key.rpartition(".")[2]
    return any(name in known for known in _KEYS.values())


def misspelt(conf: CorosyncConf, major: int) -> Iterator[Finding]:
    """Yield the settings and sections whose name corosync does not know, and that were meant to be another one."""
    for section in conf.root.walk():
        yield from _sections(section)
        yield from _settings(section)
        stranger, meant = ("ringnumber", "linknumber") if major >= 3 else ("linknumber", "ringnumber")
        if section.path == "totem.interface" and section.get(stranger) not in (None, "0"):
            text = f"totem.interface has {stranger}, corosync {major} ignores it (is {meant} meant?)"
            yield _finding(section.line, f"totem.interface.{stranger}", text)


def _finding(line: int, name: str, text: str) -> Finding:
    return Finding(UNKNOWN_SETTING, f"corosync.conf line {line}: {text}", (Subject(SETTING, name),))


def _settings(section: Section) -> Iterator[Finding]:
    known = _KEYS.get(section.path)
    if known is None:
        return
    for setting in section.settings:
        if setting.key in known or setting.key.startswith("exec_"):
            continue
        meant, home = _alike(setting.key, known), _home(setting.key)
        if meant or home:
            why = f"is {meant} meant?" if meant else f"it belongs in {home}"
            text = f"{section.path or 'the top level'} has no setting {setting.key!r}, corosync ignores it ({why})"
            yield _finding(setting.line, f"{section.path}.{setting.key}".lstrip("."), text)


def _sections(section: Section) -> Iterator[Finding]:
    known = _SECTIONS.get(section.path)
    for child in section.sections if known else ():
        name = child.path.rpartition(".")[2]
        meant = None if known is None or name in known else _alike(name, known)
        if meant:
            yield _finding(
                child.line, child.path, f"{name!r} is not a section, corosync ignores it (is {meant} meant?)"
            )


def _alike(name: str, known: FrozenSet[str]) -> Optional[str]:
    """Return the known name that was meant; ``None`` where none is that near."""
    plain = re.sub("[^a-z0-9]", "", name.lower())
    for candidate in sorted(known):
        if plain == candidate.replace("_", ""):
            return candidate
    import difflib  # takes 2 ms to import, and is seldom needed

    return next(iter(difflib.get_close_matches(name.lower(), sorted(known), 1, 0.8)), None)


def _home(name: str) -> Optional[str]:
    """Return the one section, elsewhere, to which that setting belongs."""
    homes = [path for path, known in _KEYS.items() if name in known and path and path != "logging.logger_subsys"]
    return homes[0] if len(homes) == 1 else None
