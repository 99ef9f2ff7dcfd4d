"""What a reader does with the book: opens cards, touches charts, filters, searches, prints."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

CHAPTER = "book/cns-trials"
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def chapter(address, open_reader):
    """Open the chapter on a desktop, in light."""
    with open_reader(f"{address}/{CHAPTER}.html", viewport=DESKTOP) as reader:
        yield reader


def test_the_chapter_has_its_charts(chapter):
    """The chapter shows as many drawings as it has figures, and at least one."""
    figures = chapter.page.locator("figure.chart").count()
    assert figures > 0
    expect(chapter.page.locator("figure.chart img:visible")).to_have_count(figures)


def test_the_page_works_as_a_file(html, open_reader):
    """Opened from disk, the chapter asks nothing, fails in nothing and draws a live chart."""
    with open_reader((html / f"{CHAPTER}.html").as_uri()) as reader:
        reader.page.locator(".chart-box").first.click()
        expect(reader.page.locator(".chart-box").first).to_have_attribute("data-state", "live")
        assert [] == reader.outside + reader.errors


def test_a_card_opens_and_closes_by_keyboard(chapter):
    """Enter on a mark opens its card in place; Escape closes it and returns to the mark."""
    mark = chapter.page.locator("a.claim-mark").first
    card = chapter.page.locator(f"id={mark.get_attribute('href')[1:]}")
    expect(card).to_be_hidden()
    mark.focus()
    before = chapter.page.evaluate("scrollY")
    chapter.page.keyboard.press("Enter")
    expect(card).to_be_visible()
    expect(mark).to_have_attribute("aria-expanded", "true")
    assert before == chapter.page.evaluate("scrollY")
    chapter.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_card_opens_from_its_address(address, open_reader):
    """A link to a card opens it, as links from the ledger do."""
    with open_reader(f"{address}/book/claims.html") as reader:
        link = reader.page.locator("#ledger tbody a[href*='#card-']").first
        link.click()
        card = reader.page.url.partition("#")[2]
        expect(reader.page.locator(f"id={card}")).to_be_visible()


def test_a_card_opens_without_scripts(address, open_reader):
    """Without JavaScript the mark is a link that shows the card, and its close link hides it."""
    with open_reader(f"{address}/{CHAPTER}.html", java_script_enabled=False) as reader:
        mark = reader.page.locator("a.claim-mark").first
        card = reader.page.locator(f"id={mark.get_attribute('href')[1:]}")
        expect(card).to_be_hidden()
        mark.click()
        expect(card).to_be_visible()
        card.get_by_text("Close").click()
        expect(card).to_be_hidden()


def test_charts_are_seen_without_scripts(address, open_reader):
    """Without JavaScript each figure shows one drawing."""
    with open_reader(f"{address}/{CHAPTER}.html", java_script_enabled=False) as reader:
        figures = reader.page.locator("figure.chart").count()
        expect(reader.page.locator("figure.chart img:visible")).to_have_count(figures)


def test_a_chart_comes_to_life(chapter):
    """A click on a drawing puts the live chart in its place, as large as the drawing was."""
    box = chapter.page.locator(".chart-box").first
    still = box.locator("img:visible").bounding_box()
    box.click()
    expect(box).to_have_attribute("data-state", "live")
    live = box.locator("svg").bounding_box()
    assert still["width"] == pytest.approx(live["width"], abs=12)
    assert still["height"] == pytest.approx(live["height"], abs=12)


def test_every_chart_comes_to_life_under_the_policy(chapter):
    """No live chart asks the page to make code from text, or anything else that it forbids."""
    boxes = chapter.page.locator(".chart-box")
    for number in range(boxes.count()):
        boxes.nth(number).focus()
        expect(boxes.nth(number)).to_have_attribute("data-state", "live")
    assert [] == chapter.errors


def test_a_live_chart_follows_the_colour_mode(chapter):
    """When the reader turns to dark, a live chart is drawn again in dark."""
    box = chapter.page.locator(".chart-box").first
    box.click()
    expect(box).to_have_attribute("data-state", "live")
    light = box.locator("svg").inner_html()
    chapter.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    chapter.page.wait_for_function(
        "light => document.querySelector('.chart-box svg').innerHTML !== light", arg=light
    )


def test_a_drawing_stays_when_its_script_is_lost(chapter):
    """Where the bundle cannot be had, the drawing stays and nothing is thrown."""
    chapter.page.route("**/vega.js", lambda route: route.abort())
    box = chapter.page.locator(".chart-box").first
    with chapter.page.expect_console_message(lambda message: "stays a drawing" in message.text):
        box.click()
    expect(box.locator("img:visible")).to_have_count(1)


def test_paper_shows_light_drawings(address, open_reader):
    """In print every figure shows its light drawing, even from the dark; cards and menus go."""
    with open_reader(f"{address}/{CHAPTER}.html", color_scheme="dark") as reader:
        page = reader.page
        page.locator(".chart-box").first.click()
        expect(page.locator(".chart-box").first).to_have_attribute("data-state", "live")
        page.emulate_media(media="print")
        figures = page.locator("figure.chart").count()
        expect(page.locator("img.only-light:visible")).to_have_count(figures)
        for gone in (".claim-card", ".chart-live", ".bd-sidebar-primary", ".bd-header-article"):
            expect(page.locator(f"{gone}:visible")).to_have_count(0)


def test_the_ledger_filters(address, open_reader):
    """Choosing a verdict leaves its claims and says how many there are."""
    with open_reader(f"{address}/book/claims.html") as reader:
        page = reader.page
        rows = page.locator("#ledger tbody tr")
        verdict = rows.first.get_attribute("data-verdict")
        page.locator("select[name=verdict]").select_option(verdict)
        wanted = page.locator(f"#ledger tbody tr[data-verdict='{verdict}']").count()
        expect(page.locator("#ledger tbody tr:visible")).to_have_count(wanted)
        expect(page.locator("form.filter output")).to_have_text(f"{wanted} of {rows.count()}")


def test_search_finds_the_chapter(address, open_reader):
    """The search page finds a word of the chapter's title without another host."""
    with open_reader(f"{address}/search.html?q=data") as reader:
        expect(reader.page.locator("#search-results li").first).to_be_visible()
        assert [] == reader.outside + reader.errors
