"""Screening by spreadsheet: out and in, what is refused with its row and column, limits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import screening_checkout
import small_checkout
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from screening_checkout import decided

from cartreview.cli import main
from cartreview.living import workbook
from cartreview.living.decisions import Decision, Log
from cartreview.living.sheets import COLUMNS, decisions_of, defused
from cartreview.living.workbook import SheetError, read_book, read_csv

FOURTH = {"fourth:one": ["exclude", "no patients"]}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Work in the checkout of four candidates."""
    with small_checkout.in_use(screening_checkout.make(tmp_path / "checkout")) as made:
        yield made


def cells(path):
    """Read a sheet as it is stored."""
    return read_csv(path) if path.suffix == ".csv" else read_book(path)


def save(path, rows):
    """Write a sheet as a person would."""
    if path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8")
        return
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def fill(path, **decisions):
    """Fill in decision, reason and note of candidates in an exported sheet."""
    rows = cells(path)
    first = rows[0].index("decision")
    for row in rows[1:]:
        if row[0] in decisions:
            row[first : first + 3] = [*decisions[row[0]], "", ""][:3]
    save(path, rows)


def take(path, *words):
    """Import a sheet of the second reader."""
    return main(["screen", "--reader", "two", *words, "--import", str(path)])


@pytest.fixture(params=["csv", "xlsx"])
def sheet(request, root, capsys):
    """Export the candidates that wait for the second reader."""
    path = root / f"sheet.{request.param}"
    assert 0 == main(["screen", "--reader", "two", "--export", str(path)])
    capsys.readouterr()
    return path


def test_export_and_import(root, sheet, capsys):
    """What is filled in comes back, in any capitals; what is empty is left."""
    fill(sheet, first=["Include", "", "see table"], second=["exclude ", "No patients"])
    assert 0 == take(sheet)
    assert f"2 decisions taken from {sheet}\n" == capsys.readouterr().out
    assert {
        **FOURTH,
        "first:two": ["include", ""],
        "second:two": ["exclude", "no patients"],
    } == decided(root)
    assert 0 == take(sheet)
    assert "0 decisions taken" in capsys.readouterr().out


def test_a_sheet_shows_what_is_known_and_nothing_of_others(sheet):
    """Headings, the candidates that wait, no note of the table and no other reader."""
    rows = cells(sheet)
    assert list(COLUMNS) == rows[0]
    assert ["first", "second", "third"] == [row[0] for row in rows[1:]]
    assert "SECRET" not in str(rows)


def test_no_cell_is_a_formula(root, sheet):
    """A title that begins as a formula does stays text, in the file and in the program."""
    assert "'=HYPERLINK(1) [bold]loud[/bold]" == cells(sheet)[3][1]
    if sheet.suffix == ".xlsx":
        kinds = {cell.data_type for row in load_workbook(sheet).active.rows for cell in row}
        assert kinds <= {"s", "n"}


def test_a_book_computes_nothing():
    """Text that nobody defused is text in the file all the same."""
    made = load_workbook(io.BytesIO(workbook.write_book([["a"], ["=1+1"]], {})))
    assert ("s", "=1+1") == (made.active["A2"].data_type, made.active["A2"].value)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r\n@x"])
def test_defused(text):
    """Whatever a spreadsheet would compute has an apostrophe before it."""
    assert defused(text).startswith("'")


def test_the_choices_are_in_the_sheet(root):
    """A person chooses decision and reason from lists."""
    path = root / "sheet.xlsx"
    main(["screen", "--reader", "two", "--export", str(path)])
    lists = load_workbook(path).active.data_validations.dataValidation
    assert ['"include,exclude,later"'] == [
        one.formula1 for one in lists if "include" in one.formula1
    ]
    assert any("no patients" in one.formula1 for one in lists)


