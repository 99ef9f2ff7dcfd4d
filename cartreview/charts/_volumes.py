"""Infusion volumes: a range a study, against a band that a text states."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._frames import count_of, named, require, sources_of, span, without
from cartreview.charts._rows import ROW, text_column
from cartreview.charts.theme import finish

__all__ = ["volumes"]

PLOT = 362  # px

LABELS = {
    "study": "Study",
    "product_class": "Product class",
    "volume_ml_low": "Volume, low (mL)",
    "volume_ml_high": "Volume, high (mL)",
    "minutes": "Infusion time",
}


def volumes(
    studies: DataFrame, *, band: tuple[float, float] | None = None, band_label: str = ""
) -> alt.LayerChart:
    """Draw the volume in which each study gave its cells.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies`` (mL, min).
    band : tuple of float, optional
        Lower and upper end of a band to compare with (mL).
    band_label : str
        What the band says.

    Returns
    -------
    altair.LayerChart
        One row a study, the smallest volume first; a dot where one volume is printed.

    Raises
    ------
    ValueError
        If the frame is empty, lacks a column or holds no volume, or the band runs downwards.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.volumes(load("studies"), band=(1, 5), band_label="from one to five")
    >>> chart.to_dict()["usermeta"]["table"]["columns"][-1]
    'Infusion time'
    """
    if band and band[0] > band[1]:
        raise ValueError(f"band must run from low to high; found {band}")
    ends = ["volume_ml_low", "volume_ml_high"]
    times = ["infusion_minutes_low", "infusion_minutes_high"]
    needed = ["study_id", "product_class", *ends, *times, "source_id"]
    require(studies, needed, name="studies")
    frame = named(studies, needed).dropna(subset=ends)
    require(frame, [], name="studies with a volume")
    frame = frame.sort_values([*ends, "study"], ignore_index=True)
    frame["minutes"] = [_time(*pair) for pair in zip(*(frame[t] for t in times), strict=True)]
    low, high = float(frame[ends[0]].min()), float(frame[ends[1]].max())
    silent = len(studies) - len(frame)
    return finish(
        _drawn(frame, band, band_label),
        description=(
            f"Volumes of cells given at once in {count_of(len(frame), 'study', 'studies')}: "
            f"{span(low, high, 'mL')}.{_outside(frame, band)}"
        ),
        caption=(
            f"Volume of cells given at once in {count_of(len(frame), 'study', 'studies')}: a bar "
            "from lowest to highest, a dot where one volume is printed; at the right the time over "
            f"which it was given, where printed.{without(silent, len(studies), 'no volume')}"
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _time(low: float | None, high: float | None) -> str:
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return ""
    if high >= 120:
        return f"{low:g} min to {high / 60:g} h" if low < high else f"{low / 60:g} h"
    return span(low, high, "min")


def _outside(frame: DataFrame, band: tuple[float, float] | None) -> str:
    if band is None:
        return ""
    beyond = (frame["volume_ml_low"] < band[0]) | (frame["volume_ml_high"] > band[1])
    return f" {int(beyond.sum())} reach beyond {span(*band, 'mL')}."


def _drawn(frame: DataFrame, band: tuple[float, float] | None, label: str) -> alt.LayerChart:
    y = alt.Y("study:N", sort=frame["study"].tolist(), axis=None)
    scale = alt.Scale(domainMin=0)
    axis = alt.Axis(title="Volume (mL)", domain=False, tickCount=6)
    x = alt.X("volume_ml_low:Q", scale=scale, axis=axis)
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    base = alt.Chart(frame).encode(y=y, x=x, tooltip=tooltip)
    ranges = base.transform_filter("datum.volume_ml_low < datum.volume_ml_high")
    single = base.transform_filter("datum.volume_ml_low == datum.volume_ml_high")
    return alt.LayerChart(
        layer=[
            *_band(band, label, x),
            ranges.mark_rule(style="range").encode(x2="volume_ml_high:Q"),
            single.mark_point(size=52),
            text_column(frame, "study", x=-170, y=y),
            text_column(frame, "product_class", x=-12, y=y, align="right", style="muted"),
            text_column(frame, "minutes", x=PLOT + 14, y=y, style="muted"),
            _head("given over", PLOT + 14),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW + 1))


def _band(band: tuple[float, float] | None, label: str, x: alt.X) -> list[alt.Chart]:
    if band is None:
        return []
    row = {"volume_ml_low": band[0], "high": band[1], "label": label}
    base = alt.Chart(pd.DataFrame([row])).encode(x=x)
    text = base.mark_text(style="muted", align="left", baseline="bottom", dy=-4)
    return [
        base.mark_rect(style="band").encode(x2="high:Q"),
        text.encode(y=alt.value(0), text="label:N"),
    ]


def _head(text: str, x: float) -> alt.Chart:
    mark = alt.Chart(pd.DataFrame([{"text": text}])).mark_text(
        style="muted", align="left", baseline="bottom", dy=-4
    )
    return mark.encode(x=alt.value(x), y=alt.value(0), text="text:N")
