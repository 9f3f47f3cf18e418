"""The words that stand in the attributes of a ``crm_mon`` document.

Strict: a word that Pacemaker is not known to write there is a ParseError, because a
guess about it would be a guess about the cluster. Attributes and elements that are not
asked for are never looked at: every minor version adds some.
"""

from __future__ import annotations

from typing import Mapping, Optional

from check_ha.moment import datetime
from check_ha.parsers.errors import ParseError
from check_ha.parsers.times import parse_time
from check_ha.parsers.xml import Element, shorten, start_tag

# enum rsc_role_e and the pending tasks of lib/pengine. Master and Slave: 1.1, 2.0, and
# builds of 2.1 for backward compatibility (RHEL 8). Never "FAILED", which is text output.
_ROLES = {
    role: role
    for role in (
        "Started", "Stopped", "Promoted", "Unpromoted", "Starting", "Stopping",
        "Migrating", "Promoting", "Demoting", "Unknown",
    )
}  # fmt: skip
_ROLES["Master"] = "Promoted"
_ROLES["Slave"] = "Unpromoted"


def text(element: Element, name: str) -> str:
    """Return an attribute that every version prints and that is never empty: a name, an id."""
    value = element.get(name)
    if not value:
        raise missing(element, name)
    return value


def optional_text(element: Element, name: str) -> Optional[str]:
    """Return the text, or ``None``: also for that that C's printf makes of a null pointer (1.1, to 2.0.2)."""
    value = element.get(name)
    return value if value and value != "(null)" else None


def flag(element: Element, name: str) -> bool:
    """Return a boolean that every version prints."""
    value = element.get(name)
    if value == "true":
        return True
    if value == "false":
        return False
    raise missing(element, name) if value is None else unknown(element, name, "true or false")


def optional_flag(element: Element, name: str) -> Optional[bool]:
    """Return the boolean, or ``None``: this version does not print it. That is not the same as false."""
    value = element.get(name)  # not flag(): these two run ten times for each of thousands of resources
    if value == "true":
        return True
    if value == "false":
        return False
    if value is None:
        return None
    raise unknown(element, name, "true or false")


def optional_number(element: Element, name: str) -> Optional[int]:
    value = optional_text(element, name)
    if value is None:
        return None
    digits = value[1:] if value[0] == "-" else value
    # The length: int() is slow on long ones, and no count has more than 64 bits.
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise unknown(element, name, "a number")
    return int(value)


def number(element: Element, name: str) -> int:
    value = optional_number(element, name)
    if value is None:
        raise missing(element, name)
    return value


def optional_moment(element: Element, name: str) -> Optional[datetime]:
    value = optional_text(element, name)
    return None if value is None else parse_time(value)


def word(element: Element, name: str, known: Mapping[str, str]) -> str:
    """Return one of the known words, in the spelling that the model uses for it."""
    value = element.get(name)
    if value is None:
        raise missing(element, name)
    if value not in known:
        raise unknown(element, name, "a word that Pacemaker is known to print there")
    return known[value]


def role(element: Element) -> str:
    """Return the role an instance has now, in the new names."""
    return word(element, "role", _ROLES)


def role_in(element: Element, name: str) -> Optional[str]:
    """Return the role in this attribute, in the new names; ``None`` where it is not there."""
    return word(element, name, _ROLES) if name in element.attrib else None


def target_role(element: Element) -> Optional[str]:
    """Return the role that is configured, in the new names.

    ``crm_mon`` prints what the administrator wrote, in any case (``started``, ``STOPPED``).
    Pacemaker ignores a value that is no role, so that one is no reason to refuse the document.
    """
    value = element.get("target_role")
    if not value:
        return None
    capitalised = value.capitalize()
    return _ROLES.get(capitalised, capitalised)


def missing(element: Element, name: str) -> ParseError:
    return ParseError(f"{element.tag} without {name}", start_tag(element))


def unknown(element: Element, name: str, expected: str) -> ParseError:
    value = shorten(element.get(name, ""))[:60]
    return ParseError(f'{name} of {element.tag} is "{value}", not {expected}', start_tag(element))
