"""What the check of resources can find."""

from check_ha.core.condition import Condition, Severity

NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: what runs where is not known.")
NO_QUORUM = Condition(
    "no-quorum", Severity.CRITICAL, "This partition has no quorum, and no-quorum-policy keeps resources from running."
)
STOPPED = Condition("stopped", Severity.CRITICAL, "A resource should run and runs nowhere.")
ON_LOST_NODE = Condition(
    "on-lost-node", Severity.CRITICAL,
    "A resource is shown on a node that is offline or UNCLEAN: nobody knows whether it runs.",
)  # fmt: skip
FAILED = Condition("failed", Severity.CRITICAL, "The last result of a resource counts as failed.")
BLOCKED = Condition(
    "blocked", Severity.CRITICAL, "The cluster will not act on a resource any more until somebody cleans up."
)
MULTIPLE_ACTIVE = Condition("multiple-active", Severity.CRITICAL, "A resource is active on several nodes at once.")
NOT_PROMOTED = Condition("not-promoted", Severity.CRITICAL, "A promotable resource runs, and is promoted nowhere.")
PROMOTED_INCOMPLETE = Condition(
    "promoted-incomplete", Severity.WARNING, "Fewer instances are promoted than promoted-max asks for."
)
NOT_LISTED = Condition(
    "not-listed", Severity.CRITICAL,
    "A resource is configured and left out by crm_mon (2.0.4 to 2.1.9, 3.0.0: unmanaged on an offline node).",
)  # fmt: skip
CLONE_INCOMPLETE = Condition(
    "clone-incomplete", Severity.WARNING, "A clone or bundle runs on fewer nodes than could run it."
)
ORPHANED = Condition("orphaned", Severity.WARNING, "A resource runs that is no longer configured.")
FAILURE_IGNORED = Condition(
    "failure-ignored", Severity.WARNING, "A resource failed and counts as started (on-fail=ignore)."
)
UNMANAGED = Condition("unmanaged", Severity.WARNING, "The cluster does not manage a resource (is-managed=false).")
MAINTENANCE = Condition(
    "maintenance", Severity.WARNING, "Maintenance of the cluster, a node or a resource: nobody watches and recovers."
)
DISABLED = Condition("disabled", Severity.WARNING, "A resource is stopped on purpose (target-role).")
STOPPED_ALL = Condition("stop-all", Severity.WARNING, "All resources are stopped on purpose (stop-all-resources).")
NO_TICKET = Condition(
    "no-ticket", Severity.WARNING, "A resource waits for a ticket: on the passive site of a geo cluster that is normal."
)
LOCKED = Condition("locked", Severity.WARNING, "A resource is kept for a node that was shut down (shutdown-lock).")
PENDING = Condition("pending", Severity.WARNING, "A resource is being started, stopped, moved, promoted or demoted.")
WRONG_NODE = Condition("wrong-node", Severity.WARNING, "A resource is not on the node that --expect names.")
WRONG_ROLE = Condition("wrong-role", Severity.WARNING, "A resource does not have the role that --expect names.")
NO_RESOURCE = Condition("no-resource", Severity.UNKNOWN, "The cluster has no resource to judge.")
