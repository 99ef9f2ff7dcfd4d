"""What follows from a row of ``studies``: delivery, family of cells, the name that readers see.

Vocabulary
----------
delivery  where the cells went: ``local`` (into the tumour, its cavity or the cerebrospinal fluid),
          ``IV`` (into a vein) or ``IV and local``.
family    ``CAR cells`` carry a chimeric antigen receptor, ``other cells`` do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import load

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["DELIVERIES", "FAMILIES", "delivery", "family", "study_names", "whole"]

DELIVERIES = ("local", "IV and local", "IV")
FAMILIES = ("CAR cells", "other cells")


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


def study_names(studies: DataFrame | None = None) -> dict[str, str]:
    """Give the name that readers see for each study.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : DataFrame, optional
        Rows of ``studies``, such as those with a study of one's own; the table itself if left out.

    Returns
    -------
    dict of str to str
        The column ``name`` by ``study_id``; the key itself where a frame has no name for it.

    Examples
    --------
    >>> study_names()["brown-2024"]
    'Brown 2024'
    >>> import pandas as pd
    >>> study_names(pd.DataFrame({"study_id": ["own-2026"]}))
    {'own-2026': 'own-2026'}
    """
    frame = load("studies") if studies is None else studies
    names = frame["name"].fillna(frame["study_id"]) if "name" in frame else frame["study_id"]
    return dict(zip(frame["study_id"], names, strict=True))


def whole(rows: DataFrame) -> DataFrame:
    """Keep the rows that speak of a whole study, so that a sum counts each patient once.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    rows : DataFrame
        Rows with the column ``arm``, which names the part of the patients that a row speaks of.

    Returns
    -------
    DataFrame
        Rows whose ``arm`` is empty, and those of studies that have rows by arm only.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"study_id": ["a", "a", "b"], "arm": [None, "one patient", "A"]})
    >>> whole(rows).index.tolist()
    [0, 2]
    """
    part = rows["arm"].notna()
    complete = set(rows.loc[~part, "study_id"])
    return rows[~part | ~rows["study_id"].isin(complete)]
