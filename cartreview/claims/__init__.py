"""What the prose states: claims, the statements they re-test, the accepted ledger and its moves.

A chapter needs ``claim`` alone; ``compute`` makes the claims of all chapters without a kernel.
"""

from __future__ import annotations

from cartreview.claims._claim import claim
from cartreview.claims._compute import ClaimError, attempt, cells, compute, run
from cartreview.claims._get import AcceptedClaim, get
from cartreview.claims.ledger import Claim, read_ledger, write_ledger

__all__ = [
    "AcceptedClaim",
    "Claim",
    "ClaimError",
    "attempt",
    "cells",
    "claim",
    "compute",
    "get",
    "read_ledger",
    "run",
    "write_ledger",
]


def __dir__() -> list[str]:
    return list(__all__)
