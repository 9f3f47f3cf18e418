"""Why nothing can be foretold as it stands."""

from __future__ import annotations

from typing import Dict, Optional

from check_ha.checks.failover.conditions import NOT_FORETOLD
from check_ha.checks.failover.options import FailoverOptions
from check_ha.checks.failover.situation import Situation
from check_ha.core.condition import FILTERED_OUT
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import count, listed
from check_ha.model.foretold import Foretold
from check_ha.sources.tools import DEAD, Question


def unable_to(situation: Situation, options: FailoverOptions) -> Optional[Finding]:
    """Return why nothing can be foretold as it stands."""
    cluster = situation.cluster
    if cluster.dc is None:
        return Finding(NOT_FORETOLD, "no DC is elected: what runs now is not known")
    if cluster.with_quorum is False and situation.policy != "ignore":
        return Finding(NOT_FORETOLD, f"there is no quorum now, and no-quorum-policy is {situation.policy}",
                       advice="see check_ha_quorum")  # fmt: skip
    if not situation.running:
        text = "no resource runs now, so there is nothing to lose"
        return Finding(NOT_FORETOLD, text, advice="see check_ha_resources")
    wanted: Dict[str, str] = {}
    for name, state in options.if_:
        if wanted.setdefault(name, state) != state:
            text = f"--if: {name} is to be both {wanted[name]} and {state}: ask once for each"
            return Finding(NOT_FORETOLD, text, nodes(name))
        node = situation.nodes.get(name)
        if node is None:
            return Finding(NOT_FORETOLD, f"--if: the cluster has no node {name}, only {listed(situation.nodes)}")
        if node.id_as_resource:
            text = f"--if: {name} is a guest node, which is lost with its container {node.id_as_resource}"
            return Finding(NOT_FORETOLD, text, nodes(name), advice="ask for the node that runs it")
    if not options.if_ and not any(options.selects(node.name) for node in situation.may_be_lost()):
        return Finding(FILTERED_OUT, f"--include and --exclude leave none of {count(len(situation.nodes), 'node')}")
    return None


def not_understood(situation: Situation, question: Question, outcome: Foretold) -> Optional[Finding]:
    """Return why this outcome is none: with quorum some member stays up of those that are.

    To 2.1.5 all members of a cluster with 3.0 are down, which writes since when they are up in place of that they are.
    """
    down = {*situation.lost, *(node for node, state in question.changes if state == DEAD)}
    members = [node for node in outcome.nodes if node.type == "member" and node.name not in down]
    if question.quorum is False or outcome.fenced or not members or any(node.online for node in members):
        return None
    names = [node.name for node in members]
    return Finding(NOT_FORETOLD, f"takes {listed(names)} for down: is it older than the cluster?", nodes(*names))
