"""Dose ranges: cells by study on a logarithmic axis, coloured by delivery."""

from __future__ import annotations

from math import ceil, floor, log10

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._frames import count_of, named, require, sources_of, without
from cartreview.charts._rows import (
    ROW,
    delivery_colour,
    delivery_shape,
    grouped,
    row_axis,
    text_column,
)
from cartreview.charts.theme import finish
from cartreview.evidence.studies import FAMILIES

__all__ = ["dose_ranges"]

PLOT = 392  # px
POWERS = "['⁰','¹','²','³','⁴','⁵','⁶','⁷','⁸','⁹','¹⁰','¹¹','¹²']"
DOSES = ("dose_cells_low", "dose_cells_high", "iv_dose_cells_low", "iv_dose_cells_high")

LABELS = {
    "study": "Study",
    "part": "Part",
    "product_class": "Product class",
    "delivery": "Delivery",
    "low": "Cells, low",
    "high": "Cells, high",
}


def dose_ranges(studies: DataFrame) -> alt.LayerChart:
    """Draw the dose range of each study, from lowest to highest number of cells.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    altair.LayerChart
        One row a study, a second one where it prints an intravenous dose apart; a dot where one
        dose is printed. Cells with an antigen receptor stand above those without.

    Raises
    ------
    ValueError
        If the frame is empty, lacks a column or holds no dose.

    Notes
    -----
    The seed's table does not say whether cells are counted per infusion, per kilogram or in total.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.dose_ranges(load("studies"))
    >>> len(chart.to_dict()["usermeta"]["table"]["columns"])
    6
    """
    needed = ["study_id", "product_class", "routes", *DOSES, "source_id"]
    require(studies, needed, name="studies")
    frame = _frame(named(studies, needed))
    require(frame, [], name="studies with a dose")
    drawn, total = frame["study_id"].nunique(), studies["study_id"].nunique()
    return finish(
        _drawn(frame),
        description=(
            f"Dose ranges of {count_of(drawn, 'study', 'studies')} on a logarithmic axis. "
            f"{_by_family(frame)}"
        ),
        caption=(
            f"Cells in {count_of(drawn, 'study', 'studies')}, from the lowest to the highest dose "
            "printed; a single mark is a single dose. Where a study prints its intravenous dose "
            "apart, it has a row of its own. Each line of the axis is ten times the one before."
            f"{without(total - drawn, total, 'no dose')}"
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _frame(studies: DataFrame) -> DataFrame:
    kept = ["study_id", "study", "product_class", "family", "delivery", "source_id"]
    main = studies[kept].assign(
        low=studies["dose_cells_low"], high=studies["dose_cells_high"], part=""
    )
    apart = studies["iv_dose_cells_high"].notna()
    main.loc[apart, ["delivery", "part"]] = ["local", "local dose"]
    iv = studies.loc[apart, kept].assign(
        low=studies["iv_dose_cells_low"],
        high=studies["iv_dose_cells_high"],
        delivery="IV",
        part="IV dose",
    )
    frame = pd.concat([main, iv]).dropna(subset=["low", "high"])
    frame["middle"] = (frame["low"].astype(float) * frame["high"].astype(float)) ** 0.5
    first = frame.groupby("study_id")["middle"].transform("min")
    return frame.assign(first=first).sort_values(["first", "study", "middle"], ignore_index=True)


def _drawn(frame: DataFrame) -> alt.LayerChart:
    rows, headings = grouped(frame, "family", FAMILIES)
    headings["heading"] = headings["heading"].map(lambda name: name[0].upper() + name[1:])
    rows["label"] = rows["study"] + rows["part"].map(lambda part: f", {part}" if part else "")
    y, present = row_axis(rows["row"].iloc[-1]), rows["delivery"].unique().tolist()
    x = alt.X(
        "low:Q",
        scale=alt.Scale(type="log", domain=_decades(frame), nice=False),
        axis=alt.Axis(
            values=_ticks(frame),
            labelExpr=f"'10' + {POWERS}[round(log(datum.value) / LN10)]",
            title="Cells",
            domain=False,
        ),
    )
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in list(LABELS.items())[:4]]
    tooltip += [
        alt.Tooltip(f"{end}:Q", title=LABELS[end], format=".2~e") for end in ("low", "high")
    ]
    base = alt.Chart(rows).encode(y=y, color=delivery_colour(present), tooltip=tooltip)
    ranges = base.transform_filter("datum.low < datum.high")
    ends = base.mark_point(size=52).encode(shape=delivery_shape(present))
    return alt.LayerChart(
        layer=[
            ranges.mark_rule(style="range").encode(x=x, x2="high:Q"),
            ends.transform_filter("datum.low == datum.high").encode(x=x),
            text_column(headings, "heading", x=-222, y=y, style="heading"),
            text_column(rows, "label", x=-222, y=y),
            text_column(rows, "product_class", x=-12, y=y, align="right", style="muted"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW - 2))


def _decades(frame: DataFrame) -> list[float]:
    return [
        10.0 ** floor(log10(float(frame["low"].min()))),
        10.0 ** ceil(log10(float(frame["high"].max()))),
    ]


def _ticks(frame: DataFrame) -> list[float]:
    low, high = _decades(frame)
    ticks = [low]
    while ticks[-1] < high:
        ticks.append(ticks[-1] * 10)
    return ticks


def _by_family(frame: DataFrame) -> str:
    parts = [
        f"{name}: {part['low'].min():.2g} to {part['high'].max():.2g}".replace("e+0", "e")
        for name, part in frame.groupby("family")
    ]
    return f"{'; '.join(parts).replace('e+', 'e')} cells."
