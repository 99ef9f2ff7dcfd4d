"""Scale shift: the share of the same patients with a toxicity under an older and a newer scale."""

from __future__ import annotations

import altair as alt
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._estimates import share_ticks
from cartreview.charts._frames import require, sources_of
from cartreview.charts._rows import ROW, row_axis, text_column
from cartreview.charts.theme import finish

__all__ = ["regrading"]

PLOT = 240  # px
NAME, SCALE, NUMBERS = -312, -12, PLOT + 14
LABELS = {
    "name": "Patients",
    "older": "Older scale",
    "newer": "Newer scale",
    "older_share": "Share, older",
    "newer_share": "Share, newer",
    "denominator": "Patients counted",
}


def regrading(shifts: DataFrame) -> alt.LayerChart:
    """Draw what another grading scale does to the rate in the same patients.

    Parameters
    ----------
    shifts : pandas.DataFrame
        One row a pair of scales: ``name`` (patients and toxicity), ``older``, ``newer`` (scales),
        ``older_share``, ``newer_share`` (0 to 1), ``denominator`` (patients), ``source_id``.

    Returns
    -------
    altair.LayerChart
        A row a pair: a hollow dot under the older scale, a full one under the newer.

    Raises
    ------
    ValueError
        If the frame is empty, lacks a column, or a share is outside 0 to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from cartreview import charts
    >>> row = {"name": "JULIET, neurotoxicity", "older": "CTCAE 4", "newer": "ASTCT 2019",
    ...        "older_share": 0.45, "newer_share": 0.17, "denominator": 111, "source_id": "a2020"}
    >>> charts.regrading(pd.DataFrame([row])).to_dict()["usermeta"]["table"]["rows"][0][3:5]
    [0.45, 0.17]
    """
    require(shifts, [*LABELS, "source_id"], name="shifts")
    both = shifts[["older_share", "newer_share"]].astype(float)
    if not bool(((both >= 0) & (both <= 1)).all(axis=None)):
        raise ValueError("shifts: shares must be between 0 and 1, not percent")
    frame = shifts.reset_index(drop=True).assign(
        row=[f"{place:03d}" for place in range(len(shifts))],
        scales=[f"{a} → {b}" for a, b in zip(shifts["older"], shifts["newer"], strict=True)],
        numbers=[f"{a:.0%} → {b:.0%}" for a, b in both.to_numpy()],
    )
    largest = frame.loc[(both["older_share"] - both["newer_share"]).abs().to_numpy().argmax()]
    return finish(
        _drawn(frame),
        description=(
            f"{count_of(len(frame), 'comparison')} of two grading scales in the same patients. "
            f"The largest change: {largest['name']}, {largest['scales']}, {largest['numbers']}."
        ),
        caption=(
            "Share of the same patients under two scales: a hollow mark is the older scale, a full "
            "mark the newer one. The difference is due to the scale alone."
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _drawn(frame: DataFrame) -> alt.LayerChart:
    y = row_axis(frame["row"].iloc[-1])
    x = alt.X("older_share:Q", axis=share_ticks("Share of the same patients"), scale=_scale())
    tooltip = [alt.Tooltip(f"{field}:N", title=LABELS[field]) for field in LABELS]
    base = alt.Chart(frame).encode(y=y, tooltip=tooltip)
    newer = base.encode(x=alt.X("newer_share:Q", scale=_scale()))
    return alt.LayerChart(
        layer=[
            base.mark_rule(style="link").encode(x=x, x2="newer_share:Q"),
            base.mark_point(style="absent", size=64).encode(x=x),
            newer.mark_point(size=64),
            text_column(frame, "name", x=NAME, y=y),
            text_column(frame, "scales", x=SCALE, y=y, align="right", style="muted"),
            text_column(frame, "numbers", x=NUMBERS, y=y, style="count"),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW + 4))


def _scale() -> alt.Scale:
    return alt.Scale(domain=[0, 1])
