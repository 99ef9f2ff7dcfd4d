"""Charts: what they draw, say and refuse, read from the specification and never from pixels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest
import vl_convert
from test_pooled_charts import POOLED, pooled, seven_studies

from cartreview import charts
from cartreview.charts import _brain_regions as brain_regions
from cartreview.charts import _finding_shares as finding_shares
from cartreview.charts import theme
from cartreview.charts._estimates import interval_text
from cartreview.evidence.imaging import KINDS
from cartreview.evidence.studies import delivery
from cartreview.synthesis import exact_interval

WHITE, DARK = "#ffffff", "#121212"
SEED = "kaminskiy2025"


def _study(study_id, name, **cells):
    base = {"product_class": "CAR T", "antigens": None, "routes": "IT", "n_treated": 5}
    return {"study_id": study_id, "name": name, **base, "source_id": SEED, **cells}


@pytest.fixture(scope="module")
def studies():
    """Six studies: three deliveries, two antigens at once, no antigen, no number of patients."""
    rows = [
        _study("brown-2024", "Brown 2024", antigens="IL13Rα2", routes="IT;ICV", n_treated=57),
        _study("bagley-2024", "Bagley 2024", antigens="IL13Rα2;EGFR", routes="ICV", n_treated=18),
        _study("liu-2023", "Liu 2023", antigens="GD2", routes="IT;IV", n_treated=8),
        _study("lin-2021", "Lin 2021", antigens="EphA2", routes="IV", n_treated=3),
        _study("orourke-2017", "O’Rourke 2017", antigens="MMP2", n_treated=None),
        _study("ingram-1987", "Ingram 1987", product_class="LAK", n_treated=83),
    ]
    return pd.DataFrame(rows).astype({"n_treated": "Int64"})


@pytest.fixture(scope="module")
def reports():
    """Two reports of one study, one of another; a review tells of all."""
    rows = [
        ("brown-2024", "brown2024", "paper"),
        ("brown-2024", "brown2016", "paper"),
        ("bagley-2024", "bagley2024", "paper"),
        ("liu-2023", SEED, "review"),
    ]
    return pd.DataFrame(rows, columns=["study_id", "source_id", "kind"])


@pytest.fixture(scope="module")
def sources():
    """Publications with and without a year."""
    years = {"brown2024": 2024, "brown2016": 2016, "bagley2024": 2024, SEED: 2025}
    return pd.DataFrame({"source_id": list(years), "year": list(years.values())})


@pytest.fixture(scope="module")
def tumours():
    """Patients by tumour group, one number not printed."""
    rows = [
        ("brown-2024", "glioblastoma", 41),
        ("brown-2024", "DMG/DIPG", 2),
        ("bagley-2024", "glioblastoma", 18),
        ("liu-2023", "glioblastoma", 8),
        ("lin-2021", "glioblastoma", 3),
        ("orourke-2017", "other", None),
        ("ingram-1987", "other", 83),
    ]
    frame = pd.DataFrame(rows, columns=["study_id", "tumour_group", "n"]).astype({"n": "Int64"})
    return frame.assign(source_id=SEED, arm=None)


@pytest.fixture(scope="module")
def expression():
    """A range, a single number, a dash and a range at the edge."""
    rows = [
        ("GD2", "Glioblastoma", 58, 85),
        ("GD2", "Ependymoma", None, None),
        ("HER2", "Glioblastoma", 92, 92),
        ("HER2", "Ependymoma", 88, 100),
    ]
    columns = ["antigen", "tumour", "low_percent", "high_percent"]
    return pd.DataFrame(rows, columns=columns).assign(source_id=SEED)


@pytest.fixture(scope="module")
def cytokines():
    """What the text cites."""
    pairs = {"factor": ["IL-6", "CCL2"], "study_id": ["brown-2024", "liu-2023"]}
    return pd.DataFrame(pairs).assign(source_id=SEED)


@pytest.fixture(scope="module")
def observations():
    """What rows record: one cited factor, one not cited, one elsewhere, one of another source."""
    rows = [
        ("IL-6", "brown-2024", SEED),
        ("CCL2", "brown-2024", SEED),
        ("CRS", "liu-2023", SEED),
        ("CCL2", "liu-2023", "liu2023"),
    ]
    return pd.DataFrame(rows, columns=["analyte", "study_id", "source_id"])


def _onset(cohort, toxicity, median, low=None, high=None, **cells):
    base = {
        "product": "tisagenlecleucel",
        "cohort": cohort,
        "toxicity": toxicity,
        "term": toxicity,
        "onset_median": median,
        "onset_low": low,
        "onset_high": high,
        "onset_spread": None if low is None else "range",
        "duration_median": None,
        "duration_low": None,
        "duration_high": None,
        "source_id": "label2018",
    }
    return {**base, **cells}


@pytest.fixture(scope="module")
def incidence():
    """Two products, three cohorts; one row without a median, one with quartiles."""
    rows = [
        _onset("JULIET", "CRS", 3, 1, 51, duration_median=8, duration_low=1, duration_high=36),
        _onset("JULIET", "neurotoxicity", 6, 1, 359, duration_median=14),
        _onset("ELARA", "CRS", None),
        _onset("CLL 004", "CRS", 4, 1, 7, product="lisocabtagene maraleucel", onset_spread="IQR"),
    ]
    return pd.DataFrame(rows)


LOG = (
    pd.DataFrame(
        {
            "search_id": ["a", "b"],
            "service": ["pubmed", "reference list"],
            "day": pd.to_datetime(["2026-11-20", None]),
            "found": pd.array([12, None], "Int64"),
        }
    ),
    pd.DataFrame(
        {
            "candidate_id": ["x", "y", "z"],
            "search_id": ["a", "b", "b"],
            "decision": ["included", "excluded", "awaiting"],
            "reason": [None, "no patients", None],
            "day": pd.to_datetime(["2026-11-21"] * 3),
            "study_id": ["brown-2024", None, None],
        }
    ),
    pd.DataFrame({"report_id": ["p", "q"], "study_id": ["brown-2024"] * 2}),
    pd.DataFrame(
        {
            "candidate_id": ["x"],
            "reader": ["one"],
            "round": ["independent"],
            "decision": ["include"],
            "reason": [None],
            "day": pd.to_datetime(["2026-11-21"]),
        }
    ),
)

MEDIANS = pd.DataFrame(
    [
        ("liu-2023", None, "infusion", 10.0, None, None, None),
        ("bagley-2024", "arm A", "not stated", 11.8, 9.2, 14.2, "90% CI"),
        ("other-2020", None, "infusion", 3.0, None, None, None),
    ],
    columns=["study_id", "arm", "clock", "months", "months_low", "months_high", "interval_kind"],
).assign(source_id=SEED)

SHIFT = {
    "name": "JULIET, neurotoxicity",
    "older": "CTCAE 4",
    "newer": "ASTCT 2019",
    "older_share": 50 / 111,
    "newer_share": 19 / 111,
    "denominator": 111,
    "source_id": "regraded2020",
}


@pytest.fixture(scope="module")
def findings():
    """A series under three denominators, a case, a normal scan, a source that counts nobody."""
    strati = {"n_treated": 100, "n_neurotoxicity": 68, "n_imaged": 38, "denominator": 38}
    rows = [
        _finding("infarct", **strati, events=3, regions="cerebellum;leptomeninges"),
        _finding("infarct", "Case 2024", "case", events=1, denominator=1, regions="medulla"),
        _finding("T2/FLAIR hyperintensity", "Case 2024", "case", regions="medulla;brainstem"),
        _finding("normal", "Case 2025", "case", events=1, denominator=1, regions="thalamus"),
        _finding("PRES", "Zero 2025", events=0, denominator=9, regions="occipital"),
        _finding("white matter change", "Words 2023", "not stated", regions="thalamus"),
        _finding("other", **strati, events=7),
    ]
    counts = ["events", "denominator", "n_treated", "n_neurotoxicity", "n_imaged"]
    return pd.DataFrame(rows).astype({**dict.fromkeys(counts, "Int64"), "percent": "Float64"})


def _trial(registration, antigens, due, passed=False, overdue=False, status="recruiting"):
    """Give a registered trial as ``ongoing_rows`` does."""
    cells = {"title": "Cells", "due_kind": "completion", "passed": passed, "overdue": overdue}
    return {
        "registration": registration,
        "antigens": antigens,
        "due": due,
        "status": status,
    } | cells


ONGOING = pd.DataFrame(
    [
        _trial("late", "GD2", "2025-06", passed=True, overdue=True),
        _trial("told", "GD2;HER2", "2012", passed=True, status=None),
        _trial("ahead", None, "2043-01-31"),
        _trial("gone", "GD2", "2016", passed=True, status="withdrawn"),
        _trial("open", "GD2", None),
    ]
)


def _finding(finding, cohort="Strati 2020", kind="imaged with neurotoxicity", **cells):
    base = dict.fromkeys(["product", "disease", "regions", "events", "denominator", "percent"])
    base |= dict.fromkeys(["n_treated", "n_neurotoxicity", "n_imaged"])
    named = {"finding_id": f"{cohort} {finding}", "cohort": cohort, "finding": finding}
    where = {"modality": "MRI", "denominator_kind": kind, "source_id": cohort.lower()}
    return {**base, **named, **where, **cells}


GROUPS = pd.DataFrame(
    [
        ("antigen", "HER2", 3, 1, 28, 0.04, 0.01, 0.21),
        ("antigen", "GD2", 2, 6, 19, None, None, None),
        ("delivery", "local", 8, 6, 110, 0.05, 0.02, 0.12),
    ],
    columns=["grouping", "group", "k", "events", "denominator", "estimate", "low", "high"],
)


@pytest.fixture(scope="module")
def drawn(
    studies, reports, sources, tumours, expression, cytokines, observations, incidence, findings
):
    """The specification of every chart of the package, by name."""
    made = {
        "brain_map": charts.brain_map(findings),
        "due": charts.due(ONGOING, date(2026, 11, 21)),
        "finding_shares": charts.finding_shares(findings),
        "evidence_map": charts.evidence_map(studies, tumours),
        "expression_ranges": charts.expression_ranges(expression),
        "factor_matrix": charts.factor_matrix(cytokines, observations, studies),
        "group_shares": charts.group_shares(GROUPS, by="grouping"),
        "onsets": charts.onsets(incidence),
        "prisma_flow": charts.prisma_flow(*LOG),
        "regrading": charts.regrading(pd.DataFrame([SHIFT])),
        "survival_medians": charts.survival_medians(MEDIANS, studies),
        "timeline": charts.timeline(studies, reports, sources),
    }
    return {name: chart.to_dict() for name, chart in made.items()}


def _rows(spec, *fields):
    """Rows of the chart's data that have all of these fields."""
    datasets = spec["datasets"].values()
    found = [row for rows in datasets for row in rows if set(fields) <= set(row)]
    return [tuple(row[field] for field in fields) for row in found]


