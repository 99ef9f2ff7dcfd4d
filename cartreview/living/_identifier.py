"""An identifier as people write it: a DOI, a PMID, a PMCID or a registration, with its address."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Identifier", "identified"]

_PMC = r"www\.ncbi\.nlm\.nih\.gov/pmc|pmc\.ncbi\.nlm\.nih\.gov"
_WRITTEN = {
    "doi": r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/[^\s\"{}<>]+)",
    "pmcid": rf"(?:https?://(?:{_PMC})/articles/|pmcid:\s*)?(PMC[1-9][0-9]{{0,9}})/?",
    "pmid": r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)?([1-9][0-9]{0,7})/?",
    "nct": r"(?:https?://(?:www\.)?clinicaltrials\.gov/(?:ct2/show|study)/)?(NCT[0-9]{8})",
}
_FORMS = {kind: re.compile(form, re.IGNORECASE) for kind, form in _WRITTEN.items()}
_LONGEST = 300


@dataclass(frozen=True)
class Identifier:
    """What kind it is, and the bare identifier.

    Attributes
    ----------
    kind : str
        doi, pmid, pmcid or nct.
    text : str
        Without address; a DOI in lower case, as two that differ in case alone are one.
    """

    kind: str
    text: str


def identified(text: str) -> Identifier | None:
    """Read an identifier; None where it is none.

    Examples
    --------
    >>> identified("https://doi.org/10.1038/S41591-024-02893-Z")
    Identifier(kind='doi', text='10.1038/s41591-024-02893-z')
    >>> identified("PMID: 38454126"), identified("nct04185038"), identified("Brown 2024")
    (Identifier(kind='pmid', text='38454126'), Identifier(kind='nct', text='NCT04185038'), None)
    """
    bare = text.strip()
    if len(bare) > _LONGEST:
        return None
    for kind, form in _FORMS.items():
        found = form.fullmatch(bare)
        if found:
            plain = found[1].rstrip(".,;") if kind == "doi" else found[1]
            return Identifier(kind, plain.lower() if kind == "doi" else plain.upper())
    return None
