"""Claims whose sentence breaks a rule on purpose, each with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx

from cartreview.claims.ledger import Claim
from cartreview.validation import CODES
from cartreview_book import ledger
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["setup", "waived"]


def waived(claims: Iterable[Claim]) -> dict[str, list[tuple[str, str]]]:
    """Collect the waivers of claims, by rule.

    Returns
    -------
    dict of str to list of (str, str)
        Of each rule, in the order of the alphabet, the claims that waive it with their reasons.

    Examples
    --------
    >>> waived([Claim("a", "There is 1.", "computed", {}, {}, (), waives={"many-numbers": "why"})])
    {'many-numbers': [('a', 'why')]}
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for claim in claims:
        for rule, reason in claim.waives.items():
            found[rule].append((claim.claim_id, reason))
    return dict(sorted(found.items()))


class ClaimWaivers(TablesDirective):
    """Every claim that waives a rule on sentences, with the reason, from the accepted ledger."""

    def run(self) -> list[nodes.Node]:
        """Give the waivers as one fragment, or say that there is none."""
        self.env.note_dependency(str(self.root / ledger.LEDGER))
        claims = ledger.claims(self.root)
        rules = [
            (CODES.get(rule, rule), [(claims[name], reason) for name, reason in waivers])
            for rule, waivers in waived(claims.values()).items()
        ]
        return [Fragment(template="waivers.html", context={"rules": rules})]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("claim-waivers", ClaimWaivers)
