"""What is running: whose results are due when, and whose are overdue.

Vocabulary
----------
due      day when the main results can be expected: the primary completion of the record, or, where
         none was read, its completion.
passed   due before the day of the tables.
told     results were seen somewhere: in a report of the study, or posted in the register.
overdue  passed and not told; a trial that was withdrawn owes nothing.
fresh    the record was read as of a day in the year before the day of the tables.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from cartreview._tables import package, require, split

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["as_of", "by_group", "dated", "has_passed", "ongoing_rows"]

_COLUMNS = ["registration", "status", "primary_completion", "completion", "results", "record_day"]
_STUDIES = ["study_id", "probable_study_id"]
_YEAR = timedelta(days=365)


def as_of() -> date:
    """Give the day of the tables, against which dates are held; never that of the clock.

    Returns
    -------
    datetime.date
        The day on which ``data/datapackage.json`` says that its version was made.

    Examples
    --------
    >>> as_of().year >= 2026
    True
    """
    return date.fromisoformat(str(package()["created"])[:10])


def has_passed(day: object, today: date) -> bool:
    """Say whether a day, month or year is over.

    Parameters
    ----------
    day : str or missing
        ``2026``, ``2026-06`` or ``2026-06-30``; a month and a year pass with their last day.
    today : datetime.date
        The day to hold it against.

    Returns
    -------
    bool
        False for what is missing.

    Examples
    --------
    >>> today = date(2026, 11, 21)
    >>> [has_passed(day, today) for day in ("2026-11-20", "2026-11-21", "2026-11", "2025", None)]
    [True, False, False, True, False]
    """
    return isinstance(day, str) and day < today.isoformat()[: len(day)]


def ongoing_rows(trials: DataFrame, reports: DataFrame, today: date | None = None) -> DataFrame:
    """Say of each registered trial when its results are due, and whether they were seen.

    Parameters
    ----------
    trials, reports : pandas.DataFrame
        The tables ``ongoing_trials`` and ``reports``.
    today : datetime.date, optional
        The day to hold dates against; that of the tables if it is not given.

    Returns
    -------
    pandas.DataFrame
        The trials with ``due``, ``due_kind`` (``primary completion``, ``completion`` or missing),
        and true or false in ``passed``, ``told``, ``overdue`` and ``fresh``.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column.

    Notes
    -----
    A report counts whoever made it, so that results known from a review alone are no debt; a
    record of a register is no report. A report of a part of the patients counts too.

    Examples
    --------
    >>> from cartreview import load
    >>> rows = ongoing_rows(load("ongoing_trials"), load("reports"))
    >>> bool((rows["passed"] >= rows["overdue"]).all())
    True
    """
    require(trials, [*_COLUMNS, *_STUDIES], name="ongoing_trials")
    require(reports, ["study_id", "kind"], name="reports")
    today = today or as_of()
    primary = trials["primary_completion"].notna()
    due = trials["primary_completion"].where(primary, trials["completion"])
    kind = primary.map({True: "primary completion", False: "completion"}).where(due.notna())
    reported = set(reports.loc[reports["kind"] != "registry", "study_id"])
    told = (trials["results"] == "posted").fillna(False).astype(bool)
    for column in _STUDIES:
        told |= trials[column].isin(reported)
    passed = due.map(lambda day: has_passed(day, today)).astype(bool)
    withdrawn = (trials["status"] == "withdrawn").fillna(False).astype(bool)
    since = (today - _YEAR).isoformat()
    fresh = trials["record_day"].map(lambda day: isinstance(day, str) and day >= since[: len(day)])
    return trials.assign(
        due=due,
        due_kind=kind,
        passed=passed,
        told=told,
        overdue=passed & ~told & ~withdrawn,
        fresh=fresh.astype(bool),
    )


def by_group(rows: DataFrame, column: str, status: str = "recruiting") -> list[str]:
    """Count trials of a status by what a column lists, the commonest first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``ongoing_trials``.
    column : str
        ``antigens`` or ``tumour_groups``; a trial counts for each item.
    status : str
        Recruitment status.

    Returns
    -------
    list of str
        ``"ITEM n"``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"status": ["recruiting"] * 2, "antigens": ["GD2", "GD2;HER2"]})
    >>> by_group(rows, "antigens")
    ['GD2 2', 'HER2 1']
    """
    counts = split(rows[rows["status"] == status], column)[column].astype("str").value_counts()
    return [f"{item} {n}" for item, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]


def dated(rows: DataFrame) -> list[str]:
    """Name trials by what they are directed against, with registration and the day of results.

    Parameters
    ----------
    rows : pandas.DataFrame
        What ``ongoing_rows`` gives.

    Returns
    -------
    list of str
        ``"cells against ANTIGENS (REGISTRATION, DAY)"``, the name of the cells where there is no
        antigen, in order of day.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"registration": ["NCT1", "NCT2"], "antigens": ["GD2;HER2", None],
    ...                      "product": [None, "NK cells"], "due": ["2027", "2026-06"]})
    >>> dated(rows)
    ['NK cells (NCT2, 2026-06)', 'cells against GD2 and HER2 (NCT1, 2027)']
    """
    ordered = rows.sort_values("due", na_position="last")
    aims = "cells against " + ordered["antigens"].astype("string").str.replace(";", " and ")
    what = aims.fillna(ordered["product"].astype("string"))
    told = zip(what, ordered["registration"], ordered["due"], strict=True)
    return [f"{cells} ({key}, {day})" for cells, key, day in told]
