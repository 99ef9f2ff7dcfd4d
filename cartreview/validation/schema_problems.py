"""What is wrong with a Table Schema: descriptions it lacks, names that do not exist, odd rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cartreview.validation.json_files import Description
from cartreview.validation.problems import Place, Problem, did_you_mean
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
from cartreview.validation.shapes import shape_problems

__all__ = ["schema_problems"]


_Where = Callable[[str, str], Place]


def schema_problems(raw: dict[str, Any], schema: Schema, text: str = "") -> Iterator[Problem]:
    """Say what in a Table Schema cannot be used or is not described.

    Parameters
    ----------
    raw : dict
        What JSON gives.
    schema : Schema
        The same, read.
    text : str
        The same, as it stands in the file, for lines.

    Yields
    ------
    Problem
        Names in other tables are not looked up: see ``schemas.references``.

    Examples
    --------
    >>> [problem.found for problem in schema_problems({"title": "T"}, Schema("s.json"))]
    ['no description', 'no list of fields']
    """
    read = Description(schema.path, raw, text)
    where = read.naming
    yield from shape_problems(read)
    yield from _described(raw, "", where)
    yield from _structure(raw, where)
    yield from _own_names(schema, where)


def _described(raw: dict[str, Any], name: str, where: _Where) -> Iterator[Problem]:
    for word in ("title", "description"):
        if not as_text(raw.get(word)).strip():
            yield Problem(
                "missing-description",
                where(name, name),
                found=f"no {word}",
                expected=f"a {word} of the {'field' if name else 'table'}",
                fix=f'add "{word}": every field and table is described once, in its schema.',
            )


def _structure(raw: dict[str, Any], where: _Where) -> Iterator[Problem]:
    fields = raw.get("fields")
    if not isinstance(fields, list) or not fields:
        yield Problem(
            "bad-schema",
            where("", ""),
            found="no list of fields",
            expected='"fields": [...]',
            fix="describe each column of the table.",
        )
    seen: set[str] = set()
    for position, item in enumerate(as_sequence(fields), start=1):
        name = as_text(as_mapping(item).get("name"))
        if not name or name in seen:
            yield Problem(
                "bad-schema",
                where(name, name),
                found=f"field {position} {'comes twice' if name else 'has no name'}",
                expected="fields with a name each",
                fix="give the field a name of its own.",
            )
            continue
        seen.add(name)
        yield from _described(item, name, where)
        yield from _usable(item, where(name, name))
        yield from _explained(item, where(name, name))
    yield from _rules(raw, where)


def _usable(item: dict[str, Any], place: Place) -> Iterator[Problem]:
    if item.get("type") not in TYPES:
        yield Problem(
            "bad-schema",
            place,
            found=f"type {item.get('type')!r}",
            expected=f"one of {', '.join(TYPES)}",
            fix="choose a type that the checks know.",
        )
    for limits in (as_mapping(item.get("constraints")), as_mapping(item.get("items"))):
        pattern = limits.get("pattern")
        if pattern is not None and as_pattern(pattern) is None:
            yield Problem(
                "bad-schema",
                place,
                found=f"pattern {pattern!r}",
                expected="a regular expression, without a repeat of what repeats",
                fix="mend the pattern.",
            )


def _explained(item: dict[str, Any], place: Place) -> Iterator[Problem]:
    for limits, word in (("constraints", "meanings"), ("items", "item_meanings")):
        allowed = as_texts(as_mapping(item.get(limits)).get("enum"))
        meant = tuple(as_mapping(item.get(word)))
        if word not in item or set(allowed) == set(meant):
            continue
        found = [f"{value!r} without meaning" for value in allowed if value not in meant]
        found += [f"{value!r} not allowed" for value in meant if value not in allowed]
        yield Problem(
            "meanings-mismatch",
            place,
            found=", ".join(found),
            expected=f"the same values in enum and in {word}",
            fix="add what is missing, or take out what is too much.",
        )


def _rules(raw: dict[str, Any], where: _Where) -> Iterator[Problem]:
    for rule in as_sequence(raw.get("rules")):
        code = as_text(as_mapping(rule).get("rule"))
        if code not in RULES:
            yield Problem(
                "bad-schema",
                where(code, "rules"),
                found=f"rule {code!r}",
                expected=f"one of {', '.join(RULES)}",
                fix="name a rule that the checks know.",
            )
        elif not applicable(rule):
            parts = ", ".join(name for part in RULES[code] for name in part)
            yield Problem(
                "bad-schema",
                where(code, "rules"),
                found=f"rule {code}, not as it should be",
                expected=f"{parts}; elsewhere as table.column",
                fix="name every part of the rule.",
            )


def _own_names(schema: Schema, where: _Where) -> Iterator[Problem]:
    named = [("the primary key", schema.key)] if schema.key else []
    named += [("a foreign key", column) for column, _ in schema.references]
    named += [(f"rule {rule['rule']}", name) for rule in schema.rules for name in own_names(rule)]
    for what, name in dict.fromkeys(named):
        if name not in schema.names:
            yield Problem(
                "unknown-field",
                where(name, name),
                found=f"{what} names {name!r}",
                expected="a field of the schema",
                fix=did_you_mean(name, schema.names, "name a field that the schema describes."),
            )
    if not schema.key and schema.fields:
        yield Problem(
            "bad-schema",
            where("primaryKey", ""),
            found="no primary key of one field",
            expected="a field that names a row",
            fix='add "primaryKey".',
        )
