"""Chapters under nbval: what passes, what fails, and in which words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
import small_checkout
from small_checkout import PAGE, edit

from cartreview.claims import cells

REPO = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(page for page in (REPO / "book").glob("*.md") if cells(page))
AGREE = "Run 'make accept' when you agree; 'cartreview diff' names the rows responsible."

MORE = """
```{code-cell}
import sys
print("a plain cell prints what it likes")
```

```{code-cell}
:tags: [claim]
# NBVAL_IGNORE_OUTPUT
print("noise of no account", file=sys.stderr)
claim("studies", "There are {n} studies", values={"n": len(studies)}, holds=True, evidence=studies)
```
"""

BROKEN = """
```{code-cell}
:tags: [claim]
claim("not-accepted", "One and one", values={}, holds=True, evidence=studies)
```

```{code-cell}
:tags: [claim]
name = "not-literal"
claim(name, "One and one", values={}, holds=True, evidence=studies)
```

```{code-cell}
1 / 0
```

```{code-cell}
:tags: [claim]
claim("raises", "A third", values={}, holds=True, evidence=no_such_table)
```
"""

ACCEPTED = """
studies,trials,holds,There are 2 studies,"{""n"": 2}",,,studies:brown-15 lin-20,b2024;l2020
doctored,broken,does not hold,9 responded,"{""events"": 9}",,,outcomes:brown-15-cr lin-20-cr,
raises,broken,holds,A third,{},,,studies:brown-15,b2024
orphan,broken,holds,Nobody says this,{},,,studies:brown-15,b2024
lost,gone,holds,Its page went,{},,,studies:brown-15,b2024
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Two chapters, one in agreement with its ledger and one that is not, and the library."""
    root = small_checkout.write(tmp_path_factory.mktemp("nbval") / "checkout")
    shutil.copytree(REPO / "cartreview", root / "cartreview")
    shutil.copy(REPO / "book" / "conftest.py", root / "book")
    (root / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    with small_checkout.in_use(root):
        small_checkout.accept(root)
    with (root / "data" / "claims.csv").open("a", encoding="utf-8") as file:
        file.write(ACCEPTED.lstrip())
    opening = PAGE.split("```{code-cell}\n:tags: [claim]\nlocal")[0]
    (root / "book" / "trials.md").write_text(PAGE + MORE, encoding="utf-8")
    (root / "book" / "broken.md").write_text(opening + BROKEN, encoding="utf-8")
    edit(root, "book/broken.md", '"responses"', '"doctored"')
    return root


@pytest.fixture(scope="module")
def printed(checkout):
    """What pytest prints of both chapters: two kernels, started once for all tests here."""
    words = ["-m", "pytest", "--nbval", "--color=no", "-rA", "-p", "no:cacheprovider", "book"]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "300"}
    done = subprocess.run(
        [sys.executable, *words], cwd=checkout, env=environment, capture_output=True, text=True
    )
    assert 1 == done.returncode, done.stdout + done.stderr
    return done.stdout


def _names(printed, outcome, page):
    return re.findall(rf"^{outcome} book/{page}\.md::(\S+)", printed, flags=re.MULTILINE)


def test_chapter_that_agrees(printed):
    """Plain cells that run and claims that read as accepted pass, whatever else they print."""
    expected = ["cell", "responses", "local-trials", "cell", "studies", "ledger"]
    assert expected == _names(printed, "PASSED", "trials")


def test_chapter_that_does_not(printed):
    """Only the setup of the other chapter passes."""
    assert ["cell"] == _names(printed, "PASSED", "broken")


def test_claim_that_moved(printed):
    """A claim that reads otherwise than accepted fails, with old and new."""
    expected = f"""
claim doctored moved
    sentence, accepted: 9 responded
    sentence, computed: 3 patients responded
    verdict, accepted: does not hold
    verdict, computed: holds
    values, accepted: {{"events": 9}}
    values, computed: {{"events": 3}}
{AGREE}
"""
    assert expected in printed


def test_summary(printed):
    """The last lines name the claims that fail."""
    assert "FAILED book/broken.md::doctored at line 24 - claim doctored moved\n" in printed


def test_claim_that_was_never_accepted(printed):
    """A claim that is not in the ledger fails and shows how it reads."""
    expected = (
        "\nclaim not-accepted is not in data/claims.csv\nclaim not-accepted: holds\nOne and one"
    )
    assert expected in printed


def test_claim_without_literal_id(printed):
    """A claim cell whose id cannot be read off its source fails: nothing could be compared."""
    assert "a cell tagged 'claim' ends in claim(\"some-id\", ...), the id written out" in printed


@pytest.mark.parametrize("name", ["cell at line 47", "raises at line 52"])
def test_cell_that_raises(printed, name):
    """A cell that raises fails, claim or not."""
    assert f"FAILED book/broken.md::{name} - Cell execution caused an exception" in printed


def test_claims_without_a_cell(printed):
    """An accepted claim that no cell makes fails, also if its page is gone."""
    names = "orphan (book/broken.md), lost (book/gone.md)"
    assert f"accepted in data/claims.csv, but no cell makes it: {names}\n{AGREE}" in printed


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.stem)
def test_cells_are_those_of_jupytext(page):
    """The library reads the same cells from a chapter as jupytext, which the book is built with."""
    notebook = jupytext.read(page, fmt="md:myst")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    expected = [(tuple(cell.metadata.get("tags", ())), cell.source) for cell in code]
    assert expected == [(cell.tags, cell.source) for cell in cells(page)]
