"""What the check can find, and what it measures."""

from check_ha.core.check import Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity

SUSPENDED = Condition(
    "suspended", Severity.CRITICAL, "DRBD lets no I/O through: it is frozen, or each ends with an error."
)
QUORUM_LOST = Condition(
    "quorum-lost", Severity.CRITICAL, "DRBD reaches too few nodes to write (its own quorum, since DRBD 9.0.8)."
)
DISK_FAILED = Condition(
    "disk-failed", Severity.CRITICAL, "DRBD has no disk below it on this node any more: Diskless, Failed, Detaching."
)
INCONSISTENT = Condition(
    "inconsistent", Severity.CRITICAL, "The data of this node is inconsistent, and nothing synchronises it."
)
NOT_UP_TO_DATE = Condition(
    "not-up-to-date", Severity.WARNING,
    "The data of this node may be older than that of a peer: Outdated, Consistent, Negotiating, Attaching.",
)  # fmt: skip
TWO_PRIMARIES = Condition(
    "two-primaries", Severity.CRITICAL,
    "DRBD is Primary here and on a peer, and Pacemaker wants one only (promoted-max, master-max).",
)  # fmt: skip
STAND_ALONE = Condition(
    "standalone", Severity.CRITICAL,
    "DRBD has given up to connect to a peer: after a split brain, a refusal, or drbdadm disconnect.",
)  # fmt: skip
NOT_CONNECTED = Condition(
    "not-connected", Severity.CRITICAL,
    "There is no connection to a peer, although Pacemaker runs DRBD there, or does not tell: nothing is replicated.",
)  # fmt: skip
PEER_AWAY = Condition(
    "peer-away", Severity.WARNING,
    "There is no connection to a peer, on which Pacemaker does not run DRBD now: nothing is replicated.",
)  # fmt: skip
RESYNC = Condition("resync", Severity.WARNING, "A resync is running: until it ends one node has no good copy.")
RESYNC_PAUSED = Condition(
    "resync-paused", Severity.WARNING, "A resync is paused by hand, here or on the peer: it does not end by itself."
)
LAGGING = Condition(
    "lagging",
    Severity.WARNING,
    "The link is too slow for what is written: the peer lags behind (Ahead, Behind).",
)
OUT_OF_SYNC = Condition(
    "out-of-sync", Severity.WARNING, "Blocks differ, as an online verify has found, and no resync is running."
)
PEER_DISK = Condition(
    "peer-disk", Severity.WARNING, "A peer is connected and has no good copy: its disk is gone, or not up to date."
)
VERIFYING = Condition("verifying", Severity.OK, "An online verify is running.")
NOT_LISTED = Condition(
    "not-listed",
    Severity.CRITICAL,
    "Pacemaker has a DRBD resource active on this node, and DRBD does not have it.",
)
NOT_PRIMARY = Condition(
    "not-primary",
    Severity.CRITICAL,
    "Pacemaker has promoted a DRBD resource here, and DRBD is not Primary here.",
)
PRIMARY_UNPLANNED = Condition(
    "primary-unplanned", Severity.WARNING, "DRBD is Primary on this node, and Pacemaker has not promoted it here."
)
FENCE_LEFT = Condition(
    "fence-left", Severity.WARNING,
    "A constraint of DRBD's fence-peer handler keeps a peer from being promoted, although all is up to date.",
)  # fmt: skip
FENCED = Condition(
    "fenced", Severity.OK, "Such a constraint is there, and what it is for is not over (as seen from this node)."
)
NOT_MATCHED = Condition(
    "not-matched",
    Severity.UNKNOWN,
    "What Pacemaker has of DRBD here is not known: which node this is, or which resource a device is, or not listed.",
)
NO_DRBD = Condition("no-drbd", Severity.UNKNOWN, "DRBD has no resource on this node to judge.")
CONDITIONS = (
    SUSPENDED, QUORUM_LOST, DISK_FAILED, INCONSISTENT, NOT_UP_TO_DATE, TWO_PRIMARIES, STAND_ALONE,
    NOT_CONNECTED, PEER_AWAY, RESYNC, RESYNC_PAUSED, LAGGING, OUT_OF_SYNC, PEER_DISK, VERIFYING, NOT_LISTED,
    NOT_PRIMARY, PRIMARY_UNPLANNED, FENCE_LEFT, FENCED, NOT_MATCHED, NO_DRBD, FILTERED_OUT,
)  # fmt: skip

TOTAL = Metric("cluster.drbd.outofsync.kibibytes", "KiB out of sync, over all volumes and peers")
RESOURCES_UP = Metric("cluster.drbd.resources.count", "DRBD resources on this node")
WELL = Metric("cluster.drbd.resources.healthy.count", "those that are connected and up to date on all nodes")
VOLUMES = Metric("cluster.drbd.volumes.count", "volumes of them")
OF_PEER = "RESOURCE-VOLUME-PEER"
BEHIND = Metric("drbd.volume.outofsync.kibibytes", "KiB of this volume that differ from that peer", instance=OF_PEER)
DONE = Metric("drbd.volume.resync.done.percentage", "how far a resync or verify is", "%", instance=OF_PEER)
LEFT = Metric("drbd.volume.resync.left.seconds", "how long it still takes", "s", instance=OF_PEER)
METRICS = (TOTAL, RESOURCES_UP, WELL, VOLUMES, BEHIND, DONE, LEFT)
