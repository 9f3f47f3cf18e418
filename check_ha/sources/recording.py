"""A recorded directory: one file a tool, and ``commands.json`` that says how each was made.

``commands.json`` (schema 1)::

    {"schema": 1, "check_ha": "0.1.0", "node": "node1", "user": "root",
     "time": 1795406827.0, "limit": 8.0,
     "commands": [{"file": "crm_mon.xml", "argv": ["crm_mon", "--output-as=xml", "--inactive"],
                   "status": 0, "seconds": 0.03, "stderr": "", "fault": null}, ...]}

``fault`` is null, or a word of ``check_ha.sources.tools``: missing, hung, flooded, broken. Of what is hung ``worked``
are the CPU seconds that it had used, where it was just running.
"""

from __future__ import annotations

import os
import time
from functools import partial

from check_ha.sources import deadline
from check_ha.sources.files import own_directory, read_plain, write_new
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, Output, Question, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Mapping, Sequence

INDEX = "commands.json"
SCHEMA = 1
_INDEX_LIMIT = 4 * 1024 * 1024
_LATEST = 253402300799  # the end of the year 9999


class RecordingError(ValueError):
    """The directory is no recording; the message names it and says why."""


class Recorded:
    """What tools have said before, as a source: ``index`` tells of it as ``commands.json`` does, ``printed`` returns
    the standard output of a tool.

    Raise RecordingError when the index is not understood.
    """

    def __init__(self, name: str, index: Mapping[str, Any], printed: Callable[[Tool], bytes]) -> None:
        self._printed = printed
        try:
            self.now = _number(index["time"])
            self.node = str(index["node"])
            self._user = str(index["user"])
            self._limit = _number(index["limit"])
            self._commands = {str(command["file"]): _checked(command) for command in index["commands"]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordingError(f"{name} is not understood: {error!r}") from error

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return what these tools have said; one that was not recorded is MISSING."""
        return {tool: self._output(tool) for tool in tools}

    def has(self, tool: Tool) -> bool:
        """Return whether there is anything of this tool."""
        return tool.file in self._commands

    def simulate(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Return what the scheduler that is installed here says of this CIB; that took no time."""
        from check_ha.sources.running.command import FOLDERS, Limits  # which a replay does without
        from check_ha.sources.scheduler.simulate import simulate

        seconds = deadline.left()
        limits = Limits(round(seconds, 1), time.monotonic() + seconds - deadline.reserve(seconds))
        found = simulate(cib, questions, FOLDERS, limits)
        return {tool: output._replace(seconds=0.0, user=self._user) for tool, output in found.items()}

    def _output(self, tool: Tool) -> Output:
        command = self._commands.get(tool.file)
        if command is None:
            return Output(tool, tool.argv, None, b"", "not in this recording", 0.0, MISSING, self._limit, self._user)
        stdout, stderr = b"", str(command["stderr"])
        fault = command["fault"]
        if fault in (None, HUNG):
            try:
                stdout = self._printed(tool)
            except OverflowError:
                fault = FLOODED
            except OSError as error:
                fault, stderr = MISSING, f"{tool.file} of this recording cannot be read: {error.strerror}"
        return Output(
            tool=tool,
            argv=tuple(str(word) for word in command["argv"]),
            status=None if fault else command["status"],
            stdout=tool.without_secrets(stdout),
            stderr=tool.words_without_secrets(stderr),
            seconds=float(command["seconds"]),
            fault=fault,
            limit=self._limit,
            user=self._user,
            worked=_number(command.get("worked", 0)),
            age=_number(command.get("age", 0)),
        )


class Recording(Recorded):
    """A directory that ``check_ha_snapshot`` has written.

    Raise RecordingError when there is no such directory or its index is not understood.
    """

    def __init__(self, directory: str) -> None:
        super().__init__(f"{directory}/{INDEX}", _index(directory), partial(_file_of, directory))


def _file_of(directory: str, tool: Tool) -> bytes:
    return read_plain(os.path.join(directory, tool.file), tool.limit * 1024 * 1024, follow=False)


def write_recording(directory: str, node: str, now: float, outputs: Iterable[Output]) -> None:
    """Write outputs as a recorded directory; raises OSError, and FileExistsError where one is already.

    Into no directory of somebody else's, and through no link of theirs.
    """
    commands, files = [], {}
    limit, user = 0.0, ""
    for output in outputs:
        limit, user = output.limit, output.user
        commands.append(
            {
                "file": output.tool.file,
                "argv": list(output.argv),
                "status": output.status,
                "seconds": output.seconds,
                "stderr": output.stderr,
                "fault": output.fault,
                **({"worked": output.worked} if output.worked else {}),
            }
        )
        if output.fault is None or output.stdout:
            files[output.tool.file] = output.stdout
    index = {"schema": SCHEMA, "node": node, "user": user, "time": now, "limit": limit}
    place = own_directory(directory)
    try:
        for name, data in (*files.items(), (INDEX, index_text(index, commands).encode())):
            write_new(name, place, data)
    finally:
        os.close(place)


def index_text(index: Mapping[str, Any], commands: Iterable[Mapping[str, Any]]) -> str:
    """Return ``commands.json`` with one command a line, for people who read it."""
    import json  # which a stream does without

    lines = ",\n".join(f"  {json.dumps(command)}" for command in commands)
    return f'{json.dumps(index)[:-1]}, "commands": [\n{lines}\n]}}\n'


def _index(directory: str) -> Mapping[str, Any]:
    import json

    if not os.path.isdir(directory):
        raise RecordingError(f"{directory} is not a directory")
    path = os.path.join(directory, INDEX)
    if not os.path.exists(path):
        raise RecordingError(f"{directory} has no {INDEX}: check_ha_snapshot makes one")
    try:
        index = json.loads(read_plain(path, _INDEX_LIMIT, follow=False))
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise RecordingError(f"{path} cannot be read: {error}") from error
    if not isinstance(index, dict) or index.get("schema") != SCHEMA:
        raise RecordingError(f"{path} has not schema {SCHEMA}")
    return index


def _checked(command: Mapping[str, Any]) -> Mapping[str, Any]:
    status, fault = command["status"], command["fault"]
    if fault not in (None, MISSING, HUNG, FLOODED, BROKEN):
        raise ValueError(f"unknown fault {fault!r}")
    if not (status is None or type(status) is int) or (status is None and fault is None):
        raise ValueError(f"no status for {command['file']!r}")
    _number(command["seconds"])
    _number(command.get("worked", 0))
    _number(command.get("age", 0))
    if not isinstance(command["argv"], list) or not isinstance(command["stderr"], str):
        raise TypeError(f"command {command['file']!r}")
    return command


def _number(value: Any) -> float:
    """Seconds, also since the epoch. Python reads NaN and Infinity, which JSON does not have."""
    number = float(value)
    if not 0 <= number <= _LATEST:
        raise ValueError(f"{number} is no time")
    return number
