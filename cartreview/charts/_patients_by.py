"""Who responded: a dot a patient, filled with a response, hollow without, a block a study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._tables import schema
from cartreview.charts._frames import count_of, named, require, sources_of
from cartreview.charts.theme import finish
from cartreview.evidence.responses import RESPONSE, Endpoint, endpoint_name, response_counts
from cartreview.evidence.studies import DELIVERIES

__all__ = ["patients_by"]

PLOT = 620  # px
LEFT = 132.0  # px, where the dots start
PITCH = 11.0  # px between dots
DEEP = 5  # dots above one another
LETTER = 6.8  # px, the mean width of a letter of a study's name
STUDY_GAP = 18.0  # px between studies
NAME = 18.0  # px, the line of a study's name
LINE_GAP = 10.0  # px between lines of studies
HEAD = 30.0  # px, the line that explains the dots
WITH, WITHOUT = "with", "without"

Rows = list[dict[str, object]]

LABELS = {
    "group": "Group",
    "study": "Study",
    "arm": "Arm",
    "endpoint": "Endpoint",
    "events": "Patients with it",
    "denominator": "Patients counted",
}


def patients_by(
    outcomes: DataFrame,
    studies: DataFrame,
    *,
    by: Literal["delivery", "product_class"] = "delivery",
    endpoints: Sequence[Endpoint] = RESPONSE,
) -> alt.LayerChart:
    """Draw each patient counted, with or without an outcome, by delivery or product class.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.
    studies : pandas.DataFrame
        Rows of ``studies``.
    by : {"delivery", "product_class"}
        What groups the patients.
    endpoints : sequence of str or tuple of str
        Endpoints that count as a response, the most wanted first, as in ``responses``.

    Returns
    -------
    altair.LayerChart
        A dot a patient, filled with the outcome and hollow without, one block a study.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column, `by` is another word, or no row counts the outcome.

    Notes
    -----
    Sums over studies stand as printed; they are no estimate, for the studies differ.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.patients_by(load("outcomes"), load("studies"), endpoints=["SD"])
    >>> chart.to_dict()["usermeta"]["table"]["columns"][0]
    'Group'
    """
    if by not in ("delivery", "product_class"):
        raise ValueError(f"by must be 'delivery' or 'product_class'; found {by!r}")
    frame = _frame(outcomes, studies, by, endpoints)
    outcome = "response" if len(endpoints) > 1 else endpoint_name(endpoints[0])
    names = ", ".join(endpoint_name(endpoint) for endpoint in endpoints)
    groups = [name for name in _order(by) if name in set(frame["group"])]
    word = "delivery" if by == "delivery" else "product class"
    total = count_of(int(frame["denominator"].sum()), "patient")
    number = count_of(frame["study_id"].nunique(), "study", "studies")
    return finish(
        _drawn(frame, groups, outcome),
        description=(
            f"Patients with and without {outcome} by {word}, a dot a patient. "
            f"{'; '.join(': '.join(_heading(frame, name)) for name in groups)}."
        ),
        caption=(
            f"Outcome: the first of {names} that a study prints with a denominator, in "
            f"{frame['events'].sum()} of {total} of {number}. A dot is a patient, filled with "
            "the outcome, hollow without; a block is a study, the largest share first. The sums "
            "stand as printed and are no estimate."
        ),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _frame(
    outcomes: DataFrame, studies: DataFrame, by: str, endpoints: Sequence[Endpoint]
) -> DataFrame:
    columns = ["study_id", "product_class", "routes"]
    require(studies, columns, name="studies")
    facts = named(studies, columns)
    facts = facts[["study_id", "study", "delivery", "product_class"]]
    frame = response_counts(outcomes, endpoints).merge(facts, on="study_id")
    frame["group"] = frame[by]
    return frame.sort_values(
        ["share", "denominator", "study"], ascending=[False, False, True], ignore_index=True
    )


def _order(by: str) -> Sequence[str]:
    if by == "delivery":
        return DELIVERIES
    fields = {field["name"]: field for field in schema("studies")["fields"]}
    classes: list[str] = fields["product_class"]["constraints"]["enum"]
    return classes


def _heading(frame: DataFrame, name: str) -> tuple[str, str]:
    part = frame[frame["group"] == name]
    number = count_of(part["study_id"].nunique(), "study", "studies")
    patients = count_of(int(part["denominator"].sum()), "patient")
    return name, f"{part['events'].sum()} of {patients}, {number}"


def _drawn(frame: DataFrame, groups: Sequence[str], endpoint: str) -> alt.LayerChart:
    dots: Rows = []
    headings: Rows = []
    key, names = _key(endpoint)
    top = HEAD
    for group in groups:
        headings += _heads(frame, group, top)
        placed, labels, end = _blocks(frame[frame["group"] == group], top)
        dots, names = dots + placed, names + labels
        top = max(end, top + 3 * NAME)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[top, 0], nice=False, zero=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, PLOT], nice=False))
    fill = alt.FillOpacity(
        "outcome:N", scale=alt.Scale(domain=[WITH, WITHOUT], range=[1, 0]), legend=None
    )
    tooltip = [alt.Tooltip("study:N", title="Study"), alt.Tooltip("counts:N", title="Patients")]
    shown = {"x": x, "y": y, "fillOpacity": fill}
    texts = pd.DataFrame(names + headings).groupby("style")
    layers = [
        alt.Chart(pd.DataFrame(dots))
        .mark_point(style="unit", size=52)
        .encode(**shown, tooltip=tooltip),
        alt.Chart(pd.DataFrame(key)).mark_point(style="unit", size=52).encode(**shown),
        *(_text(rows, style, x, y) for style, rows in texts),
    ]
    return alt.LayerChart(layer=layers).properties(width=PLOT, height=top)


def _text(rows: DataFrame, style: str, x: alt.X, y: alt.Y) -> alt.Chart:
    mark = alt.Chart(rows[["x", "y", "text"]])
    mark = mark.mark_text(style=style, align="left", baseline="middle")
    return mark.encode(x=x, y=y, text="text:N")


def _key(endpoint: str) -> tuple[Rows, Rows]:
    """Say what a filled and a hollow dot are, at the dots' own left edge."""
    second = LEFT + 2 * PITCH + (len(endpoint) + 5) * LETTER + STUDY_GAP
    dots: Rows = [
        {"x": LEFT + PITCH / 2, "y": 8.0, "outcome": WITH},
        {"x": second + PITCH / 2, "y": 8.0, "outcome": WITHOUT},
    ]
    names: Rows = [
        {"x": LEFT + 1.6 * PITCH, "y": 8.0, "text": f"with {endpoint}", "style": "label"},
        {"x": second + 1.6 * PITCH, "y": 8.0, "text": "without", "style": "label"},
    ]
    return dots, names


