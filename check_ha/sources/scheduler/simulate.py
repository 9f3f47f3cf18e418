"""Pacemaker's scheduler as a source: what the cluster would look like if a node were lost.

``crm_simulate`` takes the CIB on standard input, asks no daemon and changes nothing, so that it needs no rights: it
runs as the user of the check (with --sudo as root, who has the CIB as it is: ``as_root``), at most two at a time, and
gives way to everything else on the node.

It writes the CIB to a file while it works (``CIB_shadow_dir``; by itself into a folder of Pacemaker's, or of the
user's), and leaves it there when it is killed. So it gets a private directory, which is gone in every ending of ours;
what a run that was killed has left there the next one removes.

Of a large cluster it is asked only what it would do (``--run``), which the parser applies to what runs.

Versions before 2.1 know no ``--output-as``: they write the outcome to a file in that directory, which crm_mon prints.

Versions from 2.1.8 on (3.0.0 of Debian 13, and still 3.0.2) print nothing as XML after the first thing that they are
told to pretend: the element ``modifications`` is ended twice, and what follows has no place in the document. So they
are asked in two steps: to write the CIB with what they pretend to a file, and then what comes of that.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.sources.deadline import announce
from check_ha.sources.runner import run_all
from check_ha.sources.running.command import Command, Limits, find
from check_ha.sources.scheduler.what_if import changed
from check_ha.sources.tools import BROKEN, CRM_MON, MISSING, Output, Question, Tool

_Words = Callable[[Tool], Sequence[str]]
"""The options, for the tool of a question."""

AT_ONCE = 2
MANY = 300
"""Operations in the history beyond which the scheduler is only asked what it would do. To do so, on a copy of the CIB,
takes time with the square of what it does: 1 s for 100 resources of which 50 move, 4 s for 200 (2.1.5)."""
_OPERATION = b"<lrm_rsc_op "
_FEATURES = re.compile(rb'<cib\s[^<>]*\bcrm_feature_set="([0-9]+)\.([0-9]+)\.([0-9]+)"')
_IN_TWO_STEPS = (3, 19, 5)
"""The feature set of 2.1.8: by that of the CIB it is known in advance, and a scheduler that is other is told by what it
prints."""
NICE = 10
_PLACES = ("/dev/shm", "/var/tmp", "/tmp")  # noqa: S108  # made 0700 with a name that nobody can foresee
_NAME = "check_ha-simulate-{}-{}-"
_NO_HISTORY = "the CIB comes without the history of operations, by which the scheduler knows what runs: ask on a node"


def simulate(cib: bytes, questions: Sequence[Question], folders: Sequence[str], limits: Limits) -> Dict[Tool, Output]:
    """Return the answers to as many of these questions as there is time for, in their order; at least to the first."""
    program = find("crm_simulate", folders)
    if program is None:
        return {one.tool: _failed(one, limits, MISSING, "") for one in questions}
    if _OPERATION not in cib:  # to the scheduler all is stopped then
        return {one.tool: _failed(one, limits, BROKEN, _NO_HISTORY) for one in questions}
    try:
        with _private_directory() as place:
            scheduler = _Scheduler(program, find("crm_mon", folders), place, limits, _cuts_short(cib))
            return _in_turn(cib, questions, scheduler)
    except OSError as error:
        text = f"no private directory can be made in {', '.join(_PLACES)}: {error.strerror}"
        return {one.tool: _failed(one, limits, BROKEN, text) for one in questions}


def _in_turn(cib: bytes, questions: Sequence[Question], scheduler: _Scheduler) -> Dict[Tool, Output]:
    outputs: Dict[Tool, Output] = {}
    longest = 0.0
    for start in range(0, len(questions), AT_ONCE):
        began = time.monotonic()
        if outputs and scheduler.limits.deadline - began < 1.2 * longest:
            break
        if outputs:
            announce(f"asking crm_simulate, {len(outputs)} of {len(questions)} questions are answered")
        outputs.update(scheduler.answers(cib, questions[start : start + AT_ONCE]))
        longest = max(longest, time.monotonic() - began)
    return outputs


class _Scheduler:
    """How it is run."""

    def __init__(self, program: str, crm_mon: Optional[str], place: str, limits: Limits, two_steps: bool) -> None:
        self._program = program
        self._crm_mon = crm_mon
        self._place = place
        self.limits = limits
        self._old = False
        self._two_steps = two_steps

    def answers(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Return the answers to these, which are asked side by side."""
        outputs: Dict[Tool, Output] = {}
        able: List[Tuple[Question, bytes]] = []
        for one in questions:
            try:
                able.append((one, changed(cib, one)))
            except ValueError as error:
                outputs[one.tool] = _failed(one, self.limits, BROKEN, str(error))
        if not self._old:
            short = cib.count(_OPERATION) > MANY
            said = self._said(able, _actions_only if short else lambda tool: tool.argv[1:])
            again = [(one, text) for one, text in able if _usage_error(said[one.tool])]
            self._old = bool(again)
            outputs.update(said)
            able = again
        outputs.update(self._rendered(able) if able else {})
        return outputs

    def _said(self, able: Sequence[Tuple[Question, bytes]], words: _Words) -> Dict[Tool, Output]:
        said = {} if self._two_steps else self._run(able, words)
        cut = [(one, text) for one, text in able if self._two_steps or _is_cut(said[one.tool])]
        if cut:
            self._two_steps = True
            said.update(self._pretended_first(cut, words))
        return said

    def _pretended_first(self, able: Sequence[Tuple[Question, bytes]], words: _Words) -> Dict[Tool, Output]:
        """Return the same by versions from 2.1.8 on, in two steps."""
        files = {one.tool: os.path.join(self._place, f"input-{number}.xml") for number, (one, _) in enumerate(able)}
        first = self._run(able, lambda tool: (*words(tool)[:-2], "--quiet", "--save-input", files[tool]))
        pretended: List[Tuple[Question, bytes]] = []
        for one, _ in able:
            with contextlib.suppress(FileNotFoundError):
                text = _taken(files[one.tool])
                if first[one.tool].status == 0:
                    pretended.append((one, text))
        second = self._run(pretended, lambda tool: ("--xml-pipe", *words(tool)[-2:])) if pretended else {}
        for tool, output in second.items():
            second[tool] = output._replace(seconds=round(output.seconds + first[tool].seconds, 3))
        return {**first, **second}

    def _rendered(self, able: Sequence[Tuple[Question, bytes]]) -> Dict[Tool, Output]:
        """Return the same by versions before 2.1, in two steps."""
        files = {one.tool: os.path.join(self._place, f"outcome-{number}.xml") for number, (one, _) in enumerate(able)}
        written = self._run(able, lambda tool: (*tool.argv[1:-1], "--save-output", files[tool]))
        good = [tool for tool, output in written.items() if output.status == 0 and os.path.exists(files[tool])]
        found = dict(written)
        for argv in (CRM_MON.argv, CRM_MON.older) if self._crm_mon else ():
            commands = [
                Command(tool, (self._crm_mon or "", *argv[1:]), environment=(("CIB_file", files[tool]),), nice=NICE)
                for tool in good
            ]
            for tool, output in run_all(commands, self.limits).items() if commands else ():
                found[tool] = output._replace(seconds=round(output.seconds + written[tool].seconds, 3))
            good = [tool for tool in good if _usage_error(found[tool])]
        for file in files.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(file)
        return found

    def _run(self, able: Sequence[Tuple[Question, bytes]], words: _Words) -> Dict[Tool, Output]:
        environment = (("CIB_shadow_dir", self._place),)
        with contextlib.ExitStack() as stack:
            commands = [
                Command(
                    one.tool,
                    (self._program, *words(one.tool)),
                    file=stack.enter_context(_in_memory(text, self._place)),
                    environment=environment,
                    nice=NICE,
                )
                for one, text in able
            ]
            return run_all(commands, self.limits)


