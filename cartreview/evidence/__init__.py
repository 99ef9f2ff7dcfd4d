"""Which rows answer a question, and how: studies, reports, responses, harms, imaging, management.

Its modules are one idea each; what most people come for is here.
"""

from __future__ import annotations

from cartreview.evidence.imaging import poolable_findings
from cartreview.evidence.management import dose
from cartreview.evidence.pooling import poolable_responses
from cartreview.evidence.products import short_product
from cartreview.evidence.reports import standing
from cartreview.evidence.responses import response_counts
from cartreview.evidence.screening import flow
from cartreview.evidence.statements import statement
from cartreview.evidence.studies import about, cns_studies, delivery, family, whole
from cartreview.evidence.trials import trial_rows

__all__ = [
    "about",
    "cns_studies",
    "delivery",
    "dose",
    "family",
    "flow",
    "poolable_findings",
    "poolable_responses",
    "response_counts",
    "short_product",
    "standing",
    "statement",
    "trial_rows",
    "whole",
]


def __dir__() -> list[str]:
    return list(__all__)
