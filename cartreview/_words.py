"""Words as sentences and messages need them: "3 rows", "a, b and c", what a misspelt one means."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["count_of", "enumeration", "near", "suggestion"]

_LONGEST = 120  # no key and no category is as long, and the comparison is slow


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> count_of(1, "study", "studies"), count_of(3, "patient")
    ('1 study', '3 patients')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def enumeration(items: Iterable[object]) -> str:
    """Join items as a sentence does.

    Examples
    --------
    >>> enumeration(["a", "b", "c"]), enumeration(["a"]), enumeration([])
    ('a, b and c', 'a', '')
    """
    *first, last = list(map(str, items)) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def near(value: object, options: Iterable[str], *, most: int = 1) -> list[str]:
    """List the options that a misspelt word most likely stands for, the nearest first.

    Examples
    --------
    >>> near("ASTTC", ["ASTCT", "CTCAE v5"]), near("zzz", ["ASTCT"])
    (['ASTCT'], [])
    """
    from difflib import get_close_matches  # only a mistake pays for it

    word = str(value)
    if len(word) > _LONGEST:
        return []
    folded = {option.casefold(): option for option in options}
    return [folded[found] for found in get_close_matches(word.casefold(), folded, n=most)]


def suggestion(value: object, options: Iterable[str]) -> str:
    """End a message with the option that was meant, or with nothing.

    Examples
    --------
    >>> suggestion("gbm", ["GBM"]), suggestion("zzz", ["GBM"])
    ("; did you mean 'GBM'?", '')
    """
    found = near(value, options)
    return f"; did you mean {found[0]!r}?" if found else ""
