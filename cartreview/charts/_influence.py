"""Influence: the pooled share without each study, against that with all."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._estimates import (
    estimate_text,
    facts_of,
    interval_text,
    method_text,
    not_pooled,
    percent,
    share_axis,
    text_head,
)
from cartreview.charts._frames import count_of, sources_of
from cartreview.charts._rows import ROW, row_axis, text_column
from cartreview.charts.theme import finish

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion

__all__ = ["influence"]

PLOT = 296  # px
NAME, SHARE, ENDS, CHANGE = -146, PLOT + 46, PLOT + 116, PLOT + 168

LABELS = {
    "study": "Without",
    "share": "Pooled share",
    "low": "Interval, low",
    "high": "Interval, high",
    "points": "Change, percentage points",
    "tau2": "τ²",
}


def influence(
    pooled_all: PooledProportion,
    left_out: Sequence[tuple[str, PooledProportion]],
    *,
    counts: DataFrame | None = None,
    title: str = "Pooled share of patients with the outcome",
) -> alt.LayerChart:
    """Draw what is pooled without each study in turn.

    Taught in: book/methods.md

    Parameters
    ----------
    pooled_all : PooledProportion
        The estimate with all studies.
    left_out : sequence of (str, PooledProportion)
        What ``leave_one_out`` gives: the study left out, and what the others say.
    counts : pandas.DataFrame, optional
        The rows pooled: ``study_id``, ``study``, ``source_id``. They give names and sources.
    title : str
        What the share is of, on the axis.

    Returns
    -------
    altair.LayerChart
        One row a study, the largest share without it first; a line and a band for all studies.

    Raises
    ------
    ValueError
        If there is no estimate with all studies, nothing was left out, or `counts` lacks a column
        or a study.

    Examples
    --------
    >>> from cartreview import charts
    >>> from cartreview.synthesis import leave_one_out, pool_proportions
    >>> events, totals, names = [8, 2, 1], [13, 6, 11], ["a", "b", "c"]
    >>> found = leave_one_out(events, totals, names=names)
    >>> charts.influence(pool_proportions(events, totals), found).to_dict()["description"][-43:]
    '18 % without a, the highest 53 % without c.'
    """
    if pooled_all.estimate is None:
        raise ValueError(f"pooled_all has no estimate to compare with: {not_pooled(pooled_all)}")
    if not left_out:
        raise ValueError("left_out is empty; leave_one_out gives nothing for one study")
    facts = facts_of(counts, [name for name, _ in left_out], ["source_id"])
    frame = _frame(pooled_all, left_out, facts)
    return finish(
        _drawn(frame, pooled_all, title),
        description=_description(frame, pooled_all, title),
        caption=(
            f"Each row: the pooled share ({method_text(pooled_all)}) without that study, with its "
            f"{100 * pooled_all.level:g} % interval; at the right the change in percentage points. "
            f"Line and band: all {count_of(pooled_all.k, 'study', 'studies')}, "
            f"{estimate_text(pooled_all)}.{_failed(frame)}"
        ),
        sources=[] if counts is None else sources_of(facts),
        rows=frame,
        labels=LABELS,
    )


def _frame(
    pooled_all: PooledProportion,
    left_out: Sequence[tuple[str, PooledProportion]],
    facts: DataFrame,
) -> DataFrame:
    found = [pooled for _, pooled in left_out]
    frame = pd.DataFrame(
        {
            "study": facts["study"],
            "share": [one.estimate for one in found],
            "low": [one.ci_low for one in found],
            "high": [one.ci_high for one in found],
            "tau2": [one.tau2 for one in found],
            "why": [not_pooled(one) if one.estimate is None else None for one in found],
        }
    ).astype(dict.fromkeys(["share", "low", "high", "tau2"], "Float64"))
    frame["points"] = (100 * (frame["share"] - pooled_all.estimate)).round(2)
    frame = frame.sort_values(["share", "study"], ascending=[False, True], ignore_index=True)
    ends = zip(frame["low"], frame["high"], strict=True)
    return frame.assign(
        row=[f"{place:03d}" for place in range(len(frame))],
        share_text=[None if pd.isna(one) else percent(one) for one in frame["share"]],
        ends_text=[None if pd.isna(low) else interval_text(low, high) for low, high in ends],
        points_text=[None if pd.isna(one) else _signed(one) for one in frame["points"]],
    )


def _signed(points: float) -> str:
    text = f"{abs(points):.1f}"
    return text if text == "0.0" else f"{'+' if points > 0 else '−'}{text}"


def _drawn(frame: DataFrame, pooled_all: PooledProportion, title: str) -> alt.LayerChart:
    y = row_axis(frame["row"].iloc[-1])
    highest = max(frame["high"].max(skipna=True), pooled_all.ci_high or 0)
    x = share_axis(title, high=min(1.0, ceil(10 * float(highest)) / 10))
    known, unknown = frame[frame["why"].isna()], frame[frame["why"].notna()]
    base = alt.Chart(known.drop(columns="why")).encode(y=y)
    tooltip = [
        alt.Tooltip("study:N", title="Without"),
        alt.Tooltip("share_text:N", title="Pooled share"),
        alt.Tooltip("ends_text:N", title="Interval (%)"),
        alt.Tooltip("tau2:Q", title="τ²", format=".2f"),
    ]
    row = {"share": pooled_all.estimate, "low": pooled_all.ci_low, "high": pooled_all.ci_high}
    every = alt.Chart(pd.DataFrame([row]))
    places = {"share_text": SHARE, "ends_text": ENDS, "points_text": CHANGE}
    columns = [
        text_column(known, field, x=place, y=y, align="right", style="count")
        for field, place in places.items()
    ]
    failed = [text_column(unknown, "why", x=8, y=y, style="muted")] if len(unknown) else []
    return alt.LayerChart(
        layer=[
            every.mark_rect(style="band").encode(x=alt.X("low:Q"), x2="high:Q"),
            every.mark_rule(style="reference").encode(x=x),
            base.mark_rule(style="whisker").encode(x=alt.X("low:Q"), x2="high:Q"),
            base.mark_point(size=52).encode(x=x, tooltip=tooltip),
            text_column(frame[["row", "study"]], "study", x=NAME, y=y),
            *columns,
            *failed,
            *text_head(
                {
                    "without": (NAME, "left"),
                    f"share, {100 * pooled_all.level:g} % interval": (ENDS, "right"),
                    "change": (CHANGE, "right"),
                }
            ),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _description(frame: DataFrame, pooled_all: PooledProportion, title: str) -> str:
    known = frame.dropna(subset="share")
    head = f"Influence of each study. {title}, all studies: {estimate_text(pooled_all)}."
    if known.empty:
        return f"{head}{_failed(frame)}"
    high, low = known.iloc[0], known.iloc[-1]
    return (
        f"{head}{_failed(frame)} With one of {count_of(len(frame), 'study', 'studies')} left out "
        f"the lowest is {percent(low['share'])} without {low['study']}, the highest "
        f"{percent(high['share'])} without {high['study']}."
    )


def _failed(frame: DataFrame) -> str:
    number = int(frame["why"].notna().sum())
    studies = count_of(number, "study", "studies")
    return f" Without {studies} taken singly there is no pooled share." if number else ""
