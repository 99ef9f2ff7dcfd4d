"""Files are written whole or not at all, and what stops that is said in one sentence."""

import errno
import os
from pathlib import Path

import pytest

from cartreview import cli
from cartreview._files import NotWritten, write_together, write_whole


def test_a_file_is_replaced_to_the_letter(tmp_path):
    """Text is written as it is, bytes too, and nothing else lies beside it."""
    path = tmp_path / "a.csv"
    write_whole(path, "ü,\r\n")
    assert "ü,\r\n".encode() == path.read_bytes()
    write_whole(path, b"\xff")
    assert b"\xff" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def full(path, content):
    """Write the first byte, then find the disk full."""
    with path.open("wb") as file:
        file.write(content[:1])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def locked(source, target):
    """Find the file locked."""
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@pytest.mark.parametrize(
    ("place", "name", "stop", "reason"),
    [
        (Path, "write_bytes", full, "No space left on device"),
        (os, "replace", locked, "Permission denied"),
    ],
    ids=["full disk", "locked file"],
)
def test_what_cannot_be_written_stays(tmp_path, monkeypatch, place, name, stop, reason):
    """On a full disk, or where writing is not allowed, the old file stays and no part of a new."""
    path = tmp_path / "a.csv"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(place, name, stop)
    with pytest.raises(NotWritten) as caught:
        write_whole(path, "new")
    assert f"{path} was not written: {reason}; nothing in it was changed" == str(caught.value)
    assert "old" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_several_files_are_written_or_none(tmp_path, monkeypatch):
    """Where the second file is locked, the first has its old content again, and a new one goes."""
    paths = [tmp_path / name for name in ("old", "new", "locked")]
    paths[0].write_text("before", encoding="utf-8")
    real = os.replace

    def replace(source, target):
        if Path(target).name == "locked":
            locked(source, target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(NotWritten, match="locked was not written"):
        write_together(dict.fromkeys(paths, "after"))
    assert [paths[0]] == list(tmp_path.iterdir())
    assert "before" == paths[0].read_text(encoding="utf-8")


def test_a_missing_folder_is_said():
    """A folder that is not there is no traceback of three errors."""
    with pytest.raises(NotWritten, match="No such file or directory"):
        write_whole(Path("nowhere") / "a.csv", "new")


def test_the_command_says_it_without_a_traceback(monkeypatch, capsys):
    """A subcommand that cannot write ends with the sentence and status 2."""

    def stopped(arguments):
        raise NotWritten("data/claims.csv was not written: the disk is full")

    monkeypatch.setattr(cli.check, "run", stopped)
    assert 2 == cli.main(["check"])
    assert "cartreview: data/claims.csv was not written: the disk is full\n" == (
        capsys.readouterr().err
    )
