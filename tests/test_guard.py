"""The mutation guard on a small checkout: each kind of change, and what notices it."""

from __future__ import annotations

import argparse

import pandas as pd
import pytest
import small_checkout
from small_checkout import edit

from cartreview import guard
from cartreview.commands import guard as command
from cartreview.guard._measure import _typed
from cartreview.guard.mutations import mutations, stepped
from cartreview.guard.replay import Replay, _all_other


@pytest.fixture
def checkout(tmp_path):
    """A small checkout in use."""
    with small_checkout.in_use(small_checkout.write(tmp_path)) as root:
        yield root


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "datetime64[s]", "str"])
def test_a_changed_cell_fits_its_column(dtype):
    """The text of a changed cell becomes what its column holds."""
    texts = {"boolean": "true", "datetime64[s]": "2026-10-31", "str": "CAR T"}
    cells = pd.Series([None, None], dtype=dtype)
    cells.iloc[0] = _typed(texts.get(dtype, "7"), dtype)
    assert dtype == str(cells.dtype)
    assert [False, True] == cells.isna().tolist()


@pytest.fixture
def tried(checkout):
    """Every cell of the small checkout by table, line and column."""
    return {(t.table, t.line, t.column): t for t in guard.measure(checkout)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", "8"),
        ("100", "99"),
        ("2.5", "2.6"),
        ("0.05", "0.06"),
        ("200000000", "300000000"),
        ("12500000", "12600000"),
        ("10400", "10500"),
        ("12345", "12346"),
        ("2e8", "3E+8"),
        ("2.5e7", "2.6E+7"),
    ],
)
def test_number(text, expected):
    """A number goes up by one unit of its last digit, or down where up is not allowed."""
    assert expected == stepped(text, {"minimum": 0, "maximum": 100 if text == "100" else 10**12})


@pytest.mark.parametrize(
    ("text", "field", "keys", "expected"),
    [
        ("CAR T", {"constraints": {"enum": ["CAR T", "NK"]}}, None, [("category", "NK")]),
        ("2026-11-01", {"type": "date"}, None, [("number", "2026-10-31")]),
        ("November", {"type": "date"}, None, [("text", "Novembe")]),
        ("NK", {"constraints": {"enum": ["CAR T", "NK"]}}, None, [("category", "CAR T")]),
        ("true", {"type": "boolean"}, None, [("category", "false")]),
        ("lin-20", {"type": "string"}, ["brown-15", "lin-20"], [("reference", "brown-15")]),
        ("lin-20", {"type": "string"}, ["lin-20"], [("text", "lin-2")]),
        ("first of its kind", {"type": "string"}, None, [("text", "first of its")]),
        ("kind", {"type": "string"}, None, [("text", "kin")]),
        (
            "15;16",
            {"separator": ";", "items": {"pattern": "^[0-9]+$"}},
            None,
            [("number", "16;16"), ("number", "15;17")],
        ),
        (
            "b2024;l2020",
            {"separator": ";", "items": {"reference": "sources.source_id"}},
            ["b2024", "l2020", "x2001"],
            [("reference", "x2001;l2020"), ("reference", "b2024;x2001")],
        ),
    ],
)
def test_change(text, field, keys, expected):
    """Each kind of cell gets the smallest wrong value of its kind, each item of a list in turn."""
    assert expected == list(mutations(text, field, keys))


@pytest.mark.parametrize(
    ("place", "kind", "by"),
    [
        (("outcomes", 2, "events"), "number", "claim"),
        (("outcomes", 2, "median_months"), "number", ""),
        (("outcomes", 3, "study_id"), "reference", ""),
        (("studies", 3, "routes"), "category", "claim"),
        (("studies", 2, "product_class"), "category", "claim"),
        (("studies", 3, "product_class"), "category", ""),
        (("studies", 2, "route_queried"), "category", ""),
        (("studies", 2, "source_id"), "reference", "claim"),
        (("studies", 2, "note"), "text", ""),
        (("studies", 2, "study_id"), "text", "rule"),
    ],
)
def test_who_notices(tried, place, kind, by):
    """A rule, a claim or nobody notices, and the trial says so."""
    assert (kind, by) == (tried[place].kind, tried[place].by)


def test_empty_cells_are_left(tried):
    """An empty cell has nothing to change."""
    assert ("studies", 3, "note") not in tried


