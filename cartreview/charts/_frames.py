"""What charts ask of their tables: the columns they need, and names that readers know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pandas import DataFrame

from cartreview._tables import require
from cartreview.evidence.reports import RETELLING
from cartreview.evidence.studies import delivery, family

__all__ = [
    "armed",
    "first_years",
    "named",
    "require",
    "sources_of",
    "span",
    "year_rows",
]


def named(studies: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Keep some columns of ``studies`` and add ``study``, ``delivery`` and ``family``.

    A chart carries its data in the page, so what it does not show stays behind.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"study_id": "brown-2024", "name": "Brown 2024", "routes": "IT;ICV",
    ...        "product_class": "CAR T"}
    >>> frame = named(pd.DataFrame([row]), ["study_id", "routes", "product_class"])
    >>> frame[["study", "delivery", "family"]].iloc[0].tolist()
    ['Brown 2024', 'local', 'CAR cells']
    """
    require(studies, ["study_id", "name", *columns], name="studies")
    added: dict[str, object] = {"study": studies["name"]}
    derivations: dict[str, tuple[str, Callable[[str], str]]] = {
        "delivery": ("routes", delivery),
        "family": ("product_class", family),
    }
    for column, (base, derive) in derivations.items():
        if base in columns:
            added[column] = [
                derive(cell) if isinstance(cell, str) else None for cell in studies[base]
            ]
    return studies[list(columns)].assign(**added)


def year_rows(studies: DataFrame, reports: DataFrame, sources: DataFrame) -> DataFrame:
    """Give the reports of studies by their makers that have a confirmed year, a row each.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"study_id": ["brown-2024"]})
    >>> reports = pd.DataFrame({"study_id": ["brown-2024"] * 2, "source_id": ["a2024", "r2025"],
    ...                         "kind": ["paper", "review"]})
    >>> sources = pd.DataFrame({"source_id": ["a2024", "r2025"], "year": [2024, 2025]})
    >>> year_rows(studies, reports, sources)["year"].tolist()
    [2024]
    """
    own = reports[~reports["kind"].isin(RETELLING)]
    pairs = studies[["study_id"]].merge(own[["study_id", "source_id"]], on="study_id")
    return pairs.merge(sources[["source_id", "year"]], on="source_id").dropna(subset="year")


def first_years(studies: DataFrame, reports: DataFrame, sources: DataFrame) -> list[int | None]:
    """Give the first confirmed year of each study's reports; None where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"study_id": ["brown-2024"]})
    >>> reports = pd.DataFrame({"study_id": ["brown-2024"] * 2, "source_id": ["a2024", "b2016"],
    ...                         "kind": ["paper", "paper"]})
    >>> sources = pd.DataFrame({"source_id": ["a2024", "b2016"], "year": [2024, 2016]})
    >>> first_years(studies, reports, sources)
    [2016]
    """
    first = year_rows(studies, reports, sources).groupby("study_id")["year"].min().to_dict()
    return [int(first[key]) if key in first else None for key in studies["study_id"]]


def armed(frame: DataFrame) -> list[str]:
    """Name studies, each with its arm where the frame has one.

    Examples
    --------
    >>> import pandas as pd
    >>> armed(pd.DataFrame({"study": ["Qin (39)", "Lin (35)"], "arm": ["early", ""]}))
    ['Qin (39), early', 'Lin (35)']
    """
    if "arm" not in frame:
        return frame["study"].tolist()
    pairs = zip(frame["study"], frame["arm"].fillna(""), strict=True)
    return [f"{study}, {arm}" if arm else study for study, arm in pairs]


def sources_of(*frames: DataFrame) -> list[str]:
    """List the keys of the sources that rows were read in, each once.

    Examples
    --------
    >>> import pandas as pd
    >>> sources_of(pd.DataFrame({"source_id": ["b2024", "a2023", "b2024"]}))
    ['a2023', 'b2024']
    """
    return sorted({key for frame in frames for key in frame["source_id"].dropna()})


def span(low: float, high: float, unit: str = "") -> str:
    """Write a range, or one number where both ends are equal.

    Examples
    --------
    >>> span(3, 5, "mL"), span(2, 2)
    ('3–5 mL', '2')
    """
    ends = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return f"{ends} {unit}".strip()
