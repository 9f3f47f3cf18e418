"""What corosync refuses in ``logging { }``: the words of its logconfig.c, and those of syslog in libqb."""

from __future__ import annotations

from typing import Iterator, Tuple

from check_ha.checks.config.invalid import key, not_loaded
from check_ha.checks.config.settings import Settings
from check_ha.core.finding import Finding

_ON_OFF = ("on", "off")
_SWITCH = ("yes", "no", "on", "off")
_PRIORITIES = ("emerg", "alert", "crit", "err", "error", "warning", "notice", "info", "debug")
_FACILITIES = (
    "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp", "local0",
    "local1", "local2", "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip
_OF_ALL = {
    "fileline": _ON_OFF,
    "function_name": _ON_OFF,
    "blackbox": _ON_OFF,
    "timestamp": ("on", "off", "hires"),
}
"""Of corosync as a whole; a subsystem has none of them."""
_OF_EACH = {
    "to_stderr": _SWITCH,
    "to_syslog": _SWITCH,
    "to_file": _SWITCH,
    "to_logfile": _SWITCH,
    "syslog_facility": _FACILITIES,
    "syslog_level": _PRIORITIES,
    "syslog_priority": _PRIORITIES,
    "logfile_priority": _PRIORITIES,
    "debug": ("on", "off", "trace"),
}
_PRIORITY_NAMES = ("syslog_level", "syslog_priority", "logfile_priority")
_LONGEST = 63


def refused_logging(settings: Settings) -> Iterator[Finding]:
    """Yield the words that corosync does not know, for all of it and for its subsystems."""
    for name, choice in {**_OF_ALL, **_OF_EACH}.items():
        if name == "timestamp" and settings.major < 3:
            choice = _ON_OFF
        if name == "blackbox" and settings.version < (2, 4, 6):
            continue  # it does not know that
        yield from _word(settings, f"logging.{name}", choice)
    if settings.keys.get("logging.logfile") == "" and settings.major > 1:
        yield not_loaded("logging.logfile is empty", key("logging.logfile"))
    for name in settings.keys:
        logging, _, rest = name.partition("logging.logger_subsys.")
        subsystem, _, end = rest.partition(".")
        if logging or end != "subsys":
            continue
        if len(subsystem) > _LONGEST:
            yield not_loaded(f"{name} is longer than {_LONGEST} characters", key(name))
        for word, choice in _OF_EACH.items():
            yield from _word(settings, f"logging.logger_subsys.{subsystem}.{word}", choice)


def _word(settings: Settings, name: str, choice: Tuple[str, ...]) -> Iterator[Finding]:
    value = settings.keys.get(name)
    if value is None:
        return
    loose = name.endswith(_PRIORITY_NAMES) or (settings.major == 1 and name.endswith("syslog_facility"))
    plain = value.lower() if loose else value  # their case does not matter
    if plain not in choice:
        yield not_loaded(f"{name} must be one of {', '.join(choice)}, but is {value!r}", key(name))
