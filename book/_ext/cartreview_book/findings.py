"""Directives ``summary-of-findings`` and ``risk-of-bias``: how sure each outcome is, and why."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from cartreview._tables import load_file
from cartreview.evidence.bias import COMPUTED, ITEMS, appraise
from cartreview.evidence.certainty import Certainty, grade, summary
from cartreview.evidence.headline import OUTCOMES, headline_counts
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["RiskOfBias", "SummaryOfFindings", "setup"]

Row = dict[str, Any]
COUNTED = ("studies", "outcomes", "toxicity_incidence", "reports")
# A sign beside the colour, and the word for those who hear the page.
SIGNS = {"yes": "+", "no": "−", "unclear": "?", "not applicable": "·"}
DOWN = ("", "−1", "−2")


class _Findings(TablesDirective):
    """A directive about headline outcomes."""

    option_spec: ClassVar[dict[str, Any]] = {"caption": directives.unchanged_required}

    def frame(self, name: str) -> pd.DataFrame:
        """Read a table as the library does, and let the page depend on it."""
        self.read(name)
        return load_file(name, self.root / data.resource(self.root, name).path)

    def counts(self) -> dict[str, pd.DataFrame]:
        """Count the headline outcomes."""
        return headline_counts(*map(self.frame, COUNTED))


class SummaryOfFindings(_Findings):
    """Headline outcomes side by side: how many patients, what share, how sure."""

    def run(self) -> list[nodes.Node]:
        """Give the table."""
        certain = grade(self.counts(), self.frame("risk_of_bias"), self.frame("certainty"))
        rows = [
            _finding(row, certain[row["outcome"]]) for row in summary(certain).to_dict("records")
        ]
        context = {"rows": rows, "caption": self.options.get("caption", "Summary of findings.")}
        return [Fragment(template="findings.html", context=context)]


class RiskOfBias(_Findings):
    """Ten questions, asked of each study that a headline outcome counts."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Give the table, or complain of an outcome that there is not."""
        outcome = self.arguments[0]
        if outcome not in OUTCOMES:
            self.complain(f"no headline outcome {outcome!r}; there are {', '.join(OUTCOMES)}")
            return []
        found = appraise(self.counts()[outcome], self.frame("risk_of_bias"))
        meanings = self.read("risk_of_bias").fields["item"]["meanings"]
        wording = {**meanings, **COMPUTED}
        context = {
            "caption": self.options.get("caption", OUTCOMES[outcome]),
            "questions": [_question(wording[item]) for item in ITEMS],
            "rows": [_asked(part) for _, part in found.groupby("study_id", sort=False)],
            "signs": SIGNS,
        }
        return [Fragment(template="risk-of-bias.html", context=context)]


def _finding(row: Row, certain: Certainty) -> Row:
    domains = [{**vars(domain), "down": DOWN[domain.down]} for domain in certain.domains]
    return {
        **{name: row[name] for name in ("title", "studies", "patients", "certainty")},
        "estimate": _percent(row["estimate"]),
        "interval": _range(row["low"], row["high"]),
        "next": _range(row["next_low"], row["next_high"]),
        "domains": domains,
    }


def _percent(share: float | None) -> str:
    """Write a share for readers.

    Examples
    --------
    >>> _percent(0.171), _percent(0.0004), _percent(0.0), _percent(None)
    ('17%', 'below 1%', '0%', '')
    """
    if share is None or pd.isna(share):
        return ""
    return "below 1%" if 0 < share < 0.005 else f"{share:.0%}"


def _range(low: float | None, high: float | None) -> str:
    ends = _percent(low), _percent(high)
    return " to ".join(ends) if all(ends) else ""


def _question(wording: str) -> Row:
    """Part a wording into the tool's question and our reading of it.

    Examples
    --------
    >>> _question("JBI 4: Were they consecutive? Yes: it says so.")
    {'asked': 'Were they consecutive?', 'read': 'Yes: it says so.'}
    """
    asked, _, read = wording.partition(": ")[2].partition(" Yes: ")
    return {"asked": asked, "read": f"Yes: {read}"}


def _asked(rows: pd.DataFrame) -> Row:
    answers = rows[["judgement", "reason"]].to_dict("records")
    return {**rows[["study_id", "study"]].iloc[0].to_dict(), "answers": answers}


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("summary-of-findings", SummaryOfFindings)
    app.add_directive("risk-of-bias", RiskOfBias)
