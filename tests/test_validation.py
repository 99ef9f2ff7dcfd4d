"""Every rule of the checks: bad inputs beside their words, and the borders of each rule."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_checkouts import CODES as FIXTURES
from bad_checkouts import FOLDER, GOOD, bad_checkout, expected_text, good_checkout

from cartreview.validation import (
    Package,
    check,
    check_records,
    read_package,
    survey,
)
from cartreview.validation.numbers import numbers_in
from cartreview.validation.problems import CODES, as_text
from cartreview.validation.schema_problems import schema_problems
from cartreview.validation.schemas import read_schema


@pytest.fixture(scope="module")
def good() -> Package:
    """Give the package of the checkout without findings."""
    return read_package(GOOD)[0]


def found(package: Package) -> list[tuple[str, str]]:
    """List code and row of each finding."""
    return [(finding.code, finding.row) for finding in check_records(package)]


def changed(package: Package, table: str, row: str, **cells: str) -> Package:
    """Change cells of the row with a key."""
    keys = list(package[table].by(package[table].described.key))
    for column, value in cells.items():
        package = package.with_cell(table, keys.index(row), column, value)
    return package


@pytest.mark.parametrize("code", FIXTURES)
def test_a_bad_input_produces_its_words(code: str, tmp_path: Path) -> None:
    """Each bad input gives exactly the text that lies beside it, for the reason in its name."""
    report = survey(bad_checkout(code, tmp_path))
    assert code in {finding.code for finding in report.findings}
    assert expected_text(code) == as_text(report.findings, report.summary) + "\n"


def test_every_code_has_a_bad_input() -> None:
    """Codes and bad inputs are the same, so that no kind of finding is untested."""
    inputs = {path.name.partition(".")[0] for path in FOLDER.iterdir()} - {"", "good"}
    assert set(CODES) == set(FIXTURES)
    assert set(CODES) == inputs


def test_codes_are_kebab_case_sentences() -> None:
    """Each code is kebab-case and its meaning one sentence."""
    for code, meaning in CODES.items():
        assert code == code.lower().replace("_", "-").replace(" ", "-")
        assert meaning.endswith(".")
        assert ". " not in meaning


def test_good_checkout_has_no_findings() -> None:
    """The checkout that bad inputs are laid over is itself without findings."""
    report = survey(GOOD)
    assert [] == report.findings
    assert "0 findings in 6 tables, 19 rows, 3 bibliography entries, 2 pages" == report.summary


def test_findings_are_sorted_by_path_and_line(tmp_path: Path) -> None:
    """Findings come in the order in which a person works through files."""
    places = [(f.path, f.line) for f in check(bad_checkout("wrong-type", tmp_path))]
    assert sorted(places) == places


def test_line_is_the_first_line_of_a_record(tmp_path: Path) -> None:
    """A record after one with a quoted line break is found on the line where it starts."""
    root = good_checkout(tmp_path)
    file = root / "data" / "disagreements.csv"
    file.write_text('disagreement_id,kind,study_id\na,notation,"brown\n-15"\nb,nonsense,\n')
    lines = {finding.code: finding.line for finding in check(root)}
    assert (2, 4) == (lines["stray-space"], lines["unknown-category"])


@pytest.mark.parametrize(
    ("percent", "events", "denominator", "fits"),
    [
        ("50", "29", "58", True),
        ("50.0", "29", "58", True),
        ("33", "1", "3", True),
        ("33.3", "1", "3", True),
        ("33.33", "1", "3", True),
        ("34", "1", "3", False),
        ("67", "2", "3", True),
        ("66", "2", "3", False),  # cut off, not rounded
        ("66.6", "2", "3", False),
        ("12", "1", "8", True),  # a tie may be rounded to either side
        ("13", "1", "8", True),
        ("64.7", "31", "51", False),
        ("0", "0", "7", True),
        ("100", "7", "7", True),
    ],
)
def test_percentage_is_a_rounding(
    good: Package, percent: str, events: str, denominator: str, fits: bool
) -> None:
    """Any correct rounding to the printed decimals is accepted, nothing else."""
    cells = {"percent": percent, "events": events, "denominator": denominator, "derived": "true"}
    package = changed(good, "outcomes", "brown-15-sd", **cells)
    assert fits == (("percent-mismatch", "brown-15-sd") not in found(package))


def test_a_disagreement_explains_a_total(good: Package) -> None:
    """A source that contradicts itself stands as it is, once a disagreement says so."""
    wrong = changed(good, "study_tumours", "brown-15-gbm", n="42")
    explained = changed(wrong, "disagreements", "brown-dose", kind="arithmetic")
    assert [("parts-total", "brown-15-gbm")] == found(wrong)
    assert [] == found(explained)


def test_a_disagreement_explains_a_denominator(good: Package) -> None:
    """The same holds for a denominator above the patients of the study."""
    cells = {"denominator": "59", "derived": "true"}
    wrong = changed(good, "outcomes", "brown-15-cr", **cells)
    explained = changed(wrong, "disagreements", "brown-dose", kind="denominator")
    assert [("above-total", "brown-15-cr")] == found(wrong)
    assert [] == found(explained)


def test_an_unknown_part_may_fill_a_total(good: Package) -> None:
    """Parts below the total are no error while one of them is unknown."""
    known = changed(good, "study_tumours", "hayes-53-aa", n="6")
    full = changed(good, "study_tumours", "hayes-53-aa", n="7")
    assert [("parts-total", "hayes-53-gbm")] == found(known)
    assert [] == found(full)


def test_where_restricts_a_rule(good: Package) -> None:
    """A fragment of another source is not looked for in the seed's print."""
    cells = {"as_printed": "2 CR of 58", "source_id": "brown2024"}
    assert [] == found(changed(good, "outcomes", "brown-15-cr", **cells))


