"""What charts ask of their tables: the columns they need, and names that readers know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pandas import DataFrame

from cartreview.derive import delivery, family, require, short_name

__all__ = ["count_of", "listed", "named", "require", "sources_of", "span", "without"]


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
