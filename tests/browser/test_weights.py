"""What a reader does with ongoing trials and with disagreements: chooses, unfolds, sorts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SCREENS = [{"width": 1280, "height": 900}, {"width": 320, "height": 700}]
GRAVE = {"serious", "critical"}


@pytest.fixture
def weighed(address, open_reader):
    """Open the disagreements."""
    with open_reader(f"{address}/book/disagreements.html", viewport=SCREENS[0]) as reader:
        yield reader.page


def test_a_choice_unfolds_what_it_leaves(weighed):
    """Light places are folded until they are asked for; then the heavy ones go, heading and all."""
    heavy, light = (
        weighed.locator("#weight-changes-a-conclusion"),
        weighed.locator("#weight-wording"),
    )
    expect(light.locator("[data-item]").first).to_be_hidden()
    weighed.locator("form.filter [name=weight]").select_option("wording")
    expect(light.locator("[data-item]").first).to_be_visible()
    expect(heavy).to_be_hidden()
    expect(heavy.locator("h4:visible")).to_have_count(0)


def test_a_link_to_a_folded_place_unfolds_it(address, open_reader):
    """An address of a place shows it, however light it is."""
    with open_reader(f"{address}/book/disagreements.html", viewport=SCREENS[0]) as reader:
        name = reader.page.locator("#weight-wording [data-item]").first.get_attribute("id")
        reader.page.goto(f"{address}/book/disagreements.html#{name}")
        expect(reader.page.locator(f"#{name}")).to_be_visible()


@pytest.mark.parametrize("name", ["status", "antigen", "route", "population", "tumour"])
def test_a_choice_of_trials_leaves_as_many_as_it_says(address, open_reader, name):
    """Each choice leaves the number of trials that stands behind it."""
    with open_reader(f"{address}/book/ongoing.html", viewport=SCREENS[0]) as reader:
        form = reader.page.locator("form[data-filter=ongoing]")
        option = form.locator(f"[name={name}] option").nth(1)
        count = int(option.text_content().rsplit("(", 1)[1].rstrip(")"))
        form.locator(f"[name={name}]").select_option(option.get_attribute("value"))
        expect(reader.page.locator("#ongoing tbody tr:visible")).to_have_count(count)


@pytest.mark.parametrize("screen", SCREENS, ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["ongoing", "disagreements"])
def test_no_page_is_wider_than_its_screen(address, open_reader, name, screen):
    """Nothing makes the page scroll sideways, and nobody is shut out by its form."""
    with open_reader(f"{address}/book/{name}.html", viewport=screen) as reader:
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert 0 == reader.page.evaluate(wide)
        found = Axe().run(reader.page, context={"include": [["form.filter"]]})
        assert [] == [v["id"] for v in found.response["violations"] if v["impact"] in GRAVE]
