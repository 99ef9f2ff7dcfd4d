"""Factors by study: what a text cites against what the row of its own table records."""

from __future__ import annotations

from typing import Any

import altair as alt
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._frames import named, require, sources_of
from cartreview.charts.theme import finish

__all__ = ["factor_matrix"]

STATES = ("text and table", "table only", "text only")
CELL = 30  # px

LABELS = {"factor": "Factor", "study": "Study", "state": "Recorded in"}


def factor_matrix(cytokines: DataFrame, observations: DataFrame, studies: DataFrame) -> alt.Chart:
    """Draw which factors the text cites for a study and which its row in the table records.

    Taught in: book/retested.md

    Parameters
    ----------
    cytokines : pandas.DataFrame
        Rows of ``cytokines``: factors that the text cites.
    observations : pandas.DataFrame
        Rows of ``observations``; a row records a factor if its ``analyte`` is that factor and it
        was read in the source of `cytokines`.
    studies : pandas.DataFrame
        Rows of ``studies``, for their names.

    Returns
    -------
    altair.Chart
        Factors by studies; a mark says whether text, table or both name the pair, no mark that
        neither does.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.factor_matrix(load("cytokines"), load("observations"), load("studies"))
    >>> chart.to_dict()["mark"]["type"]
    'point'
    """
    require(cytokines, ["factor", "study_id", "source_id"], name="cytokines")
    require(observations, ["analyte", "study_id", "source_id"], name="observations")
    same = observations["source_id"].isin(set(cytokines["source_id"]))
    seen = observations[same & observations["analyte"].isin(set(cytokines["factor"]))]
    frame = _pairs(cytokines, seen)
    names = named(studies, ["study_id"]).set_index("study_id")["study"]
    frame["study"] = frame["study_id"].map(names)
    counts = frame["state"].value_counts()
    parts = ", ".join(f"{state} {counts.get(state, 0)}" for state in STATES)
    factors, columns = frame["factor"].nunique(), frame["study_id"].nunique()
    return finish(
        _drawn(frame),
        description=(
            f"{count_of(factors, 'factor')} by {count_of(columns, 'study', 'studies')}: "
            f"{len(frame)} pairs are named; {parts}."
        ),
        caption=(
            f"{count_of(factors, 'factor')} that the text cites, in "
            f"{count_of(columns, 'study', 'studies')}: whether the text, the study's row in the "
            "table, or both name the factor. No mark: neither does."
        ),
        sources=sources_of(cytokines, seen),
        rows=frame,
        labels=LABELS,
    )


def _pairs(cytokines: DataFrame, seen: DataFrame) -> DataFrame:
    text = cytokines[["factor", "study_id"]].drop_duplicates()
    table = seen[["analyte", "study_id"]].drop_duplicates()
    table = table.rename(columns={"analyte": "factor"})
    frame = text.merge(table, how="outer", indicator="state")
    words = dict(zip(("both", "right_only", "left_only"), STATES, strict=True))
    frame["state"] = frame["state"].astype(str).map(words)
    return frame


def _drawn(frame: DataFrame) -> alt.Chart:
    factors = frame["factor"].value_counts().index.tolist()
    studies = frame["study"].value_counts().index.tolist()
    plain: dict[str, Any] = {"title": None, "domain": False, "ticks": False, "labelPadding": 8}
    x = alt.X("study:N", sort=studies, axis=alt.Axis(orient="top", labelAngle=-40, **plain))
    y = alt.Y("factor:N", sort=factors, axis=alt.Axis(grid=True, **plain))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    legend = alt.Legend(title="Named in", orient="bottom", symbolSize=90)
    domain = list(STATES)
    shapes = alt.Scale(domain=domain, range=["circle", "square", "triangle-up"])
    return (
        alt.Chart(frame)
        .mark_point(size=110)
        .encode(
            x=x,
            y=y,
            color=alt.Color("state:N", scale=alt.Scale(domain=domain), legend=legend),
            shape=alt.Shape("state:N", scale=shapes, legend=legend),
            tooltip=tooltip,
        )
        .properties(width=alt.Step(CELL + 14), height=alt.Step(CELL - 4))
    )
