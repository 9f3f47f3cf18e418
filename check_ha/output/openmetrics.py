"""A verdict as metrics for Prometheus: the textfile collector of node_exporter, or whatever reads OpenMetrics.

The text is valid in both formats, OpenMetrics 1.0 and Prometheus' own 0.0.4, which takes the last line for a comment.
All are gauges. Names are those of perfdata with Prometheus' base units: ``link.latency.microseconds`` becomes
``check_ha_link_latency_seconds``. The texts of findings are not there: they hold ages, and each would be a new series.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple, Union

from check_ha import __version__
from check_ha.core.check import Measure
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict
from check_ha.core.wording import decimal
from check_ha.output.nagios import exit_code
from check_ha.output.plain_text import RAW_LIMIT, clean
from check_ha.record import NamedTuple

_UNITS = {
    "count": ("", 1.0),
    "microseconds": ("seconds", 1e-6),
    "milliseconds": ("seconds", 1e-3),
    "percentage": ("ratio", 0.01),
    "kilobytes": ("bytes", 1024.0),
}
"""By the last part of a name of perfdata: what stands there for Prometheus, and the factor."""

_BUILD = ("check_ha_build_info", "The version of check_ha.")
_TIME = ("check_ha_run_timestamp_seconds", "When the tools were asked, in seconds since 1970.")
_STATE = ("check_ha_state", "What a check says: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.")
_FINDING = ("check_ha_finding", "A condition that was found, once for each node, resource or link it is about.")

Labels = Tuple[Tuple[str, str], ...]


class _Sample(NamedTuple):
    family: Tuple[str, str]
    """Name and help."""
    labels: Labels
    value: Union[int, float]


def as_openmetrics(verdict: Verdict) -> str:
    """Return the verdict as lines of metrics, with the line that ends them; each series once, by family."""
    node: Labels = (("node", verdict.node),) if verdict.node else ()
    families: Dict[Tuple[str, str], Dict[str, str]] = {}
    for family, labels, value in _samples(verdict):
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in (*node, *labels))
        name = f"{family[0]}{{{shown}}}" if shown else family[0]
        families.setdefault(family, {}).setdefault(name, decimal(value))
    lines: List[str] = []
    for (name, meaning), series in families.items():
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
        lines += [f"{one} {value}" for one, value in series.items()]
    return "\n".join([*lines, "# EOF"])


def _samples(verdict: Verdict) -> Iterator[_Sample]:
    yield _Sample(_BUILD, (("version", __version__),), 1)
    yield _Sample(_TIME, (("check", verdict.check or "all"),), round(verdict.time, 3))
    for part in (verdict, *verdict.parts):
        yield _Sample(_STATE, (("check", part.check or "all"),), exit_code(part))
    for finding in verdict.findings:
        yield from _found(finding)
    for measure in verdict.measures:
        yield from _measured(measure)


def _found(one: Finding) -> Iterator[_Sample]:
    about = (("check", one.check), ("condition", one.condition.name), ("severity", one.severity.name.lower()))
    for kind, name in [(subject.kind, subject.name) for subject in one.subjects] or [("", "")]:
        yield _Sample(_FINDING, (*about, ("kind", kind), ("subject", name)), 1)


def _measured(one: Measure) -> Iterator[_Sample]:
    """Yield the value, and the maximum where there is one: what should run, what could be lost."""
    name, factor = metric_name(one.metric.name)
    labels = (("item", one.instance),) if one.instance else ()
    yield _Sample((name, f"{one.metric.meaning[0].upper()}{one.metric.meaning[1:]}."), labels, one.value * factor)
    if one.maximum is not None:
        yield _Sample((f"{name}_max", f"What {name} is at most, or should be."), labels, one.maximum * factor)


def metric_name(perfdata: str) -> Tuple[str, float]:
    """Return the name that a metric of perfdata has in Prometheus, and what its values are multiplied by.

    ``total`` at the end is left out: it would tell a counter.
    """
    *words, unit = perfdata.split(".")
    name, factor = _UNITS.get(unit, (unit, 1.0))
    while words[-1:] == ["total"]:
        words.pop()
    return "_".join(["check_ha", *words, *([name] if name else [])]).replace("-", "_"), factor


def _escaped(text: str) -> str:
    return clean(text, RAW_LIMIT).replace("\\", "\\\\").replace('"', '\\"')
