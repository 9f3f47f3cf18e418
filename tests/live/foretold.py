"""Foretold = happened: what the scheduler says of the loss of a node, and what is seen once it has lost its power.

``python -m tests.live.foretold [NAME ...]`` does so for every configuration below, or for these, node by node, and
prints the table: about half a minute for each node. Compared is everything that runs: resource, role and node. The same
is foretold by the CIB with what is secret in it masked, as a recording has it.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections import Counter
from typing import Callable, Iterator, List, NamedTuple, Sequence, Tuple

from check_ha.checks.failover.losses import losses_of
from check_ha.checks.failover.situation import Situation
from check_ha.cluster.nodes import lost
from check_ha.cluster.resources import IN_MOTION, plain
from check_ha.model.cluster import Cluster
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crm_simulate import parse_crm_simulate
from check_ha.parsers.errors import ParseError
from check_ha.parsers.quorumtool import parse_quorumtool
from check_ha.sources.masked_cib import masked_cib
from check_ha.sources.tools import DEAD, Question
from tests.lab import Lab, Options
from tests.lab.debian import OWN, PYTHON, REMOTE
from tests.lab.machine import CHECKOUT
from tests.lab.network import PUBLIC, address
from tests.lab.node import Node
from tests.lab.waiting import LabError, wait_until

Places = Counter[Tuple[str, str, str]]
"""Resource, role and node of everything that runs."""

TWO = Options()
ALONE = Options(two_node=False)
THREE = Options(nodes=3)
FENCING = Options(nodes=3, stonith="on")


class Configuration(NamedTuple):
    """One way to set up a cluster."""

    name: str
    options: Options
    prepare: Callable[[Lab], object] = lambda lab: None
    remote: bool = False
    """Whether the machine ``mon`` is a remote node."""


def _constraints(*texts: str) -> Callable[[Lab], None]:
    def prepare(lab: Lab) -> None:
        for text in texts:
            lab.admin("cibadmin", "--create", "--scope=constraints", "--xml-text", text)

    return prepare


def _meta(resource: str, **values: str) -> Callable[[Lab], None]:
    def prepare(lab: Lab) -> None:
        for name, value in values.items():
            option = ("--meta", "--parameter-value", value)
            lab.admin("crm_resource", "--resource", resource, "--set-parameter", name.replace("_", "-"), *option)

    return prepare


def _default(name: str, value: str) -> Callable[[Lab], None]:
    def prepare(lab: Lab) -> None:
        lab.admin("crm_attribute", "--type", "rsc_defaults", "--name", name, "--update", value)

    return prepare


def _properties(**values: str) -> Callable[[Lab], None]:
    def prepare(lab: Lab) -> None:
        for name, value in values.items():
            lab.set_property(name.replace("_", "-"), value)

    return prepare


def _both(*steps: Callable[[Lab], object]) -> Callable[[Lab], None]:
    def prepare(lab: Lab) -> None:
        for step in steps:
            step(lab)

    return prepare


def _utilization(lab: Lab) -> None:
    for node in lab.options.names:
        lab.admin("crm_attribute", "--node", node, "--utilization", "--name", "memory", "--update", "2")
    for resource in ("p_single", "p_app", "p_vip"):
        option = ("--utilization", "--parameter-value", "1")
        lab.admin("crm_resource", "--resource", resource, "--set-parameter", "memory", *option)
    lab.set_property("placement-strategy", "balanced")


def _failed_on_node3(lab: Lab) -> None:
    lab.admin("crm_failcount", "--resource", "p_single", "--node", "node3", "--delete")
    _meta("p_single", migration_threshold="1")(lab)
    name = "fail-count-p_single#monitor_2000"
    lab.admin("attrd_updater", "--node", "node3", "--name", name, "--update", "3")
    name = "last-failure-p_single#monitor_2000"
    lab.admin("attrd_updater", "--node", "node3", "--name", name, "--update", str(int(time.time())))


def _opt_in(lab: Lab) -> None:
    allowed = {"p_single": ("node2", "node3"), "cl_ping": lab.options.names, "ms_db": lab.options.names,
               "g_web": ("node1", "node3")}  # fmt: skip
    texts = [
        f'<rsc_location id="in_{name}_{node}" rsc="{name}" score="{10 - number}" node="{node}"/>'
        for name, nodes in allowed.items()
        for number, node in enumerate(nodes)
    ]
    _constraints(*texts)(lab)
    lab.set_property("symmetric-cluster", "false")


def _ban(resource: str, node: str, score: str = "-INFINITY", more: str = "") -> str:
    return f'<rsc_location id="b_{resource}_{node}" rsc="{resource}" score="{score}" node="{node}"{more}/>'


def _remote(lab: Lab) -> None:
    """Make ``mon`` a remote node, which p_single prefers."""
    key = secrets.token_hex(64)
    for machine in (*lab.nodes.values(), lab.mon):
        machine.write("/etc/pacemaker/authkey", key, mode="640", owner="root:haclient")
    lab.mon.spawn(remoted())
    connection = _CONNECTION.format(address(PUBLIC, lab.mon.number))
    lab.admin("cibadmin", "--create", "--scope=resources", "--xml-text", connection)
    _constraints('<rsc_location id="l_remote" rsc="p_single" score="100" node="mon"/>')(lab)


def _fenced_remote(lab: Lab) -> None:
    device = (
        '<primitive id="st_mon" class="stonith" type="fence_lab"><instance_attributes id="st_mon-a">'
        '<nvpair id="st_mon-hosts" name="pcmk_host_list" value="mon"/></instance_attributes></primitive>'
    )
    lab.admin("cibadmin", "--create", "--scope=resources", "--xml-text", device)
    lab.set_property("stonith-action", "off")
    _remote(lab)


def remoted() -> str:
    """Return the path of pacemaker-remoted, whose package and that of pacemaker exclude each other."""
    if not OWN:
        return f"{REMOTE}/usr/sbin/pacemaker-remoted"
    place = CHECKOUT / "build" / "pacemaker-remote"
    if not place.exists():
        place.mkdir(parents=True)
        subprocess.run(["apt-get", "download", "pacemaker-remote"], cwd=place, check=True, capture_output=True)
        (package,) = place.glob("*.deb")
        subprocess.run(["dpkg", "-x", str(package), str(place)], check=True)
    return str(place / "usr/sbin/pacemaker-remoted")


_CONNECTION = (
    '<primitive id="mon" class="ocf" provider="pacemaker" type="remote"><instance_attributes id="mon-a">'
    '<nvpair id="mon-a-server" name="server" value="{}"/></instance_attributes>'
    '<operations><op id="mon-monitor" name="monitor" interval="2s"/></operations></primitive>'
)

CONFIGURATIONS = (
    Configuration("two nodes", TWO),
    Configuration("two nodes, peer in standby", TWO, lambda lab: lab.admin("crm_standby", "-N", "node2", "-v", "on")),
    Configuration("two nodes without two_node", ALONE),
    Configuration("two nodes, quorum ignored", ALONE, _properties(no_quorum_policy="ignore")),
    Configuration("two nodes, frozen without quorum", ALONE, _properties(no_quorum_policy="freeze")),
    Configuration("two nodes, quorum device", Options(qdevice=True)),
    Configuration("three nodes", THREE),
    Configuration("fencing", FENCING, _properties(stonith_action="off")),
    Configuration(
        "ban left by a move", THREE,
        lambda lab: lab.admin("crm_resource", "--ban", "--resource", "g_web", "--node", "node2"),
    ),
    Configuration(
        "preference left by a move", THREE,
        lambda lab: lab.admin("crm_resource", "--move", "--resource", "g_web", "--node", "node3"),
    ),
    Configuration("location -INFINITY", THREE, _constraints(_ban("p_single", "node1"), _ban("p_single", "node3"))),
    Configuration(
        "colocation and order", THREE,
        _constraints(
            '<rsc_colocation id="c1" rsc="p_single" with-rsc="g_web" score="INFINITY"/>',
            '<rsc_order id="o1" first="g_web" then="p_single" kind="Mandatory"/>',
            '<rsc_colocation id="c2" rsc="g_web" with-rsc="ms_db" with-rsc-role="Promoted" score="INFINITY"/>',
        ),
    ),
    Configuration("stickiness", THREE, _default("resource-stickiness", "200")),
    Configuration("promoted-max 2", THREE, _meta("ms_db", promoted_max="2")),
    Configuration("clone-max 2", THREE, _both(_meta("cl_ping", clone_max="2"), _meta("ms_db", clone_max="2"))),
    Configuration("utilization", THREE, _utilization),
    Configuration("migration-threshold reached", THREE, _failed_on_node3),
    Configuration("opt-in", THREE, _opt_in),
    Configuration(
        "resource-discovery exclusive", THREE,
        _constraints(*(_ban("p_single", node, "5", ' resource-discovery="exclusive"') for node in ("node2", "node3"))),
    ),
    Configuration(
        "ticket", THREE,
        _both(
            _constraints('<rsc_ticket id="t1" ticket="T" rsc="p_single" loss-policy="stop"/>'),
            lambda lab: lab.admin("crm_ticket", "--ticket", "T", "--grant", "--force"),
        ),
    ),
    Configuration("maintenance-mode", THREE, _properties(maintenance_mode="true")),
    Configuration("remote node", FENCING, _fenced_remote, remote=True),
    Configuration("remote node, no fencing", THREE, _remote, remote=True),
)  # fmt: skip


_ASK = """
import sys
sys.path.insert(0, sys.argv[1])
from check_ha.sources.node import ThisNode
from check_ha.sources.tools import Question
question = eval(sys.argv[2])
sys.stdout.buffer.write(ThisNode().simulate(sys.stdin.buffer.read(), [question])[question.tool].stdout)
"""


def places(cluster: Cluster) -> Places:
    """Return what runs where, but for nodes that are lost."""
    gone = {node.name for node in cluster.nodes if lost(node)}
    return Counter(
        (plain(placed.primitive.id), placed.primitive.role, node)
        for placed in cluster.primitives()
        if placed.primitive.active
        for node in placed.primitive.nodes
        if node not in gone
    )


def seen(node: Node) -> Cluster:
    """Return the cluster by crm_mon; LabError where Pacemaker is not ready yet."""
    try:
        return parse_crm_mon(node.must("crm_mon", "--output-as=xml", "--inactive", timeout=10).encode())
    except ParseError as error:
        raise LabError(str(error)) from error


def settled(lab: Lab, up: Sequence[str]) -> Cluster:
    """Wait until these nodes are all there is, nothing is to be done any more and nothing changes."""
    before: List[Tuple[Places, float]] = []

    def quiet() -> Cluster:
        cluster = seen(lab[up[0]])
        online = [node.name for node in cluster.nodes if node.online and not node.pending]
        assert online == sorted(up), f"online: {online}"
        assert not [node.name for node in cluster.nodes if node.unclean and cluster.with_quorum], "unclean"
        assert cluster.dc, "no DC"
        assert "S_IDLE" in lab[up[0]].must("crmadmin", "-S", cluster.dc.name, timeout=10), "at work"
        moving = [one.primitive.id for one in cluster.primitives() if one.primitive.role in IN_MOTION]
        assert not moving, f"in motion: {moving}"
        now = places(cluster)
        if not before or before[-1][0] != now:
            before.append((now, time.monotonic()))
        assert time.monotonic() - before[-1][1] > 3, "it may still change"
        return cluster

    return wait_until(quiet, 90, f"{', '.join(up)} have settled")


def answered(node: Node, cib: bytes, question: Question) -> bytes:
    """Return what the scheduler of this node answers, whose version may be another than that of this machine."""
    done = node.run([PYTHON, "-c", _ASK, str(CHECKOUT), repr(question)], stdin=cib.decode())
    assert done.returncode == 0, done.stderr
    return done.stdout.encode()


def foretold(lab: Lab, at: str, victim: str) -> Tuple[Places, Places]:
    """Return what is foretold of the loss of that node: by the CIB, and by the CIB without secrets."""
    node = lab[at]
    cib = node.must("cibadmin", "-Q").encode()
    quorum = parse_quorumtool(node.run(["corosync-quorumtool", "-s"]).stdout.encode())
    cmap = parse_cmapctl(node.must("corosync-cmapctl").encode())
    situation = Situation(seen(node), parse_cib(cib), quorum, cmap, time.time())
    question = situation.question(((victim, DEAD),))

    def answer(document: bytes) -> Places:
        outcome = parse_crm_simulate(answered(node, document, question))
        lost = {one.id for one in losses_of(situation, question, outcome).lost}
        found = places(situation.cluster._replace(nodes=outcome.nodes, resources=outcome.resources))
        return Counter({place: number for place, number in found.items() if place[0] not in lost})

    return answer(cib), answer(masked_cib(cib))


class Compared(NamedTuple):
    """What was foretold of one loss, and what happened."""

    configuration: str
    victim: str
    foretold: Places
    happened: Places
    masked: bool
    """Whether the same is foretold by the CIB without secrets."""

    @property
    def difference(self) -> str:
        """Empty where both are equal."""
        wrong, right = self.foretold - self.happened, self.happened - self.foretold
        return f"foretold {sorted(wrong)}, happened {sorted(right)}" if wrong or right else ""


def compared(lab: Lab, one: Configuration) -> Iterator[Compared]:
    """Yield what comes of the loss of each node in turn; each is back before the next one goes."""
    names = [*lab.options.names, *(["mon"] if one.remote else [])]
    one.prepare(lab)
    settled(lab, names)
    for victim in names:
        left = [name for name in names if name != victim]
        before, masked = foretold(lab, left[0], victim)
        lab.machine(victim).power_cut()
        yield Compared(one.name, victim, before, places(settled(lab, left)), masked == before)
        lab.machine(victim).boot()
        if victim in lab.nodes:
            lab[victim].start()
        else:
            lab.mon.spawn(remoted())
            lab.admin("crm_resource", "--cleanup")
        settled(lab, [*left, victim])


def main(only: Sequence[str]) -> int:
    """Print the table; 1 where something differs."""
    differing = hidden = total = 0
    chosen = [one for one in CONFIGURATIONS if not only or one.name in only]
    for options in dict.fromkeys(one.options for one in chosen):
        for one in (each for each in chosen if each.options == options):
            with Lab(options) as lab:
                for found in compared(lab, one):
                    total += 1
                    differing += bool(found.difference)
                    hidden += not found.masked
                    number = sum(found.happened.values())
                    word = f"DIFFERENT: {found.difference}" if found.difference else f"equal, {number} instances"
                    more = "" if found.masked else "; by the masked CIB another one"
                    print(f"{one.name:<34} {found.victim}  {word}{more}", flush=True)
    print(
        f"{len(chosen)} configurations, {total} losses, {total - differing} equal, {total - hidden} by the masked CIB"
    )
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
