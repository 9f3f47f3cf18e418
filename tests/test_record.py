"""Our records are those of typing: a class of either kind does the same."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any, Callable, NamedTuple, Tuple, get_type_hints

import pytest

from check_ha import record


class Typed(NamedTuple):
    """One of typing."""

    name: str
    size: int = 0
    parts: Tuple[str, ...] = ()

    @property
    def large(self) -> bool:
        """Whether it is."""
        return self.size > 9


class Ours(record.NamedTuple):
    """One of ours."""

    name: str
    size: int = 0
    parts: Tuple[str, ...] = ()

    @property
    def large(self) -> bool:
        """Whether it is."""
        return self.size > 9


class Wide(record.NamedTuple):
    """One of more fields than there are constructors."""

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
    h: int
    i: int
    j: int
    k: int
    l: int = 12  # noqa: E741


def outcome(of: Callable[[Any], object], kind: Any) -> object:
    """Return what comes of it, or the kind of error."""
    try:
        return of(kind)
    except Exception as error:
        return type(error)


@pytest.mark.parametrize(
    "of",
    [
        lambda kind: kind("a"),
        lambda kind: kind("a", 10, ("x",)),
        lambda kind: kind(parts=("x",), name="a"),
        lambda kind: kind(),
        lambda kind: kind("a", 1, (), 4),
        lambda kind: kind("a", name="b"),
        lambda kind: kind("a", colour="red"),
        lambda kind: kind._make(["a", 1, ()]),
        lambda kind: kind._fields,
        lambda kind: kind._field_defaults,
        lambda kind: kind("a")._asdict(),
        lambda kind: kind("a")._replace(size=10).large,
        lambda kind: kind("a")._replace(colour="red"),
        lambda kind: setattr(kind("a"), "name", "b"),
        lambda kind: setattr(kind("a"), "colour", "red"),
        lambda kind: repr(kind("a", 10)).partition("(")[2],
        lambda kind: (kind("a") == kind("a"), hash(kind("a")) == hash(("a", 0, ())), kind("a") < kind("b")),
        lambda kind: copy.deepcopy(kind("a", 1, ("x",))),
        lambda kind: list(inspect.signature(kind).parameters),
        lambda kind: get_type_hints(kind),
        lambda kind: type(kind._replace(kind("a"), size=1)) is kind,
    ],
)
def test_ours_does_what_that_of_typing_does(of: Callable[[Any], object]) -> None:
    assert outcome(of, Ours) == outcome(of, Typed)


def test_it_is_of_its_class_again_after_pickle() -> None:
    one = Ours("a", 10)
    assert (type(pickle.loads(pickle.dumps(one))), pickle.loads(pickle.dumps(one))) == (Ours, one)
    assert repr(one) == "Ours(name='a', size=10, parts=())"


def test_one_of_many_fields() -> None:
    assert Wide(*range(11)) == (*range(11), 12)
    assert Wide(1, 2, 3, 4, 5, 6, 7, 8, 9, l=0, k=1, j=2)[9:] == (2, 1, 0)


def test_a_default_in_front_of_a_field_without_one_is_refused() -> None:
    with pytest.raises(TypeError):

        class Wrong(record.NamedTuple):
            name: str = ""
            size: int  # type: ignore[misc]
