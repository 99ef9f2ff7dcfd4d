"""Pages that services gave, kept until they stand in the tables, so that no request is lost.

Each page is a file of its own, written whole. A strategy that was interrupted goes on after its
last page; one that is complete is not asked again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cartreview._files import write_whole
from cartreview.living.records import Record
from cartreview.living.services import SERVICES, Page
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web, address_of

__all__ = ["Run", "ask", "kept"]

_STALE = timedelta(days=1)  # a run begun earlier is begun anew: what is found has changed
_ENOUGH = 2_000  # pages; a service whose cursors never end must not fill the disk
_HEAD = "run.json"


class Run:
    """The pages of one strategy, so far.

    Attributes
    ----------
    strategy : Strategy
    since, day : date or None, date
        From which day on records are asked for; the day on which the run began.
    pages : list of Page
    """

    def __init__(self, folder: Path, strategy: Strategy, since: date | None, day: date) -> None:
        self._folder = folder / strategy.strategy_id
        self.strategy, self.since, self.day = strategy, since, day
        self.pages: list[Page] = []

    @property
    def complete(self) -> bool:
        """Whether the last page is there."""
        return bool(self.pages) and (not self.pages[-1].following or self._enough)

    @property
    def _enough(self) -> bool:
        most = self.strategy.read_at_most
        return most is not None and sum(len(page.records) for page in self.pages) >= most

    @property
    def records(self) -> list[Record]:
        """The records of all pages, no more than are to be read."""
        found = [record for page in self.pages for record in page.records]
        return found[: self.strategy.read_at_most]

    @property
    def total(self) -> int | None:
        """How many records the service says it found."""
        told = [page.total for page in self.pages if page.total is not None]
        return told[0] if told else None

    @property
    def remarks(self) -> list[str]:
        """What the service said of the query, each once."""
        return list(dict.fromkeys(remark for page in self.pages for remark in page.remarks))

    def begin(self) -> None:
        """Take up pages that are kept, or drop them if they are of another search or day."""
        head = {**_head(self.strategy, self.since), "day": self.day.isoformat()}
        path = self._folder / _HEAD
        before = _json(path)
        began = date.fromisoformat(before.get("day", "0001-01-01"))
        if before == {**head, "day": began.isoformat()} and self.day - began <= _STALE:
            self.day, self.pages = began, list(self._kept())
            return
        self.forget()
        write_whole(path, json.dumps(head, ensure_ascii=False))

    def keep(self, page: Page) -> None:
        """Write a page."""
        content = {
            "following": page.following,
            "total": page.total,
            "remarks": page.remarks,
            "records": [record.as_json() for record in page.records],
        }
        write_whole(self._page(len(self.pages)), json.dumps(content, ensure_ascii=False))
        self.pages.append(page)

    def forget(self) -> None:
        """Drop what is kept of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # The head goes first: pages without it are of no run.
        for path in (self._folder / _HEAD, *sorted(self._folder.glob("page-*.json"))):
            path.unlink(missing_ok=True)
        self.pages = []

    def _kept(self) -> Iterator[Page]:
        for number in range(_ENOUGH):
            told = _json(self._page(number))
            if not told:
                return
            records = tuple(Record.from_json(one) for one in told["records"])
            yield Page(records, told["following"], told["total"], tuple(told["remarks"]))

    def _page(self, number: int) -> Path:
        return self._folder / f"page-{number:05}.json"


def kept(folder: Path, strategy: Strategy, since: date | None, today: date) -> Run:
    """Take up the run of a strategy, or begin it."""
    run = Run(folder, strategy, since, today)
    run.begin()
    return run


def ask(run: Run, web: Web, told: Callable[[Run], None]) -> None:
    """Ask a service for all pages of a run that are not there yet.

    Parameters
    ----------
    run : Run
        Gets the pages; each is on disk before the next is asked for.
    web : Web
        How to ask.
    told : callable
        Called with the run after each page.

    Raises
    ------
    ServiceError
        If the service fails; the pages it gave are kept, and the next run goes on after them.
    """
    service = SERVICES[run.strategy.service]
    root = address_of(service.key, service.address)
    resumed = bool(run.pages)
    while not run.complete:
        place = run.pages[-1].following if run.pages else service.first
        try:
            page = service.page(web, root, run.strategy, run.since, place)
        except ServiceError as error:
            if not (resumed and error.refused):
                raise
            resumed = False  # a place to go on from expires, Crossref's after minutes: once anew
            run.forget()
            run.begin()
            continue
        resumed = False
        run.keep(page)
        if len(run.pages) > _ENOUGH:
            raise ServiceError(f"{service.name}: {_ENOUGH:,} pages and no end")
        told(run)


def _head(strategy: Strategy, since: date | None) -> dict[str, Any]:
    head = {**asdict(strategy), "since": since.isoformat() if since else ""}
    return dict(json.loads(json.dumps(head)))  # tuples as JSON gives them back


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
