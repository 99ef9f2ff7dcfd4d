"""The drawing of the graph of mechanisms: nothing overlaps, nothing is lost, nothing is random."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from cartreview_book.graph_layout import lay_out, width_of, wrap
from cartreview_book.graph_narrow import WIDTH, lay_out_narrow
from cartreview_book.graph_plan import COLUMNS, LINE
from hypothesis import given, settings
from hypothesis import strategies as st

STAGES = sorted({stage for column in COLUMNS for stage in column})
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _drawing(stages, links):
    labels = {name: wrap(f"node {name}") for name in stages}
    return lay_out(labels, stages, dict.fromkeys(links, 1))


@st.composite
def graphs(draw):
    """Give nodes with their stages, and links between them."""
    placed = draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=24))
    stages = {f"n{number:02}": stage for number, stage in enumerate(placed)}
    names = st.sampled_from(sorted(stages))
    links = draw(st.lists(st.tuples(names, names), max_size=60, unique=True))
    return stages, links


def _boxes(drawing):
    for spot in drawing.spots:
        half = spot.height / 2
        yield spot.name, (spot.x, spot.y - half, spot.x + spot.width, spot.y + half)


@settings(deadline=None)
@given(graphs())
def test_words_never_overlap(graph):
    """No two nodes share a place, and all lie within the drawing."""
    drawing = _drawing(*graph)
    boxes = list(_boxes(drawing))
    for _, (left, top, right, bottom) in boxes:
        assert 0 <= left < right <= drawing.width
        assert 0 <= top < bottom <= drawing.height
    apart = [
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        for (_, a), (_, b) in combinations(boxes, 2)
    ]
    assert all(apart)


@settings(deadline=None)
@given(graphs())
def test_every_link_is_drawn_once(graph):
    """Each link has a curve within the drawing, and no two links end in the same place."""
    stages, links = graph
    drawing = _drawing(stages, links)
    assert sorted(links) == [(curve.start, curve.end) for curve in drawing.curves]
    ends = [(curve.x, curve.y) for curve in drawing.curves]
    assert len(set(ends)) == len(ends)
    for curve in drawing.curves:
        assert -0.5 <= min(map(float, NUMBER.findall(curve.path)))


@settings(deadline=None)
@given(graphs(), st.randoms())
def test_the_order_of_the_input_says_nothing(graph, random):
    """Nodes and links in another order give the same drawing."""
    stages, links = graph
    names, mixed = list(stages), list(links)
    random.shuffle(names)
    random.shuffle(mixed)
    assert _drawing(stages, links) == _drawing({name: stages[name] for name in names}, mixed)


def test_stages_run_from_left_to_right():
    """A node stands to the right of those whose stage comes before its own."""
    chain = {name: name for name in ("trigger", "amplifier", "vessel", "brain", "syndrome")}
    places = {spot.name: spot.x for spot in _drawing(chain, []).spots}
    assert list(chain) == sorted(places, key=places.get)


def test_a_stage_below_another_has_its_heading():
    """The outcome stands below the syndrome, under its own name."""
    drawing = _drawing({"a": "syndrome", "b": "outcome"}, [])
    heights = {spot.name: spot.y for spot in drawing.spots}
    heading = next(spot for spot in drawing.headings if spot.name == "outcome")
    assert heights["a"] < heading.y < heights["b"]


def test_the_largest_stage_is_parted_by_its_neighbours():
    """Of the amplifiers, those near the trigger stand left of those near the syndrome."""
    stages = {"t": "trigger", "late": "amplifier", "early": "amplifier", "s": "syndrome"}
    drawing = _drawing(stages, [("t", "early"), ("early", "late"), ("late", "s")])
    column = {spot.name: spot.column for spot in drawing.spots}
    assert [0, 1, 2] == [column["t"], column["early"], column["late"]]


@pytest.mark.parametrize(
    ("start", "end", "heading"), [("trigger", "vessel", 1), ("syndrome", "vessel", -1)]
)
def test_a_link_heads_for_its_end(start, end, heading):
    """Links arrive from the side from which they come."""
    curve = _drawing({"a": start, "b": end}, [("a", "b")]).curves[0]
    assert heading == curve.heading


def test_a_link_within_a_column_is_an_arc():
    """It leaves and arrives on the same side, and bulges beyond the words."""
    drawing = _drawing({"a": "vessel", "b": "vessel"}, [("a", "b")])
    right = max(spot.x + spot.width for spot in drawing.spots)
    numbers = map(float, NUMBER.findall(drawing.curves[0].path))
    assert -1 == drawing.curves[0].heading
    assert right + LINE < max(numbers)


def test_links_to_one_node_run_side_by_side():
    """Between two columns links to the same node lie no further apart than a bundle is wide."""
    stages = {**{f"t{n}": "trigger" for n in range(6)}, "s": "syndrome"}
    drawing = _drawing(stages, [(f"t{n}", "s") for n in range(6)])
    middle = [float(re.findall(r" (-?[\d.]+)H", curve.path)[1]) for curve in drawing.curves]
    assert LINE > max(middle) - min(middle) > 0


def test_many_links_meet_at_a_rail():
    """A node with more links than its words are high has an upright line where they meet."""
    stages = {**{f"t{n}": "trigger" for n in range(12)}, "s": "syndrome"}
    drawing = _drawing(stages, [(f"t{n}", "s") for n in range(12)])
    spot = next(spot for spot in drawing.spots if spot.name == "s")
    ends = [curve.y for curve in drawing.curves]
    assert [(min(ends), max(ends))] == [rail[1:] for rail in spot.rails]
    assert spot.hub


def test_an_unknown_stage_is_named():
    """A stage that stands in no column is refused with those there are."""
    with pytest.raises(KeyError, match="node 'a' has stage 'kidney'; there are trigger, lever"):
        _drawing({"a": "kidney"}, [])


@pytest.mark.parametrize("text", ["IL6", "T-cell function in the tumour", "a" * 30])
def test_wrapping_loses_nothing(text):
    """Lines joined are the text."""
    assert text == " ".join(wrap(text))


def test_width_grows_with_the_text():
    """A longer text is wider."""
    assert width_of("CRS") < width_of("CRS and")


def _narrow(stages, links):
    labels = {name: wrap(f"node {name}") for name in stages}
    return lay_out_narrow(labels, stages, dict.fromkeys(links, 1))


@settings(deadline=None)
@given(graphs())
def test_a_narrow_drawing_keeps_words_apart(graph):
    """On a phone no two words share a place, and all lie within its width."""
    boxes = list(_boxes(_narrow(*graph)))
    assert all(0 <= left < right <= WIDTH for _, (left, _, right, _) in boxes)
    apart = [
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        for (_, a), (_, b) in combinations(boxes, 2)
    ]
    assert all(apart)


@settings(deadline=None)
@given(graphs(), st.randoms())
def test_a_narrow_drawing_has_every_link(graph, random):
    """Each link once, ending in a place of its own, in whatever order it came."""
    stages, links = graph
    drawing = _narrow(stages, links)
    assert sorted(links) == [(curve.start, curve.end) for curve in drawing.curves]
    ends = [(curve.x, curve.y) for curve in drawing.curves]
    assert len(set(ends)) == len(ends)
    names, mixed = list(stages), list(links)
    random.shuffle(names)
    random.shuffle(mixed)
    assert drawing == _narrow({name: stages[name] for name in names}, mixed)


def test_narrow_stages_run_downwards():
    """The syndrome stands below the trigger, the lever below all, each under its name."""
    chain = {name: name for name in ("trigger", "amplifier", "syndrome", "lever")}
    drawing = _narrow(chain, [("trigger", "syndrome"), ("lever", "amplifier")])
    places = {spot.name: spot.y for spot in drawing.spots}
    assert list(chain) == sorted(places, key=places.get)
    assert [1, -1] == [curve.heading for curve in sorted(drawing.curves, key=lambda c: -c.heading)]
    assert {heading.name for heading in drawing.headings} == set(chain)


def test_a_narrow_drawing_refuses_an_unknown_stage():
    """A stage that has no shelf is refused with those there are."""
    with pytest.raises(KeyError, match="node 'a' has stage 'kidney'; there are trigger, "):
        _narrow({"a": "kidney"}, [])
