"""Single keys and lines from a terminal."""

from __future__ import annotations

import os
import sys
from typing import Any, Protocol

__all__ = ["Keys", "NoTerminal", "Terminal"]

_ESCAPE = "\x1b"
_SEQUENCE = 0.05  # seconds in which the rest of an arrow key follows its first sign


class NoTerminal(Exception):
    """There is nobody to press a key; the message says what can be done instead."""


class Keys(Protocol):
    """Where keys come from: a terminal, or a script in tests."""

    def key(self) -> str:
        """Give the next key; empty at the end of input."""
        ...

    def line(self, prompt: str) -> str:
        """Give a line; empty at the end of input."""
        ...


class Terminal:
    """Keys of the terminal that the command was started in, within a ``with`` block.

    Raises
    ------
    NoTerminal
        If input or output is no terminal.
    """

    def __init__(self) -> None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise NoTerminal(
                "screening needs a terminal, and input or output is none: use --export FILE and "
                "--import FILE to decide in a spreadsheet"
            )
        self._before: Any = None

    def __enter__(self) -> Terminal:
        """Let single keys come through, until the block ends."""
        if os.name != "nt":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin)
            # What was pressed before is dropped: it was about no candidate that the reader saw.
            tty.setcbreak(sys.stdin, termios.TCSAFLUSH)  # Ctrl-C stays an interrupt
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the terminal as it was."""
        if self._before is None:
            return
        import termios

        try:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)
        except termios.error:
            return  # the terminal is gone, and nobody looks at it any more

    def key(self) -> str:
        """Give the next key without waiting for Enter; an arrow or function key is Escape."""
        return _windows_key() if os.name == "nt" else _posix_key(sys.stdin.fileno())

    def line(self, prompt: str) -> str:
        """Give a line that ends with Enter."""
        self.__exit__()
        try:
            return input(prompt)
        except EOFError:
            return ""
        finally:
            self.__enter__()


def _posix_key(source: int) -> str:
    import select

    try:
        sign = os.read(source, 1)
        while sign and sign[0] >= 0xC0 and len(sign) < _length(sign[0]):
            more = os.read(source, 1)
            if not more:
                break
            sign += more
        if sign == _ESCAPE.encode():
            while select.select([source], [], [], _SEQUENCE)[0] and os.read(source, 16):
                pass
    except OSError:  # the terminal is gone
        return ""
    return "" if sign == b"\x04" else sign.decode("utf-8", "replace")


def _length(first: int) -> int:
    """Say how many bytes a letter has that starts with this one, in UTF-8."""
    return 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _windows_key() -> str:
    import msvcrt

    read: Any = vars(msvcrt)["getwch"]  # typed for Windows only
    sign = str(read())
    if sign in ("\x00", "\xe0"):
        read()
        return _ESCAPE
    if sign == "\x03":
        raise KeyboardInterrupt
    return "" if sign in ("\x04", "\x1a") else sign
