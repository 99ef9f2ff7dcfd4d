"""Verdicts of the claims: how many hold, hold in part, do not hold, cannot be tested."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts.frames import count_of, listed, require
from cartreview.charts.theme import finish

__all__ = ["verdicts"]

VERDICTS = ("holds", "holds in part", "does not hold", "cannot be tested")
PLOT = 300  # px

LABELS = {"verdict": "Verdict", "claims": "Claims"}


def verdicts(claims: DataFrame) -> alt.LayerChart:
    """Draw how many claims have each verdict.

    Taught in: book/methods.md

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of ``claims``, the accepted ledger; the column ``sources`` is read where there is one.

    Returns
    -------
    altair.LayerChart
        One bar a verdict, also where there is none, its count at the end.

    Raises
    ------
    ValueError
        If the frame is empty, lacks the column ``verdict`` or has another word in it.

    Examples
    --------
    >>> import pandas as pd
    >>> from cartreview import charts
    >>> chart = charts.verdicts(pd.DataFrame({"verdict": ["holds", "holds", "does not hold"]}))
    >>> chart.to_dict()["usermeta"]["table"]["rows"][0]
    ['holds', 2]
    """
    require(claims, ["verdict"], name="claims")
    unknown = sorted(set(claims["verdict"]) - set(VERDICTS))
    if unknown:
        raise ValueError(
            f"claims: column 'verdict' must be one of {', '.join(VERDICTS)}; found {unknown[0]!r}"
        )
    counts = claims["verdict"].value_counts().reindex(VERDICTS, fill_value=0).astype(int)
    frame = pd.DataFrame({"verdict": counts.index, "claims": counts.to_list()})
    parts = [f"{row.verdict} {row.claims}" for row in frame.itertuples()]
    total = count_of(len(claims), "claim")
    return finish(
        _drawn(frame),
        description=f"Verdicts of {total}: {listed(parts)}.",
        caption=f"Verdicts of {total}.",
        sources=_sources(claims),
        rows=frame,
        labels=LABELS,
    )


def _sources(claims: DataFrame) -> list[str]:
    if "sources" not in claims:
        return []
    return [key for cell in claims["sources"].dropna() for key in cell.split(";") if key]


def _drawn(frame: DataFrame) -> alt.LayerChart:
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8)
    base = alt.Chart(frame).encode(
        x=alt.X("claims:Q", axis=None),
        y=alt.Y("verdict:N", sort=list(VERDICTS), axis=axis),
    )
    return alt.LayerChart(
        layer=[
            base.mark_bar(height={"band": 0.6}),
            base.mark_text(style="count", align="left", dx=6).encode(text="claims:Q"),
        ]
    ).properties(width=PLOT, height=alt.Step(24))
