"""Charts of pooled estimates: what they draw, say and refuse, read from the specification."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from cartreview import charts
from cartreview.synthesis import (
    exact_interval,
    pool_proportions,
    pool_subgroups,
)

POOLED = ["forest"]


def seven_studies():
    """Seven studies: two groups that can be pooled, one of a single study, one without a year."""
    rows = [
        ("brown-15", "Brown (15)", None, 4, 58, "local", 2024),
        ("bagley-16", "Bagley (16)", None, 8, 13, "local", 2024),
        ("choi-22", "Choi (22)", None, 3, 3, "local", 2023),
        ("ahmed-29", "Ahmed (29)", None, 1, 16, "IV", 2017),
        ("qin-39", "Qin (39)", "early", 1, 3, "IV", 2021),
        ("lin-35", "Lin (35)", None, 0, 11, "IV", 2010),
        ("liu-38", "Liu (38)", None, 4, 8, "IV and local", None),
    ]
    columns = ["study_id", "study", "arm", "events", "denominator", "group", "year"]
    frame = pd.DataFrame(rows, columns=columns).assign(source_id="kaminskiy2025")
    return frame.astype({"events": "Int64", "denominator": "Int64", "year": "Int64"})


@pytest.fixture(scope="module")
def counts():
    """Rows for the pooled charts."""
    return seven_studies()


def _pool(counts, **options):
    names = counts["study_id"].tolist()
    return pool_proportions(counts["events"], counts["denominator"], names=names, **options)


def _groups(counts):
    return pool_subgroups(counts["events"], counts["denominator"], counts["group"].tolist())


def pooled(counts):
    """Draw every chart of pooled estimates; give the specifications by name."""
    made = {
        "forest": charts.forest(counts, _pool(counts)),
        "forest by group": charts.forest(counts, _groups(counts)),
    }
    return {name: chart.to_dict() for name, chart in made.items()}


@pytest.fixture(scope="module")
def drawn(counts):
    """The specification of every chart, by name."""
    return pooled(counts)


def _rows(spec, *fields):
    datasets = spec["datasets"].values()
    found = [row for rows in datasets for row in rows if set(fields) <= set(row)]
    return [tuple(row[field] for field in fields) for row in found]


def _table(spec):
    table = spec["usermeta"]["table"]
    return pd.DataFrame(table["rows"], columns=table["columns"])


def _texts(spec):
    """Everything that is written beside the plot."""
    return {
        str(value)
        for rows in spec["datasets"].values()
        for row in rows
        for value in row.values()
        if isinstance(value, str)
    }


def test_words(drawn):
    """Every chart of estimates has a share in its alt text, and its sources."""
    for name, spec in drawn.items():
        assert re.search(r"\d %", spec["description"]), name
        assert ["kaminskiy2025"] == spec["usermeta"]["sources"], name


@pytest.mark.parametrize("column", ["study_id", "events", "denominator", "source_id"])
def test_missing_column(counts, column):
    """A column that is not there is named."""
    with pytest.raises(ValueError, match=f"counts: column '{column}' is missing"):
        charts.forest(counts.drop(columns=column), _pool(counts))


# Forest plot


def test_forest_scale(drawn):
    """Shares run from nothing to all."""
    domains = [
        layer["encoding"]["x"]["scale"]["domain"]
        for layer in drawn["forest"]["layer"]
        if "scale" in layer["encoding"].get("x", {})
    ]
    assert [0, 1] in domains


def test_forest_uses_the_exact_interval(drawn):
    """The line of a study is the interval that the library computes."""
    row = _table(drawn["forest"]).set_index("Study").loc["Bagley (16)"]
    assert pytest.approx(exact_interval(8, 13)) == tuple(row[["Interval, low", "Interval, high"]])


def test_forest_keeps_each_weight_with_its_study(counts, drawn):
    """Rows are sorted by share; the weights, given in the order of the counts, go with them."""
    weights = dict(zip(counts["study"], _pool(counts).weights, strict=True))
    table = _table(drawn["forest"]).set_index("Study")["Weight"]
    assert weights["Brown (15)"] == table["Brown (15)"]
    assert weights["Choi (22)"] == table["Choi (22)"]
    assert f"{100 * weights['Choi (22)']:.1f} %" in _texts(drawn["forest"])


def test_forest_sorts_by_share(counts, drawn):
    """The largest share stands first, unless the order given is wanted."""
    assert "Choi (22)" == _table(drawn["forest"])["Study"].iloc[0]
    given = charts.forest(counts, _pool(counts), sort="given").to_dict()
    assert "Brown (15)" == _table(given)["Study"].iloc[0]


def test_forest_names_the_arm(drawn):
    """Where an arm is counted, it is named."""
    assert "Qin (39), early" in set(_table(drawn["forest"])["Study"])


def test_forest_ends_in_the_pooled_rows(counts, drawn):
    """The last rows are the estimate with its interval and the prediction interval."""
    pooled, table = _pool(counts), _table(drawn["forest"])
    centre = ["Share", "Interval, low", "Interval, high"]
    assert [pooled.estimate, pooled.ci_low, pooled.ci_high] == table.iloc[-2][centre].tolist()
    assert [pooled.pi_low, pooled.pi_high] == table.iloc[-1][centre[1:]].tolist()


def test_forest_diamond_spans_the_interval(counts, drawn):
    """The corners of the diamond lie at the ends of the interval."""
    pooled = _pool(counts)
    (path,) = {path for (path,) in _rows(drawn["forest"], "path")}
    left, right = (float(one) for one in re.findall(r"[ML](-?[\d.]+),0", path))
    width = drawn["forest"]["width"]
    assert pooled.ci_low == pytest.approx(pooled.estimate + left / width, abs=0.001)
    assert pooled.ci_high == pytest.approx(pooled.estimate + right / width, abs=0.001)


def test_forest_writes_the_spread(counts, drawn):
    """Below the estimate stand tau2, I2 and the test on the counts."""
    pooled = _pool(counts)
    written = _texts(drawn["forest"])
    assert any(text.startswith(f"τ² {pooled.tau2:.2f} (") and "I² " in text for text in written)
    assert "LRT p < 0.001" in written


def test_forest_heads_each_group(counts):
    """Groups stand in the order wanted, under the heading wanted."""
    groups = {"IV": "Intravenous", "local": "Local", "IV and local": "Both"}
    spec = charts.forest(counts, _groups(counts), groups=groups).to_dict()
    headings = [text for _, text in sorted(set(_rows(spec, "row", "text"))) if text]
    assert ["Intravenous", "Local", "Both", "All studies"] == [
        text for text in headings if text in {*groups.values(), "All studies"}
    ]


def test_forest_says_why_a_group_is_not_pooled(drawn):
    """A group of one study has a sentence in place of a diamond."""
    assert "not pooled: one study" in _texts(drawn["forest by group"])
    assert 3 == len(set(_rows(drawn["forest by group"], "row", "path")))
    assert (
        "IV and local: 1 study, 4 of 8 patients: not pooled"
        in (drawn["forest by group"]["description"])
    )


def test_forest_says_whether_groups_differ(counts, drawn):
    """The caption gives the test between groups, and which group is not in it."""
    caption = drawn["forest by group"]["usermeta"]["caption"]
    assert "Difference between groups: p = " in caption
    assert "for want of studies or events: IV and local" in caption


def test_forest_takes_a_mapping(counts):
    """Groups may come by name, with all studies as 'overall'."""
    found = _groups(counts)
    spec = charts.forest(counts, {**dict(found.groups), "overall": found.overall}).to_dict()
    assert "All studies" in _texts(spec)
    with pytest.raises(ValueError, match="pooled must have the key 'overall'; it has "):
        charts.forest(counts, dict(found.groups))


def test_forest_without_an_estimate(counts):
    """Where nothing can be pooled the reason stands there and the area is the patients."""
    rows = counts.iloc[[2, 5]]
    spec = charts.forest(rows, _pool(rows)).to_dict()
    assert any(text.startswith("not pooled: the likelihood rises") for text in _texts(spec))
    assert [] == _rows(spec, "path")
    assert "its area the number of patients" in spec["usermeta"]["caption"]


def test_forest_without_an_event(counts):
    """Studies without an event are pooled with the exact interval, and that is said."""
    rows = counts.iloc[[3, 5]].assign(events=0)
    spec = charts.forest(rows, _pool(rows)).to_dict()
    assert "No patient has the outcome: τ² cannot be told" in _texts(spec)
    assert 1 == len(set(_rows(spec, "path")))


def test_forest_follows_the_counts(counts):
    """The alt text is computed: other counts give another text."""
    more = counts.assign(events=counts["events"].where(counts["events"] != 8, 9))
    assert "21 of 112 patients" in charts.forest(counts, _pool(counts)).to_dict()["description"]
    assert "22 of 112 patients" in charts.forest(more, _pool(more)).to_dict()["description"]


def test_forest_refuses_other_counts(counts):
    """What was pooled must be what is drawn."""
    with pytest.raises(ValueError, match="columns 'events' and 'denominator' must be what was"):
        charts.forest(counts.head(6), _pool(counts))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("events", 99, r"column 'events' must lie in 0..58 in 'Brown \(15\)'; found 99"),
        ("events", None, r"column 'events' must lie in 0..58 in 'Brown \(15\)'; found <NA>"),
        ("denominator", 0, r"column 'denominator' must be 1 or more in 'Brown \(15\)'; found 0"),
        ("group", "IT", "column 'group' has 'IT', which is not among the groups pooled"),
    ],
)
def test_forest_refuses_a_cell(counts, column, value, message):
    """A cell that cannot be is named with its column."""
    wrong = counts.copy()
    wrong.loc[0, column] = value
    with pytest.raises(ValueError, match=message):
        charts.forest(wrong, _groups(counts))


def test_forest_refuses_options(counts):
    """An order that does not exist, and a group left out, are refused."""
    with pytest.raises(ValueError, match="sort must be 'share' or 'given'; found 'year'"):
        charts.forest(counts, _pool(counts), sort="year")
    with pytest.raises(ValueError, match="groups must name every group pooled; there is no 'IV'"):
        charts.forest(counts, _groups(counts), groups=["local"])


# Meta-regression


# Influence and order
