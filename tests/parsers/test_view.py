"""The view of another node: what was printed is read again, and whatever else arrives is refused, in words."""

from __future__ import annotations

import contextlib
import json
import zlib
from base64 import b64encode
from typing import Any, Dict, Tuple, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check_ha.model.view import RUNNING, SILENT, STOPPED, DaemonsView, FindingView, SubjectView, View, VipView
from check_ha.output.view_text import view_text
from check_ha.parsers.errors import ParseError
from check_ha.parsers.view import LONGEST, parse_one_of_many, parse_view
from check_ha.parsers.view_fields import Shared
from tests.multinode.views import view

TEXT = view_text(view("node1"))


def changed(*path: Any, to: Any) -> bytes:
    """The healthy view with one value, found by keys and positions, put in place of another."""
    values: Dict[str, Any] = json.loads(TEXT)
    place: Any = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(values).encode()


def without(*path: str) -> bytes:
    values: Dict[str, Any] = json.loads(TEXT)
    place: Any = values
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return json.dumps(values).encode()


def refused(data: bytes) -> str:
    with pytest.raises(ParseError) as raised:
        parse_view(data)
    return str(raised.value)


def test_what_is_printed_is_read() -> None:
    assert parse_view(TEXT.encode()) == view("node1")


def test_fields_of_a_newer_version_are_passed_over() -> None:
    assert parse_view(changed("moon", to={"phase": "full"})) == view("node1")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(
            changed("schema", to=3), "a view of schema 3, and this version of check_ha knows 1 and 2", id="schema"
        ),
        pytest.param(without("schema"), "view: schema is missing or not what it should be", id="no-schema"),
        pytest.param(b"{}", "view: schema is missing or not what it should be", id="empty-object"),
        pytest.param(b"[]", "view is not an object", id="array"),
        pytest.param(b"\xff{}", "a view that is not JSON", id="not-utf-8"),
        pytest.param(b"{[}", "a view that is not JSON", id="not-json"),
        pytest.param(b'{"a": NaN}', "a view that is not JSON", id="nan"),
        pytest.param(
            TEXT.encode()[:1023],
            "a view that is cut off after 1023 bytes: NRPE 2 carries 1 kB, use NRPE 4 at both ends, or ssh",
            id="cut-by-an-old-nrpe",
        ),
        pytest.param(
            (TEXT + " " * 1000).encode()[:-1200], f"a view that is cut off after {len(TEXT) - 200} bytes", id="cut"
        ),
        pytest.param(b"{" * 200_000, "a view that is cut off after 200000 bytes", id="deep"),
        pytest.param(b'{"a":"' + b"x" * LONGEST, "a view of more than 256 kB", id="long"),
        pytest.param(changed("node", to=7), "view: node is missing or not what it should be", id="number-for-text"),
        pytest.param(without("node"), "view: node is missing or not what it should be", id="missing-is-not-null"),
        pytest.param(changed("node", to="x" * 301), "view: node is", id="long-text"),
        pytest.param(changed("time", to=True), "view: time is", id="truth-for-number"),
        pytest.param(changed("time", to=-1), "view: time is", id="negative"),
        pytest.param(changed("time", to=1e300), "view: time is", id="large"),
        pytest.param(changed("corosync", "node_id", to=1.5), "corosync: node_id is", id="fraction"),
        pytest.param(changed("corosync", "quorate", to=1), "corosync: quorate is", id="number-for-truth"),
        pytest.param(changed("corosync", "members", to="node1"), "corosync: members is", id="text-for-list"),
        pytest.param(changed("corosync", "members", 0, to="node1"), "members is not an object", id="text-for-object"),
        pytest.param(changed("corosync", "members", to=[{}] * 20001), "corosync: members is", id="long-list"),
        pytest.param(changed("pacemaker", "resources", 0, "nodes", to=[1]), "resources: nodes is", id="number-in-list"),
        pytest.param(changed("pacemaker", "resources", 0, "nodes", to={}), "resources: nodes is", id="object-for-list"),
        pytest.param(changed("pacemaker", "resources", 0, "cloned", to="no"), "resources: cloned is", id="flag"),
        pytest.param(changed("daemons", "corosync", to="dancing"), "daemons: corosync is", id="word"),
    ],
)
def test_refused(data: bytes, complaint: str) -> None:
    assert refused(data).startswith(complaint)


@pytest.mark.parametrize(
    ("key", "value"),
    [("check", "Nodes\n"), ("condition", "a|b"), ("severity", "OK"), ("subjects", [{"kind": "<b>", "name": "x"}])],
)
def test_a_finding_that_is_none_of_ours(key: str, value: Any) -> None:
    """Its words are printed as they are; that something is well is no finding."""
    finding = {"check": "nodes", "condition": "offline", "severity": "CRITICAL", "text": "node2 is offline", key: value}
    name = "kind" if key == "subjects" else key
    assert refused(changed("findings", to=[finding])).endswith(f": {name} is missing or not what it should be")


