"""Where the graph of mechanisms is drawn: columns of words, bundles of links between them.

Vocabulary
----------
column  stages that stand above each other; columns run from left to right.
item    what takes room in a column: a node, the heading of a stage, or a bundle.
bundle  links that pass through a column side by side, on their way to or from the same node.
port    the place at a side of a node where one link starts or ends.

Equal input gives an equal drawing: ties are broken by name, and nothing is random.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["COLUMNS", "Curve", "Drawing", "Spot", "lay_out", "width_of", "wrap"]

# Stages of a column, from top to bottom. Levers and the outcome are no steps of the cascade: they
# stand apart, below the stages from which links go the same way. A stage of two columns, the
# largest, has half of its nodes in each: on the left those with more to do with what comes before.
COLUMNS = (
    ("trigger", "lever"),
    ("amplifier",),
    ("amplifier",),
    ("vessel",),
    ("brain", "tumour"),
    ("syndrome", "outcome"),
)
# Lengths are in units of the drawing, which are pixels where it is shown in full.
LINE = 14.0  # from line to line of a label
PAD = 10.0  # between nodes: with a line of text, a target large enough for a finger
SLIM = 5.0  # between bundles, which nobody touches
PITCH = 5.0  # from port to port
THREAD = 1.7  # from link to link within a bundle
GUTTER = 80.0  # between columns
STUB = 5.0  # from a label to the links that start there
SIGN = 7.0  # that a sign takes at the end of a link
HEADING = 30.0
TOP = 26.0  # names of the upper stages
MARGIN = 6.0
LONGEST = 17  # characters of a label's line
SWEEPS = 24
NARROW, WIDE = frozenset("iljtfr'’.,:;()-I |"), frozenset("mwMW@")


def width_of(text: str) -> float:
    """Estimate the width of a text of 12.5 units, rather too wide than too narrow.

    Examples
    --------
    >>> width_of("ill") < width_of("CRS") < width_of("macrophage")
    True
    """
    return sum(
        4.0 if sign in NARROW else 10.6 if sign in WIDE else 8.6 if sign.isupper() else 7.1
        for sign in text
    )


def wrap(text: str) -> tuple[str, ...]:
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
        if lines and len(lines[-1]) + 1 + len(word) <= LONGEST:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


@dataclass(frozen=True)
class Spot:
    """A word in the drawing: lines of text from `x`, centred on `y`, `rails` where links meet."""

    name: str
    lines: tuple[str, ...]
    column: int
    x: float
    y: float
    width: float
    height: float
    rails: tuple[tuple[float, float, float], ...] = ()

    @property
    def baselines(self) -> list[tuple[float, str]]:
        """Give each line of text with the height of its baseline."""
        first = self.y - (len(self.lines) - 1) * LINE / 2 + 4.2
        return [(round(first + n * LINE, 1), line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Curve:
    """A link: its path, and where it ends, heading right (1) or left (-1)."""

    start: str
    end: str
    path: str
    x: float
    y: float
    heading: int


@dataclass(frozen=True)
class Drawing:
    """Everything drawn, and how large it is."""

    width: float
    height: float
    headings: tuple[Spot, ...]
    spots: tuple[Spot, ...]
    curves: tuple[Curve, ...]


Pair = tuple[str, str]
Key = tuple[str, ...]


@dataclass
class _Item:
    key: Key
    column: int
    group: int
    height: float
    y: float = 0.0
    heading: str = ""  # of the stage that starts with this item
    near: list[tuple[Key, float]] = field(default_factory=list)

    @property
    def _body(self) -> float:
        return self.height + (PAD if len(self.key) == 1 else SLIM)

    @property
    def room(self) -> float:
        """How much of the column it takes, with the heading that stands on it."""
        return self._body + (HEADING if self.heading else 0)

    @property
    def above(self) -> float:
        """How much of that lies above its middle."""
        return self.room - self._body / 2


def lay_out(
    labels: dict[str, tuple[str, ...]], stages: dict[str, str], links: dict[Pair, int]
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
    (['il6', 'crs'], 1)
    """
    plan = _Plan(labels, stages, sorted(links))
    plan.order()
    return _Pen(plan, links).draw()


