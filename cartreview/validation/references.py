"""Whether a reader can find what an entry of ``references.bib`` names: who, what, when and where.

Vocabulary
----------
site   host of the address of an entry, without "www.".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cartreview.validation.problems import Problem, quoted

if TYPE_CHECKING:
    from cartreview.validation.bibliography import Entry

__all__ = ["LINKS", "check_references"]

LINKS = ("doi", "pmid", "pmcid", "url")
UNPLACED = "Read in a copy without address"  # a note for what no reader can be led to
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CUT = re.compile(r"\.\.\.|…|\\l?dots\b")


def check_references(entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """Check that entries name their maker, whole title, time and place.

    Parameters
    ----------
    entries : mapping of str to Entry
        Entries by key, as ``read_entries`` gives them.

    Yields
    ------
    Problem
        Authors that are the journal or the site, titles that were cut, entries without year or
        day, entries without a link.

    Examples
    --------
    >>> from cartreview.validation.bibliography import Entry
    >>> fields = {"author": "Blood", "journal": "Blood", "title": "T", "year": "2024"}
    >>> found = check_references({"a": Entry("a", 1, "article", fields)})
    >>> [problem.code for problem in found]
    ['author-is-journal', 'unlinked-entry']
    """
    for entry in entries.values():
        yield from _maker(entry)
        yield from _title(entry)
        yield from _time(entry)
        yield from _link(entry)


def _maker(entry: Entry) -> Iterator[Problem]:
    author = entry.fields.get("author", "")
    carriers = [entry.fields.get(name, "") for name in ("journal", "booktitle", "howpublished")]
    same = next((text for text in carriers if text and _plain(text) == _plain(author)), None)
    site = _site(entry.fields.get("url", ""))
    same = same or (site if site and site == _site(f"https://{author.casefold()}") else None)
    if same:
        yield Problem(
            "author-is-journal",
            entry.place("author"),
            found=f"{quoted(author)}, which is also where it was published",
            expected="who wrote it; of a page that names nobody, who answers for its site",
            fix=f"copy the names from the publication, and leave {quoted(same)} where it stands.",
        )


def _title(entry: Entry) -> Iterator[Problem]:
    title = entry.fields.get("title", "")
    if _CUT.search(title):
        yield Problem(
            "cut-title",
            entry.place("title"),
            found=quoted(title),
            expected="the whole title",
            fix="copy it from the publication or its record.",
        )


def _time(entry: Entry) -> Iterator[Problem]:
    seen = entry.kind.lower() == "misc" and entry.fields.get("url")
    dated = seen and _DAY.fullmatch(entry.fields.get("urldate", ""))
    if not (entry.year or dated or _unplaced(entry)):
        yield Problem(
            "undated-entry",
            entry.place("year"),
            found="no year",
            expected="a year, or @misc with url and, as urldate, the day it was seen (2026-11-21)",
            fix="copy the year from the publication, or say when the page was seen.",
        )


def _link(entry: Entry) -> Iterator[Problem]:
    if not (any(entry.fields.get(name) for name in LINKS) or _unplaced(entry)):
        yield Problem(
            "unlinked-entry",
            entry.place(),
            found=f"none of {', '.join(LINKS)}",
            expected="an identifier or an address, by which a reader comes to the publication",
            fix="copy it from the page that confirms the publication, or write "
            f"note = {{{UNPLACED}.}}.",
        )


def _unplaced(entry: Entry) -> bool:
    return UNPLACED in entry.fields.get("note", "")


def _plain(text: str) -> str:
    r"""Give letters and digits alone, without accents, case and the article at the start.

    Examples
    --------
    >>> _plain(r"The Journal of Cells \& Blood") == _plain("journal of cells & blood")
    True
    """
    bare = unicodedata.normalize("NFKD", text).casefold().removeprefix("the ")
    return "".join(character for character in bare if character.isalnum())


def _site(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that are no address; malformed-url says so
        return ""
