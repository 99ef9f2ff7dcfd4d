"""A table comes back from a spreadsheet: what was edited is taken, what was spoiled is not."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from bad_checkouts import GOOD, good_checkout
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cartreview._package import edited, read_object
from cartreview.cli import main
from cartreview.living import _sheet
from cartreview.living._cells import Doubt, meant
from cartreview.living._sheet import SheetError, read_sheet
from cartreview.living._spoiled import spoiled
from cartreview.living.taking_back import take_back
from cartreview.validation import check, read_package
from cartreview.validation.schemas import Field

REPO = Path(__file__).resolve().parent.parent
PACKAGE = read_package(REPO)[0]
TABLES = edited(read_object(REPO / "data" / "datapackage.json"))


def rows_of(name, root=REPO):
    """Give header and rows of a table."""
    with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def entered(text):
    """Give what a spreadsheet makes of a text as it opens a CSV, in an English setting."""
    if text in ("true", "false"):
        return text == "true"
    pair = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})", text)
    if pair and 1 <= int(pair[1]) <= 12 and 1 <= int(pair[2]) <= 28:
        return datetime(2026, int(pair[1]), int(pair[2]))
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if iso:
        return datetime(*map(int, iso.groups()))
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return text or None
    if text.strip() != text or number != number or "_" in text or abs(number) == float("inf"):
        return text
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def workbook(path, rows):
    """Save rows as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def saved_csv(path, rows):
    """Save rows as 'CSV UTF-8' of a spreadsheet: mark, CRLF, dates and numbers as shown."""

    def shown(text):
        value = entered(text)
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, datetime) and len(text) < 6:
            return f"{value.day}-{value:%b}"
        if isinstance(value, datetime):
            return f"{value.month}/{value.day}/{value.year}"
        if isinstance(value, int | float) and abs(value) >= 1e7:
            return f"{value:.0E}"
        return "" if value is None else str(value)

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([[shown(cell) for cell in row] for row in rows[1:]])
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode("utf-8"))
    return path


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_as_it_went(name, tmp_path):
    """Opened and saved without an edit, as a workbook and as CSV, no cell of any table differs."""
    rows = rows_of(name)
    typed = [rows[0], *([entered(cell) for cell in row] for row in rows[1:])]
    for path in (workbook(tmp_path / "a.xlsx", typed), saved_csv(tmp_path / "a.csv", rows)):
        taken = take_back(path, PACKAGE[name])
        assert ([], [], [], [], []) == (
            taken.doubts, taken.changed, taken.added, taken.removed, taken.absent,
        )  # fmt: skip
        assert (REPO / "data" / f"{name}.csv").read_text(encoding="utf-8") == taken.text


def outcomes(tmp_path, change):
    """Make the small checkout, and a workbook of its outcomes after a change of the rows."""
    root = good_checkout(tmp_path)
    rows = rows_of("outcomes", root)
    change(rows)
    return root, workbook(tmp_path / "edited.xlsx", rows)


def imported(root, path, *more):
    """Import outcomes; give the status."""
    words = ["import", str(path), "--table", "outcomes", "--root", str(root), *more]
    return main(words)


def test_an_edit_is_shown_and_written(tmp_path, capsys):
    """One cell was edited, the rows were sorted otherwise: one cell differs."""
    header = rows_of("outcomes", GOOD)[0]

    def change(rows):
        rows[1][header.index("locator")] = "Read again."
        rows[1:] = rows[:0:-1]

    root, path = outcomes(tmp_path, change)
    before = (root / "data/outcomes.csv").read_text(encoding="utf-8")
    assert 1 == imported(root, path)  # nobody was there to ask
    shown = capsys.readouterr()
    assert "locator: Table 1, row 1 → Read again." in shown.out
    assert "Nothing was written" in shown.err
    assert before == (root / "data/outcomes.csv").read_text(encoding="utf-8")
    assert 0 == imported(root, path, "--yes")
    after = (root / "data/outcomes.csv").read_text(encoding="utf-8")
    assert 1 == sum(a != b for a, b in zip(before.splitlines(), after.splitlines(), strict=True))
    assert [] == check(root)
    assert 0 == imported(root, path)  # nothing differs any more


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("", 1), ("nonsense", 1)])
def test_a_person_is_asked(answer, status, tmp_path, monkeypatch):
    """At a terminal the command asks; only a clear yes writes."""

    def change(rows):
        rows[1][-1] = "Read again."

    root, path = outcomes(tmp_path, change)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert status == imported(root, path)
    assert (status == 0) == ("Read again." in rows_of("outcomes", root)[1])


