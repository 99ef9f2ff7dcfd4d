"""What tests of several files share."""

from __future__ import annotations

import fcntl
import os
import shutil

import pytest
from cartreview_book.fresh import stamp
from toy_book import PAGES, Book, make_book


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Book:
    """Build the small book once, whichever worker comes first; its tests do not change it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root = base / "toy-book"
    with (base / "toy-book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp(Book(root).html).is_file():
            return Book(root)
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        made = make_book(root, PAGES)
        done = made.build()
        assert done.returncode == 0, done.stdout + done.stderr
        return made
