"""When results are due: a row an antigen, a mark a registered trial, a line at the tables' day."""

from __future__ import annotations

from datetime import date

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._frames import require
from cartreview.charts._rows import text_column
from cartreview.charts.theme import finish

__all__ = ["due"]

PLOT = 186  # px; with the labels at its left, the chart is as wide as a narrow phone
NAMES = -92
ROW = 22
AHEAD = 5  # years; what is due later stands in one place, since follow-up makes such days vague
BACK = 8
STATES = ("overdue", "past, results seen", "to come")
NO_ANTIGEN = "none or not read"

LABELS = {
    "registration": "Registration",
    "title": "Title",
    "antigens": "Directed against",
    "due": "Due",
    "due_kind": "Which is the",
    "status": "Status in the record",
    "state": "Results",
}


def due(rows: DataFrame, today: date) -> alt.LayerChart:
    """Draw when the results of registered trials are due, by antigen.

    Parameters
    ----------
    rows : pandas.DataFrame
        What ``cartreview.evidence.ongoing.ongoing_rows`` gives.
    today : datetime.date
        The day that they were held against.

    Returns
    -------
    altair.LayerChart
        A mark a trial and antigen; trials without a day or withdrawn are left out.

    Raises
    ------
    ValueError
        If the frame lacks a column or no trial has a day.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> from cartreview.evidence.ongoing import as_of, ongoing_rows
    >>> rows = ongoing_rows(load("ongoing_trials"), load("reports"))
    >>> charts.due(rows, as_of()).to_dict()["usermeta"]["table"]["columns"][3]
    'Due'
    """
    require(rows, [*list(LABELS)[:-1], "passed", "overdue"], name="ongoing trials")
    frame = rows[rows["due"].notna() & (rows["status"] != "withdrawn").fillna(True)]
    require(frame, [], name="ongoing trials with a day")
    frame = frame.assign(state=_states(frame)).sort_values("due", ignore_index=True)
    late = int((frame["state"] == STATES[0]).sum())
    trials = count_of(len(frame), "registered trial")
    return finish(
        _drawn(frame, today),
        description=(
            f"Days on which results of {trials} are due, from {frame['due'].min()} to "
            f"{frame['due'].max()}, by antigen: {_counts(frame)}."
        ),
        caption=(
            f"Of {trials} with a day, results of {late} are overdue as of {today.isoformat()}. A "
            "mark stands at the primary completion or, where none was read, at the completion, "
            "which may include years of follow-up; a trial with several antigens has a mark at "
            f"each. Days after {today.year + AHEAD} stand together at the right, days before "
            f"{today.year - BACK} at the left."
        ),
        sources=[],
        rows=frame,
        labels=LABELS,
    )


def _states(frame: DataFrame) -> list[str]:
    pairs = zip(frame["overdue"], frame["passed"], strict=True)
    return [STATES[0] if late else STATES[1] if past else STATES[2] for late, past in pairs]


def _counts(frame: DataFrame) -> str:
    counts = frame["state"].value_counts()
    return ", ".join(f"{state} {counts[state]}" for state in STATES if state in counts)


def _year(day: str) -> float:
    """Give a day as a year with decimals; a month or a year counts as its last day.

    Examples
    --------
    >>> _year("2025"), round(_year("2026-06"), 2), round(_year("2026-01-01"), 2)
    (2026.0, 2026.5, 2026.0)
    """
    year, month, of_month = (*map(int, day.split("-")), 0, 0)[:3]
    if not month:
        return year + 1.0
    return year + (month - 1 + (of_month / 31 if of_month else 1)) / 12


def _marks(frame: DataFrame, today: date) -> DataFrame:
    """Give each antigen of a trial a mark, antigens with most trials first."""
    short = frame[["registration", "title", "due", "state"]]
    tracks = frame["antigens"].astype("object").where(frame["antigens"].notna(), NO_ANTIGEN)
    marks = short.assign(track=tracks.str.split(";")).explode("track", ignore_index=True)
    low, high = today.year - BACK, today.year + AHEAD + 1
    marks["year"] = [min(max(_year(day), low), high) for day in marks["due"]]
    sizes = marks["track"].value_counts()
    order = sorted(sizes.index, key=lambda name: (name == NO_ANTIGEN, -sizes[name], name))
    return marks.assign(row=[f"{order.index(name):03d}" for name in marks["track"]])


def _drawn(frame: DataFrame, today: date) -> alt.LayerChart:
    marks = _marks(frame, today)
    low, high = today.year - BACK, today.year + AHEAD + 1
    axis = alt.Axis(
        title=None,
        values=[low, today.year - 4, today.year, high],
        labelExpr=f"datum.value == {high} ? 'later' : format(datum.value, 'd')",
        grid=True,
        domain=False,
    )
    x = alt.X("year:Q", scale=alt.Scale(domain=[low - 0.4, high + 0.4], nice=False), axis=axis)
    y = alt.Y("row:N", axis=None, scale=alt.Scale(domain=sorted(set(marks["row"]))))
    present = [state for state in STATES if state in set(marks["state"])]
    key = alt.Legend(title=None, values=present, columns=1, direction="vertical")
    colour = alt.Color("state:N", scale=alt.Scale(domain=list(STATES)), legend=key)
    shapes = alt.Scale(domain=list(STATES), range=["diamond", "square", "circle"])
    tooltip = [
        alt.Tooltip(f"{field}:N", title=LABELS[field])
        for field in ("registration", "title", "due", "state")
    ]
    names = marks.drop_duplicates("row")[["row", "track"]]
    now = pd.DataFrame({"year": [_year(today.isoformat())]})
    late = int((frame["state"] == STATES[0]).sum())
    return alt.LayerChart(
        layer=[
            alt.Chart(now).mark_rule(style="reference").encode(x=x),
            alt.Chart(marks)
            .mark_point(size=54)
            .encode(
                x=x,
                y=y,
                color=colour,
                shape=alt.Shape("state:N", scale=shapes, legend=key),
                tooltip=tooltip,
            ),
            text_column(names, "track", x=NAMES, y=y),
        ]
    ).properties(
        width=PLOT,
        height=alt.Step(ROW),
        title=f"{late} of {len(frame)} trials owe results",
    )
