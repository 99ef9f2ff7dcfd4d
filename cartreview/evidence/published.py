"""What a publication printed of studies, beside what the reports of these studies say.

Vocabulary
----------
print     a row of ``published_tables``: what a review's table says of a study.
printed   coded from a print; such rows of other tables have its ``published_id``.
course    what became of a response: ``transient``, or ``lasting`` where a report says for how long.
contrast  two groups of patients set against each other by Fisher's exact test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.stats import fisher_exact

from cartreview._tables import load, require
from cartreview.evidence.pooling import poolable_responses
from cartreview.evidence.responses import RESPONSE, Endpoint, response_counts
from cartreview.evidence.studies import delivery, family

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Contrast",
    "antigen_changes",
    "by_delivery",
    "contrast",
    "delivered",
    "differing_counts",
    "having",
    "judged_responses",
    "printed",
    "printed_responses",
    "reported",
    "response_courses",
    "severe_shares",
    "within",
]

_OF_PRINT = ["product_class", "antigens", "devices", "doses_high"]
_OF_STUDY = ["study_id", "name", "family", "antigens", "population"]
_ROUTE = r"\b(IV|IT|ICV)\b"
_TRANSIENT = r"(?i)\btransi(?:en)?t\b"
_LASTING = r"(?i)response for (?:more than )?\d|long term"
_NO_RESPONSE = r"survival|death"
_COUNT = ["events", "denominator"]
_LEVEL = 0.05  # the usual one
_GRADE_3 = ("grade 3 or higher", "grade 3 or 4")


def having(rows: DataFrame, **values: str) -> DataFrame:
    """Keep the rows that have some values.

    Taught in: book/retested.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of any table.
    **values : str
        What a column must be.

    Returns
    -------
    pandas.DataFrame
        Those rows.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"theme": ["toxicity", "toxicity"], "finding": ["present", None]})
    >>> having(rows, theme="toxicity", finding="present").index.tolist()
    [0]
    """
    for column, value in values.items():
        if column not in rows:
            raise ValueError(f"column {column!r} is missing; there are {', '.join(rows)}")
        rows = rows[rows[column].eq(value).fillna(False).astype("bool")]
    return rows


def judged_responses(studies: DataFrame) -> DataFrame:
    """Give complete and partial responses of studies whose best responses were judged by class.

    Taught in: book/retested.md

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    pandas.DataFrame
        Those that may be pooled, with ``events`` and ``denominator``.

    See Also
    --------
    cartreview.evidence.pooling.poolable_responses : which may be pooled, and why others not.

    Examples
    --------
    >>> bool(judged_responses(load("studies"))["denominator"].notna().all())
    True
    """
    found = poolable_responses(load("outcomes"), studies, load("reports"))
    return found[found["why_not"] == ""]


def printed(name: str, source_id: str) -> DataFrame:
    """Keep the rows of a table that code what a publication printed.

    Taught in: book/retested.md

    Parameters
    ----------
    name : str
        A table with ``published_id``.
    source_id : str
        The publication.

    Returns
    -------
    pandas.DataFrame
        Its rows with the ``name`` of the study and, of the print, ``product_class``, ``family``,
        ``antigens``, ``devices``, ``doses_high`` and ``delivery``.

    Examples
    --------
    >>> review = load("published_tables")["source_id"].iloc[0]
    >>> rows = printed("outcomes", review)
    >>> bool(rows["published_id"].notna().all()), bool(rows["delivery"].isna().any())
    (True, False)
    """
    prints = load("published_tables")
    prints = prints[prints["source_id"] == source_id]
    of_print = prints.set_index("published_id")[_OF_PRINT].assign(
        family=[family(str(product)) for product in prints["product_class"]],
        delivery=[delivery(routes) for routes in prints["routes"]],
    )
    rows = prints if name == "published_tables" else load(name)
    rows = rows[rows["published_id"].isin(of_print.index)].reset_index(drop=True)
    names = load("studies").drop_duplicates("study_id").set_index("study_id")["name"]
    added = {column: rows["published_id"].map(of_print[column]) for column in of_print}
    return rows.assign(
        name=rows["study_id"].map(names), **{c: v for c, v in added.items() if c not in rows}
    )


def reported(name: str, studies: DataFrame) -> DataFrame:
    """Keep the rows of a table that come from the reports of some studies, not from a print.

    Taught in: book/retested.md

    Parameters
    ----------
    name : str
        A table with ``study_id``.
    studies : pandas.DataFrame
        Rows with ``study_id`` and ``name``.

    Returns
    -------
    pandas.DataFrame
        Its rows with the ``name`` of the study.

    Examples
    --------
    >>> rows = reported("outcomes", load("studies"))
    >>> bool(rows["published_id"].isna().all())
    True
    """
    require(studies, ["study_id", "name"], name="studies")
    rows = load(name)
    if "published_id" in rows:
        rows = rows[rows["published_id"].isna()]
    prints = load("published_tables")["source_id"]
    names = studies[["study_id", "name"]].drop_duplicates("study_id")
    return rows[~rows["source_id"].isin(prints)].merge(names, on="study_id")


def printed_responses(source_id: str, endpoints: Sequence[Endpoint] = RESPONSE) -> DataFrame:
    """Count the responses that a publication prints, a row a print, or one for each of its arms.

    Taught in: book/retested.md

    Parameters
    ----------
    source_id : str
        The publication.
    endpoints : sequence of str or tuple of str
        Endpoints, the most wanted first.

    Returns
    -------
    pandas.DataFrame
        Prints that count any of them, as ``printed`` gives them, with ``arm``, ``endpoint``,
        ``events``, ``denominator`` and ``share``.

    See Also
    --------
    cartreview.evidence.responses.response_counts : which endpoint and which arms count.

    Examples
    --------
    >>> review = load("published_tables")["source_id"].iloc[0]
    >>> found = printed_responses(review)
    >>> bool((found["events"] <= found["denominator"]).all())
    True
    """
    rows = printed("outcomes", source_id)
    counts = response_counts(rows.assign(study_id=rows["published_id"]), endpoints)
    counts = counts.rename(columns={"study_id": "published_id"}).drop(columns="source_id")
    return printed("published_tables", source_id).merge(counts, on="published_id")


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two groups of patients set against each other.

    Attributes
    ----------
    p : float
        Two-sided P value of Fisher's exact test.
    more : bool or None
        Whether the first group has the larger share; None where the test bears no difference.
    """

    p: float
    more: bool | None


