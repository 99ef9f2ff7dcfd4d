"""Numbers of patients by product class, a segment a study."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._frames import count_of, listed, named, require, sources_of, without
from cartreview.charts._rows import delivery_colour
from cartreview.charts.theme import finish
from cartreview.evidence.studies import DELIVERIES

__all__ = ["patients_by_class"]

PLOT = 544  # px, bars with their text
LETTER = 6.8  # px, the mean width of a letter of it

LABELS = {
    "product_class": "Product class",
    "study": "Study",
    "delivery": "Delivery",
    "n_patients": "Patients",
}


def patients_by_class(studies: DataFrame) -> alt.LayerChart:
    """Draw how many patients were treated with each class of cells.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    altair.LayerChart
        One bar a class, the most patients first; one segment a study, by delivery and size.

    Raises
    ------
    ValueError
        If the frame is empty, lacks a column or holds no number of patients.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.patients_by_class(load("studies"))
    >>> chart.to_dict()["usermeta"]["table"]["columns"][-1]
    'Patients'
    """
    needed = ["study_id", "product_class", "routes", "n_patients", "source_id"]
    require(studies, needed, name="studies")
    frame = named(studies, needed).dropna(subset="n_patients")
    require(frame, [], name="studies with a number of patients")
    frame["place"] = frame["delivery"].map(DELIVERIES.index)
    order = ["place", "n_patients", "study"]
    frame = frame.sort_values(order, ascending=[True, False, True], ignore_index=True)
    frame["n_patients"] = frame["n_patients"].astype(int)
    frame["end"] = frame.groupby("product_class")["n_patients"].cumsum()
    frame["start"] = frame["end"] - frame["n_patients"]
    totals = _totals(frame, studies)
    unknown = len(studies) - len(frame)
    parts = [f"{row.product_class} {row.patients}" for row in totals.itertuples()]
    return finish(
        _drawn(frame, totals),
        description=(
            f"{count_of(int(frame['n_patients'].sum()), 'patient')} in "
            f"{count_of(len(frame), 'study', 'studies')} by product class: {listed(parts)}."
        ),
        caption=(
            f"{count_of(int(frame['n_patients'].sum()), 'patient')} in "
            f"{count_of(len(frame), 'study', 'studies')}; a segment is a study, its colour the "
            f"delivery.{without(unknown, len(studies), 'no number of patients')}"
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _totals(frame: DataFrame, studies: DataFrame) -> DataFrame:
    by = frame.groupby("product_class")["n_patients"]
    totals = pd.DataFrame({"patients": by.sum(), "studies": by.size()}).reset_index()
    rows = studies.groupby("product_class").size()
    texts = []
    for row in totals.itertuples():
        silent = int(rows[row.product_class]) - row.studies
        also = f", {silent} more unknown" if silent else ""
        texts.append(f"{row.patients} in {count_of(row.studies, 'study', 'studies')}{also}")
    order = ["patients", "product_class"]
    return totals.assign(text=texts).sort_values(order, ascending=[False, True])


def _room(totals: DataFrame) -> float:
    """Give the number of patients at the right edge, so that the text of every bar fits."""
    widths = totals["text"].str.len() * LETTER + 14
    return float((totals["patients"] * PLOT / (PLOT - widths)).max())


def _drawn(frame: DataFrame, totals: DataFrame) -> alt.LayerChart:
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8)
    y = alt.Y("product_class:N", sort=totals["product_class"].tolist(), axis=axis)
    axis_x = alt.Axis(title="Patients", domain=False, tickCount=5)
    x = alt.X("start:Q", axis=axis_x, scale=alt.Scale(domain=[0, _room(totals)], nice=False))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    colour = delivery_colour(frame["delivery"].unique().tolist())
    bars = alt.Chart(frame).mark_bar(style="segment", height={"band": 0.62})
    ends = alt.Chart(totals).mark_text(style="count", align="left", baseline="middle", dx=7)
    return alt.LayerChart(
        layer=[
            bars.encode(x=x, x2="end:Q", y=y, color=colour, tooltip=tooltip),
            ends.encode(x="patients:Q", y=y, text="text:N"),
        ]
    ).properties(width=PLOT, height=alt.Step(30))
