"""Files that corosync 3 takes, and the same with one value changed: each key of corosync.conf(5), each transport."""

from __future__ import annotations

import os
from typing import Iterator, List, NamedTuple, Tuple

HOST = os.uname().nodename


class Change(NamedTuple):
    """One setting, put in place of the one that is there or added; an empty section and key: nothing is changed."""

    section: str
    key: str
    value: str
    which: int = 0
    """Of several sections of that name."""


class File(NamedTuple):
    """One corosync.conf."""

    base: str
    change: Change
    text: str


def node(number: int, links: int = 1) -> str:
    """Return one node; the first is this machine."""
    addresses = "".join(f"ring{link}_addr: 127.0.{link}.{number}\n" for link in range(links))
    return f"node {{\nname: {HOST if number == 1 else f'n{number}'}\nnodeid: {number}\n{addresses}}}\n"


def conf(totem: str, nodes: str, quorum: str, logging: str = "") -> str:
    """Return a file that wants nothing of the machine: no key file, no log, no real-time priority."""
    return (
        f"totem {{\nversion: 2\ncluster_name: lab\n{totem}}}\nnodelist {{\n{nodes}}}\n"
        f"quorum {{\nprovider: corosync_votequorum\n{quorum}}}\n"
        f"logging {{\nto_syslog: no\nto_stderr: yes\n{logging}}}\n"
        "system {\nsched_rr: no\nmove_to_root_cgroup: no\n}\n"
    )


_CRYPTO = f"transport: knet\ncrypto_cipher: aes256\ncrypto_hash: sha256\nkey: {'k' * 200}\n"
_INTERFACE = "interface {\nlinknumber: %d\nknet_link_priority: %d\n}\n"
_MULTICAST = "transport: udp\ninterface {\nbindnetaddr: 127.0.0.0\nmcastaddr: 239.1.2.3\nmcastport: 5405\nttl: 1\n}\n"
_DEVICE = "device {\nmodel: net\nvotes: 1\nnet {\nhost: q\nalgorithm: ffsplit\n}\n}\n"
BASES = {
    "knet": conf(_CRYPTO, node(1) + node(2) + node(3), ""),
    "two links": conf(_INTERFACE % (0, 1) + _INTERFACE % (1, 2), node(1, 2) + node(2, 2), "two_node: 1\n"),
    "device": conf("", node(1) + node(2), _DEVICE),
    "udpu": conf("transport: udpu\n", node(1) + node(2), "two_node: 1\n"),
    "udp": conf(
        _MULTICAST, node(1) + node(2), "expected_votes: 2\n", "logger_subsys {\nsubsys: QUORUM\ndebug: off\n}\n"
    ),
}
INTERFACE_STYLE = conf(_MULTICAST, "", "expected_votes: 2\n").replace("nodelist {\n}\n", "")
"""As corosync 2 had it; corosync 3 refuses it."""

_NUMBERS = (
    *("", "0", "1", "2", "13", "14", "29", "30", "42", "50", "90", "91", "100", "101", "256", "1000", "3000", "16367"),
    *("16368", "65535", "65536", "70000", "2147483648", "4294967295", "4294967296", "-1", "+5", "007", "0x10", "1.5"),
    *("1000 # ms", "abc", "yes"),
)
_SWITCHES = ("yes", "no", "on", "off", "true", "1", "0", "", "Yes", "maybe", "trace", "hires", "auto")
_PRIORITIES = ("emerg", "alert", "crit", "err", "error", "warning", "warn", "notice", "info", "debug", "panic", "none",
               "WARNING", "trace", "3", "", "info # x")  # fmt: skip
_FACILITIES = ("auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp",
               "local0", "local7", "local8", "LOCAL0", "security", "", "daemon # x")  # fmt: skip
_ADDRESSES = ("127.0.0.9", "127.0.0.2 # node2", "fd00::1", "::1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "", "a b",
              "127.0.0.2/8", "127.1", "::ffff:127.0.0.2", "fe80::1%lo", "0x7f.1", "a_b#",
              "127.0.0.2,127.0.0.3")  # fmt: skip

