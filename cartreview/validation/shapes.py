"""What the keys of a description may be, so that a key misspelt is no check switched off.

Vocabulary
----------
shape   the keys that an object of a description may have, and the form of each value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from cartreview.validation.json_files import Description
from cartreview.validation.problems import Problem, did_you_mean, listed, quoted
from cartreview.validation.schemas import (
    OPTIONAL,
    RULES,
    TYPES,
    as_mapping,
    as_sequence,
    dotted,
    single,
)

__all__ = ["GENERATED", "package_problems", "shape_problems"]

# Tables that a command writes, each with the command. Nobody checks them as edited by hand, and
# they do not count in the data version: so no other table may say that it is one.
GENERATED = {
    "candidates": "cartreview search",
    "changes": "make accept",
    "claims": "make accept",
    "guard": "make guard",
    "runs": "cartreview status --done",
    "simulation": "make simulate",
}

Form = tuple[str, Callable[[Any], bool]]


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _distinct(value: Any) -> bool:
    return _texts(value) and len(set(value)) == len(value)


def _is_number(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, float) and math.isfinite(value))


def _mapped(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(one) for one in value.values())


def _file(value: Any) -> bool:
    return not isinstance(value, str) or re.search(r"^/|\.\.|[:\\]", value) is None


ANYTHING: Form = ("", lambda value: True)  # another check knows the form
TEXT: Form = ("text", _is_text)
FLAG: Form = ("true or false, without quotes", lambda value: isinstance(value, bool))
NUMBER: Form = ("a number, without quotes and within bounds", _is_number)
LIST: Form = ("a list", lambda value: isinstance(value, list))
OBJECT: Form = ("an object", lambda value: isinstance(value, dict))
TEXTS: Form = ("a list of texts", _texts)
DISTINCT: Form = ("a list of texts, each once", _distinct)
MEANINGS: Form = ("an object of texts", _mapped)
ONE: Form = ("the name of one field", lambda value: bool(single(value)))
DOTTED: Form = ("table.column", lambda value: dotted(value) is not None)
FILE: Form = ("a path within data/", _file)
STATE: Form = ("living or frozen", lambda value: value in ("living", "frozen"))
DAY: Form = ("a number of whole days", _is_days)
DAYS: Form = (
    "an object of jobs, each with its whole days",
    lambda value: isinstance(value, dict) and all(map(_is_days, value.values())),
)
EMPTY: Form = ('[""]: only an empty cell is missing', lambda value: value == [""])

PACKAGE: dict[str, Form] = {
    **dict.fromkeys(("title", "description", "resources"), ANYTHING),
    **dict.fromkeys(("profile", "name", "version", "id", "created", "homepage", "image"), TEXT),
    **dict.fromkeys(("licenses", "contributors", "sources"), LIST),
    "keywords": TEXTS,
    "living": OBJECT,
}
LIVING: dict[str, Form] = {
    "state": STATE,
    **dict.fromkeys(("since", "why"), TEXT),
    "every_days": DAYS,
    "grace_days": DAY,
}
RESOURCE: dict[str, Form] = {
    **dict.fromkeys(("profile", "title", "description"), TEXT),
    **dict.fromkeys(("format", "mediatype", "encoding", "checked", "generated"), TEXT),
    "name": ANYTHING,
    **dict.fromkeys(("path", "schema"), FILE),
}
TABLE: dict[str, Form] = {
    **dict.fromkeys(("title", "description", "fields", "primaryKey"), ANYTHING),
    **dict.fromkeys(("foreignKeys", "rules"), LIST),
    "missingValues": EMPTY,
}
FIELD: dict[str, Form] = {
    **dict.fromkeys(("name", "type", "title", "description"), ANYTHING),
    **dict.fromkeys(("unit", "separator", "printed_in"), TEXT),
    **dict.fromkeys(("constraints", "items"), OBJECT),
    **dict.fromkeys(("meanings", "item_meanings"), MEANINGS),
    **dict.fromkeys(("trueValues", "falseValues"), TEXTS),
    "printed": FLAG,
}
CONSTRAINTS: dict[str, Form] = {
    **dict.fromkeys(("required", "unique"), FLAG),
    **dict.fromkeys(("minimum", "maximum"), NUMBER),
    "pattern": ANYTHING,
    "enum": DISTINCT,
}
ITEMS: dict[str, Form] = {"pattern": ANYTHING, "enum": DISTINCT, "reference": DOTTED}
FOREIGN_KEY: dict[str, Form] = {"fields": ONE, "reference": OBJECT}
REFERENCE: dict[str, Form] = {"resource": TEXT, "fields": ONE}
# What holds for a field of some types alone: elsewhere it would be obeyed by nobody.
_FOR_TYPES = {
    **dict.fromkeys(("minimum", "maximum"), ("integer", "number")),
    **dict.fromkeys(("pattern", "enum"), ("string",)),
}


def shape_problems(schema: Description) -> Iterator[Problem]:
    """Find the keys of a Table Schema that say nothing, and values in another form.

    Parameters
    ----------
    schema : Description
        The schema as JSON has it.

    Yields
    ------
    Problem
        Each key that the checks would silently pass over.

    Examples
    --------
    >>> field = {"name": "a", "constraints": {"requierd": True}}
    >>> [bad.fix[:24] for bad in shape_problems(Description("s.json", {"fields": [field]}))]
    ["did you mean 'required'?"]
    """
    yield from _shaped(schema, (), TABLE)
    for at, field in _objects(schema.content.get("fields")):
        keys = ("fields", at)
        yield from _shaped(schema, keys, FIELD)
        yield from _shaped(schema, (*keys, "constraints"), CONSTRAINTS)
        yield from _shaped(schema, (*keys, "items"), ITEMS)
        yield from _idle(schema, at, field)
    for at, _ in _objects(schema.content.get("foreignKeys")):
        yield from _shaped(schema, ("foreignKeys", at), FOREIGN_KEY, whole=True)
        yield from _shaped(schema, ("foreignKeys", at, "reference"), REFERENCE, whole=True)
    for at, rule in _objects(schema.content.get("rules")):
        yield from _shaped(schema, ("rules", at), _parts(rule))
        where = as_mapping(rule.get("where"))
        yield from _shaped(schema, ("rules", at, "where"), dict.fromkeys(where, TEXT))


def _objects(value: Any) -> list[tuple[int, dict[str, Any]]]:
    return [(at, as_mapping(item)) for at, item in enumerate(as_sequence(value))]


def _parts(rule: dict[str, Any]) -> dict[str, Form]:
    code = rule.get("rule")
    if not isinstance(code, str) or code not in RULES:
        return {}
    names = ("rule", *(name for part in RULES[code] for name in part), *OPTIONAL.get(code, ()))
    return {**dict.fromkeys(names, ANYTHING), "where": OBJECT}


def _shaped(
    read: Description, keys: tuple[str | int, ...], shape: dict[str, Form], *, whole: bool = False
) -> Iterator[Problem]:
    found: Any = read.content
    for key in keys:
        found = as_sequence(found)[key] if isinstance(key, int) else as_mapping(found).get(key)
    items = as_mapping(found)
    for key, value in items.items() if shape else ():
        if key in shape and shape[key][1](value):
            continue
        place = read.place(*keys, key, column=_column(read, keys))
        if key not in shape:
            fix = did_you_mean(key, list(shape), "take it out: nothing reads it.")
            expected = listed(list(shape))
            yield Problem(
                "bad-schema", place, found=f"the key {quoted(key)}", expected=expected, fix=fix
            )
        else:
            yield Problem(
                "bad-schema",
                place,
                found=f"{key} {quoted(value) if isinstance(value, str) else _shown(value)}",
                expected=shape[key][0],
                fix="write it in that form: in another one it is not obeyed.",
            )
    if whole and isinstance(found, dict):
        for key in shape.keys() - items.keys():
            yield Problem(
                "bad-schema",
                read.place(*keys, column=_column(read, keys)),
                found=f"no {key}",
                expected=shape[key][0],
                fix=f'add "{key}": without it nothing is checked.',
            )


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return quoted(str(value))[1:-1]


def _column(read: Description, keys: tuple[str | int, ...]) -> str:
    if keys[:1] != ("fields",):
        return str(keys[0]) if keys else ""
    field = read.content["fields"][keys[1]]
    name = as_mapping(field).get("name")
    return name if isinstance(name, str) else ""


def _idle(schema: Description, at: int, field: dict[str, Any]) -> Iterator[Problem]:
    name, kind = field.get("name"), field.get("type")
    limits = as_mapping(field.get("constraints"))
    column = name if isinstance(name, str) else ""
    keys = ("fields", at, "constraints")
    for key, types in _FOR_TYPES.items():
        alone = key in ("pattern", "enum") and "separator" in field
        if key in limits and kind in TYPES and (kind not in types or alone):
            yield Problem(
                "bad-schema",
                schema.place(*keys, column=column),
                found=f"{key} of {'a list' if alone else f'type {kind!r}'}",
                expected=f"{key} of {' or '.join(types)}" + (" that is no list" if alone else ""),
                fix='write it under "items".' if alone else "take it out, or correct the type.",
            )
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None and high is not None and _is_number(low) and _is_number(high) and low > high:
        found, expected = f"minimum {low}, maximum {high}", "minimum at most maximum"
        place = schema.place(*keys, column=column)
        yield Problem("bad-schema", place, found=found, expected=expected, fix="swap the two.")
    if "items" in field and not field.get("separator"):
        found, expected = "items without separator", "a separator of the items"
        place = schema.place("fields", at, "items", column=column)
        yield Problem("bad-schema", place, found=found, expected=expected, fix='add "separator".')


def package_problems(package: Description) -> Iterator[Problem]:
    """Find what in the data package says nothing, or says it twice.

    Parameters
    ----------
    package : Description
        ``data/datapackage.json``.

    Yields
    ------
    Problem
        Keys that nothing reads, a table twice, a table wrongly said to be generated.
    """
    yield from _shaped(package, (), PACKAGE)
    yield from _shaped(package, ("living",), LIVING)
    if "version" not in package.content:
        yield Problem(
            "bad-schema",
            package.place(),
            found="no version",
            expected="a version of the tables, such as 2026.11.1",
            fix='add "version": a citation names it.',
        )
    seen: dict[tuple[str, str], int] = {}
    for at, resource in _objects(package.content.get("resources")):
        yield from _shaped(package, ("resources", at), RESOURCE)
        for key in ("name", "path", "schema"):
            value = resource.get(key)
            if isinstance(value, str) and (key, value) in seen:
                other = package.place("resources", seen[key, value], key)
                yield Problem(
                    "bad-schema",
                    package.place("resources", at, key, column=key),
                    found=f"the {key} {quoted(value)}, which line {other.line} has too",
                    expected="each table once",
                    fix="take one of the two resources out.",
                )
            elif isinstance(value, str):
                seen[key, value] = at
        yield from _generator(package, at, resource)


def _generator(package: Description, at: int, resource: dict[str, Any]) -> Iterator[Problem]:
    name, says = resource.get("name"), resource.get("generated")
    writes = GENERATED.get(name) if isinstance(name, str) else None
    if says == writes or (says is not None and not isinstance(says, str)):
        return
    found = f"generated {quoted(says)}" if says else "no generated"
    yield Problem(
        "bad-schema",
        package.place("resources", at, "generated", column="generated"),
        found=f"{found} for the table {name}",
        expected=f'"generated": "{writes}"' if writes else "no such key: people edit the table",
        fix="write it so: generated tables count in no version and in no guard."
        if writes
        else "take it out; a command that writes a table is named in GENERATED of shapes.py.",
    )
