"""Grades over the whole space agree with tables of expected grades, made from the printed scales.

The tables were written apart from the code; tests/reference/README.md says from what. If a row
differs, the printed scale decides which of the two is wrong: do not bend a row to the code.
"""

import csv
from itertools import product
from pathlib import Path

import pytest

from cartreview.grading import engine, scales
from cartreview.grading.inputs import Flag, Refused, Whole
from cartreview.grading.scale import scale

HERE = Path(__file__).parent / "reference"
EXPECTED = {
    "ASTCT CRS": "crs",
    "ASTCT ICANS": "icans",
    "ASTCT ICANS (children)": "icans_capd",
}
IMPOSSIBLE = "impossible"


def rows(name):
    """Read the table of a scale: answers as the functions take them, and the grade as written."""
    path = HERE / f"grading_expected_{EXPECTED[name]}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grade = row.pop("grade")
            yield {one.name: answer(one, row.pop(one.name)) for one in asked(name)}, grade
            assert {} == row


def asked(name):
    """Give the questions that a table answers: all but that on another cause."""
    return [one for one in scale(name).inputs if not (isinstance(one, Flag) and one.excuses)]


def answer(one, cell):
    """Read a cell as an answer; an empty number could not be had."""
    if isinstance(one, Flag):
        return {"true": True, "false": False}[cell]
    if isinstance(one, Whole):
        return int(cell) if cell.isdigit() else cell or None
    return cell


def graded(name, answers):
    """Grade as the library does; answers that exclude each other are impossible."""
    others = {one.name: one.default for one in scale(name).inputs if one.name not in answers}
    try:
        return str(engine.grade(scale(name), {**answers, **others}).value)
    except Refused:
        return IMPOSSIBLE


@pytest.mark.parametrize("name", EXPECTED)
def test_every_expected_grade_is_given(name):
    """Each row of the table, impossible ones too."""
    differing = [
        (answers, grade) for answers, grade in rows(name) if grade != graded(name, answers)
    ]
    assert [] == differing[:5]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_table_covers_the_whole_space(name):
    """Every combination of answers stands there once, and nothing else."""
    written = [tuple(answers.values()) for answers, _ in rows(name)]
    space = set(product(*(one.options for one in asked(name))))
    assert len(space) == len(written)
    assert space == set(written)


def test_every_table_is_read():
    """No table lies about unread; scales without one have written cases."""
    found = {path.stem.removeprefix("grading_expected_") for path in HERE.glob("grading_exp*.csv")}
    assert set(EXPECTED.values()) == found
    without = {"TIAN", "ICAHT early", "T-ICAHT early", "T-ICAHT late"}
    assert without == set(scales()) - set(EXPECTED)
