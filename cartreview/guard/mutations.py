"""Wrong values for the mutation guard: how a cell is changed by the smallest sensible step.

Vocabulary
----------
mutation  another value for one cell that a slip of the hand could have left there.
kind      ``number``, ``category``, ``reference`` or ``text``: what sort of value was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["KINDS", "mutations", "references", "stepped"]

KINDS = ("number", "category", "reference", "text")

# From here on a round number is written to a precision of its last digit that is not zero: doses.
_ROUND_FROM = 10_000
_BOOLEANS = ("true", "false")


def mutations(
    text: str, field: Mapping[str, Any], keys: Sequence[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Give the wrong values for a cell, one a single value, one an item of a list.

    Parameters
    ----------
    text : str
        The cell as it stands, not empty.
    field : mapping
        Its field in the Table Schema.
    keys : sequence of str or None
        Where the field refers to another table: that table's keys.

    Yields
    ------
    kind, new : str
        What sort of change it is, and the cell after it.

    Examples
    --------
    >>> list(mutations("8", {"type": "integer"}))
    [('number', '9')]
    >>> list(mutations("2026-11-01", {"type": "date"}))
    [('number', '2026-10-31')]
    >>> list(mutations("IV;IT", {"separator": ";", "items": {"enum": ["IV", "IT", "ICV"]}}))
    [('category', 'ICV;IT'), ('category', 'IV;ICV')]
    """
    separator = field.get("separator")
    if separator is None:
        yield _mutation(text, {**field, **field.get("constraints", {})}, keys, [text])
        return
    items = text.split(separator)
    for place, item in enumerate(items):
        kind, new = _mutation(item, _item_field(item, field), keys, items)
        yield kind, separator.join([*items[:place], new, *items[place + 1 :]])


def _item_field(item: str, field: Mapping[str, Any]) -> dict[str, Any]:
    described = dict(field.get("items", {}))
    # A list has no types of its own: an item of digits, a citation number, counts as a number.
    return {"type": "integer" if item.isdecimal() else "string", **described}


def _mutation(
    text: str, rules: Mapping[str, Any], keys: Sequence[str] | None, used: Sequence[str]
) -> tuple[str, str]:
    allowed = _BOOLEANS if rules.get("type") == "boolean" else rules.get("enum", ())
    for kind, choices in (("reference", keys or ()), ("category", allowed)):
        other = _other(text, choices, used)
        if other is not None:
            return kind, other
    if rules.get("type") in ("integer", "number"):
        return "number", stepped(text, rules)
    if rules.get("type") == "date" and _day_before(text):
        return "number", _day_before(text)
    return "text", _shortened(text)


def _other(text: str, choices: Sequence[str], used: Sequence[str]) -> str | None:
    """Pick the choice that follows, rather one that the cell does not hold yet."""
    start = choices.index(text) + 1 if text in choices else 0
    turned = [choice for choice in (*choices[start:], *choices[:start]) if choice != text]
    free = [choice for choice in turned if choice not in used]
    return next(iter(free or turned), None)


def stepped(text: str, rules: Mapping[str, Any]) -> str:
    """Change a number by one unit of its last digit: up, or down where up is not allowed.

    Parameters
    ----------
    text : str
        The number as written.
    rules : mapping
        ``minimum`` and ``maximum``, where there are any.

    Returns
    -------
    str
        The other number, in the same notation.

    Examples
    --------
    >>> stepped("12", {}), stepped("100", {"maximum": 100}), stepped("2.5", {})
    ('13', '99', '2.6')
    >>> stepped("25000000", {})
    '26000000'
    """
    try:
        value = Decimal(text)
        unit = _unit(value)
    except (InvalidOperation, TypeError):  # no number, or not a finite one
        return _shortened(text)
    up, down = value + unit, value - unit
    new = up if _within(up, rules) or not _within(down, rules) else down
    return str(new) if "e" in text.lower() else f"{new:f}"


def _day_before(text: str) -> str:
    """Give the day before: a later one may lie ahead of us, which a rule could refuse."""
    try:
        return (date.fromisoformat(text) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):  # no date, or the first of all
        return ""


def _unit(value: Decimal) -> Decimal:
    digits = value.normalize() if abs(value) >= _ROUND_FROM else value
    return Decimal(1).scaleb(digits.as_tuple().exponent)  # type: ignore[arg-type]


def _within(value: Decimal, rules: Mapping[str, Any]) -> bool:
    low, high = rules.get("minimum", value), rules.get("maximum", value)
    return Decimal(str(low)) <= value <= Decimal(str(high))


def _shortened(text: str) -> str:
    words = text.split()
    return text.rsplit(maxsplit=1)[0] if len(words) > 1 else text[:-1]


def references(schema: Mapping[str, Any]) -> dict[str, str]:
    """Name the columns of a table that hold keys, and the table and column they refer to.

    Parameters
    ----------
    schema : mapping
        A Table Schema.

    Returns
    -------
    dict of str to str
        For example ``{"study_id": "studies.study_id"}``.

    Examples
    --------
    >>> from cartreview._tables import schema
    >>> references(schema("outcomes"))["study_id"]
    'studies.study_id'
    """
    found = {
        key["fields"]: f"{key['reference']['resource']}.{key['reference']['fields']}"
        for key in schema.get("foreignKeys", ())
    }
    for field in schema["fields"]:
        if "reference" in field.get("items", {}):
            found[field["name"]] = field["items"]["reference"]
    return found