def _heads(frame: DataFrame, group: str, top: float) -> Rows:
    name, text = _heading(frame, group)
    lines = [(name, "heading"), *((line, "muted") for line in text.split(", "))]
    return [
        {"x": 0.0, "y": top + NAME * (place + 0.5) - 2, "text": line, "style": style}
        for place, (line, style) in enumerate(lines)
    ]


def _blocks(part: DataFrame, top: float) -> tuple[Rows, Rows, float]:
    """Place the patients of a group, a block a study; give dots, names and the lower edge."""
    dots: Rows = []
    names: Rows = []
    left, deepest = LEFT, 0
    for study in part.itertuples(index=False):
        label = study.study + (f", {study.arm}" if study.arm else "")
        wide = max(-(-study.denominator // DEEP) * PITCH, len(label) * LETTER)
        if left > LEFT and left + wide > PLOT:
            top, left, deepest = top + NAME + deepest * PITCH + LINE_GAP, LEFT, 0
        names.append({"x": left, "y": top + NAME / 2 - 2, "text": label, "style": "muted"})
        dots += _block(study.events, study.denominator, left, top + NAME, label)
        deepest = max(deepest, min(study.denominator, DEEP))
        left += wide + STUDY_GAP
    return dots, names, top + NAME + deepest * PITCH + 2 * LINE_GAP


def _block(events: int, total: int, left: float, top: float, label: str) -> Rows:
    return [
        {
            "x": left + (number // DEEP + 0.5) * PITCH,
            "y": top + (number % DEEP + 0.5) * PITCH,
            "outcome": WITH if number < events else WITHOUT,
            "study": label,
            "counts": f"{events} of {total}",
        }
        for number in range(total)
    ]
