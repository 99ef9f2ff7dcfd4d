"""How publications are set: in the bibliography as journals do, in the text by author and year.

What names no author stands in the text by the first words of its title, in quotation marks; what
has no year stands without one. The whole title is in the bibliography.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.names import BaseNameStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import field, href, join, names, node, optional, sentence, words
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin as register_referencing
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.referencing.basic_author_year import (
    BasicAuthorYearParentheticalReferenceStyle,
    BasicAuthorYearTextualReferenceStyle,
)
from sphinxcontrib.bibtex.style.template import post_text, pre_text, reference

from cartreview_book.fragments import who

__all__ = ["InText", "Names", "Style", "setup"]

NAME = "cartreview"
_WEB = re.compile(r"https?://", re.IGNORECASE)


class Names(BaseNameStyle):
    """Surname and initials without stops: "Brown CE"; "and others" becomes "et al."."""

    def format(self, person: Any, abbr: bool = False) -> Any:
        """Give a person's name as rich text."""
        surname = Text(" ").join([*person.rich_prelast_names, *person.rich_last_names])
        if str(surname) == "others":
            return _Fixed(Text("et al."))
        given = " ".join([*person.first_names, *person.middle_names])
        initials = "".join(part[0] for part in given.replace("-", " ").split())
        return _Fixed(Text(surname, f" {initials}" if initials else ""))


class _Fixed:
    """Text where pybtex expects a template."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def format(self) -> Text:
        return self._text

    def format_data(self, data: Any) -> Text:
        return self._text


class Order(SortingStyle):
    """By author and year; what names no author, by its title."""

    def sorting_key(self, entry: Any) -> tuple[str, ...]:
        """Give what an entry is sorted by."""
        first, *rest = super().sorting_key(entry)
        return (first or entry.fields.get("title", "").strip("{}").lower(), *rest)


class Style(Unsorted):
    """Entries by author and year."""

    default_sorting_style = NAME
    default_name_style = NAME

    def format_web_refs(self, e: Any) -> Any:
        """Link every identifier that an entry has, and its page with the day it was seen."""
        return sentence[
            optional[_record("doi", "doi:", "https://doi.org/")],
            optional[_record("pmid", "PMID:", "https://pubmed.ncbi.nlm.nih.gov/")],
            optional[_record("pmcid", "", "https://pmc.ncbi.nlm.nih.gov/articles/")],
            optional[self.format_eprint(e)],
            optional[self.format_url(e), optional[" (seen ", field("urldate"), ")"]],
        ]

    def format_url(self, e: Any) -> Any:
        """Link an address of the web; any other stands as text."""
        address = str(e.fields.get("url", ""))
        usual = not address or _WEB.match(address)
        return super().format_url(e) if usual else words["URL:", address]

    def format_names(self, role: str, as_sentence: bool = True) -> Any:
        """Part names with commas, the last one too; without names the title comes first."""
        listed = names(role, sep=", ")
        return optional[sentence[listed]] if as_sentence else listed


@node
def _who(children: Any, data: Any) -> Text:
    return Text(who(data["entry"]))


@dataclass
class _Parenthetical(BasicAuthorYearParentheticalReferenceStyle):
    """In brackets: who and year."""

    def inner(self, role_name: str) -> Any:
        """Give the template of one citation."""
        known = join(sep=self.author_year_sep)[_who, optional[field("year")]]
        return join[pre_text, reference[known], post_text]


@dataclass
class _Textual(BasicAuthorYearTextualReferenceStyle):
    """As a word of the sentence: who, and the year in brackets."""

    def inner(self, role_name: str) -> Any:
        """Give the template of one citation."""
        known = join(sep=" ")[_who, optional[join["[", field("year"), "]"]]]
        return join[pre_text, reference[known], post_text]


@dataclass
class InText(AuthorYearReferenceStyle):
    """Citations in the text: author and year, as far as they are known."""

    def __post_init__(self) -> None:
        """Put the two forms of this book in the place of those with "n.d."."""
        super().__post_init__()
        for style in (_Parenthetical(), _Textual()):
            self.role_style.update(dict.fromkeys(style.role_names(), style))


def _record(name: str, label: str, resolver: str) -> Any:
    """Link an identifier by the site that resolves it."""
    identifier = field(name, raw=True)
    return href(join[resolver, identifier])[join[label, identifier]]


def setup(app: Sphinx) -> None:
    """Give pybtex the styles; _config.yml asks for them by name."""
    register_plugin("pybtex.style.names", NAME, Names)
    register_plugin("pybtex.style.sorting", NAME, Order)
    register_plugin("pybtex.style.formatting", NAME, Style)
    register_referencing("sphinxcontrib.bibtex.style.referencing", NAME, InText)
