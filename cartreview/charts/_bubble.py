"""Meta-regression: shares of studies against a number, with the line that a model puts through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
from pandas import DataFrame
from pandas.api.types import is_numeric_dtype

from cartreview.charts._estimates import (
    FEWEST,
    check_counts_frame,
    method_text,
    p_text,
    percent,
    share_ticks,
    shortened,
)
from cartreview.charts._frames import armed, count_of, sources_of
from cartreview.charts.theme import finish
from cartreview.synthesis import predict_proportion

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion

__all__ = ["bubble"]

WIDTH, HEIGHT = 556, 300  # px
POINTS = 41  # of the line; more cannot be told apart
BUBBLE = 900  # px² of the largest
MARGIN = 0.04  # of the range, so that bubbles at the ends are whole

POWERS = "['⁰','¹','²','³','⁴','⁵','⁶','⁷','⁸','⁹','¹⁰','¹¹','¹²']"


def bubble(
    counts: DataFrame,
    pooled_regression: PooledProportion,
    *,
    moderator: str,
    label: str,
    title: str = "Share of patients with the outcome",
    powers: bool = False,
) -> alt.LayerChart:
    """Draw the shares of studies against a moderator, with the fitted line and its band.

    Taught in: book/methods.md

    Parameters
    ----------
    counts : pandas.DataFrame
        One row a study: ``study_id``, ``study``, ``events``, ``denominator``, ``source_id`` and a
        column of numbers named as `moderator`. Rows without a number are left out and counted.
    pooled_regression : PooledProportion
        ``pool_proportions(..., moderators={moderator: ...})`` of the rows with a number.
    moderator : str
        Column of `counts` and moderator of the fit.
    label : str
        What the moderator is, with its unit, on the axis.
    title : str
        What the share is of, on the axis.
    powers : bool
        Whether the moderator is a decimal logarithm, to be written as a power of ten.

    Returns
    -------
    altair.LayerChart
        One bubble a study; no line where the fit has none, with the reason written.

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot, or the fit is not of these rows or of
        other moderators.

    Notes
    -----
    A regression has no weights of single studies: the area of a bubble is its number of patients,
    unless the fit brings weights.

    Examples
    --------
    >>> import pandas as pd
    >>> from cartreview import charts
    >>> from cartreview.synthesis import pool_proportions
    >>> counts = pd.DataFrame({"study_id": list("abcd"), "study": list("ABCD"),
    ...     "events": [8, 2, 0, 1], "denominator": [13, 6, 13, 11],
    ...     "year": [2015, 2016, 2020, 2024], "source_id": "kaminskiy2025"})
    >>> fit = pool_proportions(counts["events"], counts["denominator"],
    ...                        moderators={"year": counts["year"]})
    >>> chart = charts.bubble(counts, fit, moderator="year", label="Year")
    >>> chart.to_dict()["description"][-49:]
    '53 % at 2015, 2 % at 2024 (p = 0.008); 4 studies.'
    """
    frame = _frame(counts, moderator)
    left_out = len(counts) - len(frame)
    _check_fit(frame, pooled_regression, moderator)
    weights = pooled_regression.weights
    frame["area"] = list(weights) if len(weights) == len(frame) else frame["denominator"]
    line = _line(frame, pooled_regression, moderator)
    why = _why(pooled_regression)
    return finish(
        _drawn(frame, line, why, moderator, label, title, powers),
        description=(
            f"{title} against {label}: {_fitted(line, pooled_regression, powers)}; "
            f"{count_of(len(frame), 'study', 'studies')}."
        ),
        caption=_caption(frame, pooled_regression, label, left_out, why),
        sources=sources_of(frame),
        rows=frame.sort_values([moderator, "study"]),
        labels={
            "study": "Study",
            moderator: label,
            "events": "Patients with it",
            "denominator": "Patients counted",
            "share": "Share",
        },
    )


def _frame(counts: DataFrame, moderator: str) -> DataFrame:
    needed = ["study_id", "study", "events", "denominator", "source_id", moderator]
    check_counts_frame(counts, needed)
    if not is_numeric_dtype(counts[moderator].convert_dtypes()):
        found = next(value for value in counts[moderator] if isinstance(value, str))
        raise ValueError(f"counts: column {moderator!r} must hold numbers; found {found!r}")
    frame = counts[needed].dropna(subset=moderator)
    if frame.empty:
        raise ValueError(f"counts: column {moderator!r} is empty; expected a number or more")
    shares = [float(e) / float(n) for e, n in frame[["events", "denominator"]].to_numpy()]
    study = armed(counts[counts[moderator].notna()])
    return frame.assign(share=shares, study=study).astype({moderator: float})


def _check_fit(frame: DataFrame, fit: PooledProportion, moderator: str) -> None:
    sums = (len(frame), int(frame["events"].sum()), int(frame["denominator"].sum()))
    if sums != (fit.k, fit.events, fit.total):
        raise ValueError(
            f"counts: rows with column {moderator!r} must be those of the fit; found {sums[1]} of "
            f"{sums[2]} in {sums[0]} rows, fitted were {fit.events} of {fit.total} in {fit.k}"
        )
    names = [name for name, _ in fit.levels]
    if fit.coefficients and names != [moderator]:
        raise ValueError(
            f"pooled_regression must have the moderator {moderator!r} alone; it has "
            f"{', '.join(names) or 'none'}"
        )


def _line(frame: DataFrame, fit: PooledProportion, moderator: str) -> DataFrame:
    """Predict on a grid from the least to the most of the moderator."""
    if not fit.coefficients:
        return pd.DataFrame(columns=["x", "share", "low", "high"])
    least, most = float(frame[moderator].min()), float(frame[moderator].max())
    grid = [least + (most - least) * step / (POINTS - 1) for step in range(POINTS)]
    found = [predict_proportion(fit, {moderator: place}) for place in grid]
    return pd.DataFrame(
        {
            "x": grid,
            "share": [one.estimate for one in found],
            "low": [one.ci_low for one in found],
            "high": [one.ci_high for one in found],
        }
    )


def _why(fit: PooledProportion) -> str:
    if not fit.coefficients:
        reason = shortened((*fit.reasons, "the fit has no coefficients")[0])
        return f"No line: {reason[0].lower()}{reason[1:]}"
    if fit.k < FEWEST:
        return f"{fit.k} studies, fewer than {FEWEST}: read the line as a hint at most"
    return ""


def _drawn(
    frame: DataFrame,
    line: DataFrame,
    why: str,
    moderator: str,
    label: str,
    title: str,
    powers: bool,
) -> alt.LayerChart:
    x = _moderator_axis(frame, moderator, label, powers)
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("share:Q", scale=scale, axis=share_ticks(title))
    marks = frame.rename(columns={moderator: "x"}).sort_values("area", ascending=False)
    size = alt.Size(
        "area:Q",
        scale=alt.Scale(domain=[0, float(marks["area"].max())], range=[0, BUBBLE]),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("study:N", title="Study"),
        alt.Tooltip("x:Q", title=label),
        alt.Tooltip("events:Q", title="Patients with it"),
        alt.Tooltip("denominator:Q", title="Patients counted"),
    ]
    points = alt.Chart(marks).mark_point(style="segment", opacity=0.72)
    note = alt.Chart(pd.DataFrame([{"text": why}])).mark_text(
        style="muted", align="left", baseline="bottom", dy=-6
    )
    return alt.LayerChart(
        layer=[
            *_fit_layers(line, x, y),
            points.encode(x=x, y=y, size=size, tooltip=tooltip),
            *([note.encode(x=alt.value(0), y=alt.value(0), text="text:N")] if why else []),
        ]
    ).properties(width=WIDTH, height=HEIGHT)


def _fit_layers(line: DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    if line.empty:
        return []
    base = alt.Chart(line).encode(x=x)
    return [
        base.mark_area(style="band").encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(style="pooled").encode(y=y),
    ]


def _moderator_axis(frame: DataFrame, moderator: str, label: str, powers: bool) -> alt.X:
    least, most = float(frame[moderator].min()), float(frame[moderator].max())
    room = MARGIN * (most - least) or 1.0
    if powers:
        ticks = [float(tick) for tick in range(int(least), int(most) + 2)]
        written = f"'10' + {POWERS}[round(datum.value)]"
        axis = alt.Axis(title=label, grid=False, values=ticks, labelExpr=written)
    else:
        axis = alt.Axis(title=label, grid=False, format="d", tickCount=8, tickMinStep=1)
    scale = alt.Scale(domain=[least - room, most + room], nice=False, zero=False)
    return alt.X("x:Q", scale=scale, axis=axis)


def _fitted(line: DataFrame, fit: PooledProportion, powers: bool) -> str:
    """Say where the line starts and ends."""
    if line.empty:
        return _why(fit)[0].lower() + _why(fit)[1:]
    ends = []
    for place in (0, -1):
        row = line.iloc[place]
        where = f"{10 ** row['x']:.1e}" if powers else f"{row['x']:g}"
        ends.append(f"{percent(row['share'])} at {where}")
    test = "" if fit.moderators_p is None else f" ({p_text(fit.moderators_p)})"
    return f"the fitted share is {ends[0]}, {ends[1]}{test}"


def _caption(frame: DataFrame, fit: PooledProportion, label: str, left_out: int, why: str) -> str:
    area = "weight" if len(fit.weights) == len(frame) else "number of patients"
    fitted = (
        f" Line: share fitted ({method_text(fit)}), with the {100 * fit.level:g} % band of its "
        f"mean{'' if fit.moderators_p is None else f'; slope {p_text(fit.moderators_p)}'}."
    )
    return (
        f"{count_of(len(frame), 'study', 'studies')} against {label}; the area of a bubble is the "
        f"{area}.{fitted if fit.coefficients else ''}{f' {why}.' if why else ''}"
        f"{_left_out(left_out)} An association between studies need not hold between patients."
    )


def _left_out(number: int) -> str:
    if not number:
        return ""
    verb = "has" if number == 1 else "have"
    return f" {count_of(number, 'study', 'studies')} {verb} no such number and cannot be drawn."
