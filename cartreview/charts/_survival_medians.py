"""Median survival: a mark a study at its median, grouped by the day from which it is counted."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._frames import armed, require, sources_of
from cartreview.charts._rows import ROW, grouped, row_axis, text_column
from cartreview.charts.theme import finish
from cartreview.evidence.survival import CLOCKS

__all__ = ["survival_medians"]

PLOT = 250  # px
NAME, NUMBERS = -286, PLOT + 14
NAMES = 42  # letters of a name that fit its column

LABELS = {
    "name": "Study",
    "clock": "Counted from",
    "months": "Median, months",
    "months_low": "Low",
    "months_high": "High",
    "interval_kind": "Low to high is",
    "source_id": "Source",
}


def survival_medians(medians: DataFrame, studies: DataFrame) -> alt.LayerChart:
    """Draw median survival times side by side, grouped by clock.

    Parameters
    ----------
    medians : pandas.DataFrame
        What ``cartreview.evidence.survival.median_times`` gives.
    studies : pandas.DataFrame
        Rows of ``studies``; other studies are left out.

    Returns
    -------
    altair.LayerChart
        A row a study or arm: a mark at the median, a line over the interval or range as printed.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column, or no median is of these studies.

    Examples
    --------
    >>> from cartreview import charts, evidence, load
    >>> from cartreview.evidence.survival import median_times
    >>> medians = median_times(load("outcomes"), load("reports"))
    >>> chart = charts.survival_medians(medians, evidence.cns_studies(load("studies")))
    >>> chart.to_dict()["usermeta"]["table"]["columns"][2]
    'Median, months'
    """
    require(medians, ["study_id", "arm", *list(LABELS)[1:]], name="medians")
    require(studies, ["study_id", "name"], name="studies")
    frame = medians.merge(studies[["study_id", "name"]], on="study_id")
    require(frame, [], name="medians of these studies")
    frame["name"] = armed(frame.rename(columns={"name": "study"}))
    frame = frame.sort_values("months", ascending=False, ignore_index=True)
    number = count_of(frame["study_id"].nunique(), "study", "studies")
    return finish(
        _drawn(frame),
        description=(
            f"Median survival in {number}, from {frame['months'].min():.1f} to "
            f"{frame['months'].max():.1f} months, grouped by the day from which it is counted."
        ),
        caption=(
            f"Median survival in months in {number}; the line is the interval or range that the "
            "report prints. Times that are counted from different days cannot be compared. Weeks "
            "are turned into months."
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _drawn(frame: DataFrame) -> alt.LayerChart:
    columns = ["study_id", "name", "clock", "months", "months_low", "months_high"]
    rows, headings = grouped(frame[[*columns, "interval_kind"]], "clock", CLOCKS)
    headings["heading"] = [
        "Day not stated" if clock == "not stated" else f"From {clock}"
        for clock in headings["heading"]
    ]
    rows["label"] = [_short(name) for name in rows["name"]]
    rows["text"] = [_text(*cells) for cells in rows[columns[3:]].itertuples(index=False)]
    y = row_axis(rows["row"].iloc[-1])
    axis = alt.Axis(title="Months", domain=False, tickCount=6)
    x = alt.X("months:Q", scale=alt.Scale(domainMin=0, nice=True), axis=axis)
    tooltip = [alt.Tooltip(f"{field}:N", title=LABELS[field]) for field in list(LABELS)[:2]]
    base = alt.Chart(rows).encode(y=y, tooltip=[*tooltip, alt.Tooltip("text:N", title="Months")])
    return alt.LayerChart(
        layer=[
            base.transform_filter("isValid(datum.months_low) && isValid(datum.months_high)")
            .mark_rule(style="whisker")
            .encode(x=alt.X("months_low:Q", axis=axis), x2="months_high:Q"),
            base.mark_point(size=60).encode(x=x),
            text_column(headings, "heading", x=NAME, y=y, style="heading"),
            text_column(rows, "label", x=NAME, y=y),
            text_column(rows, "text", x=NUMBERS, y=y, style="count"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _short(name: str) -> str:
    return name if len(name) <= NAMES else f"{name[: NAMES - 1].rstrip(' ,')}…"


def _text(median: float, low: float, high: float) -> str:
    ends = "" if pd.isna(low) or pd.isna(high) else f" ({low:.1f}–{high:.1f})"
    return f"{median:.1f}{ends}"
