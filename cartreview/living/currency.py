"""How current the review is: when was searched, what is due, and which job has fallen silent.

Nothing here asks what day it is but who is given one: a page that was built once is read on many
days, so it carries the dates, and what is overdue is worked out where it is read.

Vocabulary
----------
job       what is to run on a schedule: its interval stands in ``data/datapackage.json`` under
          ``living``, its last success in the table ``runs``.
frozen    the review is no longer kept up; nothing is due any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cartreview._files import write_whole
from cartreview._words import count_of, suggestion
from cartreview.living.folder import Folder

__all__ = [
    "Currency",
    "Frozen",
    "Job",
    "Service",
    "currency",
    "day_in_words",
    "in_words",
    "succeeded",
]

SEARCH = "search"
ENTERED = "entered_on"  # the day on which a row of evidence was entered


@dataclass(frozen=True)
class Service:
    """Where was searched, how often, and when last."""

    name: str
    searches: int
    last: date | None


@dataclass(frozen=True)
class Job:
    """A job on a schedule.

    Attributes
    ----------
    name : str
        As the data package and the table ``runs`` have it.
    every_days, grace_days : int
        How often it runs, and how late it may be, in days.
    last_success : datetime.date or None
        None where it has not run yet.
    planned : datetime.date or None
        Day from which it was to run.
    """

    name: str
    every_days: int
    grace_days: int
    last_success: date | None
    planned: date | None = None

    @property
    def silent_from(self) -> date | None:
        """Give the first day on which its silence is a fault, also of one that never ran."""
        since = self.last_success or self.planned
        patience = timedelta(days=self.every_days + self.grace_days + 1)
        return since + patience if since else None

    def silent(self, today: date) -> bool:
        """Say whether it has missed a run.

        Examples
        --------
        >>> job = Job("search", 7, 3, date(2026, 11, 1))
        >>> job.silent(date(2026, 11, 11)), job.silent(date(2026, 11, 12))
        (False, True)
        """
        return self.silent_from is not None and today >= self.silent_from


@dataclass(frozen=True)
class Frozen:
    """Since when and why the review is no longer kept up."""

    since: str
    why: str


@dataclass(frozen=True)
class Currency:
    """How current a state of the tables is.

    Attributes
    ----------
    version : str
        The released version that the tables are of, or follow.
    released : datetime.date or None
        Its day.
    last_evidence : datetime.date or None
        Day on which the newest row of evidence was entered.
    services : tuple of Service
        The most recent first; those without a recorded day last.
    jobs : tuple of Job
        What runs on a schedule.
    frozen : Frozen or None
        None while the review is kept up.
    """

    version: str
    released: date | None
    last_evidence: date | None
    services: tuple[Service, ...]
    jobs: tuple[Job, ...]
    frozen: Frozen | None = None

    @property
    def last_search(self) -> date | None:
        """Give the day of the last search anywhere, by hand or by the job."""
        days = [service.last for service in self.services if service.last]
        days += [job.last_success for job in self.jobs if job.name == SEARCH and job.last_success]
        return max(days, default=None)

    @property
    def next_due(self) -> date | None:
        """Give the day on which the next search is due; None if none is planned."""
        every = {job.name: job.every_days for job in self.jobs}.get(SEARCH)
        if self.frozen or every is None or self.last_search is None:
            return None
        return self.last_search + timedelta(days=every)

    def overdue(self, today: date) -> int:
        """Give by how many days the next search is overdue, 0 if it is not."""
        return max(0, (today - self.next_due).days) if self.next_due else 0

    def silent(self, today: date) -> list[Job]:
        """List the jobs that have missed a run; a frozen review runs none."""
        return [] if self.frozen else [job for job in self.jobs if job.silent(today)]

    def told(self, today: date) -> str:
        """Tell it in lines, for people.

        Examples
        --------
        >>> told = Currency("2026.11.1", date(2026, 11, 21), None, (), ()).told(date(2026, 12, 1))
        >>> print(told.splitlines()[0])
        data version 2026.11.1 of 21 November 2026
        """
        return "\n".join(self._lines(today))

    def _lines(self, today: date) -> Iterator[str]:
        yield f"data version {self.version} of {_day(self.released)}"
        yield f"last evidence added: {_day(self.last_evidence)}"
        yield "last search:"
        for service in self.services:
            counted = count_of(service.searches, "search", "searches")
            yield f"    {service.name}: {_day(service.last)} ({counted})"
        if self.frozen:
            yield f"frozen since {self.frozen.since}: {self.frozen.why}"
            return
        late = self.overdue(today)
        state = f"overdue by {count_of(late, 'day')}" if late else "not overdue"
        due = f"{day_in_words(self.next_due)}, {state}" if self.next_due else "no search is planned"
        yield f"next search due: {due}"
        for job in self.jobs:
            missed = "; it has missed a run" if job.silent(today) else ""
            ran = (
                f"last succeeded on {_day(job.last_success)}"
                if job.last_success
                else "has not run yet"
            )
            yield f"scheduled {job.name}, every {count_of(job.every_days, 'day')}: {ran}{missed}"


def day_in_words(day: date) -> str:
    """Write a day as the pages do.

    Examples
    --------
    >>> day_in_words(date(2026, 11, 1))
    '1 November 2026'
    """
    return f"{day.day} {day:%B %Y}"


def in_words(told: str) -> str:
    """Write a day, a month or a year as the pages do; what is none of them stays as it is.

    Examples
    --------
    >>> in_words("2025-09-23"), in_words("2021-06"), in_words("2019"), in_words("")
    ('23 September 2025', 'June 2021', '2019', '')
    """
    if day := _date(told):
        return day_in_words(day)
    month = _date(f"{told}-01")
    return f"{month:%B %Y}" if month else told


def _day(day: date | None) -> str:
    return day_in_words(day) if day else "a day not recorded"


def currency(data: Path) -> Currency:
    """Read how current a data folder is.

    Parameters
    ----------
    data : Path
        The folder with ``datapackage.json``.

    Returns
    -------
    Currency
        As the tables have it; a table or a date that is not there is unknown.

    Raises
    ------
    ValueError
        If the data package cannot be read.

    Examples
    --------
    >>> from cartreview._tables import DATA
    >>> [job.name for job in currency(DATA).jobs]
    ['search', 'corrections']
    """
    folder = Folder(data)
    package = folder.package
    living = package.get("living", {})
    released = _date(str(package.get("created", ""))[:10])
    return Currency(
        version=str(package.get("version", "")),
        released=released,
        last_evidence=_last_evidence(folder),
        services=tuple(_services(folder)),
        jobs=tuple(_jobs(folder, living, released)),
        frozen=_frozen(living),
    )


def succeeded(job: str, data: Path, day: date) -> None:
    """Note in the table ``runs`` that a scheduled job ended well.

    Raises
    ------
    ValueError
        If there is no such job; the message lists those there are.
    """
    jobs = {found.name: found.last_success for found in currency(data).jobs}
    if job not in jobs:
        known = ", ".join(jobs)
        raise ValueError(f"no scheduled job {job!r}{suggestion(job, jobs)}; there are {known}")
    jobs[job] = day
    lines = (f"{name},{last.isoformat() if last else ''}\n" for name, last in jobs.items())
    write_whole(data / "runs.csv", f"job,last_success\n{''.join(lines)}")


def _last_evidence(folder: Folder) -> date | None:
    names = [name for name in folder.tables if ENTERED in folder.fields(name)]
    days = (_date(row.get(ENTERED, "")) for name in names for row in folder.rows(name))
    return max(filter(None, days), default=None)


def _services(folder: Folder) -> list[Service]:
    """Count searches by service; any date of a row counts, whatever its column is called."""
    fields = folder.fields("searches").items()
    columns = [name for name, field in fields if field["type"] == "date"]
    found: dict[str, list[date | None]] = {}
    for row in folder.rows("searches"):
        days = filter(None, (_date(row.get(column, "")) for column in columns))
        found.setdefault(row.get("service", ""), []).append(max(days, default=None))
    services = [
        Service(name, len(days), max(filter(None, days), default=None))
        for name, days in found.items()
    ]
    return sorted(services, key=lambda one: (one.last is None, -(one.last or date.min).toordinal()))


def _jobs(folder: Folder, living: dict[str, Any], planned: date | None) -> Iterator[Job]:
    last = {row.get("job"): _date(row.get("last_success", "")) for row in folder.rows("runs")}
    for name, every in living.get("every_days", {}).items():
        yield Job(name, every, living.get("grace_days", 0), last.get(name), planned)


def _frozen(living: dict[str, Any]) -> Frozen | None:
    if living.get("state") != "frozen":
        return None
    return Frozen(living.get("since", "a day not recorded"), living.get("why", "no reason is told"))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
