"""Location constraints that moving and banning leave behind, joined from the CIB and crm_mon.

``crm_resource --move`` and ``--ban``, also through crmsh and pcs, write a constraint that stays until it is cleared or
its lifetime ends. By its id it is known, in every version::

    cli-ban-p_single-on-node1    --ban, and --move without a node
    cli-prefer-g_web             --move to a node
    cli-standby-p_single         what 1.0 and the first 1.1 wrote for a ban; --clear does not know it any more

crm_mon shows bans only, those of a lifetime under the id of their rule (``cli-ban-p_single-on-node1-rule``), and only
while they are in effect.
"""

from __future__ import annotations

from typing import List, Optional, Set, Tuple

from check_ha.cluster.rules import Truth, ends, holds, nodes_of, some
from check_ha.model.cib import Cib, Location, Moment
from check_ha.model.cluster import INFINITY, Ban, Cluster
from check_ha.record import NamedTuple

_BANS = ("cli-ban-", "cli-standby-")
_PREFERENCE = "cli-prefer-"
_RULE = "-rule"


class CliConstraint(NamedTuple):
    """One constraint that a command has written."""

    id: str
    resource: str
    nodes: Tuple[str, ...]
    ban: bool
    """False: the resource prefers these nodes."""
    promoted_only: bool = False
    in_effect: Truth = True
    """False: its lifetime has ended, or has not begun; ``None``: not known."""
    limited: bool = False
    """Whether it has a lifetime."""
    end: Optional[Moment] = None
    """When it ends by itself, where that can be told."""
    clearable: bool = True
    """Whether ``crm_resource --clear`` finds it: it looks for the ids that it would give itself."""


def cli_constraints(cluster: Optional[Cluster], cib: Optional[Cib], now: float) -> Tuple[CliConstraint, ...]:
    """Return all of them, those in the CIB first; ``now`` is in seconds since the epoch."""
    bans = [ban for ban in cluster.bans if ban.id.startswith(_BANS)] if cluster else []
    names = {node.name for node in cluster.nodes} if cluster else None
    found: List[CliConstraint] = []
    seen = set()
    for location in cib.locations if cib else ():
        if location.id.startswith((*_BANS, _PREFERENCE)):
            ids = {location.id, *(rule.id for rule in location.rules)}
            shown = any(ban.id in ids for ban in bans)
            found.append(_configured(location, shown, names, now))
            seen |= ids
    return (*found, *(_shown(ban) for ban in bans if ban.id not in seen))


def _configured(location: Location, shown: bool, names: Optional[Set[str]], now: float) -> CliConstraint:
    resource = location.pattern or next(iter(location.resources), "")
    nodes = tuple(dict.fromkeys(nodes_of(location)))
    rules = location.rules
    own = {f"cli-ban-{resource}-on-{node}" for node in nodes if names is None or node in names}
    return CliConstraint(
        id=location.id,
        resource=resource,
        nodes=nodes,
        ban=not location.id.startswith(_PREFERENCE),
        promoted_only=location.promoted_only,
        # crm_mon asks Pacemaker's own code, which knows more than ours
        in_effect=True if shown or not rules else some(holds(rule, now) for rule in rules),
        limited=bool(rules),
        end=ends(location),
        clearable=location.id in {f"cli-prefer-{resource}", *own},
    )


def _shown(ban: Ban) -> CliConstraint:
    """Return one of which only crm_mon tells: the CIB was not read, or ACLs hide it."""
    limited = ban.id.endswith(_RULE)
    name = ban.id[: -len(_RULE)] if limited else ban.id
    return CliConstraint(
        id=name,
        resource=ban.resource,
        nodes=(ban.node,),
        ban=True,
        promoted_only=ban.promoted_only,
        limited=limited,
        clearable=name == f"cli-ban-{ban.resource}-on-{ban.node}",
    )


def nodes_left(resource: str, cluster: Cluster) -> Optional[Tuple[str, ...]]:
    """Return the nodes from which no constraint bans that resource; ``None``: not known from here."""
    if cluster.options.symmetric is not True:
        return None
    banned = {
        ban.node for ban in cluster.bans
        if ban.resource == resource and ban.weight <= -INFINITY and not ban.promoted_only
    }  # fmt: skip
    return tuple(node.name for node in cluster.nodes if not node.id_as_resource and node.name not in banned)


def clear_commands(constraint: CliConstraint) -> Tuple[str, ...]:
    """Return the commands that remove it, each of which does it alone."""
    name = constraint.resource
    if constraint.clearable:
        return (f"crm_resource --clear --resource {name}", f"crm resource clear {name}", f"pcs resource clear {name}")
    return (f"cibadmin --delete --xml-text '<rsc_location id=\"{constraint.id}\"/>'",)
