"""Names of studies in a claim: each leads to its study, and no other word does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cartreview_book import claims
from cartreview_book.study_names import named, pieces
from docutils import nodes
from toy_book import PAGES, make_book

STUDIES = {"Brown 2024": "brown", "Brown 2024b": "brown-b", "Roe 2020": "roe"}
STUDIES |= {"Poe n.d.": "poe", "Poe n.d. (South)": "south"}


def written(sentence, stop="", listed=("brown", "roe")):
    """Write a claim as the page of studies has it."""
    env = SimpleNamespace(found_docs=set(), cartreview_study_rows={"book/trials": set(listed)})
    builder = SimpleNamespace(
        env=env, current_docname="book/a", get_relative_uri=lambda here, there: f"{there}.html"
    )
    translator = SimpleNamespace(builder=builder, body=[])
    names = {text: key for text, key in pieces(sentence, STUDIES) if key}
    node = claims.ClaimNode("", sentence, claim_id="x", verdict="holds", studies=names)
    node["first"], node["stop"] = True, stop
    with pytest.raises(nodes.SkipNode):
        claims._visit(translator, node)
    return BeautifulSoup(translator.body[0], "html.parser")


@pytest.mark.parametrize(
    "sentence",
    ["In Brown 2024 (6 treated) few.", "Few in Brown 2024", "Brown 2024", "Brown 2024 <had> few"],
    ids=["within", "at the end", "alone", "markup"],
)
def test_a_name_leads_to_its_study(sentence):
    """The name is the link, wherever it stands; the sentence reads as it did."""
    page = written(sentence, stop="," if sentence.endswith("4") else "")
    (link,) = page.select("a.study-name")
    assert ("Brown 2024", "book/trials.html#study-brown") == (link.get_text(), link["href"])
    page.select_one(".claim-mark").decompose()
    assert sentence == page.get_text().strip().rstrip(",")


def test_the_longer_name_counts_and_parts_of_words_do_not():
    """Brown 2024b is another study; a study without a row stays plain."""
    assert [] == written("Brown 2024b did.").select("a.study-name")
    assert [("Poe n.d. (South)", "south")] == pieces("Poe n.d. (South)", STUDIES)
    assert ["Roe 2020"] == [
        a.get_text() for a in written("Roe 2020, Roe 20201.").select("a[href*=study]")
    ]


def test_the_mark_keeps_the_last_word():
    """The last word, or the study named last, does not part from the mark."""
    assert "shrank." == next(
        iter(written("In Brown 2024 it shrank.").select_one(".claim-end").strings)
    )
    end = written("So in Roe 2020", stop=".").select_one(".claim-end")
    assert ["Roe 2020", "."] == list(end.strings)[:2]


def test_names_come_from_the_table(tmp_path):
    """Each study of the data folder has its name; without a table there is none."""
    made = make_book(tmp_path / "book", {"index": PAGES["index"]})
    assert "brown" == named(made.root / "data")["Brown 2024"]
