"""The mutation guard: which cells nothing would miss."""

from __future__ import annotations

from cartreview.guard._measure import (
    COLUMNS,
    SEED,
    GuardError,
    Mutant,
    MutationScore,
    cell_counts,
    edited,
    measure,
    mutation_scores,
    write,
)

__all__ = [
    "COLUMNS",
    "SEED",
    "GuardError",
    "Mutant",
    "MutationScore",
    "cell_counts",
    "edited",
    "measure",
    "mutation_scores",
    "write",
]
