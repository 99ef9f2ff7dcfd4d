"""The book's configuration and contents: every page is listed, and every chapter is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cartreview.validation.problems import Place, Problem, did_you_mean, quoted
from cartreview.validation.yaml_lines import Setting, settings, yaml_faults

__all__ = ["check_configuration", "check_contents", "executed", "unreadable"]

_EXECUTED = ("cache", "auto", "force")
TOC = "_toc.yml"
CONFIG = "_config.yml"


def _lines(root: Path, path: str) -> list[str] | None:
    try:
        text = (root / path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None
    return text.replace("\r\n", "\n").split("\n")


def check_contents(root: Path) -> Iterator[Problem]:
    """Compare the contents with the pages: each page once, no entry without its page.

    Parameters
    ----------
    root : Path
        Root of the checkout; without ``_toc.yml`` and ``_config.yml`` it has no book.

    Yields
    ------
    Problem
        Entries without page or twice, pages without entry, lines that cannot be read.
    """
    lines = _lines(root, TOC)
    if lines is None:
        if (root / CONFIG).is_file():
            yield _absent(TOC)
        return
    for line, fault in yaml_faults(lines):
        yield unreadable(TOC, line, fault, "bad-configuration")
    written = set(_written(root))
    listed: dict[str, int] = {}
    globs: list[str] = []
    for setting in settings(lines):
        path = f"{setting.value.removesuffix('.md')}.md"
        if setting.keys[-1] == "glob":
            globs.append(path)
        elif setting.keys[-1] in ("file", "root"):
            yield from _listed(root, setting, listed.get(path), written)
            listed.setdefault(path, setting.line)
    for path in sorted(written - set(listed)):
        if not any(Path(path).match(pattern) for pattern in globs):
            yield Problem(
                "unlisted-page",
                Place(path),
                found=f"a page that {TOC} does not list",
                expected=f"an entry of {TOC}",
                fix=f"add '- file: {path.removesuffix('.md')}', or take the page out of book/.",
            )


def _written(root: Path) -> Iterator[str]:
    for file in (root / "book").rglob("*.md"):
        path = file.relative_to(root)
        if not any(part.startswith(("_", ".")) for part in path.parts):
            yield path.as_posix()


def _listed(
    root: Path, setting: Setting, before: int | None, written: set[str]
) -> Iterator[Problem]:
    named = setting.value.removesuffix(".md")
    if before:
        found = f"{quoted(setting.value)}, which line {before} lists too"
        yield _entry(setting.line, found, "each page once", "take one of the two out.")
    elif f"{named}.md" not in written and not (root / f"{named}.md").is_file():
        options = [path.removesuffix(".md") for path in written]
        fix = did_you_mean(named, options, "write the page, or take the entry out.")
        yield _entry(setting.line, f"{quoted(setting.value)}, which is no file", "a page", fix)


def _entry(line: int, found: str, expected: str, fix: str) -> Problem:
    return Problem("bad-contents", Place(TOC, line), found=found, expected=expected, fix=fix)


def _absent(path: str) -> Problem:
    return Problem(
        "missing-file",
        Place(path),
        found="no such file",
        expected="a file that the book is built with",
        fix="restore the file from its history.",
    )


def check_configuration(root: Path) -> Iterator[Problem]:
    """Check that the build runs every chapter and stops where one fails.

    Parameters
    ----------
    root : Path
        Root of the checkout; without ``_toc.yml`` and ``_config.yml`` it has no book.

    Yields
    ------
    Problem
        Settings under ``execute``, lines that cannot be read.
    """
    lines = _lines(root, CONFIG)
    if lines is None:
        if (root / TOC).is_file():
            yield _absent(CONFIG)
        return
    for line, fault in yaml_faults(lines):
        yield unreadable(CONFIG, line, fault, "bad-configuration")
    found = {setting.keys: setting for setting in settings(lines)}
    mode = found.get(("execute", "execute_notebooks"))
    yield from executed(CONFIG, mode.line if mode else 1, mode.value if mode else "not set")
    strict = found.get(("execute", "raise_on_error"))
    if not strict or strict.value != "true":
        yield Problem(
            "not-executed",
            Place(CONFIG, strict.line if strict else 1),
            found=f"raise_on_error {quoted(strict.value) if strict else 'not set'}",
            expected="true: a cell that fails stops the build",
            fix="write raise_on_error: true under execute.",
        )
    skipped = found.get(("execute", "exclude_patterns"))
    if skipped and skipped.value not in ("", "[]"):
        yield Problem(
            "not-executed",
            Place(CONFIG, skipped.line),
            found=f"exclude_patterns {quoted(skipped.value)} under execute",
            expected="chapters that all run",
            fix="take it out.",
        )


def unreadable(path: str, line: int, fault: str, code: str) -> Problem:
    """Say that a line is no YAML."""
    expected = "YAML: keys, values, lists"
    return Problem(code, Place(path, line), found=fault, expected=expected, fix="mend this line.")


def executed(path: str, line: int, value: str) -> Iterator[Problem]:
    """Refuse a way of execution that shows what a chapter once computed."""
    if value not in _EXECUTED:
        yield Problem(
            "not-executed",
            Place(path, line),
            found=f"execution {quoted(value)}",
            expected=f"one of {', '.join(_EXECUTED)}",
            fix="write cache: a chapter that is not run shows what it once computed.",
        )
