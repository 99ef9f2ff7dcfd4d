"""Crossref: works by relevance, abstracts of meetings among them, read with a cursor."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from cartreview.living.records import Record, clean, kind_of, normal_doi
from cartreview.living.records import registrations_in as registered
from cartreview.living.services._page import Page, Service, listed, only_object, year_in
from cartreview.living.strategies import Strategy
from cartreview.living.web import Web

__all__ = ["CROSSREF"]

_PAGE = 100  # works; the service allows 1,000


def _page(web: Web, root: str, strategy: Strategy, since: date | None, place: str) -> Page:
    asked = {"query.bibliographic": strategy.query, "rows": str(_PAGE), "cursor": place}
    asked |= {"mailto": web.contact, **dict(strategy.filters)}
    if since:
        first = f"from-created-date:{since.isoformat()}"
        asked["filter"] = ",".join(filter(None, (asked.get("filter"), first)))
    answer = web.get_json(f"{root}/works", asked)
    found = only_object(answer, "message", "Crossref")
    works = listed(found.get("items"))
    following = found.get("next-cursor") or ""
    # Crossref gives a cursor with the last page too: the end is a page without works.
    ended = not works
    records = tuple(_record(work) for work in works)
    return Page(records, "" if ended else following, found.get("total-results"))


def _record(work: dict[str, Any]) -> Record:
    title = clean(" ".join(map(str, listed(work.get("title")))))
    doi = normal_doi(work.get("DOI"))
    updated = [one for one in listed(work.get("update-to")) if isinstance(one, dict)]
    relation = work.get("relation") or {}
    kind = "preprint" if work.get("type") == "posted-content" else kind_of(title, ())
    return Record(
        title,
        _year(work),
        doi=doi,
        registrations=registered(
            json.dumps(work.get("clinical-trial-number", "")), title, work.get("abstract")
        ),
        address=f"doi.org/{doi}",
        abstract=clean(work.get("abstract")),
        service=CROSSREF.name,
        kind="notice" if updated else kind,
        links=(
            *_links(updated, "notice on", "DOI"),
            *_links(relation.get("is-preprint-of"), "preprint of", "id"),
            *_links(relation.get("has-preprint"), "paper of", "id"),
        ),
        # What stands on the work itself. What a notice says of works stands in its links.
        notices=tuple(
            f"{one.get('type')} ({one.get('source', 'source not told')})"
            for one in listed(work.get("updated-by"))
            if isinstance(one, dict)
        ),
        types=tuple(map(str, listed(work.get("type")))),
    )


def _links(found: Any, relation: str, key: str) -> tuple[tuple[str, str], ...]:
    """Link all works that are named: one notice can name dozens, the own one anywhere."""
    dois = [normal_doi(one.get(key)) for one in listed(found) if isinstance(one, dict)]
    return tuple((relation, f"doi:{doi}") for doi in dict.fromkeys(dois) if doi)


def _year(work: dict[str, Any]) -> int | None:
    for name in ("published", "issued", "created"):
        parts = listed((work.get(name) or {}).get("date-parts"))
        if parts and listed(parts[0]):
            return year_in(listed(parts[0])[0])
    return None


CROSSREF = Service(
    "Crossref",
    "crossref",
    "https://api.crossref.org",
    per_second=2,  # the limit is told with every answer and is higher for who names an address
    first="*",
    page=_page,
)
