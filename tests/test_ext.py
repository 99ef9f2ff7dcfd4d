"""The book's extension, on a small book of its own: claims, charts, pages of data, the cache."""

from __future__ import annotations

import doctest
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cartreview_book import cache, charts, data, downloads, graph, graph_layout, ledger, vega
from cartreview_book.fragments import Links
from execute import chapters

from cartreview.claims.ledger import Claim, write_ledger

ROOT = Path(__file__).resolve().parents[1]
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
TABLES = ("sources", "studies", "outcomes", "management", "nodes", "mechanisms")
TABLES += ("disagreements", "claims")

FRONT = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""
CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "description": "Two bars; the second is longer.",
    "usermeta": {
        "caption": "Patients by study.",
        "sources": ["brown2024"],
        "data_version": "2026.11.1+abc1234",
        "table": {"columns": ["Study", "Patients"], "rows": [["a", 3], ["b", None]]},
    },
    "data": {"values": [{"x": 1}, {"x": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "quantitative"}},
}
CHAPTER = f"""{FRONT}
# Trials

A first paragraph that says what the chapter is about.

```{{code-cell}}
:tags: [setup]
import csv
rows = list(csv.DictReader(open("../data/outcomes.csv")))
```

```{{code-cell}}
:tags: [claim]
claim = print
claim("responses", "hidden from readers")
```

{{claim}}`responses`. It is said again: {{claim}}`responses`.

```{{code-cell}}
print("events read:", rows[0]["events"])
```

```{{code-cell}}
from IPython.display import display
display({{"{charts.MIME}": {CHART!r}}}, raw=True)
```
"""
INDEX = """# A small book

{value}`responses.share:.0%` of patients, as {cite}`brown2024` says.

```{verdicts}
```
"""
DATA_PAGE = """# Data

```{data-downloads}
```

```{data-table} outcomes
:columns: events, as_printed
:caption: Counts.
```

```{data-dictionary}
```
"""
MANAGEMENT = """# Management

```{management-by-grade} CRS
:guidelines: Society 2021; Label
```

```{management-advice}
:kind: monitoring
```

```{what-changed}
```
"""
PAGES = {
    "index": INDEX,
    "chapter": CHAPTER,
    "claims": "# Claims\n\n```{claims-ledger}\n```\n",
    "data": DATA_PAGE,
    "mechanisms": "# Mechanisms\n\n```{mechanism-graph}\n```\n",
    "management": MANAGEMENT,
    "disagreements": "# Disagreements\n\n```{disagreements}\n```\n",
    "bibliography": "# Bibliography\n\n```{bibliography}\n:all:\n```\n",
}
OTHER_WRONG = """# Other

Text.

```{mechanism-graph}
```

{value}`responses.nope`

```{data-table} outcomes
:columns: event
```

```{management-by-grade} CRS
:guidelines: Nobody
```

```{management-advice}
:kind: prayer
```
"""
BIB = """@article{brown2024,
  author = {Brown, A and Roe, B and Poe, C}, title = {T}, journal = {J}, year = {2024},
}
"""
RESPONSES = Claim(
    claim_id="responses",
    sentence="In 4 of 6 patients tumours shrank",
    verdict="holds in part",
    values={"share": 2 / 3, "k": 4},
    evidence={"outcomes": tuple(f"brown-{n}" for n in range(14))},
    sources=("brown2024",),
    says="brown2024",
    where="abstract",
    page="chapter",
)


def _advice(key: str, action: str, **cells: str) -> dict[str, str]:
    """Give a row of management: a label on CRS, recommended, unless said otherwise."""
    base = {"guideline": "Label", "version": "not dated", "toxicity": "CRS", "kind": "monitoring"}
    base |= {"stance": "recommended", "source_id": "brown2024", "locator": "section 5"}
    return {"management_id": key, "action": action, **base, **cells}


