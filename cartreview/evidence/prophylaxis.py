"""Medicines given to prevent infection, by what they are given against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview.evidence.management import ADVISED

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["GERMS", "prevented"]

# What each drug of the tables is given against when nobody is ill yet.
GERMS = {
    "aciclovir": "herpes viruses",
    "valaciclovir": "herpes viruses",
    "trimethoprim-sulfamethoxazole": "Pneumocystis",
    "atovaquone": "Pneumocystis",
    "pentamidine": "Pneumocystis",
    "entecavir": "hepatitis B",
    "fluconazole": "fungi",
    "posaconazole": "fungi",
    "micafungin": "fungi",
    "levofloxacin": "bacteria",
    "ciprofloxacin": "bacteria",
}


def prevented(rows: DataFrame) -> DataFrame:
    """Say against what sources advise a medicine, each source once for each germ.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Standing rows of ``management``.

    Returns
    -------
    pandas.DataFrame
        Rows on infection that advise a drug of ``GERMS``, with ``germ``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"toxicity": "infection", "stance": "recommended", "guideline": "A",
    ...                      "drug": ["aciclovir", "valaciclovir", "entecavir"]})
    >>> prevented(rows)["germ"].tolist()
    ['herpes viruses', 'hepatitis B']
    """
    advised = rows[(rows["toxicity"] == "infection") & rows["stance"].isin(ADVISED)]
    named = advised.assign(germ=advised["drug"].map(GERMS)).dropna(subset=["germ"])
    return named.drop_duplicates(["guideline", "germ"])
