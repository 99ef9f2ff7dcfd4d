"""Imaging: what a finding's patients are a share of, and which shares may stand side by side.

Vocabulary
----------
kind      what the denominator is: all treated, those with neurotoxicity, those examined.
stated    the source counts the finding among these patients.
computed  the same patients with the finding, over another number that the source gives.
"""

from __future__ import annotations

from cartreview.evidence.imaging.counts import (
    STRUCTURAL,
    answers,
    counted_findings,
    named_findings,
    studies_in,
)
from cartreview.evidence.imaging.places import (
    BRAINSTEM,
    placed_findings,
    region_shares,
)
from cartreview.evidence.imaging.shares import KINDS, denominators, poolable_findings
from cartreview.evidence.imaging.summary import GROUPS, findings_by_denominator, single_patients

__all__ = [
    "BRAINSTEM",
    "GROUPS",
    "KINDS",
    "STRUCTURAL",
    "answers",
    "counted_findings",
    "denominators",
    "findings_by_denominator",
    "named_findings",
    "placed_findings",
    "poolable_findings",
    "region_shares",
    "single_patients",
    "studies_in",
]