def test_rows_that_a_filter_hid_stay(tmp_path, capsys):
    """A row that the sheet lacks is kept and named, unless it shall go; a new one comes last."""

    def change(rows):
        new = ["own-2026-cr", *rows[1][1:]]
        rows[1:] = [*rows[2:], new]

    root, path = outcomes(tmp_path, change)
    count = len(rows_of("outcomes", root))
    assert 0 == imported(root, path, "--yes")
    assert "1 row of the table not in the sheet, and kept" in capsys.readouterr().out
    assert [count + 1, "own-2026-cr"] == [
        len(rows_of("outcomes", root)), rows_of("outcomes", root)[-1][0],
    ]  # fmt: skip
    assert 0 == imported(root, path, "--yes", "--remove")
    assert count == len(rows_of("outcomes", root))


def test_what_cannot_be_known_is_named_with_row_and_column(tmp_path, capsys):
    """A new date, formula, error or lost number is a question; all are asked at once."""
    header = rows_of("outcomes", GOOD)[0]

    def change(rows):
        rows[1][header.index("locator")] = datetime(2026, 12, 17)
        rows[2][header.index("locator")] = "=HYPERLINK(1)"
        rows[1][header.index("as_printed")] = "#NAME?"
        rows[2][header.index("events")] = "1E+07"

    root, path = outcomes(tmp_path, change)
    before = (root / "data/outcomes.csv").read_bytes()
    assert 1 == imported(root, path, "--yes")
    told = capsys.readouterr().err
    for place in ("row 2, column locator", "row 3, column locator", "row 2, column as_printed",
                  "row 3, column events"):  # fmt: skip
        assert place in told
    assert "4 cells in doubt" in told
    assert before == (root / "data/outcomes.csv").read_bytes()


def test_a_person_answers(tmp_path, capsys):
    """What the sheet cannot tell is told on the command line; a wrong place is no answer."""
    header = rows_of("outcomes", GOOD)[0]

    def change(rows):
        rows[1][header.index("locator")] = datetime(2026, 12, 17)

    root, path = outcomes(tmp_path, change)
    assert 1 == imported(root, path, "--yes", "--take", "2:locator=12-17", "--take", "9:locator=x")
    assert "row 9, column locator: no such cell" in capsys.readouterr().err
    assert 0 == imported(root, path, "--yes", "--take", "2:locator=12-17")
    assert "12-17" == rows_of("outcomes", root)[1][header.index("locator")]
    with pytest.raises(SystemExit):
        imported(root, path, "--take", "note=1")


def test_headers_and_keys(tmp_path):
    """A column that is lost stays as it was; a strange, doubled or keyless one is refused."""
    table = read_package(good_checkout(tmp_path))[0]["outcomes"]
    rows = rows_of("outcomes", GOOD)
    narrow = [row[:3] for row in rows]
    assert not take_back(workbook(tmp_path / "n.xlsx", narrow), table).moves
    for at, name in ((1, "strange"), (1, rows[0][2]), (0, "nothing")):
        wrong = [list(row) for row in rows]
        wrong[0][at] = name
        with pytest.raises(SheetError):
            take_back(workbook(tmp_path / "w.xlsx", wrong), table)
    twice = take_back(workbook(tmp_path / "t.xlsx", [*rows, rows[1]]), table)
    assert "as row 2 has" in twice.doubts[0]
    keyless = take_back(workbook(tmp_path / "k.xlsx", [*rows, ["", *rows[1][1:]]]), table)
    assert "every row has its key" in keyless.doubts[0]


def test_generated_and_unknown_tables_are_refused(tmp_path, capsys):
    """What is computed is not taken from a sheet."""
    path = workbook(tmp_path / "a.xlsx", [["claim_id"]])
    for name, words in (("claims", "is computed"), ("outcome", "did you mean 'outcomes'")):
        assert 2 == main(["import", str(path), "--table", name, "--root", str(REPO)])
        assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "field", "text"),
    [
        ("2-Jan", Field("phase", enum=("1", "1/2", "2")), "1/2"),
        (datetime(2026, 2, 1), Field("phase", enum=("1", "1/2", "2")), "1/2"),
        (1, Field("phase", enum=("1", "1/2", "2")), "1"),
        (True, Field("derived", "boolean"), "true"),
        (datetime(2026, 11, 30), Field("read_on", "date"), "2026-11-30"),
        (2.5, Field("dose", "number"), "2.5"),
        (1e7, Field("dose", "number"), "10000000"),
        (38454126, Field("pmid"), "38454126"),
    ],
)
def test_a_new_cell_is_read(cell, field, text):
    """What can be one thing only is taken as that."""
    assert text == meant(cell, field, None)


