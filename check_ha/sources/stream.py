"""A recording as one text: what a pipe can carry, a POSIX shell can print, and a person can read.

Version 1; a word, a blank, its value; ``argv`` and its words are separated by tabs::

    check_ha stream 1
    node node1
    user root
    time 1795406827
    limit 8
    output crm_mon.xml
    argv    crm_mon --output-as=xml --inactive
    >a line of standard output
    =the last one, where no newline ends it
    !a line of standard error
    status 0                or:  fault missing | hung | flooded | broken
    seconds 0.03            (of one that is hung, and was just running, also worked 7.4: the CPU seconds used)
    age 120                 (where it has said so these seconds ago, and nothing has changed on which that depends)
    end crm_mon.xml
    end

Blocks come in any order. A block without its ``end FILE`` is that of a tool whose output was cut off; a stream without
its last line, ``end``, is refused: what was lost of it might have been what proves a fault. Words and outputs that are
not known here are left out, as a newer version may print more.
"""

from __future__ import annotations

import os
import re

from check_ha.sources.files import read_plain
from check_ha.sources.recording import Recorded, Recording, RecordingError
from check_ha.sources.tools import MISSING, Output, Source, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

FIRST = b"check_ha stream 1\n"
LAST = b"end\n"
STANDARD_INPUT = "-"
LIMIT = 160 * 1024 * 1024
"""Bytes of a stream: more than the largest outputs of all tools together, and no more than fits into memory."""
_CUT = "cut off in this recording"


