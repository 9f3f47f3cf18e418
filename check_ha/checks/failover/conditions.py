"""What can be found of a loss that was foretold."""

from check_ha.core.condition import Condition, Severity

ADDRESS_NOWHERE = Condition(
    "address-nowhere", Severity.WARNING, "A virtual IP that is served now would be served nowhere."
)
LOST_WITH_NODE = Condition("lost-with-node", Severity.WARNING, "What runs now would run nowhere.")
NOT_PROMOTED_WITHOUT = Condition(
    "not-promoted-without", Severity.WARNING, "What is promoted now would run, and be promoted nowhere."
)
QUORUM_LOST = Condition(
    "quorum-lost-with-node", Severity.WARNING,
    "What is left would have no quorum, and by no-quorum-policy would not take over.",
)  # fmt: skip
UNFENCEABLE = Condition(
    "unfenceable",
    Severity.WARNING,
    "Fencing is on, and nothing that is left could fence the node: nothing is recovered.",
)
GROUND_MISSING = Condition(
    "ground-missing", Severity.WARNING,
    "A virtual IP would go to a node that, by its --view, has no interface or no network for it.",
)  # fmt: skip
FEWER_INSTANCES = Condition(
    "fewer-instances", Severity.OK, "A clone would go on with fewer instances, or fewer of them promoted."
)
PINNED = Condition(
    "pinned", Severity.OK, "A resource would be lost with its node, and --pinned says that it is meant to."
)
PINNED_UNMATCHED = Condition(
    "pinned-unmatched", Severity.UNKNOWN, "A pattern of --pinned matches no resource: one was renamed, or is misspelt."
)
NOT_FORETOLD = Condition(
    "not-foretold", Severity.UNKNOWN,
    "crm_simulate is missing, fails or is too slow; or nothing runs now that could be lost.",
)  # fmt: skip
NOT_YET = Condition(
    "not-yet-foretold", Severity.UNKNOWN, "There was no time for some of the nodes: the next runs look at them first."
)

CONDITIONS = (
    ADDRESS_NOWHERE, LOST_WITH_NODE, NOT_PROMOTED_WITHOUT, GROUND_MISSING, QUORUM_LOST, UNFENCEABLE, FEWER_INSTANCES,
    PINNED, PINNED_UNMATCHED, NOT_FORETOLD, NOT_YET,
)  # fmt: skip
