"""The cluster as boxes and lines, in SVG: each partition a box of its own, one below the other, as a phone shows it."""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.core.wording import joined
from check_ha.model.page import PageCluster, PageLink, PageNode, PageSide
from check_ha.output.page.text import escaped, shortened, wrapped
from check_ha.record import NamedTuple

WIDTH = 380.0
_MARGIN = 8.0
_GAP = 54.0
"""Between two partitions: room for what is broken between them."""
_NEAR = 18.0
"""Between the last of them and the nodes in none."""
_TITLE = 26.0
_LINE = 15.0
_LETTERS = 58
"""In a line of the size of what is below the nodes of a partition."""
_FEW = 6
"""Nodes up to which every link is drawn as strongly as one that is down."""
_STEPS = 2000
"""In which the curve is gone along, on which the nodes of a partition stand."""
_SPREAD = 9.0
"""Between the lines of two links of one pair."""


class _Place(NamedTuple):
    """Where a node is drawn: the middle of its box."""

    x: float
    y: float


class _Size(NamedTuple):
    wide: float
    high: float
    letters: int


_LARGE, _SMALL = _Size(112, 44, 14), _Size(66, 32, 10)


def picture(cluster: PageCluster) -> str:
    """Return the picture as an element of the page."""
    places: Dict[str, _Place] = {}
    boxes: List[str] = []
    nodes: List[str] = []
    edges: List[Tuple[float, float]] = []
    many = max([len(side.nodes) for side in cluster.sides] + [len(cluster.outside)], default=0) > _FEW
    size = _SMALL if many else _LARGE
    top = _MARGIN
    for side in cluster.sides:
        high = _spread(side.nodes, top, size, places)
        runs = wrapped(side.runs, _LETTERS, 2) if len(cluster.sides) > 1 else []
        high += _LINE * len(runs)
        boxes += [*_frame(top, high, f"side {side.level}", side.state), *_runs(runs, top + high)]
        nodes += [line for one in side.nodes for line in _node(one, places[one.name], size)]
        edges.append((top, top + high))
        top += high + _GAP
    if cluster.outside:
        top -= _GAP - _NEAR if cluster.sides else 0
        high = _rows(cluster.outside, top, size, places)
        boxes += _frame(top, high, "away", "in no partition")
        nodes += [line for one in cluster.outside for line in _node(one, places[one.name], size)]
        top += high + _GAP
    lines = [*_members(cluster, places), *(line for pair in _pairs(cluster) for line in _lines(pair, places))]
    words = [*_broken(cluster, edges), *_labels(cluster, places)]
    high = top - _GAP + _MARGIN
    kind = "many small" if many else "few"
    wide = "wide" if many else "narrow"
    body = "".join([*boxes, f'<g class="{kind}">', *lines, "</g>", f'<g class="{"small" if many else "large"}">',
                    *nodes, "</g>", *words])  # fmt: skip
    return (
        f'<svg class="map {wide}" viewBox="0 0 {WIDTH:g} {high:g}" role="img" '
        f'aria-label="the nodes of the cluster and the links between them">{body}</svg>'
    )


def _spread(nodes: Sequence[PageNode], top: float, size: _Size, places: Dict[str, _Place]) -> float:
    """Place the nodes of a partition: up to two beside each other, more on a ring; return the height it takes."""
    middle = WIDTH / 2
    if len(nodes) < 3:
        y = top + _TITLE + size.high / 2 + 14
        step = WIDTH / (len(nodes) + 1) if len(nodes) == 1 else WIDTH / 2
        for position, one in enumerate(nodes):
            places[one.name] = _Place(middle if len(nodes) == 1 else step * position + step / 2, y)
        return _TITLE + size.high + 28
    across = middle - _MARGIN - size.wide / 2 - 6
    points = _round(len(nodes), across, size)
    center = top + _TITLE + size.high / 2 + 8 - min(y for _, y in points)
    for one, (x, y) in zip(nodes, points):
        places[one.name] = _Place(round(middle + x, 1), round(center + y, 1))
    lowest = max(places[one.name].y for one in nodes)
    return lowest + size.high / 2 + 14 - top


