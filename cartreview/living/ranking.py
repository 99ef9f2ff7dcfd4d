"""In what order to read candidates, and why: points for what a title and an abstract say.

Points put a candidate sooner or later; none takes it away. Each reason is kept beside the sum, so
that who reads can see what raised it, and disagree.
"""

from __future__ import annotations

import re

from cartreview.living.matching import Match
from cartreview.living.records import Record

__all__ = ["rank"]

_CELLS = re.compile(
    r"\bCAR\W?(?:T|NK|M)s?\b|chimeric antigen receptor|\w+leucel\b"
    r"|adoptive (?:cell|immuno|transfer)|(?:lymphokine|cytokine)[- ]\w+ killer"
    r"|\bLAK\b|natural killer cell",
    re.IGNORECASE,
)
_TUMOURS = re.compile(
    r"gliom|glioblastom|\bDIPG\b|\bGBM\b|medulloblastom|ependymom|meningiom|leptomening"
    r"|\b(?:brain|pontine|CNS|central nervous system)\b",
    re.IGNORECASE,
)
_NERVES = re.compile(
    r"neurotoxic|neurologic|\bICANS\b|\bTIAN\b|encephalopath|cerebral o?edema|seizure|\bEEG\b",
    re.IGNORECASE,
)
_TRIAL = re.compile(
    r"\bphase (?:[1-3]|I{1,3})\b|first-in-human|clinical trial|pilot (?:study|trial)", re.IGNORECASE
)
_PEOPLE = re.compile(r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:\w+ )?patients\b",
                     re.IGNORECASE)  # fmt: skip
_REVIEW = re.compile(
    r"\breview\b|guideline|consensus|perspective|editorial|survey of", re.IGNORECASE
)
_NO_PEOPLE = re.compile(r"\b(?:mice|mouse|murine|xenograft|in vitro|canine|organoids?)\b",
                        re.IGNORECASE)  # fmt: skip


def rank(record: Record, match: Match | None = None) -> tuple[int, tuple[str, ...]]:
    """Give points to a record, and the reasons of each.

    Parameters
    ----------
    record : Record
        What a service says.
    match : Match, optional
        The candidate to which it belongs.

    Returns
    -------
    int
        The sum; the highest is to be read first.
    tuple of str
        What raised or lowered it, as "+3 cells in the title".

    Examples
    --------
    >>> rank(Record("CAR T cells for recurrent glioma: a phase 1 trial"))
    (8, ('+3 cells in the title', '+3 tumour of the CNS in the title', '+2 a trial'))
    """
    title, text = record.title, record.abstract
    types = " ".join(record.types)
    found = [
        _said(_CELLS, "cells", 3, title, text),
        _said(_TUMOURS, "tumour of the CNS", 3, title, text),
        _said(_NERVES, "neurotoxicity", 2, title, text),
        (2, "a trial") if _TRIAL.search(f"{title} {types}") else None,
        (1, "a registration") if record.registrations else None,
        (1, "patients counted") if _PEOPLE.search(text) else None,
        _joined(match),
        (2, f"noted: {', '.join(record.notices)}") if record.notices else None,
        (-2, "a review or guideline") if _REVIEW.search(f"{title} {types}") else None,
        (-2, "animals or cells in the title") if _NO_PEOPLE.search(title) else None,
        (-1, "a notice") if record.kind == "notice" else None,
        (0, "no title in the record") if not title else None,
    ]
    told = [item for item in found if item]
    return sum(points for points, _ in told), tuple(f"{points:+d} {why}" for points, why in told)


def _joined(match: Match | None) -> tuple[int, str] | None:
    """Raise what may change a study that is held; lower what its main report has told already."""
    if match is None or not match.name:
        return None
    told = match.relation in ("registration of", "preprint of", "abstract of")
    return -2 if told else 2, f"{match.relation} a known candidate"


def _said(
    what: re.Pattern[str], name: str, points: int, title: str, text: str
) -> tuple[int, str] | None:
    if what.search(title):
        return points, f"{name} in the title"
    return (1, f"{name} in the abstract") if what.search(text) else None
