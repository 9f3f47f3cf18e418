"""What is judged: the DRBD resources of this node, each with what Pacemaker has of it; and how faults are told."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional, Tuple

from check_ha.cluster.drbd.managed import ManagedDrbd
from check_ha.core.condition import Condition
from check_ha.core.finding import DRBD, Finding, Subject, nodes, resources
from check_ha.core.wording import some
from check_ha.model.cluster import Cluster
from check_ha.model.drbd import CONNECTED, UP_TO_DATE, DrbdConnection, DrbdPeerVolume, DrbdResource
from check_ha.record import NamedTuple

ESTABLISHED = frozenset(("Established", "VerifyS", "VerifyT"))


class Judged(NamedTuple):
    """One DRBD resource of this node."""

    resource: DrbdResource
    managed: Optional[ManagedDrbd]
    """``None``: Pacemaker does not have it, or it is not known which it is."""
    other: str
    """The only node that the peer can be where DRBD does not name it; empty: there are several."""

    @property
    def label(self) -> str:
        """Return how DRBD calls it."""
        return self.resource.label

    @property
    def names(self) -> Tuple[str, ...]:
        """Return all that an administrator may call it."""
        return (self.label, *(self.managed.names if self.managed else ()))

    @property
    def subjects(self) -> Tuple[Subject, ...]:
        """Return it as subjects: DRBD's resource, then that of Pacemaker."""
        return (Subject(DRBD, self.label), *resources(*(self.managed.names[:1] if self.managed else ())))

    def peer(self, connection: DrbdConnection) -> str:
        """Return the name of the peer; empty: not known."""
        return connection.peer or self.other

    def runs_on_peer(self, connection: DrbdConnection, here: Optional[str]) -> Optional[bool]:
        """Return whether Pacemaker has DRBD active on the peer; ``None``: not known."""
        if self.managed is None:
            return None
        peer = self.peer(connection)
        return peer in self.managed.active if peer else any(node != here for node in self.managed.active)

    def of_volume(self, number: int) -> str:
        """Return the label of one volume: with its number where there are several."""
        return f"{self.label}/{number}" if len(self.resource.volumes) > 1 else self.label


def is_well(resource: DrbdResource) -> bool:
    """Return whether all of it is connected and up to date on all nodes."""
    here = all(one.client or one.disk == UP_TO_DATE for one in resource.volumes)
    return here and bool(resource.connections) and all(_is_well(resource, one) for one in resource.connections)


def _is_well(resource: DrbdResource, one: DrbdConnection) -> bool:
    return one.state == CONNECTED and all(map(in_step, one.volumes)) and not only_here(resource, one)


def only_here(resource: DrbdResource, connection: DrbdConnection) -> List[int]:
    """Return the volumes that this peer does not have; of DRBD 8 one peer may stand in several connections."""
    there = {volume.volume for one in resource.connections if one.peer == connection.peer for volume in one.volumes}
    return [one.volume for one in resource.volumes if one.volume not in there]


def in_step(volume: DrbdPeerVolume) -> bool:
    """Return whether the peer has all that is written."""
    return volume.replication in ESTABLISHED and (volume.client or volume.disk == UP_TO_DATE)


def others(cluster: Optional[Cluster], here: Optional[str]) -> str:
    """Return the only other node of a cluster of two."""
    members = [node.name for node in cluster.nodes if node.type == "member"] if cluster else []
    rest = [name for name in members if name != here]
    return rest[0] if len(members) == 2 and len(rest) == 1 else ""


class Fault(NamedTuple):
    """One thing that is wrong with one resource or volume; what is alike in several is told once."""

    condition: Condition
    judged: Judged
    label: str
    text: str
    """What is wrong with it: it stands behind the names and a colon."""
    nodes: Tuple[str, ...] = ()
    advice: str = ""
    command: str = ""
    """``{}`` stands for the names of DRBD's resources."""


def told(faults: Iterable[Fault]) -> Iterator[Finding]:
    """Yield a finding for all that are alike."""
    groups: Dict[Tuple[Condition, str, Tuple[str, ...], str, str], List[Fault]] = {}
    for one in faults:
        groups.setdefault((one.condition, one.text, one.nodes, one.advice, one.command), []).append(one)
    for (condition, text, names, advice, command), group in groups.items():
        labels = list(dict.fromkeys(one.label for one in group))
        subjects = tuple(dict.fromkeys(subject for one in group for subject in one.judged.subjects))
        known = [one.judged.resource.name for one in group]
        commands = (command.replace("{}", " ".join(dict.fromkeys(known))),) if command and all(known) else ()
        yield Finding(condition, f"{some(labels)}: {text}", (*subjects, *nodes(*names)), advice, commands)