def _table(spec):
    table = spec["usermeta"]["table"]
    return pd.DataFrame(table["rows"], columns=table["columns"])


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


# The theme


@pytest.mark.parametrize("page", [WHITE, DARK])
@pytest.mark.parametrize("colour", theme.PALETTE)
def test_palette_contrast(colour, page):
    """Every colour of the palette stands out on both pages (WCAG 1.4.11)."""
    assert _contrast(colour, page) >= 3


@pytest.mark.parametrize(("mode", "page"), [("light", WHITE), ("dark", DARK)])
def test_text_contrast(mode, page):
    """Text can be read on the page of its mode (WCAG 1.4.3)."""
    config = theme.config(mode)
    inks = [config["style"][name]["color"] for name in ("label", "muted", "heading", "count")]
    inks += [config["axis"]["labelColor"], config["legend"]["labelColor"]]
    assert all(_contrast(ink, page) >= 4.5 for ink in inks)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_size(mode):
    """No text is smaller than eleven pixels."""
    sizes = re.findall(r'"\w*[fF]ontSize": (\d+)', json.dumps(theme.config(mode)))
    assert min(map(int, sizes)) >= 11


def test_styles_are_listed():
    """The names that marks may carry are those the configuration has, in both modes."""
    assert sorted(theme.STYLES) == sorted(theme.config("light")["style"])
    assert sorted(theme.STYLES) == sorted(theme.config("dark")["style"])


