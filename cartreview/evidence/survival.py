"""Survival: median times and shares alive, each with its clock, none added to another's.

Vocabulary
----------
clock   the day from which a time is counted: infusion, enrolment, surgery, diagnosis, recurrence.
rate    the share alive (or free of progression) so long after that day, in percent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.harms import nearest_count
from cartreview.evidence.reports import standing
from cartreview.evidence.studies import whole
from cartreview.synthesis import PooledProportion, pool_proportions

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CLOCKS", "clock_spans", "durations", "median_times", "pooled_rates", "survival_rates"]

CLOCKS = ("infusion", "enrolment", "surgery", "recurrence", "diagnosis", "not stated")
_MONTHS = {"months": 1.0, "weeks": 12 / 52.18, "days": 12 / 365.25}
LEAST = 3  # studies on one clock before their rates are pooled
# Who was counted alive at a time, whatever the row calls it.
_ALIVE = {"OS": ("OS", "alive", "one-year survival")}
_IN_MONTHS = {"month": 1.0, "year": 12.0, "week": _MONTHS["weeks"], "day": _MONTHS["days"]}
_TIME = re.compile(
    r"(?:at |over |more than |[>≥] ?)?(\d+(?:\.\d+)?)[ -](month|year|week|day)s?"
    r"(?: (?:after|from) [^,;]+)?"
)
_NEEDED = ["study_id", "arm", "endpoint", "value", "unit", "clock", "interval_low", "interval_high"]


def median_times(outcomes: DataFrame, reports: DataFrame, *, endpoint: str = "OS") -> DataFrame:
    """Give the median time of each study in months, by the report that stands.

    Parameters
    ----------
    outcomes, reports : pandas.DataFrame
        The tables of those names.
    endpoint : {"OS", "PFS"}
        Which time.

    Returns
    -------
    pandas.DataFrame
        Rows of `outcomes` with ``months``, ``months_low`` and ``months_high`` added and the clock
        filled ("not stated"); a study has a row for the whole, or else one an arm.

    Raises
    ------
    ValueError
        If a column is missing or no row has a median.

    Notes
    -----
    Medians are not pooled: they are counted from different days, of patients at different points of
    their disease. A time is a median if it stands in ``value``; a share alive at a time does not.

    Examples
    --------
    >>> from cartreview import load
    >>> found = median_times(load("outcomes"), load("reports"))
    >>> bool((found["months"] > 0).all()), set(found["clock"]) <= set(CLOCKS)
    (True, True)
    """
    require(outcomes, _NEEDED, name="outcomes")
    rows = outcomes[(outcomes["endpoint"] == endpoint) & outcomes["value"].notna()]
    rows = rows[rows["unit"].isin(_MONTHS) & rows["timepoint"].isna()]
    require(rows, [], name=f"outcomes with a median {endpoint}")
    kept = standing(rows, reports)
    whole = kept["arm"].isna().groupby(kept["study_id"]).transform("any")
    kept = kept[kept["arm"].isna() | ~whole].drop_duplicates(["study_id", "arm", "clock"])
    factor = kept["unit"].map(_MONTHS).astype("Float64")
    return kept.assign(
        months=kept["value"] * factor,
        months_low=kept["interval_low"] * factor,
        months_high=kept["interval_high"] * factor,
        clock=kept["clock"].fillna("not stated"),
    )


def clock_spans(times: DataFrame) -> list[str]:
    """Say the range of median times on each clock, none mixed with another's.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    times : pandas.DataFrame
        What ``median_times`` gives.

    Returns
    -------
    list of str
        ``"10 to 11 from infusion (2)"``: whole months, and the number of studies.

    Examples
    --------
    >>> times = pd.DataFrame({"study_id": ["a", "b", "b"], "months": [10.2, 8.0, 19.6],
    ...                       "clock": ["not stated", "not stated", "diagnosis"]})
    >>> clock_spans(times)
    ['20 from diagnosis (1)', '8 to 10 from a day not stated (2)']
    """
    found = []
    for clock in CLOCKS:
        part = times[times["clock"] == clock]
        if len(part):
            ends = dict.fromkeys(f"{part['months'].agg(end):.0f}" for end in ("min", "max"))
            day = "a day not stated" if clock == "not stated" else clock
            found.append(f"{' to '.join(ends)} from {day} ({part['study_id'].nunique()})")
    return found


def survival_rates(
    outcomes: DataFrame, reports: DataFrame, *, months: float = 12, endpoint: str = "OS"
) -> DataFrame:
    """Give the share alive at a time, study by study, by the report that stands.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    outcomes, reports : pandas.DataFrame
        The tables of those names.
    months : float
        The time, in months.
    endpoint : {"OS", "PFS"}
        Alive, or alive without progression.

    Returns
    -------
    pandas.DataFrame
        Rows of `outcomes` with ``rate``, ``rate_low`` and ``rate_high`` (percent, as printed or
        from the printed count) and the clock filled ("not stated"); a study has a row for the
        whole, or else one an arm. No row where nobody states it.

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    Who lived for more than a year was alive at a year.

    Examples
    --------
    >>> from cartreview import load
    >>> found = survival_rates(load("outcomes"), load("reports"))
    >>> bool(found["rate"].between(0, 100).all()), set(found["clock"]) <= set(CLOCKS)
    (True, True)
    """
    require(outcomes, [*_NEEDED, "events", "denominator", "percent"], name="outcomes")
    rows = outcomes[outcomes["endpoint"].isin(_ALIVE.get(endpoint, (endpoint,)))]
    timed = [_when(text) for text in rows["timepoint"]]
    rows = rows[[time is not None and abs(time - months) < 0.5 for time in timed]]
    counted = (100 * rows["events"] / rows["denominator"]).astype("Float64")
    rows = rows.assign(
        rate=rows["percent"].astype("Float64").fillna(counted),
        rate_low=rows["interval_low"],
        rate_high=rows["interval_high"],
        clock=rows["clock"].fillna("not stated"),
    )
    rows = rows[rows["rate"].notna()]
    if rows.empty:
        return rows
    return whole(standing(rows, reports)).drop_duplicates(["study_id", "arm", "clock"])


def _when(text: object) -> float | None:
    """Read a time point in months; None where it is none, or several."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    return float(found[1]) * _IN_MONTHS[found[2]] if found else None


