"""The scheduler asked by root: a question as a line to check_ha_collect, and the answers that it prints.

With the CIB as it is: what check_ha_collect hands out of it has no history of operations, and without that the
scheduler takes all there is for stopped. The answer holds names of nodes and resources and their states, as crm_mon's
does, and no parameter.
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, Optional, Sequence

from check_ha.sources.tools import BROKEN, CIBADMIN, DEAD, MAINTENANCE, STANDBY, Output, Question, Source, Tool

_WORD = "what-if"
_GONE = "disconnected"
"""A remote node that is dead: its connection is stopped."""
_NODE = re.compile(rf"([a-z0-9_][\w.:-]{{0,254}})=({DEAD}|{STANDBY}|{MAINTENANCE}|{_GONE})", re.ASCII | re.IGNORECASE)


def line_of(question: Question) -> str:
    """Return the question as a line: ``what-if node1=dead quorum=0``."""
    changes = [
        f"{node}={_GONE if state == DEAD and node in question.connections else state}"
        for node, state in question.changes
    ]
    quorum = [] if question.quorum is None else [f"quorum={int(question.quorum)}"]
    return " ".join([_WORD, *changes, *quorum]) + "\n"


def question_in(line: str) -> Optional[Question]:
    """Return the question that this line of anybody's asks; ``None`` where it is none."""
    first, *words = line.split(" ")
    quorum = {"quorum=0": False, "quorum=1": True}.get(words[-1]) if words else None
    found = [_NODE.fullmatch(word) for word in (words if quorum is None else words[:-1])]
    changes = [(one[1], one[2]) for one in found if one]
    if first != _WORD or not changes or len(changes) < len(found):
        return None
    gone = tuple(node for node, state in changes if state == _GONE)
    return Question(tuple((node, DEAD if state == _GONE else state) for node, state in changes), gone, quorum)


def that_fit(questions: Sequence[Question], room: int = 4000) -> List[Question]:
    """Return as many of these, from the first on, as check_ha_collect reads at once; at least one."""
    chosen: List[Question] = []
    for one in questions:
        room -= len(line_of(one))
        if chosen and room < 0:
            break
        chosen.append(one)
    return chosen


def answered(source: Source, questions: Sequence[Question], outputs: Mapping[Tool, Output]) -> Dict[Tool, Output]:
    """Return the answers to as many of these as there is time for, by the CIB that is among these outputs."""
    cib = outputs[CIBADMIN]
    if cib.fault or cib.status not in cib.tool.good:
        why = f"no CIB to ask it about: cibadmin: {cib.fault or f'exit {cib.status}'}"
        return {one.tool: cib._replace(tool=one.tool, fault=BROKEN, stdout=b"", stderr=why) for one in questions}
    return source.simulate(cib.stdout, questions)
