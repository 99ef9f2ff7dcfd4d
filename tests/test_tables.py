"""Tables load with the types of their schemas, from a checkout and from nowhere else."""

import io
import subprocess
import sys

import pandas as pd
import pytest

import cartreview
from cartreview._tables import data_version, key, overlay, schema


@pytest.mark.parametrize("name", cartreview.tables())
def test_types_are_those_of_the_schema(name):
    """Each column has the type that its schema names."""
    expected = {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "string": str(pd.read_csv(io.StringIO("a"), dtype="str")["a"].dtype),  # object in pandas 2
        "date": "datetime64[s]",
    }
    frame = cartreview.load(name)
    for field in schema(name)["fields"]:
        assert expected[field["type"]] == str(frame[field["name"]].dtype), field["name"]


@pytest.mark.parametrize("name", cartreview.tables())
def test_every_number_has_its_unit(name):
    """A number has a unit, "1" where it has none, or names the column of text that holds it."""
    fields = {field["name"]: field for field in schema(name)["fields"]}
    for field in fields.values():
        if field["type"] not in ("integer", "number"):
            continue
        unit = field.get("unit", "")
        assert unit, field["name"]
        if unit.startswith("see "):
            assert "string" == fields[unit.removeprefix("see ")]["type"], field["name"]


def test_categories_are_those_of_the_schema():
    """Asked for, words come as categories in the order of the schema, those no row has included."""
    plain, coded = cartreview.load("outcomes"), cartreview.load("outcomes", categories=True)
    fields = {field["name"]: field for field in schema("outcomes")["fields"]}
    assert plain["endpoint"].tolist() == coded["endpoint"].tolist()
    assert fields["endpoint"]["constraints"]["enum"] == list(coded["endpoint"].cat.categories)
    assert not coded["endpoint"].cat.ordered
    assert plain["as_printed"].dtype == coded["as_printed"].dtype


def test_dates_are_dates(tmp_path, monkeypatch):
    """A field of type date comes as one, an empty cell as NaT."""
    from cartreview import _tables as module

    (tmp_path / "days.csv").write_text("row,day\na,2026-11-21\nb,\n", encoding="utf-8")
    fields = [{"name": "row", "type": "string"}, {"name": "day", "type": "date"}]
    monkeypatch.setattr(module, "schema", lambda name: {"fields": fields})
    frame = module._read(tmp_path / "days.csv", "days", 1)
    assert "datetime64[s]" == str(frame["day"].dtype)
    assert pd.Timestamp("2026-11-21") == frame.loc[0, "day"]
    assert pd.isna(frame.loc[1, "day"])


def test_describe_gives_an_overview():
    """Without a name there is a row a table: what it holds and how large it is."""
    overview = cartreview.describe()
    assert ["name", "title", "description", "rows", "columns"] == list(overview)
    assert cartreview.tables() == overview["name"].tolist()
    assert overview["title"].str.len().gt(0).all()
    outcomes = overview.set_index("name").loc["outcomes"]
    assert cartreview.load("outcomes").shape == (outcomes["rows"], outcomes["columns"])


@pytest.mark.parametrize("name", cartreview.tables())
def test_keys_are_unique(name):
    """A row has a name of its own."""
    assert cartreview.load(name)[key(name)].is_unique


def test_empty_is_missing_and_never_zero():
    """An empty cell of a number is missing."""
    studies = cartreview.load("studies").set_index("study_id")
    assert pd.isna(studies.loc["juliet-2018", "n_treated"])


def test_a_loaded_frame_is_the_callers_own():
    """Changing a frame does not change what the next one sees."""
    frame = cartreview.load("sources")
    frame.loc[0, "kind"] = "changed"
    assert "changed" not in set(cartreview.load("sources")["kind"])


def test_unknown_table_names_those_there_are():
    """A wrong name is answered with the right ones."""
    with pytest.raises(KeyError, match="no table 'outcome'; there are sources, studies"):
        cartreview.load("outcome")


def test_overlay_ends_with_its_block():
    """Other frames are read inside the block only."""
    with overlay({"sources": cartreview.load("sources").head(1)}):
        assert 1 == len(cartreview.load("sources"))
    assert 1 < len(cartreview.load("sources"))


def test_describe_has_a_row_a_field():
    """The dictionary of a table lists each field with its unit."""
    described = cartreview.describe("studies").set_index("name")
    assert list(cartreview.load("studies").columns) == list(described.index)
    assert "mL" == described.loc["volume_ml_low", "unit"]


def test_data_version_ignores_generated_tables(tmp_path, monkeypatch):
    """Accepting a claim does not change the version of the data; changing a row does."""
    import shutil

    from cartreview import _tables as module

    shutil.copytree(module.DATA, tmp_path / "data")
    monkeypatch.setattr(module, "DATA", tmp_path / "data")
    before = data_version()
    (tmp_path / "data" / "claims.csv").write_text("changed", encoding="utf-8")
    assert before == data_version()
    with (tmp_path / "data" / "outcomes.csv").open("a", encoding="utf-8") as rows:
        rows.write("changed\n")
    assert before != data_version()


@pytest.mark.parametrize("use", ["cartreview.tables()", "dir(cartreview)", "cartreview.cite()"])
def test_import_brings_neither_pandas_nor_altair(use):
    """Importing the library costs no more than reading a few small files."""
    code = (
        f"import sys, cartreview; {use}; print({{'pandas', 'altair', 'scipy'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "set()" == done.stdout.strip()
