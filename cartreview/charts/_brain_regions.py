"""Brain regions: outlines in two sections, and where each is named.

The outlines are our own. ``brain_shapes.json`` holds them as GeoJSON in millimetres from the
anterior commissure: backwards and upwards in the midsagittal section, to the right and forwards
in the axial one. They are a schematic of usual proportions and no atlas: thin layers are thicker
than they are. An outline without a region is there for the eye alone.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cartreview.evidence.imaging import BRAINSTEM

__all__ = [
    "DIFFUSE",
    "HEIGHT",
    "NAMES",
    "PARTS",
    "WIDTH",
    "Name",
    "on_page",
    "outlines",
    "placed",
]

SCALE = 1.7  # px a millimetre, in both sections
WIDTH, HEIGHT = 628, 656  # px
ORIGINS = {"sagittal": (284.0, 166.0), "axial": (312.0, 474.0)}  # px
PARTS = BRAINSTEM


class Name(NamedTuple):
    """Where a region is named: its section, the side, the height of the name, and its point."""

    title: str
    view: str
    side: str
    height: float  # mm, as the points
    points: tuple[tuple[float, float], ...]  # mm, from the name's leader to the region


NAMES = {
    "frontal": Name("Frontal lobe", "sagittal", "left", 44, ((-46, 44),)),
    "corpus callosum": Name("Corpus callosum", "sagittal", "left", 14, ((-26, 14),)),
    "optic nerve": Name("Optic nerve", "sagittal", "left", -28, ((-41, -28),)),
    "temporal": Name("Temporal lobe", "sagittal", "left", -47, ((-31, -47), (-17, -35))),
    "brainstem": Name("Brainstem", "sagittal", "left", -66, ((-12, -66), (13, -38))),
    "parietal": Name("Parietal lobe", "sagittal", "right", 50, ((66, 50),)),
    "occipital": Name("Occipital lobe", "sagittal", "right", 18, ((89, 18),)),
    "leptomeninges": Name("Leptomeninges", "sagittal", "right", -8, ((102.8, -8),)),
    "cerebellum": Name("Cerebellum", "sagittal", "right", -36, ((83, -36),)),
    "spinal cord": Name("Spinal cord", "sagittal", "right", -90, ((44, -90),)),
    "cortex": Name("Cortex", "axial", "left", 40, ((-48.2, 40),)),
    "basal ganglia": Name("Basal ganglia", "axial", "left", 12, ((-26, 12),)),
    "external capsule": Name("External capsule", "axial", "left", -15, ((-33, -15),)),
    "hippocampus": Name("Hippocampus", "axial", "left", -37, ((-24, -37),)),
    "white matter": Name("White matter", "axial", "left", -66, ((-31, -66),)),
    "internal capsule": Name("Internal capsule", "axial", "right", 23, ((22.4, 23),)),
    "claustrum": Name("Claustrum", "axial", "right", 2, ((34.8, 2),)),
    "thalamus": Name("Thalamus", "axial", "right", -18, ((13, -18),)),
    "ventricles": Name("Ventricles", "axial", "right", -44, ((31, -44),)),
    "whole brain": Name("Whole brain", "sagittal", "right", -64, ()),
}
DIFFUSE = "whole brain"


@cache
def outlines() -> tuple[dict[str, Any], ...]:
    """Give the outlines: GeoJSON features with the properties ``view`` and ``region``.

    Examples
    --------
    >>> sorted({shape["properties"]["view"] for shape in outlines()})
    ['axial', 'sagittal']
    """
    text = Path(__file__).with_name("brain_shapes.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["features"])


def on_page(view: str, right: float, up: float) -> tuple[float, float]:
    """Turn millimetres in a section into px on the page.

    Examples
    --------
    >>> on_page("sagittal", 10, 20)
    (301.0, 132.0)
    """
    x, y = ORIGINS[view]
    return round(x + SCALE * right, 1), round(y - SCALE * up, 1)


def placed(shape: dict[str, Any]) -> dict[str, Any]:
    """Bring an outline to its place on the page, without its properties.

    Examples
    --------
    >>> placed(outlines()[0])["geometry"]["type"]
    'MultiPolygon'
    """
    view, outline = shape["properties"]["view"], shape["geometry"]
    polygons = [
        [[on_page(view, *point) for point in ring] for ring in polygon]
        for polygon in outline["coordinates"]
    ]
    return {"type": "Feature", "geometry": {**outline, "coordinates": polygons}}
