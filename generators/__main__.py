"""``python -m generators``: write anew every file of this checkout that is made from the code.

``--man DIR`` and ``--completion DIR`` write what a package ships instead: a man page and a completion file a command.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Tuple

from check_ha.node_setup import rights
from generators import catalogue, centreon, checkmk, completion, icinga2, manpage, manual, nagios, nrpe
from generators.commands import all_commands

NOWHERE = "/nonexistent"
"""A root without programs: what is made for every node names the usual places."""

FILES: Mapping[str, Callable[[str], str]] = {
    "README.md": manual.with_tables,
    "README.fr.md": catalogue.translated,
    "nrpe/check_ha.cfg": lambda _: nrpe.command_file(),
    "check_ha/node_setup/check_ha.cfg": lambda _: nrpe.command_file(),
    "nrpe/sudoers": lambda _: rights.sudoers(root=NOWHERE),
    "nrpe/uidgid": lambda _: rights.uidgid(),
    "nrpe/acl-crmsh.sh": lambda _: rights.acl("crmsh"),
    "nrpe/acl-pcs.sh": lambda _: rights.acl("pcs"),
    "samples/nagios/check_ha.cfg": lambda _: nagios.objects(),
    "samples/icinga2/commands.conf": lambda _: icinga2.commands(),
    "samples/icinga2/services.conf": lambda _: icinga2.rules(),
    "samples/centreon/check_ha.clapi": lambda _: centreon.import_file(),
    "samples/checkmk/mrpe.cfg": lambda _: checkmk.mrpe(),
}
"""Each file that is made from the code, and how: from the text that is there, which matters to few."""


def made(root: Path) -> Tuple[Dict[Path, str], List[str]]:
    """Every such file of this checkout, with the text it should have, and why others could not be made."""
    found, troubles = {}, []
    for name, make in FILES.items():
        path = root / name
        try:
            found[path] = make(path.read_text(encoding="utf-8") if path.exists() else "")
        except ValueError as error:
            troubles.append(f"{name} is left as it was:\n{error}")
    return found, troubles


def man_pages() -> Dict[str, str]:
    """A man page for each command, by file name."""
    return {f"{one.name}.1": manpage.page(one) for one in all_commands()}


def completions() -> Dict[str, str]:
    """A completion file for each command, by the name under which bash looks for it."""
    return {one.name: completion.completion(one) for one in all_commands()}


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m generators", description=__doc__)
    parser.add_argument("--man", metavar="DIR", type=Path, help="write the man pages there")
    parser.add_argument("--completion", metavar="DIR", type=Path, help="write the bash completion files there")
    given = parser.parse_args()
    files: Dict[Path, str] = {}
    if given.man:
        files.update({given.man / name: text for name, text in man_pages().items()})
    if given.completion:
        files.update({given.completion / name: text for name, text in completions().items()})
    troubles: List[str] = []
    if not files:
        files, troubles = made(Path.cwd())
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if troubles:
        sys.exit("\n".join(troubles))


if __name__ == "__main__":
    main()
