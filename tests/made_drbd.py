"""Clusters with DRBD, whose kernel module no machine of the project has: what its tools print, beside a real cluster.

``python -m tests.made_drbd`` writes tests/recordings/drbd anew. Each scenario is a recording of a real cluster of two
whose promotable clone was given the agent of DRBD (``ms_db`` is ``ms_r0``), and the outputs of DRBD from
tests/parsers/data/drbd, of which the NOTE.txt there says how they were made.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.tools import (
    ALL,
    CIBADMIN,
    CRM_MON,
    CRM_NODE,
    DRBD_MODULE,
    DRBD_NAMES,
    DRBD_STATUS,
    MISSING,
    Output,
    Tool,
)
from tests.replay import RECORDINGS, SAMPLES

MADE = RECORDINGS / "drbd"
DATA = RECORDINGS.parent / "parsers" / "data" / "drbd"
FENCE = (
    '<rsc_location id="drbd-fence-by-handler-r0-ms_r0" rsc="ms_r0"><rule role="Promoted" score="-INFINITY" '
    'id="drbd-fence-by-handler-r0-rule-ms_r0"><expression attribute="#uname" operation="ne" value="node1" '
    'id="drbd-fence-by-handler-r0-expr-ms_r0"/></rule></rsc_location>'
)
"""As crm-fence-peer.9.sh writes it on node1."""
HERE_ONLY = (CRM_MON, CIBADMIN, CRM_NODE)
"""What is recorded where only this check is of interest."""


class Scenario(NamedTuple):
    """A recorded cluster, and what DRBD says on its nodes."""

    name: str
    note: str
    nodes: Tuple[Tuple[str, str, str], ...]
    """Node, what /proc/drbd holds (empty: the module is not loaded), and what drbdsetup or find prints."""
    base: str = "healthy-2node"
    tools: Tuple[Tool, ...] = HERE_ONLY
    fenced: bool = False


SCENARIOS = (
    Scenario(
        "healthy", "DRBD 9: r0 is Primary on node1, connected and up to date",
        (("node1", "proc-9.2.txt", "9.22-healthy-node1.json"), ("node2", "proc-9.2.txt", "9.22-healthy-node2.json")),
        tools=ALL,
    ),
    Scenario(
        "split-brain", "DRBD 9 after a split brain: both nodes are StandAlone, and the cluster is whole again",
        (
            ("node1", "proc-9.2.txt", "9.22-standalone-node1.json"),
            ("node2", "proc-9.2.txt", "9.22-standalone-node2.json"),
        ),
        tools=ALL,
    ),
    Scenario("resync-8.4", "DRBD 8.4: r0 is synchronised to node2, and r1 is well",
             (("node1", "proc-8.4-resync.txt", "r0/0 ../../../drbd0\nr1/0 ../../../drbd2\n"),)),
    Scenario("standalone-8.4", "DRBD 8.4: node1 is StandAlone",
             (("node1", "proc-8.4-standalone.txt", "r0 ../../drbd0\n"),)),
    Scenario("resync", "DRBD 9: the first of two volumes is synchronised from node1",
             (("node2", "proc-9.2.txt", "9.34-resync-node2.json"),)),
    Scenario("diskless", "DRBD 9: the disk of node1 is gone, and all I/O goes to node2",
             (("node1", "proc-9.2.txt", "9.22-diskless-node1.json"),)),
    Scenario("primary-elsewhere", "somebody has made node2 Primary, where Pacemaker has promoted node1",
             (("node2", "proc-9.2.txt", "9.22-primary-node2.json"),)),
    Scenario("fence-left", "all is up to date, and the constraint of the fence-peer handler was left behind",
             (("node1", "proc-9.2.txt", "9.22-healthy-node1.json"),), fenced=True),
    Scenario("peer-standby", "node2 is in standby: DRBD is not connected, and the fence-peer handler has fenced it",
             (("node1", "proc-9.2.txt", "9.22-away-node1.json"),), base="node-standby", fenced=True),
    Scenario("quorum-lost", "node1 reaches neither node2 nor the witness: DRBD has no quorum, and I/O is suspended",
             (("node1", "proc-9.2.txt", "9.22-quorum-node1.json"),)),
    Scenario("not-loaded", "Pacemaker has r0 promoted on node1, and the kernel module is not loaded",
             (("node1", "", ""),)),
)  # fmt: skip


def of_drbd(text: bytes, agent: bool) -> bytes:
    """Return the document with the promotable clone as one of DRBD; ``agent``: as crm_mon writes it."""
    text = re.sub(rb"\bms_db\b", b"ms_r0", re.sub(rb"\b(master-)?p_db\b", rb"\1p_r0", text))
    if agent:
        return text.replace(b"ocf:pacemaker:Stateful", b"ocf:linbit:drbd")
    head = b'<primitive id="p_r0" class="ocf" provider="'
    parameter = (
        b'<instance_attributes id="p_r0-attributes"><nvpair id="p_r0-drbd_resource" name="drbd_resource" value="r0"/>'
        b"</instance_attributes>"
    )
    text = text.replace(head + b'pacemaker" type="Stateful">', head + b'linbit" type="drbd">' + parameter)
    return text.replace(b'provider="pacemaker" type="Stateful"', b'provider="linbit" type="drbd"').replace(
        b'type="Stateful" class="ocf" provider="pacemaker"', b'type="drbd" class="ocf" provider="linbit"'
    )


def outputs_of(scenario: Scenario, node: str, module: str, answer: str) -> List[Output]:
    """Return what is to be recorded of one node."""
    source = Recording(str(SAMPLES / scenario.base / node))
    outputs: Dict[Tool, Output] = source.collect(scenario.tools)
    for tool in (CRM_MON, CIBADMIN):
        outputs[tool] = outputs[tool]._replace(stdout=of_drbd(outputs[tool].stdout, tool is CRM_MON))
    if scenario.fenced:
        cib = outputs[CIBADMIN]
        fence = FENCE.encode() + b"</constraints>"
        outputs[CIBADMIN] = cib._replace(stdout=cib.stdout.replace(b"</constraints>", fence))
    told = Output(DRBD_MODULE, DRBD_MODULE.argv, 0, b"", "", 0.0, limit=8.0, user="root")
    if module:
        outputs[DRBD_MODULE] = told._replace(stdout=(DATA / module).read_bytes())
        by_name = "\n" in answer
        asked = DRBD_NAMES if by_name else DRBD_STATUS
        stdout = answer.encode() if by_name else (DATA / answer).read_bytes()
        outputs[asked] = told._replace(tool=asked, argv=asked.argv, stdout=stdout)
    else:
        stderr = "/usr/bin/cat: /proc/drbd: No such file or directory\n"
        outputs[DRBD_MODULE] = told._replace(status=1, stderr=stderr)
    return [one for one in outputs.values() if one.fault != MISSING]


def make(scenario: Scenario, root: Path = MADE) -> None:
    """Write its recorded directories."""
    for node, module, answer in scenario.nodes:
        directory = root / scenario.name / node
        shutil.rmtree(directory, ignore_errors=True)
        now = Recording(str(SAMPLES / scenario.base / node)).now
        write_recording(str(directory), node, now, outputs_of(scenario, node, module, answer))
    (root / scenario.name / "NOTE.txt").write_text(scenario.note + "\n", encoding="utf-8")


def main() -> None:
    for scenario in SCENARIOS:
        make(scenario)


if __name__ == "__main__":
    main()
