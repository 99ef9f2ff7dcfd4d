"""Ask Crossref, Europe PMC and ClinicalTrials.gov what one identifier is, and invent nothing.

Shapes of the answers: Crossref's ``/works/{doi}`` (github.com/CrossRef/rest-api-doc), Europe PMC's
``/search`` with ``resultType=core`` (europepmc.org/RestfulWebService), ClinicalTrials.gov's
``/studies/{nctId}`` (clinicaltrials.gov/data-api/api).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import quote

from cartreview.living._identifier import Identifier, identified
from cartreview.living.web import address_of
from cartreview.validation.characters import HIDDEN_IN_LINES
from cartreview.validation.schemas import as_mapping, as_sequence, as_text

__all__ = ["Publication", "Trial", "look_up"]

_CROSSREF = "https://api.crossref.org"
_EUROPE_PMC = "https://www.ebi.ac.uk/europepmc/webservices/rest"
_TRIALS = "https://clinicaltrials.gov/api/v2"
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_LONGEST = 1_000  # characters; no title is as long
_NAMES = 100
_TYPES = {"journal-article": "paper", "posted-content": "preprint"}


class _Service(Protocol):
    def get_json(self, url: str, params: Mapping[str, Any] | None = None) -> Any: ...


@dataclass(frozen=True)
class Publication:
    """What services say of a publication; empty where they say nothing.

    Attributes
    ----------
    title, journal, year, volume, number, pages : str
        As a service prints them, without markup.
    authors : tuple of str
        "Family, Given"; a group in braces.
    doi, pmid, pmcid : str
        Identifiers.
    registrations : tuple of str
        Trials that the record itself names.
    report : str
        paper or preprint, where the service says so.
    address : str
        Where it was read, without the scheme.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registrations: tuple[str, ...] = ()
    report: str = ""
    address: str = ""


@dataclass(frozen=True)
class Trial:
    """What ClinicalTrials.gov says of a trial, by columns of ``ongoing_trials``."""

    registration: str
    cells: dict[str, str]


def look_up(identifier: Identifier, web: _Service) -> Publication | Trial | None:
    """Ask the services.

    Parameters
    ----------
    identifier : Identifier
        What to ask for.
    web : Web
        How services are asked.

    Returns
    -------
    Publication, Trial or None
        None where no service knows it. An answer about another identifier is no answer.

    Raises
    ------
    ServiceError
        If a service cannot be reached or answers no JSON.
    """
    if identifier.kind == "nct":
        return _trial(identifier, web)
    if identifier.kind != "doi":
        return _europe_pmc(identifier, web)
    found, other = _crossref(identifier, web), _europe_pmc(identifier, web)
    if found is None or other is None:
        return found or other
    empty = {name: getattr(other, name) for name, value in vars(found).items() if not value}
    return replace(found, **empty)


