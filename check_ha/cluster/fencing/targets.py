"""Which nodes a fence device is for, by its own parameters.

As can_fence_host_with_device() of pacemaker-fenced decides it, 1.1 to 3.0.
"""

import re
from typing import FrozenSet, Iterable, Iterator, List

from check_ha.cluster.rules import Truth
from check_ha.model.cib import Cib, ConfiguredPrimitive, is_true
from check_ha.record import NamedTuple

WATCHDOG = "watchdog"
"""The id that a resource for watchdog fencing must have; such a fencing level may be there without any resource."""


class Targets(NamedTuple):
    """The nodes that a device is for."""

    names: FrozenSet[str] = frozenset()
    """In lower case: Pacemaker takes no notice of case."""
    everyone: bool = False
    known: bool = True
    """False: the device, or its agent, is asked when a node is to be fenced."""

    def cover(self, node: str) -> Truth:
        """Return whether it is for that node."""
        return None if not self.known else self.everyone or node.lower() in self.names


def targets_of(primitive: ConfiguredPrimitive) -> Targets:
    """Return the nodes that this device is for, by what it lists.

    ``pcmk_host_check`` says how to find out; without it a list decides if there is one, else the agent (``list``, then
    ``status``), and that is not known here. Agents of cluster-glue have a list of their own (``hostlist``).
    """
    check = next(iter(primitive.values("pcmk_host_check")), "").lower()
    if check == "none":
        return Targets(everyone=True)
    if check in ("dynamic-list", "status"):
        return Targets(known=False)
    if primitive.values("pcmk_host_list") or primitive.values("pcmk_host_map") or check:
        return Targets(_listed(primitive) if check in ("", "static-list") else frozenset())
    hosts = [value for name in ("hostlist", "hostname") for value in primitive.values(name)]
    if hosts and not primitive.agent.startswith("stonith:fence_"):
        return Targets(frozenset(name for value in hosts for name in _host_list(value)))
    return Targets(known=False)


def _listed(primitive: ConfiguredPrimitive) -> FrozenSet[str]:
    """Return the nodes in ``pcmk_host_list`` and ``pcmk_host_map``, in lower case."""
    names: List[str] = []
    for value in primitive.values("pcmk_host_list"):
        names.extend(_host_list(value))
    for value in primitive.values("pcmk_host_map"):
        names.extend(_host_map(value))
    return frozenset(names)


def _host_list(text: str) -> Iterator[str]:
    """Yield the names between blanks, commas and semicolons; a name ends where a character stands that no name has."""
    for entry in re.split(r"[\s,;]+", text.replace("\\n", "\n")):
        name = re.match(r"[\w.-]+", entry, re.ASCII)
        if name and name.group().lower() not in ("on", "off"):
            yield name.group().lower()


def _host_map(text: str) -> Iterator[str]:
    """Yield the nodes of ``node1:1;node2:2,3`` (also with ``=`` and blanks), where a backslash takes away a meaning.

    A port counts as well (build_port_aliases()): it is the name by which the device knows the node.
    """
    for entry in re.findall(r"(?:\\.|[^;\s\\])+", text):
        node, separator, port = entry.replace(":", "=", 1).partition("=")
        if node and separator:
            yield node.lower()
            yield re.sub(r"\\(.)", r"\1", port).lower()


def named_after(primitive: ConfiguredPrimitive, nodes: Iterable[str]) -> FrozenSet[str]:
    """Return the nodes after which a device is named: by its id, or by the one machine that it is told of.

    None where ``pcmk_host_check`` is set: then it is meant to find out by itself, whatever it is called.
    """
    if primitive.values("pcmk_host_check"):
        return frozenset()
    texts = [primitive.id]
    for parameter in ("port", "plug", "nodename", "hostname"):
        texts.extend(primitive.values(parameter))
    return frozenset(node for node in nodes if any(_carries(text, node) for text in texts))


def _carries(text: str, node: str) -> bool:
    """Return whether that node is named.

    ``st_node1``, ``ipmi-node1`` carry node1, and also node1.example.com; ``st_node10`` does not.
    """
    short = node.split(".")[0]
    names = [node] if short.isdigit() else [node, short]
    return any(re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE) for name in names)


def has_watchdog(cib: Cib) -> bool:
    """Return whether sbd runs with a watchdog: then Pacemaker starts resources even without any fence device."""
    return is_true(cib.option("have-watchdog"))


def watchdog_fences(cib: Cib, node: str) -> bool:
    """Return whether the node's own watchdog counts as fencing: sbd without a disk, ``stonith-watchdog-timeout`` not 0.

    A resource ``watchdog`` (``fence_watchdog``, 2.1 on) restricts it to the nodes it lists.
    """
    if not has_watchdog(cib):
        return False
    timeout = cib.option("stonith-watchdog-timeout", "fencing-watchdog-timeout") or "0"
    if not any(digit in timeout for digit in "123456789"):
        return False
    own = next((primitive for primitive in cib.primitives if primitive.id == WATCHDOG), None)
    listed = _listed(own) if own else frozenset()
    return not listed or node.lower() in listed