@pytest.mark.parametrize(
    ("cell", "field", "column"),
    [
        ("2-Jan", Field("note"), ()),
        ("Dec-17", Field("note"), ()),
        (0.17, Field("as_printed"), ()),
        (7, Field("code"), ("007",)),
        ("1E+07", Field("dose", "number"), ()),
        (datetime(2026, 1, 2), Field("dose", "number"), ()),
        ("11/12/2026", Field("day", "date"), ()),
        ("########", Field("note"), ()),
        ("2,5", Field("dose", "number"), ()),
        ("\u202e", Field("note"), ()),
        ("+cmd|' /C calc'!A0", Field("note"), ()),
    ],
)
def test_a_new_cell_is_a_question(cell, field, column):
    """What may have been several things is not guessed."""
    with pytest.raises(Doubt):
        meant(cell, field, None, column)


@given(st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_an_old_cell_is_known_by_any_form(text):
    """Whatever form a spreadsheet may show, the old text comes back."""
    for form in sorted(spoiled(text))[:20]:
        assert text == meant(form, Field("note"), text)


# A stranger's file


def test_a_bomb_is_refused_before_it_is_opened(tmp_path):
    """A small file that unpacks to more than the limit is named, with the limit."""
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as member,
    ):
        for _ in range(220):
            member.write(b" " * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SheetError, match="unpacked bytes: at most 200,000,000 are read"):
        read_sheet(path)


def test_entities_are_not_expanded(tmp_path):
    """A workbook whose XML declares entities within entities costs nothing."""
    good = workbook(tmp_path / "a.xlsx", [["a"], ["b"]])
    bad = tmp_path / "laughs.xlsx"
    names = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 50}">' for n in range(9))
    head = f'<!DOCTYPE x [<!ENTITY e0 "ha">{names}]>'
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for item in old.infolist():
            text = old.read(item).decode("utf-8")
            if item.filename.endswith(("sheet.xml", "sheet1.xml")):
                start = text.index("?>") + 2 if text.startswith("<?xml") else 0
                text = text[:start] + head + text[start:].replace(">b<", ">&e9;<")
            new.writestr(item, text)
    with pytest.raises(SheetError, match="cannot be read as a workbook"):
        read_sheet(bad)


def test_a_row_at_the_end_of_the_world(tmp_path):
    """A cell in the last row that a sheet can have does not make a million rows."""
    good = workbook(tmp_path / "a.xlsx", [["a"], ["b"]])
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(far, "w") as new:
        for item in old.infolist():
            text = old.read(item).decode("utf-8")
            if "worksheets/" in item.filename:
                text = text.replace('<row r="2">', '<row r="1048576">')
                text = text.replace('r="A2"', 'r="A1048576"')
            new.writestr(item, text)
    with pytest.raises(SheetError, match="rows: at most"):
        read_sheet(far)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old workbook"),
        (b"PK\x03\x04" + b"x" * 100, "cannot be read as a workbook"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"a,b\n\xb5,1\n", "not UTF-8"),
        (b"", "has no row"),
        (b"a\n" + b"b" * 40_000, "characters in a cell"),
        (b"a" + b"," * 400, "columns"),
    ],
)
def test_what_is_no_table_of_ours(data, words, tmp_path):
    """Each kind of file that cannot be taken is told in one sentence."""
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    with pytest.raises(SheetError, match=words):
        read_sheet(path)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    """The size is asked before a byte is read."""
    monkeypatch.setitem(_sheet.LIMITS, "bytes", 10)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 11)
    with pytest.raises(SheetError, match="11 bytes: at most 10 are read"):
        read_sheet(path)
    with pytest.raises(SheetError, match="cannot be read"):
        read_sheet(tmp_path / "none.csv")


@given(
    data=st.binary(max_size=300), mark=st.sampled_from([b"", b"PK\x03\x04", b"outcome_id,note\n"])
)
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_it_raise_otherwise(tmp_path_factory, data, mark):
    """Any bytes are a table, a doubt, or an error in one sentence."""
    path = tmp_path_factory.mktemp("fuzz") / "a.xlsx"
    path.write_bytes(mark + data)
    try:
        taken = take_back(path, PACKAGE["outcomes"])
    except SheetError:
        return
    finally:
        shutil.rmtree(path.parent)
    assert taken.doubts or (not taken.moves) or taken.text


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
                st.datetimes(), st.sampled_from(["=1+1", "1/2", "<script>", "{claim}`x`"]),
            ),
            max_size=6,
        ),
        max_size=4,
    )
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_cells_are_taken_or_asked_about(rows):
    """Whatever stands in the cells, what would be written passes the checks of each cell."""
    table = PACKAGE["reports"]
    sheet = _sheet.Sheet(table.header, [(n + 2, tuple(row)) for n, row in enumerate(rows)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cartreview.living.taking_back.read_sheet", lambda path: sheet)
        taken = take_back(Path("a"), table)
    if not taken.doubts:
        assert all("=1+1" not in row.values() for row in taken.rows)
        assert csv.DictReader(io.StringIO(taken.text)).fieldnames == list(table.header)
