"""What follows from a row without reading anything else: delivery, family of cells, short names.

Vocabulary
----------
delivery  where the cells went: ``local`` (into the tumour, its cavity or the cerebrospinal fluid),
          ``IV`` (into a vein) or ``IV and local``.
family    ``CAR cells`` carry a chimeric antigen receptor, ``other cells`` do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "DELIVERIES",
    "FAMILIES",
    "PRODUCTS",
    "delivery",
    "dose",
    "family",
    "require",
    "short_name",
    "short_product",
]

DELIVERIES = ("local", "IV and local", "IV")
FAMILIES = ("CAR cells", "other cells")
# Nonproprietary names as clinicians shorten them, those against CD19 first.
PRODUCTS = {
    "axicabtagene ciloleucel": "axi-cel",
    "brexucabtagene autoleucel": "brexu-cel",
    "tisagenlecleucel": "tisa-cel",
    "lisocabtagene maraleucel": "liso-cel",
    "obecabtagene autoleucel": "obe-cel",
    "relmacabtagene autoleucel": "relma-cel",
    "idecabtagene vicleucel": "ide-cel",
    "ciltacabtagene autoleucel": "cilta-cel",
    "equecabtagene autoleucel": "eque-cel",
    "zevorcabtagene autoleucel": "zevor-cel",
}

_PRINTED = re.compile(r"^(?P<surname>.+?) et al\.? \((?P<number>\d+)\)")


def delivery(routes: str) -> str:
    """Sum up the routes of a study in one of three words.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    routes : str
        Route codes as the column ``routes`` of ``studies`` gives them, parted by semicolons.

    Returns
    -------
    str
        One of ``DELIVERIES``.

    Raises
    ------
    ValueError
        If there is no route.

    Notes
    -----
    Every route but IV is local: IT, ICV and lumbar injection all pass the blood-brain barrier.

    Examples
    --------
    >>> delivery("IT;ICV"), delivery("IV;ICV"), delivery("IV")
    ('local', 'IV and local', 'IV')
    """
    codes = {code.strip() for code in routes.split(";")} - {""}
    if not codes:
        raise ValueError(f"routes must name one route or more, such as 'IV;ICV'; found {routes!r}")
    if "IV" not in codes:
        return "local"
    return "IV" if codes == {"IV"} else "IV and local"


def family(product_class: str) -> str:
    """Say whether a product class carries a chimeric antigen receptor.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    product_class : str
        Value of the column ``product_class`` of ``studies``.

    Returns
    -------
    str
        One of ``FAMILIES``.

    Examples
    --------
    >>> family("CAR NK"), family("LAK")
    ('CAR cells', 'other cells')
    """
    return FAMILIES[0] if product_class.startswith("CAR ") else FAMILIES[1]


def short_name(study_id: str, publication: str | None = None) -> str:
    """Name a study as its table prints it, in two words.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    study_id : str
        Key of the study, ``orourke-26``.
    publication : str, optional
        The publication as printed, which spells the name as its bearer does.

    Returns
    -------
    str
        Surname of the first author and citation number.

    Examples
    --------
    >>> short_name("orourke-26", "O’Rourke et al. (26)")
    'O’Rourke (26)'
    >>> short_name("brown-15")
    'Brown (15)'
    """
    printed = _PRINTED.match(publication) if isinstance(publication, str) else None
    if printed:
        return f"{printed['surname']} ({printed['number']})"
    surname, _, number = study_id.rpartition("-")
    return f"{surname.capitalize()} ({number})"


def short_product(name: str) -> str:
    """Shorten a nonproprietary name as clinicians do; other names stay.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    name : str
        Value of a column ``product``.

    Returns
    -------
    str
        The short form, or the name.

    Examples
    --------
    >>> short_product("lisocabtagene maraleucel"), short_product("several products")
    ('liso-cel', 'several products')
    """
    return PRODUCTS.get(name, name)


def dose(row: Mapping[str, Any]) -> str:
    """Write drug, dose, route, interval and maximum of a recommendation in one phrase.

    Taught in: book/toxicity-management.md

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


def require(frame: DataFrame, columns: Sequence[str], *, name: str) -> None:
    """Refuse a frame that is empty or lacks a column.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table, or some of its rows.
    columns : sequence of str
        Columns that the chart reads.
    name : str
        Name of the table that the frame is expected to come from.

    Raises
    ------
    ValueError
        If a column is missing or there is no row; the message names it.

    Examples
    --------
    >>> import pandas as pd
    >>> require(pd.DataFrame({"study_id": ["brown-15"]}), ["study_id", "routes"], name="studies")
    Traceback (most recent call last):
    ...
    ValueError: studies: column 'routes' is missing; the chart needs study_id, routes of \
cartreview.load('studies')
    """
    for column in columns:
        if column not in frame:
            raise ValueError(
                f"{name}: column {column!r} is missing; the chart needs {', '.join(columns)} "
                f"of cartreview.load({name!r})"
            )
    if frame.empty:
        raise ValueError(f"{name}: no row is left to draw; expected one row or more")
