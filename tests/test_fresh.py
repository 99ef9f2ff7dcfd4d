"""When a built page is still good, without building one; `test_rebuild.py` builds."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import execute
import pytest
from cartreview_book import fresh
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import myst_nb_reader_plugin
from toy_book import CHAPTER, make_book

SHOWN = '<img src="../_charts/a-1.svg"><a href="../_charts/a-1.csv">'


@pytest.fixture
def app(tmp_path):
    """Stand in for Sphinx on a small book, with a page and a chart built before."""
    root = make_book(tmp_path / "book", {"index": "# Index\n"}).root
    html = root / "_build" / "html"
    (html / "_charts").mkdir(parents=True)
    (html / "old.html").write_text(SHOWN, encoding="utf-8")
    for name in ("a-1.svg", "a-1.csv", "a-2.svg"):
        (html / "_charts" / name).write_text("x", encoding="utf-8")
    return SimpleNamespace(
        srcdir=str(root),
        outdir=str(html),
        doctreedir=str(root / "_build" / ".doctrees"),
        config=SimpleNamespace(cartreview_state=""),
        builder=SimpleNamespace(format="html"),
        _warncount=0,
    )


def begun(app) -> bool:
    """Begin a build; tell whether the page built before is still there."""
    fresh._begin(app, app.config)
    return (Path(app.outdir) / "old.html").is_file()


def test_a_build_without_a_whole_one_before_begins_anew(app):
    """Where nothing vouches for the pages, they go."""
    assert not begun(app)


def test_a_whole_build_is_built_upon(app):
    """Pages stay where nothing has changed; until the end nothing vouches for them."""
    begun(app)
    (Path(app.outdir) / "old.html").write_text(SHOWN, encoding="utf-8")
    fresh._finish(app, None)
    assert fresh.stamp(Path(app.outdir)).is_file()
    assert begun(app)
    assert not fresh.stamp(Path(app.outdir)).is_file()


@pytest.mark.parametrize(
    "name",
    ["_toc.yml", "references.bib", "data/claims.csv", "LICENSE-DATA", "cartreview/shapes.json"],
)
def test_what_pages_are_made_of_is_watched(app, name):
    """A change of what every page may show removes them all."""
    begun(app)
    fresh._finish(app, None)
    changed = Path(app.srcdir) / name
    changed.parent.mkdir(exist_ok=True)
    changed.write_text("changed", encoding="utf-8")
    (Path(app.outdir) / "old.html").write_text(SHOWN, encoding="utf-8")
    assert not begun(app)


@pytest.mark.parametrize(("error", "warnings"), [(ValueError("stopped"), 0), (None, 1)])
def test_a_build_that_failed_or_complained_vouches_for_nothing(app, error, warnings):
    """So the next build reads everything, and complains again."""
    begun(app)
    app._warncount = warnings
    fresh._finish(app, error)
    assert not fresh.stamp(Path(app.outdir)).exists()


def test_drawings_that_no_page_shows_go(app):
    """A chart that left its page leaves no file."""
    fresh._drop_charts(Path(app.outdir))
    left = sorted(path.name for path in (Path(app.outdir) / "_charts").iterdir())
    assert ["a-1.csv", "a-1.svg"] == left


def test_every_page_is_written_again_when_a_title_changed():
    """Each page shows the titles of all."""
    title = SimpleNamespace(astext=lambda: "One")
    env = SimpleNamespace(titles={"a": title}, toctree_includes={}, found_docs={"a", "b"})
    assert [] == fresh._rewrite(SimpleNamespace(), env)
    env.titles = {"a": SimpleNamespace(astext=lambda: "Two")}
    assert ["a", "b"] == fresh._rewrite(SimpleNamespace(), env)


@pytest.mark.parametrize("damage", [lambda p: p.write_text("{"), lambda p: p.unlink()])
def test_a_result_that_was_cut_short_is_made_again(tmp_path, damage):
    """A run killed while it wrote a result leaves a chapter to run, not an error."""
    made = make_book(tmp_path, {"index": "# Index\n", "chapter": CHAPTER})
    page = made.root / "book" / "chapter.md"
    cache = get_cache(tmp_path / "cache")
    bundle = CacheBundleIn(myst_nb_reader_plugin(str(page)), str(page))
    record = cache.cache_notebook_bundle(bundle, check_validity=False)
    assert [] == execute.missing([page], tmp_path / "cache")
    damage(cache._get_notebook_path_cache(record.hashkey))
    assert [page] == execute.missing([page], tmp_path / "cache")
