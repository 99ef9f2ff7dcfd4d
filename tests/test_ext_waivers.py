"""The list of waivers: claims whose sentence breaks a rule on purpose, each with its reason."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cartreview_book.fragments import render
from cartreview_book.waivers import ClaimWaivers, waived

from cartreview.claims.ledger import Claim, write_ledger
from cartreview.validation import CODES

BUILDER = SimpleNamespace(get_relative_uri=lambda start, end: f"../{end}.html")


def _claim(name, **waives):
    reasons = {rule.replace("_", "-"): reason for rule, reason in waives.items()}
    rows = {"studies": ("a-2020",)}
    return Claim(name, f"{name} says so.", "computed", {}, rows, (), waives=reasons)


def _shown(root, *claims):
    """Write a ledger, run the directive on it, and give what a page shows."""
    write_ledger(list(claims), root / "claims.csv")
    noted = []
    env = SimpleNamespace(srcdir=str(root.parent), note_dependency=noted.append)
    directive = ClaimWaivers.__new__(ClaimWaivers)
    directive.state = SimpleNamespace(document=SimpleNamespace(settings=SimpleNamespace(env=env)))
    (fragment,) = directive.run()
    html = render(BUILDER, "book/methods", fragment["template"], fragment["context"])
    return BeautifulSoup(html, "html.parser"), noted


@pytest.fixture
def data(tmp_path):
    """Make an empty data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_waivers_stand_by_rule():
    """A claim stands under each rule that it waives; one that waives none stands nowhere."""
    claims = [
        _claim("b", tiny_share="x"),
        _claim("a"),
        _claim("c", tiny_share="y", bad_opening="z"),
    ]
    assert {"bad-opening": [("c", "z")], "tiny-share": [("b", "x"), ("c", "y")]} == waived(claims)


def test_a_waiver_shows_rule_sentence_and_reason(data):
    """The rule in words, the sentence as a link to its row of the ledger, and the reason."""
    page, noted = _shown(
        data, _claim("a"), _claim("many", many_numbers="five arms, five <numbers>")
    )
    assert [CODES["many-numbers"]] == [item.get_text() for item in page.find_all("dt")]
    (item,) = page.find_all("li")
    assert "many says so. Why: five arms, five <numbers>" == item.get_text()
    assert "../book/claims.html#many" == item.a["href"]
    assert [str(data / "claims.csv")] == noted


def test_no_waiver_is_said(data):
    """A ledger without waivers gives a sentence, not an empty list."""
    page, _ = _shown(data, _claim("a"))
    assert "No claim waives a rule." == page.get_text().strip()
    assert page.find("dl") is None