def pooled_rates(rates: DataFrame, studies: DataFrame) -> dict[str, PooledProportion]:
    """Pool shares alive on each clock that enough studies share.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    rates : pandas.DataFrame
        What ``survival_rates`` gives.
    studies : pandas.DataFrame
        Rows of ``studies``, for the number treated where a row states none.

    Returns
    -------
    dict of str to PooledProportion
        By clock; none for a clock of fewer than ``LEAST`` studies, and none where no clock is
        stated, because those times may be counted from different days.

    Notes
    -----
    A printed percentage becomes the nearest count, as if everybody had been followed until then.

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.DataFrame({"study_id": ["a", "b", "c"], "arm": None, "clock": "infusion",
    ...     "rate": [40.0, 50.0, 30.0], "events": None, "denominator": [10, 10, 10]})
    >>> studies = pd.DataFrame({"study_id": ["a", "b", "c"], "n_treated": [10, 10, 10]})
    >>> pooled_rates(rates, studies)["infusion"].events
    12
    """
    treated = rates["study_id"].map(studies.set_index("study_id")["n_treated"])
    among = rates["denominator"].fillna(treated.where(rates["arm"].isna()))
    kept = rates.assign(among=among)[among.notna() & (rates["clock"] != "not stated")]
    found = {}
    for clock, part in kept.groupby("clock"):
        if part["study_id"].nunique() >= LEAST:
            totals = [int(total) for total in part["among"]]
            events = [
                nearest_count(float(rate), total) if pd.isna(count) else int(count)
                for count, rate, total in zip(part["events"], part["rate"], totals, strict=True)
            ]
            found[str(clock)] = pool_proportions(events, totals)
    return found


def durations(outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Keep what is told of how long responses lasted, and put it in words.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    outcomes, reports : pandas.DataFrame
        The tables of those names.

    Returns
    -------
    pandas.DataFrame
        Rows of `outcomes` with ``words``: ``"7.5 months"``, ``"3 to 24 months"``, ``"more than 9
        months"``; of each study those of the report that stands, the whole before its arms.

    Examples
    --------
    >>> from cartreview import load
    >>> bool(durations(load("outcomes"), load("reports"))["words"].str.contains("months").any())
    True
    """
    ends = ["value", "interval_low", "interval_high"]
    rows = outcomes[outcomes["endpoint"] == "duration of response"]
    rows = rows[rows[ends].notna().any(axis=1)]
    if rows.empty:
        return rows.assign(words="")
    kept = whole(standing(rows, reports))
    return kept.assign(words=[_lasted(row) for row in kept.to_dict("records")])


def _lasted(row: dict[str, object]) -> str:
    value, low, high = row["value"], row["interval_low"], row["interval_high"]
    if not pd.isna(value):
        return f"{value:.3g} {row['unit']}"
    if pd.isna(high):
        return f"more than {low:g} {row['unit']}"
    return f"{low:g} to {high:g} {row['unit']}"
