"""Regrading: the same patients counted under two scales, or by two sources.

Vocabulary
----------
pair   two rows of one source, study and denominator that differ in their scale.
newer  the scale of a pair that came later; a pair is read from the older one to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandas import DataFrame

__all__ = ["first_mention", "grade_moves", "recounted", "regraded"]

_SAME = ["study", "toxicity", "denominator", "source_id"]
_MOVES = re.compile(r"(\d+)(?: events)?(?: the)? (same|lower|higher)\b")


def regraded(rows: DataFrame, *, newer: str = "ASTCT 2019") -> DataFrame:
    """Pair the counts of the same patients under an older and a newer scale.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Described rows of ``toxicity_incidence``.
    newer : str
        The scale that pairs are read towards.

    Returns
    -------
    pandas.DataFrame
        One row a pair, the largest change first: ``study``, ``toxicity``, ``name`` (of both),
        ``older``, ``newer`` (scales), ``older_events``, ``newer_events``, ``older_severe``,
        ``newer_severe``, ``older_share``, ``newer_share`` (0 to 1), ``denominator``, ``note`` of
        the newer row, ``source_id``, ``older_id``, ``newer_id``.

    Notes
    -----
    A pair needs a row that is a regrading; a later data cut or a label is none.

    Examples
    --------
    >>> from cartreview import load
    >>> from cartreview.evidence.harms import described
    >>> pairs = regraded(described(load("toxicity_incidence"), load("studies")))
    >>> bool((pairs["older"] != pairs["newer"]).all())
    True
    """
    whole = rows[rows["arm"].isna() & rows["same_patients_as"].isna() & rows["any_events"].notna()]
    is_newer = whole["scale"] == newer
    both = whole[~is_newer].merge(whole[is_newer], on=_SAME, suffixes=("_older", "_newer"))
    both = both[both[["design_older", "design_newer"]].eq("regrading").any(axis=1)]
    found = both[_SAME].assign(
        name=both["study"] + ", " + both["toxicity"],
        note=both["note_newer"],
        **{
            f"{side}{column}": both[f"{of}_{side}"]
            for side in ("older", "newer")
            for column, of in (
                ("", "scale"),
                ("_events", "any_events"),
                ("_severe", "severe_events"),
                ("_id", "incidence_id"),
            )
        },
    )
    for side in ("older", "newer"):
        found[f"{side}_share"] = (found[f"{side}_events"] / found["denominator"]).astype(float)
    change = (found["older_share"] - found["newer_share"]).abs()
    return found.loc[change.sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def grade_moves(note: str) -> dict[str, int]:
    """Read from the note of a regrading how many kept their grade, fell and rose.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    note : str
        Note of a row.

    Returns
    -------
    dict of str to int
        ``same``, ``lower``, ``higher``, as far as they are written, and their sum, ``all``.

    Examples
    --------
    >>> grade_moves("Against Penn: 5 events the same grade, 2 lower, 1 higher.")
    {'same': 5, 'lower': 2, 'higher': 1, 'all': 8}
    """
    moves = {word: int(n) for n, word in _MOVES.findall(note)}
    return {**moves, "all": sum(moves.values())}


def recounted(rows: DataFrame, *, design: str = "label") -> DataFrame:
    """Pair counts that a source of some design gives with those of another for the same patients.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Described rows of ``toxicity_incidence``.
    design : str
        The design whose counts are set against the other row.

    Returns
    -------
    pandas.DataFrame
        One row a pair of whole cohorts under one named scale: ``study``, ``toxicity``, ``scale``,
        ``events``, ``denominator``, ``other_events``, ``other_denominator``, ``incidence_id``,
        ``other_id``.

    Examples
    --------
    >>> from cartreview import load
    >>> from cartreview.evidence.harms import described
    >>> pairs = recounted(described(load("toxicity_incidence"), load("studies")))
    >>> "not stated" in set(pairs["scale"])
    False
    """
    whole = rows[rows["arm"].isna() & rows["any_events"].notna() & rows["denominator"].notna()]
    given = whole[(whole["design"] == design) & (whole["scale"] != "not stated")]
    other = whole[["incidence_id", "scale", "any_events", "denominator"]]
    other = other.set_axis(["other_id", "scale", "other_events", "other_denominator"], axis=1)
    both = given.merge(
        other, left_on=["same_patients_as", "scale"], right_on=["other_id", "scale"]
    ).rename(columns={"any_events": "events"})
    kept = ["study", "toxicity", "scale", "events", "denominator", "other_events"]
    return both[[*kept, "other_denominator", "incidence_id", "other_id"]]


def first_mention(criteria: DataFrame, scales: Iterable[str], word: str) -> DataFrame:
    """Keep of each scale the description of its lowest grade that speaks of something.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    criteria : pandas.DataFrame
        Rows of ``grading_criteria``.
    scales : iterable of str
        Scales that describe their grades in sentences.
    word : str
        What a description must speak of.

    Returns
    -------
    pandas.DataFrame
        One row a scale that speaks of it, the lowest grade first.

    Examples
    --------
    >>> from cartreview import load
    >>> found = first_mention(load("grading_criteria"), ["Lee 2014", "Penn"], "vasopressor")
    >>> found["scale"].is_unique
    True
    """
    words = criteria[criteria["scale"].isin(list(scales)) & (criteria["role"] == "description")]
    speaking = words[words["criterion"].str.contains(word, case=False)]
    return speaking.sort_values("grade", kind="stable").drop_duplicates("scale")
