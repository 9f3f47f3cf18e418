"""The commands that the checks advise, as they stand in the code: templates, with ``{}`` where a name goes in."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

import check_ha

PACKAGE = Path(check_ha.__file__).parent
# These hold what the checks ask, and what check_ha_setup does: no advice.
_LEFT_OUT = ("sources", "parsers", "node_setup", "model")
_SUBCOMMANDS = r"(?:cluster|configure|node|resource|property|constraint|stonith)"
_COMMAND = re.compile(
    r"(?:crm_\w+|cibadmin|corosync-keygen|corosync-quorumtool|stonith_admin|journalctl|ping) -{1,2}\w"
    r"|corosync -t$|corosync-cfgtool -[rR]|corosync-cfgtool -{2}\w"
    rf"|(?:crm|pcs) {_SUBCOMMANDS} |ip (?:addr|address|link|route) |kill -|systemctl \w|service (?:pacemaker|corosync) "
    r"|ch(?:mod|own) [\w:-]+ |scp -|usermod |printf '|booth (?:grant|list) |"
    r"drbdadm \w|SAPHanaSR-\w|psql -|mysql -|sbd \{|check_ha_\w+(?: -| \{|$)"
)


def templates() -> set[str]:
    """Return every string of the code that is a command, or holds several with `` && `` between them."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] not in _LEFT_OUT:
            found |= set(_commands(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def matches(template: str, command: str) -> bool:
    """Tell whether a command that was printed is made from this template, perhaps several times (`` && ``)."""
    one = ".*".join(map(re.escape, template.split("{}")))
    return re.fullmatch(f"{one}(?: && {one})*", command, re.DOTALL) is not None


def _commands(tree: ast.AST) -> Iterator[str]:
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in documented or id(node) in inside:
            continue
        text = _template(node)
        if text and _COMMAND.match(text):
            yield text


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
