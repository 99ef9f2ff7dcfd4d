"""Places: in which regions of the brain findings lie, and how often where it was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import require, split

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["BRAINSTEM", "placed_findings", "region_shares"]

# Rows that show no new finding: nothing seen, seen before infusion, judged by criteria.
NOT_SEEN = ("normal", "baseline abnormality", "response by RANO")
BRAINSTEM = ("midbrain", "pons", "medulla")  # its parts
# Patients who were looked at: over all treated a share says as much of who was sent as of the scan.
_EXAMINED = ("imaged", "imaged with neurotoxicity")


def placed_findings(findings: DataFrame) -> DataFrame:
    """Give findings a row a region, those in parts of the brainstem also under the brainstem.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Left out are rows that name no region, rows of normal images,
        of what was there before infusion and of response, and findings in no patient.

    Returns
    -------
    pandas.DataFrame
        The rows with ``region`` and ``kind``: ``series``, ``cases`` (single patients), or ``named``
        where the row counts no patient.

    Raises
    ------
    ValueError
        If a column is missing, or no row names a region.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"cohort": "A 2020", "finding": "white matter change", "regions": "thalamus;pons",
    ...        "events": 3, "denominator": 38, "denominator_kind": "imaged", "n_treated": None,
    ...        "n_imaged": None, "percent": None}
    >>> placed_findings(pd.DataFrame([row]))["region"].tolist()
    ['thalamus', 'pons', 'brainstem']
    """
    sizes = ["events", "denominator", "percent", "n_treated", "n_imaged"]
    needed = ["cohort", "finding", "regions", "denominator_kind", *sizes]
    require(findings, needed, name="imaging_findings")
    seen = findings[~findings["finding"].isin(NOT_SEEN) & ~findings["events"].eq(0).fillna(False)]
    seen = split(seen, "regions").rename(columns={"regions": "region"})
    require(seen, [], name="imaging_findings with a region")
    kinds = seen["denominator_kind"].eq("case").map({True: "cases", False: "series"})
    seen = seen.assign(kind=kinds.where(seen[sizes].notna().any(axis=1), "named"))
    stem = seen[seen["region"].isin(BRAINSTEM)].assign(region="brainstem")
    return pd.concat([seen, stem], ignore_index=True)


def region_shares(findings: DataFrame) -> DataFrame:
    """Say of each region in how many of the patients examined a finding lay there.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``, as `placed_findings` asks for them.

    Returns
    -------
    pandas.DataFrame
        A row a region that is named: ``region``, ``cohorts`` (that count it), ``events`` and
        ``examined`` (patients with a finding there and patients examined, both summed over these
        cohorts; no value without one), ``cases`` (single patients or counts without a number
        examined) and ``told`` (texts that name the region and count nobody).

    Raises
    ------
    ValueError
        If a column is missing, or no row names a region.

    Notes
    -----
    Of several findings of a cohort in a region the most frequent stands, so that a patient counts
    once. The sum over cohorts is what was seen, and no estimate: they examined different patients.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"cohort": "A 2020", "finding": "white matter change", "regions": "thalamus",
    ...        "events": 3, "denominator": 12, "denominator_kind": "imaged", "n_treated": None,
    ...        "n_imaged": 12, "percent": None}
    >>> region_shares(pd.DataFrame([row])).to_dict("records")
    [{'region': 'thalamus', 'cohorts': 1, 'events': 3, 'examined': 12, 'cases': 0, 'told': 0}]
    """
    placed = placed_findings(findings)
    examined = placed["denominator_kind"].isin(_EXAMINED)
    counts = placed["events"].notna() & placed["denominator"].notna() & examined
    counted = placed[counts].sort_values("events", ascending=False, kind="stable")
    counted = counted.drop_duplicates(["region", "cohort"])
    sums = counted.groupby("region").agg(
        cohorts=("cohort", "nunique"), events=("events", "sum"), examined=("denominator", "sum")
    )
    beside = placed.merge(counted[["region", "cohort"]].assign(counted=True), how="left")
    beside = beside[beside["counted"].isna()]
    cases = beside[beside["kind"] != "named"].groupby("region")["cohort"].nunique()
    told = beside[beside["kind"] == "named"].groupby("region")["cohort"].nunique()
    frame = pd.DataFrame({"region": sorted(set(placed["region"]))}).join(sums, on="region")
    frame = frame.assign(cases=frame["region"].map(cases), told=frame["region"].map(told))
    whole = dict.fromkeys(["cohorts", "events", "examined", "cases", "told"], "Int64")
    return frame.astype(whole).fillna({"cohorts": 0, "cases": 0, "told": 0})
