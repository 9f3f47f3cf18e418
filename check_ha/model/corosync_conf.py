"""``corosync.conf`` as it is written, before any default."""

from typing import Iterator, NamedTuple, Optional, Tuple


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
    sections: Tuple["Section", ...] = ()
    """In order; ``interface`` and ``node`` stand there several times."""

    def walk(self) -> Iterator["Section"]:
        """This section and all below it."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def get(self, key: str) -> Optional[str]:
        """The value that counts, which is the last one; ``None``: not set here."""
        return next((setting.value for setting in reversed(self.settings) if setting.key == key), None)


class Mistake(NamedTuple):
    """A line for which corosync refuses the whole file."""

    line: int
    message: str
    text: str = ""
    """The line, where it helps."""
    tolerated: bool = False
    """True: corosync 2 passes over it, without a word."""


class CorosyncConf(NamedTuple):
    """One ``corosync.conf``. What could be read is here even where there are mistakes."""

    root: Section
    mistakes: Tuple[Mistake, ...] = ()
    blanked: Tuple[int, ...] = ()
    """Numbers of the lines that begin with a NUL byte, as a crash leaves them: corosync takes each for an empty one."""

    @property
    def empty(self) -> bool:
        """There is nothing in it, or there is no such file."""
        return not (self.root.settings or self.root.sections or self.mistakes or self.blanked)

    def sections(self, path: str) -> Tuple[Section, ...]:
        """Every section of that path, in order."""
        return tuple(section for section in self.root.walk() if section.path == path)

    def get(self, path: str) -> Optional[str]:
        """The value of ``totem.token``, from whichever ``totem`` section sets it last; ``None``: not set."""
        section, _, key = path.rpartition(".")
        values = [one.get(key) for one in self.sections(section)]
        return next((value for value in reversed(values) if value is not None), None)
