"""The documentation that is made from the code: the tables of the README.

``python -m check_ha.commandline.manual README.md`` writes anew what stands between ``<!-- NAME -->`` and
``<!-- /NAME -->``, where NAME is that of a check; a test fails when the file and the code disagree.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from pathlib import Path
from typing import List, Sequence

import check_ha.checks
from check_ha.judgement.check import Check
from check_ha.judgement.conditions import COMMON, Condition


def all_checks() -> List[Check]:
    """Every check of the suite, by name."""
    names = (module.name for module in pkgutil.iter_modules(check_ha.checks.__path__))
    return [importlib.import_module(f"check_ha.checks.{name}").CHECK for name in names]


def with_tables(text: str) -> str:
    """The document with the tables as the code has them now; ValueError when it has no place for one of them."""
    tables = {check.name: check_table(check) for check in all_checks()}
    tables["common"] = condition_table(COMMON)
    for name, table in tables.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"no <!-- {name} --> ... <!-- /{name} --> in the document")
        text = place.sub(lambda found, table=table: found.group(1) + table + found.group(2), text)  # type: ignore[misc]
    return text


def check_table(check: Check) -> str:
    """Conditions and perfdata of one check."""
    rows = [f"| `{_metric(metric.instance, metric.name)}` | {metric.meaning} |" for metric in check.metrics]
    perfdata = "\n".join(["| perfdata | |", "|---|---|", *rows])
    return f"{condition_table(check.conditions)}\n{perfdata}\n"


def condition_table(conditions: Sequence[Condition]) -> str:
    """Conditions with default severity and meaning."""
    rows = [f"| {one.name} | {one.severity.name} | {one.meaning} |" for one in conditions]
    return "\n".join(["| condition | default | |", "|---|---|---|", *rows, ""])


def _metric(instance: str, name: str) -> str:
    return f"{instance}#{name}" if instance else name


def main() -> None:
    """Write the tables of the files named on the command line."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
