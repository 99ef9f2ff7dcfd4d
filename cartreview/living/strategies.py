"""Saved search strategies: rows of ``strategies``, and what would make one of them find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["DAYS", "OVERLAP", "Strategy", "StrategyError", "chosen", "in_use", "since_last"]

DAYS = {"weekly": 7, "monthly": 31}  # how many days may pass before a strategy is due again
# Services index late: a search looks back beyond the day of the one before it.
OVERLAP = timedelta(days=14)


class StrategyError(ValueError):
    """A saved strategy cannot be run as it is; the message says why and what to write."""


@dataclass(frozen=True)
class Strategy:
    """A saved search.

    Attributes
    ----------
    strategy_id : str
        Its name, with its version.
    service : str
        Which service it is for, as ``SERVICES`` names it.
    query : str
        What is asked, to the letter.
    filters : tuple of (str, str)
        Further parameters of the service.
    schedule : str
        A word of ``DAYS``.
    read_at_most : int or None
        How many records are read where a service ranks by relevance and ends nowhere.
    """

    strategy_id: str
    service: str
    query: str
    filters: tuple[tuple[str, str], ...] = ()
    schedule: str = "weekly"
    read_at_most: int | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Strategy:
        """Read a row of ``strategies``.

        Raises
        ------
        StrategyError
            If a filter is no ``name=value``, or PubMed would misread the query.

        Examples
        --------
        >>> row = {"saved_strategy_id": "a-v1", "service": "Crossref", "query": "CAR T glioma"}
        >>> row |= {"filters": "filter=type:journal-article", "schedule": "weekly"}
        >>> Strategy.from_row({**row, "read_at_most": "200"}).filters
        (('filter', 'type:journal-article'),)
        """
        name = row["saved_strategy_id"]
        pairs = []
        for item in filter(None, row["filters"].split(";")):
            key, sign, value = item.partition("=")
            if not sign or not key.strip() or not value.strip():
                raise StrategyError(f"{name}: the filter {item!r} is not written name=value")
            pairs.append((key.strip(), value.strip()))
        if row["service"] == "PubMed":
            _refuse_bare_words(name, row["query"])
        most = row["read_at_most"]
        return cls(
            name,
            row["service"],
            row["query"],
            tuple(pairs),
            row["schedule"],
            int(most) if most else None,
        )


def _refuse_bare_words(name: str, query: str) -> None:
    """Refuse CAR T outside quotation marks: PubMed takes them for an author and finds nothing."""
    bare = re.sub(r'"[^"]*"', " ", query)
    if re.search(r"\bCAR\s+T\b", bare, re.IGNORECASE):
        raise StrategyError(
            f"{name}: PubMed takes the bare words CAR T for an author and finds nothing; "
            'write "CAR-T"[tiab] or "chimeric antigen receptor"[tiab]'
        )


def in_use(rows: Iterable[Mapping[str, str]]) -> list[Strategy]:
    """Read the strategies that are in use, in the order of the table.

    Raises
    ------
    StrategyError
        As ``Strategy.from_row``.
    """
    return [Strategy.from_row(row) for row in rows if not row["retired_on"]]


def chosen(strategies: Iterable[Strategy], only: Iterable[str]) -> list[Strategy]:
    """Choose strategies by their name or their service; all of them if nothing is asked for.

    Raises
    ------
    StrategyError
        If a name is neither; the message lists what there is.

    Examples
    --------
    >>> some = [Strategy("a-v1", "PubMed", "x"), Strategy("b-v1", "Crossref", "y")]
    >>> [one.strategy_id for one in chosen(some, ["pubmed"])]
    ['a-v1']
    """
    strategies = list(strategies)
    wanted = [name.casefold() for name in only]
    known = {word.casefold() for one in strategies for word in (one.strategy_id, one.service)}
    for name in wanted:
        if name not in known:
            words = dict.fromkeys(w for s in strategies for w in (s.service, s.strategy_id))
            raise StrategyError(
                f"no strategy and no service {name!r}; there are {', '.join(words)}"
            )
    return [
        one
        for one in strategies
        if not wanted or {one.strategy_id.casefold(), one.service.casefold()} & set(wanted)
    ]


def since_last(strategy_id: str, searches: Iterable[Mapping[str, str]]) -> date | None:
    """Say from which day on a strategy asks: the day of its last search, less ``OVERLAP``.

    Parameters
    ----------
    strategy_id : str
        Its name.
    searches : iterable of mapping
        Rows of ``searches``.

    Returns
    -------
    date or None
        None where it was never run: then it asks for everything.

    Examples
    --------
    >>> since_last("a-v1", [{"saved_strategy_id": "a-v1", "day": "2026-11-21"}])
    datetime.date(2026, 11, 7)
    """
    days = [row["day"] for row in searches if row["saved_strategy_id"] == strategy_id]
    return date.fromisoformat(max(days)) - OVERLAP if any(days) else None
