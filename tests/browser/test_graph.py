"""What a reader does with the graph of mechanisms: chooses, filters, moves by keys, comes back."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PAGE = "book/mechanisms"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NODE = "il6"
# Of every two words in the drawing: do they share a place?
OVERLAPS = """() => {
    const words = [...document.querySelectorAll('.graph text')]
        .filter((word) => word.getClientRects().length);
    const boxes = words.map((word) => [word.textContent, word.getBoundingClientRect()]);
    return boxes.flatMap(([one, a], n) => boxes.slice(n + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        .map(([other]) => `${one} / ${other}`));
}"""


@pytest.fixture
def graph(address, open_reader):
    """Open the page on a desktop."""
    options = {"viewport": DESKTOP, "reduced_motion": "reduce"}
    with open_reader(f"{address}/{PAGE}.html", **options) as reader:
        yield reader.page


def _node(page, name=NODE):
    return page.locator(f"#node-{name}")


def _all_links(page):
    page.locator(".graph-all > summary").click()


def _rows(page, name=NODE, **wanted):
    own = f".graph-sentences li:is([data-from={name}], [data-to={name}])"
    return page.locator(own + "".join(f"[data-{k}='{v}']" for k, v in wanted.items())).count()


def test_no_two_words_share_a_place(graph):
    """Labels and headings are legible: none lies on another, in the first view and in all."""
    assert [] == graph.evaluate(OVERLAPS)
    _all_links(graph)
    assert [] == graph.evaluate(OVERLAPS)


def test_the_first_view_is_small(graph):
    """It draws fewer links than there are, fits its column, and keeps clear of the header."""
    first, whole = (graph.locator(f".graph.{name} .link").count() for name in ("wide", "all"))
    assert 0 < 3 * first < whole
    fits = "e => e.scrollWidth <= e.clientWidth"
    assert graph.locator(".graph-drawing .scroll.wide").evaluate(fits)
    _node(graph).evaluate("node => node.scrollIntoView({ block: 'start' })")
    hidden = """() => {
        const header = document.querySelector('.bd-header-article').getBoundingClientRect();
        const at = document.elementFromPoint(header.left + 40, header.top + header.height / 2);
        return Boolean(at.closest('.mechanism-graph'));
    }"""
    assert not graph.evaluate(hidden)


def test_a_click_tells_what_a_node_does(graph):
    """The panel has every row of the node, each with a link to its source; the output counts."""
    expect(graph.locator(".graph-panel")).to_be_hidden()
    _node(graph).click()
    panel = graph.locator(".graph-panel")
    count = _rows(graph)
    assert count > 0
    expect(panel.locator("li")).to_have_count(count)
    expect(panel.locator("li a[href*='bibliography.html#']")).to_have_count(count)
    expect(graph.locator(".graph-filter output")).to_contain_text(f"{count} of IL-6")
    expect(_node(graph)).to_have_attribute("aria-pressed", "true")


def test_neighbours_stand_out(graph):
    """Links of the chosen node are marked, and no other; a second click forgets it."""
    _node(graph).click()
    own = graph.locator(f".link:is([data-from={NODE}], [data-to={NODE}])").count()
    expect(graph.locator(".link.on")).to_have_count(own)
    _node(graph).click()
    expect(graph.locator(".link.on")).to_have_count(0)
    expect(graph.locator(".graph-panel")).to_be_hidden()


def test_a_look_is_no_choice(graph):
    """The mouse over a word shows its links and opens nothing."""
    _node(graph).hover()
    assert graph.locator(".link.on").count() > 0
    expect(graph.locator(".graph-panel")).to_be_hidden()


def test_the_panel_leaves_the_chosen_node_in_sight(graph):
    """A word at the foot of the window moves up when the panel opens over it."""
    _node(graph).evaluate("node => node.scrollIntoView({ block: 'end' })")
    _node(graph).click()
    node, panel = (graph.locator(s).bounding_box() for s in (f"#node-{NODE} rect", ".graph-panel"))
    assert panel["y"] >= node["y"] + node["height"]


@pytest.mark.parametrize("name", ["context", "group", "species", "compartment"])
def test_filters_leave_what_was_asked_for(graph, name):
    """Each filter leaves the number of rows that it promises, and says so."""
    _all_links(graph)
    option = graph.locator(f"select[name={name}] option").nth(1)
    value, text = option.get_attribute("value"), option.inner_text()
    promised = int(text.rpartition("(")[2].rstrip(")"))
    graph.locator(f"select[name={name}]").select_option(value)
    total = graph.locator(".graph-sentences li").count()
    expect(graph.locator(".graph-filter output")).to_have_text(f"{promised} of {total} statements")
    shown = graph.locator(".graph.all .link:not(.off)").count()
    assert 0 < shown <= promised
    graph.get_by_role("button", name="Show all").click()
    expect(graph.locator(".link.off")).to_have_count(0)


def test_the_panel_follows_the_filters(graph):
    """With a filter the panel of a node has the rows that are left."""
    _node(graph).click()
    _all_links(graph)
    graph.locator("select[name=group]").select_option("animals")
    expect(graph.locator(".graph-panel li")).to_have_count(_rows(graph, group="animals"))


def test_filters_that_nobody_sees_filter_nothing(graph):
    """Closed again, the drawing of all links leaves the first view whole."""
    _all_links(graph)
    graph.locator("select[name=group]").select_option("animals")
    assert graph.locator(".link.off").count() > 0
    _all_links(graph)
    expect(graph.locator(".link.off")).to_have_count(0)


def test_the_graph_is_read_by_keys(graph):
    """One Tab stop a drawing; arrows move to other words, Enter chooses, Escape clears."""
    start = graph.locator(".graph.wide .node[tabindex='0']")
    expect(start).to_have_count(1)
    start.focus()
    seen = {start.get_attribute("data-node")}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        graph.keyboard.press(key)
        seen.add(graph.evaluate("document.activeElement.dataset.node"))
    assert 3 <= len(seen)
    graph.keyboard.press("Enter")
    expect(graph.locator(".graph-panel")).to_be_visible()
    expect(graph.locator(".graph.wide .node[tabindex='0']")).to_have_count(1)
    graph.keyboard.press("Escape")
    expect(graph.locator(".graph-panel")).to_be_hidden()


def test_escape_in_the_panel_returns_to_the_node(graph):
    """Whoever reads the panel by keys comes back to where it was opened."""
    _node(graph).click()
    graph.locator(".graph-panel a").first.focus()
    graph.keyboard.press("Escape")
    expect(_node(graph)).to_be_focused()


def test_the_address_remembers(graph):
    """Node and filters stand in the address, and a reader who follows it sees the same."""
    _node(graph).click()
    _all_links(graph)
    graph.locator("select[name=context]").select_option("ICANS")
    told = graph.locator(".graph-filter output").inner_text()
    assert graph.url.endswith("#context=ICANS&node=il6")
    graph.reload()
    expect(graph.locator(".graph-filter output")).to_have_text(told)
    expect(_node(graph)).to_have_attribute("aria-pressed", "true")
    graph.keyboard.press("Escape")
    graph.evaluate("location.hash = '#node=nobody&context=nothing'")
    expect(graph.locator(".graph-panel")).to_be_hidden()
    expect(graph.locator(".link.off")).to_have_count(0)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_with_the_panel_open(address, open_reader, screen, scheme):
    """Axe finds nothing at all in the figure while a node is chosen."""
    url = f"{address}/{PAGE}.html#node={NODE}"
    with open_reader(url, viewport=screen, color_scheme=scheme, reduced_motion="reduce") as reader:
        expect(reader.page.locator(".graph-panel")).to_be_visible()
        options = {"resultTypes": ["violations"], "preload": False}
        found = Axe().run(reader.page, context=".mechanism-graph", options=options)
        assert [] == [rule["id"] for rule in found.response["violations"]]


@pytest.mark.parametrize("width", [320, 390])
def test_a_finger_chooses_on_a_phone(address, open_reader, width):
    """The narrow drawing is whole and legible, a tap opens the panel, read in the window."""
    screen = {"width": width, "height": 844}
    options = {"viewport": screen, "has_touch": True, "reduced_motion": "reduce"}
    with open_reader(f"{address}/{PAGE}.html", **options) as reader:
        page = reader.page
        expect(page.locator(".graph.wide")).to_be_hidden()
        assert [] == page.evaluate(OVERLAPS)
        drawing = page.locator(".graph.narrow").bounding_box()
        assert 0 <= drawing["x"] < drawing["x"] + drawing["width"] <= width
        assert drawing["width"] / 336 * 12 >= 9  # px of its type
        node = page.locator(f"#narrow-{NODE}")
        node.scroll_into_view_if_needed()
        node.tap()
        panel = page.locator(".graph-panel").bounding_box()
        assert 0 <= panel["x"] < panel["x"] + panel["width"] <= width
        assert 0 <= panel["y"] < panel["y"] + panel["height"] <= screen["height"] + 1


def test_statements_show_their_source(graph):
    """The tables of statements fit: no column of theirs is cut."""
    graph.locator(".graph-rows summary").first.click()
    table = graph.locator(".graph-rows details[open] .scroll")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert table.locator("tbody tr").count() == table.locator("td[data-label=Source] a").count()


def test_the_page_works_as_a_file(html, open_reader):
    """Opened from disk the graph lives, asks nothing of others and fails in nothing."""
    with open_reader((html / f"{PAGE}.html").as_uri() + f"#node={NODE}") as reader:
        expect(reader.page.locator(".graph-panel")).to_be_visible()
        assert [] == reader.outside + reader.errors


def test_the_graph_is_there_without_scripts(address, open_reader):
    """Without JavaScript the drawing and its rows stand; what needs a script is not offered."""
    with open_reader(f"{address}/{PAGE}.html", java_script_enabled=False) as reader:
        page = reader.page
        assert page.locator(".graph .link").count() > 0
        expect(page.locator(":is(.graph-filter, .graph-hint, .graph-panel):visible")).to_have_count(
            0
        )
        page.locator(".graph-rows summary").first.click()
        expect(page.locator(".graph-rows details[open] tbody tr").first).to_be_visible()


def test_paper_shows_all(graph):
    """In print the drawing is whole whatever was chosen, and every row is a sentence below it."""
    _node(graph).click()
    _all_links(graph)
    graph.locator("select[name=group]").select_option("animals")
    graph.emulate_media(media="print")
    faint = "links => links.filter((link) => getComputedStyle(link).opacity !== '1').length"
    assert 0 == graph.locator(".graph.wide :is(.link, .node)").evaluate_all(faint)
    rows = graph.locator(".graph-sentences li")
    expect(graph.locator(".graph-sentences li:visible")).to_have_count(rows.count())
    for gone in (".graph-filter", ".graph-panel", ".graph-rows details"):
        expect(graph.locator(f"{gone}:visible")).to_have_count(0)
