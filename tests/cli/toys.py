"""A check that asks no tool, to try arguments and output on."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from check_ha.core.check import Check, Judgement, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Finding
from check_ha.core.options import FilterOptions, duration, natural, option, pair

BAD = Condition("bad", Severity.CRITICAL, "Something is bad.")
ODD = Condition("odd", Severity.WARNING, "Something is odd.")
DARK = Condition("dark", Severity.UNKNOWN, "Something is not known.")
FINE = Condition("fine", Severity.OK, "Something is fine.")

COUNT = Metric("cluster.toys.count", "toys that are lost")
WEIGHT = Metric("toy.weight.kilograms", "weight of a toy", instance="TOY")


class ToyOptions(FilterOptions):
    """One option of each kind."""

    links: int = option(0, "how many links", metavar="N", parse=natural)
    max_age: Optional[float] = option(None, "how old", metavar="DURATION", parse=duration)
    expect: Tuple[Tuple[str, str], ...] = option((), "what is where", metavar="TOY=PLACE", parse=pair, repeat=True)
    loud: bool = option(False, "make noise")


def toy(judgement: Optional[Judgement] = None, **more: Any) -> Check:
    """A check that always says the same."""
    given = {
        "name": "toy",
        "manual": "Are all toys here?\n\nLooks under the bed.",
        "readings": (),
        "conditions": (BAD, ODD, DARK, FINE),
        "metrics": (COUNT, WEIGHT),
        "judge": lambda evidence, options: judgement or Judgement("no toys"),
        "number": COUNT,
        "options": ToyOptions,
    }
    return Check(**{**given, **more})


def says(condition: Condition, text: str, advice: str = "") -> Finding:
    return Finding(condition, text, advice=advice)


def echo(evidence: Evidence, options: ToyOptions) -> Judgement:
    """Judge by repeating the options."""
    return Judgement(str({name: getattr(options, name) for name in options.table()}))