def test_unknown_mode():
    """A mode that does not exist is refused by name."""
    with pytest.raises(ValueError, match="mode must be one of light, dark; found 'sepia'"):
        theme.config("sepia")


def test_finish_writes_plain_values():
    """Missing cells become null and whole numbers stay whole, so that JSON can carry the table."""
    rows = pd.DataFrame(
        {"n": pd.array([3, None], "Int64"), "dose": [1e7, 0.5], "yes": [True, None]}
    )
    chart = theme.finish(
        alt.Chart(rows).mark_bar().encode(x="n:Q"),
        description="d",
        caption="c",
        sources=["b", "a", "b"],
        rows=rows,
        labels={"dose": "Dose", "n": "N", "yes": "Yes"},
    )
    meta = chart.to_dict()["usermeta"]
    assert meta["table"]["rows"] == [[10_000_000, 3, True], [0.5, None, None]]
    assert meta["sources"] == ["a", "b"]


def test_finish_names_a_missing_column():
    """A label without its column is refused."""
    rows = pd.DataFrame({"n": [1]})
    with pytest.raises(ValueError, match="there is no 'm'"):
        theme.finish(
            alt.Chart(rows), description="", caption="", sources=[], rows=rows, labels={"m": "M"}
        )


def test_book_renderer(monkeypatch):
    """In the book a chart is its specification alone, under a type that notebooks accept."""
    before = alt.renderers.active
    charts.use_book_renderer()
    try:
        output = alt.renderers.get()({"description": "three dots"})
    finally:
        alt.renderers.enable(before)
    assert output == {
        "application/vnd.vegalite.v6+json": {"description": "three dots"},
        "text/plain": "<Chart: three dots>",
    }


