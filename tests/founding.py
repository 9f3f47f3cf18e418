"""All that was recorded of the founding cluster: corosync 1.4.8, 2.3.6 and 2.4.6, Pacemaker 1.1.10, 1.1.12 and 1.1.24.

81 scenarios of two and three nodes on real daemons, in one archive, for there are 3,000 files of them; each has a line
in its NOTE.txt. What check_ha says of each node, and the comparisons of each cluster, is in
tests/expected_founding.txt:

    python -m tests.founding        writes that anew
"""

from __future__ import annotations

import re
import tarfile
import tempfile
from pathlib import Path
from typing import Dict, Iterator, NamedTuple, Tuple

from tests.replay import ALL, EXPECTED, RECORDINGS, comparisons, nodes_of, said

ARCHIVE = RECORDINGS / "founding.tar.xz"
FILE = EXPECTED.parent / "expected_founding.txt"


class Told(NamedTuple):
    """What is said of a node, or of a cluster, with ``-v``."""

    code: int
    text: str


def unpacked(folder: Path) -> Path:
    """Unpack the scenarios into this folder."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    return folder


def told(scenario: Path) -> Iterator[Tuple[str, Told]]:
    """Yield what is said of each node, and of all together, by name."""
    for node in nodes_of(scenario):
        one = said(ALL, node)
        yield f"{scenario.name}/{node.name}", Told(one.code, one.text)
    for name in [one for one in comparisons() if one != "sites"]:  # all of it is one site
        both = said(name, scenario)
        yield f"{scenario.name} {name}", Told(both.code, both.text)


def expected() -> Dict[str, Dict[str, Told]]:
    """Return what is expected, by scenario and then by what it is said of."""
    found: Dict[str, Dict[str, Told]] = {}
    blocks = re.findall(r"^=== ([^\n]+): exit (\d)\n(.*?)\n\n(?====|\Z)", FILE.read_text(encoding="utf-8"), re.S | re.M)
    for name, code, text in blocks:
        found.setdefault(re.split("[/ ]", name)[0], {})[name] = Told(int(code), text)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            f"=== {name}: exit {one.code}\n{one.text}\n\n"
            for scenario in sorted(unpacked(Path(folder)).iterdir())
            for name, one in told(scenario)
        ]
    FILE.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
