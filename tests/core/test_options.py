"""Options of a check, and the words they are written in."""

from __future__ import annotations

import re
from typing import Any, Callable, Optional

import pytest

from check_ha.core.options import FilterOptions, Options, duration, natural, option, pair, regex
from check_ha.core.wording import age


class Some(FilterOptions):
    """Options of a check with some of its own."""

    links: int = option(0, "how many", metavar="N", parse=natural)


def test_defaults() -> None:
    some = Some()
    assert (some.links, some.include, some.exclude) == (0, (), ())


def test_given() -> None:
    assert Some(links=2).links == 2
    assert Some(links=2).include == ()


def test_table_has_those_of_the_base_first() -> None:
    assert list(Some.table()) == ["include", "exclude", "links"]
    assert Options.table() == {}
    assert Some.table()["links"].metavar == "N"


def test_no_such_option() -> None:
    with pytest.raises(TypeError, match="no such option: colour"):
        Some(colour="red")


GOOD = [
    (natural, "0", 0),
    (natural, "12", 12),
    (duration, "90", 90.0),
    (duration, "90s", 90.0),
    (duration, "15m", 900.0),
    (duration, "6h", 21600.0),
    (duration, "2d", 172800.0),
    (duration, "1w", 604800.0),
    (duration, "0", 0.0),
    (pair, "p_vip=node1", ("p_vip", "node1")),
    (pair, "a=b=c", ("a", "b=c")),
    (regex, "p_.*", re.compile("p_.*")),
]


@pytest.mark.parametrize(("parse", "text", "value"), GOOD)
def test_understood(parse: Callable[[str], Any], text: str, value: object) -> None:
    assert parse(text) == value


BAD = [
    *((natural, text) for text in ("", "-1", "1.5", "two", " 1", "1_0", "²", "\u0661")),
    *((duration, text) for text in ("", "s", "-1s", "1.5h", "1 h", "1y", "h1", "1_0s", "\u0661s")),
    *((pair, text) for text in ("", "p_vip", "=node1", "p_vip=", "=")),
    *((regex, text) for text in ("(", "[", "*", "p_(?P<")),
]


@pytest.mark.parametrize(("parse", "text"), BAD)
def test_not_understood(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"^not "):
        parse(text)


@pytest.mark.parametrize(
    ("include", "exclude", "selected"),
    [
        ((), (), ["p_vip", "p_vip2", "db"]),
        (("p_vip",), (), ["p_vip"]),
        (("p_.*",), (), ["p_vip", "p_vip2"]),
        (("p_vip", "db"), (), ["p_vip", "db"]),
        ((), ("p_vip",), ["p_vip2", "db"]),
        ((), ("p_.*", "db"), []),
        (("p_.*",), ("p_vip2",), ["p_vip"]),
        (("vip",), (), []),
        (("P_VIP",), (), []),
        (("(?i)P_VIP",), (), ["p_vip"]),
    ],
)
def test_filters_match_whole_names(include: Any, exclude: Any, selected: Any) -> None:
    options = FilterOptions(include=tuple(map(re.compile, include)), exclude=tuple(map(re.compile, exclude)))
    assert [name for name in ("p_vip", "p_vip2", "db") if options.selects(name)] == selected


def test_an_item_with_several_names() -> None:
    assert FilterOptions(include=(re.compile("g_web"),)).selects("p_vip", "g_web")
    assert not FilterOptions(include=(re.compile("g_db"),)).selects("p_vip", "g_web")
    assert not FilterOptions(exclude=(re.compile("g_web"),)).selects("p_vip", "g_web")
    assert not FilterOptions(include=(re.compile("p_vip"),), exclude=(re.compile("g_web"),)).selects("p_vip", "g_web")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "at an unknown time"), (-7200.0, "2h ahead of this node's clock"),
        (-5.0, "5s ahead of this node's clock"), (-4.9, "0s ago"), (0.0, "0s ago"), (59.9, "59s ago"), (60.0, "1m ago"),
        (90.0, "90s ago"), (120.0, "2m ago"), (3599.0, "59m ago"), (3600.0, "1h ago"), (5400.0, "90m ago"),
        (86400.0, "1d ago"), (129600.0, "36h ago"), (172800.0, "2d ago"), (1e9, "11574d ago"),
    ],
)  # fmt: skip
def test_age(seconds: Optional[float], text: str) -> None:
    assert age(seconds) == text
