"""A forest plot takes what the library counts, and names its studies."""

import pandas as pd

from cartreview import charts, load
from cartreview.charts._forest_rows import with_names
from cartreview.synthesis import exact_interval, pool_proportions


def counts():
    """Give two studies of the table and one that is not there, by key alone."""
    keys = [*load("studies")["study_id"].head(2), "mine-2027"]
    frame = pd.DataFrame({"study_id": keys, "events": [1, 2, 0], "denominator": [4, 5, 6]})
    return frame.astype({"events": "Int64", "denominator": "Int64"}).assign(source_id="b2024")


def test_studies_are_named_by_their_table():
    """Counts with the key of a study are drawn with the name that readers know."""
    frame = counts().join(exact_interval(counts()["events"], counts()["denominator"]))
    drawn = str(charts.forest(frame, pool_proportions(frame)).to_dict()["datasets"])
    names = with_names(frame)["study"].tolist()
    assert "mine-2027" == names[2]
    assert set(names[:2]).isdisjoint(frame["study_id"])
    assert all(name in drawn for name in names)


def test_names_that_are_given_stay():
    """Who names the studies is believed."""
    assert ["A", "B", "C"] == with_names(counts().assign(study=[*"ABC"]))["study"].tolist()
