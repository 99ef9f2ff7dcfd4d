"""Screening in a real terminal: keys without Enter, leaving, and being cut off at any moment."""

from __future__ import annotations

import csv
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

import pytest
import screening_checkout
from screening_checkout import decided

pty = pytest.importorskip("pty", reason="terminals of this kind are not on Windows")

WAIT = 20  # seconds at most for something to be shown


class Session:
    """The command in a pseudo-terminal, in a checkout with a library of its own."""

    def __init__(self, root: Path, *words: str) -> None:
        self.shown = ""
        self.pid, self._end = pty.fork()
        if self.pid == 0:  # the child
            os.chdir(root)
            os.environ |= {"PYTHONPATH": str(root), "COLUMNS": "100", "TERM": "xterm"}
            code = "import sys; from cartreview.cli import main; sys.exit(main())"
            words = (sys.executable, "-c", code, "screen", *words)
            os.execv(sys.executable, words)  # noqa: S606  # the command itself, in a terminal

    def until(self, words: str) -> None:
        """Read until these words are shown, from what was not read before."""
        last = time.monotonic() + WAIT
        while words not in self.shown:
            assert time.monotonic() < last, self.shown
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self._end, 4096).decode("utf-8", "replace")
                except OSError:  # the other end is closed
                    assert words in self.shown, self.shown
        self.shown = self.shown.partition(words)[2]

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._end, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal, as closing its window does."""
        os.close(self._end)

    def status(self) -> int:
        """Wait for the end and give the exit status."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the checkout of four candidates, with the library."""
    return screening_checkout.make(tmp_path / "checkout", library=True)


def test_keys_need_no_enter(root):
    """A decision, an arrow key that means nothing, a note with letters beyond ASCII, leaving."""
    session = Session(root, "--reader", "two")
    session.until("1 of 3")
    session.press("\x1b[A")
    session.until("1 of 3")
    session.press("n")
    session.until("Note: ")
    session.press("naïve α\n")
    session.until("1 of 3")
    session.press("i")
    session.until("2 of 3")
    session.press("e")
    session.until("Number of the reason")
    session.press("2")
    session.until("3 of 3")
    session.press("q")
    session.until("2 candidates decided, 0 left for later, 1 not come to")
    assert 0 == session.status()
    assert ["exclude", "no patients"] == decided(root)["second:two"]
    assert "naïve α" in (root / "data" / "screening_decisions.csv").read_text(encoding="utf-8")


def test_keys_before_the_first_candidate_are_dropped(root):
    """Nobody decides on what was not shown yet."""
    session = Session(root, "--reader", "two")
    session.press("i")
    session.until("1 of 3")
    session.press("q")
    session.until("0 candidates decided")
    assert 0 == session.status()
    assert ["fourth:one"] == list(decided(root))


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_control_keys_leave(root, key):
    """Interrupt and end of input are quitting, without a traceback."""
    session = Session(root, "--reader", "two")
    session.until("1 of 3")
    session.press("i")
    session.until("2 of 3")
    session.press(key)
    session.until("1 candidate decided")
    assert 0 == session.status()


def test_a_closed_window_loses_nothing(root):
    """The process ends with its terminal; the decision before stands."""
    session = Session(root, "--reader", "two")
    session.until("1 of 3")
    session.press("i")
    session.until("2 of 3")
    session.hang_up()
    session.status()
    assert ["include", ""] == decided(root)["first:two"]


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_a_random_moment(root, seed):
    """The table is whole, old or new, whenever the process is killed."""
    chance = random.Random(seed)  # noqa: S311  # a moment, not a secret
    session = Session(root, "--reader", "two")
    session.until("1 of 3")
    session.press("iu" * 40)
    time.sleep(chance.random() * 0.2)
    os.kill(session.pid, signal.SIGKILL)
    session.status()
    text = (root / "data" / "screening_decisions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert text.endswith("\n")
    assert [["fourth:one"], ["fourth:one", "first:two"]].count([r["decision_id"] for r in rows])
    assert all(len(row) == 8 and None not in row.values() for row in rows)
