"""What a lab can be, and the corosync.conf that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Mapping, Optional

from .network import PUBLIC, RINGS, address

QNETD = 20  # its number on the public network
MONITOR = 10


@dataclass(frozen=True)
class Options:
    """How to build a lab. Two labs with equal options are alike."""

    nodes: int = 2
    links: int = 2
    transport: Literal["knet", "udpu", "udp"] = "knet"
    two_node: Optional[bool] = None  # None: as an admin would, on for two nodes without a quorum device
    qdevice: bool = False
    stonith: Literal["off", "on", "no-device"] = "off"
    no_quorum_policy: str = "stop"
    migration_threshold: Optional[int] = None
    vip_monitor: str = "60s"  # so slow that a check can see a missing address before the cluster has
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)  # further cluster properties

    def __post_init__(self) -> None:
        if self.transport != "knet" and self.links != 1:
            raise ValueError(f"{self.transport} has one link only")

    @property
    def rings(self) -> tuple[str, ...]:
        """Return the networks that corosync uses."""
        return RINGS[: self.links]

    @property
    def names(self) -> list[str]:
        """Return the names of the nodes."""
        return [f"node{number}" for number in range(1, self.nodes + 1)]


def corosync_conf(options: Options) -> str:
    """Return corosync.conf, the same on every node."""
    crypto = "    crypto_cipher: aes256\n    crypto_hash: sha256\n" if options.transport == "knet" else ""
    return f"""\
totem {{
    version: 2
    cluster_name: lab
    transport: {options.transport}
    token: 1000
{crypto}}}
nodelist {{
{"".join(_node(options, number) for number in range(1, options.nodes + 1))}}}
quorum {{
    provider: corosync_votequorum
{_quorum(options)}}}
logging {{
    to_logfile: yes
    logfile: /var/log/corosync/corosync.log
    to_syslog: no
    timestamp: on
}}
system {{
    sched_rr: no
    move_to_root_cgroup: no
}}
"""


def _node(options: Options, number: int) -> str:
    rings = "".join(f"        {ring}_addr: {address(ring, number)}\n" for ring in options.rings)
    return f"    node {{\n        name: node{number}\n        nodeid: {number}\n{rings}    }}\n"


def _quorum(options: Options) -> str:
    if options.qdevice:
        return f"""\
    device {{
        model: net
        votes: 1
        timeout: 3000
        sync_timeout: 6000
        net {{
            tls: off
            host: {address(PUBLIC, QNETD)}
            algorithm: ffsplit
        }}
    }}
"""
    two_node = options.nodes == 2 if options.two_node is None else options.two_node
    return "    two_node: 1\n" if two_node else ""
