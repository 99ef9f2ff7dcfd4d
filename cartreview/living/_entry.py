"""A BibTeX entry from what services said, safe to stand in references.bib."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Container
from datetime import date

from cartreview.living._lookup import Publication
from cartreview.validation.bibliography import UNSIGNED

__all__ = ["bibtex", "key_of"]

_ESCAPED = re.compile(r"[%_$#~^]")
_SHOWN = 20  # names that are written; "and others" stands for more


def key_of(publication: Publication, taken: Container[str]) -> str:
    """Make the key of a source: surname and year, and a letter where another has it.

    Parameters
    ----------
    publication : Publication
        With an author and perhaps a year.
    taken : container of str
        Keys that are in use.

    Returns
    -------
    str
        Empty where there is no author to name it by.

    Examples
    --------
    >>> key_of(Publication(authors=("Müller-Li, A",), year="2026"), {"mullerli2026"})
    'mullerli2026b'
    """
    if not publication.authors:
        return ""
    surname = publication.authors[0].strip("{}").partition(",")[0]
    plain = unicodedata.normalize("NFKD", surname.replace("ß", "ss"))
    letters = "".join(sign for sign in plain.lower() if sign in string.ascii_lowercase)
    stem = f"{letters[:30]}{publication.year or 'nd'}"
    ends = ["", *string.ascii_lowercase[1:]] if publication.year else [""]
    return next((stem + end for end in ends if stem + end not in taken), "") if letters else ""


def bibtex(key: str, publication: Publication, day: date) -> str:
    r"""Write an entry; a field that nobody stated is left out.

    Parameters
    ----------
    key : str
        Key of the entry.
    publication : Publication
        What is known of it.
    day : date
        When it was looked up.

    Returns
    -------
    str
        The entry, with its line end.

    Examples
    --------
    >>> print(bibtex("a2026", Publication(title="100% {x}\\y", year="2026"), date(2026, 11, 21)))
    @misc{a2026,
      title = {{100\% xy}},
      year = {2026},
      note = {Authors not on the page that was read.},
    }
    <BLANKLINE>
    """
    fields = {
        "author": " and ".join(_names(publication.authors)),
        "title": f"{{{_escaped(publication.title)}}}" if publication.title else "",
        "journal": _escaped(publication.journal),
        "year": publication.year,
        "volume": _escaped(publication.volume),
        "number": _escaped(publication.number),
        "pages": re.sub(r"\s*[-–]+\s*", "--", _escaped(publication.pages)),
        "doi": publication.doi,
        "pmid": publication.pmid,
        "pmcid": publication.pmcid,
    }
    if publication.title and not publication.authors:
        fields["note"] = f"{UNSIGNED}."
    if not (publication.doi or publication.pmid or publication.pmcid) and publication.address:
        fields |= {"url": f"https://{publication.address}", "urldate": f"{day:%Y-%m-%d}"}
    kind = "article" if publication.journal and publication.year else "misc"
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _names(authors: tuple[str, ...]) -> list[str]:
    written = []
    for name in authors[:_SHOWN]:
        group = name.startswith("{") and name.endswith("}")
        bare = _escaped(name)
        # A group, or a name with the word that parts names, is one name.
        one = group or re.search(r"(?i)(?:^|\s)and(?:\s|$)|^others$", bare)
        written.append(f"{{{bare}}}" if one else bare)
    return [*filter(lambda name: name.strip("{}, "), written), *["others"][: len(authors) > _SHOWN]]


def _escaped(text: str) -> str:
    """Take out what BibTeX or LaTeX reads as an order; write its other signs as text."""
    plain = re.sub(r"[\\{}\"]", "", text)
    return _ESCAPED.sub(lambda sign: f"\\{sign[0]}" if sign[0] in "%_$#" else " ", plain)
