"""Every page of the built book, as Chromium shows it with every other host out of reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# Axe reads in the last: what differs by mode and what by width is each read once.
MODES = {"desktop": ("light", "dark"), "phone": ("dark", "light")}
PATIENCE = 100  # tenths of a second for the pictures of a page
GRAVE = {"serious", "critical"}
# Rules of axe that a page may break, with the reason. None does.
KNOWN: dict[str, str] = {}


def _pages() -> list[str]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(chapter["file"] for chapter in toc["chapters"]), "search"]


@dataclass
class Visit:
    """What one reader met on one page."""

    outside: list[str]
    errors: list[str]
    missing: list[str]
    blank: list[str]
    too_wide: int
    violations: list[str] = field(default_factory=list)


BLANK = """() => [...document.querySelectorAll('.chart img')]
    .filter((image) => image.offsetParent && !(image.complete && image.naturalWidth))
    .map((image) => image.src)"""
ALL_LOADED = """() => {
    const shown = [...document.images].filter((image) => image.offsetParent);
    for (const image of shown) image.loading = 'eager';
    return shown.every((image) => image.complete);
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = """() => {
    for (const card of document.querySelectorAll('.claim-card')) card.classList.add('open');
    for (const part of document.querySelectorAll('.claim-card details, .chart details'))
        part.open = true;
}"""

# Cards and tables come from one template each: axe reads a card a verdict and the first tables.
LEAVE_SOME = """() => {
    const seen = new Set();
    for (const card of document.querySelectorAll('.claim-card')) {
        const verdict = card.querySelector('.verdict').dataset.verdict;
        if (seen.has(verdict)) card.remove();
        seen.add(verdict);
    }
    for (const figure of [...document.querySelectorAll('figure.chart')].slice(3))
        for (const part of figure.querySelectorAll('details')) part.remove();
    for (const entry of [...document.querySelectorAll('dl.py')].slice(4)) entry.remove();
    for (const row of document.querySelectorAll('tbody tr:nth-child(n + 6)')) row.remove();
}"""


def _violations(page) -> list[str]:
    page.evaluate(LEAVE_SOME)
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE and rule["id"] not in KNOWN
        for node in rule["nodes"]
    ]


def _wait_for_pictures(page) -> None:
    """Wait from here: a function that waits in the page is code made from text, and refused."""
    for _ in range(PATIENCE):
        if page.evaluate(ALL_LOADED):
            return
        page.wait_for_timeout(100)
    raise AssertionError("some pictures are not loaded")


def _look(reader, scheme: str) -> Visit:
    page = reader.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    _wait_for_pictures(page)
    closed = page.evaluate(TOO_WIDE)
    page.evaluate(OPEN_ALL)
    return Visit(
        list(reader.outside),
        list(reader.errors),
        list(reader.missing),
        page.evaluate(BLANK),
        max(closed, page.evaluate(TOO_WIDE)),
    )


@pytest.fixture(
    scope="module",
    params=[*product(_pages(), SCREENS)],
    ids=lambda param: "-".join(param).replace("book/", ""),
)
def visit(request, address, open_reader) -> Visit:
    """Visit a page in light and in dark, with everything that can be opened open."""
    name, screen = request.param
    with open_reader(f"{address}/{name}.html", viewport=SCREENS[screen]) as reader:
        first, last = (_look(reader, mode) for mode in MODES[screen])
        return Visit(
            last.outside,
            last.errors,
            last.missing,
            first.blank + last.blank,
            max(first.too_wide, last.too_wide),
            _violations(reader.page),
        )


def test_nothing_is_asked_from_outside(visit):
    """No page asks another host for anything."""
    assert [] == visit.outside


def test_nothing_goes_wrong(visit):
    """No page logs an error, throws one, or asks for a file that is not there."""
    assert [] == visit.errors + visit.missing


def test_every_chart_is_seen(visit):
    """Every drawing that should be seen has loaded."""
    assert [] == visit.blank


def test_no_page_scrolls_sideways(visit):
    """Wide tables and charts scroll inside themselves, the page never."""
    assert 0 >= visit.too_wide


def test_no_grave_barrier(visit):
    """Axe finds nothing serious or critical, with cards and tables open."""
    assert [] == visit.violations
