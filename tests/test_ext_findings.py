"""Summary of findings and risk of bias in the small book: what a reader sees and can ask for."""

from __future__ import annotations

import pytest
from toy_book import Book, shared_book


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Read the small book that tests of several files share."""
    return shared_book(tmp_path_factory)


def words(node):
    """Give what a reader sees."""
    return " ".join(node.get_text(" ").split())


def test_each_headline_outcome_has_a_row(book):
    """Studies and patients are counted; below three studies nothing is pooled."""
    rows = book.page("findings").select("table.findings tbody tr")
    limiting = next(row for row in rows if row.th.get_text().startswith("Dose-limiting"))
    cells = {cell["data-label"]: words(cell) for cell in limiting.select("td")}
    assert 5 == len(rows)
    assert ("1", "6") == (cells["Studies"], cells["Patients"])
    assert "not pooled: too few studies" == cells["Share, 95% interval"]


def test_certainty_tells_its_reasons_on_demand(book):
    """Five domains fold away behind the level, each with what it takes off, and by whom."""
    cell = book.page("findings").select_one("table.findings td[data-label=Certainty]")
    assert "very low" == cell.b.get_text()
    assert not cell.details.has_attr("open")
    heads = [words(head) for head in cell.select("dt")]
    assert ["Risk of bias −1", "Inconsistency", "Indirectness −1"] == heads[:3]
    assert ["Imprecision −2", "Publication bias −1"] == heads[3:]
    assert "Judged <so> (judged)" == words(cell.select("dd")[2])


def test_each_cell_of_a_row_has_its_label(book):
    """On a phone a cell stands behind the heading of its column."""
    page = book.page("findings")
    heads = [words(head) for head in page.select("table.findings thead th")]
    row = page.select_one("table.findings tbody tr")
    assert heads[1:] == [cell["data-label"] for cell in row.select("td")]


def test_answers_have_a_sign_a_word_and_a_reason(book):
    """Colour is never alone: a sign for who sees, a word for who hears, a reason for who asks."""
    (row,) = book.page("findings").select("table.bias tbody tr")
    answers = row.select("td")
    assert "Brown 2024" == words(row.th)
    assert ["+ yes", "? unclear", "? unclear"] == [words(cell) for cell in answers[:3]]
    assert "+ yes" == words(answers[4])
    assert "6 of 6 patients treated are counted." == answers[4]["title"]
    assert "Not <told>" == answers[2]["title"]


def test_ten_questions_are_worded(book):
    """Each number of the table has its question below, with our reading of it."""
    page = book.page("findings")
    heads = page.select("table.bias thead abbr")
    questions = page.select(".questions li")
    assert [str(n) for n in range(1, 11)] == [head.get_text() for head in heads]
    assert all(head["title"] in words(one) for head, one in zip(heads, questions, strict=True))
    assert all("Yes: " in words(one) for one in questions)
    assert "criteria for inclusion" in words(questions[0])
    assert "statistical analysis" in words(questions[9])