class Stream(Recorded):
    """A stream, as a source. Raise RecordingError when it was cut off, or is none; ``name`` says where it is from."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = _checked(data, name)
        starts = [found.start() + 1 for found in re.finditer(rb"\noutput (?=[^ \n]+\n)", self._data)]
        ends = [*starts[1:], len(self._data) - len(LAST)]
        self._blocks: Dict[str, Tuple[int, int]] = {}
        for start, end in zip(starts, ends):
            file = self._values(start - 1, self._data.index(b"\n", start))["output"]
            if file in self._blocks:
                raise RecordingError(f"{name} has {file} twice")
            self._blocks[file] = (start, end)
        head = self._values(len(FIRST) - 1, starts[0] if starts else ends[0])
        super().__init__(name, {**head, "commands": map(self._command, self._blocks)}, self._stdout)

    def _stdout(self, tool: Tool) -> bytes:
        text = self._lines(tool.file, b">") + self._lines(tool.file, b"=")[:-1]
        if len(text) > tool.limit * 1024 * 1024:
            raise OverflowError
        return text

    def _command(self, file: str) -> Mapping[str, Any]:
        """Return what ``commands.json`` would say of this output."""
        start, end = self._blocks[file]
        values = self._values(start, end)
        status, stderr = values.get("status", ""), self._lines(file, b"!").decode("utf-8", "backslashreplace")
        command: Dict[str, Any] = {
            "file": file,
            "argv": values.get("argv", "").split("\t"),
            "status": int(status) if _is_number(status) else None,
            "stderr": stderr.rstrip("\n") if "fault" in values else stderr,  # the reason is not what a tool has printed
            "fault": values.get("fault"),
            "seconds": values.get("seconds", 0),
            "worked": values.get("worked", 0),
            "age": values.get("age", 0),
        }
        if not self._data.endswith(f"\nend {file}\n".encode("utf-8", "surrogateescape"), start, end):
            command.update(status=None, fault=MISSING, stderr=_CUT)
        return command

    def _values(self, start: int, end: int) -> Dict[str, str]:
        """Return the words of the lines from here on; of one that comes twice the last."""
        found = re.compile(rb"\n([a-z]\w*)[ \t](.*)").finditer(self._data, start, end)
        return {one[1].decode(): one[2].decode("utf-8", "surrogateescape") for one in found}

    def _lines(self, file: str, mark: bytes) -> bytes:
        """Return what the lines with this mark hold."""
        start, end = self._blocks[file]
        other = re.compile(b"\n[^" + mark + b"]")
        parts: List[bytes] = []
        first = self._data.find(b"\n" + mark, start, end)
        while first >= 0:
            after = other.search(self._data, first, end)
            stop = after.start() + 1 if after else end
            parts.append(self._data[first + 2 : stop].replace(b"\n" + mark, b"\n"))
            first = self._data.find(b"\n" + mark, stop - 1, end)
        return b"".join(parts)


def _is_number(text: str) -> bool:
    digits = text[1:] if text.startswith("-") else text
    return len(digits) < 10 and digits.isascii() and digits.isdigit()


def stream_in(data: bytes) -> Optional[bytes]:
    """Return the stream, of any version, that is in what a command has printed: a login may print more before it."""
    found = re.search(rb"^check_ha stream ", data, re.MULTILINE)
    return data[found.start() :] if found else None


def _checked(data: bytes, name: str) -> bytes:
    """Return the stream, with the newlines that it had before it went through a mail."""
    first = data[:100].partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    if first.encode() != FIRST.rstrip():
        if re.fullmatch(r"check_ha stream [0-9]+", first):
            raise RecordingError(f"{name} is of a newer version: {first}")
        raise RecordingError(f"{name} is no recording: its first line is not {FIRST.decode().strip()}")
    if data.startswith(FIRST.rstrip() + b"\r\n"):
        data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n" + LAST):
        raise RecordingError(f"{name} was cut off: its last line is not {LAST.decode().strip()}")
    return data


def recorded(place: str) -> Source:
    """Return the recording in this directory, the stream in this file, or (``-``) that on standard input.

    Raise RecordingError where there is none.
    """
    if os.path.isdir(place):
        return Recording(place)
    name = "standard input" if place == STANDARD_INPUT else place
    try:
        return Stream(_read(place), name)
    except OverflowError as error:
        raise RecordingError(f"{name} is larger than {LIMIT >> 20} MB") from error
    except OSError as error:
        raise RecordingError(f"{name} cannot be read: {error.strerror}") from error


def _read(place: str) -> bytes:
    if place != STANDARD_INPUT:
        os.stat(place)  # read_plain has nothing to say of a file that is not there
        return read_plain(place, LIMIT)
    with open(0, "rb", closefd=False) as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise OverflowError
    return data


def written(node: str, now: float, outputs: Iterable[Output]) -> bytes:
    """Return these outputs as a stream."""
    outputs = list(outputs)
    user, limit = (outputs[-1].user, outputs[-1].limit) if outputs else ("", 0.0)
    parts = [FIRST, *_words(node=node, user=user, time=now, limit=limit)]
    for output in outputs:
        file = output.tool.file
        parts += [*_words(output=file), "\t".join(["argv", *map(_plain, output.argv)]).encode(), b"\n"]
        parts += _prefixed(output.stdout, b">")
        stderr = output.stderr.encode("utf-8", "backslashreplace")
        parts += _prefixed(stderr + b"\n" if stderr and not stderr.endswith(b"\n") else stderr, b"!")
        parts += _words(fault=output.fault) if output.fault else _words(status=output.status)
        parts += _words(worked=output.worked) if output.worked else []
        parts += _words(age=round(output.age)) if output.age else []
        parts += _words(seconds=output.seconds, end=file)
    return b"".join((*parts, LAST))


def _words(**values: object) -> List[bytes]:
    return [f"{name} {_plain(str(value))}\n".encode() for name, value in values.items()]


def _plain(word: str) -> str:
    """Return the word without what would end its line, or could not be written."""
    return re.sub(r"[\x00-\x1f\ud800-\udfff]", "?", word)


def _prefixed(text: bytes, mark: bytes) -> List[bytes]:
    """Return the lines with this mark in front; what follows the last newline is a line of its own."""
    whole, newline, last = text.rpartition(b"\n")
    lines = [mark, whole.replace(b"\n", b"\n" + mark), newline] if newline else []
    return lines + ([b"=", last, b"\n"] if last else [])
