"""Rules of studies: each is registered once, was found by a search, and has its reports.

Vocabulary
----------
pair   a study and a source.
"""

from __future__ import annotations

from collections.abc import Iterator

from cartreview._package import Row
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import Problem, quoted
from cartreview.validation.schemas import Rule

__all__ = [
    "duplicate_registration",
    "incomplete_set",
    "no_report",
    "repeated_pair",
    "unlinked_registration",
    "unscreened_study",
]


def duplicate_registration(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find studies whose registration stands in another study."""
    column = rule["registrations"]
    separator = next(f.separator for f in table.described.fields if f.name == column)
    first: dict[str, Row] = {}
    for row in table.where(rule.get("where")):
        for item in filter(None, row.cells[column].split(separator or None)):
            other = first.setdefault(item, row)
            if other is row:
                continue
            key = other.cells[table.described.key]
            yield Problem(
                rule["rule"],
                table.place(row, column),
                found=quoted(item),
                expected="a registration that no other study has; "
                f"{quoted(other.cells[rule['name']])} has it ({key}, {table.path}:{other.line})",
                fix=f"it is the same study: enter the new report and its results under {key}.",
            )


def unlinked_registration(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find registered trials that do not name the study with their registration, or another."""
    name, _, column = rule["registered"].partition(".")
    studies = package[name]
    separator = next(f.separator for f in studies.described.fields if f.name == column)
    owner = {
        item: row.cells[studies.described.key]
        for row in studies.rows
        for item in filter(None, row.cells[column].split(separator or None))
    }
    for row in table.where(rule.get("where")):
        named, right = row.cells[rule["study"]], owner.get(row.cells[rule["registration"]], "")
        if named == right:
            continue
        yield Problem(
            rule["rule"],
            table.place(row, rule["study"]),
            found=quoted(named) if named else "an empty cell",
            expected=f"{right}, which has {row.cells[rule['registration']]} in {studies.path}"
            if right
            else f"an empty cell, since no study has {row.cells[rule['registration']]}",
            fix=f"write {right}."
            if right
            else f"add the registration to {named}, or empty the cell.",
        )


def unscreened_study(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find studies of which no row of the screening says how they were found."""
    name, _, column = rule["screened"].partition(".")
    known = package[name].values(column)
    for row in table.where(rule.get("where")):
        key = row.cells[rule["study"]]
        if key and key not in known:
            yield Problem(
                rule["rule"],
                table.place(row, rule["study"]),
                found=f"no row of {package[name].path} with {column} {key}",
                expected="a row that says which search found the study, and that it was included",
                fix=f"add the candidate to {package[name].path}, with {column} {key}.",
            )


def repeated_pair(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find rows that share all of some columns with another row."""
    first: dict[tuple[str, ...], Row] = {}
    for row in table.where(rule.get("where")):
        values = tuple(row.cells[column] for column in rule["names"])
        other = first.setdefault(values, row)
        if other is not row and all(values):
            yield Problem(
                rule["rule"],
                table.place(row, rule["names"][-1]),
                found=" with ".join(map(quoted, values)),
                expected=f"{' and '.join(rule['names'])} together in one row; "
                f"line {other.line} has both",
                fix="take one of the two rows out, and keep what either says.",
            )


def incomplete_set(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find groups of rows that lack some of the values which a column must have in each group."""
    column, names = rule["item"], rule["names"]
    wanted = next(field.enum for field in table.described.fields if field.name == column)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in table.where(rule.get("where")):
        groups.setdefault(tuple(row.cells[name] for name in names), []).append(row)
    for key, rows in groups.items():
        missing = [value for value in wanted if value not in {row.cells[column] for row in rows}]
        if missing and all(key):
            yield Problem(
                rule["rule"],
                table.place(rows[0], column),
                found=f"no row of {' and '.join(map(quoted, key))} with {', '.join(missing)}",
                expected=f"a row for each {column} where {' and '.join(names)} has one",
                fix="judge what is missing; what was not read is 'unclear', with the reason.",
            )


def no_report(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find pairs of a study and a source that the table of reports lacks."""
    name = rule["of"][0].partition(".")[0]
    columns = [place.partition(".")[2] for place in rule["of"]]
    known = {tuple(row.cells[column] for column in columns) for row in package[name].rows}
    told: set[tuple[str, str]] = set()
    for row in table.where(rule.get("where")):
        pair = row.cells[rule["study"]], row.cells[rule["source"]]
        if not all(pair) or pair in known or pair in told:
            continue
        told.add(pair)
        yield Problem(
            rule["rule"],
            table.place(row, rule["source"]),
            found=f"{quoted(pair[1])} used for the study {quoted(pair[0])}",
            expected=f"a row of {package[name].path} with both",
            fix=f"add the report to {package[name].path}, or correct {rule['study']} or "
            f"{rule['source']}.",
        )