def contrast(first: Mapping[str, Any], second: Mapping[str, Any]) -> Contrast:
    """Say whether two groups differ, as far as Fisher's exact test bears it.

    Taught in: book/retested.md

    Parameters
    ----------
    first, second : mapping
        ``events`` and ``denominator`` of each, no patient in both.

    Returns
    -------
    Contrast
        A difference is said where the P value is below 0.05, and only there: with a larger one
        neither a difference nor likeness is shown.

    Raises
    ------
    ValueError
        If a group has more events than patients.

    Examples
    --------
    >>> few, many = ({"events": n, "denominator": 30} for n in (1, 15))
    >>> contrast(few, many).more, contrast(many, few).more, contrast(few, few).more
    (False, True, None)
    """
    a, b, c, d = (int(group[name]) for group in (first, second) for name in _COUNT)
    if a > b or c > d:
        raise ValueError(f"{a} of {b} against {c} of {d}: more events than patients")
    p = float(fisher_exact([[a, b - a], [c, d - c]]).pvalue)
    return Contrast(p, a * d > c * b if p < _LEVEL else None)


def delivered(rows: DataFrame, studies: DataFrame, *, column: str = "arm") -> DataFrame:
    """Say of each row how the cells of its patients were given.

    Taught in: book/retested.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``study_id`` and a column that may name a route: ``ICV infusions``.
    studies : pandas.DataFrame
        Rows as ``cns_studies`` gives them.
    column : str
        That column.

    Returns
    -------
    pandas.DataFrame
        Rows of these studies with their ``name``, ``family``, ``antigens`` and ``population``, and
        ``delivery``: by the routes that the column names, else by those of the study.

    Examples
    --------
    >>> rows = pd.DataFrame({"study_id": ["a", "a"], "arm": ["ICV infusions", None]})
    >>> studies = pd.DataFrame({"study_id": ["a"], "name": ["A 2020"], "family": ["CAR cells"],
    ...                         "antigens": ["GD2"], "population": ["adult"],
    ...                         "delivery": ["IV and local"]})
    >>> delivered(rows, studies)["delivery"].tolist()
    ['local', 'IV and local']
    """
    require(rows, ["study_id", column], name="toxicity_incidence")
    require(studies, [*_OF_STUDY, "delivery"], name="studies")
    facts = studies[[*_OF_STUDY, "delivery"]]
    kept = rows.drop(columns=[c for c in facts if c in rows and c != "study_id"])
    found = kept.merge(facts, on="study_id")
    codes = found[column].fillna("").astype("str").str.findall(_ROUTE)
    named = [delivery(";".join(some)) if some else None for some in codes]
    return found.assign(delivery=pd.Series(named, found.index).fillna(found["delivery"]))


