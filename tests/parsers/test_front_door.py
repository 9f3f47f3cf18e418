"""The parsers as a library: names, types, what is loaded, and what is promised to stay.

``python -m tests.parsers.test_front_door`` writes tests/parsers/promised.txt anew: for a field that is to go or to be
called otherwise, which is a change that CHANGELOG.md has to tell.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, get_type_hints

import pytest

import check_ha.model
import check_ha.parsers
from check_ha.cli.register import COMPARISONS, check_named
from check_ha.multinode.node_view.view import READINGS
from check_ha.parsers.fingerprint import parse_fingerprint
from tests.replay import checks

ROOT = Path(__file__).parents[2]
PROMISED = Path(__file__).parent / "promised.txt"
PARSERS = [name for name in check_ha.parsers.__all__ if name.startswith("parse_")]
RECORDS = [name for name in check_ha.model.__all__ if name != "INFINITY"]

USER = '''
"""A program of somebody who uses the parsers."""
from typing import Dict, Optional, Tuple

from check_ha.model import Cluster, LinkStatus, Primitive
from check_ha.parsers import ParseError, parse_cfgtool, parse_crm_mon, parse_ps_executables, parse_view


def stopped(cluster: Cluster) -> Tuple[str, ...]:
    found: Tuple[Primitive, ...] = tuple(placed.primitive for placed in cluster.primitives())
    return tuple(primitive.id for primitive in found if not primitive.active)


def transport(data: bytes) -> Optional[str]:
    try:
        status: LinkStatus = parse_cfgtool(data)
    except ParseError as error:
        message: str = error.message + error.line
        raise SystemExit(message) from error
    return status.transport


def main(data: bytes) -> None:
    print(stopped(parse_crm_mon(data)))
    running: Dict[int, Optional[str]] = parse_ps_executables(data)
    print(running, parse_view(data).cluster)
'''
WRONG = """
from check_ha.model import NoSuchRecord
from check_ha.parsers import parse_crm_mon, parse_nonsense
parse_crm_mon("text")
parse_crm_mon(b"").nodez
number: int = parse_crm_mon(b"").nodes
"""


def mypy(program: str, folder: Path) -> List[str]:
    """What mypy --strict says of this program, which finds check_ha as an installed package."""
    (folder / "program.py").write_text(program, encoding="utf-8")
    argv = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir=cache", "program.py"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_users_program_is_well_typed(tmp_path: Path) -> None:
    assert mypy(USER, tmp_path) == []


def test_a_users_mistakes_are_found(tmp_path: Path) -> None:
    found = mypy(WRONG, tmp_path)
    assert [re.findall(r"^program.py:(\d): error: .*\[([a-z-]+)\]$", line) for line in found] == [
        [("2", "attr-defined")],
        [("3", "attr-defined")],
        [("4", "arg-type")],
        [("5", "attr-defined")],
        [("6", "assignment")],
    ]


def test_what_is_not_there_is_no_attribute() -> None:
    for module in (check_ha.parsers, check_ha.model):
        with pytest.raises(AttributeError, match="has no attribute 'parse_nonsense'"):
            module.parse_nonsense  # noqa: B018
        assert set(dir(module)) == set(module.__all__)
        assert module.__all__ == sorted(set(module.__all__), key=lambda name: (not name.isupper(), name))


@pytest.mark.parametrize(
    ("code", "lxml"),
    [
        ("import check_ha.parsers", False),
        ("from check_ha.parsers import ParseError, parse_cfgtool, parse_quorumtool, parse_ip_addr", False),
        ("from check_ha.model import Cluster, LinkStatus, View", False),
        ("from check_ha.parsers import *", True),
    ],
    ids=["nothing", "no-xml", "records", "all"],
)
def test_a_parser_is_loaded_when_it_is_asked_for(code: str, lxml: bool) -> None:
    ask = f"{code}\nimport sys; print('lxml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{lxml}\n"


def test_every_parser_that_a_check_uses_is_there() -> None:
    """But that of a fingerprint, which is no output of the tool: only a hash of it is recorded."""
    used = {one.parse for one in READINGS}
    used.update(one.parse for name in checks() for one in check_named(name).readings)
    ours = {getattr(check_ha.parsers, name) for name in PARSERS}
    own = {one for one in used if one.__name__.startswith("_")}  # what a check loads late
    assert used - own - {parse_fingerprint} <= ours
    assert COMPARISONS  # which read what parse_view makes
    assert check_ha.parsers.parse_view in ours


@pytest.mark.parametrize("name", PARSERS)
def test_parser_takes_bytes_and_returns_records(name: str) -> None:
    function = getattr(check_ha.parsers, name)
    hints = get_type_hints(function)
    assert list(inspect.signature(function).parameters) == ["data"]
    assert hints["data"] is bytes
    assert hints["return"] is not None
    assert inspect.getdoc(function)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("data", [b"", b"\x00\xff|", b"<a", b"{}"], ids=["nothing", "binary", "cut", "other"])
def test_a_parser_raises_nothing_but_parse_error(name: str, data: bytes) -> None:
    with contextlib.suppress(check_ha.parsers.ParseError):  # "" is a corosync.conf, {} an empty one
        getattr(check_ha.parsers, name)(data)


def fields(record: str) -> List[str]:
    """The fields in their order, each that has a default with a mark."""
    kind = getattr(check_ha.model, record)
    return [f"{name}=" if name in kind._field_defaults else name for name in kind._fields]


def promised() -> Dict[str, List[str]]:
    """The fields that every later version has, by record."""
    lines = PROMISED.read_text(encoding="utf-8").splitlines()
    return {name: words.split() for name, _, words in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize("record", RECORDS)
def test_fields_stay_and_new_ones_come_last_with_a_default(record: str) -> None:
    here = [field.rstrip("=") for field in fields(record)]
    known = [field.rstrip("=") for field in promised()[record]]
    assert here[: len(known)] == known
    assert [field for field in fields(record)[len(known) :] if not field.endswith("=")] == []


@pytest.mark.parametrize(
    "path",
    sorted({*(ROOT / "check_ha/model").glob("[a-z]*.py")} - {ROOT / "check_ha/model/cib_parts.py"}),
    ids=lambda path: path.stem,
)
def test_every_record_is_at_the_front_door(path: Path) -> None:
    """But those in a View, which only the comparisons read, and those of the page they are drawn on."""
    module = importlib.import_module(f"check_ha.model.{path.stem}")
    own = [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]
    records = {one.__name__ for one in own if hasattr(one, "_fields")}
    assert {name for name in records - set(RECORDS) if path.stem not in ("view", "page")} == set()
    assert records


def test_every_record_is_promised() -> None:
    assert list(promised()) == RECORDS
    for name in RECORDS:
        assert getattr(check_ha.model, name).__name__ == name


if __name__ == "__main__":
    PROMISED.write_text("".join(f"{name}: {' '.join(fields(name))}\n" for name in RECORDS), encoding="utf-8")
