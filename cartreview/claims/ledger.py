"""The accepted ledger: claims as people last accepted them, in ``data/claims.csv``.

Vocabulary
----------
verdict   what the rows say about the sentence, in one of four phrases.
standing  the verdict on a re-tested statement; ``computed`` for one of the review's own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartreview._files import write_whole

__all__ = ["FIELDS", "STANDINGS", "VERDICTS", "Claim", "read_ledger", "write_ledger"]

VERDICTS = ("holds", "holds in part", "does not hold", "cannot be tested")
STANDINGS = (*VERDICTS, "computed")
_TEXTS = ("claim_id", "page", "verdict", "sentence", "says", "where")
FIELDS = (*_TEXTS[:4], "values", *_TEXTS[4:], "evidence", "sources")


@dataclass(frozen=True)
class Claim:
    """A sentence with its values, its verdict and the rows it rests on.

    Attributes
    ----------
    claim_id, sentence, verdict : str
        Name, sentence with its slots filled, one of ``VERDICTS``.
    values : dict
        Value of each slot.
    evidence : dict of str to tuple of str
        Keys of the rows, by table.
    sources : tuple of str
        Sources that those rows name.
    says, where, page : str
        Source and place of a statement that is re-tested; page that computes the claim.

    Examples
    --------
    >>> print(Claim("a", "There is 1.", "holds", {"n": 1}, {"studies": ("brown-15",)}, ("b2024",)))
    claim a: holds
    There is 1.
    values: {"n": 1}
    evidence: studies:brown-15
    sources: b2024
    """

    claim_id: str
    sentence: str
    verdict: str
    values: dict[str, Any]
    evidence: dict[str, tuple[str, ...]]
    sources: tuple[str, ...]
    says: str = ""
    where: str = ""
    page: str = ""

    @property
    def standing(self) -> str:
        """The verdict on a re-tested statement; ``computed`` for one of the review's own."""
        return "computed" if self.verdict == "holds" and not self.says else self.verdict

    def __str__(self) -> str:
        says = f"says: {self.says}, {self.where}" if self.says else ""
        lines = [
            f"claim {self.claim_id}: {self.verdict}",
            self.sentence,
            f"values: {_json(self.values)}",
            says,
            f"evidence: {_evidence_text(self.evidence)}",
            f"sources: {';'.join(self.sources)}",
        ]
        return "\n".join(line for line in lines if line)

    __repr__ = __str__


def _json(values: dict[str, Any]) -> str:
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
        If the header is not that of a ledger.
    """
    text = ledger.read_text(encoding="utf-8") if isinstance(ledger, Path) else ledger
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != FIELDS:
        raise ValueError(f"a ledger starts with the columns {', '.join(FIELDS)}")
    return {row["claim_id"]: _from_row(row) for row in reader}


def _from_row(row: dict[str, str]) -> Claim:
    sources = tuple(filter(None, row["sources"].split(";")))
    values, evidence = json.loads(row["values"]), _evidence_of(row["evidence"])
    texts = {name: row[name] for name in _TEXTS}
    return Claim(values=values, evidence=evidence, sources=sources, **texts)


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
        "sources": ";".join(item.sources),
    }
    return [columns[name] for name in FIELDS]