def antigen_changes(source_id: str) -> DataFrame:
    """Say of each print that speaks of it what became of the antigen after infusion.

    Taught in: book/retested.md

    Parameters
    ----------
    source_id : str
        The publication.

    Returns
    -------
    pandas.DataFrame
        Prints, as ``printed`` gives them, with ``change``: ``loss``, ``less`` (a decrease or a
        probable loss) or ``none``.

    Examples
    --------
    >>> review = load("published_tables")["source_id"].iloc[0]
    >>> sorted(set(antigen_changes(review)["change"]))
    ['less', 'loss', 'none']
    """
    themes = {"antigen loss": "loss", "antigen decrease": "less"}
    seen = printed("observations", source_id)
    seen = seen.assign(change=seen["theme"].map(themes)).dropna(subset="change")
    seen["change"] = seen["change"].mask(seen["finding"] == "absent", "none")
    seen["change"] = seen["change"].mask(seen["finding"] == "probable", "less")
    counted = printed("outcomes", source_id)
    counted = counted.assign(change=counted["endpoint"].map(themes)).dropna(subset="change")
    counted["change"] = counted["change"].mask(counted["events"] == 0, "none")
    rows = pd.concat([seen, counted])[["published_id", "change"]]
    order = rows["change"].map({"loss": 0, "less": 1, "none": 2})
    first = rows.assign(order=order).sort_values("order", kind="stable")
    first = first.drop_duplicates("published_id").drop(columns="order")
    return printed("published_tables", source_id).merge(first, on="published_id")


def by_delivery(counts: DataFrame, *, among: DataFrame | None = None) -> DataFrame:
    """Add up events and patients by delivery.

    Taught in: book/retested.md

    Parameters
    ----------
    counts : pandas.DataFrame
        Rows with ``delivery``, ``events`` and ``denominator``.
    among : pandas.DataFrame or None
        Prints of whom those without a count add their patients and no event: the least that the
        share can be.

    Returns
    -------
    pandas.DataFrame
        By ``delivery``: ``events`` and ``denominator``.

    Examples
    --------
    >>> counts = pd.DataFrame({"published_id": ["a"], "delivery": ["IV"], "events": [1],
    ...                        "denominator": [4]})
    >>> among = pd.DataFrame({"published_id": ["a", "b"], "delivery": ["IV"] * 2,
    ...                       "n_patients_printed": [5, 4]})
    >>> by_delivery(counts, among=among).loc["IV"].tolist()
    [1, 8]
    """
    require(counts, ["delivery", *_COUNT], name="outcomes")
    rows = counts[["delivery", *_COUNT]]
    if among is not None:
        silent = among[~among["published_id"].isin(counts["published_id"])]
        silent = silent.rename(columns={"n_patients_printed": "denominator"}).assign(events=0)
        rows = pd.concat([rows, silent[["delivery", *_COUNT]]], ignore_index=True)
    return rows.astype(dict.fromkeys(_COUNT, "Int64")).groupby("delivery")[_COUNT].sum()


def response_courses(rows: DataFrame) -> DataFrame:
    """Keep the rows whose report says what became of responses.

    Taught in: book/retested.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``outcomes`` or ``imaging_findings``.

    Returns
    -------
    pandas.DataFrame
        Those rows, with ``course``: ``transient`` or ``lasting``.

    Notes
    -----
    No column holds how long a response lasted, so the words are read: "transient", or "response
    for ..." with a length of time, or a response at long term. A row of survival or death says
    nothing of a response.

    Examples
    --------
    >>> rows = pd.DataFrame({"arm": ["transient", None, None],
    ...     "as_printed": ["2 of 3", "a partial response for 3 to 24 months", "one of six"]})
    >>> response_courses(rows)["course"].tolist()
    ['transient', 'lasting']
    """
    require(rows, ["as_printed"], name="outcomes")
    if "endpoint" in rows:
        rows = rows[~rows["endpoint"].fillna("").str.contains(_NO_RESPONSE)]
    read = [column for column in ("arm", "timepoint", "as_printed") if column in rows]
    words = rows[read].fillna("").astype("str").agg(" ".join, axis=1)
    lasting, transient = words.str.contains(_LASTING), words.str.contains(_TRANSIENT)
    course = pd.Series("lasting", rows.index).mask(transient, "transient")
    return rows.assign(course=course)[lasting | transient]


