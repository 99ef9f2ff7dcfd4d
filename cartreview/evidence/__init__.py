"""Which rows answer a question, and how: studies, responses, harms, imaging, management."""

from __future__ import annotations

from cartreview.evidence import harms, imaging, management, products, responses, studies
from cartreview.evidence.imaging import poolable_findings
from cartreview.evidence.management import dose
from cartreview.evidence.products import short_product
from cartreview.evidence.responses import response_counts
from cartreview.evidence.studies import delivery, family

__all__ = [
    "delivery",
    "dose",
    "family",
    "harms",
    "imaging",
    "management",
    "poolable_findings",
    "products",
    "response_counts",
    "responses",
    "short_product",
    "studies",
]


def __dir__() -> list[str]:
    return list(__all__)
