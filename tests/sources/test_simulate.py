"""Asking the scheduler: what it is given, how it is run, and that nothing is left, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List

import pytest

from check_ha.model.foretold import Foretold
from check_ha.parsers.crm_simulate import parse_crm_simulate
from check_ha.sources.masked_cib import masked_cib, without_history
from check_ha.sources.node import ThisNode
from check_ha.sources.scheduler import as_root
from check_ha.sources.scheduler import simulate as source
from check_ha.sources.scheduler.what_if import changed
from check_ha.sources.tools import BROKEN, DEAD, HUNG, MAINTENANCE, MISSING, STANDBY, Output, Question
from tests.faketools import write_tool
from tests.needed import program
from tests.replay import RECORDINGS, SAMPLES
from tests.sources.test_node import left_behind

ROOT = Path(__file__).parents[2]
CIB = (SAMPLES / "healthy-3node-fencing/node1/cibadmin.xml").read_bytes()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private directories are made."""
    made = tmp_path / "place"
    made.mkdir()
    monkeypatch.setattr(source, "_PLACES", (str(made),))
    return made


def dead(*names: str) -> List[Question]:
    return [Question(((name, DEAD),)) for name in names]


def ask(folder: Path, script: str, questions: List[Question], timeout: float = 5.0) -> List[Output]:
    write_tool(folder, "crm_simulate", script)
    found = ThisNode((str(folder),), timeout).simulate(CIB, questions)
    assert left_behind(os.getpid()) == []
    return [found[one.tool] for one in questions if one.tool in found]


def test_it_gets_the_cib_a_place_of_its_own_and_gives_way(tmp_path: Path, place: Path) -> None:
    script = 'echo "$*"; cat | cksum; stat -c %a "$CIB_shadow_dir"; dirname "$CIB_shadow_dir"; nice'
    (one,) = ask(tmp_path, script, [Question((("node1", DEAD),), quorum=False)])
    cksum = subprocess.run(["cksum"], input=CIB, capture_output=True, check=True).stdout.decode()
    options = "--xml-pipe --node-fail node1 --quorum 0 --simulate --output-as=xml\n"
    assert one.stdout.decode() == f"{options}{cksum}700\n{place}\n{source.NICE}\n"
    assert (one.status, one.fault, list(place.iterdir())) == (0, None, [])


def test_at_most_two_at_a_time_and_as_many_as_there_is_time_for(tmp_path: Path, place: Path) -> None:
    script = f"echo x >>{tmp_path}/running; wc -l <{tmp_path}/running; sleep 0.3; sed -i 1d {tmp_path}/running"
    answers = ask(tmp_path, script, dead(*(f"node{number}" for number in range(1, 10))), timeout=1.0)
    assert len(answers) in (2, 4, 6)
    assert {one.stdout for one in answers} <= {b"1\n", b"2\n"}
    assert {one.fault for one in answers} == {None}


def test_one_that_does_not_end_is_ended(tmp_path: Path, place: Path) -> None:
    answers = ask(tmp_path, "sleep 100", dead("node1"), timeout=0.3)
    assert [(one.fault, one.limit) for one in answers] == [(HUNG, 0.3)]
    assert list(place.iterdir()) == []


def test_without_the_program_each_question_is_missing(tmp_path: Path) -> None:
    found = ThisNode((str(tmp_path),)).simulate(CIB, dead("node1", "node2"))
    assert [one.fault for one in found.values()] == [MISSING, MISSING]


def test_a_cib_without_history_is_no_answer_as_all_would_seem_to_be_stopped(tmp_path: Path) -> None:
    write_tool(tmp_path, "crm_simulate", "exit 0")
    (one,) = ThisNode((str(tmp_path),)).simulate(without_history(CIB), dead("node1")).values()
    assert one.fault == BROKEN
    assert one.stderr.startswith("the CIB comes without the history of operations")


def test_of_a_large_cluster_it_is_only_asked_what_it_would_do(tmp_path: Path, place: Path) -> None:
    write_tool(tmp_path, "crm_simulate", 'cat >/dev/null; echo "$*"')
    large = CIB.replace(b"</status>", b"<lrm_rsc_op />" * source.MANY + b"</status>")
    (one,) = ThisNode((str(tmp_path),)).simulate(large, dead("node1")).values()
    assert one.stdout == b"--xml-pipe --node-fail node1 --run --output-as=xml\n"
    assert "--run" in one.argv


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (Question((("node1", DEAD),)), "what-if node1=dead"),
        (Question((("node-1.x", STANDBY), ("r1", DEAD)), ("r1",)), "what-if node-1.x=standby r1=disconnected"),
        (
            Question((("node1", DEAD), ("node2", MAINTENANCE)), (), False),
            "what-if node1=dead node2=maintenance quorum=0",
        ),
    ],
)
def test_a_question_as_a_line_to_root(question: Question, line: str) -> None:
    assert as_root.line_of(question) == f"{line}\n"
    assert as_root.question_in(line) == question


