"""Recommendations: how a row of ``management`` is said in one phrase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["dose"]


def dose(row: Mapping[str, Any]) -> str:
    """Write drug, dose, route, interval and maximum of a recommendation in one phrase.

    Parameters
    ----------
    row : mapping
        A row of ``management``, loaded or as text.

    Returns
    -------
    str
        What the row has of them, in the row's units; intervals in hours.

    Examples
    --------
    >>> dose({"drug": "tocilizumab", "dose_low": 8.0, "dose_high": 8.0, "dose_unit": "mg/kg",
    ...       "route": "IV", "maximum": "800", "maximum_unit": "mg", "course": ""})
    'tocilizumab 8 mg/kg IV, at most 800 mg'
    >>> dose({"drug": "dexamethasone", "dose_low": "10", "dose_high": "20", "dose_unit": "mg",
    ...       "interval_low_h": "6", "interval_high_h": "12"})
    'dexamethasone 10–20 mg, every 6–12 h'
    >>> dose({"drug": "filgrastim", "course": "Once a day."})
    'filgrastim; Once a day'
    """
    amount = _between(row, "dose_low", "dose_high")
    hours, most = _between(row, "interval_low_h", "interval_high_h"), _cell(row, "maximum")
    parts = [_cell(row, "drug")]
    parts += [amount, _cell(row, "dose_unit"), _cell(row, "route")] if amount else []
    more = [
        f"every {hours} h" if hours else "",
        f"at most {most} {_cell(row, 'maximum_unit')}" if most else "",
    ]
    given = ", ".join(filter(None, [" ".join(filter(None, parts)), *more]))
    return "; ".join(filter(None, [given, _cell(row, "course").rstrip(".")]))


def _between(row: Mapping[str, Any], low: str, high: str) -> str:
    return "–".join(dict.fromkeys(filter(None, (_cell(row, low), _cell(row, high)))))


def _cell(row: Mapping[str, Any], name: str) -> str:
    """Give a cell as text; an empty one has no text, whichever way it is empty."""
    value = row.get(name)
    if isinstance(value, float):
        return "" if value != value else f"{value:g}"
    text = str(value)
    return "" if text in ("None", "<NA>", "nan") else text
