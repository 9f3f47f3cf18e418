"""The files that are made from the code, beside the documents: each by a function that loads what it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Callable, Dict, Mapping


def scripts(text: str) -> str:
    """Return setup.cfg with every command as an entry point."""
    from generators.commands import all_commands

    lines = "".join(f"    {one.name} = {one.entry}\n" for one in all_commands() if one.entry)
    made, number = re.subn(r"(\nconsole_scripts =\n)(?:    .*\n)+", lambda found: found[1] + lines, text)
    if number != 1:
        raise ValueError("no console_scripts in it")
    return made


def _command_file(_: str) -> str:
    from generators import nrpe

    return nrpe.command_file()


def _sudoers(_: str) -> str:
    from check_ha.node_setup import rights

    return rights.sudoers()


def _uidgid(_: str) -> str:
    from check_ha.node_setup import rights

    return rights.uidgid()


def _acl(shell: str) -> Callable[[str], str]:
    def made(_: str) -> str:
        from check_ha.node_setup import rights

        return rights.acl(shell)

    return made


def _nagios(_: str) -> str:
    from generators import nagios

    return nagios.objects()


def _icinga_commands(_: str) -> str:
    from generators import icinga2

    return icinga2.commands()


def _icinga_services(_: str) -> str:
    from generators import icinga2

    return icinga2.rules()


def _director(_: str) -> str:
    from generators import director

    return director.basket()


def _centreon(_: str) -> str:
    from generators import centreon

    return centreon.import_file()


def _cma(_: str) -> str:
    from generators import cma

    return cma.commands()


def _checkmk(_: str) -> str:
    from generators import checkmk

    return checkmk.mrpe()


def _small(name: str) -> Callable[[str], str]:
    def made(_: str) -> str:
        from generators import small

        text: str = getattr(small, name)()
        return text

    return made


def _recorder(text: str) -> str:
    from generators import recorder

    return recorder.recorder(text)


def _ssh(text: str) -> str:
    from generators import ssh

    return ssh.forced_command(text)


FILES: Mapping[str, Callable[[str], str]] = {
    "setup.cfg": scripts,
    "nrpe/check_ha.cfg": _command_file,
    "check_ha/node_setup/check_ha.cfg": _command_file,
    "nrpe/check_ha_record": _recorder,
    "nrpe/check_ha_ssh": _ssh,
    "nrpe/sudoers": _sudoers,
    "nrpe/uidgid": _uidgid,
    "nrpe/acl-crmsh.sh": _acl("crmsh"),
    "nrpe/acl-pcs.sh": _acl("pcs"),
    "samples/nagios/check_ha.cfg": _nagios,
    "samples/icinga2/commands.conf": _icinga_commands,
    "samples/icinga2/services.conf": _icinga_services,
    "samples/icinga2/director-basket.json": _director,
    "samples/centreon/check_ha.clapi": _centreon,
    "samples/centreon/cma.ini": _cma,
    "samples/checkmk/mrpe.cfg": _checkmk,
    "samples/nagios/check_ha_small.cfg": _small("nagios"),
    "samples/icinga2/services_small.conf": _small("icinga2"),
    "samples/checkmk/mrpe_small.cfg": _small("mrpe"),
}
"""Each file, and how it is made: from the text that is there, which matters to setup.cfg and to the recorder."""


def made(root: Path) -> Dict[Path, str]:
    """Return each file of this checkout with the text that it should have."""
    found = {}
    for name, make in FILES.items():
        path = root / name
        found[path] = make(path.read_text(encoding="utf-8") if path.exists() else "")
    return found


def man_pages() -> Dict[str, str]:
    """Return a man page for each command, by file name."""
    from generators import manpage
    from generators.commands import all_commands

    return {f"{one.name}.1": manpage.page(one) for one in all_commands()}


def completions() -> Dict[str, str]:
    """Return a completion file for each command, by the name under which bash looks for it."""
    from generators import completion
    from generators.commands import all_commands

    return {one.name: completion.completion(one) for one in all_commands()}
