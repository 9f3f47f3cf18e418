"""The way of the data goes in one direction, and only its two ends touch the world: by what each module imports."""

from __future__ import annotations

import ast
import configparser
import importlib.util
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Set, Tuple

import pytest

from check_ha.cli.register import COMPARISONS, check_named
from tests.replay import SAMPLES, alone, checks

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "check_ha"

_BASE = ("check_ha.record", "check_ha.moment")
"""What stands for a module of Python."""
_PURE_CORE = (*_BASE, "check_ha.core", "check_ha.model", "check_ha.parsers.errors", "check_ha.sources.tools")
STEPS: Dict[str, Tuple[str, ...]] = {
    "sources": ("check_ha.sources", *_BASE),
    "model": ("check_ha.model", *_BASE),
    "parsers": ("check_ha.parsers", "check_ha.model", *_BASE),
    "core": _PURE_CORE,
    "cluster": (
        *_PURE_CORE,
        "check_ha.cluster",
        "check_ha.parsers.addresses.canonical",
        "check_ha.parsers.cib_rules.matches",
    ),
    "checks": (*_PURE_CORE, "check_ha.cluster", "check_ha.parsers"),
    "multinode": (*_PURE_CORE, "check_ha.cluster", "check_ha.multinode", "check_ha.parsers"),
    "output": (*_PURE_CORE, "check_ha.cluster", "check_ha.output", "check_ha.__version__"),
}
"""What the modules of each step may import of ours; what belongs to one check is that check's alone."""

PURE = ("model", "parsers", "core", "cluster", "checks", "multinode")
HARMLESS = frozenset(
    (
        "__future__",
        "collections",
        "datetime",
        "difflib",
        "enum",
        "functools",
        "hashlib",
        "json",
        "re",
        "types",
        "typing",
    )
)
"""Modules of the standard library that neither read, write, run, wait nor look at the clock unless they are told to."""

ALSO_HARMLESS: Dict[str, Tuple[str, ...]] = {
    "check_ha.checks.failover.ground": ("ipaddress",),  # whether an address is in a network
    # inet_pton and inet_ntop turn text into text; the module opens nothing by itself
    "check_ha.parsers.addresses": ("_socket",),
    # their front doors load what is asked for
    "check_ha.parsers": ("importlib",),
    "check_ha.model": ("importlib",),
    # the one place that calls lxml, on bytes (io.BytesIO) and with everything off that would fetch something
    "check_ha.parsers.xml": ("lxml", "io"),
    # bytes in, bytes out
    "check_ha.parsers.view": ("zlib", "binascii"),
}

CLOCKS = frozenset(("now", "utcnow", "today", "fromtimestamp", "astimezone", "localtime", "ctime"))
"""What would make a pure module see the clock or the zone of this machine, as an attribute of anything but evidence."""

DOORS = frozenset(("open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint", "globals"))


