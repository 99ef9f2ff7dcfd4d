"""Pooled estimates in charts: what they need, how they are worded, which marks they have.

Vocabulary
----------
pooled   a ``PooledProportion`` of ``cartreview.synthesis``; charts read it and compute none.
share    a proportion, written in whole percents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion

__all__ = [
    "Heads",
    "check_counts_frame",
    "diamonds",
    "estimate_text",
    "interval_text",
    "method_text",
    "not_pooled",
    "p_text",
    "percent",
    "share_axis",
    "share_ticks",
    "shortened",
    "spread_text",
    "summary",
    "text_head",
]

Heads = Mapping[str, tuple[float, Literal["left", "right"]]]
LONGEST = 100  # characters of a reason: what fits a row of 11 px

METHODS = {
    "glmm": "binomial-normal model",
    "reml": "normal model of logits, REML",
    "dl": "normal model of logits, DerSimonian-Laird",
}


def check_counts_frame(counts: DataFrame, columns: Sequence[str]) -> None:
    """Refuse counts without a column, without rows, or with a count that cannot be.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"study": ["Brown (15)"], "events": [4], "denominator": [3]})
    >>> check_counts_frame(frame, ["study", "events", "denominator"])
    Traceback (most recent call last):
    ...
    ValueError: counts: column 'events' must lie in 0..3 in 'Brown (15)'; found 4
    """
    for column in columns:
        if column not in counts:
            raise ValueError(
                f"counts: column {column!r} is missing; the chart needs {', '.join(columns)}"
            )
    if counts.empty:
        raise ValueError("counts: no row is left to draw; expected one row or more")
    if "events" in columns:
        for name, events, total in counts[["study", "events", "denominator"]].to_numpy():
            _check_row(name, events, total)


def _check_row(name: str, events: Any, total: Any) -> None:
    if pd.isna(total) or total < 1:
        raise ValueError(
            f"counts: column 'denominator' must be 1 or more in {name!r}; found {total}"
        )
    if pd.isna(events) or not 0 <= events <= total:
        raise ValueError(
            f"counts: column 'events' must lie in 0..{total} in {name!r}; found {events}"
        )


def percent(share: float) -> str:
    """Write a share in whole percents; below one percent in one digit.

    Examples
    --------
    >>> percent(0.312), percent(0.0017), percent(0.0)
    ('31 %', '0.2 %', '0 %')
    """
    return f"{_number(share)} %"


def _number(share: float) -> str:
    value = 100 * share
    if 0 < value < 0.05:
        return "<0.1"
    return f"{value:.1f}" if 0 < value < 0.95 else f"{value:.0f}"


def interval_text(low: float, high: float) -> str:
    """Write the ends of an interval of shares.

    Examples
    --------
    >>> interval_text(0.197, 0.457)
    '20–46'
    """
    return f"{_number(low)}–{_number(high)}"


def estimate_text(pooled: PooledProportion) -> str:
    """Write an estimate with its confidence interval, or why there is none.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> estimate_text(pool_proportions([8, 2, 1], [13, 6, 11]))
    '32 % (95 % interval 11–66 %)'
    """
    if pooled.estimate is None or pooled.ci_low is None or pooled.ci_high is None:
        return not_pooled(pooled) or ""
    ends = interval_text(pooled.ci_low, pooled.ci_high)
    return f"{percent(pooled.estimate)} ({100 * pooled.level:g} % interval {ends} %)"


def p_text(p: float) -> str:
    """Write a p value.

    Examples
    --------
    >>> p_text(0.0329), p_text(4e-7), p_text(0.41)
    ('p = 0.033', 'p < 0.001', 'p = 0.41')
    """
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def spread_text(pooled: PooledProportion) -> str:
    """Write how far the studies lie apart, or why that cannot be told.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> spread_text(pool_proportions([8, 2, 1], [13, 6, 11]))
    'τ² 0.86 (0.00–13.36), I² 57 %'
    >>> spread_text(pool_proportions([0, 0], [3, 6]))
    'No patient has the outcome: τ² cannot be told'
    """
    if pooled.tau2 is None:
        told = [one for one in pooled.reasons if "tau2" in one or "pread" in one]
        return shortened((*told, *pooled.reasons, "")[0])
    low, high = pooled.tau2_low, pooled.tau2_high
    ends = "" if low is None else f" ({low:.2f}–{'∞' if high is None else format(high, '.2f')})"
    between = "" if pooled.i2 is None else f", I² {percent(pooled.i2)}"
    return f"τ² {pooled.tau2:.2f}{ends}{between}"


def shortened(reason: str) -> str:
    """Give the first sentence of a reason, and of that what fits a row.

    Examples
    --------
    >>> shortened("There is one study: tau2 does not exist. The interval is exact.")
    'There is one study: τ² does not exist'
    """
    first = reason.split(". ")[0].removesuffix(".").replace("tau2", "τ²")
    for mark in ("; ", ": "):
        if len(first) > LONGEST:
            first = first.split(mark)[0]
    return first


def not_pooled(pooled: PooledProportion) -> str | None:
    """Say why there is no pooled estimate; None where there is one.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> not_pooled(pool_proportions([1], [7]))
    'not pooled: one study'
    >>> not_pooled(pool_proportions([0, 3], [4, 3]))[:45]
    'not pooled: the likelihood rises with τ² with'
    """
    if pooled.k == 1:
        return "not pooled: one study"
    if pooled.estimate is not None:
        return None
    why = shortened((*pooled.reasons, "there is no estimate")[0])
    return f"not pooled: {why[0].lower()}{why[1:]}"


def method_text(pooled: PooledProportion) -> str:
    """Name the model that pooled.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> method_text(pool_proportions([8, 2], [13, 6], method="dl"))
    'random effects, normal model of logits, DerSimonian-Laird'
    """
    return f"random effects, {METHODS.get(pooled.method, pooled.method)}"


def summary(pooled: PooledProportion) -> str:
    """Sum up a pooling in words, for who does not see the chart.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> summary(pool_proportions([8, 2, 1], [13, 6, 11]))[:59]
    '3 studies, 11 of 30 patients: 32 % (95 % interval 11–66 %),'
    """
    head = f"{count_of(pooled.k, 'study', 'studies')}, {pooled.events} of "
    head += f"{count_of(pooled.total, 'patient')}: "
    why = not_pooled(pooled)
    if why:
        return head + why
    parts = [estimate_text(pooled)]
    if pooled.pi_low is not None and pooled.pi_high is not None:
        parts.append(f"prediction interval {interval_text(pooled.pi_low, pooled.pi_high)} %")
    spread = spread_text(pooled)
    return head + ", ".join([*parts, spread[:1].lower() + spread[1:]])


def share_axis(title: str, *, high: float = 1.0) -> alt.X:
    """Encode ``share`` along x, from nothing to all or to a lower end."""
    scale = alt.Scale(domain=[0, high], nice=False)
    return alt.X("share:Q", scale=scale, axis=share_ticks(title, high=high))


def share_ticks(title: str, *, high: float = 1.0) -> alt.Axis:
    """Give the axis of shares, in percent."""
    step = 0.25 if high > 0.8 else 0.1 if high > 0.3 else 0.05
    return alt.Axis(
        values=[round(step * tick, 2) for tick in range(round(high / step) + 1)],
        labelExpr="format(datum.value * 100, 'd') + ' %'",
        title=title,
        domain=False,
        grid=True,
    )


def diamonds(rows: DataFrame, x: alt.X, y: alt.Y, *, width: float) -> alt.Chart:
    """Draw a diamond for each of `rows` (``row``, ``low``, ``share``, ``high``).

    Its ends are those of the interval: the shape is a path in px, `width` px from nothing to all.
    """
    places = rows[["row", "share"]].assign(path=_paths(rows, width))
    mark = alt.Chart(places).mark_point(style="pooled", size=4)  # size 4 draws a path as it is
    return mark.encode(x=x, y=y, shape=alt.Shape("path:N", scale=None))


def _paths(rows: DataFrame, width: float) -> list[str]:
    ends = [
        ((low - share) * width, (high - share) * width)
        for low, share, high in rows[["low", "share", "high"]].astype(float).to_numpy().tolist()
    ]
    return [f"M{left:.1f},0L0,-6L{right:.1f},0L0,6Z" for left, right in ends]


def text_head(heads: Heads) -> list[alt.Chart]:
    """Write headings above columns of text: what, and where it ends or starts."""
    layers = []
    for text, (place, align) in heads.items():
        mark = alt.Chart(pd.DataFrame([{"head": text}])).mark_text(
            style="muted", align=align, baseline="bottom", dy=-4
        )
        layers.append(mark.encode(x=alt.value(place), y=alt.value(0), text="head:N"))
    return layers
