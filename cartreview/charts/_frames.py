"""What charts ask of their tables: the columns they need, and names that readers know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log10

import pandas as pd
from pandas import DataFrame

from cartreview._tables import require, split
from cartreview.evidence.studies import delivery, family, short_name

__all__ = [
    "armed",
    "count_of",
    "first_years",
    "listed",
    "named",
    "require",
    "sources_of",
    "span",
    "with_facts",
    "without",
    "year_rows",
]


def named(studies: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Keep some columns of ``studies`` and add ``study``, ``delivery`` and ``family``.

    A chart carries its data in the page, so what it does not show stays behind.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"study_id": "brown-15", "routes": "IT;ICV", "product_class": "CAR T"}
    >>> frame = named(pd.DataFrame([row]), ["study_id", "routes", "product_class"])
    >>> frame[["study", "delivery", "family"]].iloc[0].tolist()
    ['Brown (15)', 'local', 'CAR cells']
    """
    printed = studies.get("publication_as_printed", studies["study_id"].map(lambda _: None))
    names = [short_name(*pair) for pair in zip(studies["study_id"], printed, strict=True)]
    added: dict[str, object] = {"study": names}
    derivations: dict[str, tuple[str, Callable[[str], str]]] = {
        "delivery": ("routes", delivery),
        "family": ("product_class", family),
    }
    for column, (base, derive) in derivations.items():
        if base in columns:
            added[column] = [derive(cell) for cell in studies[base]]
    return studies[list(columns)].assign(**added)


def year_rows(studies: DataFrame, sources: DataFrame) -> DataFrame:
    """Give the publications of studies that have a confirmed year, a row each.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"study_id": ["brown-15"], "primary_source_ids": ["a2024;b2016"]})
    >>> sources = pd.DataFrame({"source_id": ["a2024", "b2016"], "year": [2024, 2016]})
    >>> year_rows(studies, sources)["year"].tolist()
    [2024, 2016]
    """
    pairs = split(studies[["study_id", "primary_source_ids"]], "primary_source_ids")
    pairs = pairs.rename(columns={"primary_source_ids": "source_id"})
    return pairs.merge(sources[["source_id", "year"]], on="source_id").dropna(subset="year")


def first_years(studies: DataFrame, sources: DataFrame) -> list[int | None]:
    """Give the first confirmed year of each study's publications; None where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"study_id": ["brown-15"], "primary_source_ids": ["a2024;b2016"]})
    >>> sources = pd.DataFrame({"source_id": ["a2024", "b2016"], "year": [2024, 2016]})
    >>> first_years(studies, sources)
    [2016]
    """
    first = year_rows(studies, sources).groupby("study_id")["year"].min().to_dict()
    return [int(first[key]) if key in first else None for key in studies["study_id"]]


def with_facts(counts: DataFrame, studies: DataFrame, sources: DataFrame) -> DataFrame:
    """Add to counts of studies what charts of pooled estimates ask for.

    Parameters
    ----------
    counts : pandas.DataFrame
        What ``cartreview.evidence.responses.response_counts`` gives.
    studies, sources : pandas.DataFrame
        Rows of the tables of these names.

    Returns
    -------
    pandas.DataFrame
        `counts` in its order with ``study``, ``delivery``, ``year`` (first confirmed) and
        ``log10_dose`` (of the highest dose, in cells); empty where not known.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column.

    Examples
    --------
    >>> from cartreview import load
    >>> from cartreview.evidence.responses import RESPONSE, response_counts
    >>> counts = response_counts(load("outcomes"), RESPONSE)
    >>> with_facts(counts, load("studies"), load("sources"))["study"].iloc[0]
    'Brown (15)'
    """
    needed = ["study_id", "routes", "dose_cells_high"]
    require(studies, [*needed, "primary_source_ids"], name="studies")
    require(sources, ["source_id", "year"], name="sources")
    doses = [None if pd.isna(dose) else log10(dose) for dose in studies["dose_cells_high"]]
    facts = named(studies, needed).assign(
        year=pd.array(first_years(studies, sources), "Int64"),
        log10_dose=pd.array(doses, "Float64"),
    )
    columns = ["study_id", "study", "delivery", "year", "log10_dose"]
    return counts.merge(facts[columns], on="study_id", how="left", validate="many_to_one")


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


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> count_of(1, "study", "studies"), count_of(3, "patient")
    ('1 study', '3 patients')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def without(number: int, total: int, what: str) -> str:
    """Say how many studies print nothing to draw; nothing where all do.

    Examples
    --------
    >>> without(2, 42, "no dose"), without(0, 42, "no dose")
    (' 2 of 42 studies print no dose.', '')
    """
    if not number:
        return ""
    return f" {number} of {count_of(total, 'study', 'studies')} print{'s' * (number == 1)} {what}."


def listed(items: Sequence[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["IV", "IT", "ICV"])
    'IV, IT and ICV'
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def span(low: float, high: float, unit: str = "") -> str:
    """Write a range, or one number where both ends are equal.

    Examples
    --------
    >>> span(3, 5, "mL"), span(2, 2)
    ('3–5 mL', '2')
    """
    ends = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return f"{ends} {unit}".strip()
