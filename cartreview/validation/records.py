"""Check the records of a package: types, values, keys, references, rules. Pure, in memory, fast.

The mutation guard checks a package thousands of times with one cell changed. So the work is planned
once for a set of schemas, as steps that name the columns they read, and only steps that read a
changed column run again; cells once found good are not read again.

Vocabulary
----------
step     one check of one column or one rule of one table.
column   written ``table.column`` where it stands outside its table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cartreview.validation.fields import check_cell
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import Problem, did_you_mean, quoted
from cartreview.validation.rules import ROW_RULES
from cartreview.validation.schemas import Field, Rule, Schema, foreign_names, own_names

__all__ = ["check_records"]

_Tables = tuple[tuple[str, tuple[str, ...], Schema], ...]  # name, header, description
_Schemas = tuple[tuple[str, Schema], ...]


@dataclass(frozen=True)
class _Step:
    """A check and the columns it reads."""

    reads: frozenset[str]
    run: Callable[[Package], Iterator[Problem]]


def check_records(package: Package, names: Collection[str] | None = None) -> Iterator[Problem]:
    """Check every record of a package, or what can break when some tables changed.

    Parameters
    ----------
    package : Package
        What ``read_package`` gives, or a copy with cells changed.
    names : collection of str, optional
        Tables (``"outcomes"``) or columns (``"outcomes.events"``) that changed. Only checks that
        read one of them run: of those tables, and of tables that refer to them.

    Yields
    ------
    Problem
        In the order of tables and columns.

    Examples
    --------
    >>> list(check_records(Package({})))
    []
    """
    for step in _steps(package, names):
        yield from step.run(package)


def _steps(package: Package, names: Collection[str] | None) -> tuple[_Step, ...]:
    tables = tuple([(name, table.header, table.described) for name, table in package.items()])
    schemas = tuple(package.schemas.items())
    return _chosen(tables, schemas, None if names is None else frozenset(names))


# Packages that differ in cells have the same headers and descriptions.
@lru_cache(maxsize=16)
def _planned(tables: _Tables, schemas: _Schemas) -> tuple[_Step, ...]:
    known = dict(schemas)
    return tuple([step for table in tables for step in _plan(*table, known)])


@lru_cache(maxsize=1024)
def _chosen(tables: _Tables, schemas: _Schemas, names: frozenset[str] | None) -> tuple[_Step, ...]:
    steps = _planned(tables, schemas)
    return steps if names is None else tuple([s for s in steps if _concerned(s, names)])


def _concerned(step: _Step, names: Collection[str]) -> bool:
    return any(read in names or read.partition(".")[0] in names for read in step.reads)


def _plan(
    name: str, header: tuple[str, ...], schema: Schema, schemas: dict[str, Schema]
) -> Iterator[_Step]:
    present = [field for field in schema.fields if field.name in header]
    for field in present:
        yield _Step(frozenset([f"{name}.{field.name}"]), _cells_step(name, field, schema))
        if field.unique or field.name == schema.key:
            yield _Step(frozenset([f"{name}.{field.name}"]), _unique_step(name, field.name))
    for column, separator, target in _pointers(schema):
        if column in header and _exists(target, schemas):
            reads = frozenset([f"{name}.{column}", ".".join(target)])
            yield _Step(reads, _reference_step(name, column, separator, target))
    for rule in schema.rules:
        if _can_run(rule, header, schemas):
            yield _Step(_reads(rule, name, schemas), _rule_step(name, rule))
    if name == "sources" and {schema.key, "year"} <= set(header):
        yield _Step(frozenset(["sources.source_id", "sources.year"]), _entries)


def _pointers(schema: Schema) -> Iterator[tuple[str, str, tuple[str, str]]]:
    for column, target in schema.references:
        yield column, "", target
    for field in schema.fields:
        if field.separator and field.item_reference:
            yield field.name, field.separator, field.item_reference


def _exists(target: tuple[str, str], schemas: dict[str, Schema]) -> bool:
    return target[0] in schemas and target[1] in schemas[target[0]].names


def _can_run(rule: Rule, header: tuple[str, ...], schemas: dict[str, Schema]) -> bool:
    other = [tuple(name.split(".", 1)) for name in foreign_names(rule)]
    return set(own_names(rule)) <= set(header) and all(
        _exists((pair[0], pair[1]), schemas) for pair in other
    )


def _reads(rule: Rule, name: str, schemas: dict[str, Schema]) -> frozenset[str]:
    own = [f"{name}.{column}" for column in own_names(rule)]
    other = foreign_names(rule)
    keys = [f"{table}.{schemas[table].key}" for table in {o.partition(".")[0] for o in other}]
    explained = [f"disagreements.{rule['group']}", "disagreements.kind"] if "total" in rule else []
    return frozenset([*own, *other, *keys, *explained])


def _cells_step(name: str, field: Field, schema: Schema) -> Callable[[Package], Iterator[Problem]]:
    # An empty key is a missing key, which the step of the key reports.
    checked = replace(field, required=False) if field.name == schema.key else field
    good: set[str] = set()

    def run(package: Package) -> Iterator[Problem]:
        table = package[name]
        for row in table.rows:
            text = row.cells[field.name]
            if text in good:
                continue
            problems = list(check_cell(checked, text, schema.path))
            if not problems:
                good.add(text)
            for problem in problems:
                yield problem.at(table.place(row, field.name))

    return run


def _unique_step(name: str, column: str) -> Callable[[Package], Iterator[Problem]]:
    def run(package: Package) -> Iterator[Problem]:
        table = package[name]
        key = column == table.described.key
        first: dict[str, int] = {}
        for row in table.rows:
            text = row.cells[column]
            if text in first:
                yield Problem(
                    "duplicate-key",
                    table.place(row, column),
                    found=quoted(text),
                    expected=f"a value that no other row has; line {first[text]} has it",
                    fix="give the row a value of its own, or take one of the two rows out.",
                )
            elif text:
                first[text] = row.line
            elif key:
                yield Problem(
                    "missing-key",
                    table.place(row, column),
                    found="an empty cell",
                    expected="a key, unique in the table",
                    fix="give the row a key.",
                )

    return run


def _reference_step(
    name: str, column: str, separator: str, target: tuple[str, str]
) -> Callable[[Package], Iterator[Problem]]:
    def run(package: Package) -> Iterator[Problem]:
        table, other = package[name], package.tables.get(target[0])
        if other is None or target[1] not in other.header:
            return
        known = other.values(target[1])
        if not separator and table.values(column) <= known:
            return
        for row in table.rows:
            text = row.cells[column]
            for item in _items(text, separator):
                if item not in known:
                    yield _unknown(item, other, target).at(table.place(row, column))

    return run


def _items(text: str, separator: str) -> list[str]:
    parts = text.split(separator) if separator else [text]
    return [item for item in map(str.strip, parts) if item]


def _unknown(item: str, other: Table, target: tuple[str, str]) -> Problem:
    otherwise = f"a new row is added to {other.path} first."
    return Problem(
        "broken-reference",
        found=quoted(item),
        expected=f"a {target[1]} of {other.path}",
        fix=did_you_mean(item, other.values(target[1]), otherwise),
    )


def _rule_step(name: str, rule: Rule) -> Callable[[Package], Iterator[Problem]]:
    others = foreign_names(rule)

    def run(package: Package) -> Iterator[Problem]:
        table = package[name]
        if _readable(package, others):
            yield from ROW_RULES[rule["rule"]](package, table, rule)

    return run


def _readable(package: Package, columns: Iterable[str]) -> bool:
    pairs = [column.split(".", 1) for column in columns]
    return all(t in package.tables and c in package[t].header for t, c in pairs)


def _entries(package: Package) -> Iterator[Problem]:
    """Compare the sources with the entries of references.bib."""
    table, entries = package["sources"], package.entries
    if entries is None:
        return
    column = table.described.key
    for row in table.rows:
        key, year = row.cells[column], row.cells["year"]
        if key and key not in entries:
            otherwise = "add the entry to references.bib, or take the row out."
            yield Problem(
                "missing-entry",
                table.place(row, column),
                found=quoted(key),
                expected="the key of an entry of references.bib",
                fix=did_you_mean(key, entries, otherwise),
            )
        elif year and key and entries[key].year not in ("", year):
            yield Problem(
                "year-mismatch",
                table.place(row, "year"),
                found=year,
                expected=f"{entries[key].year}, the year of the entry in references.bib",
                fix="compare both with the page that confirms the publication.",
            )
