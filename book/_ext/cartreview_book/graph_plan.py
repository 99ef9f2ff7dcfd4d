"""Which words and bundles of the graph of mechanisms stand where, above and below each other.

Vocabulary
----------
column  stages that stand above each other; columns run from left to right.
item    what takes room in a column: a node or a bundle.
bundle  links that pass through a column side by side, on their way to or from the same node.
route   what a link runs through: its nodes, and the bundles in the columns between.

Equal input gives an equal plan: ties are broken by name, and nothing is random.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["COLUMNS", "HEADING", "LINE", "PAD", "PITCH", "THREAD", "Item", "Key", "Pair", "Plan"]

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
PITCH = 5.0  # from link to link where they meet a node
THREAD = 1.7  # from link to link within a bundle
HEADING = 30.0
SWEEPS = 24

Pair = tuple[str, str]
Key = tuple[str, ...]


@dataclass
class Item:
    """What takes room in a column; a node's key is its name alone."""

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


class Plan:
    """Which items stand in which column, in which order, how high."""

    def __init__(
        self, labels: dict[str, tuple[str, ...]], stages: dict[str, str], links: list[Pair]
    ) -> None:
        self.labels, self.stages, self.links = labels, stages, links
        self.place = _places(stages, links)
        self.hub = self._hubs()
        self.route = {link: self._route(link) for link in links}
        self.items = self._items()
        self.columns: list[list[Item]] = [[] for _ in COLUMNS]
        for item in self.items.values():
            self.columns[item.column].append(item)
        self.height = max(sum(item.room for item in column) for column in self.columns)
        # A stage below another starts with its heading, which asks for room too.
        self.height += HEADING
        self._join()

    def column(self, name: str) -> int:
        """Give a node's column."""
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

    def _items(self) -> dict[Key, Item]:
        ports: dict[tuple[str, int], int] = defaultdict(int)
        threads: dict[Key, int] = defaultdict(int)
        for link in self.links:
            for name, side in zip(link, self.sides(link), strict=True):
                ports[name, side] += 1
            for key in self.route[link][1:-1]:
                threads[key] += 1
        items: dict[Key, Item] = {}
        for name in sorted(self.labels):
            column, group = self.place[name]
            most = max(ports[name, 1], ports[name, -1])
            height = max(len(self.labels[name]) * LINE, most * PITCH)
            items[(name,)] = Item((name,), column, group, height)
        for key in sorted(threads):
            items[key] = Item(key, int(key[2]), 0, threads[key] * THREAD)
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

    def _wanted(self, item: Item) -> float:
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

    def _sorted(self, column: list[Item], wanted: dict[Key, float]) -> list[Item]:
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


def _gap(items: Sequence[Item], wanted: dict[Key, float], item: Item) -> int:
    """Find the gap with the fewest items on the wrong side."""
    above = [wanted[other.key] <= wanted[item.key] for other in items]
    wrong = [above[n:].count(True) + above[:n].count(False) for n in range(len(items) + 1)]
    return wrong.index(min(wrong))


def _stack(items: Sequence[Item], height: float, wanted: dict[Key, float] | None = None) -> None:
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
