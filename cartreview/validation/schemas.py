"""Table Schemas, read tolerantly: what is not as it should be is left out and is a finding.

``cartreview._tables`` trusts the schemas; the checks must not, for they report what is wrong in
them. Nothing here raises on any JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = [
    "RULES",
    "TYPES",
    "Field",
    "Rule",
    "Schema",
    "foreign_names",
    "own_names",
    "read_schema",
    "references",
]

TYPES = ("string", "integer", "number", "boolean", "date")

# What each rule names: fields of its own table, and "table.column" elsewhere. Any rule may have a
# "where", {column: value}: then it holds for rows with these values only.
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "low-above-high": (("low", "high"), ()),
    "events-above-denominator": (("events", "denominator"), ()),
    "percent-mismatch": (("percent", "events", "denominator"), ()),
    "above-total": (("value", "group"), ("total",)),
    "parts-total": (("part", "group"), ("total",)),
    "not-in-print": (("fragment", "key"), ("of",)),
    "number-not-printed": (("fragment", "numbers"), ()),
    "not-written": (("fragment", "names"), ()),
    "wrong-column": (("locator", "fragment", "key"), ("row", "of")),
    "needs": (("field", "when"), ()),
    "duplicate-registration": (("registrations", "name"), ()),
    "unlinked-registration": (("registration", "study"), ("registered",)),
    "unscreened-study": (("study",), ("screened",)),
    "repeated-pair": (("names",), ()),
    "incomplete-set": (("names", "item"), ()),
    "no-report": (("study", "source"), ("of",)),
}
OPTIONAL = {"number-not-printed": ("unless",)}


@dataclass(frozen=True)
class Field:
    """A field of a table as the checks need it."""

    name: str
    type: str = "string"
    title: str = ""
    unit: str = ""
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: re.Pattern[str] | None = None
    enum: tuple[str, ...] = ()
    separator: str = ""
    item_enum: tuple[str, ...] = ()
    item_pattern: re.Pattern[str] | None = None
    item_reference: tuple[str, str] | None = None
    printed: bool = False
    true_values: tuple[str, ...] = ("true",)
    false_values: tuple[str, ...] = ("false",)


Rule = dict[str, Any]  # a rule of a schema: its name, and the columns and tables that it reads


@dataclass(frozen=True, eq=False)
class Schema:
    """A Table Schema as the checks need it: fields, key, references and rules that can be applied.

    ``references`` maps a column to ``(table, column)``.
    """

    path: str
    fields: tuple[Field, ...] = ()
    key: str = ""
    references: tuple[tuple[str, tuple[str, str]], ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields, in order."""
        return tuple(field.name for field in self.fields)


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def as_mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in as_sequence(value) if isinstance(item, str))


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


# A repeat within a repeat may take longer than anybody waits to say no. What stays harmless is a
# sign that opens each round and that the rest of the round cannot be: "(-[a-z0-9]+)*".
_ROUND = re.compile(r"\((?:\?:)?([-;,. ])\[[a-zA-Z0-9_-]*(?<!-)\](?:[+*]|\{[0-9,]+\})?\)")
_REPEATED = re.compile(r"\)(?:[*+]|\{[0-9]*,?[0-9]*\})")
_LONGEST_PATTERN = 300


def as_pattern(value: Any) -> re.Pattern[str] | None:
    """Read a regular expression; None where it is none, or may take for ever.

    Examples
    --------
    >>> [bool(as_pattern(text)) for text in ("^[a-z]+(-[a-z]+)*$", "(", "^(a+)+$", "^(a|a)*$")]
    [True, False, False, False]
    """
    if not isinstance(value, str) or len(value) > _LONGEST_PATTERN:
        return None
    if _REPEATED.search(re.sub(r"\\.", "x", _ROUND.sub("x", value))):
        return None
    try:
        return re.compile(value)
    except (re.error, OverflowError, RecursionError):
        return None


def dotted(value: Any) -> tuple[str, str] | None:
    """Read ``table.column``.

    Examples
    --------
    >>> dotted("studies.n_patients"), dotted("studies")
    (('studies', 'n_patients'), None)
    """
    table, _, column = as_text(value).partition(".")
    return (table, column) if table and column else None


def single(value: Any) -> str:
    """Read a key of one field, which Table Schema writes as a string or as a list of one.

    Examples
    --------
    >>> single("a"), single(["a"]), single(["a", "b"])
    ('a', 'a', '')
    """
    if isinstance(value, list):
        return as_text(value[0]) if len(value) == 1 else ""
    return as_text(value)


