"""Drawings of Vega-Lite specifications, and the script that brings them to life.

Both come from `vl_convert`, so nothing is fetched: an SVG a colour mode, kept by content below
``_build/.charts``, and one bundle of Vega for the browser, loaded when a chart is first touched.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

import cartreview
from cartreview._files import write_whole

__all__ = ["MODES", "bundle", "size", "svg"]

MODES = ("light", "dark")
THEME = Path(cartreview.__file__).parent / "charts" / "theme.py"
_ID = re.compile(r'\b(id="|url\(#|href="#)([A-Za-z_]\w*)')
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


@lru_cache(maxsize=1)
def _drawer() -> str:
    """Name what draws: another release, or another theme, may draw otherwise."""
    look = hashlib.sha256(THEME.read_bytes()).hexdigest()[:16]
    return f"{version('vl-convert-python')}-{_version()}-{look}"


def _version() -> str:
    return str(max(vl_convert.get_vegalite_versions(), key=lambda v: tuple(map(int, v.split(".")))))


@lru_cache(maxsize=2)
def _config(mode: str) -> dict[str, Any]:
    from cartreview.charts import theme  # brings pandas and Altair: only for what is drawn anew

    return theme.config(mode)


def svg(spec: dict[str, Any], mode: str, cache: Path) -> str:
    """Draw a specification in a colour mode, or read the drawing kept in `cache`."""
    bare = {name: value for name, value in spec.items() if name != "config"}
    asked = json.dumps([_drawer(), mode, bare], sort_keys=True)
    key = hashlib.sha256(asked.encode()).hexdigest()[:16]
    path = cache / f"{key}.svg"
    if not path.is_file():
        drawn = vl_convert.vegalite_to_svg({**bare, "config": _config(mode)}, _version())
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(path, _stable(drawn, key))
    return path.read_text(encoding="utf-8")


def _stable(drawn: str, key: str) -> str:
    """Rename ids: they count up within a process, so the same chart would differ between builds."""
    names: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        return found[1] + names.setdefault(found[2], f"v{key}-{len(names)}")

    return _ID.sub(renamed, drawn)


def size(drawn: str) -> tuple[int, int]:
    """Width and height of a drawing, in whole pixels.

    Examples
    --------
    >>> size('<svg class="marks" width="300.4" height="200">')
    (300, 200)
    """
    found = _SIZE.search(drawn)
    if not found:
        raise ValueError("a drawing without width and height")
    return round(float(found[1])), round(float(found[2]))


def bundle(cache: Path) -> str:
    """Make the browser's script: Vega as ``vegaEmbed``, and the chart theme in both modes.

    It is made anew when the drawer or the theme has changed.
    """
    name = hashlib.sha256(_drawer().encode()).hexdigest()[:16]
    path = cache / f"vega-{name}.js"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        for older in cache.glob("vega-*.js"):
            older.unlink()
        write_whole(path, _bundled())
    return path.read_text(encoding="utf-8")


def _bundled() -> str:
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", _version())
    themes = json.dumps({mode: _config(mode) for mode in MODES})
    # A module's body: as a plain script its constants would clash with Sphinx's own.
    return f"(function () {{\n{script}\nwindow.cartreviewChartThemes = {themes};\n}})();\n"
