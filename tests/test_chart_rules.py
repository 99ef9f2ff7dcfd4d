"""Which charts of a page pass: read from the code alone, nothing is run."""

from __future__ import annotations

import pytest

from cartreview.myst import read_page
from cartreview.validation.charts import check_charts

RENDERER = "from cartreview import charts\n\ncharts.use_book_renderer()"
IMPORT = "import altair as alt\nfrom cartreview.charts.theme import finish"
WORDS = 'description="d", caption="c", sources=[], rows=rows, labels={}'


def codes(*cells, renderer=RENDERER):
    """Give the codes found in a page of some cells."""
    blocks = (f"```{{code-cell}}\n{cell}\n```\n" for cell in (renderer, *cells))
    return [found.code for found in check_charts([read_page("book/a.md", "\n".join(blocks))])]


PASS = {
    "a chart of the library": "charts.forest(rows, pooled)",
    "its method": "charts.forest(rows, pooled).properties(width=300)",
    "imported by name": "from cartreview.charts import forest\nforest(rows, pooled)",
    "by the full name": "import cartreview\ncartreview.charts.forest(rows, pooled)",
    "finished": f"{IMPORT}\nfinish(alt.Chart(rows).mark_bar(), {WORDS})",
    "finished by a name": f"{IMPORT}\nchart = finish(alt.Chart(rows).mark_bar(), {WORDS})\nchart",
    "finished by the module": (
        f"import altair as alt\ncharts.theme.finish(alt.Chart(rows).mark_bar(), {WORDS})"
    ),
    "finished in a function": (
        f"{IMPORT}\ndef draw(rows):\n    chart = alt.Chart(rows).mark_bar()\n"
        f"    return finish(chart, {WORDS})\n\ndraw(rows)"
    ),
    "words given by name": f"{IMPORT}\nfinish(alt.Chart(rows).mark_bar(), **words)",
    "no chart": "rows.head()",
    "a setting": "charts.config('dark')",
    "a specification": "charts.forest(rows, pooled).to_dict()",
    "a chart that is not shown": "import altair as alt\nchart = alt.Chart(rows).mark_bar()",
    "code that is none": "chart = (",
}
PLAIN = {
    "plain": "import altair as alt\nalt.Chart(rows).mark_bar().encode(x='n:Q')",
    "by its full name": "import altair\naltair.Chart(rows).mark_bar()",
    "by an imported name": "from altair import Chart\nChart(rows).mark_bar()",
    "by a name": "import altair as alt\nchart = alt.Chart(rows).mark_bar()\nchart",
    "layered": "import altair as alt\nalt.layer(a, b)",
    "two finished ones": "charts.forest(rows, pooled) | charts.forest(more, pooled)",
    "displayed": "import altair as alt\ndisplay(alt.Chart(rows).mark_bar())",
    "from a function": (
        "import altair as alt\ndef draw(rows):\n    return alt.Chart(rows).mark_bar()\n\ndraw(rows)"
    ),
}


@pytest.mark.parametrize("name", PASS)
def test_passes(name):
    """What readers get with caption, table and both colours is no finding."""
    assert [] == codes(PASS[name])


@pytest.mark.parametrize("name", PLAIN)
def test_plain(name):
    """A chart that the theme never saw is one, however it is written."""
    assert ["plain-chart"] == codes(PLAIN[name])


def test_names_of_an_earlier_cell():
    """A name keeps its meaning from cell to cell."""
    assert ["plain-chart"] == codes("import altair as alt", "alt.Chart(rows).mark_bar()")


def test_renderer():
    """A page with a chart calls the renderer of the book; one finding says so."""
    cells = ["from cartreview import charts\ncharts.forest(rows, pooled)", "charts.volumes(rows)"]
    assert ["plain-chart"] == codes(*cells, renderer="")


@pytest.mark.parametrize("word", ["caption", "description"])
@pytest.mark.parametrize("text", ['""', '"  "', "None"])
def test_words(word, text):
    """A caption and a description have words."""
    given = WORDS.replace('"c"' if word == "caption" else '"d"', text)
    assert ["missing-caption"] == codes(f"{IMPORT}\nfinish(alt.Chart(rows), {given})")
