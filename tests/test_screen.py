"""Screening in the terminal, by scripted keys: decisions, undo, leaving, two readers, consensus."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import screening_checkout
import small_checkout
from rich.console import Console
from screening_checkout import decided

from cartreview import _tables
from cartreview._files import NotWritten
from cartreview.cli import main
from cartreview.living import decisions as module
from cartreview.living.candidates import contested, facts, plain, queue
from cartreview.living.decisions import ABSTRACTS, Decision, DecisionError, Log, reasons, slug
from cartreview.living.walk import HELP, walk

FOURTH = {"fourth:one": ["exclude", "no patients"]}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Work in the checkout of four candidates."""
    with small_checkout.in_use(screening_checkout.make(tmp_path / "checkout")) as made:
        yield made


class Script:
    """Keys as a test writes them; after the last the input ends."""

    def __init__(self, keys: str, *lines: str) -> None:
        self._keys, self._lines = iter(keys), iter(lines)

    def key(self) -> str:
        """Give the next key; ^ is Ctrl-C."""
        found = next(self._keys, "")
        if found == "^":
            raise KeyboardInterrupt
        return found

    def line(self, prompt: str) -> str:
        """Give the next line."""
        return next(self._lines, "")


def read(root, keys, *lines, reader="two", **options):
    """Let a reader press keys; give what was done and what was shown."""
    log, shown = Log(root / "data"), io.StringIO()
    steps = [(row, []) for row in queue(log, reader, **options)]
    console = Console(file=shown, width=100, force_terminal=False)
    done = walk(log, reader, steps, Script(keys, *lines), console, lambda: "2026-11-22")
    return done, shown.getvalue()


def number_of(reason):
    """Give the key of a reason."""
    return str(list(reasons()).index(reason) + 1)


def test_decisions_are_written_as_they_are_made(root):
    """Include, exclude with a reason of the list, later; then nobody is left."""
    done, _ = read(root, f"ie{number_of('no patients')}l")
    assert (2, 1, 0) == (done.decided, done.later, done.left)
    assert {
        **FOURTH,
        "first:two": ["include", ""],
        "second:two": ["exclude", "no patients"],
        "third:two": ["later", ""],
    } == decided(root)


def test_what_a_reader_sees(root):
    """Title, year and identifiers as addresses; not what others thought, and no markup obeyed."""
    _, shown = read(root, "iii")
    for words in ("Cells in glioma: a trial", "https://doi.org/10.1000/first", "NCT00000001"):
        assert words in shown
    assert "SECRET" not in shown
    assert "[bold]loud[/bold]" in shown
    assert HELP in shown


