"""What a service says of a report, and the forms in which identifiers and titles are compared.

Vocabulary
----------
record   one report, registration or notice, as one service describes it.
link     what a record says of another: that it is its preprint, its registration, a notice on it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote

from cartreview.validation.characters import HIDDEN_IN_LINES

__all__ = [
    "KINDS",
    "Record",
    "clean",
    "kind_of",
    "normal_doi",
    "normal_pmid",
    "normal_title",
    "registrations_in",
]

KINDS = ("paper", "abstract", "preprint", "registration", "notice")  # the main report first
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_ENDS = ".,;:)]}>\"'"
_REGISTERED = re.compile(
    r"\b(NCT\d{8}|ChiCTR(?:-[A-Z]{3})?-?\d{8,10}|UMIN\d{9}|ACTRN\d{14}|ISRCTN\d{8})\b"
    r"|EudraCT\W{0,3}(?:(?:no|number)\W{0,3})?(\d{4}-\d{6}-\d{2})\b",
    re.IGNORECASE,
)
_AS_WRITTEN = {"CHICTR": "ChiCTR"}  # the one register whose letters are not all capitals
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
# A spreadsheet would take what begins so for a formula; no title needs it.
_FORMULA = "=+-@ "
# Meetings print a number before the title of an abstract, as in 'EPCT-07. Title'.
_NUMBER = re.compile(r"^(?:abstract\s+)?[A-Z]{2,5}[- ]?\d{1,4}[.:]\s+", re.IGNORECASE)
_GREEK = {"α": "a", "β": "b", "γ": "g", "δ": "d", "κ": "k", "ζ": "z", "ß": "b"}
_SPELT = {"alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "kappa": "k", "zeta": "z"}
_BRITISH = (
    (re.compile(r"\btumour"), "tumor"),
    (re.compile(r"\bpaed"), "ped"),
    (re.compile(r"oedema"), "edema"),
    (re.compile(r"aemi"), "emi"),
    (re.compile(r"\bhaem"), "hem"),
)


@dataclass(frozen=True)
class Record:
    """One report, registration or notice, as one service describes it.

    Attributes
    ----------
    title : str
        As the service gives it, without marks of layout.
    year : int or None
        Year of publication, or in which a trial began.
    doi, pmid : str
        In their normal form; empty where the service names none.
    registrations : tuple of str
        Registrations of trials that the record names.
    address : str
        Page of the record, without the scheme.
    abstract : str
        As far as the service gives it. It is shown to who screens and is kept in no table, since
        it is not ours to publish.
    service : str
        Who says so.
    kind : str
        One of ``KINDS``.
    links : tuple of (str, str)
        What the record is of another, and that one: ``("preprint of", "pmid:12345678")``.
    notices : tuple of str
        Corrections and retractions of it that the service knows.
    types : tuple of str
        Types of publication, in the service's words.
    """

    title: str
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    registrations: tuple[str, ...] = ()
    address: str = ""
    abstract: str = ""
    service: str = ""
    kind: str = "paper"
    links: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give what JSON can hold, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Record:
        """Take back what ``as_json`` gave.

        Examples
        --------
        >>> record = Record("T", 2024, doi="10.1/a", links=(("preprint of", "pmid:1"),))
        >>> Record.from_json(record.as_json()) == record
        True
        """
        lists = ("registrations", "notices", "types")
        return cls(
            **{
                "title": "",
                **found,
                **{name: tuple(found.get(name, ())) for name in lists},
                "links": tuple((relation, other) for relation, other in found.get("links", ())),
            }
        )


def normal_doi(text: str | None) -> str:
    """Give a DOI in the one form in which DOIs are compared; empty if the text holds none.

    Examples
    --------
    >>> normal_doi("https://doi.org/10.1158/1078-0432.CCR-15-0428.")
    '10.1158/1078-0432.ccr-15-0428'
    """
    found = _DOI.search(unquote(text or ""))
    return found[0].rstrip(_DOI_ENDS).lower() if found else ""


def normal_pmid(text: str | int | None) -> str:
    """Give a PubMed number without what stands around it; empty if there is none.

    Examples
    --------
    >>> normal_pmid("PMID: 038454126"), normal_pmid("PMC123")
    ('38454126', '')
    """
    found = re.fullmatch(r"\s*(?:PMID:?\s*)?0*([1-9]\d{0,7})\s*", str(text or ""), re.IGNORECASE)
    return found[1] if found else ""


def registrations_in(*texts: str | None) -> tuple[str, ...]:
    """Find the registrations of trials that texts name, each once.

    Examples
    --------
    >>> registrations_in("nct04185038; EudraCT no. 2012-000450-63", "NCT04185038")
    ('NCT04185038', 'EudraCT2012-000450-63')
    """
    found: dict[str, None] = {}
    for text in texts:
        for whole, european in _REGISTERED.findall(text or ""):
            name = f"EudraCT{european}" if european else whole.upper()
            for upper, written in _AS_WRITTEN.items():
                name = name.replace(upper, written)
            found[name] = None
    return tuple(found)


def clean(text: str | None) -> str:
    r"""Give a stranger's text as one line that a table can hold.

    Tags, characters that nobody sees and a beginning that a spreadsheet would run are taken out.

    Examples
    --------
    >>> clean("=CAR&nbsp;T <i>in vivo</i>\u202e\n  trial ")
    'CAR T in vivo trial'
    """
    shown = _TAGS.sub("", html.unescape(text or ""))
    shown = HIDDEN_IN_LINES.sub("", re.sub(r"\s", " ", shown))
    return " ".join(unicodedata.normalize("NFC", shown).split()).lstrip(_FORMULA)


def normal_title(text: str | None) -> str:
    """Give the words of a title as they are compared: no marks, cases, accents, or spellings.

    Examples
    --------
    >>> normal_title("EPCT-07. IL-13Rα2 CAR&#45;T cells for <b>Tumours</b>.")
    'il 13ra2 car t cells for tumors'
    """
    shown = _NUMBER.sub("", clean(text)).lower()
    for letter, name in _GREEK.items():
        shown = shown.replace(letter, name)
    shown = "".join(
        sign for sign in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(sign)
    )
    words = [_SPELT.get(word, word) for word in re.findall(r"[a-z0-9]+", shown)]
    title = " ".join(words)
    for british, american in _BRITISH:
        title = british.sub(american, title)
    return title


def kind_of(title: str, types: tuple[str, ...], otherwise: str = "paper") -> str:
    """Tell an abstract of a meeting from a paper, by its number or its type.

    Examples
    --------
    >>> kind_of("CTIM-19. CAR T cells for glioma", ())
    'abstract'
    """
    told = " ".join(types).lower()
    meeting = _NUMBER.match(clean(title)) or "meeting" in told or "conference" in told
    return "abstract" if meeting and otherwise == "paper" else otherwise
