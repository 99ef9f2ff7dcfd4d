"""``references.bib`` against the tables and the pages: every key used is there, every entry used.

Vocabulary
----------
entry   a record of references.bib; its key is the ``source_id`` of a row of ``sources``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview.myst import Page
from cartreview.validation.characters import check_lines
from cartreview.validation.files import conflict_problems, read_text
from cartreview.validation.problems import Place, Problem, did_you_mean, quoted

if TYPE_CHECKING:
    from bibtexparser import Library
    from bibtexparser.model import Block

__all__ = ["PATH", "Entry", "check_uses", "read_entries"]

PATH = "references.bib"

# Crossref's recommended pattern, without the address that some write in front of it.
# An old DOI may have angle brackets and semicolons.
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"{}]*[^\s\"{}.,;]")
_WEB = re.compile(r"https?://[^\s<>\"{}]+")
# An address in another field: after \\url or \\href, or one of a script.
_ADDRESS = re.compile(
    r"\\(?:url|href)\s*\{(?!\s*https?://)|\b(?:javascript|vbscript|data|file):\S", re.IGNORECASE
)
_NEXT_FIELD = re.compile(r"[}\"]\s*\n\s*([A-Za-z]+ *= *[{\"][^\n]{0,40})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KINDS = (
    *("article", "book", "booklet", "conference", "inbook", "incollection", "inproceedings"),
    *("manual", "mastersthesis", "misc", "phdthesis", "proceedings", "techreport", "unpublished"),
)
UNSIGNED = "Authors not on the page that was read"
_PMID = re.compile(r"[1-9][0-9]{0,7}")
_PMCID = re.compile(r"PMC[1-9][0-9]*")
_NCT = re.compile(r"NCT[0-9]{8}")
_NCT_LIKE = re.compile(r"\bNCT[\s#:-]*[0-9]+\b", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """An entry of references.bib: its key, its first line and its fields by lower-case name."""

    key: str
    line: int
    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict, repr=False)  # with braces or quotes

    @property
    def year(self) -> str:
        """Year of publication, empty where the entry has none."""
        return self.fields.get("year", "") or self.fields.get("date", "")[:4]

    def place(self, column: str = "") -> Place:
        """Name the place of the entry, or of one of its fields."""
        return Place(PATH, self.line, column, self.key)


def read_entries(root: Path) -> tuple[dict[str, Entry] | None, list[Problem]]:
    r"""Read references.bib and check the form of its identifiers.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    dict of str to Entry or None, list of Problem
        Entries by key, None where the file is missing; what is wrong with them.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> entry = "@misc{a2020, title = {T}, author = {Writer, A. B.}, year = {2020}}\n"
    >>> _ = (folder / "references.bib").write_text(entry)
    >>> entries, findings = read_entries(folder)
    >>> entries["a2020"].year, findings
    ('2020', [])
    """
    findings: list[Problem] = []
    text = read_text(root / PATH, PATH, findings)
    if text is None:
        return None, findings
    library = _parsed(text)
    if library is None:
        problem = Problem(
            "bad-bibliography",
            Place(PATH),
            found="text that no entry can be read from",
            expected="BibTeX",
            fix="restore the file.",
        )
        return None, [*findings, problem]
    entries = {entry.key: entry for entry in _entries(library)}
    findings += conflict_problems(text, PATH, "keep the entries of both branches, each once.")
    findings += check_lines(text, PATH)
    found = [problem for entry in entries.values() for problem in _content(entry, library)]
    return entries, [*findings, *_unread(library), *found, *_identifiers(entries)]


def _parsed(text: str) -> Library | None:
    import logging

    import bibtexparser  # 60 ms: only who reads the bibliography pays for it

    logger = logging.getLogger("bibtexparser")
    level, logger.level = logger.level, logging.CRITICAL  # what it warns of becomes a finding
    try:
        return bibtexparser.parse_string(text, parse_stack=[])
    except Exception:  # a parser's bug on a broken file must not end the check
        return None
    finally:
        logger.level = level


def _entries(library: Library) -> Iterator[Entry]:
    from bibtexparser.model import Entry as Parsed

    for block in library.blocks:
        # An entry with a field twice is a finding; its key is used all the same.
        read = getattr(block, "ignore_error_block", None) or block
        repeats = isinstance(block, _duplicates())
        if isinstance(read, Parsed) and read.key and not repeats:
            raw = {f.key.lower(): str(f.value).strip() for f in read.fields}
            bare = {name: _bare(value, library) for name, value in raw.items()}
            yield Entry(read.key, (block.start_line or 0) + 1, read.entry_type, bare, raw)


def _bare(value: str, library: Library) -> str:
    defined = library.strings_dict.get(value)
    return str(defined.value if defined else value).strip('{} "')


def _duplicates() -> type[Block]:
    from bibtexparser.model import DuplicateBlockKeyBlock

    return DuplicateBlockKeyBlock


def _unread(library: Library) -> Iterator[Problem]:
    from bibtexparser.model import Entry as Parsed
    from bibtexparser.model import ImplicitComment, ParsingFailedBlock

    for block in library.blocks:
        start = (block.raw or "").strip().partition("\n")[0]
        if isinstance(block, ParsingFailedBlock):
            found, fix = f"{quoted(start)}, {_reason(block)}", "mend the entry."
        elif isinstance(block, ImplicitComment) and not start.startswith("%"):
            found, fix = (
                f"{quoted(start)}, outside of any entry",
                "start an entry with @, a note with %.",
            )
        elif isinstance(block, Parsed) and not block.key:
            found, fix = f"{quoted(start)}, without a key", "give the entry the key of its source."
        else:
            continue
        yield Problem(
            "bad-bibliography",
            Place(PATH, (block.start_line or 0) + 1),
            found=found,
            expected="entries with a key of their own, each field once, braces closed",
            fix=fix,
        )


def _reason(block: Block) -> str:
    if isinstance(block, _duplicates()):
        return "a key that an entry above has"
    twice = getattr(block, "ignore_error_block", None)
    return "a field twice" if twice else "which does not end as an entry does"


def _content(entry: Entry, library: Library) -> Iterator[Problem]:
    if entry.kind.lower() not in _KINDS:
        yield Problem(
            "unknown-entry-type",
            entry.place(),
            found=f"@{entry.kind}",
            expected="a type that BibTeX knows",
            fix=did_you_mean(entry.kind, _KINDS, "write @misc for what is none of them."),
        )
    unsigned = UNSIGNED in entry.fields.get("note", "")
    for names in (("title",), () if unsigned else ("author", "editor")):
        if names and not any(entry.fields.get(name) for name in names):
            yield Problem(
                "incomplete-entry",
                entry.place(names[0]),
                found=f"no {' and no '.join(names)}",
                expected=f"an entry with {' or '.join(names)}",
                fix="copy it from the publication"
                + (f", or write note = {{{UNSIGNED}.}}." if "author" in names else "."),
            )
    if entry.kind.lower() == "article" and not entry.fields.get("year"):
        yield Problem(
            "incomplete-entry",
            entry.place("year"),
            found="an article without a year",
            expected="the year, without which the book is not built",
            fix="copy it from the publication, or write @misc where no page that was read has it.",
        )
    for name, value in entry.raw.items():
        yield from _value(entry, name, value, library)
    people = entry.fields.get("author", ""), entry.fields.get("editor", "")
    for name, text in zip(("author", "editor"), people, strict=True):
        if re.search(r"(?:^|\s)and\s+and(?:\s|$)|^and\s|\sand$", text):
            yield Problem(
                "malformed-author",
                entry.place(name),
                found=f"{quoted(text)}, with an empty name",
                expected="names with one 'and' between them",
                fix="write the name that is missing, or take one 'and' out.",
            )


def _value(entry: Entry, name: str, value: str, library: Library) -> Iterator[Problem]:
    lost = _NEXT_FIELD.search(value)
    if lost:
        yield Problem(
            "bad-bibliography",
            entry.place(name),
            found=f"{quoted(lost[1])} inside the field {name}",
            expected="a comma after each field",
            fix=f"write a comma before {lost[1].split()[0]}.",
        )
    elif value[:1] not in ("{", '"') and not value.isdigit():
        for word in map(str.strip, value.split("#")):
            known = word[:1] in ("{", '"') or word.isdigit() or word.lower() in _MONTHS
            if not known and word not in library.strings_dict:
                defined = [*library.strings_dict, *_MONTHS]
                yield Problem(
                    "bad-bibliography",
                    entry.place(name),
                    found=f"{quoted(word)}, a string that nothing defines",
                    expected="text in braces, a number, or a string that @string defines",
                    fix=did_you_mean(word, defined, "put the text in braces."),
                )
    address = _ADDRESS.search(value) if name != "url" else None
    if address or (name == "url" and not _WEB.fullmatch(entry.fields[name])):
        yield Problem(
            "malformed-url",
            entry.place(name),
            found=quoted(entry.fields[name]),
            expected="an address that starts with https:// or http://",
            fix="copy the address of the page; a reader who follows it must come to no script.",
        )


def _identifiers(entries: dict[str, Entry]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for entry in entries.values():
        doi = entry.fields.get("doi", "")
        if doi and not _DOI.fullmatch(doi):
            yield _malformed(entry, "doi", "10., a registrant, a slash and a suffix", _DOI)
        owner = owners.setdefault(doi.casefold(), entry.key)
        if doi and owner != entry.key:
            yield Problem(
                "duplicate-doi",
                entry.place("doi"),
                found=quoted(doi),
                expected=f"a DOI that no other entry has; {owner} has it",
                fix="look up which entry the DOI belongs to, or make one entry of two.",
            )
        if entry.fields.get("pmid") and not _PMID.fullmatch(entry.fields["pmid"]):
            yield _malformed(entry, "pmid", "a number of one to eight digits", _PMID)
        if entry.fields.get("pmcid") and not _PMCID.fullmatch(entry.fields["pmcid"]):
            yield _malformed(entry, "pmcid", "PMC and a number", _PMCID)
        yield from _registrations(entry)


def _registrations(entry: Entry) -> Iterator[Problem]:
    for name in ("nct", "note", "annote", "keywords"):
        text = entry.fields.get(name, "")
        wanted = [item.strip() for item in re.split("[;,]", text) if item.strip()]
        for item in wanted if name == "nct" else _NCT_LIKE.findall(text):
            if not _NCT.fullmatch(item):
                yield Problem(
                    "malformed-nct",
                    entry.place(name),
                    found=quoted(item),
                    expected="NCT and eight digits",
                    fix=_COPY.format("the registry's page"),
                )


_COPY = "copy the identifier from {}."


def _malformed(entry: Entry, name: str, expected: str, form: re.Pattern[str]) -> Problem:
    text = entry.fields[name]
    bare = form.search(text)
    fix = f"write {bare[0]}." if bare else _COPY.format("a page that confirms the publication")
    found = quoted(text)
    return Problem(f"malformed-{name}", entry.place(name), found=found, expected=expected, fix=fix)


def check_uses(
    entries: dict[str, Entry] | None, sources: Collection[str] | None, pages: Iterable[Page]
) -> Iterator[Problem]:
    """Check that every entry is a source and every key that a page cites is an entry.

    Parameters
    ----------
    entries : dict of str to Entry or None
        What ``read_entries`` gives; None checks nothing.
    sources : collection of str or None
        Keys of the table ``sources``; None where it could not be read.
    pages : iterable of Page
        Pages of the book.

    Yields
    ------
    Problem
        Entries that nothing uses, citations without entry.
    """
    if entries is None:
        return
    for entry in entries.values() if sources is not None else ():
        if entry.key not in (sources or ()):
            otherwise = "add a row to data/sources.csv, or take the entry out."
            bare = [source for source in sources or () if source not in entries]
            yield Problem(
                "unused-entry",
                entry.place(),
                found=quoted(entry.key),
                expected="the source_id of a row of data/sources.csv",
                fix=did_you_mean(entry.key, bare, otherwise),
            )
    for page in pages:
        yield from _citations(page, entries)


def _citations(page: Page, entries: dict[str, Entry]) -> Iterator[Problem]:
    for role in page.roles:
        if not re.fullmatch(r"(?:foot)?cite(?::?\w+)?", role.name):
            continue
        for key in map(str.strip, role.target.split(",")):
            if key not in entries:
                otherwise = f"add the entry to {PATH} and the row to sources."
                yield Problem(
                    "unknown-citation",
                    Place(page.path, role.line, str(role.column), key),
                    found=quoted(key),
                    expected=f"the key of an entry of {PATH}",
                    fix=did_you_mean(key, entries, otherwise),
                )
