"""Which candidate a record is, or belongs to: identifiers first, then title and year.

Vocabulary
----------
known    a candidate, or a publication of the bibliography, with what identifies it.
same     the record is that report: nothing new.
joined   the record is another report of the same work: it is new, and says to what it belongs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from cartreview.living.records import Record, normal_title

__all__ = ["Known", "Library", "Match", "same_title"]

_ALIKE = 95.0  # of 100: letters that two titles share, before their words are compared
_WORD_ALIKE = 80.0  # a word that differs by more than a slip of the pen is another word
_TELLING = 30  # letters; shorter titles ("Reply", "CAR T cells in glioma") are no identity
_FEW = 3  # registrations; a text that names more is a review of trials, not a report of one
_YEARS = 1  # a report can be printed the year after it appeared
_OF_KIND = {
    "preprint": "preprint of",
    "abstract": "abstract of",
    "registration": "registration of",
    "notice": "notice on",
}


@dataclass(frozen=True)
class Known:
    """A candidate, or a publication of the bibliography.

    Attributes
    ----------
    name : str
        Of the candidate; empty for a publication that belongs to no candidate.
    title : str
    year : int or None
    doi, pmid : str
        In their normal form.
    registrations : tuple of str
    kind : str
        As of a record; "paper" where it is not told.
    """

    name: str
    title: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    registrations: tuple[str, ...] = ()
    kind: str = "paper"


@dataclass(frozen=True)
class Match:
    """What a record has to do with what is known.

    Attributes
    ----------
    name : str
        The candidate; empty for a publication that belongs to none.
    relation : str
        "same", or what the record is of it.
    by : str
        What they share.
    also : tuple of str
        Further candidates that a notice names.
    """

    name: str
    relation: str
    by: str
    also: tuple[str, ...] = ()


@dataclass
class Library:
    """All that is known, to be asked whether a record is among it."""

    _by: dict[str, Known] = field(default_factory=dict)
    _trials: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    _titles: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))

    def add(self, known: Iterable[Known]) -> None:
        """Take in what is known; what came first is found first."""
        for one in known:
            for name in _names(one.doi, one.pmid):
                self._by.setdefault(name, one)
            for registration in one.registrations:
                self._trials[registration].append(one)
            title = normal_title(one.title)
            if len(_letters(title)) >= _TELLING:
                self._titles[_letters(title)].append(one)

    def match(self, record: Record) -> Match | None:
        """Say what a record is; None if it is new and belongs to nothing.

        Examples
        --------
        >>> library = Library()
        >>> library.add([Known("a", doi="10.1/a", registrations=("NCT00000001",))])
        >>> library.match(Record("T", doi="10.1/a"))
        Match(name='a', relation='same', by='DOI', also=())
        >>> library.match(Record("T", registrations=("NCT00000001",), kind="registration"))
        Match(name='a', relation='registration of', by='NCT00000001', also=())
        """
        return (
            self._same_identifier(record)
            or self._linked(record)
            or self._titled(record)
            or self._registered(record)
        )

    def _same_identifier(self, record: Record) -> Match | None:
        for name in _names(record.doi, record.pmid):
            if name in self._by:
                return Match(self._by[name].name, "same", name.partition(":")[0].upper())
        if record.kind == "registration":
            for number in record.registrations[:1]:
                for other in self._trials.get(number, ()):
                    if other.kind == "registration":
                        return Match(other.name, "same", number)
        return None

    def _linked(self, record: Record) -> Match | None:
        found = [
            (self._by[name].name, relation, name)
            for relation, name in record.links
            if name in self._by and self._by[name].name
        ]
        if not found:
            return None
        (name, relation, by), *others = found
        others = [other for other in others if other[0] != name]
        return Match(name, relation, by, tuple(dict.fromkeys(other[0] for other in others)))

    def _titled(self, record: Record) -> Match | None:
        for other in self._alike(record):
            if _close(record.year, other.year) and record.kind != "registration":
                relation = _relation(record, other)
                if relation == "same" or other.name:
                    return Match(other.name, relation, "title and year")
        return None

    def _alike(self, record: Record) -> list[Known]:
        title = normal_title(record.title)
        letters = _letters(title)
        if len(letters) < _TELLING:
            return []
        if letters in self._titles:
            return self._titles[letters]
        near = process.extract(
            letters, self._titles.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=5
        )
        return [
            one
            for other, _, _ in near
            for one in self._titles[other]
            if same_title(record.title, one.title)
        ]

    def _registered(self, record: Record) -> Match | None:
        if not record.registrations or len(record.registrations) > _FEW:
            return None
        for number in record.registrations:
            named = [one for one in self._trials.get(number, ()) if one.name]
            for other in sorted(named, key=lambda one: one.kind != "paper"):
                paper = "report of" if other.kind == "registration" else "other report of"
                return Match(other.name, _OF_KIND.get(record.kind, paper), number)
        return None


def same_title(one: str, other: str) -> bool:
    """Say whether two titles are one, written by two hands.

    Letters may differ a little; a word must not: phase 1 is not phase 2, nor GD2 HER2.

    Examples
    --------
    >>> same_title("IL-13Rα2 CAR-T cells in recurrent glioma: a phase 1 trial",
    ...            "IL13Ra2 CAR T cells in recurrent glioma: a phase 1 trial.")
    True
    >>> same_title("CAR T cells in recurrent high-grade glioma: a phase 1 trial",
    ...            "CAR T cells in recurrent high-grade glioma: a phase 2 trial")
    False
    """
    words, others = normal_title(one).split(), normal_title(other).split()
    if "".join(words) == "".join(others):
        return True
    alone = [word for word in words if word not in others]
    rest = [word for word in others if word not in words]
    if fuzz.ratio("".join(words), "".join(others)) < _ALIKE or len(alone) != len(rest):
        return False
    return all(_slip(word, near) for word, near in zip(alone, rest, strict=True))


def _slip(word: str, near: str) -> bool:
    """Say whether a word is another one misspelt; figures are never misspelt."""
    figures = re.findall(r"\d+", word) == re.findall(r"\d+", near)
    return figures and fuzz.ratio(word, near) >= _WORD_ALIKE


def _relation(record: Record, other: Known) -> str:
    """Tell the same report from another form of it that has the same title."""
    if record.kind == other.kind:
        # Two identifiers that differ are two publications, unless they are versions of a preprint.
        differ = (record.doi and other.doi) or (record.pmid and other.pmid)
        return "same title as" if differ and record.kind != "preprint" else "same"
    if record.kind in _OF_KIND:
        return _OF_KIND[record.kind]
    if other.kind in _OF_KIND:
        return "full report of"
    return "same title as"


def _close(one: int | None, other: int | None) -> bool:
    return one is None or other is None or abs(one - other) <= _YEARS


def _letters(title: str) -> str:
    return title.replace(" ", "")


def _names(doi: str, pmid: str) -> list[str]:
    pairs = (("doi", doi), ("pmid", pmid))
    return [f"{kind}:{value}" for kind, value in pairs if value]
