"""Which count stands, when several sources count the same patients.

Vocabulary
----------
report    a source about a study, a row of ``reports``.
retelling a report that repeats what another found: a review, news, or a row with ``repeats``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["RETELLING", "standing"]

# Of reports of one data cut, the one that was reviewed and says most comes first.
_KINDS = ("paper", "label", "registry", "abstract", "preprint", "review", "news")
RETELLING = ("review", "news")
_PAIR = ["study_id", "source_id"]


def standing(rows: DataFrame, reports: DataFrame) -> DataFrame:
    """Keep of each study the rows of the one report whose count stands.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of one question, of any table with ``study_id`` and ``source_id``.
    reports : pandas.DataFrame
        The table ``reports``.

    Returns
    -------
    pandas.DataFrame
        The rows of one source a study, in their order. Rows without a study are left out.

    Raises
    ------
    ValueError
        If a column is missing or there is no row.

    Notes
    -----
    Only sources that have a row compete. A report of the whole study stands before one of a part;
    then the makers of the study before a review; then the latest data cut, which is the report that
    updates others; then the paper before its abstract. So each patient counts once in any sum.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"study_id": ["a"] * 2, "source_id": ["review", "paper"],
    ...                      "events": [4, 3]})
    >>> reports = pd.DataFrame({"report_id": ["r", "p"], "study_id": ["a"] * 2,
    ...     "source_id": ["review", "paper"], "kind": ["review", "paper"],
    ...     "scope": ["whole study"] * 2, "updates": [None] * 2, "repeats": [None] * 2})
    >>> standing(rows, reports)["events"].tolist()
    [3]
    """
    require(rows, _PAIR, name="outcomes")
    require(reports, ["report_id", *_PAIR, "kind", "scope", "updates", "repeats"], name="reports")
    places = _places(reports)
    pairs = list(zip(rows["study_id"], rows["source_id"], strict=True))
    best: dict[str, tuple[str, str]] = {}
    for pair in sorted(dict.fromkeys(pairs), key=lambda pair: places.get(pair, len(places))):
        best.setdefault(pair[0], pair)
    named = rows["study_id"].notna().tolist()
    kept = [known and best[pair[0]] == pair for known, pair in zip(named, pairs, strict=True)]
    return rows[kept]


def _places(reports: DataFrame) -> dict[tuple[str, str], int]:
    """Number the reports, the one that stands first first."""
    updates = dict(zip(reports["report_id"], reports["updates"].astype("object"), strict=True))
    records = reports[["report_id", *_PAIR, "kind", "scope", "repeats"]].astype("object")
    ranked = sorted(
        records.to_dict("records"),
        key=lambda report: (
            report["scope"] != "whole study",
            report["kind"] in RETELLING or isinstance(report["repeats"], str),
            -_updated(report["report_id"], updates),
            _KINDS.index(report["kind"]),
        ),
    )
    return {(row["study_id"], row["source_id"]): place for place, row in enumerate(ranked)}


def _updated(report_id: str, updates: Mapping[str, object]) -> int:
    """Count the earlier reports that a report replaces, one after the other."""
    seen = {report_id}
    earlier = updates.get(report_id)
    while isinstance(earlier, str) and earlier not in seen:
        seen.add(earlier)
        earlier = updates.get(earlier)
    return len(seen) - 1
