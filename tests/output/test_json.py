"""``--format json``: outputs of all recordings meet the schema; schema, documents and output have the same fields."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

import jsonschema
import pytest

from check_ha.cli.register import check_named
from check_ha.core import finding
from check_ha.core.condition import OUT_OF_RANGE, WITH_MEMORY
from check_ha.output.as_json import SCHEMA
from generators.json_fields import schema
from tests.replay import (
    SAMPLES,
    checks,
    clusters,
    compare,
    comparisons,
    expected_of,
    label,
    optional,
    recorded,
    replay,
    replay_all,
)

ROOT = Path(__file__).parents[2]
STATES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}
VALIDATOR = jsonschema.Draft202012Validator(schema())
KINDS = {"findings": "finding", "subjects": "subject", "rows": "row", "metrics": "metric", "checks": "check"}
"""What the lists of the object hold."""

Answer = Tuple[int, str]


def document_of(answer: Answer) -> Dict[str, Any]:
    """The object that was printed, which is valid, is alone on its line, and has the exit code in it."""
    code, output = answer
    assert output.endswith("}\n")
    assert output.count("\n") == 1
    document: Dict[str, Any] = json.loads(output)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert document["code"] == code == STATES[document["state"]]
    for part in document.get("checks", ()):
        assert part["code"] == STATES[part["state"]]
    assert not unknown_fields(document)
    return document


def fields(kind: str) -> Dict[str, Any]:
    """The fields of that kind of object in the schema; of the object itself for an empty one."""
    found = schema()
    properties: Dict[str, Any] = (found["$defs"][kind] if kind else found)["properties"]
    return properties


def objects(document: Dict[str, Any], kind: str = "") -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Every object in it, with its kind."""
    yield kind, document
    for name, value in document.items():
        for one in value if name in KINDS else ():
            yield from objects(one, KINDS[name])


def unknown_fields(document: Dict[str, Any]) -> Set[str]:
    """What the schema does not say: it lets new fields pass, for whoever has an older one."""
    return {f"{kind} {name}" for kind, one in objects(document) for name in set(one) - set(fields(kind))}


@functools.cache
def all_documents() -> List[Dict[str, Any]]:
    """What check_ha says of one recording in four, and the comparisons of every cluster."""
    directories = list(recorded())[::4]
    found = [document_of(replay_all("--format", "json", "--from", str(directory))) for directory in directories]
    for name in comparisons():
        found += [document_of(compare(check_named(name), one, "--format", "json")) for one in clusters(name)]
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", list(recorded()), ids=label)
def test_check_ha_of_every_recording(directory: Path) -> None:
    document = document_of(replay_all("--format", "json", "--from", str(directory)))
    expected = expected_of("all")[label(directory)]
    assert f"HA {document['state']} - {document['line']}" == expected.first
    assert document["code"] == expected.code
    assert [part["check"] for part in document["checks"]] == [
        line.partition(" ")[0] for line in expected.text.splitlines()[1:] if re.match(r"[a-z_]+ [A-Z]+ - ", line)
    ]


@pytest.mark.parametrize(
    ("name", "cluster"),
    [pytest.param(name, one, id=f"{name}-{label(one)}") for name in comparisons() for one in clusters(name)],
)
def test_comparison_of_every_cluster(name: str, cluster: Path) -> None:
    document = document_of(compare(check_named(name), cluster, "--format", "json"))
    expected = expected_of(name)[label(cluster)]
    assert f"HA_{name.upper()} {document['state']} - {document['line']}" == expected.first
    assert (document["code"], document["check"], document["node"]) == (expected.code, name, "")


@pytest.mark.parametrize("name", checks())
def test_each_check_of_samples(name: str) -> None:
    judged = [one for one in recorded() if label(one) in expected_of(name)]
    for directory in [one for one in judged if SAMPLES in one.parents or name in optional()][::2]:
        document = document_of(replay(check_named(name), "--format", "json", "--from", str(directory)))
        expected = expected_of(name)[label(directory)]
        assert f"HA_{name.upper()} {document['state']} - {document['line']}" == expected.first
        assert document["code"] == expected.code
        perfdata = re.findall(r"'([^']+)'=", expected.perfdata)
        assert len(document["metrics"]) == len(perfdata)
        assert {one["name"] for one in document["metrics"]} == {one.rpartition("#")[2] for one in perfdata}
        assert len(document["rows"]) + len(document["findings"]) <= len(expected.text.splitlines())


