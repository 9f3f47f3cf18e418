"""What an administrator expects of a resource: to be on a node, or to have a role."""

from typing import FrozenSet, Iterator, NamedTuple, Sequence, Tuple

from check_ha.checks.resources.instances import Unit
from check_ha.model.cluster import Cluster

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


class Disappointment(NamedTuple):
    """An expectation that does not hold."""

    expectation: Expectation
    text: str


def expectations(pairs: Sequence[Tuple[str, str]], cluster: Cluster) -> Tuple[Expectation, ...]:
    """A word that is the name of a node is that node."""
    nodes = {node.name for node in cluster.nodes}
    return tuple(
        Expectation(name, word, False) if word in nodes or word.lower() not in _ROLES
        else Expectation(name, _ROLES[word.lower()], True)
        for name, word in pairs
    )  # fmt: skip


def expected_to_be(role: str, expected: Sequence[Expectation], unit: Unit) -> bool:
    """Whether that state of the resource is just what is wanted."""
    return any(one.role and one.word == role and one.name in unit.names for one in expected)


def disappointments(
    expected: Sequence[Expectation], units: Sequence[Unit], lost: FrozenSet[str]
) -> Iterator[Disappointment]:
    """The expectations that do not hold. A resource that does not run is not on a wrong node."""
    for one in expected:
        found = [unit for unit in units if one.name in unit.names]
        if not found:
            what = one.word if one.role else f"on {one.word}"
            yield Disappointment(one, f"{one.name} is expected {what}, and there is no such resource")
            continue
        texts = [_wrong(one, unit, lost) for unit in found if not unit.moving]
        for text in dict.fromkeys(text for text in texts if text):
            yield Disappointment(one, text)


def _wrong(one: Expectation, unit: Unit, lost: FrozenSet[str]) -> str:
    nodes = unit.promoted_on(lost) if _meant_promoted(one, unit) else unit.nodes(lost)
    where = ", ".join(dict.fromkeys(nodes))
    if not one.role:
        if not nodes or one.word in nodes:
            return ""
        return f"{unit.label} is {'promoted ' if unit.promotable else ''}on {where}, expected on {one.word}"
    if one.word == "promoted" and not nodes:
        return f"{unit.label} is promoted nowhere, and expected to be"
    if one.word == "unpromoted" and nodes:
        return f"{unit.label} is promoted on {where}, expected to be nowhere"
    if one.word == "started" and not nodes:
        return f"{unit.label} runs nowhere, and is expected to"
    if one.word == "stopped" and nodes:
        return f"{unit.label} runs on {where}, and is expected to be stopped"
    return ""


def _meant_promoted(one: Expectation, unit: Unit) -> bool:
    """Of a promotable clone the node is where it is promoted: it runs on several."""
    return one.word in ("promoted", "unpromoted") if one.role else unit.promotable
