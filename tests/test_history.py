"""What changed: reasons with sentences of before and after, versions, feeds that hold it all."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import small_checkout
from small_checkout import commit, edit, git

from cartreview.cli import main
from cartreview.living.feeds import Feed, as_atom, as_json, content, for_page, for_study
from cartreview.living.history import Moved, Step, steps, versions

WHY = "read anew in the paper"
DISAGREEMENTS = (
    "disagreement_id,kind,study_id,topic,source_id,locator,stated,against_source_id,"
    "against_locator,found,weight,conclusion,treatment,claim_id\n"
)


def add_rows(root):
    """Change a row that a claim rests on, and add a disagreement."""
    edit(root, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    path = root / "data" / "disagreements.csv"
    header = path.read_text("utf-8").splitlines()[0].split(",")
    cells = {"disagreement_id": "sum", "topic": "Patients", "stated": "six", "found": "seven"}
    line = ",".join(cells.get(name, "") for name in header)
    path.write_text(f"{path.read_text('utf-8')}{line}\n", encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with a released version, and a reason that was committed since."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.add_table(root, "disagreements")
        small_checkout.accept(root)
        commit(root)
        git(root, "tag", "data-2026.10.1")
        add_rows(root)
        assert 0 == main(["claims", "--accept", "--why", WHY])
        commit(root)
        yield root


def test_a_reason_tells_old_and_new(checkout):
    """The sentences stand as they were before and after the commit that gave the reason."""
    (step,) = steps(checkout)
    (move,) = step.moves
    assert WHY == step.title
    assert ("3 patients responded", "4 patients responded") == (move.old, move.new)
    assert ("responses", "trials", "changed") == (move.claim_id, move.page, move.change)
    assert {"outcomes:brown-15-cr", "disagreements:sum"} == set(step.rows)
    assert [("sum", "Patients", "six", "seven")] == [
        (one.key, one.topic, one.stated, one.found) for one in step.disagreements
    ]


def test_a_later_commit_does_not_change_what_was_told(checkout):
    """A reason keeps its own before and after, also when the claim moves again."""
    edit(checkout, "data/outcomes.csv", "brown-15,2,3", "brown-15,3,3")
    main(["claims", "--accept", "--why", "and once more"])
    uncommitted = steps(checkout)
    commit(checkout)
    for found in (uncommitted, steps(checkout)):
        assert ["and once more", WHY] == [step.title for step in found]
        assert [("4 patients responded", "5 patients responded"),
                ("3 patients responded", "4 patients responded")] == [
            (step.moves[0].old, step.moves[0].new) for step in found
        ]  # fmt: skip


def test_without_history_reasons_are_told_all_the_same(checkout, tmp_path):
    """A copy without git, or with its last commit alone, does not guess what was said before."""
    bare = tmp_path / "bare"
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "--quiet", "--depth", "1", f"file://{checkout}"]
    subprocess.run([*clone, str(shallow)], check=True, capture_output=True)
    subprocess.run([*clone, str(bare)], check=True, capture_output=True)
    subprocess.run(["rm", "-rf", str(bare / ".git")], check=True)
    for root in (bare, shallow):
        (step,) = steps(root)
        (move,) = step.moves
        assert (None, "4 patients responded", "moved") == (move.old, move.new, move.change)
        assert () == step.disagreements


def test_versions_tell_what_lies_between(checkout):
    """Each version says what moved since the one before, why, and how many rows; then the rest."""
    git(checkout, "tag", "data-2026.11.1")
    edit(checkout, "data/studies.csv", "brown-15,CAR T,IT;ICV", "brown-15,CAR NK,IT;ICV")
    small_checkout.accept(checkout)
    since, last, first = versions(checkout)
    assert ("Version 2026.10.1, the first", ()) == (first.title, first.rows)
    assert ("version-2026.11.1", "Version 2026.11.1") == (last.step_id, last.title)
    (move,) = last.moves
    assert ("3 patients responded", "4 patients responded") == (move.old, move.new)
    assert ((WHY,), ("outcomes:brown-15-cr",)) == (move.why, move.rows)
    assert {("outcomes", "changed", 1), ("disagreements", "added", 1)} == set(last.counts)
    assert ["six"] == [one.stated for one in last.disagreements]
    assert ("since-2026.11.1", "") == (since.step_id, since.day)
    assert ["local-trials"] == [move.claim_id for move in since.moves]
    assert "gone" not in {move.change for move in since.moves}


def test_nothing_since_the_last_version(checkout):
    """What is as it was released has no part of its own."""
    git(checkout, "tag", "data-2026.11.1")
    assert ["version-2026.11.1", "version-2026.10.1"] == [one.step_id for one in versions(checkout)]


def test_nothing_released_has_no_versions(tmp_path):
    """Without a release there is nothing between."""
    assert [] == versions(tmp_path)
    assert [] == steps(tmp_path)


HOSTILE = Step(
    "2026-11-21-aaaaaa", "2026-11-21", "<script>alert(1)</script> & \x0b]]> ",
    moves=(Moved("a", "imaging", "old <b>", "new & \x00", "changed", why=("<i>",)),
           Moved("b", "trials", None, "x", "new")),
    rows=("studies:<brown>",),
)  # fmt: skip
FEED = Feed("all", "All <b>", "book/changes.html", (HOSTILE,), "2026-11-20", "We & us")


def test_a_strangers_words_stay_words():
    """Markup in a reason is text in both forms, and both can be parsed."""
    root = ElementTree.fromstring(as_atom(FEED))  # noqa: S314  made here
    told = root.find("{*}entry/{*}content").text
    assert json.loads(as_json(FEED))["items"][0]["content_html"] == told
    assert "<script" not in told
    assert "&lt;script&gt;" in told
    assert "All <b>" == root.find("{*}title").text
    assert "2026-11-21T00:00:00Z" == root.find("{*}updated").text


def test_a_step_without_a_day_is_no_entry():
    """What is not released yet stands on the page, not in the feed."""
    feed = replace(FEED, steps=(replace(HOSTILE, day=""),))
    assert [] == json.loads(as_json(feed))["items"]
    root = ElementTree.fromstring(as_atom(feed))  # noqa: S314  made here
    assert root.find("{*}entry") is None
    assert "2026-11-20T00:00:00Z" == root.find("{*}updated").text


def test_addresses_are_whole_where_the_book_is_published():
    """JSON Feed has addresses in full or none."""
    feed = replace(FEED, base="https://example.org/review/")
    made = json.loads(as_json(feed))
    assert "https://example.org/review/feeds/all.json" == made["feed_url"]
    assert "https://example.org/review/book/changes.html" == made["home_page_url"]
    assert made["items"][0]["url"].endswith("changes.html#2026-11-21-aaaaaa")
    assert b'href="https://example.org/review/feeds/all.atom"' in as_atom(feed)


def test_scopes_leave_out_what_is_not_theirs():
    """A chapter's feed has its own claims; a study's feed the steps that tell of it."""
    (kept,) = for_page([HOSTILE], "imaging")
    assert ["a"] == [move.claim_id for move in kept.moves]
    assert () == for_page([HOSTILE], "grading")
    of = {HOSTILE.step_id: frozenset({"brown"})}
    assert (1, 0) == (len(for_study([HOSTILE], "brown", of)), len(for_study([HOSTILE], "roe", of)))
    assert "old &lt;b&gt;" in content(HOSTILE)


def test_identifiers_last():
    """The same entry has the same identifier in every build, and another in another feed."""
    assert FEED.identity("x") == replace(FEED, title="other", base="https://x/").identity("x")
    assert FEED.identity("x") != replace(FEED, name="study-brown").identity("x")
