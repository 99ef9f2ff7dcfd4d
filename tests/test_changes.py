"""Reasons of changes: what is kept, what is left out, and where they are shown again."""

from __future__ import annotations

from datetime import date

import pytest
import small_checkout
from small_checkout import commit, edit

from cartreview.claims.changes import Change, describe, read_changes, with_change
from cartreview.claims.diff import RowChange
from cartreview.cli import main

WHY = "read anew in the paper: two responses, not one"


@pytest.fixture
def checkout(tmp_path):
    """A small checkout whose claims were accepted and committed."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.accept(root)
        commit(root)
        yield root


def changes(root):
    """Read the changes of a checkout."""
    return read_changes((root / "data" / "changes.csv").read_text(encoding="utf-8"))


def test_a_reason_is_kept_with_rows_and_claims(checkout, capsys):
    """The line names the row that changed and the claim that moved."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    assert 0 == main(["claims", "--accept", "--why", f"{WHY}\n"])
    (change,) = changes(checkout)
    assert (WHY, ("outcomes:brown-15-cr",)) == (change.why, change.rows)
    assert ("responses",) == change.claims
    assert f"The reason is kept in data/changes.csv as {change.change_id}." in (
        capsys.readouterr().out
    )


def test_without_a_reason_there_is_a_reminder(checkout, capsys):
    """Nothing is asked, and nothing is kept."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    assert 0 == main(["claims", "--accept"])
    assert (
        "No reason is kept (1 row, 1 claim). Say why: make accept WHY=" in capsys.readouterr().out
    )
    assert not (checkout / "data" / "changes.csv").exists()


def test_a_reason_can_follow_an_acceptance(checkout):
    """What counts is the last commit, not the last acceptance."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    main(["claims", "--accept"])
    assert 0 == main(["claims", "--accept", "--why", WHY])
    assert ("responses",) == changes(checkout)[0].claims


def test_a_second_reason_names_what_the_first_does_not(checkout, capsys):
    """Two corrections in one working tree have a line each; nothing is said twice."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    main(["claims", "--accept", "--why", WHY])
    edit(checkout, "data/studies.csv", "brown-15,CAR T,IT;ICV", "brown-15,CAR T,ICV;IT")
    assert 0 == main(["claims", "--accept", "--why", "routes in the order of the paper"])
    assert [("outcomes:brown-15-cr",), ("studies:brown-15",)] == [
        change.rows for change in changes(checkout)
    ]
    assert 2 == main(["claims", "--accept", "--why", "once more"])
    assert capsys.readouterr().err.startswith("Every row and every claim that differs from HEAD")


def test_the_difference_shows_the_reasons(checkout, capsys):
    """A reader of the difference learns why, from the versions between which it was written."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    main(["claims", "--accept", "--why", WHY])
    capsys.readouterr()
    main(["diff"])
    today = f"{date.today():%Y-%m-%d}"
    assert f"reasons\n    {today}: {WHY} (1 row, 1 claim)\n" in capsys.readouterr().out
    commit(checkout)
    main(["diff", "HEAD~1", "HEAD", "--format", "markdown"])
    assert f"**reasons**\n\n- {today}: {WHY} (1 row, 1 claim)\n" in capsys.readouterr().out
    main(["diff"])
    assert "reasons" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["--why", "x"], ["--check", "--why", "x"], ["--accept", "--why", " "]]
)
def test_a_reason_stands_with_accept(words, capsys):
    """A reason for nothing, and an empty one, are wrong use."""
    with pytest.raises(SystemExit) as exit_:
        main(["claims", *words])
    assert 2 == exit_.value.code
    assert "--why 'the reason' stands with --accept" in capsys.readouterr().err


def test_a_migration_names_the_table():
    """A hundred rows are named; more are a table."""
    rows = [RowChange("studies", f"s-{n}", "changed", n, {}) for n in range(101)]
    told = {"data_version": "1", "day": date(2026, 11, 21)}
    assert ("studies:*",) == describe("new keys", rows, [], **told).rows
    assert 100 == len(describe("new keys", rows[1:], [], **told).rows)


def test_ids_of_two_branches_differ():
    """The id is the day and a digest, so that two lines of one day are two lines."""
    told = {"moves": [], "data_version": "1", "day": date(2026, 11, 21)}
    ids = {describe("why", [RowChange("t", key, "added", 2, {})], **told).change_id for key in "ab"}
    assert 2 == len(ids)


def test_the_line_is_one_line():
    """A comma and a quote in a reason are read back; a line break becomes a space."""
    change = describe(
        'so "it"\nis, now', [RowChange("t", "a", "added", 2, {})], [], data_version="1",
        day=date(2026, 11, 21),
    )  # fmt: skip
    text = with_change(with_change("", change), Change("b", "2026-11-21", "c", (), (), "1"))
    assert 3 == text.count("\n")
    assert ['so "it" is, now', "c"] == [found.why for found in read_changes(text)]
