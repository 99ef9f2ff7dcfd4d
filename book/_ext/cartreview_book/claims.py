"""Roles ``claim`` and ``value``: accepted sentences and values in the prose, and claims' cards.

``{claim}`id``` writes the accepted sentence with a quiet mark; the card with rows, calculation and
sources follows the paragraph, closed. ``{value}`id.slot``` writes one value; a format may follow
a colon: ``{value}`id.share:.0%```.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from cartreview._words import suggestion
from cartreview.claims.ledger import Claim
from cartreview_book import ledger
from cartreview_book.fragments import Fragment, add_node, render
from cartreview_book.study_names import named, pieces

__all__ = ["ClaimNode", "ClaimRole", "ValueRole", "card_context", "setup"]

logger = logging.getLogger(__name__)
STOPS = tuple(".,;:!?")
SHOWN = 12  # rows of evidence before the rest folds away


class ClaimNode(nodes.Inline, nodes.TextElement):
    """A sentence: its `claim_id`, `verdict`, whether `first` on its page, the `stop` after it.

    `studies` are the names of studies in it, each with its key.
    """


class _LedgerRole(SphinxRole):
    """What both roles share: finding a claim, or saying where it was missed."""

    @property
    def root(self) -> Path:
        return Path(self.env.srcdir) / "data"

    def find(self, claim_id: str) -> Claim | None:
        known = ledger.claims(self.root)
        self.env.note_dependency(str(self.root / ledger.LEDGER))
        if claim_id not in known:
            self.complain(f"no accepted claim {claim_id!r}{suggestion(claim_id, known)}")
        return known.get(claim_id)

    def complain(self, message: str) -> None:
        logger.warning(message, location=self.get_location(), type="cartreview", subtype="claim")

    def missing(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        return [nodes.literal(text=self.text)], []


class ClaimRole(_LedgerRole):
    """Write the accepted sentence of a claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the sentence, marked."""
        claim = self.find(self.text)
        if claim is None:
            return self.missing()
        self.env.note_dependency(str(self.root / "studies.csv"))
        found = pieces(claim.sentence, named(self.root))
        names = {"claim_id": claim.claim_id, "verdict": claim.standing}
        studies = {text: key for text, key in found if key}
        return [ClaimNode(self.rawtext, claim.sentence, studies=studies, **names)], []


class ValueRole(_LedgerRole):
    """Write one value of a claim, linked to its place in the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the value, or complain that there is none."""
        name, _, spec = self.text.partition(":")
        claim_id, _, slot = name.partition(".")
        claim = self.find(claim_id)
        if claim is None:
            return self.missing()
        try:
            text = ledger.value(claim, slot, spec)
        except (KeyError, ValueError, TypeError) as error:
            known = ", ".join(claim.values)
            self.complain(f"{self.text!r}: {error!r}; the values of {claim_id!r} are {known}")
            return self.missing()
        return [_value(claim_id, text)], []


def _value(claim_id: str, text: str) -> nodes.Node:
    context = {"claim_id": claim_id, "text": text}
    return Fragment(template="value.html", context=context, text=text)


def card_context(root: Path, claim: Claim) -> dict[str, Any]:
    """Collect what a card shows, as plain data."""
    return {
        "claim": {**vars(claim), "standing": claim.standing},
        "statement": ledger.statement(root, claim),
        "tables": [asdict(rows) for rows in ledger.evidence(root, claim)],
        "calculation": asdict(ledger.calculation(root, claim)),
        "shown": SHOWN,
    }


def place_cards(app: Sphinx, document: nodes.document) -> None:
    """Put one card for each claim of a page behind the paragraph that first states it."""
    root = Path(app.srcdir) / "data"
    seen: set[str] = set()
    last: dict[int, nodes.Node] = {}
    for node in list(document.findall(ClaimNode)):
        node["first"] = node["claim_id"] not in seen
        node["stop"] = _take_stop(node)
        if node["first"]:
            seen.add(node["claim_id"])
            _place(_card(app, root, node["claim_id"]), _block(node), last)


def _take_stop(node: ClaimNode) -> str:
    """Take the stop that follows into the sentence: a mark stands behind it, as a note's would."""
    place = node.parent.index(node) + 1
    after = node.parent[place] if place < len(node.parent) else None
    ended = node.astext()[-1:] in STOPS
    if ended or not isinstance(after, nodes.Text) or after[:1] not in STOPS:
        return ""
    node.parent[place] = nodes.Text(after[1:])
    return after[:1]


def _card(app: Sphinx, root: Path, claim_id: str) -> Fragment:
    claim = ledger.claims(root)[claim_id]
    tables = [root / f"{name}.csv" for name in (*claim.evidence, "studies", "statements")]
    for path in (*tables, ledger.page_path(root, claim)):
        app.env.note_dependency(str(path))
    return Fragment(template="card.html", context=card_context(root, claim))


def _place(card: Fragment, block: nodes.Element, last: dict[int, nodes.Node]) -> None:
    """Insert behind the block, or behind the cards that already stand there."""
    before = last.get(id(block), block)
    parent = before.parent
    parent.insert(parent.index(before) + 1, card)
    last[id(block)] = card


def _block(node: nodes.Node) -> nodes.Element:
    """Climb to the block that a card can follow: a paragraph, or the table or title around it."""
    block = node
    while block.parent is not None and not isinstance(block, nodes.paragraph | nodes.title):
        block = block.parent
    around = block
    while around.parent is not None:
        if isinstance(around, nodes.table | nodes.figure | nodes.field_list):
            block = around
        around = around.parent
    return block


def _visit(translator: Any, node: ClaimNode) -> None:
    """Write the sentence; its last word, or the study named last, and the mark stay on one line."""
    builder = translator.builder
    found = pieces(node.astext(), node.get("studies", {}))
    if not found[-1][1]:
        last, _ = found.pop()
        words, space, end = last.rpartition(" ")
        found += [(words + space, ""), (end, "")]
    context = {
        **node.attributes,
        "words": found[:-1],
        "end": found[-1],
        "stop": node.get("stop", ""),
    }
    translator.body.append(render(builder, builder.current_docname, "mark.html", context).strip())
    raise nodes.SkipNode


def _plain(translator: Any, node: ClaimNode) -> None:
    """Other formats write the sentence alone."""


def setup(app: Sphinx) -> None:
    """Register roles, node and the step that places cards."""
    add_node(app, ClaimNode, _visit, otherwise=_plain)
    app.add_role("claim", ClaimRole())
    app.add_role("value", ValueRole())
    app.connect("doctree-read", place_cards)