def differing_counts(source_id: str) -> DataFrame:
    """Set counts that a publication prints beside those of the studies' own reports.

    Taught in: book/retested.md

    Parameters
    ----------
    source_id : str
        The publication.

    Returns
    -------
    pandas.DataFrame
        One row a study and endpoint that both count in all patients: ``study_id``, ``name``,
        ``endpoint``, ``outcome_id`` (of the print), ``said`` and ``found`` (events; all of a
        report's, where it counts them at several times), ``said_of`` and ``found_of`` (patients),
        and ``differs``.

    Examples
    --------
    >>> review = load("published_tables")["source_id"].iloc[0]
    >>> bool(differing_counts(review)["differs"].any())
    True
    """
    prints = printed("outcomes", source_id)
    prints = prints[prints["events"].notna() & prints["arm"].isna()]
    prints = prints.drop_duplicates(["study_id", "endpoint"])
    rows = reported("outcomes", prints)
    rows = rows[rows["events"].notna() & rows["arm"].isna()]
    sums = rows.groupby(["study_id", "endpoint"], as_index=False).agg(
        found=("events", "sum"), found_of=("denominator", "first")
    )
    pairs = prints.rename(columns={"events": "said", "denominator": "said_of"}).merge(
        sums, on=["study_id", "endpoint"]
    )
    other = pairs["said_of"].ne(pairs["found_of"]) & pairs["found_of"].notna()
    differs = pairs["said"].ne(pairs["found"]) | other.fillna(False)
    kept = ["study_id", "name", "endpoint", "outcome_id", "said", "said_of", "found", "found_of"]
    return pairs[kept].assign(differs=differs.astype("bool"))


def severe_shares(incidence: DataFrame, observations: DataFrame) -> DataFrame:
    """Give the shares of patients with any adverse event of grade 3 or higher, study by study.

    Taught in: book/retested.md

    Parameters
    ----------
    incidence : pandas.DataFrame
        Rows of ``toxicity_incidence`` with the ``name`` of the study.
    observations : pandas.DataFrame
        Rows of ``observations`` with the ``name`` of the study.

    Returns
    -------
    pandas.DataFrame
        One row a study with ``study_id``, ``name`` and ``percent``: of several the highest. Counts
        of one named event or syndrome are no such share and are left out.

    Examples
    --------
    >>> rows = pd.DataFrame({"study_id": ["a"], "name": ["A 2020"], "toxicity": ["adverse event"],
    ...     "severe_kind": ["grade 3 or higher"], "severe_events": [3], "severe_percent": [None],
    ...     "denominator": [6]})
    >>> severe_shares(rows, load("observations").head(0).assign(name=None))["percent"].tolist()
    [50.0]
    """
    any_event = incidence["toxicity"].eq("adverse event") & incidence["severe_kind"].isin(_GRADE_3)
    counts = incidence[any_event]
    share = 100 * counts["severe_events"] / counts["denominator"]
    counts = counts.assign(percent=counts["severe_percent"].fillna(share))
    graded = observations["analyte"].str.contains("grade 3", na=False)
    prints = observations[graded & observations["unit"].eq("percent")]
    prints = prints.rename(columns={"value": "percent"})
    kept = ["study_id", "name", "percent"]
    both = [rows[kept].astype({"percent": "Float64"}) for rows in (counts, prints)]
    rows = pd.concat(both, ignore_index=True).dropna(subset="percent")
    rows = rows.sort_values("percent", ascending=False, kind="stable")
    return rows.drop_duplicates("study_id", ignore_index=True)


def within(rows: DataFrame, name: str, low: float, high: float) -> DataFrame:
    """Tell which printed ranges keep to a window.

    Taught in: book/retested.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with the columns ``NAME_low`` and ``NAME_high``.
    name : str
        What the two columns share: ``volume_ml``.
    low, high : float
        Ends of the window.

    Returns
    -------
    pandas.DataFrame
        Rows with a range, with ``low``, ``high``, ``inside`` (all of the range) and ``touches``
        (some of it).

    Examples
    --------
    >>> rows = pd.DataFrame({"dose_low": [1, 5, None], "dose_high": [2, 9, None]})
    >>> within(rows, "dose", 1, 5)[["inside", "touches"]].values.tolist()
    [[True, True], [False, True]]
    """
    ends = [f"{name}_low", f"{name}_high"]
    require(rows, ends, name="published_tables")
    found = rows.dropna(subset=ends)
    least, most = found[ends[0]], found[ends[1]]
    inside, touches = (least >= low) & (most <= high), (least <= high) & (most >= low)
    return found.assign(
        low=least, high=most, inside=inside.astype("bool"), touches=touches.astype("bool")
    )
