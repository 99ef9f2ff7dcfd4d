"""Evidence map: antigen by tumour group, patients as circles, empty combinations as gaps."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._tables import split
from cartreview._words import count_of
from cartreview.charts._frames import require, sources_of
from cartreview.charts.theme import finish
from cartreview.evidence.studies import whole

__all__ = ["evidence_map"]

GROUPS = (
    "glioblastoma",
    "other high-grade glioma",
    "DMG/DIPG",
    "medulloblastoma",
    "ependymoma",
    "other",
)
CELL_WIDTH, CELL_HEIGHT = 88, 38  # px
AREA = 18.0  # px² a patient

HEADS = {  # two lines, so that no name is wider than its column
    "other high-grade glioma": ("other high-", "grade glioma"),
    "medulloblastoma": ("medullo-", "blastoma"),
    "other": ("other", "tumours"),
}

LABELS = {
    "antigen": "Antigen",
    "tumour_group": "Tumour group",
    "patients": "Patients",
    "studies": "Studies",
}


def evidence_map(studies: DataFrame, tumours: DataFrame) -> alt.LayerChart:
    """Draw which antigens were tried in which tumours, and where nothing was.

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``; those without an antigen are counted in the caption.
    tumours : pandas.DataFrame
        Rows of ``study_tumours``.

    Returns
    -------
    altair.LayerChart
        One cell a combination; a circle whose area is the number of patients, beside it the
        number of patients and, in brackets, of studies.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column, or no study names an antigen.

    Notes
    -----
    A study of a product with two antigens counts in both rows, so rows do not add up.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.evidence_map(load("studies"), load("study_tumours"))
    >>> "patients" in chart.to_dict()["description"]
    True
    """
    require(studies, ["study_id", "antigens", "source_id"], name="studies")
    require(tumours, ["study_id", "tumour_group", "n", "arm", "source_id"], name="study_tumours")
    aimed = split(studies[["study_id", "antigens"]], "antigens")
    require(aimed, ["antigens"], name="studies with an antigen")
    used = whole(tumours[tumours["study_id"].isin(aimed["study_id"])])
    cells = _cells(aimed, used)
    filled = cells[cells["studies"] > 0]
    groups = int(cells["tumour_group"].nunique())
    apart = int(studies["antigens"].isna().sum())
    return finish(
        _drawn(cells),
        description=(
            f"Map of {count_of(cells['antigen'].nunique(), 'antigen')} by "
            f"{count_of(groups, 'tumour group')}: {len(cells) - len(filled)} of {len(cells)} "
            f"combinations are empty. {_largest(filled)}"
        ),
        caption=(
            f"{count_of(aimed['study_id'].nunique(), 'study', 'studies')} of products directed "
            "against an antigen. The area of a circle is the number of patients; beside it stand "
            "patients and, in brackets, studies. Grey cells are combinations that no study that "
            f"was read tried. A product with two antigens counts in both rows.{_left_out(apart)}"
        ),
        sources=sources_of(used, studies[studies["study_id"].isin(aimed["study_id"])]),
        rows=filled,
        labels=LABELS,
    )


def _left_out(number: int) -> str:
    if not number:
        return ""
    studies = count_of(number, "study", "studies")
    return (
        f" {studies} of which no antigen is known {'has' if number == 1 else 'have'} no place here."
    )


def _cells(aimed: DataFrame, tumours: DataFrame) -> DataFrame:
    """Count patients and studies for every combination, also the empty ones."""
    merged = aimed.merge(tumours, on="study_id").rename(columns={"antigens": "antigen"})
    by = merged.groupby(["antigen", "tumour_group"])
    counted = by.agg(
        patients=("n", lambda n: n.sum(min_count=1)),
        studies=("study_id", "nunique"),
        unknown=("n", lambda n: int(n.isna().sum())),
    )
    groups = [g for g in GROUPS if g in set(merged["tumour_group"])]
    tried = merged.groupby("antigen", sort=False)["study_id"].nunique()
    order = tried.sort_values(ascending=False, kind="stable")
    every = pd.MultiIndex.from_product([order.index, groups], names=["antigen", "tumour_group"])
    cells = counted.reindex(every).reset_index()
    cells["patients"] = cells["patients"].astype("Int64")
    cells["studies"] = cells["studies"].fillna(0).astype(int)
    cells["text"] = [_text(p, s) for p, s in zip(cells["patients"], cells["studies"], strict=True)]
    return cells


def _text(patients: object, studies: int) -> str:
    if not studies:
        return ""
    return f"{'?' if str(patients) == '<NA>' else patients} ({studies})"


def _drawn(cells: DataFrame) -> alt.LayerChart:
    order = cells["antigen"].drop_duplicates().tolist()
    groups = cells["tumour_group"].drop_duplicates().tolist()
    gaps = alt.Scale(paddingInner=0.06, paddingOuter=0)
    x = alt.X("tumour_group:N", sort=groups, scale=gaps, axis=None)
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8)
    y = alt.Y("antigen:N", sort=order, scale=gaps, axis=axis)
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    base = alt.Chart(cells).encode(x=x, y=y)
    filled, blank = base.transform_filter("datum.studies > 0"), "datum.studies == 0"
    size = alt.Size(
        "patients:Q",
        scale=alt.Scale(domain=[0, 100], range=[0, 100 * AREA], clamp=False),
        legend=None,
    )
    return alt.LayerChart(
        layer=[
            base.transform_filter(blank).mark_rect(style="gap"),
            filled.mark_rect(filled=False, style="tile"),
            filled.mark_point(xOffset=-20).encode(size=size, tooltip=tooltip),
            filled.transform_filter("!isValid(datum.patients)")
            .mark_point(style="absent", filled=False, xOffset=-20, size=50)
            .encode(tooltip=tooltip),
            _key(CELL_HEIGHT * len(order)),
            *_heads(groups, x),
            filled.mark_text(style="count", align="left", dx=2).encode(text="text:N"),
        ]
    ).properties(width=CELL_WIDTH * len(groups), height=CELL_HEIGHT * len(order))


def _heads(groups: list[str], x: alt.X) -> list[alt.Chart]:
    rows = [dict(zip(("upper", "lower"), HEADS.get(g, ("", g)), strict=True)) for g in groups]
    base = alt.Chart(pd.DataFrame(rows).assign(tumour_group=groups))
    mark = base.mark_text(style="label", baseline="bottom").encode(x=x)
    return [
        mark.encode(y=alt.value(-20), text="upper:N"),
        mark.encode(y=alt.value(-6), text="lower:N"),
    ]


def _key(height: float) -> alt.Chart:
    text = "circle and number: patients, ? not printed; in brackets: studies"
    mark = alt.Chart(pd.DataFrame([{"text": text}])).mark_text(style="muted", align="left")
    return mark.encode(x=alt.value(0), y=alt.value(height + 14), text="text:N")


def _largest(filled: DataFrame) -> str:
    known = filled.dropna(subset="patients")
    if known.empty:
        return "No study prints a number of patients."
    top = known.sort_values(["patients", "antigen"], ascending=[False, True]).iloc[0]
    return (
        f"The largest is {top['antigen']} in {top['tumour_group']}: "
        f"{count_of(int(top['patients']), 'patient')} in "
        f"{count_of(int(top['studies']), 'study', 'studies')}."
    )
