"""Hypothesis strategies for every record of the model, made from its annotations.

Names are drawn from a few, so that records refer to each other as they do in a cluster, and from anything at all.
"""

from __future__ import annotations

import collections.abc
import functools
import re
import typing
from datetime import datetime
from typing import Any, Dict, List, Tuple, Type

from hypothesis import strategies as st

import check_ha.model
from check_ha.cli.options.arguments import value_of
from check_ha.core.evidence import Evidence
from check_ha.core.options import FilterOptions, Option, Options
from check_ha.model.cluster import INFINITY
from check_ha.sources.tools import ALL, BROKEN, FLOODED, HUNG, MISSING, Output, Tool

HOSTILE = ("it's=a|b#c", "\033[2J\n\r\t", "\u202egnp", "\ud800", "x" * 400, "p|q", " ", "''")
NODES = ("node1", "node2", "node3", "1", "2", "3")
RESOURCES = ("p_vip", "p_vip:0", "p_vip:1", "g_web", "c_web:0", "stonith-1", "remote1")
ADDRESSES = ("192.0.2.100", "192.0.2.100/24", "fd00::1", "FD00:0::1/64", "127.0.0.1", "10.55.0.1%2")
WORDS = (
    "Started", "Stopped", "Starting", "Stopping", "Promoted", "Unpromoted", "Migrating", "member", "remote", "knet",
    "udpu", "udp", "ip", "ipaddress", "true", "success", "failed", "pending", "reboot", "off", "start", "monitor",
    "complete", "Timed out", "red", "green", "A,V,NMW", "A,NV,NMW", "NR", "2Node", "WaitForAll", "AutoTieBreaker",
    "AllowDownscale", "ocf:heartbeat:IPaddr2", "ocf:heartbeat:IPsrcaddr", "ocf:pacemaker:remote", "stonith:fence_x",
    "cli-ban-p_vip-on-node1", "#uname", "eq", "running", "ring 0 active with no faults",
)  # fmt: skip

names = st.sampled_from((*NODES, *RESOURCES, *ADDRESSES, *WORDS, *HOSTILE, "")) | st.text(max_size=8)
numbers = st.integers(0, 4) | st.sampled_from((INFINITY, 2**31, 2**64))
signed = numbers | st.sampled_from((-1, -INFINITY))
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)) | st.just(datetime(2026, 11, 23, 12, 0))

_SIMPLE: Dict[Any, st.SearchStrategy[Any]] = {
    str: names,
    int: numbers,
    bool: st.booleans(),
    float: st.floats(-1e12, 1e12) | st.just(0.0),
    bytes: st.binary(max_size=8),
    datetime: moments,
    type(None): st.none(),
    Any: names,
}

# What a parser promises beyond the type.
_FIELDS: Dict[Tuple[str, str], st.SearchStrategy[Any]] = {
    ("Node", "type"): st.sampled_from(("member", "remote", "ping", "unknown")),
    ("Node", "health"): st.sampled_from((None, "green", "yellow", "red")),
    ("Primitive", "role"): st.sampled_from(
        ("Started", "Stopped", "Promoted", "Unpromoted", "Starting", "Stopping", "Migrating", "Promoting", "Demoting")
    ),
    ("FenceEvent", "status"): st.sampled_from(("success", "failed", "pending")),
    ("Ban", "weight"): signed,
    ("Failure", "call"): signed,
    ("Location", "score"): st.none() | signed,
    ("Rule", "score"): st.none() | signed,
}


@functools.cache  # the same strategy for the same type, so that records may hold each other
def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that an annotation names."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        return st.one_of(*map(values, arguments))
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(_later(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, arguments))
    if origin in (dict, collections.abc.Mapping):
        return st.dictionaries(*map(values, arguments), max_size=3)
    if origin in (list, collections.abc.Sequence):
        return st.lists(values(arguments[0]), max_size=3)
    if origin in (frozenset, collections.abc.Set):
        return st.frozensets(values(arguments[0]), max_size=3)
    return records(kind)


def _later(kind: Any) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: values(kind))


