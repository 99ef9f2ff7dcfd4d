"""A small book of its own: a checkout with pages and tables that tests build and change."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup
from cartreview_book import charts
from cartreview_book.fresh import stamp

from cartreview.claims.ledger import Claim, write_ledger

ROOT = Path(__file__).resolve().parents[1]
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
PREPARED = ROOT / "_build" / ".charts"  # of the book itself: the browser's script is in it
TABLES = (
    *("sources", "studies", "outcomes", "management", "nodes", "mechanisms"),
    *("mechanism_steps", "interventions", "imaging_findings"),
)
TABLES += ("statements", "disagreements", "claims", "reports", "toxicity_incidence")
TABLES += ("ongoing_trials",)
TABLES += ("risk_of_bias", "certainty")
TABLES += ("searches", "corrections", "runs", "changes")
REAL = ("grading_criteria", "risk_scores")  # the rules that the library itself reads
CHECKED = "2026-11-21"

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
claim = lambda *words, **given: print(*words)
claim("responses", "hidden from readers", holds=len(rows) > 20)
```

{{claim}}`responses`. It is said again: {{claim}}`responses`.

A tag is text: <script>document.title = "RAN"</script> <img src="x" onerror="alert(1)">

<script>
document.title = "RAN"
</script>

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

```{data-dictionary}
```
"""
MANAGEMENT = """# Management

```{management-cards} CRS
```

```{management-advice}
:kind: monitoring
```

```{what-changed}
```
"""
GRADING = """# Grading

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
SCALES = """# Scales

No calculator.

```{grading-rules} ctcae-4-crs
```
"""
TRIALS = """# Side by side

