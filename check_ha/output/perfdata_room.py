"""How much perfdata is printed: NRPE carries 64 kB of output, and cuts off in the middle of a number what is more.

The totals are always there. Of what is measured for each resource, node or link as much is printed as there is room,
the same number of each metric, always the first ones: graphs do not change from run to run.
"""

from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

from check_ha.core.check import Measure
from check_ha.core.wording import decimal
from check_ha.output.plain_text import label

ROOM = 48_000
"""Bytes, which leaves room for the text: NRPE 3 and 4 carry 64 kB."""


def fitting(measures: Sequence[Measure], room: int = ROOM) -> Tuple[Tuple[Measure, ...], int]:
    """Return the measures for which there is room, in the order given, and how many are left out."""
    sizes = [_size(one) for one in measures]
    if sum(sizes) <= room:
        return tuple(measures), 0
    left = room - sum(size for one, size in zip(measures, sizes) if not one.instance)
    counts: Dict[str, int] = {}
    queue: List[Tuple[int, int]] = []
    for place, one in enumerate(measures):
        if one.instance:
            counts[one.metric.name] = counts.get(one.metric.name, 0) + 1
            queue.append((counts[one.metric.name], place))
    kept = {place for place, one in enumerate(measures) if not one.instance}
    for _, place in sorted(queue):
        left -= sizes[place]
        if left < 0:
            break
        kept.add(place)
    return tuple(measures[place] for place in sorted(kept)), len(measures) - len(kept)


def _size(one: Measure) -> int:
    """Return the bytes of ``'name'=value;warning;critical;min;max`` and a blank, and of a number in front."""
    name = f"{label(one.instance)}#{one.metric.name}" if one.instance else one.metric.name
    limits = "".join(decimal(limit) for limit in (one.minimum, one.maximum) if limit is not None)
    text = f"9_'{name}'={decimal(one.value)}{one.metric.unit};{one.warning};{one.critical};{limits}; "
    return len(text.encode("utf-8", "backslashreplace"))
