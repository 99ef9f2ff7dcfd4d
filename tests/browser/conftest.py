"""The built book, served on localhost and read by a Chromium that reaches nothing else."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cartreview_book.fresh import stamp
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
STAMP = stamp(HTML)  # left by a whole build
SOURCES = ("_config.yml", "_toc.yml", "references.bib", "book", "cartreview", "data")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # containers that run tests have no user namespaces
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _newest() -> float:
    places = [ROOT / name for name in SOURCES]
    inner = (path for place in places if place.is_dir() for path in place.rglob("*"))
    files = (path for path in (*places, *inner) if path.is_file() and path.suffix != ".pyc")
    return max(path.stat().st_mtime for path in files)


def _build() -> None:
    """Run what ``make book`` runs."""
    commands = (
        [sys.executable, "book/_ext/execute.py"],
        [str(Path(sys.executable).with_name("jupyter-book")),
         "build", "-W", "-n", "--keep-going", "--quiet", "."],
    )  # fmt: skip
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}", pytrace=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time look whether to build."""
    HTML.parent.mkdir(exist_ok=True)
    with (HTML.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def html() -> Path:
    """Folder of the built book, built if it is missing or older than what it is made from."""
    with _alone():
        if not STAMP.is_file() or STAMP.stat().st_mtime < _newest():
            _build()
    return HTML


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(html: Path) -> Iterator[str]:
    """Address of the book on a free port of localhost."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(html))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _chromium() -> str:
    named = os.environ.get("CARTREVIEW_CHROMIUM", "")
    for path in (named, *(shutil.which(name) for name in NAMES)):
        if path:
            return path
    missing = "no Chromium: apt-get install chromium, or name one in CARTREVIEW_CHROMIUM"
    if os.environ.get("CARTREVIEW_REQUIRE_CHROMIUM") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Reader:
    """A page in a context of its own, and what went wrong while it was read."""

    def __init__(self, context: BrowserContext, allowed: str) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.missing: list[str] = []
        self._allowed = (allowed, "data:", "blob:")
        context.route("**/*", self._route)
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._response)

    def _route(self, route) -> None:
        if route.request.url.startswith(self._allowed):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _console(self, message) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _response(self, response) -> None:
        if response.status >= 400:
            self.missing.append(f"{response.status} {response.url}")


@pytest.fixture(scope="session")
def open_reader(chromium: Browser):
    """Open a page as a reader with this screen and colour scheme would; close it afterwards."""

    @contextmanager
    def opened(url: str, **options) -> Iterator[Reader]:
        context = chromium.new_context(**options)
        allowed = "file://" if url.startswith("file:") else "/".join(url.split("/")[:3])
        reader = Reader(context, allowed)
        reader.page.goto(url)
        try:
            yield reader
        finally:
            context.close()

    return opened
