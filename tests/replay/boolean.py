"""Boolean queries of Europe PMC, PubMed and ClinicalTrials.gov, held against a title and abstract.

Far less than the services do: no synonyms, no subject headings, no stems. What a query finds here
by its words, it finds there; what it misses here, it may find there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[()])|(?P<word>AND|OR|NOT)\b"
    r"|(?P<range>[A-Z_]+:\[[^\]]*\])"
    r'|(?:(?P<field>[A-Z_]+):)?(?P<term>"[^"]*"|[^\s()\[\]":]+)(?P<tag>\[[^\]]*\])?)'
)


def finds(query: str, text: str, fields: Mapping[str, str] | None = None) -> bool:
    """Say whether a query finds a text; `fields` are those that are no text, as SRC."""
    tokens = [found for found in _TOKEN.finditer(query.strip()) if found[0].strip()]
    place, value = _either(tokens, 0, plain(text), dict(fields or {}))
    assert place == len(tokens), f"{query!r} is not understood from {tokens[place:][:3]} on"
    return value


def plain(text: str) -> str:
    """Give the words of a text between spaces."""
    return " " + " ".join(re.findall(r"[^\W_]+", text.lower())) + " "


def _either(tokens, place, text, fields):
    place, value = _both(tokens, place, text, fields)
    while place < len(tokens) and tokens[place]["word"] == "OR":
        place, other = _both(tokens, place + 1, text, fields)
        value = value or other
    return place, value


def _both(tokens, place, text, fields):
    place, value = _one(tokens, place, text, fields)
    while place < len(tokens) and tokens[place]["word"] != "OR" and tokens[place]["sign"] != ")":
        negated = tokens[place]["word"] == "NOT"
        place += tokens[place]["word"] is not None
        place, other = _one(tokens, place, text, fields)
        value = value and other is not negated
    return place, value


def _one(tokens, place, text, fields):
    token = tokens[place]
    if token["sign"] == "(":
        place, value = _either(tokens, place + 1, text, fields)
        assert tokens[place]["sign"] == ")"
        return place + 1, value
    if token["range"]:
        name, low, high = re.fullmatch(r"(\w+):\[(\S+) TO (\S+)\]", token["range"]).groups()
        return place + 1, low <= fields[name] <= high
    if token["field"] in fields:
        return place + 1, fields[token["field"]] == token["term"].strip('"')
    if token["tag"] == "[Mesh]":
        return place + 1, False
    return place + 1, plain(token["term"]) in text
