"""What the other tools say of the clusters of ``tests.generate`` on their node1, and a recorded directory of it all.

``python -m tests.generate_node DIR`` writes DIR: 64 nodes, 10,000 resources.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Dict, Iterable, List

from check_ha.sources.recording import write_recording
from check_ha.sources.tools import (
    CFGTOOL,
    CFGTOOL_NODES,
    CIBADMIN,
    CMAPCTL,
    CMAPCTL_STATS,
    COROSYNC_CONF,
    COROSYNC_FILES,
    COROSYNC_VERSION,
    CRM_MON,
    CRM_NODE,
    CRM_VERIFY,
    CRMADMIN,
    IP_ADDR,
    PS,
    QUORUMTOOL,
    Output,
    Tool,
)
from tests.generate import NOW, Big, address, cib, crm_mon

LINKS = ("198.51.100", "203.0.113")
_COUNTERS = "rx_data_bytes rx_data_packets rx_ping_bytes rx_ping_packets rx_pmtu_bytes rx_pmtu_packets rx_pong_bytes " \
    "rx_pong_packets rx_total_bytes rx_total_packets rx_total_retries tx_data_bytes tx_data_errors tx_data_packets " \
    "tx_data_retries tx_ping_bytes tx_ping_errors tx_ping_packets tx_ping_retries tx_pmtu_bytes tx_pmtu_errors " \
    "tx_pmtu_packets tx_pmtu_retries tx_pong_bytes tx_pong_errors tx_pong_packets tx_pong_retries tx_total_bytes " \
    "tx_total_errors tx_total_packets"  # fmt: skip
_DAEMONS = {"based": "haclust+", "fenced": "root", "execd": "root", "attrd": "haclust+", "schedulerd": "haclust+",
            "controld": "haclust+"}  # fmt: skip


def write(big: Big, directory: Path) -> None:
    """The recorded directory of node1."""
    texts = outputs(big)
    made = [Output(tool, tool.argv, 0, data, "", 0.1, None, 8.0, "root") for tool, data in texts.items()]
    write_recording(str(directory), "node1", float(NOW), made)


def outputs(big: Big) -> Dict[Tool, bytes]:
    texts = {
        CFGTOOL: _link_status(big),
        CFGTOOL_NODES: _reachable(big),
        CMAPCTL: _map(big),
        CMAPCTL_STATS: _statistics(big),
        QUORUMTOOL: _quorum(big),
        IP_ADDR: [json.dumps(_interfaces(big))],
        CRM_NODE: ["node1"],
        CRM_VERIFY: [],
        CRMADMIN: ['<pacemaker-result api-version="2.25" request="crmadmin --pacemakerd --output-as=xml">'
                   '<pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:07:07Z"/>'
                   '<status code="0" message="OK"/></pacemaker-result>'],
        PS: _processes(),
        COROSYNC_VERSION: ["corosync-quorumtool version: 3.1.7"],
        COROSYNC_CONF: _conf(big),
        COROSYNC_FILES: ["/etc/corosync 0 0 755 root root directory",
                         "/etc/corosync/corosync.conf 0 0 644 root root regular file",
                         "/etc/corosync/authkey 0 0 400 root root regular file"],
    }  # fmt: skip
    data = {tool: "".join(f"{line}\n" for line in lines).encode() for tool, lines in texts.items()}
    return {CRM_MON: crm_mon(big), CIBADMIN: cib(big), **data}


def _link_status(big: Big) -> List[str]:
    lines = ["Local node ID 1, transport knet"]
    for link, network in enumerate(LINKS):
        lines += [f"LINK ID {link} udp", f"\taddr\t= {network}.1", "\tstatus:"]
        for number in range(1, big.nodes + 1):
            state = "localhost" if number == 1 else "disconnected" if number == big.dead else "connected"
            lines.append(f"\t\tnodeid: {number:10}:\t{state}")
    return lines


def _reachable(big: Big) -> List[str]:
    lines = ["Local node ID 1, transport knet"]
    for number in range(2, big.nodes + 1):
        if number != big.dead:
            lines.append(f"nodeid: {number} reachable")
            lines += [f"   LINK: {link} udp ({network}.1->{network}.{number}) enabled connected mtu: 1397"
                      for link, network in enumerate(LINKS)]  # fmt: skip
            lines.append("")
    return lines


def _map(big: Big) -> List[str]:
    lines = ["nodelist.local_node_pos (u32) = 0"]
    for number, name in enumerate(big.names, 1):
        node = f"nodelist.node.{number - 1}"
        lines += [f"{node}.name (str) = {name}", f"{node}.nodeid (u32) = {number}"]
        lines += [f"{node}.ring{link}_addr (str) = {network}.{number}" for link, network in enumerate(LINKS)]
    lines.append("quorum.provider (str) = corosync_votequorum")
    for number in range(1, big.nodes + 1):
        member = f"runtime.members.{number}"
        addresses = " ".join(f"r({link}) ip({network}.{number})" for link, network in enumerate(LINKS))
        lines += [f"{member}.config_version (u64) = 0", f"{member}.ip (str) = {addresses} ",
                  f"{member}.join_count (u32) = 1",
                  f"{member}.status (str) = {'left' if number == big.dead else 'joined'}"]  # fmt: skip
    return [
        *lines,
        "runtime.votequorum.this_node_id (u32) = 1",
        "runtime.votequorum.two_node (u8) = 0",
        "totem.cluster_name (str) = big",
        "totem.crypto_cipher (str) = aes256",
        "totem.crypto_hash (str) = sha256",
        "totem.transport (str) = knet",
        "totem.version (u32) = 2",
    ]


def _statistics(big: Big) -> List[str]:
    lines = []
    for number in range(1, big.nodes + 1):
        for link in range(len(LINKS) if number > 1 else 1):
            up = int(number != big.dead)
            values = {"connected (u8)": up, "down_count (u32)": 1 + (not up), "enabled (u8)": 1,
                      "latency_ave (u32)": 352, "latency_max (u32)": 800, "latency_min (u32)": 222,
                      "latency_samples (u32)": 21, "mtu (u32)": 1397}  # fmt: skip
            values.update((f"{name} (u64)", 4711) for name in _COUNTERS.split())
            lines += [f"stats.knet.node{number}.link{link}.{key} = {value}" for key, value in values.items()]
    lines += ["stats.srp.firewall_enabled_or_nic_failure (u8) = 0", "stats.srp.mcast_retx (u64) = 0"]
    return lines


def _quorum(big: Big) -> List[str]:
    votes = big.nodes - bool(big.dead)
    return [
        "Quorum information",
        "------------------",
        "Date:             Mon Nov 23 04:07:07 2026",
        "Quorum provider:  corosync_votequorum",
        f"Nodes:            {votes}",
        "Node ID:          1",
        "Ring ID:          1.d",
        "Quorate:          Yes",
        "",
        "Votequorum information",
        "----------------------",
        f"Expected votes:   {big.nodes}",
        f"Highest expected: {big.nodes}",
        f"Total votes:      {votes}",
        f"Quorum:           {big.nodes // 2 + 1}  ",
        "Flags:            Quorate ",
        "",
        "Membership information",
        "----------------------",
        "    Nodeid      Votes Name",
        *(f"{number:10}          1 {name}{' (local)' if number == 1 else ''}"
          for number, name in enumerate(big.names, 1) if number != big.dead),
    ]  # fmt: skip


def _interfaces(big: Big) -> List[object]:
    """Those of node1, with the virtual IPs that run there."""
    carried = [address(group) for group in range(0, big.groups, big.nodes)]
    names = {
        "lo": ["127.0.0.1"],
        "pub0": ["10.15.0.1", *carried],
        "ring0": [f"{LINKS[0]}.1"],
        "ring1": [f"{LINKS[1]}.1"],
    }
    return [
        {"ifindex": number, "ifname": name, "flags": ["UP", "LOWER_UP"], "mtu": 1500, "operstate": "UP",
         "addr_info": [_carried(one, name) for one in addresses]}
        for number, (name, addresses) in enumerate(names.items(), 1)
    ]  # fmt: skip


def _carried(one: str, label: str) -> Dict[str, object]:
    return {"family": "inet", "local": one, "prefixlen": 32, "scope": "global", "label": label}


def _processes() -> Iterable[str]:
    yield "    PID    PPID STAT USER     COMMAND"
    yield "      1       0 Ss   root     /sbin/init"
    yield "     74       1 Ssl  root     corosync -f"
    yield "     86       1 Ss   root     pacemakerd"
    for pid, (name, user) in enumerate(_DAEMONS.items(), 87):
        yield f"{pid:7}      86 Ss   {user:8} /usr/lib/pacemaker/pacemaker-{name}"
    for pid in range(1000, 2000):
        yield f"{pid:7}       1 S    www-data /usr/sbin/apache2 -k start"


def _conf(big: Big) -> List[str]:
    lines = ["totem {", "    version: 2", "    cluster_name: big", "    transport: knet", "    crypto_cipher: aes256",
             "    crypto_hash: sha256", "}", "nodelist {"]  # fmt: skip
    for number, name in enumerate(big.names, 1):
        rings = [f"        ring{link}_addr: {network}.{number}" for link, network in enumerate(LINKS)]
        lines += ["    node {", f"        name: {name}", f"        nodeid: {number}", *rings, "    }"]
    return [*lines, "}", "quorum {", "    provider: corosync_votequorum", "}"]


if __name__ == "__main__":
    write(Big(), Path(sys.argv[1]))
