"""What ``datapackage.json`` and a schema say, read in one way by all who read a data folder.

A description that people edit may be broken. What reads a folder to work with it refuses such a
file in a sentence; what compares versions, or checks a folder, takes what can be read.

Vocabulary
----------
row        a record of a table: the first line it stands on and its cells by column.
resource   a table as the data package lists it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = [
    "ASK",
    "DESCRIPTOR",
    "Resource",
    "Row",
    "edited",
    "json_object",
    "read_object",
    "resource",
    "resources",
]

DESCRIPTOR = "datapackage.json"
ASK = "'cartreview check' says what is wrong and how to mend it"


@dataclass(frozen=True)
class Row:
    """A record of a table: the first line it stands on and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Resource:
    """A table that the data package lists.

    Attributes
    ----------
    name, path, schema : str
        Its name; file and schema, from the data folder.
    generated : str
        The command that writes it; empty where people edit it.
    about : dict
        All that the data package says of it.
    """

    name: str
    path: str
    schema: str
    generated: str = ""
    about: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that must be a JSON object.

    Raises
    ------
    ValueError
        If it is not there or no object; the message names it and who can say more.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"{path} cannot be read ({reason}); {ASK}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is no JSON object; {ASK}")
    return content


def json_object(text: str | None) -> dict[str, Any]:
    """Read a JSON object; an empty one where there is none.

    Examples
    --------
    >>> json_object('{"a": 1}'), json_object("{"), json_object(None)
    ({'a': 1}, {}, {})
    """
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def resource(item: Any) -> Resource | None:
    """Read what the data package says of one table; None where name, path or schema is missing.

    So it is where one of the two leads out of the data folder.

    Examples
    --------
    >>> resource({"name": "a", "path": "a.csv", "schema": "schemas/a.json"})
    Resource(name='a', path='a.csv', schema='schemas/a.json', generated='')
    >>> resource({"name": "a"})
    """
    if not isinstance(item, dict):
        return None
    words = [_text(item.get(word)) for word in ("name", "path", "schema", "generated")]
    name, path, schema, generated = words
    whole = all(words[:3]) and _inside(path) and _inside(schema)
    return Resource(name, path, schema, generated, item) if whole else None


def _inside(path: str) -> bool:
    """Say whether a path stays in the data folder: a stranger's description names no other file."""
    return not (path.startswith("/") or re.search(r"[\\:\0]", path) or ".." in path.split("/"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def resources(content: dict[str, Any]) -> list[Resource]:
    """List the tables of a data package, as far as they can be read."""
    listed = content.get("resources")
    return list(filter(None, map(resource, listed if isinstance(listed, list) else [])))


def edited(content: dict[str, Any]) -> list[str]:
    """Name the tables that people edit, in the order of the data package.

    Examples
    --------
    >>> made = {"name": "b", "path": "b.csv", "schema": "b.json", "generated": "make b"}
    >>> edited({"resources": [{**made, "name": "a", "generated": ""}, made]})
    ['a']
    """
    return [found.name for found in resources(content) if not found.generated]
