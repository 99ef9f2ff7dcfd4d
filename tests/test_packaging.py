"""The wheel carries the tables: installed elsewhere, they all load, without a network."""

import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

import cartreview

REPO = Path(__file__).parents[1]
LOAD = """
import cartreview, pathlib
here = pathlib.Path(cartreview.__file__)
print(*(f"{name}:{len(cartreview.load(name))}" for name in cartreview.tables()))
print(cartreview.__version__, cartreview.data_version)
print(here.parent)
"""


def run(*command, cwd):
    """Run a command; its output is the answer, its error the failure."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the wheel into a clean environment that borrows the pinned dependencies."""
    home = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", ".", str(REPO), cwd=home)
    run(sys.executable, "-m", "venv", "--without-pip", "clean", cwd=home)
    python = home / "clean" / "bin" / "python"
    target = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home
    ).strip()
    (wheel,) = home.glob("cartreview-*.whl")
    run(*pip, "install", "--no-deps", "--no-index", "--target", target, wheel, cwd=home)
    # A path in a .pth file is searched for packages, but the .pth files there are not read: the
    # editable install of this checkout stays out.
    (Path(target) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python, home


def test_every_table_loads_from_the_wheel(installed):
    """An installed copy has the rows of this checkout and none of its files."""
    python, home = installed
    sizes, versions, place = run(python, "-c", LOAD, cwd=home).splitlines()
    assert [f"{name}:{len(cartreview.load(name))}" for name in cartreview.tables()] == sizes.split()
    assert [cartreview.__version__, cartreview.data_version] == versions.split()
    assert Path(place).is_relative_to(home)


def test_charts_draw_from_the_wheel(installed):
    """Charts come with the package, too."""
    python, home = installed
    code = (
        "import cartreview; from cartreview import charts; "
        "chart = charts.expression_ranges(cartreview.load('antigen_expression')); "
        "print(chart.to_dict()['usermeta']['sources'])"
    )
    assert "['kaminskiy2025']" == run(python, "-c", code, cwd=home).strip()


def test_lowest_releases_are_those_that_are_allowed():
    """What CI tests as the lowest is what pyproject.toml names, release by release."""
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["export"]]
    allowed = dict(re.fullmatch(r"([\w-]+)>=([\d.]+).*", one).groups() for one in named)
    lines = (REPO / ".ci" / "lowest.txt").read_text("utf-8").splitlines()
    tested = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert set(allowed) == set(tested)
    for name, release in allowed.items():
        assert re.fullmatch(rf"{re.escape(release)}(\.0)*", tested[name]), name
