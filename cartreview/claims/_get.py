"""An accepted claim with the rows that it rests on, as frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartreview._tables import DATA, key, load
from cartreview._words import near
from cartreview.claims.ledger import Claim, read_ledger

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["AcceptedClaim", "get"]


@dataclass(frozen=True, repr=False)
class AcceptedClaim:
    """A claim as it was last accepted, with its rows.

    Attributes
    ----------
    claim_id, sentence, verdict : str
        Name, sentence as the book prints it, and what the rows say of it.
    values : dict
        Value of each slot of the sentence.
    sources : tuple of str
        Sources that the rows name, keys of references.bib.
    evidence : dict of str to pandas.DataFrame
        The rows by table, in the order of the ledger, with the columns of the table.
    """

    claim_id: str
    sentence: str
    verdict: str
    values: dict[str, Any]
    sources: tuple[str, ...]
    evidence: dict[str, DataFrame]

    def __repr__(self) -> str:
        """Show the sentence and how many rows of which tables it rests on."""
        rows = ", ".join(f"{len(frame)} of {name}" for name, frame in self.evidence.items())
        return f"claim {self.claim_id}: {self.verdict}\n{self.sentence}\nrows: {rows}"


def get(claim_id: str) -> AcceptedClaim:
    """Give an accepted claim with its values and its evidence.

    Parameters
    ----------
    claim_id : str
        Name of the claim, as its mark in the book and the column ``claim_id`` of the table
        ``claims`` have it.

    Returns
    -------
    AcceptedClaim
        Sentence, verdict, values, sources, and ``evidence``: a frame a table.

    Raises
    ------
    KeyError
        If there is no such claim; the message has those of nearly that name.

    Examples
    --------
    >>> found = get("pooled-response")
    >>> sorted(found.evidence), len(found.evidence["outcomes"]) > 0
    (['outcomes', 'studies'], True)
    """
    ledger = read_ledger(DATA / "claims.csv")
    if claim_id not in ledger:
        meant = " or ".join(map(repr, near(claim_id, ledger, most=3)))
        hint = f"did you mean {meant}?" if meant else "see load('claims')"
        raise KeyError(f"no claim {claim_id!r} is accepted; {hint}")
    return _with_rows(ledger[claim_id])


def _with_rows(accepted: Claim) -> AcceptedClaim:
    rows = {name: _rows(name, keys) for name, keys in accepted.evidence.items()}
    return AcceptedClaim(
        accepted.claim_id,
        accepted.sentence,
        accepted.verdict,
        accepted.values,
        accepted.sources,
        rows,
    )


def _rows(name: str, keys: tuple[str, ...]) -> DataFrame:
    """Take the rows of a table by key; a row that is gone since is left out."""
    by_key = load(name).set_index(key(name), drop=False)
    return by_key.loc[[one for one in keys if one in by_key.index]].reset_index(drop=True)