# All charts


def test_all_is_sorted_and_drawn(drawn):
    """Every chart of the package is tested here, or with the pooled ones."""
    assert sorted(charts.__all__) == charts.__all__
    assert {*drawn, *POOLED, "config", "titled", "use_book_renderer"} == set(charts.__all__)


def test_no_altair_without_charts():
    """Who only loads tables does not wait for Altair."""
    code = "import cartreview, sys; print('altair' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.fixture(scope="module")
def every(drawn):
    """The specification of every chart, those of pooled estimates too."""
    return {**drawn, **pooled(seven_studies())}


def test_words_and_table(every):
    """Every chart has alt text with a number, a caption, a data version and a table behind it."""
    for name, spec in every.items():
        meta = spec["usermeta"]
        assert re.search(r"\d", spec["description"]), name
        assert meta["caption"], name
        assert meta["data_version"], name
        assert meta["table"]["rows"], name
        assert all(len(row) == len(meta["table"]["columns"]) for row in meta["table"]["rows"]), name


def test_sources(drawn):
    """The sources of a chart are those of its rows."""
    assert drawn["evidence_map"]["usermeta"]["sources"] == [SEED]
    expected = ["bagley2024", "brown2016", "brown2024", SEED]
    assert expected == drawn["timeline"]["usermeta"]["sources"]


def test_specifications_name_no_colour(every):
    """Colours come from the configuration, so that a chart can change to dark."""
    for name, spec in every.items():
        body = json.dumps({key: part for key, part in spec.items() if key != "config"})
        assert not re.search(r'"#[0-9a-fA-F]{3,8}"|"rgba?\(', body), name


def test_charts_carry_the_light_configuration(drawn):
    """Outside the book a chart has its look too."""
    for name, spec in drawn.items():
        assert (
            theme.config("light").items() <= {**spec["config"], "view": {"stroke": None}}.items()
        ), name


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_drawing(every, mode):
    """Every chart can be drawn in both modes and fits the column of text."""
    for name, spec in every.items():
        svg = vl_convert.vegalite_to_svg({**spec, "config": theme.config(mode)}, vl_version="6.4")
        assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= 660, name
        assert "NaN" not in svg, name


def test_missing_column(studies, tumours):
    """A frame without a column that the chart reads is refused by the column's name."""
    expected = r"studies: column 'antigens' is missing; needed are .*load\('studies'\)"
    with pytest.raises(ValueError, match=expected):
        charts.evidence_map(studies.drop(columns="antigens"), tumours)


def test_empty_frame(studies, tumours):
    """A frame without rows is refused."""
    with pytest.raises(ValueError, match="studies: no row is left"):
        charts.evidence_map(studies.head(0), tumours)
    with pytest.raises(ValueError, match="study_tumours: no row is left"):
        charts.evidence_map(studies, tumours.head(0))


# Derived columns


