"""Which candidates a reader sees, in which order, and what of them: never what others decided.

Vocabulary
----------
queue   the candidates that wait for this reader.
facts   what is shown of a candidate.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from cartreview.living.decisions import DecisionError, Log, Row

__all__ = ["FACTS", "contested", "facts", "plain", "queue"]

# Columns of the candidates with the words before them; those that a table lacks are not shown. The
# note is left out on purpose: it says what a reader before thought.
FACTS = {
    "year": "Year",
    "doi": "DOI",
    "pmid": "PubMed",
    "registrations": "Registration",
    "address": "Page",
    "search_id": "Found by",
    "belongs": "Probably",
    "why_ranked": "Why ranked",
    "abstract": "Abstract",
}
_LINKS = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "address": "https://{}",
}


def queue(log: Log, reader: str, *, every: bool = False, only: str | None = None) -> list[Row]:
    """List the candidates that wait for a reader.

    Parameters
    ----------
    log : Log
        The tables.
    reader : str
        Who reads.
    every : bool
        Whether candidates come too on which the review has its outcome already: a second reading.
    only : str, optional
        One candidate, whether this reader has decided on it or not.

    Returns
    -------
    list of dict
        The best ranked first, where there is a rank; what this reader left for later at the end.

    Raises
    ------
    DecisionError
        If there is no candidate `only`, or the reader's name is another's.
    """
    rows, mine = log.candidates(), log.of_reader(reader)
    if only is not None:
        found = [row for row in rows if row["candidate_id"] == only]
        if not found:
            raise DecisionError(f"{only} is no candidate of data/screening.csv")
        return found
    waiting = [
        row
        for row in rows
        if (every or row["decision"] == "awaiting")
        and mine.get(row["candidate_id"], {"decision": "later"})["decision"] == "later"
    ]
    return sorted(waiting, key=lambda row: (row["candidate_id"] in mine, -_rank(row)))


def _rank(row: Row) -> float:
    try:
        return float(row.get("rank") or 0)
    except ValueError:
        return 0.0


def contested(log: Log, keys: Iterable[str]) -> list[tuple[Row, list[Row]]]:
    """Give candidates in conflict, each with what its readers decided apart."""
    wanted, said = set(keys), log.decisions()
    return [
        (row, [one for one in said if one["candidate_id"] == row["candidate_id"]])
        for row in log.candidates()
        if row["candidate_id"] in wanted
    ]


def facts(row: Row, names: Sequence[str] = tuple(FACTS)) -> list[tuple[str, str]]:
    """Write what is known of a candidate: label and text, identifiers as addresses.

    Examples
    --------
    >>> facts({"year": "2024", "doi": "10.1/a", "pmid": "", "note": "weak"})
    [('Year', '2024'), ('DOI', 'https://doi.org/10.1/a')]
    """
    known = [(name, plain(row.get(name) or "")) for name in names]
    return [(FACTS[name], _LINKS.get(name, "{}").format(text)) for name, text in known if text]


def plain(text: str) -> str:
    r"""Take out what a terminal or a spreadsheet would obey instead of showing it.

    A title is a stranger's text: control characters move the cursor, characters of direction turn
    the order of words.

    Examples
    --------
    >>> plain("CAR\x1b[2J T\n cells\u202e")
    'CAR[2J T cells'
    """
    spaced = " ".join(text.split())
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
