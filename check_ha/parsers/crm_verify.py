"""``crm_verify -L -V``: whether the configuration in the CIB is one that Pacemaker can work with.

It says so on standard error, in words that changed::

    (unpack_resources)  error: Resource start-up disabled since no STONITH resources have been defined
    crm_verify: Errors found during check: config not valid                      2.1; until 2.0 without its name
    -:12: element primitive: Relax-NG validity error : ...                       of libxml2, where the schema is broken
    error: CIB did not pass schema validation
    Configuration invalid (with errors)                                          3.0

A warning is about the state of the cluster as often as about its configuration (a node that waits to be fenced), and
an error without the last line is about the state only (a resource active on two nodes; exit status 0).
"""

import re
from typing import List

from check_ha.model.node import Verification
from check_ha.parsers.errors import ParseError

_MESSAGE = r"(?:\(\w+\)\s*)?(error|warning|notice|info|debug|crit|trace)\w*: (.*)"
_INVALID = r"(?:crm_verify: )?(?:Errors found during check: |Configuration invalid \(with errors\)|config not valid).*"
_DOUBTFUL = r"(?:crm_verify: )?(?:Warnings found during check: |Configuration (?:may|invalid \(with warnings\))).*"
_HINT = r"\s*(?:-V may provide|Use -V -V for) more details?"
_TRUNCATED = 64 * 1024
"""Standard error is kept up to this length: the verdict, which is the last of it, may be cut off."""


def parse_crm_verify(data: bytes) -> Verification:
    """Return the verdict, with the errors and warnings that it is made of."""
    if len(data) >= _TRUNCATED:
        raise ParseError("crm_verify printed too much")
    lines = [line.strip() for line in data.decode("utf-8", "backslashreplace").split("\n") if line.strip()]
    errors: List[str] = []
    warnings: List[str] = []
    others: List[str] = []
    verdict = ""
    for line in lines:
        message = re.fullmatch(_MESSAGE, line)
        if message:
            (errors if message[1] in ("error", "crit") else warnings).append(message[2])
        elif re.fullmatch(_INVALID, line) or re.fullmatch(_DOUBTFUL, line):
            verdict = line
        elif not re.fullmatch(_HINT, line):
            others.append(line)
    invalid = re.fullmatch(_INVALID, verdict) is not None
    if others and not invalid:
        raise ParseError("crm_verify: unknown words", others[0][:200])
    return Verification(
        not invalid, tuple(dict.fromkeys(errors or others)) if invalid else (), tuple(dict.fromkeys(warnings))
    )
