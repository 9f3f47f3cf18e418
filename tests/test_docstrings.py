"""A docstring of a function or method says what it does, in the imperative. Properties and classes are things."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator, Tuple

import pytest

ROOT = Path(__file__).parent.parent
MODULES = [path for folder in ("check_ha", "generators") for path in sorted((ROOT / folder).rglob("*.py"))]
VERBS = {
    "Add", "Ask", "Combine", "Compare", "Do", "End", "Find", "Give", "Join", "Judge", "Keep", "Let", "Look", "Make",
    "Parse", "Print", "Raise", "Read", "Refuse", "Return", "Run", "Start", "Stop", "Take", "Tell", "Understand",
    "Weigh", "Write", "Yield",
}  # fmt: skip


def _functions(module: Path) -> Iterator[Tuple[int, str, str]]:
    """Yield line, name and docstring of each public function and method of this module."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node)
            if text and not any("property" in ast.unparse(one) for one in node.decorator_list):
                yield node.lineno, node.name, text


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_functions_are_described_in_the_imperative(module: Path) -> None:
    wrong = [(line, name, text) for line, name, text in _functions(module) if text.split()[0].rstrip(",") not in VERBS]
    assert wrong == []
