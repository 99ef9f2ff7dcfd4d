"""Prevention and treatment of toxicity: what was tried in people, and against what.

Vocabulary
----------
compared  a row that names a comparator; only a randomised trial drew it by lot.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import fisher_exact

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["days_of", "fisher_p", "responded", "said_shares", "tried"]

_WINDOW = re.compile(r"within (\d+) (hour|day|week)")
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7}


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


def days_of(rows: DataFrame) -> list[float]:
    """Give the days within which an outcome was counted, as far as its words say.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with an ``outcome``.

    Returns
    -------
    list of float
        Days of each row; infinite where the outcome names no time.

    Examples
    --------
    >>> import pandas as pd
    >>> days_of(pd.DataFrame({"outcome": ["response within 14 days", "within 12 hours", "cured"]}))
    [14.0, 0.5, inf]
    """
    found = [_WINDOW.search(outcome) for outcome in rows["outcome"]]
    return [float(hit[1]) * _DAYS[hit[2]] if hit else float("inf") for hit in found]


def responded(rows: DataFrame, *, within_days: float) -> bool | None:
    """Say whether most patients responded within some days.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with an ``outcome`` that is a response, and its ``percent``.
    within_days : float
        Time that is asked about.

    Returns
    -------
    bool or None
        None where no row counts responses within that time, or within a longer one so few that
        the shorter one is answered.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"outcome": ["response within 14 days"], "percent": [69.0]})
    >>> responded(rows, within_days=14), responded(rows, within_days=1)
    (True, None)
    """
    days = pd.Series(days_of(rows), index=rows.index)
    known = rows["percent"].notna()
    in_time = rows.loc[known & (days <= within_days), "percent"]
    if len(in_time):
        return bool(in_time.median() > 50)
    later = rows.loc[known, "percent"]
    return False if len(later) and bool((later < 50).all()) else None


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
