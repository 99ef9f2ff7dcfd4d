"""Run the chapters in parallel before the book is built.

MyST-NB would run them one after another, and nearly all of a build is waiting for kernels. This
fills the cache that the build then reads; a chapter whose code, tables and library are unchanged
is not run. Without it the book builds just as well, only slower.

    python book/_ext/execute.py --jobs 2
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from cartreview_book import cache as states
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.read import is_myst_markdown_notebook, myst_nb_reader_plugin

READER = {"type": "plugin", "name": "myst_nb_md"}
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Kernels(AsyncKernelManager):
    """Start kernels that end with this process, however it ends."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Put our starter in the place of IPython's."""
        command = super().format_kernel_cmd(extra_arguments)
        if command[1:3] == ["-m", "ipykernel_launcher"]:
            command[1:3] = [str(Path(__file__).with_name("kernel.py"))]
        return command


@dataclass(frozen=True)
class Outcome:
    """What running a chapter gave: seconds, or the complaint that stopped it."""

    chapter: str
    seconds: float
    complaint: str = ""


def chapters(root: Path) -> list[Path]:
    """List the pages of ``_toc.yml`` that are notebooks."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [(root / name).with_suffix(".md") for name in _files(toc)]
    return [page for page in pages if page.is_file() and _is_notebook(page)]


def _files(entry: Any) -> Iterator[str]:
    """Walk a table of contents; pages stand under "root" or "file" at any depth."""
    for key, value in entry.items() if isinstance(entry, dict) else enumerate(entry):
        if key in {"root", "file"}:
            yield str(value)
        elif isinstance(value, dict | list):
            yield from _files(value)


def _is_notebook(page: Path) -> bool:
    return is_myst_markdown_notebook(page.read_text(encoding="utf-8"))


def missing(pages: Sequence[Path], folder: Path) -> list[Path]:
    """Leave out the chapters that the cache holds."""
    cache = get_cache(folder)

    def cached(page: Path) -> bool:
        try:
            record = cache.match_cache_notebook(myst_nb_reader_plugin(str(page)))
        except KeyError:
            return False
        return _is_whole(cache, record.pk)

    return [page for page in pages if not cached(page)]


def _is_whole(cache: Any, key: int) -> bool:
    """Tell whether a result can be read: a run may have been killed while it was written."""
    try:
        cache.get_cache_bundle(key)
    except (KeyError, ValueError, nbformat.reader.NotJSONError):
        return False
    return True


def run(page: Path, folder: Path, timeout: int) -> Outcome:
    """Run one chapter and keep its result."""
    notebook = myst_nb_reader_plugin(str(page))
    result = single_nb_execution(
        notebook,
        cwd=str(page.parent),
        timeout=timeout,
        allow_errors=False,
        extra_arguments=["--log-level=ERROR"],  # kernels warn of ports on this very machine
        kernel_manager_class=Kernels,
    )
    if result.err is not None:
        return Outcome(page.name, result.time, _complaint(page, notebook, result.err))
    cache = get_cache(folder)
    record = cache.add_nb_to_project(str(page), read_data=READER)
    bundle = CacheBundleIn(notebook, record.uri, data={"execution_seconds": result.time})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return Outcome(page.name, result.time)


def _complaint(page: Path, notebook: Any, error: Exception) -> str:
    """Name file, line and cell of what failed, then the last of the traceback."""
    lines = notebook.metadata["source_map"]
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                place = f"{page.parent.name}/{page.name}:{lines[number - 1] + 1}: cell {number}"
                trace = _ANSI.sub("", "\n".join(output["traceback"])).splitlines()[-12:]
                said = f"{output['ename']}: {output['evalue']}"
                return "\n    ".join([f"{place} failed: {said}", *trace])
    return f"{page.parent.name}/{page.name}: {error}"


def execute(root: Path, build: Path, jobs: int, timeout: int) -> int:
    """Run what is missing; print a line a chapter; give the exit status."""
    folder = states.folder(root, build)
    states.prune(folder)
    pages = chapters(root)
    waiting = missing(pages, folder)
    print(f"{len(pages)} chapters, {len(waiting)} to run", flush=True)
    complaints = list(_run_all(waiting, folder, jobs, timeout)) if waiting else []
    if complaints:
        print(complaints[0], file=sys.stderr)
    return 1 if complaints else 0


def _run_all(pages: Sequence[Path], folder: Path, jobs: int, timeout: int) -> Iterator[str]:
    started = time.monotonic()
    # Threads are enough: each chapter has a process of its own, its kernel.
    with ThreadPoolExecutor(max_workers=min(jobs, len(pages))) as pool:
        running = [pool.submit(run, page, folder, timeout) for page in pages]
        for done in as_completed(running):
            outcome = done.result()
            word = "failed" if outcome.complaint else "ran"
            print(f"{word} {outcome.chapter} in {outcome.seconds:.1f} s", flush=True)
            if outcome.complaint:
                yield outcome.complaint
    print(f"chapters done in {time.monotonic() - started:.1f} s", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="Run the chapters of the book in parallel.")
    parser.add_argument("--jobs", type=int, default=2, help="kernels at once")
    parser.add_argument("--root", type=Path, default=root, help="the checkout")
    parser.add_argument("--build", type=Path, help="the build folder; _build of the checkout")
    parser.add_argument("--timeout", type=int, default=120, help="seconds a cell may take")
    asked = parser.parse_args(arguments)
    build = asked.build or asked.root / "_build"
    return execute(asked.root.resolve(), build.resolve(), asked.jobs, asked.timeout)


if __name__ == "__main__":
    sys.exit(main())
