"""The command: its subcommands, formats and exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bad_checkouts import CODES, GOOD, bad_checkout, expected_text, good_checkout

from cartreview.cli import SUBCOMMANDS, main


@pytest.mark.parametrize("code", CODES)
def test_check_prints_the_words(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints what the function finds, ends with a count and exits with 1."""
    status = main(["check", "--root", str(bad_checkout(code, tmp_path))])
    assert (1, expected_text(code)) == (status, capsys.readouterr().out)


def test_check_of_a_good_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    """Without findings the count stands alone, and the status is 0."""
    status = main(["check", "--root", str(GOOD)])
    text = "0 findings in 6 tables, 19 rows, 3 bibliography entries, 2 pages\n"
    assert (0, text) == (status, capsys.readouterr().out)


def test_check_for_github(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is an annotation of its line, a line of output each."""
    status = main(["check", "--format", "github", "--root", str(bad_checkout("needs", tmp_path))])
    expected = (
        "::error file=data/outcomes.csv,line=7,title=needs::unit (row hayes-53-os)"
        "%0Afound: an empty cell, while value is '11'"
        "%0Aexpected: unit filled where value is"
        "%0Afix: fill unit, or empty value.\n"
        "1 finding in 6 tables, 19 rows, 3 bibliography entries, 2 pages\n"
    )
    assert (1, expected) == (status, capsys.readouterr().out)


def test_annotations_escape_percent_signs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A percent sign in a finding does not end up as an escape."""
    main(["check", "--format", "github", "--root", str(bad_checkout("naked-number", tmp_path))])
    assert "'5.2 %25' in" in capsys.readouterr().out


def test_check_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has the parts of each finding and the count."""
    main(["check", "--format", "json", "--root", str(bad_checkout("needs", tmp_path))])
    finding = {
        "path": "data/outcomes.csv",
        "line": 7,
        "column": "unit",
        "code": "needs",
        "row": "hayes-53-os",
        "found": "an empty cell, while value is '11'",
        "expected": "unit filled where value is",
        "fix": "fill unit, or empty value.",
    }
    summary = "1 finding in 6 tables, 19 rows, 3 bibliography entries, 2 pages"
    assert {"summary": summary, "findings": [finding]} == json.loads(capsys.readouterr().out)


def test_check_finds_the_checkout_upwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of a checkout the command checks that checkout."""
    monkeypatch.chdir(good_checkout(tmp_path) / "book")
    assert 0 == main(["check"])
    assert capsys.readouterr().out.startswith("0 findings in 6 tables")


def test_check_without_a_checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no data, the command says how to name a checkout."""
    assert 2 == main(["check", "--root", str(tmp_path)])
    assert f"{tmp_path} has no folder data/: name a checkout with --root DIR\n" == (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check", "--format", "xml"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use exits with 2 and shows the usage."""
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert 2 == exit_.value.code
    assert capsys.readouterr().err.startswith("usage: cartreview")


@pytest.mark.parametrize("module", SUBCOMMANDS, ids=lambda module: module.__name__)
def test_every_subcommand_has_help(module: object, capsys: pytest.CaptureFixture[str]) -> None:
    """Each subcommand explains itself."""
    name = getattr(module, "NAME", module.__name__.rpartition(".")[2])
    with pytest.raises(SystemExit) as exit_:
        main([name, "--help"])
    assert 0 == exit_.value.code
    assert f"usage: cartreview {name}" in capsys.readouterr().out


@pytest.mark.parametrize("unneeded", ["pandas", "altair", "scipy", "numpy", "frictionless"])
def test_check_imports_little(unneeded: str) -> None:
    """The check is fast because it imports nothing heavy."""
    code = (
        "import sys\nfrom cartreview.cli import main\n"
        f"main(['check', '--root', {str(GOOD)!r}])\nsys.exit({unneeded!r} in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@pytest.mark.parametrize(
    ("words", "status"),
    [(["check", "--root", str(GOOD)], 141), (["--help"], 0)],  # argparse catches its own
)
def test_a_reader_may_stop(words: list[str], status: int) -> None:
    """A closed pipe, as of `head`, ends the command without a traceback."""
    command = [sys.executable, "-m", "cartreview.cli", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert (status, b"") == (process.returncode, said)
