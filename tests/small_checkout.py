"""A checkout of three small tables and one chapter, for tests that change them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from cartreview import _tables as tables
from cartreview import claims
from cartreview.claims import ledger

REAL = Path(__file__).resolve().parents[1] / "data"

SOURCES = """source_id,year
b2024,2024
l2020,2020
"""

STUDIES = """study_id,product_class,routes,route_queried,dose_cells,n_patients,source_id,note
brown-15,CAR T,IT;ICV,false,200000000,3,b2024,first of its kind
lin-20,CAR NK,IV,true,,5,l2020,
"""

OUTCOMES = """outcome_id,study_id,events,denominator,median_months
brown-15-cr,brown-15,1,3,2.5
lin-20-cr,lin-20,2,5,
"""

PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  name: python3
---

# Trials

```{code-cell}
:tags: [setup]
from cartreview import load, split
from cartreview.claims import claim

studies = load("studies")
outcomes = load("outcomes")
```

```{code-cell}
:tags: [claim]
events = int(outcomes["events"].sum())
claim(
    "responses",
    "{events} patients responded",
    values={"events": events},
    holds=events > 2,
    evidence=outcomes,
)
```

```{code-cell}
:tags: [claim]
local = studies[studies["routes"].str.contains("IT")]
claim(
    "local-trials",
    "In {n} trial the cells were given locally: {classes}",
    values={"n": len(local), "classes": list(local["product_class"])},
    holds=True,
    evidence=local,
)
```
"""


def _field(name: str, kind: str = "string", **more) -> dict:
    return {"name": name, "type": kind, "title": name, "description": name, **more}


def _allowed(*values: str) -> dict:
    return {"constraints": {"enum": list(values)}}


SCHEMAS = {
    "sources": [
        _field("source_id", constraints={"required": True, "unique": True}),
        _field("year", "integer", constraints={"minimum": 1960, "maximum": 2100}),
    ],
    "studies": [
        _field("study_id", constraints={"required": True, "unique": True}),
        _field("product_class", **_allowed("CAR T", "CAR NK")),
        _field("routes", separator=";", items={"enum": ["IV", "IT", "ICV", "other"]}),
        _field("route_queried", "boolean", trueValues=["true"], falseValues=["false"]),
        _field("dose_cells", "number"),
        _field("n_patients", "integer", constraints={"minimum": 1}),
        _field("source_id"),
        _field("note"),
    ],
    "outcomes": [
        _field("outcome_id", constraints={"required": True, "unique": True}),
        _field("study_id"),
        _field("events", "integer", constraints={"minimum": 0}),
        _field("denominator", "integer", constraints={"minimum": 1}),
        _field("median_months", "number"),
    ],
}
FOREIGN = {
    "studies": [("source_id", "sources", "source_id")],
    "outcomes": [("study_id", "studies", "study_id")],
}
RULES = {
    "outcomes": [
        {"rule": "events-above-denominator", "events": "events", "denominator": "denominator"}
    ]
}
TEXTS = {"sources": SOURCES, "studies": STUDIES, "outcomes": OUTCOMES}
GENERATED = ("claims", "guard")


def _schema(name: str) -> dict:
    foreign = [
        {"fields": column, "reference": {"resource": table, "fields": key}}
        for column, table, key in FOREIGN.get(name, ())
    ]
    return {
        "title": name,
        "description": name,
        "fields": SCHEMAS[name],
        "primaryKey": SCHEMAS[name][0]["name"],
        "missingValues": [""],
        "foreignKeys": foreign,
        "rules": RULES.get(name, []),
    }


def _resource(name: str) -> dict:
    generated = {"generated": "make"} if name in GENERATED else {}
    return {"name": name, "path": f"{name}.csv", "schema": f"schemas/{name}.json", **generated}


def write(root: Path) -> Path:
    """Write the checkout, without its generated tables."""
    data = root / "data"
    (data / "schemas").mkdir(parents=True)
    (root / "book").mkdir()
    for name, text in TEXTS.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
        (data / "schemas" / f"{name}.json").write_text(json.dumps(_schema(name)), encoding="utf-8")
    for name in GENERATED:
        schema = (tables.DATA / "schemas" / f"{name}.json").read_text(encoding="utf-8")
        (data / "schemas" / f"{name}.json").write_text(schema, encoding="utf-8")
    package = {"version": "0", "resources": [_resource(name) for name in (*TEXTS, *GENERATED)]}
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (root / "book" / "trials.md").write_text(PAGE, encoding="utf-8")
    return root


def add_table(root: Path, name: str, text: str = "") -> None:
    """Add a table of the real checkout, with its schema; without rows unless a text is given."""
    content = (REAL / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    (root / "data" / "schemas" / f"{name}.json").write_text(content, encoding="utf-8")
    header = ",".join(field["name"] for field in json.loads(content)["fields"])
    (root / "data" / f"{name}.csv").write_text(text or f"{header}\n", encoding="utf-8")
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"].append(_resource(name))
    path.write_text(json.dumps(package), encoding="utf-8")
    _turn(tables.DATA)


@contextmanager
def in_use(root: Path) -> Iterator[Path]:
    """Let the library read its tables from the checkout at `root`, and work there."""
    before = tables.DATA
    try:
        _turn(root / "data")
        with chdir(root):
            yield root
    finally:
        _turn(before)


def _turn(data: Path) -> None:
    tables.DATA = data
    for remembered in (tables._package, tables.schema):
        remembered.cache_clear()


def accept(root: Path) -> None:
    """Accept the claims as they are."""
    ledger.write_ledger(claims.compute(root / "book"), root / "data" / "claims.csv")


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    """Run git there, as nobody in particular."""
    person = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    subprocess.run(["git", "-C", str(root), *person, *arguments], check=True, capture_output=True)


def commit(root: Path) -> None:
    """Make the checkout a git repository, if it is none, and commit everything."""
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "state")