@pytest.mark.parametrize(
    ("routes", "expected"), [("IT", "local"), ("IT;other", "local"), ("ICV;IV", "IV and local")]
)
def test_delivery(routes, expected):
    """Every route but IV is local."""
    assert expected == delivery(routes)


def test_delivery_without_route():
    """No route is no delivery."""
    with pytest.raises(ValueError, match="routes must name one route"):
        delivery("")


# One chart after the other


def test_timeline_takes_first_year(drawn):
    """The year is the first confirmed year of a study's publications."""
    table = _table(drawn["timeline"]).set_index("Study")
    assert table.loc["Brown 2024", "Year of publication"] == 2016


def test_timeline_drops_no_study(studies, drawn):
    """A study whose year is not confirmed stays, in a column that says so."""
    chart = drawn["timeline"]
    assert len(studies) == len(_table(chart))
    assert set(studies["study_id"]) == {key for (key,) in _rows(chart, "study_id")}
    assert ("year not confirmed",) in _rows(chart, "text")


def test_timeline_needs_no_column_when_all_are_dated(studies, reports, sources):
    """Where every year is confirmed the chart has no column for the others."""
    chart = charts.timeline(studies.head(2), reports, sources).to_dict()
    assert ("year not confirmed",) not in _rows(chart, "text")


def test_timeline_draws_each_antigen(drawn):
    """A product with two antigens stands in both rows, joined by a line."""
    marks = _rows(drawn["timeline"], "study_id", "track", "size")
    assert {"IL13Rα2", "EGFR"} == {track for key, track, _ in marks if key == "bagley-2024"}
    assert "line" in {layer["mark"]["type"] for layer in drawn["timeline"]["layer"]}


def test_timeline_marks_do_not_overlap(studies, sources):
    """Studies of one antigen and year move apart."""
    same = pd.concat([studies.head(1)] * 4, ignore_index=True)
    same["study_id"] = ["brown-2024", "brown-2025", "brown-2026", "brown-2027"]
    told = same[["study_id"]].assign(source_id="brown2024", kind="paper")
    marks = _rows(charts.timeline(same, told, sources).to_dict(), "study_id", "x", "y", "radius")
    places = list({key: place for key, *place in marks}.values())
    for i, (x, y, r) in enumerate(places):
        for x2, y2, r2 in places[i + 1 :]:
            assert ((x - x2) ** 2 + (y - y2) ** 2) ** 0.5 >= r + r2


def test_evidence_map_keeps_gaps(drawn):
    """Every combination has a cell, also those that nobody tried."""
    cells = _rows(drawn["evidence_map"], "antigen", "tumour_group", "studies")
    antigens = {antigen for antigen, _, _ in cells}
    assert len(antigens) * 3 == len(set(cells))
    assert ("EGFR", "DMG/DIPG", 0) in cells


def test_evidence_map_sums_patients(drawn):
    """Patients of all studies of a combination are added; an unknown number stays unknown."""
    cells = _rows(drawn["evidence_map"], "antigen", "tumour_group", "patients", "text")
    assert ("IL13Rα2", "glioblastoma", 59, "59 (2)") in cells
    assert ("MMP2", "other", None, "? (1)") in cells


def test_evidence_map_says_who_is_left_out(drawn):
    """Cells without an antigen have no row, and the caption says how many studies that is."""
    caption = drawn["evidence_map"]["usermeta"]["caption"]
    assert "1 study of which no antigen is known has no place here" in caption


def test_expression_says_no_figure(drawn):
    """A missing figure is said in words."""
    rows = _rows(drawn["expression_ranges"], "antigen", "tumour", "shown")
    assert ("GD2", "Ependymoma", "no figure") in rows


def test_expression_scale(drawn):
    """Shares run from nothing to all."""
    x = drawn["expression_ranges"]["spec"]["layer"][0]["encoding"]["x"]
    assert x["scale"]["domain"] == [0, 100]


def test_factor_matrix_states(drawn):
    """Text and table are compared within one source; what neither names has no mark."""
    states = set(_rows(drawn["factor_matrix"], "factor", "study", "state"))
    assert {
        ("IL-6", "Brown 2024", "text and table"),
        ("CCL2", "Brown 2024", "table only"),
        ("CCL2", "Liu 2023", "text only"),
    } == states


