"""What every service gives: pages of records, and where the next page begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cartreview.living.records import Record
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web

__all__ = ["Page", "Service", "listed", "only_object", "year_in"]


@dataclass(frozen=True)
class Page:
    """A page of what a service found.

    Attributes
    ----------
    records : tuple of Record
        In the order of the service.
    following : str
        Where the next page begins; empty if this is the last one.
    total : int or None
        How many records the service says it found.
    remarks : tuple of str
        What the service says of the query: phrases that it did not find.
    """

    records: tuple[Record, ...]
    following: str = ""
    total: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A service that can be searched.

    Attributes
    ----------
    name : str
        As ``strategies`` names it.
    key : str
        Its part of the variable that puts another address in its place, as ``web.address_of``.
    address : str
        Root of its interface.
    per_second : float
        Requests a second that it allows, or fewer.
    first : str
        Where the first page begins.
    page : callable
        Ask for the page of a strategy that begins somewhere: (web, root, strategy, since, place).
    """

    name: str
    key: str
    address: str
    per_second: float
    first: str
    page: Callable[[Web, str, Strategy, date | None, str], Page]


def listed(value: Any) -> list[Any]:
    """Give a list where a service gives a list, one item without a list, or nothing.

    Examples
    --------
    >>> listed(["a"]), listed("a"), listed(None)
    (['a'], ['a'], [])
    """
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def only_object(answer: Any, key: str, service: str) -> dict[str, Any]:
    """Give the object that an answer has under a key.

    Raises
    ------
    ServiceError
        If there is none: an interface that changed must not look like a search without results.
    """
    found = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        said = f"{service}: the answer has no {key!r}: {str(answer)[:120]}"
        raise ServiceError(said, refused=answer is None)
    return found


def year_in(text: Any) -> int | None:
    """Give the year with which a date begins.

    Examples
    --------
    >>> year_in("2024 Mar 7"), year_in(None)
    (2024, None)
    """
    word = str(text or "")[:4]
    return int(word) if word.isdecimal() and 1900 <= int(word) <= 2100 else None