def test_no_more_questions_at_once_than_are_read() -> None:
    questions = dead(*(f"node{number:>0100}" for number in range(100)))
    fit = as_root.that_fit(questions)
    assert fit == questions[: len(fit)]
    assert 3700 < len("".join(map(as_root.line_of, fit))) <= 4000
    assert as_root.that_fit(dead("x" * 5000)) == dead("x" * 5000)


def test_without_a_place_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_PLACES", ("/proc",))
    (one,) = ask(tmp_path, "echo no", dead("node1"))
    assert (one.fault, one.stdout) == (BROKEN, b"")
    assert one.stderr.startswith("no private directory can be made in /proc: ")


OLD = """
case "$*" in
*--output-as*) echo "unrecognized option" >&2; exit 1;;
*--save-output*) while [ "$1" != --save-output ]; do shift; done; cat >"$2";;
esac"""


@pytest.mark.parametrize("argument", ["--output-as=xml", "--as-xml"])
def test_a_version_before_2_1_writes_the_outcome_and_crm_mon_prints_it(
    argument: str, tmp_path: Path, place: Path
) -> None:
    write_tool(tmp_path, "crm_mon", f'case "$*" in *{argument}*) cksum <"$CIB_file";; *) exit 64;; esac')
    answers = ask(tmp_path, OLD, dead("node1", "node2", "node3"))
    cksum = subprocess.run(["cksum"], input=CIB, capture_output=True, check=True).stdout
    assert [(one.status, one.stdout) for one in answers] == [(0, cksum)] * 3
    assert list(place.iterdir()) == []


CUT_SHORT = RECORDINGS / "simulated/2node-node1-dead-cut-short.3.0.0.xml"
NEWER = f"""
echo "$*" >>RUNS
case "$*" in
*--save-input*) while [ "$1" != --save-input ]; do shift; done; (cat; echo pretended) >"$2";;
*--node-fail*) cat >/dev/null; cat {CUT_SHORT};;
*) tail -n 1;;
esac"""


@pytest.mark.parametrize(
    ("features", "asked_first"),
    [
        pytest.param("3.16.1", ["--xml-pipe --node-fail node1 --simulate --output-as=xml"], id="told-by-its-answer"),
        pytest.param("3.19.5", [], id="told-by-the-cib"),
    ],
)
def test_a_version_from_2_1_8_on_is_asked_in_two_steps(
    features: str, asked_first: List[str], tmp_path: Path, place: Path
) -> None:
    runs = tmp_path / "runs"
    write_tool(tmp_path, "crm_simulate", NEWER.replace("RUNS", str(runs)))
    cib = CIB.replace(b'crm_feature_set="3.16.1"', f'crm_feature_set="{features}"'.encode(), 1)
    (one,) = ThisNode((str(tmp_path),)).simulate(cib, dead("node1")).values()
    assert (one.status, one.stdout) == (0, b"pretended\n")
    *first, pretends, last = runs.read_text().splitlines()
    assert first == asked_first
    assert pretends.startswith("--xml-pipe --node-fail node1 --quiet --save-input ")
    assert last == "--xml-pipe --simulate --output-as=xml"
    assert list(place.iterdir()) == []


