"""Ask Crossref and Europe PMC which publications of the bibliography were corrected or retracted.

What a service says of another publication is never taken for ours: one notice can correct forty
works at once, and a withdrawn work may lead to its notice. A service that did not answer is named,
for silence is not a clean bill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from cartreview.living.corrections import Notice
from cartreview.living.web import ServiceError, Web, address_of
from cartreview.validation.bibliography import Entry

__all__ = ["Answers", "ask", "from_crossref", "from_europepmc"]

CROSSREF = "https://api.crossref.org"
EUROPEPMC = "https://www.ebi.ac.uk/europepmc/webservices/rest"
# The longest first: "partial_retraction" is a retraction, "expression_of_concern" no correction.
_KINDS = {
    "concern": "expression of concern",
    "retract": "retraction",
    "withdraw": "retraction",
    "removal": "retraction",
    "republished": "new version",
    "new_version": "new version",
    "new_edition": "new version",
    "correct": "correction",
    "errat": "correction",
    "corrig": "correction",
    "addend": "correction",
    "clarif": "correction",
    "update": "updated",
}


@dataclass
class Answers:
    """What the services said.

    Attributes
    ----------
    notices : list of Notice
        What was found, every assertion of every service.
    asked : dict of str to int
        Publications that each service knew, by service.
    unknown : dict of str to list of str
        Sources that a service does not know, by service.
    failed : list of str
        Services that did not answer for a source, with the reason.
    bare : list of str
        Sources without DOI and PMID, which nobody can be asked about.
    """

    notices: list[Notice] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)


def ask(
    entries: Mapping[str, Entry],
    web: Web,
    *,
    today: date,
    shown: Callable[[Iterable[str]], Iterable[str]] = lambda keys: keys,
) -> Answers:
    """Ask both services about every entry that has a DOI or a PMID.

    Parameters
    ----------
    entries : mapping of str to Entry
        Of references.bib, by key.
    web : Web
        How services are asked.
    today : datetime.date
        Day that the notices are marked with.
    shown : callable, optional
        Wraps the keys as they are gone through: a bar of progress.

    Returns
    -------
    Answers
        Of an entry that one service failed on, the other's answer stands.
    """
    answers = Answers()
    for key in shown(list(entries)):
        doi, pmid = (entries[key].fields.get(name, "") for name in ("doi", "pmid"))
        if not (doi or pmid):
            answers.bare.append(key)
        if doi:
            _one(answers, "Crossref", key, lambda: _crossref(web, key, doi, today))  # noqa: B023
        if doi or pmid:
            _one(answers, "Europe PMC", key, lambda: _europepmc(web, key, doi, pmid, today))  # noqa: B023
    return answers


def _one(
    answers: Answers, service: str, key: str, look_up: Callable[[], list[Notice] | None]
) -> None:
    try:
        found = look_up()
    except ServiceError as error:
        answers.failed.append(f"{service} on {key}: {error}")
        return
    if found is None:
        answers.unknown.setdefault(service, []).append(key)
        return
    answers.asked[service] = answers.asked.get(service, 0) + 1
    answers.notices += found


def _crossref(web: Web, key: str, doi: str, today: date) -> list[Notice] | None:
    url = f"{address_of('crossref', CROSSREF)}/works/{quote(doi, safe='/')}"
    answer = web.get_json(url)
    found = from_crossref(answer, doi)
    return None if found is None else [_placed(one, key, url, today) for one in found]


def _europepmc(web: Web, key: str, doi: str, pmid: str, today: date) -> list[Notice] | None:
    url = f"{address_of('europepmc', EUROPEPMC)}/search"
    query = f"EXT_ID:{pmid} AND SRC:MED" if pmid else f'DOI:"{doi}"'
    answer = web.get_json(url, {"query": query, "resultType": "core", "format": "json"})
    found = from_europepmc(answer, doi=doi, pmid=pmid)
    return None if found is None else [_placed(one, key, url, today, query) for one in found]


def _placed(one: Notice, key: str, url: str, today: date, query: str = "") -> Notice:
    seen_at = url.partition("://")[2] + (f"?query={query}" if query else "")
    placed = {"source_id": key, "seen_at": seen_at, "read_on": today.isoformat()}
    return Notice(**{**vars(one), **placed})


def from_crossref(answer: Any, doi: str) -> list[Notice] | None:
    """Read the notices about a work from Crossref's record of it.

    Parameters
    ----------
    answer : object
        What ``/works/DOI`` answered.
    doi : str
        The work.

    Returns
    -------
    list of Notice or None
        Every assertion of the publisher and of Retraction Watch, also where they contradict each
        other; None where Crossref does not say anything about this work.

    Notes
    -----
    ``updated-by`` stands on the work, ``update-to`` on the notice. A withdrawn work may have no
    record of its own any more and lead to its notice: then the entry of ``update-to`` counts that
    has our DOI, and no other.

    Examples
    --------
    >>> update = {"DOI": "10.1/r", "type": "retraction", "source": "retraction-watch"}
    >>> (found,) = from_crossref({"message": {"DOI": "10.1/a", "updated-by": [update]}}, "10.1/A")
    >>> found.kind, found.notice, found.asserted_by
    ('retraction', '10.1/r', 'retraction-watch')
    """
    record = _mapping(_mapping(answer).get("message"))
    own = _same(record.get("DOI"), doi)
    if own:
        updates = [(item, _text(item.get("DOI"))) for item in _list(record.get("updated-by"))]
    else:
        listed = _list(record.get("update-to"))
        notice = _text(record.get("DOI"))
        updates = [(item, notice) for item in listed if _same(item.get("DOI"), doi)]
        if not updates:
            return None
    found = [_update(item, notice, doi) for item, notice in updates]
    told = {one.notice.lower() for one in found}
    related = _list(_mapping(record.get("relation")).get("is-retracted-by")) if own else []
    return found + [
        Notice("", "retraction", "", name, "publisher", "", doi=doi)
        for name in (_text(item.get("id")) for item in related)
        if name.lower() not in told
    ]


def _update(item: Mapping[str, Any], notice: str, doi: str) -> Notice:
    kind = _kind(_text(item.get("type")) or _text(item.get("label"))) or "updated"
    source = "retraction-watch" if item.get("source") == "retraction-watch" else "publisher"
    day = _day(_mapping(item.get("updated")))
    return Notice("", kind, day, notice, source, "", doi=doi, words=_text(item.get("label")))


def from_europepmc(answer: Any, *, doi: str = "", pmid: str = "") -> list[Notice] | None:
    """Read the notices about a work from Europe PMC's core record of it.

    Parameters
    ----------
    answer : object
        What ``/search`` answered, with ``resultType=core``.
    doi, pmid : str
        The work; a record that has neither is another's.

    Returns
    -------
    list of Notice or None
        None where no record is that of the work.

    Examples
    --------
    >>> items = {"commentCorrection": {"type": "Erratum in", "id": "2", "source": "MED"}}
    >>> record = {"pmid": "1", "commentCorrectionList": items}
    >>> (found,) = from_europepmc({"resultList": {"result": [record]}}, pmid="1")
    >>> found.kind, found.notice
    ('correction', '2')
    """
    records = _list(_mapping(_mapping(answer).get("resultList")).get("result"))
    own = [record for record in records if _is_own(record, doi, pmid)]
    return [one for record in own for one in _comments(record, doi)] if own else None


def _is_own(record: Mapping[str, Any], doi: str, pmid: str) -> bool:
    of_pubmed = _text(record.get("source")) in ("", "MED")
    number = _text(record.get("pmid")) or (_text(record.get("id")) if of_pubmed else "")
    return number == pmid if pmid else _same(record.get("doi"), doi)


def _comments(record: Mapping[str, Any], doi: str) -> Iterator[Notice]:
    retracted = False
    items = _mapping(record.get("commentCorrectionList")).get("commentCorrection")
    for item in _list(items):
        words = _text(item.get("type"))
        # "Erratum for" and "Retraction of" stand on the notice, "Comment in" is none.
        kind = _kind(words) if words.lower().endswith(" in") else ""
        if kind:
            retracted |= kind == "retraction"
            identifier = _text(item.get("id"))
            yield Notice("", kind, "", identifier, "europepmc", "", doi=doi, words=words)
    types = _mapping(record.get("pubTypeList")).get("pubType")
    if not retracted and "Retracted Publication" in (
        [types] if isinstance(types, str) else types or []
    ):
        words = "Retracted Publication"
        yield Notice("", "retraction", "", "", "europepmc", "", doi=doi, words=words)


def _kind(words: str) -> str:
    lower = words.lower().replace(" ", "_")
    return next((kind for part, kind in _KINDS.items() if part in lower), "")


def _day(updated: Mapping[str, Any]) -> str:
    """Give a date as far as it is told: a year, a month or a day.

    Examples
    --------
    >>> _day({"date-parts": [[2022, 5, 27]]}), _day({"date-parts": [[2020]]}), _day({})
    ('2022-05-27', '2020', '')
    """
    parts = next(iter(updated.get("date-parts") or []), None)
    if isinstance(parts, list) and all(isinstance(part, int) for part in parts):
        return "-".join(f"{part:02d}" for part in parts)
    return _text(updated.get("date-time"))[:10]


def _same(found: Any, doi: str) -> bool:
    return bool(doi) and _text(found).lower() == doi.lower()


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    """Give the objects of a list; a single object, as some records have it, is a list of one."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
