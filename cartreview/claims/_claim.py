"""Claims: sentences whose numbers and verdicts are computed from rows.

Vocabulary
----------
claim     a sentence with slots, the values that fill them, and the rows they were computed from.
finding   a claim that says what is so; it has no verdict.
re-test   a claim that tests a row of ``statements``; its verdict is about that statement.
slot      what stands between braces: ``{k}``, ``{pooled.estimate:.0%}``, ``{row[n]}``.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from cartreview._tables import key, tables
from cartreview._words import enumeration
from cartreview.claims.ledger import COMPUTED, VERDICTS, Claim

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["claim", "recording"]

# These keys also stand in other tables as references: they name a table if nothing else does.
_LAST = ("searches", "strategies", "published_tables", "nodes", "studies", "sources", "claims")
_BY_TRUTH = {True: "holds", False: "does not hold", None: "cannot be tested"}
_SIGNIFICANT = 10  # digits kept of a float, so that its last bits never move a claim
_PLAIN = (str, int, float, bool, type(None))

_recorder: ContextVar[list[Claim] | None] = ContextVar("recorder", default=None)


def claim(
    claim_id: str,
    sentence: str,
    *,
    values: Mapping[str, Any],
    evidence: DataFrame | Sequence[DataFrame],
    tests: str = "",
    holds: bool | str | None = COMPUTED,
    waives: Mapping[str, str] | None = None,
) -> Claim:
    """State a claim: fill its sentence from values and name the rows it rests on.

    Parameters
    ----------
    claim_id : str
        Name, unique in the book: lower-case letters, digits and hyphens.
    sentence : str
        Sentence with slots, ``"In {k} of {n} trials"``; a slot takes a format, ``{share:.0%}``, and
        may name a part of its value, ``{pooled.ci_low:.0%}`` or ``{row[events]}``.
    values : mapping
        Value of each slot: a number, a string, a list of strings ("a, b and c"), or an object of
        which the sentence names parts.
    evidence : DataFrame or sequence of DataFrame
        Rows of tables (their key column is enough); what was counted and what it was counted among.
    tests : str
        Key of the row of ``statements`` that the claim re-tests.
    holds : bool, str or None
        Of a re-test: True, False, None for "cannot be tested", or one of ``VERDICTS``. A finding
        leaves it out, unless its sentence states a direction that rows could turn.
    waives : mapping of str to str
        Rules on sentences that would make this one worse, each with its reason.

    Returns
    -------
    Claim
        Its text is what the accepted ledger is compared with.

    Raises
    ------
    ValueError
        If a slot has no value, the verdict is unknown or missing, or no row is named.

    Examples
    --------
    >>> from cartreview import load
    >>> outcomes = load("outcomes")
    >>> made = claim("n", "The table has {n} results.", values={"n": len(outcomes)},
    ...              evidence=outcomes)
    >>> made.verdict, made.values["n"] == len(outcomes)
    ('computed', True)
    """
    slots = _slots(claim_id, sentence)
    plain = _values(claim_id, values, slots)
    made = Claim(
        claim_id=_checked_id(claim_id),
        sentence=_filled(claim_id, sentence, values),
        verdict=_verdict(claim_id, holds, tests),
        values=plain,
        slots=tuple(slots),
        tests=tests,
        evidence=_evidence(claim_id, evidence),
        sources=_sources(evidence),
        waives=dict(waives or {}),
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


def _slots(claim_id: str, sentence: str) -> list[str]:
    """Name what a sentence shows, each once, in its order."""
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(sentence)]
    except ValueError as error:
        raise ValueError(f"claim {claim_id}: the sentence cannot be read: {error}") from error
    return list(dict.fromkeys(field for field in fields if field is not None))


def _values(claim_id: str, values: Mapping[str, Any], slots: Sequence[str]) -> dict[str, Any]:
    """Keep plain values, and of an object the parts that the sentence names."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        parts = [slot for slot in slots if slot != name and re.split(r"[.\[]", slot)[0] == name]
        for slot in parts:
            kept[slot] = _plain(string.Formatter().get_field(slot, (), values)[0])
        if not parts:
            kept[name] = _plain(value)
            items = kept[name] if isinstance(kept[name], list) else [kept[name]]
            if not all(isinstance(item, _PLAIN) for item in items):
                raise ValueError(
                    f"claim {claim_id}: the value {name!r} is a {type(value).__name__}; expected a "
                    f"number, a text, a list of them, or a slot that names a part of it"
                )
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    value = value.item() if hasattr(value, "item") and not hasattr(value, "index") else value
    return float(f"{value:.{_SIGNIFICANT}g}") if isinstance(value, float) else value


class _Words(string.Formatter):
    """Fill a slot: lists are enumerated, numbers lose the bits that no reader sees."""

    def format_field(self, value: Any, format_spec: str) -> str:
        plain = _plain(value)
        return str(format(enumeration(plain) if isinstance(plain, list) else plain, format_spec))


def _filled(claim_id: str, sentence: str, values: Mapping[str, Any]) -> str:
    try:
        return _Words().vformat(sentence, (), values)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"claim {claim_id}: the slots of the sentence and the values {sorted(values)} "
            f"do not fit: {error}"
        ) from error


def _verdict(claim_id: str, holds: bool | str | None, tests: str) -> str:
    if isinstance(holds, str) and holds == COMPUTED:
        if tests:
            raise ValueError(f"claim {claim_id}: a re-test of {tests!r} says what it found: holds=")
        return COMPUTED
    if not isinstance(holds, str):
        return _BY_TRUTH[None if _plain(holds) is None else bool(holds)]
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
