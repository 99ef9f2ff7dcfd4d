"""Released versions: found as tag or as file, and read by the schema that they had."""

from __future__ import annotations

import zipfile

import pytest
import small_checkout
from small_checkout import commit, edit, git

import cartreview
from cartreview import _releases as releases
from cartreview.cli import main


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with two released versions, and a change since."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.accept(root)
        commit(root)
        git(root, "tag", "data-2026.11.1")
        edit(root, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
        small_checkout.accept(root)
        commit(root)
        git(root, "tag", "data-2026.11.10")
        git(root, "tag", "data-2026.9.1", "data-2026.11.1")
        edit(root, "data/outcomes.csv", "brown-15,2,3", "brown-15,3,3")
        yield root


def zipped(root, version, folder):
    """Write a release file of the tables that stand there now."""
    folder.mkdir(exist_ok=True)
    file = folder / releases.archive_name(version)
    with zipfile.ZipFile(file, "w") as made:
        for path in sorted((root / "data").rglob("*.*")):
            made.write(path, f"{file.stem}/{path.relative_to(root).as_posix()}")
    return file


def test_a_table_of_a_tag(checkout):
    """Each version has its own rows; the working tree has those of now."""
    found = [
        cartreview.load("outcomes", version=name)["events"].iloc[0]
        for name in ("2026.11.1", "2026.11.10", None)
    ]
    assert [1, 2, 3] == found


def test_a_version_keeps_its_own_columns(checkout):
    """A field that came later is no column of an older version; types are those of then."""
    path = checkout / "data" / "schemas" / "outcomes.json"
    text = path.read_text("utf-8").replace('"name": "events", "type": "integer"',
                                           '"name": "events", "type": "number"')  # fmt: skip
    path.write_text(text, encoding="utf-8")
    assert "Int64" == cartreview.load("outcomes", version="2026.11.1")["events"].dtype


def test_a_table_of_a_file(checkout, monkeypatch):
    """What no tag names is read from a release file: in the folder for them, or named."""
    file = zipped(checkout, "2026.12.1", checkout.parent / "kept")
    assert 3 == cartreview.load("outcomes", version=str(file))["events"].iloc[0]
    monkeypatch.setenv(releases.FOLDER, str(file.parent))
    assert 3 == cartreview.load("outcomes", version="2026.12.1")["events"].iloc[0]
    assert "2026.12.1" == releases.releases(checkout)[-1]


def test_releases_are_in_the_order_of_the_calendar(checkout):
    """The tenth of a month follows the second; other tags are none."""
    git(checkout, "tag", "data-next")
    assert ["2026.9.1", "2026.11.1", "2026.11.10"] == releases.releases(checkout)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("2026.11.2", "released versions here: 2026.9.1, 2026.11.1, 2026.11.10"),
        ("yesterday", "'yesterday' is no version of the data: year, month and number"),
        ("--help", "'--help' is no version of the data"),
        ("no.zip", "no.zip cannot be read as a release"),
    ],
)
def test_an_unknown_version_is_refused(checkout, version, words):
    """The error says which versions there are."""
    with pytest.raises(releases.VersionError) as caught:
        cartreview.load("outcomes", version=version)
    assert words in str(caught.value)


def test_an_unknown_table_of_a_version(checkout):
    """The error lists the tables of that version."""
    with pytest.raises(KeyError, match="in version 2026"):
        cartreview.load("claims_of_mine", version="2026.11.1")


def test_a_file_that_is_no_release(checkout, tmp_path):
    """Another zip file is refused; a member that would fill the memory too."""
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("notes.txt", "nothing")
    with pytest.raises(releases.VersionError, match="is no release of the data"):
        releases.reader(str(file), checkout)


def test_a_member_that_is_too_large(checkout, tmp_path, monkeypatch):
    """A zip file says how large a member will be; too large a one is not unpacked."""
    file = zipped(checkout, "2026.12.1", tmp_path / "kept")
    monkeypatch.setattr(releases, "_MOST", 10)
    with pytest.raises(releases.VersionError, match="is larger than"):
        cartreview.load("outcomes", version=str(file))


def test_without_git_and_files(tmp_path):
    """A folder that is no checkout has no version; the sentence says where one was looked for."""
    with pytest.raises(releases.VersionError, match="released versions here: none"):
        releases.reader("2026.11.1", tmp_path)


def test_difference_of_two_releases(checkout, capsys):
    """`cartreview diff` takes the names of releases."""
    assert 0 == main(["diff", "2026.11.1", "2026.11.10"])
    told = capsys.readouterr().out
    assert told.startswith("1 claim moved between 2026.11.1 and 2026.11.10.")
    assert "events: 3 → 4" in told


def test_difference_of_a_release_that_is_not_there(checkout, capsys):
    """The command says which there are, and ends with 2."""
    assert 2 == main(["diff", "2026.11.1", "2027.1.1"])
    assert "released versions here: 2026.9.1, 2026.11.1, 2026.11.10" in capsys.readouterr().err
