"""Text that is safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.core.wording import decimal
from check_ha.output.plain_text import ITEM_LIMIT, clean, label


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("p_vip on node1", "p_vip on node1"),
        ("gr\u00fc\u00dfe \u65e5\u672c", "gr\u00fc\u00dfe \u65e5\u672c"),
        ("a|b", "a/b"),
        ("a\nb\r\nc\td\ve\ff", "a b  c d e f"),
        ("\033[2Jred\007", "?[2Jred?"),
        ("a\u202eb\u200bc\u00a0d", "a?b?c?d"),
        ("a\u2028b\x85c", "a?b?c"),
        ("lone \ud800", "lone ?"),
        ("", ""),
        ("'quoted' = \"too\"", "'quoted' = \"too\""),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_clean_cuts() -> None:
    assert clean("a" * ITEM_LIMIT) == "a" * ITEM_LIMIT
    assert clean("a" * (ITEM_LIMIT + 1)) == "a" * (ITEM_LIMIT - 3) + "..."
    assert clean("|" * 9, 8) == "/////..."


@given(st.text(), st.integers(3, 400))
def test_clean_is_one_printable_line(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert shown.isprintable()
    assert "|" not in shown
    assert len(shown) <= limit
    assert clean(shown, limit) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("p_vip@node1", "p_vip@node1"),
        ("it's a=b#c", "it_s_a_b_c"),
        ("a|b;c", "a_b;c"),
        ("p_single:0", "p_single_0"),
        ("2001:db8::1", "2001_db8__1"),
        ("a/b\\c", "a_b_c"),
    ],
)
def test_label(text: str, shown: str) -> None:
    assert label(text) == shown


@given(st.text())
def test_label_holds_nothing_that_perfdata_acts_on(text: str) -> None:
    assert not set(label(text)) & set("'=|# \n:/\\")
    assert len(label(text)) <= 100


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (-3, "-3"), (10**20, "100000000000000000000"), (0.0, "0"), (0.5, "0.5"), (1e-7, "0"), (-1e-7, "0"),
        (1234567.125, "1234567.125"), (1e16, "10000000000000000"), (-0.25, "-0.25"), (100.0, "100"),
    ],
)  # fmt: skip
def test_decimal(number: float, text: str) -> None:
    assert decimal(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimal_has_no_exponent(number: float) -> None:
    assert float(decimal(number)) == pytest.approx(number, abs=1e-6)
    assert set(decimal(number)) <= set("-.0123456789")
