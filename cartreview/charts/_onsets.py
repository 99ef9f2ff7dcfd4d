"""Onsets: when a toxicity starts and how long it lasts, by product and cohort."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._frames import require, sources_of
from cartreview.charts._rows import ROW, grouped, row_axis, text_column
from cartreview.charts.theme import finish
from cartreview.evidence.products import PRODUCTS, short_product

__all__ = ["onsets"]

PLOT = 272  # px
NAME, TERM, LASTS = -250, -12, PLOT + 12
DAYS = [0, 1, 3, 7, 14, 28, 60, 180, 360]
TOXICITIES = ("CRS", "neurotoxicity")

LABELS = {
    "product": "Product",
    "cohort": "Cohort",
    "toxicity": "Toxicity",
    "term": "Term of the source",
    "onset_median": "Onset, median day",
    "onset_low": "Onset, low",
    "onset_high": "Onset, high",
    "onset_spread": "Low to high is",
    "duration_median": "Duration, median days",
}


def onsets(rows: DataFrame) -> alt.LayerChart:
    """Draw the day on which a toxicity starts, cohort by cohort, and how long it lasts.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence``; those without a median onset are left out.

    Returns
    -------
    altair.LayerChart
        Under each product a row a cohort and toxicity: a mark at the median, a line over the range
        or the quartiles as printed, the median duration in words. Days lie on a scale that
        stretches the first week.

    Raises
    ------
    ValueError
        If the frame lacks a column or no row has a median onset.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.onsets(load("toxicity_incidence"))
    >>> chart.to_dict()["usermeta"]["table"]["columns"][4]
    'Onset, median day'
    """
    needed = [*LABELS, "duration_low", "duration_high", "source_id"]
    require(rows, needed, name="toxicity_incidence")
    frame = rows[needed][rows["onset_median"].notna() & rows["toxicity"].isin(TOXICITIES)]
    require(frame, [], name="toxicity_incidence with a median onset")
    frame = frame.assign(short=frame["product"].map(short_product), lasts=_durations(frame))
    frame = frame.sort_values(["cohort", "toxicity"], ignore_index=True)
    cohorts = count_of(frame["cohort"].nunique(), "cohort")
    return finish(
        _drawn(frame),
        description=f"Onset of toxicity in {cohorts}. {_medians(frame)}",
        caption=(
            f"Median day of onset in {cohorts} that state one, with its range "
            "or, thinner, its quartiles; the scale stretches the first week. Only patients with "
            "the toxicity are counted."
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _durations(frame: DataFrame) -> list[str]:
    columns = ["duration_median", "duration_low", "duration_high"]
    return [_duration(*row) for row in frame[columns].itertuples(index=False)]


def _duration(median: Any, low: Any, high: Any) -> str:
    if pd.isna(median):
        return ""
    ends = "" if pd.isna(low) or pd.isna(high) else f" ({low:g}–{high:g})"
    return f"{median:g} d{ends}"


def _medians(frame: DataFrame) -> str:
    spans = frame.groupby("toxicity")["onset_median"].agg(["min", "max"])
    parts = [f"{name}: medians from day {a:g} to day {b:g}" for name, a, b in spans.itertuples()]
    return f"{'; '.join(parts)}."


def _drawn(frame: DataFrame) -> alt.LayerChart:
    order = [*PRODUCTS.values(), *sorted(set(frame["short"]) - set(PRODUCTS.values()))]
    rows, headings = grouped(frame, "short", order)
    above = {"row": headings["row"].iloc[0], "heading": "Lasts, median"}
    y = row_axis(rows["row"].iloc[-1])
    scale = alt.Scale(type="symlog", constant=2, domain=[0, DAYS[-1]])
    axis = alt.Axis(values=DAYS, title="Day after infusion", domain=False, format="d")
    x = alt.X("onset_median:Q", scale=scale, axis=axis)
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    names = alt.Scale(domain=list(TOXICITIES))
    key = alt.Legend(title=None, values=[name for name in TOXICITIES if name in set(rows.toxicity)])
    base = alt.Chart(rows).encode(
        y=y, tooltip=tooltip, color=alt.Color("toxicity:N", scale=names, legend=key)
    )
    shapes = alt.Scale(domain=list(TOXICITIES), range=["circle", "square"])
    spread = base.transform_filter("isValid(datum.onset_low)")
    return alt.LayerChart(
        layer=[
            spread.mark_rule(style="whisker")
            .encode(x=alt.X("onset_low:Q", scale=scale, axis=axis), x2="onset_high:Q")
            .transform_filter("datum.onset_spread == 'IQR'"),
            spread.mark_rule(style="range", opacity=0.35)
            .encode(x=alt.X("onset_low:Q", scale=scale, axis=axis), x2="onset_high:Q")
            .transform_filter("datum.onset_spread != 'IQR'"),
            base.mark_point(size=60).encode(
                x=x, shape=alt.Shape("toxicity:N", scale=shapes, legend=key)
            ),
            text_column(headings, "heading", x=NAME, y=y, style="heading"),
            text_column(pd.DataFrame([above]), "heading", x=LASTS, y=y, style="muted"),
            text_column(rows, "cohort", x=NAME, y=y),
            text_column(rows, "term", x=TERM, y=y, align="right", style="muted"),
            text_column(rows, "lasts", x=LASTS, y=y, style="count"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW - 2))
