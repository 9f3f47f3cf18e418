"""The page of check_ha_cluster: whatever a node says is text in it, and it is written whole or not at all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.cli.register import check_named
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.verdict import Verdict
from check_ha.model.page import PageAddress, PageCluster, PageLink, PageNode, PageResource, PageSide
from check_ha.output.page.document import page
from check_ha.output.page.text import shortened, wrapped
from tests.replay import SAMPLES, clusters, compare, label

BAD = "<script>alert(1)</script>\"'&|\n\x1b[31m"
SHOWN = "<script>alert(1)</script>\"'&/ ?[31m"
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "span", "h1", "h2", "h3", "p", "time", "b", "main"),
    *("section", "div", "a", "code", "svg", "rect", "text", "g", "line", "path", "ul", "li", "details", "summary"),
    "footer",
}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: List[Tuple[str, Dict[str, Optional[str]]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile() -> str:
    """A page in which every word is one that would like to be more."""
    resource = PageResource(BAD, "CRITICAL", (BAD,), BAD)
    address = PageAddress(BAD, BAD, "CRITICAL", BAD)
    one = PageNode(BAD, "CRITICAL", BAD, True, BAD, (resource,), (address,))
    other = one._replace(name=f"{BAD}2")
    cluster = PageCluster(
        BAD, (PageSide(BAD, "CRITICAL", (one, other), (BAD,)),) * 2, (one._replace(name="x"),), (one,),
        (PageLink((BAD, f"{BAD}2"), 0, False),), (resource,), (address,),
    )  # fmt: skip
    finding = Finding(Condition(BAD, Severity.CRITICAL, BAD), BAD, nodes(BAD), BAD, (BAD, BAD), check=BAD)
    return page(Verdict("cluster", Severity.CRITICAL, BAD, (finding, finding), (), ()), (cluster,))


def test_what_comes_from_nodes_is_text() -> None:
    read = Elements(hostile())
    assert {tag for tag, _ in read.found} == ALLOWED
    assert SHOWN in read.text
    assert all(not name.startswith("on") and name != "style" for _, found in read.found for name in found)
    assert {found.get("href") for tag, found in read.found if tag == "a"} == {"#found"}


def test_nothing_is_loaded_and_nothing_runs() -> None:
    read = Elements(hostile())
    policies = [found["content"] for _, found in read.found if found.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'",
        policies[0] or "",
    )
    assert "url(" not in hostile()
    assert not any({"src", "srcset", "data", "action"} & set(found) for _, found in read.found)


def test_a_page_is_written_beside_the_verdict(tmp_path: Path) -> None:
    path = tmp_path / "cluster.html"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    code, output = compare(check_named("cluster"), SAMPLES / "partition-2-1-stop", "--page", str(path))
    assert (code, output[:22]) == (2, "HA_CLUSTER CRITICAL - ")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    assert text.endswith("</html>\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["cluster.html"]


DRAWN = {
    "samples/corosync-hung": "corosync frozen",
    "samples/corosync-stopped": "corosync stopped",
    "samples/pacemaker-stopped": "pacemaker stopped",
    "samples/node-maintenance": "maintenance",
    "samples/node-standby": "standby",
    "samples/unclean-fence-fails": "UNCLEAN",
    "founding/14-active-corosync-frozen-node2": "partition not known",
    "made/qnetd-lost-on-one-node": "offline",
    "samples/founding-1.4-ring-faulty": "node2",
    "samples/multiple-active-blocked": "node2",
    "samples/split-brain-2node": "node2",
    "cluster/remote-online": "remote1",
}
"""Recorded clusters, and a word in the picture of each."""


@pytest.mark.parametrize("name", list(DRAWN))
def test_what_is_drawn_of_a_recorded_cluster(name: str, tmp_path: Path) -> None:
    cluster = next(one for one in clusters() if label(one) == name)
    path = tmp_path / "cluster.html"
    _, output = compare(check_named("cluster"), cluster, "--page", str(path))
    text = path.read_text(encoding="utf-8")
    assert {tag for tag, _ in Elements(text).found} <= ALLOWED
    assert DRAWN[name] in Elements(text[text.index("<svg") :]).text
    assert output.split()[1] in Elements(text).text


def test_unknown_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "none" / "cluster.html"
    code, output = compare(check_named("cluster"), SAMPLES / "healthy-3node-fencing", "--page", str(path))
    assert (code, output.partition(" | ")[0]) == (
        3, f"HA_CLUSTER UNKNOWN - cannot write {path}: No such file or directory",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (("a", "b"), ["a, b"]),
        (tuple(f"p_app{number}" for number in range(9)), ["p_app0, p_app1", "p_app2, 6 more"]),
        ((), []),
    ],
)
def test_names_in_few_lines(names: Tuple[str, ...], lines: List[str]) -> None:
    assert wrapped(names, 18, 2) == lines


def test_a_long_name_keeps_both_ends() -> None:
    assert shortened("very-long-name-of-node-17", 12) == "very-l…de-17"
