"""What only the build saw, and what nobody saw, is found in pages and configuration at once."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import pytest
import yaml
from bad_checkouts import good_checkout

from cartreview.validation import Problem, check
from cartreview.validation.files import conflict_problems
from cartreview.validation.pages import DIRECTIVES, ROLES, registered
from cartreview.validation.yaml_lines import settings, yaml_faults

REPO = Path(__file__).resolve().parent.parent


# Other rules have their own words for some of these pages.
OURS = frozenset(
    (
        *("naked-number", "printing-cell", "open-fence", "broken-cell", "unknown-role"),
        *("unknown-directive", "unread-text", "not-executed", "bad-front-matter"),
    )
)


def found(root: Path, text: str, page: str = "trials") -> list[Problem]:
    """Add text to a page of the small checkout and check it."""
    file = root / f"book/{page}.md"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    return [problem for problem in check(root) if problem.code in OURS]


NUMBERS = {
    "a code span": "It was `45 %` of them.",
    "a code span of two": "It was ``13 of 58`` there.",
    "a role of code": "It was {kbd}`45`.",
    "a lone code span": "`45`",
    "maths": "It was $x = 45$ then.",
    "display maths": "It was $$45$$ then.",
    "an entity": "It was &#52;&#53; of them.",
    "an entity of a part": "It was &frac12; of them.",
    "another script": "It was ４５ of them.",
}


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
def test_a_number_in_disguise_is_found(text: str, tmp_path: Path) -> None:
    """A number is one in code, in maths, as an entity and in another script."""
    assert {"naked-number"} == {problem.code for problem in found(good_checkout(tmp_path), text)}


@pytest.mark.parametrize(
    "text",
    [
        "The column `n_patients` of `studies`, version `v2`, and `x[0]`.",
        "A price in $ and one more $ sign, and a letter &alpha; &amp; more.",
        "The names `IL13Rα2` and `CD19`.",
        "```{note}\nA note.\n```",
        "```python\nprint(12)\n```",
        "```{code-cell}\n:tags: [remove-cell]\nprint(12)\n```",
        "```{code-cell}\nstudies = load('studies')\n```",
        "```{code-cell}\nfrom cartreview import charts\n\ncharts.forest(1).properties(width=2)\n"
        "```",
        "```{code-cell}\nimport cartreview.charts as c\n\nx = c.forest(1)\nx\n```",
        "```{code-cell}\nfrom cartreview.charts import forest\n\ndisplay(forest(1))\n```",
        "```{code-cell}\nfrom cartreview import charts\n\nx = charts.forest(1)\nx | x\n```",
    ],
)
def test_a_page_may_have(text: str, tmp_path: Path) -> None:
    """Names in code are no numbers; a cell may define, draw, or be removed."""
    assert [] == found(good_checkout(tmp_path), text)


@pytest.mark.parametrize(
    "cell",
    [
        "len(load('studies'))",
        "print(12)",
        "x = 12\nx",
        "import pandas as pd\n\npd.DataFrame({'a': [12]})",
        "display(12)",
        "from cartreview import charts\n\nprint(12)\ncharts.forest(1)",
        "f'{12} patients'",
    ],
)
def test_a_cell_that_prints_is_found(cell: str, tmp_path: Path) -> None:
    """What a cell shows is a claim or a chart; any other output is a number that nobody checks."""
    problems = found(good_checkout(tmp_path), f"```{{code-cell}}\n{cell}\n```")
    assert ["printing-cell"] == [problem.code for problem in problems]


def test_a_claim_cell_that_prints_is_found(tmp_path: Path) -> None:
    """Neither a claim's cell nor the setup prints beside what it is for."""
    root = good_checkout(tmp_path)
    file = root / "book/trials.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[setup]", "[setup]\nprint(12)"), encoding="utf-8")
    assert ["printing-cell"] == [p.code for p in check(root) if p.code in OURS]


def test_an_open_code_cell_is_found(tmp_path: Path) -> None:
    """A cell that lost its closing fence takes in the next one."""
    text = "```{code-cell}\nx = 1\n\n```{code-cell}\ny = 1\n```"
    codes = {problem.code: problem.line for problem in found(good_checkout(tmp_path), text)}
    assert 28 == codes["open-fence"]


