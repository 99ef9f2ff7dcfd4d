"""The data package and the schemas: whatever stands there is told and switches off no check."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_checkouts import GOOD, good_checkout

import cartreview
from cartreview import _tables as tables
from cartreview.validation import Place, check, read_package
from cartreview.validation.files import read_text
from cartreview.validation.schemas import read_schema
from cartreview.validation.shapes import GENERATED

REPO = Path(__file__).resolve().parent.parent
PACKAGE = "data/datapackage.json"
WHOLE = (GOOD / PACKAGE).read_text(encoding="utf-8")


def edited(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Give the data package with a change."""
    content = json.loads(WHOLE)
    change(content)
    return (json.dumps(content, indent=2) + "\n").encode()


BROKEN = {
    "truncated": WHOLE[: len(WHOLE) // 2].encode(),
    "empty": b"",
    "utf-16": WHOLE.encode("utf-16"),
    "absent": None,
    "a list": b"[]\n",
    "no version": edited(lambda content: content.pop("version")),
    "no resources": edited(lambda content: content.pop("resources")),
    "a path that is a number": edited(lambda content: content["resources"][1].update(path=7)),
    "a resource without path": edited(lambda content: content["resources"][1].pop("path")),
    "a resource that is true": edited(lambda content: content["resources"].append(True)),
    "half a character": edited(lambda content: content["resources"][1].update(name="\ud800")),
    "half a character alone": edited(lambda content: content["resources"].append("\ud800")),
    "a path out of data": edited(lambda content: content["resources"][1].update(path="../x.csv")),
    "a table twice": edited(lambda content: content["resources"].append(content["resources"][0])),
    "an edited table that is generated": edited(
        lambda content: content["resources"][1].update(generated="make studies")
    ),
    "a generated table that is edited": edited(
        lambda content: content["resources"][-1].pop("generated")
    ),
    "a key that nothing reads": edited(lambda content: content.update(verson="2")),
}


def write(root: Path, content: bytes | None) -> None:
    """Put a data package in the place of the good one."""
    if content is None:
        (root / PACKAGE).unlink()
    else:
        (root / PACKAGE).write_bytes(content)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_data_package_is_told(content: bytes | None, tmp_path: Path) -> None:
    """Each defect has a place in the file, and words."""
    root = good_checkout(tmp_path)
    write(root, content)
    found = [problem for problem in check(root) if problem.path == PACKAGE]
    assert found
    assert all(problem.line and problem.found and problem.fix for problem in found)


def test_places_in_the_data_package(tmp_path: Path) -> None:
    """The line is that of the key, not the first line of the file."""
    root = good_checkout(tmp_path)
    lines = WHOLE.replace('"path": "studies.csv"', '"path": 7').split("\n")
    (root / PACKAGE).write_text("\n".join(lines), encoding="utf-8")
    (found, *_) = [problem for problem in check(root) if problem.path == PACKAGE]
    assert lines[found.line - 1].strip() == "{"
    assert '"studies"' in lines[found.line]


@pytest.mark.parametrize("name", ["truncated", "absent", "no version", "a path that is a number"])
def test_the_import_survives_a_broken_data_package(name: str, tmp_path: Path) -> None:
    """Only who asks for tables or for the data version is told, in words."""
    (tmp_path / "data").mkdir()
    shutil.copytree(REPO / "cartreview", tmp_path / "cartreview")
    shutil.copy(GOOD / PACKAGE, tmp_path / PACKAGE)
    write(tmp_path, BROKEN[name])
    code = (
        "import cartreview, cartreview.cli\n"
        "for ask in (cartreview.tables, lambda: cartreview.data_version):\n"
        "    try: ask()\n"
        "    except ValueError as error: print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 2 == ran.stdout.count("'cartreview check' says what is wrong")


def test_the_data_version_is_an_attribute() -> None:
    """It is read when it is asked for."""
    assert tables.data_version() == cartreview.data_version
    with pytest.raises(AttributeError, match="no attribute 'data_versoin'"):
        _ = cartreview.data_versoin


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is not a missing one."""

    def denied(self: Path, *_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    root = good_checkout(tmp_path)
    monkeypatch.setattr(Path, "open", denied)
    (found,) = [p for p in read_package(root)[1] if p.path == PACKAGE]
    assert ("Permission denied", "allow yourself to read it: chmod u+r.") == (
        found.found,
        found.fix,
    )


def outcomes(change: Callable[[dict[str, dict[str, Any]], dict[str, Any]], Any]) -> str:
    """Give the schema of outcomes with a change; fields by name."""
    raw = json.loads((GOOD / "data/schemas/outcomes.json").read_text(encoding="utf-8"))
    change({field["name"]: field for field in raw["fields"]}, raw)
    return json.dumps(raw, indent=2) + "\n"


def limits(field: dict[str, Any], **keys: Any) -> None:
    """Change the constraints of a field."""
    field.setdefault("constraints", {}).update(keys)


SILENT = {
    "requierd": outcomes(lambda fields, raw: limits(fields["events"], requierd=True)),
    "foreignKey": outcomes(lambda fields, raw: raw.update(foreignKey=raw.pop("foreignKeys"))),
    "rule": outcomes(lambda fields, raw: raw.update(rule=raw.pop("rules"))),
    "required in quotes": outcomes(lambda fields, raw: limits(fields["events"], required="true")),
    "minimum in quotes": outcomes(lambda fields, raw: limits(fields["events"], minimum="0")),
    "minimum out of bounds": outcomes(
        lambda fields, raw: limits(fields["events"], minimum=0)
    ).replace('"minimum": 0', '"minimum": 1e999', 1),
    "minimum above maximum": outcomes(
        lambda fields, raw: limits(fields["events"], minimum=2, maximum=1)
    ),
    "minimum of a text": outcomes(lambda fields, raw: limits(fields["unit"], minimum=2)),
    "an enum of one text": outcomes(lambda fields, raw: limits(fields["unit"], enum="months")),
    "an enum twice": outcomes(lambda fields, raw: limits(fields["unit"], enum=["d", "d"])),
    "items without separator": outcomes(
        lambda fields, raw: fields["unit"].update(items={"enum": ["months"]})
    ),
    "printed in quotes": outcomes(lambda fields, raw: fields["unit"].update(printed="true")),
    "NA is missing": outcomes(lambda fields, raw: raw.update(missingValues=["", "NA"])),
    "a foreign key without a table": outcomes(
        lambda fields, raw: raw["foreignKeys"][0]["reference"].pop("resource")
    ),
    "a part of a rule that it has not": outcomes(
        lambda fields, raw: raw["rules"][0].update(unles="derived")
    ),
    "where a number": outcomes(lambda fields, raw: raw["rules"][0].update(where={"unit": 7})),
    "a hidden character": outcomes(lambda fields, raw: raw.update(title="Out\u202ecomes")),
}


@pytest.mark.parametrize("schema", SILENT.values(), ids=SILENT)
def test_a_schema_that_says_nothing_is_told(schema: str, tmp_path: Path) -> None:
    """A slip in the file that defines the checks switches none of them off in silence."""
    root = good_checkout(tmp_path)
    (root / "data/schemas/outcomes.json").write_text(schema, encoding="utf-8")
    found = {problem.code for problem in check(root) if "schemas/outcomes" in problem.path}
    assert found & {"bad-schema", "hidden-character"}


def test_a_misspelt_key_is_placed_and_mended(tmp_path: Path) -> None:
    """The finding names the field, the line and the key that was meant."""
    root = good_checkout(tmp_path)
    file = root / "data/schemas/outcomes.json"
    file.write_text(SILENT["requierd"], encoding="utf-8")
    (found,) = check(root)
    line = SILENT["requierd"].split("\n").index('        "requierd": true') + 1
    assert Place("data/schemas/outcomes.json", line, "events") == found.place
    assert found.fix.startswith("did you mean 'required'?")


def test_a_key_twice_is_told(tmp_path: Path) -> None:
    """JSON keeps the last of two equal keys and says nothing."""
    root = good_checkout(tmp_path)
    file = root / "data/schemas/outcomes.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"primaryKey"', '"rules": [],\n  "primaryKey"', 1), "utf-8")
    (found,) = check(root)
    assert ("bad-schema", "each key once in an object") == (found.code, found.expected)


def test_a_huge_cell_is_told(tmp_path: Path) -> None:
    """The reader of CSV refuses it; the check says where it stands."""
    root = good_checkout(tmp_path)
    file = root / "data/outcomes.csv"
    file.write_text(file.read_text("utf-8") + "x" * 140_000 + "\n", encoding="utf-8")
    (found,) = [problem for problem in check(root) if problem.path == "data/outcomes.csv"]
    assert (8, "a cell of more than 131,072 characters") == (found.line, found.found)


def test_a_long_number_is_read_quickly(tmp_path: Path) -> None:
    """A pattern that goes back and forth would take minutes for such a cell."""
    root = good_checkout(tmp_path)
    file = root / "data/outcomes.csv"
    text = file.read_text("utf-8").replace("brown-15,CR,2,", f"brown-15,CR,{'1' * 100_000} x,")
    file.write_text(text, encoding="utf-8")
    assert "wrong-type" in {problem.code for problem in check(root)}


def schemas() -> dict[str, dict[str, Any]]:
    """Read the schemas of the checkout by table."""
    package = json.loads((REPO / PACKAGE).read_text(encoding="utf-8"))
    return {
        item["name"]: json.loads((REPO / "data" / item["schema"]).read_text(encoding="utf-8"))
        for item in package["resources"]
    }


@pytest.mark.parametrize("name", schemas())
def test_every_key_of_another_table_is_a_foreign_key(name: str) -> None:
    """A foreign key that is taken out is missed: what is named as a key refers to its table."""
    every = schemas()
    keys = {raw["primaryKey"]: table for table, raw in every.items()}
    pointing = dict(read_schema("", every[name]).references)
    for field in every[name]["fields"]:
        column = field["name"]
        if keys.get(column, name) != name:
            assert (keys[column], column) == pointing.get(column)
        if column.endswith("_source_id"):
            assert ("sources", "source_id") == pointing.get(column)
        if column.endswith("_ids") and f"{column[:-1]}" in keys:
            reference = field["items"]["reference"]
            assert f"{keys[column[:-1]]}.{column[:-1]}" == reference


@pytest.mark.parametrize("name", schemas())
def test_every_pair_of_numbers_has_its_rule(name: str) -> None:
    """A rule that is taken out is missed: ranges, counts and percentages all have theirs."""
    raw = schemas()[name]
    columns = {field["name"] for field in raw["fields"]}
    ruled = {tuple(v for v in rule.values() if isinstance(v, str)) for rule in raw.get("rules", [])}
    for column in columns:
        other = f"{column.removesuffix('_low')}_high"
        if column.endswith("_low") and other in columns:
            assert ("low-above-high", column, other) in ruled
    if {"events", "denominator"} <= columns:
        assert ("events-above-denominator", "events", "denominator") in ruled
    if {"events", "denominator", "percent"} <= columns:
        assert ("percent-mismatch", "percent", "events", "denominator") in ruled
    if {"as_printed", "events"} <= columns:
        assert "number-not-printed" in {rule[0] for rule in ruled}


def test_generated_tables_are_those_that_a_command_writes() -> None:
    """The data package says of no other table that it is generated."""
    package = json.loads((REPO / PACKAGE).read_text(encoding="utf-8"))
    said = {item["name"]: item["generated"] for item in package["resources"] if "generated" in item}
    assert said.items() <= GENERATED.items()


def test_read_text_of_no_file(tmp_path: Path) -> None:
    """A file that is not there is a finding."""
    findings: list[Any] = []
    assert read_text(tmp_path / "none.csv", "none.csv", findings) is None
    assert ["missing-file"] == [problem.code for problem in findings]
