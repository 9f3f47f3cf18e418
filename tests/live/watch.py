"""A lab under the eyes of all checks: run them, compare with what is expected, and with a recording judged again."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator, Sequence

from check_ha.cli.register import check_named
from tests.lab import Lab, Options
from tests.lab.machine import Machine
from tests.lab.node import Node
from tests.replay import always, replay, replay_all

from .fault import MON, Fault
from .verdict import STATES, TIMEOUT, Verdict, install, judge_all, lasting, left_behind

Round = dict[str, dict[str, Verdict]]
"""What was said, by machine and check."""

_HEALTHY = Fault("nothing", Options(), lambda lab: None, ())
_ASK = "lab-ssh {node} check_ha_view -t 2.5"  # the machine under the lab is busy, and the comparison waits for 4 s


class Watch:
    """Runs the checks of one lab, with what makes them OK while it is healthy: what it lacks is so on purpose."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.proven = False
        """All checks have said OK, and nothing was broken since."""
        self._seen_healthy = False
        severities = []
        if lab.options.stonith == "off":
            severities.append(("fencing", "fencing-disabled=ok"))
        if lab.options.transport != "knet":
            severities += [("config", "single-link=ok"), ("config", "no-encryption=ok")]
        own = {name: [word for check, word in severities if check == name] for name in always()}
        own["all"] = [word for _, word in severities]
        self._arguments = {name: [f"--severity={word}" for word in words] for name, words in own.items()}
        self._recordings = itertools.count()
        install(lab)

    def places(self) -> dict[str, list[str]]:
        """Return what there is to be run: all checks on each node with power, the comparison of all on mon."""
        return self._everywhere(list(self._arguments))

    def overview(self) -> dict[str, list[str]]:
        """Return less: check_ha on each node, which runs all checks and is OK when all are, and the comparison."""
        return self._everywhere(["all"])

    def _everywhere(self, names: list[str]) -> dict[str, list[str]]:
        return {**{node.name: names for node in self.lab.up()}, MON: ["split_brain"]}

    def look(self, places: dict[str, list[str]], apart: str = "") -> Round:
        """Run checks, one node after the other: so many at once would take their time from each other.

        Each is a command of its own; where all are asked, on the node ``apart`` alone. On the others check_ha -v says
        what each of them says, at a tenth of the CPU, which the cluster needs.

        The comparison runs beside them, for a daemon that is frozen does not stay so: after half a minute pacemakerd
        (2.1.5) starts another one.
        """
        with ThreadPoolExecutor(1) as pool:
            compared = pool.submit(self._on, self.lab.mon, places[MON])
            said = {
                name: self._together(self.lab[name])
                if apart and name != apart and len(names) == len(self._arguments)
                else self._on(self.lab[name], names)
                for name, names in places.items() if name != MON
            }  # fmt: skip
            return {**said, MON: compared.result()}

    def _on(self, machine: Machine, names: Sequence[str]) -> dict[str, Verdict]:
        if not names:
            return {}
        said = judge_all(machine, {_command(name): self._given(name) for name in names})
        return {name: said[_command(name)] for name in names if _command(name) in said}

    def _together(self, node: Node) -> dict[str, Verdict]:
        """Return what check_ha says, and the line of each check in it as what that check says."""
        said = judge_all(node, {"check_ha": ["-v", *self._given("all")]}).get("check_ha")
        if said is None:
            return {}
        lines = re.findall(rf"^(\w+) ({'|'.join(STATES)}) - (.*)$", said.output, re.MULTILINE)
        parts = {
            name: Verdict(STATES.index(state), f"HA_{name.upper()} {state} - {text}", said.ended)
            for name, state, text in lines if name in self._arguments
        }  # fmt: skip
        assert {*always()} <= {*parts}, said.output
        return {**parts, "all": said}

    def _given(self, name: str) -> list[str]:
        if name == "split_brain":
            return [f"--via={_ASK}", *(f"--node={node}" for node in self.lab.nodes)]
        return self._arguments.get(name, [])

    def record(self, node: Node) -> str:
        """Record what the tools say there; return the directory."""
        directory = f"/run/recorded-{next(self._recordings)}"
        node.must("check_ha_snapshot", "-t", str(TIMEOUT), directory)
        return directory

    def differences(self, node: Node, directory: str, live: dict[str, Verdict]) -> Iterator[str]:
        """Tell where the recording is judged otherwise than the node itself was."""
        recording = f"--from={node.seen_from_outside(directory)}"
        for name, verdict in live.items():
            given = [*self._given(name), recording]
            code, output = replay_all(*given) if name == "all" else replay(check_named(name), *given)
            if (code, lasting(output)) != (verdict.code, lasting(verdict.output)):
                yield f"{name} on {node.name}: live {verdict.output!r}, from its recording {output!r}"

    def wait_healthy(self) -> None:
        """Wait until every check says OK everywhere. What has only just ended may still be told, once.

        On a cluster that is new each says so itself, on the first node; elsewhere check_ha says it for all.
        """
        said: list[str] = []
        for _ in range(8):
            places = self.overview() if self._seen_healthy else self.places()
            said = list(disagreements(_HEALTHY, self.look(places, apart="node1")))
            if not said:
                self.proven = self._seen_healthy = True
                return
        raise AssertionError("on a healthy cluster: " + "; ".join(said))

    def strays(self) -> str:
        """Return what the checks have left running."""
        return "".join(left_behind(node) for node in self.lab.up())


def disagreements(fault: Fault, said: Round) -> Iterator[str]:
    """Tell where something else was said than must be."""
    for machine, verdicts in said.items():
        for check, verdict in verdicts.items():
            expected = fault.expected(machine, check)
            if not expected.agrees(verdict):
                seen = f"{verdict.state} - {verdict.text}"
                yield f"{check} on {machine} says {seen!r}, not {expected.state} - {expected.text!r}"


def _command(name: str) -> str:
    return "check_ha" if name == "all" else f"check_ha_{name}"