def _field(raw: dict[str, Any]) -> Field:
    limits, items = as_mapping(raw.get("constraints")), as_mapping(raw.get("items"))
    return Field(
        name=raw["name"],
        type=raw["type"] if raw.get("type") in TYPES else "string",
        title=as_text(raw.get("title")),
        unit=as_text(raw.get("unit")),
        required=limits.get("required") is True,
        unique=limits.get("unique") is True,
        minimum=_number(limits.get("minimum")),
        maximum=_number(limits.get("maximum")),
        pattern=as_pattern(limits.get("pattern")),
        enum=as_texts(limits.get("enum")),
        separator=as_text(raw.get("separator")),
        item_enum=as_texts(items.get("enum")),
        item_pattern=as_pattern(items.get("pattern")),
        item_reference=dotted(items.get("reference")),
        printed=raw.get("printed") is True,
        true_values=as_texts(raw.get("trueValues")) or ("true",),
        false_values=as_texts(raw.get("falseValues")) or ("false",),
    )


def read_schema(path: str, raw: dict[str, Any]) -> Schema:
    """Read what can be used of a Table Schema.

    Parameters
    ----------
    path : str
        Path from the root of the checkout.
    raw : dict
        What JSON gives.

    Returns
    -------
    Schema
        Without what is not as Table Schema has it; ``schema_problems`` says what that is.

    Examples
    --------
    >>> read_schema("s.json", {"fields": [{"name": "a", "type": "integer"}, 7]}).names
    ('a',)
    """
    named = [
        item for item in as_sequence(raw.get("fields")) if as_text(as_mapping(item).get("name"))
    ]
    return Schema(
        path=path,
        fields=tuple({item["name"]: _field(item) for item in named}.values()),
        key=single(raw.get("primaryKey")),
        references=tuple(_foreign_keys(raw)),
        rules=tuple(rule for rule in as_sequence(raw.get("rules")) if applicable(rule)),
    )


def _foreign_keys(raw: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for foreign in map(as_mapping, as_sequence(raw.get("foreignKeys"))):
        target = as_mapping(foreign.get("reference"))
        column, other = single(foreign.get("fields")), single(target.get("fields"))
        if column and other and as_text(target.get("resource")):
            yield column, (target["resource"], other)


def applicable(rule: Any) -> bool:
    """Say whether a rule has all its parts, each in its form.

    Examples
    --------
    >>> applicable({"rule": "needs", "field": "unit", "when": "value"})
    True
    >>> applicable({"rule": "needs", "field": "unit"}), applicable("needs")
    (False, False)
    """
    code = as_text(as_mapping(rule).get("rule"))
    if code not in RULES:
        return False
    own, other = RULES[code]
    where = rule.get("where", {})
    return (
        all(_is_name(rule.get(name), many=name in ("numbers", "names")) for name in own)
        and all(_is_name(rule.get(name), many=name == "of") for name in other)
        and all(_is_name(rule.get(name, "-"), many=False) for name in OPTIONAL.get(code, ()))
        and all(dotted(name) for name in foreign_names(rule))
        and isinstance(where, dict)
    )


def _is_name(value: Any, *, many: bool) -> bool:
    if many:
        return isinstance(value, list) and len(as_texts(value)) == len(value) > 0
    return bool(as_text(value))


def own_names(rule: dict[str, Any]) -> list[str]:
    """List the fields of its own table that a rule names."""
    code = rule["rule"]
    named = [rule[name] for name in (*RULES[code][0], *OPTIONAL.get(code, ())) if rule.get(name)]
    flat = [item for part in named for item in (part if isinstance(part, list) else [part])]
    return [as_text(item) for item in [*flat, *as_mapping(rule.get("where"))]]


def foreign_names(rule: dict[str, Any]) -> list[str]:
    """List what a rule names in other tables, as ``table.column``."""
    named = [rule[name] for name in RULES[rule["rule"]][1] if rule.get(name)]
    flat = [item for part in named for item in (part if isinstance(part, list) else [part])]
    return [as_text(item) for item in flat]


def references(schema: Schema) -> Iterator[tuple[str, str, str]]:
    """List what a schema names in other tables: what names it, table and column.

    Examples
    --------
    >>> list(references(Schema("s.json", references=(("a", ("studies", "study_id")),))))
    [('the foreign key of a', 'studies', 'study_id')]
    """
    for column, (table, other) in schema.references:
        yield f"the foreign key of {column}", table, other
    for field in schema.fields:
        if field.item_reference:
            yield f"the list {field.name}", *field.item_reference
    for rule in schema.rules:
        for name in foreign_names(rule):
            table, _, other = name.partition(".")
            yield f"rule {rule['rule']}", table, other
