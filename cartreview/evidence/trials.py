"""Studies side by side: a row a study, each number with what it counts, as a reader looks it up.

Vocabulary
----------
own report  a source of those who made a study: neither a review nor news, and no copy of another.
cell        what a row says in words: ``"2 of 9"``, ``"31 weeks from surgery"``. An unknown is "".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.harms import once
from cartreview.evidence.pooling import poolable_responses
from cartreview.evidence.reports import RETELLING, standing
from cartreview.evidence.responses import SIGNS
from cartreview.evidence.studies import about, delivery, family, whole
from cartreview.evidence.survival import median_times

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["INSTEAD", "SEVERE_OF", "trial_rows"]

# What stands in for responses that cannot be pooled, in this order; at most two of them are told.
_LOOSE = ("tumour reduction or necrosis", "initial response", "tumour stabilisation")
INSTEAD = (
    *("objective response", "CR", "PR"),
    *(name for name in SIGNS if isinstance(name, str)),
    *_LOOSE,
    *("SD or better", "SD", "PD"),
)
SEVERE_OF = ("neurotoxicity", "CRS", "TIAN")
_DLT = "dose-limiting toxicity"
_TOLD = 2
_WORDS = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
}
_FACTS = (
    *("study_id", "name", "registrations", "design", "product_class", "product", "antigens"),
    *("routes", "lymphodepletion", "disease", "tumour_groups", "population", "n_treated"),
)
_TEXTS = [name for name in _FACTS if name != "n_treated"]
_CELLS = ("response", "dose_limiting", "severe", "survival")


class _Cell(NamedTuple):
    """Words, the sources that they are from, and a number to sort them by."""

    words: str = ""
    sources: tuple[str, ...] = ()
    order: float | None = None
    kind: str = ""
    criterion: str = ""


_NONE = _Cell()


def trial_rows(
    studies: DataFrame, outcomes: DataFrame, incidence: DataFrame, reports: DataFrame
) -> DataFrame:
    """Set studies side by side, a row a study.

    Parameters
    ----------
    studies : pandas.DataFrame
        The studies in question: any rows of ``studies``.
    outcomes, incidence, reports : pandas.DataFrame
        The tables ``outcomes``, ``toxicity_incidence`` and ``reports``.

    Returns
    -------
    pandas.DataFrame
        In the order of `studies`. Text, "" where unknown: ``study_id``, ``name``,
        ``registrations``, ``design``, ``product_class``, ``product``, ``antigens``, ``routes``,
        ``lymphodepletion``, ``disease``, ``tumour_groups``, ``population`` and ``n_treated``, as
        the study's row has them (lists parted by semicolons); ``family``, ``delivery``;
        ``response`` ("2 of 9"), ``response_kind`` ("objective response"; "" where something else
        is counted, which ``response`` then names) and ``criterion`` ("not stated"
        where its source states none); ``dose_limiting``,
        ``severe`` (neurotoxicity, CRS, TIAN) and ``survival`` (median overall survival with its
        clock); ``sources`` (keys, own reports first). Numbers to sort by, missing where unknown:
        ``response_share``, ``dose_limiting_share``, ``survival_months``.

    Raises
    ------
    ValueError
        If a column is missing, or there is no study or no report.

    Notes
    -----
    Of several reports of one thing the one stands that ``standing`` names; the whole study before
    its arms, which are told one by one where they alone are counted. Nothing is added up but what
    ``poolable_responses`` adds: complete and partial responses, and arms. A time is in the unit of
    its row. ``sources`` are the own reports, those of the whole study first, and behind them those
    that a cell is from; a study without either has all that tell of it.

    Examples
    --------
    >>> from cartreview import load
    >>> tables = [load(n) for n in ("studies", "outcomes", "toxicity_incidence", "reports")]
    >>> found = trial_rows(*tables)
    >>> found["study_id"].is_unique, len(found) == len(tables[0])
    (True, True)
    >>> sorted(set(found["response_kind"]))
    ['', 'objective response']
    """
    require(studies, [*_FACTS], name="studies")
    outcomes, incidence = about(outcomes, studies), about(incidence, studies)
    responses = _responses(outcomes, studies, reports)
    limiting = _limiting(incidence, reports)
    survival = _survival(outcomes, reports)
    told = [responses, limiting, _severe(incidence, reports), survival]
    ids = studies["study_id"].tolist()
    rows = studies[[*_FACTS]].assign(
        **{name: studies[name].fillna("").astype("str") for name in _TEXTS},
        n_treated=["" if pd.isna(n) else str(n) for n in studies["n_treated"]],
        family=[family(str(product)) for product in studies["product_class"]],
        delivery=[delivery(r) if isinstance(r, str) else "" for r in studies["routes"]],
    )
    return rows.assign(
        **{name: _words(cells, ids) for name, cells in zip(_CELLS, told, strict=True)},
        response_kind=[responses.get(key, _NONE).kind for key in ids],
        criterion=[responses.get(key, _NONE).criterion for key in ids],
        response_share=_numbers(responses, ids),
        dose_limiting_share=_numbers(limiting, ids),
        survival_months=_numbers(survival, ids),
        sources=_sources(ids, told, reports),
    )


def _words(cells: dict[str, _Cell], ids: Iterable[str]) -> list[str]:
    return [cells.get(key, _NONE).words for key in ids]


def _numbers(cells: dict[str, _Cell], ids: Iterable[str]) -> Any:
    return pd.array([cells.get(key, _NONE).order for key in ids], "Float64")


def _each(
    rows: DataFrame, reports: DataFrame, told: Callable[[DataFrame], _Cell]
) -> dict[str, _Cell]:
    """Tell of each study the rows of the report that stands, the whole before its arms."""
    if rows.empty:
        return {}
    kept = whole(standing(rows, reports))
    return {str(key): told(part) for key, part in kept.groupby("study_id", sort=False)}


def _responses(outcomes: DataFrame, studies: DataFrame, reports: DataFrame) -> dict[str, _Cell]:
    cells = _instead(outcomes, reports)
    if outcomes.empty:
        return cells
    pooled = poolable_responses(outcomes, studies, reports)
    for row in pooled[pooled["why_not"] == ""].to_dict("records"):
        events, total = int(row["events"]), int(row["denominator"])
        cells[row["study_id"]] = _Cell(
            words=f"{events} of {total}",
            sources=(row["source_id"],),
            order=events / total if total else None,
            kind="objective response",
            criterion="; ".join(_stated(*row["criterion"].split("; "))) or row["criterion"],
        )
    return cells


def _instead(outcomes: DataFrame, reports: DataFrame) -> dict[str, _Cell]:
    """Tell what is counted of studies whose responses cannot be pooled."""
    known = outcomes["events"].notna() | outcomes["percent"].notna()
    rows = outcomes[outcomes["endpoint"].isin(INSTEAD) & known]
    # An arm may be those whose response was brief: the whole by whomever before a part.
    return _each(whole(rows), reports, _told_instead)


def _told_instead(rows: DataFrame) -> _Cell:
    order = rows["endpoint"].map(INSTEAD.index)
    rows = rows.assign(order=order).sort_values("order", kind="stable")
    rows = rows.drop_duplicates(["endpoint", "arm"])
    # Stable or progressive disease beside shrinkage or a response would only crowd it out.
    better = rows[~rows["endpoint"].isin(["SD", "PD"])]
    kept = better if len(better) else rows
    first = kept[kept["endpoint"].isin(list(dict.fromkeys(kept["endpoint"]))[:_TOLD])]
    among = first["denominator"].fillna(first["evaluable"])
    records = first.assign(among=among).to_dict("records")
    return _Cell("; ".join(map(_counted, records)), _from(rows))


def _counted(row: dict[str, Any]) -> str:
    name = _WORDS.get(row["endpoint"], row["endpoint"])
    unit = _courses(row)
    if pd.isna(row["events"]):
        count = f"{row['percent']:g}%" + ("" if pd.isna(row["among"]) else f" of {row['among']}")
    elif pd.isna(row["among"]):
        count, unit = f"{row['events']}{unit}", ", of how many is not stated"
    else:
        count = f"{row['events']} of {row['among']}"
    return f"{name} {count}{unit}{_aside(row['criterion'], row['arm'])}"


def _aside(*words: object) -> str:
    known = _stated(*words)
    return f" ({', '.join(known)})" if known else ""


def _stated(*words: object) -> list[str]:
    return [word for word in words if isinstance(word, str) and word not in ("", "not stated")]


def _limiting(incidence: DataFrame, reports: DataFrame) -> dict[str, _Cell]:
    rows = incidence[incidence["toxicity"] == _DLT]
    counted = rows["any_events"].notna() & rows["denominator"].notna()
    return _each(once(rows[counted], by="arm"), reports, _told_limiting)


def _told_limiting(rows: DataFrame) -> _Cell:
    rows = rows.drop_duplicates("arm")
    words = [
        f"{row['any_events']} of {row['denominator']}{_courses(row)}{_aside(row['arm'])}"
        for row in rows.to_dict("records")
    ]
    share = (rows["any_events"] / rows["denominator"]).max()
    return _Cell("; ".join(words), _from(rows), float(share))


def _courses(row: dict[str, Any]) -> str:
    return " courses" if row["denominator_kind"] == "courses" else ""


def _severe(incidence: DataFrame, reports: DataFrame) -> dict[str, _Cell]:
    """Tell severe toxicities, each from the report that stands for it."""
    counted = incidence["severe_events"].notna() & incidence["denominator"].notna()
    rows = incidence[(counted | incidence["severe_percent"].notna())]
    rows = rows[rows["same_patients_as"].isna()]
    found: dict[str, _Cell] = {}
    for toxicity in SEVERE_OF:
        told = _each(rows[rows["toxicity"] == toxicity], reports, _told_severe)
        for key, cell in told.items():
            before = found.get(key, _NONE)
            words = "; ".join(filter(None, [before.words, cell.words]))
            found[key] = _Cell(words, (*before.sources, *cell.sources))
    return found


def _told_severe(rows: DataFrame) -> _Cell:
    rows = rows.drop_duplicates(["arm", "term", "scale", "severe_kind"])
    return _Cell("; ".join(map(_severely, rows.to_dict("records"))), _from(rows))


def _severely(row: dict[str, Any]) -> str:
    # A term that says no more than "other" is named by the toxicity.
    name = row["term"] if row["term"] not in ("other", "neurologic events") else row["toxicity"]
    events, total, share = row["severe_events"], row["denominator"], row["severe_percent"]
    among = "" if pd.isna(total) else f" of {total}{_courses(row)}"
    count = f"{share:g}%{among}" if pd.isna(events) else f"{events}{among}"
    return f"{name} {count}{_aside(row['severe_kind'], row['scale'], row['arm'])}"


def _survival(outcomes: DataFrame, reports: DataFrame) -> dict[str, _Cell]:
    rows = outcomes[(outcomes["endpoint"] == "OS") & outcomes["value"].notna()]
    rows = rows[rows["unit"].notna() & rows["timepoint"].isna()]
    if rows.empty:
        return {}
    return _each(median_times(rows, reports), reports, _told_survival)


def _told_survival(rows: DataFrame) -> _Cell:
    words = "; ".join(map(_lasting, rows.to_dict("records")))
    return _Cell(words, _from(rows), float(rows["months"].iloc[0]))


def _lasting(row: dict[str, Any]) -> str:
    low, high = row["interval_low"], row["interval_high"]
    spread = "" if pd.isna(low) or pd.isna(high) else f" ({low:g} to {high:g})"
    clock = row["clock"]
    since = ", clock not stated" if clock == "not stated" else f" from {clock}"
    return f"{row['value']:g} {row['unit']}{spread}{since}{_aside(row['arm'])}"


def _from(rows: DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rows["source_id"]))


def _sources(ids: list[str], told: list[dict[str, _Cell]], reports: DataFrame) -> list[str]:
    own = reports[~reports["kind"].isin(RETELLING) & reports["repeats"].isna()]
    own = own.sort_values("scope", key=lambda scope: scope != "whole study", kind="stable")
    mine, every = _by_study(own), _by_study(reports)
    found = []
    for key in ids:
        used = [source for cells in told for source in cells.get(key, _NONE).sources]
        found.append(";".join(dict.fromkeys([*mine.get(key, []), *used]) or every.get(key, [])))
    return found


def _by_study(reports: DataFrame) -> dict[str, list[str]]:
    parts = reports.groupby("study_id", sort=False)["source_id"]
    return {str(key): list(dict.fromkeys(part)) for key, part in parts}
