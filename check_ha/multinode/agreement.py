"""What must be the same on all nodes, and how to compare it: who has which value, how far clocks are apart."""

from __future__ import annotations

from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.wording import joined, some
from check_ha.model.view import View
from check_ha.multinode.answers import Answer
from check_ha.record import NamedTuple
from check_ha.sources.tools import (
    AUTHKEY,
    CMAPCTL,
    COROSYNC_CONF,
    COROSYNC_VERSION,
    CRM_MON,
    PACEMAKERD_FEATURES,
    Tool,
)

CONF = Condition("conf-differs", Severity.WARNING, "corosync.conf is not the same on all nodes, or missing on one.")
CONFIG_VERSION = Condition(
    "config-version-differs", Severity.WARNING,
    "Corosync runs with another config_version than on the others: it has not reloaded the file.",
)  # fmt: skip
KEY = Condition("authkey-differs", Severity.WARNING, "The authkey differs, or is missing: that node cannot join again.")
VERSIONS = Condition("versions-differ", Severity.WARNING, "Another version of corosync or Pacemaker is installed.")
CLUSTER_NAME = Condition("cluster-name-differs", Severity.WARNING, "The cluster has another name.")
FEATURE_SET = Condition(
    "feature-set-differs", Severity.WARNING,
    "Pacemaker runs with another feature set: an upgrade is half done, and a node that has left cannot join again.",
)  # fmt: skip
NODE_IDS = Condition("node-ids-differ", Severity.WARNING, "A node id stands for another name, or for none.")


class ComparedItem(NamedTuple):
    """One thing that must be the same on all nodes."""

    condition: Condition
    name: str
    value: Callable[[View], Optional[str]]
    tools: Tuple[Tool, ...]
    """What tells it."""
    always: bool = False
    """Whether a daemon that answers always tells it: then it is not that there is none."""


def _conf(view: View) -> Optional[str]:
    return view.corosync_conf.hash if view.corosync_conf else None


def _config_version(view: View) -> Optional[str]:
    version = view.corosync.config_version if view.corosync else None
    return None if version is None else str(version)


ITEMS = (
    ComparedItem(CONF, "corosync.conf", _conf, (COROSYNC_CONF,)),
    ComparedItem(KEY, "authkey", lambda view: view.authkey, (AUTHKEY,)),
    ComparedItem(VERSIONS, "corosync version", lambda view: view.versions.corosync, (COROSYNC_VERSION,)),
    ComparedItem(VERSIONS, "pacemaker version", lambda view: view.versions.pacemaker, (PACEMAKERD_FEATURES,)),
    ComparedItem(FEATURE_SET, "feature set", lambda view: view.versions.feature_set, (CRM_MON, PACEMAKERD_FEATURES)),
    ComparedItem(CLUSTER_NAME, "cluster name", lambda view: view.cluster, (CMAPCTL, COROSYNC_CONF)),
    ComparedItem(CONFIG_VERSION, "config_version", _config_version, (CMAPCTL,), always=True),
)
IDS = "node ids"
NAMES = (*(item.name for item in ITEMS), IDS)


def _id_text(names: Dict[int, str]) -> Optional[str]:
    return " ".join(f"{number}:{name}" for number, name in sorted(names.items())) or None


NODE_ID_ITEMS = (
    ComparedItem(NODE_IDS, "node ids of corosync", lambda view: _id_text(listed_names(view)), (CMAPCTL, COROSYNC_CONF)),
    ComparedItem(NODE_IDS, "node ids of Pacemaker", lambda view: _id_text(pacemaker_names(view)), (CRM_MON,)),
)
"""They are compared one by one; this tells whether a node tells them."""


def sides_of(values: Mapping[str, Optional[str]]) -> List[Tuple[str, List[str]]]:
    """Return each value with the nodes that have it, the most frequent first."""
    found: Dict[str, List[str]] = {}
    for node, value in values.items():
        if value is not None:
            found.setdefault(value, []).append(node)
    return sorted(found.items(), key=lambda side: -len(side[1]))


def differing_sections(one: View, other: View) -> str:
    """Return the sections of corosync.conf that differ between two nodes: ``totem and quorum``."""
    left, right = (
        {section.name: section.hash for section in (view.corosync_conf.sections if view.corosync_conf else ())}
        for view in (one, other)
    )
    return joined([name for name in sorted({*left, *right}) if left.get(name) != right.get(name)])


def agreement(told: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    """Return what the nodes agree on, in one sentence; an item that one node alone tells was compared with nothing."""
    tellers = {name: sum(name in those for those in told.values()) for name in names}
    parts = [f"{some(list(told))} agree on {joined([*(name for name in names if tellers[name] > 1), 'clock'])}"]
    for node, those in told.items():
        untold = [name for name in names if tellers[name] and name not in those]
        parts += [f"{node} does not report {joined(untold)}"] if untold else []
    nobody = [name for name in names if not tellers[name]]
    return "; ".join([*parts, f"not known on any node: {joined(nobody)}"] if nobody else parts)


def listed_names(view: View) -> Dict[int, str]:
    """Return the name that corosync has for each node id; none where the view had no room for all."""
    if any(cut.field == "nodelist" for cut in view.cut):
        return {}
    return {one.id: one.name or next(iter(one.addresses), "") for one in view.nodelist or () if one.id is not None}


def pacemaker_names(view: View) -> Dict[int, str]:
    """Return the name that Pacemaker has for each node id; none where the view had no room for all."""
    if any(cut.field == "nodes" for cut in view.cut):
        return {}
    nodes = view.pacemaker.nodes if view.pacemaker else ()
    return {int(one.id): one.name for one in nodes if not one.remote and one.id.isascii() and one.id.isdigit()}


class Clock(NamedTuple):
    """When a view was made."""

    node: str
    time: float
    """By that node's clock."""
    within: float
    """Seconds within which, from the asking on, it was made."""

    def ahead_of(self, other: Clock) -> float:
        """Return by how many seconds it is ahead at the least: as if it was read last of all, and the other first."""
        return max(0.0, self.time - self.within - other.time)


def clocks_of(answered: Sequence[Answer]) -> Tuple[Clock, ...]:
    """Return the clock of each node that gave a view."""
    return tuple(Clock(answer.node, answer.view.time, answer.within) for answer in answered if answer.view)


def furthest(answered: Sequence[Answer]) -> Tuple[float, str, str]:
    """Return the two clocks that are furthest apart: seconds at the least, the node ahead, the node behind.

    A view was made some time between the asking and the answer.
    """
    clocks = clocks_of(answered)
    pairs = [(one.ahead_of(other), one.node, other.node) for one in clocks for other in clocks]
    return max(pairs, default=(0.0, "", ""))


def span(seconds: float) -> str:
    """Return a time as ``2.5 s``, ``10 minutes``, ``3 hours``."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