class Module(NamedTuple):
    """One file of ours."""

    name: str
    step: str
    tree: ast.Module

    @property
    def imports(self) -> Iterator[str]:
        """Every module that is imported, anywhere in the file, with the names taken from it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name} imports relatively"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> List[Module]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        step = parts[1] if len(parts) > 2 else ""
        found.append(Module(name, step, ast.parse(path.read_text(encoding="utf-8"))))
    return found


MODULES = modules()


def within(imported: str, allowed: Tuple[str, ...]) -> bool:
    return any(imported == one or imported.startswith(f"{one}.") for one in allowed)


def ours(module: Module) -> Set[str]:
    return {name for name in module.imports if within(name, ("check_ha",))}


def tops(module: Module) -> FrozenSet[str]:
    """The top-level packages it imports that are not ours."""
    return frozenset(name.partition(".")[0] for name in module.imports) - {"check_ha"}


@pytest.mark.parametrize("module", [one for one in MODULES if one.step in STEPS], ids=lambda one: one.name)
def test_no_step_reaches_back(module: Module) -> None:
    allowed = STEPS[module.step]
    if module.step == "checks":  # a folder of checks is one check; a module of its own is one, too
        allowed = (*allowed, ".".join(module.name.split(".")[:3]))
    assert {name for name in ours(module) if not within(name, allowed)} == set()


@pytest.mark.parametrize("module", [one for one in MODULES if one.step in PURE], ids=lambda one: one.name)
def test_what_lies_between_touches_nothing(module: Module) -> None:
    assert tops(module) <= HARMLESS | set(ALSO_HARMLESS.get(module.name, ()))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in DOORS, f"{module.name}, line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"{module.name}, line {node.lineno}: .{node.func.attr}()"


def test_the_exceptions_are_still_needed() -> None:
    by_name = {module.name: module for module in MODULES}
    for name, also in ALSO_HARMLESS.items():
        assert set(also) <= tops(by_name[name])


def test_only_the_two_ends_know_nagiosplugin() -> None:
    assert {module.step for module in MODULES if "nagiosplugin" in tops(module)} == {"cli", "output"}


def test_nothing_imports_the_command_line_but_the_command_line() -> None:
    for module in MODULES:
        outer = {"cli", "node_setup"} - {module.step}
        if module.step != "cli":
            assert {name for name in ours(module) if name.split(".")[1] in outer} == set(), module.name


def test_no_folder_is_crowded() -> None:
    """A folder has at most 14 modules; parsers have one for each output of a tool."""
    folders = Counter(path.parent.name for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    assert {name: number for name, number in folders.items() if number > 14 and name != "parsers"} == {}


def test_no_cycle() -> None:
    """Of folders, but for those of one check, no two import each other, directly or through others."""
    arrows: Dict[str, Set[str]] = {}
    for module in MODULES:
        own = module.name.split(".")
        for name in ours(module):
            other = name.split(".")
            if len(own) > 2 and len(other) > 2 and own[1] != other[1]:
                arrows.setdefault(own[1], set()).add(other[1])
    seen: List[str] = []
    while arrows:
        ends = [name for name, others in arrows.items() if not others & set(arrows)]
        assert ends, f"these import each other: {arrows}"
        seen += ends
        arrows = {name: others for name, others in arrows.items() if name not in ends}
    assert seen


def test_only_one_module_knows_lxml() -> None:
    assert [module.name for module in MODULES if "lxml" in tops(module)] == ["check_ha.parsers.xml"]


def in_standard_library(name: str) -> bool:
    if name in sys.builtin_module_names:
        return True
    spec = importlib.util.find_spec(name)
    paths = sysconfig.get_paths()
    origin = (spec.origin or "") if spec else ""
    packages = (paths["purelib"], paths["platlib"])
    folders = (paths["stdlib"], paths["platstdlib"])
    return origin in ("built-in", "frozen") or (origin.startswith(folders) and not origin.startswith(packages))


def test_nothing_but_nagiosplugin_and_lxml_at_run_time() -> None:
    everything = frozenset().union(*map(tops, MODULES))
    assert {name for name in everything if not in_standard_library(name)} == {"lxml", "nagiosplugin"}


def test_every_check_is_a_command() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config["options.entry_points"]["console_scripts"].split("\n")
    commands: Dict[str, str] = {}
    for line in filter(None, lines):
        command, _, where = line.partition(" = ")
        commands[command] = where
    for name in (*checks(), *alone()):
        assert commands[f"check_ha_{name}"] == f"check_ha.cli.commands:{name}"
    for command, where in commands.items():
        module, _, function = where.partition(":")
        assert callable(getattr(importlib.import_module(module), function)), command


def reads_xml(module: str, seen: FrozenSet[str] = frozenset()) -> bool:
    """Whether this module needs the XML parser, itself or by what it imports."""
    if module == "check_ha.parsers.xml":
        return True
    found = {one.name: one for one in MODULES}.get(module)
    if found is None or module in seen:
        return False
    imported = (name if (PACKAGE.parent / (name.replace(".", "/") + ".py")).exists() else name.rpartition(".")[0]
                for name in ours(found))  # fmt: skip
    return any(reads_xml(name, seen | {module}) for name in imported if name != "check_ha")


@pytest.mark.parametrize("name", [*checks(), *alone()])
def test_a_check_that_reads_no_xml_does_not_import_lxml(name: str) -> None:
    """lxml takes a third of the time in which such a check starts."""
    code = f"import sys, check_ha.cli.register as r; r.check_named({name!r}); print('lxml' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout == f"{any(map(reads_xml, always_used(name)))}\n"


def always_used(name: str) -> Set[str]:
    """The modules of the parsers of a check that no cluster goes without: a stand-in loads its own when it is asked."""
    return {reading.parse.__module__ for reading in check_named(name).readings if reading.instead_of is None}


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_of_views_does_not_import_what_makes_them(name: str) -> None:
    code = f"import sys, check_ha.cli.commands as c; c.{name}\n"
    code += "print({'lxml', 'check_ha.parsers.cib'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout == "set()\n"


def test_rings_reads_no_xml() -> None:
    assert not any(map(reads_xml, always_used("rings")))
    assert any(reads_xml(reading.parse.__module__) for reading in check_named("vip").readings)


@pytest.mark.parametrize("name", [*checks(), *alone()])
def test_a_check_starts_without_what_is_slow_to_import(name: str) -> None:
    slow = ("asyncio", "dataclasses", "email", "http", "importlib.metadata", "ipaddress", "socket", "ssl", "unittest",
            "urllib.request", "xml.etree")  # fmt: skip
    code = f"import sys, check_ha.cli.commands; check_ha.cli.register.check_named({name!r})\n"
    code += f"print(*(one for one in {slow!r} if one in sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout == "\n"


def test_check_ha_loads_nothing_for_what_is_not_set_up() -> None:
    """Neither the parsers nor the judgement of sbd, booth and DRBD: where they are, they take 3 ms each."""
    code = "import os, sys, check_ha.cli.overall as o; sys.argv = ['check_ha', '--from', sys.argv[1]]\n"
    code += (
        "try:\n    o.main()\nfinally:\n    print(*(one for one in sys.modules if 'check_ha' in one), file=sys.stderr)"
    )
    argv = [sys.executable, "-c", code, str(SAMPLES / "healthy-3node-fencing" / "node1")]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "check_ha.checks.resources.check" in ended.stderr
    loaded = [name for name in ended.stderr.split() if re.search(r"\b(sbd|tickets|booth|drbd)\b", name)]
    assert [name for name in loaded if name.rpartition(".")[2] in ("judgement", "situation", "devices", "booth")] == []
    assert [name for name in loaded if name.startswith(("check_ha.parsers", "check_ha.model"))] == []


def test_what_runs_as_root_loads_little() -> None:
    modules = ["check_ha.sources." + name for name in ("collect", "node", "kept.facts", "kept.streams", "shareable")]
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(modules)}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = ended.stdout.split()
    assert set(loaded) & {"typing", "argparse", "json", "lxml", "nagiosplugin", "logging"} == set()
    assert {name.split(".")[1] for name in loaded if name.startswith("check_ha.")} == {"record", "sources"}


def test_importing_a_check_changes_nothing_in_the_program_that_does() -> None:
    code = """
import gc, locale, logging, signal, sys

def state():
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    return gc.isenabled(), gc.get_threshold(), handlers, locale.setlocale(locale.LC_ALL), logging.root.handlers[:]

before = state()
import check_ha.checks.nodes.check, check_ha.checks.resources.check, check_ha.multinode.split_brain
assert state() == before
assert not any(name.startswith(("check_ha.cli", "check_ha.output", "nagiosplugin")) for name in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ended.returncode, ended.stderr) == (0, "")
