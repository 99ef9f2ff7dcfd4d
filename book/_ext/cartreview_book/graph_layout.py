"""The drawing of the graph of mechanisms: words in columns, links as curves between them.

Vocabulary
----------
port  the place at a side of a node where one link starts or ends.
rail  an upright line beside a node's words, where more links meet than the words are high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cartreview_book.graph_plan import COLUMNS, HEADING, LINE, PAD, PITCH, THREAD, Key, Pair, Plan

__all__ = ["HUB", "SIGN", "STUB", "Curve", "Drawing", "Spot", "lay_out", "width_of", "wrap"]

GUTTER = 78.0  # between columns
STUB = 5.0  # from a label to the links that start there
SIGN = 7.0  # that a sign takes at the end of a link
TOP = 26.0  # names of the upper stages
MARGIN = 6.0
BOLD = 1.12  # how much wider words in bold are
HUB = 10  # links from which a node is in bold
LONGEST = 17  # characters of a label's line
NARROW, WIDE = frozenset("iljtfr'’.,:;()-I |"), frozenset("mwMW@")


def width_of(text: str) -> float:
    """Estimate the width of a text of 12 units in a wide typeface, for readers have their own.

    Examples
    --------
    >>> width_of("ill") < width_of("CRS") < width_of("macrophage")
    True
    """
    return sum(
        4.0 if sign in NARROW else 10.6 if sign in WIDE else 8.6 if sign.isupper() else 7.6
        for sign in text
    )


def wrap(text: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Break a label into short lines, at spaces and behind hyphens, as evenly as can be.

    Examples
    --------
    >>> wrap("IL6"), wrap("blood-brain barrier")
    (('IL6',), ('blood-brain', 'barrier'))
    >>> wrap("release of proinflammatory cytokines")
    ('release of', 'proinflammatory', 'cytokines')
    """
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


