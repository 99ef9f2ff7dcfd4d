"""Subcommands of ``cartreview``: a module each, with ``register`` and ``run``."""

from __future__ import annotations

import os
from pathlib import Path

from cartreview._package import DESCRIPTOR

__all__ = ["CheckoutError", "found_upwards", "own_checkout"]


class CheckoutError(Exception):
    """There is no checkout to work on, or not this one; the message is one sentence."""


def own_checkout() -> Path:
    """Give the checkout whose tables this library reads.

    Returns
    -------
    Path
        Its root.

    Raises
    ------
    CheckoutError
        If the library was installed without a checkout, or the current folder is in another one:
        its claims would silently be computed from the wrong tables.
    """
    from cartreview._tables import DATA

    root = DATA.parent
    if not (root / "book").is_dir():
        raise CheckoutError("this copy of cartreview has no chapters: run it from a checkout")
    here = found_upwards(Path.cwd())
    if here and not here.samefile(root):
        raise CheckoutError(
            f"this copy of cartreview reads the tables of {root}, not of {here}: "
            "use the one of that checkout, .venv/bin/cartreview"
        )
    return root


def found_upwards(folder: Path) -> Path | None:
    """Find the checkout that a folder stands in."""
    for candidate in (folder, *folder.parents):
        # Unlike Path.is_file, false for what may not be read.
        if os.path.isfile(candidate / "data" / DESCRIPTOR):
            return candidate
    return None
