"""Text that deceives the eye, rows that stand twice, and what a spreadsheet does to a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bad_checkouts import GOOD, good_checkout

from cartreview.cli import main
from cartreview.validation import check
from cartreview.validation.fields import check_cell
from cartreview.validation.mending import mend, mended
from cartreview.validation.schemas import Field, Schema

REPO = Path(__file__).resolve().parent.parent


def codes(text: str) -> list[str]:
    """Give the codes of what is wrong with a cell of text."""
    return [problem.code for problem in check_cell(Field("note"), text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("17 of\u202e 58", "hidden-character"),
        ("17 of \u206658\u2069", "hidden-character"),
        ("17 of\u200e 58", "hidden-character"),
        ("17 of\x07 58", "hidden-character"),
        ("17 of\x1b[31m 58", "hidden-character"),
        ("17 of\ufffc58", "hidden-character"),
        ("17\U000e0031 of 58", "hidden-character"),
        ("Mu\u0308ller", "not-composed"),
        ("17  of 58", "stray-space"),
        ("17\u200bof 58", "stray-space"),
        ("17\u00a0of 58", "stray-space"),
        ("=1+1", "formula"),
        ("@SUM(A1)", "formula"),
        ("+cmd|' /C calc'!A0", "formula"),
        ("-1+cmd|' /C calc'!A0", "formula"),
        ("-SUM(A1)", "formula"),
        ("--1", "formula"),
        (" =1", "stray-space"),
    ],
)
def test_a_cell_is_refused(text: str, code: str) -> None:
    """Each deceit is one finding."""
    assert [code] == codes(text)


@pytest.mark.parametrize(
    "text",
    ["-", "-5", "+10%", "-12.5 months", "- 5 to 3", "–", "µL and μL", "Müller", "IL13Rα2+", "a=b",
     "17/58 (29%)", "-0.31 (-0.5 to -0.1)", "naïve", "10⁷"],
)  # fmt: skip
def test_a_cell_is_accepted(text: str) -> None:
    """Negative numbers, dashes, signs of the field and accents stay."""
    assert [] == codes(text)


@pytest.mark.parametrize("file", ["book/trials.md", "references.bib", "data/schemas/studies.json"])
@pytest.mark.parametrize("sign", ["\u202e", "\x7f", "\u2028", "\u00ad"])
def test_a_file_with_a_hidden_character(file: str, sign: str, tmp_path: Path) -> None:
    """Line and position are told, in every file that is read."""
    root = good_checkout(tmp_path)
    text = (root / file).read_text(encoding="utf-8").replace("itle", f"{sign}itle", 1)
    if file == "book/trials.md":
        text += f"A {sign}word.\n"
    (root / file).write_text(text, encoding="utf-8")
    found = [problem for problem in check(root) if problem.code == "hidden-character"]
    assert [(file, True)] == [(problem.path, bool(problem.column)) for problem in found]


def test_a_schema_with_an_escaped_character(tmp_path: Path) -> None:
    """JSON can write the same character as an escape."""
    root = good_checkout(tmp_path)
    file = root / "data/schemas/studies.json"
    text = file.read_text(encoding="utf-8").replace('"title": "', '"title": "\\u202e', 1)
    file.write_text(text, encoding="utf-8")
    assert ["hidden-character"] == [problem.code for problem in check(root)]


def test_tables_without_locators_may_repeat_rows(tmp_path: Path) -> None:
    """Sources that are listed without a year may be equal but for their key."""
    root = good_checkout(tmp_path)
    rows = (root / "data/studies.csv").read_text(encoding="utf-8").splitlines()
    (root / "data/studies.csv").write_text("\n".join([*rows, f"x-{rows[1]}"]) + "\n", "utf-8")
    locator = "locator" in rows[0].split(",")
    assert locator == ("duplicate-row" in {problem.code for problem in check(root)})


@pytest.mark.parametrize(
    "name", ["outcomes.csv.bak", ".~lock.outcomes.csv#", "schemas/old.json", "~$outcomes.xlsx"]
)
def test_a_file_that_is_no_part_of_the_data(name: str, tmp_path: Path) -> None:
    """Copies and locks of editors do not stay in data."""
    root = good_checkout(tmp_path)
    (root / "data" / name).write_text("x\n", encoding="utf-8")
    assert [("unlisted-file", f"data/{name}")] == [(p.code, p.path) for p in check(root)]


def as_spreadsheet(text: str) -> bytes:
    """Write a table as Excel writes 'CSV UTF-8'."""
    loud = text.replace(",true,", ",TRUE,").replace(",false,", ",FALSE,")
    return b"\xef\xbb\xbf" + loud.replace("\n", "\r\n").encode()


def test_a_spreadsheet_is_one_finding_a_file_and_is_undone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One finding names the command, and the command gives the bytes back."""
    root = good_checkout(tmp_path)
    for name in ("outcomes", "studies"):
        file = root / f"data/{name}.csv"
        file.write_bytes(as_spreadsheet(file.read_text(encoding="utf-8")))
    assert ["data/outcomes.csv", "data/studies.csv"] == [p.path for p in check(root)]
    assert {"spreadsheet-file"} == {p.code for p in check(root)}
    assert 0 == main(["check", "--fix", "--root", str(root)])
    assert "data/outcomes.csv is written" in capsys.readouterr().err
    for name in ("outcomes", "studies"):
        path = f"data/{name}.csv"
        assert (GOOD / path).read_bytes() == (root / path).read_bytes()
    assert [] == list(mend(root))


def test_a_value_that_a_spreadsheet_changed_is_still_found(tmp_path: Path) -> None:
    """What is more than bytes stays a finding of its own, and is not undone."""
    root = good_checkout(tmp_path)
    file = root / "data/outcomes.csv"
    text = file.read_text(encoding="utf-8").replace(",2,58,", ",2-Dec,58,", 1)
    file.write_bytes(as_spreadsheet(text))
    assert ["spreadsheet-file", "wrong-type"] == [problem.code for problem in check(root)]
    list(mend(root))
    assert ["wrong-type"] == [problem.code for problem in check(root)]


def test_mending_changes_no_table_of_the_checkout() -> None:
    """Tables as they are come back as they are, byte for byte."""
    for file in sorted((REPO / "data").glob("*.csv")):
        data = file.read_bytes()
        assert data == mended(data, Schema("s.json"))
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            csv.reader(io.StringIO(data.decode(), newline=""))
        )
        assert data.decode() == out.getvalue()


@pytest.mark.parametrize("data", [b"\xff\xfea", b'a,b\n"1,2\n', b""])
def test_what_is_no_table_is_not_mended(data: bytes) -> None:
    """Another encoding and an open quote are for a person."""
    assert data == mended(data, Schema("s.json"))
