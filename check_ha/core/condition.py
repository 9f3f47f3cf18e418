"""Severities and conditions: the words a verdict is made of.

A check declares each thing it can find as a Condition, once, with its default severity;
help, README and ``--severity`` are made from these tables.
"""

import enum

from check_ha.record import NamedTuple


class Severity(enum.IntEnum):
    """How bad, in the order in which one run's findings are weighed: a proven problem is never masked."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    CRITICAL = 3


class Condition(NamedTuple):
    """A kind of finding."""

    name: str
    severity: Severity
    meaning: str
    """One sentence for help and README."""
    standing: bool = False
    """It is so until somebody changes the configuration: what has just happened is told before it."""


NOT_RUNNING = Condition("not-running", Severity.CRITICAL, "Corosync or Pacemaker does not run on this node.")
NOT_RESPONDING = Condition(
    "not-responding",
    Severity.CRITICAL,
    "A tool gave no answer within the deadline, as all do when the daemon behind them is frozen.",
)
NOT_FINISHED = Condition(
    "not-finished", Severity.UNKNOWN,
    "A tool was still at work at the deadline, as on a large cluster or a busy node: -t gives it more time.",
)  # fmt: skip
STARTING = Condition(
    "starting", Severity.WARNING, "The cluster software of this node was just started: it cannot be up yet."
)
NO_PERMISSION = Condition(
    "no-permission", Severity.UNKNOWN, "The user of the check may not ask; the advice shows what allows it."
)
REMOTE_NODE = Condition(
    "remote-node", Severity.UNKNOWN, "This is a Pacemaker Remote node, and the check belongs on a cluster node."
)
TOOL_MISSING = Condition("tool-missing", Severity.UNKNOWN, "A tool is not installed, or not in the recording.")
UNREADABLE = Condition(
    "unreadable", Severity.UNKNOWN, "A tool failed, or its output is empty, truncated or not recognised."
)
STALE = Condition(
    "stale", Severity.UNKNOWN, "What the tools said is older than --max-age-of-data allows, or from the future."
)
OUT_OF_RANGE = Condition(
    "out-of-range", Severity.WARNING, "The main number is outside of -w (WARNING) or -c (CRITICAL)."
)
FILTERED_OUT = Condition("filtered-out", Severity.UNKNOWN, "--include and --exclude leave nothing to judge.")

NOT_COMPARED = Condition(
    "not-compared", Severity.OK, "No state is kept from run to run, or that of the last one cannot be read."
)

COMMON = (
    NOT_RUNNING,
    STARTING,
    NOT_RESPONDING,
    NOT_FINISHED,
    NO_PERMISSION,
    REMOTE_NODE,
    TOOL_MISSING,
    UNREADABLE,
    STALE,
)
"""What every check can find."""
WITH_MEMORY = (*COMMON, NOT_COMPARED)
"""What every check can find that compares with its last run."""