_TABLE: Tuple[Tuple[str, str, Tuple[str, ...]], ...] = (
    (
        "totem",
        "version nodeid netmtu config_version token token_warning token_coefficient token_retransmit "
        "token_retransmits_before_loss_const hold join send_join consensus merge downcheck fail_recv_const "
        "seqno_unchanged_const heartbeat_failures_allowed max_network_delay window_size max_messages miss_count_const "
        "knet_pmtud_interval knet_mtu knet_compression_threshold knet_compression_level threads "
        "rrp_problem_count_timeout",
        _NUMBERS,
    ),
    (
        "totem.interface",
        "linknumber ringnumber mcastport ttl knet_link_priority knet_ping_interval knet_ping_timeout "
        "knet_ping_precision knet_pong_count",
        _NUMBERS,
    ),
    ("nodelist.node", "nodeid quorum_votes", _NUMBERS),
    (
        "quorum",
        "expected_votes votes two_node wait_for_all last_man_standing last_man_standing_window auto_tie_breaker "
        "allow_downscale expected_votes_tracking leaving_timeout cancel_wait_for_all",
        _NUMBERS,
    ),
    ("quorum.device", "timeout sync_timeout votes master_wins", _NUMBERS),
    ("resources", "watchdog_timeout", _NUMBERS),
    ("pload", "count", _NUMBERS),
    ("system", "priority", (*_NUMBERS, "max", "min", "-20")),
    ("logging", "fileline function_name to_stderr to_logfile to_file to_syslog debug timestamp blackbox", _SWITCHES),
    ("logging.logger_subsys", "to_stderr to_logfile to_file to_syslog debug timestamp fileline blackbox", _SWITCHES),
    ("system", "sched_rr move_to_root_cgroup allow_knet_handle_fallback", _SWITCHES),
    ("totem", "secauth clear_node_high_bit block_unlisted_ips cancel_token_hold_on_retransmit", _SWITCHES),
    ("totem.interface", "broadcast", _SWITCHES),
    ("totem", "transport", ("knet", "udpu", "udp", "iba", "sctp", "KNET", "")),
    ("totem", "crypto_cipher", ("none", "aes256", "aes192", "aes128", "3des", "AES256", "")),
    ("totem", "crypto_hash", ("none", "md5", "sha1", "sha256", "sha384", "sha512", "sha224", "")),
    ("totem", "crypto_model", ("nss", "openssl", "none", "NSS", "")),
    ("totem", "link_mode", ("passive", "active", "rr", "none", "Passive", "")),
    ("totem", "ip_version", ("ipv4", "ipv6", "ipv6-4", "ipv4-6", "ip4", "4", "")),
    ("totem", "knet_compression_model", ("none", "zlib", "lz4", "lz4hc", "lzo2", "lzma", "bzip2", "zstd", "gzip", "")),
    ("totem", "ip_dscp crypto_type vsftype", ("0", "64", "af41", "none", "nss", "x")),
    ("totem", "rrp_mode", ("none", "passive", "active", "bad")),
    ("totem", "cluster_name", ("", "a b", "x" * 40)),
    ("totem.interface", "bindnetaddr", _ADDRESSES),
    ("totem.interface", "mcastaddr", (*_ADDRESSES, "239.9.9.9", "ff05::1", "224.0.0.1", "255.255.255.255")),
    ("totem.interface", "knet_transport", ("udp", "sctp", "tcp", "")),
    ("totem.interface.member", "memberaddr", _ADDRESSES),
    ("totem.interface.member", "addr", ("127.0.0.1",)),
    ("nodelist.node", "ring0_addr ring1_addr ring7_addr ring8_addr", (*_ADDRESSES, "127.0.1.1")),
    ("nodelist.node", "ring_addr ring0_address", ("x y",)),
    ("nodelist.node", "name", ("", "x y", HOST, "n2", "n2.example.com", "127.0.0.1")),
    ("quorum", "provider", ("corosync_votequorum", "corosync_ykd", "corosync_quorum_ykd", "votequorum", "none", "")),
    ("quorum", "auto_tie_breaker_node", ("lowest", "highest", "1 2", "3", "x", "")),
    ("quorum.device", "model", ("net", "disk", "")),
    (
        "quorum.device.net",
        "host tls port algorithm tie_breaker",
        ("q", "on", "5403", "70000", "lms", "lowest", "x", ""),
    ),
    ("quorum.device.heuristics", "mode", ("on", "off", "sync", "x")),
    ("logging", "syslog_priority logfile_priority syslog_level", _PRIORITIES),
    ("logging", "syslog_facility", _FACILITIES),
    ("logging", "logfile", ("",)),
    ("logging.logger_subsys", "syslog_priority logfile_priority syslog_level", _PRIORITIES),
    ("logging.logger_subsys", "syslog_facility", _FACILITIES),
    ("logging.logger_subsys", "subsys", ("TOTEM", "foo", "", "a b", "a.b", "x" * 63, "x" * 64, "a#b")),
    ("logging.logging_daemon", "name", ("corosync", "pacemaker", "")),
    ("logging.logging_daemon", "debug", ("on", "maybe")),
    ("system", "qb_ipc_type", ("native", "shm", "socket", "posix", "")),
    ("uidgid", "uid gid", ("root", "0", "")),
    ("uidgid", "user", ("root",)),
    ("resources.system.memory_used", "poll_period", ("1000", "x", "-1", "0")),
    ("resources.process.memory_used", "poll_period", ("1000", "x")),
    ("resources.system.load_15min", "poll_period", ("1000", "x")),
    ("nozzle", "name ipaddr", ("nozzle0", "x")),
    ("foo", "bar a_b", ("x",)),
    ("", "compatibility two_node", ("1", "x")),
)
CHANGES = [
    Change(section, key, value, which)
    for section, keys, values in _TABLE
    for key in keys.split()
    for value in values
    for which in ((0, 1) if section == "nodelist.node" else (0,))
]
UNCHANGED = Change("", "", "")


