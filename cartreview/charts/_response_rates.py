"""Responses by study: the share as a dot with its exact interval, the counts beside it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._frames import count_of, named, require, sources_of, without
from cartreview.charts._rows import ROW, delivery_colour, grouped, row_axis, text_column
from cartreview.charts.theme import finish
from cartreview.evidence.responses import (
    RESPONSE,
    Endpoint,
    endpoint_name,
    response_counts,
    second_source_counts,
)
from cartreview.evidence.studies import DELIVERIES
from cartreview.synthesis import exact_interval

__all__ = ["response_rates"]

PLOT = 236  # px, between two columns of text
SMALL = 5  # patients; below, the interval is drawn faint, for it says next to nothing

LABELS = {
    "study": "Study",
    "arm": "Arm",
    "product": "Product",
    "delivery": "Delivery",
    "endpoint": "Endpoint",
    "events": "Patients with it",
    "denominator": "Patients counted",
    "source_id": "Source",
    "share": "Share",
    "low": "95 % interval, low",
    "high": "95 % interval, high",
}
HEADINGS = {
    "local": "Local delivery",
    "IV and local": "Intravenous and local delivery",
    "IV": "Intravenous delivery",
}
SHORT = {"radiographic improvement": "improvement", "tumour shrinkage": "shrinkage"}


def response_rates(
    outcomes: DataFrame,
    studies: DataFrame,
    *,
    endpoints: Sequence[Endpoint] = RESPONSE,
) -> alt.LayerChart:
    """Draw the share of patients with a response in each study, with exact intervals.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.
    studies : pandas.DataFrame
        Rows of ``studies``.
    endpoints : sequence of str or tuple of str
        Endpoints that count as a response, the most wanted first: each study shows the first one
        that it prints with a denominator. The counts of a tuple are added.

    Returns
    -------
    altair.LayerChart
        One row a study (or an arm), grouped by delivery, the largest share first.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column, or no row counts any of the endpoints.

    Notes
    -----
    A study that prints no such count has no row, which favours treatment; a line under each group
    says how many there are. Counts are those of the source that stands first in the table; where
    another source of a study counts otherwise, its share is hollow. The interval is that of one
    study; nothing is pooled.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.response_rates(load("outcomes"), load("studies"), endpoints=["SD"])
    >>> "exact interval" in chart.to_dict()["usermeta"]["caption"]
    True
    """
    require(
        studies, ["study_id", "product_class", "antigens", "routes", "source_id"], name="studies"
    )
    counts = response_counts(outcomes, endpoints)
    frame = _frame(counts, studies)
    second = _frame(second_source_counts(outcomes, endpoints, counts), studies)
    drawn, total = frame["study_id"].nunique(), studies["study_id"].nunique()
    names = ", ".join(endpoint_name(endpoint) for endpoint in endpoints)
    half = int(frame.loc[frame["share"] > 0.5, "study_id"].nunique())
    return finish(
        _drawn(frame, second, _silent(frame, studies)),
        description=(
            f"Share of patients with a response in {count_of(drawn, 'study', 'studies')}, by "
            f"delivery: more than half in {half}. {_by_delivery(frame)}"
        ),
        caption=(
            f"{count_of(drawn, 'study', 'studies')} with "
            f"{count_of(int(frame['denominator'].sum()), 'patient')} counted. Dot: share of "
            "patients, its area the number counted; line: 95 % exact interval, faint below "
            f"{SMALL} patients. Endpoint: the first of {names} that the study prints with a "
            f"denominator.{without(total - drawn, total, 'none and cannot be drawn')}"
            f"{_second(second)}"
        ),
        sources=sources_of(frame, second),
        rows=pd.concat([frame, second]) if len(second) else frame,
        labels=LABELS,
    )


def _frame(counts: DataFrame, studies: DataFrame) -> DataFrame:
    columns = ["study_id", "product_class", "antigens", "routes"]
    facts = named(studies, columns)
    facts["product"] = facts["antigens"].str.replace(";", "/").fillna("") + " "
    facts["product"] = (facts["product"] + facts["product_class"]).str.strip()
    frame = counts.merge(facts[["study_id", "study", "product", "delivery"]], on="study_id")
    pairs = zip(frame["events"], frame["denominator"], strict=True)
    bounds = [exact_interval(*pair) for pair in pairs]
    frame["low"], frame["high"] = [low for low, _ in bounds], [high for _, high in bounds]
    frame["counts"] = frame["events"].astype(str) + "/" + frame["denominator"].astype(str)
    # nullable, for a line without a study has no such value and NaN is not JSON
    frame["small"] = (frame["denominator"] < SMALL).astype("boolean")
    order = ["share", "denominator", "study"]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _silent(frame: DataFrame, studies: DataFrame) -> DataFrame:
    """Give a line a group that says how many of its studies print no such count."""
    rest = studies[~studies["study_id"].isin(frame["study_id"])]
    counts = named(rest, ["study_id", "routes"])["delivery"].value_counts()
    texts = [
        f"{count_of(int(number), 'further study', 'further studies')} without such a count"
        for number in counts
    ]
    return pd.DataFrame({"delivery": counts.index, "note": texts})


def _second(second: DataFrame) -> str:
    if second.empty:
        return ""
    number = count_of(second["study_id"].nunique(), "study", "studies")
    return f" Hollow: in {number} another source counts otherwise."


def _drawn(frame: DataFrame, second: DataFrame, silent: DataFrame) -> alt.LayerChart:
    rows, headings = grouped(pd.concat([frame, silent]), "delivery", DELIVERIES)
    notes, rows = rows[rows["note"].notna()], rows[rows["note"].isna()]
    headings["heading"] = headings["heading"].map(HEADINGS)
    rows["shown"] = [SHORT.get(name, name) for name in rows["endpoint"]]
    rows["label"] = rows["study"] + rows["arm"].map(lambda arm: f", {arm}" if arm else "")
    places = rows.drop_duplicates("study_id").set_index("study_id")["row"]
    second = second.assign(row=second["study_id"].map(places))
    y = row_axis(max(rows["row"].max(), notes["row"].max() if len(notes) else ""))
    share = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            values=[0, 0.25, 0.5, 0.75, 1],
            labelExpr="format(datum.value * 100, 'd') + ' %'",
            title="Share of patients with a response",
            domain=False,
        ),
    )
    base = alt.Chart(rows).encode(y=y, color=delivery_colour(DELIVERIES, legend=False))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in list(LABELS.items())[:7]]
    faint = alt.condition("datum.small", alt.value(0.4), alt.value(1))
    size = alt.Size(
        "denominator:Q",
        scale=alt.Scale(domain=[0, 100], range=[0, 550], clamp=False),
        legend=None,
    )
    return alt.LayerChart(
        layer=[
            base.mark_rule(style="whisker").encode(x=alt.X("low:Q"), x2="high:Q", opacity=faint),
            base.mark_point().encode(x=share, size=size, tooltip=tooltip),
            *_hollow(second, y, share, tooltip),
            text_column(headings, "heading", x=-296, y=y, style="heading"),
            text_column(rows, "label", x=-296, y=y),
            text_column(notes, "note", x=-296, y=y, style="muted"),
            text_column(rows, "product", x=-182, y=y, style="muted"),
            text_column(rows, "counts", x=-10, y=y, align="right", style="count"),
            text_column(rows, "shown", x=PLOT + 12, y=y, style="muted"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _hollow(
    second: DataFrame, y: alt.Y, share: alt.X, tooltip: list[alt.Tooltip]
) -> list[alt.Chart]:
    if second.empty:
        return []
    mark = alt.Chart(second).mark_point(filled=False, size=60, strokeWidth=1.5)
    colour = delivery_colour(DELIVERIES, legend=False)
    return [mark.encode(x=share, y=y, color=colour, tooltip=tooltip)]


def _by_delivery(frame: DataFrame) -> str:
    sums = frame.groupby("delivery")[["events", "denominator"]].sum()
    parts = [
        f"{name} {sums.loc[name, 'events']} of {sums.loc[name, 'denominator']} patients"
        for name in DELIVERIES
        if name in sums.index
    ]
    return f"{'; '.join(parts)}, counted as printed."
