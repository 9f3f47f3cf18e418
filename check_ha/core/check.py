"""What a check is: its readings, conditions, metrics and options, and the function that judges."""

from __future__ import annotations

import enum
from typing import Any, Callable, Mapping, Optional, Sequence, Tuple, Type, Union

from check_ha.core.condition import COMMON, Condition
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding, Row
from check_ha.core.options import Options
from check_ha.record import NamedTuple
from check_ha.sources.tools import Question

Number = Union[int, float]


class Metric(NamedTuple):
    """A perfdata metric, named Centreon style with the unit last: ``cluster.votes.total.count``.

    A metric of instances is printed as ``instance#name``.
    """

    name: str
    meaning: str
    unit: str = ""
    """The unit of measurement Nagios knows: ``s``, ``us``, ``%``, or none for a count."""
    instance: str = ""
    """What stands for the instance in the documentation: ``PEER-linkN``."""

    def of(
        self,
        value: Number,
        instance: str = "",
        *,
        minimum: Optional[Number] = 0,
        maximum: Optional[Number] = None,
        judged: Optional[Number] = None,
    ) -> Measure:
        """Return a measured value of this metric."""
        return Measure(self, value, instance, minimum, maximum, judged)


class Measure(NamedTuple):
    """One perfdata value."""

    metric: Metric
    value: Number
    instance: str = ""
    minimum: Optional[Number] = 0
    maximum: Optional[Number] = None
    judged: Optional[Number] = None
    """Of the main number: what -w and -c are held against where that is not all of it, because of -i, -x or an age."""
    warning: str = ""
    """Of the main number: the range of -w, as it was given."""
    critical: str = ""


class Judgement(NamedTuple):
    """What one run found."""

    summary: str
    """One sentence that says what was looked at, for the OK line."""
    findings: Tuple[Finding, ...] = ()
    measures: Tuple[Measure, ...] = ()
    rows: Tuple[Row, ...] = ()
    """One for each item, for -v."""
    remember: Optional[Mapping[str, Any]] = None
    """JSON values to be handed to the next run as ``Evidence.previous``; ``None``: nothing to keep."""


class Scope(enum.Enum):
    """Whose state a check tells: that decides on which machine a site needs it, and how often."""

    CLUSTER = "cluster"
    """Every node says the same, as long as it is in the cluster: Pacemaker's account is one."""
    SIGHT = "sight"
    """The cluster as it is seen from one node: its partition, its links, its interfaces. All of them together tell."""
    NODE = "node"
    """What this node alone knows."""


class Applies:
    """How a check of something that many clusters do not have can tell whether this one has it."""

    def __init__(
        self,
        what: str,
        readings: Tuple[Reading[Any], ...],
        holds: Callable[[Evidence], Optional[bool]],
        alone: Tuple[Reading[Any], ...] = (),
    ) -> None:
        self.what = what
        """``DRBD``: it is not set up here."""
        self.readings = readings
        """What tells: tools that other checks ask anyway, so that where it is not set up no process is spent on it."""
        self.holds = holds
        """Pure: the evidence of these readings in; None where they do not tell."""
        self.alone = alone
        """What tells as well, and is asked by the command of the check alone: who runs it expects something."""


class Check(NamedTuple):
    """A check command. ``manual`` is the docstring of its module."""

    name: str
    """``quorum``: the command is ``check_ha_quorum``, the output starts with ``HA_QUORUM``."""
    manual: str
    readings: Tuple[Reading[Any], ...]
    conditions: Tuple[Condition, ...]
    """Its own."""
    metrics: Tuple[Metric, ...]
    judge: Callable[[Any, Any], Judgement]
    """Pure: the Evidence (of a comparison: the Views), and an object of ``options``, in; the judgement out."""
    number: Optional[Metric] = None
    """The main number, which -w and -c are ranges of."""
    options: Type[Options] = Options
    filters: str = ""
    """What -i and -x select, where the check has such items: ``node``, ``resource``."""
    remembers: bool = False
    """Whether it compares with its last run: only then is state kept."""
    applies: Optional[Applies] = None
    """Of a check that not every cluster needs: check_ha runs it where this holds."""
    nothing: Optional[Condition] = None
    """That there is nothing to judge here. Whoever runs this check expects something; to check_ha it is OK."""
    asks: Optional[Callable[[Evidence, Any], Sequence[Question]]] = None
    """Pure: what the scheduler is to be asked, by the evidence of the readings. ``answers_to`` are then among them."""
    scope: Scope = Scope.NODE
    """Whose state it tells. What is not Scope.NODE is in the view of a node, and check_ha_cluster tells it once."""
    tells: Tuple[str, ...] = ()
    """Of a comparison: the checks whose findings it passes on, with their conditions."""
    shared: Tuple[Condition, ...] = COMMON
    """Conditions it has in common with other checks."""

    @property
    def command(self) -> str:
        """The name of the command."""
        return f"check_ha_{self.name}"
