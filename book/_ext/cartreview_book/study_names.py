"""Names of studies in a claim's sentence: where they stand, so that each can lead to its study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cartreview_book import data

__all__ = ["Piece", "named", "pieces"]

Piece = tuple[str, str]  # text, and the study that it names; "" where it names none


def named(root: Path) -> dict[str, str]:
    """Give the study of each name; `root` is the data folder."""
    if "studies" not in {found.name for found in data.resources(root)}:
        return {}
    rows = data.read(root, "studies").rows
    return {row["name"]: row["study_id"] for row in rows if row.get("name")}


def pieces(sentence: str, studies: Mapping[str, str]) -> list[Piece]:
    """Part a sentence where studies are named; of names in each other the longer counts.

    Examples
    --------
    >>> pieces("In Brown 2024 (65 treated) few.", {"Brown 2024": "brown-2024", "Brown": "b"})
    [('In ', ''), ('Brown 2024', 'brown-2024'), (' (65 treated) few.', '')]
    >>> pieces("Brown 2024b did not.", {"Brown 2024": "brown-2024"})
    [('Brown 2024b did not.', '')]
    """
    if not studies:
        return [(sentence, "")]
    parts = _pattern(tuple(studies)).split(sentence)
    return [(text, studies.get(text, "")) for text in parts if text]


@lru_cache(maxsize=4)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)")
