"""A picture of the cluster for a person at a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import List, Mapping, Sequence

from check_ha.cluster.fence_history import by_target
from check_ha.cluster.nodes import State, proven_down, state_of
from check_ha.core.condition import Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict, worst
from check_ha.core.wording import listed
from check_ha.output.canvas import Line, Style, flow, heading, line, paragraph, rendered, span
from check_ha.output.panels import addresses, failover, failures, links, nodes, resources, votes
from check_ha.output.scene import STYLES, Scene
from check_ha.sources.tools import CIBADMIN, CMAPCTL

NARROWEST, WIDEST = 40, 120
MOST = 12
"""Findings that are shown."""


def print_picture(verdict: Verdict, everything: Evidence, agents: Mapping[str, str]) -> None:
    """Print the picture of the cluster that these tools have shown, and what is wrong with it."""
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    lines = picture(Scene(everything, {one.check: one for one in verdict.parts}, width, agents), verdict.told)
    sys.stdout.write(rendered(lines, _coloured()))


def _coloured() -> bool:
    """On a terminal that knows colours, unless NO_COLOR is set (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def picture(scene: Scene, told: Sequence[Finding]) -> List[Line]:
    """Return the picture, line by line."""
    panels = (nodes, votes, links, addresses, resources, failures, failover)
    return [*_header(scene, told), *(one for panel in panels for one in panel(scene)), *_to_do(told, scene.width)]


def _header(scene: Scene, told: Sequence[Finding]) -> List[Line]:
    """Return the verdict, whose cluster it is, and what each check says."""
    state = worst(told)
    cluster, when = scene.cluster, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(scene.evidence.now))
    parts = [f"cluster {_name(scene)}" if _name(scene) else "", f"seen from {scene.here}" if scene.here else ""]
    parts.append(f"{cluster.updated:%Y-%m-%d %H:%M:%S}" if cluster and cluster.updated else when)
    if cluster and cluster.dc:
        parts += [f"DC {cluster.dc.name}", f"Pacemaker {cluster.dc.version.partition('-')[0]}"]
    head = [span(f"HA {state.name:<8} ", STYLES[state])]
    return [*paragraph(head, ", ".join(filter(None, parts)), scene.width), *_first_step(scene), *_checks(scene)]


def _first_step(scene: Scene) -> List[Line]:
    """What comes first while a node that is away may run what this side runs: to join two halves does harm."""
    cluster = scene.cluster
    if cluster is None or cluster.dc is None:
        return []
    fencings = {one.target: one for one in by_target(cluster)}
    members = [node for node in cluster.nodes if node.type == "member"]
    away = [
        node.name for node in members
        if state_of(node) in (State.OFFLINE, State.UNCLEAN) and not proven_down(node, fencings.get(node.name))
    ]  # fmt: skip
    if not away:
        return []
    text = f"before you mend the network or start anything, see whether {listed(away)} still runs something: look there"
    command = f"check_ha_split_brain {' '.join(f'--node {node.name}' for node in members)}"
    told = paragraph([heading("First")], f"{text}, or ask on the monitoring server:", scene.width, Style.BAD)
    return [*told, line(heading(""), span(command, Style.HEADING))]


def _name(scene: Scene) -> str:
    """Return what the cluster is called."""
    cmap, cib = scene.evidence.values.get(CMAPCTL), scene.evidence.values.get(CIBADMIN)
    return (cmap.values.get("totem.cluster_name") if cmap else "") or (cib.option("cluster-name") if cib else "") or ""


def _checks(scene: Scene) -> List[Line]:
    """Return the checks by their state, worst first; those that are well are counted."""
    groups = []
    for state in sorted(Severity, reverse=True):
        names = [name for name, verdict in scene.verdicts.items() if verdict.state is state]
        if names:
            text = f"{len(names)} ok" if state is Severity.OK else f"{state.name}: {', '.join(names)}"
            groups.append((text, STYLES[state]))
    return flow("Checks", groups, scene.width)


def _to_do(found: Sequence[Finding], width: int) -> List[Line]:
    """Return what is wrong and what to do about it, worst first; what only repeats that is left out."""
    given: List[Finding] = []
    lines: List[Line] = []
    shown = 0
    for one in found:
        known = any(_includes(other, one) for other in given)
        if one.again and (known or not one.step):
            continue
        shown += 1
        if shown > MOST:
            continue
        text = f"{one.check}: {one.text}" if one.check else one.text
        lines += paragraph([span("  "), span(f"{one.severity.name:<9}", STYLES[one.severity])], text, width)
        if one.step and not known:
            lines += _step(one, width)
            given.append(one)
    if not lines:
        return [line(span("Nothing to do.", Style.GOOD))]
    more = [line(span(f"  and {shown - MOST} more: check_ha -vv"))] if shown > MOST else []
    return [line(span("What to do", Style.HEADING)), *lines, *more]


def _includes(told: Finding, one: Finding) -> bool:
    """Return whether who does the one has done the other: it is the same step, or its command is for more than that."""
    if (told.advice, told.commands) == (one.advice, one.commands):
        return True
    first = told.commands[0] if told.commands else ""
    return bool(first) and any(f"{command} ".startswith(f"{first} ") for command in one.commands[:1])


def _step(one: Finding, width: int) -> List[Line]:
    """Return the advice, and below it each command in one line, however long: it is there to be copied."""
    lines: List[Line] = []
    arrow = [span(" " * 11), span("-> ")]
    if one.advice:
        lines += paragraph(arrow, one.advice + (":" if one.commands else ""), width, Style.HEADING)
    for number, command in enumerate(one.commands):
        lead = arrow if not lines else [span(" " * 14)]
        lines.append(line(*lead, span(f"{'or ' if number else ''}{command}", Style.HEADING)))
    return lines