def test_list_is_as_guarded_as_its_weakest_item(tried):
    """If one item of a list can change unnoticed, the cell is unguarded, by that change."""
    cell = tried["studies", 2, "routes"]
    assert ("", "data/studies.csv:2:routes: 'IT;ICV' → 'IT;other'") == (cell.by, str(cell))


def test_rule_comes_first(checkout):
    """A change that a rule refuses is counted there, though it would move a claim too."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,3,3")
    found = guard.measure(checkout, names=["outcomes"])
    assert "rule" == next(t.by for t in found if (t.line, t.column) == (2, "events"))


def test_tables_stay(checkout):
    """Nothing on disk changes."""
    guard.measure(checkout)
    assert small_checkout.STUDIES == (checkout / "data" / "studies.csv").read_text("utf-8")


def test_two_processes_agree_with_one(checkout, tried):
    """The work can be shared out: the result is the same, in the same order."""
    assert list(tried.values()) == guard.measure(checkout, jobs=2)


def _places(trials):
    return {(t.table, t.line, t.column) for t in trials}


def test_sample(checkout, tried):
    """A sample has the size asked for, the same verdicts, and another seed draws other cells."""
    found = guard.measure(checkout, sample=9)
    assert 9 == len(found)
    assert all(tried[t.table, t.line, t.column] == t for t in found)
    assert found == guard.measure(checkout, sample=9, jobs=2)
    assert _places(found) != _places(guard.measure(checkout, sample=9, seed=2))


def test_sample_as_large_as_the_tables(checkout, tried):
    """Who asks for more cells than there are gets all of them."""
    assert list(tried.values()) == guard.measure(checkout, sample=1000)


def test_sample_stays_where_a_row_comes(checkout):
    """A new row takes places in the sample only for its own cells."""
    before = _places(guard.measure(checkout, sample=9))
    text = small_checkout.STUDIES
    (checkout / "data" / "studies.csv").write_text(f"{text}new-24,CAR T,,,,,,\n", "utf-8")
    after = _places(guard.measure(checkout, sample=9))
    assert {("studies", 4)} >= {place[:2] for place in after - before}


def test_cell_counts(checkout, tried):
    """All filled cells of a table are counted, whatever is drawn."""
    counts = guard.cell_counts(checkout)
    assert sorted(counts) == sorted(small_checkout.TEXTS)
    assert len(tried) == sum(counts.values())


SETUP = """studies = load("studies")
outcomes = load("outcomes")
"""


@pytest.mark.parametrize(
    ("lines", "cell"),
    [
        ('few = outcomes[outcomes["events"] < 9]\nsums = few["events"].sum()', "int(sums)"),
        ('def total():\n    return int(outcomes["events"].sum())', "total()"),
        ('events_of = lambda: int(outcomes["events"].sum())\nsums = events_of()', "sums"),
        ('least = outcomes["events"].min()', 'len(outcomes.query("events >= @least * 2"))'),
        ('outcomes["twice"] = outcomes["events"] * 2', 'int(outcomes["twice"].sum())'),
        ('sums = 1\nsums = sums + int(outcomes["events"].sum())', "sums"),
        ("", 'int(load("outcomes")["events"].sum())'),
    ],
    ids=["chain", "function", "function made anew", "query", "in place", "name again", "own load"],
)
def test_change_reaches_the_claim(checkout, lines, cell):
    """However the set-up hands a cell on, the claim that uses it moves."""
    edit(checkout, "book/trials.md", SETUP, f"{SETUP}{lines}\n")
    edit(checkout, "book/trials.md", 'events = int(outcomes["events"].sum())', f"events = {cell}")
    replay = Replay(checkout / "book")
    changed = small_checkout.tables.load("outcomes")
    changed.loc[changed.index[0], "events"] = 3
    assert replay.moved("outcomes", "events", changed)
    assert not replay.moved("outcomes", "median_months", changed.assign(median_months=1.0))


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "datetime64[s]", "str"])
def test_every_cell_is_another(dtype):
    """To find who reads a column, each filled cell is changed and its type kept."""
    texts = {"boolean": "true", "datetime64[s]": "2026-10-31", "str": "CAR T"}
    cells = pd.Series([None, None], dtype=dtype)
    cells.iloc[0] = _typed(texts.get(dtype, "7"), dtype)
    other = _all_other(pd.DataFrame({"column": cells}), "column")["column"]
    assert (dtype, [False, True]) == (str(other.dtype), other.isna().tolist())
    assert cells.iloc[0] != other.iloc[0]


def test_source_that_another_frame_names_too(checkout):
    """A source that the evidence names anyway is missed only once a row names another one."""
    both = 'evidence=[local, load("sources").head(1)]'
    edit(checkout, "book/trials.md", "evidence=local", both)
    replay = Replay(checkout / "book")
    changed = small_checkout.tables.load("studies")
    changed.loc[0, "source_id"] = "l2020"
    assert replay.moved("studies", "source_id", changed)


def test_setup_that_fails_is_noticed(checkout):
    """A statement that a change breaks is noticed, though no claim uses what it makes."""
    line = 'checked = 1 // int(outcomes["events"].sum() - 4)'
    edit(checkout, "book/trials.md", SETUP, f"{SETUP}{line}\n")
    replay = Replay(checkout / "book")
    changed = small_checkout.tables.load("outcomes")
    changed.loc[0, "events"] = 2
    assert replay.moved("outcomes", "events", changed)


def test_cell_that_uses_an_earlier_one(checkout):
    """A claim that uses names of an earlier claim's cell is computed together with it."""
    edit(
        checkout,
        "book/trials.md",
        'values={"n": len(local),',
        'values={"n": len(local) + events - 3,',
    )
    replay = Replay(checkout / "book")
    changed = small_checkout.tables.load("outcomes")
    changed.loc[0, "events"] = 3
    assert replay.moved("outcomes", "events", changed)