def records(kind: Type[Any]) -> st.SearchStrategy[Any]:
    """Any record of this class."""
    fields = {name: hint for name, hint in typing.get_type_hints(kind).items() if name in kind._fields}
    return st.builds(kind, **{name: _FIELDS.get((kind.__name__, name), _later(hint)) for name, hint in fields.items()})


RECORDS = {name: getattr(check_ha.model, name) for name in check_ha.model.__all__}
"""By name: what only a type checker imports."""


def evidences(check: Any) -> st.SearchStrategy[Evidence]:
    """All that a run of this check may know: each tool has answered, or has not."""
    answers = {
        reading.tool: st.none() | values(typing.get_type_hints(reading.parse, localns=RECORDS)["return"])
        for reading in check.readings
    }
    previous = st.none() | st.dictionaries(
        names | st.sampled_from(("2/0", "2/1")), numbers | st.lists(names), max_size=3
    )
    return st.builds(
        lambda found, before, now: Evidence(
            {tool: one for tool, one in found.items() if one is not None}, (), before, now
        ),
        st.fixed_dictionaries(answers),
        previous,
        st.just(0.0) | st.floats(0, 4e9),
    )


_PATTERNS = st.sampled_from(("node[12]", "p_.*", ".*", "nothing")).map(re.compile)


def options(kind: Type[Options]) -> st.SearchStrategy[Options]:
    """Options as a command line may give them."""
    given: Dict[str, st.SearchStrategy[Any]] = {}
    for name, one in kind.table().items():
        if name in ("include", "exclude") and issubclass(kind, FilterOptions):
            given[name] = st.lists(_PATTERNS, max_size=2).map(tuple)
        else:
            given[name] = _option(one)
    return st.fixed_dictionaries({}, optional=given).map(lambda values: kind(**values))


def _option(one: Option) -> st.SearchStrategy[Any]:
    if not one.metavar:
        return st.booleans()
    words: Tuple[str, ...] = (
        "0",
        "1",
        "3",
        "90s",
        "1w",
        "p_vip=node1",
        "p_vip=node2",
        "ocf:heartbeat:portblock=ip",
        "p_vip",
        "node1",
    )
    words = ("pingd=1:", "pingd=200:,1:", "site~A") if one.ranges else words
    understood: List[Any] = []
    for word in words:
        try:
            understood.append(value_of(one, word))
        except ValueError:
            continue
    return st.lists(st.sampled_from(understood), max_size=2).map(tuple) if one.repeat else st.sampled_from(understood)


_SAID = (
    "", "Cannot initialize CMAP service", "API error 2", "API error 11", "CS_ERR_LIBRARY", "Connection refused",
    "Permission denied", "sudo: a password is required", "No such file or directory", "oops | x=1\n\033[2J", "\ud800",
)  # fmt: skip


def outputs(tool: Tool) -> st.SearchStrategy[Output]:
    """Whatever running this tool may end with."""
    commands = (tool.argv, ("/usr/sbin/" + tool.argv[0], *tool.argv[1:]), ("/usr/bin/sudo", "-n", *tool.argv))
    ended = st.builds(
        Output,
        tool=st.just(tool),
        argv=st.sampled_from(commands),
        status=st.sampled_from((0, 1, 2, 4, 13, 64, 78, 102, 107, 124, -9)),
        stdout=st.binary(max_size=40) | st.sampled_from((b"", b"<crm_mon/>", b"Local node ID 1, transport knet\n")),
        stderr=st.sampled_from(_SAID) | st.text(max_size=20),
        seconds=st.just(0.1),
        limit=st.just(8.0),
        user=st.sampled_from(("root", "nagios", "")),
    )
    fault = st.sampled_from((MISSING, HUNG, FLOODED, BROKEN))
    return ended | st.builds(lambda one, what: one._replace(status=None, fault=what), ended, fault)


def all_outputs() -> st.SearchStrategy[Dict[Tool, Output]]:
    """Whatever all tools of the suite may end with."""
    return st.fixed_dictionaries({tool: outputs(tool) for tool in ALL})
