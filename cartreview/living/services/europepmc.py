"""Europe PMC: articles, preprints and abstracts of meetings, read page by page with a cursor."""

from __future__ import annotations

from datetime import date
from typing import Any

from cartreview.living.records import Record, clean, kind_of, normal_doi, normal_pmid
from cartreview.living.records import registrations_in as registered
from cartreview.living.services._page import Page, Service, listed, only_object, year_in
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web

__all__ = ["EUROPE_PMC"]

_PAGE = 100  # records; the service allows 1,000, but abstracts come with them
_NOTICES = ("retraction in", "expression of concern in", "erratum in")


def _page(web: Web, root: str, strategy: Strategy, since: date | None, place: str) -> Page:
    query = strategy.query
    if since:
        # The day on which a record was first indexed: a paper can be printed long before.
        query = f"({query}) AND (FIRST_IDATE:[{since.isoformat()} TO 3000-12-31])"
    asked = {
        "query": query,
        "format": "json",
        "resultType": "core",  # with abstracts and corrections
        "pageSize": _PAGE,
        "cursorMark": place,
        **dict(strategy.filters),
    }
    answer = web.get_json(f"{root}/search", asked)
    results = listed(only_object(answer, "resultList", "Europe PMC").get("result"))
    if "hitCount" not in answer:
        raise ServiceError(f"Europe PMC: the answer has no number of hits: {str(answer)[:120]}")
    following = answer.get("nextCursorMark") or ""
    # The end is a cursor that repeats itself or is missing; a page without records ends as well.
    ended = following == place or not results
    records = tuple(_record(item) for item in results)
    return Page(records, "" if ended else following, int(answer["hitCount"]))


def _record(item: dict[str, Any]) -> Record:
    source, number = str(item.get("source", "")), str(item.get("id", ""))
    title = clean(item.get("title")).removesuffix(".")
    types = tuple(map(str, listed((item.get("pubTypeList") or {}).get("pubType"))))
    others = listed((item.get("commentCorrectionList") or {}).get("commentCorrection"))
    others = [other for other in others if isinstance(other, dict)]
    return Record(
        title,
        year_in(item.get("pubYear")),
        doi=normal_doi(item.get("doi")),
        # A record of MEDLINE has its PubMed number as its own; others have numbers of their own.
        pmid=normal_pmid(item.get("pmid") or (number if source == "MED" else "")),
        registrations=registered(title, item.get("abstractText")),
        address=f"europepmc.org/article/{source}/{number}",
        abstract=clean(item.get("abstractText")),
        service=EUROPE_PMC.name,
        kind=kind_of(title, types, "preprint" if source == "PPR" else "paper"),
        links=tuple(
            ("preprint of", f"pmid:{other.get('id')}")
            for other in others
            if str(other.get("type", "")).lower() == "preprint of" and other.get("source") == "MED"
        ),
        notices=tuple(
            str(other.get("type"))
            for other in others
            if str(other.get("type", "")).lower() in _NOTICES
        ),
        types=types,
    )


EUROPE_PMC = Service(
    "Europe PMC",
    "europepmc",
    "https://www.ebi.ac.uk/europepmc/webservices/rest",
    per_second=3,
    first="*",
    page=_page,
)
