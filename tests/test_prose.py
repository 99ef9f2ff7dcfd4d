"""The rule against naked numbers, case by case."""

from __future__ import annotations

import pytest

from cartreview.myst import read_page
from cartreview.validation.prose import LABELS, check_pages, naked_numbers


@pytest.mark.parametrize(
    ("prose", "number"),
    [
        ("In 12 patients", "12 patients"),
        ("about 56 % of them", "56 %"),
        ("56% of them", "56%"),
        ("a dose of 1e7", "1e7"),
        ("a dose of 1 × 10⁷ cells", "1 × 10⁷ cells"),
        ("volumes of 0.5–8 ml", "0.5–8 ml"),
        ("from 0.5 to 8 ml", "0.5 to 8 ml"),
        ("2 of 58 responded", "2 of 58"),
        ("31/51", "31/51"),
        ("within 12–48 h", "12–48 h"),
        ("12h after infusion", "12h"),
        ("up to 10,000", "10,000"),
        ("on day 28", "28"),
        ("at week-12", "12"),
        ("p < 0.05", "0.05"),
        ("1PR and more", "1PR"),
        ("2000 patients", "2000 patients"),
        ("2000 mg", "2000 mg"),
        ("n = 2000", "2000"),
        ("grade 3 in 4 patients", "4 patients"),
        ("grade 3 and 12 patients", "12 patients"),
        ("½ of them", "½"),
        ("## The 42 trials", "42 trials"),
        ("| CAR T | 42 |", "42"),
        ("Two patients", "Two"),
        ("twenty-one trials", "twenty-one"),
        ("Ninety-nine", "Ninety-nine"),
        ("one hundred and six", "one hundred and six"),
        ("a hundred", "a hundred"),
        ("thousands of cells", "thousands"),
        ("a dozen trials", "a dozen"),
        ("half of them", "half"),
        ("twice weekly", "twice"),
        ("thrice", "thrice"),
        ("one in five", "one in five"),
        ("One in 5", "One in 5"),
        ("a third of patients", "a third"),
        ("fell by a quarter.", "a quarter"),
        ("two-thirds responded", "two-thirds"),
        ("three quarters", "three quarters"),
        ("a twofold rise", "twofold"),
        ("ten trials", "ten"),
    ],
)
def test_a_naked_number_is_refused(prose: str, number: str) -> None:
    """Counts, shares, intervals and doses are refused, in digits and in words."""
    assert [number] == [text for _, text in naked_numbers(prose)]


@pytest.mark.parametrize(
    "prose",
    [
        "CD19, IL-6, IL13Rα2, H3K27M, H3.3K27M, B7-H3, γ9δ2, NK92, GPC2 and PD-1",
        "4-1BB and 4-1BBζ, GD2-28BBζ, EGFR-IL13Rα2, anti-CD73, IL-2-related",
        "grade 3 glioma, grades 3 and 4, grade 3–4, WHO grade 4",
        "a phase 1 trial, phase 1/2, Phase I",
        "Table 1, Tables 1 and 2, Figure 1a, section 5.1, level 2, row 3, version 1.2",
        "Python 3.11 or newer, CC BY 4.0, BSD-3-Clause, UTF-8, v1.2",
        "in 2024, since 2001 many, 1988–2024, (2025), from 1988 to 2024.",
        "half-life, two-sided, 3D",
        "often, someone, weight, attend, stone, a third trial, the first and the second, one trial",
        "the one in Table 1, one of them, none, once, both, single",
    ],
)
def test_a_name_is_allowed(prose: str) -> None:
    """Names, labels and years are no quantities."""
    assert [] == naked_numbers(prose)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_takes_its_number(label: str) -> None:
    """The number after each label is allowed, the next one is not."""
    assert ["12 patients"] == [text for _, text in naked_numbers(f"{label} 3 with 12 patients")]


def test_each_number_of_a_line_has_its_place() -> None:
    """Positions are those of the line, so that an editor finds the number."""
    page = read_page("book/a.md", "# A\n\nIn `x` 12 trials and {value}`a.n` of two.\n")
    places = [(f.line, f.column, f.found) for f in check_pages([page])]
    line = "In `x` 12 trials and {value}`a.n` of two."
    assert [(3, "8", f"'12 trials' in {line!r}"), (3, "38", f"'two' in {line[10:]!r}")] == [
        (row, column, text) for row, column, text in places
    ]


def test_the_fix_fits_the_page() -> None:
    """A page has roles, the README has comments."""
    pages = [read_page("book/a.md", "12\n"), read_page("README.md", "12\n")]
    assert [
        "write {claim}`id` or {value}`id.slot`.",
        "write <!-- claim:ID -->, the accepted sentence and <!-- /claim -->.",
    ] == [finding.fix for finding in check_pages(pages)]
