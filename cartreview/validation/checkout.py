"""Read the data package of a checkout and check everything in the checkout in one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cartreview._package import DESCRIPTOR, Row, resource
from cartreview._words import count_of
from cartreview.myst import Page, read_page
from cartreview.validation import bibliography, prose
from cartreview.validation.characters import check_lines
from cartreview.validation.charts import check_charts
from cartreview.validation.claim_cells import check_claim_cells
from cartreview.validation.files import conflict_problems, read_text
from cartreview.validation.json_files import Description, read_json
from cartreview.validation.ledger import check_ledger
from cartreview.validation.package import Package, Table
from cartreview.validation.pages import check_book
from cartreview.validation.problems import Place, Problem, did_you_mean, quoted
from cartreview.validation.reading import read_table
from cartreview.validation.records import check_records
from cartreview.validation.references import check_references
from cartreview.validation.schema_problems import schema_problems
from cartreview.validation.schemas import Schema, read_schema, references
from cartreview.validation.shapes import package_problems

__all__ = ["Report", "check", "read_package", "survey"]

_DESCRIPTOR = f"data/{DESCRIPTOR}"
_MERGE = "settle the lines by hand, take the markers out, and check again."


@dataclass(frozen=True)
class Report:
    """All findings of a checkout, and what was read."""

    findings: list[Problem]
    tables: int
    rows: int
    entries: int
    pages: int

    @property
    def summary(self) -> str:
        """Count findings and what was read, in one line.

        Examples
        --------
        >>> Report([], 2, 30, 5, 1).summary
        '0 findings in 2 tables, 30 rows, 5 bibliography entries, 1 page'
        """
        return f"{count_of(len(self.findings), 'finding')} in " + ", ".join(
            [
                count_of(self.tables, "table"),
                count_of(self.rows, "row"),
                count_of(self.entries, "bibliography entry", "bibliography entries"),
                count_of(self.pages, "page"),
            ]
        )


@dataclass(frozen=True)
class _Listed:
    """A table that the data package lists, its file from the root, and its schema."""

    name: str
    path: str
    raw: dict[str, Any]
    schema: Schema
    generated: str


def check(root: Path) -> list[Problem]:
    """Check everything in a checkout.

    Parameters
    ----------
    root : Path
        Root of the checkout: the folder that has ``data/``.

    Returns
    -------
    list of Problem
        Sorted by path and line; empty when all is well.
    """
    return survey(root).findings


def survey(root: Path) -> Report:
    """Check everything in a checkout and count what was read.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    Report
        Findings, sorted by path and line behind studies that stand twice, and counts.
    """
    package, findings = read_package(root)
    findings += duplicate_rows(package)
    pages = [page for file in _pages(root) if (page := _page(file, root, findings))]
    findings += check_records(package)
    findings += bibliography.check_uses(package.entries, _source_ids(package), pages)
    findings += check_ledger(package, pages)
    findings += check_claim_cells(package, pages)
    findings += check_charts(pages)
    findings += prose.check_pages(pages)
    findings += check_book(root, pages)
    findings.sort(key=_order)
    rows = sum(len(table.rows) for table in package.values())
    return Report(findings, len(package), rows, len(package.entries or ()), len(pages))


def _order(finding: Problem) -> tuple[bool, str, int]:
    # Who enters a study that is there already should hear that before anything about its cells.
    return finding.code != "duplicate-registration", finding.path, finding.line


def _source_ids(package: Package) -> frozenset[str] | None:
    sources = package.get("sources")
    return sources.values(sources.described.key) if sources else None


def _pages(root: Path) -> list[Path]:
    readme = root / "README.md"
    return [*sorted((root / "book").glob("*.md")), *([readme] if readme.exists() else [])]


def _page(file: Path, root: Path, findings: list[Problem]) -> Page | None:
    path = file.relative_to(root).as_posix()
    text = read_text(file, path, findings)
    if text is None:
        return None
    findings += conflict_problems(text, path, _MERGE)
    findings += check_lines(text, path)
    return read_page(path, text)


def read_package(root: Path) -> tuple[Package, list[Problem]]:
    """Read the tables of a checkout as raw strings; no file makes it raise.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    Package, list of Problem
        What could be read, and what is wrong with files, headers, schemas and references.bib.
    """
    findings: list[Problem] = []
    listed = list(_listed(root, findings))
    schemas = {item.name: item.schema for item in listed}
    for item in listed:
        findings += _foreign(root, item.schema, schemas)
    tables = [table for item in listed if (table := _read(root, item, findings))]
    entries, found = bibliography.read_entries(root)
    found += check_references(entries or {})
    package = Package({table.name: table for table in tables}, schemas, entries)
    return package, [*findings, *found, *_unlisted(root, listed)]


def duplicate_rows(package: Package) -> Iterator[Problem]:
    """Find rows of evidence that stand in their table twice, under two keys.

    Examples
    --------
    >>> list(duplicate_rows(Package({})))
    []
    """
    for table in package.values():
        if not {"source_id", "locator"} <= set(table.header):
            continue
        columns = [column for column in table.header if column != table.described.key]
        first: dict[tuple[str, ...], Row] = {}
        for row in table.rows:
            cells = tuple([row.cells[column] for column in columns])
            other = first.setdefault(cells, row)
            if other is not row:
                key = other.cells.get(table.described.key, "")
                yield Problem(
                    "duplicate-row",
                    table.place(row, table.described.key),
                    found=f"the cells of line {other.line}, row {key}",
                    expected="a row that differs from every other in more than its key",
                    fix="take one of the two out, or say in a cell what sets them apart.",
                )


def _listed(root: Path, findings: list[Problem]) -> Iterator[_Listed]:
    read = read_json(root / _DESCRIPTOR, _DESCRIPTOR, findings)
    if read is None:
        return
    findings += _described(read.content)
    findings += package_problems(read)
    listed = read.content.get("resources")
    seen: set[str] = set()
    for position, item in enumerate(listed if isinstance(listed, list) else [], start=1):
        found = resource(item)
        if found is None:
            problem = Problem(
                "bad-schema",
                read.place("resources", position - 1),
                found=f"resource {position} without name, path or schema",
                expected="all three, as text",
                fix="add what is missing.",
            )
            findings.append(problem)
            continue
        if found.name in seen:
            continue  # which is a finding
        seen.add(found.name)
        raw, schema = _schema(root, f"data/{found.schema}", findings)
        yield _Listed(found.name, f"data/{found.path}", raw, schema, found.generated)


def _described(content: dict[str, Any]) -> Iterator[Problem]:
    for word in ("title", "description"):
        if not isinstance(content.get(word), str) or not content[word].strip():
            yield Problem(
                "missing-description",
                Place(_DESCRIPTOR),
                found=f"no {word}",
                expected=f"a {word} of the data package",
                fix=f'add "{word}".',
            )
    if not isinstance(content.get("resources"), list):
        yield Problem(
            "bad-schema",
            Place(_DESCRIPTOR),
            found="no list of resources",
            expected='"resources": [...]',
            fix="list the tables.",
        )


def _schema(root: Path, path: str, findings: list[Problem]) -> tuple[dict[str, Any], Schema]:
    read = read_json(root / path, path, findings)
    if read is None:
        return {}, Schema(path)
    schema = read_schema(path, read.content)
    findings += schema_problems(read.content, schema, read.text)
    return read.content, schema


def _foreign(root: Path, schema: Schema, schemas: dict[str, Schema]) -> Iterator[Problem]:
    for what, table, column in references(schema):
        if table in schemas and (not schemas[table].fields or column in schemas[table].names):
            continue
        wrong = (column, schemas[table].names) if table in schemas else (table, tuple(schemas))
        otherwise = "name a table of the data package and one of its fields."
        name = f"{table}.{column}" if what.startswith(("rule", "the list")) else table
        text = read_text(root / schema.path, schema.path, []) or ""
        yield Problem(
            "unknown-field",
            Description(schema.path, {}, text).naming(name, wrong[0]),
            found=f"{what} names {quoted(f'{table}.{column}')}",
            expected="a table of the data package and one of its fields",
            fix=did_you_mean(*wrong, otherwise),
        )


def _read(root: Path, item: _Listed, findings: list[Problem]) -> Table | None:
    file = root / item.path
    if not file.is_file():
        fix = "restore the file, or take it out of the data package."
        if item.generated:
            fix = f"run '{item.generated}', which writes it."
        problem = Problem(
            "missing-file",
            Place(item.path),
            found="no such file",
            expected=f"the table {item.name}, which {_DESCRIPTOR} lists",
            fix=fix,
        )
        findings.append(problem)
        return None
    raw, schema = item.raw, item.schema
    table, found = read_table(file, item.name, item.path, raw, schema, item.generated)
    if item.generated:
        again = f"run '{item.generated}', which writes it."
        found = [replace(f, fix=again) if f.code == "empty-file" else f for f in found]
    findings += found
    return table


def _unlisted(root: Path, items: list[_Listed]) -> Iterator[Problem]:
    listed = {item.path for item in items}
    if not listed:
        return  # the data package itself could not be read, and that is a finding
    known = {*listed, *(item.schema.path for item in items), _DESCRIPTOR}
    for file in sorted((root / "data").rglob("*")):
        path = file.relative_to(root).as_posix()
        if path in known or not file.is_file():
            continue
        table = file.suffix == ".csv"
        otherwise = f"list it in {_DESCRIPTOR} with a schema, or move it out of data/."
        absent = [other for other in listed if not (root / other).exists()]
        yield Problem(
            "unlisted-file",
            Place(path),
            found="a table that is not listed" if table else "a file that is no part of the data",
            expected=f"a resource of {_DESCRIPTOR}" if table else "tables, schemas, nothing else",
            fix=did_you_mean(path, absent, otherwise) if table else "move it out of data/.",
        )