def test_open_front_matter_is_found(tmp_path: Path) -> None:
    """Front matter that stays open takes in the whole page."""
    root = good_checkout(tmp_path)
    (root / "book/other.md").write_text("---\ntitle: x\n\n# Page\n", encoding="utf-8")
    assert "bad-front-matter" in {problem.code for problem in check(root)}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("myst:\n  html_meta:\n    description: A review of 42 trials.", "naked-number"),
        ("execution_mode: 'off'", "not-executed"),
        ("mystnb:\n  execution_mode: off", "not-executed"),
        ("title: a: b", "bad-front-matter"),
        ("title", "bad-front-matter"),
    ],
)
def test_front_matter_is_read(line: str, code: str, tmp_path: Path) -> None:
    """What search engines show, and what keeps a page from being run."""
    root = good_checkout(tmp_path)
    file = root / "book/trials.md"
    text = file.read_text(encoding="utf-8").replace("---\n\n#", f"{line}\n---\n\n#", 1)
    file.write_text(text, encoding="utf-8")
    assert [code] == [problem.code for problem in check(root)]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("_config.yml", "notebooks: cache", 'notebooks: "off"', "not-executed"),
        ("_config.yml", "notebooks: cache", "notebooks: false", "not-executed"),
        ("_config.yml", "  execute_notebooks: cache\n", "", "not-executed"),
        ("_config.yml", "error: true", "error: false", "not-executed"),
        ("_config.yml", "  raise", "  exclude_patterns: [trials.md]\n  raise", "not-executed"),
        ("_config.yml", "execute:", "execute", "bad-configuration"),
        ("_config.yml", "  raise", "\traise", "bad-configuration"),
        ("_toc.yml", "root: book/trials", "root: book/trails", "bad-contents"),
        ("_toc.yml", "root: book/trials", "root: README", "unlisted-page"),
    ],
)
def test_configuration_is_read(file: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    """Chapters that are not run, and files that the build cannot read."""
    root = good_checkout(tmp_path)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")
    assert code in {problem.code for problem in check(root)}


@pytest.mark.parametrize("file", ["_toc.yml", "_config.yml"])
def test_a_book_without_its_configuration(file: str, tmp_path: Path) -> None:
    """One of the two files without the other is a finding."""
    root = good_checkout(tmp_path)
    (root / file).unlink()
    assert [("missing-file", file)] == [(p.code, p.path) for p in check(root)]


def test_contents_may_have_a_pattern(tmp_path: Path) -> None:
    """Pages that a pattern lists are listed."""
    root = good_checkout(tmp_path)
    (root / "book/studies").mkdir()
    (root / "book/studies/one.md").write_text("# One\n", encoding="utf-8")
    assert ["unlisted-page"] == [problem.code for problem in check(root)]
    toc = root / "_toc.yml"
    toc.write_text(f"{toc.read_text('utf-8')}chapters:\n  - glob: book/studies/*\n", "utf-8")
    assert [] == check(root)


def test_names_are_those_that_the_extension_registers() -> None:
    """What is read in the extension's source is what it registers when it is set up."""
    import cartreview_book

    app = MagicMock()
    cartreview_book.setup(app)
    directives, roles = registered(REPO)
    assert {call.args[0] for call in app.add_directive.call_args_list} == directives
    assert {call.args[0] for call in app.add_role.call_args_list} == roles


def test_names_are_those_that_sphinx_knows(tmp_path: Path) -> None:
    """No name of the lists is one that the build would refuse."""
    from docutils.parsers.rst import directives, roles
    from sphinx.application import Sphinx

    (tmp_path / "out").mkdir()
    folders = [tmp_path, tmp_path / "out", tmp_path / "out"]
    extensions = ["myst_nb", "sphinx_book_theme", "sphinxcontrib.bibtex"]
    given = {"extensions": extensions, "bibtex_bibfiles": []}
    app = Sphinx(folders[0], None, *folders[1:], "dummy", confoverrides=given, status=None)
    known = {*directives._directive_registry, *directives._directives}
    own = {name for domain in app.env.domains.values() for name in domain.directives}
    # Written by MyST-NB and the table of contents themselves, not by a class of docutils.
    assert set() == DIRECTIVES - known - own - {"code-cell", "tableofcontents", "margin"}
    said = {*roles._role_registry, *roles._roles}
    named = {
        f"{domain.name}:{name}".removeprefix("std:")
        for domain in app.env.domains.values()
        for name in domain.roles
    }
    # Short names that docutils has by language.
    assert set() == ROLES - said - named - {"sub", "sup", "title"}


YAML = [
    "a: b: c",
    "a: 'b",
    "a: [b, c",
    "a: {b: c",
    "a\nb: c",
    "\ta: b",
    "a: @b",
    "a: `b`",
    "a: b\n c",
    "a: 'b: c'",
    "a: |\n  b: c: d\n  e\nf: g",
    "a: [b,\n  c]\nd: e",
    "- a\n- b: c\n  d: e\n- b: f",
    "a:\n  - b\n  - c: d",
    "a: b # c: d: e",
    "a: http://b.c",
    "a: {b: c}",
    'a: "b # c"',
    "",
    "a:\n  b: c\nd: e",
]


@pytest.mark.parametrize("text", YAML)
def test_lines_are_read_as_by_a_parser(text: str) -> None:
    """The reader of lines refuses what PyYAML refuses, of what a book has."""
    try:
        yaml.safe_load(text)
    except yaml.YAMLError:
        assert list(yaml_faults(text.split("\n")))
    else:
        assert [] == list(yaml_faults(text.split("\n")))


@pytest.mark.parametrize("file", ["_config.yml", "_toc.yml"])
def test_settings_are_those_of_a_parser(file: str) -> None:
    """Every text that PyYAML reads below a key is found with its keys."""
    text = (REPO / file).read_text(encoding="utf-8")
    assert [] == list(yaml_faults(text.split("\n")))
    read = {setting.keys: setting.value for setting in settings(text.split("\n"))}

    def leaves(content: object, keys: tuple[str, ...] = ()) -> None:
        for key, value in content.items() if isinstance(content, dict) else ():
            if isinstance(value, str):
                assert value == read[*keys, key]
            if "{" not in read.get((*keys, key), ""):  # what stands on one line in braces
                leaves(value, (*keys, key))

    leaves(yaml.safe_load(text))


def test_a_key_twice_is_found() -> None:
    """PyYAML keeps the last of two equal keys and says nothing."""
    assert [(3, "the key 'a', which line 1 has too")] == list(yaml_faults(["a: b", "c: d", "a: e"]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n", [2]),
        ("<<<<<<< HEAD\nb\n", [1]),
        ("b\n>>>>>>> other\n", [2]),
        ("Title\n=======\n\ntext\n", []),
        ("<<<<<<< HEAD\na\n<<<<<<< HEAD\nb\n>>>>>>> other\n", [1, 3]),
    ],
)
def test_conflicts_are_found(text: str, lines: list[int]) -> None:
    """One finding a conflict; a heading that is underlined is none."""
    assert lines == [problem.line for problem in conflict_problems(text, "a.md", "mend it.")]


@pytest.mark.parametrize("file", ["references.bib", "data/datapackage.json", "data/claims.csv"])
def test_a_conflict_in_any_file_is_found(file: str, tmp_path: Path) -> None:
    """A conflict is told as one, with how to go on, and not as many odd rows."""
    root = good_checkout(tmp_path)
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    marked = [lines[0], "<<<<<<< HEAD", lines[1], "=======", lines[1], ">>>>>>> other", *lines[2:]]
    (root / file).write_text("\n".join(marked), encoding="utf-8")
    problems = [problem for problem in check(root) if problem.path == file]
    assert "conflict-marker" in {problem.code for problem in problems}
    if file.endswith("claims.csv"):
        assert ["run 'make accept', which writes the table anew."] == [p.fix for p in problems]
