"""Brain regions: outlines in two sections, and where each is numbered.

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

__all__ = ["DIFFUSE", "NAMES", "PARTS", "Name", "on_page", "outlines", "placed"]

SCALE = 0.98  # px a millimetre, in both sections
ORIGINS = {"sagittal": (72.0, 122.0), "axial": (254.0, 134.0)}  # px
PARTS = BRAINSTEM


class Name(NamedTuple):
    """What a region is called, its section, and the point where its number stands."""

    title: str
    view: str
    point: tuple[float, float] | None  # mm


NAMES = {
    "frontal": Name("Frontal lobe", "sagittal", (-46, 44)),
    "corpus callosum": Name("Corpus callosum", "sagittal", (-26, 14)),
    "optic nerve": Name("Optic nerve", "sagittal", (-41, -28)),
    "temporal": Name("Temporal lobe", "sagittal", (-17, -35)),
    "brainstem": Name("Brainstem", "sagittal", (13, -38)),
    "parietal": Name("Parietal lobe", "sagittal", (66, 50)),
    "occipital": Name("Occipital lobe", "sagittal", (89, 18)),
    "leptomeninges": Name("Leptomeninges", "sagittal", (102.8, -8)),
    "cerebellum": Name("Cerebellum", "sagittal", (83, -36)),
    "spinal cord": Name("Spinal cord", "sagittal", (44, -90)),
    "cortex": Name("Cortex", "axial", (-48.2, 40)),
    "basal ganglia": Name("Basal ganglia", "axial", (-26, 12)),
    "external capsule": Name("External capsule", "axial", (-33, -15)),
    "hippocampus": Name("Hippocampus", "axial", (-24, -37)),
    "white matter": Name("White matter", "axial", (-31, -66)),
    "internal capsule": Name("Internal capsule", "axial", (22.4, 23)),
    "claustrum": Name("Claustrum", "axial", (34.8, 2)),
    "thalamus": Name("Thalamus", "axial", (13, -18)),
    "ventricles": Name("Ventricles", "axial", (31, -44)),
    "whole brain": Name("Whole brain", "sagittal", None),
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
    (81.8, 102.4)
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
