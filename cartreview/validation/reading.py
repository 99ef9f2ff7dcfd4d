"""Read a table from its file: header, records, cells. No file makes it raise.

Vocabulary
----------
record   what csv reads at once; a quoted line break lets it span several lines.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cartreview._package import Row
from cartreview.validation.files import COLUMNS, conflict_problems, read_text, too_large
from cartreview.validation.package import Table
from cartreview.validation.problems import Place, Problem, did_you_mean, listed, quoted
from cartreview.validation.schemas import Schema

__all__ = ["read_table"]

_COMMA = "UTF-8 text, its cells parted by commas"
_EXPORT = "export it again as CSV, UTF-8, comma-separated."
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_table(
    file: Path, name: str, path: str, raw: dict[str, Any], schema: Schema, generator: str = ""
) -> tuple[Table | None, list[Problem]]:
    """Read a table from its file.

    Parameters
    ----------
    file : Path
        The CSV file, which exists.
    name, path : str
        Name of the table; path from the root of the checkout.
    raw, schema : dict, Schema
        Its Table Schema, as JSON and as read.
    generator : str
        Command that writes the table; empty where people do.

    Returns
    -------
    Table or None, list of Problem
        None where the file is no table at all.
    """
    findings: list[Problem] = []
    text = read_text(file, path, findings)
    if text is None:
        return None, findings
    merged = list(conflict_problems(text, path, _merge(generator)))
    if merged:
        return None, [*findings, *merged]
    other = _other_format(text)
    if other:
        problem = Problem("not-csv", Place(path), found=other, expected=_COMMA, fix=_EXPORT)
        return None, [*findings, problem]
    records, broken = _records(text)
    if broken and "field larger than field limit" in broken[1]:
        problem = Problem(
            "not-csv",
            Place(path, broken[0]),
            found=f"a cell of more than {csv.field_size_limit():,} characters",
            expected="cells that a person can read",
            fix="close a quote that is open above, or restore the cell from its history.",
        )
        return None, [*findings, problem]
    if broken:
        line, found = broken
        problem = Problem(
            "not-csv",
            Place(path, line),
            found=found,
            expected="cells whose quotes close",
            fix="close the quote, or write a quote inside a cell twice.",
        )
        return None, [*findings, problem]
    if len(records[0][1]) > COLUMNS:
        count = f"a header of {len(records[0][1]):,} columns"
        return None, [*findings, too_large(Place(path), count)]
    table = _table(records, name, path, raw, schema, findings)
    return _spreadsheet(table, findings)


def _merge(generator: str) -> str:
    if generator:
        return f"run '{generator}', which writes the table anew."
    return "keep the rows of both branches, take the markers out, and check again."


def _spreadsheet(table: Table, findings: list[Problem]) -> tuple[Table, list[Problem]]:
    """Tell what a spreadsheet did to a table in one finding, and read on as if it had not."""
    flags = {field.name for field in table.described.fields if field.type == "boolean"}
    flags &= set(table.header)
    loud = [
        (row, name)
        for row in (table.rows if flags else ())
        for name in flags
        if row.cells[name] in ("TRUE", "FALSE")
    ]
    written = [found for found in findings if found.code in ("byte-order-mark", "line-ends")]
    traces = [found.found for found in written if not found.found.startswith("no line end")]
    traces += [f"TRUE or FALSE in {len(loud)} cells"] if loud else []
    if len(traces) < 2 and len(loud) < 2:
        return table, findings
    for row, name in loud:
        row.cells[name] = row.cells[name].lower()
    problem = Problem(
        "spreadsheet-file",
        Place(table.path),
        found=", ".join(traces),
        expected="UTF-8 without byte order mark, LF, true and false",
        fix="run 'cartreview check --fix', which writes it so and changes no value.",
    )
    return table, [problem, *(found for found in findings if found not in written)]


def _other_format(text: str) -> str:
    start = text.lstrip()[:1]
    if start in "<{[":
        return f"{'HTML or XML' if start == '<' else 'JSON'}: {quoted(text.lstrip()[:30])}"
    head = text.partition("\n")[0]
    for separator, word in _SEPARATORS.items():
        if separator in head and "," not in head:
            return f"a header parted by {word}"
    return ""


def _records(text: str) -> tuple[list[tuple[int, list[str]]], tuple[int, str] | None]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            records.append((start, cells))
            # line_num is the last line of a record, so the next one starts after it.
            start = reader.line_num + 1
    except csv.Error as error:
        return records, (start, f"{error}, in the record that starts here")
    return records, None


def _table(
    records: list[tuple[int, list[str]]],
    name: str,
    path: str,
    raw: dict[str, Any],
    schema: Schema,
    findings: list[Problem],
) -> Table:
    header = records[0][1]
    findings.extend(_header(header, path, schema))
    if len(records) == 1:
        problem = Problem(
            "empty-file",
            Place(path),
            found="a header without rows",
            expected="at least one row",
            fix="restore the rows, or remove the table.",
        )
        findings.append(problem)
    rows: list[Row] = []
    damaged: list[Row] = []
    for line, cells in records[1:]:
        row = Row(line, dict(zip(header, cells, strict=False)))
        if len(cells) == len(header):
            rows.append(row)
        else:
            damaged.append(row)
            place = Place(path, line, row=row.cells.get(schema.key, ""))
            findings.append(_wrong_length(cells, header, place))
    return Table(name, path, tuple(header), rows, raw, schema, tuple(damaged))


def _header(header: list[str], path: str, schema: Schema) -> Iterator[Problem]:
    names = schema.names
    if not names:
        return
    missing = [name for name in names if name not in header]
    extra = [name for name in dict.fromkeys(header) if name not in names]
    for name in missing:
        fix = did_you_mean(name, extra, f"add the column; {schema.path} describes it.")
        expected = f"the column {name}"
        place = Place(path, column=name)
        yield Problem("missing-column", place, found="no such column", expected=expected, fix=fix)
    for name in extra:
        fix = did_you_mean(name, missing, f"describe it in {schema.path}, or take it out.")
        expected = listed(missing or names)
        place = Place(path, column=name)
        yield Problem("extra-column", place, found=quoted(name), expected=expected, fix=fix)
    for name, count in Counter(header).items():
        if count > 1:
            yield Problem(
                "extra-column",
                Place(path, column=name),
                found=f"{count} columns of this name",
                expected="one",
                fix="take the others out.",
            )
    if sorted(header) == sorted(names) and tuple(header) != names:
        yield _order(header, path, schema)


def _order(header: list[str], path: str, schema: Schema) -> Problem:
    pairs = zip(header, schema.names, strict=True)
    at, (has, should) = next((i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1])
    return Problem(
        "column-order",
        Place(path, column=has),
        found=f"{has} as column {at + 1}",
        expected=f"{should}, as in {schema.path}",
        fix="put the columns in that order.",
    )


def _wrong_length(cells: list[str], header: list[str], place: Place) -> Problem:
    count, wanted = len(cells), len(header)
    if not cells:
        expected, fix = f"{wanted} cells", "take the line out."
        return Problem("too-few-cells", place, found="an empty line", expected=expected, fix=fix)
    expected = f"{wanted}, as the header has"
    if count > wanted:
        found = f"{count} cells, the last {quoted(','.join(cells[wanted:]))}"
        fix = "quote a cell that has a comma in it."
        return Problem("too-many-cells", place, found=found, expected=expected, fix=fix)
    fix = f"add the cells from {header[count]} on; an empty cell still has its comma."
    return Problem("too-few-cells", place, found=f"{count} cells", expected=expected, fix=fix)
