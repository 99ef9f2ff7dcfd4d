"""A page that was built once and is read later: what is late is worked out where it is read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PHONE = {"width": 320, "height": 700}
GRAVE = {"serious", "critical"}


@pytest.fixture
def page(address, open_reader):
    """Open a chapter on a small phone."""
    with open_reader(f"{address}/book/imaging.html", viewport=PHONE) as reader:
        yield reader.page


def read_on(page, day):
    """Read the page again on another day, at noon."""
    page.clock.set_fixed_time(f"{day.isoformat()}T12:00:00")
    page.reload()


def due(page):
    """Give the day on which the next search is due."""
    return date.fromisoformat(page.locator("time[data-due]").get_attribute("datetime"))


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (40, "40 days")])
def test_an_overdue_search_is_told_first(page, days, words):
    """By how many days stands in the line, and above the title."""
    read_on(page, due(page) + timedelta(days=days))
    expect(page.locator("aside.currency summary .late")).to_have_text(f" (overdue by {words})")
    expect(page.locator("article > .currency-banner")).to_contain_text(f"overdue by {words}.")
    assert 0 == page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = Axe().run(page, context={"include": [["aside.currency"], [".currency-banner"]]})
    assert [] == [v["id"] for v in found.response["violations"] if v["impact"] in GRAVE]


def test_on_the_day_itself_nothing_is_late(page):
    """A search that is due today is not overdue."""
    read_on(page, due(page))
    expect(page.locator(".late, .currency-banner")).to_have_count(0)


def test_a_silent_job_shows_itself(page):
    """From the first day on which its silence is a fault, and not before."""
    job = page.locator("[data-job=search]")
    silent = date.fromisoformat(job.get_attribute("data-silent-from"))
    mark = page.locator("[data-missed=search]")
    read_on(page, silent - timedelta(days=1))
    expect(mark).to_have_count(0)
    read_on(page, silent)
    expect(mark).to_have_text(" (it has missed a run)")


def test_without_scripts_the_dates_stand_there(address, chromium):
    """Who runs no scripts reads the dates."""
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}/book/imaging.html")
    expect(page.locator("aside.currency summary")).to_contain_text("next due")
    context.close()