def test_onsets_name_products_and_durations(drawn):
    """Rows stand under the short name of their product, with the duration in words."""
    assert {("tisa-cel",), ("liso-cel",)} <= set(_rows(drawn["onsets"], "heading"))
    expected = {("JULIET", "8 d (1–36)"), ("JULIET", "14 d"), ("CLL 004", "")}
    assert expected == set(_rows(drawn["onsets"], "cohort", "lasts"))


def test_onsets_leave_out_rows_without_a_median(drawn):
    """A cohort that states no median is not drawn, and not counted in the caption."""
    assert "ELARA" not in set(_table(drawn["onsets"])["Cohort"])
    assert "in 2 cohorts that state one" in drawn["onsets"]["usermeta"]["caption"]


def test_onsets_without_any(incidence):
    """Rows without a median onset are refused with what is missing."""
    with pytest.raises(ValueError, match="toxicity_incidence with a median onset: no row is left"):
        charts.onsets(incidence.assign(onset_median=pd.NA))


def test_scale_shift_says_the_largest(drawn):
    """The text names the comparison with the largest change."""
    expected = "The largest change: JULIET, neurotoxicity, CTCAE 4 → ASTCT 2019, 45% → 17%."
    assert drawn["regrading"]["description"].endswith(expected)


def test_scale_shift_refuses_percent():
    """A percentage where a share is meant is refused."""
    with pytest.raises(ValueError, match="shares must be between 0 and 1, not percent"):
        charts.regrading(pd.DataFrame([{**SHIFT, "older_share": 45}]))


def _cohorts(spec):
    table = _table(spec).set_index("Region")
    return table[["Cohorts", "Series", "Case reports", "Named without patients counted"]]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("Cerebellum", ["8 %", 1, 0]),
        ("Leptomeninges", ["8 %", 1, 0]),
        ("Brainstem", ["", 0, 1]),
        ("Medulla", ["", 0, 1]),
        ("Thalamus", ["", 0, 0]),
    ],
)
def test_brain_map_tells_shares_from_cases(drawn, region, expected):
    """A region has the share of those examined, or single patients, or neither."""
    columns = [
        "Share of those examined",
        "Cohorts that count it",
        "Single patients or uncounted series",
    ]
    table = _table(drawn["brain_map"]).set_index("Region")
    assert expected == table.loc[region, columns].tolist()
    assert "Occipital lobe" not in table.index


def test_brain_map_writes_every_number(drawn):
    """The list has the count of each region: shade is never the only sign."""
    names, counts = (dict(_rows(drawn["brain_map"], "y", field)) for field in ("title", "count"))
    written = {name: counts[y] for y, name in names.items()}
    assert {"Cerebellum": "3 of 38 (8 %)", "Brainstem": "not counted"}.items() <= written.items()
    assert "Thalamus" not in written


def test_brain_map_numbers_what_it_lists(drawn):
    """Numbers on the sections are those of the list, each once."""
    titles = {title for _, title in _rows(drawn["brain_map"], "y", "title")}
    placed = {number for number, _ in _rows(drawn["brain_map"], "number", "x")}
    assert placed == {str(n) for n in range(1, len(titles) + 1)}


def test_brain_map_says_what_is_not_counted(drawn):
    """A region that only a text names is in no list, and the caption names it."""
    caption = drawn["brain_map"]["usermeta"]["caption"]
    assert "counted for 2 regions" in caption
    assert "Only named, in no patient: thalamus." in caption


@pytest.mark.parametrize(
    ("events", "expected"),
    [(1, "under 10 %"), (10, "10–50 %"), (50, "10–50 %"), (51, "over 50 %")],
)
def test_brain_map_shades_by_frequency(findings, events, expected):
    """Shades are steps of the share, however many cohorts name a region."""
    rows = [_finding("infarct", f"C {n}", "case", events=1, denominator=1, regions="cortex")
            for n in range(9)]  # fmt: skip
    rows.append(_finding("infarct", events=events, denominator=100, regions="pons"))
    frame = pd.DataFrame(rows).astype({"events": "Int64", "denominator": "Int64"})
    steps = dict(_rows(charts.brain_map(frame).to_dict(), "title", "step"))
    assert (expected, "uncounted") == (steps["Brainstem"], steps["Cortex"])


