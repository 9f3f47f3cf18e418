"""What the picture of a cluster is made from, and what all of its parts have in common."""

from __future__ import annotations

from types import MappingProxyType
from typing import Callable, Dict, List, Mapping, Optional, Sequence

from check_ha.cluster.completed import completed
from check_ha.cluster.this_node import this_node
from check_ha.core.condition import Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Subject
from check_ha.core.verdict import Verdict
from check_ha.core.wording import listed
from check_ha.model.cluster import Cluster
from check_ha.output.canvas import Line, Style, heading, line, paragraph, span
from check_ha.record import NamedTuple
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, CRM_NODE, IP_ADDR, Tool

MANY = 12
"""Rows of a table after which the rest is summed up."""
STYLES = {
    Severity.OK: Style.GOOD,
    Severity.UNKNOWN: Style.UNKNOWN,
    Severity.WARNING: Style.WARNING,
    Severity.CRITICAL: Style.BAD,
}


class Scene(NamedTuple):
    """What is to be shown."""

    evidence: Evidence
    verdicts: Mapping[str, Verdict]
    width: int
    agents: Mapping[str, str] = MappingProxyType({})
    """More agents that carry an address, each with the parameter that names it."""

    @property
    def cluster(self) -> Optional[Cluster]:
        """Pacemaker's account; of an old crm_mon with what the CIB has besides."""
        found: Optional[Cluster] = self.evidence.values.get(CRM_MON)
        return completed(found, self.evidence.values.get(CIBADMIN), self.evidence.now) if found else None

    @property
    def here(self) -> str:
        """The name of this node; empty when it cannot be told."""
        said = self.evidence.values.get
        return this_node(said(CRM_NODE), self.cluster, said(CMAPCTL), said(IP_ADDR)) or ""

    def styles(self, check: str, kind: str) -> Callable[[str], str]:
        """Return what colours the names of this kind: by the worst that this check found with it as the culprit."""
        if check not in self.verdicts:
            return lambda name: Style.PLAIN
        worst: Dict[Subject, Severity] = {}
        for finding in self.verdicts[check].findings:
            for culprit in finding.subjects[:1]:
                worst[culprit] = max(finding.severity, worst.get(culprit, finding.severity))
        return lambda name: STYLES[worst.get(Subject(kind, name), Severity.OK)]

    def troubled(self, *checks: str) -> Dict[Subject, Severity]:
        """Return everything that these checks found something wrong with, and how bad the worst of it is."""
        found: Dict[Subject, Severity] = {}
        for check in checks:
            for finding in self.verdicts[check].problems if check in self.verdicts else ():
                for subject in finding.subjects:
                    found[subject] = max(finding.severity, found.get(subject, finding.severity))
        return found


def title(text: str) -> Line:
    """Return the first line of a part."""
    return line(span(text, Style.HEADING))


def style_of(scene: Scene, check: str) -> str:
    """Return the colour of a check."""
    verdict = scene.verdicts.get(check)
    return STYLES[verdict.state] if verdict else Style.PLAIN


def unknown(scene: Scene, title: str, tool: Tool) -> List[Line]:
    """Return that a tool said nothing, and why; nothing where it was not asked."""
    failure = scene.evidence.failed.get(tool)
    if failure is None:
        return []
    return paragraph([heading(title)], f"not known: {failure.text}", scene.width, Style.UNKNOWN)


def more(names: Sequence[str], what: str, width: int) -> List[Line]:
    """Return those for which there is no room, or nothing to say."""
    if not names:
        return []
    return paragraph([span("  ")], f"and {len(names)} more {what}{listed(names)}", width)
