"""How the bibliography is set: as the journals of the field do, surname and initials first."""

from __future__ import annotations

import re
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.names import BaseNameStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import field, href, join, names, optional, sentence, words
from sphinx.application import Sphinx

__all__ = ["Names", "Style", "setup"]

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


def _record(name: str, label: str, resolver: str) -> Any:
    """Link an identifier by the site that resolves it."""
    identifier = field(name, raw=True)
    return href(join[resolver, identifier])[join[label, identifier]]


def setup(app: Sphinx) -> None:
    """Give pybtex the style; ``bibtex_default_style`` in _config.yml asks for it."""
    register_plugin("pybtex.style.names", NAME, Names)
    register_plugin("pybtex.style.sorting", NAME, Order)
    register_plugin("pybtex.style.formatting", NAME, Style)
