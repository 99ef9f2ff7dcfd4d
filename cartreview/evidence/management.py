"""Recommendations: which stand, where a drug comes in, and how a row is said in one phrase.

Vocabulary
----------
standing  a rule that no newer one has replaced.
advised   recommended, required, or to be considered.
source    a guideline, label or document, by its name in the column ``guideline``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cartreview.evidence.products import PRODUCTS

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = [
    "ADVISED",
    "dose",
    "lowest_grade",
    "replaced",
    "said_doses",
    "said_options",
    "standing",
    "start_of",
    "steroid_by_product",
    "steroid_entry",
    "treated_grades",
    "usual",
]

ADVISED = ("recommended", "required", "consider")
# What treats a syndrome, apart from watching it and finding its cause.
_TREATMENTS = ("tocilizumab", "corticosteroid", "supportive")
_STEROID = r"steroid|dexamethasone|prednisolone"
_BLOCKADE = r"blockade|tocilizumab|antagonist"
_MG = {"mg": 1.0, "g": 1000.0}


def dose(row: Mapping[str, Any]) -> str:
    """Write drug, dose, route, interval and maximum of a recommendation in one phrase.

    Parameters
    ----------
    row : mapping
        A row of ``management``, loaded or as text.

    Returns
    -------
    str
        What the row has of them, in the row's units; intervals in hours.

    Examples
    --------
    >>> dose({"drug": "tocilizumab", "dose_low": 8.0, "dose_high": 8.0, "dose_unit": "mg/kg",
    ...       "route": "IV", "maximum": "800", "maximum_unit": "mg", "course": ""})
    'tocilizumab 8 mg/kg IV, at most 800 mg'
    >>> dose({"drug": "dexamethasone", "dose_low": "10", "dose_high": "20", "dose_unit": "mg",
    ...       "interval_low_h": "6", "interval_high_h": "12"})
    'dexamethasone 10–20 mg, every 6–12 h'
    >>> dose({"drug": "filgrastim", "course": "Once a day."})
    'filgrastim; once a day'
    """
    amount = _between(row, "dose_low", "dose_high")
    hours, most = _between(row, "interval_low_h", "interval_high_h"), _cell(row, "maximum")
    parts = [_cell(row, "drug")]
    parts += [amount, _cell(row, "dose_unit"), _cell(row, "route")] if amount else []
    more = [
        f"every {hours} h" if hours else "",
        f"at most {most} {_cell(row, 'maximum_unit')}" if most else "",
    ]
    given = ", ".join(filter(None, [" ".join(filter(None, parts)), *more]))
    course = _cell(row, "course").rstrip(".")
    return "; ".join(filter(None, [given, course[:1].lower() + course[1:] if given else course]))


def standing(rows: DataFrame) -> DataFrame:
    """Keep the rules that no newer one has replaced.

    Taught in: book/toxicity-management.md

    Examples
    --------
    >>> import pandas as pd
    >>> rules = pd.DataFrame({"management_id": ["a", "b"], "superseded_by": ["b", None]})
    >>> standing(rules)["management_id"].tolist()
    ['b']
    """
    return rows[rows["superseded_by"].isna()]


def lowest_grade(rows: DataFrame) -> DataFrame:
    """Keep of each source the row that starts at its lowest grade.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management`` on one drug and toxicity; those without a grade are left out.

    Returns
    -------
    pandas.DataFrame
        One row a source, the lowest grade first.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"guideline": ["A", "A", "B"], "grade_low": [3, 2, None]})
    >>> lowest_grade(rows)["grade_low"].tolist()
    [2.0]
    """
    graded = rows[rows["grade_low"].notna()]
    return graded.sort_values("grade_low", kind="stable").drop_duplicates("guideline")


def steroid_entry(rows: DataFrame, toxicity: str = "CRS", *, grade: int = 2) -> DataFrame:
    """Find the lowest grade at which sources bring in a corticosteroid, and how.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Standing rows of ``management``.
    toxicity : str
        Which syndrome.
    grade : int
        The grade whose treatment a source must state to count: of another, what it does at this
        grade was not read.

    Returns
    -------
    pandas.DataFrame
        One row a source with ``way``: ``after`` blockade of a cytokine, ``with`` tocilizumab, or
        ``alone``.

    Notes
    -----
    A rule on tocilizumab whose words name a corticosteroid as well brings it in, too.
    A source whose text of the grade is known to be read in part only is left out.

    Examples
    --------
    >>> from cartreview import load
    >>> found = steroid_entry(standing(load("management")))
    >>> set(found["way"]) <= {"after", "with", "alone"}
    True
    """
    about = rows[rows["toxicity"] == toxicity]
    at_grade = ((about["grade_low"] <= grade) & (about["grade_high"] >= grade)).fillna(False)
    unread = about.loc[at_grade & (about["stance"] == "not read"), "guideline"]
    advised = about[about["stance"].isin(ADVISED) & ~about["guideline"].isin(unread)]
    treated = advised[at_grade[advised.index] & advised["kind"].isin(_TREATMENTS)]
    names = advised["as_printed"].str.contains(_STEROID, case=False)
    both = (advised["kind"] == "tocilizumab") & names
    steroid = advised[both | (advised["kind"] == "corticosteroid")]
    first = lowest_grade(steroid[steroid["guideline"].isin(treated["guideline"])])
    failed = first["condition"].fillna("").str.contains(_BLOCKADE, case=False)
    way = failed.map({True: "after", False: "alone"})
    return first.assign(way=way.mask(first["kind"] == "tocilizumab", "with"))


def treated_grades(rows: DataFrame) -> set[tuple[str, int]]:
    """Name the pairs of syndrome and grade for which a treatment is stated.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management``.

    Returns
    -------
    set of (str, int)
        Toxicity and grade.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"toxicity": ["CRS"], "grade_low": [2], "grade_high": [3],
    ...                      "kind": ["tocilizumab"]})
    >>> sorted(treated_grades(rows))
    [('CRS', 2), ('CRS', 3)]
    """
    stated = rows[rows["kind"].isin(_TREATMENTS) & rows["grade_low"].notna()]
    ranges = zip(stated["toxicity"], stated["grade_low"], stated["grade_high"], strict=True)
    return {(name, g) for name, low, high in ranges for g in range(int(low), int(high) + 1)}


def _daily_mg(rows: DataFrame) -> Series:
    """Give the milligrams of the first day.

    A dose by weight has none, nor has one that neither its unit nor an interval makes daily.
    """
    unit = rows["dose_unit"].fillna("")
    factor = unit.str.removesuffix("/day").map(_MG)
    times = (24 / rows["interval_low_h"]).mask(unit.str.endswith("/day"), 1)
    return (rows["dose_low"] * factor * times).astype(float)


def start_of(
    rows: DataFrame, drug: str, toxicity: str, *, grade: int
) -> tuple[DataFrame, float, DataFrame]:
    """Find the daily dose at which sources start a drug at some grade.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Standing rows of ``management``.
    drug, toxicity : str
        What is given, and for which syndrome.
    grade : int
        The highest grade that the rows are for.

    Returns
    -------
    tuple of pandas.DataFrame, float and pandas.DataFrame
        Recommended rows, the commonest milligrams of the first day, and the rows that start there.
        A single dose counts as often as its interval fits into a day; a dose by weight has none.

    Raises
    ------
    ValueError
        If no row gives a daily dose.

    Examples
    --------
    >>> from cartreview import load
    >>> start, mg, same = start_of(standing(load("management")), "methylprednisolone", "CRS",
    ...                            grade=4)
    >>> len(same) <= len(start)
    True
    """
    start = rows[
        (rows["drug"] == drug)
        & (rows["toxicity"] == toxicity)
        & (rows["grade_high"] == grade).fillna(False)
        & (rows["stance"] == "recommended")
    ]
    start = start.assign(daily_mg=_daily_mg(start))
    return start, *usual(start, "daily_mg")[:2]


def said_doses(rows: DataFrame) -> list[str]:
    """Say the dose by weight of each row with its source and condition.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management`` with a dose and its unit.

    Returns
    -------
    list of str
        ``"4 to 8 mg/kg (source, condition)"``.

    Examples
    --------
    >>> import pandas as pd
    >>> said_doses(pd.DataFrame([{"dose_low": 12.0, "dose_high": 12.0, "dose_unit": "mg/kg",
    ...                           "guideline": "A label", "condition": "Weight under 30 kg."}]))
    ['12 mg/kg (A label, weight under 30 kg)']
    """
    said = []
    for row in rows.to_dict("records"):
        given = _between(row, "dose_low", "dose_high").replace("–", " to ")
        said.append(f"{given} {row['dose_unit']} ({_place(row)})")
    return said


def said_options(rows: DataFrame) -> list[str]:
    """Say from which grade each row holds, with its source and condition.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management`` with a grade.

    Returns
    -------
    list of str
        ``"grade 1 (source, condition)"``.

    Examples
    --------
    >>> import pandas as pd
    >>> said_options(pd.DataFrame([{"grade_low": 2, "guideline": "A label", "condition": None}]))
    ['grade 2 (A label)']
    """
    return [f"grade {row['grade_low']} ({_place(row)})" for row in rows.to_dict("records")]


def usual(rows: DataFrame, column: str) -> tuple[float, DataFrame, DataFrame]:
    """Part rows into those that give the commonest number and the others.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management``.
    column : str
        ``dose``, ``interval`` (each with a low and a high end), or a column.

    Returns
    -------
    tuple of float and two pandas.DataFrame
        The commonest number (of equally common ones the lowest), the rows that give no other, and
        the rows that do; rows without a number are in neither.

    Raises
    ------
    ValueError
        If no row has a number.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"dose_low": [8, 8, 4], "dose_high": [8, 8, 8]})
    >>> most, same, others = usual(rows, "dose")
    >>> float(most), len(same), len(others)
    (8.0, 2, 1)
    """
    ends = {
        "dose": ["dose_low", "dose_high"],
        "interval": ["interval_low_h", "interval_high_h"],
    }.get(column, [column])
    known = rows[rows[ends[0]].notna()]
    if known.empty:
        raise ValueError(f"no row has a number for {column}")
    number = known[ends[0]].mode().iloc[0]
    same = known[ends].eq(number) | known[ends].isna()
    return number, known[same.all(axis=1)], known[~same.all(axis=1)]


def steroid_by_product(rows: DataFrame, toxicity: str = "CRS") -> DataFrame:
    """Find advice, whatever the grade, to give a corticosteroid with some products.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Standing rows of ``management``.
    toxicity : str
        Which syndrome.

    Returns
    -------
    pandas.DataFrame
        Recommended rows without a grade whose condition names a product, with ``products``, the
        short names of those products.

    Examples
    --------
    >>> from cartreview import load
    >>> found = steroid_by_product(standing(load("management")))
    >>> set(found["kind"])
    {'corticosteroid'}
    """
    early = rows[
        (rows["kind"] == "corticosteroid")
        & (rows["toxicity"] == toxicity)
        & (rows["stance"] == "recommended")
        & rows["grade_low"].isna()
    ]
    conditions = early["condition"].fillna("").str.casefold()
    products = [[short for name, short in PRODUCTS.items() if name in text] for text in conditions]
    found = early.assign(products=products)
    return found[found["products"].str.len() > 0]


def replaced(rows: DataFrame) -> DataFrame:
    """Pair each rule that was replaced with the one that replaced it.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``management``.

    Returns
    -------
    pandas.DataFrame
        One row a replaced rule: ``management_id``, ``kind``, ``action``, ``days``, and of its
        successor ``new_id``, ``new_kind``, ``new_action``, ``new_days``, ``effective``.

    Examples
    --------
    >>> from cartreview import load
    >>> rules = load("management")
    >>> bool(len(replaced(rules)) == rules["superseded_by"].count())
    True
    """
    old = rows.loc[rows["superseded_by"].notna(), ["management_id", "kind", "action", "days"]]
    by_key = rows.set_index("management_id").loc[rows["superseded_by"].dropna()]
    new = {f"new_{name}": by_key[name].to_numpy() for name in ("kind", "action", "days")}
    found = old.assign(new_id=by_key.index, **new, effective=by_key["effective"].to_numpy())
    return found.astype({"new_days": "Float64"}).reset_index(drop=True)


def _place(row: Mapping[str, Any]) -> str:
    """Name the source of a row, and when the row holds."""
    when = _cell(row, "condition").rstrip(".")
    return ", ".join(filter(None, [row["guideline"], when[:1].lower() + when[1:]]))


def _between(row: Mapping[str, Any], low: str, high: str) -> str:
    return "–".join(dict.fromkeys(filter(None, (_cell(row, low), _cell(row, high)))))


def _cell(row: Mapping[str, Any], name: str) -> str:
    """Give a cell as text; an empty one has no text, whichever way it is empty."""
    value = row.get(name)
    if isinstance(value, float):
        return "" if value != value else f"{value:g}"
    text = str(value)
    return "" if text in ("None", "<NA>", "nan") else text