def files() -> Iterator[File]:
    """Yield the files, the unchanged ones first: all changes of one of them, and each thirtieth of the others."""
    for base, text in BASES.items():
        yield File(base, UNCHANGED, text)
    yield File("interface style", UNCHANGED, INTERFACE_STYLE)
    for number, (base, text) in enumerate({**BASES, "interface style": INTERFACE_STYLE}.items()):
        for change in CHANGES if base == "two links" else CHANGES[number::30]:
            yield File(base, change, changed(text, change))
        lines = text.splitlines(keepends=True)
        for position, line in enumerate(lines):
            if ":" in line:
                yield File(base, Change("without", line.strip(), ""), "".join(lines[:position] + lines[position + 1 :]))


def changed(text: str, change: Change) -> str:
    """Return the file with that setting; the section is made where there is none."""
    lines = text.splitlines()
    starts = [number for number, path, _ in _sections(lines) if path == change.section]
    setting = f"{change.key}: {change.value}"
    if not change.section:
        return f"{setting}\n{text}"
    if not starts:
        return _with_section(text, change)
    start = starts[min(change.which, len(starts) - 1)]
    end = next(end for number, _, end in _sections(lines) if number == start)
    depth = 0
    for number in range(start + 1, end):
        depth += lines[number].endswith("{") - (lines[number] == "}")
        if depth == 0 and lines[number].partition(":")[0] == change.key:
            return "\n".join([*lines[:number], setting, *lines[number + 1 :], ""])
    return "\n".join([*lines[: start + 1], setting, *lines[start + 1 :], ""])


def _with_section(text: str, change: Change) -> str:
    """Return the file with a section that holds the setting, and what else it needs to be one."""
    parent, _, name = change.section.rpartition(".")
    needed = {"logger_subsys": "subsys: QUORUM", "logging_daemon": "name: corosync"}.get(name, "")
    if needed.partition(":")[0] == change.key:
        needed = ""
    block = [f"{name} {{", needed, f"{change.key}: {change.value}", "}"]
    lines = text.splitlines()
    while parent:
        for number, path, _ in _sections(lines):
            if path == parent:
                return "\n".join([*lines[: number + 1], *block, *lines[number + 1 :], ""])
        parent, _, name = parent.rpartition(".")
        block = [f"{name} {{", *block, "}"]
    return "\n".join([*lines, *block, ""])


def _sections(lines: List[str]) -> List[Tuple[int, str, int]]:
    """Return line, path and last line of each section."""
    found: List[Tuple[int, str, int]] = []
    path: List[str] = []
    starts: List[int] = []
    for number, line in enumerate(lines):
        if line.endswith("{"):
            path.append(line[:-1].strip())
            starts.append(number)
        elif line == "}":
            found.append((starts.pop(), ".".join(path), number))
            path.pop()
    return sorted(found)
