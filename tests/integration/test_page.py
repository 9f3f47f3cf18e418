"""The page of check_ha_cluster in a real browser: what it shows, in both colours, also on a phone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from check_ha.cli.register import check_named
from check_ha.output.view_text import view_text
from tests.integration.browser import Browser, browser
from tests.multinode.large import SIXTEEN, one_of_sixteen
from tests.needed import program
from tests.replay import SAMPLES, compare, views_compared

pytestmark = pytest.mark.packages

PHONE = 360
BOXES = "[...document.querySelectorAll('.node')].map(e => e.getBoundingClientRect())"
OVERLAPS = f"""
(boxes => boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom
    && b.top < a.bottom)).length)({BOXES})
"""


@pytest.fixture(scope="module", name="chromium")
def running_browser() -> Iterator[Browser]:
    """One for all pages: its start is most of what a page costs."""
    path = program("chromium", "chromium")
    with tempfile.TemporaryDirectory(prefix="check_ha-browser-") as folder, browser(path, Path(folder)) as running:
        yield running


def made(scenario: str, folder: Path) -> Path:
    """The page of a recorded cluster."""
    path = folder / f"{scenario}.html"
    compare(check_named("cluster"), SAMPLES / scenario, "--page", str(path))
    return path


def count(chromium: Browser, selector: str) -> int:
    return int(chromium.value(f"document.querySelectorAll({selector!r}).length"))


def text(chromium: Browser, selector: str = "body") -> str:
    return str(chromium.value(f"document.querySelector({selector!r}).innerText"))


def drawing(chromium: Browser) -> str:
    """The text in the picture, which has no layout of lines."""
    return str(chromium.value("document.querySelector('svg.map').textContent"))


def check_whole(chromium: Browser) -> None:
    """Nothing was refused or missed, the style is in force, and nobody must scroll sideways."""
    assert chromium.complaints == []
    assert chromium.value("getComputedStyle(document.querySelector('.state')).fontWeight") == "700"
    assert chromium.value("document.documentElement.scrollWidth <= innerWidth")
    assert chromium.value(OVERLAPS) == 0


def test_ok_a_healthy_cluster(chromium: Browser, tmp_path: Path) -> None:
    page = made("healthy-3node-fencing", tmp_path)
    for width in (1000, PHONE):
        chromium.open(page, width)
        check_whole(chromium)
    assert text(chromium, ".state") == "OK"
    assert text(chromium, ".first").startswith("node1, node2 and node3 are one partition, quorate, DC node1")
    assert (count(chromium, ".node"), count(chromium, "g line.up"), count(chromium, "g line.down")) == (3, 6, 0)
    assert text(chromium, ".card li") == "192.0.2.100 p_vip"
    assert text(chromium, ".card").splitlines()[:2] == ["node1", "online"]


def test_warning_a_link_is_down(chromium: Browser, tmp_path: Path) -> None:
    chromium.open(made("link-down-packets-lost", tmp_path), PHONE)
    check_whole(chromium)
    assert text(chromium, ".first").startswith("link 0 is down between node1 and node2")
    assert text(chromium, ".first code") == "check_ha_rings"
    assert (count(chromium, "g line.up"), count(chromium, "g line.down"), count(chromium, ".cross")) == (1, 1, 1)
    assert "link 0 down" in drawing(chromium)


def test_critical_split_brain_in_both_colours(chromium: Browser, tmp_path: Path) -> None:
    page = made("split-brain-2node", tmp_path)
    papers = set()
    for scheme in ("light", "dark"):
        chromium.open(page, PHONE, scheme)
        check_whole(chromium)
        papers.add(chromium.value("getComputedStyle(document.body).backgroundColor"))
    assert papers == {"rgb(255, 255, 255)", "rgb(16, 20, 24)"}
    assert text(chromium, ".first code") == "systemctl stop pacemaker corosync"
    assert count(chromium, "rect.side.CRITICAL") == 2
    drawn = drawing(chromium)
    assert "links 0 and 1 down" in drawn
    assert drawn.count("192.0.2.100, p_app, p_db, p_ping, p_single, p_vip") == 2
    assert text(chromium).count("192.0.2.100 p_vip carried twice") == 2


def test_warning_sixteen_nodes(chromium: Browser, tmp_path: Path) -> None:
    for name in SIXTEEN:
        (tmp_path / f"{name}.json").write_text(view_text(one_of_sixteen(name)), encoding="utf-8")
    page = tmp_path / "page.html"
    views_compared(check_named("cluster"), tmp_path, SIXTEEN, "--page", str(page))
    for width in (1000, PHONE):
        chromium.open(page, width, "dark")
        check_whole(chromium)
    assert (count(chromium, ".node"), count(chromium, "g line.down"), count(chromium, ".card")) == (16, 15, 16)
    assert "link 1 is down at node09, to node01" in text(chromium)
