"""ClinicalTrials.gov: registered trials, read page by page with a token."""

from __future__ import annotations

from datetime import date
from typing import Any

from cartreview.living.records import Record, clean, normal_pmid, registrations_in
from cartreview.living.services._page import Page, Service, listed, year_in
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web

__all__ = ["CLINICAL_TRIALS"]

_PAGE = 100  # records; the service allows 1,000, but whole records are long
_FIRST = "first"
_RESULTS = ("RESULT", "DERIVED")  # references that report the trial; others are its background


def _page(web: Web, root: str, strategy: Strategy, since: date | None, place: str) -> Page:
    # Every page must be asked for with the same query and filters as the first.
    asked = {"format": "json", "query.intr": strategy.query, "countTotal": "true"}
    asked |= {"pageSize": str(_PAGE), **dict(strategy.filters)}
    if since:
        asked["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"
    if place != _FIRST:
        asked["pageToken"] = place
    answer = web.get_json(f"{root}/studies", asked)
    if not isinstance(answer, dict) or not isinstance(answer.get("studies"), list):
        raise ServiceError(f"ClinicalTrials.gov: the answer has no studies: {str(answer)[:120]}")
    records = tuple(_record(item) for item in answer["studies"])
    # The last page has no token; a page before it may have a token and no trial.
    return Page(records, answer.get("nextPageToken") or "", answer.get("totalCount"))


def _record(item: dict[str, Any]) -> Record:
    told: dict[str, Any] = item.get("protocolSection") or {}
    names = told.get("identificationModule") or {}
    status = told.get("statusModule") or {}
    number = str(names.get("nctId", ""))
    references = listed((told.get("referencesModule") or {}).get("references"))
    others = [str(one.get("id")) for one in listed(names.get("secondaryIdInfos"))]
    pmids = [normal_pmid(one.get("pmid")) for one in references if one.get("type") in _RESULTS]
    return Record(
        clean(names.get("officialTitle") or names.get("briefTitle")),
        year_in((status.get("startDateStruct") or {}).get("date")),
        registrations=registrations_in(number, *others),
        address=f"clinicaltrials.gov/study/{number}",
        abstract=clean((told.get("descriptionModule") or {}).get("briefSummary")),
        service=CLINICAL_TRIALS.name,
        kind="registration",
        links=tuple(("registration of", f"pmid:{pmid}") for pmid in pmids if pmid),
        types=tuple(map(str, listed((told.get("designModule") or {}).get("phases")))),
    )


CLINICAL_TRIALS = Service(
    "ClinicalTrials.gov",
    "clinicaltrials",
    "https://clinicaltrials.gov/api/v2",
    per_second=0.8,  # about fifty requests a minute are allowed
    first=_FIRST,
    page=_page,
)
