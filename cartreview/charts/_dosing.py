"""Numbers of infusions by schedule: a range a study, on an axis that gives few room."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._frames import count_of, named, require, sources_of, without
from cartreview.charts._rows import (
    ROW,
    delivery_colour,
    delivery_shape,
    row_axis,
    text_column,
)
from cartreview.charts.theme import finish

__all__ = ["dosing"]

PLOT = 302  # px
LEFT = 312  # px of text at the left of the plot
SCHEDULES = (
    "more than weekly",
    "weekly",
    "every 2 weeks",
    "every 3 weeks",
    "monthly",
    "longer than monthly",
    "changing",
    "in cycles",
    "at surgery",
    "rhythm not printed",
)
TICKS = (0, 1, 2, 4, 8, 16, 32, 64, 128)

LABELS = {
    "study": "Study",
    "schedule": "Schedule",
    "product_class": "Product class",
    "delivery": "Delivery",
    "doses_low": "Infusions, low",
    "doses_high": "Infusions, high",
}


def dosing(
    studies: DataFrame, *, reference: float | None = None, reference_label: str = ""
) -> alt.LayerChart:
    """Draw how many infusions each study planned, grouped by their rhythm.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.
    reference : float, optional
        Number of infusions at which to draw a line.
    reference_label : str
        What the line says.

    Returns
    -------
    altair.LayerChart
        One row a study beside its schedule; a mark for one number, a bar for a range, a thin line
        from the edge for "up to".

    Raises
    ------
    ValueError
        If the frame is empty, lacks a column or holds no number of infusions.

    Notes
    -----
    The axis is logarithmic in the number plus one, so that zero has a place.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.dosing(load("studies"), reference=4, reference_label="four")
    >>> "rule" in {layer["mark"]["type"] for layer in chart.to_dict()["layer"]}
    True
    """
    needed = ["study_id", "product_class", "routes", "schedule", "doses_low", "doses_high"]
    needed += ["doses_derived", "source_id"]
    require(studies, needed, name="studies")
    frame = named(studies, needed).dropna(subset="doses_high")
    require(frame, [], name="studies with a number of infusions")
    frame = frame.assign(schedule=frame["schedule"].fillna(SCHEDULES[-1]))
    frame = frame.sort_values(["doses_high", "doses_low", "study"], ignore_index=True)
    silent = len(studies) - len(frame)
    return finish(
        _drawn(frame, reference, reference_label),
        description=(
            f"Infusions in {count_of(len(frame), 'study', 'studies')} by schedule: at most "
            f"{int(frame['doses_high'].max())}, in {frame['study'].iloc[-1]}.{_commonest(frame)}"
            f"{_above(frame, reference)}"
        ),
        caption=(
            "Infusions a patient was to get, in "
            f"{count_of(len(frame), 'study', 'studies')}: a mark where one number is printed, a "
            "bar for a range, a thin line where only an upper limit is. In "
            f"{count_of(int(frame['doses_derived'].sum()), 'study', 'studies')} the number is "
            "computed from cycles or routes. The axis gives small numbers more room."
            f"{without(silent, len(studies), 'no number')}"
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _commonest(frame: DataFrame) -> str:
    printed = frame.loc[frame["schedule"] != SCHEDULES[-1], "schedule"]
    if printed.empty:
        return ""
    counts = printed.value_counts()
    names = " or ".join(sorted(counts[counts == counts.max()].index))
    number = count_of(int(counts.max()), "study", "studies")
    return f" Of these the commonest schedule is {names} ({number})."


def _above(frame: DataFrame, reference: float | None) -> str:
    if reference is None:
        return ""
    number = count_of(int((frame["doses_high"] > reference).sum()), "study", "studies")
    return f" More than {reference:g} in {number}."


def _drawn(frame: DataFrame, reference: float | None, label: str) -> alt.LayerChart:
    rows = _ordered(frame)
    y, present = row_axis(rows["row"].iloc[-1]), rows["delivery"].unique().tolist()
    x, above = _axis(rows, reference), 8 if reference is None else 28  # px for the line's label
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    base = alt.Chart(rows).encode(
        y=y, x=x, color=delivery_colour(present, offset=above), tooltip=tooltip
    )
    up_to = base.transform_filter("datum.kind == 'up to'")
    ranges = base.transform_filter("datum.kind == 'range'")
    marks = base.transform_filter("datum.kind != 'range'").mark_point(size=52)
    firsts = rows.drop_duplicates("schedule")
    return alt.LayerChart(
        layer=[
            _separators(firsts.iloc[1:], y),
            *_reference(reference, label, x),
            up_to.mark_rule(style="whisker").encode(x2=alt.value(0)),
            ranges.mark_rule(style="range").encode(x2="doses_low:Q"),
            marks.encode(shape=delivery_shape(present, offset=above)),
            text_column(firsts, "schedule", x=-LEFT, y=y, style="heading"),
            text_column(rows, "study", x=-LEFT + 150, y=y),
            text_column(rows, "product_class", x=-12, y=y, align="right", style="muted"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _ordered(frame: DataFrame) -> DataFrame:
    place = frame["schedule"].map(SCHEDULES.index)
    rows = frame.assign(place=place).sort_values("place", kind="stable", ignore_index=True)
    rows["row"] = [f"{number:03d}" for number in range(len(rows))]
    pairs = zip(rows["doses_low"], rows["doses_high"], strict=True)
    rows["kind"] = [_kind(low, high) for low, high in pairs]
    return rows


def _kind(low: int | None, high: int) -> str:
    if low is None or pd.isna(low):
        return "up to"
    return "range" if low < high else "one"


def _axis(rows: DataFrame, reference: float | None) -> alt.X:
    zero = bool((rows["doses_low"] == 0).any())
    top = max(float(rows["doses_high"].max()), reference or 0) * 1.1
    return alt.X(
        "doses_high:Q",
        scale=alt.Scale(type="symlog", constant=1, domain=[0 if zero else 1, top], nice=False),
        axis=alt.Axis(
            values=[tick for tick in TICKS if (tick or zero) and tick <= top],
            format="d",
            title="Infusions",
            domain=False,
        ),
    )


def _separators(firsts: DataFrame, y: alt.Y) -> alt.Chart:
    mark = alt.Chart(firsts).mark_rule(style="link", yOffset=-ROW / 2, strokeWidth=0.75)
    return mark.encode(x=alt.value(-LEFT), x2=alt.value(PLOT), y=y)


def _reference(at: float | None, label: str, x: alt.X) -> list[alt.Chart]:
    if at is None:
        return []
    base = alt.Chart(pd.DataFrame([{"doses_high": at, "label": label}])).encode(x=x)
    text = base.mark_text(style="muted", align="center", baseline="bottom", dy=-4)
    return [
        base.mark_rule(style="reference"),
        text.encode(y=alt.value(0), text="label:N"),
    ]
