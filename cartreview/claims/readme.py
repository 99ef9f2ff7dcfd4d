"""Claims in the README: the text between two comments is the accepted sentence.

A plain page has no roles, so ``<!-- claim:ID -->...<!-- /claim -->`` marks the place of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from cartreview.claims.ledger import Claim

__all__ = ["refreshed", "stale", "unknown", "without_sentences"]

_MARK = re.compile(
    r"(?P<opening><!--\s*claim:(?P<id>[\w-]+)\s*-->)"
    r"(?P<text>(?:(?!<!--\s*claim:).)*?)"
    r"(?P<closing><!--\s*/claim\s*-->)",
    re.DOTALL,
)


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

    def replaced(found: re.Match[str]) -> str:
        claim = claims.get(found["id"])
        if claim is None or _reads(found, claim):
            return found[0]
        return f"{found['opening']}{claim.sentence}{found['closing']}"

    return _MARK.sub(replaced, text)


def _reads(found: re.Match[str], claim: Claim) -> bool:
    return found["text"].split() == claim.sentence.split()


def without_sentences(text: str) -> str:
    """Take the sentences out of the marks, so that what people wrote remains.

    Examples
    --------
    >>> without_sentences("<!-- claim:a -->There is 1.<!-- /claim --> So.")
    '<!-- claim:a --><!-- /claim --> So.'
    """
    return _MARK.sub(lambda found: found["opening"] + found["closing"], text)


def stale(text: str, claims: Mapping[str, Claim]) -> list[str]:
    """Name the claims whose sentence in the README is another one, with their lines.

    Examples
    --------
    >>> made = Claim("a", "There are 2.", "holds", {"n": 2}, {}, ())
    >>> stale("<!-- claim:a -->There is 1.<!-- /claim -->", {"a": made})
    ['README.md:1: claim a reads otherwise than accepted']
    """
    return [
        f"README.md:{_line(found)}: claim {found['id']} reads otherwise than accepted"
        for found in _MARK.finditer(text)
        if found["id"] in claims and not _reads(found, claims[found["id"]])
    ]


def unknown(text: str, claims: Container[str]) -> list[str]:
    """Name the marks of claims that no chapter makes, with their lines.

    Examples
    --------
    >>> unknown("<!-- claim:a -->There is 1.<!-- /claim -->", {})
    ['README.md:1: no chapter makes the claim a']
    """
    return [
        f"README.md:{_line(found)}: no chapter makes the claim {found['id']}"
        for found in _MARK.finditer(text)
        if found["id"] not in claims
    ]


def _line(found: re.Match[str]) -> int:
    return found.string.count("\n", 0, found.start()) + 1
