"""Tables, claims and charts of a living review of CAR T-cell therapy in the nervous system.

The tables load without any other part: ``cartreview.load("outcomes")``. What costs an import is
imported when it is first used: ``cartreview.charts`` brings Altair, ``load`` brings pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cartreview import _tables
from cartreview._cite import cite
from cartreview._describe import describe
from cartreview._tables import load, split, tables

__all__ = ["__version__", "cite", "data_version", "describe", "load", "split", "tables"]

__version__ = "0.1.0"

_PARTS = ("charts", "claims", "evidence", "grading", "mechanisms", "synthesis")


def __getattr__(name: str) -> Any:
    if name == "data_version":  # reads the tables: a broken one must not break the import
        return _tables.data_version()
    if name in _PARTS:
        return import_module(f"cartreview.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_PARTS])
