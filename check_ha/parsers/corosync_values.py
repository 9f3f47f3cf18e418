"""What corosync's own parser takes for a value: numbers with their range, words with their choice (3.1, and 2.4)."""

import re
from typing import Dict, NamedTuple, Optional, Tuple

_U8, _U16, _U32 = 2**8 - 1, 2**16 - 1, 2**32 - 1

_HIGHEST: Dict[str, int] = {
    **dict.fromkeys(
        (
            "quorum.two_node",
            "quorum.expected_votes_tracking",
            "quorum.allow_downscale",
            "quorum.wait_for_all",
            "quorum.auto_tie_breaker",
            "quorum.last_man_standing",
            "quorum.device.master_wins",
            "totem.interface.linknumber",
            "totem.interface.ringnumber",
            "totem.interface.ttl",
            "totem.interface.knet_link_priority",
        ),
        _U8,
    ),
    **dict.fromkeys(
        (
            "nodelist.node.nodeid",
            "nodelist.node.quorum_votes",
            "pload.count",
            "pload.size",
            "quorum.device.sync_timeout",
            "quorum.device.timeout",
            "quorum.device.votes",
            "quorum.expected_votes",
            "quorum.last_man_standing_window",
            "quorum.leaving_timeout",
            "quorum.votes",
            "resources.watchdog_timeout",
            "totem.interface.knet_ping_interval",
            "totem.interface.knet_ping_precision",
            "totem.interface.knet_ping_timeout",
            "totem.interface.knet_pong_count",
        ),
        _U32,
    ),
    **dict.fromkeys(
        (
            "totem." + name
            for name in (
                "consensus",
                "downcheck",
                "fail_recv_const",
                "heartbeat_failures_allowed",
                "hold",
                "join",
                "knet_compression_threshold",
                "knet_mtu",
                "knet_pmtud_interval",
                "max_messages",
                "max_network_delay",
                "merge",
                "miss_count_const",
                "netmtu",
                "nodeid",
                "rrp_autorecovery_check_timeout",
                "rrp_problem_count_mcast_threshold",
                "rrp_problem_count_threshold",
                "rrp_problem_count_timeout",
                "rrp_token_expired_timeout",
                "send_join",
                "seqno_unchanged_const",
                "threads",
                "token",
                "token_coefficient",
                "token_retransmit",
                "token_retransmits_before_loss_const",
                "token_warning",
                "version",
                "window_size",
            )
        ),
        _U32,
    ),
    "totem.config_version": 2**64 - 1,
    "totem.interface.mcastport": _U16,
}

_YES_NO, _ON_OFF = ("yes", "no"), ("on", "off")

_CHOICES: Dict[str, Tuple[str, ...]] = {
    "logging.blackbox": _ON_OFF,
    "logging.debug": ("on", "off", "trace"),
    "logging.fileline": _ON_OFF,
    "logging.function_name": _ON_OFF,
    "logging.timestamp": ("on", "off", "hires"),
    "logging.to_logfile": _YES_NO,
    "logging.to_stderr": _YES_NO,
    "logging.to_syslog": _YES_NO,
    "system.allow_knet_handle_fallback": _YES_NO,
    "system.move_to_root_cgroup": ("yes", "no", "auto"),
    "system.qb_ipc_type": ("native", "shm", "socket"),
    "system.sched_rr": _YES_NO,
    "totem.crypto_cipher": ("none", "aes256", "aes192", "aes128"),
    "totem.crypto_hash": ("none", "md5", "sha1", "sha256", "sha384", "sha512"),
    "totem.interface.knet_transport": ("udp", "sctp"),
    "totem.ip_version": ("ipv4", "ipv6", "ipv6-4", "ipv4-6"),
    "totem.link_mode": ("passive", "active", "rr"),
    "totem.transport": ("knet", "udpu", "udp"),
}

# corosync 2 takes these, 3 refuses them
_OF_OLD = frozenset({("totem.crypto_cipher", "3des"), ("totem.transport", "iba"), ("logging.timestamp", "")})


class Wrong(NamedTuple):
    """What is wrong with a value."""

    message: str
    tolerated: bool = False
    """True: corosync 2 takes it."""


def value_mistake(path: str, value: str) -> Optional[Wrong]:
    """Why corosync does not take this value; ``None`` where it does, or where it looks at it no sooner than it runs."""
    highest = _HIGHEST.get(path)
    if highest is not None:
        # as strtoll reads it, which takes a sign
        if re.fullmatch(r"[+-]?[0-9]{1,40}", value) is None or not 0 <= int(value) <= highest:
            return Wrong(f"{path} must be a whole number from 0 to {highest}, and is {value!r}")
        return None
    choice = _CHOICES.get(path.replace("logger_subsys.", ""))
    if choice is not None and value not in choice:
        return Wrong(f"{path} must be {' or '.join(choice)}, and is {value!r}", (path, value) in _OF_OLD)
    if path == "totem.knet_compression_level" and re.fullmatch(r"[+-]?[0-9]{1,9}", value) is None:
        return Wrong(f"{path} must be a whole number, and is {value!r}")
    return None
