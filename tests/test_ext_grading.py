"""The directives of the grading page, on a small book with the real rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from toy_book import CHECKED, shared_book

import cartreview
from cartreview.grading import rules_as_data

CRITERIA = cartreview.load("grading_criteria")


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> Path:
    """Folder of the pages of the small book."""
    return shared_book(tmp_path_factory).html / "book"


def read(html: Path, name: str) -> BeautifulSoup:
    """Read a built page."""
    return BeautifulSoup((html / f"{name}.html").read_text("utf-8"), "html.parser")


def test_a_calculator_carries_its_rules(html):
    """The form is hidden until its script runs, and holds the library's rules and the sources."""
    form = read(html, "grading").find(id="calculator-astct-crs")
    assert form.has_attr("hidden")
    embedded = json.loads(form.script.string)
    assert rules_as_data()["scales"]["ASTCT CRS"] == embedded["rules"]
    rules = [rule for every in embedded["rules"]["graded"].values() for rule in every]
    rules += [rule for every in embedded["rules"]["footnotes"].values() for rule in every]
    assert {rule["source"] for rule in rules} == set(embedded["sources"])


def test_a_calculator_asks_every_question(html):
    """Each input has its field, each field a label or a legend, and nothing is chosen."""
    form = read(html, "grading").find(id="calculator-astct-crs")
    asked = {one["name"] for one in rules_as_data()["scales"]["ASTCT CRS"]["inputs"]}
    assert asked | {"also"} == {field["name"] for field in form.select("input[name]")}
    assert [] == form.select("[checked]")
    assert [] == [field for field in form.select("input") if not field.find_parent("label")]
    assert [] == [group for group in form.select("fieldset") if not group.legend.get_text()]


def test_a_name_may_be_an_anchor(html):
    """A directive takes the name of the table or the anchor made of it."""
    assert read(html, "grading").find(id="calculator-m-easix")
    assert read(html, "scales").find(id="rules-ctcae-4-crs-caption")


def test_rules_are_shown_with_their_places(html):
    """Every row of the scale, with its text, grade and source."""
    table = read(html, "grading").find(attrs={"aria-labelledby": "rules-astct-crs-caption"})
    rows = CRITERIA[CRITERIA["scale"] == "ASTCT CRS"]
    shown = table.select("tbody tr:not(.part)")
    assert len(rows) == len(shown)
    text = table.get_text()
    assert [] == [words for words in rows["criterion"] if words not in text]
    keys = {link["href"].partition("#")[2] for link in table.select("a")}
    assert set(rows["source_id"]) == keys


def test_points_are_called_points(html):
    """A score has points where a scale has grades, and a caption of the page's choice."""
    figure = read(html, "grading").find(id="rules-ice-caption").parent
    assert figure.summary.get_text().startswith("Points: ")
    assert "Points" in figure.thead.get_text()


def test_the_date_is_that_of_the_data_package(html):
    """The sentence on the last check takes its date from datapackage.json."""
    assert f"sources on {CHECKED}." in read(html, "grading").get_text()


def test_only_pages_with_calculators_load_the_script(html):
    """A table of rules needs no script."""
    loaded = {name: "grading.js" in str(read(html, name).head) + str(read(html, name).body)
              for name in ("grading", "scales")}  # fmt: skip
    assert {"grading": True, "scales": False} == loaded