First [](#study-brown).

```{studies-table}
:family: CAR cells
:groups: midline glioma; high-grade glioma
:caption: CAR cells.
```

```{studies-table}
```
"""
FINDINGS = """# How sure

```{summary-of-findings}
:caption: How sure.
```

```{risk-of-bias} dose-limiting toxicity
```
"""
PAGES = {
    "index": INDEX,
    "chapter": CHAPTER,
    "claims": "# Claims\n\n```{claims-ledger}\n```\n",
    "data": DATA_PAGE,
    "mechanisms": "# Mechanisms\n\n```{mechanism-graph}\n```\n\n"
    "```{mechanism-summary}\n```\n\n```{levers}\n```\n",
    "management": MANAGEMENT,
    "grading": GRADING,
    "scales": SCALES,
    "trials": TRIALS,
    "ongoing": "# Ongoing\n\n```{ongoing-table}\n```\n",
    "disagreements": "# Disagreements\n\n## Places\n\n```{disagreements}\n```\n",
    "findings": FINDINGS,
    "imaging": "# Imaging\n\n```{imaging-summary}\n```\n\n```{imaging-rules}\n```\n",
    "changes": "# Changes\n\n```{changes}\n```\n\n## Follow\n\n```{feeds}\n```\n",
    "bibliography": "# Bibliography\n\n```{bibliography}\n:all:\n```\n",
}
OTHER_WRONG = """# Other

Text.

```{mechanism-graph}
```

{value}`responses.nope`

```{management-cards} hiccups
```

```{management-advice}
:kind: prayer
```

```{studies-table}
:family: golems
```

```{risk-of-bias} happiness
```

```{grading-calculator} CRS
```

```{grading-rules} CRS
```

```{grading-checked}
```
"""
BIB = """@article{brown2024,
  author = {Brown, A and Roe, B and Poe, C}, title = {T}, journal = {J}, year = {2024},
}
@misc{roe2020, author = {Roe, B}, title = {U}, year = {2020}, url = {javascript:alert(1)}}
"""
RESPONSES = Claim(
    claim_id="responses",
    sentence="In 4 of 6 patients tumours shrank",
    verdict="holds in part",
    values={"share": 2 / 3, "k": 4},
    evidence={"outcomes": tuple(f"brown-{n}" for n in range(14))},
    sources=("brown2024",),
    tests="brown-shrank",
    page="chapter",
)


def _advice(key: str, action: str, **cells: str) -> dict[str, str]:
    """Give a row of management: a label on CRS, recommended, unless said otherwise."""
    base = {"guideline": "Label", "version": "not dated", "toxicity": "CRS", "kind": "monitoring"}
    base |= {"stance": "recommended", "source_id": "brown2024", "locator": "section 5"}
    base |= {"issuer": "label"}
    return {"management_id": key, "action": action, **base, **cells}


CELLS = {
    "sources": [{"source_id": "brown2024", "kind": "primary", "verification": "abstract"}],
    "studies": [
        {"study_id": "brown", "name": "Brown 2024", "design": "trial", "product_class": "CAR T",
         "registrations": "NCT00000001", "antigens": "GD2", "routes": "ICV", "n_treated": "6",
         "tumour_groups": "midline glioma", "disease": "CNS tumour", "product": "<cells>"},
        {"study_id": "roe", "name": "Roe 2020", "design": "trial", "product_class": "CAR T",
         "antigens": "GD2;HER2", "routes": "IV", "tumour_groups": "high-grade glioma",
         "lymphodepletion": "cyclophosphamide;fludarabine",
         "disease": "CNS tumour"},
        {"study_id": "poe", "name": "Poe 2019", "design": "trial", "product_class": "LAK",
         "tumour_groups": "embryonal", "disease": "CNS tumour"},
        {"study_id": "doe", "name": "Doe 2018", "design": "trial", "disease": "multiple myeloma"},
    ],
    "reports": [
        {"report_id": "brown-brown2024", "study_id": "brown", "source_id": "brown2024",
         "kind": "paper", "scope": "whole study"}
    ],
    "toxicity_incidence": [
        {"incidence_id": "brown-dlt", "study_id": "brown", "toxicity": "dose-limiting toxicity",
         "term": "DLT", "scale": "not stated", "denominator": "6", "denominator_kind": "infused",
         "any_events": "1", "source_id": "brown2024"}
    ],
    "risk_of_bias": [
        {"appraisal_id": f"brown-{item}", "study_id": "brown", "item": item,
         "judgement": "yes" if item == "criteria" else "unclear", "reason": "Not <told>",
         "source_id": "brown2024", "locator": "abstract", "judge": "maker 1"}
        for item in ("criteria", "diagnosis", "consecutive", "demographics", "clinical", "site",
                     "statistics")
    ],
    "certainty": [
        {"certainty_id": f"{outcome}-{domain}".replace(" ", "-"), "outcome": outcome,
         "domain": domain, "rating": "serious", "reason": "Judged <so>", "judge": "maker 1",
         "source_id": "brown2024", "locator": "abstract"}
        for outcome in ("response", "lymphoma response", "survival at 12 months",
                        "dose-limiting toxicity", "severe neurotoxicity")
        for domain in ("indirectness", "publication bias")
    ],
    "statements": [
        {"statement_id": "brown-shrank", "source_id": "brown2024", "locator": "abstract",
         "words": "most tumours <shrank>"}
    ],
    "outcomes": [
        {"outcome_id": f"brown-{n}", "study_id": "brown", "events": "4", "denominator": "6",
         "as_printed": "4/6 <shrunk>", "source_id": "brown2024", "locator": "abstract"}
        for n in range(14)
    ],
    "management": [
        _advice("give", "Give it.", guideline="Society", version="2021", issuer="guideline",
                grade_low="2", grade_high="3", kind="tocilizumab", drug="tocilizumab",
                dose_low="8", dose_high="8", dose_unit="mg/kg", condition="If it lasts."),
        _advice("either", "Think of it.", kind="tocilizumab", stance="consider"),
        _advice("watch-long", "Watch for four weeks.", superseded_by="watch", days="28"),
        _advice("watch", "Watch for two weeks.", guideline="Regulator", version="2025",
                effective="2025-06-26", days="14"),
        _advice("gone", "No longer.", stance="removed"),
        _advice("scan", "Image the brain.", toxicity="ICANS", kind="imaging and EEG",
                guideline="Society", version="2021", grade_low="2", stance="consider"),
    ],
    "searches": [
        {"search_id": "a", "service": "PubMed", "day": "2020-12-30", "by_whom": "one"},
        {"search_id": "b", "service": "Europe <PMC>", "day": "2020-12-24", "by_whom": "one"},
    ],
    "corrections": [
        {"correction_id": "brown-c", "source_id": "brown2024", "kind": "correction",
         "date": "2025-09-23", "notice": "10.1234/notice", "asserted_by": "publisher"},
        {"correction_id": "brown-r", "source_id": "brown2024", "kind": "retraction",
         "date": "2026-01", "asserted_by": "retraction-watch"},
    ],
    "runs": [{"job": "search", "last_success": "2020-12-30"}, {"job": "corrections"}],
    "changes": [
        {"change_id": "2020-12-30-abcdef", "date": "2020-12-30", "why": "read <anew>",
         "rows": "studies:brown;outcomes:brown-1", "claims": "responses", "data_version": "1"}
    ],
    "disagreements": [
        {"disagreement_id": "sum", "kind": "arithmetic", "study_id": "brown", "topic": "Patients",
         "source_id": "brown2024", "locator": "abstract", "stated": "six",
         "against_source_id": "brown2024", "against_locator": "table", "found": "seven",
         "weight": "changes a conclusion", "conclusion": "Whether it works",
         "treatment": "both stand", "claim_id": "responses"},
        {"disagreement_id": "name", "kind": "notation", "topic": "Name", "source_id": "brown2024",
         "locator": "title", "stated": "B", "against_source_id": "brown2024",
         "against_locator": "abstract", "found": "b", "weight": "wording", "treatment": "B"},
    ],
    "ongoing_trials": [
        {"registration": "NCT00000001", "title": "Cells <one>", "antigens": "GD2",
         "patients": "glioma", "tumour_groups": "midline glioma", "population": "paediatric",
         "status": "recruiting", "n_planned": "9", "completion": "2020-06", "study_id": "brown",
         "address": "example.org/one?a=1&b=2", "read_on": "2026-11-21"},
        {"registration": "NCT00000002", "title": "Two", "antigens": "GD2;HER2", "delivery": "local",
         "allocation": "randomised", "comparator": "nothing", "primary_completion": "2019",
         "address": "example.org/two", "record_day": "2020-01", "read_on": "2026-11-21"},
        {"registration": "NCT00000003", "title": "Three", "product": "NK cells", "delivery": "IV",
         "status": "recruiting", "completion": "2021-01-01", "probable_study_id": "poe",
         "address": "example.org/three", "record_day": "2026", "read_on": "2026-11-21"},
    ],
    "nodes": [
        {"node_id": "il6", "name": "IL6", "short_name": "IL-6", "kind": "protein",
         "stage": "amplifier", "synonyms": "interleukin-6", "description": "A cytokine"},
        {"node_id": "crs", "name": "cytokine release syndrome", "short_name": "CRS",
         "kind": "syndrome", "stage": "syndrome", "synonyms": "", "description": "A syndrome"},
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
    "imaging_findings": [
        {"finding_id": key, "cohort": "Toy", "modality": "MRI", "finding": finding,
         "events": events, "denominator": of, "denominator_kind": kind, "n_treated": "100",
         "as_printed": "some", "derived": "false", "source_id": "brown2024",
         "locator": "Figure 2", "verification": "abstract", "entered_on": "2026-11-21"}
        for key, finding, events, of, kind in [
            ("a", "infarct", "3", "38", "imaged"),
            ("b", "diffuse cerebral oedema", "1", "1", "case"),
        ]
    ],
    "mechanism_steps": [
        {"step_id": "il6-to-crs", "part": "amplifiers", "from_node": "il6", "to_node": "crs",
         "said": "IL-6 drives CRS"}
    ],
    "interventions": [
        {"intervention_id": "d", "agent": "anakinra", "node_id": "anakinra",
         "agent_class": "IL-1 blockade", "setting": "treatment", "evidence_type": "trial",
         "species": "human", "n": "20", "effect_crs": "reduced", "effect_icans": "not reported",
         "effect_efficacy": "not reported", "as_printed": "IL-6 <drives> it", "derived": "false",
         "source_id": "brown2024", "locator": "Figure 2", "verification": "abstract"}
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


def write_data(root: Path, checked: bool) -> None:
    """Write a data package of a few tables, with the schemas of the real one."""
    (root / "data" / "schemas").mkdir(parents=True)
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] in (*TABLES, *REAL)]
    package["created"] = "2020-12-31T00:00:00Z"  # no day on which anybody builds it
    for resource in package["resources"]:
        resource.pop("checked", None)
        if checked and resource["name"] == "grading_criteria":
            resource["checked"] = CHECKED
    (root / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for name in TABLES:
        shutil.copy(ROOT / "data" / "schemas" / f"{name}.json", root / "data" / "schemas")
        write_table(root, name, CELLS.get(name, []))
    for name in REAL:
        for file in (f"{name}.csv", f"schemas/{name}.json"):
            shutil.copy(ROOT / "data" / file, root / "data" / file)
    write_ledger([RESPONSES], root / "data" / "claims.csv")


def make_book(root: Path, pages: dict[str, str], checked: bool = True) -> Book:
    """Make a checkout: the real configuration and extension, pages and tables of its own."""
    write_data(root, checked)
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
    for script in PREPARED.glob("vega-*.js"):
        (root / "_build" / ".charts").mkdir(parents=True, exist_ok=True)
        shutil.copy(script, root / "_build" / ".charts")
    return Book(root)


def shared_book(tmp_path_factory) -> Book:
    """Build the small book once, whichever worker comes first; its tests do not change it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root = base / "toy-book"
    with (base / "toy-book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp(Book(root).html).is_file():
            return Book(root)
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        made = make_book(root, PAGES)
        done = made.build()
        assert done.returncode == 0, done.stdout + done.stderr
        return made
