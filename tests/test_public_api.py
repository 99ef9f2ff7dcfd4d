"""What is public is documented: a sorted list of names, examples that run, help for commands."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cartreview
from cartreview.validation.problems import CODES

REPO = Path(__file__).parents[1]
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(cartreview.__path__, "cartreview.")
)
# What researchers and chapters call; the rest serves the commands.
LIBRARY = ["cartreview", "cartreview.charts", "cartreview.grading", "cartreview.mechanisms"]
LIBRARY += ["cartreview.claims._get"]
LIBRARY += [f"cartreview.evidence.{name}" for name in ("harms", "imaging", "management")]
LIBRARY += [f"cartreview.evidence.{name}" for name in ("products", "responses", "studies")]
LIBRARY += ["cartreview.synthesis", "cartreview.synthesis.coverage", "cartreview._tables"]


@pytest.mark.parametrize("name", ["cartreview", *MODULES])
def test_all_is_true(name):
    """A module has what it offers, each name once; the linter keeps the names sorted."""
    module = importlib.import_module(name)
    names = list(getattr(module, "__all__", []))
    assert [] == [public for public in names if not hasattr(module, public)]
    assert len(set(names)) == len(names)


def functions():
    """Give the public functions of the library."""
    for name in LIBRARY:
        module = importlib.import_module(name)
        for public in module.__all__:
            if inspect.isfunction(getattr(module, public)):
                yield pytest.param(getattr(module, public), id=f"{name}.{public}")


@pytest.mark.parametrize("function", list(functions()))
def test_function_has_an_example(function):
    """Each public function shows how it is called; doctest runs it."""
    assert ">>> " in inspect.getdoc(function)


@pytest.mark.parametrize("function", list(functions()))
def test_taught_in_names_a_page(function):
    """A page that is said to teach a function exists and names it."""
    for page in re.findall(r"Taught in: (\S+)", inspect.getdoc(function)):
        assert re.search(rf"\b{function.__name__}\b", (REPO / page).read_text("utf-8")), page


PARTS = ["charts", "claims", "evidence", "grading", "mechanisms", "synthesis"]


@pytest.mark.parametrize("part", PARTS)
def test_parts_come_with_the_library(part):
    """A part is there as soon as it is used, and not before."""
    code = (
        f"import sys, cartreview; before = 'cartreview.{part}' in sys.modules; "
        f"print(before, cartreview.{part}.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"False cartreview.{part}" == done.stdout.strip()


@pytest.mark.parametrize("part", ["", *PARTS])
def test_dir_shows_public_names(part):
    """Completion offers what is public, and nothing that a module happens to import."""
    module = importlib.import_module(f"cartreview.{part}".rstrip("."))
    if part == "claims" and "__dir__" not in vars(module):
        pytest.skip("the part has no list of names to show yet")
    expected = [*module.__all__, *([] if part else PARTS)]
    assert sorted(expected) == sorted(dir(module))


def test_what_is_not_there_is_an_attribute_error():
    """A wrong name is refused as Python does it."""
    with pytest.raises(AttributeError, match="module 'cartreview' has no attribute 'chart'"):
        _ = cartreview.chart


def test_references_name_the_bibliography():
    """A key behind 'bib:' in a docstring is in references.bib."""
    known = set(re.findall(r"@\w+\{(\S+),", (REPO / "references.bib").read_text("utf-8")))
    sources = [inspect.getsource(importlib.import_module(name)) for name in MODULES]
    named = {key for text in sources for key in re.findall(r"^ +bib: (\w+)", text, re.MULTILINE)}
    assert named
    assert set() == named - known


def test_contributing_lists_every_finding():
    """The table of findings in CONTRIBUTING is the library's own list."""
    text = (REPO / "CONTRIBUTING.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", text, re.MULTILINE)) == CODES
