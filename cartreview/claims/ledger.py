"""The accepted ledger: claims as people last accepted them, in ``data/claims.csv``.

Vocabulary
----------
verdict   what the rows say about a re-tested statement, in one of four phrases; ``computed`` for
          a finding, which says what is so and tests nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cartreview._files import write_whole

__all__ = ["COMPUTED", "FIELDS", "STANDINGS", "VERDICTS", "Claim", "read_ledger", "write_ledger"]

VERDICTS = ("holds", "holds in part", "does not hold", "cannot be tested")
COMPUTED = "computed"
STANDINGS = (*VERDICTS, COMPUTED)
_TEXTS = ("claim_id", "page", "verdict", "sentence", "tests")
# Every ledger ever accepted has these: an old one can be read, to be compared with.
_NEEDED = (*_TEXTS[:4], "values", "evidence", "sources")
FIELDS = (*_TEXTS[:4], "values", "slots", "tests", "evidence", "sources", "waives")


@dataclass(frozen=True)
class Claim:
    """A sentence with its values, its verdict and the rows it rests on.

    Attributes
    ----------
    claim_id, sentence, verdict : str
        Name, sentence with its slots filled, one of ``VERDICTS`` or ``computed``.
    values : dict
        Value of each slot, and values that a page shows beside the sentence.
    evidence : dict of str to tuple of str
        Keys of the rows, by table.
    sources : tuple of str
        Sources that those rows name.
    slots : tuple of str
        Values that the sentence shows.
    tests, page : str
        Row of ``statements`` that is re-tested; page that computes the claim.
    waives : dict of str to str
        Rules on sentences that this one breaks, each with the reason.

    Examples
    --------
    >>> rows = {"studies": ("brown-2024",)}
    >>> print(Claim("a", "There is 1.", "computed", {"n": 1}, rows, ("b2024",)))
    claim a: computed
    There is 1.
    values: {"n": 1}
    evidence: studies:brown-2024
    sources: b2024
    """

    claim_id: str
    sentence: str
    verdict: str
    values: dict[str, Any]
    evidence: dict[str, tuple[str, ...]]
    sources: tuple[str, ...]
    slots: tuple[str, ...] = ()
    tests: str = ""
    waives: dict[str, str] = field(default_factory=dict)
    page: str = ""

    @property
    def standing(self) -> str:
        """What a reader is shown: a sentence of our own that holds is computed, not judged."""
        return COMPUTED if self.verdict == "holds" and not self.tests else self.verdict

    def __str__(self) -> str:
        lines = [
            f"claim {self.claim_id}: {self.verdict}",
            self.sentence,
            f"values: {_json(self.values)}",
            f"tests: {self.tests}" if self.tests else "",
            f"evidence: {_evidence_text(self.evidence)}",
            f"sources: {';'.join(self.sources)}",
        ]
        return "\n".join(line for line in lines if line)

    __repr__ = __str__


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _evidence_text(evidence: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name}:{' '.join(keys)}" for name, keys in evidence.items())


def _evidence_of(text: str) -> dict[str, tuple[str, ...]]:
    parts = (part.split(":", 1) for part in text.split("; ") if part)
    return {name: tuple(keys.split()) for name, keys in parts}


def read_ledger(ledger: Path | str) -> dict[str, Claim]:
    """Read accepted claims.

    Parameters
    ----------
    ledger : Path or str
        The file, or its text.

    Returns
    -------
    dict of str to Claim
        By claim id, in the file's order.

    Raises
    ------
    ValueError
        If it is no ledger, or half-merged; the message is one phrase for people.

    Examples
    --------
    >>> read_ledger("<<<<<<< HEAD")
    Traceback (most recent call last):
    ...
    ValueError: git left a conflict in line 1
    """
    if isinstance(ledger, Path):
        text = ledger.read_text(encoding="utf-8", errors="replace")
    else:
        text = ledger
    conflict = re.search(r"(?m)^<{7}(?= |$)", text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise ValueError(f"git left a conflict in line {line}")
    try:
        claims = _from_text(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("values in it are no JSON") from error
    except (TypeError, AttributeError, KeyError, csv.Error) as error:
        raise ValueError("a row in it has other cells than a ledger's") from error
    for claim in claims.values():
        if not isinstance(claim.values, dict):
            raise ValueError(f"the values of {claim.claim_id} are no JSON object")
    return claims


def _from_text(text: str) -> dict[str, Claim]:
    reader = csv.DictReader(io.StringIO(text))
    if not set(_NEEDED) <= set(reader.fieldnames or ()):
        raise ValueError(f"a ledger has the columns {', '.join(_NEEDED)}")
    return {row["claim_id"]: _from_row(row) for row in reader}


def _from_row(row: dict[str, str]) -> Claim:
    return Claim(
        values=json.loads(row["values"]),
        slots=_items(row.get("slots", "")),
        evidence=_evidence_of(row["evidence"]),
        sources=_items(row["sources"]),
        waives=json.loads(row.get("waives") or "{}"),
        **{name: row.get(name, "") for name in _TEXTS},
    )


def _items(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def write_ledger(claims: Iterable[Claim], path: Path) -> None:
    """Write the accepted ledger, whole or not at all.

    Parameters
    ----------
    claims : iterable of Claim
        What ``compute`` gives.
    path : Path
        The file to replace.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(_to_row(item) for item in claims)
    write_whole(path, text.getvalue())


def _to_row(item: Claim) -> list[str]:
    columns = {
        **{name: getattr(item, name) for name in FIELDS},
        "values": _json(item.values),
        "evidence": _evidence_text(item.evidence),
        "slots": ";".join(item.slots),
        "sources": ";".join(item.sources),
        "waives": _json(item.waives) if item.waives else "",
    }
    return [columns[name] for name in FIELDS]