@pytest.mark.parametrize(
    ("fragment", "numbers"),
    [
        ("2e6-2e8 cells (3–4 weekly doses)", {2e6, 2e8, 3, 4}),
        ("1-2.5e7 cells", {1e7, 2.5e7}),
        ("0.3–2e8 cells IV and 2.6-6.4e6 cells IT", {3e7, 2e8, 2.6e6, 6.4e6}),
        ("1.7e6 - 1.7e8 cells", {1.7e6, 1.7e8}),
        ("1PR, 8SD", {1, 8}),
        ("12-48h post-infusion", {12, 48}),
        ("both GBM patients", {2}),
        ("3 doses every other day, two monthly", {3, 2}),
        ("over 10% EGFR+", {10}),
        ("IL13Rα2+, B7-H3, 4-1BB, CD3+/CD16+ and IL-2", set()),
        ("H3.3K27M in 1,000 cells", {1000}),
        ("№20 blunt cannula", {20}),
        ("16.1 vs 11.2 months", {16.1, 11.2}),
        ("someone often attends", set()),
    ],
)
def test_numbers_of_a_fragment(fragment: str, numbers: set[float]) -> None:
    """Digits, shared exponents, thousands and words count; digits of names do not."""
    assert numbers == numbers_in(fragment)


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ("1,000", "write 1000."),
        ("007", "write 7."),
        ("12.0", "write 12."),
        ("?", "leave the cell empty: unknown is empty."),
        ("2 of 58", "write the number in digits, or leave the cell empty where it is unknown."),
        ("over 10%", "convert over 10% to 'patients', the unit in the schema, "
         "and write the number alone."),
        ("12 Patients", "write 12: the schema says that the unit is 'patients'."),
        ("9" * 5000, "write the number in digits, or leave the cell empty where it is unknown."),
    ],
)  # fmt: skip
def test_fix_of_a_number(good: Package, cell: str, fix: str) -> None:
    """The fix says what number to write."""
    package = changed(good, "studies", "bagley-16", n_patients=cell)
    fixes = [f.fix for f in check_records(package) if f.column == "n_patients"]
    assert [fix] == fixes


def test_with_cell_leaves_the_package_as_it_is(good: Package) -> None:
    """A changed copy shares everything else and changes nothing in the original."""
    copied = good.with_cell("outcomes", 0, "events", "3")
    assert "2" == good["outcomes"].rows[0].cells["events"]
    assert "3" == copied["outcomes"].rows[0].cells["events"]
    assert good["studies"] is copied["studies"]
    assert good["outcomes"].rows[1] is copied["outcomes"].rows[1]


def every_cell(package: Package) -> Iterator[tuple[str, int, str]]:
    """List every cell of a package."""
    for name, table in package.items():
        for index in range(len(table.rows)):
            for column in table.header:
                yield name, index, column


def test_names_restrict_to_what_can_arise(good: Package) -> None:
    """Checking what reads a changed table or column finds all that a full check finds."""
    for name, index, column in every_cell(good):
        for value in ("", "7", "kaminskiy2025", "none such"):
            package = good.with_cell(name, index, column, value)
            full = list(check_records(package))
            assert full == list(check_records(package, [name]))
            assert full == list(check_records(package, [f"{name}.{column}"]))


def test_a_table_that_cannot_be_read_breaks_no_references(tmp_path: Path) -> None:
    """One broken file is one finding, not one for each row that refers to it."""
    root = good_checkout(tmp_path)
    (root / "data" / "studies.csv").write_bytes(b"\x00")
    assert ["not-text"] == [finding.code for finding in check(root)]