def test_brain_map_full(findings):
    """Where every region is named the list still fits, and a phone shows all of it."""
    every = ";".join([*brain_regions.NAMES, *brain_regions.PARTS])
    rows = [
        _finding("infarct", f"S {n}", events=1, denominator=99, regions=every) for n in range(9)
    ]
    rows += [_finding("infarct", f"C {n}", "case", events=1, regions=every) for n in range(10)]
    whole = {"events": "Int64", "denominator": "Int64"}
    spec = charts.brain_map(pd.DataFrame(rows).astype(whole)).to_dict()
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= 354
    assert {"9 of 891 (1 %)"} < {count for _, count in _rows(spec, "y", "count")}
    assert {"10"} < {single for _, single in _rows(spec, "y", "single")}


def test_brain_map_refuses_unknown_regions(findings):
    """A region without an outline is refused with those there are."""
    with pytest.raises(ValueError, match="regions: 'ear' is not drawn; there are frontal, "):
        charts.brain_map(findings.assign(regions="ear"))


def test_brain_map_without_regions(findings):
    """Rows that name no region are refused with what is missing."""
    with pytest.raises(ValueError, match="imaging_findings with a region: no row is left"):
        charts.brain_map(findings.assign(regions=None))


def test_brain_map_has_all_regions_of_the_table():
    """Every region that is named is drawn, and every outline belongs to a region."""
    shapes = {shape["properties"]["region"] for shape in brain_regions.outlines()} - {""}
    named = {*brain_regions.NAMES, *brain_regions.PARTS} - {"brainstem", brain_regions.DIFFUSE}
    assert named == shapes


@pytest.mark.parametrize("region", [r for r, name in brain_regions.NAMES.items() if name.point])
def test_brain_map_numbers_stand_in_their_region(region):
    """The number of a region lies inside its outline, in the section of the name."""
    name = brain_regions.NAMES[region]
    parts = brain_regions.PARTS if region == "brainstem" else (region,)
    rings = [
        ring
        for shape in brain_regions.outlines()
        if shape["properties"]["region"] in parts and shape["properties"]["view"] == name.view
        for polygon in shape["geometry"]["coordinates"]
        for ring in polygon
    ]
    assert 1 == sum(_inside(name.point, ring) for ring in rings) % 2


def _inside(point, ring):
    """Count how often a ray to the right crosses a ring: odd is inside."""
    x, y = point
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed += 1
    return crossed % 2


def test_finding_shares_puts_denominators_side_by_side(drawn):
    """One cohort under three denominators has three rows, the stated one first."""
    table = _table(drawn["finding_shares"])
    rows = table[table["Cohort"] == "Strati 2020"]
    assert ["imaged with neurotoxicity", "with neurotoxicity", "treated"] == list(rows.Denominator)
    assert [38, 68, 100] == rows["Patients counted"].tolist()
    assert ["stated", "computed", "computed"] == rows["Stated or computed"].tolist()
    assert list(rows.index) == list(range(rows.index[0], rows.index[0] + 3))


def test_finding_shares_use_the_exact_interval(drawn):
    """The line of a share is the interval that the library computes."""
    table = _table(drawn["finding_shares"])
    row = table[table["Denominator"] == "with neurotoxicity"].iloc[0]
    assert interval_text(*exact_interval(3, 68)) == row["95 % interval (%)"]


def test_finding_shares_leave_out_cases_and_other(drawn):
    """A case is no share, and another finding has no name to stand under."""
    table = _table(drawn["finding_shares"])
    assert {"Strati 2020", "Zero 2025"} == set(table["Cohort"])
    assert {"infarct", "PRES"} == {
        heading.split(",")[0].lower().replace("pres", "PRES") for heading in table["Finding"]
    }


def test_finding_shares_have_a_shape_for_each_kind():
    """Every kind of denominator has a shape of its own."""
    assert set(KINDS) == set(finding_shares.SHAPES)
    assert len(KINDS) == len(set(finding_shares.SHAPES.values()))


def test_finding_shares_without_counts(findings):
    """Rows without a count are refused with what is missing."""
    with pytest.raises(ValueError, match="imaging_findings with a count: no row is left"):
        charts.finding_shares(findings.assign(events=pd.NA))


def test_finding_shares_of_many_cohorts(findings):
    """Findings that too few cohorts count are left out, and the caption says so."""
    more = pd.DataFrame([_finding("infarct", "B 2021", events=1, denominator=9)])
    chart = charts.finding_shares(pd.concat([findings, more]), least=2).to_dict()
    assert {"Infarct, MRI"} == set(_table(chart)["Finding"])
    assert "fewer than 2 cohorts" in chart["usermeta"]["caption"]