def _places(stages: dict[str, str], links: list[Pair]) -> dict[str, tuple[int, int]]:
    """Give each node its column, and the rank of its stage there."""
    stands: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, column in enumerate(COLUMNS):
        for rank, stage in enumerate(column):
            stands[stage].append((number, rank))
    for name, stage in stages.items():
        if stage not in stands:
            raise KeyError(f"node {name!r} has stage {stage!r}; there are {', '.join(stands)}")
    places = {name: stands[stage][0] for name, stage in stages.items()}
    for stage in (stage for stage, found in stands.items() if len(found) > 1):
        inside = [name for name in stages if stages[name] == stage]
        inside.sort(key=lambda name: (_leaning(name, places, links), name))
        for number, name in enumerate(inside):
            places[name] = stands[stage][number * len(stands[stage]) // len(inside)]
    return places


def _leaning(name: str, places: dict[str, tuple[int, int]], links: list[Pair]) -> float:
    """Say how far to the right the neighbours of a node stand."""
    beside = [b if a == name else a for a, b in links if name in (a, b)]
    columns = [places[other][0] for other in beside if other != name]
    return sum(columns) / len(columns) if columns else 0.0


class _Plan:
    """Which items stand in which column, in which order, how high."""

    def __init__(
        self, labels: dict[str, tuple[str, ...]], stages: dict[str, str], links: list[Pair]
    ) -> None:
        self.labels, self.stages, self.links = labels, stages, links
        self.place = _places(stages, links)
        self.hub = self._hubs()
        self.route = {link: self._route(link) for link in links}
        self.items = self._items()
        self.columns: list[list[_Item]] = [[] for _ in COLUMNS]
        for item in self.items.values():
            self.columns[item.column].append(item)
        self.height = max(sum(item.room for item in column) for column in self.columns)
        # A stage below another starts with its heading, which asks for room too.
        self.height += HEADING
        self._join()

    def column(self, name: str) -> int:
        return self.place[name][0]

    def sides(self, link: Pair) -> tuple[int, int]:
        """Say at which side (right 1, left -1) a link leaves and arrives."""
        start, end = (self.column(name) for name in link)
        if start == end:
            side = -1 if start == len(COLUMNS) - 1 else 1
            return side, side
        return (1, -1) if start < end else (-1, 1)

    def _passed(self, link: Pair) -> list[int]:
        start, end = (self.column(name) for name in link)
        step = 1 if end > start else -1
        return list(range(start + step, end, step)) if start != end else []

    def _hubs(self) -> dict[Pair, str]:
        """Bundle a long link with those of the busier of its ends."""
        long = [link for link in self.links if self._passed(link)]
        busy: dict[str, int] = defaultdict(int)
        for link in long:
            for name in link:
                busy[name] += 1
        return {link: max(link[::-1], key=lambda name: busy[name]) for link in long}

    def _route(self, link: Pair) -> list[Key]:
        hub = self.hub.get(link, "")
        way = "in" if hub == link[1] else "out"
        passed = [(hub, way, str(column)) for column in self._passed(link)]
        return [(link[0],), *passed, (link[1],)]

    def _items(self) -> dict[Key, _Item]:
        ports: dict[tuple[str, int], int] = defaultdict(int)
        threads: dict[Key, int] = defaultdict(int)
        for link in self.links:
            for name, side in zip(link, self.sides(link), strict=True):
                ports[name, side] += 1
            for key in self.route[link][1:-1]:
                threads[key] += 1
        items = {}
        for name in sorted(self.labels):
            column, group = self.place[name]
            most = max(ports[name, 1], ports[name, -1])
            height = max(len(self.labels[name]) * LINE, most * PITCH)
            items[(name,)] = _Item((name,), column, group, height)
        for key in sorted(threads):
            items[key] = _Item(key, int(key[2]), 0, threads[key] * THREAD)
        return items

    def _join(self) -> None:
        """Let items attract each other along links; within a column less."""
        for route in self.route.values():
            for one, other in pairwise(route):
                same = self.items[one].column == self.items[other].column
                weight = 0.3 if same else 1.0
                self.items[one].near.append((other, weight))
                self.items[other].near.append((one, weight))

    def order(self) -> None:
        """Sweep to and fro, each item towards the middle of its neighbours; keep the best."""
        for column in self.columns:
            _stack(self._sorted(column, {i.key: n for n, i in enumerate(column)}), self.height)
        best: tuple[float, dict[Key, tuple[float, str]]] = (float("inf"), {})
        for sweep in range(SWEEPS):
            for column in self.columns if sweep % 2 else reversed(self.columns):
                wanted = {item.key: self._wanted(item) for item in column}
                _stack(self._sorted(column, wanted), self.height, wanted)
            cost = self._cost()
            if cost < best[0]:
                best = (cost, {i.key: (i.y, i.heading) for i in self.items.values()})
        for item in self.items.values():
            item.y, item.heading = best[1][item.key]

    def _wanted(self, item: _Item) -> float:
        total = sum(weight for _, weight in item.near)
        if not total:
            return item.y
        return sum(self.items[key].y * weight for key, weight in item.near) / total

    def _cost(self) -> float:
        return sum(
            abs(item.y - self.items[key].y) * weight
            for item in self.items.values()
            for key, weight in item.near
        )

    def _sorted(self, column: list[_Item], wanted: dict[Key, float]) -> list[_Item]:
        """Sort nodes by stage and wish; let bundles pass where they wish."""
        nodes = [item for item in column if len(item.key) == 1]
        nodes.sort(key=lambda item: (item.group, wanted[item.key], item.key))
        for before, item in zip([None, *nodes], nodes, strict=False):
            opens = before is not None and before.group != item.group
            item.heading = self.stages[item.key[0]] if opens else ""
        bundles = [item for item in column if len(item.key) > 1]
        for bundle in sorted(bundles, key=lambda item: (wanted[item.key], item.key)):
            nodes.insert(_gap(nodes, wanted, bundle), bundle)
        return nodes


def _gap(items: Sequence[_Item], wanted: dict[Key, float], item: _Item) -> int:
    """Find the gap with the fewest items on the wrong side."""
    above = [wanted[other.key] <= wanted[item.key] for other in items]
    wrong = [above[n:].count(True) + above[:n].count(False) for n in range(len(items) + 1)]
    return wrong.index(min(wrong))


def _stack(
    items: Sequence[_Item], height: float, wanted: dict[Key, float] | None = None
) -> None:
    """Place items below each other, as near to their wishes as order and height allow."""
    ends: list[float] = []  # where each would stand if it were alone and had no size
    offsets, used = [], 0.0
    for item in items:
        offsets.append(used + item.above)
        used += item.room
    free = max(height - used, 0.0)
    for item, offset in zip(items, offsets, strict=True):
        ends.append((wanted[item.key] if wanted else item.y) - offset)
    for item, offset, end in zip(items, offsets, _rising(ends), strict=True):
        item.y = offset + min(max(end, 0.0), free)


def _rising(values: Iterable[float]) -> Iterator[float]:
    """Give the nearest values, in least squares, that never fall (pool adjacent violators)."""
    blocks: list[list[float]] = []  # mean, count
    for value in values:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * count) / (last[1] + count)
            last[1] += count
    for mean, count in blocks:
        yield from [mean] * int(count)


