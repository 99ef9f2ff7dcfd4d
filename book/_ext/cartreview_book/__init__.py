"""Sphinx extension of the book: claims, static-first charts, tables, downloads and page dress.

One idea a module
-----------------
data          rows and schemas of the tables, as text.
ledger        accepted claims and the evidence behind them.
fragments     HTML from templates, written when links are known.
claims        roles ``claim`` and ``value``, and the cards.
charts        Vega-Lite outputs become figures; `vega` draws and bundles.
directives    ledger, tables, dictionary and disagreements; `downloads` the files.
studies       studies side by side, a row each; `ongoing` registered trials, `products` harms.
findings      headline outcomes and their certainty; risk of bias, study by study.
graph         the graph of mechanisms; `graph_plan` places, `graph_layout` draws, `graph_narrow`
              does both for a phone.
summaries     summaries of findings on mechanisms and imaging.
management    what guidelines say to do, and what changed.
grading       calculators, and the rules they read.
api           the library, from its docstrings.
cache         when an executed notebook is still good; `fresh`, when a built page is.
bibliography  how references are set.
pages         what every page gets or loses; `policy` what it may load, run and link.
waivers       claims whose sentence breaks a rule, and why.
reporting     what checklists on reporting ask, and what is answered.
currency      how current every page is; `corrections` which sources were corrected since.
changes       what changed, as a page and as feeds.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from cartreview_book import (
    api,
    bibliography,
    cache,
    changes,
    charts,
    claims,
    corrections,
    currency,
    directives,
    downloads,
    findings,
    fragments,
    fresh,
    grading,
    graph,
    management,
    ongoing,
    pages,
    policy,
    products,
    reporting,
    studies,
    summaries,
    waivers,
)

__all__ = ["setup"]

PARTS = (
    fragments,
    fresh,
    cache,
    pages,
    policy,
    bibliography,
    claims,
    charts,
    directives,
    downloads,
    graph,
    studies,
    ongoing,
    products,
    findings,
    summaries,
    management,
    grading,
    waivers,
    reporting,
    corrections,
    currency,
    changes,
    api,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
