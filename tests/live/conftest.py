"""Running clusters for the tests: one at a time, kept from test to test as long as the same kind is wanted."""

from __future__ import annotations

from typing import Callable, Iterator, Optional
from weakref import WeakKeyDictionary

import pytest

from tests.lab import Lab, Options, missing

from . import report
from .fault import Fault
from .prove import prove_fault
from .watch import Watch


class _Keeper:
    lab: Optional[Lab] = None

    def get(self, options: Options) -> Lab:
        if self.lab is None or self.lab.options != options:
            self.drop()
            self.lab = Lab(options)
        return self.lab

    def heal(self) -> None:
        try:
            if self.lab is not None:
                self.lab.heal()
        except BaseException:
            self.drop()  # the next test gets a new cluster instead of this one's trouble
            raise

    def drop(self) -> None:
        if self.lab is not None:
            self.lab.close()
            self.lab = None


@pytest.fixture(scope="session")
def runs_here() -> None:
    """Skip, and say what to install, where no cluster can be started."""
    lacking = missing()
    if lacking:
        pytest.skip(" ".join(lacking))


@pytest.fixture(scope="session")
def _keeper(runs_here: None) -> Iterator[_Keeper]:
    keeper = _Keeper()
    yield keeper
    keeper.drop()


@pytest.fixture
def lab_with(_keeper: _Keeper) -> Iterator[Callable[[Options], Lab]]:
    """Return a healthy cluster with these options; whatever the test breaks is healed after it."""
    yield _keeper.get
    _keeper.heal()


@pytest.fixture
def two_nodes(lab_with: Callable[[Options], Lab]) -> Lab:
    """A healthy cluster of two nodes, two links, two_node: 1, no fencing."""
    return lab_with(Options())


@pytest.fixture
def three_nodes(lab_with: Callable[[Options], Lab]) -> Lab:
    """A healthy cluster of three nodes, two links, no fencing."""
    return lab_with(Options(nodes=3))


@pytest.fixture
def fencing(lab_with: Callable[[Options], Lab]) -> Lab:
    """A healthy cluster of three nodes with a fence device for each."""
    return lab_with(Options(nodes=3, stonith="on"))


@pytest.fixture(scope="session")
def _watches() -> WeakKeyDictionary[Lab, Watch]:
    return WeakKeyDictionary()


@pytest.fixture
def prove(
    lab_with: Callable[[Options], Lab],
    _watches: WeakKeyDictionary[Lab, Watch],
    record_property: Callable[[str, object], None],
) -> Callable[[Fault], None]:
    """Return what proves that a fault is seen on a cluster of its kind, and puts it into the table at the end."""

    def on_its_cluster(fault: Fault) -> None:
        lab = lab_with(fault.options)
        if lab not in _watches:
            _watches[lab] = Watch(lab)
        record_property(report.PROPERTY, prove_fault(fault, _watches[lab]))

    return on_its_cluster


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults."""
    rows = report.rows(terminalreporter.getreports("passed"))
    if rows:
        terminalreporter.section("faults")
        for line in report.lines(rows):
            terminalreporter.write_line(line)