def test_an_empty_generated_table_says_what_writes_it(tmp_path: Path) -> None:
    """Nobody restores a generated table by hand."""
    root = good_checkout(tmp_path)
    (root / "data" / "claims.csv").write_bytes(b"")
    (finding, *_) = [found for found in check(root) if found.code == "empty-file"]
    assert "run 'make accept', which writes it." == finding.fix


BROKEN = {
    "empty": b"",
    "blank": b" \n\n",
    "nul": b"a,b\n\x00,1\n",
    "nothing but nul": b"\x00" * 5000,
    "random bytes": bytes(range(256)) * 20,
    "utf-16": "outcome_id,study_id\n".encode("utf-16"),
    "latin-1": "Prüfung,ä\n1,2\n".encode("latin-1"),
    "html": b"<html>\n<body>404</body>\n",
    "json": b'{"a": [1, 2',
    "json list": b"[1, 2]\n",
    "deep json": b"[" * 100_000,
    "huge number": b'{"fields": ' + b"9" * 5000 + b"}",
    "unclosed quote": b'a,b\n"1,2\n3,4\n',
    "quote in a cell": b'a,b\n1"2"3,"4"5\n',
    "huge cell": b"a,b\n" + b"x" * 200_000 + b",1\n",
    "long line": b"outcome_id," * 20_000 + b"\n",
    "one word": b"word",
    "semicolons": b"a;b\n1;2\n",
    "only a header": b"outcome_id,study_id\n",
    "empty names": b",,,\n1,2,3,4\n",
    "carriage returns": b"a,b\r1,2\r",
    "open entry": b"@article{a, title = {x",
    "open fence": b"```{note}\n````\n{claim}`a\n```{code-cell}\n:tags: [claim]\nclaim(",
    "open comment": b"<!-- claim:a --> <!-- claim:b -->\n<!-- ",
}
FILES = [
    "data/outcomes.csv",
    "data/sources.csv",
    "data/claims.csv",
    "data/datapackage.json",
    "data/schemas/outcomes.json",
    "data/schemas/studies.json",
    "references.bib",
    "book/trials.md",
    "README.md",
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_gives_findings(file: str, content: bytes, tmp_path: Path) -> None:
    """No file brings a traceback; all but plain text in a page is found."""
    root = good_checkout(tmp_path)
    (root / file).write_bytes(content)
    findings = check(root)
    assert findings or file.endswith(".md")
    assert {finding.code for finding in findings} <= set(CODES)


@pytest.mark.parametrize("file", FILES)
def test_a_truncated_file_gives_no_traceback(file: str, tmp_path: Path) -> None:
    """A file may end anywhere."""
    root = good_checkout(tmp_path)
    content = (root / file).read_bytes()
    for end in range(0, len(content), max(1, len(content) // 40)):
        (root / file).write_bytes(content[:end])
        assert isinstance(check(root), list)


@pytest.mark.parametrize("file", ["data/outcomes.csv", "data", "references.bib", "book/trials.md"])
def test_a_folder_in_the_place_of_a_file(file: str, tmp_path: Path) -> None:
    """A folder of that name, or a file where a folder should be, is a finding."""
    root = good_checkout(tmp_path)
    (root / file).rename(root / "away")
    if file == "data":
        (root / file).write_text("no folder")
    else:
        (root / file).mkdir()
    assert check(root)


def positions(content: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the places of all values in JSON content."""
    if isinstance(content, (dict, list)):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield (*place, key)
            yield from positions(content[key], (*place, key))


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, ["a"], {"a": "b"}, True], ids=repr)
def test_a_schema_may_say_anything(good: Package, value: Any) -> None:
    """Whatever stands in a schema, it is read and applied without a traceback."""
    table = good["outcomes"]
    for place in positions(table.schema):
        raw = copy.deepcopy(table.schema)
        inner = raw
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        schema = read_schema(table.described.path, raw)
        list(schema_problems(raw, schema))
        odd = type(table)(table.name, table.path, table.header, table.rows, raw, schema)
        schemas = {**good.schemas, "outcomes": schema}
        list(check_records(Package({**good.tables, "outcomes": odd}, schemas)))


def test_a_data_package_may_say_anything(tmp_path: Path) -> None:
    """Whatever stands in the data package, it is read without a traceback."""
    root = good_checkout(tmp_path)
    file = root / "data" / "datapackage.json"
    content = json.loads(file.read_text())
    for place in positions(content):
        for value in (None, 7, "x", [], {}):
            odd = copy.deepcopy(content)
            inner = odd
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = value
            file.write_text(json.dumps(odd) + "\n")
            read_package(root)
