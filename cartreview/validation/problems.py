"""Problems: what a check found, where, and how to mend it, in one shape for people and machines.

Vocabulary
----------
finding   a problem as it is printed.
code      the kind of problem, kebab-case, listed once in ``CODES``.
place     path from the root of the checkout, first line of the record, column name, key of the
          row; in text that has no columns the column is the position of the character.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace

from cartreview._words import near

__all__ = [
    "CODES",
    "FORMATS",
    "Place",
    "Problem",
    "as_github",
    "as_json",
    "as_text",
    "did_you_mean",
    "listed",
    "quoted",
]

CODES: dict[str, str] = {
    # The file.
    "missing-file": "A file that the checkout must have is not there.",
    "unlisted-file": "A file lies in data/ that data/datapackage.json does not list.",
    "conflict-marker": "A merge left its markers in a file.",
    "empty-file": "A file has no bytes, or a table has a header and no row.",
    "not-text": "A file has bytes that no text has.",
    "too-large": "A file, or the header of a table, is larger than any that people keep by hand.",
    "not-csv": "A file is not comma-separated, but HTML, another separator or an open quote.",
    "not-utf8": "A file is in another encoding than UTF-8.",
    "byte-order-mark": "A file starts with a byte order mark.",
    "line-ends": "A line ends in another way than with LF, or the last line does not end.",
    "spreadsheet-file": "A spreadsheet wrote a table: a mark, other line ends, TRUE and FALSE.",
    "hidden-character": "A text has a character that nobody sees, or that turns its direction.",
    "not-composed": "A letter is written as two characters, so that equal words differ.",
    # Its header and its rows.
    "missing-column": "The header lacks a field of the schema.",
    "extra-column": "The header has a column that the schema does not describe, or has it twice.",
    "column-order": "The columns stand in another order than in the schema.",
    "too-many-cells": "A row has more cells than the header.",
    "too-few-cells": "A row has fewer cells than the header.",
    "duplicate-row": "Two rows of evidence differ in their keys alone.",
    # Its description.
    "bad-json": "A description (datapackage.json, a schema) is not a JSON object.",
    "bad-schema": "A schema says something that the checks cannot apply.",
    "missing-description": "A package, table or field lacks its title or description.",
    "meanings-mismatch": "The values that a schema allows and those it explains differ.",
    "unknown-field": "A key, reference or rule names a table or field that does not exist.",
    # A cell.
    "missing-value": "A required cell is empty.",
    "missing-locator": "A row of evidence does not say where in its source the value stands.",
    "stray-space": "A cell starts or ends with a space, has two in a row or an odd one.",
    "formula": "A cell starts as a formula does, which a spreadsheet would compute.",
    "wrong-type": "A cell is not of the type of its field.",
    "number-with-unit": "A number is written with its unit.",
    "no-such-date": "A date does not exist in the calendar.",
    "outside-range": "A number lies outside the range of its field.",
    "unknown-category": "A value is none of those that the schema allows.",
    "malformed-value": "A text does not have the form that its field asks for.",
    "bad-list": "A list has an empty item or an item twice.",
    # Keys and references.
    "missing-key": "A row has no key.",
    "duplicate-key": "Two rows have the same key, or the same value where it must be unique.",
    "broken-reference": "A cell names a row of another table that does not exist.",
    # Rules between cells.
    "low-above-high": "The lower end of a range is above its upper end.",
    "events-above-denominator": "More events than patients among whom they are counted.",
    "percent-mismatch": "A percentage is not a rounding of events divided by denominator.",
    "above-total": "A number is above the total of its group.",
    "parts-total": "Parts do not add up to the stated total.",
    "not-in-print": "A fragment does not stand to the letter in the printed cell.",
    "number-not-printed": "A coded number is not written in the fragment that it codes.",
    "not-written": "A coded word does not stand in the cell of its row that must hold it.",
    "wrong-column": "A fragment does not stand in the row and column that its locator names.",
    "needs": "A cell is empty that another, filled cell needs.",
    # Studies and their reports.
    "duplicate-registration": "A study has a registration that stands in another study.",
    "unlinked-registration": "A registered trial does not name the study with its registration.",
    "unscreened-study": "No row of the screening says how a study was found.",
    "repeated-pair": "Two rows have the same study and source.",
    "incomplete-set": "A study or outcome is judged on some questions and not on others.",
    "no-report": "A source is used with a study that has no report of it.",
    # The bibliography.
    "bad-bibliography": "An entry of references.bib cannot be read, or stands there twice.",
    "unknown-entry-type": "An entry of references.bib is of a type that BibTeX does not know.",
    "incomplete-entry": "An entry of references.bib lacks title or maker or, an article, its year.",
    "malformed-author": "A list of names has an empty name.",
    "malformed-url": "An address in references.bib is not one of a web page.",
    "malformed-doi": "A DOI is not '10.', a registrant, a slash and a suffix, without address.",
    "malformed-pmid": "A PMID is not a number of one to eight digits.",
    "malformed-pmcid": "A PMCID is not PMC and a number.",
    "malformed-nct": "A registration is not NCT and eight digits.",
    "author-is-journal": "An author of references.bib is the journal or the site itself.",
    "cut-title": "A title in references.bib ends or breaks off in dots.",
    "undated-entry": "An entry has no year and is no page of the web with the day it was seen.",
    "unlinked-entry": "An entry has no DOI, PMID, PMCID or address to come to it by.",
    "duplicate-doi": "Two entries of references.bib have the same DOI.",
    "missing-entry": "A source has no entry in references.bib.",
    "unused-entry": "An entry of references.bib is no source of the tables.",
    "unknown-citation": "A page cites a key that references.bib lacks.",
    "year-mismatch": "The year of a source and of its entry in references.bib differ.",
    # The ledger and the pages.
    "bad-ledger": "A cell of the accepted ledger is not in the form that 'make accept' writes.",
    "bad-claim-cell": "A cell tagged claim does not make one claim with a literal id.",
    "unaccepted-claim": "A page makes a claim that the accepted ledger lacks.",
    "orphan-claim": "The accepted ledger has a claim that its page does not make.",
    "unknown-claim": "A page or the README shows a claim that the accepted ledger lacks.",
    "unknown-slot": "A page shows a value that its claim does not have.",
    "stale-readme-claim": "A claim in the README is not the accepted sentence.",
    "naked-number": "Prose or a claim's sentence states a number that no computed value wrote.",
    "unseen-value": "A claim has a value that neither its sentence nor a value role shows.",
    "literal-verdict": "A claim's verdict is written down, so that no row could turn it.",
    "leaning-cell": "A code cell uses a name that another claim's or chart's cell makes.",
    "taken-name": "A cell gives a name of the set-up another value, which later cells would read.",
    "named-row": "A chapter's code names a study or a source.",
    "bad-opening": "A claim's sentence opens with a pronoun or a number and cannot be read alone.",
    "tiny-share": "A claim's sentence gives one of one or two of two as a share.",
    "many-numbers": "A claim's sentence has more than four numbers.",
    "idle-waiver": "A claim waives a rule that its sentence keeps.",
    # The charts of the pages.
    "plain-chart": "A page shows a chart without the theme, or without the book's renderer.",
    "missing-caption": "A chart is finished without a caption or without a description.",
    "unread-text": "A page shows text that no check reads: an include, raw HTML.",
    "unknown-directive": "A page has a directive that the book does not have.",
    "unknown-role": "A page has a role that the book does not have, or one without its text.",
    "open-fence": "A block of a page stays open.",
    "bad-front-matter": "The front matter of a page cannot be read.",
    "broken-cell": "A code cell is no Python.",
    "printing-cell": "A cell shows what neither a claim nor a chart states.",
    "not-executed": "A page or a cell is not run when the book is built, or may fail.",
    "bad-configuration": "A line of _config.yml or _toc.yml cannot be read.",
    "bad-contents": "The contents list a page twice, or one that is not there.",
    "unlisted-page": "A page in book/ stands in no contents.",
}

_LISTED = 12  # options that a finding spells out; more would bury the fix
_QUOTED = 120  # characters of a cell that a finding quotes


@dataclass(frozen=True)
class Place:
    """Where a problem is.

    Attributes
    ----------
    path : str
        Path from the root of the checkout.
    line : int
        First line of the record.
    column : str
        Name of the column, or position of the character.
    row : str
        Key of the row, empty where there is none.

    Examples
    --------
    >>> print(Place("data/t.csv", 4, "scale", "b"))
    data/t.csv:4:scale:
    """

    path: str = ""
    line: int = 1
    column: str = ""
    row: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:" + (f"{self.column}:" if self.column else "")


@dataclass(frozen=True)
class Problem:
    """One defect, with its place and the way to mend it.

    Attributes
    ----------
    code : str
        Kind of defect, a key of ``CODES``.
    place : Place
        Where it is. A check of a lone cell leaves it out; who knows the place adds it with ``at``.
    found, expected, fix : str
        What stands there, what should, and how to mend it.

    Examples
    --------
    >>> problem = Problem("unknown-category", found="'ASTTC'", expected="one of 'ASTCT'",
    ...                   fix="did you mean 'ASTCT'?")
    >>> print(problem.at(Place("data/t.csv", 4, "scale", "b")))
    data/t.csv:4:scale: unknown-category (row b)
        found:    'ASTTC'
        expected: one of 'ASTCT'
        fix:      did you mean 'ASTCT'?
    """

    code: str
    place: Place = Place()
    _: KW_ONLY
    found: str
    expected: str
    fix: str

    def at(self, place: Place) -> Problem:
        """Give the problem with a place."""
        return replace(self, place=place)

    @property
    def path(self) -> str:
        """Path from the root of the checkout."""
        return self.place.path

    @property
    def line(self) -> int:
        """First line of the record."""
        return self.place.line

    @property
    def column(self) -> str:
        """Name of the column, or position of the character."""
        return self.place.column

    @property
    def row(self) -> str:
        """Key of the row, empty where there is none."""
        return self.place.row

    def __str__(self) -> str:
        row = f" (row {self.row})" if self.row else ""
        return (
            f"{self.place} {self.code}{row}\n"
            f"    found:    {self.found}\n"
            f"    expected: {self.expected}\n"
            f"    fix:      {self.fix}"
        )


def did_you_mean(value: str, options: Collection[str], otherwise: str) -> str:
    """Write the fix of a misspelling: the near match, if there is one, then another way.

    Examples
    --------
    >>> did_you_mean("gbm", ["GBM"], "Another tumour is added in the schema first.")
    "did you mean 'GBM'? Another tumour is added in the schema first."
    >>> did_you_mean("x", ["GBM"], "add it in the schema first.")
    'add it in the schema first.'
    """
    found = near(value, options)
    if found:
        return f"did you mean {found[0]!r}? {otherwise[:1].upper()}{otherwise[1:]}"
    return otherwise


def quoted(text: str) -> str:
    """Quote what stands in a file, shortened in the middle where it is long.

    Examples
    --------
    >>> quoted("a b"), quoted("x" * 200)[58:70]
    ("'a b'", 'xxx ... xxxx')
    """
    if len(text) > _QUOTED:
        half = _QUOTED // 2
        text = f"{text[:half]} ... {text[-half:]}"
    return repr(text)


def listed(options: Sequence[str]) -> str:
    """List options for the line ``expected``, the first dozen of many.

    Examples
    --------
    >>> listed(["a", "b"])
    "one of 'a', 'b'"
    """
    shown = ", ".join(repr(option) for option in options[:_LISTED])
    more = f", ... ({len(options)} in all)" if len(options) > _LISTED else ""
    return f"one of {shown}{more}"


def as_text(findings: Iterable[Problem], summary: str) -> str:
    """Write findings for people, a count at the end.

    Examples
    --------
    >>> as_text([], "0 findings in 13 tables")
    '0 findings in 13 tables'
    """
    return "\n".join([*(_visible(str(finding)) for finding in findings), summary])


# What moves a terminal's cursor, ends a line in some readers, or turns the direction of a text.
_ACTING = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]"
)


def _visible(text: str) -> str:
    """Write signs that act on a terminal as their numbers, whoever put them into a file."""
    return _ACTING.sub(lambda sign: ascii(sign[0])[1:-1], text)


def as_github(findings: Iterable[Problem], summary: str) -> str:
    """Write findings as annotations of a workflow, a count at the end.

    Examples
    --------
    >>> problem = Problem("needs", Place("a.csv", 2, "n", "r"), found="'x'", expected="1", fix="go")
    >>> print(as_github([problem], "1 finding"))
    ::error file=a.csv,line=2,title=needs::n (row r)%0Afound: 'x'%0Aexpected: 1%0Afix: go
    1 finding
    """
    return "\n".join([*map(_annotation, findings), summary])


def _annotation(finding: Problem) -> str:
    row = f"(row {finding.row})" if finding.row else ""
    head = " ".join(filter(None, [finding.column, row])) or finding.code
    body = f"{head}\nfound: {finding.found}\nexpected: {finding.expected}\nfix: {finding.fix}"
    place = f"file={_property(finding.path)},line={finding.line}"
    return f"::error {place},title={_property(finding.code)}::{_message(body)}"


# What a workflow command needs escaped differs between its properties and its message.
def _message(text: str) -> str:
    return _visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def as_json(findings: Iterable[Problem], summary: str) -> str:
    """Write findings for machines.

    Examples
    --------
    >>> json.loads(as_json([], "0 findings"))
    {'summary': '0 findings', 'findings': []}
    """
    names = ("path", "line", "column", "code", "row", "found", "expected", "fix")
    told = [{name: getattr(finding, name) for name in names} for finding in findings]
    content = {"summary": summary, "findings": told}
    return json.dumps(content, ensure_ascii=False, indent=2)


FORMATS: dict[str, Callable[[Iterable[Problem], str], str]] = {
    "text": as_text,
    "github": as_github,
    "json": as_json,
}
