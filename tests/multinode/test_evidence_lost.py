"""Losing a piece of a view never betters a verdict: over every recorded cluster, any one field or element of any view.

A piece is taken away (as a node that tells less would send it) or put to null (as one sends what it could not tell).
The verdict is no better if its state is not, or if it says what is missing: a new finding that is UNKNOWN.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

from check_ha.cli.view import view_from
from check_ha.core.check import Check, Judgement
from check_ha.core.condition import Severity
from check_ha.multinode import drift, split_brain
from check_ha.multinode.answers import Answer, Views
from check_ha.multinode.whole_cluster import check as whole_cluster
from check_ha.output.view_text import view_text
from check_ha.parsers.errors import ParseError
from check_ha.parsers.view import parse_view
from check_ha.sources.recording import Recording
from tests.replay import RECORDINGS, SAMPLES, clusters, label, nodes_of

VIEWS = RECORDINGS / "views"
CHECKS = (split_brain.CHECK, drift.CHECK)

Path_ = Tuple[Any, ...]

EVERY = 8
"""One field of so many is tried in each view."""

EXCEPTIONS: Dict[Tuple[str, str], str] = {
    ("split_brain", "addresses[]"): "which addresses an interface has is told in one place: ip on that node",
    ("split_brain", "vips[]"): "which resource has which address is told in one place: the CIB of the only node in it",
    ("split_brain", "drbd[]"): "which resources DRBD has on a node is told in one place: DRBD on that node",
    ("split_brain", "drbd[].peers[]"): "the same of the peers of a resource",
}
"""By check and field: why nothing else in the views tells what is lost."""


def scenarios() -> Iterator[Path]:
    yield from clusters()
    yield from sorted(path for path in VIEWS.iterdir())


def texts_of(scenario: Path) -> Dict[str, str]:
    """What check_ha_view prints on each node."""
    if scenario.parent == VIEWS:
        return {path.stem: path.read_text() for path in sorted(scenario.glob("*.json"))}
    return {path.name: view_text(view_from(Recording(str(path)))) for path in nodes_of(scenario)}


def paths(value: Any, here: Path_ = ()) -> Iterator[Path_]:
    """The way to every field and element."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from paths(item, (*here, key))


def less(values: Dict[str, Any], path: Path_) -> Iterator[Dict[str, Any]]:
    """The view without that, and with null instead."""
    for null in (False, True):
        made = copy.deepcopy(values)
        place: Any = made
        for key in path[:-1]:
            place = place[key]
        if null and place[path[-1]] is not None:
            place[path[-1]] = None
            yield made
        elif not null:
            del place[path[-1]]
            yield made


def answered(name: str, text: str) -> Answer:
    try:
        return Answer(name, parse_view(text.encode()), within=0.3)
    except ParseError as error:
        return Answer(name, reason=str(error), unreadable=True)


def state_of(judgement: Judgement) -> Severity:
    return max((finding.severity for finding in judgement.findings), default=Severity.OK)


def not_known(judgement: Judgement) -> Set[str]:
    return {finding.text for finding in judgement.findings if finding.severity is Severity.UNKNOWN}


def judged(check: Check, answers: List[Answer]) -> Judgement:
    judgement: Judgement = check.judge(Views(tuple(answers)), check.options())
    return judgement


def bettered(
    texts: Dict[str, str], every: int = 1, checks: Tuple[Check, ...] = CHECKS
) -> Iterator[Tuple[str, Path_, str, str]]:
    """What can be taken away, or one of so many, so that the verdict of a check gets better."""
    answers = [answered(name, text) for name, text in texts.items()]
    verdicts = [(check, judged(check, answers)) for check in checks]
    for position, (name, text) in enumerate(texts.items()):
        values = json.loads(text)
        for number, path in enumerate(paths(values)):
            if number % every != position % every:
                continue
            for made in less(values, path):
                changed = [*answers[:position], answered(name, json.dumps(made)), *answers[position + 1 :]]
                for check, before in verdicts:
                    after = judged(check, changed)
                    if state_of(after) < state_of(before) and not _told(before, after):
                        yield check.name, (name, *path), state_of(before).name, state_of(after).name


def _told(before: Judgement, after: Judgement) -> bool:
    """Whether it is said that something is not known; once some of it was not, no more need be."""
    more = not_known(after) - not_known(before)
    return bool(more) or (state_of(after) is Severity.UNKNOWN and bool(not_known(before)))


def field(path: Path_) -> str:
    """``addresses[].address``: the path without the node and without positions."""
    return ".".join("[]" if isinstance(key, int) else str(key) for key in path[1:]).replace(".[]", "[]")


@pytest.mark.no_cover
@pytest.mark.parametrize("scenario", list(scenarios()), ids=label)
def test_what_is_lost_betters_no_verdict(scenario: Path) -> None:
    found = [one for one in bettered(texts_of(scenario), EVERY) if (one[0], field(one[1])) not in EXCEPTIONS]
    assert found == []


def test_the_verdict_on_the_whole_cluster_but_for_what_one_node_alone_has_found() -> None:
    """Which interface lacks the address is told by the node that has it."""
    lost = bettered(texts_of(SAMPLES / "vip-gone-unnoticed"), checks=(whole_cluster.CHECK,))
    assert {path for _, path, _, _ in lost} == {("node1", "findings", 0)}


@pytest.mark.no_cover
def test_the_exceptions_are_needed() -> None:
    """A clean stop but for an address that was left on the node: only its own list of addresses tells."""
    needing = (SAMPLES / "corosync-killed-vip-twice", RECORDINGS / "drbd" / "split-brain")
    lost = [one for scenario in needing for one in bettered(texts_of(scenario))]
    assert {(check, field(path)) for check, path, _, _ in lost} == set(EXCEPTIONS)
