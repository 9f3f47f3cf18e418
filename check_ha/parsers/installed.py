"""What is installed on this node, and a few files of it: small outputs, one function each."""

from __future__ import annotations

import re
from typing import Tuple

from check_ha.model.node import Features, FileState, Version
from check_ha.parsers.errors import ParseError


def parse_corosync_version(data: bytes) -> Version:
    """Return the version of Corosync, as ``corosync-quorumtool -V`` or ``corosync -v`` tells it::

    corosync-quorumtool version: 3.1.7
    Corosync Cluster Engine, version '1.4.8'
    """
    text = _text(data)
    match = re.search(r"version(?:: | ')([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?", text)
    if match is None:
        raise ParseError("corosync-quorumtool -V: no version", _first_line(text))
    return tuple(int(number) for number in match.groups() if number)


def parse_pacemakerd_features(data: bytes) -> Features:
    """Return the Pacemaker that is installed; ``pacemakerd --features``, 1.1 to 3.0::

    Pacemaker 2.1.5 (Build: a3f44794f94)
     Supporting v3.16.1: agent-manpages cibsecrets corosync-ge-2 ...
    """
    text = _text(data)
    version = re.search(r"^ ?Pacemaker (\S+) \(Build: (\S+)\)", text, re.MULTILINE)
    supporting = re.search(r"^ ?Supporting v([0-9]+(?:\.[0-9]+)*):", text, re.MULTILINE)
    if version is None or supporting is None:
        raise ParseError("pacemakerd --features: no version", _first_line(text))
    return Features(version[1], version[2], supporting[1])


def parse_stat(data: bytes) -> Tuple[FileState, ...]:
    """Return what ``stat -c '%n %u %g %a %U %G %F'`` tells of each file, on standard output and standard error::

    /etc/corosync/authkey 0 0 400 root root regular file
    /usr/bin/stat: cannot statx '/etc/corosync/authkey': Permission denied
    """
    lines = _text(data).split("\n")
    if lines.pop() or not lines:
        raise ParseError("the output of stat is empty or cut off")
    return tuple(_file(line) for line in lines)


def _file(line: str) -> FileState:
    error = re.fullmatch(r"(?:/\S*/)?stat: [^/]*(/[^':]*)'?: (\S.*)", line)
    if error:
        return FileState(error[1], 0, 0, 0, "", "", "", error[2])
    match = re.fullmatch(r"(/\S*) ([0-9]{1,10}) ([0-9]{1,10}) ([0-7]{1,4}) (\S+) (\S+) (\S.*)", line)
    if match is None:
        raise ParseError("unknown line of stat", line[:200])
    return FileState(match[1], int(match[2]), int(match[3]), int(match[4], 8), match[5], match[6], match[7])


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:200]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
