"""How fast the library is, beside its budgets: ``make bench``.

Absolute times drift from machine to machine, so everything is compared with a bare
``import pandas`` or an empty interpreter that runs in turn with it; medians of ``ROUNDS``.
No test asserts these figures: a busy machine is no defect.
"""

from __future__ import annotations

import shutil
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

# Pooling is timed inside one process, in milliseconds a call, because R and Python start slowly.
POOL = [
    *PYTHON,
    """
import statistics, time
import numpy as np
from cartreview.synthesis import cumulative, leave_one_out, pool_proportions

def milliseconds(call, times):
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)

def several(k):
    random = np.random.default_rng(k)
    totals = random.integers(5, 100_000, k)
    return random.binomial(totals, 1 / (1 + np.exp(1 - random.standard_normal(k)))), totals

x = [10, 6, 1, 1, 0, 0, 1, 3, 1, 4, 3, 2, 0, 0, 9, 0, 0, 4, 2, 6, 3, 2, 1, 0, 7]
n = [58, 13, 6, 1, 3, 4, 3, 7, 1, 18, 10, 9, 3, 16, 18, 1, 1, 6, 11, 11, 8, 3, 5, 12, 20]
print(milliseconds(lambda: pool_proportions(x, n), 50))
print(milliseconds(lambda: pool_proportions(x, n).tau2_high, 20))
print(milliseconds(lambda: (leave_one_out(x, n), cumulative(x, n, range(25))), 3))
for k in (1_000, 10_000):
    counts = several(k)
    print(milliseconds(lambda: pool_proportions(*counts), 7))
""",
]
POOLED = [
    "one exact model, 25 studies",
    "the same with the interval of tau2",
    "leave-one-out and cumulative, 25 studies",
    "one exact model, 1,000 studies",
    "one exact model, 10,000 studies",
]
METAFOR = [
    "Rscript",
    "-e",
    """
suppressMessages(library(metafor))
x <- c(10, 6, 1, 1, 0, 0, 1, 3, 1, 4, 3, 2, 0, 0, 9, 0, 0, 4, 2, 6, 3, 2, 1, 0, 7)
n <- c(58, 13, 6, 1, 3, 4, 3, 7, 1, 18, 10, 9, 3, 16, 18, 1, 1, 6, 11, 11, 8, 3, 5, 12, 20)
fit <- function() rma.glmm(measure = "PLO", xi = x, ni = n, nAGQ = 21)
invisible(fit())
cat(1000 * median(replicate(10, system.time(fit())[["elapsed"]])), "\\n")
""",
]
METAFOR_FIT = "one rma.glmm of metafor, 25 studies"
POOL_ROUNDS = 3

# Grading is timed inside one process too, in seconds for a million patients.
GRADE = [
    *PYTHON,
    """
import time
import numpy as np
import pandas as pd
from cartreview.grading import easix, grade_frame
from cartreview.grading.scale import scale

random = np.random.default_rng(7)

def patients(name):
    answers = {}
    for one in scale(name).inputs:
        options = [option for option in one.options if option not in (None, "unarousable")]
        answers[one.name] = pd.Series(options, dtype=object if "unable" in options else None)
    answers.get("days_anc_500", pd.Series([31])).iloc[:] = 31
    return pd.DataFrame({
        column: values.take(random.integers(0, len(values), 1_000_000)).to_numpy()
        for column, values in answers.items()
    })

def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start

for name in ("ASTCT CRS", "ASTCT ICANS", "ASTCT ICANS (children)", "ICAHT early"):
    frame = patients(name)
    print(seconds(lambda: grade_frame(frame, name)))
values = [random.uniform(low, high, 1_000_000) for low, high in ((100, 900), (0.3, 3), (5, 400))]
names = ("ldh_u_l", "creatinine_mg_dl", "platelets_1e9_l")
print(seconds(lambda: easix(**dict(zip(names, values)))))
""",
]
GRADED = [
    "grade_frame, CRS",
    "grade_frame, ICANS",
    "grade_frame, ICANS of children",
    "grade_frame, early ICAHT",
    "EASIX",
]

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
POOL_BUDGETS: list[tuple[str, Callable[[Times], float], float, str]] = [
    (
        "leave-one-out and cumulative",
        lambda t: t["leave-one-out and cumulative, 25 studies"],
        1000,
        "ms",
    ),
    (
        "10,000 studies / 1,000 studies",
        lambda t: t["one exact model, 10,000 studies"] / t["one exact model, 1,000 studies"],
        12,
        "times",
    ),
]
GRADE_BUDGETS: list[tuple[str, Callable[[Times], float], float, str]] = [
    ("the slowest of a million grades", lambda t: max(t.values()), 5, "s"),
]
METAFOR_BUDGET: tuple[str, Callable[[Times], float], float, str] = (
    "one exact model / metafor's",
    lambda t: t["one exact model, 25 studies"] / t[METAFOR_FIT],
    0.05,
    "times",
)


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


def has_metafor() -> bool:
    """Tell whether R and metafor are on this machine."""
    if not shutil.which("Rscript"):
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def printed(command: list[str]) -> list[float]:
    """Run a command that times itself and give the numbers it prints."""
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def pooling(metafor: bool) -> Times:
    """Time pooling, and metafor in turn with it; medians of a few rounds."""
    rounds = []
    for _ in range(POOL_ROUNDS):
        theirs = printed(METAFOR) if metafor else []
        rounds.append([*printed(POOL), *theirs])
    names = [*POOLED, METAFOR_FIT][: len(rounds[0])]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    return dict(zip(names, medians, strict=True))


def grading() -> Times:
    """Time grading; the first call counts, with all that it reads and builds."""
    return dict(zip(GRADED, printed(GRADE), strict=True))


def against(budgets: list[tuple[str, Callable[[Times], float], float, str]], times: Times) -> None:
    """Print figures beside their budgets."""
    for name, figure, budget, unit in budgets:
        value = figure(times)
        verdict = "within" if value <= budget else "OVER"
        print(f"    {name:<38}{value:>8.3g} {unit:<6}of {budget:g}: {verdict}")


def main() -> None:
    """Print times, then ratios beside their budgets."""
    taken = measured()
    times = {name: statistics.median(every) for name, every in taken.items()}
    print(f"median (and range) of {ROUNDS} runs in turn, in ms")
    for name, every in taken.items():
        low, high = (1000 * pick(every) for pick in (min, max))
        print(f"    {name:<38}{1000 * times[name]:>8.0f}  ({low:.0f} to {high:.0f})")
    metafor = has_metafor()
    pooled = pooling(metafor)
    print("pooling, in ms a call, start of the process left out")
    for name, value in pooled.items():
        print(f"    {name:<42}{value:>8.1f}")
    if metafor:
        ratio = pooled[METAFOR_FIT] / pooled["one exact model, 25 studies"]
        print(f"    the exact model is {ratio:.0f} times as fast as metafor's")
    else:
        print("    R with metafor is not here: nothing to compare with")
    graded = grading()
    print("grading a million patients, in s")
    for name, value in graded.items():
        print(f"    {name:<42}{value:>8.2f}")
    print("budgets")
    against(BUDGETS, times)
    against(GRADE_BUDGETS, graded)
    against([*POOL_BUDGETS, *([METAFOR_BUDGET] if metafor else [])], pooled)


if __name__ == "__main__":
    main()
