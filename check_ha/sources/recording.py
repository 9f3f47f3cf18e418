"""A recorded directory: one file a tool, and ``commands.json`` that says how each was made.

``commands.json`` (schema 1)::

    {"schema": 1, "check_ha": "0.1.0", "node": "node1", "user": "root",
     "time": 1795406827.0, "limit": 8.0,
     "commands": [{"file": "crm_mon.xml", "argv": ["crm_mon", "--output-as=xml", "--inactive"],
                   "status": 0, "seconds": 0.03, "stderr": "", "fault": null}, ...]}

``fault`` is null, or a word of ``check_ha.sources.tools``: missing, hung, flooded, broken.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import Any, Dict, Iterable, Mapping

from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, Output, Tool

INDEX = "commands.json"
SCHEMA = 1
FILE_LIMIT = 64 * 1024 * 1024
_INDEX_LIMIT = 4 * 1024 * 1024
_LATEST = 253402300799  # the end of the year 9999


class RecordingError(ValueError):
    """The directory is no recording; the message names it and says why."""


class Recording:
    """A directory that ``check_ha_snapshot`` has written, as a source.

    Raises RecordingError when there is no such directory or its index is not understood.
    """

    def __init__(self, directory: str) -> None:
        self._directory = directory
        index = _index(directory)
        try:
            self.now = _number(index["time"])
            self.node = str(index["node"])
            self._user = str(index["user"])
            self._limit = _number(index["limit"])
            self._commands = {str(command["file"]): _checked(command) for command in index["commands"]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordingError(f"{directory}/{INDEX} is not understood: {error!r}") from error

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """What these tools said when the directory was recorded; one that was not recorded is MISSING."""
        return {tool: self._output(tool) for tool in tools}

    def _output(self, tool: Tool) -> Output:
        command = self._commands.get(tool.file)
        if command is None:
            return Output(tool, tool.argv, None, b"", "not in this recording", 0.0, MISSING, self._limit, self._user)
        stdout, stderr = b"", str(command["stderr"])
        fault = command["fault"]
        if fault in (None, HUNG):
            try:
                stdout = _read(os.path.join(self._directory, tool.file), FILE_LIMIT)
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
        )


def write_recording(directory: str, node: str, now: float, outputs: Iterable[Output]) -> None:
    """Write outputs as a recorded directory; raises OSError, and FileExistsError where one is already."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    commands = []
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
            }
        )
        if output.fault is None or output.stdout:
            _write(os.path.join(directory, output.tool.file), output.stdout)
    index = {"schema": SCHEMA, "node": node, "user": user, "time": now, "limit": limit}
    _write(os.path.join(directory, INDEX), index_text(index, commands).encode())


def index_text(index: Mapping[str, Any], commands: Iterable[Mapping[str, Any]]) -> str:
    """``commands.json`` with one command a line, for people who read it."""
    lines = ",\n".join(f"  {json.dumps(command)}" for command in commands)
    return f'{json.dumps(index)[:-1]}, "commands": [\n{lines}\n]}}\n'


def _write(path: str, data: bytes) -> None:
    # O_EXCL: neither an older recording is mixed with this one, nor a symlink followed
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _index(directory: str) -> Mapping[str, Any]:
    if not os.path.isdir(directory):
        raise RecordingError(f"{directory} is not a directory")
    path = os.path.join(directory, INDEX)
    if not os.path.exists(path):
        raise RecordingError(f"{directory} has no {INDEX}: check_ha_snapshot makes one")
    try:
        index = json.loads(_read(path, _INDEX_LIMIT))
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
    if not isinstance(command["argv"], list) or not isinstance(command["stderr"], str):
        raise TypeError(f"command {command['file']!r}")
    return command


def _number(value: Any) -> float:
    """Seconds, also since the epoch. Python reads NaN and Infinity, which JSON does not have."""
    number = float(value)
    if not 0 <= number <= _LATEST:
        raise ValueError(f"{number} is no time")
    return number


def _read(path: str, limit: int) -> bytes:
    """The file's bytes; OverflowError when there are more than the limit, empty when there is no such file.

    Whoever made the recording may have put something there that is no file: a pipe would be waited for without end.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is not a plain file")
            data = file.read(limit + 1)
    except FileNotFoundError:
        return b""
    if len(data) > limit:
        raise OverflowError(f"{path} is larger than {limit} bytes")
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
