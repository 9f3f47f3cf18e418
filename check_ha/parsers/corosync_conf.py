"""``corosync.conf``, by the grammar that corosync itself has (3.0 to 3.1.10, and 1.4 and 2.x where they differ)::

    # a comment has a line of its own: what stands behind a value is part of it
    totem {
        version: 2
        interface {
            linknumber: 0
        }
    }

A line is a comment, the start of a section where it holds ``{``, else a key and a value
where it holds ``:``, else the end of a section where it holds ``}``; anything else is an
error since 3.0. Nothing is a ParseError here: what is wrong with the file is what the
reader wants to know, and gets all of it at once, though corosync stops at the first.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from check_ha.model.corosync_conf import CorosyncConf, Mistake, Section, Setting
from check_ha.parsers.corosync_values import bad_value
from check_ha.record import NamedTuple

_BLANKS = b" \t\xa0"  # the third since 3.1.10
_LONGEST_LINE = 510
_LONGEST_NAME = 255
_MOST_MISTAKES = 100
_OF_2 = (2,)
_OF_3 = (3,)
_OF_3_1_10 = (3, 1, 10)
_IN_A_KEY = "[a-zA-Z0-9._/:-]"
_ONLY = {"uidgid.": ("uid", "gid"), "totem.interface.member.": ("memberaddr",)}


class _Open(NamedTuple):
    """A section that is being read."""

    path: str
    line: int
    settings: List[Setting]
    sections: List[Section]


def parse_corosync_conf(data: bytes) -> CorosyncConf:
    """Read the whole file. An empty one is the empty CorosyncConf."""
    reader = _Reader()
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        reader.read(number, line)
    return reader.end(len(lines) - (not lines[-1]))


class _Reader:
    def __init__(self) -> None:
        self._stack = [_Open("", 0, [], [])]
        self._mistakes: List[Mistake] = []
        self._blanked: List[int] = []
        self._lost = False

    def read(self, number: int, line: bytes) -> None:
        """Read one line, given without its newline."""
        if self._lost:
            return
        if len(line) > _LONGEST_LINE:
            self._bad_line(number, f"the line is longer than {_LONGEST_LINE} bytes")
        line, nul, _ = line.partition(b"\0")
        if nul and line:
            self._bad_line(number, "the line holds a NUL byte")
        elif nul:
            self._blanked.append(number)
        line = (line[:-1] if line.endswith(b"\r") else line).strip(_BLANKS)
        if not line or line.startswith(b"#"):
            return
        if b"{" in line:
            self._start(number, line)
        elif b":" in line:
            self._setting(number, line)
        elif b"}" in line:
            self._close(number, line)
        else:
            self._bad_line(number, "neither a section nor a key with a value")

    def end(self, last: int) -> CorosyncConf:
        """Return the file, once all of it is read."""
        if len(self._stack) > 1 and not self._lost:
            open_one = self._stack[-1]
            self._wrong(last, f"missing closing brace: {open_one.path}, line {open_one.line}, is still open")
        while len(self._stack) > 1:
            self._fold()
        return CorosyncConf(_section(self._stack[0]), tuple(self._mistakes), tuple(self._blanked))

    def _start(self, number: int, line: bytes) -> None:
        before, _, after = line.partition(b"{")
        name = _text(_trimmed(before))
        path = self._path(number, name) if name else None
        if not name:
            self._wrong(number, "no section name before the brace")
        if path is None:
            self._lost = True  # which section the lines that follow are in cannot be told
            return
        if after.strip(_BLANKS):
            self._bad_line(number, "something follows the opening brace")
        if re.match(r"(uidgid|totem\.interface\.member)\.", path):
            self._wrong(number, f"no section is allowed in {path.rpartition('.')[0]}", since=_OF_3_1_10)
        self._stack.append(_Open(path, number, [], []))

    def _setting(self, number: int, line: bytes) -> None:
        before, _, after = line.partition(b":")
        key, value = _text(_trimmed(before)), _text(after.strip(_BLANKS))
        line = before + b": (hidden)"  # it may be a key, under whatever name
        if not key:
            in_a_section = len(self._stack) > 1
            self._bad_line(number, "no key before the colon", _OF_3_1_10 if in_a_section else _OF_3)
            return
        path = self._path(number, key)
        if path is None:
            return
        if re.fullmatch(_IN_A_KEY + "{3,}", path) is None:
            self._bad_line(number, "a key is at least three of A to Z, a to z, 0 to 9 and . _ - /")
        for section, keys in _ONLY.items():
            if path.startswith(section) and path[len(section) :] not in keys:
                self._wrong(number, f"only {' and '.join(keys)} may stand in {section[:-1]}", _OF_2)
        bad = bad_value(path, value) if "." not in key else None  # "totem.token: x" in no section is a mere text
        if bad:
            misread = bad.since == _OF_2 and not bad.until
            self._wrong(number, bad.message, bad.since, bad.until, ignored=misread)
        self._stack[-1].settings.append(Setting(key, value, number))

    def _close(self, number: int, line: bytes) -> None:
        if line != b"}":
            self._bad_line(number, "something stands beside the closing brace")
        if len(self._stack) == 1:
            self._wrong(number, "one closing brace too many")
            return
        keys = {setting.key for setting in self._stack[-1].settings}
        for path, key in (("logging.logger_subsys", "subsys"), ("logging.logging_daemon", "name")):
            if self._stack[-1].path == path and key not in keys:
                self._wrong(self._stack[-1].line, f"{path} has no {key}")
        if self._stack[-1].path == "logging.logger_subsys":
            for setting in self._stack[-1].settings:
                if setting.key == "subsys" and re.fullmatch(_IN_A_KEY + "*", setting.value) is None:
                    self._wrong(setting.line, f"subsys is {setting.value!r}, which cannot be part of a key", _OF_3)
        self._fold()

    def _path(self, number: int, name: str) -> Optional[str]:
        """Return the full name below the open section; ``None`` when it is too long to be one."""
        above = self._stack[-1].path
        if len(above) + len(name) + 1 >= _LONGEST_NAME:
            self._wrong(number, "the name, with those of the sections around it, is too long", _OF_2)
            return None
        return f"{above}.{name}" if above else name

    def _fold(self) -> None:
        section = _section(self._stack.pop())
        self._stack[-1].sections.append(section)

    def _bad_line(self, number: int, message: str, since: Tuple[int, ...] = _OF_3) -> None:
        """Keep a mistake for which older versions ignore the line."""
        self._wrong(number, message, since, ignored=True)

    def _wrong(
        self,
        number: int,
        message: str,
        since: Tuple[int, ...] = (),
        until: Tuple[int, ...] = (),
        ignored: bool = False,
    ) -> None:
        if len(self._mistakes) < _MOST_MISTAKES:
            self._mistakes.append(Mistake(number, message, since, until, ignored))


def _section(one: _Open) -> Section:
    return Section(one.path, one.line, tuple(one.settings), tuple(one.sections))


def _trimmed(name: bytes) -> bytes:
    """Return a name without what may follow it; its first character stays, whatever it is."""
    name = name.strip(_BLANKS)
    return name[:1] + name[1:].rstrip(_BLANKS + b":{")


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")
