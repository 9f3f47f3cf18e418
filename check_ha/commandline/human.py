"""A picture of the cluster for a person at a terminal."""

from __future__ import annotations

from typing import Sequence

from check_ha.judgement.check import Judgement
from check_ha.judgement.evidence import Evidence


def picture(evidence: Evidence, judgements: Sequence[Judgement], colours: bool) -> str:
    """The picture, as lines of text."""
    return "\n".join(judgement.summary for judgement in judgements) + "\n"
