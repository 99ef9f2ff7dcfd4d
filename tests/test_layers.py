"""The house has floors: imports go one way, and no import goes in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
# From the ground up. Rooms of one line stand side by side and do not know each other.
FLOORS = [
    {"_conflicts", "_files", "_package", "_releases", "_words"},
    {"_tables", "myst", "synthesis"},
    {"_cite", "_describe", "evidence", "grading", "mechanisms"},
    {"charts", "claims", "validation"},
    {"guard", "living"},
    {"commands"},
    {"cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
FOREIGN = {"cartreview_book", "docutils", "jupyter_book", "myst_nb", "sphinx"}


def modules(root):
    """Name the modules of a package by the dotted path that imports them."""
    for path in sorted((root / "cartreview").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path, known):
    """Give what a module imports, with the line: modules of the package, and foreign packages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in inner]
        else:
            continue
        yield from ((node.lineno, name) for name in names)


def room(module):
    """Name the room of a module: the first part below the package."""
    return module.split(".")[1] if "." in module else ""


def breaches(root):
    """Say which imports go up, aside into another room, out of the library, or in a circle."""
    known = dict(modules(root))
    graph = {}
    for module, path in known.items():
        found = list(imports(path, known))
        place = path.relative_to(root).as_posix()
        graph[module] = {name for _, name in found if name in known and name != module}
        for line, name in found:
            if name.split(".")[0] in FOREIGN:
                yield f"{place}:{line} imports {name}, which is no part of the library"
            if name in known and _breaks(room(module), room(name)):
                yield f"{place}:{line} imports {name}, which is not below it"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"circle: {' -> '.join(error.args[1])}"


def _breaks(here, there):
    if here == there or not here:
        return False
    return FLOOR[there] >= FLOOR[here] if there else here in FLOOR and FLOOR[here] < len(FLOORS) - 1


def test_every_room_has_a_floor():
    """A new room is given its place; a room that is gone leaves the list."""
    rooms = {room(module) for module, _ in modules(REPO)} - {""}
    assert set() == rooms - set(FLOOR)
    assert {"living"} >= set(FLOOR) - rooms


def test_imports_go_down():
    """No module imports from above, from another room of its floor, or in a circle."""
    assert [] == list(breaches(REPO))


PLANTED = {
    "sphinx in the library": ("claims/ledger.py", "from sphinx.application import Sphinx"),
    "sphinx by its plain name": ("claims/ledger.py", "import sphinx.util as util"),
    "the command from the ground": ("_tables.py", "import cartreview.cli"),
    "a circle within a room": ("claims/ledger.py", "from cartreview.claims import diff"),
    "a neighbour": ("charts/_forest.py", "from cartreview.claims import ledger"),
    "an import in a function": ("evidence/studies.py", "def f():\n    import cartreview.guard"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_breach_is_found(name, tmp_path):
    """Each breach that once went unseen is seen."""
    file, line = PLANTED[name]
    for module, path in modules(REPO):
        copy = tmp_path / path.relative_to(REPO)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        assert module
    target = tmp_path / "cartreview" / file
    target.write_text(f"{target.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert any(file in breach or "circle" in breach for breach in breaches(tmp_path))
