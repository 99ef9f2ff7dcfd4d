"""Every rule that a checkout must keep; each finding says where, what, and how to mend it."""

from __future__ import annotations

from cartreview.validation.checkout import Report, check, read_package, survey
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import CODES, Place, Problem
from cartreview.validation.records import check_records

__all__ = [
    "CODES",
    "Package",
    "Place",
    "Problem",
    "Report",
    "Table",
    "check",
    "check_records",
    "read_package",
    "survey",
]
