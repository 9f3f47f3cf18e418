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

import os
from typing import Any, Dict, Mapping, Type

from check_ha.cli.options.arguments import flag_of, value_of
from check_ha.core.options import Option, Options
from check_ha.sources.files import read_plain

LIMIT = 1024 * 1024

Sections = Mapping[str, Mapping[str, str]]


class ConfigError(ValueError):
    """The file cannot be used; the message says where and why."""


def read(path: str) -> Sections:
    """Return the sections of the file with their keys and values."""
    import configparser  # half a millisecond that only a run with a file should pay

    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), default_section="")
    text = _text(path)
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise ConfigError(f"line {error.lineno}: {error.line.strip()!r} is in no section") from error
    except configparser.DuplicateSectionError as error:
        raise ConfigError(f"line {error.lineno}: a second section [{error.section}]") from error
    except configparser.DuplicateOptionError as error:
        raise ConfigError(f"line {error.lineno}: [{error.section}] has {error.option!r} twice") from error
    except configparser.ParsingError as error:
        number = error.errors[0][0]
        line = text.splitlines()[number - 1].strip()
        raise ConfigError(f"line {number}: {line!r} is not of the form KEY = VALUE") from error
    return {name: dict(parser[name]) for name in parser.sections()}


def _text(path: str) -> str:
    try:
        if not os.path.exists(path):
            raise ConfigError("No such file or directory")
        return read_plain(path, LIMIT).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ConfigError(str(error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("it is not UTF-8") from error
    except OverflowError as error:
        raise ConfigError("it is larger than 1 MB") from error


def values(section: str, keys: Mapping[str, str], *options: Type[Options]) -> Dict[str, Any]:
    """Return what this section says, by option name; ConfigError for a key or a value that is not understood."""
    table = {flag_of(name)[2:]: (name, one) for kind in options for name, one in kind.table().items()}
    found = {}
    for key, text in keys.items():
        if key not in table:
            raise ConfigError(f"[{section}] has no option {key!r} (it has: {', '.join(sorted(table))})")
        name, one = table[key]
        try:
            found[name] = _value(one, text)
        except ValueError as error:
            raise ConfigError(f"[{section}] {key} = {error}") from None
    return found


def _value(one: Option, text: str) -> Any:
    if not one.metavar:
        if text not in ("yes", "no"):
            raise ValueError(f"{text!r}: not yes or no")
        return text == "yes"
    if one.repeat:
        return tuple(_parsed(one, line.strip()) for line in text.splitlines() if line.strip())
    if not text:
        raise ValueError("'': no value")
    return _parsed(one, text)


def _parsed(one: Option, text: str) -> Any:
    try:
        return value_of(one, text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None
