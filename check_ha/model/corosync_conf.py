"""``corosync.conf`` as it is written, before any default."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from check_ha.record import NamedTuple


class Setting(NamedTuple):
    """One ``key: value``."""

    key: str
    value: str
    line: int


class Section(NamedTuple):
    """One ``name { ... }``, or the whole file."""

    path: str
    """The names from the top, joined by dots: ``quorum.device.net``; empty for the file itself."""
    line: int
    settings: Tuple[Setting, ...] = ()
    sections: Tuple[Section, ...] = ()
    """In order; ``interface`` and ``node`` stand there several times."""

    def walk(self) -> Iterator[Section]:
        """Yield this section and all below it."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def get(self, key: str) -> Optional[str]:
        """Return the value that counts, which is the last one; ``None``: not set here."""
        return next((setting.value for setting in reversed(self.settings) if setting.key == key), None)


class Mistake(NamedTuple):
    """A line for which corosync refuses the whole file. Its text is not kept: it may hold a secret."""

    line: int
    message: str
    since: Tuple[int, ...] = ()
    """The first version that refuses it, ``(3,)``; empty: all refuse it."""
    until: Tuple[int, ...] = ()
    """The first version that takes it again; empty: none."""
    ignored: bool = False
    """Whether a version that does not refuse the file for it ignores the line, without a word."""

    def refused_by(self, version: Tuple[int, ...]) -> bool:
        """Return whether that version of corosync refuses the file for it."""
        return self.since <= version and not (self.until and version >= self.until)


class CorosyncConf(NamedTuple):
    """One ``corosync.conf``. What could be read is here even where there are mistakes."""

    root: Section
    mistakes: Tuple[Mistake, ...] = ()
    blanked: Tuple[int, ...] = ()
    """Numbers of the lines that begin with a NUL byte, as a crash leaves them: corosync takes each for an empty one."""

    @property
    def empty(self) -> bool:
        """Return whether there is nothing in it, or no such file."""
        return not (self.root.settings or self.root.sections or self.mistakes or self.blanked)

    def sections(self, path: str) -> Tuple[Section, ...]:
        """Return every section of that path, in order."""
        return tuple(section for section in self.root.walk() if section.path == path)

    def get(self, path: str) -> Optional[str]:
        """Return the value of ``totem.token``, from whichever ``totem`` section sets it last; ``None``: not set."""
        section, _, key = path.rpartition(".")
        values = [one.get(key) for one in self.sections(section)]
        return next((value for value in reversed(values) if value is not None), None)