# What is planted in the sheet: a candidate, its three cells, and what is said.
FAULTS = {
    "no such decision": (
        {"first": ["inlcude"]},
        "row 2, column K decision: found 'inlcude'; expected one of include, exclude and later; "
        "did you mean 'include'?",
    ),
    "no such reason": (
        {"second": ["exclude", "boring"]},
        "row 3, column L reason: found 'boring'; expected one of not cellular therapy",
    ),
    "no reason": ({"second": ["exclude"]}, "row 3, column L reason: found an empty cell"),
    "a reason for nothing": (
        {"first": ["include", "duplicate"]},
        "row 2, column L reason: found 'duplicate'; expected an empty cell",
    ),
    "a reason without a decision": (
        {"first": ["", "duplicate"]},
        "row 2, column L reason: found 'duplicate'; expected an empty cell",
    ),
    "a formula": ({"first": ["=1+1"]}, "row 2, column K decision: found '=1+1'"),
    "a formula as note": ({"first": ["include", "", "=1+1"]}, "row 2, column M note"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_cells_are_refused(root, sheet, capsys, name):
    """Row and column are named, and the good row beside it is not written either."""
    planted, said = FAULTS[name]
    fill(sheet, third=["later"], **planted)
    assert 1 == take(sheet)
    shown = capsys.readouterr().out
    assert f"{sheet.name}: {said}" in shown
    assert "1 cell to mend; nothing was written" in shown
    assert FOURTH == decided(root)


def test_a_conflict_with_oneself_is_refused(root, sheet, capsys):
    """A sheet that was filled in before does not undo what was decided since."""
    made = Decision("first", "two", "exclude", "no results", "2026-11-22")
    Log(root / "data").record(made)
    fill(sheet, first=["include"], second=["include"])
    assert 1 == take(sheet)
    shown = capsys.readouterr().out
    assert "row 2, column K decision: found 'include'; expected exclude (no results)" in shown
    assert "cartreview screen --candidate first" in shown
    assert "second:two" not in decided(root)


def test_later_is_no_conflict(root, sheet):
    """What was left open may be decided; another reader's decision is not looked at."""
    Log(root / "data").record(
        Decision("first", "two", "later", day="2026-11-22"),
        Decision("first", "three", "exclude", "duplicate", "2026-11-22"),
    )
    fill(sheet, first=["include"])
    assert 0 == take(sheet)
    assert ["include", ""] == decided(root)["first:two"]


def test_unknown_twice_and_another_reader(root, sheet, capsys):
    """A row of nothing, a row that stands twice, a sheet of somebody else."""
    rows = cells(sheet)
    rows[2][0] = "nowhere"
    rows[3][0] = "first"
    rows[1][-1] = "three"
    save(sheet, rows)
    assert 1 == take(sheet)
    shown = capsys.readouterr().out
    assert "row 3, column A candidate_id: found 'nowhere'" in shown
    assert "row 4, column A candidate_id: found 'first'; expected once; row 2 has it too" in shown
    assert "row 2, column N reader: found 'three'; expected 'two'" in shown


def test_as_a_spreadsheet_saves_csv(root):
    """A mark at the start, semicolons, other line ends, columns in another order."""
    path = root / "sheet.csv"
    text = "\ufeffnote;reason;decision;candidate_id\r\nwell;;INCLUDE;first\r\n;;;\r\n"
    path.write_bytes(text.encode())
    assert 0 == take(path)
    assert {**FOURTH, "first:two": ["include", ""]} == decided(root)


def _zip(path, name, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)


UNREADABLE = {
    "not there": ("sheet.csv", None, "cannot be read"),
    "no sheet": ("sheet.xlsx", b"hello", "is no .xlsx"),
    "no part of a sheet": ("sheet.xlsx", "zip", "cannot be read as .xlsx"),
    "entities": ("sheet.xlsx", "entities", "declares entities"),
    "latin letters": ("sheet.csv", "candidate_id,decision\nfürst".encode("latin-1"), "not UTF-8"),
    "open quote": ("sheet.csv", b'candidate_id\n"a', "is no CSV"),
    "no heading": ("sheet.csv", b"candidate_id,decision,note\n", "heading 'reason' once"),
    "heading twice": ("sheet.csv", b"candidate_id,decision,reason,note,note\n", "it has it twice"),
    "empty": ("sheet.csv", b"", "heading 'candidate_id' once"),
    "another kind": ("sheet.ods", b"", "is no .xlsx"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_sheet(root, capsys, name):
    """A sentence, status 2, and nothing written."""
    file, content, said = UNREADABLE[name]
    path = root / file
    if content == "zip":
        _zip(path, "a.txt", "a")
    elif content == "entities":
        _zip(path, "xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')
    elif content is not None:
        path.write_bytes(content)
    assert 2 == take(path)
    assert said in capsys.readouterr().err
    assert FOURTH == decided(root)


def test_limits(root, monkeypatch):
    """A file, what it unpacks to, and its rows have limits that are said."""
    path = root / "sheet.xlsx"
    save(path, [["a"]] * 20)
    for limit, said in (("_ROWS", "rows"), ("_UNPACKED", "unpacks to"), ("_FILE", "larger than")):
        monkeypatch.setattr(workbook, limit, 10)
        with pytest.raises(SheetError, match=said):
            read_book(path)


def test_export_elsewhere_and_of_another_kind(root, capsys):
    """A folder that is not there, and a file of no known kind."""
    assert 2 == main(["screen", "--reader", "two", "--export", str(root / "no" / "a.csv")])
    assert "was not written" in capsys.readouterr().err
    assert 2 == main(["screen", "--reader", "two", "--export", str(root / "a.ods")])
    assert "is no .xlsx and no .csv" in capsys.readouterr().err


WORDS = st.text(max_size=12) | st.sampled_from(["include", "exclude", "first", "duplicate", "="])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(st.lists(WORDS, min_size=4, max_size=4), max_size=5))
def test_any_sheet_is_taken_or_refused(root, rows):
    """Whatever stands in the cells, the answer is decisions and faults, or a sentence."""
    path = root / "fuzzed.csv"
    text = io.StringIO()
    csv.writer(text).writerows([["candidate_id", "decision", "reason", "note"], *rows])
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    log = Log(root / "data")
    try:
        made, faults = decisions_of(log, "two", path, "2026-11-22")
    except SheetError:
        return
    if not faults:
        log.record(*made)
        for one in made:
            log.restore(one.key, None)
    assert FOURTH == decided(root)
