"""Claims fill their sentences from values, name their rows, and survive the ledger."""

import pytest

from cartreview import load
from cartreview.claims import ClaimError, cells, claim, compute
from cartreview.claims import run as run_cells
from cartreview.claims.ledger import Claim, read_ledger, write_ledger


@pytest.fixture
def studies():
    """Rows that a claim can rest on."""
    return load("studies").head(3)


def made(studies, **changes):
    """Make a claim that differs from a plain one in what is named."""
    arguments = {"values": {"n": len(studies)}, "holds": True, "evidence": studies, **changes}
    return claim("rows", arguments.pop("sentence", "There are {n} rows"), **arguments)


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        (True, "holds"),
        (False, "does not hold"),
        (None, "cannot be tested"),
        ("holds in part", "holds in part"),
    ],
)
def test_verdict(studies, holds, verdict):
    """Truth, its absence and a phrase give one of four verdicts."""
    assert verdict == made(studies, holds=holds).verdict


def test_unknown_verdict_is_refused(studies):
    """A phrase of one's own is no verdict."""
    with pytest.raises(ValueError, match="verdict 'maybe' is none of"):
        made(studies, holds="maybe")


def test_slot_without_value_is_refused(studies):
    """A sentence never shows an empty slot."""
    with pytest.raises(ValueError, match="claim rows: the slots of the sentence"):
        made(studies, sentence="There are {rows} rows")


def test_claim_without_rows_is_refused(studies):
    """A claim rests on something."""
    with pytest.raises(ValueError, match="claim rows: no row of evidence"):
        made(studies, evidence=studies.head(0))


def test_frame_without_key_is_refused(studies):
    """Rows are named by a key."""
    with pytest.raises(ValueError, match="evidence has no key column"):
        made(studies, evidence=studies[["routes"]])


def test_row_without_key_is_refused(studies):
    """A row that a join left without a key cannot be named."""
    studies.loc[studies.index[0], "study_id"] = None
    with pytest.raises(ValueError, match="a row of studies in its evidence has no key"):
        made(studies)


def test_lists_read_as_enumerations(studies):
    """A list of names is written as people write it."""
    filled = made(studies, sentence="{names}", values={"names": ["a", "b", "c"]})
    assert "a, b and c" == filled.sentence


def test_last_bits_of_a_float_do_not_move_a_claim(studies):
    """Two shares that differ in their last bits are one value."""
    one, other = (made(studies, sentence="{x}", values={"x": value}) for value in (0.1 + 0.2, 0.3))
    assert one == other


def test_evidence_of_a_join_is_the_finer_table():
    """Outcomes joined to studies count as rows of outcomes."""
    rows = load("outcomes").merge(load("studies")[["study_id", "routes"]], on="study_id").head(2)
    assert ["outcomes"] == list(made(rows).evidence)


def test_ledger_gives_back_what_was_written(tmp_path):
    """Writing and reading the ledger of the book changes nothing."""
    claims = compute()
    write_ledger(claims, tmp_path / "claims.csv")
    assert {item.claim_id: item for item in claims} == read_ledger(tmp_path / "claims.csv")


def test_ledger_with_another_header_is_refused():
    """A table that is no ledger is not read as one."""
    with pytest.raises(ValueError, match="a ledger has the columns claim_id, page"):
        read_ledger("claim_id,sentence\n")


def test_text_names_what_a_reader_compares(studies):
    """The canonical text has verdict, sentence, values, rows and sources."""
    text = str(made(studies, tests="kaminskiy-rows", holds=True))
    expected = [
        "claim rows: holds",
        "There are 3 rows",
        'values: {"n": 3}',
        "tests: kaminskiy-rows",
        "evidence: studies:brown-2024 bagley-2024 brown-2022",
        "sources: kaminskiy2025",
    ]
    assert expected == text.splitlines()


def chapter(tmp_path, *sources, name="page.md"):
    """Write a page with claim cells."""
    blocks = [f"```{{code-cell}} ipython3\n:tags: [claim]\n{code}\n```\n" for code in sources]
    path = tmp_path / name
    path.write_text("# Page\n\n" + "\n".join(blocks), encoding="utf-8")
    return path


ROWS = 'from cartreview import load\nfrom cartreview.claims import claim\nrows = load("studies")\n'
SAME = ROWS + 'claim("same", "x", values={}, evidence=rows)'


def test_cell_that_raises_names_page_and_line(tmp_path):
    """The message leads to the line of the page that failed."""
    path = chapter(tmp_path, "1\n\n\n1 / 0")
    with pytest.raises(ClaimError, match=r"^book/page\.md:8: ZeroDivisionError"):
        raise next(iter(run_cells(cells(path))))


def test_cell_that_is_no_python_names_page_and_line(tmp_path):
    """A slip of the keyboard is found by its line, too."""
    with pytest.raises(ClaimError, match=r"^book/page\.md:6: SyntaxError"):
        raise next(iter(run_cells(cells(chapter(tmp_path, "1\nx = = 2")))))


def test_cells_do_not_see_each_other(tmp_path):
    """What a cell leaves behind is not there for the next, and the others are still computed."""
    leaning = SAME.replace("rows\n", "rows\n").replace('"same"', '"other"').split("\n")[-1]
    made_cells = list(run_cells(cells(chapter(tmp_path, SAME, leaning))))
    assert ["Claim", "ClaimError"] == [type(item).__name__ for item in made_cells]
    assert "other" == made_cells[1].claim_id


def test_a_broken_setup_fails_each_claim_of_its_page(tmp_path):
    """Every claim of the page is named, with the reason of the set-up."""
    path = chapter(tmp_path, SAME)
    broken = "```{code-cell} ipython3\n:tags: [setup]\n1 / 0\n```\n\n"
    path.write_text(broken + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = list(run_cells(cells(path)))
    assert [("same", True)] == [(item.claim_id, "ZeroDivision" in str(item)) for item in found]


def test_two_claims_of_one_name_are_refused(tmp_path):
    """A name stands for one claim in the whole book."""
    chapter(tmp_path, SAME, name="a.md")
    chapter(tmp_path, SAME, name="b.md")
    with pytest.raises(ClaimError, match="both make the claim 'same'"):
        compute(tmp_path)


def test_claims_know_their_page(tmp_path):
    """The page is that of the cell."""
    assert ["page"] == [item.page for item in run_cells(cells(chapter(tmp_path, SAME)))]


def test_claims_are_immutable(studies):
    """A claim cannot be changed after it was made."""
    with pytest.raises(AttributeError):
        made(studies).verdict = "holds"
    assert isinstance(made(studies), Claim)