@dataclass(frozen=True)
class Spot:
    """Words in the drawing, from `x`, their middle at `y`.

    Many links meet the words at `rails`: upright lines, each as x, top and bottom.
    """

    name: str
    lines: tuple[str, ...]
    column: int
    x: float
    y: float
    width: float
    height: float
    rails: tuple[tuple[float, float, float], ...] = ()
    hub: bool = False

    @property
    def baselines(self) -> list[tuple[float, str]]:
        """Give each line of text with the height of its baseline."""
        first = self.y - (len(self.lines) - 1) * LINE / 2 + 4.2
        return [(round(first + n * LINE, 1), line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Curve:
    """A link: its path, and where it ends, heading right or down (1), or left or up (-1)."""

    start: str
    end: str
    path: str
    x: float
    y: float
    heading: int
    upright: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything drawn, and how large it is."""

    width: float
    height: float
    headings: tuple[Spot, ...]
    spots: tuple[Spot, ...]
    curves: tuple[Curve, ...]


def lay_out(
    labels: dict[str, tuple[str, ...]],
    stages: dict[str, str],
    links: dict[Pair, int],
    gutter: float = GUTTER,
) -> Drawing:
    """Place nodes and draw links.

    Parameters
    ----------
    labels : dict
        Lines of text of each node.
    stages : dict
        Stage of each node, one of those in `COLUMNS`.
    links : dict
        From pairs of nodes to the number of signs that end the link.
    gutter : float
        Units between columns; few links need less.

    Returns
    -------
    Drawing
        Places in units of the drawing.

    Raises
    ------
    KeyError
        If a node has a stage that stands in no column.

    Examples
    --------
    >>> labels = {"il6": ("IL6",), "crs": ("CRS",)}
    >>> drawing = lay_out(labels, {"il6": "amplifier", "crs": "syndrome"}, {("il6", "crs"): 1})
    >>> [spot.name for spot in drawing.spots], drawing.curves[0].heading
    (['crs', 'il6'], 1)
    """
    plan = Plan(labels, stages, sorted(links))
    plan.order()
    return Pen(plan, links, gutter).draw()


class Pen:
    """Draws what the plan has placed."""

    def __init__(self, plan: Plan, links: dict[Pair, int], gutter: float) -> None:
        self.plan, self.signs, self.gutter = plan, links, gutter
        widths = [
            max((self._words(item.key[0]) for item in column if len(item.key) == 1), default=0.0)
            for column in plan.columns
        ]
        self.left = [MARGIN + sum(widths[:c]) + gutter * c for c in range(len(widths))]
        self.right = [left + width for left, width in zip(self.left, widths, strict=True)]
        self.threads = self._threads()
        self.ports = self._ports()

    def draw(self) -> Drawing:
        """Give everything with its place."""
        spots = tuple(self._spot(name) for name in sorted(self.plan.labels))
        curves = tuple(self._curve(link) for link in self.plan.links)
        bottom = max(item.y + item.height / 2 for item in self.plan.items.values())
        height = TOP + bottom + PAD
        return Drawing(
            round(self.right[-1] + MARGIN), round(height), self._headings(), spots, curves
        )

    def _words(self, name: str) -> float:
        """Width of a node's words."""
        return max(map(width_of, self.plan.labels[name])) * (BOLD if self._is_hub(name) else 1)

    def _is_hub(self, name: str) -> bool:
        return sum(name in link for link in self.plan.links) >= HUB

    def _headings(self) -> tuple[Spot, ...]:
        first = {stages[0]: column for column, stages in reversed([*enumerate(COLUMNS)])}
        top = [(stage, column, TOP / 2) for stage, column in first.items()]
        inner = [
            (item.heading, item.column, TOP + item.y - item.height / 2 - HEADING / 2)
            for item in self.plan.items.values()
            if item.heading
        ]
        return tuple(
            Spot(stage, (stage.capitalize(),), column, self.left[column], round(y, 1), 0, 0)
            for stage, column, y in [*top, *inner]
        )

    def _threads(self) -> dict[tuple[Key, Pair], float]:
        """Give each link its height within each bundle, in the order in which links join it."""
        heights: dict[tuple[Key, Pair], float] = {}
        inside: dict[Key, list[Pair]] = defaultdict(list)
        for link, route in self.plan.route.items():
            for key in route[1:-1]:
                inside[key].append(link)

        def ahead(key: Key) -> int:
            return abs(int(key[2]) - self.plan.column(key[0]))

        for key in sorted(inside, key=lambda key: (-ahead(key), key)):
            item = self.plan.items[key]
            joined = sorted(inside[key], key=lambda link: (self._beyond(key, link, heights), link))
            first = item.y - (len(joined) - 1) * THREAD / 2
            for n, link in enumerate(joined):
                heights[key, link] = first + n * THREAD
        return heights

    def _beyond(self, key: Key, link: Pair, heights: dict[tuple[Key, Pair], float]) -> float:
        """Height from which a link comes into a bundle, on the side away from its hub."""
        route = self.plan.route[link]
        other = route[route.index(key) + (-1 if key[1] == "in" else 1)]
        return heights.get((other, link), self.plan.items[other].y)

    def _ports(self) -> dict[tuple[Pair, str], float]:
        """Give each end of each link its height at the node, so that links do not cross there."""
        ends: dict[tuple[str, int], list[tuple[tuple[int, float], Pair, str]]] = defaultdict(list)
        for link in self.plan.links:
            for name, side, which in zip(
                link, self.plan.sides(link), ("start", "end"), strict=True
            ):
                ends[name, side].append((self._towards(link, which), link, which))
        ports = {}
        for (name, _), found in ends.items():
            first = self.plan.items[(name,)].y - (len(found) - 1) * PITCH / 2
            for n, (_, link, which) in enumerate(sorted(found)):
                ports[link, which] = first + n * PITCH
        return ports

    def _towards(self, link: Pair, which: str) -> tuple[int, float]:
        """Key by which the ends at one side of a node stand: where their links go.

        Links within a column are arcs: those upwards stand first, the nearest above, and those
        downwards last, the nearest below, so that arcs lie within each other.
        """
        route = self.plan.route[link]
        here, other = (route[0], route[1]) if which == "start" else (route[-1], route[-2])
        mine, theirs = self.plan.items[here], self.plan.items[other]
        if mine.column != theirs.column:
            return 1, self.threads.get((other, link), theirs.y)
        return (0, -theirs.y) if theirs.y < mine.y else (2, -theirs.y)

    def _spot(self, name: str) -> Spot:
        item, lines = self.plan.items[(name,)], self.plan.labels[name]
        x, width = self.left[item.column], self._words(name)
        height = len(lines) * LINE
        rails = []
        for side, at in ((-1, x - STUB), (1, x + width + STUB)):
            ports = [
                y for (link, which), y in self.ports.items() if self._is(link, which, name, side)
            ]
            if (len(ports) - 1) * PITCH > height:
                rails.append((round(at, 1), round(TOP + min(ports), 1), round(TOP + max(ports), 1)))
        y, hub = round(TOP + item.y, 1), self._is_hub(name)
        x, width = round(x, 1), round(width, 1)
        return Spot(name, lines, item.column, x, y, width, height, tuple(rails), hub)

    def _is(self, link: Pair, which: str, name: str, side: int) -> bool:
        at = 0 if which == "start" else 1
        return link[at] == name and self.plan.sides(link)[at] == side

    def _edge(self, name: str, side: int) -> float:
        """Where links meet a node: at its words, not at the edge of its column."""
        column = self.plan.column(name)
        if side < 0:
            return self.left[column] - STUB
        return self.left[column] + self._words(name) + STUB

    def _curve(self, link: Pair) -> Curve:
        out, into = self.plan.sides(link)
        start, end = (self.plan.column(name) for name in link)
        y0, y1 = (TOP + self.ports[link, which] for which in ("start", "end"))
        x0, x1 = self._edge(link[0], out), self._edge(link[1], into)
        stop = x1 + into * SIGN * max(self.signs[link], 0)
        pen = [f"M{x0:.1f} {y0:.1f}"]
        if start == end:
            side = self.right[start] + STUB if out > 0 else self.left[start] - STUB
            side = max(side, stop) if out > 0 else min(side, stop)
            bulge = side + out * min(self.gutter * 0.8, 14 + abs(y1 - y0) * 0.22)
            pen.append(f"H{side:.1f}C{bulge:.1f} {y0:.1f} {bulge:.1f} {y1:.1f} {side:.1f} {y1:.1f}")
        else:
            pen += self._across(link, y0, y1, stop)
        pen.append(f"H{stop:.1f}")
        return Curve(*link, "".join(pen), round(x1, 1), round(y1, 1), -into)

    def _across(self, link: Pair, y0: float, y1: float, stop: float) -> Iterator[str]:
        """Run along each column that is passed, and curve from one to the next."""
        out, _ = self.plan.sides(link)
        start, end = (self.plan.column(name) for name in link)
        near, far = (self.right, self.left) if out > 0 else (self.left, self.right)
        places = [(start, y0)]
        for key in self.plan.route[link][1:-1]:
            places.append((int(key[2]), TOP + self.threads[key, link]))
        places.append((end, y1))
        for (column, y), (following, below) in pairwise(places):
            begin = near[column] + out * STUB
            reach = far[following] - out * STUB
            if following == end:
                reach = min(reach, stop) if out > 0 else max(reach, stop)
            bend = (reach - begin) / 2
            yield f"H{begin:.1f}"
            if abs(below - y) < 0.05:
                yield f"H{reach:.1f}"
            else:
                yield (f"C{begin + bend:.1f} {y:.1f} {reach - bend:.1f} {below:.1f} "
                       f"{reach:.1f} {below:.1f}")  # fmt: skip
