"""What the checks cost on a node of a live cluster, as NRPE's user through sudo, beside the bare tools.

``make bench`` prints it where a cluster can be started (root, Debian packages of ``.ci/run``). Each line is CPU, user
and system with all children, of the commands of one round: of each the least that it took in several, in turn on one
node. What the daemons do to answer is not in it.

The ten checks are those of NRPE's file, with the options that it gives them. What the first of a round has asked may
serve the others of it, for that is what happens within a minute; nothing is carried over from round to round but what
check_ha_collect keeps for longer.
"""

from __future__ import annotations

import json
import shlex
import sys
from typing import Dict, List

from check_ha.node_setup.nrpe import command_file
from tests.bench import ALONE
from tests.lab import Lab, Options, missing
from tests.lab.node import Node
from tests.live.verdict import install
from tests.replay import always

ROUNDS = 10
FOLDER = "/usr/local/bin"
SUDOERS = "/etc/sudoers.d/bench"
BARE = "import nagiosplugin, lxml.etree, argparse, subprocess"
RUNNER = """
import json, os, pwd, resource, subprocess, sys
rounds, kinds, environment = json.load(sys.stdin)
least = {}
user = pwd.getpwnam("nagios")
for _ in range(rounds):
    for name, (root, commands) in kinds.items():
        subprocess.run("rm -f /run/check_ha/*.stream", shell=True)
        who = {} if root else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        for place, argv in enumerate(commands):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **who)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode == 3 or done.stderr:
                sys.exit(f"{argv}: {done.stdout} {done.stderr}")
            cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            least[name, place] = min(least.get((name, place), cpu), cpu)
print(json.dumps({kind: sum(cpu for (name, _), cpu in least.items() if name == kind) for kind in kinds}))
"""

Kinds = Dict[str, object]


def kinds() -> Kinds:
    """What is measured: whether as root, and the command lines."""
    lines = command_file(FOLDER).splitlines()
    shipped = dict(line[len("command[") :].split("]=", 1) for line in lines if line.startswith("command["))
    ten = [shlex.split(shipped[f"check_ha_{name}"]) for name in always()]
    fresh = [argv[: argv.index("--sudo") + 1] for argv in ten]
    bare: List[str] = [sys.executable, "-c", BARE]
    crm_mon, cfgtool = ["crm_mon", "-1rf"], ["corosync-cfgtool", "-s"]
    return {
        "sudo crm_mon, sudo corosync-cfgtool": (False, [["sudo", "-n", *crm_mon], ["sudo", "-n", *cfgtool]]),
        "the bare interpreter with the libraries": (False, [bare]),
        "check_ha as root": (True, [[f"{FOLDER}/check_ha"]]),
        "check_ha --sudo": (False, [[f"{FOLDER}/check_ha", "--sudo"]]),
        "check_ha_view --sudo": (False, [[f"{FOLDER}/check_ha_view", "--sudo"]]),
        "ten checks --sudo, each asks": (False, fresh),
        "ten checks as in NRPE's file": (False, ten),
        "ten bare interpreters": (False, [bare] * len(ten)),
    }


def prepare(lab: Lab) -> Node:
    """Return a node on which NRPE's user may run check_ha_collect, and the two bare tools."""
    install(lab)
    node = lab.nodes["node1"]
    node.must("check_ha_setup", "--commands", FOLDER, "--no-nrpe", "--yes")
    tools = "ALL=(root) NOPASSWD: /usr/sbin/crm_mon -1rf, /usr/sbin/corosync-cfgtool -s"
    node.write(SUDOERS, f"nagios {tools}\n", mode="440")
    # what Python compiles is there for every user, as where a package has put it
    for name in ("", "_view", *(f"_{name}" for name in always())):
        for more in ((), ("--sudo",), ("--sudo", "--max-age-of-data", "20")):
            node.run([f"{FOLDER}/check_ha{name}", *more])
    node.must("chmod", "-R", "a+rX", "/run/lab/compiled")
    return node


def measure(node: Node, rounds: int = ROUNDS) -> Dict[str, float]:
    """Return CPU seconds of one round of each kind."""
    asked = json.dumps((rounds, kinds(), ALONE))
    done = node.run([sys.executable, "-c", RUNNER], stdin=asked, timeout=60 + 60 * rounds)
    assert done.returncode == 0, done.stderr
    found: Dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print it, or what it lacks here."""
    lacking = missing()
    if lacking:
        print(f"\non a live cluster: not measured. {' '.join(lacking)}")
        return
    with Lab(Options(nodes=3, stonith="on")) as lab:
        cpu = measure(prepare(lab))
    print(f"\n{'on a live cluster of three nodes':<42}{'CPU ms':>8}")
    for name, seconds in cpu.items():
        print(f"{name:<42}{seconds * 1000:8.0f}")
    tools, root, ten = cpu["sudo crm_mon, sudo corosync-cfgtool"], cpu["check_ha as root"], cpu["ten bare interpreters"]
    print(f"check_ha --sudo is {cpu['check_ha --sudo'] / tools:.2f} times the two tools,", end=" ")
    print(f"{cpu['check_ha --sudo'] / root:.2f} times check_ha as root")
    for name in [name for name in cpu if name.startswith("ten checks")]:
        print(f"{name}: {cpu[name] / ten:.2f} times ten bare interpreters")


if __name__ == "__main__":
    main()
