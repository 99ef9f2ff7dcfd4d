"""The table of studies in the small book: rows, cells, links, and what cards link to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from cartreview_book import studies
from cartreview_book.fragments import Links
from toy_book import Book, shared_book


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Read the small book that tests of several files share."""
    return shared_book(tmp_path_factory)


def rows_of(book, name="studies"):
    """Give the rows of a table on the page of studies."""
    return book.page("trials").select(f"#{name} tbody tr")


def cells(row):
    """Give what a reader sees in a row."""
    return [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]


def test_a_row_a_study_that_meets_the_options(book):
    """Families and groups choose; without options every study of such tumours is there."""
    assert ["Brown 2024", "Roe 2020"] == [row.a.get_text() for row in rows_of(book)]
    every = [row.a.get_text() for row in rows_of(book, "studies-2")]
    assert ["Brown 2024", "Poe 2019", "Roe 2020"] == every


def test_cells_say_what_is_known(book):
    """Numbers come from the rows; what nobody read is said to be so."""
    brown, roe = map(cells, rows_of(book))
    assert ["Brown 2024 NCT00000001", "GD2 <cells>", "local: ICV", "6 midline glioma"] == brown[:4]
    assert ["1 of 6", "not read", "Brown et al. 2024"] == brown[5:]
    assert ["Roe 2020", "GD2, HER2", "not read high-grade glioma"] == [*roe[:2], roe[3]]
    route = rows_of(book)[1].select_one("[data-label=Route]").get_text()
    assert "IVafter cyclophosphamide and fludarabine" == route
    assert {"not read"} == set(roe[4:])


def test_each_cell_of_a_row_has_its_label(book):
    """On a phone a cell stands behind the heading of its column."""
    page = book.page("trials")
    heads = [head.get_text() for head in page.select("#studies thead th")]
    assert heads[1:] == [cell["data-label"] for cell in rows_of(book)[0].select("td")]


def test_filters_count(book):
    """A choice says how many studies it leaves; a study of two antigens counts for both."""
    form = book.page("trials").select_one("form[data-filter=studies]")
    antigens = [option.get_text() for option in form.select("[name=antigen] option")]
    assert ["all", "GD2 (2)", "HER2 (1)"] == antigens
    routes = [option.get_text() for option in form.select("[name=route] option")]
    assert ["all", "local (1)", "IV (1)"] == routes
    assert "GD2;HER2" == rows_of(book)[1]["data-antigen"]


def test_a_study_has_one_row_to_link_to(book):
    """The first table of a page has the anchors; prose links to them by the study's name."""
    page = book.page("trials")
    assert ["study-brown", "study-roe"] == [row["id"] for row in rows_of(book)]
    assert [None, "study-poe", None] == [row.get("id") for row in rows_of(book, "studies-2")]
    (link,) = page.select("p a.internal[href='#study-brown']")
    assert "Brown 2024" == link.get_text()


def test_cards_and_disagreements_link_to_the_row(book):
    """Where a study has no page, its name leads to its row."""
    evidence = book.page("chapter").select_one("#card-responses table.evidence tbody th a")
    assert "trials.html#study-brown" == evidence["href"]
    entry = book.page("disagreements").select_one(".entry-study a")
    assert "trials.html#study-brown" == entry["href"]


def test_a_page_stands_before_a_row():
    """A study with a page of its own is linked there; one that is nowhere has no link."""
    env = SimpleNamespace(
        found_docs={"book/studies/a"}, cartreview_study_rows={"book/trials": {"a", "b"}}
    )
    links = Links(SimpleNamespace(env=env, get_relative_uri=lambda _, to: f"{to}.html"), "index")
    found = [links.study(key) for key in ("a", "b", "c")]
    assert ["book/studies/a.html", "book/trials.html#study-b", ""] == found


def test_pages_are_written_again_when_rows_move():
    """Rows of a page that is read again are forgotten first; a change rewrites every page."""
    env = SimpleNamespace(found_docs={"x", "y"})
    other = SimpleNamespace(cartreview_study_rows={"x": {"a"}, "elsewhere": {"b"}})
    studies._merge(None, env, {"x"}, other)
    assert {"x": {"a"}} == env.cartreview_study_rows
    assert [] == studies._rewrite(None, env)
    studies._forget(None, env, "x")
    assert ["x", "y"] == studies._rewrite(None, env)
