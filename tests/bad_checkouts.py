"""Bad inputs beside the exact words they must produce.

``bad_tables/good`` is a small checkout without findings. ``bad_tables/CODE.csv`` takes the place of
its ``data/outcomes.csv``; a folder ``bad_tables/CODE`` is laid over it, and its file ``REMOVED``
lists files to take away. ``bad_tables/CODE.expected.txt`` is what ``cartreview check`` prints.
"""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDER = Path(__file__).parent / "bad_tables"
GOOD = FOLDER / "good"
CODES = sorted(path.name.removesuffix(".expected.txt") for path in FOLDER.glob("*.expected.txt"))


def good_checkout(folder: Path) -> Path:
    """Copy the checkout without findings."""
    return Path(shutil.copytree(GOOD, folder / "checkout"))


def bad_checkout(code: str, folder: Path) -> Path:
    """Make the checkout that must produce a code."""
    root = good_checkout(folder)
    if (FOLDER / code).is_dir():
        shutil.copytree(FOLDER / code, root, dirs_exist_ok=True)
    else:
        shutil.copy(FOLDER / f"{code}.csv", root / "data" / "outcomes.csv")
    if (root / "REMOVED").exists():
        for name in (root / "REMOVED").read_text(encoding="utf-8").split():
            (root / name).unlink()
    return root


def expected_text(code: str) -> str:
    """Give the words that a bad checkout must produce."""
    return (FOLDER / f"{code}.expected.txt").read_text(encoding="utf-8")
