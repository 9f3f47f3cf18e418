"""What the attributes of databases can prove to be wrong: by themselves, for few clusters have such attributes."""

from __future__ import annotations

from check_ha.core.condition import Condition, Severity

REPLICATION_LOST = Condition(
    "replication-lost", Severity.CRITICAL, "A database does not replicate: it cannot take over without loss of data."
)
TWO_PRIMARIES = Condition("two-primaries", Severity.CRITICAL, "A database runs as primary at two sites.")
HANA_DOWN = Condition("hana-down", Severity.CRITICAL, "The cluster has SAP HANA running on a node, and HANA is down.")
HANA_WAITING = Condition(
    "hana-waiting",
    Severity.CRITICAL,
    "SAP HANA is down on a node, and waits for a time-out, a node or an administrator.",
)
TAKEOVER_FAILED = Condition("takeover-failed", Severity.CRITICAL, "A takeover of SAP HANA has failed.")
REPLICATION_DEGRADED = Condition(
    "replication-degraded", Severity.WARNING, "A database catches up, lags behind, waits or is not in sync."
)
REPLICATION_UNKNOWN = Condition(
    "replication-unknown", Severity.UNKNOWN, "A database runs, and nothing tells whether it replicates."
)
NOT_PROMOTABLE = Condition(
    "not-promotable", Severity.WARNING, "A database runs as replica, and its agent would not have it promoted."
)
HANA_BUSY = Condition("hana-busy", Severity.WARNING, "SAP HANA is at work on itself, as while a host takes over.")
LAST_PRIMARY = Condition(
    "last-primary-unclear", Severity.WARNING, "Two nodes or sites of SAP HANA have a time at which they were primary."
)

CONDITIONS = (
    REPLICATION_LOST, TWO_PRIMARIES, HANA_DOWN, HANA_WAITING, TAKEOVER_FAILED, REPLICATION_DEGRADED,
    REPLICATION_UNKNOWN, NOT_PROMOTABLE, HANA_BUSY, LAST_PRIMARY,
)  # fmt: skip
