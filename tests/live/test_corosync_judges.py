"""What the check calls invalid, against what corosync refuses: some thousand files with one value changed, tested with
``corosync -t``, and a sample of them started, each in a network of its own.

What only the machine can tell is not held against the check: see ``_MACHINE``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import pytest

from check_ha.checks.config.differences import difference_findings, differences
from check_ha.checks.config.in_force import not_in_force
from check_ha.checks.config.refused.whole import refusals, refused_by_test
from check_ha.checks.config.settings import map_keys, settings_of
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.corosync_conf import parse_corosync_conf
from check_ha.parsers.quorumtool import parse_quorumtool

from .changed_conf import BASES, CHANGES, UNCHANGED, Change, File, changed, files

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(shutil.which("corosync") is None, reason="apt-get install corosync"),
]

VERSION = (3, 1, 7)
_MACHINE = (
    # which of the nodes this is; of one without an address it tells the last with what happens to be in its memory
    "No valid name found for local host|No multicast port specified|network requires that a node ID be specified"
    "|Could not open|key is too short|is not found in /etc/(?:passwd|group)|No such file or directory|Cannot chdir"
)
_WORKERS = 2


def refused(text: str, started: bool = False) -> List[str]:
    """Return why the check calls the file invalid; ``started``: also for what corosync notices when it starts."""
    conf = parse_corosync_conf(text.encode())
    mistakes = [one.message for one in conf.mistakes if one.refused_by(VERSION)]
    settings = settings_of(map_keys(conf, 3), VERSION)
    return mistakes or [one.text for one in (refusals if started else refused_by_test)(settings)]


def corosync_version() -> Tuple[int, ...]:
    said = subprocess.run(["corosync", "-v"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"version '(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, match.groups())) if match else ()


def corosync_tests(folder: Path, number: int, text: str) -> Tuple[int, str]:
    """Return the exit status of corosync -t, and what it says."""
    path = folder / f"{number}.conf"
    path.write_text(text)
    done = subprocess.run(["corosync", "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    path.unlink()
    return done.returncode, done.stdout + done.stderr


def test_one_value_changed(tmp_path: Path) -> None:
    if corosync_version() != VERSION:
        pytest.skip("corosync 3.1.7 judges here: others take and refuse a few other values")
    all_files = list(files())
    with ThreadPoolExecutor(_WORKERS) as pool:
        said = list(pool.map(lambda one: corosync_tests(tmp_path, one[0], one[1].text), enumerate(all_files)))
    counts: Counter[str] = Counter()
    wrong: List[str] = []
    for file, (status, words) in zip(all_files, said):
        ours = refused(file.text)
        machine = status != 0 and not ours and re.search(_MACHINE, words) is not None
        counts["taken" if status == 0 else "the machine's" if machine else "refused"] += 1
        if not machine and bool(ours) != (status != 0):
            wrong.append(f"{file.base}, {file.change}: {ours or words.strip()[-200:]}")
    print(f"{len(all_files)} files: {dict(counts)}, judged otherwise: {len(wrong)}")
    assert all(
        status == 0 for file, (status, _) in zip(all_files, said) if file.base in BASES and file.change == UNCHANGED
    )
    assert len(all_files) > 2000
    assert counts["taken"] > 1000
    assert counts["refused"] > 1000
    assert wrong == []


def alone(folder: Path, jobs: Sequence[Sequence[str]]) -> List[List[Dict[str, str]]]:
    """Work through these jobs in namespaces of their own: see tests.live.alone."""
    allowed = os.geteuid() == 0 and subprocess.run(["unshare", "-n", "-m", "true"], check=False).returncode == 0
    if not allowed:
        pytest.skip("only root may make namespaces")
    running = []
    for worker in range(min(_WORKERS, len(jobs))):
        given, answers = folder / f"jobs{worker}", folder / f"answers{worker}"
        given.write_text(json.dumps(jobs[worker::_WORKERS]))
        command = ["unshare", "-n", "-m", "--propagation", "private", sys.executable, "-m", "tests.live.alone"]
        running.append((subprocess.Popen([*command, str(given), str(answers)]), answers))
    found: List[List[Dict[str, str]]] = [[] for _ in jobs]
    for worker, (process, answers) in enumerate(running):
        assert process.wait() == 0
        found[worker::_WORKERS] = json.loads(answers.read_text())
    return found


def _to_be_started() -> List[File]:
    """Return files that corosync -t takes: those of which it does not see all that is wrong, and some others."""
    sections = ("quorum", "quorum.device")
    looked_at = [one for one in CHANGES if one.section in sections and one.value in ("", "0", "1", "2", "x", "none")]
    looked_at += [one for one in CHANGES if one.key in ("netmtu", "window_size", "priority", "max_messages")][::2]
    found = [File("device", one, changed(BASES["device"], one)) for one in looked_at]
    found += [File("knet", one, changed(BASES["knet"], one)) for one in looked_at[1::4]]
    found += [file for file in files() if file.change.section.startswith("totem")][::60]
    found += [File(base, UNCHANGED, text) for base, text in BASES.items()]
    pairs = (("last_man_standing", "1"), ("auto_tie_breaker", "1"), ("wait_for_all", "1"), ("expected_votes", "2"))
    for base in ("knet", "device"):
        for one in pairs:
            text = changed(BASES[base], Change("quorum", *one))
            found += [File(base, Change("quorum", *other), changed(text, Change("quorum", *other))) for other in pairs]
    return [file for file in found if file.change.key != "send_join" and not refused(file.text)]


def test_started(tmp_path: Path) -> None:
    if corosync_version() != VERSION:
        pytest.skip("corosync 3.1.7 judges here: others take and refuse a few other values")
    chosen = _to_be_started()
    answers = alone(tmp_path, [[file.text] for file in chosen])
    counts = Counter(answer["state"] for (answer,) in answers)
    wrong = []
    for file, (answer,) in zip(chosen, answers):
        ours = refused(file.text, started=True)
        # what waits for its own address, or for a message that it cannot send, has not refused anything
        if answer["state"] != "waits" and bool(ours) != (answer["state"] == "ended"):
            wrong.append(f"{file.base}, {file.change}: {ours or answer['said']}")
    print(f"{len(chosen)} files started: {dict(counts)}, judged otherwise: {len(wrong)}")
    assert counts["ready"] > 50
    assert counts["ended"] > 20
    assert counts["waits"] < 5
    assert wrong == []


def found_in(answer: Dict[str, str]) -> Tuple[List[str], List[str]]:
    """Return what differs between file and daemon, and the step that the check advises."""
    conf, cmap = parse_corosync_conf(answer["conf"].encode()), parse_cmapctl(answer["map"].encode())
    written, running = settings_of(map_keys(conf, 3), VERSION), settings_of(cmap.values, VERSION)
    found = differences(written, running)
    found += tuple(not_in_force(written, cmap.values, parse_quorumtool(answer["quorum"].encode()).flags, found))
    return [one.label for one in found], [one.step for one in difference_findings(found)]


def test_steps_that_bring_file_and_daemon_together(tmp_path: Path) -> None:
    links, knet = BASES["two links"], BASES["knet"]
    moved = links.replace("127.0.1.2", "127.0.1.7")
    without = re.sub(r"interface \{\nlinknumber: 1\n[^}]*\}\n|ring1_addr: \S+\n", "", links)
    breaker = changed(links.replace("two_node: 1\n", ""), Change("quorum", "auto_tie_breaker", "1"))
    waits = changed(knet, Change("quorum", "wait_for_all", "1"))
    stands = changed(waits, Change("quorum", "last_man_standing", "1"))
    token = changed(knet, Change("totem", "token", "5000"))
    jobs = [[links, moved, without, moved], [knet, token], [links, breaker], [knet, waits], [knet, stands]]
    jobs += [[breaker], [waits], [stands], *([text] for text in BASES.values())]
    told: List[List[Tuple[str, List[str]]]] = []
    for answers in alone(tmp_path, jobs):
        told.append([(answer["state"], found_in(answer)[0]) for answer in answers])
    assert told[0] == [
        ("ready", []),
        ("refused", ["n2 ring1_addr 127.0.1.2 (file: 127.0.1.7)"]),
        ("loaded", []),
        ("loaded", []),
    ]
    assert told[1] == [("ready", []), ("loaded", [])]
    assert told[2][1] == ("loaded", ["quorum.auto_tie_breaker 0 in force (file: 1)"])
    assert told[3][1] == ("loaded", ["quorum.wait_for_all 0 in force (file: 1)"])
    assert told[4][1] == (
        "loaded",
        ["quorum.wait_for_all 0 in force (file: 1)", "quorum.last_man_standing 0 in force (file: 1)"],
    )
    assert told[5:] == [[("ready", [])]] * (len(jobs) - 5)  # after the restart
