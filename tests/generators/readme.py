"""What a document is made of, so that it can be tried, and held against one in another language."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import Dict, Iterator, List, NamedTuple

from generators.documents import PAIRS

BOX = "┌┐└┘├┤┬┴─│\u2573"
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
ENGLISH_OF = {french: english for english, french in PAIRS.items()}
_COMMENT = re.compile(r"(^|\s+)#\s.*")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)]+)\)")


class Section(NamedTuple):
    """A heading and what stands below it, down to the next one."""

    level: int
    heading: str
    prose: List[str]
    rows: List[List[str]]
    """The cells of its tables."""
    blocks: List[List[str]]
    """Its indented code."""

    @property
    def words(self) -> str:
        """All of it but the code blocks."""
        return "\n".join([*self.prose, *(" | ".join(row) for row in self.rows)])


def sections(text: str) -> List[Section]:
    """The document, heading by heading."""
    found: List[Section] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("#"):
            marks, _, heading = line.partition(" ")
            found.append(Section(len(marks), heading, [], [], []))
        elif line.startswith("    "):
            blocks = found[-1].blocks
            if not inside:
                blocks.append([])
            blocks[-1].append(line[4:])
        elif line.startswith("| "):
            found[-1].rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif line.startswith("|---"):
            del found[-1].rows[-1]  # what is above such a line is a head
        elif line and not line.startswith("<!--"):
            found[-1].prose.append(line)
        inside = line.startswith("    ") or (inside and not line)
    return found


def blocks(text: str) -> Iterator[List[str]]:
    """Every block of code."""
    for section in sections(text):
        yield from section.blocks


def without_comments(block: List[str]) -> List[str]:
    """The code that is run; of a picture its lines, not the words in them."""
    if any(mark in line for line in block for mark in BOX):
        return [re.sub(f"[^{BOX}]", " ", line).rstrip() for line in block]
    return [line for line in (_COMMENT.sub("", line) for line in block) if line]


def command_lines(text: str) -> List[List[str]]:
    """Every command of check_ha that the document says to run, as words."""
    lines = [line for block in blocks(text) for line in without_comments(block)]
    commands = [line.replace("$ ", "").partition(" | ")[0] for line in lines if re.match(r"(\$ )?check_ha", line)]
    return [shlex.split(command) for command in commands]


def links(text: str, name: str) -> List[str]:
    """Where the links of the document of that name lead, from the root; those into the document itself as ``#...``."""
    found = _LINK.findall(text)
    folder = posixpath.dirname(name)
    return [link if link.startswith("#") else posixpath.normpath(posixpath.join(folder, link)) for link in found]


def anchors(text: str) -> List[str]:
    """What a link into this document may name."""
    return [re.sub(r"[^\w\- ]", "", part.heading.lower()).replace(" ", "-") for part in sections(text)]


def shown(text: str) -> Dict[str, List[str]]:
    """What the document says that a command prints, by the command: the lines after ``$ command``."""
    found: Dict[str, List[str]] = {}
    for block in blocks(text):
        lines: List[str] = []
        for line in block:
            if line.startswith("$ "):
                lines = found.setdefault(line[2:], [])
            elif any(one.startswith("$ ") for one in block):
                lines.append(line)
    return found


def differences(one: str, other: str, name: str = "README.md") -> List[str]:
    """In what the second document is not the first, which has that name, in another language."""
    here, there = sections(one), sections(other)
    if [part.level for part in here] != [part.level for part in there]:
        return [f"headings: {[part.heading for part in here]} and {[part.heading for part in there]}"]
    found = [f"{ours.heading}: {what}" for ours, theirs in zip(here, there) for what in _differences(ours, theirs)]
    lead, lead_there = ([_page(link) for link in links(text, at)] for text, at in ((one, name), (other, PAIRS[name])))
    return [*found, *(f"only one leads to {link}" for link in {*lead} ^ {*lead_there} if link != name)]


def _page(link: str) -> str:
    """The page in English, without the place in it, which has the language of the page."""
    page = link.partition("#")[0]
    return ENGLISH_OF.get(page, page)


def _differences(ours: Section, theirs: Section) -> Iterator[str]:
    if ours.heading.startswith("check_ha") and ours.heading != theirs.heading:
        yield f"the heading is {theirs.heading!r}"
    if [len(row) for row in ours.rows] != [len(row) for row in theirs.rows]:
        yield f"tables of {len(ours.rows)} and {len(theirs.rows)} rows, or of other columns"
    for row, row_there in zip(ours.rows, theirs.rows):
        if _fixed(row) != _fixed(row_there):
            yield f"row {row} and {row_there}"
    code, code_there = ([without_comments(block) for block in part.blocks] for part in (ours, theirs))
    if code != code_there:
        yield f"code {code} and {code_there}"
    said, said_there = (set(_CODE.findall(_linkless(part.words).replace("\n", " "))) for part in (ours, theirs))
    if said != said_there:
        yield f"{sorted(said ^ said_there)} in one of them only"


def _linkless(text: str) -> str:
    return _LINK.sub("]()", text)


def _fixed(row: List[str]) -> List[str]:
    """What no language changes: the name of a condition, its state, and all code."""
    states = [cell for cell in row if cell in STATES]
    return [*(row[:1] if states else ()), *states, *sorted(_CODE.findall(" ".join(row)))]
