"""PubMed: numbers of the articles that a query finds, and a summary of each."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from cartreview.living.records import Record, clean, kind_of, normal_doi, normal_pmid
from cartreview.living.records import registrations_in as registered
from cartreview.living.services._page import Page, Service, listed, only_object, year_in
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web

__all__ = ["PUBMED"]

_PAGE = 200  # summaries that fit into the address of one request
_MOST = 10_000  # numbers that PubMed gives for one query; it says nothing of those beyond
_BOTH = {"db": "pubmed", "retmode": "json", "tool": "cartreview"}
_REMARKS = ("phrasesnotfound", "fieldsnotfound", "phrasesignored", "quotedphrasesnotfound")


def _page(web: Web, root: str, strategy: Strategy, since: date | None, place: str) -> Page:
    both = {**_BOTH, "email": web.contact}
    asked = {**both, "term": strategy.query, "retmax": _PAGE, "retstart": place}
    if since:
        # The day on which PubMed got the record; both ends must be named.
        asked |= {"datetype": "edat", "mindate": f"{since:%Y/%m/%d}", "maxdate": "3000"}
    answer = web.get_json(f"{root}/esearch.fcgi", {**asked, **dict(strategy.filters)})
    found = only_object(answer, "esearchresult", "PubMed")
    total = _total(found, strategy)
    numbers = [str(number) for number in listed(found.get("idlist"))]
    records: tuple[Record, ...] = ()
    if numbers:
        answer = web.get_json(f"{root}/esummary.fcgi", {**both, "id": ",".join(numbers)})
        told = only_object(answer, "result", "PubMed")
        # A number without a summary stays a record: it was found, and somebody can look it up.
        records = tuple(_record(number, told.get(number) or {}) for number in numbers)
    end = int(place) + len(numbers)
    more = bool(numbers) and end < total
    return Page(records, str(end) if more else "", total, _remarks(found))


def _total(found: dict[str, Any], strategy: Strategy) -> int:
    """Give the number of articles, unless PubMed failed or read the query as something else."""
    if "ERROR" in found or "count" not in found:
        raise ServiceError(f"PubMed: {found.get('ERROR', 'the answer has no count')}")
    as_read = str(found.get("querytranslation", ""))
    if "[author" in as_read.lower() and not re.search(r"\[(au|author)", strategy.query.lower()):
        raise ServiceError(
            f"PubMed took words of {strategy.strategy_id} for an author; it read: {as_read[:200]}"
        )
    total = int(found["count"])
    if total > _MOST:
        raise ServiceError(
            f"PubMed found {total:,} articles for {strategy.strategy_id} and gives no more than "
            f"{_MOST:,}: narrow the strategy, or search in parts with --since"
        )
    return total


def _remarks(found: dict[str, Any]) -> tuple[str, ...]:
    said = {**(found.get("errorlist") or {}), **(found.get("warninglist") or {})}
    return tuple(f"{key}: {phrase}" for key in _REMARKS for phrase in listed(said.get(key)))


def _record(number: str, told: dict[str, Any]) -> Record:
    named = {
        str(one.get("idtype")): one.get("value")
        for one in listed(told.get("articleids"))
        if isinstance(one, dict)
    }
    title = clean(told.get("title")).removesuffix(".")
    types = tuple(map(str, listed(told.get("pubtype"))))
    return Record(
        title,
        year_in(told.get("pubdate") or told.get("epubdate")),
        doi=normal_doi(named.get("doi")),
        pmid=normal_pmid(number),
        registrations=registered(title),
        address=f"pubmed.ncbi.nlm.nih.gov/{number}",
        service=PUBMED.name,
        kind=kind_of(title, types, "preprint" if "Preprint" in types else "paper"),
        notices=tuple(one for one in types if one == "Retracted Publication"),
        types=types,
    )


PUBMED = Service(
    "PubMed",
    "pubmed",
    "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    per_second=2.5,  # three are allowed without a key
    first="0",
    page=_page,
)
