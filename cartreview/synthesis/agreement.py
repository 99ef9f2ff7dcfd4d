"""How far two readers agree beyond what chance alone would bring.

Vocabulary
----------
table   counts of items: rows are the first reader's answers, columns the second's, in one order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtri

__all__ = ["Agreement", "cohens_kappa"]


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of two readers.

    Attributes
    ----------
    items : int
        Items that both judged.
    agreed : float
        Share of them that both judged alike (no unit, between 0 and 1).
    kappa, error, low, high : float or None
        Kappa (no unit, 1 is full agreement, 0 that of chance), its asymptotic standard error and
        its interval; None where both gave one and the same answer throughout, so that chance
        alone brings full agreement and kappa is not defined.
    """

    items: int
    agreed: float
    kappa: float | None
    error: float | None
    low: float | None
    high: float | None


def cohens_kappa(table: Sequence[Sequence[int]], *, level: float = 0.95) -> Agreement:
    """Compute Cohen's kappa with its asymptotic interval.

    Parameters
    ----------
    table : sequence of sequence of int, shape (K, K)
        Counts of items (each 0 or more), K answers.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Agreement
        Kappa, its standard error and its interval, cut at -1 and 1.

    Raises
    ------
    ValueError
        If the table is not square, has a negative count or no item, or level lies outside 0..1.

    Notes
    -----
    The variance is that of Fleiss, Cohen and Everitt (1969), in the form in which SAS prints it
    and statsmodels (``statsmodels.stats.inter_rater``) computes it. It holds for many items: with
    few, or where nearly all answers are the same, the interval is too narrow, and its width is 0
    where both readers agree on every item.

    References
    ----------
    bib: fleiss1969

    Examples
    --------
    >>> found = cohens_kappa([[31, 12], [4, 58]])
    >>> round(found.kappa, 7), round(found.error, 8)
    (0.6756757, 0.07344761)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; found {level}")
    shares, items = _shares(table)
    size = range(len(shares))
    rows = [math.fsum(row) for row in shares]
    columns = [math.fsum(row[j] for row in shares) for j in size]
    agreed = math.fsum(shares[i][i] for i in size)
    chance = math.fsum(rows[i] * columns[i] for i in size)
    if math.isclose(chance, 1):
        return Agreement(items, agreed, None, None, None, None)
    kappa = (agreed - chance) / (1 - chance)
    rest = 1 - kappa
    alike = math.fsum(shares[i][i] * (1 - (rows[i] + columns[i]) * rest) ** 2 for i in size)
    apart = rest**2 * math.fsum(
        shares[i][j] * (columns[i] + rows[j]) ** 2 for i in size for j in size if i != j
    )
    spread = alike + apart - (kappa - chance * rest) ** 2
    error = math.sqrt(max(0.0, spread) / items) / (1 - chance)  # rounding may leave a bit below 0
    reach = float(ndtri(0.5 + level / 2)) * error
    return Agreement(items, agreed, kappa, error, max(-1.0, kappa - reach), min(1.0, kappa + reach))


def _shares(table: Sequence[Sequence[int]]) -> tuple[list[list[float]], int]:
    if not table or any(len(row) != len(table) for row in table):
        raise ValueError("the table must have as many columns as rows: the answers of two readers")
    if any(count < 0 for row in table for count in row):
        raise ValueError("counts of items must be 0 or more")
    items = sum(map(sum, table))
    if not items:
        raise ValueError("no item was judged by both readers")
    return [[count / items for count in row] for row in table], items
