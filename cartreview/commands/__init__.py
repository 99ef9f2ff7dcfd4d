"""Subcommands of ``cartreview``: a module each, with ``register`` and ``run``."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CheckoutError", "own_checkout"]


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
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").is_file():
            if folder.samefile(root):
                break
            raise CheckoutError(
                f"this copy of cartreview reads the tables of {root}, not of {folder}: "
                "use the one of that checkout, .venv/bin/cartreview"
            )
    return root