CELLS = {
    "sources": [{"source_id": "brown2024", "kind": "primary", "verification": "abstract"}],
    "studies": [{"study_id": "brown", "publication_as_printed": "Brown et al. (18)"}],
    "outcomes": [
        {"outcome_id": f"brown-{n}", "study_id": "brown", "events": "4", "denominator": "6",
         "as_printed": "4/6 <shrunk>", "source_id": "brown2024", "locator": "abstract"}
        for n in range(14)
    ],
    "management": [
        _advice("give", "Give it.", guideline="Society", version="2021", grade_low="2",
                grade_high="3", kind="tocilizumab", drug="tocilizumab", dose_low="8", dose_high="8",
                dose_unit="mg/kg", condition="If it lasts."),
        _advice("either", "Think of it.", kind="tocilizumab", stance="consider"),
        _advice("watch-long", "Watch for four weeks.", superseded_by="watch", days="28"),
        _advice("watch", "Watch for two weeks.", guideline="Regulator", version="2025",
                effective="2025-06-26", days="14"),
        _advice("gone", "No longer.", stance="removed"),
    ],
    "disagreements": [
        {"disagreement_id": "sum", "kind": "arithmetic", "study_id": "brown", "topic": "Patients",
         "source_id": "brown2024", "locator": "abstract", "stated": "six",
         "against_source_id": "brown2024", "against_locator": "table", "found": "seven",
         "treatment": "both stand", "claim_id": "responses"}
    ],
    "nodes": [
        {"node_id": "il6", "name": "IL6", "kind": "protein", "stage": "amplifier",
         "synonyms": "IL-6", "description": "A cytokine"},
        {"node_id": "crs", "name": "cytokine release syndrome", "kind": "syndrome",
         "stage": "syndrome", "synonyms": "CRS", "description": "A syndrome"},
        {"node_id": "il7", "name": "IL7", "kind": "protein", "stage": "amplifier",
         "description": "Another"},
        {"node_id": "anakinra", "name": "anakinra", "kind": "agent", "stage": "lever",
         "description": "A drug"},
    ],
    "mechanisms": [
        {"edge_id": key, "from_node": start, "relation": relation, "to_node": "crs", "sign": sign,
         "context": context, "compartment": "blood", "evidence_type": kind, "species": species,
         "n": n, "as_printed": "IL-6 <drives> it", "source_id": "brown2024",
         "locator": "Figure 2", "verification": "abstract"}
        for key, start, relation, sign, context, kind, species, n in [
            ("a", "il6", "increases", "up", "CRS and ICANS", "mouse", "mouse", ""),
            ("b", "il6", "has no effect on", "none", "CRS", "cohort", "human", "43"),
            ("c", "anakinra", "inhibits", "down", "CRS", "primate", "macaque", ""),
        ]
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Book:
    """A small checkout with a book in it."""

    root: Path

    @property
    def html(self) -> Path:
        """Folder of the built pages."""
        return self.root / "_build" / "html"

    def build(self) -> subprocess.CompletedProcess[str]:
        """Build as ``make book`` does."""
        command = [JUPYTER_BOOK, "build", "-W", "-n", "--keep-going", "."]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def run_chapters(self) -> subprocess.CompletedProcess[str]:
        """Run the chapters as ``make book`` does."""
        command = [sys.executable, str(ROOT / "book/_ext/execute.py"), "--root", str(self.root)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def page(self, name: str) -> BeautifulSoup:
        """Read a built page."""
        return BeautifulSoup(
            (self.html / "book" / f"{name}.html").read_text("utf-8"), "html.parser"
        )


def write_table(root: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Write a table with all columns of its schema."""
    schema = json.loads((ROOT / "data" / "schemas" / f"{name}.json").read_text("utf-8"))
    fields = [field["name"] for field in schema["fields"]]
    lines = [",".join(fields), *(",".join(row.get(name, "") for name in fields) for row in rows)]
    (root / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_data(root: Path) -> None:
    """Write a data package of a few tables, with the schemas of the real one."""
    (root / "data" / "schemas").mkdir(parents=True)
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] in TABLES]
    (root / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for name in TABLES:
        shutil.copy(ROOT / "data" / "schemas" / f"{name}.json", root / "data" / "schemas")
        write_table(root, name, CELLS.get(name, []))
    write_ledger([RESPONSES], root / "data" / "claims.csv")


def make_book(root: Path, pages: dict[str, str]) -> Book:
    """Make a checkout: the real configuration and extension, pages and tables of its own."""
    write_data(root)
    (root / "book").mkdir()
    for name in ("_ext", "assets"):
        (root / "book" / name).symlink_to(ROOT / "book" / name)
    shutil.copy(ROOT / "_config.yml", root)
    (root / "references.bib").write_text(BIB, encoding="utf-8")
    (root / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    for name, text in pages.items():
        (root / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    others = [f"  - file: book/{name}\n" for name in pages if name != "index"]
    toc = "format: jb-book\nroot: book/index\nchapters:\n" + "".join(others)
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    return Book(root)


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Build the small book once; its tests do not change it."""
    made = make_book(tmp_path_factory.mktemp("book"), PAGES)
    done = made.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> str:
    """Build a book in which everything is wrong; give what the build said."""
    poor = {name: value for name, value in CHART.items() if name not in {"description", "usermeta"}}
    cell = f"from IPython.display import display\ndisplay({{'{charts.MIME}': {poor!r}}}, raw=True)"
    chapter = f"{FRONT}\n# Chapter\n\n{{claim}}`responsez`\n\n```{{code-cell}}\n{cell}\n```\n"
    pages = {"index": "# Index\n", "chapter": chapter, "other": OTHER_WRONG}
    pages["bibliography"] = PAGES["bibliography"]
    made = make_book(tmp_path_factory.mktemp("broken"), pages)
    stray = [{**CELLS["mechanisms"][0], "to_node": "crs2"}]
    write_table(made.root, "mechanisms", stray)
    done = made.build()
    assert done.returncode != 0
    return done.stdout + done.stderr


def test_a_claim_is_its_accepted_sentence(book):
    """The role writes the ledger's sentence and a mark that names the verdict."""
    claim = book.page("chapter").find(id="claim-responses")
    assert claim.get_text().startswith("In 4 of 6 patients tumours shrank.")
    assert "holds in part" in claim.find("a", href="#card-responses").get_text()


def test_the_mark_stands_behind_the_stop(book):
    """A stop that follows a claim goes before its mark, as with a note."""
    end = book.page("chapter").find(id="claim-responses").find(class_="claim-end")
    assert "shrank." == next(iter(end.strings))


def test_a_claim_used_twice_has_one_card(book):
    """The second use links to the same card and repeats no id."""
    page = book.page("chapter")
    assert 2 == len(page.select("a.claim-mark[href='#card-responses']"))
    assert 1 == len(page.select("#card-responses")) == len(page.select("#claim-responses"))


def test_the_card_follows_its_paragraph(book):
    """The card stands right behind the paragraph, not at the end of the page."""
    card = book.page("chapter").find(id="card-responses")
    assert "It is said again" in card.find_previous_sibling().get_text()


def test_the_card_shows_rows_calculation_and_source(book):
    """The card has a row for each key, its print escaped, the cell's code and who says so."""
    card = book.page("chapter").find(id="card-responses")
    rows = card.select("table.evidence tbody tr")
    assert 14 == len(rows)
    assert ["Brown et al. (18)", "“4/6 <shrunk>”"] == [
        cell.get_text() for cell in rows[0].find_all(["th", "td"])[:2]
    ]
    assert "claim(" in card.find(class_="calculation").get_text()
    assert "Brown et al. 2024" in card.find(class_="card-says").get_text()


def test_many_rows_fold_away(book):
    """Rows beyond the twelfth are in a part that opens."""
    card = book.page("chapter").find(id="card-responses")
    assert 2 == len(card.select("details:not(.calculation) tbody tr"))


def test_links_to_sources_lead_somewhere(book):
    """Every link to the bibliography has its entry there."""
    entries = {entry.get("id") for entry in book.page("bibliography").find_all(id=True)}
    links = [a["href"] for a in book.page("chapter").select("a[href^='bibliography.html#']")]
    assert links
    assert {link.partition("#")[2] for link in links} <= entries


def test_cells_of_claims_are_not_shown(book):
    """Set-up and claim cells leave neither code nor output on the page."""
    page = book.page("chapter")
    page.find(id="card-responses").decompose()
    assert "import csv" not in page.get_text()
    assert "hidden from readers" not in page.get_text()


def test_a_value_takes_a_format(book):
    """The role writes one value of a claim and links to the ledger."""
    value = book.page("index").find("a", class_="value")
    assert ("67%", "claims.html#responses") == (value.get_text(), value["href"])


def test_a_chart_has_a_drawing_a_mode(book):
    """Light and dark drawings with size, lazy loading and the description as alt text."""
    images = book.page("chapter").select("figure.chart img")
    assert [["only-light"], ["only-dark"]] == [image["class"] for image in images]
    for image in images:
        assert (CHART["description"], "lazy") == (image["alt"], image["loading"])
        drawing = (book.html / "book" / image["src"]).resolve()
        size = vega.size(drawing.read_text("utf-8"))
        assert size == (int(image["width"]), int(image["height"]))


def test_a_chart_has_its_words(book):
    """The caption names figure, sources with links, and the data version."""
    caption = book.page("chapter").find("figure", class_="chart").figcaption
    words = " ".join(caption.get_text().split())
    expected = "Figure 1. Patients by study. Sources: Brown et al. 2024. Data 2026.11.1+abc1234."
    assert expected == words
    assert "bibliography.html#brown2024" == caption.a["href"]


def test_the_table_behind_a_chart_is_there_and_as_csv(book):
    """The rows stand in the figure and in the file that it offers."""
    figure = book.page("chapter").find("figure", class_="chart")
    shown = [[cell.get_text() for cell in row.find_all(["th", "td"])]
             for row in figure.select("table.data tr")]  # fmt: skip
    assert [["Study", "Patients"], ["a", "3"], ["b", ""]] == shown
    file = (book.html / "book" / figure.select_one("p.download a")["href"]).resolve()
    assert "Study,Patients\na,3\nb,\n" == file.read_text("utf-8")


def test_a_chart_carries_its_specification(book):
    """The figure holds the specification without theme and without words said elsewhere."""
    script = book.page("chapter").select_one("figure.chart script[type='application/json']")
    spec = json.loads(script.string)
    assert CHART["data"] == spec["data"]
    assert not {"usermeta", "config"} & set(spec)


def test_no_page_names_another_host(book):
    """No script, style, picture or preload comes from elsewhere, and no icon script is loaded."""
    for path in book.html.rglob("*.html"):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        asked = [tag.get("src") or tag.get("href") for tag in page.select("script, link, img")]
        assert [] == [url for url in asked if url and url.startswith(("http:", "https:", "//"))]
        assert [] == [url for url in asked if url and "fontawesome" in url]


def test_pages_say_what_they_are_about(book):
    """The meta description is the page's first paragraph."""
    meta = book.page("chapter").find("meta", attrs={"name": "description"})
    assert "A first paragraph that says what the chapter is about." == meta["content"]


def test_the_ledger_lists_every_claim(book):
    """A row a claim, with its id as anchor, verdict, page and number of rows."""
    row = book.page("claims").find("tr", id="responses")
    assert "Holds in part" in row.get_text()
    assert "Outcomes: all rows, 14" in row.get_text()
    assert row.find("a", href="chapter.html#card-responses")


def test_verdicts_are_counted(book):
    """The directive counts re-tested statements by verdict and links to them in the ledger."""
    counts = book.page("index").find(class_="verdict-counts")
    shown = [" ".join(item.get_text().split()) for item in counts.find_all("li")]
    assert ["0 hold", "1 hold in part", "0 do not hold", "0 cannot be tested"] == shown
    assert counts.find("a", href="claims.html?verdict=holds%20in%20part")


def test_advice_stands_by_grade_and_guideline(book):
    """A rule stands at each grade it is for, one without a grade under any, with its dose."""
    table = book.page("management").find("table", class_="by-grade")
    heads = [cell.get_text() for cell in table.select("thead th")]
    assert ["Grade", "Society 2021", "Label"] == heads
    rows = {
        row.th.get_text(): [" ".join(cell.get_text().split()) for cell in row.find_all("td")]
        for row in table.select("tbody tr")
    }
    assert ["Any", "2", "3"] == list(rows)
    given = "Give it. tocilizumab 8 mg/kg If it lasts. Brown et al. 2024, section 5"
    assert [given, ""] == rows["2"] == rows["3"]
    assert ["", "Consider: Think of it. Brown et al. 2024, section 5"] == rows["Any"]


def test_advice_leaves_out_what_no_longer_stands(book):
    """Rules that were replaced or removed are not listed as advice."""
    listed = book.page("management").find("dl", class_="advice")
    assert ["Regulator 2025"] == [item.get_text() for item in listed.find_all("dt")]
    assert "Watch for two weeks." in listed.get_text()


def test_changes_name_what_they_replaced(book):
    """A newer rule stands with its date and with the older one before it."""
    changes = book.page("management").find("dl", class_="changes")
    assert ["2025-06-26"] == [item.get_text() for item in changes.find_all("dt")]
    text = " ".join(changes.dd.get_text().split())
    assert "Watch for two weeks. Regulator 2025 Before: Watch for four weeks. Label" == text


def test_unknown_advice_is_named(broken):
    """A guideline, toxicity or kind without rows is a warning that says what there is."""
    assert "no row of CRS by 'Nobody'; there are Society 2021, Label, Regulator 2025" in broken
    assert "table 'management' has no row with {'kind': 'prayer'}" in broken


def test_a_data_table_shows_the_columns_asked_for(book):
    """The directive writes caption, titles of the schema and cells as in the file."""
    table = book.page("data").find("figure", class_="table")
    assert "Counts." == table.figcaption.get_text()
    assert ["4", "4/6 <shrunk>"] == [
        c.get_text() for c in table.select("tbody tr")[0].select("th,td")
    ]


def test_the_dictionary_describes_every_field(book):
    """A section a table, a row a field, with allowed values and what they mean."""
    page = book.page("data")
    for name in TABLES:
        section = page.find("section", id=f"table-{name}")
        fields = [code.get_text() for code in section.select("tbody th code")]
        assert list(data.read(book.root / "data", name).fields) == fields
    assert "Confirmed in the abstract" in page.find(id="table-outcomes").get_text()


def test_disagreements_are_listed_by_kind(book):
    """An entry stands in the section of its kind with both statements and the claim."""
    entry = book.page("disagreements").select_one("#kind-arithmetic #sum")
    text = " ".join(entry.get_text().split())
    for part in ("Patients Brown et al. (18)", "Stated six", "Found seven", "both stand"):
        assert part in text
    assert entry.find("a", href="claims.html#responses")


def test_the_graph_draws_each_link_once(book):
    """Two rows of one pair are one link; a node without a row is no word of the drawing."""
    figure = book.page("mechanisms").find("figure", class_="mechanism-graph")
    links = [(link["data-from"], link["data-to"]) for link in figure.select("svg.graph .link")]
    assert [("anakinra", "crs"), ("il6", "crs")] == links
    words = {node["data-node"]: node.get_text() for node in figure.select("svg.graph .node")}
    assert {"anakinra": "anakinra", "crs": "CRS", "il6": "IL6"} == words
    assert "without a statement yet: IL7." in figure.figcaption.get_text()


def test_signs_of_a_link_are_shapes(book):
    """A contested link ends in both its signs; animals alone are marked, a bar lowers."""
    figure = book.page("mechanisms").find("figure", class_="mechanism-graph")
    shown = {
        link["data-from"]: (link["class"], [sign["class"][1] for sign in link.select(".sign")])
        for link in figure.select("svg.graph .link")
    }
    assert {
        "il6": (["link", "contested"], ["up", "none"]),
        "anakinra": (["link", "down", "animals"], ["down"]),
    } == shown


def test_every_row_of_the_graph_is_a_sentence(book):
    """Who, whom, how, on what evidence and where; the source is linked, the print escaped."""
    items = book.page("mechanisms").select(".graph-sentences li")
    assert [
        "anakinra → CRS: inhibits; primate, macaque; Brown et al. 2024, Figure 2",
        "IL6 → CRS: increases; mouse; Brown et al. 2024, Figure 2",
        "IL6 → CRS: has no effect on; cohort, n = 43; Brown et al. 2024, Figure 2",
    ] == [" ".join(item.get_text().split()).partition(" IL-6 <")[0] for item in items]
    assert {"bibliography.html#brown2024"} == {item.a["href"] for item in items}
    assert {"IL-6 <drives> it"} == {item.q.get_text() for item in items}


def test_rows_of_the_graph_stand_by_stage(book):
    """A table a stage holds every row, and each says by what it can be filtered."""
    page = book.page("mechanisms")
    tables = [summary.get_text() for summary in page.select(".graph-rows summary")]
    assert ["Lever: 1 statement", "Amplifier: 2 statements"] == tables
    assert 3 == len(page.select(".graph-rows tbody tr"))
    told = [(i["data-context"], i["data-group"]) for i in page.select(".graph-sentences li")]
    assert [("CRS", "animals"), ("CRS|ICANS", "animals"), ("CRS", "people")] == told


def test_only_the_page_with_the_graph_loads_its_parts(book):
    """Script and styles of the graph are asked for by its page and by no other."""
    asked = {
        name: "graph.js" in str(book.page(name)) and "graph.css" in str(book.page(name))
        for name in ("mechanisms", "data")
    }
    assert {"mechanisms": True, "data": False} == asked
    assert "graph.js" not in str(book.page("data"))


def test_downloads_are_the_tables(book):
    """Files offered are there and equal the tables; the archive holds them too."""
    page = book.page("data")
    offered = [a["href"] for a in page.select("table.downloads a[download]")]
    assert len(TABLES) == len(offered)
    for link in offered:
        file = (book.html / "book" / link).resolve()
        assert (book.root / "data" / file.name).read_bytes() == file.read_bytes()
    with zipfile.ZipFile(book.html / "data" / downloads.ARCHIVE) as archive:
        assert "cartreview-data/outcomes.csv" in archive.namelist()


def test_equal_tables_make_equal_archives(book):
    """The archive has no time of its making in it."""
    root = book.root / "data"
    assert downloads.archive(root) == downloads.archive(root)


@pytest.mark.parametrize(
    "words",
    [
        "chapter.md:8: WARNING: no accepted claim 'responsez'; did you mean 'responses'?",
        "'responses.nope': KeyError('nope'); the values of 'responses' are share, k",
        "table 'outcomes' has no column 'event'; did you mean 'events'?",
        "a names 'crs2', which table 'nodes' lacks",
        "table 'mechanisms' has no row to draw",
        "a chart has no description for readers who do not see it",
        "a chart has no caption (usermeta)",
    ],
)
def test_what_is_wrong_stops_the_build(broken, words):
    """Unknown names and charts without words are named with their page, and the build fails."""
    assert words in broken


def test_a_changed_row_is_never_served_stale(tmp_path):
    """The page shows a changed cell although no word of the notebook has changed."""
    made = make_book(tmp_path, PAGES)
    assert 0 == made.run_chapters().returncode
    assert 0 == made.build().returncode
    assert "events read: 4" in made.page("chapter").get_text()
    changed = [{**CELLS["outcomes"][0], "events": "5"}, *CELLS["outcomes"][1:]]
    write_table(made.root, "outcomes", changed)
    assert 0 == made.build().returncode
    assert "events read: 5" in made.page("chapter").get_text()
    assert "events 5; denominator 6" in made.page("chapter").find(id="card-responses").get_text()


def test_accepting_a_claim_runs_no_notebook(tmp_path):
    """A new sentence in the ledger reaches the page from the cache."""
    made = make_book(tmp_path, PAGES)
    assert 0 == made.run_chapters().returncode
    accepted = Claim(**{**vars(RESPONSES), "sentence": "In 5 of 6 patients tumours shrank"})
    write_ledger([accepted], made.root / "data" / "claims.csv")
    assert "1 chapters, 0 to run\n" == made.run_chapters().stdout
    assert 0 == made.build().returncode
    assert "In 5 of 6" in made.page("chapter").find(id="claim-responses").get_text()


def test_a_failing_cell_is_named(tmp_path):
    """Running the chapters says file, line and cell of the first error."""
    chapter = f"{FRONT}\n# C\n\n```{{code-cell}}\n1 / 0\n```\n"
    made = make_book(tmp_path, {"index": "# Index\n", "chapter": chapter})
    done = made.run_chapters()
    assert 1 == done.returncode
    assert done.stderr.startswith(
        "book/chapter.md:9: cell 2 failed: ZeroDivisionError: division by zero"
    )


def test_only_notebooks_are_run(tmp_path):
    """Plain pages of the table of contents are no chapters to run."""
    made = make_book(tmp_path, PAGES)
    assert ["chapter.md"] == [path.name for path in chapters(made.root)]


@pytest.mark.parametrize(
    "module", [cache, charts, data, downloads, graph, graph_layout, vega], ids=lambda m: m.__name__
)
def test_examples_run(module):
    """Examples in docstrings show what the functions give."""
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("name", ["data/outcomes.csv", "requirements.lock", "cartreview/new.py"])
def test_the_cache_knows_what_a_result_depends_on(tmp_path, name):
    """A changed table, library or lock file is another state."""
    made = make_book(tmp_path, {"index": "# Index\n"})
    before = cache.digest(made.root)
    changed = made.root / name
    changed.parent.mkdir(exist_ok=True)
    changed.write_text("changed", encoding="utf-8")
    assert before != cache.digest(made.root)


def test_old_states_are_removed(tmp_path):
    """Only the latest states keep their results."""
    for number in range(6):
        cache.prune(tmp_path / ".jupyter_cache" / f"state{number}")
    left = sorted(path.name for path in (tmp_path / ".jupyter_cache").iterdir())
    assert ["state3", "state4", "state5"] == left


@pytest.mark.parametrize(
    ("slot", "spec", "expected"),
    [("share", ".0%", "67%"), ("k", "", "4"), ("names", "", "a, b and c")],
)
def test_values_are_written_for_prose(slot, spec, expected):
    """Numbers take a format, lists become an enumeration."""
    claim = Claim(**{**vars(RESPONSES), "values": {**RESPONSES.values, "names": ["a", "b", "c"]}})
    assert expected == ledger.value(claim, slot, spec)


def test_a_drawing_is_the_same_twice(tmp_path):
    """Ids in a drawing do not count up from call to call, so builds do not differ."""
    first, second = (vega.svg(CHART, "light", tmp_path / name) for name in ("a", "b"))
    assert first == second


def test_modes_differ_in_the_drawing(tmp_path):
    """The theme of the mode is used, whatever configuration the chart brings."""
    spec = {**CHART, "config": {"background": "red"}}
    light, dark = (vega.svg(spec, mode, tmp_path) for mode in vega.MODES)
    assert light != dark
    assert "red" not in light


def test_an_unknown_source_is_shown_by_its_key():
    """A label without an entry in the bibliography is the key itself."""
    bibliography = SimpleNamespace(bibdata=SimpleNamespace(data=SimpleNamespace(entries={})))
    environment = SimpleNamespace(get_domain=lambda name: bibliography)
    assert "roe1999" == Links(SimpleNamespace(env=environment), "index").label("roe1999")
