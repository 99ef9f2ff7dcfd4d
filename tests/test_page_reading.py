"""What of a page is prose, and what is a role, a cell or a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartreview import claims
from cartreview.myst import MASK, Mark, read_page


def prose(text: str) -> str:
    """Give the words of a page that are prose, parted by one space."""
    page = read_page("book/a.md", text)
    assert [len(line) for line in page.lines] == [len(line) for line in page.prose]
    return " ".join(" ".join(page.prose).replace(MASK, " ").split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\ntitle: a 1\n---\nword", "word"),
        ("# Title 5\n", "# Title 5"),
        ("a `code 1` b ``c ` 2`` d", "a b d"),
        ("a {value}`x.n:.0%` b {cite}`k2020,\nl2021` c", "a b c"),
        ("{ref}`the 3 trials <t-3>`", "the 3 trials"),
        ("[the 3 trials](a-4.md#b-5)", "[the 3 trials]"),
        ("![alt 3](a4.png)", "![alt 3]"),
        ("see https://x.org/12 and <https://x.org/13>.", "see and ."),
        ("doi 10.3389/fimmu.2025.1600403 here", "doi here"),
        ("a <!-- 12\n13 --> b", "a b"),
        ("% 12 comment\nword", "word"),
        ("(target-12)=\n# A", "# A"),
        ("[link]: https://x.org/12\nword", "word"),
        ("a $x = 12$ b\n\n$$\ny = 13\n$$\nc", "a b c"),
        ('a <span title="12">b</span> c', "a b c"),
        ("1. first\n2. second", "first second"),
        ("a[^12] b&#160;c", "a b c"),
        ("```python\nx = 12\n```\nword", "word"),
        ("~~~\n12\n~~~\nword", "word"),
        ("```{code-cell}\n:tags: [claim]\nx = 12\n```\nword", "word"),
        ("```{note}\n12 trials\n```", "12 trials"),
        ("```{note} 12 trials\nmore\n```", "12 trials more"),
        (":::{admonition} Title 12\n:class: tip-3\ntext 4\n:::", "Title 12 text 4"),
        ("```{figure} fig12.png\n---\nwidth: 12px\n---\nCaption 3\n```", "Caption 3"),
        ("```{figure} fig12.png\n:width: 12px\n\nCaption 3\n```", "Caption 3"),
        ("````{margin}\n```{code-cell}\n12\n```\nword 3\n````\nlast", "word 3 last"),
        ("- item\n  ```{note}\n  in 12\n  ```\n- end", "- item in 12 - end"),
        ("```{data-table} studies\n12\n```\nword", "word"),
    ],
)
def test_prose_of_a_page(text: str, words: str) -> None:
    """Captions and notes are prose; code, options, targets, addresses and comments are not."""
    assert words == prose(text)


def test_roles_outside_of_code_and_comments() -> None:
    """A role in code or in a comment is shown to nobody."""
    text = (
        "{claim}`a` ``{claim}`b` ``\n```python\n{claim}`c`\n```\n<!-- {claim}`d` -->\n {value}`e.n`"
    )
    roles = read_page("book/a.md", text).roles
    assert [("claim", "a", 1, 1), ("value", "e.n", 6, 2)] == [
        (role.name, role.target, role.line, role.column) for role in roles
    ]


def test_marks_of_a_readme() -> None:
    """A claim in the README is the text between two comments, wherever its lines break."""
    text = "<!-- claim:a -->\nOne\nsentence.\n<!-- /claim -->\n<!-- claim:b -->\nNo end.\n"
    assert (Mark("a", "One sentence.", 1), Mark("b", None, 5)) == read_page("README.md", text).marks


@pytest.mark.parametrize(
    "options", [":tags: [claim, hide-input]", "---\ntags: [claim, hide-input]\n---",
                "---\ntags:\n- claim\n- hide-input\n---"],
)  # fmt: skip
def test_a_code_cell(options: str) -> None:
    """A cell has its tags, and the line of its first code."""
    (cell,) = read_page(
        "book/a.md", f"word\n```{{code-cell}}\n{options}\n\nx = 1\n\ny\n```\n"
    ).cells
    assert ("a", ("claim", "hide-input"), "x = 1\n\ny") == (cell.page, cell.tags, cell.source)
    assert 5 + options.count("\n") == cell.line


def test_cells_are_those_that_claims_run(tmp_path: Path) -> None:
    """The checks and the computation of claims read the same cells."""
    cell = "```{code-cell}\n:tags: [%s]\n%s\n```\n"
    text = "a\n\n" + cell % ("setup", "x = 1") + "\n" + cell % ("claim", "\nx")
    (tmp_path / "a.md").write_text(text)
    ours = read_page("book/a.md", text).cells
    theirs = claims.cells(tmp_path / "a.md")
    assert [(c.page, c.line, c.tags, c.source) for c in theirs] == [
        (c.page, c.line, c.tags, c.source) for c in ours
    ]
