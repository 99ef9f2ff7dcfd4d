"""Tables, claims and charts of a living review of CAR T-cell therapy in the nervous system.

The tables load without any other part: ``cartreview.load("outcomes")``. What costs an import is
imported where it is used: ``from cartreview import charts`` brings Altair, ``load`` brings pandas.
"""

from __future__ import annotations

from cartreview import _tables
from cartreview._tables import describe, load, split, tables

__all__ = ["__version__", "data_version", "describe", "load", "split", "tables"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "data_version":  # reads the tables: a broken one must not break the import
        return _tables.data_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
