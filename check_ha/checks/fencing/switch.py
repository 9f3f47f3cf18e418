"""Whether fencing is on, with what, and whether this partition may fence at all."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence

from check_ha.cluster.fencing.configuration import targets_of_fencing
from check_ha.cluster.fencing.devices import FenceDevice
from check_ha.cluster.fencing.targets import has_watchdog, watchdog_fences
from check_ha.cluster.nodes import may_act
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import SETTING, Finding, Subject, nodes
from check_ha.core.wording import are, count, listed
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster

FENCING_DISABLED = Condition(
    "fencing-disabled", Severity.WARNING, "Fencing is switched off (stonith-enabled=false).", standing=True
)
NO_DEVICE = Condition("no-device", Severity.CRITICAL, "Fencing is on, and there is neither fence device nor watchdog.")
NO_QUORUM = Condition("no-quorum", Severity.CRITICAL, "This partition has no quorum: it may not fence anybody.")
NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: nobody decides on fencing.")

CONDITIONS = (FENCING_DISABLED, NO_DEVICE, NO_DC, NO_QUORUM)

_ENABLED = (Subject(SETTING, "stonith-enabled"),)


def without_means(devices: Sequence[FenceDevice], cluster: Optional[Cluster], cib: Optional[Cib]) -> bool:
    """Return whether nothing is known with which a node could be fenced: no device, and no watchdog of any node."""
    if devices or (cluster is None and cib is None):
        return False
    return cib is None or not any(watchdog_fences(cib, name) for name in targets_of_fencing(cluster, cib))


def switched_off(devices: Sequence[FenceDevice]) -> Finding:
    """Return that fencing is off. To switch it on while a node is not seen gets that node fenced at once."""
    number = len(devices)
    known = f"{count(number, 'fence device')} configured" if number else "no fence device configured"
    first = "test the fence devices" if number else "configure and test fence devices"
    return Finding(
        FENCING_DISABLED,
        f"fencing is off (stonith-enabled=false), {known}",
        _ENABLED,
        f"{first}; then, while all nodes are online",
        ("crm_attribute --type crm_config --name stonith-enabled --update true",),
    )


def no_device(cib: Optional[Cib]) -> Finding:
    """Return that fencing is on without means: without a device Pacemaker starts resources only beside a watchdog."""
    if cib is None:
        text = "fencing is on, and crm_mon lists no fence device; whether there is a watchdog is not known"
    elif has_watchdog(cib):
        text = (
            "fencing is on, and there is neither a fence device nor a watchdog (stonith-watchdog-timeout): "
            "no failed node is recovered"
        )
    else:
        text = "fencing is on, and there is no fence device: no resource is started, no failed node recovered"
    advice = "configure a fence device; to list the agents that are installed"
    return Finding(NO_DEVICE, text, _ENABLED, advice, ("stonith_admin --list-installed",))


def unable(cluster: Cluster) -> Iterator[Finding]:
    """Yield what keeps this partition from fencing anybody, and from starting its devices."""
    unclean = [node.name for node in cluster.nodes if node.unclean]
    if cluster.dc is None:
        yield Finding(NO_DC, "no DC is elected: nobody decides on fencing")
    elif not may_act(cluster):
        whom = f"{listed(unclean)}, which {are(unclean)} UNCLEAN" if unclean else "anybody"
        yield Finding(NO_QUORUM, f"no quorum: this partition may not fence {whom}", nodes(*unclean))
