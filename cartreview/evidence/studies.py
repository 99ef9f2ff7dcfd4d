"""What follows from a row without reading anything else: delivery, family of cells.

Vocabulary
----------
delivery  where the cells went: ``local`` (into the tumour, its cavity or the cerebrospinal fluid),
          ``IV`` (into a vein) or ``IV and local``.
family    ``CAR cells`` carry a chimeric antigen receptor, ``other cells`` do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["DELIVERIES", "FAMILIES", "about", "cns_studies", "delivery", "family", "whole"]

DELIVERIES = ("local", "IV and local", "IV")
FAMILIES = ("CAR cells", "other cells")


def delivery(routes: str) -> str:
    """Sum up the routes of a study in one of three words.

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


def cns_studies(studies: DataFrame) -> DataFrame:
    """Keep the studies that treated tumours of the central nervous system.

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    pandas.DataFrame
        Those with a group of tumours; with ``delivery`` (missing where no route is known) and
        ``family`` added.

    Examples
    --------
    >>> from cartreview import load
    >>> found = cns_studies(load("studies"))
    >>> bool(found["tumour_groups"].notna().all()), set(found["family"]) == set(FAMILIES)
    (True, True)
    """
    require(studies, ["study_id", "tumour_groups", "routes", "product_class"], name="studies")
    rows = studies[studies["tumour_groups"].notna()]
    return rows.assign(
        delivery=[
            delivery(routes) if isinstance(routes, str) else None for routes in rows["routes"]
        ],
        family=[family(str(product)) for product in rows["product_class"]],
    )


def about(frame: DataFrame, studies: DataFrame) -> DataFrame:
    """Keep the rows of a table that are about some studies.

    Parameters
    ----------
    frame, studies : pandas.DataFrame
        Rows of any two tables with ``study_id``.

    Returns
    -------
    pandas.DataFrame
        The rows of `frame`.

    Examples
    --------
    >>> from cartreview import load
    >>> cns = cns_studies(load("studies"))
    >>> set(about(load("outcomes"), cns)["study_id"]) <= set(cns["study_id"])
    True
    """
    return frame[frame["study_id"].isin(studies["study_id"])]


def whole(rows: DataFrame) -> DataFrame:
    """Keep the rows that speak of a whole study, so that a sum counts each patient once.

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
