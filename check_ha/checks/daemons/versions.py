"""What runs in another version than is installed, as far as it can be proved."""

from typing import Iterator, List, Mapping, Optional

from check_ha.checks.daemons.processes import Daemon
from check_ha.model.cluster import Cluster
from check_ha.model.node import Features

_GONE = " (deleted)"


def replaced(daemons: List[Daemon], executables: Optional[Mapping[int, str]]) -> List[str]:
    """The daemons whose executable is no longer on the disk: an upgrade has put another one in its place."""
    return [
        daemon.name
        for daemon in daemons
        if any((executables or {}).get(process.pid, "").endswith(_GONE) for process in daemon.processes or ())
    ]


def pacemaker_differs(cluster: Optional[Cluster], installed: Optional[Features], here: Optional[str]) -> Iterator[str]:
    """Where the Pacemaker that runs on this node is not the one installed.

    Of itself it tells the feature set (2.1.5 and later), and on the DC its version.
    """
    if cluster is None or installed is None:
        return
    version = f"{installed.version}-{installed.build}"
    if cluster.dc and cluster.dc.name == here and cluster.dc.version != version:
        yield f"{cluster.dc.version} runs, {version} is installed"
        return
    node = next((node for node in cluster.nodes if node.name == here), None)
    # "<3.15.1" is what the DC prints of a node that reports none
    if node and node.feature_set and node.feature_set[0].isdigit() and node.feature_set != installed.feature_set:
        yield f"feature set {node.feature_set} runs, {installed.feature_set} ({version}) is installed"
