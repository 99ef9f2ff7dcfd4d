"""What follows from a row without reading anything else: delivery, family of cells, short names.

Vocabulary
----------
delivery  where the cells went: ``local`` (into the tumour, its cavity or the cerebrospinal fluid),
          ``IV`` (into a vein) or ``IV and local``.
family    ``CAR cells`` carry a chimeric antigen receptor, ``other cells`` do not.
"""

from __future__ import annotations

import re

__all__ = ["DELIVERIES", "FAMILIES", "delivery", "family", "short_name"]

DELIVERIES = ("local", "IV and local", "IV")
FAMILIES = ("CAR cells", "other cells")

_PRINTED = re.compile(r"^(?P<surname>.+?) et al\.? \((?P<number>\d+)\)")


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


def short_name(study_id: str, publication: str | None = None) -> str:
    """Name a study as its table prints it, in two words.

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