def _actions_only(tool: Tool) -> Sequence[str]:
    """Return the options with which it only prints what it would do."""
    return ["--run" if word == "--simulate" else word for word in tool.argv[1:]]


def _cuts_short(cib: bytes) -> bool:
    """Return whether the cluster with this CIB is of a version that needs two steps."""
    found = _FEATURES.search(cib, 0, 4096)
    return found is not None and tuple(map(int, found.groups())) >= _IN_TWO_STEPS


def _is_cut(output: Output) -> bool:
    return output.status == 0 and b"<modifications" in output.stdout and b"<actions" not in output.stdout


def _taken(path: str) -> bytes:
    """Return what the file holds, which is gone then."""
    with open(path, "rb") as file:
        os.unlink(path)
        return file.read()


def _usage_error(output: Output) -> bool:
    return output.status in (1, 64) and not output.stdout.strip()


def _failed(one: Question, limits: Limits, fault: str, text: str) -> Output:
    return Output(one.tool, one.tool.argv, None, b"", text, 0.0, fault, limits.seconds)


@contextlib.contextmanager
def _in_memory(text: bytes, place: str) -> Iterator[int]:
    """Return a descriptor of a file without a name that holds this."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("cib", os.MFD_CLOEXEC)
    else:
        descriptor = os.open(place, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(text)
        while view:
            view = view[os.write(descriptor, view) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _private_directory() -> Iterator[str]:
    """Return a new directory of this user alone; OSError where none can be made."""
    base = next((one for one in _PLACES if os.access(one, os.W_OK | os.X_OK)), _PLACES[-1])
    _remove_left_over(base)
    place = tempfile.mkdtemp(prefix=_NAME.format(os.geteuid(), os.getpid()), dir=base)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _remove_left_over(base: str) -> None:
    """Remove what runs of this user have left that were killed."""
    own = re.compile(re.escape(_NAME.format(os.geteuid(), "PID")).replace("PID", r"([0-9]+)"))
    for name in os.listdir(base):
        found = own.match(name)
        path = os.path.join(base, name)
        if found and not os.path.exists(f"/proc/{found[1]}"):
            with contextlib.suppress(FileNotFoundError):  # another run has removed it
                if os.lstat(path).st_uid == os.geteuid():
                    shutil.rmtree(path, ignore_errors=True)  # which follows no link
