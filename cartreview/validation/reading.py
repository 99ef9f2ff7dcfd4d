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

from cartreview.validation.files import read_text
from cartreview.validation.package import Row, Table
from cartreview.validation.problems import Problem, did_you_mean, listed, quoted
from cartreview.validation.schemas import Schema

__all__ = ["read_table"]

_COMMA = "UTF-8 text, its cells parted by commas"
_EXPORT = "export it again as CSV, UTF-8, comma-separated."
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def _at(path: str, line: int, code: str, *words: str, column: str = "", row: str = "") -> Problem:
    found, expected, fix = words
    return Problem(path, line, column, code, row, found, expected, fix)


def read_table(
    file: Path, name: str, path: str, raw: dict[str, Any], schema: Schema
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

    Returns
    -------
    Table or None, list of Problem
        None where the file is no table at all.
    """
    findings: list[Problem] = []
    text = read_text(file, path, findings)
    if text is None:
        return None, findings
    other = _other_format(text)
    if other:
        return None, [*findings, _at(path, 1, "not-csv", other, _COMMA, _EXPORT)]
    records, broken = _records(text)
    if broken:
        line, found = broken
        fix = "close the quote, or write a quote inside a cell twice."
        return None, [*findings, _at(path, line, "not-csv", found, "cells whose quotes close", fix)]
    return _table(records, name, path, raw, schema, findings), findings


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
        words = (
            "a header without rows",
            "at least one row",
            "restore the rows, or remove the table.",
        )
        findings.append(_at(path, 1, "empty-file", *words))
    rows: list[Row] = []
    damaged: list[Row] = []
    for line, cells in records[1:]:
        row = Row(line, dict(zip(header, cells, strict=False)))
        if len(cells) == len(header):
            rows.append(row)
        else:
            damaged.append(row)
            findings.append(_wrong_length(cells, header, path, line, row.cells.get(schema.key, "")))
    return Table(name, path, tuple(header), rows, raw, schema, tuple(damaged))


def _header(header: list[str], path: str, schema: Schema) -> Iterator[Problem]:
    names = schema.names
    if not names:
        return
    missing = [name for name in names if name not in header]
    extra = [name for name in dict.fromkeys(header) if name not in names]
    for name in missing:
        fix = did_you_mean(name, extra, f"add the column; {schema.path} describes it.")
        words = ("no such column", f"the column {name}", fix)
        yield _at(path, 1, "missing-column", *words, column=name)
    for name in extra:
        fix = did_you_mean(name, missing, f"describe it in {schema.path}, or take it out.")
        words = (quoted(name), listed(missing or names), fix)
        yield _at(path, 1, "extra-column", *words, column=name)
    for name, count in Counter(header).items():
        if count > 1:
            words = (f"{count} columns of this name", "one", "take the others out.")
            yield _at(path, 1, "extra-column", *words, column=name)
    if sorted(header) == sorted(names) and tuple(header) != names:
        yield _order(header, path, schema)


def _order(header: list[str], path: str, schema: Schema) -> Problem:
    pairs = zip(header, schema.names, strict=True)
    at, (has, should) = next((i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1])
    words = (f"{has} as column {at + 1}", f"{should}, as in {schema.path}")
    return _at(path, 1, "column-order", *words, "put the columns in that order.", column=has)


def _wrong_length(cells: list[str], header: list[str], path: str, line: int, key: str) -> Problem:
    count, wanted = len(cells), len(header)
    if not cells:
        words = ("an empty line", f"{wanted} cells", "take the line out.")
        return _at(path, line, "too-few-cells", *words)
    expected = f"{wanted}, as the header has"
    if count > wanted:
        found = f"{count} cells, the last {quoted(','.join(cells[wanted:]))}"
        fix = "quote a cell that has a comma in it."
        return _at(path, line, "too-many-cells", found, expected, fix, row=key)
    fix = f"add the cells from {header[count]} on; an empty cell still has its comma."
    return _at(path, line, "too-few-cells", f"{count} cells", expected, fix, row=key)
