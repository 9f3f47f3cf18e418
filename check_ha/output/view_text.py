"""A view as the one line that ``check_ha_view`` prints: JSON, or, where that has no room, JSON that is compressed.

    {"schema":1,"check_ha":"0.2.0","time":1795407011.0,"node":"node1",...}
    {"schema":2,"check_ha":"0.2.0","zlib":"eNqVWNuO2zYQ..."}

In the second form ``zlib`` is the first form, compressed (RFC 1950) and in base64. A check_ha that knows schema 1 alone
reads every view that fits uncompressed, and says of another one that it must be updated.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from check_ha import __version__
from check_ha.model.view import COMPRESSED, SCHEMA, CutView, View

LIMIT = 48_000
"""Bytes of a view: NRPE 4 carries 64 kB."""

_LISTS = (
    ("sections", ("corosync_conf", "sections")),
    ("fencings", ("pacemaker", "fencings")),
    ("troubles", ("troubles",)),
    ("links", ("links",)),
    ("findings", ("findings",)),
    ("nodelist", ("nodelist",)),
    ("addresses", ("addresses",)),
    ("drbd", ("drbd",)),
    ("vips", ("vips",)),
    ("resources", ("pacemaker", "resources")),
    ("nodes", ("pacemaker", "nodes")),
    ("members", ("corosync", "members")),
)
"""What may become long, what is needed least first, and its place in the view."""
TEXT_LIMIT = 300
_STEPS = 6
"""How often the number of what there is room for is halved to find it: to a sixty-fourth of the list."""

Values = Dict[str, Any]


def view_text(view: View, limit: int = LIMIT) -> str:
    """Return the view in at most that many bytes, without ``|`` at which a plugin's output would be cut in two.

    Compressed, 64 nodes with 2,000 resources have room. Of a larger view the lists lose their ends, that which is
    needed least first; ``cut`` says so.
    """
    values: Values = {"schema": SCHEMA, "check_ha": __version__, **_plain(view)}
    text = _json(values)
    if len(text) <= limit:
        return text
    packed = _packed(values)
    return packed if len(packed) <= limit else _cut(values, limit)


def _packed(values: Values) -> str:
    import zlib  # with base64, for large clusters alone
    from base64 import b64encode

    data = b64encode(zlib.compress(_json(values).encode(), 9)).decode()
    return _json({"schema": COMPRESSED, "check_ha": __version__, "zlib": data})


def _cut(values: Values, limit: int) -> str:
    """Return the text of a view for which there is no room even if it is compressed.

    First that list alone loses its end whose end is enough, and is needed least; where none is enough, what is needed
    least is left out one after the other, until one is.
    """
    lists = _lists(values)
    for name, items in lists:
        items.sort(key=_NEEDED_LAST.get(name, _alike)(values))
    whole = {name: list(items) for name, items in lists}
    text = _packed(values)
    for position, (least, _) in enumerate(lists):
        for name, items in lists[position:]:
            if len(_without(values, whole, name, 0)) <= limit:
                return _longest(values, whole, name, limit)
            items[:] = whole[name]
        text = _without(values, whole, least, 0)
    return text


def _longest(values: Values, whole: Mapping[str, Sequence[Any]], name: str, limit: int) -> str:
    """Return the text with as much of that list as there is room for."""
    low, high = 0, len(whole[name])
    for _ in range(_STEPS):
        middle = (low + high) // 2
        low, high = (middle, high) if len(_without(values, whole, name, middle)) <= limit else (low, middle)
    return _without(values, whole, name, low)


def _without(values: Values, whole: Mapping[str, Sequence[Any]], name: str, kept: int) -> str:
    """Return the text with so many items of that list, and with ``cut`` as it is then."""
    lists = dict(_lists(values))
    lists[name][:] = whole[name][:kept]
    cut = [CutView(one, len(items), len(whole[one])) for one, items in lists.items() if len(items) < len(whole[one])]
    values["cut"] = [_plain(one) for one in cut]
    return _packed(values)


def _alike(values: Values) -> Any:
    return lambda item: 0


def _virtual_first(values: Values) -> Any:
    """Of the addresses those of virtual IPs are what is compared."""
    virtual = {address for vip in values["vips"] or () for address in vip["addresses"]}
    return lambda item: item["address"] not in virtual


def _doubtful_first(values: Values) -> Any:
    """Of the resources it matters least where a fence device is active, then a clone that is promoted nowhere."""
    return lambda item: 2 if item.get("fencing") else 1 if item.get("cloned") and not item.get("promoted") else 0


_NEEDED_LAST = {"addresses": _virtual_first, "resources": _doubtful_first}


def _lists(values: Values) -> List[Tuple[str, List[Any]]]:
    """Return every list that can be cut, by name; those that are not known have none."""
    found = []
    for name, path in _LISTS:
        place: Any = values
        for key in path:
            place = place.get(key) if place else None
        if place is not None:
            found.append((name, place))
    return found


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).replace("|", "\\u007c")


def _plain(value: Any) -> Any:
    """Return named tuples as objects, without the fields that have their default, and other tuples as arrays."""
    if isinstance(value, str):
        return value[:TEXT_LIMIT]
    if not isinstance(value, tuple):
        return value
    names = getattr(value, "_fields", None)
    if names is None:
        return [_plain(item) for item in value]
    defaults = getattr(value, "_field_defaults", {})
    return {name: _plain(item) for name, item in zip(names, value) if name not in defaults or item != defaults[name]}
