"""Is the cluster well, as all its nodes see it together?

Run it on the monitoring server. It asks every node for its view (check_ha_view), with the --node and --via of
check_ha_split_brain, and says once what otherwise each node says: what the checks of the nodes find about the cluster
(quorum, nodes, rings, resources, virtual addresses, failed actions, fencing, constraints), what only a comparison shows
(check_ha_split_brain, and the differences that check_ha_drift finds), and which node cannot be asked. One fault is one
alarm. Each node then needs one service of its own: check_ha --own.

  check_ha_cluster --node node1 --node node2
  check_ha_cluster --node node1 --node node2 --page /var/www/html/check_ha/cluster1.html

A link that is down is seen from both its ends, and told once. A node that one side takes for dead, and that answers
from another partition, is told as that. Conditions and severities are those of the checks: --severity standby=ok, or
--severity nodes.standby=ok for that of one check alone. Failed actions are told for a day.

--page writes what is found as a page for a browser: what to do first, the cluster as boxes and lines, what runs where,
and from when that is. It is one file that needs no other, and takes the place of the old one when it is whole.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding
from check_ha.core.options import option
from check_ha.core.ranking import ranked, with_causes
from check_ha.core.wording import count
from check_ha.multinode import drift, split_brain
from check_ha.multinode.agreement import CLUSTER_NAME, CONF, CONFIG_VERSION, FEATURE_SET, KEY, NODE_IDS, VERSIONS
from check_ha.multinode.answers import Views
from check_ha.multinode.drift import DriftOptions
from check_ha.multinode.node_names import clusters_of, identify
from check_ha.multinode.partition_text import summary
from check_ha.multinode.placement import account_of
from check_ha.multinode.split_brain import Compared, SplitBrainOptions
from check_ha.multinode.unreachable_nodes import TOO_FEW, counted, not_one_cluster
from check_ha.multinode.whole_cluster.links import LINK_DOWN, UNREACHABLE, links_down, pair_links, together
from check_ha.multinode.whole_cluster.told import CUT, NOT_TOLD, told_by_nodes

NO_PAGE = Condition("no-page", Severity.UNKNOWN, "The page of --page cannot be written.")

PROBLEMS = Metric("cluster.problems.count", "problems found")
ONLINE = Metric("cluster.nodes.online.count", "nodes online, as the DC counts them")
LINKS_DOWN = Metric("cluster.links.down.count", "links between two nodes that are down")

TELLS = ("quorum", "nodes", "rings", "resources", "vip", "failed_actions", "fencing", "constraints", "tickets")
"""The checks of a node whose findings are told, in this order."""


def _path(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("not the name of a file")
    return text


class ClusterOptions(SplitBrainOptions, DriftOptions):
    """Options of check_ha_cluster."""

    page: Optional[str] = option(None, "write what is found as a page for a browser", metavar="FILE", parse=_path)


def judge(views: Views, options: ClusterOptions) -> Judgement:
    """Judge each cluster by itself: the comparison first, then what its nodes say."""
    clusters = [split_brain.compared(identify(answers), views, options) for answers in clusters_of(views.answers)]
    asked = [one.nodes for one in clusters]
    findings = [finding for one in clusters for finding in _of_cluster(one, options)]
    if len(clusters) > 1:
        findings = [one for one in findings if one.condition is not TOO_FEW] + list(not_one_cluster(asked))
    problems = with_causes(ranked([one for one in findings if one.severity is not Severity.OK]))
    return Judgement(
        summary="; ".join(_summary(one) for one in clusters),
        findings=(*problems, *(one for one in findings if one.severity is Severity.OK)),
        measures=(PROBLEMS.of(len(problems)), *counted(asked), *_measures(clusters)),
        rows=tuple(row for one in asked for row in split_brain.rows_of(one)),
    )


def _of_cluster(one: Compared, options: ClusterOptions) -> List[Finding]:
    """Return what is found in one cluster, each with the check that finds it, what is nearest to the cause first."""
    named = one.nodes.with_one_name_each()
    views = named.views
    found = [finding._replace(check="split_brain") for finding in one.findings]
    told = list(told_by_nodes(views, one.state, options))
    links = [finding._replace(check="rings") for finding in links_down(views, one.state)]
    by_check = {name: [finding for finding in told if finding.check == name] for name in TELLS}
    by_check["rings"] = [*links, *by_check["rings"]]
    tools = [finding for finding in told if not finding.check]
    others = [finding for finding in told if finding.check and finding.check not in TELLS]
    found += [*tools, *(finding for those in by_check.values() for finding in those), *others]
    differing = drift.differences(named, drift.comparable(named), options)
    return [*found, *(finding._replace(check="drift") for finding in differing)]


def _summary(one: Compared) -> str:
    views = one.nodes.with_one_name_each().views
    links = [link for link in pair_links(views) if together(one.state, link.ends)]
    numbers = {link.number for link in links}
    text = f"; {count(len(numbers), 'link')} up" if links and all(link.up for link in links) else ""
    return summary(one.state, one.nodes) + text


def _measures(clusters: Sequence[Compared]) -> Iterator[Measure]:
    answered = [one for one in clusters if one.nodes.answered]
    yield from split_brain.measures([one.state for one in answered])
    online, total, down, links = 0, 0, 0, 0
    for one in answered:
        views = one.nodes.with_one_name_each().views
        account = account_of(list(views.items()))
        members = [node for node in account.nodes if not node.remote] if account else []
        online, total = online + sum(node.online for node in members), total + len(members)
        pairs = pair_links(views)
        down, links = down + sum(link.up is False for link in pairs), links + len(pairs)
    if total:
        yield ONLINE.of(online, maximum=total)
    if links:
        yield LINKS_DOWN.of(down, maximum=links)


CHECK = Check(
    name="cluster",
    manual=__doc__,
    readings=(),
    conditions=(
        *split_brain.CHECK.conditions, LINK_DOWN, UNREACHABLE,
        CONF, CONFIG_VERSION, KEY, VERSIONS, CLUSTER_NAME, FEATURE_SET, NODE_IDS, drift.CLOCK,
        NOT_TOLD, CUT, NO_PAGE,
    ),
    metrics=(
        PROBLEMS, *split_brain.CHECK.metrics, ONLINE, LINKS_DOWN,
    ),
    judge=judge,
    number=PROBLEMS,
    options=ClusterOptions,
    filters="resource",
    tells=TELLS,
    shared=(),
)  # fmt: skip
