"""What corosync's own parser takes for a value: numbers with their range, and a few words.

From coroparse.c of 1.4.8, 2.3.6, 2.4.6, 3.0.4, 3.1.2, 3.1.3 and 3.1.7, and tried with ``corosync -t`` of 3.1.7. Most
words are looked at later, when the whole file is read: see check_ha.checks.config.
"""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

from check_ha.record import NamedTuple

Version = Tuple[int, ...]

_U8, _U16, _U32, _U64 = 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**64 - 1


def _each(highest: int, section: str, names: str) -> Dict[str, int]:
    return dict.fromkeys((f"{section}.{name}" for name in names.split()), highest)


_HIGHEST: Dict[str, int] = {
    **_each(_U8, "quorum", "two_node expected_votes_tracking allow_downscale wait_for_all auto_tie_breaker"),
    **_each(_U8, "quorum", "last_man_standing device.master_wins"),
    **_each(_U8, "totem.interface", "linknumber ringnumber ttl knet_link_priority"),
    **_each(_U16, "totem.interface", "mcastport"),
    **_each(_U32, "totem.interface", "knet_ping_interval knet_ping_precision knet_ping_timeout knet_pong_count"),
    **_each(_U32, "nodelist.node", "nodeid quorum_votes"),
    **_each(_U32, "pload", "count size"),
    **_each(_U32, "quorum", "expected_votes last_man_standing_window leaving_timeout votes"),
    **_each(_U32, "quorum.device", "sync_timeout timeout votes"),
    **_each(_U32, "resources", "watchdog_timeout"),
    **_each(
        _U32,
        "totem",
        """
        consensus downcheck fail_recv_const heartbeat_failures_allowed hold join knet_compression_threshold knet_mtu
        knet_pmtud_interval max_messages max_network_delay merge miss_count_const netmtu nodeid
        rrp_autorecovery_check_timeout rrp_problem_count_mcast_threshold rrp_problem_count_threshold
        rrp_problem_count_timeout rrp_token_expired_timeout send_join seqno_unchanged_const threads token
        token_coefficient token_retransmit token_retransmits_before_loss_const token_warning version window_size
        """,
    ),
}

_CHOICES: Dict[str, Tuple[str, ...]] = {
    "qb.ipc_type": ("native", "shm", "socket"),
    "system.allow_knet_handle_fallback": ("yes", "no"),
    "system.move_to_root_cgroup": ("yes", "no", "auto"),
    "system.qb_ipc_type": ("native", "shm", "socket"),
    "system.sched_rr": ("yes", "no"),
    "totem.crypto_cipher": ("none", "aes256", "aes192", "aes128"),
    "totem.crypto_hash": ("none", "md5", "sha1", "sha256", "sha384", "sha512"),
    "totem.crypto_model": ("nss", "openssl", "gcrypt"),
    "totem.crypto_type": ("nss", "aes256", "aes192", "aes128", "3des"),
    "totem.ip_version": ("ipv4", "ipv6", "ipv6-4", "ipv4-6"),
    # without none, which corosync.conf(5) calls the default
    "totem.knet_compression_model": ("zlib", "lz4", "lz4hc", "lzo2", "lzma", "bzip2", "zstd"),
}
_DSCP = "cs[0-7]|af[1-4][1-3]|ef|[+]?(?:[1-5]?[0-9]|6[0-3]|0[0-7]{1,2}|0[xX][0-3]?[0-9a-fA-F])"
_OF_3 = ("totem.crypto_model", "totem.knet_compression_level", "totem.token_warning")
_UNTIL_2 = ("pload.count", "pload.size", "qb.ipc_type", "totem.crypto_type", "totem.interface.ringnumber")
_OF_2 = (2,)
"""1.4 looks at no value: it takes the number at the start of what should be one, and 0 where there is none."""


class BadValue(NamedTuple):
    """What is wrong with a value."""

    message: str
    since: Version
    """The first version that refuses it."""
    until: Version = ()
    """The first version that takes it again; empty: none."""


def bad_value(path: str, value: str) -> Optional[BadValue]:
    """Return why corosync's parser refuses this value; ``None`` where it takes it, whatever comes of it later."""
    number = re.fullmatch(r"[+-]?[0-9]{1,40}", value)  # as strtoll reads it, which takes a sign
    highest = _HIGHEST.get(path)
    if highest is not None:
        if number is None or not 0 <= int(value) <= highest:
            text = f"{path} must be a whole number from 0 to {highest}, but is {value!r}"
            return BadValue(text, *_versions(path, value))
        return None
    choice = _CHOICES.get(path)
    if path == "totem.ip_version" and value in ("ipv6-4", "ipv4-6"):
        return BadValue(f"{path} must be ipv4 or ipv6, but is {value!r}", _OF_2, (3,))
    if choice is not None and value not in choice:
        return BadValue(f"{path} must be {' or '.join(choice)}, but is {value!r}", *_versions(path, value))
    if path == "totem.ip_dscp" and re.fullmatch(_DSCP, value) is None:
        return BadValue(f"{path} must be from 0 to 63, or a name such as cs6, af41 or ef, but is {value!r}", (3, 1, 10))
    if path == "totem.knet_compression_level" and (number is None or not -(2**31) <= int(value) < 2**31):
        return BadValue(f"{path} must be a whole number, but is {value!r}", (3,))
    # read as strtoull does, which takes a sign as well
    polled = path.startswith(("resources.system.", "resources.process.")) and path.endswith(".poll_period")
    unsigned = path == "totem.config_version" or polled
    if unsigned and (number is None or abs(int(value)) > _U64):
        return BadValue(f"{path} must be a whole number, but is {value!r}", _OF_2)
    return None


def _versions(path: str, value: str) -> Tuple[Version, Version]:
    """Return since and until."""
    if path == "totem.knet_compression_model":
        return (3, 1, 3), ()
    old_cipher = path == "totem.crypto_cipher" and value == "3des"
    if path in _OF_3 or ".knet_" in path or path.startswith("system.") or old_cipher:
        return (3,), ()
    return _OF_2, (3,) if path in _UNTIL_2 else ()