def test_what_a_search_wrote_is_shown(root):
    """Rank, why, what it belongs to and an abstract that is held; an empty one is not."""
    data = root / "data"
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    if "candidates" not in [found["name"] for found in package["resources"]]:
        listed = {
            "name": "candidates",
            "path": "candidates.csv",
            "schema": "schemas/screening.json",
        }
        package["resources"].append(listed)
        (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (root / ".cartreview").mkdir()
    (root / ABSTRACTS).write_text('{"second": "We treated ten."}', encoding="utf-8")
    with small_checkout.in_use(root):
        head = f"{_tables.key('candidates')},points,reasons,joins,relation"
        row = "second,9,+9 cells in the title,first,preprint of"
        (data / "candidates.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
        best, other, _ = queue(Log(data), "two")
        read(root, "iq")
        main(["screen", "--conflicts"])
    assert [
        ("Probably", "preprint of first"),
        ("Why ranked", "+9 cells in the title"),
        ("Abstract", "We treated ten."),
    ] == facts(best)[-3:]
    assert "Abstract" not in dict(facts(other))
    assert ["include", ""] == decided(root)["second:two"]


def test_the_best_ranked_come_first(root):
    """A rank orders the queue; what this reader left for later comes last."""
    log = Log(root / "data")
    ranked = [
        {**row, "rank": "9" if row["candidate_id"] == "third" else "1"} for row in log.candidates()
    ]
    log.candidates = lambda: ranked
    assert ["third", "first", "second"] == [row["candidate_id"] for row in queue(log, "two")]
    log.record(Decision("third", "two", "later", day="2026-11-22"))
    assert ["first", "second", "third"] == [row["candidate_id"] for row in queue(log, "two")]


@pytest.mark.parametrize("leave", ["q", "^", "", "e", "e^", "eq", "Q"])
def test_leaving_at_any_key_loses_nothing(root, leave):
    """What was decided before stands; what was not finished leaves no trace."""
    done, _ = read(root, f"i{leave}")
    assert {**FOURTH, "first:two": ["include", ""]} == decided(root)
    assert (1, 2) == (done.decided, done.left)


def test_undo_puts_back_what_was(root):
    """A new row goes, a row that was there is there again; the candidate comes again."""
    before = (root / "data" / "screening_decisions.csv").read_bytes()
    done, shown = read(root, f"ie{number_of('duplicate')}luuuu")
    assert before == (root / "data" / "screening_decisions.csv").read_bytes()
    assert (0, 3) == (done.decided, done.left)
    assert "Nothing to undo" in shown
    read(root, "l")
    read(root, "iu", only="first")
    assert ["later", ""] == decided(root)["first:two"]


def test_other_keys_do_nothing(root):
    """A key without a meaning, a number beyond the list, a reason taken back."""
    read(root, "xe0e9ex²")
    assert FOURTH == decided(root)


def test_a_note_goes_with_the_next_decision_alone(root):
    """It is kept to the letter, without what a terminal would obey."""
    read(root, "nii", "dose \x1b[31m, see table")
    rows = {row["decision_id"]: row["note"] for row in Log(root / "data").decisions()}
    assert ("dose [31m, see table", "") == (rows["first:two"], rows["second:two"])


def test_a_note_that_the_table_refuses_is_said(root):
    """A formula is not written, and the reader stays with the candidate."""
    done, shown = read(root, "niq", "=1+1")
    assert "Not written" in shown
    assert (0, 3) == (done.decided, done.left)


def test_a_full_disk_keeps_the_table(root, monkeypatch):
    """The decision that cannot be written ends the walk; the table is as it was."""
    before = (root / "data" / "screening_decisions.csv").read_bytes()

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(NotWritten, match="No space left"):
        read(root, "i")
    assert before == (root / "data" / "screening_decisions.csv").read_bytes()
    assert [] == list((root / "data").glob("*.partial"))


def test_readers_are_kept_apart(root):
    """Each has a queue and rows of their own; one does not write over the other."""
    read(root, "ii", reader="two")
    _, shown = read(root, "i", reader="three")
    assert "two: " not in shown
    assert {"first:two", "second:two", "first:three"} < set(decided(root))


def test_a_second_reading_of_what_is_settled(root):
    """Settled candidates come only when asked for, and only to who has not decided on them."""
    log = Log(root / "data")
    assert "fourth" not in [row["candidate_id"] for row in queue(log, "two")]
    assert "fourth" in [row["candidate_id"] for row in queue(log, "two", every=True)]
    assert "fourth" not in [row["candidate_id"] for row in queue(log, "one", every=True)]


@pytest.mark.parametrize("name", ["", "!!", "consensus", "Consensus"])
def test_no_name(name):
    """A reader needs a name, and the word for a consensus is none."""
    with pytest.raises(DecisionError, match="is no name of a reader"):
        slug(name)


def test_two_spellings_of_a_name(root):
    """Two names that come to one key are not mixed."""
    with pytest.raises(DecisionError, match="use one spelling"):
        queue(Log(root / "data"), "One")


BAD = {
    "no such candidate": Decision("x", "two", "include", day="2026-11-22"),
    "no reason": Decision("first", "two", "exclude", day="2026-11-22"),
    "a reason for nothing": Decision("first", "two", "include", "duplicate", "2026-11-22"),
    "no such reason": Decision("first", "two", "exclude", "boring", "2026-11-22"),
    "no such decision": Decision("first", "two", "maybe", day="2026-11-22"),
    "no day": Decision("first", "two", "include"),
    "a formula": Decision("first", "two", "include", day="2026-11-22", note="@x"),
}


@pytest.mark.parametrize("name", BAD)
def test_no_bad_decision_is_written(root, name):
    """A good one beside it is not written either."""
    good = Decision("second", "two", "include", day="2026-11-22")
    with pytest.raises(DecisionError):
        Log(root / "data").record(good, BAD[name])
    assert FOURTH == decided(root)


def test_the_reasons_are_those_of_the_candidates():
    """One list of reasons, in two schemas."""
    tables = ("screening", "screening_decisions")
    one, other = (
        [f for f in _tables.schema(name)["fields"] if f["name"] == "reason"] for name in tables
    )
    assert (one[0]["meanings"], one[0]["constraints"]) == (
        other[0]["meanings"],
        other[0]["constraints"],
    )
    assert len(reasons()) < 10, "a reason is chosen by one key"


def test_the_tables_keep_their_form(tmp_path):
    """Written without a change, the log of this review is the same bytes."""
    names = [f"{name}.csv" for name in (module.DECISIONS, module.SCREENING)]
    for name in names:
        shutil.copy(_tables.DATA / name, tmp_path)
    log = Log(tmp_path)
    log.record()
    log.settle({})
    for name in names:
        assert (_tables.DATA / name).read_bytes() == (tmp_path / name).read_bytes()


def test_plain_text():
    """What moves the cursor or turns the order of words is gone; the words stay."""
    assert "IL-13Rα2 a b" == plain("IL-13Rα2\u202e a\r\n\x07b\x00")


# The command


def differ(root):
    """Let two readers decide: alike on one, differently on what, differently on why."""
    read(root, f"iie{number_of('no results')}", reader="two")
    read(root, f"ie{number_of('no patients')}e{number_of('no patients')}", reader="three")


def test_conflicts_are_listed_with_kappa(root, capsys):
    """Each conflict with what was said, then the agreement of each two readers."""
    differ(root)
    assert 1 == main(["screen", "--conflicts"])
    shown = capsys.readouterr().out
    assert "second: they differ in decision" in shown
    assert "third: they differ in reason" in shown
    assert "    three, 2026-11-22: exclude (no patients)" in shown
    assert "2 conflicts in 3 candidates read twice" in shown
    assert "three and two: alike on 67% of 3 candidates, Cohen's kappa 0.40 (95% interval" in shown


def test_no_conflict(root, capsys):
    """Nothing read twice is no conflict, and the status says so."""
    assert 0 == main(["screen", "--conflicts"])
    assert "0 conflicts in 0 candidates read twice\n" == capsys.readouterr().out


def test_consensus_settles_a_conflict(root, capsys):
    """Both decisions are shown, the third is written apart, and the conflict is gone."""
    differ(root)
    log, shown = Log(root / "data"), io.StringIO()
    steps = contested(log, ["second", "third"])
    console = Console(file=shown, width=100)
    keys = Script(f"ie{number_of('no results')}")
    walk(log, "two", steps, keys, console, lambda: "2026-11-23", consensus=True)
    assert "three: exclude (no patients)" in shown.getvalue()
    assert ["include", ""] == decided(root)["second:consensus"]
    assert ["exclude", "no patients"] == decided(root)["second:three"]
    assert 0 == main(["screen", "--conflicts"])
    assert "kappa 0.40" in capsys.readouterr().out


def test_settle_writes_what_two_exclude(root, capsys):
    """Only exclusions reach the outcome by themselves; an inclusion needs a study first."""
    for reader in ("two", "three"):
        read(root, f"ie{number_of('no patients')}", reader=reader)
    assert 0 == main(["screen", "--settle"])
    shown = capsys.readouterr().out
    assert "1 candidate excluded in data/screening.csv" in shown
    assert "to be entered as a study or a report of one: first Cells in glioma" in shown
    rows = {row["candidate_id"]: row for row in Log(root / "data").candidates()}
    second = [rows["second"][name] for name in ("decision", "reason", "reader", "day")]
    assert ["excluded", "no patients", "three and two", "2026-11-22"] == second
    assert ["awaiting", "awaiting"] == [rows[key]["decision"] for key in ("first", "third")]


def test_settle_leaves_what_is_settled(root):
    """What the review has its outcome for is not decided anew by two later readers."""
    before = (root / "data" / "screening.csv").read_bytes()
    Log(root / "data").record(
        *(Decision("fourth", who, "exclude", "duplicate", "2026-11-22") for who in ("b", "c")),
        Decision("fourth", "one", "exclude", "duplicate", "2026-11-22"),
    )
    assert 0 == main(["screen", "--settle"])
    assert before == (root / "data" / "screening.csv").read_bytes()


def test_without_a_terminal(root, capsys):
    """The command says what can be done instead."""
    assert 2 == main(["screen", "--reader", "two"])
    assert "screening needs a terminal" in capsys.readouterr().err
    assert FOURTH == decided(root)


def test_without_a_reader(root, capsys):
    """Whose decisions they are must be said."""
    with pytest.raises(SystemExit):
        main(["screen"])
    assert "--reader NAME says who decides" in capsys.readouterr().err