def _clean(value: Any) -> str:
    """Give one line of text, without markup and without characters that nobody sees."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    bare = html.unescape(_TAG.sub("", html.unescape(text[: 4 * _LONGEST])))
    seen = "".join(" " if unicodedata.category(sign) in _HIDDEN else sign for sign in bare)
    shown = HIDDEN_IN_LINES.sub(" ", seen)  # some of them have no category: no letter is there yet
    return " ".join(unicodedata.normalize("NFC", shown).split())[:_LONGEST]


def _first(value: Any) -> str:
    return next((_clean(item) for item in as_sequence(value) if _clean(item)), "")


def _crossref(identifier: Identifier, web: _Service) -> Publication | None:
    url = f"{address_of('crossref', _CROSSREF)}/works/{quote(identifier.text, safe='')}"
    message = as_mapping(as_mapping(web.get_json(url)).get("message"))
    if as_text(message.get("DOI")).lower() != identifier.text:
        return None
    issued = as_sequence(as_mapping(message.get("issued")).get("date-parts"))
    first = as_sequence(issued[0]) if issued else []
    return Publication(
        title=_first(message.get("title")),
        authors=tuple(_people(message.get("author"), "family", "given", "name")),
        journal=_first(message.get("container-title")),
        year=_year(first[0] if first else ""),
        volume=_clean(message.get("volume")),
        number=_clean(message.get("issue")),
        pages=_clean(message.get("page")),
        doi=identifier.text,
        registrations=tuple(_registrations(message.get("clinical-trial-number"))),
        report=_TYPES.get(as_text(message.get("type")), ""),
        address=f"api.crossref.org/works/{identifier.text}",
    )


def _year(value: Any) -> str:
    found = re.fullmatch(r"(?:19|20)[0-9]{2}", _clean(value))
    return found[0] if found else ""


def _people(value: Any, family: str, given: str, group: str) -> Iterator[str]:
    for person in map(as_mapping, as_sequence(value)[:_NAMES]):
        last, first = _clean(person.get(family)), _clean(person.get(given))
        if last:
            yield f"{last}, {first}" if first else last
        elif _clean(person.get(group)):
            yield f"{{{_clean(person.get(group))}}}"


def _registrations(value: Any) -> Iterator[str]:
    for item in map(as_mapping, as_sequence(value)):
        found = identified(_clean(item.get("clinical-trial-number")))
        if found and found.kind == "nct":
            yield found.text


_FIELDS = {"doi": 'DOI:"{}"', "pmid": "EXT_ID:{} AND SRC:MED", "pmcid": "PMCID:{}"}


def _europe_pmc(identifier: Identifier, web: _Service) -> Publication | None:
    answer = web.get_json(
        f"{address_of('europepmc', _EUROPE_PMC)}/search",
        {
            "query": _FIELDS[identifier.kind].format(identifier.text),
            "format": "json",
            "resultType": "core",
        },
    )
    listed = as_sequence(as_mapping(as_mapping(answer).get("resultList")).get("result"))
    for item in map(as_mapping, listed):
        asked = _clean(item.get(identifier.kind))
        if identified(asked) == identifier:
            return _read(item)
    return None


def _read(item: dict[str, Any]) -> Publication:
    issue = as_mapping(item.get("journalInfo"))
    people = as_mapping(item.get("authorList")).get("author")
    names = tuple(_people(people, "lastName", "firstName", "collectiveName"))
    doi, pmid, pmcid = (identified(_clean(item.get(name))) for name in ("doi", "pmid", "pmcid"))
    source, number = _clean(item.get("source")), _clean(item.get("id"))
    return Publication(
        title=_clean(item.get("title")).removesuffix("."),
        authors=names,
        journal=_clean(as_mapping(issue.get("journal")).get("title")),
        year=_year(item.get("pubYear")),
        volume=_clean(issue.get("volume")),
        number=_clean(issue.get("issue")),
        pages=_clean(item.get("pageInfo")),
        doi=doi.text if doi and doi.kind == "doi" else "",
        pmid=pmid.text if pmid and pmid.kind == "pmid" else "",
        pmcid=pmcid.text if pmcid and pmcid.kind == "pmcid" else "",
        report="preprint" if source == "PPR" else "",
        address=f"europepmc.org/article/{source}/{number}" if source and number else "",
    )


def _trial(identifier: Identifier, web: _Service) -> Trial | None:
    url = f"{address_of('clinicaltrials', _TRIALS)}/studies/{identifier.text}"
    answer = as_mapping(web.get_json(url))
    modules = as_mapping(answer.get("protocolSection"))
    about, status, design = (
        as_mapping(modules.get(f"{name}Module")) for name in ("identification", "status", "design")
    )
    if _clean(about.get("nctId")) != identifier.text:
        return None
    planned = as_mapping(design.get("enrollmentInfo"))
    days = {
        column: _clean(as_mapping(status.get(f"{name}DateStruct")).get("date"))
        for column, name in (
            ("start", "start"),
            ("primary_completion", "primaryCompletion"),
            ("completion", "completion"),
        )
    }
    phases = [_clean(phase).removeprefix("PHASE") for phase in as_sequence(design.get("phases"))]
    results = {True: "posted", False: "none"}
    has_results = answer.get("hasResults")
    cells = {
        "registration": identifier.text,
        "title": _clean(about.get("officialTitle")) or _clean(about.get("briefTitle")),
        "phase": "/".join(sorted(phases)),
        "n_planned": _clean(planned.get("count")),
        "n_kind": _clean(planned.get("type")).lower(),
        "status": _clean(status.get("overallStatus")).lower().replace("_", " "),
        **days,
        "results": results[has_results] if isinstance(has_results, bool) else "",
        "address": f"clinicaltrials.gov/study/{identifier.text}",
    }
    return Trial(identifier.text, cells)
