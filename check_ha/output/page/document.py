"""The whole page: what to do first, the picture, a card for each node, all that was found.

Nothing in it runs and nothing is loaded: the policy allows this one style, by its hash. A reload is asked for once a
minute, as there is no script that could tell how old the page has become.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Iterator, List, Sequence

from check_ha import __version__
from check_ha.core.condition import Severity
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict
from check_ha.core.wording import count
from check_ha.model.page import PageAddress, PageCluster, PageNode, PageResource
from check_ha.moment import datetime, timezone
from check_ha.output.page.picture import picture
from check_ha.output.page.style import STYLE
from check_ha.output.page.text import escaped

RELOAD = 60
"""Seconds."""

_KEY = (
    ("up", "link up"),
    ("down", "link down"),
    ("member", "members, links not measured"),
    ("notold", "not known"),
)


def page(verdict: Verdict, clusters: Sequence[PageCluster]) -> str:
    """Return the document."""
    names = ", ".join(one.name for one in clusters if one.name) or "cluster"
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = [*_head(verdict, names), *_first(verdict)]
    for one in clusters:
        body += _cluster(one, f" of {one.name}" if len(clusters) > 1 and one.name else "")
    body += _findings(verdict)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f'<meta http-equiv="refresh" content="{RELOAD}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{verdict.state.name} {escaped(names)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            f"<footer>check_ha {__version__}, check_ha_cluster --page</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(verdict: Verdict, names: str) -> Iterator[str]:
    made = datetime.fromtimestamp(int(verdict.time), timezone.utc)
    stamp = f'<time datetime="{made.isoformat()}"><b>{made:%Y-%m-%d %H:%M:%S} UTC</b></time>'
    yield f'<header><span class="state {verdict.state.name}">{verdict.state.name}</span><h1>{escaped(names)}</h1>'
    yield f'<p class="age">As the nodes saw it at {stamp}. If that is long ago, nobody asks them any more.</p></header>'


def _first(verdict: Verdict) -> Iterator[str]:
    """What to do first: the worst that was found; where nothing was, what was looked at."""
    yield '<main><section aria-label="what to do first">'
    if not verdict.problems:
        yield f'<div class="first OK"><p class="what">{escaped(verdict.summary)}</p></div>'
    else:
        worst = verdict.problems[0]
        rest = len(verdict.problems) - 1
        yield f'<h2>First</h2><div class="first {worst.severity.name}"><p class="what">{escaped(worst.text)}</p>'
        yield from _step(worst)
        more = f'<a href="#found">{count(rest, "other finding")}</a>' if rest else ""
        yield (f'<p class="why step">{more}</p>' if more else "") + "</div>"
    yield "</section>"


def _step(one: Finding) -> Iterator[str]:
    if one.advice:
        yield f'<p class="step">{escaped(one.advice)}{":" if one.commands else "."}</p>'
    for number, command in enumerate(one.commands):
        alternative = '<p class="why step">or</p>' if number else ""
        yield f"{alternative}<code>{escaped(command)}</code>"


def _cluster(one: PageCluster, of: str) -> Iterator[str]:
    yield f"<section><h2>Nodes and links{escaped(of)}</h2>{picture(one)}{_key(one)}</section>"
    yield f'<section><h2>What runs where{escaped(of)}</h2><div class="cards">'
    if one.not_running or one.nowhere:
        yield from _missing(one)
    sides = [(side.state if len(one.sides) > 1 else "", side.nodes) for side in one.sides]
    for state, nodes in [*sides, ("", one.outside), ("remote node", one.remotes)]:
        for node in nodes:
            yield _card(node, state)
    yield "</div></section>"


def _key(one: PageCluster) -> str:
    """Explain the lines that are drawn."""
    sides = {node.name: number for number, side in enumerate(one.sides) for node in side.nodes}
    ups = {link.up for link in one.links if sides.get(link.ends[0], -1) == sides.get(link.ends[1], -2)}
    drawn = {True: "up", False: "down", None: "notold"}
    kinds = {drawn[up] for up in ups} | ({"down"} if len(one.sides) > 1 else set())
    linked = {frozenset(link.ends) for link in one.links}
    pairs = [frozenset((a.name, b.name)) for side in one.sides for a in side.nodes for b in side.nodes if a != b]
    kinds |= {"member"} if any(pair not in linked for pair in pairs) else set()
    items = [
        f'<li><svg viewBox="0 0 36 10" aria-hidden="true"><line class="{kind}" x1="0" y1="5" x2="36" y2="5"/></svg>'
        f"{words}</li>"
        for kind, words in _KEY
        if kind in kinds
    ]
    return f'<ul class="key">{"".join(items)}</ul>' if items else ""


def _missing(one: PageCluster) -> Iterator[str]:
    items = [_resource(resource) for resource in one.not_running] + [_address(address) for address in one.nowhere]
    yield f'<div class="card CRITICAL"><h3>Nowhere</h3><ul>{"".join(items)}</ul></div>'


def _card(node: PageNode, side: str) -> str:
    word = f'<span class="word">{escaped(node.state)}</span>'
    marks = '<span class="tag">DC</span>' if node.dc else ""
    told = "".join(f'<p class="why">{escaped(text)}</p>' for text in (side, node.told) if text)
    items = [_address(one) for one in node.addresses] + [_resource(one) for one in node.resources]
    empty = '<p class="dim">runs nothing</p>' if node.known else '<p class="dim">what it runs is not known</p>'
    inside = f"<ul>{''.join(items)}</ul>" if items else empty
    return f'<div class="card {node.level}"><h3>{escaped(node.name)} {word} {marks}</h3>{told}{inside}</div>'


def _resource(one: PageResource) -> str:
    marks = "".join(f' <span class="tag">{escaped(mark)}</span>' for mark in one.marks)
    bad = f' <span class="word">{escaped(one.why)}</span>' if one.why else ""
    dim = ' class="dim"' if "fence device" in one.marks else f' class="{one.level}"'
    return f"<li{dim}>{escaped(one.id)}{marks}{bad}</li>"


def _address(one: PageAddress) -> str:
    bad = f' <span class="word">{escaped(one.fault)}</span>' if one.fault else ""
    of = f'<span class="dim">{escaped(one.resource)}</span>'
    return f'<li class="{one.level}"><b>{escaped(one.address)}</b> {of}{bad}</li>'


def _findings(verdict: Verdict) -> Iterator[str]:
    """What else was found, with the step for each."""
    lines: List[str] = []
    for one in verdict.findings:
        if verdict.problems and one is verdict.problems[0]:
            continue
        if one.severity is Severity.OK and one.condition.severity is not Severity.OK:
            continue  # the user has said that it is none
        lines.append(f'<div class="finding {one.severity.name}"><p><span class="word">{one.severity.name}</span> ')
        lines.append(f'{escaped(one.text)}</p><p class="why">{escaped(one.check)}, {escaped(one.condition.name)}</p>')
        lines += _step(one)
        lines.append("</div>")
    if lines:
        yield '<section><h2 id="found">Also found</h2>'
        yield from lines
        yield "</section>"
    rows = "".join(f"<li>{escaped(row.line)}</li>" for row in verdict.rows)
    yield f"<details><summary>What each node says</summary><ul>{rows}</ul></details></main>"