def test_once_it_has_cut_short_an_answer_the_other_questions_are_asked_in_two_steps(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    answers = ask(tmp_path, NEWER.replace("RUNS", str(runs)), dead("node1", "node2", "node3"))
    assert [(one.status, one.stdout) for one in answers] == [(0, b"pretended\n")] * 3
    assert len([run for run in runs.read_text().splitlines() if "--node-fail node3" in run]) == 1


def test_a_first_step_that_fails_is_the_answer(tmp_path: Path, place: Path) -> None:
    script = f'case "$*" in *--save-input*) echo "no schema" >&2; exit 78;; *) cat >/dev/null; cat {CUT_SHORT};; esac'
    (one,) = ask(tmp_path, script, dead("node1"))
    assert (one.status, one.stdout, one.stderr.strip()) == (78, b"", "no schema")
    assert list(place.iterdir()) == []


def test_what_a_run_that_was_killed_has_left_is_removed_and_nothing_else(tmp_path: Path, place: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        (place / source._NAME.format(os.geteuid(), pid)).mkdir()
    (place / "check_ha-simulate-other").mkdir()
    ask(tmp_path, "true", dead("node1"))
    assert {one.name for one in place.iterdir()} == {
        source._NAME.format(os.geteuid(), os.getpid()),
        "check_ha-simulate-other",
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_of_a_check_that_is_told_to_end(number: signal.Signals, tmp_path: Path, place: Path) -> None:
    write_tool(tmp_path, "crm_simulate", f"touch {tmp_path}/runs; sleep 100")
    code = f"""
from check_ha.cli.process import guarded
from check_ha.sources.scheduler import simulate
from check_ha.sources.node import ThisNode
from check_ha.sources.tools import Question
simulate._PLACES = ({str(place)!r},)
guarded(lambda: ThisNode(({str(tmp_path)!r},)).simulate(b"<lrm_rsc_op />", [Question((("node1", "dead"),))]))()
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 5
    while not (tmp_path / "runs").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert len(list(place.iterdir())) == 1
    process.send_signal(number)
    assert process.wait(timeout=5) == 3
    assert (list(place.iterdir()), left_behind(process.pid)) == ([], [])


SHORT = b"""<cib><configuration>
  <nodes>
    <node id="1" uname="node1"><instance_attributes id="a"/></node>
    <node id="2" uname="node2"/>
  </nodes>
  <resources><primitive id="remote1" class="ocf" provider="pacemaker" type="remote"/></resources>
</configuration></cib>"""


def test_standby_and_maintenance_are_set_before_all_else() -> None:
    text = changed(SHORT, Question((("node1", STANDBY), ("node2", MAINTENANCE)))).decode()
    assert '<node id="1" uname="node1"><instance_attributes id="check_ha-standby-' in text
    assert 'score="INFINITY"><nvpair id="check_ha-standby-' in text
    assert 'name="standby" value="on"/></instance_attributes><instance_attributes id="a"/></node>' in text
    assert 'name="maintenance" value="true"/></instance_attributes></node>' in text


def test_a_remote_node_is_dead_when_its_connection_is_stopped() -> None:
    question = Question((("remote1", DEAD),), ("remote1",))
    assert 'name="target-role" value="Stopped"/></meta_attributes></primitive>' in changed(SHORT, question).decode()
    assert question.tool.argv == ("crm_simulate", "--xml-pipe", "--simulate", "--output-as=xml")
    assert changed(SHORT, Question((("node1", DEAD),))) == SHORT


def test_a_node_that_the_cib_does_not_have_is_told_and_the_others_are_asked(tmp_path: Path) -> None:
    answers = ask(tmp_path, "echo yes", [Question((("other", STANDBY),)), *dead("node1")])
    told: Dict[object, object] = {one.fault: (one.stdout, one.stderr) for one in answers}
    assert told == {BROKEN: (b"", "the CIB has no node other"), None: (b"yes\n", "")}


def everything(question: Question, cib: bytes) -> Foretold:
    answer = ThisNode().simulate(cib, [question])[question.tool]
    return parse_crm_simulate(answer.stdout)


@pytest.mark.parametrize(
    "recording",
    [
        pytest.param("tests/recordings/made/stopped-by-constraints", id="utilization-and-opt-in"),
        pytest.param("tests/recordings/pacemaker-2.1.5/node3-shutting-down", id="shutdown-lock"),
        pytest.param("samples/clusters/healthy-3node-fencing/node1", id="fencing"),
    ],
)
def test_the_scheduler_places_everything_the_same_by_a_cib_that_is_masked(recording: str) -> None:
    """By a script over all recordings: equal in all but under no-quorum-policy=freeze."""
    program("crm_simulate", "pacemaker-cli-utils")
    cib = (ROOT / recording / "cibadmin.xml").read_bytes()
    masked = masked_cib(cib)
    for name in ("node1", "node2"):
        (one,) = dead(name)
        assert everything(one, masked) == everything(one, cib)


@pytest.mark.parametrize("sample", ["healthy-3node-fencing", "cli-ban"])
def test_in_two_steps_as_in_one(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a script over all samples, with 2.1.5 and 3.0.0: the same places, and the same nodes fenced."""
    program("crm_simulate", "pacemaker-cli-utils")
    cib = (SAMPLES / sample / "node1/cibadmin.xml").read_bytes()
    (one,) = dead("node2")
    at_once = everything(one, cib)
    monkeypatch.setattr(source, "_IN_TWO_STEPS", (0, 0, 0))
    assert everything(one, cib) == at_once


def test_what_decides_on_places_is_not_masked() -> None:
    document = """<cib><configuration>
<nodes><node id="1" uname="n"><instance_attributes id="a"><nvpair id="b" name="rack" value="r7"/>
<nvpair id="c" name="ping" value="k9"/><nvpair id="d" name="note" value="secret"/></instance_attributes>
<utilization id="e"><nvpair id="f" name="memory" value="512"/><nvpair id="g" name="word" value="secret"/></utilization>
</node></nodes>
<constraints><rsc_colocation id="h" rsc="x" with-rsc="y" score="1" node-attribute="rack"/>
<rsc_location id="i" rsc="x"><rule id="j" score-attribute="ping"/></rsc_location></constraints></configuration>
<status><node_state id="1" uname="n" remote_node="true">
<lrm_resource id="x" shutdown-lock="1795"/></node_state></status>
</cib>"""
    hidden = document.replace('"secret"', '"********"')
    assert masked_cib(document.encode()).decode() == hidden