# Properties


WORDS = st.text("abcxyz09_- ", max_size=20)


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model."""
    arguments: Any = getattr(kind, "__args__", ())
    if type(None) in arguments:
        return st.none() | of(arguments[0])
    if getattr(kind, "__origin__", None) is tuple:
        return st.lists(of(arguments[0]), max_size=3).map(tuple)
    if kind is DaemonsView:
        words = st.sampled_from([None, RUNNING, STOPPED, SILENT])
        return st.builds(DaemonsView, words, words)
    if kind is FindingView:
        fields = {name: of(field) for name, field in get_type_hints(kind).items()}
        severities = st.sampled_from(["WARNING", "CRITICAL", "UNKNOWN"])
        return st.builds(kind, **{**fields, "severity": severities, "check": WORDS, "condition": WORDS})
    if kind is SubjectView:
        return st.builds(kind, WORDS, of(str))
    if kind is VipView:
        return st.builds(VipView, of(str), st.lists(of(str), min_size=1, max_size=3).map(tuple), of(bool))
    if hasattr(kind, "_fields"):
        return st.builds(kind, **{name: of(field) for name, field in get_type_hints(kind).items()})
    return SIMPLE[kind]


SIMPLE: Dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(0, 2**32),
    bool: st.booleans(),
    float: st.floats(0, 2**40),
}


@settings(max_examples=300, deadline=None)
@given(of(View))
def test_every_view_can_be_printed_and_read(made: View) -> None:
    text = view_text(made)
    assert text.isascii()
    assert text.isprintable()
    assert "|" not in text
    assert parse_view(text.encode()) == made


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, here: Tuple[Any, ...] = ()) -> Tuple[Tuple[Any, ...], ...]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: Tuple[Tuple[Any, ...], ...] = ()
    for key, item in items:
        found += ((*here, key), *paths(item, (*here, key)))
    return found


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(json.loads(TEXT))), JSON)
def test_any_value_in_any_place(path: Tuple[Any, ...], value: Any) -> None:
    survives(changed(*path, to=value))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)


@given(st.integers(0, len(TEXT)), st.integers(0, 20), st.binary(max_size=20))
def test_any_damage(start: int, length: int, data: bytes) -> None:
    text = TEXT.encode()
    survives(text[:start] + data + text[start + length :])


def survives(data: bytes) -> None:
    """A view or a ParseError, and nothing else."""
    with contextlib.suppress(ParseError):
        assert isinstance(parse_view(data), View)


def packed(data: bytes, schema: int = 2) -> bytes:
    return json.dumps({"schema": schema, "check_ha": "0.2.0", "zlib": b64encode(data).decode()}).encode()


def test_one_that_is_compressed() -> None:
    assert parse_view(packed(zlib.compress(TEXT.encode()))) == view("node1")


DAMAGED = zlib.compress(TEXT.encode())[:-20]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(b'{"schema": 2}', "view: zlib is missing or not what it should be", id="nothing"),
        pytest.param(b'{"schema": 2, "zlib": "*\xc3\xa9"}', "a view that cannot be unpacked", id="no-base64"),
        pytest.param(packed(b"x" * 50), "a view that cannot be unpacked", id="not-compressed"),
        pytest.param(packed(DAMAGED), "a view that cannot be unpacked", id="cut-off"),
        pytest.param(packed(zlib.compress(b"[]")), "view is not an object", id="something-else"),
        pytest.param(packed(zlib.compress(b"")), "a view that is cut off after 0 bytes", id="empty"),
        pytest.param(packed(zlib.compress(b'{"schema": 9}')), "a view of schema 9, and this version", id="newer-in-it"),
        pytest.param(packed(zlib.compress(packed(b""))), "a view of schema 2, and this version", id="twice"),
        pytest.param(packed(zlib.compress(b" " * 9_000_000)), "a view of more than 8 MB", id="bomb"),
        pytest.param(TEXT.encode()[:-1].replace(b'"schema":1', b'"schema":2') + b"}", "view: zlib", id="not-packed"),
    ],
)
def test_refused_when_it_is_compressed(data: bytes, complaint: str) -> None:
    assert refused(data).startswith(complaint)


def test_equal_lists_of_several_views_are_read_once() -> None:
    shared: Shared = {}
    one, other = parse_one_of_many(TEXT.encode(), shared), parse_one_of_many(TEXT.encode(), shared)
    third = parse_one_of_many(changed("pacemaker", "nodes", 1, "online", to=False), shared)
    assert one == other == view("node1")
    assert one.pacemaker
    assert other.pacemaker
    assert one.pacemaker.nodes is other.pacemaker.nodes
    assert third.pacemaker
    assert [node.online for node in third.pacemaker.nodes] == [True, False]
