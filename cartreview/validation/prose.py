"""The rule against naked numbers: prose states no number that a person typed.

Counts, shares, intervals and doses come from claims and computed values; a number in a name, a
label or a year stays.

Vocabulary
----------
naked number   a quantity in digits or words that no role wrote.
name           letters with digits: CD19, IL-6, 4-1BB, H3K27M.
label          a word whose number is an ordinal or a version: grade 3, Table 1, Python 3.11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cartreview.myst import MASK, Page
from cartreview.validation.problems import Place, Problem, quoted

__all__ = ["LABELS", "NAMES", "QUANTITIES", "check_pages", "naked_numbers"]

# Words whose number says which one, not how many: it cannot go stale when a row changes.
LABELS = (
    "grade", "phase", "table", "figure", "fig", "section", "chapter", "level", "version", "row",
    "column", "step", "part", "arm", "cohort", "type", "equation", "reference", "ref", "PMID",
    "Python", "pandas", "Altair", "Sphinx", "CC BY", "Jupyter Book", "Vega-Lite",
)  # fmt: skip
# Names that start with their digits, or that a number word is part of.
NAMES = (
    "4-1BB",
    "4-1BBζ",
    "5-ALA",
    "2D",
    "3D",
    "half-life",
    "half-lives",
    "two-sided",
    "one-sided",
    # The level of an interval is a convention of the review, no result.
    "95% interval",
    "95% confidence interval",
    "95% prediction interval",
)
# What is counted or measured: a number before one of these is a quantity, even if it looks like a
# year (2000 patients).
QUANTITIES = (
    "patients", "participants", "people", "children", "adults", "women", "men", "trials",
    "studies", "publications", "papers", "sources", "citations", "records", "rows", "claims",
    "tables", "cells", "cases", "tumours", "tumors", "lesions", "doses", "infusions", "cycles",
    "responses", "deaths", "events", "antigens", "targets", "charts", "percent", "per cent",
    "seconds", "minutes", "hours", "days", "weeks", "months", "years", "mL", "ml", "µL", "µl",
    "μl", "L", "mg", "µg", "μg", "ng", "pg", "g", "kg", "mm", "cm", "Gy", "h", "min", "d", "IU",
    "MIU",
)  # fmt: skip

_UNITS = "two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_GREAT = "hundred|thousand|million|billion|dozen"
_PART = "third|quarter|fifth|sixth|seventh|eighth|ninth|tenth"
_CARDINAL = rf"(?:(?:{_TENS})[-‑ ](?:one|{_UNITS})|{_TENS}|{_TEENS}|{_UNITS}|(?:{_GREAT})s?)"
_WORDS = re.compile(
    rf"""\b(?:
      (?:one|{_UNITS})[-‑\s](?:half|(?:{_PART})s?)
    | (?:{_UNITS}|{_TEENS}|{_TENS}|{_GREAT})[-‑]?fold
    | one\sin\s(?:every\s)?(?:{_CARDINAL}|[0-9]+|{MASK})
    | (?:(?:an?|one)\s(?={_GREAT}))?{_CARDINAL}(?:[-‑\s](?:and\s)?{_CARDINAL})*
    # 'a third of patients' is a share, 'a third trial' is an ordinal.
    | an?\s(?:{_PART})(?=\s*$|\s*[^\w\s]
        |\s(?:of|or|and|to|in|had|have|were|was|are|is|did|showed|responded|survived|died)\b)
    | half|halves|twice|thrice
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)

_NUMBER = r"[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?(?:\s?[×x·]\s?10[⁰¹²³⁴⁵⁶⁷⁸⁹^0-9]*)?|[½⅓⅔¼¾⅕⅛]"
_JOIN = r"\s?(?:–|—|-|−|/|±|\bto\b|\bof\b|\bout\sof\b|\bvs\.?(?=\s)|×)\s?"
_AFTER = rf"\s?(?:%|‰|°C?)|\s(?:{'|'.join(QUANTITIES)})(?!\w)"
_DIGITS = re.compile(
    rf"(?P<sign>[=<>≤≥~≈±]\s?)?(?P<run>(?:{_NUMBER})(?:{_JOIN}(?:{_NUMBER}))*)"
    rf"(?P<after>[^\W\d_]+|{_AFTER})?"
)
_DIGIT = re.compile("[0-9]")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}(?:\s?(?:–|—|-|−|/|to)\s?(?:19|20)[0-9]{2})*")

_NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, NAMES))})(?!\w)", re.IGNORECASE)
# Letters, then digits, joined or with a hyphen: B7-H3, IL13Rα2, GD2-28BBζ, H3.3K27M.
_LETTERS_FIRST = re.compile(r"(?<![\w])(?P<stem>[^\W\d_]+)(?P<tie>[-‑]?)[0-9]\w*(?:[-‑./][^\W_]+)*")
_ORDINAL = r"[0-9]+(?:\.[0-9]+)*[a-z]?(?!\w)"
_AND = r"(?:, (?:and |or )?| and | or | to | ?[–/&-] ?)"
_LABELLED = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, LABELS))})(?:s|\.)?[ \u00a0-]{_ORDINAL}"
    rf"(?:{_AND}{_ORDINAL}(?!{_AFTER}))*",
    re.IGNORECASE,
)
_COUNTED = frozenset(word.casefold() for word in QUANTITIES) | {
    word.removesuffix("s").casefold() for word in QUANTITIES
}
_TAKEN = "\ufffb"  # stands for what was a name or a word, so that no pattern reads it again
_CONTEXT = 30  # characters of the line on each side of a number


def naked_numbers(prose: str) -> list[tuple[int, str]]:
    """Find the naked numbers of a line of prose.

    Parameters
    ----------
    prose : str
        A line of ``Page.prose``.

    Returns
    -------
    list of (int, str)
        Position, counted from 0, and the number with its unit.

    Examples
    --------
    >>> naked_numbers("Of 42 trials of IL-6 and CD19 in grade 3 glioma since 2001, twelve gave 1e7")
    [(3, '42 trials'), (60, 'twelve'), (72, '1e7')]
    """
    if not prose.strip():
        return []
    rest = _NAMED.sub(_masked, prose)
    if _DIGIT.search(rest):  # both patterns need one, and most lines have none
        rest = _LABELLED.sub(_masked, rest)
        rest = _LETTERS_FIRST.sub(_masked_name, rest)
    found = [(hit.start(), hit[0]) for hit in _WORDS.finditer(rest)]
    if found:
        rest = _WORDS.sub(_masked, rest)
    for hit in _DIGITS.finditer(rest):
        counted = hit["sign"] or hit["after"]
        if counted or not _YEARS.fullmatch(hit["run"]):
            found.append((hit.start("run"), hit["run"] + (hit["after"] or "")))
    return sorted(found)


def _masked(found: re.Match[str]) -> str:
    return _TAKEN * len(found[0])


def _masked_name(found: re.Match[str]) -> str:
    # 'week-12' is a time, 'IL-6' a name.
    quantity = found["tie"] and found["stem"].casefold() in _COUNTED
    return found[0] if quantity else _masked(found)


def check_pages(pages: Iterable[Page]) -> Iterator[Problem]:
    """Find the naked numbers of pages.

    Parameters
    ----------
    pages : iterable of Page
        Pages of the book and the README.

    Yields
    ------
    Problem
        Its column is the position of the character, counted from 1.
    """
    for page in pages:
        fix = "write {claim}`id` or {value}`id.slot`."
        if page.path == "README.md":
            fix = "write <!-- claim:ID -->, the accepted sentence and <!-- /claim -->."
        for number, (line, prose) in enumerate(zip(page.lines, page.prose, strict=True), start=1):
            for at, text in naked_numbers(prose):
                yield Problem(
                    "naked-number",
                    Place(page.path, number, str(at + 1)),
                    found=f"{quoted(text)} in {quoted(_around(line, at, at + len(text)))}",
                    expected="a number that a claim or a computed value wrote",
                    fix=fix,
                )


def _around(line: str, start: int, end: int) -> str:
    """Give the words around a number, whole words only."""
    before, after = line[:start], line[end:]
    if len(before) > _CONTEXT:
        before = before[-_CONTEXT:].partition(" ")[2]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT].rpartition(" ")[0]
    return (before + line[start:end] + after).strip()
