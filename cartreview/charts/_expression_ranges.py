"""Antigen expression: printed ranges by antigen, a panel a tumour, gaps said in words."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of, enumeration
from cartreview.charts._frames import require, sources_of, span
from cartreview.charts.theme import finish

__all__ = ["expression_ranges"]

PANEL = 124  # px
STEP = 34  # px: a range with its numbers above
NONE = "no figure"

LABELS = {
    "antigen": "Antigen",
    "tumour": "Tumour",
    "low_percent": "Low, percent of tumours",
    "high_percent": "High, percent of tumours",
}


def expression_ranges(expression: DataFrame) -> alt.FacetChart:
    """Draw the share of tumours that express each antigen, as ranges.

    Parameters
    ----------
    expression : pandas.DataFrame
        Rows of ``antigen_expression`` (percent of tumours, 0 to 100).

    Returns
    -------
    altair.FacetChart
        One panel a tumour, one row an antigen; a dot where one number is printed, "no figure"
        where none is.

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.expression_ranges(load("antigen_expression"))
    >>> len(chart.to_dict()["usermeta"]["table"]["rows"]) == len(load("antigen_expression"))
    True
    """
    needed = ["antigen", "tumour", "low_percent", "high_percent", "source_id"]
    require(expression, needed, name="antigen_expression")
    frame = expression[needed].assign(shown=_shown(expression))
    middle = (frame["low_percent"] + frame["high_percent"]) / 2
    frame["middle"] = middle.clip(15, 85)  # so that no number leaves its panel
    missing = int(frame["low_percent"].isna().sum())
    return finish(
        _drawn(frame),
        description=(
            "Share of tumours that express each of "
            f"{count_of(frame['antigen'].nunique(), 'antigen')} in "
            f"{count_of(frame['tumour'].nunique(), 'tumour')}; {missing} of {len(frame)} cells "
            f"have no figure. {_extremes(frame)}"
        ),
        caption=(
            "Percent of tumours in which the antigen was found, as printed: a bar from the lowest "
            "to the highest figure, a dot where there is one. "
            f"{missing} of {len(frame)} combinations have no figure."
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _shown(expression: DataFrame) -> list[str]:
    pairs = zip(expression["low_percent"], expression["high_percent"], strict=True)
    return [NONE if pd.isna(low) else span(low, high) for low, high in pairs]


def _drawn(frame: DataFrame) -> alt.FacetChart:
    antigens = frame["antigen"].drop_duplicates().tolist()
    tumours = frame["tumour"].drop_duplicates().tolist()
    y = alt.Y(
        "antigen:N",
        sort=antigens,
        axis=alt.Axis(title=None, domain=False, ticks=False, labelPadding=8),
    )
    x = alt.X(
        "low_percent:Q",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(
            values=[0, 50, 100],
            labelExpr="datum.value + ' %'",
            labelFlush=True,
            title=None,
            domain=False,
        ),
    )
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    base = alt.Chart(frame).encode(y=y, tooltip=tooltip)
    known = base.transform_filter("isValid(datum.low_percent)")
    bars = known.transform_filter("datum.low_percent < datum.high_percent")
    dots = known.transform_filter("datum.low_percent == datum.high_percent")
    gaps = base.transform_filter("!isValid(datum.low_percent)")
    panel = alt.LayerChart(
        layer=[
            bars.mark_rule(style="range", yOffset=4).encode(x=x, x2="high_percent:Q"),
            dots.mark_point(size=52, yOffset=4).encode(x=x),
            known.mark_text(style="count", dy=-7).encode(x="middle:Q", text="shown:N"),
            gaps.mark_text(style="muted").encode(x=alt.datum(50), text="shown:N"),
        ]
    ).properties(width=PANEL, height=alt.Step(STEP))
    return panel.facet(column=alt.Column("tumour:N", sort=tumours, title=None))


def _extremes(frame: DataFrame) -> str:
    known = frame.dropna(subset=["low_percent", "high_percent"])
    if known.empty:
        return ""
    ends = known.sort_values(["high_percent", "low_percent", "antigen"])
    places = [
        f"{row['antigen']} in {row['tumour']} at {row['shown']} percent"
        for row in (ends.iloc[-1], ends.iloc[0])
    ]
    return f"The highest and the lowest are {enumeration(places)}."
