"""What an administrator expects of a resource: to be on a node, or to have a role."""

from __future__ import annotations

from typing import FrozenSet, Iterator, Sequence, Tuple

from check_ha.checks.resources.conditions import WRONG_NODE, WRONG_ROLE
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.core.finding import Finding, nodes, resources
from check_ha.model.cluster import Cluster
from check_ha.record import NamedTuple

_ROLES = {
    "promoted": "promoted", "master": "promoted", "unpromoted": "unpromoted", "slave": "unpromoted",
    "started": "started", "stopped": "stopped",
}  # fmt: skip


class Expectation(NamedTuple):
    """``--expect NAME=WORD``."""

    name: str
    word: str
    role: bool
    """Whether the word is a role; else it is a node."""


def expectations(pairs: Sequence[Tuple[str, str]], cluster: Cluster) -> Tuple[Expectation, ...]:
    """Return what ``--expect`` asks for. A word that is the name of a node is that node."""
    names = {node.name for node in cluster.nodes}
    return tuple(
        Expectation(name, word, False) if word in names or word.lower() not in _ROLES
        else Expectation(name, _ROLES[word.lower()], True)
        for name, word in pairs
    )  # fmt: skip


def expected_to_be(role: str, expected: Sequence[Expectation], resource: ResourceInstances) -> bool:
    """Return whether that role of the resource is just what is wanted."""
    return bool(expected) and any(one.role and one.word == role and one.name in resource.names for one in expected)


def not_as_expected(
    expected: Sequence[Expectation], found: Sequence[ResourceInstances], lost: FrozenSet[str]
) -> Iterator[Finding]:
    """Yield the expectations that do not hold. A resource that does not run is not on a wrong node."""
    for one in expected:
        condition = WRONG_ROLE if one.role else WRONG_NODE
        named = [resource for resource in found if one.name in resource.names]
        if not named:
            what = one.word if one.role else f"on {one.word}"
            text = f"{one.name} is expected {what}, and there is no such resource"
            yield Finding(condition, text, (*resources(one.name), *(() if one.role else nodes(one.word))))
        told = set()
        for resource in named:
            places = _places(one, resource, lost)
            text = "" if resource.in_motion else _difference(one, resource, places)
            if text and text not in told:
                told.add(text)
                where = dict.fromkeys((*places, *(() if one.role else (one.word,))))
                yield Finding(condition, text, (resource.subject, *nodes(*where)))


def _places(one: Expectation, resource: ResourceInstances, lost: FrozenSet[str]) -> Tuple[str, ...]:
    """Return where it runs; of a promotable clone the node is where it is promoted, for it runs on several."""
    promoted = one.word in ("promoted", "unpromoted") if one.role else resource.promotable
    return tuple(dict.fromkeys(resource.promoted_on(lost) if promoted else resource.running_on(lost)))


def _difference(one: Expectation, resource: ResourceInstances, places: Tuple[str, ...]) -> str:
    where = ", ".join(places)
    if not one.role:
        if not places or one.word in places:
            return ""
        return f"{resource.label} is {'promoted ' if resource.promotable else ''}on {where}, expected on {one.word}"
    if one.word == "promoted" and not places:
        return f"{resource.label} is promoted nowhere, but should be"
    if one.word == "unpromoted" and places:
        return f"{resource.label} is promoted on {where}, but should not be"
    if one.word == "started" and not places:
        return f"{resource.label} runs nowhere, but should run"
    if one.word == "stopped" and places:
        return f"{resource.label} runs on {where}, but should be stopped"
    return ""
