"""Claims: sentences whose numbers and verdicts are computed from rows.

Vocabulary
----------
claim     a sentence with slots, the values that fill them, and the rows they were computed from.
verdict   what the rows say about the sentence, in one of four phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from cartreview._tables import key, tables
from cartreview.claims.ledger import VERDICTS, Claim

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["claim", "recording"]

# These keys also stand in other tables as references: they name a table if nothing else does.
_LAST = ("nodes", "studies", "sources", "claims")
_BY_TRUTH = {True: "holds", False: "does not hold", None: "cannot be tested"}
_SIGNIFICANT = 10  # digits kept of a float, so that its last bits never move a claim

_recorder: ContextVar[list[Claim] | None] = ContextVar("recorder", default=None)


def claim(
    claim_id: str,
    sentence: str,
    *,
    values: Mapping[str, Any],
    holds: bool | str | None,
    evidence: DataFrame | Sequence[DataFrame],
    says: str = "",
    where: str = "",
) -> Claim:
    """State a claim: fill its sentence from values and name the rows it rests on.

    Parameters
    ----------
    claim_id : str
        Name, unique in the book: lower-case letters, digits and hyphens.
    sentence : str
        Sentence with slots, ``"In {k} of {n} trials"``; slots take a format, ``{share:.0%}``.
    values : mapping
        Value of each slot: a number, a string, or a list of strings ("a, b and c").
    holds : bool, str or None
        True, False, None for "cannot be tested", or one of ``VERDICTS``.
    evidence : DataFrame or sequence of DataFrame
        Rows of tables (their key column is enough); what was counted and what it was counted among.
    says, where : str
        Source and place of the statement that the claim re-tests.

    Returns
    -------
    Claim
        Its text is what the accepted ledger is compared with.

    Raises
    ------
    ValueError
        If a slot has no value, the verdict is unknown, or no row is named.

    Examples
    --------
    >>> from cartreview import load
    >>> studies = load("studies")
    >>> made = claim("n", "The table has {n} rows", values={"n": len(studies)}, holds=True,
    ...              evidence=studies)
    >>> made.verdict, made.values["n"] == len(studies)
    ('holds', True)
    """
    plain = {name: _plain(value) for name, value in values.items()}
    made = Claim(
        claim_id=_checked_id(claim_id),
        sentence=_filled(claim_id, sentence, plain),
        verdict=_verdict(claim_id, holds),
        values=plain,
        evidence=_evidence(claim_id, evidence),
        sources=_sources(evidence),
        says=says,
        where=where,
    )
    recorded = _recorder.get()
    if recorded is not None:
        recorded.append(made)
    return made


def _checked_id(claim_id: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", claim_id):
        raise ValueError(
            f"a claim id has lower-case letters, digits and hyphens; found {claim_id!r}"
        )
    return claim_id


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    return float(f"{value:.{_SIGNIFICANT}g}") if isinstance(value, float) else value


def _filled(claim_id: str, sentence: str, values: dict[str, Any]) -> str:
    shown = {k: _enumeration(v) if isinstance(v, list) else v for k, v in values.items()}
    try:
        return sentence.format(**shown)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise ValueError(
            f"claim {claim_id}: the slots of the sentence and the values {sorted(values)} "
            f"do not fit: {error}"
        ) from error


def _enumeration(items: list[Any]) -> str:
    words = [str(item) for item in items]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _verdict(claim_id: str, holds: bool | str | None) -> str:
    if not isinstance(holds, str):
        return _BY_TRUTH[None if holds is None else bool(holds)]
    if holds not in VERDICTS:
        raise ValueError(f"claim {claim_id}: verdict {holds!r} is none of {VERDICTS}")
    return holds


def _frames(evidence: DataFrame | Sequence[DataFrame]) -> Sequence[DataFrame]:
    return evidence if isinstance(evidence, (list, tuple)) else [evidence]


def _table_of(claim_id: str, frame: DataFrame) -> str:
    found = [name for name in tables() if key(name) in frame.columns]
    if not found:
        raise ValueError(f"claim {claim_id}: evidence has no key column of any table")
    return min(found, key=lambda name: _LAST.index(name) + 1 if name in _LAST else 0)


def _evidence(
    claim_id: str, evidence: DataFrame | Sequence[DataFrame]
) -> dict[str, tuple[str, ...]]:
    rows: dict[str, dict[str, None]] = {}
    for frame in _frames(evidence):
        if len(frame):
            name = _table_of(claim_id, frame)
            keys = frame[key(name)]
            if keys.isna().any():
                raise ValueError(f"claim {claim_id}: a row of {name} in its evidence has no key")
            rows.setdefault(name, {}).update(dict.fromkeys(keys))
    if not rows:
        raise ValueError(f"claim {claim_id}: no row of evidence; name what it was counted among")
    return {name: tuple(keys) for name, keys in rows.items()}


def _sources(evidence: DataFrame | Sequence[DataFrame]) -> tuple[str, ...]:
    named: set[str] = set()
    for frame in _frames(evidence):
        if "source_id" in frame.columns:
            named.update(frame["source_id"].dropna())
    return tuple(sorted(named))


@contextmanager
def recording() -> Iterator[list[Claim]]:
    """Collect the claims that are made meanwhile."""
    made: list[Claim] = []
    token = _recorder.set(made)
    try:
        yield made
    finally:
        _recorder.reset(token)
