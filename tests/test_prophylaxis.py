"""Infection prophylaxis: a drug has its germ, and a source counts once for each."""

import pandas as pd

from cartreview import load
from cartreview.evidence import management
from cartreview.evidence.prophylaxis import GERMS, prevented


def test_advice_against_a_drug_is_no_prophylaxis():
    """A source that advises against is left out, and so is treatment of another toxicity."""
    rows = pd.DataFrame(
        {
            "toxicity": ["infection", "infection", "CRS"],
            "stance": ["against", "consider", "recommended"],
            "guideline": ["A", "B", "C"],
            "drug": ["levofloxacin", "levofloxacin", "levofloxacin"],
        }
    )
    assert prevented(rows)["guideline"].tolist() == ["B"]


def test_every_antimicrobial_of_the_tables_has_its_germ():
    """A new drug of the table is named here, or no sentence would count it."""
    rows = management.standing(load("management"))
    drugs = rows.loc[rows["kind"] == "antimicrobial", "drug"].dropna()
    assert set(drugs) <= set(GERMS)
