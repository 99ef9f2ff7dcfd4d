"""The drawing of the graph of mechanisms for a narrow screen: stages below each other.

Vocabulary
----------
shelf  words that stand side by side; a stage fills as many as its words need.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from cartreview_book.graph_layout import (
    HUB,
    SIGN,
    STUB,
    Curve,
    Drawing,
    Spot,
    width_of,
    wrap,
)
from cartreview_book.graph_plan import LINE, PAD, Pair

__all__ = ["lay_out_narrow"]

# From top to bottom; levers act upwards from below.
ORDER = ("trigger", "amplifier", "vessel", "brain", "tumour", "syndrome", "outcome", "lever")
WIDTH = 336.0  # units: what a phone shows without shrinking
LONGEST = 12  # characters of a label's line
APART = 14.0  # between words of a shelf
AISLE = 44.0  # between shelves, for the links
HEADING = 24.0  # a stage's name above its first shelf
SWEEPS = 8
BOLD = 1.12  # how much wider words in bold are


def lay_out_narrow(
    labels: dict[str, tuple[str, ...]], stages: dict[str, str], links: dict[Pair, int]
) -> Drawing:
    """Place nodes on shelves and draw links between them.

    Parameters
    ----------
    labels : dict
        Lines of text of each node; broken anew, to be narrow.
    stages : dict
        Stage of each node, one of those in `ORDER`.
    links : dict
        From pairs of nodes to the number of signs that end the link.

    Returns
    -------
    Drawing
        Places in units of the drawing; the column of a spot is its shelf.

    Raises
    ------
    KeyError
        If a node has a stage that is not in `ORDER`.

    Examples
    --------
    >>> labels = {"il6": ("IL-6",), "crs": ("CRS",)}
    >>> drawing = lay_out_narrow(labels, {"il6": "amplifier", "crs": "syndrome"},
    ...                          {("il6", "crs"): 1})
    >>> [(spot.name, spot.column) for spot in drawing.spots]
    [('crs', 1), ('il6', 0)]
    """
    for name, stage in stages.items():
        if stage not in ORDER:
            raise KeyError(f"node {name!r} has stage {stage!r}; there are {', '.join(ORDER)}")
    return _Shelves(labels, stages, links).draw()


class _Shelves:
    def __init__(
        self, labels: dict[str, tuple[str, ...]], stages: dict[str, str], links: dict[Pair, int]
    ) -> None:
        self.stages, self.links = stages, links
        self.lines = {name: wrap(" ".join(told), LONGEST) for name, told in labels.items()}
        ends = [name for link in links for name in set(link)]
        self.hubs = {name for name in labels if ends.count(name) >= HUB}
        self.width = {
            name: max(map(width_of, told)) * (BOLD if name in self.hubs else 1)
            for name, told in self.lines.items()
        }
        self.near: dict[str, list[str]] = defaultdict(list)
        for start, end in sorted(links):
            self.near[start].append(end)
            self.near[end].append(start)
        self.shelves: list[list[str]] = []
        self.middle: dict[str, float] = {}
        self.y: dict[str, float] = {}
        self.headings: list[Spot] = []

    def draw(self) -> Drawing:
        """Give everything with its place."""
        self._fill()
        height = self._hang()
        spots = tuple(self._spot(name) for name in sorted(self.lines))
        curves = tuple(self._curve(link) for link in sorted(self.links))
        return Drawing(round(WIDTH), round(height), tuple(self.headings), spots, curves)

    def _fill(self) -> None:
        """Part each stage into shelves, then move words towards their neighbours."""
        for stage in ORDER:
            row: list[str] = []
            for name in sorted(name for name in self.lines if self.stages[name] == stage):
                if row and self._room([*row, name]) > WIDTH:
                    self.shelves.append(row)
                    row = []
                row.append(name)
            if row:
                self.shelves.append(row)
        for row in self.shelves:
            self._spread(row)
        for _ in range(SWEEPS):
            for row in self.shelves:
                row.sort(key=lambda name: (self._wanted(name), name))
                self._spread(row)

    def _room(self, row: list[str]) -> float:
        return sum(self.width[name] for name in row) + APART * (len(row) - 1)

    def _wanted(self, name: str) -> float:
        beside = [self.middle[other] for other in self.near[name] if other != name]
        return sum(beside) / len(beside) if beside else WIDTH / 2

    def _spread(self, row: list[str]) -> None:
        """Share what is free evenly between the words of a shelf and at its ends."""
        free = (WIDTH - self._room(row)) / (len(row) + 1)
        x = free
        for name in row:
            self.middle[name] = x + self.width[name] / 2
            x += self.width[name] + APART + free

    def _hang(self) -> float:
        """Give each shelf its height, and each stage its heading."""
        y = 0.0
        for stage, rows in groupby(self.shelves, key=lambda row: self.stages[row[0]]):
            words = (stage.capitalize(),)
            self.headings.append(Spot(stage, words, 0, 0.0, y + HEADING / 2, 0, 0))
            y += HEADING
            for row in rows:
                tall = max(len(self.lines[name]) for name in row) * LINE
                for name in row:
                    self.y[name] = y + tall / 2
                y += tall + AISLE
        return y - AISLE + PAD

    def _spot(self, name: str) -> Spot:
        lines, width = self.lines[name], round(self.width[name], 1)
        shelf = next(n for n, row in enumerate(self.shelves) if name in row)
        x = round(self.middle[name] - self.width[name] / 2, 1)
        tall = len(lines) * LINE
        return Spot(name, lines, shelf, x, round(self.y[name], 1), width, tall, (),
                    name in self.hubs)  # fmt: skip

    def _port(self, link: Pair, at: int, side: int) -> tuple[float, float]:
        """Where a link meets its start (0) or end (1), above (-1) or below (1) the words."""
        name = link[at]
        same = [
            (self.middle[other[1 - n]], other, n)
            for other in self.links
            for n in (0, 1)
            if other[n] == name and self._sides(other)[n] == side
        ]
        rank = sorted(same).index((self.middle[link[1 - at]], link, at))
        share = (rank + 1) / (len(same) + 1)
        x = self.middle[name] + (share - 0.5) * max(self.width[name], 24.0)
        return x, self.y[name] + side * (len(self.lines[name]) * LINE / 2 + STUB)

    def _sides(self, link: Pair) -> tuple[int, int]:
        start, end = (self.y[name] for name in link)
        if start == end:
            return 1, 1
        return (1, -1) if start < end else (-1, 1)

    def _curve(self, link: Pair) -> Curve:
        out, into = self._sides(link)
        (x0, y0), (x1, y1) = self._port(link, 0, out), self._port(link, 1, into)
        stop = y1 + into * SIGN * self.links[link]
        bend = AISLE * 0.7 if out == into else max(abs(stop - y0) / 2, AISLE / 3)
        path = (f"M{x0:.1f} {y0:.1f}C{x0:.1f} {y0 + out * bend:.1f} {x1:.1f} "
                f"{stop + into * bend:.1f} {x1:.1f} {stop:.1f}V{stop:.1f}")  # fmt: skip
        return Curve(*link, path, round(x1, 1), round(y1, 1), -into, upright=True)