def _round(number: int, across: float, size: _Size) -> List[Tuple[float, float]]:
    """Return so many points around a middle, the first above it, so far apart that no box covers another.

    They stand on an ellipse with flat sides (its exponent is 3), as high as it must be to have room for all.
    """
    wide, high = size.wide + 6, size.high + 12
    along = 58.0
    while True:
        curve = [_on_curve(step / _STEPS, across, along) for step in range(_STEPS + 1)]
        lengths = [0.0]
        for (x, y), (next_x, next_y) in zip(curve, curve[1:]):
            lengths.append(lengths[-1] + math.hypot((next_x - x) / wide, (next_y - y) / high))
        if lengths[-1] >= 1.08 * number:
            break
        along += 10
    wanted = [lengths[-1] * position / number for position in range(number)]
    return [curve[next(at for at, length in enumerate(lengths) if length >= one)] for one in wanted]


def _on_curve(turn: float, across: float, along: float) -> Tuple[float, float]:
    angle = 2 * math.pi * turn - math.pi / 2
    x, y = math.cos(angle), math.sin(angle)
    return across * math.copysign(abs(x) ** (2 / 3), x), along * math.copysign(abs(y) ** (2 / 3), y)


def _rows(nodes: Sequence[PageNode], top: float, size: _Size, places: Dict[str, _Place]) -> float:
    """Place nodes that nothing connects, in rows; return the height it takes."""
    each = min(len(nodes), int((WIDTH - 2 * _MARGIN) // (size.wide + 10)))
    for position, one in enumerate(nodes):
        row, column = divmod(position, each)
        in_row = min(each, len(nodes) - row * each)
        x = WIDTH / 2 + (column - (in_row - 1) / 2) * (size.wide + 10)
        places[one.name] = _Place(x, top + _TITLE + size.high / 2 + 8 + row * (size.high + 10))
    return _TITLE + math.ceil(len(nodes) / each) * (size.high + 10) + 10


def _frame(top: float, high: float, kind: str, title: str) -> Iterator[str]:
    yield (
        f'<rect class="{kind}" x="{_MARGIN / 2:g}" y="{top:g}" width="{WIDTH - _MARGIN:g}" height="{high:g}" rx="10"/>'
        f'<text class="title" x="{_MARGIN + 8:g}" y="{top + 18:g}">{escaped(shortened(title, 56))}</text>'
    )


def _runs(lines: Sequence[str], bottom: float) -> Iterator[str]:
    for position, text in enumerate(lines):
        y = bottom - 10 - _LINE * (len(lines) - 1 - position)
        yield f'<text class="runs" x="{_MARGIN + 8:g}" y="{y:g}">{escaped(text)}</text>'


def _node(one: PageNode, place: _Place, size: _Size) -> Iterator[str]:
    mute = "" if one.answers else " mute"
    name = shortened(one.name, size.letters)
    state = shortened(f"{one.state}, DC" if one.dc else one.state, size.letters + 4)
    bad = "" if one.level == "OK" else " bad"
    yield (
        f'<g class="{one.level}"><title>{escaped(f"{one.name}: {one.state}")}</title>'
        f'<rect class="node{mute}" x="{place.x - size.wide / 2:g}" y="{place.y - size.high / 2:g}" '
        f'width="{size.wide:g}" height="{size.high:g}" rx="7"/>'
        f'<text class="name" x="{place.x:g}" y="{place.y - 2:g}">{escaped(name)}</text>'
        f'<text class="sub{bad}" x="{place.x:g}" y="{place.y + size.high / 2 - 6:g}">{escaped(state)}</text></g>'
    )


def _pairs(cluster: PageCluster) -> Iterator[List[PageLink]]:
    """Yield the links of each two nodes of one partition, those that are down last: they are drawn above the others."""
    sides = {node.name: number for number, side in enumerate(cluster.sides) for node in side.nodes}
    pairs: Dict[Tuple[str, str], List[PageLink]] = {}
    for link in cluster.links:
        one, other = link.ends
        if one in sides and sides[one] == sides.get(other):
            pairs.setdefault(link.ends, []).append(link)
    yield from sorted(pairs.values(), key=lambda links: any(link.up is False for link in links))


def _lines(links: Sequence[PageLink], places: Dict[str, _Place]) -> Iterator[str]:
    for position, link in enumerate(links):
        one, other = _ends(link, position - (len(links) - 1) / 2, places)
        kind = {True: "up", False: "down", None: "notold"}[link.up]
        yield f'<line class="{kind}" x1="{one.x:g}" y1="{one.y:g}" x2="{other.x:g}" y2="{other.y:g}"/>'
        if link.up is False:
            yield _cross((one.x + other.x) / 2, (one.y + other.y) / 2)


def _ends(link: PageLink, offset: float, places: Dict[str, _Place]) -> Tuple[_Place, _Place]:
    """Return both ends, moved sideways where there are several links."""
    one, other = (places[end] for end in link.ends)
    length = math.hypot(other.x - one.x, other.y - one.y) or 1.0
    across = -(other.y - one.y) / length * offset * _SPREAD, (other.x - one.x) / length * offset * _SPREAD
    first, second = (_Place(round(end.x + across[0], 1), round(end.y + across[1], 1)) for end in (one, other))
    return first, second


def _cross(x: float, y: float) -> str:
    return f'<path class="cross" d="M{x - 5:g} {y - 5:g}l10 10m0 -10l-10 10"/>'


def _members(cluster: PageCluster, places: Dict[str, _Place]) -> Iterator[str]:
    """Draw one line between members of whose links nothing is known: with udp nobody measures them."""
    linked = {frozenset(link.ends) for link in cluster.links}
    for side in cluster.sides:
        for position, one in enumerate(side.nodes):
            for other in side.nodes[position + 1 :]:
                if frozenset((one.name, other.name)) not in linked:
                    a, b = places[one.name], places[other.name]
                    yield f'<line class="member" x1="{a.x:g}" y1="{a.y:g}" x2="{b.x:g}" y2="{b.y:g}"/>'


def _broken(cluster: PageCluster, edges: Sequence[Tuple[float, float]]) -> Iterator[str]:
    """Draw that nothing connects a partition with the one above it."""
    for position, (above, below) in enumerate(zip(cluster.sides, cluster.sides[1:])):
        bottom, top = edges[position][1], edges[position + 1][0]
        middle = (bottom + top) / 2
        text = _between(cluster, above, below)
        yield f'<line class="down" x1="{WIDTH / 2:g}" y1="{bottom:g}" x2="{WIDTH / 2:g}" y2="{top:g}"/>'
        yield _cross(WIDTH / 2, middle)
        yield f'<text class="label gap CRITICAL" x="{WIDTH / 2 + 14:g}" y="{middle + 4:g}">{escaped(text)}</text>'


def _between(cluster: PageCluster, above: PageSide, below: PageSide) -> str:
    one, other = ({node.name for node in side.nodes} for side in (above, below))
    between = [link for link in cluster.links if set(link.ends) & one and set(link.ends) & other]
    up = sorted({link.number for link in between if link.up})
    rings = any(link.ring for link in between)
    if up:
        return f"no membership, though {_links_named(up, rings)} {'is' if len(up) == 1 else 'are'} up"
    down = sorted({link.number for link in between})
    return f"{_links_named(down, rings)} down" if down else "no membership between them"


def _links_named(numbers: Sequence[int], rings: bool = False) -> str:
    return (
        f"{'ring' if rings else 'link'}{'' if len(numbers) == 1 else 's'} {joined([str(number) for number in numbers])}"
    )


def _labels(cluster: PageCluster, places: Dict[str, _Place]) -> Iterator[str]:
    """Name the links that are down, where they are few enough to be read."""
    down = [(link, position, len(links)) for links in _pairs(cluster) for position, link in enumerate(links)
            if link.up is False]  # fmt: skip
    if len(down) <= 4:
        for link, position, number in down:
            one, other = _ends(link, position - (number - 1) / 2, places)
            x, y = (one.x + other.x) / 2, (one.y + other.y) / 2
            y += 19 if position >= number / 2 else -11
            text = f"{_links_named([link.number], link.ring)} down"
            yield f'<text class="label CRITICAL" x="{x:g}" y="{y:g}">{text}</text>'
