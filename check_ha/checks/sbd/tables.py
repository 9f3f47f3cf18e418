"""What the check can find, and what it measures."""

from check_ha.core.check import Metric
from check_ha.core.condition import Condition, Severity

TOO_MANY = Condition(
    "too-many-devices", Severity.CRITICAL, "SBD_DEVICE names more than three devices: sbd does not start.", True
)
TOO_FEW = Condition(
    "too-few-devices", Severity.CRITICAL, "SBD_DEVICE names fewer devices than --devices says.", standing=True
)
NO_DEVICE = Condition(
    "no-device", Severity.CRITICAL, "A fence device writes messages to sbd, and SBD_DEVICE names no device.", True
)
SAME = Condition(
    "same-device", Severity.WARNING, "SBD_DEVICE names one disk twice: the loss of that disk counts as two.", True
)
UNREADABLE_DEVICE = Condition(
    "device-unreadable",
    Severity.CRITICAL,
    "A device cannot be read or gives no answer; WARNING while more than half of them can.",
)
DEVICE_SLOW = Condition(
    "device-slow", Severity.WARNING, "sbd dump took longer than half of the watchdog timeout of the device."
)
NO_SLOT = Condition(
    "no-slot", Severity.CRITICAL,
    "A node has no slot on a device: no message reaches it. WARNING where it has one on more than half of them.",
)  # fmt: skip
MESSAGE_UNREAD = Condition(
    "message-unread", Severity.CRITICAL,
    "A node is online and has not read a message, which would end it when it does; WARNING where it is on at most "
    "half of the devices.",
)  # fmt: skip
START_BARRED = Condition(
    "start-barred", Severity.WARNING,
    "A node was fenced, and with SBD_STARTMODE=clean does not start until its slot is cleared.",
)  # fmt: skip
MSGWAIT_SHORT = Condition(
    "msgwait-short", Severity.WARNING,
    "msgwait of a device is less than twice its watchdog timeout: a node counts as fenced before it must be dead.",
    standing=True,
)  # fmt: skip
TIMEOUTS_DIFFER = Condition(
    "timeouts-differ", Severity.WARNING, "Devices have different timeouts: sbd watches only those like the first.", True
)
STONITH_TIMEOUT_SHORT = Condition(
    "stonith-timeout-short", Severity.CRITICAL,
    "Pacemaker gives up a fencing before msgwait is over: none succeeds. WARNING where it waits less than 1.2 times as "
    "long.",
    standing=True,
)  # fmt: skip
WATCHDOG_TIMEOUT_SHORT = Condition(
    "watchdog-timeout-short", Severity.CRITICAL,
    "stonith-watchdog-timeout is not longer than SBD_WATCHDOG_TIMEOUT: Pacemaker refuses that. WARNING below twice as "
    "long. Or SBD_WATCHDOG_TIMEOUT is 0.",
    standing=True,
)  # fmt: skip
TWO_NODES = Condition(
    "diskless-two-nodes", Severity.WARNING,
    "sbd has no device, and the cluster has two nodes and no quorum device: neither node knows which half lives on.",
    standing=True,
)  # fmt: skip
DOWN = Condition("sbd-down", Severity.CRITICAL, "sbd does not run on this node.")
STARTED_LATE = Condition(
    "started-late", Severity.WARNING, "sbd was started after Pacemaker: it was not there when the cluster started."
)
NO_WATCHDOG = Condition(
    "no-watchdog",
    Severity.WARNING,
    "sbd is told to work without a watchdog: nothing resets the node when sbd hangs.",
    True,
)
UNWATCHED = Condition(
    "pacemaker-unwatched",
    Severity.WARNING,
    "sbd is told not to watch Pacemaker (SBD_PACEMAKER). CRITICAL without a device: then it watches nothing.",
    True,
)
WATCHDOG_MISSING = Condition("watchdog-missing", Severity.CRITICAL, "There is no watchdog device of that name.")
WATCHDOG_HELD = Condition(
    "watchdog-held", Severity.CRITICAL, "Another process has the watchdog open: sbd cannot have it."
)
WATCHDOG_IDLE = Condition("watchdog-idle", Severity.CRITICAL, "sbd runs and does not have the watchdog open.")
NO_CONFIG = Condition("no-config", Severity.UNKNOWN, "sbd is in use, and this node has no configuration of it.")
NO_SBD = Condition("no-sbd", Severity.UNKNOWN, "Neither the CIB nor the process list tells of sbd.")

CONDITIONS = (
    TOO_MANY, TOO_FEW, NO_DEVICE, SAME, UNREADABLE_DEVICE, DEVICE_SLOW, NO_SLOT, MESSAGE_UNREAD, START_BARRED,
    MSGWAIT_SHORT, TIMEOUTS_DIFFER, STONITH_TIMEOUT_SHORT, WATCHDOG_TIMEOUT_SHORT, TWO_NODES,
    DOWN, STARTED_LATE, UNWATCHED, NO_WATCHDOG, WATCHDOG_MISSING, WATCHDOG_HELD, WATCHDOG_IDLE, NO_CONFIG, NO_SBD,
)  # fmt: skip

SLOWEST = Metric("cluster.sbd.slowest.seconds", "seconds that sbd dump took on the slowest device", "s")
CONFIGURED = Metric("cluster.sbd.devices.count", "devices that SBD_DEVICE names")
READABLE = Metric("cluster.sbd.devices.readable.count", "devices that can be read")
MESSAGES = Metric("cluster.sbd.messages.count", "messages that stand in slots of any node")
READ_TIME = Metric("sbd.device.read.seconds", "seconds that sbd dump took", "s", instance="DEVICE")

METRICS = (SLOWEST, CONFIGURED, READABLE, MESSAGES, READ_TIME)
