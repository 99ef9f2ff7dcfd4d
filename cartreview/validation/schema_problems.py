"""What is wrong with a Table Schema: descriptions it lacks, names that do not exist, odd rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cartreview.validation.problems import did_you_mean
from cartreview.validation.schemas import (
    RULES,
    TYPES,
    Schema,
    applicable,
    as_mapping,
    as_pattern,
    as_sequence,
    as_text,
    as_texts,
    own_names,
)

__all__ = ["SchemaFault", "schema_problems"]


@dataclass(frozen=True)
class SchemaFault:
    """What is wrong with a description, and the JSON string that stands at its place."""

    code: str
    at: str
    column: str
    found: str
    expected: str
    fix: str


def schema_problems(raw: dict[str, Any], schema: Schema) -> Iterator[SchemaFault]:
    """Say what in a Table Schema cannot be used or is not described.

    Parameters
    ----------
    raw : dict
        What JSON gives.
    schema : Schema
        The same, read.

    Yields
    ------
    SchemaFault
        Names in other tables are not looked up: see ``schemas.references``.

    Examples
    --------
    >>> [problem.found for problem in schema_problems({"title": "T"}, Schema("s.json"))]
    ['no description', 'no list of fields']
    """
    yield from _described(raw, "")
    yield from _structure(raw)
    yield from _own_names(schema)


def _described(raw: dict[str, Any], name: str) -> Iterator[SchemaFault]:
    for word in ("title", "description"):
        if not as_text(raw.get(word)).strip():
            yield SchemaFault(
                "missing-description",
                name,
                name,
                f"no {word}",
                f"a {word} of the {'field' if name else 'table'}",
                f'add "{word}": every field and table is described once, in its schema.',
            )


def _bad(at: str, column: str, *words: str) -> SchemaFault:
    found, expected, fix = words
    return SchemaFault("bad-schema", at, column, found, expected, fix)


def _structure(raw: dict[str, Any]) -> Iterator[SchemaFault]:
    fields = raw.get("fields")
    if not isinstance(fields, list) or not fields:
        fix = "describe each column of the table."
        yield _bad("", "", "no list of fields", '"fields": [...]', fix)
    seen: set[str] = set()
    for position, item in enumerate(as_sequence(fields), start=1):
        name = as_text(as_mapping(item).get("name"))
        if not name or name in seen:
            found = f"field {position} {'comes twice' if name else 'has no name'}"
            fix = "give the field a name of its own."
            yield _bad(name, name, found, "fields with a name each", fix)
            continue
        seen.add(name)
        yield from _described(item, name)
        yield from _usable(name, item)
        yield from _explained(name, item)
    yield from _rules(raw)


def _usable(name: str, item: dict[str, Any]) -> Iterator[SchemaFault]:
    if item.get("type") not in TYPES:
        words = (f"type {item.get('type')!r}", f"one of {', '.join(TYPES)}")
        yield _bad(name, name, *words, "choose a type that the checks know.")
    for place in (as_mapping(item.get("constraints")), as_mapping(item.get("items"))):
        pattern = place.get("pattern")
        if pattern is not None and as_pattern(pattern) is None:
            found = f"pattern {pattern!r}"
            yield _bad(name, name, found, "a regular expression", "mend the pattern.")


def _explained(name: str, item: dict[str, Any]) -> Iterator[SchemaFault]:
    for place, word in (("constraints", "meanings"), ("items", "item_meanings")):
        allowed = as_texts(as_mapping(item.get(place)).get("enum"))
        meant = tuple(as_mapping(item.get(word)))
        if word not in item or set(allowed) == set(meant):
            continue
        found = [f"{value!r} without meaning" for value in allowed if value not in meant]
        found += [f"{value!r} not allowed" for value in meant if value not in allowed]
        expected = f"the same values in enum and in {word}"
        fix = "add what is missing, or take out what is too much."
        yield SchemaFault("meanings-mismatch", name, name, ", ".join(found), expected, fix)


def _rules(raw: dict[str, Any]) -> Iterator[SchemaFault]:
    for rule in as_sequence(raw.get("rules")):
        code = as_text(as_mapping(rule).get("rule"))
        if code not in RULES:
            words = (f"rule {code!r}", f"one of {', '.join(RULES)}")
            yield _bad(code, "rules", *words, "name a rule that the checks know.")
        elif not applicable(rule):
            parts = ", ".join(name for part in RULES[code] for name in part)
            words = (f"rule {code}, not as it should be", f"{parts}; elsewhere as table.column")
            yield _bad(code, "rules", *words, "name every part of the rule.")


def _own_names(schema: Schema) -> Iterator[SchemaFault]:
    named = [("the primary key", schema.key)] if schema.key else []
    named += [("a foreign key", column) for column, _ in schema.references]
    named += [(f"rule {rule['rule']}", name) for rule in schema.rules for name in own_names(rule)]
    for what, name in dict.fromkeys(named):
        if name not in schema.names:
            fix = did_you_mean(name, schema.names, "name a field that the schema describes.")
            words = (f"{what} names {name!r}", "a field of the schema", fix)
            yield SchemaFault("unknown-field", name, name, *words)
    if not schema.key and schema.fields:
        found, expected = "no primary key of one field", "a field that names a row"
        yield _bad("primaryKey", "", found, expected, 'add "primaryKey".')
