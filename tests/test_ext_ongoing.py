"""The table of registered trials in the small book: rows, marks, links, filters."""

from __future__ import annotations

import pytest
from toy_book import Book, shared_book


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Read the small book that tests of several files share."""
    return shared_book(tmp_path_factory)


@pytest.fixture(scope="module")
def rows(book):
    """Give the rows of the table by registration."""
    return {row.a.get_text(): row for row in book.page("ongoing").select("#ongoing tbody tr")}


def cell(row, label):
    """Give what a reader sees in a cell."""
    return " ".join(row.select_one(f"[data-label='{label}']").get_text(" ").split())


def test_trials_that_recruit_come_first(rows):
    """Then by the day of the record, the newest first; a status that was not read comes last."""
    assert ["NCT00000003", "NCT00000001", "NCT00000002"] == list(rows)


def test_a_registration_leads_to_the_page_that_was_read(rows):
    """The number is text; its link is the address where the record was read."""
    link = rows["NCT00000001"].select_one("th a")
    assert "https://example.org/one?a=1&b=2" == link["href"]
    assert "Cells <one>" in rows["NCT00000001"].th.get_text()


def test_a_day_is_marked_against_the_day_of_the_tables(book, rows):
    """Passed without results is overdue; with a report it is passed; the future has no mark."""
    assert "as of 2020-12-31" in book.page("ongoing").figcaption.get_text()
    due = {key: cell(row, "Results due") for key, row in rows.items()}
    assert "2020-06 completion passed Brown 2024" == due["NCT00000001"]
    assert "2019 primary completion overdue" == due["NCT00000002"]
    assert "2021-01-01 completion probably Poe 2019" == due["NCT00000003"]


def test_the_unread_is_said_to_be_so(rows):
    """An empty cell of the record is told from a short one."""
    first, second = rows["NCT00000001"], rows["NCT00000002"]
    assert "not read" == cell(first, "Route")
    assert "glioma children and young adults" == cell(first, "Patients")
    assert "not read record of 2020-01 randomised, against nothing" == cell(second, "Status")
    assert "NK cells" == cell(rows["NCT00000003"], "Antigen, cells")


def test_each_cell_has_the_label_of_its_column(book, rows):
    """On a phone a cell stands behind the heading of its column."""
    heads = [head.get_text() for head in book.page("ongoing").select("#ongoing thead th")]
    assert heads[1:] == [td["data-label"] for td in rows["NCT00000001"].select("td")]


def test_choices_count(book):
    """A choice says how many trials it leaves; a status that was not read is a choice too."""
    form = book.page("ongoing").select_one("form[data-filter=ongoing]")
    choices = {
        select["name"]: [option.get_text() for option in select.select("option")][1:]
        for select in form.select("select")
    }
    assert ["recruiting (2)", "not read (1)"] == choices["status"]
    assert ["GD2 (2)", "HER2 (1)"] == choices["antigen"]
    assert ["local (1)", "IV (1)"] == choices["route"]
    assert ["paediatric (1)"] == choices["population"]
    assert ["midline glioma (1)"] == choices["tumour"]
