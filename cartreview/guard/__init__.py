"""The mutation guard: which cells nothing would miss."""

from __future__ import annotations

from cartreview.guard._measure import (
    COLUMNS,
    GuardError,
    Mutant,
    MutationScore,
    edited,
    measure,
    mutation_scores,
    write,
)

__all__ = [
    "COLUMNS",
    "GuardError",
    "Mutant",
    "MutationScore",
    "edited",
    "measure",
    "mutation_scores",
    "write",
]
