"""The graph of mechanisms: small graphs whose links, routes and cuts are known beforehand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartreview import mechanisms
from cartreview._tables import load

NAMES = "abcde"
SIGNS = {"increases": "up", "decreases": "down", "has no effect on": "none", "crosses": "unsigned"}


def _row(start, end, relation="increases", **cells):
    base = {
        "edge_id": f"{start}-{relation}-{end}-{cells.get('source_id', 's2018')}".replace(" ", "-"),
        "from_node": start,
        "relation": relation,
        "to_node": end,
        "sign": SIGNS.get(relation, "up"),
        "evidence_type": "mouse",
        "species": "mouse",
        "source_id": "s2018",
    }
    return {**base, **cells}


def _frame(*rows):
    return pd.DataFrame([_row(*row) if isinstance(row, tuple) else row for row in rows])


# Two ways from the cells to the brain, and only one to fever.
CASCADE = _frame(
    ("car-t-cell", "macrophage", "activates"),
    ("macrophage", "il6", "releases"),
    ("macrophage", "il1b", "releases"),
    ("il1b", "il6"),
    ("il6", "fever", "causes"),
    ("il1b", "brain"),
    ("car-t-cell", "brain", "damages"),
)


def test_a_link_keeps_what_its_edges_say():
    """Two rows of one pair are one link with both keys, signs, kinds of evidence and sources."""
    rows = _frame(
        ("il6", "crs"),
        _row("il6", "crs", "is associated with", sign="up", evidence_type="cohort",
             species="human", source_id="r2020"),
    )  # fmt: skip
    link = mechanisms.links(rows).iloc[0].to_dict()
    assert {
        "from_node": "il6",
        "to_node": "crs",
        "edges": ("il6-increases-crs-s2018", "il6-is-associated-with-crs-r2020"),
        "relations": ("increases", "is associated with"),
        "signs": ("up",),
        "evidence": ("cohort", "mouse"),
        "species": ("human", "mouse"),
        "sources": ("r2020", "s2018"),
        "contested": False,
        "animals_alone": False,
    } == link


def test_links_have_a_direction():
    """There and back are two links, sorted by their ends."""
    found = mechanisms.links(_frame(("b", "a"), ("a", "b")))
    assert [("a", "b"), ("b", "a")] == list(zip(found["from_node"], found["to_node"], strict=True))


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (("up", "up"), False),
        (("up", "down"), True),
        (("up", "none"), True),
        (("down", "none"), True),
        (("up", "unsigned"), False),
        (("none", "unsigned"), False),
    ],
)
def test_contested(signs, expected):
    """Signs that exclude each other contest a link; a missing sign contests nothing."""
    rows = _frame(*(_row("a", "b", sign=sign, source_id=f"s{n}") for n, sign in enumerate(signs)))
    assert expected == mechanisms.links(rows)["contested"].item()
    assert (2 if expected else 0) == len(mechanisms.contested(rows))


def test_contested_keeps_the_edges_of_such_links_alone():
    """Of two links only the edges of the contested one are kept, in the order of the table."""
    rows = _frame(("a", "b", "decreases"), ("b", "c"), ("a", "b"))
    assert [0, 2] == mechanisms.contested(rows).index.tolist()


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (["mouse"], True),
        (["mouse", "primate", "other animal"], True),
        (["mouse", "cohort"], False),
        (["mouse", "in vitro"], False),
        (["review"], False),
    ],
)
def test_animals_alone(evidence, expected):
    """One kind of evidence beside animals is enough, cells and reviews included."""
    rows = _frame(*(_row("a", "b", evidence_type=kind, source_id=kind) for kind in evidence))
    assert [expected] == mechanisms.links(rows)["animals_alone"].tolist()


def test_routes_are_listed_the_shortest_first():
    """Each route has a number, its steps count from one, and each step names its edges."""
    found = mechanisms.routes("car-t-cell", "brain", CASCADE)
    told = [tuple(row) for row in found[["route", "step", "from_node", "to_node"]].to_numpy()]
    assert [
        (1, 1, "car-t-cell", "brain"),
        (2, 1, "car-t-cell", "macrophage"),
        (2, 2, "macrophage", "il1b"),
        (2, 3, "il1b", "brain"),
    ] == told
    assert ("car-t-cell-damages-brain-s2018",) == found["edges"][0]


@pytest.mark.parametrize(("most", "expected"), [(2, 0), (3, 1), (4, 2)])
def test_routes_have_a_longest(most, expected):
    """A route with more steps than asked for is not listed."""
    assert (
        expected == mechanisms.routes("car-t-cell", "fever", CASCADE, most=most)["route"].nunique()
    )


@pytest.mark.parametrize("relation", ["is associated with", "has no effect on"])
def test_what_does_not_act_is_no_step(relation):
    """An association or a finding of no effect does not carry a route."""
    rows = _frame(("a", "b"), ("b", "c", relation), ("d", "c"))
    assert 0 == len(mechanisms.routes("a", "c", rows))


def test_routes_run_through_no_node_twice():
    """A loop on the way does not make routes without end."""
    rows = _frame(("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"))
    assert ["b", "c", "d"] == mechanisms.routes("a", "d", rows, most=9)["to_node"].tolist()


def test_downstream_counts_links_and_says_what_is_cut_off():
    """Without the macrophage nothing raises IL-6 or fever; the brain has another way."""
    assert [
        ["il1b", 1, True],
        ["il6", 1, True],
        ["brain", 2, False],
        ["fever", 2, True],
    ] == mechanisms.downstream("macrophage", CASCADE).to_numpy().tolist()


def test_downstream_of_the_trigger_is_everything():
    """With the cells gone nothing is left, and the trigger is not downstream of itself."""
    found = mechanisms.downstream("car-t-cell", CASCADE)
    assert {"macrophage", "il6", "il1b", "fever", "brain"} == set(found["node_id"])
    assert found["cut_off"].all()


def test_what_the_trigger_never_reached_is_not_cut_off():
    """A node downstream that the trigger does not reach anyway loses nothing."""
    rows = _frame(("car-t-cell", "b"), ("x", "y"))
    assert [["y", 1, False]] == mechanisms.downstream("x", rows).to_numpy().tolist()


def test_nothing_downstream_is_an_empty_frame():
    """The end of a cascade gives no row, with the columns of the others."""
    found = mechanisms.downstream("fever", CASCADE)
    assert (0, ["node_id", "steps", "cut_off"]) == (len(found), list(found))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mechanisms.routes("il7", "fever", CASCADE), "no node 'il7'"),
        (lambda: mechanisms.routes("macro", "fever", CASCADE), "near it are macrophage"),
        (lambda: mechanisms.routes("il6", "fever", CASCADE, most=0), "most must be 1 step or more"),
        (lambda: mechanisms.downstream("crs", CASCADE), "no node 'crs'"),
        (lambda: mechanisms.downstream("il6", CASCADE, trigger="nk"), "no node 'nk'"),
        (lambda: mechanisms.links(CASCADE[:0]), "no row is left"),
        (lambda: mechanisms.links(CASCADE.drop(columns="sign")), "column 'sign' is missing"),
        (lambda: mechanisms.contested(CASCADE.drop(columns="sign")), "column 'sign' is missing"),
        (
            lambda: mechanisms.routes("a", "b", CASCADE.drop(columns="relation")),
            "column 'relation' is missing",
        ),
        (
            lambda: mechanisms.routes("a", "b", _frame(("a", "b", "is associated with"))),
            "no node 'a'",
        ),
    ],
)
def test_what_cannot_be_asked(call, words):
    """Unknown nodes, frames without rows or columns, and routes of no step are refused by name."""
    with pytest.raises(ValueError, match=words):
        call()


EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(sorted(SIGNS))),
    min_size=1,
    max_size=14,
    unique=True,
)


@given(EDGES)
def test_every_edge_is_in_one_link(edges):
    """Links part the edges: each edge in one, none lost, none twice."""
    rows = _frame(*edges)
    kept = [key for keys in mechanisms.links(rows)["edges"] for key in keys]
    assert sorted(rows["edge_id"]) == sorted(kept)


@given(EDGES)
def test_the_order_of_rows_says_nothing(edges):
    """Rows in another order give the same links."""
    rows = _frame(*edges)
    pd.testing.assert_frame_equal(mechanisms.links(rows), mechanisms.links(rows[::-1]))


@given(EDGES)
def test_what_is_cut_off_has_no_other_way(edges):
    """Nothing that is cut off has a route from the trigger that goes round the blocked node."""
    rows = _frame(*edges, ("a", "b"))
    for node in mechanisms.downstream("b", rows, trigger="a").itertuples():
        found = mechanisms.routes("a", node.node_id, rows, most=len(NAMES))
        round_it = found.groupby("route")["to_node"].agg(lambda to: "b" not in set(to))
        assert node.cut_off == (len(found) > 0 and not round_it.any())


def test_the_real_table_loads():
    """The rows of the review make a graph, with routes from the cells to the syndromes."""
    rows = load("mechanisms")
    graph = mechanisms.network()
    assert set(rows["from_node"]) | set(rows["to_node"]) == set(graph)
    assert set(graph) <= set(load("nodes")["node_id"])
    assert len(rows) == mechanisms.links()["edges"].map(len).sum()
    for syndrome in ("crs", "icans"):
        assert len(mechanisms.routes("car-t-cell", syndrome)) > 0


def test_nodes_are_called_as_clinicians_do():
    """The short name before the name; what is no node stays as it is, in the order asked."""
    nodes = pd.DataFrame(
        {"node_id": ["csf2", "macrophage"], "name": ["CSF2", "macrophage"],
         "short_name": ["GM-CSF", None]}
    )  # fmt: skip
    found = mechanisms.called(["x", "macrophage", "csf2"], nodes)
    assert ["x", "macrophage", "GM-CSF"] == found


def test_between_looks_one_way():
    """An edge back is not between; no edge is an empty frame."""
    rows = _frame(("a", "b"), ("b", "a"))
    assert ["a-increases-b-s2018"] == mechanisms.between(rows, "a", "b")["edge_id"].tolist()
    assert 0 == len(mechanisms.between(rows, "a", "c"))


def test_what_statements_rest_on():
    """Sources count once a kind, edges each; no row is zero everywhere."""
    rows = _frame(
        ("a", "b"),
        _row("a", "c", evidence_type="cohort"),
        _row("a", "d", evidence_type="in vitro", source_id="r2020"),
        _row("a", "e", evidence_type="review", source_id="r2021"),
    )
    by_source = {"all": 3, "own": 2, "people": 1, "animals": 1, "dish": 1, "review": 1}
    assert by_source == mechanisms.rests_on(rows)
    assert by_source | {"all": 4, "own": 3} == mechanisms.rests_on(rows, "edge_id")
    assert {0} == set(mechanisms.rests_on(rows[:0]).values())


def test_every_kind_of_evidence_counts_somewhere():
    """People, animals, dishes and reviews part the edges of the review."""
    rows = load("mechanisms")
    found = mechanisms.rests_on(rows, "edge_id")
    parts = ("people", "animals", "dish", "review")
    assert len(rows) == found["all"] == sum(found[part] for part in parts)


def test_sources_that_say_something():
    """Each source once, and all of the conditions in one edge."""
    rows = _frame(
        ("a", "b"),
        ("a", "c", "decreases"),
        _row("a", "b", source_id="r2020"),
    )
    assert 2 == mechanisms.said_by(rows) == mechanisms.said_by(rows, to_node="b")
    assert 0 == mechanisms.said_by(rows, to_node="b", sign="down")


def test_studies_of_an_agent_bring_all_they_say():
    """Sources that tried the agent in that species, with their other edges; others are left out."""
    rows = _frame(
        ("anakinra", "crs", "inhibits"),
        ("il6", "crs"),
        _row("anakinra", "crs", species="human", source_id="r2020"),
        _row("il6", "crs", source_id="r2021"),
    )
    found = mechanisms.studied_in(rows, "anakinra", "mouse")
    assert {"s2018"} == set(found["source_id"])
    assert ["anakinra", "il6"] == found["from_node"].tolist()


def _steps(*pairs):
    ends = [(f"{a}-to-{b}", a, b) for a, b in pairs]
    return pd.DataFrame(ends, columns=["step_id", "from_node", "to_node"])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["cohort", "mouse"], "people and animals"),
        (["human tissue", "in vitro"], "people"),
        (["primate", "review"], "animals"),
        (["in vitro", "review"], "neither"),
    ],
)
def test_a_step_stands_on_people_animals_both_or_neither(kinds, expected):
    """Tissue of patients is people; dishes and reviews are neither."""
    rows = _frame(*(_row("a", "b", evidence_type=kind, source_id=kind[:3]) for kind in kinds))
    assert [expected] == mechanisms.standings(_steps(("a", "b")), rows)["standing"].tolist()


def test_a_contradiction_outweighs_what_a_step_stands_on():
    """Whatever it rests on, a step whose sources contradict each other is contested."""
    rows = _frame(("a", "b"), _row("a", "b", "has no effect on", evidence_type="cohort"))
    assert ["contested"] == mechanisms.standings(_steps(("a", "b")), rows)["standing"].tolist()


@pytest.mark.parametrize(
    ("relation", "kind", "acts"),
    [
        ("increases", "trial", True),
        ("increases", "mouse", False),
        ("is associated with", "cohort", False),
        ("has no effect on", "cohort", False),
    ],
)
def test_in_people_acting_is_more_than_going_together(relation, kind, acts):
    """An association in people and an effect in mice are no effect in people."""
    rows = _frame(_row("a", "b", relation, evidence_type=kind))
    assert [acts] == mechanisms.standings(_steps(("a", "b")), rows)["acts_in_people"].tolist()


def test_a_step_that_nobody_states_is_refused():
    """A step of the story needs a row of the graph."""
    with pytest.raises(ValueError, match="no source states the step b to a"):
        mechanisms.standings(_steps(("b", "a")), _frame(("a", "b")))


def _given(key="x-2020", **cells):
    base = {
        "intervention_id": key, "agent": "anakinra", "node_id": "anakinra",
        "agent_class": "IL-1 blockade", "setting": "prophylaxis", "evidence_type": "trial",
        "species": "human", "population": "adults", "comparator": None, "n": 20,
        "effect_crs": "not reported", "effect_icans": "reduced", "as_printed": "less",
        "source_id": "x2020", "locator": "abstract", "verification": "abstract",
    }  # fmt: skip
    return {**base, **cells}


def _treatments(*rows):
    return pd.DataFrame(list(rows)).astype({"n": "Int64"})


def test_a_treatment_of_patients_is_an_edge():
    """The agent acts on the syndrome as the source states it, with what it was compared with."""
    (edge,) = mechanisms.treated(_treatments(_given())).to_dict("records")
    told = [edge[name] for name in ("from_node", "relation", "to_node", "sign", "n", "note")]
    assert [
        "anakinra",
        "decreases",
        "icans",
        "down",
        20,
        "Prophylaxis; compared with nobody.",
    ] == told


@pytest.mark.parametrize(
    "cells",
    [
        {"evidence_type": "mouse"},
        {"node_id": None},
        {"effect_icans": "mixed"},
        {"effect_icans": "not reported"},
        {"evidence_type": "in vitro"},
    ],
)
def test_what_is_no_edge(cells):
    """Animals are in the graph already; agents without a node and mixed effects cannot be."""
    found = mechanisms.treated(_treatments(_given(**cells), _given("y", source_id="y")))
    assert ["y"] == found["edge_id"].tolist()


def test_of_a_study_the_most_patients_speak():
    """A part of the patients does not speak against the whole, whichever row comes first."""
    whole, part = _given("a", n=15), _given("b", n=9, effect_icans="no difference")
    for rows in ((whole, part), (part, whole)):
        assert ["reduced"] == mechanisms.levers(_treatments(*rows))["effect"].tolist()


def test_animals_are_compared_by_design():
    """In people without a comparator nobody was compared; an experiment has its own."""
    rows = _treatments(
        _given(), _given("m", evidence_type="mouse", source_id="m"),
        _given("c", comparator="others", source_id="c"),
    )  # fmt: skip
    found = mechanisms.levers(rows).set_index("intervention_id")["compared"].to_dict()
    assert {"x-2020": False, "m": True, "c": True} == found


def test_every_step_of_the_table_is_stated():
    """The story that the chapter tells rests on rows, and no step of it is told of nothing."""
    edges = pd.concat([load("mechanisms"), mechanisms.treated()])
    assert len(load("mechanism_steps")) == len(mechanisms.standings(edges=edges))
