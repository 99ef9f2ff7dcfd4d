"""The directives of the grading page, on a small book with the real rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import cartreview
from cartreview.grading import rules_as_data

ROOT = Path(__file__).resolve().parents[1]
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
CRITERIA = cartreview.load("grading_criteria")
INDEX = """# Grading

Rules.

```{grading-checked}
```

```{grading-calculator} ASTCT CRS
```

```{grading-calculator} m-easix
```

```{grading-rules} ASTCT CRS
```

```{grading-rules} ICE
:caption: Points.
```
"""
OTHER = """# Other

No calculator.

```{grading-rules} ctcae-4-crs
```
"""
WRONG = "# Grading\n\n```{grading-calculator} CRS\n```\n\n```{grading-rules} CRS\n```\n"
DATED = "2026-11-21"


def build(root: Path, checked: str, **pages: str) -> subprocess.CompletedProcess[str]:
    """Build a book of some pages with the real tables, configuration and extension."""
    shutil.copytree(ROOT / "data", root / "data")
    package = json.loads((root / "data" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        resource.pop("checked", None)
        if resource["name"] == "grading_criteria" and checked:
            resource["checked"] = checked
    (root / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (root / "book").mkdir()
    for name in ("_ext", "assets"):
        (root / "book" / name).symlink_to(ROOT / "book" / name)
    for name in ("_config.yml", "references.bib", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    for name, text in {**pages, "bibliography": "# Bibliography\n"}.items():
        (root / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    chapters = "".join(f"  - file: book/{name}\n" for name in (*pages, "bibliography")[1:])
    toc = f"format: jb-book\nroot: book/index\nchapters:\n{chapters}"
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    command = [JUPYTER_BOOK, "build", "-W", "-n", "--keep-going", "."]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> Path:
    """Build the small book once."""
    root = tmp_path_factory.mktemp("grading")
    done = build(root, DATED, index=INDEX, other=OTHER)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "_build" / "html" / "book"


def read(html: Path, name: str) -> BeautifulSoup:
    """Read a built page."""
    return BeautifulSoup((html / f"{name}.html").read_text("utf-8"), "html.parser")


def test_a_calculator_carries_its_rules(html):
    """The form is hidden until its script runs, and holds the library's rules and the sources."""
    form = read(html, "index").find(id="calculator-astct-crs")
    assert form.has_attr("hidden")
    embedded = json.loads(form.script.string)
    assert rules_as_data()["scales"]["ASTCT CRS"] == embedded["rules"]
    rules = [rule for every in embedded["rules"]["graded"].values() for rule in every]
    rules += [rule for every in embedded["rules"]["footnotes"].values() for rule in every]
    assert {rule["source"] for rule in rules} == set(embedded["sources"])


def test_a_calculator_asks_every_question(html):
    """Each input has its field, each field a label or a legend, and nothing is chosen."""
    form = read(html, "index").find(id="calculator-astct-crs")
    asked = {one["name"] for one in rules_as_data()["scales"]["ASTCT CRS"]["inputs"]}
    assert asked | {"also"} == {field["name"] for field in form.select("input[name]")}
    assert [] == form.select("[checked]")
    assert [] == [field for field in form.select("input") if not field.find_parent("label")]
    assert [] == [group for group in form.select("fieldset") if not group.legend.get_text()]


def test_a_name_may_be_an_anchor(html):
    """A directive takes the name of the table or the anchor made of it."""
    assert read(html, "index").find(id="calculator-m-easix")
    assert read(html, "other").find(id="rules-ctcae-4-crs-caption")


def test_rules_are_shown_with_their_places(html):
    """Every row of the scale, with its text, grade and source."""
    table = read(html, "index").find(attrs={"aria-labelledby": "rules-astct-crs-caption"})
    rows = CRITERIA[CRITERIA["scale"] == "ASTCT CRS"]
    shown = table.select("tbody tr:not(.part)")
    assert len(rows) == len(shown)
    text = table.get_text()
    assert [] == [words for words in rows["criterion"] if words not in text]
    keys = {link["href"].partition("#")[2] for link in table.select("a")}
    assert set(rows["source_id"]) == keys


def test_points_are_called_points(html):
    """A score has points where a scale has grades, and a caption of the page's choice."""
    figure = read(html, "index").find(id="rules-ice-caption").parent
    assert "Points." == figure.figcaption.get_text()
    assert "Points" in figure.thead.get_text()


def test_the_date_is_that_of_the_data_package(html):
    """The sentence on the last check takes its date from datapackage.json."""
    assert f"sources on {DATED}." in read(html, "index").get_text()


def test_only_pages_with_calculators_load_the_script(html):
    """A table of rules needs no script."""
    loaded = {name: "grading.js" in str(read(html, name).head) + str(read(html, name).body)
              for name in ("index", "other")}  # fmt: skip
    assert {"index": True, "other": False} == loaded


def test_wrong_names_are_complained_of(tmp_path):
    """Names that are not there, and a package without a date, stop the build with what there is."""
    done = build(tmp_path, "", index=WRONG + "\n```{grading-checked}\n```\n")
    said = done.stdout + done.stderr
    assert 0 != done.returncode
    assert "no calculator 'CRS'; there are ASTCT CRS, ASTCT ICANS," in said
    assert "no rules for the scale 'CRS'; there are ASTCT CRS, " in said
    assert "grading_criteria has no date 'checked'" in said
