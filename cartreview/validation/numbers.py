"""Numbers that stand in a fragment of print.

Vocabulary
----------
fragment  words quoted from a source: '1-2.5e7 cells', '2/58 CR', 'two monthly doses'.
name      letters with digits in them (IL-6, CD19, 4-1BB): its digits are no number.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_written", "numbers_in"]

_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
WORDS = {word: float(value) for value, word in enumerate(_COUNTED.split(), start=1)}
WORDS |= {"once": 1.0, "twice": 2.0, "both": 2.0}

# 4-1BB is the one name that starts with its digits.
_NAMES = re.compile(r"(?<!\w)(?:4-1BB\w*|[^\W\d_]+[-‑]?[0-9][\w.-]*)")
_THOUSANDS = re.compile(r"(?<=[0-9])[,\u2009](?=[0-9]{3}(?![0-9]))")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+)?")
# '1-2.5e7': the exponent of the upper end belongs to both ends.
_END = r"[0-9]+(?:\.[0-9]+)?"
_SHARED = re.compile(
    rf"(?<![\w.])(?P<low>{_END})(?P<dash> ?[-–] ?)(?P<high>{_END})(?P<e>[eE][0-9]+)"
)
_EVERY = re.compile(r"\bq(?=[0-9]+ ?h)", re.IGNORECASE)  # 'q6h', every six hours, is no name
_WORD = re.compile(r"\b(?:" + "|".join(WORDS) + r")\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def numbers_in(fragment: str) -> frozenset[float]:
    """Read the numbers of a fragment.

    Parameters
    ----------
    fragment : str
        Words quoted from a source.

    Returns
    -------
    frozenset of float
        Every number that is written: in digits, with an exponent, or as a word up to twelve.

    Examples
    --------
    >>> sorted(numbers_in("1-2.5e7 cells (up to two doses)"))
    [2.0, 10000000.0, 25000000.0]
    >>> sorted(numbers_in("10 mg IV q6h"))
    [6.0, 10.0]
    >>> sorted(numbers_in("IL-6 and 4-1BB in 2/58, over 10%, 1,000 cells"))
    [2.0, 10.0, 58.0, 1000.0]
    """
    text = _THOUSANDS.sub("", _NAMES.sub(" ", _EVERY.sub("q ", fragment)))
    text = _SHARED.sub(lambda m: m["low"] + m["e"] + m["dash"] + m["high"] + m["e"], text)
    digits = (float(number) for number in _NUMBER.findall(text))
    words = (WORDS[word.lower()] for word in _WORD.findall(text))
    return frozenset([*digits, *words])


def is_written(number: str, fragment: str) -> bool:
    """Say whether a coded number is written in a fragment.

    Examples
    --------
    >>> is_written("58", "2/58 CR"), is_written("59", "2/58 CR")
    (True, False)
    """
    return float(number) in numbers_in(fragment)
