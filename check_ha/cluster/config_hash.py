"""Hash corosync.conf so that two files are equal where corosync would read the same."""

from __future__ import annotations

import hashlib
from typing import Dict, List

from check_ha.model.corosync_conf import CorosyncConf, Section
from check_ha.model.view import NO_FILE, ConfView, SectionView

_NODE_SPECIFIC = frozenset({"totem.nodeid", "totem.interface.bindnetaddr", "totem.config_version"})
"""Keys of corosync.conf that may differ: each node's own id and address as corosync 1 and 2 want them, and the version,
which the view tells by itself."""


def conf_view(conf: CorosyncConf) -> ConfView:
    """Return a hash of the file and of each section. A key is no part of it: it is hidden before it gets here."""
    if conf.empty:
        return ConfView(NO_FILE, ())
    texts: Dict[str, List[str]] = {}
    for section in conf.root.sections:
        texts.setdefault(section.path, []).append(_canonical(section))
    sections = tuple(SectionView(name, _hash("\n".join(sorted(found)))) for name, found in sorted(texts.items()))
    return ConfView(_hash("\n".join(f"{one.name} {one.hash}" for one in sections)), sections)


def _canonical(section: Section) -> str:
    """Return one text for all ways to write this section: its settings as they count, then its sections, sorted."""
    settings = {one.key: one.value for one in section.settings if f"{section.path}.{one.key}" not in _NODE_SPECIFIC}
    lines = [f"{key}: {value}" for key, value in sorted(settings.items())]
    inner = sorted(_canonical(one) for one in section.sections)
    return "\n".join([f"{section.path} {{", *lines, *inner, "}"])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
