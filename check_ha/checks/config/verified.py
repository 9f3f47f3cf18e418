"""What crm_verify finds in the CIB, and whether it was shown all of that.

``crm_verify -L`` takes what a Pacemaker ACL hides from the user for missing, and calls the rest invalid (2.1.5). Its
words do not tell so; that a part is not there which every CIB has does.
"""

from __future__ import annotations

from typing import Iterator, Optional

from check_ha.core.condition import NO_PERMISSION, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import TOOL, Finding, Subject
from check_ha.core.wording import count
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import ATTRIBUTES, CONSTRAINTS, CRM_CONFIG, NODES, RESOURCES
from check_ha.model.node import Verification
from check_ha.parsers.crm_verify import parse_crm_verify
from check_ha.sources.tools import CIBADMIN, CRM_VERIFY, Output


def _parse_cib(data: bytes) -> Cib:
    from check_ha.parsers.cib import (
        parse_cib,  # with lxml, on which only a user spends time to whom crm_verify complains
    )

    return parse_cib(data)


def _complains(output: Output) -> bool:
    """Return whether crm_verify says that something is wrong to a user from whom a part of the CIB may be hidden."""
    return not output.as_root and bool(output.status or output.stderr.strip())


VERIFY = Reading(CRM_VERIFY, parse_crm_verify)
CIB = Reading(
    CIBADMIN,
    _parse_cib,
    silent=True,
    parts=(ATTRIBUTES, CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS),
    instead_of=CRM_VERIFY,
    when=_complains,
)

VERIFY_ERRORS = Condition("verify-errors", Severity.WARNING, "crm_verify finds errors in the CIB.")


def verified(evidence: Evidence) -> Iterator[Finding]:
    """Yield the errors, or that they are none, since only a part was looked at."""
    verification = evidence.get(VERIFY)
    hidden = _hidden(evidence, verification)
    if hidden is not None:
        subjects = (Subject(TOOL, CRM_VERIFY.label), *hidden.subjects)
        yield hidden._replace(text=f"crm_verify sees only a part of the CIB: {hidden.text}", subjects=subjects)
    elif verification is not None and not verification.valid:
        first, more = (verification.errors or ("no reason given",))[0], len(verification.errors) - 1
        others = f" ({count(more, 'more error')})" if more > 0 else ""
        subjects = (Subject(TOOL, CRM_VERIFY.label),)
        text = f"crm_verify finds errors in the CIB: {first}{others}"
        yield Finding(VERIFY_ERRORS, text, subjects, "", ("crm_verify -L -V",))


def _hidden(evidence: Evidence, verification: Optional[Verification]) -> Optional[Finding]:
    """Return what hides a part of the CIB; none where crm_verify is content, or was shown nothing, which is told."""
    failure = evidence.failed.get(CRM_VERIFY)
    if (verification is not None and verification.valid) or (failure and failure.condition is not UNREADABLE):
        return None
    hidden = evidence.failed.get(CIBADMIN)
    return hidden if hidden and hidden.condition is NO_PERMISSION else None
