"""The page of the library: every public function from its docstring, and nothing else."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from cartreview_book import api

REPO = Path(__file__).parents[1]
PARTS = ["charts", "claims", "evidence", "grading", "mechanisms", "synthesis"]


def test_the_page_has_every_part():
    """What the library offers is on the page, each part under a heading of its own."""
    page = (REPO / "book" / "api.md").read_text("utf-8")
    for part in ["cartreview", *(f"cartreview.{part}" for part in PARTS)]:
        assert 1 == page.count(f"{{api}} {part}\n"), part


@pytest.mark.parametrize("part", PARTS)
def test_entries_are_the_public_names(part):
    """Functions and classes come once, by the shortest path; constants and modules do not."""
    module = import_module(f"cartreview.{part}")
    entries = list(api.once(module))
    assert len(entries) == len({id(found) for _, found in entries})
    named = {path.removeprefix(f"cartreview.{part}.") for path, _ in entries}
    expected = {
        name
        for name in module.__all__
        if inspect.isfunction(getattr(module, name)) or inspect.isclass(getattr(module, name))
    }
    assert expected == {name for name in named if "." not in name}
    for path, found in entries:
        assert inspect.getdoc(found), path


def test_chapters_that_use_a_function_are_named(tmp_path):
    """A call in a cell counts, a word of the prose does not, nor a function of all chapters."""
    cell = "```{code-cell} ipython3\nforest(rows)\nload(x)\n```\n"
    head = "---\nkernelspec:\n  name: python3\n---\n# A\n\nA forest(ed) country.\n\n"
    for page in "abcde":
        code = cell if page == "a" else cell.replace("forest(rows)\n", "")
        (tmp_path / f"{page}.md").write_text(f"{head}{code}", encoding="utf-8")
    assert ["a"] == api.used_in("forest", tmp_path)
    assert [] == api.used_in("load", tmp_path)
    assert [] == api.used_in("res", tmp_path)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    bib: peters2006, egger1997", "    :cite:t:`peters2006,egger1997`"),
        ("a bib: key", "a bib: key"),
    ],
)
def test_keys_become_citations(line, expected):
    """Keys behind 'bib:' are citations of the book; words are left alone."""
    lines = [line]
    api._finish(None, "class", "cartreview.X", None, None, lines)
    assert [expected] == lines
