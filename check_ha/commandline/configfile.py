"""The config file of ``check_ha``: a site keeps its thresholds in one place.

One section a check, with the long options of its command as keys; an option that may be repeated takes one value a
line; a switch is ``yes``. The section ``check_ha`` is for the run itself::

    [check_ha]
    skip = fencing
        constraints
    timeout = 10

    [quorum]
    severity = no-margin=ok

    [failed_actions]
    max-age = 1d
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Type

from check_ha.commandline.arguments import flag_of
from check_ha.judgement.options import Option, Options

Sections = Mapping[str, Mapping[str, str]]


class ConfigError(ValueError):
    """The file cannot be used; the message says where and why."""


def read(path: str) -> Sections:
    """The sections of the file with their keys and values."""
    import configparser  # half a millisecond that only a run with a file should pay

    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), default_section="")
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(f"{path}: {error}") from error
    return {name: dict(parser[name]) for name in parser.sections()}


def values(section: str, keys: Mapping[str, str], *options: Type[Options]) -> Dict[str, Any]:
    """What this section says, by option name; ConfigError for a key or a value that is not understood."""
    table = {flag_of(name)[2:]: (name, one) for kind in options for name, one in kind.table().items()}
    found = {}
    for key, text in keys.items():
        if key not in table:
            raise ConfigError(f"[{section}] has no option {key!r}")
        name, one = table[key]
        try:
            found[name] = _value(one, text)
        except ValueError as error:
            raise ConfigError(f"[{section}] {key} = {text!r}: {error}") from None
    return found


def _value(one: Option, text: str) -> Any:
    if not one.metavar:
        if text not in ("yes", "no"):
            raise ValueError("not yes or no")
        return text == "yes"
    if one.repeat:
        return tuple(one.parse(line) for line in text.splitlines() if line)
    return one.parse(text)
