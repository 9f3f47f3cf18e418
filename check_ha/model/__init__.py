"""What the tools say, as immutable tuples with names, in the words of Pacemaker and Corosync.

The records that check_ha.parsers returns, and those in them: ``from check_ha.model import Cluster, LinkStatus``.
There stands what is promised of them.
"""

from typing import TYPE_CHECKING, Any, List

if TYPE_CHECKING:
    from check_ha.model.addresses import Interface, InterfaceAddress, Interfaces
    from check_ha.model.booth import BoothConf, BoothMember, BoothPeer, BoothTicket, TicketTimes
    from check_ha.model.cib import (
        Cib,
        ConfiguredCollection,
        ConfiguredNode,
        ConfiguredPrimitive,
        CountedFailures,
        DateExpression,
        Dependency,
        Expression,
        FailedOperation,
        FencingLevel,
        Location,
        Moment,
        Recorded,
        Rule,
        Separation,
        TicketDependency,
        TicketState,
    )
    from check_ha.model.cluster import (
        INFINITY,
        Ban,
        Bundle,
        Clone,
        Cluster,
        ClusterOptions,
        DesignatedController,
        FailCount,
        Failure,
        FenceEvent,
        FenceHistory,
        Group,
        Node,
        Placed,
        Primitive,
        Replica,
        Ticket,
    )
    from check_ha.model.corosync import (
        CorosyncMap,
        LinkStatistics,
        LinkStatus,
        Member,
        NodelistNode,
        PeerLink,
        QuorumStatus,
        ReachableLink,
        ReachableNodes,
        Ring,
        SeenMember,
        Statistics,
    )
    from check_ha.model.corosync_conf import CorosyncConf, Mistake, Section, Setting
    from check_ha.model.drbd import (
        DrbdConnection,
        DrbdModule,
        DrbdName,
        DrbdPeerVolume,
        DrbdResource,
        DrbdVolume,
    )
    from check_ha.model.foretold import Foretold
    from check_ha.model.node import Features, FileState, Launcher, Process, Processes, Verification
    from check_ha.model.sbd import SbdConfig, SbdHeader, SbdSlot, SbdSlots, Watchdogs
    from check_ha.model.view import View

_MODULES = (
    "cluster",
    "cib",
    "corosync",
    "node",
    "addresses",
    "corosync_conf",
    "drbd",
    "foretold",
    "booth",
    "sbd",
    "view",
)

__all__ = [
    "INFINITY",
    "Ban",
    "BoothConf",
    "BoothMember",
    "BoothPeer",
    "BoothTicket",
    "Bundle",
    "Cib",
    "Clone",
    "Cluster",
    "ClusterOptions",
    "ConfiguredCollection",
    "ConfiguredNode",
    "ConfiguredPrimitive",
    "CorosyncConf",
    "CorosyncMap",
    "CountedFailures",
    "DateExpression",
    "Dependency",
    "DesignatedController",
    "DrbdConnection",
    "DrbdModule",
    "DrbdName",
    "DrbdPeerVolume",
    "DrbdResource",
    "DrbdVolume",
    "Expression",
    "FailCount",
    "FailedOperation",
    "Failure",
    "Features",
    "FenceEvent",
    "FenceHistory",
    "FencingLevel",
    "FileState",
    "Foretold",
    "Group",
    "Interface",
    "InterfaceAddress",
    "Interfaces",
    "Launcher",
    "LinkStatistics",
    "LinkStatus",
    "Location",
    "Member",
    "Mistake",
    "Moment",
    "Node",
    "NodelistNode",
    "PeerLink",
    "Placed",
    "Primitive",
    "Process",
    "Processes",
    "QuorumStatus",
    "ReachableLink",
    "ReachableNodes",
    "Recorded",
    "Replica",
    "Ring",
    "Rule",
    "SbdConfig",
    "SbdHeader",
    "SbdSlot",
    "SbdSlots",
    "Section",
    "SeenMember",
    "Separation",
    "Setting",
    "Statistics",
    "Ticket",
    "TicketDependency",
    "TicketState",
    "TicketTimes",
    "Verification",
    "View",
    "Watchdogs",
]

if not TYPE_CHECKING:  # which would let any name pass

    def __getattr__(name: str) -> Any:
        if name in __all__:
            import importlib

            for module in _MODULES:
                found = vars(importlib.import_module(f"{__name__}.{module}"))
                if name in found:
                    return found[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> List[str]:
    return sorted(__all__)