def test_every_field_is_used() -> None:
    used: Dict[str, Set[str]] = defaultdict(set)
    for document in all_documents():
        for kind, one in objects(document):
            used[kind] |= set(one)
    assert {"", *schema()["$defs"]} - set(used) <= {"subject"}
    assert used == {kind: set(fields(kind)) for kind in used}


def test_findings_of_check_ha_are_those_of_its_checks() -> None:
    directory = str(SAMPLES / "vip-gone-unnoticed/node1")
    document = document_of(replay_all("--format", "json", "--from", directory))
    for part in document["checks"]:
        alone = document_of(replay(check_named(part["check"]), "--format", "json", "--from", directory))
        assert part["rows"] == alone["rows"]
        own = [one for one in document["findings"] if one["check"] == part["check"]]
        assert own == [one for one in alone["findings"] if one in own]


def test_conditions_are_those_of_the_tables() -> None:
    known = {condition.name for condition in (*WITH_MEMORY, OUT_OF_RANGE)}
    for name in (*checks(), *comparisons()):
        known |= {condition.name for condition in check_named(name).conditions}
    assert {one["condition"] for document in all_documents() for one in document["findings"]} <= known


def test_kinds_of_subjects_are_said() -> None:
    said = set(re.findall("`([A-Za-z ]+)`", fields("subject")["kind"]["description"]))
    constants = {value for name, value in vars(finding).items() if name.isupper() and isinstance(value, str)}
    assert said == constants
    assert {one["kind"] for document in all_documents() for kind, one in objects(document) if "kind" in one} <= said


@pytest.mark.parametrize("kind", ["", *schema()["$defs"]])
def test_documentation_has_the_fields_of_the_schema(kind: str) -> None:
    title = schema()["$defs"][kind]["title"] if kind else schema()["title"]
    table = (ROOT / "docs/json.md").read_text(encoding="utf-8").partition(f"\n### {title}\n")[2].partition("\n### ")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE) == list(fields(kind))


def test_schema_is_valid_and_of_this_number() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert fields("")["schema"]["const"] == SCHEMA
    for kind in ("", *schema()["$defs"]):
        one = schema()["$defs"][kind] if kind else schema()
        assert set(one["properties"]) - set(one["required"]) == ({"checks"} if not kind else set())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state": "WARN"}, "'WARN' is not one of"),
        ({"code": 4}, "4 is not one of"),
        ({"findings": [{}]}, "'check' is a required property"),
        ({"time": "yesterday"}, "'yesterday' does not match"),
        ({"schema": 2}, "1 was expected"),
    ],
)
def test_schema_refuses_what_is_wrong(change: Dict[str, Any], message: str) -> None:
    document = document_of(replay_all("--format", "json", "--from", str(SAMPLES / "healthy-2node/node1")))
    assert any(error.message.startswith(message) for error in VALIDATOR.iter_errors({**document, **change}))


def test_a_field_that_is_new_does_no_harm() -> None:
    document = document_of(replay_all("--format", "json", "--from", str(SAMPLES / "healthy-2node/node1")))
    document["metrics"][0]["new"] = 1
    assert VALIDATOR.is_valid(document)
    assert unknown_fields(document) == {"metric new"}


@pytest.mark.parametrize(
    "argv", [["--nonsense"], ["--from", "/nonexistent"], ["-w", "x"], ["--format", "xml"]], ids=lambda argv: argv[0]
)
def test_a_command_line_that_is_not_understood_is_answered_in_text(argv: List[str]) -> None:
    for code, output in (replay_all("--format", "json", *argv), replay(check_named("vip"), "--format", "json", *argv)):
        assert code == 3
        assert re.match(r"HA(_VIP)? UNKNOWN - ", output)


def test_thresholds_are_told() -> None:
    argv = ("--format", "json", "--from", str(SAMPLES / "healthy-2node/node1"), "-w", "3:", "-c", "1:")
    document = document_of(replay(check_named("nodes"), *argv))
    (main,) = (one for one in document["metrics"] if one["warning"])
    assert (main["name"], main["value"], main["warning"], main["critical"]) == (
        "cluster.nodes.online.count",
        2,
        "3:",
        "1:",
    )
    assert [one["condition"] for one in document["findings"] if one["severity"] == "WARNING"] == ["out-of-range"]
