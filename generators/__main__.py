"""``python -m generators``: write anew every file of this checkout that is made from the code.

``--man DIR`` and ``--completion DIR`` write what a package ships instead: a man page and a completion file a command.

What lacks French is said, and ends with a failure only under CI=true: the rest is written all the same.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Dict, List

from generators import files


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m generators", description=__doc__)
    parser.add_argument("--man", metavar="DIR", type=Path, help="write the man pages there")
    parser.add_argument("--completion", metavar="DIR", type=Path, help="write the bash completion files there")
    given = parser.parse_args()
    if given.man:
        _write({given.man / name: text for name, text in files.man_pages().items()})
    if given.completion:
        _write({given.completion / name: text for name, text in files.completions().items()})
    if not given.man and not given.completion:
        _write_all(Path.cwd())


def _write_all(root: Path) -> None:
    from generators import documents

    _write(files.made(root))
    faults: List[str] = []
    try:
        found, faults = documents.made(root, root / documents.CATALOGUE)
    except ValueError as error:
        sys.exit(f"the documents are left as they were: {error}")
    _write(found)
    if faults:
        sys.stderr.write("\n".join([*faults, f"see {documents.CATALOGUE}", ""]))
        sys.exit(1 if os.environ.get("CI") == "true" else 0)


def _write(found: Dict[Path, str]) -> None:
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
