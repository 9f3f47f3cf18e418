"""The config file of check_ha: what is read, and what is said of one that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from check_ha.cli.options.common import SectionOptions
from check_ha.cli.options.config_file import LIMIT, ConfigError, read, values
from check_ha.core.condition import Severity
from tests.cli.toys import ToyOptions

WHOLE = """\
# a comment
[check_ha]
skip = fencing
    constraints

[quorum]
severity = no-margin=ok
    # another one
    votes-missing=critical
Critical = 2:
; and another
[vip]
expect = p_vip=node1
agent = ocf:heartbeat:portblock=ip
[rings]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "check_ha.ini"


def test_sections_keys_and_values(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    assert read(str(file)) == {
        "check_ha": {"skip": "fencing\nconstraints"},
        "quorum": {"severity": "no-margin=ok\nvotes-missing=critical", "critical": "2:"},
        "vip": {"expect": "p_vip=node1", "agent": "ocf:heartbeat:portblock=ip"},
        "rings": {},
    }


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\xef\xbb\xbf[rings]\r\nlinks = 2\r\n"])
def test_harmless_files(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    assert read(str(file)) in ({}, {"rings": {"links": "2"}})


BAD = {
    "no section": (b"links = 2\n", "line 1: 'links = 2' is in no section"),
    "open section": (b"[rings\nlinks = 2\n", "line 1: '[rings' is in no section"),
    "no value": (b"[rings]\nlinks\n", "line 2: 'links' is not of the form KEY = VALUE"),
    "no key": (b"[rings]\n= 2\n", "line 2: '= 2' is not of the form KEY = VALUE"),
    "colon": (b"[rings]\nlinks: 2\n", "line 2: 'links: 2' is not of the form KEY = VALUE"),
    "key twice": (b"[rings]\nlinks = 2\nlinks = 3\n", "line 3: [rings] has 'links' twice"),
    "section twice": (b"[rings]\n[vip]\n[rings]\n", "line 3: a second section [rings]"),
    "latin-1": (b"[vip]\nexpect = caf\xe9=node1\n", "it is not UTF-8"),
    "too large": (b"#" * (LIMIT + 1), "it is larger than 1 MB"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read(data: bytes, reason: str, file: Path) -> None:
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read(str(file))
    assert str(caught.value) == reason


def test_no_file_and_no_file_at_all(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigError) as caught:
            read(str(path))
        assert str(caught.value) == reason


def test_values_by_option() -> None:
    keys = {
        "max-age": "2h",
        "expect": "a=b\n  c=d",
        "loud": "yes",
        "severity": "bad=ok\nodd=critical",
        "warning": "1:",
        "include": "x.*",
    }
    found: Dict[str, Any] = values("toy", keys, SectionOptions, ToyOptions)
    (pattern,) = found.pop("include")
    assert found.pop("warning").text == "1:"
    assert pattern.pattern == "x.*"
    assert found == {
        "max_age": 7200.0,
        "expect": (("a", "b"), ("c", "d")),
        "loud": True,
        "severity": (("bad", Severity.OK), ("odd", Severity.CRITICAL)),
    }
    assert values("toy", {"loud": "no", "expect": ""}, ToyOptions) == {"loud": False, "expect": ()}


WRONG = {
    "unknown": ({"linkz": "2"}, "[toy] has no option 'linkz' (it has: exclude, expect, include, links, loud, max-age)"),
    "number": ({"links": "two"}, "[toy] links = 'two': not a whole number"),
    "duration": ({"max-age": "1y"}, "[toy] max-age = '1y': not a duration such as 90s, 15m, 6h, 2d, 1w"),
    "one of several": ({"expect": "a=b\nc"}, "[toy] expect = 'c': not of the form NAME=VALUE"),
    "pattern": ({"include": "("}, "[toy] include = '(': not a regular expression: missing ), unterminated subpattern"),
    "switch": ({"loud": "maybe"}, "[toy] loud = 'maybe': not yes or no"),
    "empty": ({"links": ""}, "[toy] links = '': no value"),
    "two lines": ({"links": "2\n3"}, "[toy] links = '2\\n3': not a whole number"),
    "comment": ({"links": "2  # two"}, "[toy] links = '2  # two': not a whole number"),
}


@pytest.mark.parametrize(("keys", "reason"), WRONG.values(), ids=WRONG)
def test_a_value_that_is_not_understood_is_named(keys: Dict[str, str], reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        values("toy", keys, ToyOptions)
    assert str(caught.value).startswith(reason)