class _Pen:
    """Draws what the plan has placed."""

    def __init__(self, plan: _Plan, links: dict[Pair, int]) -> None:
        self.plan, self.signs = plan, links
        widths = [
            max((width_of(l) for i in column if len(i.key) == 1 for l in plan.labels[i.key[0]]),
                default=0.0)
            for column in plan.columns
        ]  # fmt: skip
        self.left = [MARGIN + sum(widths[:c]) + GUTTER * c for c in range(len(widths))]
        self.right = [left + width for left, width in zip(self.left, widths, strict=True)]
        self.threads = self._threads()
        self.ports = self._ports()

    def draw(self) -> Drawing:
        """Give everything with its place."""
        spots = tuple(self._spot(name) for name in self.plan.labels)
        curves = tuple(self._curve(link) for link in self.plan.links)
        bottom = max(item.y + item.height / 2 for item in self.plan.items.values())
        height = TOP + bottom + PAD
        return Drawing(round(self.right[-1] + MARGIN), round(height), self._headings(), spots, curves)

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
            for name, side, which in zip(link, self.plan.sides(link), ("start", "end"), strict=True):
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
        x, width = self.left[item.column], max(map(width_of, lines))
        height = len(lines) * LINE
        rails = []
        for side, at in ((-1, x - STUB), (1, x + width + STUB)):
            ports = [y for (link, which), y in self.ports.items() if self._is(link, which, name, side)]
            if ports and max(ports) - min(ports) > height:
                rails.append((round(at, 1), round(TOP + min(ports), 1), round(TOP + max(ports), 1)))
        y = round(TOP + item.y, 1)
        return Spot(name, lines, item.column, round(x, 1), y, round(width, 1), height, tuple(rails))

    def _is(self, link: Pair, which: str, name: str, side: int) -> bool:
        at = 0 if which == "start" else 1
        return link[at] == name and self.plan.sides(link)[at] == side

    def _edge(self, name: str, side: int) -> float:
        """Where links meet a node: at its words, not at the edge of its column."""
        column = self.plan.column(name)
        if side < 0:
            return self.left[column] - STUB
        return self.left[column] + max(map(width_of, self.plan.labels[name])) + STUB

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
            bulge = side + out * min(GUTTER * 0.8, 14 + abs(y1 - y0) * 0.22)
            pen.append(f"H{side:.1f}C{bulge:.1f} {y0:.1f} {bulge:.1f} {y1:.1f} {side:.1f} {y1:.1f}")
        else:
            pen += self._across(link, y0, y1, stop)
        pen.append(f"H{stop:.1f}")
        return Curve(*link, "".join(pen), round(x1, 1), round(y1, 1), -into)

    def _across(self, link: Pair, y0: float, y1: float, stop: float) -> Iterator[str]:
        """Run along each column that is passed, and curve from one to the next."""
        out, into = self.plan.sides(link)
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