def test_broken_table(checkout):
    """A table that cannot be read whole is named in one sentence."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3,2.5", "brown-15,one,3,2.5")
    with pytest.raises(guard.GuardError, match="run 'cartreview check' first"):
        guard.measure(checkout)


@pytest.fixture
def run(capsys):
    """Run the subcommand; give its exit status, what it prints and what it complains of."""
    parser = argparse.ArgumentParser(prog="cartreview")
    command.register(parser.add_subparsers())

    def call(*words):
        arguments = parser.parse_args(["guard", *words])
        status = arguments.run(arguments)
        return status, *capsys.readouterr()

    return call


def test_print(checkout, run):
    """The command prints a table of mutation_scores and, if asked, the unguarded cells by place."""
    status, printed, said = run("--table", "sources", "--list", "--jobs", "1")
    expected = """data/sources.csv:2:year: '2024' → '2025'
data/sources.csv:3:year: '2020' → '2021'
table    change  cells  by rule  by claim  unguarded  guarded
sources  number      2        0         0          2     0.0%
sources  text        2        2         0          0   100.0%
all                  4        2         0          2    50.0%
"""
    assert (0, expected, "4 cells changed\n") == (status, printed, said)


def test_print_of_a_sample(checkout, run):
    """A sample is said to be one, with the exact interval of the share."""
    *_, last = run("--sample", "4", "--table", "sources", "--table", "studies")[1].splitlines()
    assert last.startswith("4 of 18 cells drawn; guarded, exact 95% interval: ")


def test_no_interval_of_the_whole(checkout, run):
    """Where every cell was changed there is nothing to estimate."""
    assert "interval" not in run("--sample", "1000", "--jobs", "1")[1]


def test_write(checkout, run):
    """The table guard is written sorted, the same each time."""
    run("--write", "--jobs", "1")
    first = (checkout / "data" / "guard.csv").read_text("utf-8")
    run("--write", "--jobs", "2")
    assert first == (checkout / "data" / "guard.csv").read_text("utf-8")
    lines = first.splitlines()
    assert ",".join(guard.COLUMNS) == lines[0]
    assert sorted(lines[1:]) == lines[1:]
    assert "sources:number,sources,number,2,0,0,2,4,4" in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--table", "claims"], "no table 'claims' that people edit; there are sources, studies"),
        (["--table", "sources", "--write"], "--write counts all tables: leave --table out"),
        (["--seed", "2"], "--seed is that of a sample: give --sample too"),
        (["--sample", "0"], "argument --sample: invalid"),
    ],
)
def test_wrong_use(checkout, run, capsys, words, said):
    """Wrong use ends with status 2 and a sentence."""
    with pytest.raises(SystemExit, match="2"):
        run(*words)
    assert said in capsys.readouterr().err


def test_cell_that_raises(checkout, run):
    """A chapter that cannot be computed is named by file and line; nothing is measured."""
    edit(checkout, "book/trials.md", "holds=events > 2", "holds=event > 2")
    status, printed, said = run()
    assert (2, "") == (status, printed)
    assert said.startswith("cartreview guard: book/trials.md:29: NameError")
