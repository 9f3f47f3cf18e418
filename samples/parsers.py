"""Print what is wrong in a recording of check_ha_snapshot, with nothing but the parsers.

usage: python3 parsers.py DIR
"""

import sys
from pathlib import Path
from typing import Iterator

from check_ha.model import Cluster, LinkStatus
from check_ha.parsers import ParseError, parse_cfgtool, parse_crm_mon


def links_down(status: LinkStatus) -> Iterator[str]:
    for link in status.links:
        if not link.connected:
            yield f"node {link.peer}: link {link.link} is down"


def not_active(cluster: Cluster) -> Iterator[str]:
    for placed in cluster.primitives():
        if not placed.primitive.active:
            groups = " in ".join(parent.id for parent in reversed(placed.parents))
            yield f"{placed.primitive.id}{f' in {groups}' if groups else ''}: {placed.primitive.role}"


def main(folder: Path) -> None:
    try:
        status = parse_cfgtool((folder / "cfgtool-s.txt").read_bytes())
        cluster = parse_crm_mon((folder / "crm_mon.xml").read_bytes())
    except ParseError as error:
        sys.exit(f"not understood: {error}")
    print(f"{len(cluster.nodes)} nodes, transport {status.transport}")
    for line in (*links_down(status), *not_active(cluster)):
        print(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
