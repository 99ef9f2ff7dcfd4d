"""Prevention and treatment of toxicity: what was tried in people, and against what.

Vocabulary
----------
compared  a row that names a comparator; only a randomised trial drew it by lot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import fisher_exact

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["fisher_p", "said_shares", "tried"]


def tried(
    rows: DataFrame, *, setting: str, agent: str = "", agent_class: str = "", outcome: str = ""
) -> DataFrame:
    """Keep what was tried in people with some agent in some setting.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``interventions``.
    setting : str
        ``prophylaxis``, ``early treatment``, ``treatment``, ``refractory``.
    agent, agent_class : str
        How the agent's name begins, or its class.
    outcome : str
        What the outcome speaks of, as a regular expression.

    Returns
    -------
    pandas.DataFrame
        Its rows.

    Examples
    --------
    >>> from cartreview import load
    >>> found = tried(load("interventions"), setting="prophylaxis", agent="anakinra")
    >>> set(found["species"])
    {'human'}
    """
    kept = rows["agent"].str.startswith(agent) & rows["outcome"].str.contains(outcome)
    if agent_class:
        kept &= rows["agent_class"] == agent_class
    return rows[kept & (rows["species"] == "human") & (rows["setting"] == setting)]


def said_shares(rows: DataFrame) -> list[str]:
    """Say each share as its source prints it: a count, or a percentage of patients.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``events``, ``percent`` and ``denominator``.

    Returns
    -------
    list of str
        ``"31 of 45"`` where events are counted, else ``"53% of 15"``.

    Examples
    --------
    >>> import pandas as pd
    >>> said_shares(pd.DataFrame({"events": [31, None], "percent": [69.0, 53.0],
    ...                           "denominator": [45, 15]}))
    ['31 of 45', '53% of 15']
    """
    triples = zip(rows["events"], rows["percent"], rows["denominator"], strict=True)
    return [
        f"{percent:g}% of {total}" if pd.isna(events) else f"{int(events)} of {total}"
        for events, percent, total in triples
    ]


def fisher_p(row: Series) -> float:
    """Compare the counts of a row with those of its comparator by Fisher's exact test.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    row : pandas.Series
        ``events``, ``denominator``, ``comparator_events``, ``comparator_denominator``.

    Returns
    -------
    float
        Two-sided P value.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = {"events": 1, "denominator": 10, "comparator_events": 9,
    ...          "comparator_denominator": 10}
    >>> f"{fisher_p(pd.Series(cells)):.4f}"
    '0.0011'
    """
    a, b = int(row["events"]), int(row["denominator"])
    c, d = int(row["comparator_events"]), int(row["comparator_denominator"])
    return float(fisher_exact([[a, b - a], [c, d - c]]).pvalue)
