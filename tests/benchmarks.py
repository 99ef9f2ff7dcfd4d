"""How fast the library is, beside its budgets: ``make bench``.

Absolute times drift from machine to machine, so everything is compared with a bare
``import pandas`` or an empty interpreter that runs in turn with it; medians of ``ROUNDS``.
No test asserts these figures: a busy machine is no defect.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
ROUNDS = 11
PYTHON = [sys.executable, "-c"]

RUNS = {
    "empty interpreter": [*PYTHON, "pass"],
    "import pandas": [*PYTHON, "import pandas"],
    "import cartreview": [*PYTHON, "import cartreview"],
    "load a table": [*PYTHON, "import cartreview; cartreview.load('studies')"],
    "cartreview check": [str(Path(sys.executable).with_name("cartreview")), "check"],
}

Times = dict[str, float]
BUDGETS: list[tuple[str, Callable[[Times], float], float, str]] = [
    (
        "cartreview check / import pandas",
        lambda t: t["cartreview check"] / t["import pandas"],
        2,
        "times",
    ),
    (
        "load a table / import pandas",
        lambda t: t["load a table"] / t["import pandas"],
        1.1,
        "times",
    ),
    (
        "import cartreview - empty interpreter",
        lambda t: 1000 * (t["import cartreview"] - t["empty interpreter"]),
        60,
        "ms",
    ),
]


def seconds(command: list[str]) -> float:
    """Run a command and give the time it took."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:  # 1: the check has findings
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return taken


def measured() -> dict[str, list[float]]:
    """Run everything in turn, after a first round that fills caches and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in RUNS}
    for number in range(ROUNDS + 1):
        for name, command in RUNS.items():
            once = seconds(command)
            if number:
                taken[name].append(once)
    return taken


def main() -> None:
    """Print times, then ratios beside their budgets."""
    taken = measured()
    times = {name: statistics.median(every) for name, every in taken.items()}
    print(f"median (and range) of {ROUNDS} runs in turn, in ms")
    for name, every in taken.items():
        low, high = (1000 * pick(every) for pick in (min, max))
        print(f"    {name:<38}{1000 * times[name]:>8.0f}  ({low:.0f} to {high:.0f})")
    print("budgets")
    for name, figure, budget, unit in BUDGETS:
        value = figure(times)
        verdict = "within" if value <= budget else "OVER"
        print(f"    {name:<38}{value:>8.2f} {unit:<6}of {budget:g}: {verdict}")


if __name__ == "__main__":
    main()
