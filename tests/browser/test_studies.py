"""What a reader does with the table of studies: sorts, filters, follows a link, prints."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

CHAPTER = "book/cns-trials"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}
ROWS = "#studies tbody tr"
VALUES = """column => [...document.querySelectorAll('#studies tbody tr')]
    .map((row) => row.cells[column].dataset.value)"""


@pytest.fixture
def table(address, open_reader):
    """Open the chapter on a desktop."""
    with open_reader(f"{address}/{CHAPTER}.html", viewport=DESKTOP) as reader:
        yield reader.page


def _heading(page, words):
    return page.locator("#studies thead th").filter(has_text=words)


def test_numbers_sort_with_the_unknown_last(table):
    """The largest group first, then the smallest; those without a number last both times."""
    heading = _heading(table, "Patients")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    values = table.evaluate(VALUES, 3)
    known = [float(value) for value in values if value]
    assert sorted(known, reverse=True) == known
    assert values[: len(known)] == [value for value in values if value]
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    turned = table.evaluate(VALUES, 3)
    assert known[::-1] == [float(value) for value in turned[: len(known)]]


def test_words_sort_by_keyboard(table):
    """A heading is reached and pressed by keys; one column at a time says that it sorts."""
    _heading(table, "Patients").get_by_role("button").click()
    button = _heading(table, "Study").get_by_role("button")
    button.focus()
    table.keyboard.press("Enter")
    names = table.evaluate(VALUES, 0)
    letters = [name[0].upper() for name in names if name[0].isascii()]
    assert sorted(letters) == letters
    expect(table.locator("#studies thead [aria-sort]")).to_have_count(1)
    expect(button).to_be_focused()


@pytest.mark.parametrize("name", ["antigen", "route", "tumour"])
def test_a_choice_leaves_as_many_as_it_says(table, name):
    """Each choice leaves the number of studies that stands behind it."""
    form = table.locator("form[data-filter=studies]")
    option = form.locator(f"select[name={name}] option").nth(1)
    promised = option.inner_text().rpartition("(")[2].rstrip(")")
    form.locator(f"select[name={name}]").select_option(option.get_attribute("value"))
    expect(table.locator(f"{ROWS}:visible")).to_have_count(int(promised))
    expect(form.locator("output")).to_have_text(f"{promised} of {table.locator(ROWS).count()}")


def test_words_that_nothing_has_leave_the_form(table):
    """Every row may go; the form stays, and says so, until the words do."""
    words = table.locator("form[data-filter=studies] [name=text]")
    words.fill("no such words")
    expect(table.locator(f"{ROWS}:visible")).to_have_count(0)
    expect(words).to_be_visible()
    words.fill("")
    expect(table.locator(f"{ROWS}:visible")).to_have_count(table.locator(ROWS).count())


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_link_leads_to_the_row(table, address, open_reader, screen):
    """A page that opens at a study's row shows it, on a desktop and on a phone."""
    last = table.locator(ROWS).last.get_attribute("id")
    with open_reader(f"{address}/{CHAPTER}.html#{last}", viewport=screen) as reader:
        expect(reader.page.locator(f"id={last}").get_by_role("rowheader")).to_be_in_viewport()


def test_without_scripts_it_is_a_plain_table(address, open_reader):
    """Without JavaScript every row is there, and nothing that would do nothing."""
    with open_reader(f"{address}/{CHAPTER}.html", java_script_enabled=False) as reader:
        page = reader.page
        assert page.locator(f"{ROWS}:visible").count() == page.locator(ROWS).count() > 1
        expect(page.locator("#studies button, form.filter:visible")).to_have_count(0)


CUT = """() => [...document.querySelectorAll('#studies :is(th, td)')]
    .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && cell.offsetParent)
    .map((cell) => cell.textContent.trim())"""
WIDE = """() => [document.documentElement, document.querySelector('#studies').parentElement]
    .map((part) => part.scrollWidth - part.clientWidth)"""


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_cut(address, open_reader, screen):
    """No word stands outside its cell, and neither page nor table scrolls sideways."""
    with open_reader(f"{address}/{CHAPTER}.html", viewport=screen) as reader:
        assert [] == reader.page.evaluate(CUT)
        assert [0, 0] == reader.page.evaluate(WIDE)


def test_a_phone_shows_blocks_with_labels(address, open_reader):
    """On a phone the cells of a study stand below each other, each behind its label."""
    with open_reader(f"{address}/{CHAPTER}.html", viewport=PHONE) as reader:
        cells = reader.page.locator(ROWS).first.locator("td")
        tops = [cell.bounding_box()["y"] for cell in cells.all()]
        assert sorted(set(tops)) == tops
        label = "cell => getComputedStyle(cell, '::before').content"
        assert '"Route"' == cells.nth(1).evaluate(label)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_grave(address, open_reader, screen, scheme):
    """The form and the table, with a column sorted, pass axe in both modes on both screens."""
    options = {"viewport": screen, "color_scheme": scheme}
    with open_reader(f"{address}/{CHAPTER}.html", **options) as reader:
        page = reader.page
        _heading(page, "Response").get_by_role("button").click()
        page.evaluate("""() => { for (const row of document.querySelectorAll(
            '#studies tbody tr:nth-child(n + 8)')) row.remove(); }""")
        context = {"include": [["form[data-filter=studies]"], ["#studies"]]}
        found = Axe().run(page, context=context).response["violations"]
        assert [] == [(rule["id"], rule["nodes"]) for rule in found if rule["impact"] in GRAVE]


def test_on_paper_all_rows_are_there(table):
    """Printed, the region is as tall as its table."""
    table.emulate_media(media="print")
    hidden = "part => part.scrollHeight - part.clientHeight"
    assert 0 == table.locator("#studies").locator("..").evaluate(hidden)
    expect(table.locator("form.filter:visible")).to_have_count(0)
