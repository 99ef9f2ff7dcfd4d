"""Claims in the README: the text between two comments is the accepted sentence.

A plain page has no roles, so ``<!-- claim:ID -->...<!-- /claim -->`` marks the place of a sentence.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from cartreview.claims.ledger import Claim
from cartreview.myst import Mark, marks, with_marks

__all__ = ["refreshed", "stale", "unknown", "without_sentences"]


def refreshed(text: str, claims: Mapping[str, Claim]) -> str:
    """Put the sentences of claims between their marks.

    Parameters
    ----------
    text : str
        The README.
    claims : mapping of str to Claim
        By claim id; a mark of any other claim is left as it is.

    Returns
    -------
    str
        The README with sentences as they read now. Line breaks within a sentence do not count.

    Examples
    --------
    >>> made = Claim("a", "There are 2.", "holds", {"n": 2}, {}, ())
    >>> refreshed("<!-- claim:a -->There is 1.<!-- /claim -->", {"a": made})
    '<!-- claim:a -->There are 2.<!-- /claim -->'
    """

    def sentence(mark: Mark) -> str | None:
        claim = claims.get(mark.claim_id)
        return None if claim is None or mark.reads(claim.sentence) else claim.sentence

    return with_marks(text, sentence)


def without_sentences(text: str) -> str:
    """Take the sentences out of the marks, so that what people wrote remains.

    Examples
    --------
    >>> without_sentences("<!-- claim:a -->There is 1.<!-- /claim --> So.")
    '<!-- claim:a --><!-- /claim --> So.'
    """
    return with_marks(text, lambda mark: "")


def stale(text: str, claims: Mapping[str, Claim]) -> list[str]:
    """Name the claims whose sentence in the README is another one, with their lines.

    Examples
    --------
    >>> made = Claim("a", "There are 2.", "holds", {"n": 2}, {}, ())
    >>> stale("<!-- claim:a -->There is 1.<!-- /claim -->", {"a": made})
    ['README.md:1: claim a reads otherwise than accepted']
    """
    return [
        f"README.md:{mark.line}: claim {mark.claim_id} reads otherwise than accepted"
        for mark in marks(text)
        if mark.claim_id in claims and not mark.reads(claims[mark.claim_id].sentence)
    ]


def unknown(text: str, claims: Container[str]) -> list[str]:
    """Name the marks of claims that no chapter makes, with their lines.

    Examples
    --------
    >>> unknown("<!-- claim:a -->There is 1.<!-- /claim -->", {})
    ['README.md:1: no chapter makes the claim a']
    """
    return [
        f"README.md:{mark.line}: no chapter makes the claim {mark.claim_id}"
        for mark in marks(text)
        if mark.claim_id not in claims
    ]
