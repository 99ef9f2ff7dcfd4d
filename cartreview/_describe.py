"""What the tables and their fields are, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartreview._tables import load, resource, schema, tables

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["describe"]


def describe(name: str | None = None) -> DataFrame:
    """Describe all tables, or the fields of one.

    Parameters
    ----------
    name : str, optional
        Name of a table; without it, all tables.

    Returns
    -------
    pandas.DataFrame
        Without a name one row a table: ``name``, ``title``, ``description``, ``rows``,
        ``columns``. With one, a row a field: ``name``, ``title``, ``type``, ``unit`` ("1" for a
        number without unit; "see COLUMN" where each row names its own), ``required``,
        ``allowed``, ``description``.

    Raises
    ------
    KeyError
        If there is no such table.

    Examples
    --------
    >>> describe().set_index("name").loc["outcomes", "title"]
    'Outcomes'
    >>> describe("outcomes").loc[0, "name"]
    'outcome_id'
    """
    import pandas as pd  # half a second: only who asks pays for it

    if name is None:
        return pd.DataFrame([_overview(table) for table in tables()])
    return pd.DataFrame([_described(field) for field in schema(name)["fields"]])


def _overview(name: str) -> dict[str, Any]:
    about, frame = resource(name), load(name)
    return {
        "name": name,
        "title": about["title"],
        "description": about["description"],
        "rows": len(frame),
        "columns": frame.shape[1],
    }


def _described(field: dict[str, Any]) -> dict[str, Any]:
    constraints = field.get("constraints", {})
    allowed = constraints.get("enum") or field.get("items", {}).get("enum") or []
    return {
        "name": field["name"],
        "title": field["title"],
        "type": "list" if "separator" in field else field["type"],
        "unit": field.get("unit", ""),
        "required": constraints.get("required", False),
        "allowed": ", ".join(map(str, allowed)),
        "description": field["description"],
    }