def test_finding_shares_have_their_finding_as_title(drawn):
    """The title says how far the shares of the same patients lie apart."""
    title = " ".join(drawn["finding_shares"]["title"]["text"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "The same patients are 8 %, 4 % or 3 %, by who is counted" == title


def test_finding_shares_words_stand_above_marks(drawn):
    """No mark shares a row with words, and a phone shows the whole."""
    words = {row for row, _ in _rows(drawn["finding_shares"], "row", "words")}
    marks = {row for row, _ in _rows(drawn["finding_shares"], "mark", "share")}
    assert not words & marks
    svg = vl_convert.vegalite_to_svg(drawn["finding_shares"], vl_version="6.4")
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= 354


def test_survival_medians_keep_clocks_apart(drawn):
    """Times that are counted from different days stand under headings of their own."""
    headings = {text for (text,) in _rows(drawn["survival_medians"], "heading")}
    assert {"From infusion", "Day not stated"} == headings


def test_survival_medians_leave_out_other_studies(drawn):
    """A study that was not asked for is not drawn; an arm is named with its study."""
    names = _table(drawn["survival_medians"])["Study"].tolist()
    assert ["Bagley 2024, arm A", "Liu 2023"] == names


def test_due_has_a_mark_for_each_trial_and_antigen(drawn):
    """Trials without a day and withdrawn ones have none; one with two antigens has two."""
    marks = sorted(_rows(drawn["due"], "registration", "track", "state"))
    expected = [
        ("ahead", "none or not read", "to come"),
        ("late", "GD2", "overdue"),
        ("told", "GD2", "past, results seen"),
        ("told", "HER2", "past, results seen"),
    ]
    assert expected == marks
    assert "1 of 3 trials owe results" == drawn["due"]["title"]
    assert ["told", "late", "ahead"] == _table(drawn["due"])["Registration"].tolist()


def test_due_keeps_far_days_in_sight(drawn):
    """What is due long after or was long before stands at the edge; the caption says so."""
    years = dict(_rows(drawn["due"], "registration", "year"))
    assert {"told": 2018, "ahead": 2032} == {key: years[key] for key in ("told", "ahead")}
    assert 2025.4 < years["late"] < 2025.6
    assert "after 2031" in drawn["due"]["usermeta"]["caption"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_due_fits_a_phone(drawn, mode):
    """The chart is as wide as the text on a phone, so that nothing of it is cut or shrunk."""
    spec = {**drawn["due"], "config": theme.config(mode)}
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= 340


def test_due_needs_a_day():
    """Without any day there is nothing to draw."""
    with pytest.raises(ValueError, match="ongoing trials with a day: no row is left"):
        charts.due(ONGOING.tail(2), date(2026, 11, 21))


def test_group_shares_mark_only_what_is_pooled(drawn):
    """A small group has its counts and no mark; the axis ends where the intervals do."""
    spec = drawn["group_shares"]
    assert {("HER2", 0.04), ("local", 0.05)} == set(_rows(spec, "group", "share"))
    assert {("2", "6 of 19")} <= {*zip_rows(spec, "studies", "counts")}
    assert "Not pooled: 1 group." in spec["description"]
    assert [0, 0.5] == spec["layer"][1]["encoding"]["x"]["scale"]["domain"]


def zip_rows(spec, *fields):
    """Put the columns of text side by side, row by row."""
    columns = [dict(_rows(spec, "row", field)) for field in fields]
    return [tuple(column[row] for column in columns) for row in columns[0]]


def test_a_title_is_a_finding():
    """A finished chart takes a title beside its caption; no other does, and no full stop."""
    chart = charts.group_shares(GROUPS, by="grouping")
    meta = charts.titled(chart, "Few respond").to_dict()["usermeta"]
    assert "Few respond" == meta["title"]
    assert chart.to_dict()["usermeta"]["caption"] == meta["caption"]
    with pytest.raises(ValueError, match="without a full stop"):
        charts.titled(chart, "Few respond.")
    with pytest.raises(ValueError, match="only a finished chart"):
        charts.titled(alt.Chart(GROUPS).mark_bar(), "Few respond")
